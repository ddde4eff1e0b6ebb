/// @file
/// A filter against items that hardly anybody has rated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/matrix.hpp>
#include <akin/retrieval/filter.hpp>
#include <akin/retrieval/item_mask.hpp>

namespace akin::inline AKIN_ABI {
namespace filters {

/// The items with at least that many ratings in a matrix (users x items): stored cells, whatever their value. For
/// models whose scores are predicted ratings, of which the best are often those of items that hardly anybody has rated.
/// Takes a bit an item; O(ratings). Its mask is also one for a query: q.allow = filters::min_ratings(train, 10).mask.
/// Throws std::invalid_argument if `least` is negative, or the matrix malformed.
template <interaction_matrix Matrix>
allow min_ratings(const Matrix& ratings, std::int64_t least) {
  detail::require(least >= 0, "min_ratings", "the least number must not be negative", least);
  using scalar_type = detail::pointee<decltype(ratings.valuePtr())>;
  using index_type = std::remove_cv_t<detail::pointee<decltype(ratings.innerIndexPtr())>>;
  const auto view =
      detail::checked_view<std::remove_cv_t<scalar_type>, index_type>(execution::seq, ratings, "min_ratings");
  std::vector<std::int64_t> counts(static_cast<std::size_t>(view.cols));
  for (std::int64_t i = 0; i < view.nonzeros(); ++i) ++counts[static_cast<std::size_t>(view.columns[i])];
  return {item_mask(view.cols, [&](std::int64_t item) { return counts[static_cast<std::size_t>(item)] >= least; })};
}

}  // namespace filters
}  // namespace akin::inline AKIN_ABI
