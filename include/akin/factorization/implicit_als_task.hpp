/// @file
/// The algorithm of implicit_als.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/feature_prior.hpp>
#include <akin/factorization/detail/implicit_als_engine.hpp>
#include <akin/factorization/detail/rotation.hpp>
#include <akin/factorization/implicit_als_options.hpp>
#include <akin/factorization/implicit_als_table.hpp>
#include <akin/factorization/side_features.hpp>
#include <akin/matrix.hpp>
#include <akin/model/factor_table.hpp>
#include <akin/model/row_model.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/progress.hpp>
#include <akin/random.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// See implicit_als.
template <class Scalar, class Index>
struct implicit_als_task {
  using scalar_type = Scalar;
  using index_type = Index;
  using options_type = implicit_als_options;
  using table_type = implicit_als_table<Scalar, Index>;
  using rows = detail::dense_storage<Scalar>;
  using context_type = row_context<implicit_als_task>;
  static constexpr std::string_view kind = "implicit_als";
  static constexpr when_both merging = when_both::add;
  static constexpr bool items_need_histories = false, alternating = true;

  implicit_als_options options;

  static void check(const implicit_als_options& options) {
    detail::require(options.regularization > 0 || options.unobserved_weight > 0, kind,
                    "regularization and unobserved_weight must not both be 0");
  }
  static void check_update(const table_type& learnt, std::string_view where) {
    detail::require(!learnt.has_features(), where,
                    "the model must have learnt without features, which it does not keep; fit it anew");
  }
  table_type read_table(const detail::model_reader& reader) const {
    return table_type::read_from(reader, options.factors);
  }

  table_type train(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                   const detail::observer_ref& observer) const {
    return train(policy, x, {}, observer);
  }
  table_type train(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                   const side_features<Scalar, Index>& features, const detail::observer_ref& observer) const;

  /// Each row is the minimum of the objective with the other side as it is and the prior `means` (0 if there are none).
  rows users_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x, const context_type& context,
                  const rows& means = {}) const;
  /// In the eigenbasis of the users' Gramian, and back.
  rows items_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x, const context_type& context,
                  const rows& means = {}) const;
  rows user_from(const row_view<Scalar, Index>& history, const context_type& context) const;
  /// Solves the items in the eigenbasis of the users' Gramian, and puts them into that of their own.
  void relearn_items(const detail::host_policy& policy, const csr_view<Scalar, Index>& item_users,
                     const detail::numbers<Index>& ids, table_type& learnt) const;

  auto engine_on(const rows& fixed, const detail::storage<Scalar>& eigenvalues) const {
    return detail::implicit_als_engine<Scalar, Index>(options, fixed.view(),
                                                      std::span(eigenvalues.begin(), eigenvalues.end()));
  }

 private:
  using prior_type = detail::feature_prior<Scalar, Index>;

  /// Small, so that the first half-step determines the result; with the standard deviation of Rendle et al.
  rows initial_factors(const detail::host_policy& policy, std::int64_t count) const;
  /// The rows of x are those of the features.
  prior_type prior_of(const feature_matrix<Scalar, Index>& features, const csr_view<Scalar, Index>& x) const;
  /// Puts the factors into the eigenbasis of their Gramian, and the weights of all features with them; its eigenvalues.
  static detail::storage<Scalar> rotate(const detail::host_policy& policy, rows& factors, prior_type& user_prior,
                                        prior_type& item_prior);
  /// The sum of lambda_i |y_i - m_i|^2; rows of x are items.
  double item_penalty(const csr_view<Scalar, Index>& x, const rows_view<const Scalar>& items,
                      const rows_view<const Scalar>& means) const;
};

