/// @file
/// Cleaning of a log before learning from it. Each step returns a log and a report: `const auto [log, report] =
/// k_core(raw, {.items_per_user = 5, .users_per_item = 5})`. Lines keep their order and logs their id maps, so that ids
/// keep their meaning; compact() drops the names that no line uses any more.
#pragma once

#include <cstdint>
#include <limits>

#include <akin/config.hpp>
#include <akin/data/id_map.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/matrix.hpp>

namespace akin::inline AKIN_ABI {

struct cleaning_report {
  std::int64_t lines_before = 0;
  std::int64_t lines_after = 0;
  std::int64_t lines_changed = 0;  ///< that were kept with another value

  [[nodiscard]] constexpr std::int64_t lines_removed() const noexcept { return lines_before - lines_after; }
};

struct cleaned_log {
  interaction_log log;
  cleaning_report report;
};

/// The equality of two lines.
enum class line_key {
  everything,  ///< user, item, value, time and event
  pair         ///< user and item
};

struct remove_duplicates_options {
  line_key key = line_key::everything;
};

struct remove_missing_options {
  bool empty_users = true;   ///< lines whose user has the empty name
  bool empty_items = true;   ///< lines whose item has the empty name
  bool zero_values = false;  ///< lines with the value 0, where 0 stands for "not given"
};

struct keep_values_options {
  double minimum = -std::numeric_limits<double>::infinity();  ///< the least value that is kept
  double maximum = std::numeric_limits<double>::infinity();   ///< the largest value that is kept
};

struct remove_outliers_options {
  double z_score = 3;  ///< > 0; standard deviations from the mean beyond which a value is an outlier
};

struct cap_values_options {
  double quantile = 0.99;  ///< in (0, 1]
};

struct k_core_options {
  int items_per_user = 5;  ///< distinct, >= 0
  int users_per_item = 5;  ///< distinct, >= 0
};

namespace detail {}  // namespace detail

/// Keeps the first of lines that are the same. To combine the lines of a pair, use interaction_log::matrix instead.
/// O(lines * log lines).
cleaned_log remove_duplicates(const interaction_log& log, const remove_duplicates_options& options = {});

/// Drops lines with a missing user, item or value. O(lines).
cleaned_log remove_missing(const interaction_log& log, const remove_missing_options& options = {});

/// Keeps lines whose value is in [minimum, maximum]: with `.minimum = 1`, quantities that were not returned. Throws
/// std::invalid_argument unless minimum <= maximum. O(lines).
cleaned_log keep_values(const interaction_log& log, const keep_values_options& options);

/// Drops lines whose value is more than z_score sample standard deviations from the mean of all values. Throws
/// std::invalid_argument unless z_score is positive. O(lines).
cleaned_log remove_outliers(const interaction_log& log, const remove_outliers_options& options = {});

/// Sets values above the quantile to it: the least value that is not exceeded by at least quantile * lines. Throws
/// std::invalid_argument for a quantile out of range. O(lines).
cleaned_log cap_values(const interaction_log& log, const cap_values_options& options = {});

/// Drops users with fewer than items_per_user distinct items and items with fewer than users_per_item distinct users,
/// repeatedly until all that remain have as many: the largest such part of the log, whatever the order. It may be
/// empty. Throws std::invalid_argument for negative options. O(lines * log(longest history)).
cleaned_log k_core(const interaction_log& log, const k_core_options& options = {});

/// The same lines with users and items renumbered, so that every name has a line; names keep their order. Matrices of
/// the result have no empty rows or columns, and other numbers than those of the log that it came from. O(lines +
/// names).
interaction_log compact(const interaction_log& log);

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(data)
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include <akin/error.hpp>
#include <akin/numbers.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The lines with keep(line).
template <class Keep>
cleaned_log keep_lines(const interaction_log& log, const Keep& keep) {
  std::vector<std::size_t> kept;
  for (std::size_t line = 0; line < log.size(); ++line)
    if (keep(line)) kept.push_back(line);
  return {log.select(kept), {std::ssize(log), std::ssize(kept), 0}};
}

/// The core of a bipartite graph: repeatedly removes rows with fewer than row_least and columns with fewer than
/// column_least neighbours.
template <class Scalar, class Index>
class core_peeler {
 public:
  core_peeler(const csr_view<Scalar, Index>& rows, const csr_view<Scalar, Index>& columns, int row_least,
              int column_least)
      : row_degrees_(degrees(rows)), column_degrees_(degrees(columns)) {
    // A node goes when its degree falls below the least; each of the two passes may cause work for the other.
    numbers<std::int64_t> gone_rows = short_of(row_degrees_, row_least);
    numbers<std::int64_t> gone_columns = short_of(column_degrees_, column_least);
    while (!gone_rows.empty() || !gone_columns.empty()) {
      remove(gone_rows, rows, column_degrees_, column_least, gone_columns);
      remove(gone_columns, columns, row_degrees_, row_least, gone_rows);
    }
  }

