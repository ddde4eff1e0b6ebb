/// @file
/// One row's regularised least squares problem against fixed factors whose Gramian is diagonal.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <akin/config.hpp>
#include <akin/kernels/blocked_cholesky.hpp>
#include <akin/kernels/conjugate_gradient.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/numbers.hpp>
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
    weights_.resize(count);
    targets_.resize(count);
  }
  Scalar* weights() noexcept { return weights_.data(); }
  Scalar* targets() noexcept { return targets_.data(); }

  /// Ids that lie before `end` may be read beyond those of a row: they say which rows of Y are needed next.
  void look_ahead_to(const Index* end) noexcept { end_of_ids_ = end; }

  /// D = diag(max(eigenvalues + shift, floor)).
  void set_diagonal(const numbers<Scalar>& eigenvalues, Scalar shift, Scalar floor) {
    if (shift == shift_ && !diagonal_.empty()) return;  // rows with as many elements have the same
    shift_ = shift;
    diagonal_.resize(eigenvalues.size());
    inverse_.resize(eigenvalues.size());
    for (std::int64_t d = 0; d < eigenvalues.size(); ++d) {
      diagonal_[d] = std::max(eigenvalues[d] + shift, floor);
      inverse_[d] = 1 / diagonal_[d];
    }
  }

  /// By conjugate gradients; whether they reached the tolerance within max_steps.
  bool iterate(const slice<const Index>& ids, Scalar tolerance, int max_steps, Scalar* x) {
    start(ids);
    const auto rows = weighted(ids, weights_);
    return kernels::conjugate_gradient(rows, diagonal_.data(), inverse_.data(), tolerance, max_steps, x, right_.data(),
                                       scratch_.data())
        .converged;
  }

  /// The same for a row that is too long for one worker: all workers share it in pieces of fixed size.
  bool iterate_in_pieces(const host_policy& policy, const slice<const Index>& ids, Scalar tolerance, int max_steps,
                         Scalar* x) {
    right_ = sum_pieces(policy, ids,
                        [&](const kernels::weighted_rows<Scalar, Index>& piece, std::int64_t begin, Scalar* sum) {
                          auto with_targets = piece;
                          with_targets.weights = targets_.data() + begin;
                          kernels::weighted_sum(with_targets, sum);
                        });
    scratch_.resize(2 * y_.cols);
    const auto add_products = [&](const Scalar* p, Scalar* q) {
      const auto products =
          sum_pieces(policy, ids, [&](const kernels::weighted_rows<Scalar, Index>& piece, std::int64_t, Scalar* sum) {
            kernels::weighted_products(piece, p, sum);
          });
      for (std::int64_t d = 0; d < products.size(); ++d) q[d] += products[d];
      return kernels::dot(p, products.data(), y_.cols);
    };
    return kernels::conjugate_gradient_of(add_products, diagonal_.data(), inverse_.data(), tolerance, max_steps, x,
                                          right_.data(), scratch_.data(), y_.cols)
        .converged;
  }

  /// By Cholesky, of size min(count, k); whether the system was positive definite to working precision.
  bool factor(const slice<const Index>& ids, Scalar* x) {
    if (ids.size < y_.cols && is_weighted()) return solve_dual(ids, x);
    start(ids);
    if (is_weighted()) return solve_primal(ids, right_.data(), x);
    for (std::int64_t d = 0; d < y_.cols; ++d) x[d] = inverse_[d] * right_[d];
    return true;
  }

  /// x = (D + Y_u'WY_u)^-1 b by Cholesky of size k.
  bool solve_primal(const slice<const Index>& ids, const Scalar* b, Scalar* x) {
    const std::int64_t k = y_.cols, stride = kernels::padded_stride<Scalar>(k);
    start_system(k);
    set_roots();
    const auto rows = weighted(ids, roots_);
    for (std::int64_t begin = 0; begin < ids.size; begin += block_rows) {
      const std::int64_t count = std::min(block_rows, ids.size - begin);
      scaled_.resize(count * stride);
      kernels::scaled_rows(rows, begin, count, scaled_.data(), stride);
      kernels::add_upper_gramian(scaled_.data(), count, system_.data(), k, stride);
    }
    for (std::int64_t d = 0; d < k; ++d) system_[d * stride + d] += diagonal_[d];
    std::copy_n(b, k, solution_.begin());
    if (!solve_system(k)) return false;
    std::copy_n(solution_.begin(), k, x);
    return true;
  }

 private:
  static constexpr std::int64_t block_rows = 256;

  kernels::weighted_rows<Scalar, Index> weighted(const slice<const Index>& ids, const numbers<Scalar>& weights) const {
    const std::int64_t readable = end_of_ids_ == nullptr ? ids.size : end_of_ids_ - ids.data;
    return {y_.data, y_.cols, ids.data, weights.data(), ids.size, readable};
  }

  /// right_ = Y_u'v.
  void start(const slice<const Index>& ids) {
    right_.assign(y_.cols, Scalar{0});
    scratch_.resize(2 * y_.cols);
    const auto rows = weighted(ids, targets_);
    kernels::weighted_sum(rows, right_.data());
  }

  bool is_weighted() const noexcept {
    return std::any_of(weights_.begin(), weights_.end(), [](Scalar w) { return w > 0; });
  }

  void set_roots() {
    roots_.resize(weights_.size());
    std::transform(weights_.begin(), weights_.end(), roots_.begin(), [](Scalar w) { return std::sqrt(w); });
  }

  /// A system of `size` unknowns, all 0, in the layout of the kernels.
  void start_system(std::int64_t size) {
    const std::int64_t stride = kernels::padded_stride<Scalar>(size), rows = kernels::padded_rows(size);
    system_.assign(rows * stride, Scalar{0});
    for (std::int64_t d = size; d < rows; ++d) system_[d * stride + d] = 1;
    solution_.assign(stride, Scalar{0});
  }

  /// In place of the right-hand side in solution_.
  bool solve_system(std::int64_t size) {
    const std::int64_t stride = kernels::padded_stride<Scalar>(size);
    if (!kernels::cholesky_upper(system_.data(), size, stride)) return false;
    kernels::cholesky_upper_solve(system_.data(), solution_.data(), size, stride);
    return true;
  }

  /// With S = W^1/2 Y_u D^-1/2 (n x k): x = D^-1 Y_u'W^1/2 (I + SS')^-1 W^-1/2 v.
  bool solve_dual(const slice<const Index>& ids, Scalar* x) {
    const std::int64_t n = ids.size, k = y_.cols, stride = kernels::padded_stride<Scalar>(n);
    start_system(n);
    set_roots();
    scratch_.resize(k);
    std::transform(inverse_.begin(), inverse_.end(), scratch_.begin(), [](Scalar d) { return std::sqrt(d); });
    scaled_.resize(k * stride);
    auto rows = weighted(ids, roots_);
    kernels::transposed_rows(rows, scratch_.data(), scaled_.data(), stride);
    kernels::add_upper_gramian(scaled_.data(), k, system_.data(), n, stride);
    for (std::int64_t i = 0; i < weights_.size(); ++i) {
      system_[i * (stride + 1)] += 1;
      solution_[i] = weights_[i] > 0 ? targets_[i] / roots_[i] : Scalar{0};
    }
    if (!solve_system(n)) return false;
    for (std::int64_t i = 0; i < weights_.size(); ++i) solution_[i] *= roots_[i];
    rows.weights = solution_.data();
    std::fill_n(x, k, Scalar{0});
    kernels::weighted_sum(rows, x);
    for (std::int64_t d = 0; d < k; ++d) x[d] *= inverse_[d];
    return true;
  }

  /// The sum of k numbers to which add(piece, begin, sum) adds each piece of the row.
  template <class Add>
  numbers<Scalar> sum_pieces(const host_policy& policy, const slice<const Index>& ids, const Add& add) const {
    constexpr std::int64_t piece_size = 8192;
    const std::int64_t k = y_.cols;
    return reduce_blocks(
        policy, ids.size, piece_size, numbers<Scalar>(k),
        [&](std::int64_t begin, std::int64_t end, int) {
          numbers<Scalar> sum(k);
          add({y_.data, y_.cols, ids.data + begin, weights_.data() + begin, end - begin}, begin, sum.data());
          return sum;
        },
        [](numbers<Scalar>& total, const numbers<Scalar>& part) {
          for (std::int64_t d = 0; d < total.size(); ++d) total[d] += part[d];
        });
  }

  rows_view<const Scalar> y_;
  const Index* end_of_ids_ = nullptr;
  Scalar shift_ = 0;
  numbers<Scalar> diagonal_, inverse_;
  numbers<Scalar> weights_, targets_;
  numbers<Scalar> right_, scratch_, roots_, scaled_, system_, solution_;
};

}  // namespace akin::inline AKIN_ABI::detail
