/// @file
/// The half-step of implicit ALS: every row's least squares problem against the fixed factors of the other side.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/count_nonzero.hpp>
#include <akin/factorization/detail/row_solver.hpp>
#include <akin/factorization/implicit_als_options.hpp>
#include <akin/finite.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// lambda (n + alpha0 fixed_rows)^nu: the regularisation of a row with n elements, against that many fixed rows.
inline double row_regularization(const implicit_als_options& options, std::int64_t n,
                                 std::int64_t fixed_rows) noexcept {
  const double weight = static_cast<double>(n) + *options.unobserved_weight * static_cast<double>(fixed_rows);
  return *options.regularization * std::pow(weight, *options.regularization_exponent);
}

/// lambda |x - prior|^2 of a row with these elements; a null prior is 0, and a row without elements adds 0.
template <class Scalar>
double row_penalty(const implicit_als_options& options, const slice<const Scalar>& values, std::int64_t fixed_rows,
                   const Scalar* x, const Scalar* prior, std::int64_t k) {
  const std::int64_t n = count_nonzero(values);
  if (n == 0) return 0;
  double squares = 0;
  for (std::int64_t d = 0; d < k; ++d) {
    const double distance = static_cast<double>(x[d]) - (prior == nullptr ? 0.0 : static_cast<double>(prior[d]));
    squares += distance * distance;
  }
  return row_regularization(options, n, fixed_rows) * squares;
}

/// One side's problem: with fixed factors Y (rows y_i) a row with stored values r_i has
///   A = alpha0 Y'Y + lambda (n + alpha0 items)^nu I + sum of w_i y_i y_i',  b = sum of v_i y_i,
/// w_i = alpha |r_i|, v_i = alpha0 + w_i if r_i > 0 and 0 if r_i < 0; a stored 0 counts as absent, n counts the rest. Y
/// is in the eigenbasis of its Gramian, so that all of A but the sum is diagonal.
///
/// Conjugate gradients take 2 n k + 4 n k a step + O(k) flops; a direct solution n k min(n, k) + min(n, k)^3 / 3.
/// Source: Y. Hu, Y. Koren, C. Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008; the
/// exponent: S. Rendle, W. Krichene, L. Zhang, Y. Koren, "Revisiting the Performance of iALS on Item Recommendation
/// Benchmarks", RecSys 2022; the eigenbasis: docs/design/implicit-als-in-the-eigenbasis.md.
template <class Scalar, class Index>
class implicit_als_engine {
 public:
  /// `fixed` must have Y'Y = diag(eigenvalues), ascending, and outlive the engine.
  implicit_als_engine(const implicit_als_options& options, const rows_view<const Scalar>& fixed,
                      std::span<const Scalar> eigenvalues)
      : options_(options), fixed_(fixed), scaled_eigenvalues_(eigenvalues.begin(), eigenvalues.end()) {
    for (Scalar& value : scaled_eigenvalues_) value *= static_cast<Scalar>(*options.unobserved_weight);
    floor_ =
        std::max(smallest_share(options, fixed.cols) * scaled_eigenvalues_.back(), std::numeric_limits<Scalar>::min());
  }

  /// Solves the rows of x (rows x fixed.rows) that `schedule` names into solved (rows x k), in its order: long ones
  /// first. Rows with elements shrink towards their prior means in `priors` (rows x k) instead of 0. A row without
  /// elements becomes 0. Throws numeric_error with the first row that cannot be solved.
  void solve_rows(const host_policy& policy, const csr_view<Scalar, Index>& x, const numbers<Index>& schedule,
                  const rows_view<Scalar>& solved, const rows_view<const Scalar>& priors = {}) const {
    const auto prior = [&](Index row) { return priors.rows > 0 ? priors.row(row) : nullptr; };
    const auto is_long = [&](Index row) { return x.row_size(row) > longest_for_one_worker; };
    const auto first_short = std::find_if_not(schedule.begin(), schedule.end(), is_long);
    for (auto row = schedule.begin(); row != first_short; ++row) {
      row_solver<Scalar, Index> solver(fixed_);
      solve(policy, solver, x.row(*row), *row, prior(*row), solved.row(*row));
    }
    per_worker<row_solver<Scalar, Index>> solvers(worker_count(policy), row_solver<Scalar, Index>(fixed_));
    for (auto& solver : solvers) solver.look_ahead_to(x.columns + x.nonzeros());
    for_each_row(policy, schedule.end() - first_short, [&](std::int64_t i, int worker) {
      const Index row = first_short[i];
      solve(execution::seq, solvers[worker], x.row(row), row, prior(row), solved.row(row));
    });
  }

