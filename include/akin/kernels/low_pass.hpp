/// @file
/// A low-rank matrix times several signals at once, added to the scaled signals.
#pragma once

#include <cstddef>
#include <cstdint>

#include <akin/config.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/simd.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// z = scales z + S c for signals of `Lanes` elements an item, S items x rank, c rank x Lanes.
template <int Lanes>
struct low_pass_kernel {
  template <class InstructionSet, class Scalar>
  static AKIN_ALWAYS_INLINE void run(const Scalar* s, std::int64_t items, std::int64_t rank, const Scalar* scales,
                                     const Scalar* c, Scalar* z) {
    constexpr int native = vec_for<InstructionSet, Scalar>::lanes;
    using vector = vec<Scalar, (Lanes < native ? Lanes : native)>;
    constexpr int vectors = Lanes / vector::lanes, rows = vectors < 8 ? 8 / vectors : 1;
    std::int64_t item = 0;
    for (; item + rows <= items; item += rows)
      tile<rows, vectors, vector>(s + item * rank, rank, scales + item, c, z + item * Lanes);
    for (; item < items; ++item) tile<1, vectors, vector>(s + item * rank, rank, scales + item, c, z + item * Lanes);
  }

 private:
  template <int Rows, int Vectors, class Vector, class Scalar>
  static AKIN_ALWAYS_INLINE void tile(const Scalar* s, std::int64_t rank, const Scalar* scales, const Scalar* c,
                                      Scalar* z) {
    Vector sums[std::size_t{Rows}][std::size_t{Vectors}];
    AKIN_UNROLL
    for (int i = 0; i < Rows; ++i) {
      AKIN_UNROLL
      for (int j = 0; j < Vectors; ++j) sums[i][j] = Vector::zero();
    }
    for (std::int64_t d = 0; d < rank; ++d) {
      Vector right[std::size_t{Vectors}];
      AKIN_UNROLL
      for (int j = 0; j < Vectors; ++j) right[j] = Vector::load(c + d * Lanes + j * Vector::lanes);
      AKIN_UNROLL
      for (int i = 0; i < Rows; ++i) {
        const Vector left = Vector::broadcast(s[i * rank + d]);
        AKIN_UNROLL
        for (int j = 0; j < Vectors; ++j) sums[i][j] = sums[i][j].plus_product(left, right[j]);
      }
    }
    AKIN_UNROLL
    for (int i = 0; i < Rows; ++i) {
      const Vector scale = Vector::broadcast(scales[i]);
      AKIN_UNROLL
      for (int j = 0; j < Vectors; ++j) {
        Scalar* const place = z + i * Lanes + j * Vector::lanes;
        sums[i][j].plus_product(scale, Vector::load(place)).store(place);
      }
    }
  }
};

/// low_pass_kernel on this processor.
template <int Lanes, class Scalar>
void low_pass(const Scalar* s, std::int64_t items, std::int64_t rank, const Scalar* scales, const Scalar* c,
              Scalar* z) {
  call<low_pass_kernel<Lanes>>(s, items, rank, scales, c, z);
}

}  // namespace akin::inline AKIN_ABI::kernels
