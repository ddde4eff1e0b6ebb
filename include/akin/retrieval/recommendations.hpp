/// @file
/// Ranked lists, one for each user (or item, or query vector).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <akin/config.hpp>
#include <akin/storage.hpp>

namespace akin::inline AKIN_ABI {

/// `size()` lists of at most `k()` items each, best first; equal scores in the order of their ids.
template <class Scalar, class Index = std::int32_t>
class recommendations {
 public:
  recommendations() = default;
  recommendations(std::int64_t lists, int k)
      : k_(k), counts_(lists), items_(detail::checked_product(lists, k)), scores_(items_.size()) {}

  /// Number of lists.
  std::size_t size() const noexcept { return static_cast<std::size_t>(counts_.size()); }
  /// The maximum length of a list: that of the query, or the number of items if that is less.
  int k() const noexcept { return k_; }

  /// The items of list number `list` < size().
  std::span<const Index> items(std::size_t list) const noexcept AKIN_LIFETIME_BOUND {
    return {items_.data() + start(list), count(list)};
  }
  /// Their scores.
  std::span<const Scalar> scores(std::size_t list) const noexcept AKIN_LIFETIME_BOUND {
    return {scores_.data() + start(list), count(list)};
  }

  // For functions that fill the lists.
  /// The first `count` of the ranked entries, which have an id and a score, become the list.
  template <class Entry>
  void assign(std::size_t list, const Entry* ranked, std::int64_t count) noexcept {
    Index* const to_items = mutable_items(list);
    Scalar* const to_scores = mutable_scores(list);
    for (std::int64_t i = 0; i < count; ++i) {
      to_items[i] = ranked[i].id;
      to_scores[i] = ranked[i].score;
    }
    set_count(list, count);
  }
  // Memory for k() elements each.
  Index* mutable_items(std::size_t list) noexcept { return items_.mutable_data() + start(list); }
  Scalar* mutable_scores(std::size_t list) noexcept { return scores_.mutable_data() + start(list); }
  void set_count(std::size_t list, std::int64_t count) noexcept {
    counts_.mutable_data()[list] = static_cast<std::int32_t>(count);
  }

 private:
  std::size_t start(std::size_t list) const noexcept { return list * static_cast<std::size_t>(k_); }
  std::size_t count(std::size_t list) const noexcept {
    return static_cast<std::size_t>(counts_[static_cast<std::int64_t>(list)]);
  }

  int k_ = 0;
  detail::storage<std::int32_t> counts_;
  detail::storage<Index> items_;
  detail::storage<Scalar> scores_;
};

}  // namespace akin::inline AKIN_ABI
