/// @file
/// A small fixed-width vector type. Kernels are written once over it and instantiated for each instruction set.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// Instruction sets that kernels are instantiated for; `bytes` is the width of a vector.
struct portable {
  static constexpr int bytes = 16;
};
struct avx2 {
  static constexpr int bytes = 32;
};
struct avx512 {
  static constexpr int bytes = 64;
};

#if AKIN_HAS_VECTOR_EXTENSIONS

/// `Lanes` numbers of type T, one machine vector. Its operations are inlined into a function that carries the target
/// attribute of an instruction set, and become that set's instructions there.
template <class T, int Lanes>
struct vec {
  typedef T native __attribute__((vector_size(Lanes * sizeof(T))));
  static constexpr int lanes = Lanes;

  native v;

  static AKIN_ALWAYS_INLINE vec zero() { return {native{}}; }
  static AKIN_ALWAYS_INLINE vec broadcast(T x) { return {x - native{}}; }
  static AKIN_ALWAYS_INLINE vec load(const T* from) {
    vec result;
    std::memcpy(&result.v, from, sizeof result.v);
    return result;
  }
  AKIN_ALWAYS_INLINE void store(T* to) const { std::memcpy(to, &v, sizeof v); }

  friend AKIN_ALWAYS_INLINE vec operator+(const vec& a, const vec& b) { return {a.v + b.v}; }
  friend AKIN_ALWAYS_INLINE vec operator-(const vec& a, const vec& b) { return {a.v - b.v}; }
  friend AKIN_ALWAYS_INLINE vec operator*(const vec& a, const vec& b) { return {a.v * b.v}; }

  /// *this + a * b; one rounding where the instruction set has a fused instruction.
  AKIN_ALWAYS_INLINE vec plus_product(const vec& a, const vec& b) const { return {v + a.v * b.v}; }
  /// The larger of each lane; that of *this where x is not a number.
  AKIN_ALWAYS_INLINE vec or_larger(const vec& x) const { return {x.v > v ? x.v : v}; }
};

#else

/// The same for compilers without vector extensions: loops that the optimiser may vectorise.
template <class T, int Lanes>
struct vec {
  static constexpr int lanes = Lanes;

  T v[Lanes];

  static AKIN_ALWAYS_INLINE vec broadcast(T x) {
    vec result;
    for (int i = 0; i < Lanes; ++i) result.v[i] = x;
    return result;
  }
  static AKIN_ALWAYS_INLINE vec zero() { return broadcast(T{}); }
  static AKIN_ALWAYS_INLINE vec load(const T* from) {
    vec result;
    std::memcpy(result.v, from, sizeof result.v);
    return result;
  }
  AKIN_ALWAYS_INLINE void store(T* to) const { std::memcpy(to, v, sizeof v); }

  friend AKIN_ALWAYS_INLINE vec operator+(vec a, const vec& b) {
    for (int i = 0; i < Lanes; ++i) a.v[i] += b.v[i];
    return a;
  }
  friend AKIN_ALWAYS_INLINE vec operator-(vec a, const vec& b) {
    for (int i = 0; i < Lanes; ++i) a.v[i] -= b.v[i];
    return a;
  }
  friend AKIN_ALWAYS_INLINE vec operator*(vec a, const vec& b) {
    for (int i = 0; i < Lanes; ++i) a.v[i] *= b.v[i];
    return a;
  }
  AKIN_ALWAYS_INLINE vec plus_product(const vec& a, const vec& b) const {
    vec result = *this;
    for (int i = 0; i < Lanes; ++i) result.v[i] += a.v[i] * b.v[i];
    return result;
  }
  AKIN_ALWAYS_INLINE vec or_larger(const vec& x) const {
    vec result = *this;
    for (int i = 0; i < Lanes; ++i) result.v[i] = x.v[i] > v[i] ? x.v[i] : v[i];
    return result;
  }
};

#endif

/// The sum of the lanes, always in the same order: halves are added until one lane is left.
template <class T, int Lanes>
AKIN_ALWAYS_INLINE T lane_sum(const vec<T, Lanes>& x) {
  if constexpr (Lanes == 1) {
    return x.v[0];
  } else {
    vec<T, Lanes / 2> halves[2];
    std::memcpy(halves, &x.v, sizeof x.v);
    return lane_sum(halves[0] + halves[1]);
  }
}

