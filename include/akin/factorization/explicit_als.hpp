/// @file
/// Matrix factorisation of ratings by alternating least squares.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/eigen.hpp>
#include <akin/error.hpp>
#include <akin/factorization/explicit_als_options.hpp>
#include <akin/factorization/explicit_als_task.hpp>
#include <akin/factorization/explicit_als_trainer.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/model/factor_table.hpp>
#include <akin/parallel.hpp>
#include <akin/progress.hpp>
#include <akin/train/row_model.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// Minimises over factors x_u, y_i and biases b_u, b_i, with r_ui the stored ratings (a stored 0 is a rating), w_ui
/// their weights (1 unless they are given) and mu the weighted mean of all ratings,
///   sum over stored r_ui of w_ui (r_ui - mu - b_u - b_i - x_u'y_i)^2
///   + sum of lambda_u (|x_u|^2 + b_u^2) + sum of lambda_i (|y_i|^2 + b_i^2),   x_u, y_i >= 0 with `nonnegative`,
/// where lambda_u = lambda n_u^nu for a user with n_u ratings and lambda_i likewise; nu = 1 is ALS-WR. A bias is solved
/// together with its factors, as one more coordinate. A user or an item without ratings has a bias and factors of 0.
///
/// Complexity: an iteration takes 2 nonzeros k^2 + (users + items) k^3 / 3 flops at most, less for rows with fewer
/// ratings than factors, and holds (users + items) (k + 1) numbers and a transposed copy of the matrix. Deterministic:
/// the same bits for any number of threads. With the solver `exact` the loss never rises except for rounding. Const
/// members may be called from many threads. Source: Y. Zhou, D. Wilkinson, R. Schreiber, R. Pan, "Large-Scale Parallel
/// Collaborative Filtering for the Netflix Prize", AAIM 2008; biases: Y. Koren, R. Bell, C. Volinsky, "Matrix
/// Factorization Techniques for Recommender Systems", IEEE Computer 42(8), 2009.
template <class Scalar = float, class Index = std::int32_t>
class explicit_als : public row_model<explicit_als_task<Scalar, Index>> {
  using base = row_model<explicit_als_task<Scalar, Index>>;

 public:
  using base::base;

  /// Learns from a users x items matrix of ratings. The observer is told of each iteration; if it returns false, the
  /// training ends there and keeps its result so far. Throws std::invalid_argument for values that are not finite,
  /// numeric_error if a row cannot be solved; the model is then as it was.
  template <class Policy, class Matrix, class Observer = no_observer>
  requires(!sparse_matrix_like<std::remove_cvref_t<Observer>>) void fit(const Policy& policy, const Matrix& user_items,
                                                                        Observer&& observer = {}) {
    base::fit(policy, user_items, observer);
  }
  /// The same with a weight for each rating: a matrix with the same cells, not negative. A rating of weight 0 counts as
  /// absent. Refused with keep_interactions, which would keep no weights.
  template <class Policy, class Matrix, class Weights, class Observer = no_observer>
  requires sparse_matrix_like<Weights>
  void fit(const Policy& policy, const Matrix& user_items, const Weights& weights, Observer&& observer = {}) {
    const auto x = this->checked_matrix(policy, user_items, "explicit_als::fit");
    const auto w = this->checked_matrix(policy, weights, "explicit_als::fit");
    learn_weighted(base::on_host(policy), x, w, detail::observer_ref(observer));
  }
  template <class Matrix>
  requires sparse_matrix_like<Matrix>
  void fit(const Matrix& user_items) { base::fit(user_items); }

  /// The (weighted) mean of all ratings, 0 without any.
  Scalar mean() const noexcept { return this->learnt_.mean; }
  std::span<const Scalar> user_biases() const noexcept {
    return {this->learnt_.user_biases.begin(), this->learnt_.user_biases.end()};
  }
  std::span<const Scalar> item_biases() const noexcept {
    return {this->learnt_.item_biases.begin(), this->learnt_.item_biases.end()};
  }

  /// The predicted rating: mu + b_u + b_i + x_u'y_i, to which a user or an item without ratings adds 0; ids must be in
  /// range.
  Scalar predict(Index user, Index item) const noexcept { return this->score(user, item); }

