/// @file
/// Matrix factorisation of implicit feedback by alternating least squares.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/factor_scores.hpp>
#include <akin/factorization/detail/feature_prior.hpp>
#include <akin/factorization/detail/implicit_als_engine.hpp>
#include <akin/factorization/detail/kept_interactions.hpp>
#include <akin/factorization/detail/rotation.hpp>
#include <akin/factorization/implicit_als_options.hpp>
#include <akin/factorization/side_features.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/model/scorer.hpp>
#include <akin/parallel.hpp>
#include <akin/progress.hpp>
#include <akin/random.hpp>

namespace akin::inline AKIN_ABI {

/// Minimises over user factors x_u and item factors y_i, with r_ui the stored values,
///   sum over stored r_ui != 0 of alpha |r_ui| (p_ui - x_u'y_i)^2 + sum over all u, i of alpha0 (p_ui - x_u'y_i)^2
///   + sum of lambda_u |x_u|^2 + sum of lambda_i |y_i|^2,
/// where p_ui = 1 if r_ui > 0 and else 0 (a negative value is a dislike), lambda_u = lambda (n_u + alpha0 items)^nu and
/// lambda_i likewise. alpha0 = 1, nu = 0 is Hu, Koren and Volinsky's model with confidence 1 + alpha r.
///
/// Complexity: an iteration takes 3 (users + items) k^2 + 12 k^3 + (4 + 8 steps) nonzeros k flops, steps a row,
/// and holds (users + items) k numbers and a transposed copy of the matrix. Deterministic: the same bits for any number
/// of threads. With the solver `exact` the loss never rises but for rounding. Const members may be called from many
/// threads. Source: Y. Hu, Y. Koren, C. Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008;
/// the eigenbasis: docs/design/implicit-als-in-the-eigenbasis.md.
template <class Scalar = float, class Index = std::int32_t>
class implicit_als : public detail::factor_scores<Scalar, Index> {
  using base = detail::factor_scores<Scalar, Index>;

 public:
  static constexpr std::string_view kind = "implicit_als";

  implicit_als() : implicit_als(implicit_als_options{}) {}
  template <detail::options_for<implicit_als_options> Options = implicit_als_options>
  explicit implicit_als(const Options& options) : options_(checked<implicit_als_options>(options, kind)) {
    detail::require(options.regularization > 0 || options.unobserved_weight > 0, kind,
                    "regularization and unobserved_weight must not both be 0");
  }

  /// Learns from a users x items matrix. The observer is told of each iteration; if it returns false, the training ends
  /// there and what was learnt is kept. Throws std::invalid_argument for values that are not finite, numeric_error
  /// where a row cannot be solved; the model is then as it was.
  template <class Policy, class Matrix, class Observer = no_observer>
  requires(!detail::is_side_features<std::remove_cvref_t<Observer>>) void fit(const Policy& policy,
                                                                              const Matrix& user_items,
                                                                              Observer&& observer = {}) {
    const auto x = detail::checked_view<Scalar, Index>(policy, user_items, "implicit_als::fit");
    train(on_host(policy), x, {}, detail::observer_ref(observer));
  }
  /// The same with features of users, items or both (a row for each): factors are held at B'f instead of 0, for the
  /// features f of their user or item and weights B that are learnt. Users and items without interactions take no part
  /// in it; afterwards they get B'f as their factors.
  template <class Policy, class Matrix, class Observer = no_observer>
  void fit(const Policy& policy, const Matrix& user_items, const side_features<Scalar, Index>& features,
           Observer&& observer = {}) {
    const auto x = detail::checked_view<Scalar, Index>(policy, user_items, "implicit_als::fit");
    detail::check_features(policy, features.users, x.rows, "users", "implicit_als::fit");
    detail::check_features(policy, features.items, x.cols, "items", "implicit_als::fit");
    train(on_host(policy), x, features, detail::observer_ref(observer));
  }
  template <class Matrix>
  requires sparse_matrix_like<Matrix>
  void fit(const Matrix& user_items) { fit(execution::seq, user_items); }

  const implicit_als_options& options() const noexcept { return options_; }

