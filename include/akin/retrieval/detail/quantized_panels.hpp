/// @file
/// Rows rounded to bytes for the tiles of a search, longest first, with bounds of the rounding errors.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <utility>

#include <akin/config.hpp>
#include <akin/kernels/score_tile_int8.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/detail/float_panels.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Numbers times a power of two, so that squares and products neither overflow nor vanish in a double.
class scaled_by_two {
 public:
  /// x * 2^-exponent; in two steps, each of which a double can hold.
  explicit scaled_by_two(int exponent) noexcept
      : first_(std::ldexp(1.0, -(exponent / 2))), second_(std::ldexp(1.0, -(exponent - exponent / 2))) {}
  template <class Scalar>
  double operator()(Scalar x) const noexcept {
    return static_cast<double>(x) * first_ * second_;
  }

 private:
  double first_, second_;
};

template <class Scalar>
Scalar largest_magnitude(const Scalar* x, std::int64_t size) noexcept {
  Scalar largest_value = 0;
  for (std::int64_t i = 0; i < size; ++i) largest_value = std::max(largest_value, std::abs(x[i]));
  return largest_value;
}

/// The exponent for which x * 2^-exponent is in [0.5, 1).
template <class Scalar>
int exponent_of(Scalar x) noexcept {
  int exponent = 0;
  std::frexp(x, &exponent);
  return exponent;
}

/// A row after rounding; lengths are rounded up.
struct rounded_row {
  double length = 0, error = 0;  // of the row, and of its rounding error
  double rounded_length = 0;
  std::int32_t sum = 0;  // of the bytes
};

/// Rounds a row, scaled by `scaled`, to whole multiples of `scale` up to 127: out(d, byte).
template <class Scalar, class Out>
rounded_row round_row(const Scalar* row, std::int64_t depth, const scaled_by_two& scaled, double scale,
                      const Out& out) noexcept {
  const double inverse = 1 / scale;
  double squares = 0, errors = 0;
  std::int64_t rounded = 0;
  rounded_row result;
  for (std::int64_t d = 0; d < depth; ++d) {
    const double x = scaled(row[d]);
    const double whole = std::clamp(std::nearbyint(x * inverse), -127.0, 127.0);
    const double lost = x - whole * scale;
    squares += x * x;
    errors += lost * lost;
    const auto byte = static_cast<std::int32_t>(whole);
    rounded += byte * byte;
    result.sum += byte;
    out(d, static_cast<std::int8_t>(byte));
  }
  // Sums of squares are at most (depth + 1) roundings too small; the error itself is rounded to less than 2^-45 of the
  // scale, and the smallest squares underflow.
  const double slack = 1 + static_cast<double>(depth + 8) * std::numeric_limits<double>::epsilon();
  constexpr double vanished = 1e-150;
  result.length = std::sqrt(squares) * slack + vanished * static_cast<double>(depth);
  result.error = std::sqrt(errors) * slack + static_cast<double>(depth) * (std::ldexp(scale, -45) + vanished);
  result.rounded_length = std::sqrt(static_cast<double>(rounded)) * scale * slack;
  return result;
}

/// Rows (rows x depth) in bytes, packed for search_tiles. Chunks are in descending length and, within a chunk, rows in
/// descending largest element: a panel has one scale, and its rows need about the same.
///
/// Numbers are divided by a power of two near the largest of them, and each query by its own. For a query x and a row y
/// with rounded x' and y', |xy - x'y'| <= |x| |y - y'| + |x - x'| |y'|, and a canonical score is within sum_spread() of
/// |x| |y| of xy.
template <class Scalar, class Index>
class quantized_panels {
 public:
  using scalar_type = Scalar;

  struct hits : kernels::int8_hits {
    Scalar scores[kernels::tile_queries][kernels::chunk_rows];
  };

  /// Bounds of a query: numbers are scores, or factors that turn lengths of rows into scores.
  struct asked {
    double unit = 1;  // the score of a product of bytes, for a row's scale of 1
    double length = 0, error = 0;
  };

  /// Up to kernels::tile_queries queries. Finished queries are removed from the packed ones, whose row p is then query
  /// members[p].
  struct group {
    numbers<std::int8_t> rows;
    kernels::int8_group packed;
    int members[kernels::tile_queries] = {};
    asked queries[kernels::tile_queries];
  };

  quantized_panels() = default;
  /// Rounds the rows with keep(id). At most kernels::int8_largest_depth columns.
  template <class Keep>
  quantized_panels(const host_policy& policy, rows_view<const Scalar> rows, const Keep& keep)
      : columns_(rows.cols), depth_((rows.cols + 3) / 4 * 4) {
    ids_ = by_length<Scalar, Index>(rows, keep).first;
    numbers<Scalar> largest(rows.rows);
    for_each_row(policy, rows.rows,
                 [&](std::int64_t row, int) { largest[row] = largest_magnitude(rows.row(row), columns_); });
    Scalar largest_value = 0;
    for (const Index id : ids_) largest_value = std::max(largest_value, largest[id]);
    exponent_ = exponent_of(largest_value);
    order_in_chunks(largest);
    const std::int64_t count = (this->rows() + width - 1) / width;
    bytes_ = storage<std::uint8_t>(count * width * depth_);
    panels_.resize(count);
    scales_.resize(panels_.size());
    numbers<limit> limits(panels_.size());
    for_each_row(policy, count, [&](std::int64_t panel, int) { limits[panel] = round_panel(rows, largest, panel); });
    limit_chunks(limits);
  }