  /// Solves one row into `solved`, of k numbers.
  void solve_row(const row_view<Scalar, Index>& row, Scalar* solved) const {
    row_solver<Scalar, Index> solver(fixed_);
    solve(execution::seq, solver, row, 0, nullptr, solved);
  }

  /// The contribution of each element of a row to the row's score of `item`: v_i y_i' A^-1 y_item (Hu et al., section
  /// 5).
  void contributions(const row_view<Scalar, Index>& row, Index item, Scalar* out) const {
    row_solver<Scalar, Index> solver(fixed_);
    prepare(solver, row.values, regularization_of(row.values));
    numbers<Scalar> direction(fixed_.cols);
    if (!solver.solve_primal(row.ids, fixed_.row(item), direction.data()))
      fail<numeric_error>("implicit_als: the user's system cannot be solved in this precision; raise regularization");
    for (std::int64_t i = 0; i < row.size(); ++i)
      out[i] = solver.targets()[i] * kernels::dot(fixed_.row(row.ids[i]), direction.data(), fixed_.cols);
  }

  /// The objective with these rows, without the regularisation of `fixed`:
  /// sum over rows of alpha0 x'Y'Yx + lambda_x |x - prior|^2 + sum over its elements of (alpha0 + w)(p - x'y)^2 -
  /// alpha0 (x'y)^2.
  double loss(const host_policy& policy, const csr_view<Scalar, Index>& x, const rows_view<const Scalar>& solved,
              const rows_view<const Scalar>& priors = {}) const {
    const auto rows_loss = [&](std::int64_t begin, std::int64_t end, int) {
      double sum = 0;
      for (std::int64_t row = begin; row < end; ++row)
        sum += row_loss(x.row(row), solved.row(row)) +
               row_penalty(options_, x.row(row).values, fixed_.rows, solved.row(row),
                           priors.rows > 0 ? priors.row(row) : nullptr, fixed_.cols);
      return sum;
    };
    return reduce_blocks(policy, x.rows, 256, 0.0, rows_loss, [](double& total, double part) { total += part; });
  }

 private:
  /// Longer rows are solved by all workers together, one row after the other.
  static constexpr std::int64_t longest_for_one_worker = 32768;
  /// The exact solver uses conjugate gradients if they are certain to converge soon.
  static constexpr double largest_condition_for_exact = 1e3;
  static constexpr int max_steps_for_exact = 100;
  static constexpr Scalar exact_tolerance = sizeof(Scalar) == 4 ? Scalar(1e-6) : Scalar(1e-13);

  /// The smallest diagonal element that is more than rounding, relative to the largest one: for the eigenvalues, and
  /// for the factors' squares. Without regularisation a factor is rounding divided by this floor, so it must be larger
  /// for factors to stay small in directions that the data do not determine.
  static Scalar smallest_share(const implicit_als_options& options, std::int64_t k) noexcept {
    const auto factors = static_cast<Scalar>(k) * std::numeric_limits<Scalar>::epsilon();
    const auto eigenvalues = static_cast<Scalar>(static_cast<double>(k) * std::numeric_limits<double>::epsilon());
    return *options.regularization > 0 ? std::max(factors * factors, eigenvalues) : factors;
  }

  /// In double: alpha of tiny values may be beyond Scalar.
  Scalar weight(Scalar r) const noexcept {
    return static_cast<Scalar>(*options_.alpha * std::abs(static_cast<double>(r)));
  }

  Scalar regularization_of(const slice<const Scalar>& values) const noexcept {
    return static_cast<Scalar>(row_regularization(options_, count_nonzero(values), fixed_.rows));
  }

