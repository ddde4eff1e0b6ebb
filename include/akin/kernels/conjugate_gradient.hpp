/// @file
/// Conjugate gradients for a diagonal matrix plus a weighted sum of products of a few rows: one row's least squares
/// problem in a basis where the Gramian is diagonal.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/simd.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// A subset of the rows of a row-major matrix with k columns, each with a weight: row ids[i] of `rows` has weights[i].
/// `readable` ids may be read; those after `count` are the rows to prefetch.
template <class T, class Index>
struct weighted_rows {
  const T* rows;
  std::int64_t k;
  const Index* ids;
  const T* weights;
  std::int64_t count;
  std::int64_t readable = count;

  const T* row(std::int64_t i) const noexcept { return rows + ids[i] * k; }
};

/// Four inner products of fewer numbers than a vector has lanes.
template <class T>
AKIN_ALWAYS_INLINE vec<T, 4> dot_four_rests(const T* r0, const T* r1, const T* r2, const T* r3, const T* p,
                                            std::int64_t k) {
  using quarter = vec<T, 4>;
  quarter s0 = quarter::zero(), s1 = quarter::zero(), s2 = quarter::zero(), s3 = quarter::zero();
  std::int64_t d = 0;
  for (; d + 4 <= k; d += 4) {
    const quarter right = quarter::load(p + d);
    s0 = s0.plus_product(quarter::load(r0 + d), right);
    s1 = s1.plus_product(quarter::load(r1 + d), right);
    s2 = s2.plus_product(quarter::load(r2 + d), right);
    s3 = s3.plus_product(quarter::load(r3 + d), right);
  }
  const quarter sums = lane_sums(s0, s1, s2, s3);
  if (d == k) return sums;
  T rests[4] = {};
  for (; d < k; ++d) {
    rests[0] += r0[d] * p[d];
    rests[1] += r1[d] * p[d];
    rests[2] += r2[d] * p[d];
    rests[3] += r3[d] * p[d];
  }
  return sums + quarter::load(rests);
}

/// Four inner products at once share the loads of p and the addition of lanes.
template <class InstructionSet, class T>
AKIN_ALWAYS_INLINE vec<T, 4> dot_four(const T* r0, const T* r1, const T* r2, const T* r3, const T* p, std::int64_t k) {
  using vector = vec_for<InstructionSet, T>;
  vector s0 = vector::zero(), s1 = vector::zero(), s2 = vector::zero(), s3 = vector::zero();
  std::int64_t d = 0;
  for (; d + vector::lanes <= k; d += vector::lanes) {
    const vector right = vector::load(p + d);
    s0 = s0.plus_product(vector::load(r0 + d), right);
    s1 = s1.plus_product(vector::load(r1 + d), right);
    s2 = s2.plus_product(vector::load(r2 + d), right);
    s3 = s3.plus_product(vector::load(r3 + d), right);
  }
  const vec<T, 4> sums = lane_sums(s0, s1, s2, s3);
  return d == k ? sums : sums + dot_four_rests(r0 + d, r1 + d, r2 + d, r3 + d, p + d, k - d);
}

/// products[i] = weights[i] (y_i'p) for `count` rows from `begin`; `products` needs three elements more. Returns the
/// sum of weights[i] (y_i'p)^2.
template <class InstructionSet, class T, class Index>
AKIN_ALWAYS_INLINE T weighted_dots(const weighted_rows<T, Index>& y, std::int64_t begin, std::int64_t count, const T* p,
                                   T* products) {
  vec<T, 4> squares = vec<T, 4>::zero();
  for (std::int64_t i = 0; i < count; i += 4) {
    const std::int64_t last = count - 1 - i;
    const auto row = [&](std::int64_t j) AKIN_INLINE_LAMBDA { return y.row(begin + i + std::min(j, last)); };
    const vec<T, 4> dots = dot_four<InstructionSet>(row(0), row(1), row(2), row(3), p, y.k);
    const T* const weights = y.weights + begin + i;
    T filled_up[4] = {};
    if (last < 3) std::copy_n(weights, last + 1, filled_up);
    const vec<T, 4> weighted = vec<T, 4>::load(last < 3 ? filled_up : weights) * dots;
    weighted.store(products + i);
    squares = squares.plus_product(weighted, dots);
  }
  return lane_sum(squares);
}