  /// The factors, rows x k, of users with these histories (rows x items): each the minimum of the objective with the
  /// item factors as they are, the prior mean 0. For the matrix of a training without features of users it gives
  /// user_factors() to the bit.
  template <class Policy, class Matrix>
  dense_matrix<Scalar> fold_in(const Policy& policy, const Matrix& histories) const {
    const auto x = checked_histories(policy, histories);
    return fold(on_host(policy), x, {});
  }
  /// The same for users with these features (rows x features of a user); without a history they get their prior mean.
  /// For the matrices of the training it gives user_factors() to the bit.
  template <class Policy, class Matrix, class Features>
  dense_matrix<Scalar> fold_in(const Policy& policy, const Matrix& histories, const Features& user_features) const {
    const auto x = checked_histories(policy, histories);
    const auto f = checked_features(policy, user_features, x.rows, user_weights_, "users", "implicit_als::fold_in");
    return fold(on_host(policy), x, detail::prior_means(policy, f, user_weights_.view()));
  }

  /// The factors, rows x k, of items that these users took (rows x users): each the minimum of the objective with the
  /// user factors as they are. Users without interactions of the training count for nothing. For the items of the
  /// training it gives nearly item_factors(), after which the users were solved once more. Takes users k^2 + 12 k^3
  /// flops besides the rows.
  template <class Policy, class Matrix>
  dense_matrix<Scalar> fold_in_items(const Policy& policy, const Matrix& item_users) const {
    return fold_items(on_host(policy), checked_item_users(policy, item_users), {});
  }
  /// The same for items with these features (rows x features of an item); those that nobody took get their prior mean.
  template <class Policy, class Matrix, class Features>
  dense_matrix<Scalar> fold_in_items(const Policy& policy, const Matrix& item_users,
                                     const Features& item_features) const {
    const auto x = checked_item_users(policy, item_users);
    const auto f =
        checked_features(policy, item_features, x.rows, item_weights_, "items", "implicit_als::fold_in_items");
    return fold_items(on_host(policy), x, detail::prior_means(policy, f, item_weights_.view()));
  }

  /// What the features weigh, B of users and of items: features x k, 0 x k without features; refers to the model.
  Eigen::Map<const dense_matrix<Scalar>> user_feature_weights() const { return user_weights_.map(); }
  Eigen::Map<const dense_matrix<Scalar>> item_feature_weights() const { return item_weights_.map(); }

  /// The interactions that the model has learnt from, users x items; refers to the model. Throws std::invalid_argument
  /// without keep_interactions.
  auto histories() const {
    detail::require_kept(*this, "implicit_als::histories");
    return histories_.map();
  }

  /// Learns from new interactions: a matrix that holds only these, of at least the model's shape; further rows and
  /// columns are new users and items, and values of cells that were there already are added. Users and items with new
  /// interactions are solved once, users first, then all users: an iteration at most, and a copy of the interactions.
  /// Throws std::invalid_argument without keep_interactions, or in a model with features; the model is then as it was.
  template <class Policy, class Matrix>
  void partial_fit(const Policy& policy, const Matrix& new_interactions) {
    require_updatable("implicit_als::partial_fit");
    const auto added =
        detail::checked_addition(policy, new_interactions, histories_.view(), "implicit_als::partial_fit");
    learn_also(on_host(policy), added);
  }
  template <class Matrix>
  void partial_fit(const Matrix& new_interactions) {
    partial_fit(execution::seq, new_interactions);
  }

  /// Drops a user's interactions, solves the items that were among them anew, then all users. The user's factors are 0
  /// and no other id moves. What other rows have learnt from the user by way of third ones fades only with the next
  /// fit. Throws as partial_fit does.
  template <class Policy>
  void forget(const Policy& policy, Index user) {
    drop(on_host(policy), user);
  }
  void forget(Index user) { forget(execution::seq, user); }

  /// Fills out[item] with the score of each item for a history: its fold-in against the item factors. -infinity for
  /// items without evidence, and for all where nothing in the history is liked. The prior mean is 0.
  void score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const;

  /// See akin::explain.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;

  void write_to(detail::model_writer& writer) const;
  static implicit_als read_from(const detail::model_reader& reader);

