/// @file
/// The canonical squared distance of two vectors, dense or sparse, which computes every distance that is reported.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/simd.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// Summed as dot_kernel sums.
struct squared_distance_kernel {
  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE T run(const T* x, const T* y, std::int64_t size) {
    using vector = vec_for<InstructionSet, T>;
    constexpr std::int64_t lanes = vector::lanes;
    vector sums[4] = {vector::zero(), vector::zero(), vector::zero(), vector::zero()};
    std::int64_t i = 0;
    for (; i + 4 * lanes <= size; i += 4 * lanes) {
      AKIN_UNROLL
      for (int a = 0; a < 4; ++a) {
        const vector difference = vector::load(x + i + a * lanes) - vector::load(y + i + a * lanes);
        sums[a] = sums[a].plus_product(difference, difference);
      }
    }
    for (; i + lanes <= size; i += lanes) {
      const vector difference = vector::load(x + i) - vector::load(y + i);
      sums[0] = sums[0].plus_product(difference, difference);
    }
    T rest = 0;
    for (; i < size; ++i) {
      const T difference = x[i] - y[i];
      rest += difference * difference;
    }
    return lane_sum((sums[0] + sums[1]) + (sums[2] + sums[3])) + rest;
  }
};

/// |x - y|^2: 0 for equal vectors, symmetric, and on one machine and build the same bits from every call site.
template <class T>
T squared_distance(const T* x, const T* y, std::int64_t size) {
  return call<squared_distance_kernel>(x, y, size);
}

/// The same for sparse vectors, whose nonzero elements are stored by ascending position.
struct sparse_squared_distance_kernel {
  template <class InstructionSet, class T, class Index>
  static AKIN_ALWAYS_INLINE T run(const Index* x_ids, const T* x, std::int64_t x_size, const Index* y_ids, const T* y,
                                  std::int64_t y_size) {
    T sum = 0;
    std::int64_t i = 0, j = 0;
    while (i < x_size || j < y_size) {
      const bool take_x = j == y_size || (i < x_size && x_ids[i] <= y_ids[j]);
      const bool take_y = i == x_size || (j < y_size && y_ids[j] <= x_ids[i]);
      const T difference = (take_x ? x[i] : T{0}) - (take_y ? y[j] : T{0});
      sum += difference * difference;
      i += take_x;
      j += take_y;
    }
    return sum;
  }
};

template <class T, class Index>
T squared_distance(const Index* x_ids, const T* x, std::int64_t x_size, const Index* y_ids, const T* y,
                   std::int64_t y_size) {
  return call<sparse_squared_distance_kernel>(x_ids, x, x_size, y_ids, y, y_size);
}

AKIN_COMPILE_KERNEL(sparse_squared_distance_kernel, const std::int32_t*, const float*, std::int64_t,
                    const std::int32_t*, const float*, std::int64_t)
AKIN_COMPILE_KERNEL(sparse_squared_distance_kernel, const std::int32_t*, const double*, std::int64_t,
                    const std::int32_t*, const double*, std::int64_t)
AKIN_COMPILE_KERNEL(squared_distance_kernel, const float*, const float*, std::int64_t)
AKIN_COMPILE_KERNEL(squared_distance_kernel, const double*, const double*, std::int64_t)

}  // namespace akin::inline AKIN_ABI::kernels
