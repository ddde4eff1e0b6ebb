/// @file
/// Metrics of how unlike each other the items of a list are.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/metrics/judged_list.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The users of each item: sorted ids, and a bit a user as well where an item has more than one user in 32.
template <class Index>
class item_audiences {
 public:
  explicit item_audiences(const metrics::list_context<Index>& context)
      : starts_(static_cast<std::size_t>(context.items) + 1),
        users_(static_cast<std::size_t>(context.train.nonzeros())),
        words_(static_cast<std::size_t>(context.train.rows + 63) / 64),
        bitmaps_(static_cast<std::size_t>(context.items), none) {
    const auto& train = context.train;
    for (std::int64_t user = 0; user < train.rows; ++user)
      for (const Index item : train.row(user)) ++starts_[static_cast<std::size_t>(item) + 1];
    for (std::size_t item = 1; item < starts_.size(); ++item) starts_[item] += starts_[item - 1];
    std::vector<std::size_t> next(starts_.begin(), starts_.end() - 1);
    for (std::int64_t user = 0; user < train.rows; ++user)
      for (const Index item : train.row(user))
        users_[next[static_cast<std::size_t>(item)]++] = static_cast<Index>(user);
    for (std::size_t item = 0; item < bitmaps_.size(); ++item)
      if (of(item).size() > 2 * words_) add_bitmap(item);
  }

  [[nodiscard]] std::size_t size(std::size_t item) const noexcept { return starts_[item + 1] - starts_[item]; }

  /// Users who have both.
  [[nodiscard]] std::int64_t shared(std::size_t a, std::size_t b) const noexcept {
    if (size(a) > size(b)) std::swap(a, b);
    if (bitmaps_[a] != none) return shared_bits(bitmaps_[a], bitmaps_[b]);
    if (bitmaps_[b] != none) return found_in(of(a), bitmaps_[b]);
    return size(b) / 16 > size(a) ? bisected(of(a), of(b)) : merged(of(a), of(b));
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  [[nodiscard]] std::span<const Index> of(std::size_t item) const noexcept {
    return {users_.data() + starts_[item], size(item)};
  }
  void add_bitmap(std::size_t item) {
    bitmaps_[item] = bits_.size();
    bits_.resize(bits_.size() + words_);
    for (const Index user : of(item))
      bits_[bitmaps_[item] + static_cast<std::size_t>(user) / 64] |= std::uint64_t{1}
                                                                     << (static_cast<std::size_t>(user) % 64);
  }
  [[nodiscard]] std::int64_t shared_bits(std::size_t a, std::size_t b) const noexcept {
    std::int64_t count = 0;
    for (std::size_t word = 0; word < words_; ++word) count += std::popcount(bits_[a + word] & bits_[b + word]);
    return count;
  }
  [[nodiscard]] std::int64_t found_in(std::span<const Index> users, std::size_t bitmap) const noexcept {
    std::int64_t count = 0;
    for (const Index user : users) {
      const auto bit = static_cast<std::size_t>(user);
      count += static_cast<std::int64_t>((bits_[bitmap + bit / 64] >> (bit % 64)) & 1);
    }
    return count;
  }
  [[nodiscard]] static std::int64_t bisected(std::span<const Index> few, std::span<const Index> many) noexcept {
    std::int64_t count = 0;
    auto from = many.begin();
    for (const Index user : few) {
      from = std::lower_bound(from, many.end(), user);
      if (from == many.end()) break;
      count += *from == user ? 1 : 0;
    }
    return count;
  }
  [[nodiscard]] static std::int64_t merged(std::span<const Index> a, std::span<const Index> b) noexcept {
    std::int64_t count = 0;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
      const Index x = a[i], y = b[j];
      count += x == y ? 1 : 0;
      i += x <= y ? 1 : 0;
      j += y <= x ? 1 : 0;
    }
    return count;
  }

  std::vector<std::size_t> starts_;  // items + 1 positions into users_
  std::vector<Index> users_;
  std::size_t words_;                 // of a bitmap
  std::vector<std::size_t> bitmaps_;  // position in bits_ or none
  std::vector<std::uint64_t> bits_;
};

}  // namespace detail

namespace metrics {

/// Intra-list diversity of the first k items: the mean over their pairs of 1 - |Ui and Uj| / sqrt(|Ui| |Uj|), Ui the
/// users who have item i in train, that is, of 1 - cosine of the binary columns of train. From 0, the same people have
/// all of them, to 1, nobody has two of them. An item that nobody has is like no other (cosine 0); a list of fewer than
/// two items has no pairs and scores 0. B. Smyth, P. McClave, "Similarity vs. Diversity", ICCBR 2001 (mean
/// dissimilarity of all pairs), with co-consumption as the similarity. Memory: an id and at most 4 bytes more for each
/// nonzero of train, 16 bytes an item; O(nonzeros of train) to prepare; k (k - 1) / 2 intersections a list, each of at
/// most users / 16 steps or so.
struct diversity {
  int k = 10;

  template <class Index>
  class prepared {
   public:
    prepared(int k, const list_context<Index>& context) : k_(static_cast<std::size_t>(k)), audiences_(context) {}

    [[nodiscard]] double operator()(const judged_list<Index>& list) const noexcept {
      const auto shown = list.ranked.first(std::min(k_, list.ranked.size()));
      if (shown.size() < 2) return 0;
      double alike = 0;
      for (std::size_t i = 1; i < shown.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
          alike += cosine(static_cast<std::size_t>(shown[i]), static_cast<std::size_t>(shown[j]));
      const auto size = static_cast<double>(shown.size());
      return 1 - alike / (size * (size - 1) / 2);
    }

   private:
    [[nodiscard]] double cosine(std::size_t a, std::size_t b) const noexcept {
      const std::int64_t shared = audiences_.shared(a, b);
      if (shared == 0) return 0;
      return static_cast<double>(shared) /
             std::sqrt(static_cast<double>(audiences_.size(a)) * static_cast<double>(audiences_.size(b)));
    }

    std::size_t k_;
    detail::item_audiences<Index> audiences_;
  };

  template <class Index>
  [[nodiscard]] prepared<Index> prepare(const list_context<Index>& context) const {
    detail::require(k >= 1, name, "k must be positive", k);
    return {k, context};
  }
  static constexpr std::string_view name = "metrics::diversity";
};

}  // namespace metrics
}  // namespace akin::inline AKIN_ABI
