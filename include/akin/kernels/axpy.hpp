/// @file
/// y += a x.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/simd.hpp>

namespace akin::inline AKIN_ABI::kernels {

struct axpy_kernel {
  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE void run(T a, const T* x, T* y, std::int64_t size) {
    using vector = vec_for<InstructionSet, T>;
    const vector factor = vector::broadcast(a);
    std::int64_t i = 0;
    for (; i + vector::lanes <= size; i += vector::lanes)
      vector::load(y + i).plus_product(factor, vector::load(x + i)).store(y + i);
    for (; i < size; ++i) y[i] += a * x[i];
  }
};

/// Adds a * x to y, both of `size` elements.
template <class T>
void axpy(T a, const T* x, T* y, std::int64_t size) {
  call<axpy_kernel>(a, x, y, size);
}

AKIN_COMPILE_KERNEL(axpy_kernel, float, const float*, float*, std::int64_t)
AKIN_COMPILE_KERNEL(axpy_kernel, double, const double*, double*, std::int64_t)

}  // namespace akin::inline AKIN_ABI::kernels
