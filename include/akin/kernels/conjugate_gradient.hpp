/// @file
/// Conjugate gradients for a diagonal matrix plus a weighted sum of products of a few rows: one row's least squares
/// problem in a basis where the Gramian is diagonal.
#pragma once

#include <algorithm>
#include <cstdint>

#include <akin/config.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/kernels/simd.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// Some rows of a row-major matrix with k columns, each with a weight: row ids[i] of `rows` has weights[i].
template <class T, class Index>
struct weighted_rows {
  const T* rows;
  std::int64_t k;
  const Index* ids;
  const T* weights;
  std::int64_t count;

  const T* row(std::int64_t i) const noexcept { return rows + static_cast<std::int64_t>(ids[i]) * k; }
};

/// Adds the sum of a[r] rows[r] over four rows to y.
template <class InstructionSet, class T>
AKIN_ALWAYS_INLINE void add_four(const T* const* rows, const T* a, T* y, std::int64_t size) {
  for_vectors<InstructionSet, T>(size, [&]<class Vector>(std::int64_t d, const Vector&) AKIN_INLINE_LAMBDA {
    Vector sum = Vector::load(y + d);
    AKIN_UNROLL
    for (int r = 0; r < 4; ++r) sum = sum.plus_product(Vector::broadcast(a[r]), Vector::load(rows[r] + d));
    sum.store(y + d);
  });
}

/// The inner products of four rows with p.
template <class InstructionSet, class T>
AKIN_ALWAYS_INLINE void dot_four(const T* const* rows, const T* p, T* products, std::int64_t size) {
  using vector = vec_for<InstructionSet, T>;
  vector sums[4] = {vector::zero(), vector::zero(), vector::zero(), vector::zero()};
  std::int64_t d = 0;
  for (; d + vector::lanes <= size; d += vector::lanes) {
    const vector right = vector::load(p + d);
    AKIN_UNROLL
    for (int r = 0; r < 4; ++r) sums[r] = sums[r].plus_product(vector::load(rows[r] + d), right);
  }
  AKIN_UNROLL
  for (int r = 0; r < 4; ++r) {
    T rest = lane_sum(sums[r]);
    for (std::int64_t e = d; e < size; ++e) rest += rows[r][e] * p[e];
    products[r] = rest;
  }
}

/// Calls f(rows, weights) for the weighted rows, four at a time; the last group is filled up with weights of 0.
template <class T, class Index, class Function>
AKIN_ALWAYS_INLINE void for_four(const weighted_rows<T, Index>& y, const Function& f) {
  const T* rows[4];
  std::int64_t i = 0;
  for (; i + 4 <= y.count; i += 4) {
    for (int r = 0; r < 4; ++r) rows[r] = y.row(i + r);
    f(rows, y.weights + i);
  }
  if (i == y.count) return;
  T weights[4] = {};
  for (int r = 0; r < 4; ++r) {
    const bool is_there = i + r < y.count;
    rows[r] = y.row(is_there ? i + r : i);
    if (is_there) weights[r] = y.weights[i + r];
  }
  f(rows, weights);
}

/// sum += Y'w: the sum of weights[i] y_i. 2 count k flops.
struct weighted_sum_kernel {
  template <class InstructionSet, class T, class Index>
  static AKIN_ALWAYS_INLINE void run(const weighted_rows<T, Index>* y, T* sum) {
    for_four(*y, [&](const T* const* rows, const T* weights)
                     AKIN_INLINE_LAMBDA { add_four<InstructionSet>(rows, weights, sum, y->k); });
  }
};

/// q += Y'WY p: the sum of weights[i] (y_i'p) y_i. 4 count k flops.
struct weighted_products_kernel {
  template <class InstructionSet, class T, class Index>
  static AKIN_ALWAYS_INLINE void run(const weighted_rows<T, Index>* y, const T* p, T* q) {
    for_four(*y, [&](const T* const* rows, const T* weights) AKIN_INLINE_LAMBDA {
      T products[4];
      dot_four<InstructionSet>(rows, p, products, y->k);
      for (int r = 0; r < 4; ++r) products[r] *= weights[r];
      add_four<InstructionSet>(rows, products, q, y->k);
    });
  }
};

