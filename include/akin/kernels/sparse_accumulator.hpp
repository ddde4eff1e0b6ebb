/// @file
/// A row of a sparse product: accumulates sums at a few positions of a long row, then extracts those positions.
#pragma once

#include <cstdint>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/simd.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// For each p in [0, count), with row r = rows[p] of a compressed matrix, and each element q of the row: adds
/// factors[p] * terms[q] to sums[columns[q]]. Factors, terms and sums are vectors of Width numbers, multiplied one by
/// one: a product and optionally other sums of a pair (a count, squares). If `touched` is not null it gets the
/// positions whose last sum was 0 before an addition, and their number is returned: it covers every position with a
/// sum, and needs capacity for one more than the multiplications. Source: F. G. Gustavson, "Two Fast Algorithms for
/// Sparse Matrices", ACM TOMS 4(3), 1978.
template <int Width>
struct accumulate_rows_kernel {
  static constexpr std::int64_t prefetch_distance = 2;  // in rows

  template <class InstructionSet, class Scalar, class Index>
  static AKIN_ALWAYS_INLINE std::int64_t run(const Index* rows, const Scalar* factors, std::int64_t count,
                                             const Index* offsets, const Index* columns, const Scalar* terms,
                                             Scalar* sums, Index* touched) {
    std::int64_t listed = 0;
    for (std::int64_t p = 0; p < count; ++p) {
      const std::int64_t begin = offsets[rows[p]], size = offsets[rows[p] + 1] - begin;
      if (p + prefetch_distance < count) {
        const std::int64_t next = offsets[rows[p + prefetch_distance]],
                           next_size = offsets[rows[p + prefetch_distance] + 1] - next;
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

/// Selects the sums to extract from a row: those whose last number is not 0, or is at least a bound above 0.
enum class taking { touched, above };

/// Extracts the sums of one position, if selected, and resets them to 0; returns the new number of extracted sums.
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

/// Extracts the sums of accumulate_rows_kernel at the positions ids[begin, end) that it listed: appends to the `taken`
/// earlier ones, as ids[n] and Width numbers found[n], each position once. Resets the sums to 0. Returns the new
/// number; needs capacity for one more.
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

/// accumulate_rows_kernel on this processor; `touched` may be null.
template <int Width, class Scalar, class Index>
std::int64_t accumulate_rows(const Index* rows, const Scalar* factors, std::int64_t count, const Index* offsets,
                             const Index* columns, const Scalar* terms, Scalar* sums,
                             std::type_identity_t<Index>* touched) {
  return call<accumulate_rows_kernel<Width>>(rows, factors, count, offsets, columns, terms, sums, touched);
}

/// take_listed_kernel on this processor.
template <int Width, taking Which, class Scalar, class Index>
std::int64_t take_listed(std::int64_t begin, std::int64_t end, Scalar bound, Scalar* sums, std::int64_t taken,
                         Index* ids, Scalar* found) {
  return call<take_listed_kernel<Width, Which>>(begin, end, bound, sums, taken, ids, found);
}

/// take_all_kernel on this processor.
template <int Width, taking Which, class Scalar, class Index>
std::int64_t take_all(std::int64_t begin, std::int64_t end, Scalar bound, Scalar* sums, std::int64_t taken, Index* ids,
                      Scalar* found) {
  return call<take_all_kernel<Width, Which>>(begin, end, bound, sums, taken, ids, found);
}

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
