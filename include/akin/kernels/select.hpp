/// @file
/// The threshold of the k largest of a row of numbers, by counting instead of sorting.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/simd.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// A score and its id.
template <class Scalar, class Index>
struct scored {
  Scalar score;
  Index id;

  /// Whether *this comes before other in a list.
  constexpr bool precedes(const scored& other) const noexcept {
    return score > other.score || (score == other.score && id < other.id);
  }
};

/// The number of elements of x[0, size) that are at least t.
template <class InstructionSet, class Scalar>
AKIN_ALWAYS_INLINE std::int64_t count_at_least(const Scalar* x, std::int64_t size, Scalar t) {
  std::int64_t count = 0, i = 0;
#if AKIN_HAS_VECTOR_EXTENSIONS
  using integer = std::conditional_t<sizeof(Scalar) == 4, std::int32_t, std::int64_t>;
  using vector = vec_for<InstructionSet, Scalar>;
  using counter = vec<integer, vector::lanes>;
  const vector bound = vector::broadcast(t);
  counter counts = counter::zero();
  for (; i + vector::lanes <= size; i += vector::lanes)
    counts.v -= vector::load(x + i).v >= bound.v;  // a true lane is -1
  count = lane_sum(counts);
#endif
  for (; i < size; ++i) count += x[i] >= t;
  return count;
}

/// The largest of `least` and x[0, size); NaN is ignored.
template <class InstructionSet, class Scalar>
AKIN_ALWAYS_INLINE Scalar largest(const Scalar* x, std::int64_t size, Scalar least) {
  using vector = vec_for<InstructionSet, Scalar>;
  vector maxima = vector::broadcast(least);
  std::int64_t i = 0;
  for (; i + vector::lanes <= size; i += vector::lanes) maxima = maxima.or_larger(vector::load(x + i));
  Scalar result = lane_max(maxima);
  for (; i < size; ++i) result = x[i] > result ? x[i] : result;
  return result;
}

/// Maps numbers to integers in the same order, adjacent numbers to adjacent integers; no NaN.
template <class Scalar>
struct ordered {
  using integer = std::conditional_t<sizeof(Scalar) == 4, std::int32_t, std::int64_t>;
  using bits = std::make_unsigned_t<integer>;

  static constexpr integer key(Scalar x) noexcept { return fold(std::bit_cast<integer>(x)); }
  static constexpr Scalar number(integer key) noexcept { return std::bit_cast<Scalar>(fold(key)); }
  /// Rounded up; does not overflow.
  static constexpr integer middle(integer low, integer high) noexcept {
    const bits distance = static_cast<bits>(high) - static_cast<bits>(low);
    return static_cast<integer>(static_cast<bits>(low) + distance / 2 + distance % 2);
  }

 private:
  static constexpr integer fold(integer x) noexcept {
    return x < 0 ? static_cast<integer>(x ^ std::numeric_limits<integer>::max()) : x;
  }
};

struct cut_kernel {
  template <class InstructionSet, class Scalar>
  static AKIN_ALWAYS_INLINE Scalar run(const Scalar* x, std::int64_t size, std::int64_t k, Scalar least) {
    using order = ordered<Scalar>;
    auto low = order::key(least), high = order::key(largest<InstructionSet>(x, size, least));
    while (low < high) {
      const auto middle = order::middle(low, high);
      const Scalar t = order::number(middle);
      const std::int64_t count = count_at_least<InstructionSet>(x, size, t);
      if (count == k) return t;
      if (count > k)
        low = middle;
      else
        high = middle - 1;
    }
    return order::number(low);
  }
};

/// A number t such that exactly k of x[0, size) are at least t or, if ties leave none, the k-th largest. 1 <= k <=
/// size; no NaN, and nothing below `least`. Bisection: at most as many passes over x as a number has bits, usually half
/// as many.
template <class Scalar>
Scalar cut_for(const Scalar* x, std::int64_t size, std::int64_t k, Scalar least) {
  return call<cut_kernel>(x, size, k, least);
}

AKIN_COMPILE_KERNEL(cut_kernel, const float*, std::int64_t, std::int64_t, float)
AKIN_COMPILE_KERNEL(cut_kernel, const double*, std::int64_t, std::int64_t, double)

}  // namespace akin::inline AKIN_ABI::kernels
