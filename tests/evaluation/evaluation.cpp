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
