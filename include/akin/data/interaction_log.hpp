/// @file
/// The interactions of users with items, one line each, and their conversion to a matrix.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/data/id_map.hpp>
#include <akin/data/sequences.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>

namespace akin::inline AKIN_ABI {

/// How to combine several interactions of one user with one item.
enum class duplicates {
  sum,    ///< the sum of their values
  count,  ///< their number, whatever their values
  last,   ///< the value of the latest by time; for equal times, or without times, the last in the log
  max     ///< the largest value
};

/// The columns of an interaction_log: of equal lengths, or empty if the log has no such column.
struct interaction_arrays {
  std::vector<std::int32_t> users = {};
  std::vector<std::int32_t> items = {};
  std::vector<float> values = {};         ///< finite; empty: all 1
  std::vector<std::int64_t> times = {};   ///< milliseconds since 1970-01-01 UTC; empty: no times
  std::vector<std::int32_t> events = {};  ///< kinds of interaction; empty: no events
  /// Null: the names of 0, 1, 2, … are "0", "1", "2", …, up to the highest id, which is then below 2^22 or 16 a line.
  std::shared_ptr<const id_map> user_ids = {};
  std::shared_ptr<const id_map> item_ids = {};   ///< the same
  std::shared_ptr<const id_map> event_ids = {};  ///< the same
};

/// The names "0", "1", … of `count` ids, for data that has numbers only; throws std::invalid_argument for count < 0.
id_map numbered_ids(std::int32_t count);

/// Interactions in the order of their source, as columns: user, item, value, time, event. Immutable; logs that are
/// derived from each other share their id maps, so that a user has the same row in the matrices of all of them.
class interaction_log {
 public:
  /// No lines, no ids.
  interaction_log() : interaction_log(interaction_arrays{}) {}

  /// Throws std::invalid_argument if lengths differ, an id is not in its map or, without a map, is far too large, or a
  /// value is not finite. O(lines).
  explicit interaction_log(interaction_arrays columns);

  /// The number of interactions.
  std::size_t size() const noexcept { return columns_.users.size(); }
  bool empty() const noexcept { return size() == 0; }

  std::span<const std::int32_t> users() const noexcept { return columns_.users; }
  std::span<const std::int32_t> items() const noexcept { return columns_.items; }
  /// The value of each: a quantity, a rating, a weight; 1 if the source has none.
  std::span<const float> values() const noexcept { return columns_.values; }
  /// Milliseconds since 1970-01-01 UTC; empty if the source has no times.
  std::span<const std::int64_t> times() const noexcept { return columns_.times; }
  /// Whether each line has a time; true of a log without lines.
  bool has_times() const noexcept { return columns_.times.size() == size(); }
  /// The kinds of interaction; empty if the source has none.
  std::span<const std::int32_t> events() const noexcept { return columns_.events; }
  bool has_events() const noexcept { return columns_.events.size() == size(); }

  const id_map& user_ids() const noexcept { return *columns_.user_ids; }
  const id_map& item_ids() const noexcept { return *columns_.item_ids; }
  const id_map& event_ids() const noexcept { return *columns_.event_ids; }
  const std::shared_ptr<const id_map>& shared_user_ids() const noexcept { return columns_.user_ids; }
  const std::shared_ptr<const id_map>& shared_item_ids() const noexcept { return columns_.item_ids; }
  const std::shared_ptr<const id_map>& shared_event_ids() const noexcept { return columns_.event_ids; }

  /// The lines at these positions, in this order; ids and id maps stay. Throws std::out_of_range if a position is not
  /// below size().
  interaction_log select(std::span<const std::size_t> rows) const { return select_rows(rows); }
  interaction_log select(std::span<const std::int64_t> rows) const { return select_rows(rows); }

  /// The same interactions with other values (weights, decayed or clipped values), one a line and finite.
  interaction_log with_values(std::vector<float> values) const;

  /// Users x items, all ids of the maps, compressed with ascending columns: an entry for each pair that occurs, even if
  /// its value is 0. Sums are taken in double, in the order of the lines. Throws numeric_error if a value does not fit
  /// Scalar, std::length_error beyond 2^31 - 1 pairs. O(lines · log(longest row)) time on one thread, 16 bytes a line
  /// of scratch.
  template <class Scalar = float>
  sparse_matrix<Scalar> matrix(duplicates how) const;

  /// A sequence for each user of the map: the items of the user's lines in the order of time, repeats kept; lines of
  /// one time, or without times, in the order of the log. O(lines · log(longest sequence)).
  akin::sequences<std::int32_t> sequences() const;

 private:
  /// The maximum number of ids without names: this many in any log, or this many a line.
  static constexpr std::int64_t always_numbered = std::int64_t{1} << 22, ids_a_line = 16;

  void check_lengths() const;

