/// @file
/// The largest singular values of a sparse matrix and their vectors.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/eigen.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/train/detail/subspace.hpp>
#include <akin/train/randomized_svd_options.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// X is about u diag(singular_values) v'.
template <class Scalar>
struct truncated_svd {
  dense_matrix<Scalar> u;                                    ///< rows x rank
  Eigen::Matrix<Scalar, Eigen::Dynamic, 1> singular_values;  ///< rank, descending
  dense_matrix<Scalar> v;                                    ///< columns x rank
};

namespace detail {

/// Flips the signs of each pair of vectors so that the element of v that is largest in magnitude, the first of equals,
/// is positive.
template <class Scalar>
void fix_signs(const rows_view<Scalar>& u, const rows_view<Scalar>& v) {
  numbers<Scalar> largest(v.cols);
  for (std::int64_t row = 0; row < v.rows; ++row)
    for (std::int64_t j = 0; j < v.cols; ++j)
      if (const Scalar x = v.row(row)[j]; std::abs(x) > std::abs(largest[j])) largest[j] = x;
  for (const rows_view<Scalar>& vectors : {u, v})
    for (std::int64_t row = 0; row < vectors.rows; ++row)
      for (std::int64_t j = 0; j < v.cols; ++j)
        if (largest[j] < 0) vectors.row(row)[j] = -vectors.row(row)[j];
}

/// On checked views; options.rank is at most the smaller side.
template <class Scalar, class Index>
truncated_svd<Scalar> randomized_svd(const host_policy& policy, const csr_view<Scalar, Index>& x,
                                     const csr_view<Scalar, Index>& transpose, const randomized_svd_options& options) {
  constexpr std::int64_t width_multiple = 16;  // whole vectors of the kernels
  const std::int64_t requested =
      (std::int64_t{options.rank} + options.oversampling + width_multiple - 1) / width_multiple * width_multiple;
  const std::int64_t width = std::min({requested, x.rows, x.cols});
  subspace_iteration<Scalar, Index> iteration(policy, x, transpose, width, options.seed);
  for (int i = 0; i < options.iterations; ++i) iteration.iterate();
  dense_storage<Scalar> u, v;
  numbers<double> values;
  iteration.finish(options.rank, u, values, v);
  fix_signs(u.mutable_view(), v.mutable_view());

  truncated_svd<Scalar> result;
  const auto padded = [&](const dense_storage<Scalar>& vectors, std::int64_t rows) {
    dense_matrix<Scalar> all = dense_matrix<Scalar>::Zero(rows, options.rank);
    if (vectors.cols() > 0) all.leftCols(vectors.cols()) = vectors.map();
    return all;
  };
  result.u = padded(u, x.rows);
  result.v = padded(v, x.cols);
  result.singular_values.resize(options.rank);
  std::transform(values.begin(), values.end(), result.singular_values.data(),
                 [](double value) { return static_cast<Scalar>(value); });
  return result;
}

AKIN_COMPILE_ONCE(train, truncated_svd<float> randomized_svd<float, std::int32_t>(const host_policy&,
                                                                                  const csr_view<float, std::int32_t>&,
                                                                                  const csr_view<float, std::int32_t>&,
                                                                                  const randomized_svd_options&))
AKIN_COMPILE_ONCE(train, truncated_svd<double> randomized_svd<double, std::int32_t>(
                             const host_policy&, const csr_view<double, std::int32_t>&,
                             const csr_view<double, std::int32_t>&, const randomized_svd_options&))

}  // namespace detail

/// The `rank` largest singular values of a sparse row-major matrix with their vectors, from a random start of `seed`.
/// Values are exact to about 32 roundings of Scalar relative to the largest, if enough iterations separate them from
/// the next ones; each iteration multiplies the error of vector i by about 1 / T_d(2 s_i^2 / s_w^2 - 1) with T_d
/// Chebyshev's polynomial of degree d from 2 to 10, and w = rank + oversampling. Columns of u and v are orthonormal; of
/// each pair the element of v that is largest in magnitude is positive. If x has fewer singular values above 0 (to
/// working precision), the others are 0 and their vectors too.
///
/// Throws std::invalid_argument for bad options, a rank above the smaller side and a malformed matrix, numeric_error if
/// squares of its values overflow. An iteration takes up to 40 nonzeros w + (2 rows + 4 columns) w^2 + 24 w^3 flops,
/// memory 2 columns w + rows w numbers and a transposed copy of x. The same bits for any number of threads.
template <class Policy, class Matrix>
auto randomized_svd(const Policy& policy, const Matrix& x, const randomized_svd_options& options = {}) {
  static_assert(interaction_matrix<Matrix>,
                "akin: randomized_svd needs a sparse row-major matrix, as akin::sparse_matrix is");
  using scalar_type = detail::pointee<decltype(x.valuePtr())>;
  using index_type = detail::pointee<decltype(x.outerIndexPtr())>;
  constexpr std::string_view where = "randomized_svd";
  const auto view = detail::checked_view<scalar_type, index_type>(policy, x, where);
  checked(options, where);
  if (options.rank > std::min(view.rows, view.cols))
    detail::fail<std::invalid_argument>(where, ": rank must be at most ", std::min(view.rows, view.cols),
                                        " for a matrix of ", view.rows, " x ", view.cols, ", got ", options.rank);
  const auto transposed = detail::transpose(view);
  return detail::randomized_svd(policy, view, transposed.view(), options);
}

}  // namespace akin::inline AKIN_ABI