 private:
  /// Small, so that the first half-step decides; of the standard deviation that Rendle et al. use.
  detail::dense_storage<Scalar> initial_factors(const detail::host_policy& policy, std::int64_t rows) const;

  void train(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
             const side_features<Scalar, Index>& features, const detail::observer_ref& observer);

  using prior_type = detail::feature_prior<Scalar, Index>;

  /// rows of x: those of the features.
  prior_type prior_of(const feature_matrix<Scalar, Index>& features, const csr_view<Scalar, Index>& x) const;

  /// Puts the factors into the eigenbasis of their Gramian, and the weights of all features with them; its eigenvalues.
  static detail::storage<Scalar> rotate(const detail::host_policy& policy, detail::dense_storage<Scalar>& factors,
                                        prior_type& user_prior, prior_type& item_prior);

  /// The policy of a caller, which must be one that there is an engine for.
  template <class Policy>
  static detail::host_policy on_host(const Policy& policy) {
    static_assert(sizeof(detail::implicit_als_engine<backend_of<Policy>, Scalar, Index>) > 0);
    return policy;
  }
  auto engine_on(const detail::dense_storage<Scalar>& fixed, const detail::storage<Scalar>& eigenvalues) const {
    return detail::implicit_als_engine<backend::host, Scalar, Index>(
        options_, fixed.view(), std::span(eigenvalues.data(), static_cast<std::size_t>(eigenvalues.size())));
  }

  /// The sum of lambda_i |y_i - m_i|^2; rows of x are items.
  double item_penalty(const csr_view<Scalar, Index>& x, const rows_view<const Scalar>& items,
                      const rows_view<const Scalar>& means) const;

  template <class Policy, class Matrix>
  csr_view<Scalar, Index> checked_histories(const Policy& policy, const Matrix& histories) const {
    detail::require_fitted(*this, "implicit_als::fold_in");
    const auto x = detail::checked_view<Scalar, Index>(policy, histories, "implicit_als::fold_in");
    detail::require_columns(x.cols, this->items(), "implicit_als::fold_in");
    return x;
  }
  template <class Policy, class Matrix>
  csr_view<Scalar, Index> checked_item_users(const Policy& policy, const Matrix& item_users) const {
    detail::require_fitted(*this, "implicit_als::fold_in_items");
    const auto x = detail::checked_view<Scalar, Index>(policy, item_users, "implicit_als::fold_in_items");
    detail::require_user_columns(x.cols, this->users(), "implicit_als::fold_in_items");
    return x;
  }
  template <class Features>
  static csr_view<Scalar, Index> checked_features(const detail::host_policy& policy, const Features& features,
                                                  std::int64_t rows, const detail::dense_storage<Scalar>& weights,
                                                  std::string_view what, std::string_view where) {
    const feature_matrix<Scalar, Index> f(features);
    detail::check_features(policy, f, rows, what, where);
    if (f.view().cols != weights.rows())
      detail::fail<std::invalid_argument>(where, ": the model has learnt ", weights.rows(), " features of ", what,
                                          ", got ", f.view().cols);
    return f.view();
  }

  dense_matrix<Scalar> fold(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                            const detail::dense_storage<Scalar>& means) const;

  /// In the eigenbasis of the users' Gramian, and back.
  dense_matrix<Scalar> fold_items(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                                  detail::dense_storage<Scalar> means) const;

  void require_updatable(std::string_view where) const;

  void learn_also(const detail::host_policy& policy, const csr_view<Scalar, Index>& added);
  void drop(const detail::host_policy& policy, Index user);

  /// Solves the touched users, the touched items and then all users for these histories, which become the model's.
  void update(const detail::host_policy& policy, detail::csr_storage<Scalar, Index> histories,
              std::vector<Index> touched_users, std::vector<Index> touched_items);

