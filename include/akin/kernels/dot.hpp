/// @file
/// The canonical dot product, which computes every score that is reported or compared.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/simd.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// Four accumulators hide the latency of the additions; they are combined as a tree, then the lanes, then the rest.
struct dot_kernel {
  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE T run(const T* x, const T* y, std::int64_t size) {
    using vector = vec_for<InstructionSet, T>;
    constexpr std::int64_t lanes = vector::lanes;
    vector sums[4] = {vector::zero(), vector::zero(), vector::zero(), vector::zero()};
    std::int64_t i = 0;
    for (; i + 4 * lanes <= size; i += 4 * lanes) {
      AKIN_UNROLL
      for (int a = 0; a < 4; ++a)
        sums[a] = sums[a].plus_product(vector::load(x + i + a * lanes), vector::load(y + i + a * lanes));
    }
    for (; i + lanes <= size; i += lanes) sums[0] = sums[0].plus_product(vector::load(x + i), vector::load(y + i));
    T rest = 0;
    for (; i < size; ++i) rest = plus_product<InstructionSet>(rest, x[i], y[i]);
    return lane_sum((sums[0] + sums[1]) + (sums[2] + sums[3])) + rest;
  }
};

/// The inner product of x and y: on one machine and build the same bits from every call site.
template <class T>
T dot(const T* x, const T* y, std::int64_t size) {
  return call<dot_kernel>(x, y, size);
}

/// dot(x, row r of rows) for `count` contiguous rows, to the bit.
struct dot_rows_kernel {
  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE void run(const T* x, const T* rows, std::int64_t count, std::int64_t size, T* out) {
    for (std::int64_t row = 0; row < count; ++row)
      out[row] = dot_kernel::run<InstructionSet>(x, rows + row * size, size);
  }
};

/// out[r] = dot(x, row r) for `count` contiguous rows of `size` numbers.
template <class T>
void dot_rows(const T* x, const T* rows, std::int64_t count, std::int64_t size, T* out) {
  call<dot_rows_kernel>(x, rows, count, size, out);
}

AKIN_COMPILE_KERNEL(dot_kernel, const float*, const float*, std::int64_t)
AKIN_COMPILE_KERNEL(dot_kernel, const double*, const double*, std::int64_t)
AKIN_COMPILE_KERNEL(dot_rows_kernel, const float*, const float*, std::int64_t, std::int64_t, float*)
AKIN_COMPILE_KERNEL(dot_rows_kernel, const double*, const double*, std::int64_t, std::int64_t, double*)

}  // namespace akin::inline AKIN_ABI::kernels
