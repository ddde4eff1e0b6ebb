/// @file
/// Normal equations in register tiles: A + S'S, its Cholesky factor and the solution, for many systems of some tens to
/// hundreds of unknowns. For one small system see cholesky.hpp, which needs no padding.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/kernels/conjugate_gradient.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/simd.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// `size` columns, rounded up to whole cache lines, which vectors may read.
template <class T>
constexpr std::int64_t padded_columns(std::int64_t size) noexcept {
  constexpr std::int64_t cache_line = 64 / static_cast<std::int64_t>(sizeof(T));
  return (size + cache_line - 1) / cache_line * cache_line;
}

/// Elements from one row to the next of a matrix with `size` columns that these kernels work on: an odd number of cache
/// lines, so that a tile's rows do not fall into the same few sets of the cache.
template <class T>
constexpr std::int64_t padded_stride(std::int64_t size) noexcept {
  constexpr std::int64_t cache_line = 64 / static_cast<std::int64_t>(sizeof(T));
  return (padded_columns<T>(size) / cache_line | 1) * cache_line;
}

/// Rows of such a matrix; those after `size` are the unit matrix's.
constexpr std::int64_t padded_rows(std::int64_t size) noexcept { return (size + 7) / 8 * 8; }

/// A register tile of `rows` x (2 vectors). The rows divide those of padded_rows.
template <class InstructionSet>
struct cholesky_tile {
  static constexpr int rows = InstructionSet::bytes == 64 ? 8 : 4;
};

/// Columns that hold `size` ones in whole tiles and vectors; not above padded_columns.
template <class InstructionSet, class T>
AKIN_ALWAYS_INLINE std::int64_t tiled_columns(std::int64_t size) {
  constexpr std::int64_t rows = cholesky_tile<InstructionSet>::rows, lanes = vec_for<InstructionSet, T>::lanes;
  constexpr std::int64_t unit = std::max(rows, lanes);
  return (size + unit - 1) / unit * unit;
}

/// products = left'right over `depth` rows: left has Rows columns, right Vectors vectors of them, both `stride`
/// elements from row to row.
template <std::size_t Rows, std::size_t Vectors, class V, class T>
AKIN_ALWAYS_INLINE void tile_products(const T* left, const T* right, std::int64_t stride, std::int64_t depth,
                                      V (&products)[Rows][Vectors]) {
  constexpr int rows = Rows, vectors = Vectors;
  AKIN_UNROLL
  for (int i = 0; i < rows; ++i) {
    AKIN_UNROLL
    for (int j = 0; j < vectors; ++j) products[i][j] = V::zero();
  }
  for (std::int64_t d = 0; d < depth; ++d) {
    V of_row[Vectors];
    AKIN_UNROLL
    for (int j = 0; j < vectors; ++j) of_row[j] = V::load(right + d * stride + j * V::lanes);
    AKIN_UNROLL
    for (int i = 0; i < rows; ++i) {
      const V factor = V::broadcast(left[d * stride + i]);
      AKIN_UNROLL
      for (int j = 0; j < vectors; ++j) products[i][j] = products[i][j].plus_product(factor, of_row[j]);
    }
  }
}

/// Calls f(vectors, j) for blocks of `vectors` vectors from column j on, for the columns from `begin` to `end` in
/// order, while it returns true.
template <class V, class Function>
AKIN_ALWAYS_INLINE bool for_tiles(std::int64_t begin, std::int64_t end, const Function& f) {
  std::int64_t j = begin;
  for (; j + 2 * V::lanes <= end; j += 2 * V::lanes)
    if (!f(std::integral_constant<int, 2>(), j)) return false;
  return j == end || f(std::integral_constant<int, 1>(), j);
}

