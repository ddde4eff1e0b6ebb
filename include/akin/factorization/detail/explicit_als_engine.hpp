/// @file
/// The half-step of explicit ALS: every row's ridge regression on the fixed factors of the other side.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/nonnegative_solver.hpp>
#include <akin/factorization/detail/row_solver.hpp>
#include <akin/factorization/explicit_als_options.hpp>
#include <akin/finite.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// lambda n^nu: the regularisation of a row with n ratings.
inline double row_regularization(const explicit_als_options& options, std::int64_t n) noexcept {
  return options.regularization * std::pow(static_cast<double>(n), options.regularization_exponent);
}

/// Ratings, and optionally a weight for each of them; a rating of weight 0 counts as absent.
template <class Scalar, class Index>
struct weighted_ratings {
  csr_view<Scalar, Index> ratings;
  const Scalar* weights = nullptr;

  Scalar weight(std::int64_t position) const noexcept { return weights == nullptr ? Scalar{1} : weights[position]; }
  /// The ratings of a row with a weight above 0.
  std::int64_t count(std::int64_t row) const noexcept {
    if (weights == nullptr) return ratings.row_size(row);
    return std::count_if(weights + ratings.offsets[row], weights + ratings.offsets[row + 1],
                         [](Scalar w) { return w > 0; });
  }
};

/// The weighted mean of all ratings, 0 without any.
template <class Scalar, class Index>
Scalar mean_rating(const host_policy& policy, const weighted_ratings<Scalar, Index>& x) {
  struct sums {
    double ratings = 0, weights = 0;
  };
  const auto add_block = [&](std::int64_t begin, std::int64_t end, int) {
    sums block;
    for (std::int64_t i = begin; i < end; ++i) {
      const auto weight = static_cast<double>(x.weight(i));
      block.weights += weight;
      if (weight > 0) block.ratings += static_cast<double>(x.weight(i) * x.ratings.values[i]);
    }
    return block;
  };
  const sums total =
      reduce_blocks(policy, x.ratings.nonzeros(), 65536, sums(), add_block, [](sums& all, const sums& block) {
        all.ratings += block.ratings;
        all.weights += block.weights;
      });
  return total.weights > 0 ? static_cast<Scalar>(total.ratings / total.weights) : Scalar{0};
}

/// One side's problem: with fixed factors y_i and biases b_i a row with ratings r_i minimises over x and b
///   sum of w_i (r_i - mean - b_i - b - x'y_i)^2 + lambda n^nu (|x|^2 + b^2), x >= 0 if the options say so.
/// The bias is one more coordinate of x: each row of `fixed` ends in a 1 that multiplies it, unless the model has no
/// biases.
///
/// Directly a row takes n k min(n, k) + min(n, k)^3 / 3 flops, by conjugate gradients 2 n k + 4 n k a step. Source: Y.
/// Zhou, D. Wilkinson, R. Schreiber, R. Pan, "Large-Scale Parallel Collaborative Filtering for the Netflix Prize", AAIM
/// 2008 (nu = 1); Y. Koren, R. Bell, C. Volinsky, "Matrix Factorization Techniques for Recommender Systems", IEEE
/// Computer 2009 (biases).
template <class Scalar, class Index>
class explicit_als_engine {
 public:
  /// `fixed` (rows x k or k + 1) and `biases` (a number for each row of it) must outlive the engine.
  explicit_als_engine(const explicit_als_options& options, Scalar mean, const rows_view<const Scalar>& fixed,
                      const Scalar* biases)
      : options_(options), mean_(mean), fixed_(fixed), biases_(biases), no_eigenvalues_(fixed.cols) {}

