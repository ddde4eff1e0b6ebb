/// @file
/// Matrix factorisation of implicit feedback by alternating least squares.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/factorization/detail/feature_prior.hpp>
#include <akin/factorization/implicit_als_options.hpp>
#include <akin/factorization/implicit_als_task.hpp>
#include <akin/factorization/implicit_als_trainer.hpp>
#include <akin/factorization/side_features.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/model/factor_table.hpp>
#include <akin/parallel.hpp>
#include <akin/progress.hpp>
#include <akin/train/row_model.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// Minimises over user factors x_u and item factors y_i, with r_ui the stored values,
///   sum over stored r_ui != 0 of alpha |r_ui| (p_ui - x_u'y_i)^2 + sum over all u, i of alpha0 (p_ui - x_u'y_i)^2
///   + sum of lambda_u |x_u|^2 + sum of lambda_i |y_i|^2,
/// where p_ui = 1 if r_ui > 0 and else 0 (a negative value is a dislike), lambda_u = lambda (n_u + alpha0 items)^nu and
/// lambda_i likewise. alpha0 = 1, nu = 0 is Hu, Koren and Volinsky's model with confidence 1 + alpha r.
///
/// Complexity: an iteration takes 3 (users + items) k^2 + 12 k^3 + (4 + 8 steps) nonzeros k flops, steps a row,
/// and holds (users + items) k numbers and a transposed copy of the matrix. Deterministic: the same bits for any number
/// of threads. With the solver `exact` the loss never rises except for rounding. Const members may be called from many
/// threads. Source: Y. Hu, Y. Koren, C. Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008;
/// the eigenbasis: docs/design/implicit-als-in-the-eigenbasis.md.
template <class Scalar = float, class Index = std::int32_t>
class implicit_als : public row_model<implicit_als_task<Scalar, Index>> {
  using base = row_model<implicit_als_task<Scalar, Index>>;

 public:
  using base::base;

  /// Learns from a users x items matrix. The observer is told of each iteration; if it returns false, the training ends
  /// there and keeps its result so far. Throws std::invalid_argument for values that are not finite, numeric_error if a
  /// row cannot be solved; the model is then as it was.
  template <class Policy, class Matrix, class Observer = no_observer>
  requires(!detail::is_side_features<std::remove_cvref_t<Observer>>) void fit(const Policy& policy,
                                                                              const Matrix& user_items,
                                                                              Observer&& observer = {}) {
    base::fit(policy, user_items, observer);
  }
  /// The same with features of users, items or both (a row for each): factors shrink towards B'f instead of 0, with the
  /// features f of their user or item and learnt weights B. Users and items without interactions are left out of the
  /// training; afterwards they get B'f as their factors.
  template <class Policy, class Matrix, class Observer = no_observer>
  void fit(const Policy& policy, const Matrix& user_items, const side_features<Scalar, Index>& features,
           Observer&& observer = {}) {
    const auto x = this->checked_matrix(policy, user_items, "implicit_als::fit");
    detail::check_features(policy, features.users, x.rows, "users", "implicit_als::fit");
    detail::check_features(policy, features.items, x.cols, "items", "implicit_als::fit");
    learn_with(base::on_host(policy), x, features, detail::observer_ref(observer));
  }
  template <class Matrix>
  requires sparse_matrix_like<Matrix>
  void fit(const Matrix& user_items) { base::fit(user_items); }

  /// The factors, rows x k, of users with these histories (rows x items): each the minimum of the objective for fixed
  /// item factors and a prior mean of 0. For the training matrix, without features of users, it gives user_factors() to
  /// the bit.
  using base::fold_in;
  /// The same for users with these features (rows x features of a user); without a history they get their prior mean.
  /// For the matrices of the training it gives user_factors() to the bit.
  template <class Policy, class Matrix, class Features>
  dense_matrix<Scalar> fold_in(const Policy& policy, const Matrix& histories, const Features& user_features) const {
    const auto x = this->checked_histories(policy, histories);
    return this->task_
        .users_from(
            base::on_host(policy), x, this->context(),
            means_of(policy, user_features, x.rows, this->learnt_.user_weights, "users", "implicit_als::fold_in"))
        .map();
  }

  /// The factors, rows x k, of items that these users took (rows x users): each the minimum of the objective for fixed
  /// user factors. Users without interactions in the training are ignored. For the items of the training it gives
  /// nearly item_factors(): the training solves the users once more after them. Takes users k^2 + 12 k^3 flops besides
  /// the rows.
  using base::fold_in_items;
  /// The same for items with these features (rows x features of an item); those without users get their prior mean.
  template <class Policy, class Matrix, class Features>
  dense_matrix<Scalar> fold_in_items(const Policy& policy, const Matrix& item_users,
                                     const Features& item_features) const {
    const auto x = this->checked_item_users(policy, item_users);
    return this->task_
        .items_from(
            base::on_host(policy), x, this->context(),
            means_of(policy, item_features, x.rows, this->learnt_.item_weights, "items", "implicit_als::fold_in_items"))
        .map();
  }

  /// The weights of the features, B of users and of items: features x k, 0 x k without features; refers to the model.
  Eigen::Map<const dense_matrix<Scalar>> user_feature_weights() const { return this->learnt_.user_weights.map(); }
  Eigen::Map<const dense_matrix<Scalar>> item_feature_weights() const { return this->learnt_.item_weights.map(); }

  /// See akin::explain.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;

  static implicit_als read_from(const detail::model_reader& reader) {
    return base::template read_as<implicit_als>(reader);
  }

 private:
  void learn_with(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                  const side_features<Scalar, Index>& features, const detail::observer_ref& observer);

  /// The prior means of rows with these features.
  template <class Features>
  static detail::dense_storage<Scalar> means_of(const detail::host_policy& policy, const Features& features,
                                                std::int64_t rows, const detail::dense_storage<Scalar>& weights,
                                                std::string_view what, std::string_view where) {
    const feature_matrix<Scalar, Index> f(features);
    detail::check_features(policy, f, rows, what, where);
    if (f.view().cols != weights.rows())
      detail::fail<std::invalid_argument>(where, ": the model has learnt ", weights.rows(), " features of ", what,
                                          ", got ", f.view().cols);
    return detail::prior_means(policy, f.view(), weights.view());
  }
};
implicit_als(const implicit_als_options&)->implicit_als<>;

template <class Scalar, class Index>
void implicit_als<Scalar, Index>::contributions(const row_view<Scalar, Index>& history, Index item,
                                                std::span<Scalar> out) const {
  this->task_.engine_on(this->learnt_.item_factors, this->learnt_.item_eigenvalues)
      .contributions(history, item, out.data());
}

template <class Scalar, class Index>
void implicit_als<Scalar, Index>::learn_with(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                                             const side_features<Scalar, Index>& features,
                                             const detail::observer_ref& observer) {
  const implicit_als_task<Scalar, Index> task = this->task_for(x);
  trainer<backend::host, implicit_als_task<Scalar, Index>> training(task, policy, x, features);
  this->adopt(task, detail::run_training(training, observer), x);
}

AKIN_COMPILE_ONCE(factorization, class implicit_als<float>)
AKIN_COMPILE_ONCE(factorization, class row_model<implicit_als_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class factor_scores<float, std::int32_t, implicit_als_table<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class implicit_als<double>)
AKIN_COMPILE_ONCE(factorization, class row_model<implicit_als_task<double, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class factor_scores<double, std::int32_t, implicit_als_table<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
