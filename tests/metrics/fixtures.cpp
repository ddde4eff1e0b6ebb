// akin's ranking metrics beside those of ranx and scikit-learn, user by user, on lists of fixtures/rankings.py.
//
// Where definitions differ, the common ground is compared: ranx's ndcg takes linear gains, ndcg_burges 2^g - 1, and
// with grades of one both are the binary one; its rbp multiplies by the grade, so that it is asked with grades of one;
// its averages count a user who wants nothing as 0, where akin leaves the user out. Its average precision divides by R,
// its precision by k, as akin's. scikit-learn's average precision is that of a list of all items.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include <akin/evaluation/evaluate_lists.hpp>
#include <akin/metrics/graded_ranking.hpp>
#include <akin/metrics/ranking.hpp>

#include "metrics/fixtures/rankings.hpp"
#include "support/catch.hpp"

namespace metrics = akin::metrics;
using metrics::gain_scale;

namespace {

using measure = std::function<double(const fixtures::user&)>;

template <class Metric>
measure binary(const Metric& metric) {
  return [=](const fixtures::user& user) { return metric(user.ranked, user.relevant); };
}
measure graded(const metrics::graded_ndcg& metric) {
  return [=](const fixtures::user& user) { return metric(user.ranked, user.relevant, user.grades); };
}

std::map<std::string, measure> measures() {
  return {{"ranx precision@5", binary(metrics::precision{5})},
          {"ranx precision@20", binary(metrics::precision{20})},
          {"ranx recall@5", binary(metrics::recall{5})},
          {"ranx recall@20", binary(metrics::recall{20})},
          {"ranx f1@5", binary(metrics::f1{5})},
          {"ranx hit_rate@1", binary(metrics::hit_rate{1})},
          {"ranx hit_rate@5", binary(metrics::hit_rate{5})},
          {"ranx mrr@10", binary(metrics::reciprocal_rank{10})},
          {"ranx map@10", binary(metrics::average_precision{10})},
          {"ranx map@40", binary(metrics::average_precision{40})},
          {"ranx r-precision", binary(metrics::r_precision{})},
          {"ranx rbp.80", binary(metrics::rank_biased_precision{40, 0.8})},
          {"ranx ndcg@1", binary(metrics::ndcg{1})},
          {"ranx ndcg@10", binary(metrics::ndcg{10})},
          {"ranx ndcg@40", binary(metrics::ndcg{40})},
          {"ranx graded ndcg@5", graded({5})},
          {"ranx graded ndcg@20", graded({20})},
          {"ranx graded ndcg_burges@5", graded({5, gain_scale::exponential})},
          {"ranx graded ndcg_burges@20", graded({20, gain_scale::exponential})},
          {"scikit-learn ndcg@10", binary(metrics::ndcg{10})},
          {"scikit-learn graded ndcg@10", graded({10})},
          {"scikit-learn graded ndcg@40", graded({40})},
          {"scikit-learn average precision", binary(metrics::average_precision{40})}};
}

const fixtures::column& column(const std::string& name) {
  return *std::find_if(fixtures::columns.begin(), fixtures::columns.end(),
                       [&](const auto& x) { return x.name == name; });
}

}  // namespace

TEST_CASE("the metrics agree with ranx and scikit-learn to twelve digits") {
  const auto ours = measures();
  REQUIRE(fixtures::columns.size() == ours.size());
  for (const auto& [name, values] : fixtures::columns) {
    REQUIRE(ours.count(name) == 1);
    REQUIRE(values.size() == fixtures::users.size());
    double largest = 0, sum = 0;
    std::size_t compared = 0;
    for (std::size_t user = 0; user < values.size(); ++user) {
      if (values[user] < 0) continue;
      largest = std::max(largest, std::abs(ours.at(name)(fixtures::users[user]) - values[user]));
      sum += values[user];
      ++compared;
    }
    INFO(name << ": the largest difference of " << compared << " users is " << largest);
    CHECK(compared >= 15);
    CHECK(sum > 0.5);
    CHECK(largest < 1e-12);
  }
}

TEST_CASE("evaluate_lists has their averages over the users who want something") {
  std::vector<std::int64_t> offsets = {0};
  std::vector<std::int32_t> items;
  std::vector<Eigen::Triplet<double, std::int32_t>> cells;
  for (std::size_t user = 0; user < fixtures::users.size(); ++user) {
    const auto& [ranked, relevant, grades] = fixtures::users[user];
    items.insert(items.end(), ranked.begin(), ranked.end());
    offsets.push_back(static_cast<std::int64_t>(items.size()));
    for (std::size_t i = 0; i < relevant.size(); ++i)
      cells.emplace_back(static_cast<std::int32_t>(user), relevant[i], grades[i]);
  }
  akin::sparse_matrix<double> wanted(static_cast<Eigen::Index>(fixtures::users.size()), fixtures::items);
  wanted.setFromTriplets(cells.begin(), cells.end());
  const auto result = akin::evaluate_lists(akin::execution::par, akin::ranked_lists{offsets, items}, wanted,
                                           metrics::ndcg{10}, metrics::recall{20}, metrics::average_precision{10},
                                           metrics::graded_ndcg{20}, metrics::graded_ndcg{20, gain_scale::exponential});
  CHECK(result.users_without_relevant == 4);
  const std::vector<std::string> names = {"ranx ndcg@10", "ranx recall@20", "ranx map@10", "ranx graded ndcg@20",
                                          "ranx graded ndcg_burges@20"};
  for (std::size_t metric = 0; metric < names.size(); ++metric) {
    const auto& values = column(names[metric]).values;
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    INFO(names[metric]);
    CHECK(std::abs(result[metric].mean - sum / static_cast<double>(result.users)) < 1e-12);
  }
}
