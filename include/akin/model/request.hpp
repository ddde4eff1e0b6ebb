/// @file
/// The request to a model: a user of the training, or a history.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>

#include <akin/config.hpp>
#include <akin/model/scorer.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// The history of any user: item ids, and a value each.
template <class Model>
using history_of = row_view<typename Model::scalar_type, typename Model::index_type>;

/// Whether the model scores an empty history, that of an unknown visitor.
template <class Model>
bool answers_without_history(const Model& model) {
  if constexpr (requires {
                  { model.answers_without_history() } -> std::convertible_to<bool>;
                })
    return model.answers_without_history();
  else
    return false;
}

/// Whether the model has a list for the user, or for the history.
template <class Model>
bool is_known(const Model& model, typename Model::index_type user) {
  return model.knows_user(user);
}
template <class Model>
bool is_known(const Model& model, const history_of<Model>& of) {
  return !of.empty() || answers_without_history(model);
}

/// The number of users that a model scores at once.
template <class Model, class Request>
constexpr std::int64_t scored_at_once() {
  if constexpr (block_scorer<Model, Request>)
    return Model::block_users;
  else
    return 1;
}

template <class Model>
void score_one(const Model& model, typename Model::index_type user, std::span<typename Model::scalar_type> out) {
  model.score_all(user, out);
}
template <class Model>
void score_one(const Model& model, const history_of<Model>& of, std::span<typename Model::scalar_type> out) {
  model.score_history(of, out);
}

}  // namespace akin::inline AKIN_ABI
