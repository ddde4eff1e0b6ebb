/// @file
/// One row's regularised least squares problem against fixed factors whose Gramian is diagonal.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <akin/config.hpp>
#include <akin/kernels/cholesky.hpp>
#include <akin/kernels/conjugate_gradient.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/gemm.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Solves (D + Y_u'WY_u) x = Y_u'v, where D is diagonal and positive, Y_u are some rows of Y, W and v their weights (w
/// > 0, or all 0) and targets. One worker's: it keeps scratch between rows. See
/// docs/design/implicit-als-in-the-eigenbasis.md.
template <class Scalar, class Index>
class row_solver {
 public:
  explicit row_solver(const rows_view<const Scalar>& y) : y_(y) {}

  /// Room for the row's weights and targets, to be filled in by the caller.
  void resize(std::int64_t count) {
    weights_.resize(static_cast<std::size_t>(count));
    targets_.resize(static_cast<std::size_t>(count));
  }
  Scalar* weights() noexcept { return weights_.data(); }
  Scalar* targets() noexcept { return targets_.data(); }

  /// Ids that lie before `end` may be read beyond those of a row: they say which rows of Y are needed next.
  void look_ahead_to(const Index* end) noexcept { end_of_ids_ = end; }

  /// D = diag(max(eigenvalues + shift, floor)).
  void set_diagonal(const std::vector<Scalar>& eigenvalues, Scalar shift, Scalar floor) {
    if (shift == shift_ && !diagonal_.empty()) return;  // rows with as many elements have the same
    shift_ = shift;
    diagonal_.resize(eigenvalues.size());
    inverse_.resize(eigenvalues.size());
    for (std::size_t d = 0; d < eigenvalues.size(); ++d) {
      diagonal_[d] = std::max(eigenvalues[d] + shift, floor);
      inverse_[d] = 1 / diagonal_[d];
    }
  }

  /// By conjugate gradients; whether the tolerance was reached in so many steps.
  bool iterate(const slice<const Index>& ids, Scalar tolerance, int most_steps, Scalar* x) {
    start(ids);
    const auto rows = weighted(ids, weights_);
    return kernels::call<kernels::conjugate_gradient_kernel>(&rows, pointer(diagonal_), pointer(inverse_), tolerance,
                                                             most_steps, x, right_.data(), scratch_.data())
        .converged;
  }

  /// The same for a row that is too long for one worker: its products are taken in pieces of fixed size.
  template <class Policy>
  bool iterate_in_pieces(const Policy& policy, const slice<const Index>& ids, Scalar tolerance, int most_steps,
                         Scalar* x) {
    right_ = sum_pieces(policy, ids,
                        [&](const kernels::weighted_rows<Scalar, Index>& piece, std::int64_t begin, Scalar* sum) {
                          auto with_targets = piece;
                          with_targets.weights = targets_.data() + begin;
                          kernels::call<kernels::weighted_sum_kernel>(pointer(&with_targets), sum);
                        });
    scratch_.resize(static_cast<std::size_t>(2 * y_.cols));
    const auto add_products = [&](const Scalar* p, Scalar* q) {
      const auto products =
          sum_pieces(policy, ids, [&](const kernels::weighted_rows<Scalar, Index>& piece, std::int64_t, Scalar* sum) {
            kernels::call<kernels::weighted_products_kernel>(&piece, p, sum);
          });
      for (std::size_t d = 0; d < products.size(); ++d) q[d] += products[d];
      return kernels::dot(p, products.data(), y_.cols);
    };
    return kernels::conjugate_gradient<kernels::portable>(add_products, pointer(diagonal_), pointer(inverse_),
                                                          tolerance, most_steps, x, right_.data(), scratch_.data(),
                                                          scratch_.data() + y_.cols, y_.cols)
        .converged;
  }

  /// By Cholesky, of size min(count, k); whether the system was positive definite to working precision.
  bool factor(const slice<const Index>& ids, Scalar* x) {
    start(ids);
    if (ids.size >= y_.cols) return solve_primal(ids, right_.data(), x);
    return solve_dual(ids, x);
  }

  /// x = (D + Y_u'WY_u)^-1 b by Cholesky of size k.
  bool solve_primal(const slice<const Index>& ids, const Scalar* b, Scalar* x) {
    const std::int64_t k = y_.cols;
    system_.assign(static_cast<std::size_t>(k * k), Scalar{0});
    for (std::int64_t begin = 0; begin < ids.size; begin += run) {
      const std::int64_t count = std::min(run, ids.size - begin);
      scale_rows(ids, begin, count, nullptr);
      kernels::add_gramian(scaled_.data(), count, k, system_.data());
    }
    for (std::int64_t d = 0; d < k; ++d)
      system_[static_cast<std::size_t>(d * k + d)] += diagonal_[static_cast<std::size_t>(d)];
    std::copy_n(b, k, x);
    if (!kernels::cholesky(system_.data(), k)) return false;
    kernels::cholesky_solve(pointer(system_), x, k);
    return true;
  }

 private:
  static constexpr std::int64_t run = 256;

