/// @file
/// Reads ready-made lists of any type, and finds the ranks of their relevant items.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/numbers.hpp>
#include <akin/retrieval/recommendations.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Lists as rows of a dense matrix.
template <class Id>
struct dense_lists {
  const Id* ids;
  std::int64_t lists, width, stride;

  std::int64_t size() const noexcept { return lists; }
  slice<const Id> operator[](std::int64_t list) const noexcept { return {ids + list * stride, width}; }
};

/// Lists in one contiguous array.
template <class Id>
struct joined_lists {
  std::span<const std::int64_t> offsets;
  const Id* ids;

  std::int64_t size() const noexcept { return offsets.empty() ? 0 : std::ssize(offsets) - 1; }
  slice<const Id> operator[](std::int64_t list) const noexcept {
    const auto place = static_cast<std::size_t>(list);
    return {ids + offsets[place], offsets[place + 1] - offsets[place]};
  }
};

/// Lists that the library made.
template <class Scalar, class Index>
struct recommended_lists {
  const recommendations<Scalar, Index>& lists;

  std::int64_t size() const noexcept { return std::ssize(lists); }
  slice<const Index> operator[](std::int64_t list) const noexcept {
    const std::span<const Index> items = lists.items(static_cast<std::size_t>(list));
    return {items.data(), std::ssize(items)};
  }
};

/// Finds the hits of lists. One byte an item tells whether it is relevant to the current user, and whether it was in
/// the list already, so that the cost of a list is its length plus the number of relevant items.
template <class Index>
class list_reader {
 public:
  explicit list_reader(std::int64_t items) : marks_(items) {}

  /// Reads the first k ranks of the list of a user; `relevant` ascends. Throws std::invalid_argument if an id is
  /// invalid or repeated. An id of -1 ends a list.
  template <class Id>
  void read(slice<const Id> list, int k, std::span<const Index> relevant, std::int64_t user) {
    const std::int64_t longest = std::min<std::int64_t>(k, list.size);
    if (ranked_.size() < longest) ranked_.resize(longest), hits_.resize(longest);
    for (const Index item : relevant) mark(item) = is_relevant;
    // Local copies, since for the compiler a write to a byte could change any member.
    std::uint8_t* const marks = marks_.data();
    Index* const ranked_items = ranked_.data();
    std::int32_t* const hit_ranks = hits_.data();
    const std::int64_t items = marks_.size();
    std::int64_t rank = 0, hit = 0;
    for (; rank < longest; ++rank) {
      const Id id = list.data[rank];
      if (!is_item(id, items)) break;
      const std::uint8_t before = marks[id];
      if (before & is_listed) break;
      marks[id] = static_cast<std::uint8_t>(before | is_listed);
      ranked_items[rank] = static_cast<Index>(id);
      hit_ranks[hit] = static_cast<std::int32_t>(rank);
      hit += before & is_relevant;
    }
    length_ = rank, hit_count_ = hit;
    for (const Index item : relevant) mark(item) = 0;
    for (const Index item : ranked()) mark(item) = 0;
    if (length_ < longest) check_end(list, longest, user);
  }

  [[nodiscard]] std::span<const Index> ranked() const noexcept {
    return {ranked_.data(), static_cast<std::size_t>(length_)};
  }
  [[nodiscard]] std::span<const std::int32_t> hits() const noexcept {
    return {hits_.data(), static_cast<std::size_t>(hit_count_)};
  }

 private:
  static constexpr std::uint8_t is_relevant = 1, is_listed = 2;

  std::uint8_t& mark(Index item) noexcept { return marks_[item]; }

  template <class Id>
  static bool is_item(Id id, std::int64_t items) noexcept {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(id)) < static_cast<std::uint64_t>(items);
  }

  /// Throws the reason why reading stopped early, unless the list ended.
  template <class Id>
  void check_end(slice<const Id> list, std::int64_t longest, std::int64_t user) const {
    const Id last = list[length_];
    if (is_item(last, marks_.size()))
      fail<std::invalid_argument>("evaluate_lists: a list must hold an item once, got ", last, " twice for user ",
                                  user);
    const auto is_padding = [](Id id) { return id == static_cast<Id>(-1); };
    if (!std::is_signed_v<Id> || !is_padding(last))
      fail<std::invalid_argument>("evaluate_lists: items of a list must be ids below ", marks_.size(), ", got ", last,
                                  " for user ", user);
    const Id* const other = std::find_if_not(list.begin() + length_, list.begin() + longest, is_padding);
    if (other != list.begin() + longest)
      fail<std::invalid_argument>("evaluate_lists: nothing must follow the -1 that ends a list, got ", *other,
                                  " for user ", user);
  }

  numbers<std::uint8_t> marks_;
  numbers<Index> ranked_;
  numbers<std::int32_t> hits_;
  std::int64_t length_ = 0, hit_count_ = 0;
};

}  // namespace akin::inline AKIN_ABI::detail
