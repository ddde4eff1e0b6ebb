/// @file
/// A set of items, one bit each: those in stock, or those to hide.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI {

/// Refers to an item_mask, or to bits of the caller: item i is bit i % 64 of words[i / 64]. A view of no words stands
/// for "no mask".
struct item_mask_view {
  const std::uint64_t* words = nullptr;
  std::int64_t items = 0;

  bool is_set() const noexcept { return words != nullptr; }
  /// `item` must be in range.
  bool contains(std::int64_t item) const noexcept { return words[item / 64] >> (item % 64) & 1; }
};

/// Items of a catalogue of `items()`. Takes a bit an item; contains, insert and erase take O(1).
class item_mask {
 public:
  /// The empty set of a catalogue of `items`.
  explicit item_mask(std::int64_t items) : items_(items) {
    detail::require(items >= 0, "item_mask", "items must not be negative", items);
    words_.resize(static_cast<std::size_t>(items / 64 + 1));  // at least one word, so that its view is set
  }
  /// The items that are named, in any order: a vector, array or span of integers. Throws std::invalid_argument for an
  /// id out of range.
  template <class Ids>
  requires std::integral<typename decltype(std::span(std::declval<const Ids&>()))::value_type> item_mask(
      std::int64_t items, const Ids& ids)
      : item_mask(items) {
    for (const auto id : ids) insert(id);
  }
  /// The items for which is_member(id) holds.
  template <std::predicate<std::int64_t> Predicate>
  item_mask(std::int64_t items, const Predicate& is_member) : item_mask(items) {
    for (std::int64_t item = 0; item < items; ++item)
      if (is_member(item)) insert(item);
  }

  std::int64_t items() const noexcept { return items_; }
  /// The number of items in it. O(items / 64).
  std::int64_t size() const noexcept;
  /// False out of range.
  bool contains(std::int64_t item) const noexcept {
    return item >= 0 && item < items_ && item_mask_view(*this).contains(item);
  }
  /// Throws std::invalid_argument out of range, as erase does.
  void insert(std::int64_t item) {
    detail::require_id(item, items_, "item_mask", "item");
    word_of(item) |= std::uint64_t{1} << (item % 64);
  }
  void erase(std::int64_t item) {
    detail::require_id(item, items_, "item_mask", "item");
    word_of(item) &= ~(std::uint64_t{1} << (item % 64));
  }

  operator item_mask_view() const noexcept { return {words_.data(), items_}; }

 private:
  std::uint64_t& word_of(std::int64_t item) noexcept { return words_[static_cast<std::size_t>(item / 64)]; }

  std::int64_t items_;
  std::vector<std::uint64_t> words_;
};

#if AKIN_BODIES(retrieval)

AKIN_INLINE std::int64_t item_mask::size() const noexcept {
  std::int64_t count = 0;
  for (const std::uint64_t word : words_) count += std::popcount(word);
  return count;
}

#endif

}  // namespace akin::inline AKIN_ABI
