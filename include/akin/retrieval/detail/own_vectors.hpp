/// @file
/// Input vectors of a search: moved or referenced, checked, and normalised for cosine similarity.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/eigen.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// A dense matrix of Eigen's, or an expression that becomes one.
template <class T>
concept dense_vectors = std::is_base_of_v<Eigen::MatrixBase<T>, T>;

/// One readable sentence for each requirement on vectors, one a row.
template <class Matrix, class Scalar, class Index>
constexpr void assert_vectors() {
  static_assert(dense_vectors<Matrix> || sparse_matrix_like<Matrix>,
                "akin: vectors must be the rows of a dense or a sparse matrix of Eigen's, or of an Eigen::Map of one");
  if constexpr (dense_vectors<Matrix>) {
    static_assert(std::is_same_v<typename Matrix::Scalar, Scalar>,
                  "akin: vectors must have the model's scalar type; convert them once with .cast<float>()");
  } else if constexpr (sparse_matrix_like<Matrix>) {
    static_assert(bool(Matrix::IsRowMajor),
                  "akin: sparse vectors must be row-major, as akin::sparse_matrix is; convert them once with "
                  "akin::sparse_matrix<float>(your_matrix)");
    static_assert(std::is_same_v<pointee<decltype(std::declval<const Matrix&>().valuePtr())>, Scalar>,
                  "akin: vectors must have the model's scalar type; convert them once with .cast<float>()");
    static_assert(std::is_same_v<pointee<decltype(std::declval<const Matrix&>().outerIndexPtr())>, Index>,
                  "akin: sparse vectors must use the model's index type; choose it with the model's Index parameter");
  }
}

/// Throws std::invalid_argument with the place of the first element that is not finite.
template <class Scalar>
void check_finite_rows(const host_policy& policy, const rows_view<const Scalar>& x, std::string_view where) {
  for_each_row(policy, x.rows, [&](std::int64_t row, int) {
    for (std::int64_t col = 0; col < x.cols; ++col)
      if (const Scalar value = x.row(row)[col]; !is_finite(value))
        fail<std::invalid_argument>(where, ": vectors must be finite, got ", value, " in row ", row, ", column ", col);
  });
}

AKIN_COMPILE_ONCE(retrieval,
                  void check_finite_rows<float>(const host_policy&, const rows_view<const float>&, std::string_view))
AKIN_COMPILE_ONCE(retrieval,
                  void check_finite_rows<double>(const host_policy&, const rows_view<const double>&, std::string_view))

/// Divides x by its length, which may overflow a Scalar; leaves zeros.
template <class Scalar>
void to_unit_length(Scalar* x, std::int64_t size) noexcept {
  Scalar largest = 0;
  for (std::int64_t i = 0; i < size; ++i) largest = std::max(largest, std::abs(x[i]));
  if (largest == 0) return;
  // Scaling by a power of two is exact, so that x and 2x give equal results; the largest element is then about 1.
  const int exponent = std::max(std::ilogb(largest), std::numeric_limits<Scalar>::min_exponent - 1);
  const Scalar scale = std::ldexp(Scalar{1}, -exponent);
  for (std::int64_t i = 0; i < size; ++i) x[i] *= scale;
  const Scalar length = std::sqrt(kernels::dot(x, x, size));
  for (std::int64_t i = 0; i < size; ++i) x[i] /= length;
}

template <class Scalar>
void to_unit_lengths(const host_policy& policy, const rows_view<Scalar>& x) {
  for_each_row(policy, x.rows, [&](std::int64_t row, int) { to_unit_length(x.row(row), x.cols); });
}
template <class Scalar, class Index>
void to_unit_lengths(const host_policy& policy, const sparsity_view<Index>& pattern, Scalar* values) {
  for_each_row(policy, pattern.rows,
               [&](std::int64_t row, int) { to_unit_length(values + pattern.offsets[row], pattern.row(row).size); });
}

