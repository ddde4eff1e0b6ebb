/// @file
/// Rows packed for the tiles of a search, longest first.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>

#include <akin/config.hpp>
#include <akin/kernels/score_tile.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// A tight upper bound of the Euclidean length of x.
template <class Scalar>
double length_above(const Scalar* x, std::int64_t size) noexcept {
  double sum = 0;
  for (std::int64_t i = 0; i < size; ++i) sum += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  // The sum is at most (size + 1) roundings too small, or the squares underflowed a double.
  const double slack = static_cast<double>(size + 4) * std::numeric_limits<double>::epsilon();
  return std::sqrt(sum + std::numeric_limits<double>::min()) * (1 + slack);
}

/// The maximum difference of two sums of the same `terms` products, rounded in Scalar and in any order, for each unit
/// of the sum of their magnitudes: 2 gamma_n of Higham, Accuracy and Stability of Numerical Algorithms, section 3.1.
template <class Scalar>
double sum_spread(std::int64_t terms) noexcept {
  const double n_u = static_cast<double>(terms) * static_cast<double>(std::numeric_limits<Scalar>::epsilon()) / 2;
  return n_u < 0.5 ? 2 * n_u / (1 - n_u) : std::numeric_limits<double>::infinity();
}

/// Ids of the rows with keep(id), by (length descending, id ascending), and the lengths of all rows.
template <class Scalar, class Index, class Keep>
std::pair<numbers<Index>, numbers<double>> by_length(rows_view<const Scalar> rows, const Keep& keep) {
  numbers<double> lengths(rows.rows);
  numbers<Index> ids;
  for (std::int64_t row = 0; row < rows.rows; ++row) {
    if (!keep(static_cast<Index>(row))) continue;
    lengths[row] = length_above(rows.row(row), rows.cols);
    ids.push_back(static_cast<Index>(row));
  }
  std::sort(ids.begin(), ids.end(), [&](Index a, Index b) {
    const double x = lengths[a], y = lengths[b];
    return x > y || (x == y && a < b);
  });
  return {std::move(ids), std::move(lengths)};
}

/// Rows (rows x depth) with an offset each, packed for a search: in panels, longest row first, so that bounds rise
/// early and the search can stop at rows that are too short to reach them. The score of a query x with an offset of its
/// own is offset of x + offset of y + x'y. Holds a copy of the rows.
template <class Scalar, class Index>
class float_panels {
 public:
  using scalar_type = Scalar;
  using hits = kernels::tile_hits<Scalar>;

  /// kernels::tile_queries queries, side by side.
  struct group {
    numbers<Scalar> rows;
    double lengths[kernels::tile_queries] = {};
    double offsets[kernels::tile_queries] = {};
  };

  /// Packs the rows with keep(id); `offsets` has one for each row, or is null.
  template <class Keep>
  float_panels(const host_policy& policy, rows_view<const Scalar> rows, const Scalar* offsets, const Keep& keep)
      : depth_(rows.cols) {
    auto [ids, lengths] = by_length<Scalar, Index>(rows, keep);
    ids_ = std::move(ids);
    panels_ = (ids_.size() + width - 1) / width;
    packed_ = storage<Scalar>(panels_ * width * depth_);
    offsets_.assign(panels_ * width, -std::numeric_limits<Scalar>::infinity());
    for_each_row(policy, panels_, [&](std::int64_t panel, int) { pack(rows, offsets, panel); });
    limit_chunks(lengths);
  }

  std::int64_t chunks() const noexcept { return limits_.size(); }
  Index id(std::int64_t chunk, std::int32_t position) const noexcept {
    return ids_[chunk * kernels::chunk_rows + position];
  }
  /// Whether no score of a query of this length can overflow; false if a number is NaN.
  bool is_safe(double length, Scalar offset) const noexcept {
    const limit l = limits_.empty() ? limit() : limits_[0];
    return length * l.length + l.offset + std::abs(static_cast<double>(offset)) <
           static_cast<double>(std::numeric_limits<Scalar>::max()) / 4;
  }

