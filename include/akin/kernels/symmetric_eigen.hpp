/// @file
/// Eigenvalues and eigenvectors of a symmetric matrix in double precision: Householder's reduction to tridiagonal form,
/// then QL with implicit shifts, its rotations applied in batches.
/// Source: B. N. Parlett, The Symmetric Eigenvalue Problem, SIAM 1998, chapters 7 and 8; batches of rotations: F. G.
/// Van Zee, R. A. van de Geijn, G. Quintana-Orti, "Restructuring the Tridiagonal and Bidiagonal QR Algorithms for
/// Performance", ACM TOMS 40(3), 2014.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include <akin/config.hpp>
#include <akin/kernels/axpy.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/kernels/simd.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// For the trailing m x m block at `a` (rows `stride` apart) and H = I - tau v v': a <- H a H, with w as scratch of m.
struct reflect_both_sides_kernel {
  template <class InstructionSet>
  static AKIN_ALWAYS_INLINE void run(double* a, std::int64_t stride, const double* v, double tau, double* w,
                                     std::int64_t m) {
    for (std::int64_t i = 0; i < m; ++i) w[i] = tau * dot_kernel::run<InstructionSet>(a + i * stride, v, m);
    const double along = tau / 2 * dot_kernel::run<InstructionSet>(static_cast<const double*>(w), v, m);
    axpy_kernel::run<InstructionSet>(-along, v, w, m);
    for (std::int64_t i = 0; i < m; ++i) {
      axpy_kernel::run<InstructionSet>(-v[i], static_cast<const double*>(w), a + i * stride, m);
      axpy_kernel::run<InstructionSet>(-w[i], v, a + i * stride, m);
    }
  }
};

/// a <- a H for m rows of m elements.
struct reflect_right_kernel {
  template <class InstructionSet>
  static AKIN_ALWAYS_INLINE void run(double* a, std::int64_t stride, const double* v, double tau, std::int64_t m) {
    for (std::int64_t i = 0; i < m; ++i) {
      double* const row = a + i * stride;
      axpy_kernel::run<InstructionSet>(-tau * dot_kernel::run<InstructionSet>(static_cast<const double*>(row), v, m), v,
                                       row, m);
    }
  }
};

/// The plane rotation that takes rows (lower, lower + 1) to (c lower - s upper, s lower + c upper).
struct rotation {
  double c, s;
};

/// Rotations of the row pairs (first, first + 1), (first - 1, first), ..., count of them.
struct rotation_sweep {
  std::int64_t first, count, start;  // start: position of the first among all rotations
};

/// Applies sweeps of rotations to the rows of z (n x n), a strip of columns at a time. A strip is copied to `packed` (n
/// rows of two vectors), where it stays in the first cache and a power-of-two n does not make its rows collide there.
struct rotate_rows_kernel {
  template <class InstructionSet>
  static AKIN_ALWAYS_INLINE void run(double* z, std::int64_t n, const rotation_sweep* sweeps, std::int64_t sweep_count,
                                     const rotation* rotations, double* packed) {
    using vector = vec_for<InstructionSet, double>;
    constexpr std::int64_t width = 2 * vector::lanes;
    for (std::int64_t column = 0; column < n; column += width) {
      const std::int64_t used = std::min(width, n - column);
      for (std::int64_t row = 0; row < n; ++row) std::copy_n(z + row * n + column, used, packed + row * width);
      for (std::int64_t s = 0; s < sweep_count; ++s)
        rotate_strip<vector>(packed, sweeps[s], rotations + sweeps[s].start);
      for (std::int64_t row = 0; row < n; ++row) std::copy_n(packed + row * width, used, z + row * n + column);
    }
  }

 private:
  /// The upper row of a pair is the lower row of the next pair, so it stays in registers.
  template <class Vector>
  static AKIN_ALWAYS_INLINE void rotate_strip(double* z, const rotation_sweep& sweep, const rotation* rotations) {
    constexpr std::int64_t lanes = Vector::lanes, width = 2 * lanes;
    double* row = z + (sweep.first + 1) * width;
    Vector upper0 = Vector::load(row), upper1 = Vector::load(row + lanes);
    for (std::int64_t r = 0; r < sweep.count; ++r, row -= width) {
      const Vector c = Vector::broadcast(rotations[r].c), s = Vector::broadcast(rotations[r].s);
      const Vector lower0 = Vector::load(row - width), lower1 = Vector::load(row - width + lanes);
      (c * upper0).plus_product(s, lower0).store(row);
      (c * upper1).plus_product(s, lower1).store(row + lanes);
      upper0 = c * lower0 - s * upper0;
      upper1 = c * lower1 - s * upper1;
    }
    upper0.store(row);
    upper1.store(row + lanes);
  }
};

/// Symmetric `a` (n x n row-major, both triangles) = V diag(values) V': values ascending, row i of `a` becomes the unit
/// eigenvector of values[i]. Returns false if a number is not finite or beyond 1e150, or the iteration does not
/// converge; `a` is then overwritten. About 6 n^3 flops; n^2 numbers of scratch.
[[nodiscard]] bool symmetric_eigen(double* a, double* values, std::int64_t n);

#if AKIN_BODIES(kernels)

