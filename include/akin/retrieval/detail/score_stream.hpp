/// @file
/// Scores of one user after the other, computed for several users at once by models that can.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <akin/config.hpp>
#include <akin/language.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// What one user did: item ids, ascending, and a value each.
template <class Scalar, class Index>
struct history {
  slice<const Index> columns;
  slice<const Scalar> values;
};

template <class Model>
using history_of = history<typename Model::scalar_type, typename Model::index_type>;

/// Whether the model scores an empty history: that of a visitor of whom nothing is known.
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
  return !of.columns.empty() || answers_without_history(model);
}

/// A model that scores up to `block_users` users, or histories, for little more than one: score_block fills row i of
/// `out` with what score_all, or score_history, gives for element i, to the bit.
template <class Model, class Request>
concept block_scorer = requires(const Model& model, std::span<const Request> requests,
                                rows_view<typename Model::scalar_type> out) {
  { Model::block_users } -> std::convertible_to<std::int64_t>;
  model.score_block(requests, out);
};

/// How many users a model scores at once.
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
  model.score_history(of.columns, of.values, out);
}

/// The rows of scores of `requests` (users, or histories), in their order.
template <class Model, class Request>
class score_stream {
 public:
  using scalar_type = typename Model::scalar_type;

  /// `memory` holds scored_at_once() rows of scores; all must outlive the stream.
  score_stream(const Model& model, std::span<const Request> requests, std::vector<scalar_type>& memory)
      : model_(model), requests_(requests), memory_(memory) {}

  /// The scores of the next request, which may be written to; valid until the next call.
  std::span<scalar_type> next() {
    const auto items = static_cast<std::size_t>(model_.items());
    if constexpr (block_scorer<Model, Request>) {
      constexpr auto most = static_cast<std::size_t>(Model::block_users);
      const std::size_t place = position_++ % most;
      if (place == 0) {
        const auto block = requests_.subspan(position_ - 1, std::min(most, requests_.size() - (position_ - 1)));
        model_.score_block(
            block, rows_view<scalar_type>{memory_.data(), static_cast<std::int64_t>(block.size()), model_.items()});
      }
      return std::span(memory_).subspan(place * items, items);
    } else {
      const auto scores = std::span(memory_).first(items);
      score_one(model_, requests_[position_++], scores);
      return scores;
    }
  }

 private:
  const Model& model_;
  std::span<const Request> requests_;
  std::vector<scalar_type>& memory_;
  std::size_t position_ = 0;
};

}  // namespace akin::inline AKIN_ABI::detail
