/// @file
/// y += a x for a sparse x, and what it gives for one element of y.
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

struct add_in_order_kernel {
  template <class InstructionSet, class Scalar>
  static AKIN_ALWAYS_INLINE Scalar run(const Scalar* a, const Scalar* x, std::int64_t size, Scalar sum) {
    for (std::int64_t i = 0; i < size; ++i) sum += a[i] * x[i];
    return sum;
  }
};

/// sum + a[0] x[0] + a[1] x[1] + ..., one product after the other: what an element of y gets from so many calls of
/// scatter_axpy, to the bit.
template <class Scalar>
Scalar add_in_order(const Scalar* a, const Scalar* x, std::int64_t size, Scalar sum) {
  return call<add_in_order_kernel>(a, x, size, sum);
}

}  // namespace akin::inline AKIN_ABI::kernels
