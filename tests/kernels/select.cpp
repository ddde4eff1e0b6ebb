#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include <akin/kernels/select.hpp>
#include <akin/random.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"

namespace kernels = akin::kernels;

namespace {

/// What cut_for promises: exactly k at least t, or t is the k-th largest of a row with equal numbers.
template <class Scalar>
bool cuts(std::vector<Scalar> x, std::int64_t k, Scalar t) {
  const auto at_least = std::ranges::count_if(x, [&](Scalar y) { return y >= t; });
  std::ranges::sort(x, std::greater{});
  return at_least == k || (at_least > k && t == x[static_cast<std::size_t>(k) - 1]);
}

}  // namespace

TEMPLATE_TEST_CASE("a cut leaves the k largest", "", float, double) {
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t size : akin_test::vector_sizes())
      for (const std::int64_t k : {std::int64_t{1}, size / 3, size / 2, size - 1, size}) {
        if (k < 1 || k > size) continue;
        CAPTURE(static_cast<int>(set), size, k);
        const TestType least = -100;
        const auto x = akin_test::normal_numbers<TestType>(size, 40);
        CHECK(cuts(x, k, kernels::call_on<kernels::cut_kernel>(set, x.data(), size, k, least)));
        auto rounded = x;
        for (TestType& y : rounded) y = std::round(2 * y);  // many equal ones, zeros of both signs
        CHECK(cuts(rounded, k, kernels::call_on<kernels::cut_kernel>(set, rounded.data(), size, k, least)));
      }
}

TEMPLATE_TEST_CASE("a cut takes numbers of any size", "", float, double) {
  using limits = std::numeric_limits<TestType>;
  const std::vector<TestType> x = {limits::lowest(), -limits::infinity(), 0,  -TestType{0},  limits::denorm_min(),
                                   limits::max(),    limits::infinity(),  -1, limits::min(), -limits::denorm_min()};
  for (std::int64_t k = 1; k <= static_cast<std::int64_t>(x.size()); ++k) {
    CAPTURE(k);
    CHECK(cuts(x, k, kernels::cut_for(x.data(), static_cast<std::int64_t>(x.size()), k, -limits::infinity())));
  }
  const std::vector<TestType> equal(100, TestType{3});
  CHECK(kernels::cut_for(equal.data(), 100, 7, TestType{1}) == 3);
}