/// x += length p, r -= length q, z = D^-1 r.
template <class InstructionSet, class T>
AKIN_ALWAYS_INLINE void advance(T length, const T* p, const T* q, const T* inverse_diagonal, T* x, T* r, T* z,
                                std::int64_t k) {
  for_vectors<InstructionSet, T>(k, [&]<class Vector>(std::int64_t d, const Vector&) AKIN_INLINE_LAMBDA {
    Vector::load(x + d).plus_product(Vector::broadcast(length), Vector::load(p + d)).store(x + d);
    const Vector left = Vector::load(r + d).plus_product(Vector::broadcast(-length), Vector::load(q + d));
    left.store(r + d);
    (left * Vector::load(inverse_diagonal + d)).store(z + d);
  });
}

/// y = a * x, element by element.
template <class InstructionSet, class T>
AKIN_ALWAYS_INLINE void multiply(const T* a, const T* x, T* y, std::int64_t size) {
  for_vectors<InstructionSet, T>(size, [&]<class Vector>(std::int64_t d, const Vector&) AKIN_INLINE_LAMBDA {
    (Vector::load(a + d) * Vector::load(x + d)).store(y + d);
  });
}

/// p = z + keep p.
template <class InstructionSet, class T>
AKIN_ALWAYS_INLINE void turn(T keep, const T* z, T* p, std::int64_t k) {
  for_vectors<InstructionSet, T>(k, [&]<class Vector>(std::int64_t d, const Vector&) AKIN_INLINE_LAMBDA {
    Vector::load(z + d).plus_product(Vector::broadcast(keep), Vector::load(p + d)).store(p + d);
  });
}

struct conjugate_gradient_result {
  int steps;
  bool converged;
};

/// Solves (diag(diagonal) + Y'WY) x = b from x = 0, preconditioned by the diagonal; `add_products(p, q)` does q += Y'WY
/// p. On entry r is b, which is used up; p and q are scratch, all of k numbers.
///
/// With rho = r' D^-1 r and step lengths a_j, |x - x*|_A^2 <= rho and sum of a_j rho_j <= |x*|_A^2, so that stopping at
/// rho <= tolerance^2 sum of a_j rho_j bounds the relative error in the norm of A. Exact, but for rounding, after as
/// many steps as Y has rows or columns. Source: M. R. Hestenes, E. Stiefel, "Methods of Conjugate Gradients for Solving
/// Linear Systems", J. Res. NBS 49, 1952.
template <class InstructionSet, class T, class AddProducts>
AKIN_ALWAYS_INLINE conjugate_gradient_result conjugate_gradient(const AddProducts& add_products, const T* diagonal,
                                                                const T* inverse_diagonal, T tolerance, int most_steps,
                                                                T* x, T* r, T* p, T* q, std::int64_t k) {
  const auto dot = [k](const T* a, const T* b) AKIN_INLINE_LAMBDA { return dot_kernel::run<InstructionSet>(a, b, k); };
  std::fill_n(x, k, T{0});
  multiply<InstructionSet>(inverse_diagonal, static_cast<const T*>(r), p, k);
  T rho = dot(p, r), explained = 0;
  for (int step = 0;; ++step) {
    if (!(rho > tolerance * tolerance * explained)) return {step, rho >= 0};  // false for NaN
    if (step == most_steps) return {step, false};
    multiply<InstructionSet>(diagonal, static_cast<const T*>(p), q, k);
    add_products(p, q);
    const T curvature = dot(p, q);
    if (!(curvature > 0)) return {step, false};
    const T length = rho / curvature, last = rho;
    explained += length * rho;
    T* const z = q;  // q is read for the last time where z is written
    advance<InstructionSet>(length, static_cast<const T*>(p), static_cast<const T*>(q), inverse_diagonal, x, r, z, k);
    rho = dot(r, z);
    turn<InstructionSet>(rho / last, static_cast<const T*>(z), p, k);
  }
}

/// The whole solution of one row as a kernel; `scratch` has room for 2 k numbers.
struct conjugate_gradient_kernel {
  template <class InstructionSet, class T, class Index>
  static AKIN_ALWAYS_INLINE conjugate_gradient_result run(const weighted_rows<T, Index>* y, const T* diagonal,
                                                          const T* inverse_diagonal, T tolerance, int most_steps, T* x,
                                                          T* r, T* scratch) {
    const auto add_products = [&](const T* p, T* q)
                                  AKIN_INLINE_LAMBDA { weighted_products_kernel::run<InstructionSet>(y, p, q); };
    return conjugate_gradient<InstructionSet>(add_products, diagonal, inverse_diagonal, tolerance, most_steps, x, r,
                                              scratch, scratch + y->k, y->k);
  }
};

}  // namespace akin::inline AKIN_ABI::kernels
