/// @file
/// Fuses several lists into one, for models with different scales or without access to their scores.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/matrix.hpp>
#include <akin/retrieval/recommendations.hpp>

namespace akin::inline AKIN_ABI {

struct rank_fusion_options {
  int k = 10;            ///< maximum length of a fused list, >= 1
  double constant = 60;  ///< finite, >= 0; a larger one gives the first ranks less weight
};

struct list_fusion_options {
  int k = 10;  ///< maximum length of a fused list, >= 1
};

namespace detail {

/// The points of an item from the lists that contain it.
template <class Index>
struct fused_item {
  Index item;
  double points;
  int lists;
};

/// Merges the elements of each item, added in their order.
template <class Index>
void add_up(std::vector<fused_item<Index>>& items) {
  std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.item < b.item; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (kept > 0 && items[kept - 1].item == items[i].item) {
      items[kept - 1].points += items[i].points;
      ++items[kept - 1].lists;
    } else {
      items[kept++] = items[i];
    }
  }
  items.resize(kept);
}

/// Fuses row by row: points(lists, row, rank) are the points of the item at that rank, from 0 on, and score_of(points,
/// number of lists) is its score.
template <class Scalar, class Index, std::size_t Count, class Points, class ScoreOf>
recommendations<Scalar, Index> fuse(std::string_view where, int k,
                                    const std::array<const recommendations<Scalar, Index>*, Count>& all,
                                    const Points& points, const ScoreOf& score_of) {
  require(k >= 1, where, "k must be positive", k);
  for (const auto* lists : all)
    if (lists->size() != all[0]->size())
      fail<std::invalid_argument>(where, ": there must be as many lists of each, got ", all[0]->size(), " and ",
                                  lists->size());
  std::int64_t capacity = 0;
  for (const auto* lists : all) capacity += lists->k();
  recommendations<Scalar, Index> result(static_cast<std::int64_t>(all[0]->size()),
                                        static_cast<int>(std::min<std::int64_t>(k, capacity)));
  std::vector<fused_item<Index>> items;
  for (std::size_t row = 0; row < result.size(); ++row) {
    items.clear();
    for (const auto* lists : all)
      for (std::size_t rank = 0; rank < lists->items(row).size(); ++rank)
        items.push_back({lists->items(row)[rank], points(*lists, row, rank), 1});
    add_up(items);
    for (auto& item : items) item.points = score_of(item.points, item.lists);
    std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) {
      return a.points > b.points || (a.points == b.points && a.item < b.item);
    });
    const std::size_t count = std::min(items.size(), static_cast<std::size_t>(result.k()));
    for (std::size_t i = 0; i < count; ++i) {
      result.mutable_items(row)[i] = items[i].item;
      result.mutable_scores(row)[i] = static_cast<Scalar>(items[i].points);
    }
    result.set_count(row, static_cast<std::int64_t>(count));
  }
  return result;
}

template <class Lists, class... More>
constexpr void assert_lists() {
  static_assert((std::is_same_v<Lists, More> && ...),
                "akin: the lists that are fused must have the same scalar and index types");
}

}  // namespace detail

/// Fuses list r of each: an item has 1 / (constant + rank), ranks from 1 on, from each list that holds it; ordered by
/// (sum descending, id ascending). Throws std::invalid_argument for options out of range or different numbers of lists.
/// O(elements log elements) a row.
///
/// Source: G. V. Cormack, C. L. A. Clarke, S. Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual
/// Rank Learning Methods", SIGIR 2009.
template <class Scalar, class Index, class... More>
recommendations<Scalar, Index> reciprocal_rank_fusion(const rank_fusion_options& options,
                                                      const recommendations<Scalar, Index>& lists,
                                                      const More&... more) {
  detail::assert_lists<recommendations<Scalar, Index>, More...>();
  detail::require(options.constant >= 0 && detail::is_finite(options.constant), "reciprocal_rank_fusion",
                  "constant must be finite and not negative", options.constant);
  const std::array all{&lists, &more...};
  return detail::fuse<Scalar, Index>(
      "reciprocal_rank_fusion", options.k, all,
      [&](const auto&, std::size_t, std::size_t rank) {
        return 1 / (options.constant + static_cast<double>(rank + 1));
      },
      [](double points, int) { return points; });
}

/// Fuses list r of each: an item has n - rank, ranks from 0 on and n the longest k() of all, from each list that holds
/// it; ordered by (sum descending, id ascending). Throws as reciprocal_rank_fusion.
///
/// Source: J. A. Aslam, M. Montague, "Models for Metasearch", SIGIR 2001.
template <class Scalar, class Index, class... More>
recommendations<Scalar, Index> borda(const list_fusion_options& options, const recommendations<Scalar, Index>& lists,
                                     const More&... more) {
  detail::assert_lists<recommendations<Scalar, Index>, More...>();
  const std::array all{&lists, &more...};
  int longest = 0;
  for (const auto* each : all) longest = std::max(longest, each->k());
  return detail::fuse<Scalar, Index>(
      "borda", options.k, all,
      [&](const auto&, std::size_t, std::size_t rank) { return longest - static_cast<double>(rank); },
      [](double points, int) { return points; });
}

/// Fuses list r of each: the sum of an item's scores, each min-max normalised over its list (1 if all are equal), times
/// the number of lists that hold it; ordered by (that descending, id ascending). Throws as reciprocal_rank_fusion.
///
/// Source: E. A. Fox, J. A. Shaw, "Combination of Multiple Searches", TREC-2, 1994; normalised as J. H. Lee, "Analyses
/// of Multiple Evidence Combination", SIGIR 1997.
template <class Scalar, class Index, class... More>
recommendations<Scalar, Index> comb_mnz(const list_fusion_options& options, const recommendations<Scalar, Index>& lists,
                                        const More&... more) {
  detail::assert_lists<recommendations<Scalar, Index>, More...>();
  const std::array all{&lists, &more...};
  return detail::fuse<Scalar, Index>(
      "comb_mnz", options.k, all,
      [](const auto& of, std::size_t row, std::size_t rank) {
        const auto scores = of.scores(row);
        const auto best = static_cast<double>(scores.front()), worst = static_cast<double>(scores.back());
        return best > worst ? (static_cast<double>(scores[rank]) - worst) / (best - worst) : 1.0;
      },
      [](double points, int holders) { return points * holders; });
}

}  // namespace akin::inline AKIN_ABI