/// Rows begin to begin + count of S = WY (count x stride), 0 in the padding columns.
struct scaled_rows_kernel {
  template <class InstructionSet, class T, class Index>
  static AKIN_ALWAYS_INLINE void run(const weighted_rows<T, Index>* y, std::int64_t begin, std::int64_t count, T* s,
                                     std::int64_t stride) {
    for (std::int64_t i = 0; i < count; ++i, s += stride) {
      const T* const row = y->row(begin + i);
      const auto scale = [&]<class V>(const V&, std::int64_t first, std::int64_t last) AKIN_INLINE_LAMBDA {
        const V weight = V::broadcast(y->weights[begin + i]);
        for (std::int64_t d = first; d < last; d += V::lanes) (weight * V::load(row + d)).store(s + d);
      };
      in_vectors<InstructionSet, T>(y->k, scale);
      std::fill(s + y->k, s + padded_columns<T>(y->k), T{0});
    }
  }
};

/// S' = DY'W (k x stride), D = diag(column_scale), 0 in the padding columns. The rows of Y are scattered in memory, so
/// they are prefetched.
struct transposed_rows_kernel {
  template <class InstructionSet, class T, class Index>
  static AKIN_ALWAYS_INLINE void run(const weighted_rows<T, Index>* y, const T* column_scale, T* s,
                                     std::int64_t stride) {
    constexpr std::int64_t prefetch_distance = 24;
    for (std::int64_t i = 0; i < padded_columns<T>(y->count); i += 4) {
      T filled_up[4] = {};
      const T* rows[4] = {column_scale, column_scale, column_scale, column_scale};  // any k numbers, times 0
      for (std::int64_t r = 0; r < std::min<std::int64_t>(4, y->count - i); ++r) {
        filled_up[r] = y->weights[i + r];
        rows[r] = y->row(i + r);
        if (i + r < y->readable - prefetch_distance) prefetch_row(y->row(i + r + prefetch_distance), y->k);
      }
      const vec<T, 4> weights = vec<T, 4>::load(filled_up);
      for (std::int64_t d = 0; d < y->k; ++d) {
        const T column[4] = {rows[0][d], rows[1][d], rows[2][d], rows[3][d]};
        const vec<T, 4> scale = vec<T, 4>::broadcast(column_scale[d]);
        (scale * (weights * vec<T, 4>::load(column))).store(s + d * stride + i);
      }
    }
  }
};

/// a += s's, tiles on and above the diagonal.
struct upper_gramian_kernel {
  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE void run(const T* s, std::int64_t rows, T* a, std::int64_t size, std::int64_t stride) {
    using vector = vec_for<InstructionSet, T>;
    constexpr int tile_rows = cholesky_tile<InstructionSet>::rows;
    const std::int64_t columns = tiled_columns<InstructionSet, T>(size);
    for (std::int64_t i = 0; i < size; i += tile_rows) {
      const auto add = [&](auto vectors, std::int64_t j) AKIN_INLINE_LAMBDA {
        vector sums[std::size_t{tile_rows}][std::size_t{vectors.value}];
        tile_products(s + i, s + j, stride, rows, sums);
        AKIN_UNROLL
        for (int r = 0; r < tile_rows; ++r) {
          T* const row = a + (i + r) * stride + j;
          AKIN_UNROLL
          for (int v = 0; v < vectors.value; ++v)
            (vector::load(row + v * vector::lanes) + sums[r][v]).store(row + v * vector::lanes);
        }
        return true;
      };
      for_tiles<vector>(i / vector::lanes * vector::lanes, columns, add);
    }
  }
};

/// Left-looking, a tile of rows of R at a time: it subtracts the products of earlier rows first, then works in
/// registers.
struct upper_cholesky_kernel {
  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE bool run(T* a, std::int64_t size, std::int64_t stride) {
    using vector = vec_for<InstructionSet, T>;
    constexpr int tile_rows = cholesky_tile<InstructionSet>::rows;
    const std::int64_t columns = tiled_columns<InstructionSet, T>(size);
    for (std::int64_t i = 0; i < size; i += tile_rows) {
      const std::int64_t first = i / vector::lanes * vector::lanes;  // its tile has the diagonal
      const auto factor = [&](auto vectors, std::int64_t j) AKIN_INLINE_LAMBDA {
        vector rows[std::size_t{tile_rows}][std::size_t{vectors.value}];
        tile_products(a + i, a + j, stride, i, rows);
        AKIN_UNROLL
        for (int r = 0; r < tile_rows; ++r) {
          const T* const row = a + (i + r) * stride + j;
          AKIN_UNROLL
          for (int v = 0; v < vectors.value; ++v) rows[r][v] = vector::load(row + v * vector::lanes) - rows[r][v];
        }
        return eliminate(a + i * stride, i, j, stride, j == first, rows);
      };
      if (!for_tiles<vector>(first, columns, factor)) return false;
    }
    return true;
  }

