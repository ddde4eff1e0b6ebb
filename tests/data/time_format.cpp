#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <akin/data/time_format.hpp>

#include "data/reading.hpp"
#include "support/catch.hpp"

using akin::epoch_unit;
using akin::time_format;

namespace {

akin::detail::time_parser parser(time_format format = time_format::automatic, epoch_unit unit = epoch_unit::seconds) {
  return akin::detail::time_parser(format, unit, "reader");
}

std::optional<std::int64_t> time(std::string_view text, time_format format = time_format::automatic,
                                 epoch_unit unit = epoch_unit::seconds) {
  std::int64_t milliseconds = 0;
  return parser(format, unit).parse(text, milliseconds) ? std::optional(milliseconds) : std::nullopt;
}

constexpr std::int64_t new_year_2024 = 1704067200000;

}  // namespace

TEST_CASE("dates that begin with their year and usual numbers need no word") {
  for (const char* text : {"2024-01-01", "2024/01/01", "2024.1.1", "20240101", "2024-01-01T00:00Z", "1704067200",
                           "1704067200.0", "1.7040672e9"}) {
    CAPTURE(text);
    CHECK(time(text) == new_year_2024);
  }
  CHECK(time("1850-01-01").has_value());
  CHECK(time("631152000") == 631152000000);
  CHECK(time("4133980799") == 4133980799000);
  for (const char* text : {"631151999", "4133980800", "0", "-1", "1", "45291.5", "1704067200000", "19700101",
                           "21010101", "20241301", "202401", "2024.5", "12/31/2024", "1e300"}) {
    CAPTURE(text);
    CHECK_FALSE(time(text).has_value());
  }
  CHECK(time("1704067200000", time_format::automatic, epoch_unit::milliseconds) == new_year_2024);
  CHECK(time("1704067200000000", time_format::automatic, epoch_unit::microseconds) == new_year_2024);
  CHECK(time("1704067200000000000", time_format::automatic, epoch_unit::nanoseconds) == new_year_2024);
  CHECK_FALSE(time("1704067200", time_format::automatic, epoch_unit::milliseconds).has_value());
}

TEST_CASE("a format is read alone") {
  CHECK(time("1/2/2024", time_format::day_first) == time("2024-02-01"));
  CHECK(time("1/2/2024", time_format::month_first) == time("2024-01-02"));
  CHECK(time("18500101", time_format::year_first) == time("1850-01-01"));
  CHECK(time("7", time_format::number) == 7000);
  CHECK(time("7", time_format::number, epoch_unit::milliseconds) == 7);
  CHECK(time("20240101", time_format::number) == 20240101000);
  CHECK_FALSE(time("2024-01-01", time_format::day_first).has_value());
  CHECK_FALSE(time("2024-01-01", time_format::number).has_value());
  CHECK_FALSE(time("1704067200", time_format::year_first).has_value());
  CHECK_FALSE(time("1704067200", time_format::month_first).has_value());
}

TEST_CASE("what is no time learns what would be") {
  const auto rule = [](std::string_view text, time_format format = time_format::automatic) {
    return parser(format).rule(text);
  };
  CHECK(rule("31/12/2010") ==
        "begin with its year, unless times is time_format::day_first or time_format::month_first");
  CHECK(rule("12/31/2010 8:26 PM") == rule("31.12.2010"));
  CHECK(rule("1704067200000") == "be in the years 1990 to 2100, as it is where epoch is epoch_unit::milliseconds");
  CHECK(rule("1704067200000000") == "be in the years 1990 to 2100, as it is where epoch is epoch_unit::microseconds");
  CHECK(rule("1704067200000000000") == "be in the years 1990 to 2100, as it is where epoch is epoch_unit::nanoseconds");
  CHECK(parser(time_format::automatic, epoch_unit::milliseconds).rule("1704067200") ==
        "be in the years 1990 to 2100, as it is where epoch is epoch_unit::seconds");
  for (const char* number : {"5", "-5", "20241301", "45291.5", "9e12"})
    CHECK(rule(number) == "be in the years 1990 to 2100, unless times is time_format::number");
  for (const char* text : {"", "yesterday", "31/12/10", "1e300"})
    CHECK(rule(text) == "be a time such as 2010-12-01T08:26:00Z, or a number since 1970");
  CHECK(rule("x", time_format::year_first) == "be a time such as 2010-12-31 08:26, 2010/12/31 or 20101231");
  CHECK(rule("x", time_format::day_first) == "be a time such as 31/12/2010 08:26");
  CHECK(rule("x", time_format::month_first) == "be a time such as 12/31/2010 08:26 or 12/31/2010 8:26 PM");
  CHECK(rule("x", time_format::number) == "be a number since 1970 in the years 1 to 9999");
}

TEST_CASE("what is no enumerator is refused") {
  CHECK(message<std::invalid_argument>([] { return parser(static_cast<time_format>(9)); }) ==
        "reader: times must be one of the enumerators, got 9");
  CHECK(message<std::invalid_argument>([] { return parser({}, static_cast<epoch_unit>(-1)); }) ==
        "reader: epoch must be one of the enumerators, got -1");
}
