/// @file
/// Time decay: old interactions count less.
#pragma once

#include <cstdint>
#include <optional>

#include <akin/config.hpp>
#include <akin/data/interaction_log.hpp>

namespace akin::inline AKIN_ABI {
namespace weighting {

struct time_decay_options {
  double half_life_days = 90;            ///< > 0; after which an interaction counts half
  std::optional<std::int64_t> now = {};  ///< milliseconds since 1970-01-01 UTC; without it the latest of the log
};

/// The log with each value multiplied by 2^(-age / half-life), age the time from the interaction to `now`; interactions
/// after `now` keep their values. Before the matrix: `time_decay(log).matrix(duplicates::sum)` then sums the decayed
/// values. Throws std::invalid_argument for a log without times and for a half-life that is not positive. O(lines).
/// Source: Y. Ding, X. Li, "Time Weight Collaborative Filtering", CIKM 2005.
interaction_log time_decay(const interaction_log& log, const time_decay_options& options = {});

}  // namespace weighting
}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(data)
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/error.hpp>
#include <akin/finite.hpp>

namespace akin::inline AKIN_ABI {
namespace weighting {

AKIN_INLINE interaction_log time_decay(const interaction_log& log, const time_decay_options& options) {
  constexpr std::string_view where = "weighting::time_decay";
  detail::require(options.half_life_days > 0 && detail::is_finite(options.half_life_days), where,
                  "half_life_days must be finite and positive", options.half_life_days);
  detail::require(log.has_times(), where, "the log must have times");
  if (log.empty()) return log;
  const std::int64_t now = options.now.value_or(*std::max_element(log.times().begin(), log.times().end()));
  constexpr double milliseconds_a_day = 24.0 * 60 * 60 * 1000;
  std::vector<float> values(log.values().begin(), log.values().end());
  for (std::size_t line = 0; line < values.size(); ++line) {
    const double days = (static_cast<double>(now) - static_cast<double>(log.times()[line])) / milliseconds_a_day;
    const double left = std::exp2(-std::max(days, 0.0) / options.half_life_days);
    values[line] = static_cast<float>(static_cast<double>(values[line]) * left);
  }
  return log.with_values(std::move(values));
}

}  // namespace weighting
}  // namespace akin::inline AKIN_ABI
#endif
