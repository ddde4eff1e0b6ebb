#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <akin/evaluation/evaluate.hpp>
#include <akin/evaluation/evaluate_lists.hpp>
#include <akin/metrics/beyond_accuracy.hpp>
#include <akin/retrieval/recommend.hpp>

#include "evaluation/cases.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

TEST_CASE("coverage counts each item once, within k, across accumulators") {
  const metrics::list_context<std::int32_t> context{.users = 3, .items = 130, .train = {}};
  const std::vector<std::int32_t> a = {0, 64, 129}, b = {64, 5}, c;
  auto first = metrics::coverage{2}.accumulate(context), second = metrics::coverage{2}.accumulate(context);
  first.add(metrics::judged_list<std::int32_t>{0, a, {}, {}});
  CHECK(first.value() == 2.0 / 130);
  second.add(metrics::judged_list<std::int32_t>{1, b, {}, {}});
  second.add(metrics::judged_list<std::int32_t>{2, c, {}, {}});
  first.merge(second);
  CHECK(first.value() == 3.0 / 130);

  auto deeper = metrics::coverage{10}.accumulate(context);
  deeper.add(metrics::judged_list<std::int32_t>{0, a, {}, {}});
  CHECK(deeper.value() == 3.0 / 130);
}

TEST_CASE("coverage of an empty catalogue is 0, and k must be positive") {
  CHECK(metrics::coverage{2}.accumulate(metrics::list_context<std::int32_t>{}).value() == 0);
  CHECK_THROWS_WITH(metrics::coverage{0}.accumulate(metrics::list_context<std::int32_t>{}),
                    "metrics::coverage: k must be positive, got 0");
}

namespace {

/// Two accumulators, merged, of the lists {0, 1}, {0, 2}, {0}.
template <class Metric>
double of_three_lists(const Metric& metric, std::int64_t items) {
  const metrics::list_context<std::int32_t> context{.users = 3, .items = items, .train = {}};
  const std::vector<std::int32_t> a = {0, 1}, b = {0, 2}, c = {0};
  auto first = metric.accumulate(context), second = metric.accumulate(context);
  first.add(metrics::judged_list<std::int32_t>{0, a, {}, {}});
  second.add(metrics::judged_list<std::int32_t>{1, b, {}, {}});
  second.add(metrics::judged_list<std::int32_t>{2, c, {}, {}});
  first.merge(second);
  return first.value();
}

template <class Metric>
void check_degenerate(const Metric& metric) {
  CHECK(metric.accumulate(metrics::list_context<std::int32_t>{}).value() == 0);
  CHECK(metric.accumulate(metrics::list_context<std::int32_t>{.users = 2, .items = 5, .train = {}}).value() == 0);
  CHECK_THROWS_WITH(Metric{0}.accumulate(metrics::list_context<std::int32_t>{}),
                    std::string(Metric::name) + ": k must be positive, got 0");
}

}  // namespace

TEST_CASE("gini of exposure counts the whole catalogue") {
  // Counts 0 1 1 3 ascending: (-3*0 - 1*1 + 1*1 + 3*3) / (4 * 5).
  CHECK(of_three_lists(metrics::gini{2}, 4) == Approx(9.0 / 20));
  CHECK(of_three_lists(metrics::gini{1}, 4) == Approx(3.0 / 4));
  CHECK(of_three_lists(metrics::gini{1}, 1) == 0);
}

TEST_CASE("shannon_entropy of exposure is in bits") {
  CHECK(of_three_lists(metrics::shannon_entropy{2}, 4) == Approx(0.6 * std::log2(5.0 / 3) + 0.4 * std::log2(5.0)));
  CHECK(of_three_lists(metrics::shannon_entropy{1}, 4) == 0);
}

TEST_CASE("personalization is 1 minus the mean overlap of pairs") {
  // Each of the three pairs shares item 0.
  CHECK(of_three_lists(metrics::personalization{2}, 4) == Approx(1.0 / 2));
  CHECK(of_three_lists(metrics::personalization{1}, 4) == 0);
}

TEST_CASE("metrics of exposure with nobody and nothing shown") {
  check_degenerate(metrics::gini{2});
  check_degenerate(metrics::shannon_entropy{2});
  check_degenerate(metrics::personalization{2});
}

TEST_CASE("user_coverage asks for k items") {
  const std::vector<std::int32_t> two = {4, 1}, none_at_all;
  const auto at = [](int k, const std::vector<std::int32_t>& ranked) {
    return metrics::user_coverage{k}(metrics::judged_list<std::int32_t>{0, ranked, {}, {}});
  };
  CHECK(at(1, two) == 1);
  CHECK(at(2, two) == 1);
  CHECK(at(3, two) == 0);
  CHECK(at(1, none_at_all) == 0);
  CHECK_THROWS_WITH(at(0, two), "metrics::user_coverage: k must be positive, got 0");
  CHECK(metrics::user_metric<metrics::user_coverage, std::int32_t>);
  CHECK(metrics::user_metric<metrics::user_coverage, std::int64_t>);
}

TEST_CASE("user_coverage counts the evaluated users with long enough lists") {
  const auto data = draw_case(12, 300, 20);
  const auto run = [&](int threads) {
    return akin::evaluate(execution::par.threads(threads), data.model, data.train, data.test, metrics::user_coverage{1},
                          metrics::user_coverage{15}, metrics::user_coverage{21});
  };
  const auto one = run(1);
  const auto lists = akin::recommend(execution::seq, data.model, {.k = 20, .exclude = data.train});
  double any = 0, fifteen = 0, evaluated = 0;
  for (int user = 0; user < 300; ++user) {
    bool wants = false;
    for (int item = 0; item < 20; ++item)
      wants = wants || (data.test.coeff(user, item) > 0 && data.train.coeff(user, item) == 0);
    if (!wants) continue;
    const std::size_t length = lists.items(static_cast<std::size_t>(user)).size();
    ++evaluated;
    any += length >= 1 ? 1 : 0;
    fifteen += length >= 15 ? 1 : 0;
  }
  CHECK(one[0].mean == Approx(any / evaluated).epsilon(1e-14));
  CHECK(one[1].mean == Approx(fifteen / evaluated).epsilon(1e-14));
  CHECK(one[2].mean == 0);
  CHECK(one[0].mean == Approx(1 - static_cast<double>(one.unknown_users) / static_cast<double>(one.users)));
  CHECK(one[1].mean > 0.1);
  CHECK(one[1].mean < 0.9);
  for (const int threads : {2, 3})
    for (const std::size_t i : {0u, 1u}) {
      CAPTURE(threads, i);
      CHECK(run(threads)[i].mean == one[i].mean);
      CHECK(run(threads)[i].standard_error == one[i].standard_error);
    }
  const auto [listed] = akin::evaluate_lists(execution::seq, lists, data.train, data.test, metrics::user_coverage{15});
  CHECK(listed.mean == one[1].mean);
}

TEST_CASE("user_coverage of nobody is 0") {
  const akin::sparse_matrix<float> nobody(0, 4), nothing(3, 4);
  const akin::dense_matrix<int> no_lists(0, 2), lists = akin::dense_matrix<int>::Zero(3, 1);
  CHECK(akin::evaluate_lists(execution::seq, no_lists, nobody, metrics::user_coverage{1})[0].mean == 0);
  CHECK(akin::evaluate_lists(execution::seq, lists, nothing, metrics::user_coverage{1})[0].mean == 0);
}
