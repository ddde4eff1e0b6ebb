/// @file
/// The part of a query's filters that is the same for every user.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include <akin/config.hpp>
#include <akin/retrieval/filter.hpp>
#include <akin/retrieval/item_mask.hpp>
#include <akin/retrieval/query.hpp>

namespace akin::inline AKIN_ABI::detail {

using query_filter = filters::all_of<filters::allow, filters::deny, filters::available>;

/// The masks and times of a query that fits the model, without its candidates and exclusions.
template <class Index>
query_filter filter_of(const query<Index>& q) noexcept {
  return query_filter({q.allow}, {q.deny}, {q.available});
}

/// The query with one more filter, which is asked once for each item of the model.
template <class Index, class Filter>
query<Index> filtered(query<Index> q, std::int64_t items, const Filter& filter) {
  const filters::allow allowed{q.allow};
  if (filters::is_open(filter) || (q.allow.is_set() && q.allow.items != items)) return q;
  q.allow = item_mask(
      items, [&](std::int64_t item) { return allowed.allows(item) && filter.allows(static_cast<Index>(item)); });
  return q;
}

/// Scores of at least q.minimum_score are those above this.
template <class Scalar, class Index>
Scalar least_bound(const query<Index>& q) noexcept {
  constexpr Scalar infinity = std::numeric_limits<Scalar>::infinity();
  auto least = static_cast<Scalar>(q.minimum_score);
  if (static_cast<double>(least) < q.minimum_score) least = std::nextafter(least, infinity);
  return std::nextafter(least, -infinity);
}

}  // namespace akin::inline AKIN_ABI::detail
