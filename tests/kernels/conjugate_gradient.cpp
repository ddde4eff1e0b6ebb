#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include <akin/kernels/conjugate_gradient.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"
#include "support/random_data.hpp"
#include "support/reference.hpp"

namespace kernels = akin::kernels;

namespace {

/// A system (D + Y'WY) x = b with `count` of 50 rows.
template <class T>
Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, 1>> column_of(const T* numbers, std::int64_t size) {
  return {numbers, size};
}

template <class T>
struct problem {
  std::int64_t count, k;
  std::vector<T> rows, weights, right, diagonal, inverse;
  std::vector<std::int32_t> ids;

  problem(std::int64_t count_, std::int64_t k_, double heaviest)
      : count(count_), k(k_), rows(akin_test::normal_numbers<T>(50 * k, 1)), right(akin_test::normal_numbers<T>(k, 2)) {
    for (std::int64_t i = 0; i < count; ++i) {
      ids.push_back(static_cast<std::int32_t>(i * 7 % 50));
      weights.push_back(static_cast<T>(heaviest * static_cast<double>(i + 1) / static_cast<double>(count)));
    }
    for (std::int64_t d = 0; d < k; ++d) {
      diagonal.push_back(static_cast<T>(0.5 + static_cast<double>(d)));
      inverse.push_back(1 / diagonal.back());
    }
  }

  kernels::weighted_rows<T, std::int32_t> view() const { return {rows.data(), k, ids.data(), weights.data(), count}; }

  Eigen::MatrixXd matrix() const {
    Eigen::MatrixXd a = akin_test::zeros(k, k);
    for (std::int64_t d = 0; d < k; ++d) a(d, d) = static_cast<double>(diagonal[static_cast<std::size_t>(d)]);
    for (std::int64_t i = 0; i < count; ++i)
      akin_test::add_outer(a, static_cast<double>(weights[static_cast<std::size_t>(i)]), column_of(view().row(i), k));
    return a;
  }
  Eigen::VectorXd exact() const { return akin_test::solve(matrix(), akin_test::column(column_of(right.data(), k), 0)); }
};

template <class T>
kernels::conjugate_gradient_result solve(kernels::instruction_set set, const problem<T>& p, T tolerance, int steps,
                                         std::vector<T>& x) {
  const auto view = p.view();
  std::vector<T> r = p.right, scratch(static_cast<std::size_t>(2 * p.k));
  x.assign(static_cast<std::size_t>(p.k), 7);
  return kernels::call_on<kernels::conjugate_gradient_kernel>(set, &view, p.diagonal.data(), p.inverse.data(),
                                                              tolerance, steps, x.data(), r.data(), scratch.data());
}

}  // namespace

TEMPLATE_TEST_CASE("conjugate gradients reach the solution to their tolerance, in the norm of the system", "", float,
                   double) {
  const TestType tolerance = sizeof(TestType) == 4 ? TestType(1e-5) : TestType(1e-10);
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t count : {0, 1, 2, 3, 4, 5, 8, 23, 50, 64, 65, 131})
      for (const std::int64_t k : {1, 3, 16, 37, 52, 64, 203}) {
        CAPTURE(static_cast<int>(set), count, k);
        const problem<TestType> p(count, k, 4);
        std::vector<TestType> x;
        const auto result = solve(set, p, tolerance, 200, x);
        CHECK(result.converged);
        const Eigen::VectorXd exact = p.exact();
        const Eigen::VectorXd error = akin_test::difference(column_of(x.data(), k), exact);
        const Eigen::MatrixXd system = p.matrix();
        const auto size = [&](const Eigen::VectorXd& v) {
          return std::sqrt(akin_test::dot(v, akin_test::times(system, v)));
        };
        CHECK(size(error) <= (static_cast<double>(tolerance) + 20 * akin_test::epsilon<TestType>)*size(exact));
      }
}

TEST_CASE("conjugate gradients end after as many steps as there are rows, and one more than none") {
  for (const std::int64_t count : {0, 1, 3, 6}) {
    const problem<double> p(count, 24, 2);
    std::vector<double> x;
    CHECK(solve(kernels::best_instruction_set(), p, 1e-6, 100, x).steps <= count + 1);
  }
}

TEST_CASE("conjugate gradients say when they did not get there") {
  const problem<double> p(40, 32, 1000);
  std::vector<double> x;
  const auto result = solve(kernels::best_instruction_set(), p, 1e-12, 3, x);
  CHECK(result.steps == 3);
  CHECK_FALSE(result.converged);

  problem<double> broken(4, 8, 1);
  broken.right[2] = std::numeric_limits<double>::quiet_NaN();
  CHECK_FALSE(solve(kernels::best_instruction_set(), broken, 1e-6, 50, x).converged);
}

TEST_CASE("a right-hand side of zero is solved by zero, in no step") {
  problem<float> p(9, 20, 1);
  p.right.assign(20, 0.0f);
  std::vector<float> x;
  const auto result = solve(kernels::best_instruction_set(), p, 1e-3f, 10, x);
  CHECK(result.steps == 0);
  CHECK(result.converged);
  CHECK(x == std::vector<float>(20, 0.0f));
}

TEST_CASE("ids that follow those of a system are asked for, and change nothing") {
  problem<float> p(30, 40, 3);
  const auto alone = p.view();
  std::vector<float> expected(40), sum(40);
  kernels::call<kernels::weighted_sum_kernel>(&alone, expected.data());
  for (const std::int64_t readable : {30, 31, 40, 55, 90}) {
    while (static_cast<std::int64_t>(p.ids.size()) < readable)
      p.ids.push_back(static_cast<std::int32_t>(p.ids.size() % 50));
    auto view = p.view();
    view.readable = readable;
    std::fill(sum.begin(), sum.end(), 0.0f);
    kernels::call<kernels::weighted_sum_kernel>(static_cast<const decltype(view)*>(&view), sum.data());
    CHECK(sum == expected);
  }
}

TEMPLATE_TEST_CASE("weighted sums of rows equal the plain ones", "", float, double) {
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t count : {0, 1, 4, 6, 19}) {
      const problem<TestType> p(count, 21, 3);
      const auto view = p.view();
      std::vector<TestType> sum(21);
      kernels::call_on<kernels::weighted_sum_kernel>(set, &view, sum.data());
      for (std::size_t d = 0; d < 21; ++d) {
        double expected = 0;
        for (std::int64_t i = 0; i < count; ++i)
          expected += static_cast<double>(p.weights[static_cast<std::size_t>(i)]) * static_cast<double>(view.row(i)[d]);
        CHECK(static_cast<double>(sum[d]) == Approx(expected).margin(1e-4));
      }
    }
}
