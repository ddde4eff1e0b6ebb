/// @file
/// One log from two whose users and items have the same ids.
#pragma once

#include <akin/config.hpp>
#include <akin/data/interaction_log.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {}  // namespace detail

/// The lines of `a` and then those of `b`, the ids of one of which must be the start of the other's, as they are where
/// `b` was read with `ids_of = &a`; the result has all of them. `const auto all = akin::concatenate(log, today);`
/// Throws std::invalid_argument for logs with other ids, and if only one of them has times or events. O(lines + names).
interaction_log concatenate(const interaction_log& a, const interaction_log& b);

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(data)
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/data/detail/text_input.hpp>
#include <akin/data/id_map.hpp>
#include <akin/error.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The longer of two maps, the start of which the other must be.
inline std::shared_ptr<const id_map> longer_ids(const std::shared_ptr<const id_map>& a,
                                                const std::shared_ptr<const id_map>& b, std::string_view what) {
  if (a == b || a->starts_with(*b)) return a;
  if (b->starts_with(*a)) return b;
  std::int32_t id = 0;
  while (a->name_of(id) == b->name_of(id)) ++id;
  fail<std::invalid_argument>("concatenate: ", what, " must have the same ids in both logs, ", id, " is ",
                              shown(a->name_of(id)), " in one and ", shown(b->name_of(id)),
                              " in the other; a reader gives them the same with ids_of");
}

/// The elements of both, one after the other.
template <class Element>
std::vector<Element> joined(std::span<const Element> a, std::span<const Element> b) {
  std::vector<Element> result;
  result.reserve(a.size() + b.size());
  result.insert(result.end(), a.begin(), a.end());
  result.insert(result.end(), b.begin(), b.end());
  return result;
}

}  // namespace detail

AKIN_INLINE interaction_log concatenate(const interaction_log& a, const interaction_log& b) {
  const auto require_both = [&](bool in_a, bool in_b, std::string_view rule) {
    detail::require(in_a == in_b || a.empty() || b.empty(), "concatenate", rule);
  };
  require_both(a.has_times(), b.has_times(), "both logs must have times, or neither");
  require_both(a.has_events(), b.has_events(), "both logs must have events, or neither");
  return interaction_log({.users = detail::joined(a.users(), b.users()),
                          .items = detail::joined(a.items(), b.items()),
                          .values = detail::joined(a.values(), b.values()),
                          .times = detail::joined(a.times(), b.times()),
                          .events = detail::joined(a.events(), b.events()),
                          .user_ids = detail::longer_ids(a.shared_user_ids(), b.shared_user_ids(), "users"),
                          .item_ids = detail::longer_ids(a.shared_item_ids(), b.shared_item_ids(), "items"),
                          .event_ids = detail::longer_ids(a.shared_event_ids(), b.shared_event_ids(), "events")});
}

}  // namespace akin::inline AKIN_ABI
#endif