  void check_values() const;

  static void check_ids(std::span<const std::int32_t> ids, std::shared_ptr<const id_map>& names, const char* what);

  template <class Position>
  interaction_log select_rows(std::span<const Position> rows) const {
    for (const Position row : rows)
      if (static_cast<std::size_t>(row) >= size())
        detail::fail<std::out_of_range>("interaction_log::select: rows must be of the log's ", size(), " lines, got ",
                                        row);
    const auto pick = [&]<class Element>(const std::vector<Element>& from) {
      std::vector<Element> picked;
      if (from.empty()) return picked;
      picked.reserve(rows.size());
      for (const Position row : rows) picked.push_back(from[static_cast<std::size_t>(row)]);
      return picked;
    };
    interaction_log result;
    const interaction_arrays& all = columns_;
    result.columns_ = {.users = pick(all.users),
                       .items = pick(all.items),
                       .values = pick(all.values),
                       .times = pick(all.times),
                       .events = pick(all.events),
                       .user_ids = all.user_ids,
                       .item_ids = all.item_ids,
                       .event_ids = all.event_ids};
    return result;
  }

  struct entry {
    std::int32_t item;
    float value;
    std::size_t line;
  };

  /// The lines by user, each user's in the order of the log; offsets: the begin of each user, users + 1 of them.
  std::vector<entry> entries_by_user(std::vector<std::size_t>& offsets) const;
  /// The value of a pair from its lines, of which there is at least one.
  double combine(std::span<const entry> lines, duplicates how) const;

