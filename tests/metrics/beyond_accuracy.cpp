#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <akin/metrics/beyond_accuracy.hpp>

#include "support/catch.hpp"

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
