/// @file
/// Inner products of a group of queries with a panel of rows; only those above a bound are written.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <akin/config.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/gemm.hpp>
#include <akin/kernels/select.hpp>
#include <akin/kernels/simd.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// Queries that are scored together.
inline constexpr int tile_queries = 12;

/// Rows of a panel: the same number on every processor, so that panels are portable.
template <class T>
inline constexpr int panel_rows = 128 / static_cast<int>(sizeof(T));

/// Rows that are scored between two updates of the bounds: whole panels.
inline constexpr int chunk_rows = 256;

/// The hits of a chunk: for each query, the positions in the chunk of the scores above its bound, ascending.
template <class T>
struct tile_hits {
  std::int32_t counts[tile_queries];
  std::int32_t positions[tile_queries][chunk_rows];
  T scores[tile_queries][chunk_rows];
};

/// Writes the scores of a tile (tile_queries x panel_rows) that are above the bounds.
template <class InstructionSet, class T>
AKIN_ALWAYS_INLINE void collect_hits(const T* tile, const T* bounds, int first_position, tile_hits<T>& hits) {
  using vector = vec_for<InstructionSet, T>;
  constexpr int width = panel_rows<T>;
  vector excess = vector::broadcast(T{-1});
  for (int q = 0; q < tile_queries; ++q) {
    const vector bound = vector::broadcast(bounds[q]);
    AKIN_UNROLL
    for (int j = 0; j < width; j += vector::lanes)
      excess = excess.or_larger(vector::load(tile + q * width + j) - bound);
  }
  if (!(lane_max(excess) > 0)) return;
  for (int q = 0; q < tile_queries; ++q) {
    const T* const row = tile + q * width;
    if (!(largest<InstructionSet>(row, width, bounds[q]) > bounds[q])) continue;
    std::int32_t count = hits.counts[q];
    for (int j = 0; j < width; ++j) {
      hits.positions[q][count] = first_position + j;
      hits.scores[q][count] = row[j];
      count += row[j] > bounds[q];
    }
    hits.counts[q] = count;
  }
}

/// Scores of a group against `panels` panels, that is at most chunk_rows rows. `queries` is tile_queries x depth;
/// panel p holds its rows as depth x panel_rows at rows + p * panel_rows * depth, and its rows' offsets at
/// offsets + p * panel_rows.
struct score_tile_kernel {
  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE void run(const T* queries, const T* rows, const T* offsets, std::int64_t panels,
                                     std::int64_t depth, const T* bounds, tile_hits<T>* hits) {
    constexpr int width = panel_rows<T>, lanes = vec_for<InstructionSet, T>::lanes, vectors = width / lanes;
    constexpr int height = std::max(1, 24 / vectors / (InstructionSet::bytes == 64 ? 1 : 2));
    static_assert(tile_queries % height == 0);
    alignas(64) T tile[std::size_t{tile_queries * width}];
    for (int p = 0; p < panels; ++p) {
      for (int q = 0; q < tile_queries; ++q) std::copy_n(offsets + p * width, width, tile + q * width);
      for (int q = 0; q < tile_queries; q += height)
        multiply_tile<InstructionSet, height, vectors>(queries + q * depth, depth, std::int64_t{1},
                                                       rows + p * width * depth, std::int64_t{width}, depth,
                                                       tile + q * width, std::int64_t{width});
      collect_hits<InstructionSet>(tile, bounds, p * width, *hits);
    }
  }
};

/// Fills hits with the scores above bounds[0, tile_queries). Rounding differs from dot: these scores only select
/// candidates, and are not reported.
template <class T>
void score_tile(const T* queries, const T* rows, const T* offsets, std::int64_t panels, std::int64_t depth,
                const T* bounds, tile_hits<T>& hits) {
  std::fill_n(hits.counts, tile_queries, 0);
  call<score_tile_kernel>(queries, rows, offsets, panels, depth, bounds, &hits);
}

AKIN_COMPILE_KERNEL(score_tile_kernel, const float*, const float*, const float*, std::int64_t, std::int64_t,
                    const float*, tile_hits<float>*)
AKIN_COMPILE_KERNEL(score_tile_kernel, const double*, const double*, const double*, std::int64_t, std::int64_t,
                    const double*, tile_hits<double>*)

}  // namespace akin::inline AKIN_ABI::kernels
