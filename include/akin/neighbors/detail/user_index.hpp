/// @file
/// An index of the users of a training, to find the most similar ones.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <akin/config.hpp>
#include <akin/matrix.hpp>
#include <akin/model/candidates.hpp>
#include <akin/neighbors/detail/centering_terms.hpp>
#include <akin/neighbors/detail/similarity_search.hpp>
#include <akin/neighbors/detail/value_weights.hpp>
#include <akin/neighbors/neighborhood_options.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Holds the values of the users: centred, and by user and by item as the measure sees them.
template <class Scalar, class Index>
class user_index {
 public:
  user_index() = default;
  /// Of the histories x, under terms that were learnt from them.
  user_index(const neighborhood_options& options, const centering_terms<Scalar, Index>& terms,
             const csr_view<Scalar, Index>& x)
      : centred_(terms.centre(x)),
        weights_(options, centred_.view(), "user_knn"),
        search_(options, weights_.weigh(centred_), "user_knn") {}

  /// Users x users: the most similar users of each.
  csr_storage<Scalar, Index> similarities(const host_policy& policy) const { return search_.all(policy); }

  /// The most similar users of a new one with these centred values, never number `except` (-1 for none). They are
  /// weighed in place, as those of the training were.
  candidates<Scalar, Index> nearest(const slice<const Index>& ids, const slice<Scalar>& centred,
                                    std::int64_t except) const {
    weights_.weigh(ids, centred);
    return search_.one({ids, {centred.data, centred.size}}, except);
  }

  /// The users who have an item.
  slice<const Index> users_of(Index item) const noexcept { return search_.meeting(item); }

  /// The user's items, with centred values.
  row_view<Scalar, Index> row(Index user) const noexcept { return centred_.view().row(user); }

  /// The user's centred value of an item, null without one.
  const Scalar* value_of(Index user, Index item) const noexcept {
    const auto [columns, values] = row(user);
    const Index* const found = std::lower_bound(columns.begin(), columns.end(), item);
    return found != columns.end() && *found == item ? &values[found - columns.begin()] : nullptr;
  }

  /// The first user in `histories`, those of the training, with an identical history, -1 without one. O(users of its
  /// rarest item + items).
  std::int64_t owner_of(const row_view<Scalar, Index>& history,
                        const csr_view<Scalar, Index>& histories) const noexcept;

 private:
  csr_storage<Scalar, Index> centred_;  // users x items
  value_weights weights_;
  similarity_search<Scalar, Index> search_;
};

template <class Scalar, class Index>
std::int64_t user_index<Scalar, Index>::owner_of(const row_view<Scalar, Index>& history,
                                                 const csr_view<Scalar, Index>& histories) const noexcept {
  if (history.empty()) return -1;
  const auto fewer = [&](Index a, Index b) { return users_of(a).size < users_of(b).size; };
  for (const Index user : users_of(*std::min_element(history.ids.begin(), history.ids.end(), fewer))) {
    const auto theirs = histories.row(user);
    if (theirs.size() == history.size() && std::equal(history.ids.begin(), history.ids.end(), theirs.ids.begin()) &&
        std::equal(history.values.begin(), history.values.end(), theirs.values.begin()))
      return user;
  }
  return -1;
}

AKIN_COMPILE_ONCE(neighbors, class user_index<float, std::int32_t>)
AKIN_COMPILE_ONCE(neighbors, class user_index<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI::detail
