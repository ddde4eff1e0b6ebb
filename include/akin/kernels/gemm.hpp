/// @file
/// Dense products in register tiles: C = A B and C = C + A'A for row-major matrices.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <akin/config.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/simd.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// A register tile of `rows` x (`vectors` vectors): as many accumulators as leave registers for the operands.
template <class InstructionSet>
struct gemm_tile {
  static constexpr int rows = InstructionSet::bytes == 64 ? 12 : 4;
  static constexpr int vectors = 2;
};

/// Adds to a tile of c the product of a (read at a[i * a_row + d * a_depth]) and b (read at b[d * b_depth + j]) over d
/// in [0, depth); Rows and Vectors fix the tile.
template <class InstructionSet, int Rows, int Vectors, class T>
AKIN_ALWAYS_INLINE void multiply_tile(const T* a, std::int64_t a_row, std::int64_t a_depth, const T* b,
                                      std::int64_t b_depth, std::int64_t depth, T* c, std::int64_t c_row) {
  using vector = vec_for<InstructionSet, T>;
  vector sums[std::size_t{Rows}][std::size_t{Vectors}];
  AKIN_UNROLL
  for (int i = 0; i < Rows; ++i) {
    AKIN_UNROLL
    for (int j = 0; j < Vectors; ++j) sums[i][j] = vector::load(c + i * c_row + j * vector::lanes);
  }
  for (std::int64_t d = 0; d < depth; ++d) {
    vector right[std::size_t{Vectors}];
    AKIN_UNROLL
    for (int j = 0; j < Vectors; ++j) right[j] = vector::load(b + d * b_depth + j * vector::lanes);
    AKIN_UNROLL
    for (int i = 0; i < Rows; ++i) {
      const vector left = vector::broadcast(a[i * a_row + d * a_depth]);
      AKIN_UNROLL
      for (int j = 0; j < Vectors; ++j) sums[i][j] = sums[i][j].plus_product(left, right[j]);
    }
  }
  AKIN_UNROLL
  for (int i = 0; i < Rows; ++i) {
    AKIN_UNROLL
    for (int j = 0; j < Vectors; ++j) sums[i][j].store(c + i * c_row + j * vector::lanes);
  }
}

/// The same for any tile; lanes of b and c beyond `cols` are not touched.
template <class T>
AKIN_ALWAYS_INLINE void multiply_rest(const T* a, std::int64_t a_row, std::int64_t a_depth, const T* b,
                                      std::int64_t b_depth, std::int64_t depth, T* c, std::int64_t c_row,
                                      std::int64_t rows, std::int64_t cols) {
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t d = 0; d < depth; ++d)
      for (std::int64_t j = 0; j < cols; ++j) c[i * c_row + j] += a[i * a_row + d * a_depth] * b[d * b_depth + j];
}

/// c (rows x cols) += a (rows x depth) b (depth x cols), strides as in multiply_tile. With `lower`, tiles wholly above
/// the diagonal are left out.
struct gemm_kernel {
  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE void run(const T* a, std::int64_t a_row, std::int64_t a_depth, const T* b,
                                     std::int64_t b_depth, std::int64_t depth, T* c, std::int64_t c_row,
                                     std::int64_t rows, std::int64_t cols, bool lower) {
    using vector = vec_for<InstructionSet, T>;
    constexpr std::int64_t tile_rows = gemm_tile<InstructionSet>::rows, lanes = vector::lanes;
    constexpr std::int64_t tile_cols = gemm_tile<InstructionSet>::vectors * lanes;
    std::int64_t j = 0;
    for (; j + tile_cols <= cols; j += tile_cols) {
      std::int64_t i = lower ? j / tile_rows * tile_rows : 0;
      for (; i + tile_rows <= rows; i += tile_rows)
        multiply_tile<InstructionSet, gemm_tile<InstructionSet>::rows, gemm_tile<InstructionSet>::vectors>(
            a + i * a_row, a_row, a_depth, b + j, b_depth, depth, c + i * c_row + j, c_row);
      for (; i < rows; ++i)
        multiply_tile<InstructionSet, 1, gemm_tile<InstructionSet>::vectors>(a + i * a_row, a_row, a_depth, b + j,
                                                                             b_depth, depth, c + i * c_row + j, c_row);
    }
    for (; j + lanes <= cols; j += lanes)
      for (std::int64_t i = 0; i < rows; ++i)
        multiply_tile<InstructionSet, 1, 1>(a + i * a_row, a_row, a_depth, b + j, b_depth, depth, c + i * c_row + j,
                                            c_row);
    multiply_rest(a, a_row, a_depth, b + j, b_depth, depth, c + j, c_row, rows, cols - j);
  }
};

/// c (rows x cols) += a (rows x depth) b (depth x cols), all row-major and contiguous; 2 rows depth cols flops.
template <class T>
void add_product(const T* a, std::int64_t rows, std::int64_t depth, const T* b, std::int64_t cols, T* c) {
  call<gemm_kernel>(a, depth, std::int64_t{1}, b, cols, depth, c, cols, rows, cols, false);
}

/// The lower triangle of c (cols x cols) += a'a for a (rows x cols), row-major and contiguous; elements above the
/// diagonal are undefined. rows cols^2 flops.
template <class T>
void add_gramian(const T* a, std::int64_t rows, std::int64_t cols, T* c) {
  call<gemm_kernel>(a, std::int64_t{1}, cols, a, cols, rows, c, cols, cols, cols, true);
}

AKIN_COMPILE_KERNEL(gemm_kernel, const float*, std::int64_t, std::int64_t, const float*, std::int64_t, std::int64_t,
                    float*, std::int64_t, std::int64_t, std::int64_t, bool)
AKIN_COMPILE_KERNEL(gemm_kernel, const double*, std::int64_t, std::int64_t, const double*, std::int64_t, std::int64_t,
                    double*, std::int64_t, std::int64_t, std::int64_t, bool)

}  // namespace akin::inline AKIN_ABI::kernels
