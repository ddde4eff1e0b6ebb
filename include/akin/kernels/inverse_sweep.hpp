/// @file
/// The inverse of a symmetric positive definite matrix in place of its lower triangle, by steps of Gauss and Jordan on
/// blocks of rows. A step on the block K, with A_KK = LL' and Z_I = A_IK L^-T (A_KI' L^-T for rows I before K), does
///
///     A_IJ -= Z_I Z_J' for rows I after K, += for rows before        A_KK = L^-T L^-1
///     A_IK  = Z_I L^-1 for rows I after K                             A_KI = -(Z_I L^-1)' for rows I before
///
/// and after the last step A is the inverse. size^3 flops in all, nearly all of them in the first line, where each step
/// reads and writes half of the matrix: size^3 sizeof(T) / sweep_block bytes. Rounding: the factors L are found in
/// double, and products are of Z with itself, whose length A's own diagonal bounds.
/// Source: F. L. Bauer, C. Reinsch, "Inversion of Positive Definite Matrices by the Gauss-Jordan Method", 1971.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/kernels/axpy.hpp>
#include <akin/kernels/cholesky.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/gemm.hpp>
#include <akin/kernels/simd.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// Rows (and columns) of the parts of A that are worked on at once; whole register tiles on every instruction set.
inline constexpr std::int64_t sweep_tile = 192;
/// Rows of the blocks K: whole tiles. More rows mean fewer passes over A, and more work that is not parallel.
inline constexpr std::int64_t sweep_block = 384;

/// The packed pivot block K: panels of register tiles for the instruction set.
template <class T>
struct sweep_pivot {
  std::int64_t begin, size;  // rows of A, at most sweep_block
  const double* inverse;     // L^-1, size x size, lower triangle
  T* transposed;             // L^-T, sweep_block^2
  T* negative;               // -L^-1, sweep_block^2
};

/// The rows of Z for one tile of rows I, twice: as left operands (-Z for rows after K) and as right ones;
/// sweep_tile * sweep_block each.
template <class T>
struct sweep_panel {
  T* left;
  T* right;
};

/// Element d of a register tile's column in a panel of `depth` is at panel[(column / width * depth + d) * width +
/// column % width]: width numbers follow each other for each d.
template <class T, class Element>
AKIN_ALWAYS_INLINE void pack_panel(T* panel, std::int64_t columns, std::int64_t width, std::int64_t depth,
                                   const Element& element) {
  for (std::int64_t first = 0; first < columns; first += width)
    for (std::int64_t d = 0; d < depth; ++d)
      for (std::int64_t c = first; c < first + width; ++c) *panel++ = c < columns ? element(c, d) : T{0};
}

template <class InstructionSet, class T>
struct sweep_shape {
  static constexpr int rows = gemm_tile<InstructionSet>::rows;
  static constexpr int vectors = gemm_tile<InstructionSet>::vectors;
  static constexpr std::int64_t cols = vectors * vec_for<InstructionSet, T>::lanes;
  static_assert(sweep_tile % rows == 0 && sweep_tile % cols == 0 && sweep_block % sweep_tile == 0);
};

/// Fills the pivot's panels.
struct pack_pivot_kernel {
  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE void run(sweep_pivot<T> k) {
    constexpr std::int64_t width = sweep_shape<InstructionSet, T>::cols;
    const double* const inverse = k.inverse;
    const std::int64_t size = k.size;
    pack_panel(k.transposed, size, width, size,
               [&](std::int64_t c, std::int64_t d) { return d <= c ? static_cast<T>(inverse[c * size + d]) : T{0}; });
    pack_panel(k.negative, size, width, size,
               [&](std::int64_t c, std::int64_t d) { return d >= c ? static_cast<T>(-inverse[d * size + c]) : T{0}; });
  }
};

