/// @file
/// Scores of one model below those of another.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include <akin/config.hpp>
#include <akin/model/scorer.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Gives the items that `row` leaves at -infinity the scores of `next`, in their order and below all scores of the row:
/// they are mapped linearly onto [lowest - width, lowest - width / 2], width = max(1, |lowest|), so that scores that
/// differ by less than a rounding of their range become equal. A row without scores gets them unchanged.
template <class Scalar>
void fill_below(std::span<const Scalar> next, std::span<Scalar> row) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  double lowest = infinity, worst = infinity, best = -infinity;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i] > no_score<Scalar>) {
      lowest = std::min(lowest, static_cast<double>(row[i]));
    } else if (next[i] > no_score<Scalar>) {
      worst = std::min(worst, static_cast<double>(next[i]));
      best = std::max(best, static_cast<double>(next[i]));
    }
  }
  const bool is_empty = lowest == infinity;
  const double width = std::max(1.0, std::abs(lowest));
  const double half_range = best / 2 - worst / 2;  // halves, because the range of doubles may be beyond them
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i] > no_score<Scalar> || !(next[i] > no_score<Scalar>)) continue;
    if (is_empty) {
      row[i] = next[i];
      continue;
    }
    const double down = half_range > 0 ? (best / 2 - static_cast<double>(next[i]) / 2) / half_range : 0;
    const double score = lowest - width * (0.5 + 0.5 * down);
    row[i] = static_cast<Scalar>(std::max(score, static_cast<double>(std::numeric_limits<Scalar>::lowest())));
  }
}

/// Whether the model knows an item that the row leaves at -infinity.
template <class Model>
bool can_fill(const Model& model, std::span<const typename Model::scalar_type> row) {
  using index_type = typename Model::index_type;
  for (std::size_t i = 0; i < row.size(); ++i)
    if (!(row[i] > no_score<typename Model::scalar_type>)&&model.knows_item(static_cast<index_type>(i))) return true;
  return false;
}

}  // namespace akin::inline AKIN_ABI::detail
