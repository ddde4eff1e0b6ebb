/// @file
/// Filters: which items a query may return.
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <tuple>
#include <utility>

#include <akin/config.hpp>
#include <akin/kept.hpp>
#include <akin/retrieval/item_mask.hpp>
#include <akin/retrieval/query.hpp>

namespace akin::inline AKIN_ABI {

/// Decides for each item of a model whether it is eligible, for all users alike: allows(item), which gives the same
/// answer whenever and by whichever thread it is asked. A filter that also has is_open(), whether it allows all items,
/// spares the question then.
template <class Filter, class Index = std::int32_t>
concept item_filter = requires(const Filter& filter, Index item) {
  { filter.allows(item) } -> std::convertible_to<bool>;
};

/// The filters of a query, and those that combine others. As in a query, masks and times refer to lvalues and own
/// temporaries. An item beyond a mask is not in it, one beyond the times has no limit.
namespace filters {

/// Allows all items.
struct none {
  static constexpr bool is_open() noexcept { return true; }
  static constexpr bool allows(std::int64_t) noexcept { return true; }
};

/// The items of a mask; all if it is not set.
struct allow {
  detail::kept<item_mask_view> mask;

  bool is_open() const noexcept { return !mask.is_set(); }
  bool allows(std::int64_t item) const noexcept { return !mask.is_set() || (item < mask.items && mask.contains(item)); }
};

/// All items but those of a mask.
struct deny {
  detail::kept<item_mask_view> mask;

  bool is_open() const noexcept { return !mask.is_set(); }
  bool allows(std::int64_t item) const noexcept { return item >= mask.items || !mask.contains(item); }
};

/// The items that are available at a time.
struct available {
  availability times;

  bool is_open() const noexcept { return times.from.empty() && times.until.empty(); }
  bool allows(std::int64_t item) const noexcept {
    const auto i = static_cast<std::size_t>(item);
    return (i >= times.from.size() || times.from[i] <= times.at) &&
           (i >= times.until.size() || times.at < times.until[i]);
  }
};

/// The items for which predicate(item) holds.
template <class Predicate>
class allow_if {
 public:
  explicit allow_if(Predicate predicate) : predicate_(std::move(predicate)) {}

  template <std::integral Index>
  bool allows(Index item) const noexcept(noexcept(std::declval<const Predicate&>()(item))) {
    return predicate_(item);
  }

 private:
  Predicate predicate_;
};

/// Whether the filter allows all items; false if it does not say.
template <class Filter>
constexpr bool is_open(const Filter& filter) noexcept {
  if constexpr (requires { filter.is_open(); })
    return filter.is_open();
  else
    return false;
}

/// The items that each of the filters allows.
template <class... Filters>
class all_of {
 public:
  explicit all_of(Filters... filters) : filters_(std::move(filters)...) {}

  bool is_open() const noexcept {
    return std::apply([](const Filters&... filter) { return (filters::is_open(filter) && ...); }, filters_);
  }
  template <std::integral Index>
  requires(item_filter<Filters, Index>&&...) bool allows(Index item) const
      noexcept((noexcept(std::declval<const Filters&>().allows(item)) && ...)) {
    return std::apply([item](const Filters&... filter) { return (filter.allows(item) && ...); }, filters_);
  }

 private:
  std::tuple<Filters...> filters_;
};

}  // namespace filters

using filters::all_of;
using filters::allow_if;

namespace detail {

using query_filter = filters::all_of<filters::allow, filters::deny, filters::available>;

/// The masks and times of a query that fits the model, without its candidates and exclusions.
template <class Index>
query_filter filter_of(const query<Index>& q) noexcept {
  const item_mask_view allowed = q.allow, denied = q.deny;  // no owners: a filter is made for each list
  return query_filter({allowed}, {denied}, {q.available});
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

}  // namespace detail

}  // namespace akin::inline AKIN_ABI