  static const Scalar* pointer(const std::vector<Scalar>& numbers) noexcept { return numbers.data(); }
  template <class T>
  static const T* pointer(const T* object) noexcept {
    return object;
  }

  kernels::weighted_rows<Scalar, Index> weighted(const slice<const Index>& ids,
                                                 const std::vector<Scalar>& weights) const {
    const std::int64_t readable = end_of_ids_ == nullptr ? ids.size : end_of_ids_ - ids.data;
    return {y_.data, y_.cols, ids.data, weights.data(), ids.size, readable};
  }

  /// right_ = Y_u'v.
  void start(const slice<const Index>& ids) {
    right_.assign(static_cast<std::size_t>(y_.cols), Scalar{0});
    scratch_.resize(static_cast<std::size_t>(2 * y_.cols));
    const auto rows = weighted(ids, targets_);
    kernels::call<kernels::weighted_sum_kernel>(&rows, right_.data());
  }

  /// scaled_ = rows begin to begin + count of W^1/2 Y_u, its columns times column_scale where that is given.
  void scale_rows(const slice<const Index>& ids, std::int64_t begin, std::int64_t count, const Scalar* column_scale) {
    const std::int64_t k = y_.cols;
    scaled_.resize(static_cast<std::size_t>(count * k));
    for (std::int64_t i = 0; i < count; ++i) {
      const Scalar* const from = y_.row(ids[begin + i]);
      Scalar* const to = scaled_.data() + i * k;
      const Scalar root = std::sqrt(weights_[static_cast<std::size_t>(begin + i)]);
      for (std::int64_t d = 0; d < k; ++d) to[d] = root * from[d];
      if (column_scale != nullptr)
        for (std::int64_t d = 0; d < k; ++d) to[d] *= column_scale[d];
    }
  }

  /// With S = W^1/2 Y_u D^-1/2 (n x k): x = D^-1/2 S' (I + SS')^-1 W^-1/2 v; without weights x = D^-1 Y_u'v.
  bool solve_dual(const slice<const Index>& ids, Scalar* x) {
    const std::int64_t n = ids.size, k = y_.cols;
    if (std::none_of(weights_.begin(), weights_.end(), [](Scalar w) { return w > 0; })) {
      for (std::int64_t d = 0; d < k; ++d)
        x[d] = inverse_[static_cast<std::size_t>(d)] * right_[static_cast<std::size_t>(d)];
      return true;
    }
    std::vector<Scalar>& roots = scratch_;
    for (std::int64_t d = 0; d < k; ++d)
      roots[static_cast<std::size_t>(d)] = std::sqrt(inverse_[static_cast<std::size_t>(d)]);
    scale_rows(ids, 0, n, roots.data());
    system_.resize(static_cast<std::size_t>(n * n));
    dual_.resize(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) {
      const auto position = static_cast<std::size_t>(i);
      for (std::int64_t j = 0; j <= i; ++j)
        system_[static_cast<std::size_t>(i * n + j)] =
            kernels::dot(pointer(scaled_) + i * k, pointer(scaled_) + j * k, k);
      system_[static_cast<std::size_t>(i * n + i)] += 1;
      dual_[position] = weights_[position] > 0 ? targets_[position] / std::sqrt(weights_[position]) : Scalar{0};
    }
    if (!kernels::cholesky(system_.data(), n)) return false;
    kernels::cholesky_solve(pointer(system_), dual_.data(), n);
    std::fill_n(x, k, Scalar{0});
    for (std::int64_t i = 0; i < n; ++i)
      kernels::axpy(dual_[static_cast<std::size_t>(i)], pointer(scaled_) + i * k, x, k);
    for (std::int64_t d = 0; d < k; ++d) x[d] *= roots[static_cast<std::size_t>(d)];
    return true;
  }

  /// The sum over pieces of the row of what add(piece, begin, sum) adds to k numbers.
  template <class Policy, class Add>
  std::vector<Scalar> sum_pieces(const Policy& policy, const slice<const Index>& ids, const Add& add) const {
    constexpr std::int64_t piece_size = 8192;
    const auto k = static_cast<std::size_t>(y_.cols);
    return reduce_blocks(
        policy, ids.size, piece_size, std::vector<Scalar>(k),
        [&](std::int64_t begin, std::int64_t end, int) {
          std::vector<Scalar> sum(k);
          add({y_.data, y_.cols, ids.data + begin, weights_.data() + begin, end - begin}, begin, sum.data());
          return sum;
        },
        [](std::vector<Scalar>& total, const std::vector<Scalar>& part) {
          for (std::size_t d = 0; d < total.size(); ++d) total[d] += part[d];
        });
  }

  rows_view<const Scalar> y_;
  const Index* end_of_ids_ = nullptr;
  Scalar shift_ = 0;
  std::vector<Scalar> diagonal_, inverse_;
  std::vector<Scalar> weights_, targets_;
  std::vector<Scalar> right_, scratch_, scaled_, system_, dual_;
};

}  // namespace akin::inline AKIN_ABI::detail
