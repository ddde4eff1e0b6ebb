/// @file
/// The steps of recommend_one: check the query, score, copy the list, without throwing or allocating.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include <akin/config.hpp>
#include <akin/kernels/top_k.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/retrieval/detail/query_problem.hpp>
#include <akin/retrieval/filter.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/rank.hpp>
#include <akin/retrieval/recommend_status.hpp>
#include <akin/retrieval/workspace.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The status of a query to a model of `users` and `items` with the caller's memory. Exclusions are checked only if the
/// query has any.
template <class Scalar, class Index>
recommend_status query_status(const query<Index>& q, std::int64_t users, std::int64_t items,
                              const workspace<Scalar, Index>& scratch, std::size_t capacity) noexcept {
  const query_problem problem = problem_of(q, users, items);
  if (problem.is_any()) return problem.status;
  const std::int64_t k = std::min<std::int64_t>(q.k, items);
  if (static_cast<std::int64_t>(capacity) < k) return recommend_status::short_span;
  if (scratch.items() < items || std::min<std::int64_t>(scratch.k(), scratch.items()) < k)
    return recommend_status::small_workspace;
  return recommend_status::ok;
}

/// A user's exclusions, tested item by item.
template <class Index>
class excluded_items {
 public:
  explicit excluded_items(slice<const Index> row) noexcept
      : row_(row), is_sorted_(std::is_sorted(row.begin(), row.end())) {}

  bool contains(Index item) const noexcept {
    return is_sorted_ ? std::binary_search(row_.begin(), row_.end(), item)
                      : std::find(row_.begin(), row_.end(), item) != row_.end();
  }

 private:
  slice<const Index> row_;
  bool is_sorted_;
};

/// A model that scores a range of items; knows_item tells which of them have evidence.
template <class Model>
concept range_scorer = requires(const Model& model, typename Model::index_type id,
                                std::span<typename Model::scalar_type> out) {
  requires noexcept(model.score_range(id, id, out));
  requires noexcept(model.score(id, id));
  requires noexcept(model.knows_item(id));
};

/// A model that scores all items without throwing or allocating.
template <class Model>
concept row_scorer = requires(const Model& model, typename Model::index_type id,
                              std::span<typename Model::scalar_type> out) {
  requires noexcept(model.score_all(id, out));
};

/// A model that needs memory beside the scores, and takes it from the caller.
template <class Model>
concept scratch_scorer = requires(const Model& model, typename Model::index_type id,
                                  std::span<typename Model::scalar_type> out) {
  { model.scratch_size() } -> std::same_as<std::size_t>;
  requires noexcept(model.score_all(id, out, out));
};

/// A model that scores a sequence in memory of the caller.
template <class Model>
concept scratch_sequence_scorer = requires(const Model& model,
                                           const sequence_view<typename Model::index_type>& sequence,
                                           std::span<typename Model::scalar_type> out, std::span<std::byte> scratch) {
  { model.sequence_scratch_bytes() } -> std::same_as<std::size_t>;
  requires noexcept(model.score_sequence(sequence, out, scratch));
};

/// A model that scores a sequence without throwing or allocating.
template <class Model>
concept plain_sequence_scorer = requires(const Model& model, const sequence_view<typename Model::index_type>& sequence,
                                         std::span<typename Model::scalar_type> out) {
  requires noexcept(model.score_sequence(sequence, out));
};

/// Ranks by ranges of scores that stay in the cache. Returns how many are in scratch.best(), in order.
template <class Model, class Scalar, class Index, class Filter>
std::int64_t rank_ranges(const Model& model, Index user, const query<Index>& q, std::int64_t k,
                         workspace<Scalar, Index>& scratch, const Filter& more) noexcept {
  constexpr std::int64_t stretch = 1024;
  const query_filter filter = filter_of(q);
  const excluded_items<Index> excluded(excluded_row(q, user));
  const auto is_allowed = [&](Index item) {
    return filter.allows(item) && model.knows_item(item) && !excluded.contains(item) && more.allows(item);
  };
  kernels::top_k<Scalar, Index> best(scratch.best().data(), k, least_bound<Scalar>(q));
  for (std::int64_t first = 0; first < model.items(); first += stretch) {
    const auto scores = scratch.scores().first(static_cast<std::size_t>(std::min(stretch, model.items() - first)));
    model.score_range(user, static_cast<Index>(first), scores);
    kernels::offer_all(scores.data(), std::ssize(scores), static_cast<Index>(first), best, is_allowed);
  }
  return best.finish();
}

/// Ranks the candidates of a model that scores one item like all. Returns how many are in scratch.best(), in order.
template <class Model, class Scalar, class Index, class Filter>
std::int64_t rank_candidates(const Model& model, Index user, const query<Index>& q, std::int64_t k,
                             workspace<Scalar, Index>& scratch, const Filter& more) noexcept {
  const query_filter filter = filter_of(q);
  const excluded_items<Index> excluded(excluded_row(q, user));
  const std::span<Scalar> scores = scratch.scores();
  for (const Index item : *q.candidates) at(scores, item) = model.score(user, item);
  kernels::top_k<Scalar, Index> best(scratch.best().data(), k, least_bound<Scalar>(q));
  for (const Index item : *q.candidates) {
    Scalar& score = at(scores, item);
    if (score >= best.bound() && filter.allows(item) && model.knows_item(item) && !excluded.contains(item) &&
        more.allows(item))
      best.offer(score, item);
    score = no_score<Scalar>;  // a repeated candidate appears once
  }
  return best.finish();
}

/// Ranks by a row of all scores.
template <class Model, class Scalar, class Index, class Filter>
std::int64_t rank_row(const Model& model, Index user, const query<Index>& q, std::int64_t k,
                      workspace<Scalar, Index>& scratch, const Filter& more) noexcept {
  const auto scores = scratch.scores().first(static_cast<std::size_t>(model.items()));
  if constexpr (scratch_scorer<Model>)
    model.score_all(user, scores, scratch.scratch().first(model.scratch_size()));
  else
    model.score_all(user, scores);
  return rank_scores(q, excluded_row(q, user), scores, scratch.best().first(static_cast<std::size_t>(k)), more);
}

/// Copies the first `count` of scratch.best() to the caller.
template <class Scalar, class Index>
recommend_result hand_over(std::int64_t count, workspace<Scalar, Index>& scratch, std::span<Index> items,
                           std::span<Scalar> scores) noexcept {
  const auto size = static_cast<std::size_t>(count);
  for (std::size_t i = 0; i < size; ++i) {
    items[i] = scratch.best()[i].id;
    scores[i] = scratch.best()[i].score;
  }
  return {size, recommend_status::ok};
}

}  // namespace akin::inline AKIN_ABI::detail