/// Elements begin to end of sum += factors[i] y_i over `count` rows from `first`, in blocks of Vectors vectors that
/// stay in registers; the first element that is left.
template <class Vector, int Vectors, class T, class Index>
AKIN_ALWAYS_INLINE std::int64_t add_rows_in(const weighted_rows<T, Index>& y, std::int64_t first, std::int64_t count,
                                            const T* factors, T* sum, std::int64_t begin) {
  constexpr std::int64_t width = Vectors * Vector::lanes;
  for (; begin + width <= y.k; begin += width) {
    Vector sums[std::size_t{Vectors}];
    AKIN_UNROLL
    for (int v = 0; v < Vectors; ++v) sums[v] = Vector::load(sum + begin + v * Vector::lanes);
    for (std::int64_t i = 0; i < count; ++i) {
      const Vector factor = Vector::broadcast(factors[i]);
      const T* const row = y.row(first + i) + begin;
      AKIN_UNROLL
      for (int v = 0; v < Vectors; ++v) sums[v] = sums[v].plus_product(factor, Vector::load(row + v * Vector::lanes));
    }
    AKIN_UNROLL
    for (int v = 0; v < Vectors; ++v) sums[v].store(sum + begin + v * Vector::lanes);
  }
  return begin;
}

/// sum += factors[i] y_i over `count` rows from `first`.
template <class InstructionSet, class T, class Index>
AKIN_ALWAYS_INLINE void add_rows(const weighted_rows<T, Index>& y, std::int64_t first, std::int64_t count,
                                 const T* factors, T* sum) {
  using vector = vec_for<InstructionSet, T>;
  std::int64_t done = add_rows_in<vector, 8>(y, first, count, factors, sum, 0);
  done = add_rows_in<vector, 4>(y, first, count, factors, sum, done);
  done = add_rows_in<vector, 1>(y, first, count, factors, sum, done);
  if constexpr (vector::lanes > 4) done = add_rows_in<vec<T, 4>, 1>(y, first, count, factors, sum, done);
  add_rows_in<vec<T, 1>, 1>(y, first, count, factors, sum, done);
}

/// Rows whose products are taken together: they stay in the first level of cache between the two passes over them.
constexpr std::int64_t rows_at_once = 64;

/// sum += Y'w: the sum of weights[i] y_i. 2 count k flops. The rows are scattered in memory, so they are prefetched,
/// also those whose ids follow, which belong to the next system.
struct weighted_sum_kernel {
  template <class InstructionSet, class T, class Index>
  static AKIN_ALWAYS_INLINE void run(const weighted_rows<T, Index>* y, T* sum) {
    constexpr std::int64_t prefetch_distance = 24, step = 4;
    for (std::int64_t begin = 0; begin < y->count; begin += step) {
      const std::int64_t end = std::min(begin + step, y->count);
      for (std::int64_t i = begin; i < std::min(end, y->readable - prefetch_distance); ++i)
        prefetch_row(y->row(i + prefetch_distance), y->k);
      add_rows<InstructionSet>(*y, begin, end - begin, y->weights + begin, sum);
    }
  }
};

/// q += Y'WY p: the sum of weights[i] (y_i'p) y_i. 4 count k flops. Returns p'Y'WY p.
struct weighted_products_kernel {
  template <class InstructionSet, class T, class Index>
  static AKIN_ALWAYS_INLINE T run(const weighted_rows<T, Index>* y, const T* p, T* q) {
    T products[rows_at_once], curvature = 0;
    for (std::int64_t begin = 0; begin < y->count; begin += rows_at_once) {
      const std::int64_t count = std::min(rows_at_once, y->count - begin);
      curvature += weighted_dots<InstructionSet>(*y, begin, count, p, products);
      add_rows<InstructionSet>(*y, begin, count, static_cast<const T*>(products), q);
    }
    return curvature;
  }
};

