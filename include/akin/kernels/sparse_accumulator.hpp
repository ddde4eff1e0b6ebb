/// @file
/// A row of a sparse product: sums at a few positions of a long row, then those positions alone.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/simd.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// For each p in [0, count), with row r = rows[p] of a compressed matrix, and each element q of the row: adds
/// factors[p] * terms[q] to sums[columns[q]]. Factors, terms and sums are vectors of Width numbers, multiplied one by
/// one: a product and, where wanted, what else there is to know of a pair (a count, squares).
/// Source: F. G. Gustavson, "Two Fast Algorithms for Sparse Matrices", ACM TOMS 4(3), 1978.
template <int Width>
struct accumulate_rows_kernel {
  template <class InstructionSet, class Scalar, class Index>
  static AKIN_ALWAYS_INLINE void run(const Index* rows, const Scalar* factors, std::int64_t count, const Index* offsets,
                                     const Index* columns, const Scalar* terms, Scalar* sums) {
    using vector = vec<Scalar, Width>;
    for (std::int64_t p = 0; p < count; ++p) {
      const std::int64_t begin = offsets[rows[p]], end = offsets[rows[p] + 1];
      const vector factor = vector::load(factors + p * Width);
      for (std::int64_t q = begin; q < end; ++q) {
        Scalar* const sum = sums + static_cast<std::int64_t>(columns[q]) * Width;
        vector::load(sum).plus_product(factor, vector::load(terms + q * Width)).store(sum);
      }
    }
  }
};

/// Takes the sums of one position out, unless the last of them is 0, and leaves 0; how many there are then.
template <int Width, class Scalar, class Index>
AKIN_ALWAYS_INLINE std::int64_t take_sums(Index id, Scalar* sums, std::int64_t taken, Index* ids, Scalar* found) {
  using vector = vec<Scalar, Width>;
  Scalar* const sum = sums + static_cast<std::int64_t>(id) * Width;
  const Scalar last = sum[Width - 1];
  ids[taken] = id;
  vector::load(sum).store(found + taken * Width);
  vector::zero().store(sum);
  return taken + (last != 0);
}

/// Takes out what accumulate_rows_kernel has summed for the same rows, in the order of first touch: ids[n] and Width
/// numbers found[n] for each position whose last sum is not 0. Leaves zeros. Returns n; needs room for one more.
template <int Width>
struct take_touched_kernel {
  template <class InstructionSet, class Scalar, class Index>
  static AKIN_ALWAYS_INLINE std::int64_t run(const Index* rows, std::int64_t count, const Index* offsets,
                                             const Index* columns, Scalar* sums, Index* ids, Scalar* found) {
    std::int64_t taken = 0;
    for (std::int64_t p = 0; p < count; ++p)
      for (std::int64_t q = offsets[rows[p]]; q < offsets[rows[p] + 1]; ++q)
        taken = take_sums<Width>(columns[q], sums, taken, ids, found);
    return taken;
  }
};

/// The same by a walk over the whole row of `size` positions, ids ascending.
template <int Width>
struct take_all_kernel {
  template <class InstructionSet, class Scalar, class Index>
  static AKIN_ALWAYS_INLINE std::int64_t run(std::int64_t size, Scalar* sums, Index* ids, Scalar* found) {
    std::int64_t taken = 0;
    for (std::int64_t id = 0; id < size; ++id)
      taken = take_sums<Width>(static_cast<Index>(id), sums, taken, ids, found);
    return taken;
  }
};

}  // namespace akin::inline AKIN_ABI::kernels
