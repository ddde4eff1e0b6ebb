/// @file
/// Ranked lists as plain pairs, random queries, and the slow and obvious way to rank.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <akin/random.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/recommendations.hpp>

#include "support/random_data.hpp"

template <class Scalar, class Index>
using ranked = std::vector<std::pair<Index, Scalar>>;

template <class Scalar, class Index>
ranked<Scalar, Index> list_of(const akin::recommendations<Scalar, Index>& lists, std::size_t list) {
  ranked<Scalar, Index> result;
  for (std::size_t i = 0; i < lists.items(list).size(); ++i)
    result.emplace_back(lists.items(list)[i], lists.scores(list)[i]);
  return result;
}

template <class Scalar, class Index>
std::vector<Index> items_of(const akin::recommendations<Scalar, Index>& lists, std::size_t list) {
  return {lists.items(list).begin(), lists.items(list).end()};
}

template <class Scalar, class Index>
std::vector<ranked<Scalar, Index>> all_lists(const akin::recommendations<Scalar, Index>& lists) {
  std::vector<ranked<Scalar, Index>> result;
  for (std::size_t list = 0; list < lists.size(); ++list) result.push_back(list_of(lists, list));
  return result;
}

/// The same items with the same scores.
template <class Scalar, class Index>
bool same_lists(const akin::recommendations<Scalar, Index>& a, const akin::recommendations<Scalar, Index>& b) {
  return all_lists(a) == all_lists(b);
}

/// Sorts all items that may come.
template <class Scalar, class Index>
ranked<Scalar, Index> rank_slowly(const akin::dense_matrix<Scalar>& table, Index row, const std::set<Index>& excluded,
                                  const std::optional<std::vector<Index>>& candidates, int k) {
  ranked<Scalar, Index> result;
  for (Index item = 0; item < table.cols(); ++item) {
    const bool is_allowed = !candidates || std::find(candidates->begin(), candidates->end(), item) != candidates->end();
    const Scalar score = table(row, item);
    if (is_allowed && !excluded.contains(item) && score > -std::numeric_limits<Scalar>::infinity())
      result.emplace_back(item, score);
  }
  std::stable_sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  if (result.size() > static_cast<std::size_t>(k)) result.resize(static_cast<std::size_t>(k));
  return result;
}

/// Small whole numbers, so that there are ties, among them infinities and what is not a number.
template <class Scalar>
akin::dense_matrix<Scalar> random_table(std::int64_t rows, std::int64_t cols, const akin::random_stream& random) {
  akin::dense_matrix<Scalar> table(rows, cols);
  for (Eigen::Index i = 0; i < table.size(); ++i) {
    const auto draw = random.below(static_cast<std::uint64_t>(i), 40);
    table.data()[i] = draw == 0   ? std::numeric_limits<Scalar>::quiet_NaN()
                      : draw == 1 ? std::numeric_limits<Scalar>::infinity()
                      : draw < 5  ? -std::numeric_limits<Scalar>::infinity()
                                  : static_cast<Scalar>(draw % 9) - 4;
  }
  return table;
}

/// None, or up to `items` ids in any order, some of them more than once.
template <class Index>
std::optional<std::vector<Index>> random_candidates(Index items, const akin::random_stream& random) {
  if (random.below(0, 2) == 0) return std::nullopt;
  const auto bound = static_cast<std::uint64_t>(items);
  std::vector<Index> candidates(random.below(1, bound + 1));
  for (std::size_t i = 0; i < candidates.size(); ++i) candidates[i] = static_cast<Index>(random.below(i + 2, bound));
  return candidates;
}
