/// @file
/// Some rows of a matrix of histories, as a matrix.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>

#include <akin/config.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The ids of all rows of x.
template <class Scalar, class Index>
numbers<Index> all_rows(const csr_view<Scalar, Index>& x) {
  numbers<Index> rows(x.rows);
  std::iota(rows.begin(), rows.end(), Index{0});
  return rows;
}

/// The rows of x that are not empty, ascending.
template <class Scalar, class Index>
numbers<Index> nonempty_rows(const csr_view<Scalar, Index>& x) {
  numbers<Index> rows;
  for (std::int64_t row = 0; row < x.rows; ++row)
    if (x.row_size(row) > 0) rows.push_back(static_cast<Index>(row));
  return rows;
}

/// The columns of x that are not empty, ascending.
template <class Scalar, class Index>
numbers<Index> nonempty_columns(const csr_view<Scalar, Index>& x) {
  numbers<bool> is_used(x.cols);
  for (std::int64_t i = 0; i < x.nonzeros(); ++i) is_used[x.columns[i]] = true;
  numbers<Index> columns;
  for (std::int64_t column = 0; column < x.cols; ++column)
    if (is_used[column]) columns.push_back(static_cast<Index>(column));
  return columns;
}

/// The rows `ids` of x, ascending: a copy or, if these are all rows, x itself.
template <class Scalar, class Index>
class chosen_rows {
 public:
  chosen_rows(const csr_view<Scalar, Index>& x, const numbers<Index>& ids)
      : chosen_(ids.size() == x.rows ? csr_storage<Scalar, Index>() : copy_of(x, ids)),
        view_(ids.size() == x.rows ? x : chosen_.view()) {}

  const csr_view<Scalar, Index>& view() const noexcept { return view_; }

 private:
  static csr_storage<Scalar, Index> copy_of(const csr_view<Scalar, Index>& x, const numbers<Index>& ids);

  csr_storage<Scalar, Index> chosen_;
  csr_view<Scalar, Index> view_;
};

template <class Scalar, class Index>
csr_storage<Scalar, Index> chosen_rows<Scalar, Index>::copy_of(const csr_view<Scalar, Index>& x,
                                                               const numbers<Index>& ids) {
  std::int64_t nonzeros = 0;
  for (const Index id : ids) nonzeros += x.row_size(id);
  csr_storage<Scalar, Index> result(ids.size(), x.cols, nonzeros);
  Index* end = result.mutable_offsets();
  std::int64_t at = 0;
  for (const Index id : ids) {
    std::copy_n(x.row(id).ids.data, x.row_size(id), result.mutable_columns() + at);
    std::copy_n(x.row(id).values.data, x.row_size(id), result.mutable_values() + at);
    at += x.row_size(id);
    *++end = static_cast<Index>(at);
  }
  return result;
}

}  // namespace akin::inline AKIN_ABI::detail