/// Z of a tile of rows, and A's elements of these rows in the columns of K. `scratch`: 2 sweep_tile * sweep_block.
struct sweep_rows_kernel {
  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE void run(T* a, std::int64_t size, std::int64_t begin, sweep_pivot<T> k, sweep_panel<T> z,
                                     T* scratch) {
    using shape = sweep_shape<InstructionSet, T>;
    const std::int64_t rows = std::min(sweep_tile, size - begin), depth = k.size;
    const bool before = begin < k.begin;
    // Element (i, d) of the rows in the columns of K.
    T* const part = before ? a + k.begin * size + begin : a + begin * size + k.begin;
    const std::int64_t of_row = before ? 1 : size, of_column = before ? size : 1;
    T* const product = scratch + sweep_tile * sweep_block;  // sweep_tile x sweep_block

    pack_panel(scratch, rows, shape::rows, depth,
               [&](std::int64_t i, std::int64_t d) { return part[i * of_row + d * of_column]; });
    multiply<InstructionSet>(scratch, k.transposed, rows, depth, true, product);
    pack_panel(z.right, rows, shape::cols, depth,
               [&](std::int64_t i, std::int64_t d) { return product[i * sweep_block + d]; });
    pack_panel(z.left, rows, shape::rows, depth, [&](std::int64_t i, std::int64_t d) {
      return before ? product[i * sweep_block + d] : -product[i * sweep_block + d];
    });
    multiply<InstructionSet>(z.left, k.negative, rows, depth, false, product);
    for (std::int64_t i = 0; i < rows; ++i)
      for (std::int64_t d = 0; d < depth; ++d) part[i * of_row + d * of_column] = product[i * sweep_block + d];
  }

 private:
  /// product = a panel times a triangle, of which only the upper, or the lower, part is not 0.
  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE void multiply(const T* left, const T* right, std::int64_t rows, std::int64_t depth,
                                          bool upper, T* product) {
    using shape = sweep_shape<InstructionSet, T>;
    std::fill_n(product, sweep_tile * sweep_block, T{0});
    for (std::int64_t j = 0; j < depth; j += shape::cols) {
      const std::int64_t first = upper ? 0 : j, last = upper ? std::min(depth, j + shape::cols) : depth;
      for (std::int64_t i = 0; i < rows; i += shape::rows)
        multiply_tile<InstructionSet, shape::rows, shape::vectors>(
            left + i * depth + first * shape::rows, 1, shape::rows, right + j * depth + first * shape::cols,
            shape::cols, last - first, product + i * sweep_block + j, sweep_block);
    }
  }
};

/// A_IJ += left right' for a tile whose first element is (row, column); in a tile on the diagonal, elements above it
/// are undefined.
struct sweep_tile_kernel {
  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE void run(T* a, std::int64_t size, std::int64_t row, std::int64_t column, const T* left,
                                     const T* right, std::int64_t depth) {
    using shape = sweep_shape<InstructionSet, T>;
    const std::int64_t rows = std::min(sweep_tile, size - row), columns = std::min(sweep_tile, size - column);
    for (std::int64_t j = 0; j < columns; j += shape::cols) {
      const std::int64_t above = std::max<std::int64_t>(0, column + j - row) / shape::rows * shape::rows;
      for (std::int64_t i = above; i < rows; i += shape::rows) {
        T* const to = a + (row + i) * size + column + j;
        if (i + shape::rows <= rows && j + shape::cols <= columns) {
          if (i + 2 * shape::rows <= rows) prefetch<InstructionSet>(to + shape::rows * size, size);
          multiply_tile<InstructionSet, shape::rows, shape::vectors>(left + i * depth, 1, shape::rows,
                                                                     right + j * depth, shape::cols, depth, to, size);
        } else {
          add_rest<InstructionSet>(left + i * depth, right + j * depth, depth, to, size,
                                   std::min<std::int64_t>(shape::rows, rows - i), std::min(shape::cols, columns - j));
        }
      }
    }
  }

 private:
  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE void prefetch(const T* tile, std::int64_t size) {
    using shape = sweep_shape<InstructionSet, T>;
    constexpr std::int64_t cache_line = 64 / static_cast<std::int64_t>(sizeof(T));
    for (std::int64_t i = 0; i < shape::rows; ++i) {
      for (std::int64_t j = 0; j < shape::cols; j += cache_line) AKIN_PREFETCH(tile + i * size + j);
      AKIN_PREFETCH(tile + i * size + shape::cols - 1);
    }
  }

