/// @file
/// Non-negative least squares by coordinate descent.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/kernels/axpy.hpp>
#include <akin/kernels/dispatch.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// Lowers x'Gx / 2 - b'x over x >= 0, one coordinate after the other, each to its minimum with the others fixed. On
/// entry x is the start and gradient is -b; on return it is Gx - b. Ends after max_sweeps sweeps or once one moves x
/// by less than `tolerance` of its length, both measured by the diagonal of G. A coordinate without curvature stays.
struct nonnegative_sweeps_kernel {
  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE void run(const T* gram, T tolerance, int max_sweeps, T* x, T* gradient, std::int64_t k) {
    for (std::int64_t d = 0; d < k; ++d)
      if (x[d] != 0) axpy_kernel::run<InstructionSet>(x[d], gram + d * k, gradient, k);
    for (int sweep = 0; sweep < max_sweeps; ++sweep) {
      T moved = 0, length = 0;
      for (std::int64_t d = 0; d < k; ++d) {
        const T curvature = gram[d * k + d];
        if (!(curvature > 0)) continue;
        const T step = std::max(-x[d], -gradient[d] / curvature);
        if (step != 0) {
          x[d] += step;
          moved += step * step * curvature;
          axpy_kernel::run<InstructionSet>(step, gram + d * k, gradient, k);
        }
        length += x[d] * x[d] * curvature;
      }
      if (moved <= tolerance * tolerance * length) return;
    }
  }
};

/// nonnegative_sweeps_kernel on this processor.
template <class T>
void nonnegative_sweeps(const T* gram, std::type_identity_t<T> tolerance, int max_sweeps, T* x, T* gradient,
                        std::int64_t k) {
  call<nonnegative_sweeps_kernel>(gram, tolerance, max_sweeps, x, gradient, k);
}

AKIN_COMPILE_KERNEL(nonnegative_sweeps_kernel, const float*, float, std::int32_t, float*, float*, std::int64_t)
AKIN_COMPILE_KERNEL(nonnegative_sweeps_kernel, const double*, double, std::int32_t, double*, double*, std::int64_t)

}  // namespace akin::inline AKIN_ABI::kernels
