/// @file
/// The half-step of implicit ALS: every row's least squares problem against the fixed factors of the other side.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/gramian.hpp>
#include <akin/factorization/implicit_als_options.hpp>
#include <akin/kernels/axpy.hpp>
#include <akin/kernels/cholesky.hpp>
#include <akin/kernels/syrk.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Specialised for each backend.
template <class Backend, class Scalar, class Index>
class implicit_als_engine {
  static_assert(sizeof(Backend) == 0,
                "akin: implicit_als has no engine for this policy; execution::seq and execution::par have one");
};

/// One side's problem: with fixed factors Y (rows y_i) a row with stored values r_i has
///   A = alpha0 Y'Y + lambda (n + alpha0 items)^nu I + sum of w_i y_i y_i',  b = sum of v_i y_i,
/// w_i = alpha |r_i|, v_i = alpha0 + w_i where r_i > 0 and 0 where r_i < 0; a stored 0 counts as absent, n counts the
/// rest. Solved by Cholesky; n k^2 + k^3 / 3 flops a row, k^2 numbers a worker. Source: Y. Hu, Y. Koren, C. Volinsky,
/// "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008; the exponent: S. Rendle, W. Krichene, L. Zhang,
/// Y. Koren, "Revisiting the Performance of iALS on Item Recommendation Benchmarks", RecSys 2022.
template <class Scalar, class Index>
class implicit_als_engine<backend::host, Scalar, Index> {
 public:
  /// `fixed` and `gram`, the lower triangle of its Gramian, must outlive the engine.
  implicit_als_engine(const implicit_als_options& options, const rows_view<const Scalar>& fixed, const Scalar* gram)
      : options_(options), fixed_(fixed), gram_(gram) {}

  /// Solves all rows of x (rows x fixed.rows) into solved (rows x k). Throws numeric_error with the first row whose
  /// system is not positive definite in Scalar.
  template <class Policy>
  void solve_rows(const Policy& policy, const csr_view<Scalar, Index>& x, const rows_view<Scalar>& solved) const {
    std::vector<std::vector<Scalar>> systems(static_cast<std::size_t>(worker_count(policy)));
    for_each_row(policy, x.rows, [&](std::int64_t row, int worker) {
      solve(x.row_columns(row), x.row_values(row), row, systems[static_cast<std::size_t>(worker)], solved.row(row));
    });
  }

  /// The factors of one row; `row` names it in errors, `system` is scratch.
  void solve(slice<const Index> columns, slice<const Scalar> values, std::int64_t row, std::vector<Scalar>& system,
             Scalar* solution) const {
    std::fill_n(solution, k(), Scalar{0});
    for (std::int64_t i = 0; i < columns.size; ++i)
      if (values[i] != 0) kernels::axpy(target_weight(values[i]), fixed_.row(columns[i]), solution, k());
    if (std::all_of(solution, solution + k(), [](Scalar b) { return b == 0; })) return;
    factor_system(columns, values, row, system);
    kernels::cholesky_solve(system.data(), solution, k());
  }

  /// What each element of a row adds to the row's score of `item`: v_i y_i' A^-1 y_item (Hu et al., section 5).
  void contributions(slice<const Index> columns, slice<const Scalar> values, Index item, Scalar* out) const {
    std::vector<Scalar> system;
    factor_system(columns, values, 0, system);
    std::vector<Scalar> direction(fixed_.row(item), fixed_.row(item) + k());
    kernels::cholesky_solve(system.data(), direction.data(), k());
    for (std::int64_t i = 0; i < columns.size; ++i)
      out[i] = target_weight(values[i]) * kernels::dot(fixed_.row(columns[i]), direction.data(), k());
  }

 private:
  std::int64_t k() const noexcept { return fixed_.cols; }

  Scalar weight(Scalar r) const noexcept { return static_cast<Scalar>(options_.alpha) * std::abs(r); }
  Scalar target_weight(Scalar r) const noexcept {
    return r > 0 ? static_cast<Scalar>(options_.unobserved_weight) + weight(r) : Scalar{0};
  }

  /// lambda (n + alpha0 items)^nu for a row with n nonzero values.
  Scalar row_regularization(std::int64_t n) const noexcept {
    const double evidence = static_cast<double>(n) + options_.unobserved_weight * static_cast<double>(fixed_.rows);
    return static_cast<Scalar>(options_.regularization * std::pow(evidence, options_.regularization_exponent));
  }

  /// Leaves the Cholesky factor of A in `system`.
  void factor_system(slice<const Index> columns, slice<const Scalar> values, std::int64_t row,
                     std::vector<Scalar>& system) const {
    const auto alpha0 = static_cast<Scalar>(options_.unobserved_weight);
    system.resize(static_cast<std::size_t>(k() * k()));
    std::transform(gram_, gram_ + k() * k(), system.begin(), [&](Scalar g) { return alpha0 * g; });
    std::int64_t n = 0;
    for (std::int64_t i = 0; i < columns.size; ++i) {
      if (values[i] == 0) continue;
      kernels::rank_one_update(weight(values[i]), fixed_.row(columns[i]), system.data(), k());
      ++n;
    }
    const Scalar regularization = row_regularization(n);
    for (std::int64_t i = 0; i < k(); ++i) system[static_cast<std::size_t>(i * k() + i)] += regularization;
    if (!kernels::cholesky(system.data(), k()))
      fail<numeric_error>("implicit_als: the system of row ", row,
                          " is not positive definite in this precision; raise regularization or use double");
  }

  implicit_als_options options_;
  rows_view<const Scalar> fixed_;
  const Scalar* gram_;
};

}  // namespace akin::inline AKIN_ABI::detail
