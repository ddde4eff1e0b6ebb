/// @file
/// Points in time from text: dates with times of day, or numbers since 1970.
#pragma once

#include <cstddef>
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

/// The years 1 to 9999, in milliseconds: the range of ISO dates with four digits.
inline constexpr std::int64_t first_time = days_since_1970(1, 1, 1) * 86'400'000;
inline constexpr std::int64_t last_time = days_since_1970(10000, 1, 1) * 86'400'000 - 1;

/// Whether a time is in the years 1990 to 2100, as times of interactions are.
constexpr bool is_usual_time(std::int64_t milliseconds) noexcept {
  return milliseconds >= days_since_1970(1990, 1, 1) * 86'400'000 &&
         milliseconds < days_since_1970(2101, 1, 1) * 86'400'000;
}

/// Consumes characters of a text and remembers whether all of them were valid.
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
  void require(bool ok) noexcept { ok_ = ok && ok_; }

  /// The next character, if it is one of these; else 0.
  char skip_any(std::string_view characters) noexcept {
    ok_ = ok_ && !rest_.empty() && characters.find(rest_.front()) != std::string_view::npos;
    if (!ok_) return 0;
    const char found = rest_.front();
    rest_.remove_prefix(1);
    return found;
  }

  /// A number of min_digits to max_digits digits from `low` to `high`.
  std::int64_t number(std::size_t min_digits, std::size_t max_digits, std::int64_t low, std::int64_t high) noexcept {
    const auto is_digit = [&](std::size_t i) { return i < rest_.size() && rest_[i] >= '0' && rest_[i] <= '9'; };
    std::int64_t value = 0;
    std::size_t digits = 0;
    for (; digits < max_digits && is_digit(digits); ++digits) value = 10 * value + (rest_[digits] - '0');
    ok_ = ok_ && digits >= min_digits && value >= low && value <= high;
    if (ok_) rest_.remove_prefix(digits);
    return value;
  }

  /// Digits after a decimal point, at least one, as milliseconds; smaller units are dropped.
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
  const std::int64_t hours = cursor.number(2, 2, 0, 23);
  if (cursor.at_end()) return sign * 60 * hours;
  cursor.skip(':');
  return sign * (60 * hours + cursor.number(2, 2, 0, 59));
}

/// The order of year, month and day in a date.
enum class date_order { year_first, day_first, month_first };

/// Milliseconds from 1970-01-01 to a date: a year of four digits, month and day of one or two, between two equal signs.
inline std::int64_t parse_date(time_cursor& cursor, date_order order) noexcept {
  const auto year_of = [&] { return cursor.number(4, 4, 1, 9999); };
  const auto part = [&] { return cursor.number(1, 2, 1, 31); };
  const bool is_year_first = order == date_order::year_first;
  const std::int64_t first = is_year_first ? year_of() : part();
  const char sign = cursor.skip_any("-/.");
  const std::int64_t second = part();
  cursor.expect(sign);
  const std::int64_t third = is_year_first ? part() : year_of();
  const std::int64_t year = is_year_first ? first : third;
  const std::int64_t month = order == date_order::month_first ? first : second;
  const std::int64_t day = is_year_first ? third : order == date_order::month_first ? second : first;
  cursor.require(month <= 12 && day <= days_of_month(year, month));
  return days_since_1970(year, month, day) * 86'400'000;
}

/// Milliseconds of a time of day: "8:26", "08:26:00.5", "8:26 PM".
inline std::int64_t parse_time_of_day(time_cursor& cursor) noexcept {
  std::int64_t hour = cursor.number(1, 2, 0, 23);
  cursor.expect(':');
  std::int64_t milliseconds = cursor.number(2, 2, 0, 59) * 60'000;
  if (cursor.skip(':')) {
    milliseconds += cursor.number(2, 2, 0, 59) * 1000;
    if (cursor.skip('.') || cursor.skip(',')) milliseconds += cursor.fraction();
  }
  const auto says = [&](std::string_view upper, std::string_view lower) {
    return cursor.skip(upper) || cursor.skip(lower) || cursor.skip(upper.substr(1)) || cursor.skip(lower.substr(1));
  };
  const bool is_morning = says(" AM", " am"), is_evening = !is_morning && says(" PM", " pm");
  if (is_morning || is_evening) {
    cursor.require(hour >= 1 && hour <= 12);
    hour = hour % 12 + (is_evening ? 12 : 0);
  }
  return milliseconds + hour * 3'600'000;
}

/// "2010-12-01", "2010-12-01T08:26", "2010/12/1 8:26:00.5+01:00" (or with the parts of the date in another order) in
/// milliseconds since 1970-01-01 UTC.
inline bool parse_time(std::string_view text, date_order order, std::int64_t& milliseconds) noexcept {
  time_cursor cursor(text);
  milliseconds = parse_date(cursor, order);
  if (cursor.at_end() || !cursor.ok()) return cursor.ok();
  if (!cursor.skip('T') && !cursor.skip('t') && !cursor.skip(", ")) cursor.expect(' ');
  milliseconds += parse_time_of_day(cursor);
  milliseconds -= parse_zone(cursor) * 60'000;
  return cursor.ok() && cursor.at_end();
}

/// "20101201" in milliseconds since 1970-01-01 UTC.
inline bool parse_eight_digits(std::string_view text, std::int64_t& milliseconds) noexcept {
  if (text.size() != 8) return false;
  time_cursor cursor(text);
  const std::int64_t year = cursor.number(4, 4, 1, 9999), month = cursor.number(2, 2, 1, 12);
  const std::int64_t day = cursor.number(2, 2, 1, days_of_month(year, month));
  milliseconds = days_since_1970(year, month, day) * 86'400'000;
  return cursor.ok();
}

/// A number since 1970-01-01 UTC, with `units_per_second`, a power of 1000; fractions of a millisecond are dropped.
/// False also if it is not in the years 1 to 9999.
inline bool parse_epoch(std::string_view text, std::int64_t units_per_second, std::int64_t& milliseconds) noexcept {
  const auto is_in_range = [](auto time) {
    return time >= static_cast<decltype(time)>(first_time) && time <= static_cast<decltype(time)>(last_time);
  };
  std::int64_t whole = 0;
  if (parse_number(text, whole)) {
    if (units_per_second == 1) {
      if (whole < first_time / 1000 || whole > last_time / 1000) return false;
      milliseconds = whole * 1000;
      return true;
    }
    const std::int64_t units = units_per_second / 1000;
    milliseconds = whole / units - (whole % units < 0 ? 1 : 0);
    return is_in_range(milliseconds);
  }
  // "nan" and "inf" are refused as text: under -ffast-math comparisons would accept them.
  double decimal = 0;
  if (text.find_first_not_of("+-.0123456789eE") != std::string_view::npos || !parse_number(text, decimal)) return false;
  decimal *= 1000 / static_cast<double>(units_per_second);
  if (!is_in_range(decimal)) return false;
  milliseconds = static_cast<std::int64_t>(decimal < 0 ? decimal - 0.5 : decimal + 0.5);
  return true;
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
