#include <cmath>
#include <cstdint>

#include <akin/kernels/axpy.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"

namespace kernels = akin::kernels;

TEMPLATE_TEST_CASE("each element of y + a x is within two roundings of the exact one", "", float, double) {
  const TestType a = static_cast<TestType>(0.7);
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t size : akin_test::vector_sizes()) {
      CAPTURE(static_cast<int>(set), size);
      akin_test::guarded_numbers<TestType> x(size, 1, 20), y(size, 2, 21);
      const auto x_before = x.copy(), y_before = y.copy();
      kernels::call_on<kernels::axpy_kernel>(set, a, static_cast<const TestType*>(x.data()), y.data(), size);
      int wrong = 0;
      for (std::size_t i = 0; i < x_before.size(); ++i) {
        const long double product = static_cast<long double>(a) * x_before[i], exact = y_before[i] + product;
        wrong +=
            !(std::abs(y.data()[i] - exact) <= akin_test::epsilon<TestType> * (std::abs(product) + std::abs(exact)));
      }
      CHECK(wrong == 0);
      CHECK(x.copy() == x_before);
      CHECK((x.is_guard_intact() && y.is_guard_intact()));
    }
}

TEST_CASE("axpy runs the best set, and nothing for size 0") {
  const float x[] = {1, 2, 3};
  float y[] = {10, 20, 30};
  kernels::axpy(2.0f, x, y, 3);
  CHECK((y[0] == 12 && y[1] == 24 && y[2] == 36));
  kernels::axpy(2.0f, x, static_cast<float*>(nullptr), 0);
}
