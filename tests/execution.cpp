#include <type_traits>

#include <akin/execution.hpp>

#include "support/catch.hpp"

namespace execution = akin::execution;

TEST_CASE("both policies run on the host, however they are qualified") {
  STATIC_REQUIRE(std::is_same_v<akin::backend_of<decltype(execution::seq)>, akin::backend::host>);
  STATIC_REQUIRE(std::is_same_v<akin::backend_of<decltype(execution::par)>, akin::backend::host>);
  STATIC_REQUIRE(std::is_same_v<akin::backend_of<const execution::parallel_policy&>, akin::backend::host>);
  STATIC_REQUIRE(std::is_same_v<akin::backend_of<execution::sequenced_policy&&>, akin::backend::host>);
}

TEST_CASE("a number of threads belongs to the policy that it was asked of, and to no other") {
  constexpr auto three = execution::par.threads(3);
  STATIC_REQUIRE(three.requested_threads() == 3);
  STATIC_REQUIRE(three.threads(5).requested_threads() == 5);
  STATIC_REQUIRE(three.threads(0).requested_threads() == 0);
  STATIC_REQUIRE(execution::par.requested_threads() == 0);
}
