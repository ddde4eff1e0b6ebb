/// @file
/// Metrics of the diversity of a list, by users in common.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/kernels/shared_bits.hpp>
#include <akin/metrics/judged_list.hpp>
#include <akin/numbers.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The users of each item: sorted ids, and a bitmap of users if an item has more than one user in 32.
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
      for (const Index item : train.row(user)) users_[at(next, item)++] = static_cast<Index>(user);
    for (std::size_t item = 0; item < bitmaps_.size(); ++item)
      if (of(item).size() > 2 * words_) add_bitmap(item);
  }

  [[nodiscard]] std::size_t size(std::size_t item) const noexcept { return starts_[item + 1] - starts_[item]; }

  /// The sum over all pairs of |Ui and Uj| / sqrt(|Ui| |Uj|). Pairs with an item that has a bitmap are counted one by
  /// one; pairs of items without bitmaps are counted together, in one pass over their users.
  [[nodiscard]] double sum_of_cosines(std::span<const Index> items) const {
    double sum = 0;
    std::vector<audience> few;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto a = static_cast<std::size_t>(items[i]);
      if (size(a) > 0 && bitmaps_[a] == none) few.push_back({of(a), 1 / std::sqrt(static_cast<double>(size(a)))});
      for (std::size_t j = 0; j < i; ++j) {
        const auto b = static_cast<std::size_t>(items[j]);
        if (bitmaps_[a] != none || bitmaps_[b] != none) sum += cosine(a, b);
      }
    }
    return sum + sum_of_few(few);
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  static constexpr std::int64_t range = 2048, nobody = std::numeric_limits<std::int64_t>::max();

  /// The remaining users of an item, and 1 / sqrt(the number of all its users).
  struct audience {
    std::span<const Index> rest;
    double weight;
  };

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
  [[nodiscard]] std::int64_t found_in(std::span<const Index> users, std::size_t bitmap) const noexcept {
    std::int64_t count = 0;
    for (const Index user : users) {
      const auto bit = static_cast<std::size_t>(user);
      count += static_cast<std::int64_t>((bits_[bitmap + bit / 64] >> (bit % 64)) & 1);
    }
    return count;
  }
  [[nodiscard]] double cosine(std::size_t a, std::size_t b) const noexcept {
    if (size(a) > size(b)) std::swap(a, b);
    const std::int64_t shared = bitmaps_[a] != none ? kernels::shared_bits(&bits_[bitmaps_[a]], &bits_[bitmaps_[b]],
                                                                           static_cast<std::int64_t>(words_))
                                                    : found_in(of(a), bitmaps_[b]);
    if (shared == 0) return 0;
    return static_cast<double>(shared) / std::sqrt(static_cast<double>(size(a)) * static_cast<double>(size(b)));
  }

  /// Users are processed in ranges whose table of one number a user fits the first-level cache: a user's number, to
  /// which earlier items have added, is the item's overlap with them.
  [[nodiscard]] static double sum_of_few(std::span<audience> items) noexcept {
    std::array<double, range> table{};
    double sum = 0;
    for (std::int64_t start = first_user(items); start != nobody; start = first_user(items)) {
      for (const audience& item : items) {
        double shared = 0;
        for (const Index user : item.rest) {
          if (user - start >= range) break;
          double& number = at(table, user - start);
          shared += number;
          number += item.weight;
        }
        sum += shared * item.weight;
      }
      for (audience& item : items)
        while (!item.rest.empty() && item.rest.front() - start < range) {
          at(table, item.rest.front() - start) = 0;
          item.rest = item.rest.subspan(1);
        }
    }
    return sum;
  }

  [[nodiscard]] static std::int64_t first_user(std::span<const audience> items) noexcept {
    std::int64_t first = nobody;
    for (const audience& item : items)
      if (!item.rest.empty()) first = std::min(first, static_cast<std::int64_t>(item.rest.front()));
    return first;
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
/// users who have item i in train, that is, of 1 - cosine of the binary columns of train. From 0 if the same users have
/// all of them to 1 if no user has two of them. An item without users has cosine 0 with every other; a list of fewer
/// than two items has no pairs and scores 0. B. Smyth, P. McClave, "Similarity vs. Diversity", ICCBR 2001 (mean
/// dissimilarity of all pairs), with co-consumption as the similarity. Memory: an id and at most 4 bytes more for each
/// nonzero of train, 16 bytes an item; O(nonzeros of train) to prepare; for a list a pass over the users of its items
/// that less than a 32nd of the users have, for each item that more have, and users / 64 steps for each pair of these.
struct diversity {
  int k = 10;

  template <class Index>
  class prepared {
   public:
    prepared(int k, const list_context<Index>& context) : k_(static_cast<std::size_t>(k)), audiences_(context) {}

    [[nodiscard]] double operator()(const judged_list<Index>& list) const {
      const auto shown = list.ranked.first(std::min(k_, list.ranked.size()));
      if (shown.size() < 2) return 0;
      const auto size = static_cast<double>(shown.size());
      return std::max(0.0, 1 - audiences_.sum_of_cosines(shown) / (size * (size - 1) / 2));
    }

   private:
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
