/// @file
/// The implicit part of SVD++: the implicit factors of items and their sums over users' histories.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include <akin/config.hpp>
#include <akin/factorization/detail/sgd_table.hpp>
#include <akin/kernels/axpy.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Sets `sum` to |N|^-1/2 sum of y_j over N, if N is not empty.
template <class Scalar, class Index>
void sum_implicit_factors(slice<const Index> items, const rows_view<const Scalar>& y, Scalar* sum) {
  if (items.empty()) return;
  const auto scale = static_cast<Scalar>(1 / std::sqrt(static_cast<double>(items.size)));
  std::fill_n(sum, y.cols, Scalar{0});
  for (const Index item : items) kernels::axpy(scale, y.row(item), sum, y.cols);
}

/// Implicit factors y_j, all 0 at first, and for each user u the sum z_u = |N(u)|^-1/2 sum of y_j over N(u). The user
/// factors of the model are w_u = p_u + z_u.
template <class Scalar, class Index>
class svdpp_histories {
 public:
  svdpp_histories(const csr_view<Scalar, Index>& x, int factors)
      : x_(x),
        transposed_(transpose(x)),
        factors_(x.cols, factors),
        sums_(x.rows, factors),
        gradients_(x.rows, factors),
        curvatures_(x.rows) {}

  const Scalar* sums() const noexcept { return sums_.view().data; }
  dense_storage<Scalar> take_factors() noexcept { return std::move(factors_); }

  /// Visits what the next epoch depends on.
  template <class Visit>
  void state(const Visit& visit) {
    visit("implicit_factors", factors_);
    visit("sums", sums_);
  }

  bool is_finite(const host_policy& policy) const {
    return all_finite(policy, factors_.view().data, factors_.rows() * factors_.cols());
  }

  /// Moves all y at once, the w with them. With e the errors of the model, the objective as a function of changes d_j
  /// of the y has the terms (e_ui - |N(u)|^-1/2 sum of q_i'd_j)^2. By Cauchy and Schwarz the square of a sum over N(u)
  /// is at most |N(u)| times the sum of squares, so the objective does not rise with
  ///   y_j += (sum over users u of j of |N(u)|^-1/2 sum of e_ui q_i  - lambda n_j y_j)
  ///          / (sum over users u of j of sum of |q_i|^2  + lambda n_j),
  /// inner sums over i in N(u).
  void improve(const host_policy& policy, factor_table<Scalar>& model, double regularization) {
    const auto lambda = static_cast<Scalar>(regularization);
    const std::int64_t k = factors_.cols();
    add_up_users(policy, model);
    const auto users_of = transposed_.view();
    for_each_row(policy, users_of.rows, [&](std::int64_t item, int) {
      const auto users = users_of.row(item).ids;
      if (users.empty()) return;
      Scalar* const y = factors_.mutable_view().row(item);
      const Scalar held = lambda * static_cast<Scalar>(users.size);
      Scalar curvature = held;
      for (const Index user : users) curvature += curvatures_[user];
      if (!(curvature > 0)) return;
      const Scalar step = 1 / curvature, shrink = held / curvature;
      for (std::int64_t d = 0; d < k; ++d) y[d] -= shrink * y[d];
      for (const Index user : users) kernels::axpy(step, gradients_.view().row(user), y, k);
    });
    for_each_row(policy, x_.rows, [&](std::int64_t user, int) { add_up_items(user, model); });
  }

 private:
  Scalar scale_of(std::int64_t user) const noexcept {
    return static_cast<Scalar>(1 / std::sqrt(static_cast<double>(x_.row_size(user))));
  }

  /// For each user |N(u)|^-1/2 sum of e_ui q_i, and the sum of |q_i|^2.
  void add_up_users(const host_policy& policy, const factor_table<Scalar>& model) {
    const rows_view<const Scalar> q = model.item_factors.view();
    for_each_row(policy, x_.rows, [&](std::int64_t user, int) {
      if (x_.row_size(user) == 0) return;
      Scalar* const gradient = gradients_.mutable_view().row(user);
      std::fill_n(gradient, q.cols, Scalar{0});
      Scalar curvature = 0;
      const Scalar scale = scale_of(user);
      for (std::int64_t at = x_.offsets[user]; at < x_.offsets[user + 1]; ++at) {
        const Scalar* const row = q.row(x_.columns[at]);
        const Scalar error = x_.values[at] - model.score(user, std::int64_t{x_.columns[at]});
        kernels::axpy(static_cast<Scalar>(scale * error), row, gradient, q.cols);
        curvature += kernels::dot(row, row, q.cols);
      }
      curvatures_[user] = curvature;
    });
  }

  /// Sets the user's new sum, and adds the difference to the user's factors.
  void add_up_items(std::int64_t user, factor_table<Scalar>& model) {
    if (x_.row_size(user) == 0) return;
    const std::int64_t k = factors_.cols();
    Scalar* const sum = sums_.mutable_view().row(user);
    Scalar* const w = model.user_factors.mutable_view().row(user);
    kernels::axpy(Scalar{-1}, static_cast<const Scalar*>(sum), w, k);
    sum_implicit_factors(x_.row(user).ids, factors_.view(), sum);
    kernels::axpy(Scalar{1}, static_cast<const Scalar*>(sum), w, k);
  }

  csr_view<Scalar, Index> x_;
  csr_storage<Scalar, Index> transposed_;
  dense_storage<Scalar> factors_, sums_, gradients_;
  numbers<Scalar> curvatures_;
};

}  // namespace akin::inline AKIN_ABI::detail
