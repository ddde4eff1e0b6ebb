/// @file
/// Sequences cut into training and test, into sessions, and without repeats in a row.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/data/sequences.hpp>
#include <akin/data/splits.hpp>
#include <akin/error.hpp>

namespace akin::inline AKIN_ABI {

/// `const auto [shorter, last] = split_last(…)`.
template <class Index>
struct last_split {
  sequences<Index> shorter;  ///< each without its last event
  std::vector<Index> last;   ///< the item of the last event of each; -1 for an empty sequence
};

/// Holds out the last event of each sequence: of a user's history, the usual test of sequence models; applied to
/// `shorter` once more, the usual validation. O(events).
template <class Index>
last_split<Index> split_last(const sequences<Index>& all);

/// The past and the future of the same users: the events before a moment, and from it on; a sequence may be empty on
/// either side. The moment is given, or the one whose test is nearest in size to the fraction of the events. Throws
/// std::invalid_argument for sequences without times or with a single moment, and a fraction or moment that leaves a
/// side empty. O(events · log events).
template <class Index>
train_test<sequences<Index>> split_by_time(const sequences<Index>& all, const split_by_time_options& options = {});

struct split_sessions_options {
  double test_fraction = 0.1;  ///< of the sessions, the latest; in (0, 1)
};

/// Whole sessions: the latest by the time of their first event, or the last in their order without times, are test; an
/// empty one stays where its place is. Both sides keep the order. Throws std::invalid_argument for a fraction out of
/// range, and if either side would have no session. O(sessions · log sessions).
template <class Index>
train_test<sequences<Index>> split_sessions(const sequences<Index>& all, const split_sessions_options& options = {});

struct cut_sessions_options {
  double minutes = 30;  ///< >= 0: a longer time between two events begins a new session
};

/// Sequences cut into sessions wherever nothing happened for longer; in the order of the sequences, each in time. Empty
/// sequences vanish. Throws std::invalid_argument for sequences without times or minutes out of range. O(events).
template <class Index>
sequences<Index> cut_sessions(const sequences<Index>& all, const cut_sessions_options& options = {});

/// The same sequences with only the first of equal items in a row: a page that is loaded again, two units of one
/// product. O(events).
template <class Index>
sequences<Index> merge_repeats(const sequences<Index>& all);

namespace detail {

/// The part of a sequence from event `begin` to `end`.
template <class Index>
sequence_view<Index> part_of(const sequence_view<Index>& sequence, std::int64_t begin, std::int64_t end) {
  return {{sequence.items.data + begin, end - begin},
          {sequence.times.data + (sequence.times.empty() ? 0 : begin), sequence.times.empty() ? 0 : end - begin}};
}

/// Adds a view, without the vectors that add() would need.
template <class Index>
void add_to(sequences<Index>& all, const sequence_view<Index>& sequence) {
  all.add({sequence.items.data, static_cast<std::size_t>(sequence.items.size)},
          {sequence.times.data, static_cast<std::size_t>(sequence.times.size)});
}

/// later - earlier, which a signed difference may be too small for.
inline std::uint64_t distance_of(std::int64_t earlier, std::int64_t later) noexcept {
  return static_cast<std::uint64_t>(later) - static_cast<std::uint64_t>(earlier);
}

template <class Index>
void require_times(const sequences<Index>& all, std::string_view where) {
  require(all.has_times(), where, "sequences must have times");
}

}  // namespace detail

template <class Index>
last_split<Index> split_last(const sequences<Index>& all) {
  last_split<Index> result{sequences<Index>(all.items()), {}};
  result.last.reserve(static_cast<std::size_t>(all.size()));
  for (std::int64_t s = 0; s < all.size(); ++s) {
    const sequence_view<Index> sequence = all[s];
    result.last.push_back(sequence.empty() ? Index{-1} : sequence.items.back());
    detail::add_to(result.shorter, sequence.first(sequence.empty() ? 0 : sequence.size() - 1));
  }
  return result;
}

template <class Index>
train_test<sequences<Index>> split_by_time(const sequences<Index>& all, const split_by_time_options& options) {
  constexpr std::string_view where = "split_by_time";
  detail::require_fraction(options.test_fraction, where);
  detail::require(all.events() > 0, where, "there must be something to split, got nothing");
  detail::require_times(all, where);
  std::vector<std::int64_t> times;
  times.reserve(static_cast<std::size_t>(all.events()));
  for (std::int64_t s = 0; s < all.size(); ++s) {
    const auto of = all[s].times;
    times.insert(times.end(), of.begin(), of.end());
  }
  const std::int64_t moment =
      options.moment ? *options.moment : detail::moment_of_fraction(std::move(times), options.test_fraction);
  train_test<sequences<Index>> result{sequences<Index>(all.items()), sequences<Index>(all.items())};
  for (std::int64_t s = 0; s < all.size(); ++s) {
    const sequence_view<Index> sequence = all[s];
    const std::int64_t past =
        std::lower_bound(sequence.times.begin(), sequence.times.end(), moment) - sequence.times.begin();
    detail::add_to(result.train, sequence.first(past));
    detail::add_to(result.test, detail::part_of(sequence, past, sequence.size()));
  }
  detail::require(result.train.events() > 0 && result.test.events() > 0, where,
                  "moment must leave events before and after it", moment);
  return result;
}

template <class Index>
train_test<sequences<Index>> split_sessions(const sequences<Index>& all, const split_sessions_options& options) {
  constexpr std::string_view where = "split_sessions";
  detail::require_fraction(options.test_fraction, where);
  const auto count =
      static_cast<std::int64_t>(detail::rounded_down(options.test_fraction, static_cast<std::size_t>(all.size())));
  detail::require(count > 0 && count < all.size(), where, "test_fraction must leave a session on both sides", count);
  std::vector<std::int64_t> order(static_cast<std::size_t>(all.size()));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  // An empty session has no time: it begins when the one before it did.
  std::vector<std::int64_t> begins(order.size(), 0);
  if (all.has_times() && all.events() > 0) {
    std::int64_t last = std::numeric_limits<std::int64_t>::min();
    for (std::int64_t s = 0; s < all.size(); ++s)
      detail::at(begins, s) = last = all[s].empty() ? last : all[s].times[0];
    std::stable_sort(order.begin(), order.end(),
                     [&](std::int64_t a, std::int64_t b) { return detail::at(begins, a) < detail::at(begins, b); });
  }
  detail::test_mask is_test(order.size());
  for (std::int64_t i = all.size() - count; i < all.size(); ++i) detail::at(is_test, detail::at(order, i)) = 1;
  train_test<sequences<Index>> result{sequences<Index>(all.items()), sequences<Index>(all.items())};
  for (std::int64_t s = 0; s < all.size(); ++s)
    detail::add_to(detail::at(is_test, s) ? result.test : result.train, all[s]);
  return result;
}

template <class Index>
sequences<Index> cut_sessions(const sequences<Index>& all, const cut_sessions_options& options) {
  constexpr std::string_view where = "cut_sessions";
  detail::require(options.minutes >= 0 && options.minutes < 1e9, where, "minutes must not be negative, nor beyond 1e9",
                  options.minutes);
  detail::require_times(all, where);
  const auto longest = static_cast<std::uint64_t>(options.minutes * 60'000);
  sequences<Index> sessions(all.items());
  for (std::int64_t s = 0; s < all.size(); ++s) {
    const sequence_view<Index> sequence = all[s];
    for (std::int64_t begin = 0, end = 0; begin < sequence.size(); begin = end) {
      for (end = begin + 1; end < sequence.size(); ++end)
        if (detail::distance_of(sequence.times[end - 1], sequence.times[end]) > longest) break;
      detail::add_to(sessions, detail::part_of(sequence, begin, end));
    }
  }
  return sessions;
}

template <class Index>
sequences<Index> merge_repeats(const sequences<Index>& all) {
  sequences<Index> merged(all.items());
  std::vector<Index> items;
  std::vector<std::int64_t> times;
  for (std::int64_t s = 0; s < all.size(); ++s) {
    const sequence_view<Index> sequence = all[s];
    items.clear();
    times.clear();
    for (std::int64_t event = 0; event < sequence.size(); ++event) {
      if (event > 0 && sequence.items[event] == sequence.items[event - 1]) continue;
      items.push_back(sequence.items[event]);
      if (!sequence.times.empty()) times.push_back(sequence.times[event]);
    }
    merged.add(items, times);
  }
  return merged;
}

AKIN_COMPILE_ONCE(data, last_split<std::int32_t> split_last(const sequences<std::int32_t>&))
AKIN_COMPILE_ONCE(data, train_test<sequences<std::int32_t>> split_by_time(const sequences<std::int32_t>&,
                                                                          const split_by_time_options&))
AKIN_COMPILE_ONCE(data, train_test<sequences<std::int32_t>> split_sessions(const sequences<std::int32_t>&,
                                                                           const split_sessions_options&))
AKIN_COMPILE_ONCE(data,
                  sequences<std::int32_t> cut_sessions(const sequences<std::int32_t>&, const cut_sessions_options&))
AKIN_COMPILE_ONCE(data, sequences<std::int32_t> merge_repeats(const sequences<std::int32_t>&))

}  // namespace akin::inline AKIN_ABI
