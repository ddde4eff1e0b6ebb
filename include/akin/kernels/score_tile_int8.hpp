/// @file
/// Inner products of a group of queries with panels of rows in bytes, only those that may reach a bound are written.
/// All sums are exact: every instruction set computes the same integers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/score_tile.hpp>
#include <akin/kernels/simd.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// Rows of a panel: four successive bytes of each row lie together, so that a panel is depth / 4 times 128 bytes. A
/// byte holds its number plus 128.
inline constexpr int int8_panel_rows = 32;
inline constexpr int int8_panels_per_chunk = chunk_rows / int8_panel_rows;

/// With numbers from -127 to 127 no sum overflows 32 bits, and no inner product is above int8_largest_dot.
inline constexpr std::int64_t int8_largest_depth = 1 << 15;
inline constexpr float int8_largest_dot = 1 << 29;

/// Common values of the rows of a panel, divided by their scale; a number of a row is its byte times the scale.
struct int8_panel {
  float unit = 0;    // 1
  float error = 0;   // times the length of a query, a bound of the rows' rounding errors in a score
  float length = 0;  // the largest length of a rounded row
};

/// A group of queries; floats are divided by the query's scale. Only the first tile_queries elements of the arrays are
/// used. A row may reach query q if the inner product of their bytes is at least targets[q] * panel.unit - lengths[q] *
/// panel.error - errors[q] * panel.length, computed in floats.
struct int8_group {
  static constexpr int capacity = 16;

  const std::int8_t* rows = nullptr;  // tile_queries x depth; depth is a multiple of 4
  int size = tile_queries;            // later ones are ignored
  std::int32_t sums[capacity] = {};   // of each row
  alignas(64) float targets[capacity] = {};
  alignas(64) float lengths[capacity] = {};
  alignas(64) float errors[capacity] = {};  // lengths of the rounding errors
};

/// The hits of a chunk: for each query the positions in the chunk, ascending, and the products.
struct int8_hits {
  std::int32_t counts[tile_queries];
  std::int32_t positions[tile_queries][chunk_rows];
  std::int32_t dots[tile_queries][chunk_rows];
};

// tile (height x int8_panel_rows) = starts + queries (height x depth) times the panel's bytes.

template <int height>
void int8_tile_portable(const std::int8_t* queries, std::int64_t depth, const std::uint8_t* panel,
                        const std::int32_t* starts, std::int32_t* tile) {
  for (int q = 0; q < height; ++q) {
    std::int32_t sums[int8_panel_rows];
    std::fill_n(sums, int8_panel_rows, starts[q]);
    for (std::int64_t d = 0; d < depth; d += 4) {
      const std::int32_t x[4] = {queries[q * depth + d], queries[q * depth + d + 1], queries[q * depth + d + 2],
                                 queries[q * depth + d + 3]};
      const std::uint8_t* const y = panel + d * int8_panel_rows;
      for (int row = 0; row < int8_panel_rows; ++row)
        sums[row] += x[0] * y[4 * row] + x[1] * y[4 * row + 1] + x[2] * y[4 * row + 2] + x[3] * y[4 * row + 3];
    }
    std::copy_n(sums, int8_panel_rows, tile + q * int8_panel_rows);
  }
}

#if AKIN_HAS_X86_DISPATCH

// Instructions by name: compilers have no common spelling for them, and inline their intrinsics only into functions
// that carry a target themselves, which is why these are not bodies of the kernel.

