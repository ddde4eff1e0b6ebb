#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <akin/kernels/dot.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"

namespace kernels = akin::kernels;

namespace {

template <class T>
T dot_on(kernels::instruction_set set, const T* x, const T* y, std::int64_t size) {
  return kernels::call_on<kernels::dot_kernel>(set, x, y, size);
}

// One call site for each size that the compiler knows: what it makes of them must round as the general code does.
template <class T, std::size_t... Sizes>
std::vector<T> dots_of_known_sizes(const T* x, const T* y, std::index_sequence<Sizes...>) {
  return {kernels::dot(x, y, static_cast<std::int64_t>(Sizes))...};
}

}  // namespace

TEMPLATE_TEST_CASE("a dot product is within size * epsilon * |x| |y| of the exact one", "", float, double) {
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t size : akin_test::vector_sizes()) {
      CAPTURE(static_cast<int>(set), size);
      akin_test::guarded_numbers<TestType> x(size, 1, 10), y(size, 0, 11);
      long double exact = 0;
      for (std::int64_t i = 0; i < size; ++i) exact += static_cast<long double>(x.data()[i]) * y.data()[i];
      const double error = static_cast<double>(std::abs(dot_on<TestType>(set, x.data(), y.data(), size) - exact));
      CHECK(error <= static_cast<double>(size) * akin_test::epsilon<TestType> * akin_test::norm(x.data(), size) *
                         akin_test::norm(y.data(), size));
    }
}

TEMPLATE_TEST_CASE("a dot product reads its elements and no other", "", float, double) {
  constexpr TestType poison = std::numeric_limits<TestType>::quiet_NaN();
  for (const auto set : akin_test::instruction_sets())
    for (std::int64_t size = 0; size <= 140; ++size) {
      std::vector<TestType> x(static_cast<std::size_t>(size) + 2, 1), y = x;
      x.front() = x.back() = y.front() = y.back() = poison;
      CHECK(dot_on<TestType>(set, x.data() + 1, y.data() + 1, size) == static_cast<TestType>(size));
    }
}

TEMPLATE_TEST_CASE("a dot product has the same bits wherever it is asked for and wherever its vectors lie", "", float,
                   double) {
  constexpr std::size_t sizes = 71;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    akin_test::guarded_numbers<TestType> x(sizes, 0, 2 * seed), y(sizes, 0, 2 * seed + 1);
    const auto known = dots_of_known_sizes<TestType>(x.data(), y.data(), std::make_index_sequence<sizes>());
    for (std::size_t size = 0; size < sizes; ++size) {
      CAPTURE(seed, size);
      const auto count = static_cast<std::int64_t>(size);
      const TestType here = kernels::dot<TestType>(x.data(), y.data(), count);
      CHECK(here == known[size]);
      CHECK(here == dot_on<TestType>(kernels::best_instruction_set(), x.data(), y.data(), count));
      CHECK(here == kernels::dot<TestType>(y.data(), x.data(), count));
      std::vector<TestType> shifted(x.data(), x.data() + size);
      shifted.insert(shifted.begin(), 3, TestType{0});
      CHECK(here == kernels::dot<TestType>(shifted.data() + 3, y.data(), count));
    }
  }
}

TEST_CASE("what is not finite is not lost in a dot product") {
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t place : {0, 5, 16, 33, 36}) {
      std::vector<float> x(37, 1), y(37, 1);
      x[static_cast<std::size_t>(place)] = std::numeric_limits<float>::infinity();
      CHECK(dot_on<float>(set, x.data(), y.data(), 37) == std::numeric_limits<float>::infinity());
      y[static_cast<std::size_t>(place)] = 0;
      CHECK(std::isnan(dot_on<float>(set, x.data(), y.data(), 37)));
    }
}

TEMPLATE_TEST_CASE("dot products with many rows have the bits of those with one", "", float, double) {
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t size : akin_test::vector_sizes()) {
      if (size > 600) continue;
      for (const std::int64_t count : {0, 1, 2, 5}) {
        CAPTURE(static_cast<int>(set), size, count);
        akin_test::guarded_numbers<TestType> x(size, 1, 5), rows(size * count, 3, 6);
        std::vector<TestType> out(static_cast<std::size_t>(count));
        kernels::call_on<kernels::dot_rows_kernel>(set, static_cast<const TestType*>(x.data()),
                                                   static_cast<const TestType*>(rows.data()), count, size, out.data());
        for (std::int64_t row = 0; row < count; ++row)
          CHECK(out[static_cast<std::size_t>(row)] == dot_on<TestType>(set, x.data(), rows.data() + row * size, size));
      }
    }
}
