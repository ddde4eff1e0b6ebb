/// @file
/// From rows of scores to ranked lists, for recommend, similar_items, search and evaluate.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include <akin/config.hpp>
#include <akin/kernels/top_k.hpp>
#include <akin/model/request.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/filter.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/recommendations.hpp>
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

/// A list for each row in [0, rows): rank(row, scratch) fills the worker's scratch and returns the list's length.
template <class Scalar, class Index, class Rank>
recommendations<Scalar, Index> rank_rows(const host_policy& policy, std::int64_t rows, std::int64_t items, int k,
                                         const Rank& rank) {
  recommendations<Scalar, Index> lists(rows, static_cast<int>(std::min<std::int64_t>(k, items)));
  per_worker<ranking_scratch<Scalar, Index>> scratch(worker_count(policy, rows),
                                                     ranking_scratch<Scalar, Index>(items, k));
  for_each_row(policy, rows, [&](std::int64_t row, int worker) {
    auto& mine = scratch[worker];
    const std::int64_t length = rank(row, mine);
    lists.assign(static_cast<std::size_t>(row), mine.best.data(), length);
  });
  return lists;
}

/// A list for each of `count` rows: requests.at(row) is the request to score, requests.excluded(q, row) its excluded
/// items. A request that the source does not know gets an empty list.
template <class Scalar, class Index, class Requests>
recommendations<Scalar, Index> rank_requests(const host_policy& policy,
                                             const score_source<Scalar, typename Requests::request_type>& source,
                                             std::int64_t count, const Requests& requests, const query<Index>& q) {
  using request_type = typename Requests::request_type;
  struct worker_scratch {
    ranking_scratch<Scalar, Index> ranking;
    std::vector<request_type> known = {};
    numbers<std::int64_t> rows = {};
  };
  const std::int64_t items = source.items(), at_once = source.at_once(), blocks = (count + at_once - 1) / at_once;
  recommendations<Scalar, Index> lists(count, static_cast<int>(std::min<std::int64_t>(q.k, items)));
  per_worker<worker_scratch> workers(worker_count(policy, blocks),
                                     worker_scratch{ranking_scratch<Scalar, Index>(items, q.k, at_once)});
  for_each_row(policy, blocks, [&](std::int64_t block, int worker) {
    auto& [ranking, known, rows] = workers[worker];
    known.clear();
    rows.clear();
    for (std::int64_t row = block * at_once; row < std::min((block + 1) * at_once, count); ++row)
      if (const request_type request = requests.at(row); source.is_known(request)) {
        known.push_back(request);
        rows.push_back(row);
      }
    score_stream<Scalar, request_type> scores(source, known, ranking.scores);
    for (const std::int64_t row : rows) {
      const std::int64_t length = rank_scores(q, requests.excluded(q, row), scores.next(), ranking.best);
      lists.assign(static_cast<std::size_t>(row), ranking.best.data(), length);
    }
  });
  return lists;
}

}  // namespace akin::inline AKIN_ABI::detail
