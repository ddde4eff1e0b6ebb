#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <akin/data/detail/parse_number.hpp>
#include <akin/data/detail/parse_time.hpp>

#include "support/catch.hpp"

namespace {

std::optional<std::int64_t> iso(std::string_view text) {
  std::int64_t milliseconds = 0;
  return akin::detail::parse_time(text, akin::detail::date_order::year_first, milliseconds)
             ? std::optional(milliseconds)
             : std::nullopt;
}

std::optional<std::int64_t> epoch(std::string_view text, std::int64_t units_per_second) {
  std::int64_t milliseconds = 0;
  return akin::detail::parse_epoch(text, units_per_second, milliseconds) ? std::optional(milliseconds) : std::nullopt;
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value = 0;
  return akin::detail::parse_number(text, value) ? std::optional(value) : std::nullopt;
}

constexpr std::int64_t second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

}  // namespace

TEST_CASE("dates count days since 1970") {
  CHECK(iso("1970-01-01") == 0);
  CHECK(iso("1970-01-02") == day);
  CHECK(iso("1969-12-31") == -day);
  CHECK(iso("2000-02-29") == 11016 * day);
  CHECK(iso("2000-03-01") == 11017 * day);
  CHECK(iso("2010-12-01") == 1291161600 * second);
  CHECK(iso("0001-01-01") == -62135596800 * second);
  CHECK(iso("9999-12-31") == 253402214400 * second);
}

TEST_CASE("the calendar goes day by day") {
  std::int64_t expected = akin::detail::first_time;
  for (std::int64_t year = 1; year <= 9999; ++year)
    for (std::int64_t month = 1; month <= 12; ++month) {
      if (akin::detail::days_since_1970(year, month, 1) * day != expected) FAIL(year << "-" << month);
      expected += akin::detail::days_of_month(year, month) * day;
    }
  CHECK(expected == akin::detail::last_time + 1);
}

TEST_CASE("times of day, fractions and zones") {
  const std::int64_t start = *iso("2010-12-01"), time = start + 8 * hour + 26 * minute;
  CHECK(iso("2010-12-01T08:26") == time);
  CHECK(iso("2010-12-01 08:26") == time);
  CHECK(iso("2010-12-01t08:26:07") == time + 7 * second);
  CHECK(iso("2010-12-01 08:26:00.5") == time + 500);
  CHECK(iso("2010-12-01 08:26:00,25") == time + 250);
  CHECK(iso("2010-12-01T08:26:59.9999999") == time + 59 * second + 999);
  CHECK(iso("2010-12-01T23:59:59.999") == start + day - 1);
  for (const char* utc : {"Z", "z", "+00:00", "-00:00", "+0000", "+00", "UTC", " UTC"})
    CHECK(iso("2010-12-01T08:26" + std::string(utc)) == time);
  CHECK(iso("2010-12-01T08:26+01:00") == time - hour);
  CHECK(iso("2010-12-01T08:26:00-0530") == time + 5 * hour + 30 * minute);
  CHECK(iso("2010-12-01T08:26:00.001-23:59") == time + 1 + 23 * hour + 59 * minute);
}

TEST_CASE("dates and times that are none") {
  for (const char* text : {"2010-13-01",
                           "2010-00-01",
                           "2010-02-29",
                           "2011-02-29",
                           "1900-02-29",
                           "2010-02-30",
                           "2010-04-31",
                           "2010-01-00",
                           "2010-01-32",
                           "0000-01-01",
                           "10-01-2010",
                           "2010-01-01T",
                           "2010-01-01T08",
                           "2010-01-01T08:",
                           "2010-01-01T24:00",
                           "2010-01-01T08:60",
                           "2010-01-01T08:26:60",
                           "2010-01-01T08:26:00.",
                           "2010-01-01T08:26:00.x",
                           "2010-01-01T08:26x",
                           "2010-01-01T08:26ZZ",
                           "2010-01-01T08:26+1",
                           "2010-01-01T08:26+24:00",
                           "2010-01-01T08:26+01:60",
                           "2010-01-01T08:26+01:0",
                           "2010-01-01T08:26 +01:00",
                           "2010-01-01Z",
                           "2010-01-01  08:26",
                           " 2010-01-01",
                           "2010-01-01 ",
                           "",
                           "2010",
                           "-010-01-01",
                           "+010-01-01",
                           "2010-001-01",
                           "2010-01/01",
                           "2010 01 01",
                           "2010-01-01T008:26",
                           "2010-01-01 0:26 AM",
                           "2010-01-01 13:26 PM",
                           "2010-01-01 8:26 XM"}) {
    CAPTURE(text);
    CHECK_FALSE(iso(text).has_value());
  }
}

