/// @file
/// What a model does with the interactions that it keeps: the checks and the selections of partial_fit and forget.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/error.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/reader.hpp>
#include <akin/matrix.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Throws not_fitted or std::invalid_argument unless the model has learnt something and kept it.
template <class Model>
void require_kept(const Model& model, std::string_view where) {
  require_fitted(is_fitted(model), where);
  require(model.options().keep_interactions, where, "keep_interactions must be true in the model's options");
}

/// Throws unless a matrix of items' histories has a column for each user of the model.
void require_user_columns(std::int64_t cols, std::int64_t users, std::string_view where);

/// The rows of x that are not empty, ascending.
template <class Scalar, class Index>
std::vector<Index> touched_rows(const csr_view<Scalar, Index>& x) {
  std::vector<Index> rows;
  for (std::int64_t row = 0; row < x.rows; ++row)
    if (x.row_size(row) > 0) rows.push_back(static_cast<Index>(row));
  return rows;
}

/// The columns of x that are not empty, ascending.
template <class Scalar, class Index>
std::vector<Index> touched_columns(const csr_view<Scalar, Index>& x) {
  std::vector<bool> touched(static_cast<std::size_t>(x.cols));
  for (std::int64_t i = 0; i < x.nonzeros(); ++i) touched[static_cast<std::size_t>(x.columns[i])] = true;
  std::vector<Index> columns;
  for (std::int64_t column = 0; column < x.cols; ++column)
    if (touched[static_cast<std::size_t>(column)]) columns.push_back(static_cast<Index>(column));
  return columns;
}

/// A copy that the model may write, with zeros in the rows that it has more.
template <class Scalar>
dense_storage<Scalar> with_rows(const dense_storage<Scalar>& x, std::int64_t rows) {
  dense_storage<Scalar> grown(rows, x.cols());
  std::copy_n(x.view().data, x.rows() * x.cols(), grown.mutable_view().data);
  return grown;
}
template <class Element>
storage<Element> with_rows(const storage<Element>& x, std::int64_t rows) {
  storage<Element> grown(rows);
  std::copy_n(x.data(), x.size(), grown.mutable_data());
  return grown;
}

/// The interactions that a model with keep_interactions wrote as "histories", users x items; empty without.
template <class Scalar, class Index>
csr_storage<Scalar, Index> read_kept(const model_reader& reader, std::int64_t users, std::int64_t items) {
  if (!reader.value<bool>("keep_interactions")) return {};
  auto kept = map_csr<Scalar, Index>(reader, "histories");
  reader.require(kept.rows() == users && kept.cols() == items, "histories must be users x items");
  return kept;
}

#if AKIN_BODIES(factorization)

AKIN_INLINE void require_user_columns(std::int64_t cols, std::int64_t users, std::string_view where) {
  if (cols != users)
    fail<std::invalid_argument>(where, ": the items' histories must have a column for each of the ", users,
                                " users, got ", cols);
}

#endif  // AKIN_BODIES(factorization)

}  // namespace akin::inline AKIN_ABI::detail
