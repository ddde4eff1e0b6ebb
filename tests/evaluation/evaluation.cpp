#include <tuple>
#include <type_traits>

#include <akin/evaluation/evaluation.hpp>

#include "support/catch.hpp"

TEST_CASE("an evaluation is a tuple and an array of results, with counts") {
  akin::evaluation<2> result;
  CHECK(result.users == 0);
  CHECK(result[1].count == 0);
  result[0] = {0.5, 0.25, 7};
  result[1].mean = 0.75;
  result.users = 7;
  const auto [first, second] = result;
  static_assert(std::is_same_v<std::remove_const_t<decltype(first)>, akin::metric_result>);
  static_assert(std::tuple_size_v<akin::evaluation<2>> == 2);
  CHECK(first.mean == 0.5);
  CHECK(first.standard_error == 0.25);
  CHECK(first.count == 7);
  CHECK(second.mean == 0.75);
  CHECK(std::get<1>(result).mean == 0.75);
  double sum = 0;
  for (const akin::metric_result& metric : result) sum += metric.mean;
  CHECK(sum == 1.25);
}

TEST_CASE("what a user had is left out unless it is asked for") { CHECK(akin::evaluation_options{}.exclude_seen); }

TEST_CASE("the normal interval is 1.96 standard errors to both sides") {
  const akin::metric_result result{0.5, 0.1, 30};
  CHECK(result.low() == Approx(0.5 - 0.1959963984540054));
  CHECK(result.high() == Approx(0.5 + 0.1959963984540054));
  CHECK((result.bootstrap_low == 0 && result.bootstrap_high == 0));
  CHECK((akin::metric_result{0.5, 0, 1}.low() == 0.5 && akin::metric_result{0.5, 0, 1}.high() == 0.5));
}

TEST_CASE("all items are ranked and nothing is resampled unless it is asked for") {
  CHECK(akin::evaluation_options{}.sampled_negatives == 0);
  CHECK(akin::evaluation_options{}.bootstrap == 0);
}
