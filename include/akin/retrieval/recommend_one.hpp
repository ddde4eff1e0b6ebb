/// @file
/// Recommendations for one user, or one sequence, in real time: no allocation, no exception.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/model/request.hpp>
#include <akin/model/source.hpp>
#include <akin/retrieval/detail/one_user.hpp>
#include <akin/retrieval/filter.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/recommend_status.hpp>
#include <akin/retrieval/workspace.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// A model that scores all items for a user without throwing or allocating, if necessary in memory of the caller.
template <class T>
concept real_time_scorer = scorer<T> &&(detail::scratch_scorer<T> || detail::row_scorer<T>);

/// A model that scores all items after a sequence without throwing or allocating, if necessary in memory of the caller.
template <class T>
concept real_time_sequence_scorer = sequence_scorer<T> &&
    (detail::scratch_sequence_scorer<T> || detail::plain_sequence_scorer<T>);

namespace detail {

/// recommend_one of a model.
template <class Model, class Scalar, class Index, class Filter>
recommend_result recommend_to_one(const Model& model, Index user, const query<Index>& q,
                                  workspace<Scalar, Index>& scratch, std::span<Index> items, std::span<Scalar> scores,
                                  const Filter& filter) noexcept {
  static_assert(real_time_scorer<Model>,
                "akin: recommend_one needs a model whose score_all neither throws nor allocates (noexcept)");
  if (model.users() == 0 && model.items() == 0)
    return {0, is_fitted(model) ? recommend_status::fitted_on_nothing : recommend_status::not_fitted};
  const recommend_status status =
      query_status(q, model.users(), model.items(), scratch, std::min(items.size(), scores.size()));
  if (status != recommend_status::ok) return {0, status};
  if constexpr (scratch_scorer<Model>)
    if (scratch.scratch().size() < model.scratch_size()) return {0, recommend_status::small_workspace};
  if (user < 0 || user >= model.users()) return {0, recommend_status::unknown_user};
  if (!model.knows_user(user)) return {0, recommend_status::no_evidence};
  const std::int64_t k = std::min<std::int64_t>(q.k, model.items());
  if (k == 0) return {0, recommend_status::ok};
  std::int64_t count = 0;
  if constexpr (range_scorer<Model>)
    count = q.candidates ? rank_candidates(model, user, q, k, scratch, filter)
                         : rank_ranges(model, user, q, k, scratch, filter);
  else
    count = rank_row(model, user, q, k, scratch, filter);
  return hand_over(count, scratch, items, scores);
}

/// recommend_one of a model of sequences.
template <class Model, class Scalar, class Index, class Filter>
recommend_result recommend_after_one(const Model& model, const sequence_view<Index>& sequence, const query<Index>& q,
                                     workspace<Scalar, Index>& scratch, std::span<Index> items,
                                     std::span<Scalar> scores, const Filter& filter) noexcept {
  static_assert(real_time_sequence_scorer<Model>,
                "akin: recommend_one needs a model whose score_sequence neither throws nor allocates (noexcept)");
  if (!is_fitted(model)) return {0, recommend_status::not_fitted};
  const recommend_status status = query_status(q, 1, model.items(), scratch, std::min(items.size(), scores.size()));
  if (status != recommend_status::ok) return {0, status};
  if constexpr (scratch_sequence_scorer<Model>)
    if (scratch.bytes().size() < model.sequence_scratch_bytes()) return {0, recommend_status::small_workspace};
  if (!is_known(model, sequence)) return {0, recommend_status::no_evidence};
  const auto row = scratch.scores().first(static_cast<std::size_t>(model.items()));
  if constexpr (scratch_sequence_scorer<Model>)
    model.score_sequence(sequence, row, scratch.bytes());
  else
    model.score_sequence(sequence, row);
  const auto k = static_cast<std::size_t>(std::min<std::int64_t>(q.k, model.items()));
  const std::int64_t count = rank_scores(q, excluded_row(q, 0), row, scratch.best().first(k), filter);
  return hand_over(count, scratch, items, scores);
}

}  // namespace detail

/// Writes the k best items of the model for the user to the first `count` elements of items and scores: the list of
/// recommend, to the bit. Whatever the arguments, it reads and writes only the memory that it was given; the status
/// reports errors, with a count of 0.
///
/// The source is a model, or a live_model or a bundle of one: if a model has grown beyond the workspace, the status is
/// small_workspace; grow it by the model. A filter may stand beside those of the query; its allows(item) must be
/// noexcept, and is asked for items that could come into the list.
///
/// `scratch` serves one call at a time; many threads may call it, each with its own workspace. The memory that the
/// query refers to must be valid (offsets of `exclude` that ascend, ids that are in range or not read). O(scoring +
/// items + found * log k); factor models are read once, or only their candidates if the query has any.
template <class Source, item_filter<index_type_of<Source>> Filter = filters::none>
recommend_result recommend_one(const Source& source, std::type_identity_t<index_type_of<Source>> user,
                               const query<index_type_of<Source>>& q,
                               workspace<scalar_type_of<Source>, index_type_of<Source>>& scratch,
                               std::span<std::type_identity_t<index_type_of<Source>>> items,
                               std::span<std::type_identity_t<scalar_type_of<Source>>> scores,
                               const Filter& filter = {}) noexcept {
  static_assert(noexcept(filter.allows(user)), "akin: recommend_one needs a filter whose allows is noexcept");
  return akin::ask(source, [&](const auto& model) noexcept {
    return detail::recommend_to_one(model, user, q, scratch, items, scores, filter);
  });
}

/// The same for a sequence: the list of recommend_for, to the bit. `exclude` of the query has one row. Items of the
/// sequence may be any numbers: those that are not of the model tell it nothing.
template <class Source, item_filter<index_type_of<Source>> Filter = filters::none>
recommend_result recommend_one(const Source& source,
                               const std::type_identity_t<sequence_view<index_type_of<Source>>>& sequence,
                               const query<index_type_of<Source>>& q,
                               workspace<scalar_type_of<Source>, index_type_of<Source>>& scratch,
                               std::span<std::type_identity_t<index_type_of<Source>>> items,
                               std::span<std::type_identity_t<scalar_type_of<Source>>> scores,
                               const Filter& filter = {}) noexcept {
  static_assert(noexcept(filter.allows(index_type_of<Source>{})),
                "akin: recommend_one needs a filter whose allows is noexcept");
  return akin::ask(source, [&](const auto& model) noexcept {
    return detail::recommend_after_one(model, sequence, q, scratch, items, scores, filter);
  });
}

}  // namespace akin::inline AKIN_ABI
