/// @file
/// The training of implicit_als on the host.
#pragma once

#include <cmath>
#include <cstdint>
#include <utility>

#include <akin/config.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/feature_prior.hpp>
#include <akin/factorization/detail/implicit_als_engine.hpp>
#include <akin/factorization/detail/rotation.hpp>
#include <akin/factorization/implicit_als_task.hpp>
#include <akin/factorization/side_features.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/random.hpp>
#include <akin/storage.hpp>
#include <akin/train/trainer.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// Alternating least squares: all items for fixed users, then all users for these items. Before each half-step the
/// fixed side is put into the eigenbasis of its Gramian, and the weights of its features are learnt.
template <class Scalar, class Index>
class trainer<backend::host, implicit_als_task<Scalar, Index>> {
 public:
  using task_type = implicit_als_task<Scalar, Index>;
  using table_type = implicit_als_table<Scalar, Index>;

  /// All must outlive the training.
  trainer(const task_type& task, const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
          const side_features<Scalar, Index>& features = {});

  const task_type& task() const noexcept { return task_; }
  std::uint64_t data_checksum() const noexcept {
    return detail::checksum_of(features_.items.view(),
                               detail::checksum_of(features_.users.view(), detail::checksum_of(x_)));
  }

  void iterate(int /*number*/, bool /*with_loss*/) {
    solve_items();
    solve_users();
  }
  double loss() const;
  table_type take();

  template <class Visit>
  void state(const Visit& visit) {
    visit("user_factors", users_);
    visit("item_factors", items_);
    visit("item_eigenvalues", item_eigenvalues_);
    visit("user_feature_weights", user_prior_.weights());
    visit("item_feature_weights", item_prior_.weights());
  }

 private:
  using rows = detail::dense_storage<Scalar>;
  using prior_type = detail::feature_prior<Scalar, Index>;

  void solve_items();
  void solve_users();

  /// Small, so that the first half-step determines the result; with the standard deviation of Rendle et al.
  rows initial_factors(std::int64_t count) const;
  /// The rows of x are those of the features.
  prior_type prior_of(const feature_matrix<Scalar, Index>& features, const csr_view<Scalar, Index>& x) const;
  /// Puts the factors into the eigenbasis of their Gramian, and the weights of all features with them; its eigenvalues.
  detail::storage<Scalar> rotate(rows& factors);
  /// The sum of lambda_i |y_i - m_i|^2.
  double item_penalty(const rows_view<const Scalar>& means) const;

  const task_type& task_;
  detail::host_policy policy_;
  csr_view<Scalar, Index> x_;
  const side_features<Scalar, Index> features_;
  detail::csr_storage<Scalar, Index> transposed_;
  detail::numbers<Index> user_schedule_, item_schedule_;
  rows users_, items_;
  detail::storage<Scalar> item_eigenvalues_;
  prior_type user_prior_, item_prior_;
};

template <class Scalar, class Index>
trainer<backend::host, implicit_als_task<Scalar, Index>>::trainer(const task_type& task,
                                                                  const detail::host_policy& policy,
                                                                  const csr_view<Scalar, Index>& x,
                                                                  const side_features<Scalar, Index>& features)
    : task_(task),
      policy_(policy),
      x_(x),
      features_(features),
      transposed_(detail::transpose(x)),
      user_schedule_(detail::longest_first(x)),
      item_schedule_(detail::longest_first(transposed_.view())),
      users_(initial_factors(x.rows)),
      items_(x.cols, *task.options.factors),
      item_eigenvalues_(*task.options.factors),
      user_prior_(prior_of(features.users, x)),
      item_prior_(prior_of(features.items, transposed_.view())) {}

template <class Scalar, class Index>
void trainer<backend::host, implicit_als_task<Scalar, Index>>::solve_items() {
  const auto eigenvalues = rotate(users_);
  user_prior_.learn(policy_, users_.view());
  const rows means = item_prior_.means(policy_);
  task_.engine_on(users_, eigenvalues)
      .solve_rows(policy_, transposed_.view(), item_schedule_, items_.mutable_view(), means.view());
}

