/// @file
/// Rows packed for the tiles of a search by distance, the nearest to their mean first.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include <akin/config.hpp>
#include <akin/finite.hpp>
#include <akin/kernels/score_tile.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/detail/float_panels.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The mean of each column; 0 if it overflows a double.
template <class Scalar>
numbers<double> column_means(rows_view<const Scalar> rows) {
  numbers<double> means(rows.cols);
  for (std::int64_t row = 0; row < rows.rows; ++row)
    for (std::int64_t d = 0; d < means.size(); ++d) means[d] += static_cast<double>(rows.row(row)[d]);
  for (double& mean : means) {
    mean /= static_cast<double>(std::max<std::int64_t>(rows.rows, 1));
    if (!is_finite(mean)) mean = 0;
  }
  return means;
}

/// Panels for search_tiles (like float_panels) whose scores are negated distances of two rows. Tiles hold s = x'y -
/// |y|^2 / 2 of rows moved by their mean m, which is (|x|^2 - |x - y|^2) / 2: without the shift, rounding would hide
/// the distances of rows that are close to each other and far from the origin. Rows are in ascending distance from the
/// mean, since the first ones are near to most queries. Holds a copy of the rows.
///
/// The maximum difference between half of a canonical squared distance and |x|^2 / 2 - s, with S = (|x| + |y|)^2 / 2,
/// the unit roundoff u and gamma_n = n u / (1 - n u) of Higham, section 3.1, for rows of n numbers:
/// - the tile adds n products to |y|^2 / 2: gamma_{n+1} S;
/// - |x|^2 / 2 and |y|^2 / 2 are rounded themselves: gamma_{n+1} S;
/// - x - m and y - m are rounded, each by u of its length, which moves the distance by u (|x| + |y|): 3 u S;
/// - the canonical sum of n rounded squares: gamma_{n+3} S;
/// - what is too small for a Scalar: less than its smallest normal number a product.
/// All in all less than 3 gamma_{n+5} S + 3 n min; margin_of takes 4 gamma_{n+12} S + 4 n min.
template <class Scalar, class Index>
class distance_panels {
 public:
  using scalar_type = Scalar;
  using hits = kernels::tile_hits<Scalar>;

  /// kernels::tile_queries queries, moved, side by side.
  struct group {
    numbers<Scalar> rows;
    double lengths[kernels::tile_queries] = {};
    double halves[kernels::tile_queries] = {};  // of the squared lengths
  };

  /// Packs the rows with keep(id).
  template <class Keep>
  distance_panels(const host_policy& policy, rows_view<const Scalar> rows, const Keep& keep)
      : depth_(rows.cols), means_(column_means(rows)) {
    numbers<double> lengths(rows.rows);
    for_each_row(policy, rows.rows,
                 [&](std::int64_t row, int) { lengths[row] = std::sqrt(moved_square(rows.row(row))); });
    for (std::int64_t row = 0; row < rows.rows; ++row)
      if (keep(static_cast<Index>(row))) ids_.push_back(static_cast<Index>(row));
    std::sort(ids_.begin(), ids_.end(), [&](Index a, Index b) {
      const double x = lengths[a], y = lengths[b];
      return x < y || (x == y && a < b);
    });
    panels_ = (ids_.size() + width - 1) / width;
    packed_ = storage<Scalar>(panels_ * width * depth_);
    offsets_.assign(panels_ * width, -std::numeric_limits<Scalar>::infinity());
    for_each_row(policy, panels_, [&](std::int64_t panel, int) { pack(rows, panel); });
    limit_chunks(lengths);
  }

  std::int64_t chunks() const noexcept { return limits_.size(); }
  Index id(std::int64_t chunk, std::int32_t position) const noexcept {
    return ids_[chunk * kernels::chunk_rows + position];
  }
  /// Whether nothing overflows for a query.
  bool is_safe(const Scalar* row) const noexcept {
    const double lengths = std::sqrt(moved_square(row)) + (limits_.empty() ? 0 : limits_.back().longest);
    return lengths * lengths < static_cast<double>(std::numeric_limits<Scalar>::max()) / 8;
  }

  group make_group() const {
    group result;
    result.rows.resize(kernels::tile_queries * depth_);
    return result;
  }
  void set(group& g, int q, const Scalar* row, Scalar) const noexcept {
    for (std::int64_t d = 0; d < depth_; ++d) g.rows[q * depth_ + d] = moved(row, d);
    const double square = moved_square(row);
    g.lengths[q] = std::sqrt(square);
    g.halves[q] = square / 2;
  }