  implicit_als_options options_;
  detail::storage<Scalar> item_eigenvalues_;  // of the Gramian of the trained items, which is diagonal
  detail::dense_storage<Scalar> user_weights_{0, options_.factors}, item_weights_{0, options_.factors};  // of features
  detail::storage<Index> untrained_users_;        // that have nothing but features, where there are any
  detail::csr_storage<Scalar, Index> histories_;  // where they are kept
};

template <class Scalar, class Index>
void implicit_als<Scalar, Index>::score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const {
  std::vector<Scalar> user(static_cast<std::size_t>(this->factor_count()));
  engine_on(this->item_factors_, item_eigenvalues_).solve_row(history, user.data());
  if (std::all_of(user.begin(), user.end(), [](Scalar x) { return x == 0; }))
    std::fill(out.begin(), out.end(), no_score<Scalar>);
  else
    this->score_against_items(user.data(), out);
}

template <class Scalar, class Index>
void implicit_als<Scalar, Index>::contributions(const row_view<Scalar, Index>& history, Index item,
                                                std::span<Scalar> out) const {
  engine_on(this->item_factors_, item_eigenvalues_).contributions(history, item, out.data());
}

template <class Scalar, class Index>
void implicit_als<Scalar, Index>::write_to(detail::model_writer& writer) const {
  writer.add_options(options_);
  writer.add("user_factors", this->user_factors_.view());
  writer.add("item_factors", this->item_factors_.view());
  writer.add("item_eigenvalues", item_eigenvalues_.data(), item_eigenvalues_.size());
  writer.add("user_feature_weights", user_weights_.view());
  writer.add("item_feature_weights", item_weights_.view());
  writer.add("untrained_users", untrained_users_.data(), untrained_users_.size());
  if (options_.keep_interactions) detail::write_csr(writer, "histories", histories_.view());
}

template <class Scalar, class Index>
implicit_als<Scalar, Index> implicit_als<Scalar, Index>::read_from(const detail::model_reader& reader) {
  const auto options = reader.options<implicit_als_options>();
  implicit_als model(options);
  const auto any = detail::model_reader::any;
  model.user_factors_ = detail::map_dense<Scalar>(reader, "user_factors", any, options.factors);
  model.item_factors_ = detail::map_dense<Scalar>(reader, "item_factors", any, options.factors);
  model.item_eigenvalues_ = detail::map_array<Scalar>(reader, "item_eigenvalues", options.factors);
  reader.require(
      std::is_sorted(model.item_eigenvalues_.begin(), model.item_eigenvalues_.end()) && model.item_eigenvalues_[0] >= 0,
      "eigenvalues must ascend from 0 or more");
  model.user_weights_ = detail::map_dense<Scalar>(reader, "user_feature_weights", any, options.factors);
  model.item_weights_ = detail::map_dense<Scalar>(reader, "item_feature_weights", any, options.factors);
  const auto untrained = reader.array<Index>("untrained_users", any, 1);
  detail::check_ids(reader, "untrained_users", untrained.data, untrained.rows, model.users());
  model.untrained_users_ = {untrained.data, untrained.rows, reader.owner()};
  model.histories_ = detail::read_kept<Scalar, Index>(reader, model.users(), model.items());
  return model;
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> implicit_als<Scalar, Index>::initial_factors(const detail::host_policy& policy,
                                                                           std::int64_t rows) const {
  detail::dense_storage<Scalar> factors(rows, options_.factors);
  const random_stream random(options_.seed);
  const double width = 0.2 * std::sqrt(3.0 / static_cast<double>(options_.factors));
  const rows_view<Scalar> view = factors.mutable_view();
  detail::for_each_row(policy, rows, [&](std::int64_t row, int) {
    for (std::int64_t d = 0; d < view.cols; ++d)
      view.row(row)[d] =
          static_cast<Scalar>(width * (random.uniform(static_cast<std::uint64_t>(row * view.cols + d)) - 0.5));
  });
  return factors;
}

template <class Scalar, class Index>
void implicit_als<Scalar, Index>::train(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                                        const side_features<Scalar, Index>& features,
                                        const detail::observer_ref& observer) {
  const detail::csr_storage<Scalar, Index> transposed = detail::transpose(x);
  const std::vector<Index> user_schedule = detail::longest_first(x);
  const std::vector<Index> item_schedule = detail::longest_first(transposed.view());
  implicit_als learnt(options_);
  detail::dense_storage<Scalar>&users = learnt.user_factors_, &items = learnt.item_factors_;
  users = initial_factors(policy, x.rows);
  items = detail::dense_storage<Scalar>(x.cols, options_.factors);
  auto user_prior = prior_of(features.users, x), item_prior = prior_of(features.items, transposed.view());
  detail::dense_storage<Scalar> user_means, item_means;

  const auto start = std::chrono::steady_clock::now();
  for (int iteration = 1; iteration <= options_.iterations; ++iteration) {
    const auto user_eigenvalues = rotate(policy, users, user_prior, item_prior);
    user_prior.learn(policy, users.view());
    item_means = item_prior.means(policy);
    engine_on(users, user_eigenvalues)
        .solve_rows(policy, transposed.view(), item_schedule, items.mutable_view(), item_means.view());
    learnt.item_eigenvalues_ = rotate(policy, items, user_prior, item_prior);
    item_prior.learn(policy, items.view());
    user_means = user_prior.means(policy);
    const auto engine = engine_on(items, learnt.item_eigenvalues_);
    engine.solve_rows(policy, x, user_schedule, users.mutable_view(), user_means.view());

    progress state{iteration, options_.iterations};
    state.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (observer.is_present()) {
      item_means = item_prior.means(policy);
      state.loss = engine.loss(policy, x, users.view(), user_means.view()) +
                   item_penalty(transposed.view(), items.view(), item_means.view()) + user_prior.penalty() +
                   item_prior.penalty();
    }
    if (!observer(state)) break;
  }
  item_means = item_prior.means(policy);
  detail::fill_empty_rows(x, user_means.view(), users.mutable_view());
  detail::fill_empty_rows(transposed.view(), item_means.view(), items.mutable_view());
  if (features.users.present()) learnt.untrained_users_ = detail::rows_without_evidence(x);
  learnt.user_weights_ = std::move(user_prior.weights());
  learnt.item_weights_ = std::move(item_prior.weights());
  if (options_.keep_interactions) learnt.histories_ = detail::csr_storage<Scalar, Index>(x);
  *this = std::move(learnt);
}

template <class Scalar, class Index>
detail::feature_prior<Scalar, Index> implicit_als<Scalar, Index>::prior_of(
    const feature_matrix<Scalar, Index>& features, const csr_view<Scalar, Index>& x) const {
  if (!features.present()) return prior_type(options_.factors);
  std::vector<double> lambdas(static_cast<std::size_t>(x.rows));
  for (std::int64_t row = 0; row < x.rows; ++row)
    if (const std::int64_t n = detail::evidence(x.row(row).values); n > 0)
      lambdas[static_cast<std::size_t>(row)] = detail::row_regularization(options_, n, x.cols);
  return prior_type(features.view(), std::move(lambdas), options_.feature_regularization, options_.factors);
}

template <class Scalar, class Index>
detail::storage<Scalar> implicit_als<Scalar, Index>::rotate(const detail::host_policy& policy,
                                                            detail::dense_storage<Scalar>& factors,
                                                            prior_type& user_prior, prior_type& item_prior) {
  const detail::rotation<Scalar> basis(policy, factors.view(), "implicit_als::fit");
  basis.apply(policy, factors.mutable_view());
  basis.apply(policy, user_prior.weights().mutable_view());
  basis.apply(policy, item_prior.weights().mutable_view());
  return basis.eigenvalues();
}

template <class Scalar, class Index>
double implicit_als<Scalar, Index>::item_penalty(const csr_view<Scalar, Index>& x, const rows_view<const Scalar>& items,
                                                 const rows_view<const Scalar>& means) const {
  double sum = 0;
  for (std::int64_t i = 0; i < x.rows; ++i)
    sum += detail::row_penalty(options_, x.row(i).values, x.cols, items.row(i), means.rows > 0 ? means.row(i) : nullptr,
                               items.cols);
  return sum;
}

template <class Scalar, class Index>
dense_matrix<Scalar> implicit_als<Scalar, Index>::fold(const detail::host_policy& policy,
                                                       const csr_view<Scalar, Index>& x,
                                                       const detail::dense_storage<Scalar>& means) const {
  dense_matrix<Scalar> factors(x.rows, this->factor_count());
  const rows_view<Scalar> solved{factors.data(), x.rows, factors.cols()};
  engine_on(this->item_factors_, item_eigenvalues_)
      .solve_rows(policy, x, detail::longest_first(x), solved, means.view());
  detail::fill_empty_rows(x, means.view(), solved);
  return factors;
}

template <class Scalar, class Index>
dense_matrix<Scalar> implicit_als<Scalar, Index>::fold_items(const detail::host_policy& policy,
                                                             const csr_view<Scalar, Index>& x,
                                                             detail::dense_storage<Scalar> means) const {
  auto users = detail::with_rows(this->user_factors_, this->users());
  for (const Index user : untrained_users_) std::fill_n(users.mutable_view().row(user), users.cols(), Scalar{0});
  const detail::rotation<Scalar> basis(policy, users.view(), "implicit_als::fold_in_items");
  basis.apply(policy, users.mutable_view());
  auto turned = means;
  basis.apply(policy, turned.mutable_view());
  dense_matrix<Scalar> factors(x.rows, this->factor_count());
  const rows_view<Scalar> solved{factors.data(), x.rows, factors.cols()};
  engine_on(users, basis.eigenvalues()).solve_rows(policy, x, detail::longest_first(x), solved, turned.view());
  basis.undo(policy, solved);
  detail::fill_empty_rows(x, means.view(), solved);
  return factors;
}

template <class Scalar, class Index>
void implicit_als<Scalar, Index>::require_updatable(std::string_view where) const {
  detail::require_kept(*this, where);
  detail::require(user_weights_.rows() == 0 && item_weights_.rows() == 0, where,
                  "the model must have learnt without features, which it does not keep; fit it anew");
}

template <class Scalar, class Index>
void implicit_als<Scalar, Index>::learn_also(const detail::host_policy& policy, const csr_view<Scalar, Index>& added) {
  update(policy, detail::merge_interactions(histories_.view(), added, when_both::add), detail::touched_rows(added),
         detail::touched_columns(added));
}

template <class Scalar, class Index>
void implicit_als<Scalar, Index>::drop(const detail::host_policy& policy, Index user) {
  require_updatable("implicit_als::forget");
  detail::require_id(user, this->users(), "implicit_als::forget", "user");
  const auto items = histories_.view().row(user).ids;
  update(policy, detail::without_row(histories_.view(), user), {user}, {items.begin(), items.end()});
}

template <class Scalar, class Index>
void implicit_als<Scalar, Index>::update(const detail::host_policy& policy,
                                         detail::csr_storage<Scalar, Index> histories, std::vector<Index> touched_users,
                                         std::vector<Index> touched_items) {
  const csr_view<Scalar, Index> x = histories.view();
  const detail::csr_storage<Scalar, Index> transposed = detail::transpose(x);
  auto users = detail::with_rows(this->user_factors_, x.rows), items = detail::with_rows(this->item_factors_, x.cols);
  detail::storage<Scalar> eigenvalues = item_eigenvalues_;
  engine_on(items, eigenvalues)
      .solve_rows(policy, x, detail::longest_first(x, std::move(touched_users)), users.mutable_view());
  if (!touched_items.empty()) {
    const detail::rotation<Scalar> user_basis(policy, users.view(), "implicit_als");
    user_basis.apply(policy, users.mutable_view());
    user_basis.apply(policy, items.mutable_view());
    engine_on(users, user_basis.eigenvalues())
        .solve_rows(policy, transposed.view(), detail::longest_first(transposed.view(), std::move(touched_items)),
                    items.mutable_view());
    const detail::rotation<Scalar> item_basis(policy, items.view(), "implicit_als");
    item_basis.apply(policy, items.mutable_view());
    eigenvalues = item_basis.eigenvalues();
  }
  engine_on(items, eigenvalues).solve_rows(policy, x, detail::longest_first(x), users.mutable_view());
  this->user_factors_ = std::move(users);
  this->item_factors_ = std::move(items);
  item_eigenvalues_ = std::move(eigenvalues);
  histories_ = std::move(histories);
}

AKIN_COMPILE_ONCE(factorization, class implicit_als<float>)
AKIN_COMPILE_ONCE(factorization, class implicit_als<double>)

}  // namespace akin::inline AKIN_ABI