/// Even and odd bytes become two vectors of 16 bits, of which the products of neighbours are added.
template <int height>
AKIN_NOINLINE AKIN_TARGET_AVX2 void int8_tile_avx2(const std::int8_t* queries, std::int64_t depth,
                                                   const std::uint8_t* panel, const std::int32_t* starts,
                                                   std::int32_t* tile) {
  typedef std::int32_t lanes __attribute__((vector_size(32)));
  typedef std::int16_t words __attribute__((vector_size(32)));
  typedef std::uint16_t unsigned_words __attribute__((vector_size(32)));
  constexpr int vectors = 4;
  lanes sums[std::size_t{height}][vectors];
  AKIN_UNROLL
  for (int q = 0; q < height; ++q) {
    AKIN_UNROLL
    for (int j = 0; j < vectors; ++j) sums[q][j] = starts[q] - lanes{};
  }
  for (std::int64_t d = 0; d < depth; d += 4) {
    words even_x[std::size_t{height}], odd_x[std::size_t{height}];
    AKIN_UNROLL
    for (int q = 0; q < height; ++q) {
      std::int32_t four;
      std::memcpy(&four, queries + q * depth + d, sizeof four);
      const lanes all = four - lanes{};
      even_x[q] = reinterpret_cast<words>(reinterpret_cast<unsigned_words>(all) << 8) >> 8;
      odd_x[q] = reinterpret_cast<words>(all) >> 8;
    }
    AKIN_UNROLL
    for (int j = 0; j < vectors; ++j) {
      unsigned_words y;
      std::memcpy(&y, panel + d * int8_panel_rows + j * 32, sizeof y);
      const unsigned_words even_y = y & 255, odd_y = y >> 8;
      AKIN_UNROLL
      for (int q = 0; q < height; ++q) {
        lanes even, odd;
        asm("vpmaddwd {%2, %1, %0|%0, %1, %2}" : "=x"(even) : "x"(even_y), "x"(even_x[q]));
        asm("vpmaddwd {%2, %1, %0|%0, %1, %2}" : "=x"(odd) : "x"(odd_y), "x"(odd_x[q]));
        sums[q][j] += even;
        sums[q][j] += odd;
      }
    }
  }
  AKIN_UNROLL
  for (int q = 0; q < height; ++q) {
    AKIN_UNROLL
    for (int j = 0; j < vectors; ++j) std::memcpy(tile + q * int8_panel_rows + j * 8, &sums[q][j], sizeof(lanes));
  }
}

template <int height>
AKIN_NOINLINE AKIN_TARGET_AVX512 void int8_tile_avx512(const std::int8_t* queries, std::int64_t depth,
                                                       const std::uint8_t* panel, const std::int32_t* starts,
                                                       std::int32_t* tile) {
  typedef std::int32_t lanes __attribute__((vector_size(64)));
  lanes sums[std::size_t{height}][2];
  AKIN_UNROLL
  for (int q = 0; q < height; ++q) sums[q][0] = sums[q][1] = starts[q] - lanes{};
  for (std::int64_t d = 0; d < depth; d += 4) {
    lanes low, high;
    std::memcpy(&low, panel + d * int8_panel_rows, sizeof low);
    std::memcpy(&high, panel + d * int8_panel_rows + 64, sizeof high);
    AKIN_UNROLL
    for (int q = 0; q < height; ++q) {
      std::int32_t four;
      std::memcpy(&four, queries + q * depth + d, sizeof four);
      const lanes x = four - lanes{};
      asm("vpdpbusd {%2, %1, %0|%0, %1, %2}" : "+v"(sums[q][0]) : "v"(low), "v"(x));
      asm("vpdpbusd {%2, %1, %0|%0, %1, %2}" : "+v"(sums[q][1]) : "v"(high), "v"(x));
    }
  }
  AKIN_UNROLL
  for (int q = 0; q < height; ++q) {
    std::memcpy(tile + q * int8_panel_rows, &sums[q][0], sizeof(lanes));
    std::memcpy(tile + q * int8_panel_rows + 16, &sums[q][1], sizeof(lanes));
  }
}

#endif

/// The products of `count` queries, rounded up to what is computed together.
template <class InstructionSet>
AKIN_ALWAYS_INLINE void int8_tile(const std::int8_t* queries, int count, std::int64_t depth, const std::uint8_t* panel,
                                  const std::int32_t* starts, std::int32_t* tile) {
#if AKIN_HAS_X86_DISPATCH
  if constexpr (std::is_same_v<InstructionSet, avx512>) {
    if (count == 1) return int8_tile_avx512<1>(queries, depth, panel, starts, tile);
    if (count <= 4) return int8_tile_avx512<4>(queries, depth, panel, starts, tile);
    if (count <= 8) return int8_tile_avx512<8>(queries, depth, panel, starts, tile);
    return int8_tile_avx512<tile_queries>(queries, depth, panel, starts, tile);
  } else if constexpr (std::is_same_v<InstructionSet, avx2>) {
    if (count == 1) return int8_tile_avx2<1>(queries, depth, panel, starts, tile);
    for (int q = 0; q < count; q += 2)
      int8_tile_avx2<2>(queries + q * depth, depth, panel, starts + q, tile + q * int8_panel_rows);
    return;
  }
#endif
  for (int q = 0; q < count; ++q)
    int8_tile_portable<1>(queries + q * depth, depth, panel, starts + q, tile + q * int8_panel_rows);
}

