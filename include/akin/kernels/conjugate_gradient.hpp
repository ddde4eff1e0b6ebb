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

/// Four rows, as four pointers: g++ computes the addresses of an array of pointers in vector registers, and back.
template <class T>
struct four_rows {
  const T *r0, *r1, *r2, *r3;
};

/// Adds the sum of a_r row_r over four rows to y.
template <class InstructionSet, class T>
AKIN_ALWAYS_INLINE void add_four(const four_rows<T>& rows, T a0, T a1, T a2, T a3, T* y, std::int64_t size) {
  in_vectors<InstructionSet, T>(size, [&]<class V>(const V&, std::int64_t begin, std::int64_t end) AKIN_INLINE_LAMBDA {
    const V v0 = V::broadcast(a0), v1 = V::broadcast(a1), v2 = V::broadcast(a2), v3 = V::broadcast(a3);
    for (std::int64_t d = begin; d < end; d += V::lanes)
      V::load(y + d)
          .plus_product(v0, V::load(rows.r0 + d))
          .plus_product(v1, V::load(rows.r1 + d))
          .plus_product(v2, V::load(rows.r2 + d))
          .plus_product(v3, V::load(rows.r3 + d))
          .store(y + d);
  });
}

/// The inner products of four rows with p.
template <class InstructionSet, class T>
AKIN_ALWAYS_INLINE void dot_four(const four_rows<T>& rows, const T* p, T* products, std::int64_t size) {
  using vector = vec_for<InstructionSet, T>;
  vector s0 = vector::zero(), s1 = vector::zero(), s2 = vector::zero(), s3 = vector::zero();
  std::int64_t d = 0;
  for (; d + vector::lanes <= size; d += vector::lanes) {
    const vector right = vector::load(p + d);
    s0 = s0.plus_product(vector::load(rows.r0 + d), right);
    s1 = s1.plus_product(vector::load(rows.r1 + d), right);
    s2 = s2.plus_product(vector::load(rows.r2 + d), right);
    s3 = s3.plus_product(vector::load(rows.r3 + d), right);
  }
  products[0] = lane_sum(s0), products[1] = lane_sum(s1), products[2] = lane_sum(s2), products[3] = lane_sum(s3);
  for (; d < size; ++d) {
    products[0] += rows.r0[d] * p[d];
    products[1] += rows.r1[d] * p[d];
    products[2] += rows.r2[d] * p[d];
    products[3] += rows.r3[d] * p[d];
  }
}

/// Calls f(rows, weights) for the weighted rows, four at a time; the last group is filled up with weights of 0.
template <class T, class Index, class Function>
AKIN_ALWAYS_INLINE void for_four(const weighted_rows<T, Index>& y, const Function& f) {
  const std::int64_t whole = y.count / 4 * 4, rest = y.count - whole;
  for (std::int64_t i = 0; i < whole; i += 4)
    f(four_rows<T>{y.row(i), y.row(i + 1), y.row(i + 2), y.row(i + 3)}, y.weights + i);
  if (rest == 0) return;
  const T* const first = y.row(whole);
  const T weights[4] = {y.weights[whole], rest > 1 ? y.weights[whole + 1] : T{0},
                        rest > 2 ? y.weights[whole + 2] : T{0}, T{0}};
  f(four_rows<T>{first, rest > 1 ? y.row(whole + 1) : first, rest > 2 ? y.row(whole + 2) : first, first}, weights);
}

/// Asks for the first bytes of a row; the processor sees by itself how they go on.
template <class T>
AKIN_ALWAYS_INLINE void prefetch_row(const T* row, std::int64_t k) {
  constexpr std::int64_t line = 64 / static_cast<std::int64_t>(sizeof(T)), most = 8 * line;
  for (std::int64_t d = 0; d < std::min(k, most); d += line) AKIN_PREFETCH(row + d);
}

/// sum += Y'w: the sum of weights[i] y_i. 2 count k flops. The rows lie anywhere, so they are asked for in advance.
struct weighted_sum_kernel {
  template <class InstructionSet, class T, class Index>
  static AKIN_ALWAYS_INLINE void run(const weighted_rows<T, Index>* y, T* sum) {
    constexpr std::int64_t ahead = 12;
    for (std::int64_t i = 0; i < std::min(ahead, y->count); ++i) prefetch_row(y->row(i), y->k);
    std::int64_t next = ahead;
    for_four(*y, [&](const four_rows<T>& rows, const T* w) AKIN_INLINE_LAMBDA {
      for (const std::int64_t end = std::min(next + 4, y->count); next < end; ++next) prefetch_row(y->row(next), y->k);
      add_four<InstructionSet>(rows, w[0], w[1], w[2], w[3], sum, y->k);
    });
  }
};

/// q += Y'WY p: the sum of weights[i] (y_i'p) y_i. 4 count k flops.
struct weighted_products_kernel {
  template <class InstructionSet, class T, class Index>
  static AKIN_ALWAYS_INLINE void run(const weighted_rows<T, Index>* y, const T* p, T* q) {
    for_four(*y, [&](const four_rows<T>& rows, const T* w) AKIN_INLINE_LAMBDA {
      T t[4];
      dot_four<InstructionSet>(rows, p, t, y->k);
      add_four<InstructionSet>(rows, w[0] * t[0], w[1] * t[1], w[2] * t[2], w[3] * t[3], q, y->k);
    });
  }
};

/// x += length p, r -= length q, z = D^-1 r.
template <class InstructionSet, class T>
AKIN_ALWAYS_INLINE void advance(T length, const T* p, const T* q, const T* inverse_diagonal, T* x, T* r, T* z,
                                std::int64_t k) {
  in_vectors<InstructionSet, T>(k, [&]<class V>(const V&, std::int64_t begin, std::int64_t end) AKIN_INLINE_LAMBDA {
    const V forward = V::broadcast(length), back = V::broadcast(-length);
    for (std::int64_t d = begin; d < end; d += V::lanes) {
      V::load(x + d).plus_product(forward, V::load(p + d)).store(x + d);
      const V left = V::load(r + d).plus_product(back, V::load(q + d));
      left.store(r + d);
      (left * V::load(inverse_diagonal + d)).store(z + d);
    }
  });
}

/// y = a * x, element by element.
template <class InstructionSet, class T>
AKIN_ALWAYS_INLINE void multiply(const T* a, const T* x, T* y, std::int64_t size) {
  in_vectors<InstructionSet, T>(size, [&]<class V>(const V&, std::int64_t begin, std::int64_t end) AKIN_INLINE_LAMBDA {
    for (std::int64_t d = begin; d < end; d += V::lanes) (V::load(a + d) * V::load(x + d)).store(y + d);
  });
}

/// p = z + keep p.
template <class InstructionSet, class T>
AKIN_ALWAYS_INLINE void turn(T keep, const T* z, T* p, std::int64_t k) {
  in_vectors<InstructionSet, T>(k, [&]<class V>(const V&, std::int64_t begin, std::int64_t end) AKIN_INLINE_LAMBDA {
    const V factor = V::broadcast(keep);
    for (std::int64_t d = begin; d < end; d += V::lanes)
      V::load(z + d).plus_product(factor, V::load(p + d)).store(p + d);
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
