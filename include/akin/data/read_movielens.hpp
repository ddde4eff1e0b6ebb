/// @file
/// The ratings of the MovieLens data sets as GroupLens publishes them.
#pragma once

#include <filesystem>

#include <akin/config.hpp>
#include <akin/data/detail/text_input.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/data/read_interactions.hpp>
#include <akin/data/time_format.hpp>

namespace akin::inline AKIN_ABI {

struct movielens_options {
  time_format times = time_format::automatic;  ///< as interaction_columns::times
  epoch_unit epoch = epoch_unit::seconds;
  /// As interaction_columns::ids_of: the training's log, to read a test.
  const interaction_log* ids_of = nullptr;
};

namespace detail {

interaction_log read_movielens_dat(const text_input& input, const movielens_options& options);

/// Detects the format by the first line that is not empty: "::", tabs, or the header of the csv files.
interaction_log read_movielens(const text_input& input, const movielens_options& options);

/// The one file of ratings in a folder.
std::filesystem::path movielens_file(const std::filesystem::path& folder);

}  // namespace detail

/// The ratings of MovieLens 100K (`u.data`: tabs, no header), 1M and 10M (`ratings.dat`: `::`), 20M, 25M, 32M and the
/// "latest" sets (`ratings.csv`: header userId,movieId,rating,timestamp). `path` is that file, or a folder with only
/// one of these files. The file's first line determines its format, so that the published splits (`u1.base`, `ua.test`)
/// are read too. Throws format_error `file:line:column: …`, std::runtime_error if there is no such file. O(bytes).
interaction_log read_movielens(const std::filesystem::path& path, const movielens_options& options = {});

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(data)
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <akin/data/detail/log_builder.hpp>
#include <akin/data/detail/parse_number.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>

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

AKIN_INLINE interaction_log read_movielens_dat(const text_input& input, const movielens_options& options) {
  line_scanner lines(input);
  log_builder log(options.ids_of);
  const time_parser times(options.times, options.epoch, "read_movielens");
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
    if (!times.parse(time, milliseconds)) lines.fail_here(4, "time must ", times.rule(time), ", got ", shown(time));
    log.add(log.user_id(user), log.item_id(movie), value);
    log.add_time(milliseconds);
  }
  return std::move(log).finish();
}

AKIN_INLINE interaction_log read_movielens(const text_input& input, const movielens_options& options) {
  line_scanner lines(input);
  std::string_view first;
  while (first.empty() && lines.next(first)) {
  }
  if (first.find("::") != std::string_view::npos) return read_movielens_dat(input, options);
  interaction_columns columns = {.epoch = options.epoch, .times = options.times, .ids_of = options.ids_of};
  const bool has_tabs = first.find('\t') != std::string_view::npos;
  columns.user = has_tabs ? "1" : "userId";
  columns.item = has_tabs ? "2" : "movieId";
  columns.value = has_tabs ? "3" : "rating";
  columns.time = has_tabs ? "4" : "timestamp";
  columns.separator = has_tabs ? '\t' : ',';
  columns.header = !has_tabs;
  return read_interactions(input, columns);
}

AKIN_INLINE std::filesystem::path movielens_file(const std::filesystem::path& folder) {
  const std::u8string text = folder.u8string();
  const std::string name(text.begin(), text.end());
  constexpr std::string_view where = "read_movielens: ", files = "ratings.csv, ratings.dat or u.data";
  std::filesystem::path found;
  std::error_code error;
  for (const char* file : {"ratings.csv", "ratings.dat", "u.data"}) {
    if (!std::filesystem::exists(folder / file, error)) continue;
    if (!found.empty())
      fail<std::runtime_error>(where, "the path must name a file where its folder holds several of ", files, ", got ",
                               name);
    found = folder / file;
  }
  if (found.empty()) fail<std::runtime_error>(where, "the folder must hold ", files, ", got ", name);
  return found;
}

}  // namespace detail

AKIN_INLINE interaction_log read_movielens(const std::filesystem::path& path, const movielens_options& options) {
  std::error_code error;
  const bool is_folder = std::filesystem::is_directory(path, error);
  return detail::read_movielens(detail::load_text(is_folder ? detail::movielens_file(path) : path), options);
}

}  // namespace akin::inline AKIN_ABI
#endif
