/// @file
/// The symmetric rank-one update; for the Gramian of many rows see gemm.hpp.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/kernels/axpy.hpp>
#include <akin/kernels/dispatch.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// Adds w y y' to the lower triangle of a (size x size, row-major).
struct rank_one_kernel {
  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE void run(T w, const T* y, T* a, std::int64_t size) {
    for (std::int64_t i = 0; i < size; ++i)
      axpy_kernel::run<InstructionSet>(static_cast<T>(w * y[i]), y, a + i * size, i + 1);
  }
};

/// Adds w y y' to the lower triangle of `a`, a row-major size x size matrix; size^2 flops.
template <class T>
void rank_one_update(T w, const T* y, T* a, std::int64_t size) {
  call<rank_one_kernel>(w, y, a, size);
}

AKIN_COMPILE_KERNEL(rank_one_kernel, double, const double*, double*, std::int64_t)

}  // namespace akin::inline AKIN_ABI::kernels