  /// Solves all rows of x (rows x fixed.rows) into solved (rows x fixed.cols), in the order of `schedule`: long ones
  /// first. A row without ratings becomes 0. Throws numeric_error with the first row that cannot be solved.
  void solve_rows(const host_policy& policy, const weighted_ratings<Scalar, Index>& x, const numbers<Index>& schedule,
                  const rows_view<Scalar>& solved) const {
    const auto is_long = [&](Index row) {
      return !options_.nonnegative && x.ratings.row_size(row) > longest_for_one_worker;
    };
    const auto first_short = std::find_if_not(schedule.begin(), schedule.end(), is_long);
    for (auto row = schedule.begin(); row != first_short; ++row) {
      solvers one = new_solvers();
      solve(policy, one, x, *row, solved.row(*row));
    }
    per_worker<solvers> of_worker(worker_count(policy), new_solvers());
    for_each_row(policy, schedule.end() - first_short, [&](std::int64_t i, int worker) {
      const Index row = first_short[i];
      solve(execution::seq, of_worker[worker], x, row, solved.row(row));
    });
  }

  /// The contribution of each rating of a row to its prediction for `item`: w_i (r_i - mean - b_i) y_i' A^-1 y_item;
  /// with non-negative factors over the row's coordinates above 0 only, whose constraints are inactive.
  void contributions(const row_view<Scalar, Index>& row, Index item, Scalar* out) const {
    if (row.empty()) return;
    if (options_.nonnegative) return contributions_of_support(row, item, out);
    share(row, fixed_.row(item), out);
  }

  /// The objective with these rows, without the regularisation of `fixed`.
  double loss(const host_policy& policy, const weighted_ratings<Scalar, Index>& x,
              const rows_view<const Scalar>& solved) const {
    const auto rows_loss = [&](std::int64_t begin, std::int64_t end, int) {
      double sum = 0;
      for (std::int64_t row = begin; row < end; ++row) sum += row_loss(x, row, solved.row(row));
      return sum;
    };
    return reduce_blocks(policy, x.ratings.rows, 256, 0.0, rows_loss,
                         [](double& total, double part) { total += part; });
  }

 private:
  /// Longer rows are solved by all workers together, one row after the other.
  static constexpr std::int64_t longest_for_one_worker = 32768;

  using ratings_type = weighted_ratings<Scalar, Index>;

  /// One worker's.
  struct solvers {
    row_solver<Scalar, Index> least_squares;
    nonnegative_solver<Scalar, Index> nonnegative;
  };
  solvers new_solvers() const {
    return {row_solver<Scalar, Index>(fixed_), nonnegative_solver<Scalar, Index>(fixed_, options_.factors)};
  }

  /// A single row of ratings without weights; offsets has two elements.
  ratings_type row_of(const row_view<Scalar, Index>& row, const Index* offsets) const {
    return {{1, fixed_.rows, offsets, row.ids.data, row.values.data}};
  }

  void share(const row_view<Scalar, Index>& row, const Scalar* item, Scalar* out) const {
    const Index offsets[] = {0, static_cast<Index>(row.size())};
    row_solver<Scalar, Index> solver(fixed_);
    prepare(solver, row_of(row, offsets), 0);
    numbers<Scalar> direction(fixed_.cols);
    if (!solver.solve_primal(row.ids, item, direction.data()))
      fail<numeric_error>("explicit_als: the user's system cannot be solved in this precision; raise regularization");
    for (std::int64_t i = 0; i < row.size(); ++i)
      out[i] = solver.targets()[i] * kernels::dot(fixed_.row(row.ids[i]), direction.data(), fixed_.cols);
  }

  /// The shares in a problem without the factors that are 0 in the solution.
  void contributions_of_support(const row_view<Scalar, Index>& row, Index item, Scalar* out) const {
    const Index offsets[] = {0, static_cast<Index>(row.size())};
    numbers<Scalar> solution(fixed_.cols), biases(row.size());
    solvers one = new_solvers();
    solve(execution::seq, one, row_of(row, offsets), Index{0}, solution.data());
    numbers<Index> positions(row.size());
    dense_storage<Scalar> support(row.size() + 1, fixed_.cols);  // the rows of the history, then the item
    for (std::int64_t i = 0; i <= row.size(); ++i) {
      const Index id = i < row.size() ? row.ids[i] : item;
      for (std::int64_t d = 0; d < fixed_.cols; ++d)
        support.mutable_view().row(i)[d] = d >= options_.factors || solution[d] > 0 ? fixed_.row(id)[d] : Scalar{0};
      if (i == row.size()) break;
      positions[i] = static_cast<Index>(i);
      biases[i] = biases_[id];
    }
    const explicit_als_engine restricted(options_, mean_, support.view(), biases.data());
    restricted.share({{positions.data(), row.size()}, row.values}, support.view().row(row.size()), out);
  }

