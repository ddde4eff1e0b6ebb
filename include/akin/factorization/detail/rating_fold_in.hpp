/// @file
/// The factors and the bias of users who were not in the training, from their ratings.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/factorization/detail/biased_factors.hpp>
#include <akin/kernels/axpy.hpp>
#include <akin/kernels/cholesky.hpp>
#include <akin/kernels/syrk.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>

namespace akin::inline AKIN_ABI::detail {

/// For each row of x the z = (p, b) that minimises sum of (r - mean - b_i - b - p'q_i)^2 + n regularization |z|^2 over
/// its n ratings, by Cholesky in double. What is added to the diagonal is at least 1e-12 of the trace, so that without
/// regularisation the shortest of many solutions is found, nearly. Rows without ratings get zeros.
template <class Policy, class Scalar, class Index>
dense_matrix<Scalar> fold_in_ratings(const Policy& policy, const csr_view<Scalar, Index>& x,
                                     const biased_parameters<Scalar>& model, double regularization,
                                     std::string_view where) {
  const std::int64_t k = model.item_factors.cols(), size = k + 1;
  dense_matrix<Scalar> result(x.rows, size);
  struct scratch {
    std::vector<double> system, right, row;
  };
  std::vector<scratch> workers(static_cast<std::size_t>(worker_count(policy, x.rows)));
  for_each_row(policy, x.rows, [&](std::int64_t user, int worker) {
    scratch& s = workers[static_cast<std::size_t>(worker)];
    s.system.assign(static_cast<std::size_t>(size * size), 0);
    s.right.assign(static_cast<std::size_t>(size), 0);
    s.row.assign(static_cast<std::size_t>(size), 1);
    for (std::int64_t at = x.offsets[user]; at < x.offsets[user + 1]; ++at) {
      const std::int64_t item = x.columns[at];
      std::copy_n(model.item_factors.view().row(item), k, s.row.begin());
      const double target = static_cast<double>(x.values[at]) - static_cast<double>(model.mean) -
                            static_cast<double>(model.item_biases[item]);
      const double* const row = s.row.data();
      kernels::rank_one_update(1.0, row, s.system.data(), size);
      kernels::axpy(target, row, s.right.data(), size);
    }
    double trace = 0;
    for (std::int64_t d = 0; d < size; ++d) trace += s.system[static_cast<std::size_t>(d * size + d)];
    const double shift = std::max(regularization * static_cast<double>(x.row_size(user)), 1e-12 * trace);
    for (std::int64_t d = 0; d < size; ++d) s.system[static_cast<std::size_t>(d * size + d)] += shift;
    if (x.row_size(user) > 0) {
      if (!kernels::cholesky(s.system.data(), size))
        fail<numeric_error>(where, ": the problem of row ", user, " cannot be solved");
      const double* const factor = s.system.data();
      kernels::cholesky_solve(factor, s.right.data(), size);
    }
    for (std::int64_t d = 0; d < size; ++d) {
      const auto number = static_cast<Scalar>(s.right[static_cast<std::size_t>(d)]);
      if (!is_finite(number)) fail<numeric_error>(where, ": the factors of row ", user, " are too large");
      result(user, d) = number;
    }
  });
  return result;
}

}  // namespace akin::inline AKIN_ABI::detail
