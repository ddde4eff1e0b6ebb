/// @file
/// The prior mean of factors, from features of users or items; without features it is zero.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/factorization/detail/count_nonzero.hpp>
#include <akin/finite.hpp>
#include <akin/kernels/axpy.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The rows of F B for features F (rows x f) and B (f x k). Throws numeric_error if one is not finite.
template <class Scalar, class Index>
dense_storage<Scalar> prior_means(const host_policy& policy, const csr_view<Scalar, Index>& features,
                                  const rows_view<const Scalar>& b) {
  dense_storage<Scalar> means(features.rows, b.cols);
  const rows_view<Scalar> out = means.mutable_view();
  for_each_row(policy, features.rows, [&](std::int64_t row, int) {
    const auto [ids, values] = features.row(row);
    for (std::int64_t i = 0; i < ids.size; ++i) kernels::axpy(values[i], b.row(ids[i]), out.row(row), b.cols);
    if (!std::all_of(out.row(row), out.row(row) + b.cols, is_finite<Scalar>))
      fail<numeric_error>("side_features: the prior mean of row ", row,
                          " is beyond the scalar type; scale the features");
  });
  return means;
}

/// Sets the factors of rows of x without nonzero elements to their prior mean, if there are means.
template <class Scalar, class Index>
void fill_empty_rows(const csr_view<Scalar, Index>& x, const rows_view<const Scalar>& means,
                     const rows_view<Scalar>& factors) {
  for (std::int64_t row = 0; row < means.rows; ++row)
    if (count_nonzero(x.row(row).values) == 0) std::copy_n(means.row(row), means.cols, factors.row(row));
}

/// The rows of x without nonzero elements, ascending.
template <class Scalar, class Index>
storage<Index> rows_without_evidence(const csr_view<Scalar, Index>& x) {
  numbers<Index> rows;
  for (std::int64_t row = 0; row < x.rows; ++row)
    if (count_nonzero(x.row(row).values) == 0) rows.push_back(static_cast<Index>(row));
  storage<Index> result(rows.size());
  std::copy(rows.begin(), rows.end(), result.mutable_data());
  return result;
}

/// B = argmin of sum over rows of lambda_r |x_r - B'f_r|^2 + ridge |B|^2, one column of B after the other.
///
/// By conjugate gradients on (F'LF + ridge I) b = F'Lx, L = diag(lambda_r), because they need no f x f system, which
/// for names, tags and words would be too large, and because each step from the previous B lowers the objective,
/// wherever they stop. 4 nonzeros(F) flops a column and step; a column is one worker's, so that no sum depends on the
/// threads.
template <class Scalar, class Index>
class feature_ridge {
 public:
  /// Refers to the features; lambdas has a number for each of their rows, 0 for rows to leave out.
  feature_ridge(const csr_view<Scalar, Index>& features, numbers<double> lambdas, double ridge)
      : features_(features), transposed_(transpose(features)), lambdas_(std::move(lambdas)), ridge_(ridge) {
    const csr_view<Scalar, Index> columns = transposed_.view();
    diagonal_.assign(columns.rows, ridge);
    for (std::int64_t j = 0; j < columns.rows; ++j)
      for (std::int64_t i = columns.offsets[j]; i < columns.offsets[j + 1]; ++i) {
        const auto value = static_cast<double>(columns.values[i]);
        diagonal_[j] += lambda(columns.columns[i]) * value * value;
      }
  }

  /// Starts from the given b (f x k). Throws numeric_error if it becomes infinite.
  void solve(const host_policy& policy, const rows_view<const Scalar>& x, const rows_view<Scalar>& b) const {
    for_each_row(policy, b.cols, [&](std::int64_t column, int) {
      numbers<double> solution(diagonal_.size()), targets(lambdas_.size());
      for (std::int64_t j = 0; j < b.rows; ++j) solution[j] = number(b.row(j)[column]);
      for (std::int64_t r = 0; r < x.rows; ++r) targets[r] = number(x.row(r)[column]);
      solve_column(targets, solution);
      for (std::int64_t j = 0; j < b.rows; ++j) {
        const auto weight = static_cast<Scalar>(solution[j]);
        if (!is_finite(weight)) fail<numeric_error>("side_features: the weights of feature ", j, " diverged; scale it");
        b.row(j)[column] = weight;
      }
    });
  }

 private:
  static constexpr int max_steps = 100;
  static constexpr double tolerance = 1e-10;

