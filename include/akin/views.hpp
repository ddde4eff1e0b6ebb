/// @file
/// Non-owning views that engines and kernels take instead of Eigen's types. C++17-clean, no Eigen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <akin/config.hpp>

namespace akin {
inline namespace AKIN_SEAM {

/// A stretch of one row: pointer and size, as std::span, which C++17 has not.
template <class T>
struct slice {
  T* data = nullptr;
  std::int64_t size = 0;

  constexpr T* begin() const noexcept { return data; }
  constexpr T* end() const noexcept { return data + size; }
  constexpr T& operator[](std::int64_t i) const noexcept { return data[i]; }
  constexpr T& back() const noexcept { return data[size - 1]; }
  constexpr bool empty() const noexcept { return size == 0; }
};

/// A dense row-major matrix, rows x cols, rows contiguous.
template <class T>
struct rows_view {
  T* data = nullptr;
  std::int64_t rows = 0;
  std::int64_t cols = 0;

  constexpr T* row(std::int64_t r) const noexcept { return data + r * cols; }
  constexpr operator rows_view<const T>() const noexcept { return {data, rows, cols}; }
};

/// The pattern of a compressed row-major sparse matrix: the column ids of each row, ascending.
/// An empty view (rows == 0) stands for "no pattern".
template <class Index>
struct sparsity_view {
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  const Index* offsets = nullptr;  ///< rows + 1 positions into columns
  const Index* columns = nullptr;

  constexpr sparsity_view() noexcept = default;
  constexpr sparsity_view(std::int64_t row_count, std::int64_t col_count, const Index* row_offsets,
                          const Index* column_ids) noexcept
      : rows(row_count), cols(col_count), offsets(row_offsets), columns(column_ids) {}

  /// From a compressed row-major matrix with Eigen's accessors; refers to it, so it must outlive the view. A matrix
  /// that is not compressed gives the view `offsets == nullptr` with rows set, which checks refuse by name.
  template <class Matrix,
            std::enable_if_t<std::is_same_v<std::decay_t<decltype(*std::declval<const Matrix&>().outerIndexPtr())>,
                                            Index>&& bool(Matrix::IsRowMajor),
                             int> = 0>
  sparsity_view(const Matrix& matrix AKIN_LIFETIME_BOUND) noexcept
      : rows(matrix.rows()),
        cols(matrix.cols()),
        offsets(matrix.isCompressed() ? matrix.outerIndexPtr() : nullptr),
        columns(matrix.innerIndexPtr()) {}

  constexpr std::int64_t nonzeros() const noexcept { return rows == 0 ? 0 : static_cast<std::int64_t>(offsets[rows]); }
  constexpr slice<const Index> row(std::int64_t r) const noexcept {
    return {columns + offsets[r], static_cast<std::int64_t>(offsets[r + 1] - offsets[r])};
  }
};

/// One row of a csr_view: ids, ascending and unique, and a value each.
template <class Scalar, class Index>
struct row_view {
  slice<const Index> ids;
  slice<const Scalar> values;  ///< as many as ids

  constexpr std::int64_t size() const noexcept { return ids.size; }
  constexpr bool empty() const noexcept { return ids.empty(); }
};

/// What somebody took, in order: item ids, the same one perhaps several times.
template <class Index>
struct sequence_view {
  slice<const Index> items;
  slice<const std::int64_t> times;  ///< milliseconds since 1970, not descending, as many as items; or none

  constexpr std::int64_t size() const noexcept { return items.size; }
  constexpr bool empty() const noexcept { return items.empty(); }
  /// The events before event n.
  constexpr sequence_view first(std::int64_t n) const noexcept {
    return {{items.data, n}, {times.data, times.empty() ? 0 : n}};
  }
};

/// A compressed row-major sparse matrix: ids ascending and unique in each row, one value each.
template <class Scalar, class Index>
struct csr_view {
  std::int64_t rows = 0;
  std::int64_t cols = 0;
  const Index* offsets = nullptr;  ///< rows + 1 positions into columns and values
  const Index* columns = nullptr;
  const Scalar* values = nullptr;

  constexpr std::int64_t nonzeros() const noexcept { return rows == 0 ? 0 : static_cast<std::int64_t>(offsets[rows]); }
  constexpr std::int64_t row_size(std::int64_t r) const noexcept {
    return static_cast<std::int64_t>(offsets[r + 1] - offsets[r]);
  }
  constexpr row_view<Scalar, Index> row(std::int64_t r) const noexcept {
    return {{columns + offsets[r], row_size(r)}, {values + offsets[r], row_size(r)}};
  }
  constexpr sparsity_view<Index> pattern() const noexcept { return {rows, cols, offsets, columns}; }
};

}  // namespace AKIN_SEAM
}  // namespace akin
