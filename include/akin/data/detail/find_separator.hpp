/// @file
/// The separator of a table, from its first lines.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/data/detail/text_input.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The character c of a first line `sep=c`, which spreadsheets write and read; 0 if there is no such line.
inline char separator_hint(std::string_view text) noexcept {
  std::string_view line = text.substr(0, text.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.size() == 7 && line.starts_with('"') && line.ends_with('"')) line = line.substr(1, 5);
  return line.size() == 5 && (line.starts_with("sep=") || line.starts_with("SEP=")) ? line[4] : '\0';
}

/// The end of the first field, as csv_scanner reads it: a separator, a line feed or the end of the text.
inline std::size_t field_end(std::string_view text, std::size_t at, char separator, char escape) noexcept {
  const auto is_escape = [&](std::size_t i) { return escape != 0 && text[i] == escape; };
  if (at < text.size() && text[at] == '"') {
    for (++at; at < text.size(); ++at) {
      if (is_escape(at)) {
        ++at;
      } else if (text[at] == '"') {
        if (at + 1 == text.size() || text[at + 1] != '"') break;
        ++at;
      }
    }
  }
  for (; at < text.size() && text[at] != separator && text[at] != '\n'; ++at)
    if (is_escape(at)) ++at;
  return at < text.size() ? at : text.size();
}

/// The counts of a separator in the first lines of a table, outside of quotes.
struct separator_trial {
  std::size_t first = 0;   ///< in the first line that is not empty
  bool is_steady = false;  ///< at least once there, and equally often in all others
};

/// Looks at all the lines that begin in the first 64 KiB.
inline separator_trial try_separator(std::string_view text, char separator, char escape) noexcept {
  constexpr std::size_t max_bytes = std::size_t{1} << 16;
  separator_trial trial;
  bool is_first = true;
  for (std::size_t at = 0; at < text.size() && at < max_bytes; ++at) {
    if (text[at] == '\n' || text.substr(at, 2) == "\r\n") continue;
    std::size_t count = 0;
    for (at = field_end(text, at, separator, escape); at < text.size() && text[at] == separator; ++count)
      at = field_end(text, at + 1, separator, escape);
    if (is_first) trial = {count, count > 0};
    trial.is_steady = trial.is_steady && count == trial.first;
    is_first = false;
  }
  return trial;
}

/// The separator for csv_format::separator == 0; throws format_error if several are possible.
inline char find_separator(const text_input& input, char escape) {
  struct candidate {
    char separator;
    std::string_view name;
  };
  static constexpr candidate candidates[] = {{',', "comma"}, {'\t', "tab"}, {';', "semicolon"}, {'|', "bar"}};
  const std::string_view text = plain_text(input);
  if (const char hint = separator_hint(text)) return hint;
  if (input.name.ends_with(".tsv") || input.name.ends_with(".tab")) return '\t';
  std::vector<candidate> steady, present;
  for (const candidate& c : candidates) {
    const separator_trial trial = try_separator(text, c.separator, escape);
    if (trial.is_steady) steady.push_back(c);
    if (trial.first > 0) present.push_back(c);
  }
  // The reader refuses a table without a steady separator, with the place.
  const std::vector<candidate>& possible = steady.empty() ? present : steady;
  if (possible.size() > 1)
    fail_at(input.name, 1, 0, "the separator must be given, it may be the ", possible[0].name, " or the ",
            possible[1].name);
  return possible.empty() ? ',' : possible[0].separator;
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