  /// Fills in the row's weights, targets and diagonal.
  void prepare(row_solver<Scalar, Index>& solver, slice<const Scalar> values, Scalar lambda) const {
    solver.resize(values.size);
    const auto alpha0 = static_cast<Scalar>(*options_.unobserved_weight);
    Scalar *const weights = solver.weights(), *const targets = solver.targets();
    for (std::int64_t i = 0; i < values.size; ++i) weights[i] = weight(values[i]);
    for (std::int64_t i = 0; i < values.size; ++i) targets[i] = values[i] > 0 ? alpha0 + weights[i] : Scalar{0};
    solver.set_diagonal(scaled_eigenvalues_, lambda, floor_);
  }

  void solve(const host_policy& policy, row_solver<Scalar, Index>& solver, const row_view<Scalar, Index>& ratings,
             Index row, const Scalar* prior, Scalar* x) const {
    const Scalar lambda = regularization_of(ratings.values);
    prepare(solver, ratings.values, lambda);
    numbers<Scalar> start;
    if (prior != nullptr && count_nonzero(ratings.values) > 0) start = start_from(solver, ratings.ids, lambda, prior);
    if (!iterate(policy, solver, ratings.ids, x) && !solver.factor(ratings.ids, x))
      fail<numeric_error>("implicit_als: the system of row ", row,
                          " cannot be solved in this precision; raise regularization or use double");
    for (std::int64_t d = 0; d < start.size(); ++d) x[d] += start[d];
  }

  /// With a prior mean m the right-hand side is b + lambda m, and x = s + A^-1 (b - (A - D) s) for s = D^-1 lambda m:
  /// the same problem with other targets, v - w y's, and s added to its solution. s, and the targets changed.
  numbers<Scalar> start_from(row_solver<Scalar, Index>& solver, const slice<const Index>& ids, Scalar lambda,
                             const Scalar* prior) const {
    numbers<Scalar> start(scaled_eigenvalues_.size());
    for (std::int64_t d = 0; d < start.size(); ++d)
      start[d] = lambda / std::max(scaled_eigenvalues_[d] + lambda, floor_) * prior[d];
    for (std::int64_t i = 0; i < ids.size; ++i)
      solver.targets()[i] -= solver.weights()[i] * kernels::dot(fixed_.row(ids[i]), start.data(), fixed_.cols);
    return start;
  }

  /// Whether conjugate gradients reached the tolerance of the options.
  bool iterate(const host_policy& policy, row_solver<Scalar, Index>& solver, slice<const Index> ids, Scalar* x) const {
    const bool exact = options_.solver == als_solver::exact;
    const double heaviest_for_exact = largest_condition_for_exact * *options_.unobserved_weight;
    if (exact && !std::all_of(solver.weights(), solver.weights() + ids.size,
                              [&](Scalar w) { return static_cast<double>(w) <= heaviest_for_exact; }))
      return false;
    const Scalar tolerance = exact ? exact_tolerance : static_cast<Scalar>(options_.solver_tolerance);
    const int steps = exact ? max_steps_for_exact : options_.solver_steps;
    const bool converged = ids.size > longest_for_one_worker
                               ? solver.iterate_in_pieces(policy, ids, tolerance, steps, x)
                               : solver.iterate(ids, tolerance, steps, x);
    return converged ||
           (options_.solver == als_solver::conjugate_gradient && std::all_of(x, x + fixed_.cols, is_finite<Scalar>));
  }

  double row_loss(const row_view<Scalar, Index>& row, const Scalar* x) const {
    const double alpha0 = *options_.unobserved_weight;
    double loss = 0;
    for (std::int64_t d = 0; d < fixed_.cols; ++d)
      loss += static_cast<double>(scaled_eigenvalues_[d]) * (static_cast<double>(x[d]) * static_cast<double>(x[d]));
    for (std::int64_t i = 0; i < row.size(); ++i) {
      if (row.values[i] == 0) continue;
      const auto score = static_cast<double>(kernels::dot(x, fixed_.row(row.ids[i]), fixed_.cols));
      const double error = (row.values[i] > 0 ? 1 : 0) - score;
      loss += (alpha0 + static_cast<double>(weight(row.values[i]))) * error * error - alpha0 * score * score;
    }
    return loss;
  }

  implicit_als_options options_;
  rows_view<const Scalar> fixed_;
  numbers<Scalar> scaled_eigenvalues_;  // alpha0 times those of Y'Y
  Scalar floor_;                        // of the diagonal: its smallest elements after rounding
};

}  // namespace akin::inline AKIN_ABI::detail
