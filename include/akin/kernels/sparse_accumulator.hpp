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
/// one: a product and, where wanted, what else there is to know of a pair (a count, squares). Where `touched` is not
/// null it gets the positions whose last sum was 0 when they were added to, and their number is returned: each that has
/// a sum is among them, and there is room for one more than there are multiplications.
/// Source: F. G. Gustavson, "Two Fast Algorithms for Sparse Matrices", ACM TOMS 4(3), 1978.
template <int Width>
struct accumulate_rows_kernel {
  static constexpr std::int64_t ahead = 2;  // rows that are asked for before their turn

  template <class InstructionSet, class Scalar, class Index>
  static AKIN_ALWAYS_INLINE std::int64_t run(const Index* rows, const Scalar* factors, std::int64_t count,
                                             const Index* offsets, const Index* columns, const Scalar* terms,
                                             Scalar* sums, Index* touched) {
    std::int64_t listed = 0;
    for (std::int64_t p = 0; p < count; ++p) {
      const std::int64_t begin = offsets[rows[p]], size = offsets[rows[p] + 1] - begin;
      if (p + ahead < count) {
        const std::int64_t next = offsets[rows[p + ahead]], next_size = offsets[rows[p + ahead] + 1] - next;
        prefetch_row(columns + next, next_size);
        prefetch_row(terms + next * Width, next_size * Width);
      }
      const Scalar* const factor = factors + p * Width;
      if (touched == nullptr)
        add_row(factor, columns + begin, terms + begin * Width, size, sums);
      else
        listed = add_row(factor, columns + begin, terms + begin * Width, size, sums, touched, listed);
    }
    return listed;
  }

 private:
  template <class Scalar, class Index>
  static AKIN_ALWAYS_INLINE void add_row(const Scalar* factor, const Index* ids, const Scalar* terms, std::int64_t size,
                                         Scalar* sums) {
    using vector = vec<Scalar, Width>;
    const vector left = vector::load(factor);
    AKIN_UNROLL
    for (std::int64_t q = 0; q < size; ++q) {
      Scalar* const sum = sums + static_cast<std::int64_t>(ids[q]) * Width;
      vector::load(sum).plus_product(left, vector::load(terms + q * Width)).store(sum);
    }
  }
  template <class Scalar, class Index>
  static AKIN_ALWAYS_INLINE std::int64_t add_row(const Scalar* factor, const Index* ids, const Scalar* terms,
                                                 std::int64_t size, Scalar* sums, Index* touched, std::int64_t listed) {
    using vector = vec<Scalar, Width>;
    const vector left = vector::load(factor);
    AKIN_UNROLL
    for (std::int64_t q = 0; q < size; ++q) {
      Scalar* const sum = sums + static_cast<std::int64_t>(ids[q]) * Width;
      touched[listed] = ids[q];
      listed += sum[Width - 1] == 0;
      vector::load(sum).plus_product(left, vector::load(terms + q * Width)).store(sum);
    }
    return listed;
  }
};

/// Which sums are taken out of a row: those whose last number is not 0, or is at least a bound above 0.
enum class taking { touched, above };

/// Takes the sums of one position out, if they are to be taken, and leaves 0; how many are taken then.
template <int Width, taking Which, class Scalar, class Index>
AKIN_ALWAYS_INLINE std::int64_t take_sums(Index id, Scalar bound, Scalar* sums, std::int64_t taken, Index* ids,
                                          Scalar* found) {
  using vector = vec<Scalar, Width>;
  Scalar* const sum = sums + static_cast<std::int64_t>(id) * Width;
  const Scalar last = sum[Width - 1];
  ids[taken] = id;
  vector::load(sum).store(found + taken * Width);
  vector::zero().store(sum);
  return taken + (Which == taking::above ? last >= bound : last != 0);
}

/// Takes out what accumulate_rows_kernel has summed, from the positions ids[begin, end) that it listed: behind the
/// `taken` that there are already, to ids[n] and Width numbers found[n], each position once. Leaves zeros. Returns how
/// many are taken then; needs room for one more.
template <int Width, taking Which>
struct take_listed_kernel {
  template <class InstructionSet, class Scalar, class Index>
  static AKIN_ALWAYS_INLINE std::int64_t run(std::int64_t begin, std::int64_t end, Scalar bound, Scalar* sums,
                                             std::int64_t taken, Index* ids, Scalar* found) {
    for (std::int64_t n = begin; n < end; ++n) taken = take_sums<Width, Which>(ids[n], bound, sums, taken, ids, found);
    return taken;
  }
};

/// The same from all positions in [begin, end), ascending.
template <int Width, taking Which>
struct take_all_kernel {
  template <class InstructionSet, class Scalar, class Index>
  static AKIN_ALWAYS_INLINE std::int64_t run(std::int64_t begin, std::int64_t end, Scalar bound, Scalar* sums,
                                             std::int64_t taken, Index* ids, Scalar* found) {
    for (std::int64_t id = begin; id < end; ++id)
      taken = take_sums<Width, Which>(static_cast<Index>(id), bound, sums, taken, ids, found);
    return taken;
  }
};

AKIN_COMPILE_KERNEL(accumulate_rows_kernel<1>, const std::int32_t*, const float*, std::int64_t, const std::int32_t*,
                    const std::int32_t*, const float*, float*, std::int32_t*)
AKIN_COMPILE_KERNEL(accumulate_rows_kernel<2>, const std::int32_t*, const float*, std::int64_t, const std::int32_t*,
                    const std::int32_t*, const float*, float*, std::int32_t*)
AKIN_COMPILE_KERNEL(accumulate_rows_kernel<4>, const std::int32_t*, const float*, std::int64_t, const std::int32_t*,
                    const std::int32_t*, const float*, float*, std::int32_t*)
AKIN_COMPILE_KERNEL(accumulate_rows_kernel<4>, const std::int32_t*, const double*, std::int64_t, const std::int32_t*,
                    const std::int32_t*, const double*, double*, std::int32_t*)
AKIN_COMPILE_KERNEL(accumulate_rows_kernel<2>, const std::int32_t*, const double*, std::int64_t, const std::int32_t*,
                    const std::int32_t*, const double*, double*, std::int32_t*)
AKIN_COMPILE_KERNEL(accumulate_rows_kernel<1>, const std::int32_t*, const double*, std::int64_t, const std::int32_t*,
                    const std::int32_t*, const double*, double*, std::int32_t*)

}  // namespace akin::inline AKIN_ABI::kernels