  group make_group() const {
    group result;
    result.rows.resize(kernels::tile_queries * depth_);
    return result;
  }
  void set(group& g, int q, const Scalar* row, Scalar offset) const noexcept {
    std::copy_n(row, depth_, g.rows.data() + q * depth_);
    g.lengths[q] = length_above(row, depth_);
    g.offsets[q] = static_cast<double>(offset);
  }

  /// No score in this chunk or a later one is above this.
  double reach(const group& g, int q, std::int64_t chunk) const noexcept {
    const limit& l = limits_[chunk];
    return g.offsets[q] + l.highest_offset + g.lengths[q] * l.length + margin(g, q, chunk);
  }
  /// The maximum difference between the score of a hit in this or a later chunk, with the query's offset, and any other
  /// sum of the same numbers.
  double margin(const group& g, int q, std::int64_t chunk) const noexcept {
    const limit& l = limits_[chunk];
    // Underflow loses at most the smallest normal number a product.
    return sum_spread<Scalar>(depth_ + 12) * (g.lengths[q] * l.length + l.offset + std::abs(g.offsets[q])) +
           static_cast<double>(2 * depth_) * static_cast<double>(std::numeric_limits<Scalar>::min());
  }
  /// Finds all rows of the chunk whose score may be at least targets[q]; hits have scores without the query's offset.
  void scan(const group& g, std::int64_t chunk, const double* targets, hits& found) const noexcept {
    Scalar bounds[kernels::tile_queries];
    for (int q = 0; q < kernels::tile_queries; ++q) bounds[q] = below(targets[q] - g.offsets[q] - margin(g, q, chunk));
    const std::int64_t first = chunk * per_chunk;
    kernels::score_tile(g.rows.data(), packed_.data() + first * width * depth_, offsets_.data() + first * width,
                        std::min(per_chunk, panels_ - first), depth_, bounds, found);
  }

 private:
  static constexpr std::int64_t width = kernels::panel_rows<Scalar>, per_chunk = kernels::chunk_rows / width;

  /// Of the rows of a chunk and all later ones.
  struct limit {
    double length = 0, offset = 0;  // the greatest length, and magnitude of an offset
    double highest_offset = -std::numeric_limits<double>::infinity();
  };

  /// The next number below x.
  static Scalar below(double x) noexcept {
    constexpr Scalar infinity = std::numeric_limits<Scalar>::infinity();
    return x == static_cast<double>(infinity) ? infinity : std::nextafter(static_cast<Scalar>(x), -infinity);
  }

  void pack(rows_view<const Scalar> rows, const Scalar* offsets, std::int64_t panel) {
    Scalar* const packed = packed_.mutable_data() + panel * width * depth_;
    const std::int64_t first = panel * width;
    const std::int64_t count = std::min(width, ids_.size() - first);
    for (std::int64_t j = 0; j < count; ++j) {
      const Index id = ids_[first + j];
      for (std::int64_t d = 0; d < depth_; ++d) packed[d * width + j] = rows.row(id)[d];
      offsets_[first + j] = offsets == nullptr ? Scalar{0} : offsets[id];
    }
  }

  void limit_chunks(const numbers<double>& lengths) {
    limits_.resize((panels_ + per_chunk - 1) / per_chunk);
    limit last;
    for (std::int64_t i = ids_.size(); i-- > 0;) {
      const auto offset = static_cast<double>(offsets_[i]);
      last.length = std::max(last.length, lengths[ids_[i]]);
      last.offset = std::max(last.offset, std::abs(offset));
      last.highest_offset = std::max(last.highest_offset, offset);
      if (i % kernels::chunk_rows == 0) limits_[i / kernels::chunk_rows] = last;
    }
  }

  std::int64_t depth_, panels_ = 0;
  storage<Scalar> packed_;  // panels x depth x width; padding rows of the last panel are 0
  numbers<Scalar> offsets_;
  numbers<Index> ids_;
  numbers<limit> limits_;
};

}  // namespace akin::inline AKIN_ABI::detail
