/// @file
/// The tokens of a text from its bytes: case folding, boundaries.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include <akin/config.hpp>
#include <akin/content/detail/unicode_tables.hpp>
#include <akin/error.hpp>
#include <akin/numbers.hpp>
#include <akin/utf8.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Of a character beyond ASCII.
character_class class_of(std::uint32_t character) noexcept;

/// The simple case folding of a character beyond ASCII.
std::uint32_t fold_case(std::uint32_t character) noexcept;

/// The folded letter or digit of ASCII, 0 for what separates words.
inline constexpr auto ascii_letters = [] {
  std::array<char, 128> table{};
  for (char c = '0'; c <= '9'; ++c) at(table, c) = c;
  for (char c = 'a'; c <= 'z'; ++c) {
    at(table, c) = c;
    at(table, c - 'a' + 'A') = c;
  }
  return table;
}();

/// Finds the tokens of a text in one pass. Folded runs are appended to the buffer, and a token is its part [begin,
/// end), so that overlapping pairs of characters share bytes.
template <class Sink>
class token_scanner {
 public:
  /// `folded` has twice the size of the text: folding turns two bytes into three at most.
  token_scanner(std::string_view text, char* folded, Sink& sink) noexcept
      : text_(text), folded_(folded), out_(folded), sink_(sink) {}

  static constexpr std::size_t whole = static_cast<std::size_t>(-1);

  /// The offset of the first byte that is not UTF-8, or `whole`.
  std::size_t run() {
    for (std::size_t at = 0; at < text_.size();) {
      const auto byte = static_cast<unsigned char>(text_[at]);
      if (byte < 0x80) {
        at = ascii(at);
        continue;
      }
      const decoded next = decode_utf8(text_, at);
      if (next.bytes == 0) return at;
      take(next.character);
      at += next.bytes;
    }
    end_run();
    return whole;
  }

  /// The end of the folded text.
  const char* end() const noexcept { return out_; }

 private:
  /// Reads ASCII from `at` to the end of a word; returns the place after it.
  std::size_t ascii(std::size_t at) {
    const char* in = text_.data() + at;
    const char* const last = text_.data() + text_.size();
    char letter = ascii_letters[static_cast<unsigned char>(*in)];
    if (letter == 0) {
      end_run();
      return at + 1;
    }
    begin_run(character_class::word);
    do {
      *out_++ = letter;
      ++in;
    } while (in != last && static_cast<unsigned char>(*in) < 0x80 &&
             (letter = ascii_letters[static_cast<unsigned char>(*in)]) != 0);
    return static_cast<std::size_t>(in - text_.data());
  }

  void take(std::uint32_t character) {
    character_class kind = class_of(character);
    if (kind == character_class::other) return end_run();
    if (kind == character_class::format) return;  // neither a boundary nor a part of the word
    if (kind == character_class::mark) {          // belongs to the character before it, if there is one
      if (run_ != character_class::other) out_ = encode_utf8(character, out_);
      return;
    }
    if (kind == character_class::prolonged)
      kind = run_ == character_class::hiragana ? character_class::hiragana : character_class::katakana;
    begin_run(kind);
    out_ = encode_utf8(kind == character_class::word ? fold_case(character) : character, out_);
  }

  /// Continues the run, or ends it and begins another if the script changes.
  void begin_run(character_class kind) {
    if (run_ != kind) {
      end_run();
      run_ = kind;
      first_ = second_ = out_;
    } else if (kind == character_class::han || kind == character_class::hiragana) {
      if (second_ != first_) {
        emit();
        first_ = second_;
      }
      second_ = out_;
    }
  }

  void end_run() {
    if (run_ != character_class::other) emit();
    run_ = character_class::other;
  }

  void emit() { sink_(static_cast<std::size_t>(first_ - folded_), static_cast<std::size_t>(out_ - folded_)); }

  std::string_view text_;
  char* folded_;
  char* out_;
  Sink& sink_;
  character_class run_ = character_class::other;
  // Of a run of pairs, where its last two characters begin; of a word, both are its begin.
  char* first_ = nullptr;
  char* second_ = nullptr;
};

/// Calls sink(begin, end) for each token, positions in `folded`, which grows if needed and then holds the folded text
/// in its first `used` bytes. Returns the offset of the first byte that is not UTF-8, or token_scanner's `whole`.
template <class Sink>
std::size_t scan_tokens(std::string_view text, std::string& folded, std::size_t& used, Sink&& sink) {
  if (folded.size() < 2 * text.size()) folded.resize(2 * text.size());
  token_scanner<Sink> scanner(text, folded.data(), sink);
  const std::size_t bad = scanner.run();
  used = static_cast<std::size_t>(scanner.end() - folded.data());
  return bad;
}

/// "0xFF" of the byte at that offset.
std::string byte_name(std::string_view text, std::size_t at);

#if AKIN_BODIES(content)

AKIN_INLINE character_class class_of(std::uint32_t character) noexcept {
  if (character >= 0x4E00 && character <= 0x9FFF) return character_class::han;
  const auto* const after = std::upper_bound(std::begin(class_starts), std::end(class_starts), character * 8 + 7);
  return after == std::begin(class_starts) ? character_class::other : static_cast<character_class>(after[-1] & 7u);
}

AKIN_INLINE std::uint32_t fold_case(std::uint32_t character) noexcept {
  const auto* const range = std::lower_bound(std::begin(fold_ranges), std::end(fold_ranges), character,
                                             [](const fold_range& r, std::uint32_t c) { return r.last < c; });
  if (range == std::end(fold_ranges) || character < range->first) return character;
  if ((character - range->first) % static_cast<std::uint32_t>(range->stride) != 0) return character;
  return static_cast<std::uint32_t>(static_cast<std::int32_t>(character) + range->distance);
}

AKIN_INLINE std::string byte_name(std::string_view text, std::size_t at) {
  constexpr const char* digits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(text[at]);
  return {'0', 'x', digits[byte >> 4], digits[byte & 15]};
}

#endif

}  // namespace akin::inline AKIN_ABI::detail
