/// @file
/// How a blend makes the scores of different models comparable. C++17-clean.
#pragma once

#include <cstdint>

#include <akin/config.hpp>

namespace akin {
inline namespace AKIN_SEAM {

/// What becomes of the scores that one model gives to one user, over the items that it scores. An item that it does not
/// score while others do counts as much as its worst: the lowest score with `none`, 0 with `min_max` and `rank`, the
/// lowest with `z_score`.
enum class normalization : std::int32_t {
  none,     ///< as they are
  min_max,  ///< (s - min) / (max - min): 0 to 1; 1 where all are equal
  z_score,  ///< (s - mean) / standard deviation; where all are equal 0, and -1 for items that are not scored
  rank,     ///< the share of items that are not better, equals sharing their ranks: 1 for the best, 1/n for the worst
};

}  // namespace AKIN_SEAM
}  // namespace akin