 private:
  /// Solves a tile with the triangle on the diagonal, which it factors first if the tile contains it.
  template <std::size_t Rows, std::size_t Vectors, class V, class T>
  static AKIN_ALWAYS_INLINE bool eliminate(T* a, std::int64_t i, std::int64_t j, std::int64_t stride, bool has_diagonal,
                                           V (&rows)[Rows][Vectors]) {
    constexpr int height = Rows, vectors = Vectors;
    const auto store = [&](int r) AKIN_INLINE_LAMBDA {
      AKIN_UNROLL
      for (int v = 0; v < vectors; ++v) rows[r][v].store(a + r * stride + j + v * V::lanes);
    };
    AKIN_UNROLL
    for (int r = 0; r < height; ++r) {
      T* const row = a + r * stride + i;
      if (has_diagonal) store(r);
      const T pivot = row[r];
      if (has_diagonal && !(pivot > 0 && pivot <= std::numeric_limits<T>::max())) return false;
      const T inverse = has_diagonal ? 1 / std::sqrt(pivot) : pivot;
      const V scale = V::broadcast(inverse);
      AKIN_UNROLL
      for (int v = 0; v < vectors; ++v) rows[r][v] = rows[r][v] * scale;
      store(r);
      if (has_diagonal) row[r] = inverse;
      AKIN_UNROLL
      for (int s = r + 1; s < height; ++s) {
        const V factor = V::broadcast(-row[s]);
        AKIN_UNROLL
        for (int v = 0; v < vectors; ++v) rows[s][v] = rows[s][v].plus_product(factor, rows[r][v]);
      }
    }
    return true;
  }
};

/// R'R x = b in blocks of a vector, or of four.
struct upper_solve_kernel {
  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE void run(const T* a, T* b, std::int64_t size, std::int64_t stride) {
    constexpr std::int64_t lanes = block<InstructionSet, T>;
    using vector = vec<T, static_cast<int>(lanes)>;
    for (std::int64_t i = 0; i < size; i += lanes) forward<vector>(a, b, i, std::min(lanes, size - i), stride);
    const std::int64_t end = (size + lanes - 1) / lanes * lanes;
    for (std::int64_t i = end - lanes; i >= 0; i -= lanes)
      backward<InstructionSet>(a, b, i, std::min(lanes, size - i), end, stride);
  }

 private:
  template <class InstructionSet, class T>
  static constexpr std::int64_t block = std::max(vec_for<InstructionSet, T>::lanes, 4);

  template <class V, class T>
  static AKIN_ALWAYS_INLINE void forward(const T* a, T* b, std::int64_t i, std::int64_t count, std::int64_t stride) {
    V sums[4] = {V::zero(), V::zero(), V::zero(), V::zero()};
    for (std::int64_t d = 0; d < i; d += 4) {
      AKIN_UNROLL
      for (int e = 0; e < 4; ++e) {
        const V factor = V::broadcast(b[d + e]);
        sums[e] = sums[e].plus_product(factor, V::load(a + (d + e) * stride + i));
      }
    }
    V rest = V::load(b + i) - ((sums[0] + sums[1]) + (sums[2] + sums[3]));
    for (std::int64_t r = 0; r < count; ++r) {
      const T* const row = a + (i + r) * stride + i;
      T unsolved[V::lanes];
      rest.store(unsolved);
      const T solved = unsolved[r] * row[r];
      b[i + r] = solved;
      const V factor = V::broadcast(-solved);
      rest = rest.plus_product(factor, V::load(row));
    }
  }

  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE void backward(const T* a, T* b, std::int64_t i, std::int64_t count, std::int64_t end,
                                          std::int64_t stride) {
    const std::int64_t next = i + block<InstructionSet, T>;
    if (next < end)
      for (std::int64_t r = i; r < i + count; r += 4) {
        const T* const row = a + r * stride + next;
        const auto sums =
            dot_four<InstructionSet, T>(row, row + stride, row + 2 * stride, row + 3 * stride, b + next, end - next);
        (vec<T, 4>::load(b + r) - sums).store(b + r);
      }
    for (std::int64_t r = count - 1; r >= 0; --r) {
      const T* const column = a + i * stride + i + r;
      const T solved = b[i + r] * column[r * stride];
      b[i + r] = solved;
      for (std::int64_t s = 0; s < r; ++s) b[i + s] -= column[s * stride] * solved;
    }
  }
};

