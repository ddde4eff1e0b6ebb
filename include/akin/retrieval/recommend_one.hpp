/// @file
/// Recommendations for one user in real time: no allocation, no exception.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/retrieval/detail/one_user.hpp>
#include <akin/retrieval/one_status.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/workspace.hpp>

namespace akin::inline AKIN_ABI {

/// A model that scores all items for a user without throwing or allocating, where need be in memory of the caller's.
template <class T>
concept real_time_scorer = scorer<T> &&(detail::scratch_scorer<T> || detail::row_scorer<T>);

/// Writes the k best items of the model for the user to the first `count` elements of items and scores: what recommend
/// gives, to the bit. Whatever it is called with, it reads and writes nothing but what it was given; what is wrong is
/// said by the status, with a count of 0.
///
/// `scratch` is for one call at a time; models may be asked by many threads, with a workspace each. The memory that
/// the query refers to must be what it says (offsets of `exclude` that ascend, ids that are in range or not looked at).
/// O(scoring + items + found * log k); models of factors are read once, and candidates alone where there are any.
template <class Model>
one_result recommend_one(const Model& model, std::type_identity_t<typename Model::index_type> user,
                         const query<typename Model::index_type>& q,
                         workspace<typename Model::scalar_type, typename Model::index_type>& scratch,
                         std::span<std::type_identity_t<typename Model::index_type>> items,
                         std::span<std::type_identity_t<typename Model::scalar_type>> scores) noexcept {
  static_assert(real_time_scorer<Model>,
                "akin: recommend_one needs a model whose score_all neither throws nor allocates (noexcept)");
  if (model.users() == 0 && model.items() == 0)
    return {0, detail::is_fitted(model) ? one_status::fitted_on_nothing : one_status::not_fitted};
  const one_status status =
      detail::check_one(q, model.users(), model.items(), scratch, std::min(items.size(), scores.size()));
  if (status != one_status::ok) return {0, status};
  if constexpr (detail::scratch_scorer<Model>)
    if (scratch.scratch().size() < model.scratch_size()) return {0, one_status::small_workspace};
  if (user < 0 || user >= model.users()) return {0, one_status::unknown_user};
  if (!model.knows_user(user)) return {0, one_status::no_evidence};
  const std::int64_t k = std::min<std::int64_t>(q.k, model.items());
  if (k == 0) return {0, one_status::ok};
  std::int64_t count = 0;
  if constexpr (detail::range_scorer<Model>)
    count = q.candidates ? detail::rank_candidates(model, user, q, k, scratch)
                         : detail::rank_ranges(model, user, q, k, scratch);
  else
    count = detail::rank_row(model, user, q, k, scratch);
  return detail::hand_over(count, scratch, items, scores);
}

}  // namespace akin::inline AKIN_ABI
