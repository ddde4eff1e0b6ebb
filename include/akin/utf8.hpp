/// @file
/// Characters from the bytes of UTF-8, and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI::detail {

/// One character of UTF-8 and its number of bytes; 0 if it is invalid.
struct decoded {
  std::uint32_t character = 0;
  std::size_t bytes = 0;
};

/// The character at `at`, which lies within the text. Overlong forms, surrogates and values beyond U+10FFFF are
/// invalid.
inline decoded decode_utf8(std::string_view text, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(text[at + i])}; };
  const std::uint32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  if (bytes == 0 || text.size() - at < bytes) return {};
  std::uint32_t character = first & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0u) != 0x80u) return {};
    character = character << 6 | (byte(i) & 0x3Fu);
  }
  if (bytes == 3 && (character < 0x800 || (character >= 0xD800 && character < 0xE000))) return {};
  if (bytes == 4 && (character < 0x10000 || character > 0x10FFFF)) return {};
  return {character, bytes};
}

/// Writes a character and returns the place behind it.
inline char* encode_utf8(std::uint32_t character, char* out) noexcept {
  const auto put = [&](std::uint32_t byte) { *out++ = static_cast<char>(byte); };
  if (character < 0x80) {
    put(character);
  } else if (character < 0x800) {
    put(0xC0u | character >> 6);
    put(0x80u | (character & 0x3Fu));
  } else if (character < 0x10000) {
    put(0xE0u | character >> 12);
    put(0x80u | (character >> 6 & 0x3Fu));
    put(0x80u | (character & 0x3Fu));
  } else {
    put(0xF0u | character >> 18);
    put(0x80u | (character >> 12 & 0x3Fu));
    put(0x80u | (character >> 6 & 0x3Fu));
    put(0x80u | (character & 0x3Fu));
  }
  return out;
}

}  // namespace akin::inline AKIN_ABI::detail
