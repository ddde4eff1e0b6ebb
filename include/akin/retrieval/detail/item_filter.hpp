/// @file
/// The part of a query's filters that is the same for every user.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <akin/config.hpp>
#include <akin/retrieval/query.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The masks and times of a query that fits the model; it ignores candidates and exclusions.
template <class Index>
class item_filter {
 public:
  explicit item_filter(const query<Index>& q) noexcept : allow_(q.allow), deny_(q.deny), available_(q.available) {}

  /// Whether it allows all items.
  bool is_open() const noexcept {
    return !allow_.is_set() && !deny_.is_set() && available_.from.empty() && available_.until.empty();
  }
  bool allows(Index item) const noexcept {
    const auto i = static_cast<std::size_t>(item);
    return (!allow_.is_set() || allow_.contains(item)) && !(deny_.is_set() && deny_.contains(item)) &&
           (available_.from.empty() || available_.from[i] <= available_.at) &&
           (available_.until.empty() || available_.at < available_.until[i]);
  }

 private:
  item_mask_view allow_, deny_;
  availability available_;
};

/// Scores of at least q.minimum_score are those above this.
template <class Scalar, class Index>
Scalar least_bound(const query<Index>& q) noexcept {
  constexpr Scalar infinity = std::numeric_limits<Scalar>::infinity();
  auto least = static_cast<Scalar>(q.minimum_score);
  if (static_cast<double>(least) < q.minimum_score) least = std::nextafter(least, infinity);
  return std::nextafter(least, -infinity);
}

}  // namespace akin::inline AKIN_ABI::detail
