/// @file
/// The normalisation of a row of scores, and weighted sums of rows.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <akin/config.hpp>
#include <akin/finite.hpp>
#include <akin/hybrid/blend_options.hpp>
#include <akin/matrix.hpp>
#include <akin/model/scorer.hpp>

namespace akin::inline AKIN_ABI::detail {

/// A score s becomes (s - origin) * factor; an item without a score counts `unscored`.
struct normal_form {
  double origin = 0;
  double factor = 1;
  double unscored = 0;
};

/// Statistics of the scores of a row that are above -infinity.
struct row_summary {
  std::int64_t count = 0;
  double lowest = std::numeric_limits<double>::infinity();
  double highest = -std::numeric_limits<double>::infinity();
  double mean = 0;
};

/// Sums and extremes have this many lanes, which compilers vectorise.
inline constexpr std::size_t summary_lanes = 8;

template <class Scalar>
row_summary summary_of(std::span<const Scalar> row) {
  constexpr std::size_t lanes = summary_lanes;
  constexpr Scalar infinity = std::numeric_limits<Scalar>::infinity();
  std::array<double, lanes> sums = {};
  std::array<std::int64_t, lanes> counts = {};
  std::array<Scalar, lanes> lowest, highest;
  lowest.fill(infinity), highest.fill(-infinity);
  const auto add = [&](std::size_t lane, Scalar x) {
    const bool is_scored = x > no_score<Scalar>;
    const Scalar low = is_scored ? x : infinity, high = is_scored ? x : -infinity;
    sums[lane] += static_cast<double>(is_scored ? x : Scalar{0});
    counts[lane] += is_scored;
    lowest[lane] = low < lowest[lane] ? low : lowest[lane];
    highest[lane] = high > highest[lane] ? high : highest[lane];
  };
  std::size_t i = 0;
  for (; i + lanes <= row.size(); i += lanes)
    for (std::size_t lane = 0; lane < lanes; ++lane) add(lane, row[i + lane]);
  for (; i < row.size(); ++i) add(0, row[i]);
  row_summary result;
  double sum = 0;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    sum += sums[lane];
    result.count += counts[lane];
    result.lowest = std::min(result.lowest, static_cast<double>(lowest[lane]));
    result.highest = std::max(result.highest, static_cast<double>(highest[lane]));
  }
  if (result.count > 0) result.mean = sum / static_cast<double>(result.count);
  return result;
}

template <class Scalar>
double standard_deviation(std::span<const Scalar> row, const row_summary& of) {
  constexpr std::size_t lanes = summary_lanes;
  std::array<double, lanes> squares = {};
  const auto add = [&](std::size_t lane, Scalar x) {
    const double from_mean = x > no_score<Scalar> ? static_cast<double>(x) - of.mean : 0;
    squares[lane] += from_mean * from_mean;
  };
  std::size_t i = 0;
  for (; i + lanes <= row.size(); i += lanes)
    for (std::size_t lane = 0; lane < lanes; ++lane) add(lane, row[i + lane]);
  for (; i < row.size(); ++i) add(0, row[i]);
  double sum = 0;
  for (const double each : squares) sum += each;
  return std::sqrt(sum / static_cast<double>(of.count));
}

/// The form of all normalisations except rank, which is not linear.
template <class Scalar>
normal_form form_of(normalization kind, std::span<const Scalar> row) {
  const row_summary summary = summary_of(row);
  if (summary.count == 0) return {};
  if (kind == normalization::none) return {0, 1, summary.lowest};
  const bool centred = kind == normalization::z_score;
  const double origin = centred ? summary.mean : summary.lowest;
  const bool differ = summary.lowest < summary.highest;
  const double scale = !differ ? 0 : centred ? standard_deviation(row, summary) : summary.highest - summary.lowest;
  const double factor = 1 / scale;
  // Also if they differ by so much, or so little, that the factor is not finite.
  if (!(scale > 0) || !is_finite(origin) || !is_finite(scale) || !is_finite(factor))
    return centred ? normal_form{0, 0, -1} : normal_form{-1, 0, 0};
  return {origin, factor, (summary.lowest - origin) * factor};
}

/// Replaces the scores by their mid-ranks as a share: (lower + (equal + 1) / 2) / n.
template <class Scalar>
void rank_row(std::span<Scalar> row) {
  std::vector<Scalar> sorted;
  sorted.reserve(row.size());
  for (const Scalar score : row)
    if (score > no_score<Scalar>) sorted.push_back(score);
  std::sort(sorted.begin(), sorted.end());
  const auto count = static_cast<double>(sorted.size());
  for (Scalar& score : row) {
    if (!(score > no_score<Scalar>)) continue;
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), score);
    const auto lower = static_cast<double>(first - sorted.begin()), equal = static_cast<double>(last - first);
    score = static_cast<Scalar>((lower + (equal + 1) / 2) / count);
  }
}

/// Replaces the scores of a row by normalised ones, leaving -infinity, to which NaN changes, too; returns the value of
/// items without a score.
template <class Scalar>
Scalar normalize(normalization kind, std::span<Scalar> row) {
  if (kind == normalization::rank) {
    rank_row(row);
    return 0;
  }
  const normal_form form = form_of<Scalar>(kind, row);
  if (kind == normalization::none) return static_cast<Scalar>(form.unscored);
  const bool equal = form.factor == 0;
  for (Scalar& score : row) {
    const bool is_scored = score > no_score<Scalar>;
    const double value = equal ? 0 - form.origin : (static_cast<double>(score) - form.origin) * form.factor;
    score = is_scored ? static_cast<Scalar>(value) : no_score<Scalar>;
  }
  return static_cast<Scalar>(form.unscored);
}

/// sum[i] += weight * row[i], with `unscored` if there is no score; known[i] says whether any row had one.
template <class Scalar>
void add_weighted(Scalar weight, std::span<const Scalar> row, Scalar unscored, std::span<Scalar> sum,
                  std::span<std::uint8_t> known) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    const bool is_scored = row[i] > no_score<Scalar>;
    sum[i] += weight * (is_scored ? row[i] : unscored);
    known[i] = static_cast<std::uint8_t>(known[i] | static_cast<std::uint8_t>(is_scored));
  }
}

/// Items without a score in any row are left out.
template <class Scalar>
void drop_unknown(std::span<const std::uint8_t> known, std::span<Scalar> sum) {
  for (std::size_t i = 0; i < sum.size(); ++i)
    if (known[i] == 0) sum[i] = no_score<Scalar>;
}

}  // namespace akin::inline AKIN_ABI::detail
