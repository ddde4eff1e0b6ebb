/// @file
/// y += a x for a sparse x.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/kernels/dispatch.hpp>

namespace akin::inline AKIN_ABI::kernels {

struct scatter_axpy_kernel {
  template <class InstructionSet, class Scalar, class Index>
  static AKIN_ALWAYS_INLINE void run(Scalar a, const Index* ids, const Scalar* x, std::int64_t size, Scalar* y) {
    for (std::int64_t i = 0; i < size; ++i) y[ids[i]] += a * x[i];
  }
};

/// Adds a * x[i] to y[ids[i]] for all i in [0, size); an element of y gets the same bits whatever stands beside it.
template <class Scalar, class Index>
void scatter_axpy(Scalar a, const Index* ids, const Scalar* x, std::int64_t size, Scalar* y) {
  call<scatter_axpy_kernel>(a, ids, x, size, y);
}

}  // namespace akin::inline AKIN_ABI::kernels
