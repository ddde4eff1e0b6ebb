/// @file
/// Metrics of the recommended items, independent of relevance.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/metrics/judged_list.hpp>
#include <akin/numbers.hpp>

namespace akin::inline AKIN_ABI::metrics {

/// The share of the catalogue in the first k ranks of at least one evaluated user (catalogue coverage: M. Ge, C.
/// Delgado-Battenfeld, D. Jannach, "Beyond Accuracy: Evaluating Recommender Systems by Coverage and Serendipity",
/// RecSys 2010). One number for all users, so it has no standard error. Memory: one bit an item and worker.
struct coverage {
  int k = 10;

  class accumulator {
   public:
    accumulator(int k, std::int64_t items)
        : k_(static_cast<std::size_t>(k)), items_(items), shown_(static_cast<std::size_t>(items + 63) / 64) {}

    template <class Index>
    void add(const judged_list<Index>& list) noexcept {
      for (const Index item : list.ranked.first(std::min(k_, list.ranked.size())))
        shown_[static_cast<std::size_t>(item) / 64] |= std::uint64_t{1} << (static_cast<std::size_t>(item) % 64);
    }
    void merge(const accumulator& other) noexcept {
      for (std::size_t word = 0; word < shown_.size(); ++word) shown_[word] |= other.shown_[word];
    }
    [[nodiscard]] double value() const noexcept {
      std::int64_t count = 0;
      for (const std::uint64_t word : shown_) count += std::popcount(word);
      return items_ == 0 ? 0 : static_cast<double>(count) / static_cast<double>(items_);
    }

   private:
    std::size_t k_;
    std::int64_t items_;
    std::vector<std::uint64_t> shown_;
  };

  template <class Index>
  accumulator accumulate(const list_context<Index>& context) const {
    detail::require(k >= 1, name, "k must be positive", k);
    return {k, context.items};
  }
  static constexpr std::string_view name = "metrics::coverage";
};

/// The share of the evaluated users whose list has at least k items; with k = 1, of those with any recommendation. The
/// user space coverage of G. Shani, A. Gunawardana, "Evaluating Recommendation Systems", Recommender Systems Handbook,
/// Springer 2011, the proportion of users for whom the system can recommend items; Elliot's UserCoverageAtN and, with k
/// = 1, UserCoverage are the numbers of these users instead of their share. A mean over users.
struct user_coverage {
  int k = 10;

  template <class Index>
  [[nodiscard]] double operator()(const judged_list<Index>& list) const {
    detail::require(k >= 1, name, "k must be positive", k);
    return list.ranked.size() >= static_cast<std::size_t>(k) ? 1 : 0;
  }
  static constexpr std::string_view name = "metrics::user_coverage";
};

/// The number of times that each item of the catalogue was in the first k ranks of the evaluated users: the counts of
/// gini, shannon_entropy and personalization. Memory: 8 bytes an item and worker.
class exposure_counts {
 public:
  exposure_counts(int k, std::int64_t items)
      : k_(static_cast<std::size_t>(k)), counts_(static_cast<std::size_t>(items)) {}

  template <class Index>
  void add(const judged_list<Index>& list) noexcept {
    ++lists_;
    for (const Index item : list.ranked.first(std::min(k_, list.ranked.size()))) ++detail::at(counts_, item);
  }
  void merge(const exposure_counts& other) noexcept {
    lists_ += other.lists_;
    for (std::size_t item = 0; item < counts_.size(); ++item) counts_[item] += other.counts_[item];
  }
  [[nodiscard]] int k() const noexcept { return static_cast<int>(k_); }
  [[nodiscard]] std::int64_t lists() const noexcept { return lists_; }
  [[nodiscard]] const std::vector<std::int64_t>& counts() const noexcept { return counts_; }
  [[nodiscard]] std::int64_t shown() const noexcept {
    std::int64_t total = 0;
    for (const std::int64_t count : counts_) total += count;
    return total;
  }

