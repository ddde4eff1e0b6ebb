#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <Eigen/Dense>

#include <akin/kernels/symmetric_eigen.hpp>

#include "support/catch.hpp"
#include "support/random_data.hpp"

namespace {

using matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Checks A = V'diag(values)V, VV' = I and the order of the values, to n epsilon |A|.
void check_decomposition(const matrix& a) {
  const Eigen::Index n = a.rows();
  matrix vectors = a;
  Eigen::VectorXd values(n);
  REQUIRE(akin::kernels::symmetric_eigen(vectors.data(), values.data(), n));
  const double epsilon = 8 * static_cast<double>(n) * std::numeric_limits<double>::epsilon();
  CHECK((vectors.transpose() * values.asDiagonal() * vectors - a).norm() <= epsilon * (a.norm() + 1e-300));
  CHECK((vectors * vectors.transpose() - matrix::Identity(n, n)).norm() <= epsilon * std::sqrt(n));
  for (Eigen::Index i = 1; i < n; ++i) CHECK(values[i - 1] <= values[i]);
}

matrix gaussian(Eigen::Index rows, Eigen::Index cols, std::uint64_t seed) {
  const auto numbers = akin_test::normal_numbers<double>(rows * cols, seed);
  return Eigen::Map<const matrix>(numbers.data(), rows, cols);
}

}  // namespace

TEST_CASE("a symmetric matrix is its eigenvectors and eigenvalues") {
  const Eigen::Index n = GENERATE(1, 2, 3, 4, 7, 16, 17, 33, 64, 100);
  CAPTURE(n);
  const matrix g = gaussian(n, n, 7);
  check_decomposition(g + g.transpose());
  check_decomposition(g.transpose() * g);
}

TEST_CASE("eigenvalues equal those of Eigen's solver, also where they span fifteen decades") {
  const Eigen::Index n = 40;
  matrix g = gaussian(80, n, 9);
  for (Eigen::Index j = 0; j < n; ++j) g.col(j) *= std::pow(10.0, -7.5 * static_cast<double>(j) / n);
  const matrix a = g.transpose() * g;
  check_decomposition(a);
  matrix vectors = a;
  Eigen::VectorXd values(n);
  REQUIRE(akin::kernels::symmetric_eigen(vectors.data(), values.data(), n));
  CHECK((values - Eigen::SelfAdjointEigenSolver<matrix>(a).eigenvalues()).cwiseAbs().maxCoeff() <= 1e-14 * a.norm());
}

TEST_CASE("special matrices: diagonal, zero, rank one, repeated eigenvalues") {
  check_decomposition(matrix::Zero(6, 6));
  check_decomposition(matrix::Identity(9, 9) * 3);
  check_decomposition(Eigen::VectorXd::LinSpaced(12, -3, 5).asDiagonal().toDenseMatrix());
  const Eigen::VectorXd v = gaussian(20, 1, 3);
  check_decomposition(v * v.transpose());
  check_decomposition(matrix::Ones(8, 8) + matrix::Identity(8, 8));
  matrix two_by_two(2, 2);
  two_by_two << 2, 1, 1, 2;
  check_decomposition(two_by_two);
  Eigen::Vector2d values;
  REQUIRE(akin::kernels::symmetric_eigen(two_by_two.data(), values.data(), 2));
  CHECK(values[0] == Approx(1));
  CHECK(values[1] == Approx(3));
}

TEST_CASE("numbers that are not finite are reported") {
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
    for (const Eigen::Index where : {0, 1, 6, 24}) {
      matrix a = matrix::Identity(5, 5) + matrix::Ones(5, 5);
      a(where / 5, where % 5) = a(where % 5, where / 5) = bad;
      Eigen::VectorXd values(5);
      CHECK_FALSE(akin::kernels::symmetric_eigen(a.data(), values.data(), 5));
    }
}
