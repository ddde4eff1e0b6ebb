/// @file
/// Matrix factorisation of implicit feedback by alternating least squares.
#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/factor_scores.hpp>
#include <akin/factorization/detail/gramian.hpp>
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
/// Complexity: an iteration takes O((users + items) k^3 + nonzeros k^2) flops and holds (users + items) k numbers, a
/// transposed copy of the matrix, and k^2 a worker. Deterministic: the same bits for any number of threads. The loss
/// never rises but for rounding. Const members may be called from many threads. Source: Y. Hu, Y. Koren, C. Volinsky,
/// "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008.
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
    detail::dense_storage<Scalar> users = initial_factors(x.rows), items(x.cols, options_.factors);
    std::vector<Scalar> item_gram;

    const auto start = std::chrono::steady_clock::now();
    for (int iteration = 1; iteration <= options_.iterations; ++iteration) {
      half_step(policy, transposed.view(), users, detail::gramian(policy, users.view()), items);
      item_gram = detail::gramian(policy, items.view());
      half_step(policy, x, items, item_gram, users);
      const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
      if (!detail::notify(observer, {iteration, options_.iterations, elapsed.count()})) break;
    }
    *this = implicit_als(options_, std::move(users), std::move(items), stored(item_gram));
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
    engine<backend_of<Policy>>().solve_rows(policy, x, rows_view<Scalar>{factors.data(), x.rows, factors.cols()});
    return factors;
  }

  /// See akin::explain.
  void contributions(slice<const Index> columns, slice<const Scalar> values, Index item, std::span<Scalar> out) const {
    engine<backend::host>().contributions(columns, values, item, out.data());
  }

  void write_to(detail::model_writer& writer) const {
    writer.add_value("factors", options_.factors);
    writer.add_value("iterations", options_.iterations);
    writer.add_value("regularization", options_.regularization);
    writer.add_value("alpha", options_.alpha);
    writer.add_value("unobserved_weight", options_.unobserved_weight);
    writer.add_value("regularization_exponent", options_.regularization_exponent);
    writer.add_value("seed", options_.seed);
    writer.add("user_factors", this->user_factors_.view());
    writer.add("item_factors", this->item_factors_.view());
    writer.add("item_gram", item_gram_.data(), item_gram_.size());
  }
  static implicit_als read_from(const detail::model_reader& reader) {
    const implicit_als_options options = {
        .factors = reader.value<int>("factors"),
        .iterations = reader.value<int>("iterations"),
        .regularization = reader.value<double>("regularization"),
        .alpha = reader.value<double>("alpha"),
        .unobserved_weight = reader.value<double>("unobserved_weight"),
        .regularization_exponent = reader.value<double>("regularization_exponent"),
        .seed = reader.value<std::uint64_t>("seed"),
    };
    check(options);
    auto users = detail::map_dense<Scalar>(reader, "user_factors");
    auto items = detail::map_dense<Scalar>(reader, "item_factors");
    auto gram = detail::map_array<Scalar>(reader, "item_gram");
    reader.require(users.cols() == options.factors && items.cols() == options.factors &&
                       gram.size() == items.cols() * items.cols(),
                   "the shapes of the factors and of their Gramian must fit together");
    return {options, std::move(users), std::move(items), std::move(gram)};
  }

 private:
  implicit_als(const implicit_als_options& options, detail::dense_storage<Scalar> users,
               detail::dense_storage<Scalar> items, detail::storage<Scalar> item_gram)
      : base(std::move(users), std::move(items)), options_(options), item_gram_(std::move(item_gram)) {}

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

  template <class Policy>
  void half_step(const Policy& policy, const csr_view<Scalar, Index>& x, const detail::dense_storage<Scalar>& fixed,
                 const std::vector<Scalar>& gram, detail::dense_storage<Scalar>& solved) const {
    detail::implicit_als_engine<backend_of<Policy>, Scalar, Index>(options_, fixed.view(), gram.data())
        .solve_rows(policy, x, solved.mutable_view());
  }

  template <class Backend>
  detail::implicit_als_engine<Backend, Scalar, Index> engine() const {
    return {options_, this->item_factors_.view(), item_gram_.data()};
  }

  static detail::storage<Scalar> stored(const std::vector<Scalar>& numbers) {
    detail::storage<Scalar> result(static_cast<std::int64_t>(numbers.size()));
    std::copy(numbers.begin(), numbers.end(), result.mutable_data());
    return result;
  }

  implicit_als_options options_;
  detail::storage<Scalar> item_gram_;  // lower triangle, k x k
};

}  // namespace akin::inline AKIN_ABI
