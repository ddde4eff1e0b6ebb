/// @file
/// y += a x for a sparse x, and the same sum for one element of y.
#pragma once

#include <cmath>
#include <cstdint>

#include <akin/config.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/simd.hpp>

namespace akin::inline AKIN_ABI::kernels {

struct scatter_axpy_kernel {
  template <class InstructionSet, class Scalar, class Index>
  static AKIN_ALWAYS_INLINE void run(Scalar a, const Index* ids, const Scalar* x, std::int64_t size, Scalar* y) {
    for (std::int64_t i = 0; i < size; ++i) y[ids[i]] = plus_product<InstructionSet>(y[ids[i]], a, x[i]);
  }
};

/// Adds a * x[i] to y[ids[i]] for all i in [0, size); the bits of an element of y do not depend on the other elements.
template <class Scalar, class Index>
void scatter_axpy(Scalar a, const Index* ids, const Scalar* x, std::int64_t size, Scalar* y) {
  call<scatter_axpy_kernel>(a, ids, x, size, y);
}

struct add_magnitudes_kernel {
  template <class InstructionSet, class Scalar, class Index>
  static AKIN_ALWAYS_INLINE void run(const Index* ids, const Scalar* x, std::int64_t size, Scalar* y) {
    for (std::int64_t i = 0; i < size; ++i) y[ids[i]] += std::abs(x[i]);
  }
};

/// Adds |x[i]| to y[ids[i]] for all i in [0, size).
template <class Scalar, class Index>
void add_magnitudes(const Index* ids, const Scalar* x, std::int64_t size, Scalar* y) {
  call<add_magnitudes_kernel>(ids, x, size, y);
}

struct add_constant_kernel {
  template <class InstructionSet, class Scalar, class Index>
  static AKIN_ALWAYS_INLINE void run(Scalar a, const Index* ids, std::int64_t size, Scalar* y) {
    for (std::int64_t i = 0; i < size; ++i) y[ids[i]] += a;
  }
};

/// Adds a to y[ids[i]] for all i in [0, size).
template <class Scalar, class Index>
void add_constant(Scalar a, const Index* ids, std::int64_t size, Scalar* y) {
  call<add_constant_kernel>(a, ids, size, y);
}

struct add_in_order_kernel {
  template <class InstructionSet, class Scalar>
  static AKIN_ALWAYS_INLINE Scalar run(const Scalar* a, const Scalar* x, std::int64_t size, Scalar sum) {
    for (std::int64_t i = 0; i < size; ++i) sum = plus_product<InstructionSet>(sum, a[i], x[i]);
    return sum;
  }
};

/// sum + a[0] x[0] + a[1] x[1] + ..., one product after the other, to the bit as an element of y after as many calls of
/// scatter_axpy.
template <class Scalar>
Scalar add_in_order(const Scalar* a, const Scalar* x, std::int64_t size, Scalar sum) {
  return call<add_in_order_kernel>(a, x, size, sum);
}

/// An optional number as a pair of factors: value and 1 if it is present, else 0 and 0.
template <class Scalar>
struct maybe_number {
  Scalar value = 0, present = 0;
};

struct add_present_kernel {
  template <class InstructionSet, class Scalar, class Index>
  static AKIN_ALWAYS_INLINE void run(const Index* ids, const Scalar* x, std::int64_t size,
                                     const maybe_number<Scalar>* numbers, Scalar* sums) {
    Scalar sum = 0, weight = 0;
    for (std::int64_t i = 0; i < size; ++i) {
      const maybe_number<Scalar> number = numbers[ids[i]];
      sum = plus_product<InstructionSet>(sum, number.value, x[i]);
      weight += number.present * std::abs(x[i]);
    }
    sums[0] = sum;
    sums[1] = weight;
  }
};

/// sums[0] = the sum of numbers[ids[i]] x[i], sums[1] = that of the |x[i]| of numbers that are present; to the bit as
/// add_in_order for those alone.
template <class Scalar, class Index>
void add_present(const Index* ids, const Scalar* x, std::int64_t size, const maybe_number<Scalar>* numbers,
                 Scalar* sums) {
  call<add_present_kernel>(ids, x, size, numbers, sums);
}

AKIN_COMPILE_KERNEL(add_constant_kernel, float, const std::int32_t*, std::int64_t, float*)
AKIN_COMPILE_KERNEL(add_constant_kernel, double, const std::int32_t*, std::int64_t, double*)
AKIN_COMPILE_KERNEL(add_in_order_kernel, const float*, const float*, std::int64_t, float)
AKIN_COMPILE_KERNEL(add_in_order_kernel, const double*, const double*, std::int64_t, double)
AKIN_COMPILE_KERNEL(add_magnitudes_kernel, const std::int32_t*, const float*, std::int64_t, float*)
AKIN_COMPILE_KERNEL(add_magnitudes_kernel, const std::int32_t*, const double*, std::int64_t, double*)
AKIN_COMPILE_KERNEL(add_present_kernel, const std::int32_t*, const float*, std::int64_t, const maybe_number<float>*,
                    float*)
AKIN_COMPILE_KERNEL(add_present_kernel, const std::int32_t*, const double*, std::int64_t, const maybe_number<double>*,
                    double*)
AKIN_COMPILE_KERNEL(scatter_axpy_kernel, float, const std::int32_t*, const float*, std::int64_t, float*)
AKIN_COMPILE_KERNEL(scatter_axpy_kernel, double, const std::int32_t*, const double*, std::int64_t, double*)

}  // namespace akin::inline AKIN_ABI::kernels
