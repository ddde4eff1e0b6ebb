/// @file
/// Cholesky factorisation and solution of small dense systems.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include <akin/config.hpp>
#include <akin/kernels/axpy.hpp>
#include <akin/kernels/dot.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// Factors a symmetric positive definite matrix as L L' in place; only the lower triangle of `a` (size x size,
/// row-major) is read and written. Returns false if a pivot is not positive and finite: the matrix is not positive
/// definite to working precision or holds NaN, and `a` is overwritten. size^3 / 3 flops. Source: Golub and Van Loan,
/// Matrix Computations, 4.2.
template <class T>
[[nodiscard]] bool cholesky(T* a, std::int64_t size) {
  for (std::int64_t i = 0; i < size; ++i) {
    T* const row = a + i * size;
    for (std::int64_t j = 0; j < i; ++j) row[j] = (row[j] - dot(row, a + j * size, j)) / a[j * size + j];
    const T pivot = row[i] - dot(row, row, i);
    if (!(pivot > 0 && pivot <= std::numeric_limits<T>::max())) return false;
    row[i] = std::sqrt(pivot);
  }
  return true;
}

/// Solves L L' x = b in place of b, L from cholesky(); 2 size^2 flops.
template <class T>
void cholesky_solve(const T* l, T* b, std::int64_t size) {
  for (std::int64_t i = 0; i < size; ++i) b[i] = (b[i] - dot(l + i * size, b, i)) / l[i * size + i];
  for (std::int64_t i = size - 1; i >= 0; --i) {
    b[i] /= l[i * size + i];
    axpy(-b[i], l + i * size, b, i);
  }
}

}  // namespace akin::inline AKIN_ABI::kernels
