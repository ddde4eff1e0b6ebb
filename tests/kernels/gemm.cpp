#include <cmath>
#include <cstdint>
#include <tuple>
#include <vector>

#include <akin/kernels/gemm.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"
#include "support/random_data.hpp"
#include "support/reference.hpp"

namespace kernels = akin::kernels;

namespace {

using akin_test::absolute;
using reference = Eigen::MatrixXd;

template <class T>
reference as_double(const std::vector<T>& numbers, std::int64_t rows, std::int64_t cols) {
  return akin_test::dense(Eigen::Map<const akin::dense_matrix<T>>(numbers.data(), rows, cols));
}

const std::vector<std::tuple<int, int, int>> shapes = {{1, 1, 1},    {3, 5, 2},    {4, 8, 8},     {13, 7, 33},
                                                       {12, 40, 32}, {25, 64, 65}, {97, 10, 100}, {7, 0, 9}};

}  // namespace

TEMPLATE_TEST_CASE("a product of matrices is within depth * epsilon * |a| |b| of the exact one", "", float, double) {
  for (const auto set : akin_test::instruction_sets())
    for (const auto& [rows, depth, cols] : shapes) {
      CAPTURE(static_cast<int>(set), rows, depth, cols);
      const auto a = akin_test::normal_numbers<TestType>(rows * depth, 1);
      const auto b = akin_test::normal_numbers<TestType>(depth * cols, 2);
      auto c = akin_test::normal_numbers<TestType>(rows * cols, 3);
      const reference x = as_double(a, rows, depth), y = as_double(b, depth, cols), before = as_double(c, rows, cols);
      const reference exact = akin_test::sum(before, 1, akin_test::product(x, y));
      const reference bound = akin_test::sum(absolute(before), 1, akin_test::product(absolute(x), absolute(y)));
      kernels::call_on<kernels::gemm_kernel>(set, a.data(), std::int64_t{depth}, std::int64_t{1}, b.data(),
                                             std::int64_t{cols}, std::int64_t{depth}, c.data(), std::int64_t{cols},
                                             std::int64_t{rows}, std::int64_t{cols}, false);
      const double epsilon = static_cast<double>(depth + 1) * akin_test::epsilon<TestType>;
      CHECK(akin_test::is_within(as_double(c, rows, cols), exact, epsilon, bound));
    }
}

TEMPLATE_TEST_CASE("a Gramian has its lower triangle whatever the shape", "", float, double) {
  for (const std::int64_t cols : {1, 2, 7, 12, 31, 32, 33, 47, 64, 100})
    for (const std::int64_t rows : {0, 1, 5, 256}) {
      CAPTURE(rows, cols);
      const auto a = akin_test::normal_numbers<TestType>(rows * cols, 4);
      std::vector<TestType> c(static_cast<std::size_t>(cols * cols));
      kernels::add_gramian(a.data(), rows, cols, c.data());
      const reference y = as_double(a, rows, cols), exact = akin_test::transposed_product(y, y);
      const reference bound = akin_test::transposed_product(absolute(y), absolute(y));
      for (std::int64_t i = 0; i < cols; ++i)
        for (std::int64_t j = 0; j <= i; ++j)
          CHECK(std::abs(static_cast<double>(c[static_cast<std::size_t>(i * cols + j)]) - exact(i, j)) <=
                static_cast<double>(rows + 1) * akin_test::epsilon<TestType> * bound(i, j));
    }
}