AKIN_COMPILE_ONCE(retrieval, void to_unit_lengths<float>(const host_policy&, const rows_view<float>&))
AKIN_COMPILE_ONCE(retrieval, void to_unit_lengths<double>(const host_policy&, const rows_view<double>&))
AKIN_COMPILE_ONCE(retrieval, void to_unit_lengths<float, std::int32_t>(const host_policy&,
                                                                       const sparsity_view<std::int32_t>&, float*))
AKIN_COMPILE_ONCE(retrieval, void to_unit_lengths<double, std::int32_t>(const host_policy&,
                                                                        const sparsity_view<std::int32_t>&, double*))

/// The ids of the rows with is_zero_row(row), ascending.
template <class Index, class IsZeroRow>
numbers<Index> zero_rows(std::int64_t rows, const IsZeroRow& is_zero_row) {
  numbers<Index> ids;
  for (std::int64_t row = 0; row < rows; ++row)
    if (is_zero_row(row)) ids.push_back(static_cast<Index>(row));
  return ids;
}

template <class Scalar>
bool is_zero(const Scalar* x, std::int64_t size) noexcept {
  return std::all_of(x, x + size, [](Scalar value) { return value == 0; });
}

/// The rows of a matrix or expression, checked, and normalised if `unit`. A copy, unless a dense_matrix is moved in,
/// which is changed only after the checks.
template <class Scalar, class Matrix>
dense_storage<Scalar> own_dense_vectors(const host_policy& policy, Matrix&& x, bool unit, std::string_view where) {
  const std::int64_t rows = x.rows(), cols = x.cols();
  if constexpr (std::is_same_v<Matrix, dense_matrix<Scalar>>) {
    check_finite_rows(policy, rows_view<const Scalar>{x.data(), rows, cols}, where);
    const auto owner = std::make_shared<dense_matrix<Scalar>>(std::move(x));
    if (unit) to_unit_lengths(policy, rows_view<Scalar>{owner->data(), rows, cols});
    return {rows, cols, storage<Scalar>(owner->data(), rows * cols, owner)};
  } else {
    dense_storage<Scalar> copy(rows, cols);
    Eigen::Map<dense_matrix<Scalar>>(copy.mutable_view().data, rows, cols) = x;
    check_finite_rows(policy, rows_view<const Scalar>(copy.mutable_view()), where);
    if (unit) to_unit_lengths(policy, copy.mutable_view());
    return copy;
  }
}

/// A reference to the rows of a matrix if they are contiguous; otherwise a copy of them.
template <class Scalar, class Matrix>
class dense_rows_ref {
 public:
  explicit dense_rows_ref(const Matrix& x) : view_{nullptr, x.rows(), x.cols()} {
    if constexpr (bool(Matrix::Flags & Eigen::DirectAccessBit) && bool(Matrix::IsRowMajor))
      if (x.innerStride() == 1 && (x.outerStride() == x.cols() || x.rows() <= 1)) view_.data = x.data();
    if (view_.data != nullptr || x.size() == 0) return;
    copy_ = dense_storage<Scalar>(x.rows(), x.cols());
    Eigen::Map<dense_matrix<Scalar>>(copy_.mutable_view().data, x.rows(), x.cols()) = x;
    view_ = copy_.view();
  }
  rows_view<const Scalar> view() const noexcept { return view_; }

 private:
  rows_view<const Scalar> view_;
  dense_storage<Scalar> copy_;
};

/// The same as own_dense_vectors for a compressed sparse matrix.
template <class Scalar, class Index, class Matrix>
csr_storage<Scalar, Index> own_sparse_vectors(const host_policy& policy, Matrix&& x, bool unit,
                                              std::string_view where) {
  const csr_view<Scalar, Index> view = view_of(x, where);
  check_interactions(policy, view, where);
  if (!unit) return own<Scalar, Index>(std::forward<Matrix>(x));
  if constexpr (std::is_same_v<Matrix, sparse_matrix<Scalar, Index>>) {
    to_unit_lengths(policy, view.pattern(), x.valuePtr());
    return own<Scalar, Index>(std::move(x));
  } else {
    csr_storage<Scalar, Index> copy(view);
    to_unit_lengths(policy, copy.view().pattern(), copy.mutable_values());
    return copy;
  }
}

}  // namespace akin::inline AKIN_ABI::detail