  /// A partial register tile of rows x columns.
  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE void add_rest(const T* left, const T* right, std::int64_t depth, T* to, std::int64_t size,
                                          std::int64_t rows, std::int64_t columns) {
    using shape = sweep_shape<InstructionSet, T>;
    T sums[shape::rows * shape::cols] = {};
    multiply_tile<InstructionSet, shape::rows, shape::vectors>(left, 1, shape::rows, right, shape::cols, depth, sums,
                                                               shape::cols);
    for (std::int64_t i = 0; i < rows; ++i)
      for (std::int64_t j = 0; j < columns; ++j) to[i * size + j] += sums[i * shape::cols + j];
  }
};

/// inverse = L^-1 of A_KK = LL' (size x size, elements above the diagonal 0), `stride` elements from row to row of
/// A_KK. Returns false if it is not positive definite to the precision of double.
template <class T>
[[nodiscard]] bool invert_factor(const T* a, std::int64_t stride, std::int64_t size, double* factor, double* inverse) {
  for (std::int64_t i = 0; i < size; ++i)
    std::transform(a + i * stride, a + i * stride + i + 1, factor + i * size,
                   [](T x) { return static_cast<double>(x); });
  if (!cholesky(factor, size)) return false;
  std::fill_n(inverse, size * size, 0.0);
  for (std::int64_t i = 0; i < size; ++i) {
    double* const row = inverse + i * size;
    const double diagonal = factor[i * size + i];
    for (std::int64_t d = 0; d < i; ++d) axpy(-factor[i * size + d] / diagonal, inverse + d * size, row, d + 1);
    row[i] = 1 / diagonal;
  }
  return true;
}

/// A_KK = L^-T L^-1, lower triangle; `product`: size x size, any numbers.
template <class T>
void invert_pivot(T* a, std::int64_t stride, std::int64_t size, const double* inverse, double* product) {
  std::fill_n(product, size * size, 0.0);
  add_gramian(inverse, size, size, product);
  for (std::int64_t i = 0; i < size; ++i)
    for (std::int64_t j = 0; j <= i; ++j) a[i * stride + j] = static_cast<T>(product[i * size + j]);
}

/// The kernels of a step on this processor; see each.
template <class T>
void pack_pivot(const sweep_pivot<T>& k) {
  call<pack_pivot_kernel>(k);
}
template <class T>
void sweep_rows(T* a, std::int64_t size, std::int64_t begin, const sweep_pivot<T>& k, const sweep_panel<T>& z,
                T* scratch) {
  call<sweep_rows_kernel>(a, size, begin, k, z, scratch);
}
template <class T>
void update_tile(T* a, std::int64_t size, std::int64_t row, std::int64_t column, const T* left, const T* right,
                 std::int64_t depth) {
  call<sweep_tile_kernel>(a, size, row, column, left, right, depth);
}

AKIN_COMPILE_KERNEL(pack_pivot_kernel, sweep_pivot<float>)
AKIN_COMPILE_KERNEL(pack_pivot_kernel, sweep_pivot<double>)
AKIN_COMPILE_KERNEL(sweep_rows_kernel, float*, std::int64_t, std::int64_t, sweep_pivot<float>, sweep_panel<float>,
                    float*)
AKIN_COMPILE_KERNEL(sweep_rows_kernel, double*, std::int64_t, std::int64_t, sweep_pivot<double>, sweep_panel<double>,
                    double*)
AKIN_COMPILE_KERNEL(sweep_tile_kernel, float*, std::int64_t, std::int64_t, std::int64_t, const float*, const float*,
                    std::int64_t)
AKIN_COMPILE_KERNEL(sweep_tile_kernel, double*, std::int64_t, std::int64_t, std::int64_t, const double*, const double*,
                    std::int64_t)

}  // namespace akin::inline AKIN_ABI::kernels
