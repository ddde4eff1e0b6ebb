/// @file
/// Interaction logs as tables that read_interactions reads.
#pragma once

#include <filesystem>

#include <akin/config.hpp>
#include <akin/data/interaction_log.hpp>

namespace akin::inline AKIN_ABI {

/// Writes a log as CSV (RFC 4180), a line for each interaction in its order, after a line with the names of the
/// columns: user, item, value, then time and event if the log has them. Values have the fewest digits that read back as
/// the same number; times are in UTC, "2010-12-01T08:26:00", with milliseconds where there are some. read_interactions
/// gives the same log again, but for names without lines. The file appears whole or not at all; throws
/// std::invalid_argument for a time outside of the years 1 to 9999, std::runtime_error if the file cannot be written.
/// O(bytes).
void write_interactions(const interaction_log& log, const std::filesystem::path& path);

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(data)
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <span>
#include <stdexcept>
#include <string>

#include <akin/data/detail/parse_time.hpp>
#include <akin/error.hpp>
#include <akin/io/atomic_file.hpp>
#include <akin/text.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// A time in UTC as ISO 8601 has it.
inline std::string time_text(std::int64_t milliseconds) {
  if (milliseconds < first_time || milliseconds > last_time)
    fail<std::invalid_argument>("write_interactions: times must be in the years 1 to 9999, got ", milliseconds,
                                " milliseconds since 1970");
  const std::chrono::sys_time<std::chrono::milliseconds> moment{std::chrono::milliseconds(milliseconds)};
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(moment - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  std::string result = text;
  if (time.subseconds().count() == 0) return result;
  std::snprintf(text, sizeof text, ".%03d", static_cast<int>(time.subseconds().count()));
  return result + text;
}

inline std::string line_of(const interaction_log& log, std::size_t line) {
  std::string text = csv_text(log.user_ids().name_of(log.users()[line]));
  text += ',' + csv_text(log.item_ids().name_of(log.items()[line]));
  text += ',' + shortest_number(log.values()[line]);
  if (!log.times().empty()) text += ',' + time_text(log.times()[line]);
  if (!log.events().empty()) text += ',' + csv_text(log.event_ids().name_of(log.events()[line]));
  return text + '\n';
}

}  // namespace detail

AKIN_INLINE void write_interactions(const interaction_log& log, const std::filesystem::path& path) {
  constexpr std::size_t piece = std::size_t{1} << 20;
  detail::atomic_file file(path);
  std::string text = "user,item,value";
  text += log.times().empty() ? "" : ",time";
  text += log.events().empty() ? "\n" : ",event\n";
  for (std::size_t line = 0; line < log.size(); ++line) {
    text += detail::line_of(log, line);
    if (text.size() < piece) continue;
    file.write(std::as_bytes(std::span(text)));
    text.clear();
  }
  file.write(std::as_bytes(std::span(text)));
  file.commit();
}

}  // namespace akin::inline AKIN_ABI
#endif
