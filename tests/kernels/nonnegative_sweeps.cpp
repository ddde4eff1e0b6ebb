#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <akin/kernels/nonnegative_sweeps.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"

namespace kernels = akin::kernels;

namespace {

/// G = A'A (k x k, positive definite) and b.
template <class T>
struct problem {
  explicit problem(std::int64_t size) : k(size), gram(static_cast<std::size_t>(size * size)) {
    const std::int64_t rows = size + 3;
    const auto a = akin_test::normal_numbers<double>(rows * size, 1);
    for (std::int64_t i = 0; i < size; ++i)
      for (std::int64_t j = 0; j < size; ++j) {
        double sum = 0;
        for (std::int64_t r = 0; r < rows; ++r)
          sum += a[static_cast<std::size_t>(r * size + i)] * a[static_cast<std::size_t>(r * size + j)];
        gram[static_cast<std::size_t>(i * size + j)] = static_cast<T>(sum);
      }
    b = akin_test::normal_numbers<T>(size, 2);
  }

  std::int64_t k;
  std::vector<T> gram, b;
};

}  // namespace

TEMPLATE_TEST_CASE("nonnegative sweeps end where the conditions of a minimum hold", "", float, double) {
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t k : {1, 3, 16, 33}) {
      CAPTURE(static_cast<int>(set), k);
      const problem<TestType> p(k);
      std::vector<TestType> x(static_cast<std::size_t>(k)), gradient(x);
      x[0] = 1;  // a start that is not 0
      std::transform(p.b.begin(), p.b.end(), gradient.begin(), [](TestType b) { return -b; });
      kernels::call_on<kernels::nonnegative_sweeps_kernel>(set, p.gram.data(), TestType(1e-7), 10000, x.data(),
                                                           gradient.data(), k);
      int wrong = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        double slope = -static_cast<double>(p.b[i]);
        for (std::size_t j = 0; j < x.size(); ++j)
          slope += static_cast<double>(p.gram[i * x.size() + j]) * static_cast<double>(x[j]);
        const double tolerance = 1e-3;
        wrong += std::abs(slope - static_cast<double>(gradient[i])) > tolerance;
        wrong += x[i] < 0 || (x[i] > 0 ? std::abs(slope) > tolerance : slope < -tolerance);
      }
      CHECK(wrong == 0);
    }
}

TEST_CASE("nonnegative sweeps take as many sweeps as allowed, and leave coordinates without curvature") {
  const float gram[] = {2, 1, 0, 1, 2, 0, 0, 0, 0};
  float x[] = {0, 0, 5}, gradient[] = {-2, -2, -1};
  kernels::nonnegative_sweeps(gram, 0, 1, x, gradient, 3);
  CHECK(x[0] == 1);     // 2 / 2
  CHECK(x[1] == 0.5f);  // (2 - 1) / 2
  CHECK(x[2] == 5);
  CHECK(gradient[0] == 0.5f);
  CHECK(gradient[1] == 0);
}
