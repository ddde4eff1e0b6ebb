/// @file
/// The normalisation that makes the scores of different models comparable. C++17-clean.
#pragma once

#include <cstdint>

#include <akin/config.hpp>

namespace akin {
inline namespace AKIN_SEAM {

/// The normalisation of a model's scores for one user, over the items that it scores. An item that only other models
/// score counts as much as its worst one: the lowest score with `none`, 0 with `min_max` and `rank`, the lowest with
/// `z_score`.
enum class normalization : std::int32_t {
  none,     ///< unchanged
  min_max,  ///< (s - min) / (max - min): 0 to 1; 1 if all are equal
  z_score,  ///< (s - mean) / standard deviation; if all are equal 0, and -1 for items that are not scored
  rank,     ///< the share of items that are not better, with mid-ranks for ties: 1 for the best, 1/n for the worst
};

}  // namespace AKIN_SEAM
}  // namespace akin