  /// No score in this chunk or a later one is above this: |x - y| >= |y| - |x|.
  double reach(const group& g, int q, std::int64_t chunk) const noexcept {
    const double slack = sum_spread<Scalar>(depth_ + 12);
    const double lost = std::sqrt(static_cast<double>(4 * depth_) * smallest);
    const double least = limits_[chunk].shortest * (1 - slack) - g.lengths[q] * (1 + slack);
    return std::min(0.0, lost - least * (1 - slack));
  }
  /// A hit may reach the target; its score is not known.
  double margin(const group&, int, std::int64_t) const noexcept { return std::numeric_limits<double>::infinity(); }
  /// Finds all rows of the chunk whose negated distance may be at least targets[q].
  void scan(const group& g, std::int64_t chunk, const double* targets, hits& found) const noexcept {
    Scalar bounds[kernels::tile_queries];
    for (int q = 0; q < kernels::tile_queries; ++q) bounds[q] = bound_of(g, q, chunk, targets[q]);
    const std::int64_t first = chunk * per_chunk;
    kernels::score_tile(g.rows.data(), packed_.data() + first * width * depth_, offsets_.data() + first * width,
                        std::min(per_chunk, panels_ - first), depth_, bounds, found);
  }

 private:
  static constexpr std::int64_t width = kernels::panel_rows<Scalar>, per_chunk = kernels::chunk_rows / width;
  static constexpr double smallest = static_cast<double>(std::numeric_limits<Scalar>::min());

  /// Of the rows of a chunk.
  struct limit {
    double shortest = 0, longest = 0;
  };

  Scalar moved(const Scalar* row, std::int64_t d) const noexcept {
    return static_cast<Scalar>(static_cast<double>(row[d]) - means_[d]);
  }
  double moved_square(const Scalar* row) const noexcept {
    double sum = 0;
    for (std::int64_t d = 0; d < depth_; ++d) {
      const auto x = static_cast<double>(moved(row, d));
      sum += x * x;
    }
    return sum;
  }

  double margin_of(const group& g, int q, std::int64_t chunk) const noexcept {
    const double lengths = g.lengths[q] + limits_[chunk].longest;
    return sum_spread<Scalar>(depth_ + 12) * lengths * lengths + static_cast<double>(4 * depth_) * smallest;
  }
  /// A lower bound of s for rows whose negated distance is at least `target`, which is <= 0 or infinite; a root may be
  /// rounded.
  Scalar bound_of(const group& g, int q, std::int64_t chunk, double target) const noexcept {
    constexpr Scalar infinity = std::numeric_limits<Scalar>::infinity();
    if (target > 0) return infinity;
    constexpr double rounding = 1 + 4 * static_cast<double>(std::numeric_limits<Scalar>::epsilon());
    const double least = g.halves[q] - target * target / 2 * rounding - margin_of(g, q, chunk);
    return std::nextafter(static_cast<Scalar>(least), -infinity);
  }

  void pack(rows_view<const Scalar> rows, std::int64_t panel) {
    Scalar* const packed = packed_.mutable_data() + panel * width * depth_;
    const std::int64_t first = panel * width;
    const std::int64_t count = std::min(width, ids_.size() - first);
    for (std::int64_t j = 0; j < count; ++j) {
      const Scalar* const row = rows.row(ids_[first + j]);
      for (std::int64_t d = 0; d < depth_; ++d) packed[d * width + j] = moved(row, d);
      offsets_[first + j] = static_cast<Scalar>(-moved_square(row) / 2);
    }
  }

  void limit_chunks(const numbers<double>& lengths) {
    const auto length = [&](std::int64_t i) { return lengths[ids_[i]]; };
    for (std::int64_t first = 0; first < ids_.size(); first += kernels::chunk_rows)
      limits_.push_back({length(first), length(std::min(first + kernels::chunk_rows, ids_.size()) - 1)});
  }

  std::int64_t depth_, panels_ = 0;
  numbers<double> means_;
  storage<Scalar> packed_;  // panels x depth x width; padding rows of the last panel are 0
  numbers<Scalar> offsets_;
  numbers<Index> ids_;
  numbers<limit> limits_;
};

}  // namespace akin::inline AKIN_ABI::detail
