/// @file
/// Tables of text with named columns: comma-separated (RFC 4180), tab-separated, or with a custom separator.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/data/detail/text_input.hpp>

namespace akin::inline AKIN_ABI {

/// The format of a table. Fields may be quoted and then hold separators, line ends and doubled quotes; lines end with
/// LF or CRLF; empty lines are skipped; a byte order mark of UTF-8 is skipped, and so is a first line `sep=;`.
struct csv_format {
  /// 0: that of a first line `sep=;`; else a tab where the file's name ends with .tsv or .tab; else the one of comma,
  /// tab, semicolon and bar that occurs equally often in each of the first lines, outside of quotes. If this is true of
  /// several, the separator must be given; if of none, it is the one in the first line, or the comma.
  char separator = 0;
  /// Whether the first line names the columns; else their names are "1", "2", ….
  bool header = true;
  /// The escape character, which makes a following quote, separator or line end text, in quotes and outside; 0: none.
  char escape = 0;
};

namespace detail {

/// The columns with these names, one after the other.
std::vector<std::vector<std::string>> read_named_columns(const text_input& input,
                                                         std::span<const std::string_view> names,
                                                         const csv_format& format);

template <std::size_t Count>
std::array<std::vector<std::string>, Count> read_columns(const text_input& input,
                                                         const std::string_view (&names)[Count],
                                                         const csv_format& format) {
  std::vector<std::vector<std::string>> columns = read_named_columns(input, names, format);
  std::array<std::vector<std::string>, Count> result;
  for (std::size_t i = 0; i < Count; ++i) result[i] = std::move(columns[i]);
  return result;
}

}  // namespace detail

/// The columns with these names as text, one element a line:
/// `const auto [customers, countries] = akin::read_columns("customers.csv", {"customer_id", "country"});` Throws
/// format_error `file:line:column: …` for a malformed table, std::runtime_error if the file cannot be read.
template <std::size_t Count>
std::array<std::vector<std::string>, Count> read_columns(const std::filesystem::path& path,
                                                         const std::string_view (&names)[Count],
                                                         const csv_format& format = {}) {
  return detail::read_columns(detail::load_text(path), names, format);
}

/// The names of the columns, in their order; "1", "2", … without a header line. Errors as read_columns.
std::vector<std::string> column_names(const std::filesystem::path& path, const csv_format& format = {});

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(data)
#include <algorithm>

#include <akin/data/detail/csv_scanner.hpp>
#include <akin/data/detail/find_separator.hpp>
#include <akin/error.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// A table that is being read, record by record. Throws format_error for an empty file.
class csv_reader {
 public:
  csv_reader(const text_input& input, const csv_format& format)
      : name_(input.name), scanner_(input, checked_separator(input, format), format.escape) {
    if (separator_hint(plain_text(input)) != 0) scanner_.skip_first_line();
    std::vector<csv_field> first;
    csv_scanner lookahead = scanner_;
    if (!lookahead.next(first, static_cast<std::size_t>(-1)))
      fail_at(name_, 1, 0,
              format.header ? "the file is empty, a line with the names of the columns must come first"
                            : "the file is empty");
    for (std::size_t i = 0; i < first.size(); ++i)
      names_.push_back(format.header ? std::string(lookahead.text_of(first[i])) : std::to_string(i + 1));
    header_line_ = lookahead.line();
    if (format.header) scanner_ = std::move(lookahead);
    fields_.reserve(names_.size());
  }

  /// The position of a column; throws format_error with the names of the file's columns.
  std::size_t column(std::string_view name) const {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found == names_.end())
      fail_at(name_, header_line_, 0, "there must be a column ", shown(name), ", the columns are ", listed_names());
    if (std::find(found + 1, names_.end(), name) != names_.end())
      fail_at(name_, header_line_, 0, "the name of the column ", shown(name), " must come once, the columns are ",
              listed_names());
    return static_cast<std::size_t>(found - names_.begin());
  }

  std::size_t columns() const noexcept { return names_.size(); }
  const std::vector<std::string>& names() const noexcept { return names_; }

  /// Goes to the next record; throws format_error unless it has as many fields as the first line. False at the end.
  bool next() {
    if (!scanner_.next(fields_, names_.size())) return false;
    if (fields_.size() != names_.size())
      fail_here(fields_.size(), "a line must have ", names_.size(), " fields, this one has ", fields_.size());
    return true;
  }

  /// A field as it stands in the file, without the quotes around it.
  std::string_view raw(std::size_t column) const noexcept { return fields_[column].raw; }
  /// A field of the record, valid until the next call.
  std::string_view text(std::size_t column) { return scanner_.text_of(fields_[column]); }

  std::int64_t line() const noexcept { return scanner_.line(); }
  std::size_t bytes_left() const noexcept { return scanner_.bytes_left(); }

  template <class... Parts>
  [[noreturn]] AKIN_NOINLINE void fail_here(std::size_t field, const Parts&... parts) const {
    scanner_.fail_here(field, parts...);
  }

  /// Throws `file:line:column: NAME must RULE, got "TEXT"` about a field of the record.
  [[noreturn]] AKIN_NOINLINE void refuse(std::size_t column, std::string_view rule) {
    const std::string got = shown(text(column));
    fail_here(column + 1, names_[column], " must ", rule, ", got ", got);
  }

 private:
  static char checked_separator(const text_input& input, const csv_format& format) {
    const auto is_mark = [](char c) { return c == '"' || c == '\n' || c == '\r'; };
    require(!is_mark(format.escape), "csv_format", "escape must not be a quote or a line end");
    const char separator = format.separator == 0 ? find_separator(input, format.escape) : format.separator;
    require(!is_mark(separator), "csv_format", "separator must not be a quote or a line end");
    require(separator != format.escape, "csv_format", "escape must not be the separator");
    return separator;
  }

  std::string listed_names() const {
    constexpr std::size_t max_names = 50;
    std::string list;
    for (std::size_t i = 0; i < std::min(names_.size(), max_names); ++i)
      list += (i == 0 ? "" : ", ") + shown(names_[i]);
    return names_.size() > max_names ? list + ", ..." : list;
  }

  std::string name_;
  csv_scanner scanner_;
  std::vector<std::string> names_;
  std::int64_t header_line_ = 1;
  std::vector<csv_field> fields_;
};

AKIN_INLINE std::vector<std::vector<std::string>> read_named_columns(const text_input& input,
                                                                     std::span<const std::string_view> names,
                                                                     const csv_format& format) {
  csv_reader reader(input, format);
  std::vector<std::size_t> columns;
  for (const std::string_view name : names) columns.push_back(reader.column(name));
  std::vector<std::vector<std::string>> result(names.size());
  while (reader.next())
    for (std::size_t i = 0; i < names.size(); ++i) result[i].emplace_back(reader.text(columns[i]));
  return result;
}

}  // namespace detail

AKIN_INLINE std::vector<std::string> column_names(const std::filesystem::path& path, const csv_format& format) {
  return detail::csv_reader(detail::load_text(path), format).names();
}

}  // namespace akin::inline AKIN_ABI
#endif
