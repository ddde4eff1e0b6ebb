/// @file
/// What users, or visitors in a session, took in the order of time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/language.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// Sequences of events, each an item and perhaps a time; repeats stay. A sequence is a user's whole history, or a
/// session: the models of sessions/ and sequence/ learn from both. Item ids are below items().
///
/// Memory: 4 bytes an event, 8 more with times, 8 a sequence. Const members may be called from many threads.
template <class Index = std::int32_t>
class sequences {
 public:
  /// None yet, of this many items. Throws std::invalid_argument if that is negative or more than Index counts.
  explicit sequences(std::int64_t items = 0) : items_(items) {
    detail::require(items >= 0 && items <= std::numeric_limits<Index>::max(), "sequences",
                    "items must not be negative or more than its ids", items);
  }

  /// From arrays: sequence s has the events from offsets[s] to offsets[s + 1], of which there is one more than
  /// sequences. `times` is empty or as long as `events`. Throws std::invalid_argument as add() does, and for offsets
  /// that do not begin with 0, descend, or do not end with the number of events.
  sequences(std::int64_t items, std::vector<std::int64_t> offsets, std::vector<Index> events,
            std::vector<std::int64_t> times = {});

  /// Adds a sequence, perhaps an empty one. `times` are milliseconds since 1970, as many as items; or none, then of all
  /// sequences. Throws std::invalid_argument, and changes nothing, for an id out of range, times that are not as many
  /// or descend, and times in some sequences only. O(events).
  void add(std::span<const Index> items, std::span<const std::int64_t> times = {});
  void add(std::initializer_list<Index> items) { add(std::span<const Index>(items.begin(), items.size())); }

  /// The number of sequences.
  std::int64_t size() const noexcept { return std::ssize(offsets_) - 1; }
  bool empty() const noexcept { return size() == 0; }
  /// The number of items that there are, taken or not.
  std::int64_t items() const noexcept { return items_; }
  /// The number of events in all sequences.
  std::int64_t events() const noexcept { return std::ssize(events_); }
  /// Whether each event has a time; true if there is none.
  bool has_times() const noexcept { return times_.size() == events_.size(); }

  /// Sequence s, which is valid until the next add().
  sequence_view<Index> operator[](std::int64_t s) const noexcept {
    const auto begin = offsets_[static_cast<std::size_t>(s)];
    const auto count = offsets_[static_cast<std::size_t>(s) + 1] - begin;
    return {{events_.data() + begin, count},
            {times_.data() + (times_.empty() ? 0 : begin), times_.empty() ? 0 : count}};
  }

  friend bool operator==(const sequences&, const sequences&) = default;

 private:
  void check(std::span<const Index> items, std::span<const std::int64_t> times, std::string_view where) const;

  std::int64_t items_ = 0;
  std::vector<std::int64_t> offsets_ = {0};
  std::vector<Index> events_;
  std::vector<std::int64_t> times_;
};

template <class Index>
void sequences<Index>::check(std::span<const Index> items, std::span<const std::int64_t> times,
                             std::string_view where) const {
  for (const Index item : items) detail::require_id(item, items_, where, "items");
  if (times.empty()) return;
  if (times.size() != items.size())
    detail::fail<std::invalid_argument>(where, ": times must be as many as items, ", items.size(), ", got ",
                                        times.size());
  for (std::size_t event = 1; event < times.size(); ++event)
    detail::require(times[event - 1] <= times[event], where, "times must not descend", times[event]);
}

template <class Index>
sequences<Index>::sequences(std::int64_t items, std::vector<std::int64_t> offsets, std::vector<Index> events,
                            std::vector<std::int64_t> times)
    : sequences(items) {
  constexpr std::string_view where = "sequences";
  const std::int64_t count = std::ssize(events);
  detail::require(!offsets.empty() && offsets.front() == 0 && offsets.back() == count, where,
                  "offsets must begin with 0 and end with the number of events", count);
  detail::require(times.empty() || times.size() == events.size(), where, "times must be as many as events",
                  times.size());
  for (std::size_t s = 1; s < offsets.size(); ++s)
    detail::require(offsets[s - 1] <= offsets[s] && offsets[s] <= count, where, "offsets must not descend", offsets[s]);
  offsets_ = std::move(offsets);
  events_ = std::move(events);
  times_ = std::move(times);
  for (std::int64_t s = 0; s < size(); ++s) {
    const sequence_view<Index> sequence = (*this)[s];
    const auto as_span = [](const auto& part) { return std::span(part.data, static_cast<std::size_t>(part.size)); };
    check(as_span(sequence.items), as_span(sequence.times), where);
  }
}

namespace detail {

/// Makes room for more elements, at least twice as much as there was, so that many additions cost little each.
template <class T>
void make_room(std::vector<T>& elements, std::size_t more) {
  const std::size_t size = elements.size() + more;
  if (size > elements.capacity()) elements.reserve(std::max(size, 2 * elements.capacity()));
}

}  // namespace detail

template <class Index>
void sequences<Index>::add(std::span<const Index> items, std::span<const std::int64_t> times) {
  constexpr std::string_view where = "sequences::add";
  check(items, times, where);
  detail::require(items.empty() || events_.empty() || times.empty() == times_.empty(), where,
                  "times must be given for all sequences or for none");
  detail::make_room(events_, items.size());
  detail::make_room(times_, times.size());
  detail::make_room(offsets_, 1);
  events_.insert(events_.end(), items.begin(), items.end());
  times_.insert(times_.end(), times.begin(), times.end());
  offsets_.push_back(events());
}

AKIN_COMPILE_ONCE(data, class sequences<std::int32_t>)

}  // namespace akin::inline AKIN_ABI
