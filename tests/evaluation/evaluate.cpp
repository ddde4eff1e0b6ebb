#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <span>
#include <stdexcept>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/metrics/beyond_accuracy.hpp>
#include <akin/metrics/graded_ranking.hpp>
#include <akin/metrics/ranking.hpp>

#include "evaluation/cases.hpp"
#include "evaluation/table_model.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

TEST_CASE("a case by hand: repeats are left out, strangers score 0, the satisfied are skipped") {
  const auto result = akin::evaluate(execution::seq, small_model(), small_train(), small_test(), metrics::recall{2},
                                     metrics::hit_rate{1}, metrics::coverage{2}, metrics::reciprocal_rank{4});
  CHECK(result.users == 4);
  CHECK(result.users_without_relevant == 1);
  CHECK(result.unknown_users == 1);
  CHECK(result.repeats == 3);
  // Lists: user 0: 1 2 3, wants 2; user 1: 0 2 3, wants 2; user 2: 3 1, wants 0; user 4: none, wants 0.
  const auto [recall, hit, coverage, rank] = result;
  CHECK(recall.mean == Approx((1 + 1 + 0 + 0) / 4.0));
  CHECK(recall.count == 4);
  CHECK(recall.standard_error == Approx(std::sqrt((4 * 0.25 / 3) / 4)));
  CHECK(hit.mean == 0);
  CHECK(hit.standard_error == 0);
  CHECK(coverage.mean == 1);  // 1 2, 0 2, 3 1
  CHECK(coverage.standard_error == 0);
  CHECK(coverage.count == 4);
  CHECK(rank.mean == Approx((0.5 + 0.5 + 0 + 0) / 4.0));
}

TEST_CASE("with exclude_seen = false repeats are recommended and expected") {
  const auto result = akin::evaluate(execution::seq, small_model(), small_train(), small_test(),
                                     {.exclude_seen = false}, metrics::recall{2}, metrics::hit_rate{1});
  CHECK(result.users == 5);
  CHECK(result.users_without_relevant == 0);
  CHECK(result.repeats == 3);
  // User 0: 0 1, wants 0 2; user 1: 0 1, wants 2; user 2: 3 1, wants 0; user 3: 3 2, wants both; user 4: none.
  CHECK(std::get<0>(result).mean == Approx((0.5 + 0 + 0 + 1 + 0) / 5));
  CHECK(std::get<1>(result).mean == Approx((1 + 0 + 0 + 1 + 0) / 5.0));
}

TEST_CASE("the values of test are gains") {
  const auto test = matrix_of<float>(5, 4, {{0, 0, 9}, {0, 1, 1}, {0, 3, 4}, {0, 2, -1}});  // 9 is a repeat
  const auto [gain] =
      akin::evaluate(execution::seq, small_model(), small_train(), test, metrics::graded_ndcg{3});  // 1 2 3
  CHECK(gain.mean == Approx((1 + 4 / std::log2(4)) / (4 + 1 / std::log2(3))));
}

TEST_CASE("named options are options") {
  const akin::evaluation_options options{.exclude_seen = true};
  const auto with = akin::evaluate(execution::seq, small_model(), small_train(), small_test(), options,
                                   metrics::ndcg{3}, metrics::coverage{1});
  const auto without = akin::evaluate(execution::seq, small_model(), small_train(), small_test(), metrics::ndcg{3},
                                      metrics::coverage{1});
  CHECK(with[0].mean == without[0].mean);
  CHECK(with[1].mean == without[1].mean);
  CHECK(with[0].mean > 0);
}

TEST_CASE("equal scores come in the order of their ids") {
  model_type model{akin::dense_matrix<float>::Constant(1, 6, 0.5f)};
  const auto train = matrix_of<float>(1, 6, {{0, 0, 1}});
  for (std::int32_t item = 1; item < 6; ++item) {
    const auto test = matrix_of<float>(1, 6, {{0, item, 1}});
    const auto [rank] = akin::evaluate(execution::seq, model, train, test, metrics::reciprocal_rank{5});
    CHECK(rank.mean == Approx(1.0 / item));
    CHECK(rank.standard_error == 0);
    CHECK(rank.count == 1);
  }
}

TEST_CASE("nobody to evaluate gives zeros and a count of 0") {
  const akin::sparse_matrix<float> empty(5, 4);
  const auto result =
      akin::evaluate(execution::par, small_model(), small_train(), empty, metrics::ndcg{3}, metrics::coverage{3});
  CHECK(result.users == 0);
  CHECK(result.users_without_relevant == 5);
  CHECK(result[0].mean == 0);
  CHECK(result[0].standard_error == 0);
  CHECK(result[0].count == 0);
  CHECK(result[1].mean == 0);
}

TEST_CASE("k beyond the catalogue ranks all there is") {
  const auto [recall, precision] = akin::evaluate(execution::seq, small_model(), small_train(), small_test(),
                                                  metrics::recall{100}, metrics::precision{100});
  CHECK(recall.mean == Approx(2.0 / 4));
  CHECK(precision.mean == Approx(0.02 / 4));
}

