/// @file
/// The inverse of a large symmetric positive definite matrix in place, by all workers.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/inverse_sweep.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/storage.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Bytes that invert_symmetric takes in addition to the matrix.
template <class T>
constexpr double symmetric_inverse_scratch(std::int64_t size, int workers) noexcept {
  constexpr double block = static_cast<double>(kernels::sweep_block), tile = static_cast<double>(kernels::sweep_tile);
  const double panels = 2 * block * (static_cast<double>(size) + tile) + 2 * block * block + 2 * tile * block * workers;
  return panels * static_cast<double>(sizeof(T)) + 3 * block * block * static_cast<double>(sizeof(double));
}

/// The steps of kernels/inverse_sweep.hpp. Within a step tiles are independent, and each has a fixed order of
/// summation, so that the bits do not depend on the workers.
template <class T>
class symmetric_inversion {
 public:
  symmetric_inversion(T* a, std::int64_t size, int workers)
      : a_(a),
        size_(size),
        tiles_((size + tile - 1) / tile),
        left_(tiles_ * panel),
        right_(tiles_ * panel),
        scratch_(2 * panel * workers),
        pivot_panels_(2 * block * block),
        pivot_(3 * block * block) {}

  /// One step, on the block from row `begin` on; false if it is not positive definite.
  [[nodiscard]] bool step(const host_policy& policy, std::int64_t begin) {
    const std::int64_t depth = std::min(block, size_ - begin);
    double* const factor = pivot_.mutable_data();
    double* const inverse = factor + block * block;
    double* const product = inverse + block * block;
    T* const corner = a_ + begin * size_ + begin;
    if (!kernels::invert_factor(corner, size_, depth, factor, inverse)) return false;
    const kernels::sweep_pivot<T> k{begin, depth, inverse, pivot_panels_.mutable_data(),
                                    pivot_panels_.mutable_data() + block * block};
    kernels::pack_pivot(k);

    for_each_row(policy, tiles_, [&](std::int64_t t, int worker) {
      if (t * tile == begin) kernels::invert_pivot(corner, size_, depth, inverse, product);
      if (!is_of_pivot(t, begin))
        kernels::sweep_rows(a_, size_, t * tile, k, panel_of(t), scratch_.mutable_data() + worker * 2 * panel);
    });
    list_pairs(begin);
    for_each_row(policy, pairs_.size(), [&](std::int64_t p, int) {
      const auto [i, j] = pairs_[p];
      kernels::update_tile(a_, size_, i * tile, j * tile, left_.data() + i * panel, right_.data() + j * panel, depth);
    });
    return true;
  }

 private:
  static constexpr std::int64_t tile = kernels::sweep_tile, block = kernels::sweep_block, panel = tile * block;
  struct pair {
    std::int64_t row, column;
  };

  static bool is_of_pivot(std::int64_t t, std::int64_t begin) noexcept {
    return t * tile >= begin && t * tile < begin + block;
  }
  kernels::sweep_panel<T> panel_of(std::int64_t t) noexcept {
    return {left_.mutable_data() + t * panel, right_.mutable_data() + t * panel};
  }
  /// The tiles of the lower triangle outside of the pivot's rows and columns, those of a row one after the other: a
  /// row's panel stays in the cache.
  void list_pairs(std::int64_t begin) {
    pairs_.clear();
    for (std::int64_t i = 0; i < tiles_; ++i)
      for (std::int64_t j = 0; j <= i; ++j)
        if (!is_of_pivot(i, begin) && !is_of_pivot(j, begin)) pairs_.push_back({i, j});
  }

  T* a_;
  std::int64_t size_, tiles_;
  storage<T> left_, right_, scratch_, pivot_panels_;
  storage<double> pivot_;
  numbers<pair> pairs_;
};

/// Inverts a (size x size, row-major) in place; only the lower triangle is read and written, except for elements next
/// to the diagonal. Returns `size`, or the first row of a block that is not positive definite to working precision; the
/// matrix is then overwritten. size^3 flops.
template <class T>
[[nodiscard]] std::int64_t invert_symmetric(const host_policy& policy, T* a, std::int64_t size) {
  symmetric_inversion<T> inversion(a, size,
                                   worker_count(policy, (size + kernels::sweep_tile - 1) / kernels::sweep_tile));
  for (std::int64_t begin = 0; begin < size; begin += kernels::sweep_block)
    if (!inversion.step(policy, begin)) return begin;
  return size;
}

}  // namespace akin::inline AKIN_ABI::detail