  std::int64_t rows() const noexcept { return ids_.size(); }
  std::int64_t depth() const noexcept { return depth_; }
  std::int64_t chunks() const noexcept { return chunks_.size(); }
  Index id(std::int64_t chunk, std::int32_t position) const noexcept {
    return ids_[chunk * kernels::chunk_rows + position];
  }
  /// Whether no score of this query can overflow, and a double can bound all of them.
  bool is_safe(const Scalar* query) const noexcept {
    const int exponent = exponent_ + exponent_of(largest_magnitude(query, columns_));
    if (std::abs(exponent) > 900) return false;
    const double longest = chunks_.empty() ? 0 : chunks_[0].longest;
    const double length = round_row(query, columns_, scaled_by_two(exponent - exponent_), 1, [](auto...) {}).length;
    return std::ldexp(length * longest, exponent) < static_cast<double>(std::numeric_limits<Scalar>::max()) / 4;
  }

  group make_group() const {
    group result;
    result.rows.resize(kernels::tile_queries * depth_);
    return result;
  }
  /// Queries are set in order from the first; those after the last one set are absent.
  void set(group& g, int q, const Scalar* row, Scalar /*offset*/) const noexcept {
    g.packed.rows = g.rows.data();
    g.members[q] = q;
    g.queries[q] = set(g.packed, q, row, g.rows.data() + q * depth_);
  }
  /// The same for memory of the caller's, depth() bytes a query.
  asked set(kernels::int8_group& packed, int q, const Scalar* row, std::int8_t* bytes) const noexcept {
    const Scalar largest_value = largest_magnitude(row, columns_);
    const int exponent = exponent_of(largest_value);
    const scaled_by_two scaled(exponent);
    const double scale = largest_value == 0 ? 1.0 : scaled(largest_value) / 127;
    std::fill_n(bytes, depth_, std::int8_t{0});
    const rounded_row x =
        round_row(row, columns_, scaled, scale, [&](std::int64_t d, std::int8_t byte) { bytes[d] = byte; });
    packed.size = q + 1;
    packed.sums[q] = x.sum;
    packed.lengths[q] = above(x.length / scale);
    packed.errors[q] = above(x.error / scale);
    const double unit = std::ldexp(1.0, exponent + exponent_);
    return {scale * unit, x.length * unit, x.error * unit};
  }

  double reach(const group& g, int q, std::int64_t chunk) const noexcept { return reach(g.queries[q], chunk); }
  double margin(const group& g, int q, std::int64_t chunk) const noexcept { return margin(g.queries[q], chunk); }
  void scan(group& g, std::int64_t chunk, const double* targets, hits& found) const noexcept {
    take_out_finished(g, targets);
    for (int p = 0; p < g.packed.size; ++p) {
      const int q = g.members[p];
      set_target(g.packed, p, g.queries[q], targets[q]);
    }
    scan(g.packed, chunk, found);
    // Members ascend, so that no member is overwritten before it is moved.
    for (int p = g.packed.size; p-- > 0;) {
      const int q = g.members[p];
      const std::int32_t count = std::exchange(found.counts[p], 0);
      for (std::int32_t i = 0; i < count; ++i) {
        const std::int32_t position = found.positions[p][i];
        found.positions[q][i] = position;
        found.scores[q][i] = static_cast<Scalar>(score(g.queries[q], chunk, position, found.dots[p][i]));
      }
      found.counts[q] = count;
    }
  }

  // The same for one query of the caller's.

  /// No score in this chunk or a later one is above this.
  double reach(const asked& x, std::int64_t chunk) const noexcept {
    return x.length * chunks_[chunk].longest * (1 + spread()) + vanished();
  }
  /// The maximum difference between a canonical score and that of a hit of the chunk.
  double margin(const asked& x, std::int64_t chunk) const noexcept {
    const limit& l = chunks_[chunk];
    return x.length * (l.error + spread() * l.longest) + x.error * l.rounded_length + vanished();
  }
  void set_target(kernels::int8_group& packed, int q, const asked& x, double target) const noexcept {
    // Bounds that no score exceeds, and whose product with a panel's unit is still finite.
    packed.targets[q] = below(std::clamp((target - vanished()) / x.unit, -1e30, 1e30));
  }
  /// Finds the rows of the chunk whose score may reach the targets.
  void scan(const kernels::int8_group& packed, std::int64_t chunk, kernels::int8_hits& found) const noexcept {
    const std::int64_t first = chunk * kernels::int8_panels_per_chunk;
    const std::int64_t count = std::min<std::int64_t>(kernels::int8_panels_per_chunk, panels_.size() - first);
    kernels::score_tile_int8(packed, bytes_.data() + first * width * depth_, panels_.data() + first, count, depth_,
                             found);
    // The last panel may not be full.
    const std::int64_t filled = rows() - chunk * kernels::chunk_rows;
    if (filled >= count * width) return;
    for (int q = 0; q < packed.size; ++q)
      while (found.counts[q] > 0 && found.positions[q][found.counts[q] - 1] >= filled) --found.counts[q];
  }
  /// The approximate score of a hit.
  double score(const asked& x, std::int64_t chunk, std::int32_t position, std::int32_t dot) const noexcept {
    const std::int64_t panel = chunk * kernels::int8_panels_per_chunk + position / width;
    return x.unit * scales_[panel] * static_cast<double>(dot);
  }