/// The largest of the lanes.
template <class T, int Lanes>
AKIN_ALWAYS_INLINE T lane_max(const vec<T, Lanes>& x) {
  if constexpr (Lanes == 1) {
    return x.v[0];
  } else {
    vec<T, Lanes / 2> halves[2];
    std::memcpy(halves, &x.v, sizeof x.v);
    return lane_max(halves[0].or_larger(halves[1]));
  }
}

/// The sums of the lanes of four vectors, each in an order of its own but always the same.
template <class T, int Lanes>
AKIN_ALWAYS_INLINE vec<T, 4> lane_sums(const vec<T, Lanes>& a, const vec<T, Lanes>& b, const vec<T, Lanes>& c,
                                       const vec<T, Lanes>& d) {
  if constexpr (Lanes > 4) {
    const auto fold = [](const vec<T, Lanes>& x) AKIN_INLINE_LAMBDA {
      vec<T, Lanes / 2> halves[2];
      std::memcpy(halves, &x.v, sizeof x.v);
      return halves[0] + halves[1];
    };
    return lane_sums(fold(a), fold(b), fold(c), fold(d));
#if AKIN_HAS_VECTOR_EXTENSIONS
  } else if constexpr (Lanes == 4) {
    using sums = vec<T, 4>;
    const sums ab =
        sums{__builtin_shufflevector(a.v, b.v, 0, 4, 1, 5)} + sums{__builtin_shufflevector(a.v, b.v, 2, 6, 3, 7)};
    const sums cd =
        sums{__builtin_shufflevector(c.v, d.v, 0, 4, 1, 5)} + sums{__builtin_shufflevector(c.v, d.v, 2, 6, 3, 7)};
    return sums{__builtin_shufflevector(ab.v, cd.v, 0, 1, 4, 5)} +
           sums{__builtin_shufflevector(ab.v, cd.v, 2, 3, 6, 7)};
#endif
  } else {
    const T sums[4] = {lane_sum(a), lane_sum(b), lane_sum(c), lane_sum(d)};
    return vec<T, 4>::load(sums);
  }
}

/// Prefetches the first bytes of a row; the processor prefetches the rest by itself.
template <class T>
AKIN_ALWAYS_INLINE void prefetch_row(const T* row, std::int64_t k) {
  constexpr std::int64_t cache_line = 64 / static_cast<std::int64_t>(sizeof(T)), max_elements = 8 * cache_line;
  for (std::int64_t d = 0; d < std::min(k, max_elements); d += cache_line) AKIN_PREFETCH(row + d);
}

/// sum + a * x with one rounding, or two if there is no fused instruction: only the instruction set decides, while the
/// optimiser fuses some plain expressions and not others, depending on the loop around them.
template <class InstructionSet, class Scalar>
AKIN_ALWAYS_INLINE Scalar plus_product(Scalar sum, Scalar a, Scalar x) {
#if defined(__FP_FAST_FMA) && defined(__FP_FAST_FMAF)
  constexpr bool is_fused = true;
#else
  constexpr bool is_fused = !std::is_same_v<InstructionSet, portable>;
#endif
  if constexpr (is_fused) return std::fma(a, x, sum);
  return sum + a * x;
}

/// The widest vector of T for an instruction set.
template <class InstructionSet, class T>
using vec_for = vec<T, InstructionSet::bytes / static_cast<int>(sizeof(T))>;

/// Calls f(V{}, begin, end) for the part of [0, size) that is whole vectors V of an instruction set, and for the
/// remainder with a vector of one lane: the same code for both. f loops over its part and makes its constant vectors
/// before. A sum of products in f should add one product at a time: compilers may fuse either product of `a * b + c *
/// d`, and choose differently in the copies that they make of a loop.
template <class InstructionSet, class T, class Function>
AKIN_ALWAYS_INLINE void in_vectors(std::int64_t size, const Function& f) {
  using vector = vec_for<InstructionSet, T>;
  const std::int64_t whole = size / vector::lanes * vector::lanes;
  f(vector::zero(), std::int64_t{0}, whole);
  if (whole != size) f(vec<T, 1>::zero(), whole, size);
}

}  // namespace akin::inline AKIN_ABI::kernels
