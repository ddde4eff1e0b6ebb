/// @file
/// One row's regularised least squares problem with factors that must not be negative.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <akin/config.hpp>
#include <akin/kernels/axpy.hpp>
#include <akin/kernels/gemm.hpp>
#include <akin/numbers.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The minimum over x, of which the first `bounded` coordinates are >= 0, of x'(lambda I + Y_u'WY_u)x / 2 - x'Y_u'v,
/// where Y_u are some rows of Y, W and v their weights and targets. One worker's: it keeps scratch between rows.
///
/// By cyclic coordinate descent from 0 on the k x k system, each coordinate to its own minimum (Hildreth's method):
/// n k^2 flops for the system and 2 k^2 a sweep. Source: C. Hildreth, "A Quadratic Programming Procedure", Naval
/// Research Logistics Quarterly 4, 1957; V. Franc, V. Hlavac, M. Navara, "Sequential Coordinate-Wise Algorithm for the
/// Non-negative Least Squares Problem", CAIP 2005.
template <class Scalar, class Index>
class nonnegative_solver {
 public:
  nonnegative_solver(const rows_view<const Scalar>& y, std::int64_t bounded) : y_(y), bounded_(bounded) {}

  /// Runs until no slope that could lower the objective is above tolerance times the largest of Y_u'v; whether it
  /// converged.
  bool solve(const slice<const Index>& ids, const Scalar* weights, const Scalar* targets, Scalar lambda,
             Scalar tolerance, Scalar* x) {
    set_up(ids, weights, targets, lambda);
    std::fill_n(x, y_.cols, Scalar{0});
    Scalar largest = 0;
    for (const Scalar slope : slopes_) largest = std::max(largest, std::abs(slope));
    for (int sweep = 0; sweep < max_sweeps; ++sweep) {
      if (steepest(x) <= tolerance * largest) return true;
      descend(x);
    }
    return false;
  }

 private:
  static constexpr std::int64_t block_rows = 256;
  static constexpr int max_sweeps = 10000;

  /// system_ = lambda I + Y_u'WY_u, slopes_ = Y_u'v: those of x = 0.
  void set_up(const slice<const Index>& ids, const Scalar* weights, const Scalar* targets, Scalar lambda) {
    const std::int64_t k = y_.cols;
    system_.assign(k * k, Scalar{0});
    slopes_.assign(k, Scalar{0});
    scaled_.resize(std::min(block_rows, ids.size) * k);
    for (std::int64_t begin = 0; begin < ids.size; begin += block_rows) {
      const std::int64_t count = std::min(block_rows, ids.size - begin);
      for (std::int64_t i = 0; i < count; ++i) {
        const Scalar* const from = y_.row(ids[begin + i]);
        Scalar* const to = scaled_.data() + i * k;
        const Scalar root = std::sqrt(weights[begin + i]);
        for (std::int64_t d = 0; d < k; ++d) to[d] = root * from[d];
        kernels::axpy(targets[begin + i], from, slopes_.data(), k);
      }
      kernels::add_gramian(static_cast<const Scalar*>(scaled_.data()), count, k, system_.data());
    }
    for (std::int64_t i = 0; i < k; ++i) {
      system_[i * k + i] += lambda;
      for (std::int64_t j = i + 1; j < k; ++j) system_[i * k + j] = system_[j * k + i];
    }
  }

  /// The largest slope along which x may still move.
  Scalar steepest(const Scalar* x) const {
    Scalar largest = 0;
    for (std::int64_t d = 0; d < y_.cols; ++d) {
      const Scalar slope = slopes_[d];
      largest = std::max(largest, d >= bounded_ || x[d] > 0 ? std::abs(slope) : slope);
    }
    return largest;
  }

  void descend(Scalar* x) {
    const std::int64_t k = y_.cols;
    for (std::int64_t d = 0; d < k; ++d) {
      const Scalar* const row = system_.data() + d * k;
      const Scalar free = x[d] + slopes_[d] / row[d];
      const Scalar moved = d < bounded_ ? std::max(free, Scalar{0}) : free;
      if (moved == x[d]) continue;
      kernels::axpy(x[d] - moved, row, slopes_.data(), k);
      x[d] = moved;
    }
  }

  rows_view<const Scalar> y_;
  std::int64_t bounded_;
  numbers<Scalar> system_, slopes_, scaled_;
};

}  // namespace akin::inline AKIN_ABI::detail
