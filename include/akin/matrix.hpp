/// @file
/// The matrices of the interface (Eigen's), the arrays that models own, and the conversions between them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/eigen.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/finite.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// Rows by columns, row-major compressed: users x items, documents x terms.
template <class Scalar, class Index = std::int32_t>
using sparse_matrix = Eigen::SparseMatrix<Scalar, Eigen::RowMajor, Index>;

/// Row-major dense matrix: one row a user, an item, a vector.
template <class Scalar>
using dense_matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

namespace detail {

/// Whether T is a dense matrix of Eigen's, or an expression that becomes one.
template <class T>
concept dense_matrix_like = std::is_base_of_v<Eigen::DenseBase<T>, T>;

/// The largest number of rows or columns that ids can count.
template <class Index>
inline constexpr std::int64_t largest_id = std::numeric_limits<Index>::max();

/// A row or column count that is 0 after a move, so that a moved-from model counts as not fitted.
class extent {
 public:
  extent() noexcept = default;
  extent(std::int64_t value) noexcept : value_(value), is_set_(true) {}
  extent(const extent&) noexcept = default;
  extent(extent&& other) noexcept
      : value_(std::exchange(other.value_, 0)), is_set_(std::exchange(other.is_set_, false)) {}
  extent& operator=(extent other) noexcept {
    value_ = other.value_;
    is_set_ = other.is_set_;
    return *this;
  }
  operator std::int64_t() const noexcept { return value_; }
  /// Whether it was set, even to 0.
  bool is_set() const noexcept { return is_set_; }

 private:
  std::int64_t value_ = 0;
  bool is_set_ = false;
};

/// A dense row-major array that a model owns or maps, rows x cols.
template <class Scalar>
class dense_storage {
 public:
  dense_storage() = default;
  dense_storage(std::int64_t rows, std::int64_t cols)
      : rows_(rows), cols_(cols), elements_(checked_product(rows, cols)) {}
  dense_storage(std::int64_t rows, std::int64_t cols, storage<Scalar> elements)
      : rows_(rows), cols_(cols), elements_(std::move(elements)) {}

  std::int64_t rows() const noexcept { return rows_; }
  std::int64_t cols() const noexcept { return cols_; }
  /// Whether its size was set, even to 0 x 0.
  bool is_set() const noexcept { return rows_.is_set(); }
  rows_view<const Scalar> view() const noexcept { return {elements_.data(), rows_, cols_}; }
  rows_view<Scalar> mutable_view() noexcept { return {elements_.mutable_data(), rows_, cols_}; }
  Eigen::Map<const dense_matrix<Scalar>> map() const { return {elements_.data(), rows_, cols_}; }

 private:
  extent rows_, cols_;
  storage<Scalar> elements_;
};

/// A compressed row-major sparse array that a model owns or maps.
template <class Scalar, class Index>
class csr_storage {
 public:
  using map_type = Eigen::Map<const sparse_matrix<Scalar, Index>>;

  csr_storage() : offsets_(1) {}
  /// offsets: rows + 1 elements; columns and values: offsets[rows] elements.
  csr_storage(std::int64_t rows, std::int64_t cols, storage<Index> offsets, storage<Index> columns,
              storage<Scalar> values)
      : rows_(rows),
        cols_(cols),
        offsets_(std::move(offsets)),
        columns_(std::move(columns)),
        values_(std::move(values)) {}
  /// A copy of the view's elements.
  explicit csr_storage(const csr_view<Scalar, Index>& x);
  /// `nonzeros` elements, all zero, to be filled through the mutable_ accessors.
  csr_storage(std::int64_t rows, std::int64_t cols, std::int64_t nonzeros)
      : rows_(rows), cols_(cols), offsets_(rows + 1), columns_(nonzeros), values_(nonzeros) {}

  std::int64_t rows() const noexcept { return rows_; }
  std::int64_t cols() const noexcept { return cols_; }
  std::int64_t nonzeros() const noexcept { return values_.size(); }
  /// Whether its size was set, even to 0 x 0.
  bool is_set() const noexcept { return rows_.is_set(); }
  csr_view<Scalar, Index> view() const noexcept {
    return {rows_, cols_, offsets_.data(), columns_.data(), values_.data()};
  }
  map_type map() const {
    return {rows_, cols_, static_cast<Eigen::Index>(nonzeros()), offsets_.data(), columns_.data(), values_.data()};
  }

  Index* mutable_offsets() noexcept { return offsets_.mutable_data(); }
  Index* mutable_columns() noexcept { return columns_.mutable_data(); }
  Scalar* mutable_values() noexcept { return values_.mutable_data(); }