TEST_CASE("double scores, 64-bit ids and matrices of other scalars") {
  table_model<double, std::int64_t> model{akin::dense_matrix<double>(2, 3)};
  model.table << 3, 2, 1, 1, 2, 3;
  const auto train = matrix_of<int, std::int64_t>(2, 3, {{0, 0, 1}});
  const auto test = matrix_of<double, std::int64_t>(2, 3, {{0, 2, 0.5}, {1, 2, 1.5}});
  const auto [rank, covered] =
      akin::evaluate(execution::seq, model, train, test, metrics::reciprocal_rank{3}, metrics::coverage{1});
  CHECK(rank.mean == 0.75);
  CHECK(covered.mean == Approx(2.0 / 3));
}

TEST_CASE("a map of a matrix is as good as a matrix") {
  const auto& test = small_test();
  const Eigen::Map<const akin::sparse_matrix<float>> map(test.rows(), test.cols(), test.nonZeros(),
                                                         test.outerIndexPtr(), test.innerIndexPtr(), test.valuePtr());
  const auto [a] = akin::evaluate(execution::seq, small_model(), small_train(), map, metrics::ndcg{2});
  const auto [b] = akin::evaluate(execution::seq, small_model(), small_train(), test, metrics::ndcg{2});
  CHECK(a.mean == b.mean);
}

namespace {

// A user's own metric: how many of the two best are odd. Its k cuts the list that it is shown.
struct odd_items {
  int k = 2;
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t>) const {
    return static_cast<double>(std::count_if(ranked.begin(), ranked.end(), [](auto item) { return item % 2 == 1; }));
  }
};

}  // namespace

TEST_CASE("any callable with a k is a metric") {
  const auto [odd, recall] =
      akin::evaluate(execution::seq, small_model(), small_train(), small_test(), odd_items{}, metrics::recall{4});
  CHECK(odd.mean == Approx((1 + 0 + 2 + 0) / 4.0));
  CHECK(recall.count == 4);
}

TEST_CASE("bad arguments are sentences") {
  const auto model = small_model();
  const auto &train = small_train(), &test = small_test();
  const akin::sparse_matrix<float> narrow(5, 3), short_one(4, 4);
  CHECK_THROWS_WITH(akin::evaluate(execution::seq, model, narrow, test, metrics::ndcg{2}),
                    "evaluate: train must have the model's shape, 5 users x 4 items, got 5 x 3");
  CHECK_THROWS_WITH(akin::evaluate(execution::seq, model, train, short_one, metrics::ndcg{2}),
                    "evaluate: test must have the model's shape, 5 users x 4 items, got 4 x 4");
  CHECK_THROWS_WITH(akin::evaluate(execution::seq, model, train, test, metrics::ndcg{0}),
                    "evaluate: k of a metric must be positive, got 0");
  CHECK_THROWS_WITH(akin::evaluate(execution::seq, model, train, test, metrics::ndcg{5}, metrics::coverage{-1}),
                    "evaluate: k of a metric must be positive, got -1");
  CHECK_THROWS_WITH(akin::evaluate(execution::par.threads(-2), model, train, test, metrics::ndcg{5}),
                    "execution::par.threads: count must be between 0 and 4096, got -2");

  auto poisoned = model;
  poisoned.table(1, 3) = std::numeric_limits<float>::quiet_NaN();
  poisoned.table(2, 0) = std::numeric_limits<float>::quiet_NaN();
  for (const int threads : {1, 3})
    CHECK_THROWS_WITH(akin::evaluate(execution::par.threads(threads), poisoned, train, test, metrics::ndcg{2}),
                      "evaluate: the model's scores must be numbers, got NaN for user 1 and item 3");
  CHECK_THROWS_AS(akin::evaluate(execution::seq, poisoned, train, test, metrics::ndcg{2}), akin::numeric_error);

  auto loose = train;
  loose.uncompress();
  CHECK_THROWS_WITH(akin::evaluate(execution::seq, model, loose, test, metrics::ndcg{2}),
                    "evaluate: train: the sparse matrix must be compressed, call makeCompressed() first");
  CHECK_THROWS_AS(akin::evaluate(execution::seq, model_type{}, train, test, metrics::ndcg{2}), akin::not_fitted);
}