TEST_CASE("dates as people write them") {
  using akin::detail::date_order;
  const auto time = [](std::string_view text, date_order order) {
    std::int64_t milliseconds = 0;
    return akin::detail::parse_time(text, order, milliseconds) ? std::optional(milliseconds) : std::nullopt;
  };
  const std::int64_t start = *iso("2010-12-31"), morning = start + 8 * hour + 26 * minute;
  CHECK(time("12/31/2010", date_order::month_first) == start);
  CHECK(time("12/31/2010 8:26", date_order::month_first) == morning);
  CHECK(time("12/31/2010, 8:26:00 AM", date_order::month_first) == morning);
  CHECK(time("12/31/2010 8:26pm", date_order::month_first) == morning + 12 * hour);
  CHECK(time("12/31/2010 12:00 AM", date_order::month_first) == start);
  CHECK(time("12/31/2010 12:30 PM", date_order::month_first) == start + 12 * hour + 30 * minute);
  CHECK(time("31.12.2010 08:26", date_order::day_first) == morning);
  CHECK(time("31-12-2010T08:26+01:00", date_order::day_first) == morning - hour);
  CHECK(time("2/1/2011", date_order::day_first) == *iso("2011-01-02"));
  CHECK(time("2/1/2011", date_order::month_first) == *iso("2011-02-01"));
  CHECK(time("2010/1/2 3:04", date_order::year_first) == *iso("2010-01-02T03:04"));
  CHECK_FALSE(time("12/31/2010", date_order::day_first).has_value());
  CHECK_FALSE(time("31/12/2010", date_order::month_first).has_value());
  CHECK_FALSE(time("29/2/2011", date_order::day_first).has_value());
  CHECK_FALSE(time("31/12/10", date_order::day_first).has_value());
  CHECK_FALSE(time("2010-12-31", date_order::day_first).has_value());
}

TEST_CASE("dates of eight digits") {
  const auto date = [](std::string_view text) {
    std::int64_t milliseconds = 0;
    return akin::detail::parse_eight_digits(text, milliseconds) ? std::optional(milliseconds) : std::nullopt;
  };
  CHECK(date("20101231") == *iso("2010-12-31"));
  CHECK(date("20000229") == *iso("2000-02-29"));
  for (const char* text : {"20101301", "20100230", "20100100", "2010123", "201012311", "2010-231", "00000101"}) {
    CAPTURE(text);
    CHECK_FALSE(date(text).has_value());
  }
}

TEST_CASE("numbers since 1970 in other units") {
  CHECK(epoch("1291191960123", 1000) == 1291191960123);
  CHECK(epoch("1291191960123.6", 1000) == 1291191960124);
  CHECK(epoch("1291191960123999", 1'000'000) == 1291191960123);
  CHECK(epoch("1291191960123999999", 1'000'000'000) == 1291191960123);
  CHECK(epoch("-1", 1'000'000) == -1);
  CHECK(epoch("-1000", 1'000'000) == -1);
  CHECK(epoch("-1001", 1'000'000) == -2);
  CHECK(epoch("1.5e15", 1'000'000) == 1500000000000);
  CHECK_FALSE(epoch("9223372036854775807", 1'000'000).has_value());
  CHECK(epoch("9223372036854775807", 1'000'000'000) == 9223372036854);
}

TEST_CASE("numbers since 1970") {
  CHECK(epoch("1291191960", 1) == 1291191960000);
  CHECK(epoch("1291191960000", 1000) == 1291191960000);
  CHECK(epoch("1291191960.25", 1) == 1291191960250);
  CHECK(epoch("-1.5", 1) == -1500);
  CHECK(epoch("1.29119196e9", 1) == 1291191960000);
  CHECK(epoch("0", 1) == 0);
  CHECK(epoch("253402300799", 1) == 253402300799000);
  CHECK_FALSE(epoch("253402300800", 1).has_value());
  CHECK_FALSE(epoch("1291191960000", 1).has_value());
  CHECK_FALSE(epoch("-62135596801", 1).has_value());
  for (const char* text :
       {"", "nan", "inf", "-inf", "1e300", "99999999999999999999", "12a", "0x10", " 1", "1 ", "--1", "+-1"}) {
    CAPTURE(text);
    CHECK_FALSE(epoch(text, 1).has_value());
  }
}

TEST_CASE("numbers") {
  CHECK(number<float>("2.55") == 2.55f);
  CHECK(number<float>("-12") == -12.0f);
  CHECK(number<float>("+3") == 3.0f);
  CHECK(number<float>("1e-3") == 1e-3f);
  CHECK(number<float>(".5") == 0.5f);
  CHECK(number<float>("1e-60") == 0.0f);
  CHECK(number<float>("-1e-42") == -1e-42f);
  CHECK(number<double>("1e-60") == 1e-60);
  CHECK(number<std::int64_t>("-9223372036854775808") == INT64_MIN);
  CHECK_FALSE(number<std::int64_t>("9223372036854775808").has_value());
  for (const char* text :
       {"", "-", "+", "abc", "1,5", "1.5.", " 1", "1 ", "0x1", "1e", "1e39", "-1e39", "+-1", "++1", "1_000"}) {
    CAPTURE(text);
    CHECK_FALSE(number<float>(text).has_value());
  }
}
