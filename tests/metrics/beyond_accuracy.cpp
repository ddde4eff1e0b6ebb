#include <cstdint>
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