namespace {

struct naive_result {
  double ndcg = 0, recall = 0, error = 0, coverage = 0;
  std::int64_t users = 0;
};

// The definitions, one user at a time, in double.
naive_result naive(const random_case& data, bool exclude_seen, int k) {
  naive_result result;
  std::vector<double> recalls;
  std::set<int> shown;
  const auto items = static_cast<int>(data.model.items());
  for (int u = 0; u < static_cast<int>(data.model.users()); ++u) {
    std::set<int> wanted;
    for (akin::sparse_matrix<float>::InnerIterator cell(data.test, u); cell; ++cell)
      if (cell.value() > 0 && !(exclude_seen && data.train.coeff(u, cell.col()) != 0))
        wanted.insert(static_cast<int>(cell.col()));
    if (wanted.empty()) continue;
    std::vector<int> list;
    for (int i = 0; i < items && data.model.knows_user(u); ++i)
      if (data.model.table(u, i) != none && !(exclude_seen && data.train.coeff(u, i) != 0)) list.push_back(i);
    std::stable_sort(list.begin(), list.end(),
                     [&](int a, int b) { return data.model.table(u, a) > data.model.table(u, b); });
    list.resize(std::min(list.size(), static_cast<std::size_t>(k)));
    double hits = 0, gain = 0, ideal = 0;
    for (std::size_t r = 0; r < list.size(); ++r) {
      shown.insert(list[r]);
      if (wanted.count(list[r]) == 0) continue;
      ++hits;
      gain += 1 / std::log2(static_cast<double>(r) + 2);
    }
    for (std::size_t r = 0; r < std::min(wanted.size(), static_cast<std::size_t>(k)); ++r)
      ideal += 1 / std::log2(static_cast<double>(r) + 2);
    recalls.push_back(hits / static_cast<double>(wanted.size()));
    result.ndcg += gain / ideal;
  }
  result.users = static_cast<std::int64_t>(recalls.size());
  const double n = static_cast<double>(recalls.size());
  for (const double x : recalls) result.recall += x / n;
  for (const double x : recalls) result.error += (x - result.recall) * (x - result.recall);
  result.error = std::sqrt(result.error / (n * (n - 1)));
  result.ndcg /= n;
  result.coverage = static_cast<double>(shown.size()) / items;
  return result;
}

}  // namespace

TEST_CASE("agrees with the definitions on random cases") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const auto data = draw_case(seed, 150, 60);
    for (const bool exclude_seen : {true, false}) {
      CAPTURE(seed, exclude_seen);
      const auto expected = naive(data, exclude_seen, 10);
      const auto got = akin::evaluate(execution::par, data.model, data.train, data.test, {.exclude_seen = exclude_seen},
                                      metrics::ndcg{10}, metrics::recall{10}, metrics::coverage{10});
      CHECK(got.users == expected.users);
      CHECK(got.users + got.users_without_relevant == 150);
      CHECK(got[0].mean == Approx(expected.ndcg).epsilon(1e-12));
      CHECK(got[1].mean == Approx(expected.recall).epsilon(1e-12));
      CHECK(got[1].standard_error == Approx(expected.error).epsilon(1e-12));
      CHECK(got[2].mean == Approx(expected.coverage).epsilon(1e-12));
      CHECK(got.unknown_users > 0);
    }
  }
}

TEST_CASE("the same bits for any number of threads") {
  const auto data = draw_case(11, 1000, 40);
  const auto run = [&](const auto& policy) {
    return akin::evaluate(policy, data.model, data.train, data.test, metrics::ndcg{7}, metrics::average_precision{20},
                          metrics::coverage{3}, metrics::f1{5});
  };
  const auto one = run(execution::seq);
  REQUIRE(one.users > 500);
  for (const int threads : {1, 2, 3, 7}) {
    const auto many = run(execution::par.threads(threads));
    for (std::size_t i = 0; i < one.size(); ++i) {
      CHECK(one[i].mean == many[i].mean);
      CHECK(one[i].standard_error == many[i].standard_error);
      CHECK(one[i].count == many[i].count);
    }
    CHECK(one.repeats == many.repeats);
    CHECK(one.unknown_users == many.unknown_users);
  }
}

TEST_CASE("lists that are found together are judged as those of rows of scores") {
  for (const int users : {70, 20000}) {
    const auto train =
        akin::synthetic::power_law_clicks<float>({.users = users, .items = 90, .interactions = 6 * users, .seed = 1});
    const auto test =
        akin::synthetic::power_law_clicks<float>({.users = users, .items = 90, .interactions = users, .seed = 2});
    akin::dense_matrix<float> user_factors = akin::synthetic::gaussian<float>(users, 3, {.seed = 3});
    for (std::int64_t user = 0; user < users; user += 5) user_factors.row(user).setZero();
    for (const float scale : {1.0f, 1e18f}) {  // the second is too large for tiles
      const akin::factor_model<float> model(
          akin::dense_matrix<float>(user_factors * scale),
          akin::dense_matrix<float>(akin::synthetic::gaussian<float>(90, 3, {.seed = 4}) * 1e19f));
      for (const bool exclude_seen : {true, false}) {
        CAPTURE(users, scale, exclude_seen);
        const akin::evaluation_options options = {.exclude_seen = exclude_seen};
        const auto together =
            akin::evaluate(execution::par, model, train, test, options, metrics::ndcg{10}, metrics::recall{3});
        const auto alone = akin::evaluate(execution::par, scores_only{model}, train, test, options, metrics::ndcg{10},
                                          metrics::recall{3});
        CHECK(together[0].mean > 0);
        for (std::size_t m = 0; m < 2; ++m) {
          CHECK(together[m].mean == alone[m].mean);
          CHECK(together[m].standard_error == alone[m].standard_error);
        }
        CHECK((together.users == alone.users && together.unknown_users == alone.unknown_users &&
               together.users_without_relevant == alone.users_without_relevant && together.repeats == alone.repeats));
      }
    }
  }
}
