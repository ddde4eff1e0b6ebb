/// @file
/// The abilities of models, as concepts.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <span>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// The score of an item that is never recommended: it has no evidence, or is not eligible.
template <class Scalar>
inline constexpr Scalar no_score = -std::numeric_limits<Scalar>::infinity();

/// A model that can score every item for a history that it has never seen: score_history(history, out) fills out[item],
/// -infinity if there is no evidence. A model that needs no history has answers_without_history(), and is then asked
/// for empty histories too.
template <class T>
concept history_scorer = requires(const T& model,
                                  const row_view<typename T::scalar_type, typename T::index_type>& history,
                                  std::span<typename T::scalar_type> out) {
  model.score_history(history, out);
};

/// A model that scores every item as the next one of a sequence that it has never seen: score_sequence(sequence, out)
/// fills out[item], -infinity if there is no evidence. Items of the sequence that are not of the model tell it nothing.
template <class T>
concept sequence_scorer = requires(const T& model, const sequence_view<typename T::index_type>& sequence,
                                   typename T::index_type item, std::span<typename T::scalar_type> out) {
  { model.items() } -> std::convertible_to<std::int64_t>;
  { model.knows_item(item) } -> std::convertible_to<bool>;
  model.score_sequence(sequence, out);
};

/// A model that scores up to `block_users` users, or histories, at little more than the cost of one: score_block fills
/// row i of `out` with what score_all, or score_history, gives for element i, to the bit.
template <class Model, class Request>
concept block_scorer = requires(const Model& model, std::span<const Request> requests,
                                rows_view<typename Model::scalar_type> out) {
  { Model::block_users } -> std::convertible_to<std::int64_t>;
  model.score_block(requests, out);
};

/// A model with item similarities: it fills a similarity for every item, -infinity if there is none.
template <class T>
concept item_similarity = requires(const T& model, typename T::index_type item,
                                   std::span<typename T::scalar_type> out) {
  { model.items() } -> std::convertible_to<std::int64_t>;
  model.similarity_all(item, out);
};

/// A model that predicts the rating that a user gives to an item.
template <class T>
concept rating_predictor = requires(const T& model, typename T::index_type id) {
  { model.users() } -> std::convertible_to<std::int64_t>;
  { model.items() } -> std::convertible_to<std::int64_t>;
  { model.predict(id, id) } -> std::convertible_to<double>;
};

/// A model that can split a score over the items of a history: contributions(history, item, out) fills a number for
/// each element of the history; their sum is the history's score of the item.
template <class T>
concept explainable = requires(const T& model, const row_view<typename T::scalar_type, typename T::index_type>& history,
                               typename T::index_type item, std::span<typename T::scalar_type> out) {
  model.contributions(history, item, out);
};

}  // namespace akin::inline AKIN_ABI