  /// Fills in the row's weights, targets and diagonal; whether there is anything to solve.
  bool prepare(row_solver<Scalar, Index>& solver, const ratings_type& x, std::int64_t row) const {
    const auto [ids, values] = x.ratings.row(row);
    const std::int64_t first = x.ratings.offsets[row], n = x.count(row);
    solver.resize(ids.size);
    for (std::int64_t i = 0; i < ids.size; ++i) {
      solver.weights()[i] = x.weight(first + i);
      solver.targets()[i] = x.weight(first + i) * ((values[i] - mean_) - biases_[ids[i]]);
    }
    if (n == 0) return false;
    solver.set_diagonal(no_eigenvalues_, lambda(n), std::numeric_limits<Scalar>::min());
    return true;
  }

  Scalar lambda(std::int64_t n) const noexcept { return static_cast<Scalar>(row_regularization(options_, n)); }

  void solve(const host_policy& policy, solvers& of_worker, const ratings_type& x, Index row, Scalar* solution) const {
    const auto ids = x.ratings.row(row).ids;
    row_solver<Scalar, Index>& solver = of_worker.least_squares;
    if (!prepare(solver, x, row)) {
      std::fill_n(solution, fixed_.cols, Scalar{0});
      return;
    }
    const bool solved = options_.nonnegative
                            ? of_worker.nonnegative.solve(ids, solver.weights(), solver.targets(), lambda(x.count(row)),
                                                          nonnegative_tolerance(), solution)
                            : iterate(policy, solver, ids, solution) || solver.factor(ids, solution);
    if (!solved || !std::all_of(solution, solution + fixed_.cols, is_finite<Scalar>))
      fail<numeric_error>("explicit_als: the system of row ", row,
                          " cannot be solved in this precision; raise regularization or use double");
  }

  Scalar nonnegative_tolerance() const noexcept {
    constexpr Scalar exact = sizeof(Scalar) == 4 ? Scalar(1e-6) : Scalar(1e-13);
    return options_.solver == als_solver::exact ? exact : static_cast<Scalar>(options_.solver_tolerance);
  }

  /// Whether conjugate gradients reached the tolerance of the options.
  bool iterate(const host_policy& policy, row_solver<Scalar, Index>& solver, slice<const Index> ids, Scalar* x) const {
    if (options_.solver == als_solver::exact) return false;
    const auto tolerance = static_cast<Scalar>(options_.solver_tolerance);
    const bool converged = ids.size > longest_for_one_worker
                               ? solver.iterate_in_pieces(policy, ids, tolerance, options_.solver_steps, x)
                               : solver.iterate(ids, tolerance, options_.solver_steps, x);
    return converged ||
           (options_.solver == als_solver::conjugate_gradient && std::all_of(x, x + fixed_.cols, is_finite<Scalar>));
  }

  double row_loss(const weighted_ratings<Scalar, Index>& x, std::int64_t row, const Scalar* solution) const {
    const auto [ids, values] = x.ratings.row(row);
    const std::int64_t first = x.ratings.offsets[row];
    double loss = 0;
    for (std::int64_t i = 0; i < ids.size; ++i) {
      const Scalar expected = kernels::dot(solution, fixed_.row(ids[i]), fixed_.cols);
      const double error = static_cast<double>(((values[i] - mean_) - biases_[ids[i]]) - expected);
      loss += static_cast<double>(x.weight(first + i)) * (error * error);
    }
    const auto squares = static_cast<double>(kernels::dot(solution, solution, fixed_.cols));
    return loss + row_regularization(options_, x.count(row)) * squares;
  }

  explicit_als_options options_;
  Scalar mean_;
  rows_view<const Scalar> fixed_;
  const Scalar* biases_;
  numbers<Scalar> no_eigenvalues_;  // the whole diagonal of a row's problem is its regularisation
};

}  // namespace akin::inline AKIN_ABI::detail
