#include <cmath>
#include <cstddef>
#include <cstdint>

#include <akin/kernels/low_pass.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"

namespace kernels = akin::kernels;

namespace {

/// Elements of scales z + S c that are further than rounding from the sums in double.
template <int Lanes, class T>
int wrong_elements(kernels::instruction_set set, std::int64_t items, std::int64_t rank) {
  const auto s = akin_test::normal_numbers<T>(items * rank, 1), scales = akin_test::normal_numbers<T>(items, 2);
  const auto c = akin_test::normal_numbers<T>(rank * Lanes, 3), before = akin_test::normal_numbers<T>(items * Lanes, 4);
  auto z = before;
  kernels::call_on<kernels::low_pass_kernel<Lanes>>(set, s.data(), items, rank, scales.data(), c.data(), z.data());
  int wrong = 0;
  for (std::int64_t item = 0; item < items; ++item)
    for (std::int64_t lane = 0; lane < Lanes; ++lane) {
      const auto place = static_cast<std::size_t>(item * Lanes + lane);
      double sum = static_cast<double>(scales[static_cast<std::size_t>(item)]) * static_cast<double>(before[place]);
      double size = std::abs(sum);
      for (std::int64_t d = 0; d < rank; ++d) {
        const double product = static_cast<double>(s[static_cast<std::size_t>(item * rank + d)]) *
                               static_cast<double>(c[static_cast<std::size_t>(d * Lanes + lane)]);
        sum += product;
        size += std::abs(product);
      }
      const double rounding = static_cast<double>(rank + 2) * static_cast<double>(akin_test::epsilon<T>) * size;
      wrong += !(std::abs(static_cast<double>(z[place]) - sum) <= rounding);
    }
  return wrong;
}

}  // namespace

TEMPLATE_TEST_CASE("low_pass adds a product of low rank to scaled signals", "", float, double) {
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t items : {0, 1, 7, 8, 17})
      for (const std::int64_t rank : {0, 1, 5}) {
        CAPTURE(static_cast<int>(set), items, rank);
        CHECK(wrong_elements<1, TestType>(set, items, rank) == 0);
        CHECK(wrong_elements<4, TestType>(set, items, rank) == 0);
        CHECK(wrong_elements<16, TestType>(set, items, rank) == 0);
      }
}
