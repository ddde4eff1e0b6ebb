/// @file
/// Lines and fields of comma-separated text, RFC 4180.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/data/detail/text_input.hpp>
#include <akin/error.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The first byte from `begin` that is `separator` or a control character below 14 (NUL, tab, line feed, carriage
/// return …), or `end`. Eight bytes at a time, reading none outside.
inline const char* find_delimiter(const char* begin, const char* end, char separator) noexcept {
  const auto is_delimiter = [&](char c) { return c == separator || static_cast<unsigned char>(c) < 14; };
  if constexpr (std::endian::native == std::endian::little) {
    constexpr std::uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    const std::uint64_t separators = ones * static_cast<unsigned char>(separator);
    for (; end - begin >= 8; begin += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, begin, 8);
      const std::uint64_t difference = word ^ separators;
      // The high bit of the lowest byte that borrows marks the first byte below 14, or equal to the separator; bytes
      // above it may be marked by its borrow, and are not looked at.
      const std::uint64_t found = (((word - ones * 14) & ~word) | ((difference - ones) & ~difference)) & highs;
      if (found != 0) return begin + std::countr_zero(found) / 8;
    }
  }
  while (begin != end && !is_delimiter(*begin)) ++begin;
  return begin;
}

/// The text between two separators, without the quotes around it.
struct csv_field {
  std::string_view raw;
  bool doubled = false;  ///< it was quoted and holds quotes, which are doubled in `raw`
  bool escaped = false;  ///< it holds escape characters
};

/// Reads records one after the other. Quotes open a field only at its beginning; elsewhere they are text. Lines without
/// a single byte are skipped. The byte after an escape character (0: none) is text. Throws format_error for a quote
/// that is never closed, text after a closing quote, NUL bytes, an escape character at the very end, and carriage
/// returns without a line feed outside of quotes.
class csv_scanner {
 public:
  csv_scanner(const text_input& input, char separator, char escape = 0)
      : name_(input.name), separator_(separator), escape_(escape) {
    const std::string_view text = plain_text(input);
    next_ = text.data();
    end_ = text.data() + text.size();
  }

  /// Leaves the first line out; there must be one.
  void skip_first_line() noexcept {
    next_ = std::find(next_, end_, '\n');
    if (next_ != end_) skip_line_end();
  }

  /// Replaces `fields` by those of the next record; throws if there are more than `maximum`. False at the end.
  bool next(std::vector<csv_field>& fields, std::size_t maximum) {
    fields.clear();
    while (at_line_end()) skip_line_end();
    if (next_ == end_) return false;
    record_line_ = line_;
    for (;;) {
      if (fields.size() == maximum) fail_here(maximum + 1, "a line must have ", maximum, " fields, this one has more");
      column_ = fields.size() + 1;
      fields.push_back(next_ != end_ && *next_ == '"' ? quoted() : unquoted());
      if (next_ == end_) return true;
      if (*next_ != separator_) break;
      ++next_;
    }
    skip_line_end();
    return true;
  }

  /// The text of a field, valid until the next call.
  std::string_view text_of(const csv_field& field) {
    return field.doubled || field.escaped ? unescaped(field) : field.raw;
  }

  /// The line where the record began, from 1.
  std::int64_t line() const noexcept { return record_line_; }
  std::size_t bytes_left() const noexcept { return static_cast<std::size_t>(end_ - next_); }

  /// Throws format_error at a field (from 1) of the record that next() gave.
  template <class... Parts>
  [[noreturn]] void fail_here(std::size_t column, const Parts&... parts) const {
    fail_at(name_, record_line_, static_cast<std::int64_t>(column), parts...);
  }

 private:
  bool at_line_end() const noexcept {
    return next_ != end_ && (*next_ == '\n' || (*next_ == '\r' && end_ - next_ > 1 && next_[1] == '\n'));
  }

  void skip_line_end() noexcept {
    next_ += *next_ == '\r' ? 2 : 1;
    ++line_;
  }

  template <class... Parts>
  [[noreturn]] void fail_inside(const Parts&... parts) const {
    fail_at(name_, line_, static_cast<std::int64_t>(column_), parts...);
  }

  csv_field unquoted() {
    if (escape_ != 0) return unquoted_with_escapes();
    const char* const begin = next_;
    for (next_ = find_delimiter(next_, end_, separator_); next_ != end_;
         next_ = find_delimiter(next_ + 1, end_, separator_)) {
      if (*next_ == separator_ || at_line_end()) break;
      refuse_control();
    }
    return {std::string_view(begin, static_cast<std::size_t>(next_ - begin))};
  }

  AKIN_NOINLINE csv_field unquoted_with_escapes() {
    const char* const begin = next_;
    csv_field field;
    for (; next_ != end_ && *next_ != separator_ && !at_line_end(); ++next_) {
      refuse_control();
      if (*next_ == escape_) skip_escape(field);
    }
    field.raw = std::string_view(begin, static_cast<std::size_t>(next_ - begin));
    if (field.escaped) count_lines(field);
    return field;
  }

  void refuse_control() const {
    if (*next_ == '\0') fail_inside("the text must not hold NUL bytes");
    if (*next_ == '\r') fail_inside("a carriage return must be followed by a line feed");
  }

  AKIN_NOINLINE std::string_view unescaped(const csv_field& field) {
    unescaped_.clear();
    for (std::size_t i = 0; i < field.raw.size(); ++i) {
      const bool is_mark = (field.escaped && field.raw[i] == escape_) || (field.doubled && field.raw[i] == '"');
      unescaped_ += field.raw[is_mark ? ++i : i];
    }
    return unescaped_;
  }

  /// From an escape character to the one that it stands before.
  void skip_escape(csv_field& field) {
    field.escaped = true;
    if (++next_ == end_) fail_inside("a character must follow the escape character");
    if (*next_ == '\r' && end_ - next_ > 1 && next_[1] == '\n') ++next_;
  }

  /// The next quote that is not escaped, or null.
  const char* find_quote(csv_field& field) {
    if (escape_ == 0) return static_cast<const char*>(std::memchr(next_, '"', static_cast<std::size_t>(end_ - next_)));
    for (; next_ != end_; ++next_) {
      if (*next_ == '"') return next_;
      if (*next_ == escape_) skip_escape(field);
    }
    return nullptr;
  }

  AKIN_NOINLINE csv_field quoted() {
    const char* const begin = ++next_;
    csv_field field;
    for (;;) {
      const char* const quote = find_quote(field);
      if (quote == nullptr) fail_inside("the quote that opens here must be closed");
      next_ = quote + 1;
      if (next_ == end_ || *next_ != '"') break;
      field.doubled = true;
      ++next_;
    }
    field.raw = std::string_view(begin, static_cast<std::size_t>(next_ - 1 - begin));
    count_lines(field);
    if (next_ != end_ && *next_ != separator_ && !at_line_end())
      fail_inside("a closing quote must end the field; quotes inside are doubled",
                  escape_ == 0 ? ", or escaped where escape is set" : " or escaped");
    return field;
  }

  /// Counts the line ends inside of a field.
  void count_lines(const csv_field& field) {
    line_ += std::count(field.raw.begin(), field.raw.end(), '\n');
    if (field.raw.find('\0') != std::string_view::npos) fail_inside("the text must not hold NUL bytes");
  }

  std::string name_;
  const char* next_ = nullptr;
  const char* end_ = nullptr;
  char separator_ = ',';
  char escape_ = 0;
  std::size_t column_ = 0;
  std::int64_t line_ = 1;
  std::int64_t record_line_ = 1;
  std::string unescaped_;
};

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