template <class Scalar, class Index>
implicit_als_table<Scalar, Index> implicit_als_task<Scalar, Index>::train(const detail::host_policy& policy,
                                                                          const csr_view<Scalar, Index>& x,
                                                                          const side_features<Scalar, Index>& features,
                                                                          const detail::observer_ref& observer) const {
  const detail::csr_storage<Scalar, Index> transposed = detail::transpose(x);
  const auto user_schedule = detail::longest_first(x), item_schedule = detail::longest_first(transposed.view());
  table_type learnt;
  rows &users = learnt.user_factors, &items = learnt.item_factors;
  users = initial_factors(policy, x.rows);
  items = rows(x.cols, options.factors);
  auto user_prior = prior_of(features.users, x), item_prior = prior_of(features.items, transposed.view());
  rows user_means, item_means;
  const auto start = std::chrono::steady_clock::now();
  for (int iteration = 1; iteration <= options.iterations; ++iteration) {
    const auto user_eigenvalues = rotate(policy, users, user_prior, item_prior);
    user_prior.learn(policy, users.view());
    item_means = item_prior.means(policy);
    engine_on(users, user_eigenvalues)
        .solve_rows(policy, transposed.view(), item_schedule, items.mutable_view(), item_means.view());
    learnt.item_eigenvalues = rotate(policy, items, user_prior, item_prior);
    item_prior.learn(policy, items.view());
    user_means = user_prior.means(policy);
    const auto engine = engine_on(items, learnt.item_eigenvalues);
    engine.solve_rows(policy, x, user_schedule, users.mutable_view(), user_means.view());

    progress state{iteration, options.iterations};
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
  if (features.users.present()) learnt.untrained_users = detail::rows_without_evidence(x);
  learnt.user_weights = std::move(user_prior.weights());
  learnt.item_weights = std::move(item_prior.weights());
  return learnt;
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> implicit_als_task<Scalar, Index>::users_from(const detail::host_policy& policy,
                                                                           const csr_view<Scalar, Index>& x,
                                                                           const context_type& context,
                                                                           const rows& means) const {
  rows solved(x.rows, options.factors);
  engine_on(context.learnt.item_factors, context.learnt.item_eigenvalues)
      .solve_rows(policy, x, detail::longest_first(x), solved.mutable_view(), means.view());
  detail::fill_empty_rows(x, means.view(), solved.mutable_view());
  return solved;
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> implicit_als_task<Scalar, Index>::items_from(const detail::host_policy& policy,
                                                                           const csr_view<Scalar, Index>& x,
                                                                           const context_type& context,
                                                                           const rows& means) const {
  rows users = detail::with_rows(context.learnt.user_factors, context.learnt.users());
  for (const Index user : context.learnt.untrained_users)
    std::fill_n(users.mutable_view().row(user), users.cols(), Scalar{0});
  const detail::rotation<Scalar> basis(policy, users.view(), "implicit_als::fold_in_items");
  basis.apply(policy, users.mutable_view());
  rows rotated_means = means;
  basis.apply(policy, rotated_means.mutable_view());
  rows solved(x.rows, options.factors);
  engine_on(users, basis.eigenvalues())
      .solve_rows(policy, x, detail::longest_first(x), solved.mutable_view(), rotated_means.view());
  basis.undo(policy, solved.mutable_view());
  detail::fill_empty_rows(x, means.view(), solved.mutable_view());
  return solved;
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> implicit_als_task<Scalar, Index>::user_from(const row_view<Scalar, Index>& history,
                                                                          const context_type& context) const {
  rows user(1, options.factors);
  engine_on(context.learnt.item_factors, context.learnt.item_eigenvalues)
      .solve_row(history, user.mutable_view().row(0));
  return user;
}

template <class Scalar, class Index>
void implicit_als_task<Scalar, Index>::relearn_items(const detail::host_policy& policy,
                                                     const csr_view<Scalar, Index>& item_users,
                                                     const detail::numbers<Index>& ids, table_type& learnt) const {
  const detail::rotation<Scalar> user_basis(policy, learnt.user_factors.view(), kind);
  user_basis.apply(policy, learnt.user_factors.mutable_view());
  user_basis.apply(policy, learnt.item_factors.mutable_view());
  engine_on(learnt.user_factors, user_basis.eigenvalues())
      .solve_rows(policy, item_users, detail::longest_first(item_users, ids), learnt.item_factors.mutable_view());
  const detail::rotation<Scalar> item_basis(policy, learnt.item_factors.view(), kind);
  item_basis.apply(policy, learnt.item_factors.mutable_view());
  learnt.item_eigenvalues = item_basis.eigenvalues();
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> implicit_als_task<Scalar, Index>::initial_factors(const detail::host_policy& policy,
                                                                                std::int64_t count) const {
  rows factors(count, options.factors);
  const random_stream random(options.seed);
  const double width = 0.2 * std::sqrt(3.0 / static_cast<double>(options.factors));
  const rows_view<Scalar> view = factors.mutable_view();
  detail::for_each_row(policy, count, [&](std::int64_t row, int) {
    for (std::int64_t d = 0; d < view.cols; ++d)
      view.row(row)[d] =
          static_cast<Scalar>(width * (random.uniform(static_cast<std::uint64_t>(row * view.cols + d)) - 0.5));
  });
  return factors;
}

template <class Scalar, class Index>
detail::feature_prior<Scalar, Index> implicit_als_task<Scalar, Index>::prior_of(
    const feature_matrix<Scalar, Index>& features, const csr_view<Scalar, Index>& x) const {
  if (!features.present()) return prior_type(options.factors);
  detail::numbers<double> lambdas(x.rows);
  for (std::int64_t row = 0; row < x.rows; ++row)
    if (const std::int64_t n = detail::count_nonzero(x.row(row).values); n > 0)
      lambdas[row] = detail::row_regularization(options, n, x.cols);
  return prior_type(features.view(), std::move(lambdas), options.feature_regularization, options.factors);
}

template <class Scalar, class Index>
detail::storage<Scalar> implicit_als_task<Scalar, Index>::rotate(const detail::host_policy& policy, rows& factors,
                                                                 prior_type& user_prior, prior_type& item_prior) {
  const detail::rotation<Scalar> basis(policy, factors.view(), "implicit_als::fit");
  basis.apply(policy, factors.mutable_view());
  basis.apply(policy, user_prior.weights().mutable_view());
  basis.apply(policy, item_prior.weights().mutable_view());
  return basis.eigenvalues();
}

template <class Scalar, class Index>
double implicit_als_task<Scalar, Index>::item_penalty(const csr_view<Scalar, Index>& x,
                                                      const rows_view<const Scalar>& items,
                                                      const rows_view<const Scalar>& means) const {
  double sum = 0;
  for (std::int64_t i = 0; i < x.rows; ++i)
    sum += detail::row_penalty(options, x.row(i).values, x.cols, items.row(i), means.rows > 0 ? means.row(i) : nullptr,
                               items.cols);
  return sum;
}

AKIN_COMPILE_ONCE(factorization, struct implicit_als_task<float, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, struct implicit_als_task<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI
