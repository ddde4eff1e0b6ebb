#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <akin/kernels/symmetric_eigen.hpp>

#include "support/catch.hpp"
#include "support/random_data.hpp"
#include "support/reference.hpp"

namespace {

using akin_test::distance;
using akin_test::identity;
using akin_test::norm;
using matrix = Eigen::MatrixXd;  // the kernel is row-major, which is the same where matrices are symmetric

/// Checks A = V'diag(values)V, VV' = I and the order of the values, to n epsilon |A|.
void check_decomposition(const matrix& a) {
  const Eigen::Index n = a.rows();
  matrix columns = a;  // its rows are the eigenvectors, which are columns here
  Eigen::VectorXd values(n), ones(n);
  REQUIRE(akin::kernels::symmetric_eigen(columns.data(), values.data(), n));
  const double epsilon = 8 * static_cast<double>(n) * std::numeric_limits<double>::epsilon();
  for (double& one : ones) one = 1;
  CHECK(distance(akin_test::product_transposed(akin_test::scaled(ones, columns, values), columns), a) <=
        epsilon * (norm(a) + 1e-300));
  CHECK(distance(akin_test::transposed_product(columns, columns), identity(n)) <= epsilon * std::sqrt(n));
  for (Eigen::Index i = 1; i < n; ++i) CHECK(values[i - 1] <= values[i]);
}

/// 2 on the diagonal, 1 elsewhere.
matrix ones_and_diagonal(Eigen::Index n) {
  matrix result = identity(n);
  for (Eigen::Index i = 0; i < result.size(); ++i) result.data()[i] += 1;
  return result;
}

matrix gaussian(Eigen::Index rows, Eigen::Index cols, std::uint64_t seed) {
  const auto numbers = akin_test::normal_numbers<double>(rows * cols, seed);
  return akin_test::dense(Eigen::Map<const akin::dense_matrix<double>>(numbers.data(), rows, cols));
}

}  // namespace

TEST_CASE("a symmetric matrix is its eigenvectors and eigenvalues") {
  const Eigen::Index n = GENERATE(1, 2, 3, 4, 7, 16, 17, 33, 64, 100);
  CAPTURE(n);
  const matrix g = gaussian(n, n, 7);
  check_decomposition(akin_test::sum(g, 1, g.transpose()));
  check_decomposition(akin_test::transposed_product(g, g));
}

TEST_CASE("eigenvalues equal those of Eigen's solver, also where they span fifteen decades") {
  const Eigen::Index n = 40;
  matrix g = gaussian(80, n, 9);
  for (Eigen::Index j = 0; j < n; ++j)
    for (Eigen::Index i = 0; i < 80; ++i) g(i, j) *= std::pow(10.0, -7.5 * static_cast<double>(j) / n);
  const matrix a = akin_test::transposed_product(g, g);
  check_decomposition(a);
  matrix vectors = a;
  Eigen::VectorXd values(n);
  REQUIRE(akin::kernels::symmetric_eigen(vectors.data(), values.data(), n));
  CHECK(akin_test::largest_difference(values, akin_test::eigen_of(a).values) <= 1e-14 * norm(a));
}

TEST_CASE("special matrices: diagonal, zero, rank one, repeated eigenvalues") {
  check_decomposition(akin_test::zeros(6, 6));
  check_decomposition(identity(9, 3));
  matrix diagonal = akin_test::zeros(12, 12);
  for (Eigen::Index i = 0; i < 12; ++i) diagonal(i, i) = -3 + 8 * static_cast<double>(i) / 11;
  check_decomposition(diagonal);
  const matrix v = gaussian(20, 1, 3);
  check_decomposition(akin_test::product_transposed(v, v));
  check_decomposition(ones_and_diagonal(8));
  matrix two_by_two = ones_and_diagonal(2);  // 2 1 / 1 2
  check_decomposition(two_by_two);
  Eigen::VectorXd values(2);
  REQUIRE(akin::kernels::symmetric_eigen(two_by_two.data(), values.data(), 2));
  CHECK(values[0] == Approx(1));
  CHECK(values[1] == Approx(3));
}

TEST_CASE("numbers that are not finite are reported") {
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
    for (const Eigen::Index where : {0, 1, 6, 24}) {
      matrix a = ones_and_diagonal(5);
      a(where / 5, where % 5) = a(where % 5, where / 5) = bad;
      Eigen::VectorXd values(5);
      CHECK_FALSE(akin::kernels::symmetric_eigen(a.data(), values.data(), 5));
    }
}
