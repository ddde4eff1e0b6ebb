/// @file
/// Obvious linear algebra in double for what tests compare with, compiled once: each expression of dense matrices that
/// a test writes itself instantiates hundreds of Eigen's functions, which the sanitizers double.
#pragma once

#include <concepts>
#include <type_traits>
#include <vector>

#include <Eigen/Core>
#include <Eigen/SparseCore>

namespace akin_test {

/// Where the elements lie of a dense matrix, a map or a part of one, float or double. A row is as good as a column:
/// both are columns here.
class matrix_view {
 public:
  template <class Dense>
  matrix_view(const Eigen::DenseBase<Dense>& of) {
    const Dense& m = of.derived();
    constexpr bool is_column = Dense::IsVectorAtCompileTime, by_inner = is_column || !Dense::IsRowMajor;
    rows_ = is_column ? m.size() : m.rows();
    cols_ = is_column ? 1 : m.cols();
    row_step_ = by_inner ? m.innerStride() : m.outerStride();
    col_step_ = by_inner ? m.outerStride() : m.innerStride();
    if constexpr (std::is_same_v<typename Dense::Scalar, float>)
      floats_ = m.data();
    else
      doubles_ = m.data();
  }

  Eigen::Index rows() const { return rows_; }
  Eigen::Index cols() const { return cols_; }
  double operator()(Eigen::Index row, Eigen::Index col) const {
    const Eigen::Index place = row * row_step_ + col * col_step_;
    return floats_ != nullptr ? static_cast<double>(floats_[place]) : doubles_[place];
  }

 private:
  const float* floats_ = nullptr;
  const double* doubles_ = nullptr;
  Eigen::Index rows_, cols_, row_step_, col_step_;
};

namespace detail {

template <class Scalar, class Index>
Eigen::MatrixXd dense_of(Eigen::Index rows, Eigen::Index cols, const Index* offsets, const Index* columns,
                         const Scalar* values);

}  // namespace detail

/// The matrix of these cells; the values of a cell that comes more than once are added.
template <class Scalar, class Index>
Eigen::SparseMatrix<Scalar, Eigen::RowMajor, Index> sparse_of(Eigen::Index rows, Eigen::Index cols,
                                                              const std::vector<Eigen::Triplet<Scalar>>& cells);

/// Copies.
Eigen::MatrixXd dense(const matrix_view& m);
template <class Sparse>
requires std::derived_from<Sparse, Eigen::SparseCompressedBase<Sparse>> Eigen::MatrixXd dense(const Sparse& x) {
  static_assert(Sparse::IsRowMajor);
  return detail::dense_of(x.rows(), x.cols(), x.outerIndexPtr(), x.innerIndexPtr(), x.valuePtr());
}
Eigen::VectorXd row(const matrix_view& m, Eigen::Index row);
Eigen::VectorXd column(const matrix_view& m, Eigen::Index col);
Eigen::MatrixXd columns(const matrix_view& m, Eigen::Index first, Eigen::Index count);
Eigen::MatrixXd transposed(const matrix_view& m);
/// The columns of `a`, then those of `b`.
Eigen::MatrixXd beside(const matrix_view& a, const matrix_view& b);

Eigen::MatrixXd zeros(Eigen::Index rows, Eigen::Index cols);
Eigen::VectorXd zeros(Eigen::Index size);
/// `scale` on the diagonal.
Eigen::MatrixXd identity(Eigen::Index size, double scale = 1);

/// a b, a b' and a' b.
Eigen::MatrixXd product(const matrix_view& a, const matrix_view& b);
Eigen::MatrixXd product_transposed(const matrix_view& a, const matrix_view& b);
Eigen::MatrixXd transposed_product(const matrix_view& a, const matrix_view& b);
/// A matrix times a column.
Eigen::VectorXd times(const matrix_view& a, const matrix_view& x);
/// a + scale b, and a - b of columns.
Eigen::MatrixXd sum(const matrix_view& a, double scale, const matrix_view& b);
Eigen::VectorXd difference(const matrix_view& a, const matrix_view& b);
double dot(const matrix_view& a, const matrix_view& b);

/// a += scale v v', a += scale m, and a.row(row) = v.
void add_outer(Eigen::MatrixXd& a, double scale, const matrix_view& v);
void add(Eigen::MatrixXd& a, double scale, const matrix_view& m);
void add(Eigen::VectorXd& a, double scale, const matrix_view& v);
void set_row(Eigen::MatrixXd& a, Eigen::Index row, const matrix_view& v);
void set_column(Eigen::MatrixXd& a, Eigen::Index col, const matrix_view& v);
void clear_row(Eigen::MatrixXd& a, Eigen::Index row);

/// The solution of a x = b for a symmetric `a`; for each column of `b`.
Eigen::VectorXd solve(const Eigen::MatrixXd& a, const Eigen::VectorXd& b);
Eigen::MatrixXd solve(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b);
/// Of a positive definite matrix, by the plain method of Gauss and Jordan.
Eigen::MatrixXd inverse(const Eigen::MatrixXd& a);
struct eigen_pairs {
  Eigen::VectorXd values;
  Eigen::MatrixXd vectors;
};
/// Of a symmetric matrix, by ascending eigenvalue.
eigen_pairs eigen_of(const Eigen::MatrixXd& a);
/// By descending size.
Eigen::VectorXd singular_values(const Eigen::MatrixXd& a);

/// Frobenius norms: of m, squared, and of a - b.
double norm(const matrix_view& m);
double squared_norm(const matrix_view& m);
double distance(const matrix_view& a, const matrix_view& b);
/// The largest absolute value of a - b.
double largest_difference(const matrix_view& a, const matrix_view& b);
double sum(const matrix_view& m);
double least(const matrix_view& m);
double greatest(const matrix_view& m);
/// The largest absolute value.
double largest(const matrix_view& m);
/// How many elements are not 0.
Eigen::Index nonzeros(const matrix_view& m);

/// The absolute values.
Eigen::MatrixXd absolute(const matrix_view& m);
/// Each row times its element of `rows`, each column times its element of `cols`.
Eigen::MatrixXd scaled(const Eigen::VectorXd& rows, const matrix_view& m, const Eigen::VectorXd& cols);

/// Whether sizes and elements are equal.
bool same(const matrix_view& a, const matrix_view& b);
/// Whether no element of |a - b| is above `scale` times its element of `bound`.
bool is_within(const matrix_view& a, const matrix_view& b, double scale, const matrix_view& bound);
/// Whether all elements are finite, are 0.
bool is_finite(const matrix_view& m);
bool is_zero(const matrix_view& m);

}  // namespace akin_test
