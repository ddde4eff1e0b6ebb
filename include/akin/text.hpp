/// @file
/// Numbers and names as text: for parameters, tables, CSV, JSON and Markdown; independent of the locale.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <akin/config.hpp>
#include <akin/finite.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The fewest digits that read back as the same number, for a float as the same float; "nan", "inf" or "-inf".
std::string shortest_number(double x);
std::string shortest_number(float x);

/// "nan", "inf" or "-inf".
std::string name_of_special(double x);

/// At most `digits` significant digits, as %g.
std::string general_number(double x, int digits);

/// `digits` (up to 15) decimals, except for numbers that would become 0 or too long to read.
std::string fixed_number(double x, int digits);

/// Seconds to about three digits.
std::string seconds_text(double seconds);

/// A name as one line of valid UTF-8: control characters become spaces.
std::string one_line(std::string_view text);

/// The number of terminal columns of a character: 2 if its East Asian Width is wide or full width and for emoji, 0 for
/// combining characters (in the ranges that names may contain, not all of Unicode).
int character_width(std::uint32_t c) noexcept;

std::size_t display_width(std::string_view text);

/// The text, or its beginning and an ellipsis, in at most `width` columns (at least 1).
std::string shortened(std::string_view text, std::size_t width);

/// A field of CSV (RFC 4180): quoted if necessary.
std::string csv_text(std::string_view text);

/// A string of JSON (RFC 8259) with its quotation marks.
std::string json_string(std::string_view text);

/// A number of JSON; null if it is not finite.
std::string json_number(double x);

/// Text for a cell of a table in Markdown (GitHub's dialect), shown as it is.
std::string markdown_text(std::string_view text);

}  // namespace akin::inline AKIN_ABI::detail

#if AKIN_BODIES(data)
#include <array>
#include <bit>
#include <charconv>

#include <akin/error.hpp>
#include <akin/utf8.hpp>

namespace akin::inline AKIN_ABI::detail {

AKIN_INLINE std::string name_of_special(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  if ((bits & 0x000FFFFFFFFFFFFFu) != 0) return "nan";
  return bits >> 63 != 0 ? "-inf" : "inf";
}

template <class Real>
std::string shortest_digits(Real x) {
  if (!is_finite(x)) return name_of_special(static_cast<double>(x));
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), x).ptr};
}

AKIN_INLINE std::string shortest_number(double x) { return shortest_digits(x); }
AKIN_INLINE std::string shortest_number(float x) { return shortest_digits(x); }

AKIN_INLINE std::string general_number(double x, int digits) {
  if (!is_finite(x)) return name_of_special(x);
  std::array<char, 48> text;
  return {text.data(),
          std::to_chars(text.data(), text.data() + text.size(), x + 0.0, std::chars_format::general, digits).ptr};
}

AKIN_INLINE std::string fixed_number(double x, int digits) {
  if (!is_finite(x)) return name_of_special(x);
  const double magnitude = x < 0 ? -x : x;
  double half = 0.5;
  for (int i = 0; i < digits; ++i) half /= 10;
  if (magnitude >= 1e9 || (magnitude > 0 && magnitude < half)) return general_number(x, digits < 1 ? 1 : digits);
  std::array<char, 48> text;
  return {text.data(),
          std::to_chars(text.data(), text.data() + text.size(), x + 0.0, std::chars_format::fixed, digits).ptr};
}

AKIN_INLINE std::string seconds_text(double seconds) {
  return fixed_number(seconds, seconds < 1 ? 3 : seconds < 10 ? 2 : seconds < 1000 ? 1 : 0);
}

/// Calls body(character, bytes) for each character of a text; for a byte that is no UTF-8, with U+FFFD and its bytes.
template <class Body>
void for_each_character(std::string_view text, const Body& body) {
  for (std::size_t at = 0; at < text.size();) {
    const decoded next = decode_utf8(text, at);
    if (next.bytes == 0) {
      body(std::uint32_t{0xFFFD}, std::string_view("\xEF\xBF\xBD"));
      ++at;
    } else {
      body(next.character, text.substr(at, next.bytes));
      at += next.bytes;
    }
  }
}

