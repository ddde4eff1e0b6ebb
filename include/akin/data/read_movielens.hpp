/// @file
/// The ratings of the MovieLens data sets as GroupLens publishes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <akin/config.hpp>
#include <akin/data/detail/log_builder.hpp>
#include <akin/data/detail/parse_number.hpp>
#include <akin/data/detail/parse_time.hpp>
#include <akin/data/detail/text_input.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/data/read_interactions.hpp>
#include <akin/error.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The fields of a line of MovieLens 1M or 10M: `user::movie::rating::seconds`.
struct movielens_line {
  static constexpr std::size_t count = 4;
  std::string_view fields[count];

  movielens_line(std::string_view line, const line_scanner& lines) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t end = i + 1 < count ? line.find("::") : line.size();
      if (end == std::string_view::npos)
        lines.fail_here(static_cast<std::int64_t>(i) + 1, "a line must be user::movie::rating::time");
      fields[i] = line.substr(0, end);
      line.remove_prefix(i + 1 < count ? end + 2 : end);
    }
  }
};

inline interaction_log read_movielens_dat(const text_input& input) {
  line_scanner lines(input);
  log_builder log;
  for (std::string_view text; lines.next(text);) {
    if (text.empty()) continue;
    const movielens_line line(text, lines);
    const auto [user, movie, rating, time] = line.fields;
    if (user.empty()) lines.fail_here(1, "user must not be empty");
    if (movie.empty()) lines.fail_here(2, "movie must not be empty");
    float value = 0;
    if (!parse_number(rating, value) || !is_finite(value))
      lines.fail_here(3, "rating must be a finite number, got ", shown(rating));
    std::int64_t milliseconds = 0;
    if (!parse_epoch(time, 1000, milliseconds))
      lines.fail_here(4, "time must be a number of seconds since 1970, got ", shown(time));
    log.add(log.user_id(user), log.item_id(movie), value);
    log.add_time(milliseconds);
  }
  return std::move(log).finish();
}

/// The form is told by the first bytes: "::" in the first line, the header of the csv files, or tabs.
inline interaction_log read_movielens(const text_input& input) {
  const std::string_view first = input.text.substr(0, input.text.find('\n'));
  if (first.find("::") != std::string_view::npos) return read_movielens_dat(input);
  if (first.find('\t') != std::string_view::npos)
    return read_interactions(input,
                             {.user = "1", .item = "2", .value = "3", .time = "4", .separator = '\t', .header = false});
  return read_interactions(
      input, {.user = "userId", .item = "movieId", .value = "rating", .time = "timestamp", .separator = ','});
}

}  // namespace detail

/// The ratings of MovieLens 100K (`u.data`: tabs, no header), 1M and 10M (`ratings.dat`: `::`), 20M, 25M, 32M and the
/// "latest" sets (`ratings.csv`: header userId,movieId,rating,timestamp). `path` is that file, or the folder that holds
/// it. The form is told by the file's first line, so that the published splits (`u1.base`, `ua.test`) are read too.
/// Throws format_error `file:line:column: …`, std::runtime_error where there is no such file. O(bytes).
inline interaction_log read_movielens(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return detail::read_movielens(detail::load_text(path));
  for (const char* name : {"ratings.csv", "ratings.dat", "u.data"})
    if (std::filesystem::exists(path / name, error)) return detail::read_movielens(detail::load_text(path / name));
  const std::u8string text = path.u8string();
  detail::fail<std::runtime_error>("read_movielens: the folder must hold ratings.csv, ratings.dat or u.data, got ",
                                   std::string(text.begin(), text.end()));
}

}  // namespace akin::inline AKIN_ABI
