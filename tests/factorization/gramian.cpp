#include <algorithm>

#include <akin/data/synthetic.hpp>
#include <akin/factorization/detail/gramian.hpp>

#include "support/catch.hpp"
#include "support/reference.hpp"

TEMPLATE_TEST_CASE("gramian is Y'Y, the same bits for any number of threads", "", float, double) {
  const int rows = GENERATE(0, 1, 255, 256, 257, 9000);
  const int cols = GENERATE(1, 7, 33);
  const akin::dense_matrix<TestType> y = akin::synthetic::gaussian<TestType>(rows, cols, {.seed = 5});
  const akin::rows_view<const TestType> view{y.data(), rows, cols};
  const auto alone = akin::detail::gramian(akin::execution::seq, view);
  for (const int threads : {2, 3})
    CHECK(std::ranges::equal(akin::detail::gramian(akin::execution::par.threads(threads), view), alone));
  const Eigen::MatrixXd exact = akin_test::transposed_product(y, y);
  const double tolerance = (sizeof(TestType) == 4 ? 1e-5 : 1e-13) * (1 + akin_test::largest(exact.diagonal()));
  for (int i = 0; i < cols; ++i)
    for (int j = 0; j < cols; ++j) CHECK(std::abs((alone[i * cols + j]) - exact(i, j)) <= tolerance);
}