  interaction_arrays columns_;
};

template <class Scalar>
sparse_matrix<Scalar> interaction_log::matrix(duplicates how) const {
  static_assert(std::is_floating_point_v<Scalar>, "akin: the matrix of a log must hold float or double");
  std::vector<std::size_t> offsets;
  std::vector<entry> entries = entries_by_user(offsets);
  std::vector<std::int32_t> starts(offsets.size(), 0), columns;
  std::vector<Scalar> values;
  columns.reserve(size());
  values.reserve(size());
  const auto by_item = [](const entry& a, const entry& b) {
    return a.item != b.item ? a.item < b.item : a.line < b.line;
  };
  for (std::size_t user = 0; user + 1 < offsets.size(); ++user) {
    const std::span<entry> row(entries.data() + offsets[user], offsets[user + 1] - offsets[user]);
    std::sort(row.begin(), row.end(), by_item);
    for (std::size_t begin = 0, end = 0; begin < row.size(); begin = end) {
      const std::int32_t item = row[begin].item;
      while (end < row.size() && row[end].item == item) ++end;
      const double value = combine(row.subspan(begin, end - begin), how);
      if (!detail::is_finite(static_cast<Scalar>(value)))
        detail::fail<numeric_error>("interaction_log::matrix: the values of user ",
                                    user_ids().name_of(static_cast<std::int32_t>(user)), " and item ",
                                    item_ids().name_of(item), " must have a finite sum, got ", value);
      columns.push_back(item);
      values.push_back(static_cast<Scalar>(value));
    }
    if (columns.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
      detail::fail<std::length_error>("interaction_log::matrix: pairs must not be more than 2147483647");
    starts[user + 1] = static_cast<std::int32_t>(columns.size());
  }
  return Eigen::Map<const sparse_matrix<Scalar>>(
      static_cast<Eigen::Index>(user_ids().size()), static_cast<Eigen::Index>(item_ids().size()),
      static_cast<Eigen::Index>(columns.size()), starts.data(), columns.data(), values.data());
}

AKIN_COMPILE_ONCE(data, sparse_matrix<float> interaction_log::matrix<float>(duplicates) const)
AKIN_COMPILE_ONCE(data, sparse_matrix<double> interaction_log::matrix<double>(duplicates) const)

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(data)
namespace akin::inline AKIN_ABI {

AKIN_INLINE id_map numbered_ids(std::int32_t count) {
  detail::require(count >= 0, "numbered_ids", "count must not be negative", count);
  id_map result;
  for (std::int32_t id = 0; id < count; ++id) result.insert(std::to_string(id));
  return result;
}

AKIN_INLINE interaction_log::interaction_log(interaction_arrays columns) : columns_(std::move(columns)) {
  if (columns_.values.empty()) columns_.values.assign(size(), 1.0f);
  check_lengths();
  check_values();
  check_ids(columns_.users, columns_.user_ids, "users");
  check_ids(columns_.items, columns_.item_ids, "items");
  check_ids(columns_.events, columns_.event_ids, "events");
}

AKIN_INLINE interaction_log interaction_log::with_values(std::vector<float> values) const {
  interaction_log result(*this);
  result.columns_.values = std::move(values);
  result.check_lengths();
  result.check_values();
  return result;
}

AKIN_INLINE void interaction_log::check_lengths() const {
  const auto check = [&](std::size_t length, const char* name, bool optional) {
    if (length != size() && !(optional && length == 0))
      detail::fail<std::invalid_argument>("interaction_log: ", name, " must have as many elements as users, ", size(),
                                          ", got ", length);
  };
  check(columns_.items.size(), "items", false);
  check(columns_.values.size(), "values", false);
  check(columns_.times.size(), "times", true);
  check(columns_.events.size(), "events", true);
}

AKIN_INLINE void interaction_log::check_values() const {
  for (std::size_t line = 0; line < size(); ++line)
    if (!detail::is_finite(columns_.values[line]))
      detail::fail<std::invalid_argument>("interaction_log: values must be finite, got ", columns_.values[line],
                                          " in line ", line);
}

AKIN_INLINE void interaction_log::check_ids(std::span<const std::int32_t> ids, std::shared_ptr<const id_map>& names,
                                            const char* what) {
  const auto [lowest, highest] = std::minmax_element(ids.begin(), ids.end());
  const std::int64_t below = ids.empty() ? 0 : std::int64_t{*highest} + 1;
  if (!ids.empty() && *lowest < 0)
    detail::fail<std::invalid_argument>("interaction_log: ", what, " must not be negative, got ", *lowest);
  if (!names) {
    // Each id below the highest gets a name, so a stray number must not exhaust the memory.
    const std::int64_t max_unnamed =
        std::min<std::int64_t>(std::numeric_limits<std::int32_t>::max(),
                               std::max(always_numbered, ids_a_line * static_cast<std::int64_t>(ids.size())));
    if (below > max_unnamed)
      detail::fail<std::invalid_argument>("interaction_log: ", what, " without names must be below ", max_unnamed,
                                          " in ", ids.size(), " lines, got ", *highest);
    names = std::make_shared<const id_map>(numbered_ids(static_cast<std::int32_t>(below)));
  }
  if (below > static_cast<std::int64_t>(names->size()))
    detail::fail<std::invalid_argument>("interaction_log: ", what, " must be below the number of names, ",
                                        names->size(), ", got ", *highest);
}

AKIN_INLINE std::vector<interaction_log::entry> interaction_log::entries_by_user(
    std::vector<std::size_t>& offsets) const {
  offsets.assign(user_ids().size() + 1, 0);
  for (const std::int32_t user : users()) ++offsets[static_cast<std::size_t>(user) + 1];
  for (std::size_t user = 1; user < offsets.size(); ++user) offsets[user] += offsets[user - 1];
  std::vector<std::size_t> next(offsets.begin(), offsets.end() - 1);
  std::vector<entry> entries(size());
  for (std::size_t line = 0; line < size(); ++line)
    entries[detail::at(next, users()[line])++] = {items()[line], values()[line], line};
  return entries;
}

AKIN_INLINE akin::sequences<std::int32_t> interaction_log::sequences() const {
  std::vector<std::size_t> offsets;
  std::vector<entry> entries = entries_by_user(offsets);
  const bool timed = !columns_.times.empty();
  std::vector<std::int32_t> events;
  std::vector<std::int64_t> times;
  events.reserve(size());
  times.reserve(timed ? size() : 0);
  for (std::size_t user = 0; user + 1 < offsets.size(); ++user) {
    const std::span<entry> row(entries.data() + offsets[user], offsets[user + 1] - offsets[user]);
    if (timed)
      std::stable_sort(row.begin(), row.end(),
                       [&](const entry& a, const entry& b) { return columns_.times[a.line] < columns_.times[b.line]; });
    for (const entry& line : row) {
      events.push_back(line.item);
      if (timed) times.push_back(columns_.times[line.line]);
    }
  }
  return {std::ssize(item_ids()), std::vector<std::int64_t>(offsets.begin(), offsets.end()), std::move(events),
          std::move(times)};
}

AKIN_INLINE double interaction_log::combine(std::span<const entry> lines, duplicates how) const {
  double result = static_cast<double>(lines[0].value);
  switch (how) {
    case duplicates::count:
      return static_cast<double>(lines.size());
    case duplicates::sum:
      for (const entry& line : lines.subspan(1)) result += static_cast<double>(line.value);
      return result;
    case duplicates::max:
      for (const entry& line : lines.subspan(1)) result = std::max(result, static_cast<double>(line.value));
      return result;
    case duplicates::last:
      break;
  }
  const auto time = [&](const entry& line) { return columns_.times.empty() ? 0 : columns_.times[line.line]; };
  const entry* latest = &lines[0];
  for (const entry& line : lines.subspan(1))
    if (time(line) >= time(*latest)) latest = &line;
  return static_cast<double>(latest->value);
}

}  // namespace akin::inline AKIN_ABI
#endif