AKIN_INLINE std::string one_line(std::string_view text) {
  std::string line;
  for_each_character(text, [&](std::uint32_t character, std::string_view bytes) {
    const bool control =
        character < 0x20 || (character >= 0x7F && character < 0xA0) || character == 0x2028 || character == 0x2029;
    line += control ? std::string_view(" ") : bytes;
  });
  return line;
}

AKIN_INLINE int character_width(std::uint32_t c) noexcept {
  struct range {
    std::uint32_t first, last;
  };
  constexpr std::array nothing = {range{0x300, 0x36F},   range{0x483, 0x489},   range{0x591, 0x5BD},
                                  range{0x200B, 0x200F}, range{0x20D0, 0x20FF}, range{0xFE00, 0xFE0F}};
  constexpr std::array wide = {range{0x1100, 0x115F},   range{0x2E80, 0x303E},   range{0x3041, 0x33FF},
                               range{0x3400, 0x4DBF},   range{0x4E00, 0x9FFF},   range{0xA000, 0xA4CF},
                               range{0xAC00, 0xD7A3},   range{0xF900, 0xFAFF},   range{0xFE30, 0xFE6F},
                               range{0xFF00, 0xFF60},   range{0xFFE0, 0xFFE6},   range{0x1F300, 0x1F64F},
                               range{0x1F680, 0x1F6FF}, range{0x1F900, 0x1F9FF}, range{0x20000, 0x3FFFD}};
  for (const range& r : nothing)
    if (c >= r.first && c <= r.last) return 0;
  for (const range& r : wide)
    if (c >= r.first && c <= r.last) return 2;
  return 1;
}

AKIN_INLINE std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for_each_character(text,
                     [&](std::uint32_t c, std::string_view) { width += static_cast<std::size_t>(character_width(c)); });
  return width;
}

AKIN_INLINE std::string shortened(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  std::string start;
  std::size_t used = 1;
  bool full = false;
  for_each_character(text, [&](std::uint32_t c, std::string_view bytes) {
    used += static_cast<std::size_t>(character_width(c));
    full = full || used > width;
    if (!full) start += bytes;
  });
  return start + "\xE2\x80\xA6";
}

AKIN_INLINE std::string csv_text(std::string_view text) {
  const bool plain = text.find_first_of("\",\r\n") == std::string_view::npos &&
                     (text.empty() || (text.front() != ' ' && text.back() != ' '));
  if (plain) return std::string(text);
  std::string field = "\"";
  for (const char c : text) field += c == '"' ? std::string("\"\"") : std::string(1, c);
  return field + "\"";
}

AKIN_INLINE std::string json_string(std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string json = "\"";
  for_each_character(text, [&](std::uint32_t character, std::string_view bytes) {
    switch (character) {
      case '"':
        json += "\\\"";
        break;
      case '\\':
        json += "\\\\";
        break;
      case '\n':
        json += "\\n";
        break;
      case '\r':
        json += "\\r";
        break;
      case '\t':
        json += "\\t";
        break;
      default:
        if (character >= 0x20) {
          json += bytes;
        } else {
          json += "\\u00";
          json += hex[character >> 4];
          json += hex[character & 15];
        }
    }
  });
  return json + "\"";
}

AKIN_INLINE std::string json_number(double x) { return is_finite(x) ? shortest_number(x) : "null"; }

AKIN_INLINE std::string markdown_text(std::string_view text) {
  constexpr std::string_view special = "\\`*[]<>|&~";
  const std::string line = one_line(text);
  const auto in_word = [&](std::size_t i) {
    const auto c = static_cast<unsigned char>(line[i]);
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  };
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    // Between letters an underscore is no emphasis.
    const bool edge = line[i] == '_' && (i == 0 || i + 1 == line.size() || !in_word(i - 1) || !in_word(i + 1));
    if (edge || special.find(line[i]) != std::string_view::npos) out += '\\';
    out += line[i];
  }
  return out;
}

}  // namespace akin::inline AKIN_ABI::detail
#endif
