/// @file
/// Adds new interactions to a matrix.
#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/finite.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// How to combine a cell that both matrices store.
enum class when_both {
  add,     ///< the sum of the values: counts, strengths of a preference
  replace  ///< the value of the second: ratings
};

namespace detail {

/// Writes the cells of two rows, ascending, to columns and values, if these are not null; returns their number.
template <class Scalar, class Index>
std::int64_t merge_rows(const row_view<Scalar, Index>& a, const row_view<Scalar, Index>& b, when_both both,
                        Index* columns, Scalar* values) {
  std::int64_t i = 0, j = 0, count = 0;
  for (; i < a.size() || j < b.size(); ++count) {
    const bool has_a = i < a.size() && (j == b.size() || a.ids[i] <= b.ids[j]);
    const bool has_b = j < b.size() && (i == a.size() || b.ids[j] <= a.ids[i]);
    if (columns != nullptr) {
      const Scalar old = has_a && !(has_b && both == when_both::replace) ? a.values[i] : Scalar{0};
      columns[count] = has_a ? a.ids[i] : b.ids[j];
      values[count] = has_b ? static_cast<Scalar>(old + b.values[j]) : old;
    }
    i += has_a;
    j += has_b;
  }
  return count;
}

/// All cells of both, as large as the larger of them in each direction. Throws std::length_error if there are more
/// cells than Index can count, numeric_error if a sum overflows Scalar.
template <class Scalar, class Index>
csr_storage<Scalar, Index> merge_interactions(const csr_view<Scalar, Index>& old, const csr_view<Scalar, Index>& added,
                                              when_both both) {
  require(both == when_both::add || both == when_both::replace, "merge_interactions",
          "both must be one of the enumerators", static_cast<int>(both));
  const auto row_of = [](const csr_view<Scalar, Index>& x, std::int64_t row) {
    return row < x.rows ? x.row(row) : row_view<Scalar, Index>{};
  };
  const std::int64_t rows = std::max(old.rows, added.rows);
  std::int64_t cells = 0;
  for (std::int64_t row = 0; row < rows; ++row)
    cells += merge_rows<Scalar, Index>(row_of(old, row), row_of(added, row), both, nullptr, nullptr);
  if (cells > largest_id<Index>)
    fail<std::length_error>("merge_interactions: the matrix would have ", cells, " cells, the index type counts ",
                            largest_id<Index>);
  csr_storage<Scalar, Index> merged(rows, std::max(old.cols, added.cols), cells);
  Index* const offsets = merged.mutable_offsets();
  for (std::int64_t row = 0; row < rows; ++row) {
    Scalar* const values = cells > 0 ? merged.mutable_values() + offsets[row] : nullptr;
    Index* const columns = cells > 0 ? merged.mutable_columns() + offsets[row] : nullptr;
    const std::int64_t count = merge_rows(row_of(old, row), row_of(added, row), both, columns, values);
    if (!std::all_of(values, values + count, is_finite<Scalar>))
      fail<numeric_error>("merge_interactions: a sum of values in row ", row, " is beyond the scalar type");
    offsets[row + 1] = static_cast<Index>(offsets[row] + count);
  }
  return merged;
}

/// The checked view of new interactions; they must have at least the shape of the old.
template <class Policy, class Matrix, class Scalar, class Index>
csr_view<Scalar, Index> checked_addition(const Policy& policy, const Matrix& added, const csr_view<Scalar, Index>& old,
                                         std::string_view where) {
  const auto x = checked_view<Scalar, Index>(policy, added, where);
  if (x.rows < old.rows || x.cols < old.cols)
    fail<std::invalid_argument>(where, ": the new interactions must be at least ", old.rows, " x ", old.cols,
                                ", users x items of the model, got ", x.rows, " x ", x.cols);
  return x;
}

/// A copy whose row `row` is empty.
template <class Scalar, class Index>
csr_storage<Scalar, Index> without_row(const csr_view<Scalar, Index>& x, std::int64_t row) {
  const std::int64_t dropped = x.row_size(row);
  csr_storage<Scalar, Index> rest(x.rows, x.cols, x.nonzeros() - dropped);
  for (std::int64_t r = 0; r < x.rows; ++r)
    rest.mutable_offsets()[r + 1] = static_cast<Index>(x.offsets[r + 1] - (r >= row ? dropped : 0));
  const auto before = static_cast<std::int64_t>(x.offsets[row]), after = before + dropped;
  std::copy_n(x.columns, before, rest.mutable_columns());
  std::copy_n(x.values, before, rest.mutable_values());
  std::copy(x.columns + after, x.columns + x.nonzeros(), rest.mutable_columns() + before);
  std::copy(x.values + after, x.values + x.nonzeros(), rest.mutable_values() + before);
  return rest;
}

AKIN_COMPILE_ONCE(data, csr_storage<float, std::int32_t> merge_interactions<float, std::int32_t>(
                            const csr_view<float, std::int32_t>&, const csr_view<float, std::int32_t>&, when_both))
AKIN_COMPILE_ONCE(data, csr_storage<double, std::int32_t> merge_interactions<double, std::int32_t>(
                            const csr_view<double, std::int32_t>&, const csr_view<double, std::int32_t>&, when_both))
AKIN_COMPILE_ONCE(data, csr_storage<float, std::int32_t> without_row<float, std::int32_t>(
                            const csr_view<float, std::int32_t>&, std::int64_t))
AKIN_COMPILE_ONCE(data, csr_storage<double, std::int32_t> without_row<double, std::int32_t>(
                            const csr_view<double, std::int32_t>&, std::int64_t))

}  // namespace detail

/// The cells of both matrices, which may differ in shape: the result is as large as the larger in each direction. A
/// cell that both store gets the sum of its values or the value of `b`. Row u is the same user in both, and column i
/// the same item: matrices have no names, so both must be from logs that share their ids. Throws std::invalid_argument
/// for values that are not finite, numeric_error for a sum that is not. O(rows + cells).
template <class A, class B>
requires sparse_matrix_like<A> && sparse_matrix_like<B>
auto merge_interactions(const A& a, const B& b, when_both both = when_both::add) {
  using scalar_type = detail::pointee<decltype(std::declval<const A&>().valuePtr())>;
  using index_type = detail::pointee<decltype(std::declval<const A&>().outerIndexPtr())>;
  const auto old = detail::checked_view<scalar_type, index_type>(execution::seq, a, "merge_interactions");
  const auto added = detail::checked_view<scalar_type, index_type>(execution::seq, b, "merge_interactions");
  return sparse_matrix<scalar_type, index_type>(detail::merge_interactions(old, added, both).map());
}

}  // namespace akin::inline AKIN_ABI