  bool has_row(std::int64_t row) const { return row_degrees_[row] != gone; }
  bool has_column(std::int64_t column) const { return column_degrees_[column] != gone; }

 private:
  static constexpr std::int64_t gone = -1;

  static numbers<std::int64_t> degrees(const csr_view<Scalar, Index>& x) {
    numbers<std::int64_t> result;
    for (std::int64_t row = 0; row < x.rows; ++row) result.push_back(x.row_size(row));
    return result;
  }

  static numbers<std::int64_t> short_of(numbers<std::int64_t>& degrees, std::int64_t least) {
    numbers<std::int64_t> result;
    for (std::int64_t node = 0; node < degrees.size(); ++node)
      if (degrees[node] < least) {
        degrees[node] = gone;
        result.push_back(node);
      }
    return result;
  }

  static void remove(numbers<std::int64_t>& nodes, const csr_view<Scalar, Index>& neighbors_of,
                     numbers<std::int64_t>& degrees, std::int64_t least, numbers<std::int64_t>& next) {
    for (const std::int64_t node : nodes)
      for (const Index neighbor : neighbors_of.row(node).ids) {
        std::int64_t& degree = degrees[neighbor];
        if (degree == gone || --degree >= least) continue;
        degree = gone;
        next.push_back(neighbor);
      }
    nodes.clear();
  }

  numbers<std::int64_t> row_degrees_, column_degrees_;
};

/// The names that `ids` uses, in their old order, and the new id of each; ids are renumbered in place.
inline std::shared_ptr<const id_map> compact_ids(std::vector<std::int32_t>& ids, const id_map& names) {
  std::vector<std::int32_t> new_id(names.size(), -1);
  for (const std::int32_t id : ids) at(new_id, id) = 0;
  auto used = std::make_shared<id_map>();
  for (std::size_t id = 0; id < new_id.size(); ++id)
    if (new_id[id] == 0) new_id[id] = used->insert(names.name_of(static_cast<std::int32_t>(id)));
  for (std::int32_t& id : ids) id = at(new_id, id);
  return used;
}

}  // namespace detail

AKIN_INLINE cleaned_log remove_duplicates(const interaction_log& log, const remove_duplicates_options& options) {
  const bool all = options.key == line_key::everything;
  const auto key = [&](std::size_t line) {
    return std::tuple(log.users()[line], log.items()[line], all ? log.values()[line] : 0.0f,
                      all && !log.times().empty() ? log.times()[line] : 0,
                      all && !log.events().empty() ? log.events()[line] : 0);
  };
  std::vector<std::size_t> order(log.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto x = key(a), y = key(b);
    return x != y ? x < y : a < b;
  });
  std::vector<char> repeated(log.size());
  for (std::size_t i = 1; i < order.size(); ++i) repeated[order[i]] = key(order[i]) == key(order[i - 1]);
  return detail::keep_lines(log, [&](std::size_t line) { return !repeated[line]; });
}

