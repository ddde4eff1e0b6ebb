/// @file
/// Sequences as sparse matrices of their events, whose products count what follows what.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string_view>

#include <akin/config.hpp>
#include <akin/data/sequences.hpp>
#include <akin/error.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// Events x items: the items that follow each event, the one after d events with step_weights[d - 1]; later ones are
/// left out. Events are counted through all sequences. A row does not ascend, and may name an item twice. Throws
/// std::length_error if Index cannot count the elements.
template <class Scalar, class Index>
detail::csr_storage<Scalar, Index> following_events(const sequences<Index>& all, std::span<const double> step_weights,
                                                    std::string_view where) {
  const std::int64_t steps = std::ssize(step_weights);
  const auto followers = [&](std::int64_t size, std::int64_t event) { return std::min(steps, size - 1 - event); };
  std::int64_t total = 0;
  for (std::int64_t s = 0; s < all.size(); ++s)
    for (std::int64_t event = 0; event < all[s].size(); ++event) total += followers(all[s].size(), event);
  if (total > detail::largest_id<Index>)
    detail::fail<std::length_error>(where, ": transitions must not be more than ", detail::largest_id<Index>, ", got ",
                                    total);
  detail::csr_storage<Scalar, Index> following(all.events(), all.items(), total);
  Index* const offsets = following.mutable_offsets();
  std::int64_t row = 0, element = 0;
  for (std::int64_t s = 0; s < all.size(); ++s) {
    const slice<const Index> items = all[s].items;
    for (std::int64_t event = 0; event < items.size; ++event) {
      for (std::int64_t d = 1; d <= followers(items.size, event); ++d) {
        following.mutable_columns()[element] = items[event + d];
        following.mutable_values()[element++] = static_cast<Scalar>(detail::at(step_weights, d - 1));
      }
      offsets[++row] = static_cast<Index>(element);
    }
  }
  return following;
}

/// Items x events: the events of each item, in their order, with ones.
template <class Scalar, class Index>
detail::csr_storage<Scalar, Index> events_of_items(const sequences<Index>& all) {
  detail::csr_storage<Scalar, Index> events(all.items(), all.events(), all.events());
  Index* const offsets = events.mutable_offsets();
  const auto for_each_event = [&](const auto& body) {
    for (std::int64_t s = 0; s < all.size(); ++s)
      for (const Index item : all[s].items) body(item);
  };
  for_each_event([&](Index item) { ++offsets[item + 1]; });
  std::partial_sum(offsets, offsets + all.items() + 1, offsets);
  detail::numbers<Index> next(offsets, offsets + all.items());
  Index event = 0;
  for_each_event([&](Index item) { events.mutable_columns()[next[item]++] = event++; });
  std::fill_n(events.mutable_values(), all.events(), Scalar{1});
  return events;
}

}  // namespace akin::inline AKIN_ABI
