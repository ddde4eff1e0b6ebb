/// @file
/// A sweep of coordinate descent over a small least squares problem with l1 regularization.
#pragma once

#include <algorithm>
#include <cstdint>

#include <akin/config.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/simd.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// Rows of the matrix of a coordinate_sweep begin a multiple of this many elements apart.
inline constexpr std::int64_t sweep_alignment = 16;

struct coordinate_sweep_kernel {
  /// The best value of a coordinate whose own optimum without the l1 norm is x.
  template <class T>
  static AKIN_ALWAYS_INLINE T shrunk(T x, T threshold, bool nonnegative) {
    const T above = std::max(x - threshold, T{0});
    return nonnegative ? above : above + std::min(x + threshold, T{0});
  }

  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE T run(const T* h, std::int64_t stride, const T* thresholds, bool nonnegative, T least, T* z,
                                  T* rest, std::int64_t size) {
    using vector = vec_for<InstructionSet, T>;
    static_assert(sweep_alignment % vector::lanes == 0);
    const std::int64_t padded = (size + sweep_alignment - 1) / sweep_alignment * sweep_alignment;
    T largest = 0;
    for (std::int64_t k = 0; k < size; ++k) {
      const T best = shrunk(rest[k] + z[k], thresholds[k], nonnegative), step = best - z[k];
      const T length = std::max(step, -step);
      if (length > least)
        largest = std::max(largest, length);
      else if (step == 0 || best != 0)
        continue;
      z[k] = best;
      const T* const row = h + k * stride;
      const vector down = vector::broadcast(-step);
      for (std::int64_t i = 0; i < padded; i += vector::lanes)
        vector::load(rest + i).plus_product(down, vector::load(row + i)).store(rest + i);
    }
    return largest;
  }
};

/// For the minimum of 1/2 z'Hz - b'z + sum of t_k |z_k|, over z >= 0 if `nonnegative`: sets each coordinate in turn to
/// its best value with the others fixed, if that moves it by more than `least` or to 0. H is symmetric with a unit
/// diagonal, size x size, its rows `stride` elements apart, with stride a multiple of sweep_alignment and zeros beyond
/// `size`; rest = b - Hz (stride elements) is kept up to date. Returns the largest step that is more than `least`, else
/// 0. O(steps * size).
template <class T>
T coordinate_sweep(const T* h, std::int64_t stride, const T* thresholds, bool nonnegative, T least, T* z, T* rest,
                   std::int64_t size) {
  return call<coordinate_sweep_kernel>(h, stride, thresholds, nonnegative, least, z, rest, size);
}

AKIN_COMPILE_KERNEL(coordinate_sweep_kernel, const float*, std::int64_t, const float*, bool, float, float*, float*,
                    std::int64_t)
AKIN_COMPILE_KERNEL(coordinate_sweep_kernel, const double*, std::int64_t, const double*, bool, double, double*, double*,
                    std::int64_t)

}  // namespace akin::inline AKIN_ABI::kernels
