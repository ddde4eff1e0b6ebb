/// @file
/// Points in time from text: ISO 8601, or seconds or milliseconds since 1970.
#pragma once

#include <cstdint>
#include <string_view>

#include <akin/config.hpp>
#include <akin/data/detail/parse_number.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// Days from 1970-01-01 to a date of the Gregorian calendar. Years begin in March here, so that the leap day comes last
/// and (153 m + 2) / 5 counts the days of the months before month m.
constexpr std::int64_t days_since_1970(std::int64_t year, std::int64_t month, std::int64_t day) noexcept {
  const std::int64_t march_year = month > 2 ? year : year - 1;
  const std::int64_t march_month = month > 2 ? month - 3 : month + 9;
  const std::int64_t leap_days = march_year / 4 - march_year / 100 + march_year / 400;
  return march_year * 365 + leap_days + (153 * march_month + 2) / 5 + day - 1 - 719468;
}

constexpr std::int64_t days_of_month(std::int64_t year, std::int64_t month) noexcept {
  const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  if (month == 2) return is_leap ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/// The years 1 to 9999, in milliseconds: what an ISO date of four digits can say.
inline constexpr std::int64_t first_time = days_since_1970(1, 1, 1) * 86'400'000;
inline constexpr std::int64_t last_time = days_since_1970(10000, 1, 1) * 86'400'000 - 1;

/// Takes characters off the front of a text and remembers whether all were what they should be.
class time_cursor {
 public:
  explicit time_cursor(std::string_view text) noexcept : rest_(text) {}

  bool ok() const noexcept { return ok_; }
  bool at_end() const noexcept { return rest_.empty(); }
  bool skip(char c) noexcept {
    const bool found = rest_.starts_with(c);
    if (found) rest_.remove_prefix(1);
    return found;
  }
  bool skip(std::string_view word) noexcept {
    const bool found = rest_.starts_with(word);
    if (found) rest_.remove_prefix(word.size());
    return found;
  }
  void expect(char c) noexcept { ok_ = skip(c) && ok_; }

  /// A number of exactly `digits` digits from `low` to `high`.
  std::int64_t number(std::size_t digits, std::int64_t low, std::int64_t high) noexcept {
    std::int64_t value = 0;
    ok_ = ok_ && rest_.size() >= digits;
    for (std::size_t i = 0; ok_ && i < digits; ++i) {
      const int digit = rest_[i] - '0';
      ok_ = digit >= 0 && digit <= 9;
      value = 10 * value + digit;
    }
    ok_ = ok_ && value >= low && value <= high;
    if (ok_) rest_.remove_prefix(digits);
    return value;
  }

  /// Digits after a decimal point, at least one, as milliseconds; what is smaller is dropped.
  std::int64_t fraction() noexcept {
    std::int64_t value = 0, unit = 100;
    std::size_t digits = 0;
    for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits, unit /= 10)
      value += unit * (rest_[digits] - '0');
    ok_ = ok_ && digits > 0;
    rest_.remove_prefix(digits);
    return value;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

/// Minutes east of UTC: nothing, "Z", "UTC", "+hh", "+hhmm", "+hh:mm"; a space may come before a name.
inline std::int64_t parse_zone(time_cursor& cursor) noexcept {
  if (cursor.at_end() || cursor.skip('Z') || cursor.skip('z') || cursor.skip("UTC") || cursor.skip(" UTC")) return 0;
  const std::int64_t sign = cursor.skip('-') ? -1 : 1;
  if (sign > 0) cursor.expect('+');
  const std::int64_t hours = cursor.number(2, 0, 23);
  if (cursor.at_end()) return sign * 60 * hours;
  cursor.skip(':');
  return sign * (60 * hours + cursor.number(2, 0, 59));
}

/// "2010-12-01", "2010-12-01T08:26", "2010-12-01 08:26:00.5+01:00" in milliseconds since 1970-01-01 UTC.
inline bool parse_iso_time(std::string_view text, std::int64_t& milliseconds) noexcept {
  time_cursor cursor(text);
  const std::int64_t year = cursor.number(4, 1, 9999);
  cursor.expect('-');
  const std::int64_t month = cursor.number(2, 1, 12);
  cursor.expect('-');
  const std::int64_t day = cursor.number(2, 1, days_of_month(year, month));
  milliseconds = days_since_1970(year, month, day) * 86'400'000;
  if (cursor.at_end() || !cursor.ok()) return cursor.ok();
  if (!cursor.skip('T') && !cursor.skip('t')) cursor.expect(' ');
  const std::int64_t hour = cursor.number(2, 0, 23);
  cursor.expect(':');
  const std::int64_t minute = cursor.number(2, 0, 59);
  milliseconds += (hour * 60 + minute) * 60'000;
  if (cursor.skip(':')) {
    milliseconds += cursor.number(2, 0, 59) * 1000;
    if (cursor.skip('.') || cursor.skip(',')) milliseconds += cursor.fraction();
  }
  milliseconds -= parse_zone(cursor) * 60'000;
  return cursor.ok() && cursor.at_end();
}

/// A number of seconds (scale 1000) or milliseconds (scale 1) since 1970-01-01 UTC; false too where it is not in the
/// years 1 to 9999.
inline bool parse_epoch(std::string_view text, std::int64_t scale, std::int64_t& milliseconds) noexcept {
  std::int64_t whole = 0;
  if (parse_number(text, whole)) {
    if (whole < first_time / scale || whole > last_time / scale) return false;
    milliseconds = whole * scale;
    return true;
  }
  // "nan" and "inf" are refused as text: under -ffast-math comparisons would let them pass.
  double decimal = 0;
  if (text.find_first_not_of("+-.0123456789eE") != std::string_view::npos || !parse_number(text, decimal)) return false;
  decimal *= static_cast<double>(scale);
  if (!(decimal >= static_cast<double>(first_time) && decimal <= static_cast<double>(last_time))) return false;
  milliseconds = static_cast<std::int64_t>(decimal < 0 ? decimal - 0.5 : decimal + 0.5);
  return true;
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