 private:
  extent rows_, cols_;
  storage<Index> offsets_;
  storage<Index> columns_;
  storage<Scalar> values_;
};

template <class Scalar, class Index>
csr_storage<Scalar, Index>::csr_storage(const csr_view<Scalar, Index>& x) : csr_storage(x.rows, x.cols, x.nonzeros()) {
  if (x.rows > 0) std::copy_n(x.offsets, x.rows + 1, offsets_.mutable_data());
  std::copy_n(x.columns, x.nonzeros(), columns_.mutable_data());
  std::copy_n(x.values, x.nonzeros(), values_.mutable_data());
}

/// The view of a compressed matrix; throws std::invalid_argument if it is not compressed.
template <class Matrix>
auto view_of(const Matrix& x, std::string_view where) {
  using scalar_type = pointee<decltype(x.valuePtr())>;
  using index_type = pointee<decltype(x.outerIndexPtr())>;
  require(x.isCompressed(), where, "the sparse matrix must be compressed, call makeCompressed() first");
  return csr_view<scalar_type, index_type>{x.rows(), x.cols(), x.outerIndexPtr(), x.innerIndexPtr(), x.valuePtr()};
}

/// Throws unless the rows are contiguous from the first element on, the columns of each row are in range and ascending
/// and all values are finite; O(rows + nonzeros).
template <class Scalar, class Index>
void check_interactions(const host_policy& policy, const csr_view<Scalar, Index>& x, std::string_view where) {
  if (x.rows > largest_id<Index> || x.cols > largest_id<Index>)
    fail<std::invalid_argument>(where, ": rows and columns must be at most ", largest_id<Index>, ", got ", x.rows,
                                " x ", x.cols);
  for (std::int64_t row = 0; row < x.rows; ++row)
    if (x.offsets[0] != 0 || x.row_size(row) < 0)
      fail<std::invalid_argument>(where, ": the offsets of the rows must ascend from 0, got ", x.offsets[row], " to ",
                                  x.offsets[row + 1], " for row ", row);
  for_each_row(policy, x.rows, [&](std::int64_t row, int) {
    const auto [columns, values] = x.row(row);
    std::int64_t last = -1;
    for (std::int64_t i = 0; i < columns.size; ++i) {
      const std::int64_t column = columns[i];
      if (column <= last || column >= x.cols)
        fail<std::invalid_argument>(where, ": column ids must be ascending, unique and below ", x.cols, ", got ",
                                    column, " after ", last, " in row ", row);
      if (!is_finite(values[i]))
        fail<std::invalid_argument>(where, ": values must be finite, got ", values[i], " in row ", row, ", column ",
                                    column);
      last = column;
    }
  });
}

template <class Scalar, class Index>
void check_not_negative(const csr_view<Scalar, Index>& x, std::string_view where) {
  for (std::int64_t row = 0; row < x.rows; ++row)
    for (const Scalar value : x.row(row).values)
      if (value < 0) fail<std::invalid_argument>(where, ": values must not be negative, got ", value, " in row ", row);
}

/// The matrix as an array of a model: a copy, unless a sparse_matrix is moved in.
template <class Scalar, class Index, class Matrix>
csr_storage<Scalar, Index> own(Matrix&& x) {
  if constexpr (std::is_same_v<Matrix, sparse_matrix<Scalar, Index>>) {
    const auto owner = std::make_shared<sparse_matrix<Scalar, Index>>();
    owner->swap(x);  // Eigen 3.4 has no move: its constructor would copy
    return {owner->rows(), owner->cols(), storage<Index>(owner->outerIndexPtr(), owner->rows() + 1, owner),
            storage<Index>(owner->innerIndexPtr(), owner->nonZeros(), owner),
            storage<Scalar>(owner->valuePtr(), owner->nonZeros(), owner)};
  } else {
    return csr_storage<Scalar, Index>(view_of(x, "akin"));
  }
}

/// The checked view of a training matrix: types by static_assert, contents by exception.
template <class Scalar, class Index, class Policy, class Matrix>
csr_view<Scalar, Index> checked_view(const Policy& policy, const Matrix& user_items, std::string_view where) {
  assert_policy<Policy>();
  assert_interactions<Matrix, Scalar, Index>();
  const csr_view<Scalar, Index> view = view_of(user_items, where);
  if constexpr (execution_policy<Policy>) check_interactions(execution::host_of(policy), view, where);
  return view;
}

/// The same, owned.
template <class Scalar, class Index, class Matrix>
csr_storage<Scalar, Index> checked_own(Matrix&& x, std::string_view where) {
  checked_view<Scalar, Index>(execution::seq, x, where);
  return own<Scalar, Index>(std::forward<Matrix>(x));
}

/// Throws unless a matrix of histories has a column for each item of the model.
inline void require_columns(std::int64_t cols, std::int64_t items, std::string_view where) {
  if (cols != items)
    fail<std::invalid_argument>(where, ": the histories must have a column for each of the ", items, " items, got ",
                                cols);
}

/// Points to x_rc; null if it is not stored.
template <class Scalar, class Index>
const Scalar* find_value(const csr_view<Scalar, Index>& x, std::int64_t row, std::int64_t column) noexcept {
  const auto [columns, values] = x.row(row);
  // Ids are unique and ascending, so at most `column` of them are before this one, and at most cols - column - 1 after
  // it.
  const std::int64_t first = std::max<std::int64_t>(0, columns.size - (x.cols - column));
  const std::int64_t last = std::min(columns.size, column + 1);
  const Index* const found = std::lower_bound(columns.data + first, columns.data + last, static_cast<Index>(column));
  return found != columns.data + last && *found == column ? values.data + (found - columns.data) : nullptr;
}

/// x_rc, 0 if it is not stored.
template <class Scalar, class Index>
Scalar value_at(const csr_view<Scalar, Index>& x, std::int64_t row, std::int64_t column) noexcept {
  const Scalar* const found = find_value(x, row, column);
  return found != nullptr ? *found : Scalar{0};
}

/// The transpose, columns ascending in each row; O(nonzeros + rows + cols) on one thread.
template <class Scalar, class Index>
csr_storage<Scalar, Index> transpose(const csr_view<Scalar, Index>& x) {
  csr_storage<Scalar, Index> result(x.cols, x.rows, x.nonzeros());
  Index* const offsets = result.mutable_offsets();
  for (std::int64_t i = 0; i < x.nonzeros(); ++i) ++offsets[x.columns[i] + 1];
  for (std::int64_t c = 0; c < x.cols; ++c) offsets[c + 1] = static_cast<Index>(offsets[c + 1] + offsets[c]);
  // offsets[c] moves to the end of row c while it is filled; the shift afterwards puts the starts back.
  for (std::int64_t row = 0; row < x.rows; ++row) {
    const auto [columns, values] = x.row(row);
    for (std::int64_t i = 0; i < columns.size; ++i) {
      const Index position = offsets[columns[i]]++;
      result.mutable_columns()[position] = static_cast<Index>(row);
      result.mutable_values()[position] = values[i];
    }
  }
  for (std::int64_t c = x.cols; c > 0; --c) offsets[c] = offsets[c - 1];
  offsets[0] = 0;
  return result;
}

/// The order in which workers get these rows, which are given in ascending order: very long rows first, from the
/// longest, so that no worker ends with one alone; then the others in memory order.
template <class Index, class Length>
numbers<Index> longest_first(numbers<Index> rows, std::int64_t is_long, const Length& length) {
  const auto rest = std::stable_partition(rows.begin(), rows.end(), [&](Index row) { return length(row) >= is_long; });
  std::stable_sort(rows.begin(), rest, [&](Index a, Index b) { return length(a) > length(b); });
  return rows;
}
/// The same by the elements of the rows.
template <class Scalar, class Index>
numbers<Index> longest_first(const csr_view<Scalar, Index>& x, numbers<Index> rows) {
  return longest_first(std::move(rows), 1024, [&](Index row) { return x.row_size(row); });
}
/// The same for all rows.
template <class Scalar, class Index>
numbers<Index> longest_first(const csr_view<Scalar, Index>& x) {
  numbers<Index> rows(x.rows);
  std::iota(rows.begin(), rows.end(), Index{0});
  return longest_first(x, std::move(rows));
}

AKIN_COMPILE_ONCE(data, class dense_storage<float>)
AKIN_COMPILE_ONCE(data, class dense_storage<double>)
AKIN_COMPILE_ONCE(data, class csr_storage<float, std::int32_t>)
AKIN_COMPILE_ONCE(data, class csr_storage<double, std::int32_t>)
AKIN_COMPILE_ONCE(data,
                  void check_interactions<float, std::int32_t>(const host_policy&, const csr_view<float, std::int32_t>&,
                                                               std::string_view))
AKIN_COMPILE_ONCE(data, void check_interactions<double, std::int32_t>(const host_policy&,
                                                                      const csr_view<double, std::int32_t>&,
                                                                      std::string_view))
AKIN_COMPILE_ONCE(data,
                  void check_not_negative<float, std::int32_t>(const csr_view<float, std::int32_t>&, std::string_view))
AKIN_COMPILE_ONCE(data, void check_not_negative<double, std::int32_t>(const csr_view<double, std::int32_t>&,
                                                                      std::string_view))
AKIN_COMPILE_ONCE(data,
                  csr_storage<float, std::int32_t> transpose<float, std::int32_t>(const csr_view<float, std::int32_t>&))
AKIN_COMPILE_ONCE(
    data, csr_storage<double, std::int32_t> transpose<double, std::int32_t>(const csr_view<double, std::int32_t>&))
AKIN_COMPILE_ONCE(data, numbers<std::int32_t> longest_first<float, std::int32_t>(const csr_view<float, std::int32_t>&,
                                                                                 numbers<std::int32_t>))
AKIN_COMPILE_ONCE(data, numbers<std::int32_t> longest_first<double, std::int32_t>(const csr_view<double, std::int32_t>&,
                                                                                  numbers<std::int32_t>))

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