/// The upper triangle of a (padded_rows(size) x stride) += s's for s (rows x stride), which is 0 in its padding
/// columns; elements below the diagonal are undefined. rows size^2 flops.
template <class T>
void add_upper_gramian(const T* s, std::int64_t rows, T* a, std::int64_t size, std::int64_t stride) {
  call<upper_gramian_kernel>(s, rows, a, size, stride);
}

/// Factors a symmetric positive definite matrix as R'R in place, of which the upper triangle is read; `a` is
/// padded_rows(size) x stride, with the unit matrix's rows and columns from `size` on. The diagonal becomes the inverse
/// of that of R; elements below it are undefined. Returns false as cholesky() does. size^3 / 3 flops.
template <class T>
[[nodiscard]] bool cholesky_upper(T* a, std::int64_t size, std::int64_t stride) {
  return call<upper_cholesky_kernel>(a, size, stride);
}

/// Solves R'R x = b in place of b, R from cholesky_upper(); b has `stride` elements, those from `size` on are 0.
/// 2 size^2 flops.
template <class T>
void cholesky_upper_solve(const T* r, T* b, std::int64_t size, std::int64_t stride) {
  call<upper_solve_kernel>(r, b, size, stride);
}

/// scaled_rows_kernel on this processor.
template <class T, class Index>
void scaled_rows(const weighted_rows<T, Index>& y, std::int64_t begin, std::int64_t count, T* s, std::int64_t stride) {
  call<scaled_rows_kernel>(&y, begin, count, s, stride);
}

/// transposed_rows_kernel on this processor.
template <class T, class Index>
void transposed_rows(const weighted_rows<T, Index>& y, const T* column_scale, T* s, std::int64_t stride) {
  call<transposed_rows_kernel>(&y, column_scale, s, stride);
}

AKIN_COMPILE_KERNEL(scaled_rows_kernel, const weighted_rows<float, std::int32_t>*, std::int64_t, std::int64_t, float*,
                    std::int64_t)
AKIN_COMPILE_KERNEL(scaled_rows_kernel, const weighted_rows<double, std::int32_t>*, std::int64_t, std::int64_t, double*,
                    std::int64_t)
AKIN_COMPILE_KERNEL(transposed_rows_kernel, const weighted_rows<float, std::int32_t>*, const float*, float*,
                    std::int64_t)
AKIN_COMPILE_KERNEL(transposed_rows_kernel, const weighted_rows<double, std::int32_t>*, const double*, double*,
                    std::int64_t)
AKIN_COMPILE_KERNEL(upper_cholesky_kernel, float*, std::int64_t, std::int64_t)
AKIN_COMPILE_KERNEL(upper_cholesky_kernel, double*, std::int64_t, std::int64_t)
AKIN_COMPILE_KERNEL(upper_gramian_kernel, const float*, std::int64_t, float*, std::int64_t, std::int64_t)
AKIN_COMPILE_KERNEL(upper_gramian_kernel, const double*, std::int64_t, double*, std::int64_t, std::int64_t)
AKIN_COMPILE_KERNEL(upper_solve_kernel, const float*, float*, std::int64_t, std::int64_t)
AKIN_COMPILE_KERNEL(upper_solve_kernel, const double*, double*, std::int64_t, std::int64_t)

}  // namespace akin::inline AKIN_ABI::kernels
