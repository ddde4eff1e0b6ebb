/// @file
/// A model that learns from weighted interactions, so that a search can choose the weighting.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/language.hpp>
#include <akin/model/inner_products.hpp>
#include <akin/model/request.hpp>
#include <akin/model/scorer.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The number of users that a model scores at once, be it one.
template <class Model>
inline constexpr std::int64_t users_at_once = 1;
template <class Model>
requires requires { Model::block_users; }
inline constexpr std::int64_t users_at_once<Model> = Model::block_users;

}  // namespace detail

/// A model and a function of the interactions, such as [](const auto& x) { return akin::weighting::bm25(x); }: fit
/// gives the model what the function makes of them. So the data of each trial of a search, and the cells of its
/// validation, are the plain ones, and weights come from what is learnt alone. Everything else is the model's;
/// evaluate, recommend, cross_validate and the searches take it. A history of recommend_for is scored with the values
/// that it has: weight it, where the model asks for the values. model() is the fitted model, to be saved and served.
template <class Model, class Weighting>
class weighted_training {
 public:
  using scalar_type = typename Model::scalar_type;
  using index_type = typename Model::index_type;
  static constexpr std::int64_t block_users = detail::users_at_once<Model>;

  /// The weighting is called with a matrix, or an Eigen::Map of one, and returns a matrix of the same shape.
  weighted_training(Model model, Weighting weighting) : model_(std::move(model)), weighting_(std::move(weighting)) {}

  /// Trains the model on the weighted interactions; an observer is passed on. Throws std::invalid_argument if the
  /// weighting changes the shape, and what the weighting and the model throw.
  template <class Policy, class Matrix, class... Observer>
  void fit(const Policy& policy, const Matrix& user_items, Observer&&... observer) {
    static_assert(std::is_invocable_v<const Weighting&, const Matrix&>,
                  "akin: the weighting of a weighted_training must be callable with the matrix of interactions");
    const auto& weighted = weighting_(user_items);
    if (weighted.rows() != user_items.rows() || weighted.cols() != user_items.cols())
      detail::fail<std::invalid_argument>("weighted_training: the weighting must return a matrix of ",
                                          user_items.rows(), " x ", user_items.cols(), ", got ", weighted.rows(), " x ",
                                          weighted.cols());
    model_.fit(policy, weighted, std::forward<Observer>(observer)...);
  }

  const Model& model() const& noexcept { return model_; }
  Model&& model() && noexcept { return std::move(model_); }

  bool is_fitted() const { return detail::is_fitted(model_); }
  std::int64_t users() const { return model_.users(); }
  std::int64_t items() const { return model_.items(); }
  bool knows_user(index_type user) const { return model_.knows_user(user); }
  bool knows_item(index_type item) const { return model_.knows_item(item); }
  bool answers_without_history() const { return akin::answers_without_history(model_); }
  scalar_type score(index_type user, index_type item) const { return model_.score(user, item); }
  void score_all(index_type user, std::span<scalar_type> out) const { model_.score_all(user, out); }

  // What only some models can do.
  template <class Request>
  requires block_scorer<Model, Request>
  void score_block(std::span<const Request> requests, const rows_view<scalar_type>& out) const {
    model_.score_block(requests, out);
  }
  auto as_inner_products() const requires scores_inner_products<Model> { return model_.as_inner_products(); }
  void score_history(const row_view<scalar_type, index_type>& history,
                     std::span<scalar_type> out) const requires history_scorer<Model> {
    model_.score_history(history, out);
  }
  double predict(index_type user, index_type item) const requires rating_predictor<Model> {
    return static_cast<double>(model_.predict(user, item));
  }

 private:
  Model model_;
  Weighting weighting_;
};

}  // namespace akin::inline AKIN_ABI