/// Symmetric a (n x n, both triangles) = Q T Q': T's diagonal and off-diagonal (n - 1), and Q' in place of a.
AKIN_INLINE void tridiagonalize(double* a, std::int64_t n, double* diagonal, double* off_diagonal) {
  std::vector<double> memory(static_cast<std::size_t>(n * n + 2 * n));
  double *const reflectors = memory.data(), *const taus = reflectors + n * n, *const scratch = taus + n;
  for (std::int64_t k = 0; k + 2 < n; ++k) {
    const std::int64_t m = n - k - 1;
    double* const v = reflectors + k * n;
    std::copy_n(a + k * n + k + 1, m, v);
    const double length = std::sqrt(dot(v, v, m));
    off_diagonal[k] = v[0] > 0 ? -length : length;
    diagonal[k] = a[k * n + k];
    v[0] -= off_diagonal[k];
    const double squares = dot(v, v, m);
    if (!(squares > 0)) continue;  // nothing to reflect
    taus[k] = 2 / squares;
    call<reflect_both_sides_kernel>(a + (k + 1) * n + k + 1, n, static_cast<const double*>(v), taus[k], scratch, m);
  }
  if (n >= 2) {
    diagonal[n - 2] = a[(n - 2) * n + n - 2];
    off_diagonal[n - 2] = a[(n - 2) * n + n - 1];
  }
  if (n >= 1) diagonal[n - 1] = a[n * n - 1];

  std::fill_n(a, n * n, 0.0);
  for (std::int64_t i = 0; i < n; ++i) a[i * n + i] = 1;
  for (std::int64_t k = n - 3; k >= 0; --k)
    call<reflect_right_kernel>(a + (k + 1) * n + k + 1, n, static_cast<const double*>(reflectors + k * n), taus[k],
                               n - k - 1);
}

/// One implicit QL sweep on T between l and m (Parlett, 8.9): the shift comes from the top of the block. Appends the
/// rotations, from (m - 1, m) down; returns how many.
AKIN_INLINE std::int64_t ql_sweep(double* d, double* e, std::int64_t l, std::int64_t m,
                                  std::vector<rotation>& rotations) {
  const double half = (d[l + 1] - d[l]) / (2 * e[l]);
  const double root = std::hypot(half, 1.0);
  double g = d[m] - d[l] + e[l] / (half + std::copysign(root, half));
  double s = 1, c = 1, p = 0;
  for (std::int64_t i = m - 1; i >= l; --i) {
    const double f = s * e[i], b = c * e[i];
    const double r = std::sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r == 0) {  // the matrix splits here
      d[i + 1] -= p;
      e[m] = 0;
      return m - 1 - i;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1] - p;
    const double t = (d[i] - g) * s + 2 * c * b;
    p = s * t;
    d[i + 1] = g + p;
    g = c * t - b;
    rotations.push_back({c, s});
  }
  d[l] -= p;
  e[l] = g;
  e[m] = 0;
  return m - l;
}

AKIN_INLINE bool symmetric_eigen(double* a, double* values, std::int64_t n) {
  constexpr double largest = 1e150;  // whose square is still finite; false for NaN
  if (!std::all_of(a, a + n * n, [](double x) { return std::abs(x) <= largest; })) return false;
  constexpr std::int64_t batch = 4096;  // rotations that are kept before they are applied
  std::vector<double> couplings(static_cast<std::size_t>(n + 1));
  double* const e = couplings.data();
  tridiagonalize(a, n, values, e);
  if (n > 0) e[n - 1] = 0;

  // Off-diagonal elements below the rounding of the whole matrix count as 0: if it is far from full rank, each sweep
  // over the large rows would otherwise mix the rows of rounding errors again, and they would never separate.
  double norm = 0;
  for (std::int64_t i = 0; i < n; ++i) norm = std::max(norm, std::abs(values[i]) + std::abs(e[i]));
  const double negligible = std::numeric_limits<double>::epsilon() * norm;

  std::vector<rotation> rotations;
  std::vector<rotation_sweep> sweeps;
  std::vector<double> packed(static_cast<std::size_t>(n * 2 * vec_for<avx512, double>::lanes));
  const auto flush = [&] {
    call<rotate_rows_kernel>(a, n, static_cast<const rotation_sweep*>(sweeps.data()),
                             static_cast<std::int64_t>(sweeps.size()), static_cast<const rotation*>(rotations.data()),
                             packed.data());
    rotations.clear();
    sweeps.clear();
  };
  for (std::int64_t l = 0; l < n; ++l) {
    for (int sweep = 0;; ++sweep) {
      std::int64_t m = l;
      while (m + 1 < n && std::abs(e[m]) > negligible) ++m;
      if (m == l) break;
      if (sweep == 60) return false;
      const auto start = static_cast<std::int64_t>(rotations.size());
      const std::int64_t count = ql_sweep(values, e, l, m, rotations);
      if (count > 0) sweeps.push_back({m - 1, count, start});
      if (static_cast<std::int64_t>(rotations.size()) >= batch) flush();
    }
  }
  flush();

  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::sort(order.begin(), order.end(), [&](std::int64_t i, std::int64_t j) { return values[i] < values[j]; });
  const std::vector<double> unordered(a, a + n * n), unordered_values(values, values + n);
  for (const std::int64_t from : order) {
    *values++ = unordered_values.data()[from];
    a = std::copy_n(unordered.data() + from * n, n, a);
  }
  return true;
}

#endif

}  // namespace akin::inline AKIN_ABI::kernels
