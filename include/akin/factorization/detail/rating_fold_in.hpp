/// @file
/// Fold-in for models of ratings: the factors and the bias of new users and items.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/kernels/axpy.hpp>
#include <akin/kernels/cholesky.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/kernels/rank_one_update.hpp>
#include <akin/matrix.hpp>
#include <akin/model/factor_table.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The side of a model that stays fixed while rows of the other side are solved.
template <class Scalar>
struct fixed_side {
  rows_view<const Scalar> factors;
  const Scalar* biases;
  Scalar mean;
  double regularization;

  static fixed_side items_of(const factor_table<Scalar>& model, double regularization) {
    return {model.item_factors.view(), model.item_biases.data(), model.mean, regularization};
  }
  static fixed_side users_of(const factor_table<Scalar>& model, double regularization) {
    return {model.user_factors.view(), model.user_biases.data(), model.mean, regularization};
  }

  /// The part of a rating of `id` that the row's factors and bias must explain, in double.
  double target(Scalar rating, std::int64_t id) const noexcept {
    return static_cast<double>(rating) - static_cast<double>(mean) - static_cast<double>(biases[id]);
  }
};

/// The least squares problem of one row with n elements: with y the fixed factors and a 1 for the bias,
///   (sum of y y' + n lambda I) z = right, by Cholesky in double.
/// At least 1e-12 of the trace is added to the diagonal, so that without regularisation it finds nearly the shortest of
/// many solutions. O(n k^2 + k^3).
template <class Scalar, class Index>
class rating_problem {
 public:
  explicit rating_problem(const fixed_side<Scalar>& fixed) : fixed_(fixed), wide_(fixed.factors.cols + 1) {}

  std::int64_t size() const noexcept { return fixed_.factors.cols + 1; }

  /// Factors the system of a row; false if that fails.
  bool factor(slice<const Index> ids) {
    system_.assign(size() * size(), 0);
    for (const Index id : ids) kernels::rank_one_update(1.0, wide(id), system_.data(), size());
    double trace = 0;
    for (std::int64_t d = 0; d < size(); ++d) trace += diagonal(d);
    const double shift = std::max(fixed_.regularization * static_cast<double>(ids.size), 1e-12 * trace);
    for (std::int64_t d = 0; d < size(); ++d) diagonal(d) += shift;
    return kernels::cholesky(system_.data(), size());
  }
  /// In place; after factor().
  void solve(double* right) const {
    const double* const lower = system_.data();
    kernels::cholesky_solve(lower, right, size());
  }
  /// y; good until the next call.
  const double* wide(Index id) {
    std::copy_n(fixed_.factors.row(id), fixed_.factors.cols, wide_.begin());
    wide_.back() = 1;
    return wide_.data();
  }

 private:
  double& diagonal(std::int64_t d) { return system_[d * size() + d]; }

  fixed_side<Scalar> fixed_;
  numbers<double> system_, wide_;
};

/// For each row of x the z = (p, b) that minimises
///   sum of (r - mean - b_i - b - (p + s)'q_i)^2 + n lambda |z|^2
/// over its n ratings, with s the row of `shifts` (zeros if `shifts` has no rows); gives (p + s, b). Rows without
/// ratings get zeros. Throws numeric_error with the first row that cannot be solved or overflows.
template <class Scalar, class Index>
dense_storage<Scalar> fold_in_ratings(const host_policy& policy, const csr_view<Scalar, Index>& x,
                                      const fixed_side<Scalar>& fixed, const rows_view<const Scalar>& shifts,
                                      std::string_view kind) {
  const std::int64_t k = fixed.factors.cols;
  dense_storage<Scalar> result(x.rows, k + 1);
  struct scratch {
    rating_problem<Scalar, Index> problem;
    numbers<double> right;
  };
  per_worker<scratch> workers(worker_count(policy, x.rows), scratch{rating_problem<Scalar, Index>(fixed), {}});
  for_each_row(policy, x.rows, [&](std::int64_t row, int worker) {
    const auto [ids, ratings] = x.row(row);
    if (ids.empty()) return;
    auto& [problem, right] = workers[worker];
    if (!problem.factor(ids)) fail<numeric_error>(kind, ": the problem of row ", row, " cannot be solved");
    const Scalar* const shift = shifts.rows > 0 ? shifts.row(row) : nullptr;
    right.assign(k + 1, 0);
    for (std::int64_t i = 0; i < ids.size; ++i) {
      double target = fixed.target(ratings[i], ids[i]);
      if (shift != nullptr) target -= static_cast<double>(kernels::dot(shift, fixed.factors.row(ids[i]), k));
      kernels::axpy(target, problem.wide(ids[i]), right.data(), k + 1);
    }
    problem.solve(right.data());
    Scalar* const solved = result.mutable_view().row(row);
    for (std::int64_t d = 0; d <= k; ++d) {
      solved[d] = static_cast<Scalar>(right[d]);
      if (shift != nullptr && d < k) solved[d] += shift[d];
      if (!is_finite(solved[d])) fail<numeric_error>(kind, ": the factors of row ", row, " are too large");
    }
  });
  return result;
}

/// The contributions of the ratings of a history to the score of `item`: out[j] = a_j (r_j - mean - b_j) with a_j =
/// (q_item, 1)'(system)^-1 (q_j, 1), whose sum is the score less mean and bias of the item, which no user contributes
/// to. Also gives `rest`, q_item less the sum of a_j q_j: the gradient of the score for a shift of p.
template <class Scalar, class Index>
void rating_contributions(const row_view<Scalar, Index>& history, Index item, const fixed_side<Scalar>& fixed,
                          std::string_view kind, std::span<Scalar> out, numbers<double>& rest) {
  if (history.empty()) return;
  const std::int64_t k = fixed.factors.cols;
  rating_problem<Scalar, Index> problem(fixed);
  if (!problem.factor(history.ids)) fail<numeric_error>(kind, ": the problem of the history cannot be solved");
  const double* const asked = problem.wide(item);
  rest.assign(asked, asked + k + 1);
  numbers<double> weights = rest;
  problem.solve(weights.data());
  const double* const solved = weights.data();
  for (std::int64_t i = 0; i < history.size(); ++i) {
    const double share = kernels::dot(solved, problem.wide(history.ids[i]), k + 1);
    kernels::axpy(-share, problem.wide(history.ids[i]), rest.data(), k + 1);
    at(out, i) = static_cast<Scalar>(share * fixed.target(history.values[i], history.ids[i]));
  }
}

}  // namespace akin::inline AKIN_ABI::detail
