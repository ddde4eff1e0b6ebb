/// @file
/// The profile of one user from a log: recency, frequency, spend, times and features.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/content/content_model.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/error.hpp>
#include <akin/numbers.hpp>

namespace akin::inline AKIN_ABI {

struct user_profile_options {
  std::optional<std::int64_t> now = {};  ///< milliseconds since 1970-01-01 UTC; without it the latest of the log
  int utc_offset_minutes = 0;            ///< -1440 to 1440: the offset of the user's clock from UTC
};

/// A user's recency, frequency and spend, and the hours and days of the week of the interactions.
struct user_profile {
  std::int64_t interactions = 0;
  std::int64_t items = 0;    ///< different ones
  double total_value = 0;    ///< the sum of the values: the spend, if they are amounts
  double average_value = 0;  ///< of an interaction
  // Of logs with times, and users with interactions:
  std::optional<std::int64_t> first = {};            ///< milliseconds since 1970-01-01 UTC
  std::optional<std::int64_t> last = {};             ///< the same
  double days_since_last = 0;                        ///< from the last interaction to now; 0 if it is later
  double days_between = 0;                           ///< on average, from one interaction to the next
  std::array<std::int64_t, 24> active_hours = {};    ///< interactions by the hour of the user's clock
  std::array<std::int64_t, 7> active_weekdays = {};  ///< by the day of the week, Monday first
};

namespace detail {

/// The quotient rounded down, also of negative numbers.
constexpr std::int64_t floor_quotient(std::int64_t a, std::int64_t b) noexcept {
  return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}

/// Adds an interaction at `time` (milliseconds since 1970-01-01, by the user's clock) to hours and days of the week.
void count_time(std::int64_t time, user_profile& profile) noexcept;

}  // namespace detail

/// The profile of `user`, all 0 for one without interactions. Throws std::invalid_argument for a user out of range or
/// an offset of more than a day. O(lines).
user_profile profile_user(const interaction_log& log, std::int32_t user, const user_profile_options& options = {});

/// The k features (terms, categories) with the largest weights in the user's profile, by (weight descending, id
/// ascending); negative weights are last. Throws not_fitted, or std::invalid_argument for a user out of range or k < 1.
template <class Scalar, class Index>
std::vector<weighted_feature<Scalar, Index>> top_features(const content_model<Scalar, Index>& model,
                                                          std::type_identity_t<Index> user, int k = 10) {
  detail::require_fitted(model, "top_features");
  detail::require_id(user, model.users(), "top_features", "user");
  detail::require(k >= 1, "top_features", "k must be positive", k);
  const auto profiles = model.user_profiles();
  std::vector<weighted_feature<Scalar, Index>> found;
  for (auto at = profiles.outerIndexPtr()[user]; at < profiles.outerIndexPtr()[user + 1]; ++at)
    found.push_back({profiles.innerIndexPtr()[at], profiles.valuePtr()[at]});
  return detail::first_features(std::move(found), k);
}

AKIN_COMPILE_ONCE(content, std::vector<weighted_feature<float, std::int32_t>> top_features<float, std::int32_t>(
                               const content_model<float, std::int32_t>&, std::int32_t, int))
AKIN_COMPILE_ONCE(content, std::vector<weighted_feature<double, std::int32_t>> top_features<double, std::int32_t>(
                               const content_model<double, std::int32_t>&, std::int32_t, int))

#if AKIN_BODIES(content)
namespace detail {

AKIN_INLINE void count_time(std::int64_t time, user_profile& profile) noexcept {
  constexpr std::int64_t hour = 60 * 60 * 1000, thursday = 3;  // 1970-01-01
  const std::int64_t hours = floor_quotient(time, hour), days = floor_quotient(hours, 24);
  ++at(profile.active_hours, hours - days * 24);
  const std::int64_t weekday = days + thursday - floor_quotient(days + thursday, 7) * 7;
  ++at(profile.active_weekdays, weekday);
}

}  // namespace detail

AKIN_INLINE user_profile profile_user(const interaction_log& log, std::int32_t user,
                                      const user_profile_options& options) {
  constexpr std::string_view where = "profile_user";
  constexpr std::int64_t minute = 60 * 1000;
  constexpr double day = 24.0 * 60 * 60 * 1000;
  detail::require_id(user, std::ssize(log.user_ids()), where, "user");
  detail::require(options.utc_offset_minutes >= -1440 && options.utc_offset_minutes <= 1440, where,
                  "utc_offset_minutes must be between -1440 and 1440", options.utc_offset_minutes);
  user_profile profile;
  std::vector<std::int32_t> items;
  std::int64_t latest = std::numeric_limits<std::int64_t>::min();
  for (std::size_t line = 0; line < log.size(); ++line) {
    const bool is_timed = !log.times().empty();
    if (is_timed) latest = std::max(latest, log.times()[line]);
    if (log.users()[line] != user) continue;
    ++profile.interactions;
    profile.total_value += static_cast<double>(log.values()[line]);
    items.push_back(log.items()[line]);
    if (!is_timed) continue;
    const std::int64_t time = log.times()[line];
    profile.first = std::min(profile.first.value_or(time), time);
    profile.last = std::max(profile.last.value_or(time), time);
    detail::count_time(time + options.utc_offset_minutes * minute, profile);
  }
  if (profile.interactions == 0) return profile;
  std::sort(items.begin(), items.end());
  profile.items = std::unique(items.begin(), items.end()) - items.begin();
  profile.average_value = profile.total_value / static_cast<double>(profile.interactions);
  if (profile.last) {
    const auto days = [&](std::int64_t from, std::int64_t to) {
      return std::max(0.0, (static_cast<double>(to) - static_cast<double>(from)) / day);
    };
    profile.days_since_last = days(*profile.last, options.now.value_or(latest));
    if (profile.interactions > 1)
      profile.days_between = days(*profile.first, *profile.last) / static_cast<double>(profile.interactions - 1);
  }
  return profile;
}

#endif

}  // namespace akin::inline AKIN_ABI