/// z = D^-1 r. Returns r'z.
template <class InstructionSet, class T>
AKIN_ALWAYS_INLINE T precondition(const T* inverse_diagonal, const T* r, T* z, std::int64_t k) {
  T product = 0;
  in_vectors<InstructionSet, T>(k, [&]<class V>(const V&, std::int64_t begin, std::int64_t end) AKIN_INLINE_LAMBDA {
    V sum = V::zero();
    for (std::int64_t d = begin; d < end; d += V::lanes) {
      const V left = V::load(r + d), result = left * V::load(inverse_diagonal + d);
      result.store(z + d);
      sum = sum.plus_product(left, result);
    }
    product += lane_sum(sum);
  });
  return product;
}

/// p = z + beta p and q = D p. Returns p'q. q may be z.
template <class InstructionSet, class T>
AKIN_ALWAYS_INLINE T update_direction(T beta, const T* z, const T* diagonal, T* p, T* q, std::int64_t k) {
  T product = 0;
  in_vectors<InstructionSet, T>(k, [&]<class V>(const V&, std::int64_t begin, std::int64_t end) AKIN_INLINE_LAMBDA {
    const V factor = V::broadcast(beta);
    V sum = V::zero();
    for (std::int64_t d = begin; d < end; d += V::lanes) {
      const V direction = V::load(z + d).plus_product(factor, V::load(p + d));
      const V scaled = V::load(diagonal + d) * direction;
      direction.store(p + d);
      scaled.store(q + d);
      sum = sum.plus_product(direction, scaled);
    }
    product += lane_sum(sum);
  });
  return product;
}

/// x += alpha p, r -= alpha q, z = D^-1 r. Returns r'z. z may be q.
template <class InstructionSet, class T>
AKIN_ALWAYS_INLINE T update_solution(T alpha, const T* p, const T* q, const T* inverse_diagonal, T* x, T* r, T* z,
                                     std::int64_t k) {
  T product = 0;
  in_vectors<InstructionSet, T>(k, [&]<class V>(const V&, std::int64_t begin, std::int64_t end) AKIN_INLINE_LAMBDA {
    const V forward = V::broadcast(alpha), back = V::broadcast(-alpha);
    V sum = V::zero();
    for (std::int64_t d = begin; d < end; d += V::lanes) {
      V::load(x + d).plus_product(forward, V::load(p + d)).store(x + d);
      const V left = V::load(r + d).plus_product(back, V::load(q + d));
      const V result = left * V::load(inverse_diagonal + d);
      left.store(r + d);
      result.store(z + d);
      sum = sum.plus_product(left, result);
    }
    product += lane_sum(sum);
  });
  return product;
}

struct conjugate_gradient_result {
  int steps;
  bool converged;
};

/// Solves (diag(diagonal) + Y'WY) x = b from x = 0, preconditioned by the diagonal; `add_products(p, q)` does q += Y'WY
/// p and returns p'Y'WY p. On entry r is b, which is overwritten; p and q are scratch, all of k numbers.
///
/// With rho = r' D^-1 r and step lengths alpha_j, |x - x*|_A^2 <= rho and captured_energy = sum of alpha_j rho_j <=
/// |x*|_A^2, so stopping at rho <= tolerance^2 captured_energy bounds the relative error in the norm of A. Exact, up to
/// rounding, after as many steps as Y has rows or columns. Source: M. R. Hestenes, E. Stiefel, "Methods of Conjugate
/// Gradients for Solving Linear Systems", J. Res. NBS 49, 1952.
template <class InstructionSet, class T, class AddProducts>
AKIN_ALWAYS_INLINE conjugate_gradient_result conjugate_gradient(const AddProducts& add_products, const T* diagonal,
                                                                const T* inverse_diagonal, T tolerance, int max_steps,
                                                                T* x, T* r, T* p, T* q, std::int64_t k) {
  T* const z = q;  // each element of z is read before that of q is written
  std::fill_n(x, k, T{0});
  std::fill_n(p, k, T{0});
  T rho = precondition<InstructionSet>(inverse_diagonal, static_cast<const T*>(r), z, k), beta = 0, captured_energy = 0;
  for (int step = 0;; ++step) {
    if (!(rho > tolerance * tolerance * captured_energy)) return {step, rho >= 0};  // false for NaN
    if (step == max_steps) return {step, false};
    const T of_diagonal = update_direction<InstructionSet>(beta, static_cast<const T*>(z), diagonal, p, q, k);
    const T curvature = of_diagonal + add_products(static_cast<const T*>(p), q);
    if (!(curvature > 0)) return {step, false};
    const T alpha = rho / curvature, last = rho;
    captured_energy += alpha * rho;
    rho = update_solution<InstructionSet>(alpha, static_cast<const T*>(p), static_cast<const T*>(q), inverse_diagonal,
                                          x, r, z, k);
    beta = rho / last;
  }
}

