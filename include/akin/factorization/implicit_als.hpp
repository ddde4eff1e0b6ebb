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
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/eigenbasis.hpp>
#include <akin/factorization/detail/factor_scores.hpp>
#include <akin/factorization/detail/implicit_als_engine.hpp>
#include <akin/factorization/implicit_als_options.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
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

  explicit implicit_als(const implicit_als_options& options = {}) : options_(options) { check(options); }

  /// Learns from a users x items matrix. The observer is told of each iteration; if it returns false, the training ends
  /// there and what was learnt is kept. Throws std::invalid_argument for values that are not finite, numeric_error
  /// where a row cannot be solved; the model is then as it was.
  template <class Policy, class Matrix, class Observer = no_observer>
  void fit(const Policy& policy, const Matrix& user_items, Observer&& observer = {}) {
    const csr_view<Scalar, Index> x = detail::checked_view<Scalar, Index>(policy, user_items, "implicit_als::fit");
    const detail::csr_storage<Scalar, Index> transposed = detail::transpose(x);
    const std::vector<Index> user_schedule = detail::longest_first(x);
    const std::vector<Index> item_schedule = detail::longest_first(transposed.view());
    detail::dense_storage<Scalar> users = initial_factors(x.rows), items(x.cols, options_.factors);
    detail::storage<Scalar> item_eigenvalues;

    const auto start = std::chrono::steady_clock::now();
    for (int iteration = 1; iteration <= options_.iterations; ++iteration) {
      const auto user_eigenvalues = rotate(policy, users);
      engine_on<Policy>(users, user_eigenvalues)
          .solve_rows(policy, transposed.view(), item_schedule, items.mutable_view());
      item_eigenvalues = rotate(policy, items);
      const auto engine = engine_on<Policy>(items, item_eigenvalues);
      engine.solve_rows(policy, x, user_schedule, users.mutable_view());

      progress state{iteration, options_.iterations};
      state.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      if constexpr (!std::is_same_v<std::remove_cvref_t<Observer>, no_observer>)
        state.loss = engine.loss(policy, x, users.view()) + item_regularization(transposed.view(), items.view());
      if (!detail::notify(observer, state)) break;
    }
    *this = implicit_als(options_, std::move(users), std::move(items), std::move(item_eigenvalues));
  }
  template <class Matrix>
  requires sparse_matrix_like<Matrix>
  void fit(const Matrix& user_items) { fit(execution::seq, user_items); }

  const implicit_als_options& options() const noexcept { return options_; }

  /// The factors, rows x k, of users with these histories (rows x items): each the minimum of the objective with the
  /// item factors as they are. For the matrix of the training it gives user_factors() to the bit.
  template <class Policy, class Matrix>
  dense_matrix<Scalar> fold_in(const Policy& policy, const Matrix& histories) const {
    detail::require_fitted(this->items() > 0, "implicit_als::fold_in");
    const auto x = detail::checked_view<Scalar, Index>(policy, histories, "implicit_als::fold_in");
    detail::require_columns(x.cols, this->items(), "implicit_als::fold_in");
    dense_matrix<Scalar> factors(x.rows, this->factor_count());
    engine_on<Policy>(this->item_factors_, item_eigenvalues_)
        .solve_rows(policy, x, detail::longest_first(x), rows_view<Scalar>{factors.data(), x.rows, factors.cols()});
    return factors;
  }

  /// Fills out[item] with the score of each item for a history: its fold-in against the item factors. -infinity for
  /// items without evidence, and for all where nothing in the history is liked.
  void score_history(slice<const Index> columns, slice<const Scalar> values, std::span<Scalar> out) const {
    std::vector<Scalar> user(static_cast<std::size_t>(this->factor_count()));
    engine_on<execution::sequenced_policy>(this->item_factors_, item_eigenvalues_)
        .solve_row(columns, values, user.data());
    if (std::all_of(user.begin(), user.end(), [](Scalar x) { return x == 0; }))
      std::fill(out.begin(), out.end(), detail::no_score<Scalar>);
    else
      this->score_against_items(user.data(), out);
  }

  /// See akin::explain.
  void contributions(slice<const Index> columns, slice<const Scalar> values, Index item, std::span<Scalar> out) const {
    engine_on<execution::sequenced_policy>(this->item_factors_, item_eigenvalues_)
        .contributions(columns, values, item, out.data());
  }

  void write_to(detail::model_writer& writer) const {
    writer.add_value("factors", options_.factors);
    writer.add_value("iterations", options_.iterations);
    writer.add_value("regularization", options_.regularization);
    writer.add_value("alpha", options_.alpha);
    writer.add_value("unobserved_weight", options_.unobserved_weight);
    writer.add_value("regularization_exponent", options_.regularization_exponent);
    writer.add_value("solver", options_.solver);
    writer.add_value("solver_tolerance", options_.solver_tolerance);
    writer.add_value("solver_steps", options_.solver_steps);
    writer.add_value("seed", options_.seed);
    writer.add("user_factors", this->user_factors_.view());
    writer.add("item_factors", this->item_factors_.view());
    writer.add("item_eigenvalues", item_eigenvalues_.data(), item_eigenvalues_.size());
  }
  static implicit_als read_from(const detail::model_reader& reader) {
    const implicit_als_options options = {
        .factors = reader.value<int>("factors"),
        .iterations = reader.value<int>("iterations"),
        .regularization = reader.value<double>("regularization"),
        .alpha = reader.value<double>("alpha"),
        .unobserved_weight = reader.value<double>("unobserved_weight"),
        .regularization_exponent = reader.value<double>("regularization_exponent"),
        .solver = reader.value<als_solver>("solver", als_solver::automatic, als_solver::conjugate_gradient),
        .solver_tolerance = reader.value<double>("solver_tolerance"),
        .solver_steps = reader.value<int>("solver_steps"),
        .seed = reader.value<std::uint64_t>("seed"),
    };
    check(options);
    auto users = detail::map_dense<Scalar>(reader, "user_factors");
    auto items = detail::map_dense<Scalar>(reader, "item_factors");
    auto eigenvalues = detail::map_array<Scalar>(reader, "item_eigenvalues");
    reader.require(
        users.cols() == options.factors && items.cols() == options.factors && eigenvalues.size() == options.factors,
        "factors and eigenvalues must be as many as the options say");
    reader.require(std::is_sorted(eigenvalues.begin(), eigenvalues.end()) && eigenvalues[0] >= 0,
                   "eigenvalues must ascend from 0 or more");
    return {options, std::move(users), std::move(items), std::move(eigenvalues)};
  }

 private:
  implicit_als(const implicit_als_options& options, detail::dense_storage<Scalar> users,
               detail::dense_storage<Scalar> items, detail::storage<Scalar> item_eigenvalues)
      : base(std::move(users), std::move(items)), options_(options), item_eigenvalues_(std::move(item_eigenvalues)) {}

  static void check(const implicit_als_options& options) {
    const auto check_weight = [](double x, std::string_view rule) {
      detail::require(x >= 0 && detail::is_finite(x), "implicit_als", rule, x);
    };
    detail::require(options.factors >= 1, "implicit_als", "factors must be positive", options.factors);
    detail::require(options.iterations >= 1, "implicit_als", "iterations must be positive", options.iterations);
    check_weight(options.regularization, "regularization must be finite and not negative");
    check_weight(options.alpha, "alpha must be finite and not negative");
    check_weight(options.unobserved_weight, "unobserved_weight must be finite and not negative");
    detail::require(options.regularization_exponent >= 0 && options.regularization_exponent <= 1, "implicit_als",
                    "regularization_exponent must be between 0 and 1", options.regularization_exponent);
    detail::require(options.solver >= als_solver::automatic && options.solver <= als_solver::conjugate_gradient,
                    "implicit_als", "solver must be one of the enumerators", static_cast<int>(options.solver));
    detail::require(options.solver_tolerance > 0 && options.solver_tolerance < 1, "implicit_als",
                    "solver_tolerance must be between 0 and 1", options.solver_tolerance);
    detail::require(options.solver_steps >= 1, "implicit_als", "solver_steps must be positive", options.solver_steps);
    detail::require(options.regularization > 0 || options.unobserved_weight > 0, "implicit_als",
                    "regularization and unobserved_weight must not both be 0");
  }

  /// Small, so that the first half-step decides; of the standard deviation that Rendle et al. use.
  detail::dense_storage<Scalar> initial_factors(std::int64_t rows) const {
    detail::dense_storage<Scalar> factors(rows, options_.factors);
    const random_stream random(options_.seed);
    const double deviation = 0.1 / std::sqrt(static_cast<double>(options_.factors));
    Scalar* const numbers = factors.mutable_view().data;
    for (std::int64_t i = 0; i < rows * options_.factors; ++i)
      numbers[i] = static_cast<Scalar>(deviation * random.normal(static_cast<std::uint64_t>(i)));
    return factors;
  }

  /// Puts the factors into the eigenbasis of their Gramian; its eigenvalues.
  template <class Policy>
  static detail::storage<Scalar> rotate(const Policy& policy, detail::dense_storage<Scalar>& factors) {
    const auto values = detail::rotate_to_eigenbasis(policy, factors.mutable_view(), "implicit_als::fit");
    detail::storage<Scalar> result(static_cast<std::int64_t>(values.size()));
    std::transform(values.begin(), values.end(), result.mutable_data(),
                   [](double x) { return static_cast<Scalar>(x); });
    return result;
  }

  template <class Policy>
  auto engine_on(const detail::dense_storage<Scalar>& fixed, const detail::storage<Scalar>& eigenvalues) const {
    return detail::implicit_als_engine<backend_of<Policy>, Scalar, Index>(
        options_, fixed.view(), std::span(eigenvalues.data(), static_cast<std::size_t>(eigenvalues.size())));
  }

  /// The sum of lambda_i |y_i|^2; rows of x are items.
  double item_regularization(const csr_view<Scalar, Index>& x, const rows_view<const Scalar>& items) const {
    double sum = 0;
    for (std::int64_t i = 0; i < x.rows; ++i) {
      const auto values = x.row_values(i);
      const auto n = std::count_if(values.begin(), values.end(), [](Scalar r) { return r != 0; });
      sum += detail::row_regularization(options_, n, x.cols) *
             static_cast<double>(kernels::dot(items.row(i), items.row(i), items.cols));
    }
    return sum;
  }

  implicit_als_options options_;
  detail::storage<Scalar> item_eigenvalues_;  // of the Gramian of item_factors_, which is diagonal
};

}  // namespace akin::inline AKIN_ABI