 private:
  static constexpr std::int64_t width = kernels::int8_panel_rows;
  // The rounding in floats of a target, a panel's numbers and their products, relative to the scores.
  static constexpr double float_slack = 0x1p-19;

  struct limit {
    double error = 0, rounded_length = 0;  // the greatest of a panel or chunk
    double longest = 0;                    // the same for a chunk and all later ones
  };

  static float above(double x) noexcept {
    return std::nextafter(static_cast<float>(x), std::numeric_limits<float>::infinity());
  }
  static float below(double x) noexcept { return -above(-x); }

  /// The error of canonical scores, and of those of hits as Scalars, for lengths of 1.
  double spread() const noexcept { return sum_spread<Scalar>(columns_ + 12); }
  /// Underflow loses at most the smallest normal number a product.
  double vanished() const noexcept {
    return static_cast<double>(2 * columns_ + 2) * static_cast<double>(std::numeric_limits<Scalar>::min());
  }

  void take_out_finished(group& g, const double* targets) const noexcept {
    int kept = 0;
    for (int p = 0; p < g.packed.size; ++p) {
      const int q = g.members[p];
      if (targets[q] == std::numeric_limits<double>::infinity()) continue;
      if (kept < p) {
        std::copy_n(g.rows.data() + p * depth_, depth_, g.rows.data() + kept * depth_);
        g.packed.sums[kept] = g.packed.sums[p];
        g.packed.lengths[kept] = g.packed.lengths[p];
        g.packed.errors[kept] = g.packed.errors[p];
        g.members[kept] = q;
      }
      ++kept;
    }
    g.packed.size = kept;
  }

  void order_in_chunks(const numbers<Scalar>& largest) {
    for (std::int64_t begin = 0; begin < rows(); begin += kernels::chunk_rows)
      std::sort(ids_.begin() + begin, ids_.begin() + std::min<std::int64_t>(begin + kernels::chunk_rows, rows()),
                [&](Index a, Index b) {
                  const Scalar x = largest[a], y = largest[b];
                  return x > y || (x == y && a < b);
                });
  }

  limit round_panel(rows_view<const Scalar> rows, const numbers<Scalar>& largest, std::int64_t panel) {
    const std::int64_t first = panel * width, count = std::min(width, this->rows() - first);
    const scaled_by_two scaled(exponent_);
    // The first row has the largest element. Elements that are too small relative to that of all rows become 0.
    const Index first_id = ids_[first];
    const double scale = std::max(scaled(largest[first_id]) / 127, 0x1p-100);
    std::uint8_t* const bytes = bytes_.mutable_data() + panel * width * depth_;
    std::fill_n(bytes, width * depth_, std::uint8_t{128});
    limit limits;
    for (std::int64_t j = 0; j < count; ++j) {
      const rounded_row y =
          round_row(rows.row(ids_[first + j]), columns_, scaled, scale, [&](std::int64_t d, std::int8_t byte) {
            bytes[(d / 4 * width + j) * 4 + d % 4] = static_cast<std::uint8_t>(byte + 128);
          });
      limits.error = std::max(limits.error, y.error);
      limits.rounded_length = std::max(limits.rounded_length, y.rounded_length);
      limits.longest = std::max(limits.longest, y.length);
    }
    scales_[panel] = scale;
    panels_[panel] = {static_cast<float>(1 / scale),
                      above((limits.error + (spread() + float_slack) * limits.longest) / scale),
                      above(limits.rounded_length / scale)};
    return limits;
  }

  void limit_chunks(const numbers<limit>& panels) {
    chunks_.resize((panels.size() + kernels::int8_panels_per_chunk - 1) / kernels::int8_panels_per_chunk);
    double longest = 0;
    for (std::int64_t panel = panels.size(); panel-- > 0;) {
      limit& chunk = chunks_[panel / kernels::int8_panels_per_chunk];
      longest = std::max(longest, panels[panel].longest);
      chunk.longest = longest;
      chunk.error = std::max(chunk.error, panels[panel].error);
      chunk.rounded_length = std::max(chunk.rounded_length, panels[panel].rounded_length);
    }
  }

  std::int64_t columns_ = 0, depth_ = 0;
  int exponent_ = 0;
  storage<std::uint8_t> bytes_;  // panels x depth / 4 x width x 4; padding is 0
  numbers<kernels::int8_panel> panels_;
  numbers<double> scales_;  // of each panel
  numbers<Index> ids_;
  numbers<limit> chunks_;
};

}  // namespace akin::inline AKIN_ABI::detail
