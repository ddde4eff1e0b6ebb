/// @file
/// The half-step of non-negative factorisation: every row's non-negative least squares problem against fixed factors.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/gramian.hpp>
#include <akin/finite.hpp>
#include <akin/kernels/cholesky.hpp>
#include <akin/kernels/conjugate_gradient.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/kernels/nonnegative_sweeps.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// One side's problem: with fixed factors Y >= 0 a row r of the matrix, absent cells being 0, has
///   the minimum over x >= 0 of |r - Yx|^2 + lambda |x|^2 = x'(Y'Y + lambda I)x - 2 r'Yx + |r|^2.
/// A row of n elements takes 2 n k flops, and 2 k flops for each coordinate that moves. Source: A. Cichocki, A.-H.
/// Phan, "Fast Local Algorithms for Large Scale Nonnegative Matrix and Tensor Factorizations", IEICE Trans.
/// Fundamentals E92-A, 2009 (HALS: taken row by row instead of column by column, which gives the same numbers).
template <class Scalar, class Index>
class nmf_engine {
 public:
  /// `gram` (k x k) is what gram_of gave for `fixed`; both must outlive the engine.
  nmf_engine(const rows_view<const Scalar>& fixed, const storage<Scalar>& gram) : fixed_(fixed), gram_(gram.data()) {}

  /// Y'Y + lambda I. Throws numeric_error if it overflows.
  static storage<Scalar> gram_of(const host_policy& policy, const rows_view<const Scalar>& fixed,
                                 double regularization) {
    const numbers<double> products = gramian(policy, fixed);
    const std::int64_t to_next = fixed.cols + 1;
    storage<Scalar> gram(products.size());
    for (std::int64_t i = 0; i < products.size(); ++i)
      gram.mutable_data()[i] = static_cast<Scalar>(products[i] + (i % to_next == 0 ? regularization : 0));
    if (!std::all_of(gram.begin(), gram.end(), is_finite<Scalar>))
      fail<numeric_error>("nmf: the factors diverged; scale the values down or use double");
    return gram;
  }

  /// Improves all rows of x (rows x fixed.rows), starting from `solved` (rows x k), in the order of `schedule`: long
  /// rows first. A row of zeros becomes 0. Throws numeric_error with the first row that overflows.
  void solve_rows(const host_policy& policy, const csr_view<Scalar, Index>& x, const numbers<Index>& schedule,
                  int max_sweeps, Scalar tolerance, const rows_view<Scalar>& solved) const {
    per_worker<numbers<Scalar>> gradients(worker_count(policy));
    for_each_row(policy, x.rows, [&](std::int64_t i, int worker) {
      const Index row = schedule[i];
      solve(x.row(row), row, max_sweeps, tolerance, gradients[worker], solved.row(row));
    });
  }

  /// The contributions of a row's elements to its score for `asked`, with x the row's solution: r_j y_j'G^-1 asked over
  /// the coordinates where x is not 0, for which x is a plain least squares solution. By Cholesky in double.
  void contributions(const row_view<Scalar, Index>& row, const Scalar* x, const Scalar* asked, Scalar* out) const {
    numbers<std::int64_t> used;
    for (std::int64_t d = 0; d < fixed_.cols; ++d)
      if (x[d] > 0) used.push_back(d);
    const std::int64_t size = used.size();
    numbers<double> weights(size);
    for (std::int64_t i = 0; i < size; ++i) weights[i] = static_cast<double>(asked[used[i]]);
    const numbers<double> lower = factored_gram(used);
    kernels::cholesky_solve(lower.data(), weights.data(), size);
    for (std::int64_t i = 0; i < row.size(); ++i) {
      double share = 0;
      for (std::int64_t d = 0; d < size; ++d)
        share += weights[d] * static_cast<double>(fixed_.row(row.ids[i])[used[d]]);
      out[i] = static_cast<Scalar>(static_cast<double>(row.values[i]) * share);
    }
  }

  /// The objective with these rows, without the regularisation of `fixed`.
  double loss(const host_policy& policy, const csr_view<Scalar, Index>& x,
              const rows_view<const Scalar>& solved) const {
    const auto rows_loss = [&](std::int64_t begin, std::int64_t end, int) {
      double sum = 0;
      for (std::int64_t row = begin; row < end; ++row) sum += row_loss(x.row(row), solved.row(row));
      return sum;
    };
    return reduce_blocks(policy, x.rows, 256, 0.0, rows_loss, [](double& total, double part) { total += part; });
  }

 private:
  /// The Cholesky factor of the Gramian of these factors. If factors are parallel it is singular; any solution of G w =
  /// y splits the score, so the smallest power of 10 that makes G definite is added to the diagonal.
  numbers<double> factored_gram(const numbers<std::int64_t>& used) const {
    const std::int64_t size = used.size();
    numbers<double> gram(size * size);
    double largest = 0;
    for (std::int64_t i = 0; i < size; ++i) {
      for (std::int64_t j = 0; j < size; ++j)
        gram[i * size + j] = static_cast<double>(gram_[used[i] * fixed_.cols + used[j]]);
      largest = std::max(largest, gram[i * size + i]);
    }
    for (double ridge = 0; ridge < 1; ridge = std::max<double>(10 * ridge, std::numeric_limits<Scalar>::epsilon())) {
      numbers<double> lower = gram;
      for (std::int64_t i = 0; i < size; ++i) lower[i * size + i] += ridge * largest;
      if (kernels::cholesky(lower.data(), size)) return lower;
    }
    fail<numeric_error>("nmf::contributions: the problem of the history is singular; regularization above 0 helps");
  }

  void solve(const row_view<Scalar, Index>& ratings, Index row, int max_sweeps, Scalar tolerance,
             numbers<Scalar>& gradient, Scalar* x) const {
    const std::int64_t k = fixed_.cols;
    gradient.assign(k, Scalar{0});
    const kernels::weighted_rows<Scalar, Index> rated{fixed_.data, k, ratings.ids.data, ratings.values.data,
                                                      ratings.size()};
    kernels::weighted_sum(rated, gradient.data());
    if (std::all_of(gradient.begin(), gradient.end(), [](Scalar b) { return b == 0; })) {
      std::fill_n(x, k, Scalar{0});
      return;
    }
    for (Scalar& b : gradient) b = -b;
    const Scalar* const gram = gram_;
    kernels::nonnegative_sweeps(gram, tolerance, max_sweeps, x, gradient.data(), k);
    if (!std::all_of(x, x + k, is_finite<Scalar>) || !std::all_of(gradient.begin(), gradient.end(), is_finite<Scalar>))
      fail<numeric_error>("nmf: the factors of row ", row, " diverged; scale the values down or use double");
  }

  /// |r - Yx|^2 + lambda |x|^2; the Gramian covers the cells that are not stored.
  double row_loss(const row_view<Scalar, Index>& row, const Scalar* x) const {
    double loss = 0;
    for (std::int64_t d = 0; d < fixed_.cols; ++d)
      loss += static_cast<double>(x[d]) * static_cast<double>(kernels::dot(gram_ + d * fixed_.cols, x, fixed_.cols));
    for (std::int64_t i = 0; i < row.size(); ++i) {
      const auto score = static_cast<double>(kernels::dot(x, fixed_.row(row.ids[i]), fixed_.cols));
      const auto value = static_cast<double>(row.values[i]);
      loss += value * (value - 2 * score);
    }
    return loss;
  }

  rows_view<const Scalar> fixed_;
  const Scalar* gram_;  // Y'Y + lambda I
};

}  // namespace akin::inline AKIN_ABI::detail