struct score_tile_int8_kernel {
  /// The largest products that are too small, a little below the bounds.
  template <class InstructionSet>
  static AKIN_ALWAYS_INLINE void set_limits(const int8_group& group, const int8_panel& panel, std::int32_t* limits) {
    using vector = vec_for<InstructionSet, float>;
    const vector zero = vector::zero(), lowest = vector::broadcast(-int8_largest_dot);
    float bounds[int8_group::capacity];
    for (int q = 0; q < int8_group::capacity; q += vector::lanes) {
      vector lowered = vector::load(group.lengths + q) * vector::broadcast(panel.error);
      lowered = lowered.plus_product(vector::load(group.errors + q), vector::broadcast(panel.length));
      lowered = lowered - vector::load(group.targets + q) * vector::broadcast(panel.unit);
      // Clamped to the range of an integer; beyond it every product is on the same side.
      const vector raised = zero - lowest.or_larger(lowered);
      lowest.or_larger(raised).store(bounds + q);
    }
    for (int q = 0; q < int8_group::capacity; ++q) limits[q] = static_cast<std::int32_t>(bounds[q]) - 2;
  }

  /// Writes the elements of a tile that are not negative: products less the limits, less 1.
  static AKIN_ALWAYS_INLINE void collect(const std::int32_t* tile, int count, const std::int32_t* limits,
                                         int first_position, int8_hits& hits) {
    std::int32_t all[int8_panel_rows];
    std::copy_n(tile, int8_panel_rows, all);
    for (int q = 1; q < count; ++q)
      for (int j = 0; j < int8_panel_rows; ++j) all[j] &= tile[q * int8_panel_rows + j];
    std::int32_t sign = -1;
    for (int j = 0; j < int8_panel_rows; ++j) sign &= all[j];
    if (sign < 0) return;
    for (int q = 0; q < count; ++q) {
      const std::int32_t* const row = tile + q * int8_panel_rows;
      sign = -1;
      for (int j = 0; j < int8_panel_rows; ++j) sign &= row[j];
      if (sign < 0) continue;
      std::int32_t found = hits.counts[q];
      for (int j = 0; j < int8_panel_rows; ++j)
        if (row[j] >= 0) {
          hits.positions[q][found] = first_position + j;
          hits.dots[q][found++] = row[j] + limits[q] + 1;
        }
      hits.counts[q] = found;
    }
  }

  template <class InstructionSet>
  static AKIN_ALWAYS_INLINE void run(const int8_group* group, const std::uint8_t* bytes, const int8_panel* panels,
                                     std::int64_t count, std::int64_t depth, int8_hits* hits) {
    alignas(64) std::int32_t tile[tile_queries * int8_panel_rows];
    std::int32_t limits[int8_group::capacity], starts[int8_group::capacity];
    for (int p = 0; p < count; ++p) {
      set_limits<InstructionSet>(*group, panels[p], limits);
      for (int q = 0; q < int8_group::capacity; ++q) starts[q] = -128 * group->sums[q] - limits[q] - 1;
      int8_tile<InstructionSet>(group->rows, group->size, depth, bytes + p * int8_panel_rows * depth, starts, tile);
      collect(tile, group->size, limits, p * int8_panel_rows, *hits);
    }
  }
};

AKIN_COMPILE_KERNEL(score_tile_int8_kernel, const int8_group*, const std::uint8_t*, const int8_panel*, std::int64_t,
                    std::int64_t, int8_hits*)

/// Fills hits with the rows of `count` panels, at most a chunk, that may reach the group's targets; never fewer, and at
/// most those within two integers of the target in addition.
inline void score_tile_int8(const int8_group& group, const std::uint8_t* bytes, const int8_panel* panels,
                            std::int64_t count, std::int64_t depth, int8_hits& hits) {
  std::fill_n(hits.counts, tile_queries, 0);
  call<score_tile_int8_kernel>(&group, bytes, panels, count, depth, &hits);
}

}  // namespace akin::inline AKIN_ABI::kernels
