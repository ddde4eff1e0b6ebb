/// @file
/// The formats of times in texts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <akin/config.hpp>
#include <akin/error.hpp>

namespace akin::inline AKIN_ABI {

/// The unit of times that are numbers since 1970-01-01 UTC.
enum class epoch_unit { seconds, milliseconds, microseconds, nanoseconds };

/// The format of times. A time of day may follow each date: "8:26", "08:26:00.5", "8:26 PM", with a zone or in UTC.
enum class time_format {
  automatic,    ///< as year_first or number, with numbers in the years 1990 to 2100; eight digits are a date
  year_first,   ///< "2010-12-01T08:26", "2010/12/1 8:26", "20101201"
  day_first,    ///< "31/12/2010 8:26", "31.12.2010", "31-12-2010"
  month_first,  ///< "12/31/2010 8:26", "12-31-2010"
  number        ///< a number since 1970 without a limit of years, such as the number of a step
};

namespace detail {

/// Times from texts of one format.
class time_parser {
 public:
  explicit time_parser(time_format format, epoch_unit unit, std::string_view where);

  /// False if the text is not a time of the format.
  bool parse(std::string_view text, std::int64_t& milliseconds) const noexcept;

  /// The rule for a text that is not a time; reads "t must " rule.
  std::string rule(std::string_view text) const;

 private:
  static constexpr std::int64_t units_per_second(epoch_unit unit) noexcept {
    constexpr std::int64_t units[] = {1, 1'000, 1'000'000, 1'000'000'000};
    return units[static_cast<int>(unit)];
  }

  static std::string number_rule(std::string_view text);

  time_format format_;
  epoch_unit unit_;
};

}  // namespace detail
}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(data)
#include <akin/data/detail/parse_time.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE time_parser::time_parser(time_format format, epoch_unit unit, std::string_view where)
    : format_(format), unit_(unit) {
  require(format >= time_format::automatic && format <= time_format::number, where,
          "times must be one of the enumerators", static_cast<int>(format));
  require(unit >= epoch_unit::seconds && unit <= epoch_unit::nanoseconds, where, "epoch must be one of the enumerators",
          static_cast<int>(unit));
}

AKIN_INLINE bool time_parser::parse(std::string_view text, std::int64_t& milliseconds) const noexcept {
  switch (format_) {
    case time_format::year_first:
      return parse_time(text, date_order::year_first, milliseconds) || parse_eight_digits(text, milliseconds);
    case time_format::day_first:
      return parse_time(text, date_order::day_first, milliseconds);
    case time_format::month_first:
      return parse_time(text, date_order::month_first, milliseconds);
    case time_format::number:
      return parse_epoch(text, units_per_second(unit_), milliseconds);
    case time_format::automatic:
      break;
  }
  // The fifth character tells a date from a number, a point there may be in both.
  const bool may_be_date = text.size() > 4 && (text[4] == '-' || text[4] == '/' || text[4] == '.');
  if (may_be_date && parse_time(text, date_order::year_first, milliseconds)) return true;
  if (parse_epoch(text, units_per_second(unit_), milliseconds) && is_usual_time(milliseconds)) return true;
  return parse_eight_digits(text, milliseconds) && is_usual_time(milliseconds);
}

AKIN_INLINE std::string time_parser::rule(std::string_view text) const {
  switch (format_) {
    case time_format::year_first:
      return "be a time such as 2010-12-31 08:26, 2010/12/31 or 20101231";
    case time_format::day_first:
      return "be a time such as 31/12/2010 08:26";
    case time_format::month_first:
      return "be a time such as 12/31/2010 08:26 or 12/31/2010 8:26 PM";
    case time_format::number:
      return "be a number since 1970 in the years 1 to 9999";
    case time_format::automatic:
      break;
  }
  std::int64_t ignored = 0;
  if (parse_time(text, date_order::day_first, ignored) || parse_time(text, date_order::month_first, ignored))
    return "begin with its year, unless times is time_format::day_first or time_format::month_first";
  return number_rule(text);
}

AKIN_INLINE std::string time_parser::number_rule(std::string_view text) {
  constexpr std::string_view names[] = {"seconds", "milliseconds", "microseconds", "nanoseconds"};
  bool is_number = false;
  for (int unit = 0; unit < 4; ++unit) {
    std::int64_t milliseconds = 0;
    const bool is_time = parse_epoch(text, units_per_second(static_cast<epoch_unit>(unit)), milliseconds);
    if (is_time && is_usual_time(milliseconds))
      return sentence("be in the years 1990 to 2100, as it is where epoch is epoch_unit::", names[unit]);
    is_number = is_number || is_time;
  }
  if (is_number) return "be in the years 1990 to 2100, unless times is time_format::number";
  return "be a time such as 2010-12-01T08:26:00Z, or a number since 1970";
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
#endif