template <class Scalar, class Index>
void trainer<backend::host, implicit_als_task<Scalar, Index>>::solve_users() {
  item_eigenvalues_ = rotate(items_);
  item_prior_.learn(policy_, items_.view());
  const rows means = user_prior_.means(policy_);
  task_.engine_on(items_, item_eigenvalues_)
      .solve_rows(policy_, x_, user_schedule_, users_.mutable_view(), means.view());
}

template <class Scalar, class Index>
double trainer<backend::host, implicit_als_task<Scalar, Index>>::loss() const {
  const rows user_means = user_prior_.means(policy_), item_means = item_prior_.means(policy_);
  return task_.engine_on(items_, item_eigenvalues_).loss(policy_, x_, users_.view(), user_means.view()) +
         item_penalty(item_means.view()) + user_prior_.penalty() + item_prior_.penalty();
}

template <class Scalar, class Index>
implicit_als_table<Scalar, Index> trainer<backend::host, implicit_als_task<Scalar, Index>>::take() {
  detail::fill_empty_rows(x_, user_prior_.means(policy_).view(), users_.mutable_view());
  detail::fill_empty_rows(transposed_.view(), item_prior_.means(policy_).view(), items_.mutable_view());
  table_type learnt;
  if (features_.users.present()) learnt.untrained_users = detail::rows_without_evidence(x_);
  learnt.user_factors = std::move(users_);
  learnt.item_factors = std::move(items_);
  learnt.item_eigenvalues = std::move(item_eigenvalues_);
  learnt.user_weights = std::move(user_prior_.weights());
  learnt.item_weights = std::move(item_prior_.weights());
  return learnt;
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> trainer<backend::host, implicit_als_task<Scalar, Index>>::initial_factors(
    std::int64_t count) const {
  rows factors(count, *task_.options.factors);
  const random_stream random(task_.options.seed);
  const double width = 0.2 * std::sqrt(3.0 / static_cast<double>(*task_.options.factors));
  const rows_view<Scalar> view = factors.mutable_view();
  detail::for_each_row(policy_, count, [&](std::int64_t row, int) {
    for (std::int64_t d = 0; d < view.cols; ++d)
      view.row(row)[d] =
          static_cast<Scalar>(width * (random.uniform(static_cast<std::uint64_t>(row * view.cols + d)) - 0.5));
  });
  return factors;
}

template <class Scalar, class Index>
detail::feature_prior<Scalar, Index> trainer<backend::host, implicit_als_task<Scalar, Index>>::prior_of(
    const feature_matrix<Scalar, Index>& features, const csr_view<Scalar, Index>& x) const {
  const implicit_als_options& options = task_.options;
  if (!features.present()) return prior_type(*options.factors);
  detail::numbers<double> lambdas(x.rows);
  for (std::int64_t row = 0; row < x.rows; ++row)
    if (const std::int64_t n = detail::count_nonzero(x.row(row).values); n > 0)
      lambdas[row] = detail::row_regularization(options, n, x.cols);
  return prior_type(features.view(), std::move(lambdas), options.feature_regularization, *options.factors);
}

template <class Scalar, class Index>
detail::storage<Scalar> trainer<backend::host, implicit_als_task<Scalar, Index>>::rotate(rows& factors) {
  const detail::rotation<Scalar> basis(policy_, factors.view(), "implicit_als::fit");
  basis.apply(policy_, factors.mutable_view());
  basis.apply(policy_, user_prior_.weights().mutable_view());
  basis.apply(policy_, item_prior_.weights().mutable_view());
  return basis.eigenvalues();
}

template <class Scalar, class Index>
double trainer<backend::host, implicit_als_task<Scalar, Index>>::item_penalty(
    const rows_view<const Scalar>& means) const {
  const csr_view<Scalar, Index> x = transposed_.view();
  const rows_view<const Scalar> items = items_.view();
  double sum = 0;
  for (std::int64_t i = 0; i < x.rows; ++i)
    sum += detail::row_penalty(task_.options, x.row(i).values, x.cols, items.row(i),
                               means.rows > 0 ? means.row(i) : nullptr, items.cols);
  return sum;
}

AKIN_COMPILE_ONCE(factorization, class trainer<backend::host, implicit_als_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class trainer<backend::host, implicit_als_task<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
