/// @file
/// From a row of scores to a ranked list: what recommend, similar_items and evaluate share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/kernels/top_k.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Never recommended: the item has no evidence, or must not come.
template <class Scalar>
inline constexpr Scalar no_score = -std::numeric_limits<Scalar>::infinity();

/// Throws unless the query fits a model of `users` and `items`.
template <class Index>
void check_query(const query<Index>& q, std::int64_t users, std::int64_t items, std::string_view where) {
  require(q.k >= 1, where, "k must be positive", q.k);
  if (q.exclude.rows != 0) {
    require(q.exclude.offsets != nullptr, where, "exclude must be compressed, call makeCompressed() first");
    if (q.exclude.rows != users || q.exclude.cols != items)
      fail<std::invalid_argument>(where, ": exclude must be ", users, " x ", items, " like the model, got ",
                                  q.exclude.rows, " x ", q.exclude.cols);
  }
  if (q.candidates)
    for (const Index item : *q.candidates) require_id(item, items, where, "each of candidates");
}

/// One worker's memory for ranking: a score for each item and room for the best.
template <class Scalar, class Index>
struct ranking_scratch {
  ranking_scratch(std::int64_t items, std::int64_t k)
      : scores(static_cast<std::size_t>(items)), best(static_cast<std::size_t>(std::min(k, items))) {}

  std::vector<Scalar> scores;
  std::vector<kernels::scored<Scalar, Index>> best;
};

/// Ranks scratch.scores under the query; `excluded` is the row of its exclusion. The list is scratch.best, of which the
/// returned number of elements is filled. O(items + selected * log k).
template <class Scalar, class Index>
std::int64_t rank_scores(const query<Index>& q, slice<const Index> excluded, ranking_scratch<Scalar, Index>& scratch) {
  std::vector<Scalar>& scores = scratch.scores;
  for (const Index item : excluded)
    if (static_cast<std::size_t>(item) < scores.size()) scores[static_cast<std::size_t>(item)] = no_score<Scalar>;
  kernels::top_k<Scalar, Index> best(scratch.best.data(), static_cast<std::int64_t>(scratch.best.size()));
  if (scratch.best.empty()) return 0;
  if (q.candidates) {
    for (const Index item : *q.candidates) {
      Scalar& score = scores[static_cast<std::size_t>(item)];
      best.offer(score, item);
      score = no_score<Scalar>;  // a candidate that is named twice comes once
    }
  } else {
    kernels::offer_all(scores.data(), static_cast<std::int64_t>(scores.size()), best);
  }
  return best.finish();
}

/// The excluded items of row `row`, none where the query excludes nothing.
template <class Index>
slice<const Index> excluded_row(const query<Index>& q, std::int64_t row) {
  return q.exclude.rows == 0 ? slice<const Index>{} : q.exclude.row(row);
}

/// Ranks the items for one user; the list is scratch.best, whose filled number is returned: 0 for a user whom the model
/// does not know.
template <class Model>
std::int64_t rank_for_user(const Model& model, typename Model::index_type user,
                           const query<typename Model::index_type>& q,
                           ranking_scratch<typename Model::scalar_type, typename Model::index_type>& scratch) {
  if (!model.knows_user(user)) return 0;
  model.score_all(user, std::span(scratch.scores));
  return rank_scores(q, excluded_row(q, user), scratch);
}

}  // namespace akin::inline AKIN_ABI::detail