  static double number(Scalar x) noexcept { return static_cast<double>(x); }
  static double inner(const numbers<double>& a, const numbers<double>& b) {
    return kernels::dot(a.data(), b.data(), a.size());
  }
  static void add(double factor, const numbers<double>& x, numbers<double>& y) {
    kernels::axpy(factor, x.data(), y.data(), x.size());
  }
  double lambda(std::int64_t row) const noexcept { return lambdas_[row]; }

  static double product(const csr_view<Scalar, Index>& matrix, std::int64_t row, const numbers<double>& x) {
    double sum = 0;
    for (std::int64_t i = matrix.offsets[row]; i < matrix.offsets[row + 1]; ++i)
      sum += number(matrix.values[i]) * x[matrix.columns[i]];
    return sum;
  }

  /// out = F'L y - ridge p.
  void residual(const numbers<double>& y, const numbers<double>& p, numbers<double>& weighted,
                numbers<double>& out) const {
    for (std::int64_t r = 0; r < weighted.size(); ++r) weighted[r] = lambdas_[r] * y[r];
    for (std::int64_t j = 0; j < out.size(); ++j) out[j] = product(transposed_.view(), j, weighted) - ridge_ * p[j];
  }

  void solve_column(const numbers<double>& targets, numbers<double>& b) const {
    numbers<double> y(targets.size()), weighted(targets.size()), r(b.size()), z(b.size()), p(b.size()), q(b.size());
    for (std::int64_t row = 0; row < y.size(); ++row) y[row] = targets[row] - product(features_, row, b);
    const auto precondition = [&] {
      for (std::int64_t j = 0; j < z.size(); ++j) z[j] = r[j] / diagonal_[j];
      return inner(r, z);
    };
    residual(targets, p, weighted, r);  // p is 0: the right-hand side
    const double threshold = tolerance * tolerance * precondition();
    residual(y, b, weighted, r);
    double rho = precondition();
    p = z;
    for (int step = 0; step < max_steps && rho > threshold; ++step) {
      for (std::int64_t row = 0; row < y.size(); ++row) y[row] = -product(features_, row, p);
      residual(y, p, weighted, q);  // minus the product of the system with p
      const double length = -rho / inner(p, q);
      add(length, p, b);
      add(length, q, r);
      const double before = std::exchange(rho, precondition());
      for (std::int64_t j = 0; j < p.size(); ++j) p[j] = z[j] + rho / before * p[j];
    }
  }

  csr_view<Scalar, Index> features_;
  csr_storage<Scalar, Index> transposed_;
  numbers<double> lambdas_;
  double ridge_;
  numbers<double> diagonal_;
};

/// One side's features in a training and the weights B that are learnt for them; without features it has no effect.
template <class Scalar, class Index>
class feature_prior {
 public:
  /// Without features. B is 0 x k.
  explicit feature_prior(std::int64_t k) : b_(0, k) {}
  /// B begins at 0.
  feature_prior(const csr_view<Scalar, Index>& features, numbers<double> lambdas, double ridge, std::int64_t k)
      : features_(features), b_(features.cols, k), ridge_(ridge) {
    solver_.emplace(features, std::move(lambdas), ridge);
  }

  void learn(const host_policy& policy, const rows_view<const Scalar>& factors) {
    if (solver_) solver_->solve(policy, factors, b_.mutable_view());
  }
  /// A row's prior mean in each row; nothing without features.
  dense_storage<Scalar> means(const host_policy& policy) const {
    return solver_ ? prior_means(policy, features_, b_.view()) : dense_storage<Scalar>();
  }
  /// ridge |B|^2.
  double penalty() const {
    const rows_view<const Scalar> b = b_.view();
    double squares = 0;
    for (std::int64_t j = 0; j < b.rows; ++j) squares += static_cast<double>(kernels::dot(b.row(j), b.row(j), b.cols));
    return ridge_ * squares;
  }
  dense_storage<Scalar>& weights() noexcept { return b_; }

 private:
  csr_view<Scalar, Index> features_;
  dense_storage<Scalar> b_;
  double ridge_ = 0;
  std::optional<feature_ridge<Scalar, Index>> solver_;
};

AKIN_COMPILE_ONCE(factorization,
                  dense_storage<float> prior_means(const host_policy&, const csr_view<float, std::int32_t>&,
                                                   const rows_view<const float>&))
AKIN_COMPILE_ONCE(factorization,
                  dense_storage<double> prior_means(const host_policy&, const csr_view<double, std::int32_t>&,
                                                    const rows_view<const double>&))

}  // namespace akin::inline AKIN_ABI::detail
