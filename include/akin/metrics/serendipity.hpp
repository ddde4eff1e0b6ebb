/// @file
/// Metrics of serendipity: relevant items that are not obvious.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string_view>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/metrics/judged_list.hpp>
#include <akin/numbers.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::metrics {

/// The share of the first k ranks whose item is relevant and unexpected: not among the recommendations of a primitive
/// recommender, here the k most popular items in train that the user does not have (ties by id, none without users: the
/// list of akin::popularity). The denominator is k, also for shorter lists, as in precision, which is never smaller. An
/// item that the user has in train is never unexpected, which matters only with `.exclude_seen = false`. If train is
/// not known no item is popular, and serendipity is precision; in evaluate_unseen the popular items are those of the
/// given histories. M. Ge, C. Delgado-Battenfeld, D. Jannach, "Beyond Accuracy: Evaluating Recommender Systems by
/// Coverage and Serendipity", RecSys 2010, who leave the primitive recommender open.
///
/// Memory: two ids an item; O(nonzeros of train + items log items) to prepare, O((k + n) log n) a list with a hit of a
/// user who has n items.
struct serendipity {
  int k = 10;

  /// Refers to the train of its context.
  template <class Index>
  class prepared {
   public:
    prepared(int k, const list_context<Index>& context)
        : k_(k), train_(context.train), by_popularity_(context.items), places_(by_popularity_.size()) {
      detail::numbers<std::int64_t> owners(by_popularity_.size());
      for (std::int64_t user = 0; user < train_.rows; ++user)
        for (const Index item : train_.row(user)) ++owners[item];
      std::iota(by_popularity_.begin(), by_popularity_.end(), Index{0});
      std::sort(by_popularity_.begin(), by_popularity_.end(), [&](Index a, Index b) {
        const auto of_a = owners[a], of_b = owners[b];
        return of_a != of_b ? of_a > of_b : a < b;
      });
      for (std::int64_t place = 0; place < places_.size(); ++place)
        places_[by_popularity_[place]] = static_cast<Index>(place);
      while (had_ < owners.size() && owners[by_popularity_[had_]] > 0) ++had_;
    }

    [[nodiscard]] double operator()(const judged_list<Index>& list) const noexcept {
      const auto hits = list.hits_within(k_);
      if (hits.empty()) return 0;
      const slice<const Index> mine = list.user < train_.rows ? train_.row(list.user) : slice<const Index>{};
      const std::int64_t expected = end_of_expected(mine);
      std::int64_t found = 0;
      for (const std::int32_t rank : hits) {
        const Index item = detail::at(list.ranked, rank);
        found += places_[item] >= expected && !holds(mine, item) ? 1 : 0;
      }
      return static_cast<double>(found) / static_cast<double>(k_);
    }

   private:
    [[nodiscard]] static bool holds(const slice<const Index>& row, Index item) noexcept {
      return std::binary_search(row.begin(), row.end(), item);
    }
    /// The position after the k-th most popular item that is not in `mine`.
    [[nodiscard]] std::int64_t end_of_expected(const slice<const Index>& mine) const noexcept {
      std::int64_t place = 0;
      for (int shown = 0; shown < k_ && place < had_; ++place) shown += holds(mine, by_popularity_[place]) ? 0 : 1;
      return place;
    }

    int k_;
    sparsity_view<Index> train_;
    detail::numbers<Index> by_popularity_;
    detail::numbers<Index> places_;  // of the items in by_popularity_
    std::int64_t had_ = 0;           // items with users
  };

  template <class Index>
  [[nodiscard]] prepared<Index> prepare(const list_context<Index>& context) const {
    detail::require(k >= 1, name, "k must be positive", k);
    return {k, context};
  }
  static constexpr std::string_view name = "metrics::serendipity";
};

}  // namespace akin::inline AKIN_ABI::metrics
