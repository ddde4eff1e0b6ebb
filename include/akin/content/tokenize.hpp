/// @file
/// The words of a text.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/content/detail/token_scanner.hpp>
#include <akin/error.hpp>

namespace akin::inline AKIN_ABI {

/// The tokens of a text, in its order, as a range of std::string_view that lives as long as this object.
class tokens {
 public:
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = std::string_view;

    iterator() = default;
    iterator(const tokens* owner, std::size_t position) noexcept : owner_(owner), position_(position) {}
    std::string_view operator*() const noexcept { return (*owner_)[position_]; }
    iterator& operator++() noexcept {
      ++position_;
      return *this;
    }
    iterator operator++(int) noexcept {
      const iterator before = *this;
      ++position_;
      return before;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.position_ == b.position_; }

   private:
    const tokens* owner_ = nullptr;
    std::size_t position_ = 0;
  };
  using const_iterator = iterator;
  using value_type = std::string_view;

  tokens() = default;

  std::size_t size() const noexcept { return places_.size(); }
  bool empty() const noexcept { return places_.empty(); }
  /// Token i < size().
  std::string_view operator[](std::size_t i) const noexcept {
    return {folded_.data() + places_[i].first, places_[i].second - places_[i].first};
  }
  iterator begin() const noexcept { return {this, 0}; }
  iterator end() const noexcept { return {this, size()}; }

 private:
  friend tokens tokenize(std::string_view text);

  std::string folded_;
  std::vector<std::pair<std::size_t, std::size_t>> places_;  // in folded_; pairs of Han characters overlap
};

/// Calls sink(std::string_view) for each token of the text, in its order; the argument of the sink is valid until it
/// returns. `buffer` is scratch: reusing it avoids allocations. Errors and tokens as tokenize.
template <class Sink>
void for_each_token(std::string_view text, std::string& buffer, Sink&& sink) {
  std::size_t used = 0;
  const std::size_t bad = detail::scan_tokens(text, buffer, used, [&](std::size_t begin, std::size_t end) {
    sink(std::string_view(buffer.data() + begin, end - begin));
  });
  if (bad < text.size())
    detail::fail<format_error>("tokenize: text must be UTF-8, got byte ", detail::byte_name(text, bad), " at offset ",
                               bad);
}

/// The words of a text in UTF-8: runs of letters, digits and the marks that follow them (categories L, N, M), brought
/// to one case by simple case folding (Unicode's CaseFolding, statuses C and S; the version is in the tables' header).
/// In scripts without spaces:
///
/// - a run of Han characters gives its overlapping pairs ("苹果手机": 苹果 果手 手机), a single one itself;
/// - a run of hiragana likewise, since it holds several short words and endings; a run of katakana is one word, since
///   it mostly is one loanword; runs end where the script changes;
/// - hangul is written with spaces, and its words are taken as they are.
///
/// Format characters (category Cf: soft hyphen, zero-width joiner and non-joiner, marks of direction) are no
/// boundaries, as in Unicode's UAX 29, rule WB4, and are left out, as in its NFKC_Casefold, so that a word is the same
/// token with and without them. The zero-width space is a boundary.
///
/// Nothing else is normalised: a letter with an accent is another token than a letter followed by a combining accent.
/// Throws format_error for bytes that are not UTF-8 (also overlong forms, surrogates and values beyond U+10FFFF), with
/// the offset. O(bytes), with two growing allocations.
tokens tokenize(std::string_view text);

#if AKIN_BODIES(content)

AKIN_INLINE tokens tokenize(std::string_view text) {
  tokens result;
  std::size_t used = 0;
  const std::size_t bad = detail::scan_tokens(
      text, result.folded_, used, [&](std::size_t begin, std::size_t end) { result.places_.emplace_back(begin, end); });
  if (bad < text.size())
    detail::fail<format_error>("tokenize: text must be UTF-8, got byte ", detail::byte_name(text, bad), " at offset ",
                               bad);
  result.folded_.resize(used);
  return result;
}

#endif

}  // namespace akin::inline AKIN_ABI