/// The whole solution of one row as a kernel; `scratch` has 2 k numbers.
struct conjugate_gradient_kernel {
  template <class InstructionSet, class T, class Index>
  static AKIN_ALWAYS_INLINE conjugate_gradient_result run(const weighted_rows<T, Index>* y, const T* diagonal,
                                                          const T* inverse_diagonal, T tolerance, int max_steps, T* x,
                                                          T* r, T* scratch) {
    const auto add_products = [&](const T* p, T* q)
                                  AKIN_INLINE_LAMBDA { return weighted_products_kernel::run<InstructionSet>(y, p, q); };
    return conjugate_gradient<InstructionSet>(add_products, diagonal, inverse_diagonal, tolerance, max_steps, x, r,
                                              scratch, scratch + y->k, y->k);
  }
};

/// weighted_sum_kernel on this processor.
template <class T, class Index>
void weighted_sum(const weighted_rows<T, Index>& y, T* sum) {
  call<weighted_sum_kernel>(&y, sum);
}

/// weighted_products_kernel on this processor.
template <class T, class Index>
void weighted_products(const weighted_rows<T, Index>& y, const T* p, T* q) {
  call<weighted_products_kernel>(&y, p, q);
}

/// conjugate_gradient_kernel on this processor.
template <class T, class Index>
conjugate_gradient_result conjugate_gradient(const weighted_rows<T, Index>& y, const T* diagonal,
                                             const T* inverse_diagonal, std::type_identity_t<T> tolerance,
                                             int max_steps, T* x, T* r, T* scratch) {
  return call<conjugate_gradient_kernel>(&y, diagonal, inverse_diagonal, tolerance, max_steps, x, r, scratch);
}

/// The same with the products of the caller's add_products(p, q); see above.
template <class T, class AddProducts>
conjugate_gradient_result conjugate_gradient_of(const AddProducts& add_products, const T* diagonal,
                                                const T* inverse_diagonal, std::type_identity_t<T> tolerance,
                                                int max_steps, T* x, T* r, T* scratch, std::int64_t k) {
  return conjugate_gradient<portable>(add_products, diagonal, inverse_diagonal, tolerance, max_steps, x, r, scratch,
                                      scratch + k, k);
}

AKIN_COMPILE_KERNEL(conjugate_gradient_kernel, const weighted_rows<float, std::int32_t>*, const float*, const float*,
                    float, std::int32_t, float*, float*, float*)
AKIN_COMPILE_KERNEL(conjugate_gradient_kernel, const weighted_rows<double, std::int32_t>*, const double*, const double*,
                    double, std::int32_t, double*, double*, double*)
AKIN_COMPILE_KERNEL(weighted_products_kernel, const weighted_rows<float, std::int32_t>*, const float*, float*)
AKIN_COMPILE_KERNEL(weighted_products_kernel, const weighted_rows<double, std::int32_t>*, const double*, double*)
AKIN_COMPILE_KERNEL(weighted_sum_kernel, const weighted_rows<float, std::int32_t>*, float*)
AKIN_COMPILE_KERNEL(weighted_sum_kernel, const weighted_rows<double, std::int32_t>*, double*)

}  // namespace akin::inline AKIN_ABI::kernels