AKIN_INLINE cleaned_log remove_missing(const interaction_log& log, const remove_missing_options& options) {
  const auto nobody = options.empty_users ? log.user_ids().index_of("") : std::nullopt;
  const auto nothing = options.empty_items ? log.item_ids().index_of("") : std::nullopt;
  return detail::keep_lines(log, [&](std::size_t line) {
    return log.users()[line] != nobody && log.items()[line] != nothing &&
           !(options.zero_values && log.values()[line] == 0);
  });
}

AKIN_INLINE cleaned_log keep_values(const interaction_log& log, const keep_values_options& options) {
  detail::require(options.minimum <= options.maximum, "keep_values",
                  detail::sentence("minimum must be at most the maximum, ", options.maximum), options.minimum);
  return detail::keep_lines(log, [&](std::size_t line) {
    const auto value = static_cast<double>(log.values()[line]);
    return value >= options.minimum && value <= options.maximum;
  });
}

AKIN_INLINE cleaned_log remove_outliers(const interaction_log& log, const remove_outliers_options& options) {
  detail::require(options.z_score > 0, "remove_outliers", "z_score must be positive", options.z_score);
  const auto n = static_cast<double>(log.size());
  double mean = 0, squares = 0;
  for (const float value : log.values()) mean += static_cast<double>(value) / n;
  const auto distance = [&](float value) { return std::abs(static_cast<double>(value) - mean); };
  for (const float value : log.values()) squares += distance(value) * distance(value);
  const double farthest = options.z_score * (n > 1 ? std::sqrt(squares / (n - 1)) : 0);
  // With equal values rounding may leave them a little off their own mean.
  const double slack = 1e-12 * std::abs(mean);
  return detail::keep_lines(log, [&](std::size_t line) { return distance(log.values()[line]) <= farthest + slack; });
}

AKIN_INLINE cleaned_log cap_values(const interaction_log& log, const cap_values_options& options) {
  detail::require(options.quantile > 0 && options.quantile <= 1, "cap_values", "quantile must be in (0, 1]",
                  options.quantile);
  const std::int64_t lines = std::ssize(log);
  cleaned_log result{log, {lines, lines, 0}};
  if (log.empty()) return result;
  std::vector<float> values(log.values().begin(), log.values().end()), ordered = values;
  const double rank = std::ceil(options.quantile * static_cast<double>(lines) * (1 - 1e-12));
  const auto cap = ordered.begin() + std::clamp<std::int64_t>(static_cast<std::int64_t>(rank) - 1, 0, lines - 1);
  std::nth_element(ordered.begin(), cap, ordered.end());
  for (float& value : values) {
    result.report.lines_changed += value > *cap;
    value = std::min(value, *cap);
  }
  result.log = log.with_values(std::move(values));
  return result;
}

AKIN_INLINE cleaned_log k_core(const interaction_log& log, const k_core_options& options) {
  detail::require(options.items_per_user >= 0, "k_core", "items_per_user must not be negative", options.items_per_user);
  detail::require(options.users_per_item >= 0, "k_core", "users_per_item must not be negative", options.users_per_item);
  const auto pairs = log.matrix<float>(duplicates::count);
  const auto user_items = detail::view_of(pairs, "k_core");
  const auto item_users = detail::transpose(user_items);
  const detail::core_peeler core(user_items, item_users.view(), options.items_per_user, options.users_per_item);
  return detail::keep_lines(
      log, [&](std::size_t line) { return core.has_row(log.users()[line]) && core.has_column(log.items()[line]); });
}

AKIN_INLINE interaction_log compact(const interaction_log& log) {
  const auto copy = [](auto column) { return std::vector(column.begin(), column.end()); };
  interaction_arrays arrays{.users = copy(log.users()),
                            .items = copy(log.items()),
                            .values = copy(log.values()),
                            .times = copy(log.times()),
                            .events = copy(log.events()),
                            .event_ids = log.shared_event_ids()};
  arrays.user_ids = detail::compact_ids(arrays.users, log.user_ids());
  arrays.item_ids = detail::compact_ids(arrays.items, log.item_ids());
  return interaction_log(std::move(arrays));
}

}  // namespace akin::inline AKIN_ABI
#endif
