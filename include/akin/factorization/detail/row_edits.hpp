/// @file
/// Rows taken out of matrices and set in them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <akin/config.hpp>
#include <akin/matrix.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The rows `ids` of x, in that order.
template <class Scalar, class Index>
csr_storage<Scalar, Index> take_rows(const csr_view<Scalar, Index>& x, const std::vector<Index>& ids) {
  std::int64_t nonzeros = 0;
  for (const Index id : ids) nonzeros += x.row_size(id);
  csr_storage<Scalar, Index> result(static_cast<std::int64_t>(ids.size()), x.cols, nonzeros);
  Index* end = result.mutable_offsets();
  std::int64_t at = 0;
  for (const Index id : ids) {
    const auto row = x.row(id);
    std::copy(row.ids.begin(), row.ids.end(), result.mutable_columns() + at);
    std::copy(row.values.begin(), row.values.end(), result.mutable_values() + at);
    at += row.size();
    *++end = static_cast<Index>(at);
  }
  return result;
}

/// Sets the rows `ids` of x to those of `rows`, of which further columns are left out.
template <class Scalar, class Index>
void put_rows(const std::vector<Index>& ids, const dense_storage<Scalar>& rows, dense_storage<Scalar>& x) {
  for (std::size_t i = 0; i < ids.size(); ++i)
    std::copy_n(rows.view().row(static_cast<std::int64_t>(i)), x.cols(), x.mutable_view().row(ids[i]));
}

}  // namespace akin::inline AKIN_ABI::detail
