#include "support/reference.hpp"

#include <cmath>
#include <cstdint>

#include <Eigen/Dense>

namespace akin_test {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace detail {

template <class Scalar, class Id>
MatrixXd dense_of(Index rows, Index cols, const Id* offsets, const Id* columns, const Scalar* values) {
  MatrixXd result = MatrixXd::Zero(rows, cols);
  for (Index row = 0; row < rows; ++row)
    for (Id cell = offsets[row]; cell < offsets[row + 1]; ++cell)
      result(row, static_cast<Index>(columns[cell])) += static_cast<double>(values[cell]);
  return result;
}

template MatrixXd dense_of(Index, Index, const std::int32_t*, const std::int32_t*, const float*);
template MatrixXd dense_of(Index, Index, const std::int32_t*, const std::int32_t*, const double*);
template MatrixXd dense_of(Index, Index, const std::int64_t*, const std::int64_t*, const float*);
template MatrixXd dense_of(Index, Index, const std::int64_t*, const std::int64_t*, const double*);

}  // namespace detail

template <class Scalar, class Id>
Eigen::SparseMatrix<Scalar, Eigen::RowMajor, Id> sparse_of(Index rows, Index cols,
                                                           const std::vector<Eigen::Triplet<Scalar>>& cells) {
  Eigen::SparseMatrix<Scalar, Eigen::RowMajor, Id> x(rows, cols);
  x.setFromTriplets(cells.begin(), cells.end());
  return x;
}

template Eigen::SparseMatrix<float, Eigen::RowMajor, std::int32_t> sparse_of(Index, Index,
                                                                             const std::vector<Eigen::Triplet<float>>&);
template Eigen::SparseMatrix<double, Eigen::RowMajor, std::int32_t> sparse_of(
    Index, Index, const std::vector<Eigen::Triplet<double>>&);
template Eigen::SparseMatrix<float, Eigen::RowMajor, std::int64_t> sparse_of(Index, Index,
                                                                             const std::vector<Eigen::Triplet<float>>&);
template Eigen::SparseMatrix<double, Eigen::RowMajor, std::int64_t> sparse_of(
    Index, Index, const std::vector<Eigen::Triplet<double>>&);

MatrixXd dense(const matrix_view& m) {
  MatrixXd result(m.rows(), m.cols());
  for (Index col = 0; col < m.cols(); ++col)
    for (Index row = 0; row < m.rows(); ++row) result(row, col) = m(row, col);
  return result;
}
VectorXd row(const matrix_view& m, Index row) {
  eigen_assert(row >= 0 && row < m.rows());
  VectorXd result(m.cols());
  for (Index col = 0; col < m.cols(); ++col) result[col] = m(row, col);
  return result;
}
VectorXd column(const matrix_view& m, Index col) {
  eigen_assert(col >= 0 && col < m.cols());
  VectorXd result(m.rows());
  for (Index row = 0; row < m.rows(); ++row) result[row] = m(row, col);
  return result;
}
MatrixXd columns(const matrix_view& m, Index first, Index count) { return dense(m).middleCols(first, count); }
MatrixXd transposed(const matrix_view& m) { return dense(m).transpose(); }
MatrixXd beside(const matrix_view& a, const matrix_view& b) {
  MatrixXd result(a.rows(), a.cols() + b.cols());
  result << dense(a), dense(b);
  return result;
}

MatrixXd zeros(Index rows, Index cols) { return MatrixXd::Zero(rows, cols); }
VectorXd zeros(Index size) { return VectorXd::Zero(size); }
MatrixXd identity(Index size, double scale) { return scale * MatrixXd::Identity(size, size); }

MatrixXd product(const matrix_view& a, const matrix_view& b) { return dense(a) * dense(b); }
MatrixXd product_transposed(const matrix_view& a, const matrix_view& b) { return dense(a) * dense(b).transpose(); }
MatrixXd transposed_product(const matrix_view& a, const matrix_view& b) { return dense(a).transpose() * dense(b); }
VectorXd times(const matrix_view& a, const matrix_view& x) { return dense(a) * column(x, 0); }
MatrixXd sum(const matrix_view& a, double scale, const matrix_view& b) { return dense(a) + scale * dense(b); }
VectorXd difference(const matrix_view& a, const matrix_view& b) { return column(a, 0) - column(b, 0); }
double dot(const matrix_view& a, const matrix_view& b) { return column(a, 0).dot(column(b, 0)); }

void add_outer(MatrixXd& a, double scale, const matrix_view& v) {
  const VectorXd x = column(v, 0);
  a += scale * x * x.transpose();
}
void add(MatrixXd& a, double scale, const matrix_view& m) { a += scale * dense(m); }
void add(VectorXd& a, double scale, const matrix_view& v) { a += scale * column(v, 0); }
void set_row(MatrixXd& a, Index row, const matrix_view& v) { a.row(row) = column(v, 0).transpose(); }
void set_column(MatrixXd& a, Index col, const matrix_view& v) { a.col(col) = column(v, 0); }
void clear_row(MatrixXd& a, Index row) { a.row(row).setZero(); }

VectorXd solve(const MatrixXd& a, const VectorXd& b) { return a.ldlt().solve(b); }
MatrixXd solve(const MatrixXd& a, const MatrixXd& b) { return a.ldlt().solve(b); }
MatrixXd inverse(const MatrixXd& a) {
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> p = a;
  for (Index k = 0; k < p.rows(); ++k) {
    const double pivot = p(k, k);
    p(k, k) = 1;
    p.row(k) /= pivot;
    for (Index i = 0; i < p.rows(); ++i) {
      if (i == k) continue;
      const double factor = p(i, k);
      p(i, k) = 0;
      p.row(i) -= factor * p.row(k);
    }
  }
  return p;
}
eigen_pairs eigen_of(const MatrixXd& a) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(a);
  return {solver.eigenvalues(), solver.eigenvectors()};
}

VectorXd singular_values(const MatrixXd& a) { return Eigen::BDCSVD<MatrixXd>(a).singularValues(); }

double norm(const matrix_view& m) { return dense(m).norm(); }
double squared_norm(const matrix_view& m) { return dense(m).squaredNorm(); }
double distance(const matrix_view& a, const matrix_view& b) { return (dense(a) - dense(b)).norm(); }
double largest_difference(const matrix_view& a, const matrix_view& b) { return largest(sum(a, -1, b)); }
double sum(const matrix_view& m) { return dense(m).sum(); }
double least(const matrix_view& m) { return dense(m).minCoeff(); }
double greatest(const matrix_view& m) { return dense(m).maxCoeff(); }
double largest(const matrix_view& m) { return dense(m).cwiseAbs().maxCoeff(); }
Index nonzeros(const matrix_view& m) { return (dense(m).array() != 0).count(); }

MatrixXd absolute(const matrix_view& m) { return dense(m).cwiseAbs(); }
MatrixXd scaled(const VectorXd& rows, const matrix_view& m, const VectorXd& cols) {
  return rows.asDiagonal() * dense(m) * cols.asDiagonal();
}

bool same(const matrix_view& a, const matrix_view& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() && dense(a) == dense(b);
}
bool is_within(const matrix_view& a, const matrix_view& b, double scale, const matrix_view& bound) {
  return ((dense(a) - dense(b)).array().abs() <= scale * dense(bound).array()).all();
}
bool is_finite(const matrix_view& m) { return dense(m).allFinite(); }
bool is_zero(const matrix_view& m) { return nonzeros(m) == 0; }

}  // namespace akin_test