  /// The factors and, in the last column, the bias (0 in a model without) of users with these histories (rows x items):
  /// rows x (k + 1), each the minimum of the objective for fixed items. For the training matrix it gives user_factors()
  /// and user_biases() to the bit.
  using base::fold_in;
  /// The same with a weight for each rating.
  template <class Policy, class Matrix, class Weights>
  dense_matrix<Scalar> fold_in(const Policy& policy, const Matrix& histories, const Weights& weights) const {
    const auto x = this->checked_histories(policy, histories);
    const auto w = this->checked_matrix(policy, weights, "explicit_als::fold_in");
    check_weights(x, w, "explicit_als::fold_in");
    return this->task_.users_from(base::on_host(policy), {x, w.values}, this->context()).map();
  }

  /// predict and score_all for row `row` of a result of fold_in.
  Scalar predict(const dense_matrix<Scalar>& folded, std::int64_t row, Index item) const noexcept {
    const Scalar* const user = folded.data() + row * folded.cols();
    return this->learnt_.score(user, user[this->learnt_.factors()], item);
  }
  using base::score_all;
  void score_all(const dense_matrix<Scalar>& folded, std::int64_t row, std::span<Scalar> out) const noexcept {
    this->scores_of(folded.data() + row * folded.cols(), out);
  }

  /// Fills out[item] with the predicted rating of a user with this history, -infinity for items without ratings: the
  /// fold-in of the history, which reads the items of the history only.
  void score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const;

  /// See akin::explain. The contributions of a history sum to the score less mean and item bias, which no history
  /// contributes to.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;

  static explicit_als read_from(const detail::model_reader& reader) {
    return base::template read_as<explicit_als>(reader);
  }

 private:
  /// Throws unless weights have the cells of x and are not negative.
  static void check_weights(const csr_view<Scalar, Index>& x, const csr_view<Scalar, Index>& weights,
                            std::string_view where);
  void learn_weighted(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                      const csr_view<Scalar, Index>& weights, const detail::observer_ref& observer);
};
explicit_als(const explicit_als_options&)->explicit_als<>;

template <class Scalar, class Index>
void explicit_als<Scalar, Index>::score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const {
  this->scores_of(this->user_from(history).view().data, out);
}

template <class Scalar, class Index>
void explicit_als<Scalar, Index>::contributions(const row_view<Scalar, Index>& history, Index item,
                                                std::span<Scalar> out) const {
  this->task_.contributions(history, item, this->learnt_, out.data());
}

template <class Scalar, class Index>
void explicit_als<Scalar, Index>::check_weights(const csr_view<Scalar, Index>& x,
                                                const csr_view<Scalar, Index>& weights, std::string_view where) {
  const bool same_cells = weights.rows == x.rows && weights.cols == x.cols && weights.nonzeros() == x.nonzeros() &&
                          (x.rows == 0 || std::equal(x.offsets, x.offsets + x.rows, weights.offsets)) &&
                          std::equal(x.columns, x.columns + x.nonzeros(), weights.columns);
  detail::require(same_cells, where, "weights must have the shape and the cells of the ratings");
  const Scalar* const end = weights.values + weights.nonzeros();
  const Scalar* const negative = std::find_if(weights.values, end, [](Scalar weight) { return weight < 0; });
  if (negative != end) detail::require(false, where, "weights must not be negative", *negative);
}

template <class Scalar, class Index>
void explicit_als<Scalar, Index>::learn_weighted(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                                                 const csr_view<Scalar, Index>& weights,
                                                 const detail::observer_ref& observer) {
  check_weights(x, weights, "explicit_als::fit");
  detail::require(!this->options().keep_interactions, "explicit_als::fit",
                  "keep_interactions must be false where ratings have weights, which the model does not keep");
  const detail::csr_storage<Scalar, Index> transposed = detail::transpose(weights);
  const explicit_als_task<Scalar, Index> task = this->task_for(x);
  trainer<backend::host, explicit_als_task<Scalar, Index>> training(
      task, policy, detail::weighted_ratings<Scalar, Index>{x, weights.values}, transposed.view().values);
  this->adopt(task, detail::run_training(training, observer), x);
}

AKIN_COMPILE_ONCE(factorization, class explicit_als<float>)
AKIN_COMPILE_ONCE(factorization, class row_model<explicit_als_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class factor_scores<float, std::int32_t, explicit_als_table<float>>)
AKIN_COMPILE_ONCE(factorization, class explicit_als<double>)
AKIN_COMPILE_ONCE(factorization, class row_model<explicit_als_task<double, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class factor_scores<double, std::int32_t, explicit_als_table<double>>)

}  // namespace akin::inline AKIN_ABI
