/// @file
/// From a row of scores to a ranked list, for recommend, similar_items and evaluate.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/kernels/top_k.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/retrieval/detail/query_filter.hpp>
#include <akin/retrieval/filter.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// One worker's memory for ranking: scores for each item, for `rows` users at once, and the best of them.
template <class Scalar, class Index>
struct ranking_scratch {
  ranking_scratch(std::int64_t items, std::int64_t k, std::int64_t rows = 1)
      : scores(items * rows), best(std::min(k, items)) {}

  numbers<Scalar> scores;
  numbers<kernels::scored<Scalar, Index>> best;
};

/// Ranks a user's scores, which it overwrites, under the query and a filter; `excluded` is the row of its exclusion.
/// Fills `list` with the best, as many as it can hold, and returns their number. O(items + selected * log k).
template <class Scalar, class Index, class Filter = filters::none>
std::int64_t rank_scores(const query<Index>& q, slice<const Index> excluded, std::span<Scalar> scores,
                         std::type_identity_t<std::span<kernels::scored<Scalar, Index>>> list,
                         const Filter& more = {}) noexcept {
  for (const Index item : excluded)
    if (static_cast<std::size_t>(item) < scores.size()) at(scores, item) = no_score<Scalar>;
  if (list.empty()) return 0;
  const query_filter filter = filter_of(q);
  const auto allows = [&](Index item) { return filter.allows(item) && more.allows(item); };
  kernels::top_k<Scalar, Index> best(list.data(), std::ssize(list), least_bound<Scalar>(q));
  if (q.candidates) {
    for (const Index item : *q.candidates) {
      Scalar& score = at(scores, item);
      if (allows(item)) best.offer(score, item);
      score = no_score<Scalar>;  // a repeated candidate appears once
    }
  } else {
    kernels::offer_all(scores.data(), std::ssize(scores), Index{0}, best, allows);
  }
  return best.finish();
}

/// The excluded items of row `row`, none if the query excludes nothing.
template <class Index>
slice<const Index> excluded_row(const query<Index>& q, std::int64_t row) {
  return q.exclude.rows == 0 ? slice<const Index>{} : q.exclude.row(row);
}

}  // namespace akin::inline AKIN_ABI::detail