 private:
  std::size_t k_;
  std::int64_t lists_ = 0;
  std::vector<std::int64_t> counts_;
};

/// The Gini coefficient of exposure over the whole catalogue: with the n items' counts c ascending, sum_i (2i - n - 1)
/// c_i / (n sum_i c_i), i from 1. 0 if all items are shown equally often (or none is), 1 - 1/n if all ranks go to one
/// item. Items that are never shown count. It is twice the area between the Lorenz curve of exposure and the diagonal;
/// D. Fleder, K. Hosanagar, "Blockbuster Culture's Next Rise or Fall: The Impact of Recommender Systems on Sales
/// Diversity", Management Science 55(5), 2009, apply it to sales. G. Shani, A. Gunawardana (2011) divide by n - 1
/// instead of n, so that a single item gives 1. One number for all users. O(n log n) at the end.
struct gini {
  int k = 10;

  class accumulator : public exposure_counts {
   public:
    using exposure_counts::exposure_counts;
    [[nodiscard]] double value() const {
      const std::int64_t total = shown();
      if (total == 0) return 0;
      std::vector<std::int64_t> sorted = counts();
      std::sort(sorted.begin(), sorted.end());
      const std::int64_t n = std::ssize(sorted);
      double sum = 0;
      for (std::int64_t i = 0; i < n; ++i)
        sum += static_cast<double>(2 * i + 1 - n) * static_cast<double>(detail::at(sorted, i));
      return sum / (static_cast<double>(n) * static_cast<double>(total));
    }
  };

  template <class Index>
  accumulator accumulate(const list_context<Index>& context) const {
    detail::require(k >= 1, name, "k must be positive", k);
    return {k, context.items};
  }
  static constexpr std::string_view name = "metrics::gini";
};

/// The Shannon entropy of exposure in bits: -sum_i p_i log2 p_i, p_i the share of all shown ranks that item i has. From
/// 0 if only one item is shown (or none is) to log2(items). C. E. Shannon, "A Mathematical Theory of Communication",
/// 1948. One number for all users.
struct shannon_entropy {
  int k = 10;

  class accumulator : public exposure_counts {
   public:
    using exposure_counts::exposure_counts;
    [[nodiscard]] double value() const noexcept {
      const auto total = static_cast<double>(shown());
      double sum = 0;
      for (const std::int64_t count : counts())
        if (count > 0) sum += static_cast<double>(count) / total * std::log2(total / static_cast<double>(count));
      return sum;
    }
  };

  template <class Index>
  accumulator accumulate(const list_context<Index>& context) const {
    detail::require(k >= 1, name, "k must be positive", k);
    return {k, context.items};
  }
  static constexpr std::string_view name = "metrics::shannon_entropy";
};

/// The difference between users' lists: 1 minus the mean over pairs of evaluated users of |shared items| / k. The empty
/// ranks of a list shorter than k are not shared; fewer than two users give 0. Exact in O(items): an item that c users
/// are shown is shared by c (c - 1) / 2 pairs. T. Zhou et al., "Solving the apparent diversity-accuracy dilemma of
/// recommender systems", PNAS 107(10), 2010 (there: interlist distance). One number for all users.
struct personalization {
  int k = 10;

  class accumulator : public exposure_counts {
   public:
    using exposure_counts::exposure_counts;
    [[nodiscard]] double value() const noexcept {
      if (lists() < 2) return 0;
      std::int64_t shared = 0;
      for (const std::int64_t count : counts()) shared += count * (count - 1) / 2;
      const double pairs = static_cast<double>(lists()) * static_cast<double>(lists() - 1) / 2;
      return 1 - static_cast<double>(shared) / (pairs * k());
    }
  };

  template <class Index>
  accumulator accumulate(const list_context<Index>& context) const {
    detail::require(k >= 1, name, "k must be positive", k);
    return {k, context.items};
  }
  static constexpr std::string_view name = "metrics::personalization";
};

}  // namespace akin::inline AKIN_ABI::metrics
