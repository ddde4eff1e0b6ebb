/// @file
/// Parameters of segment_popularity.
#pragma once

#include <akin/config.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct segment_popularity_options {
  /// >= 0; so many interactions of everybody's are added to those of a segment, so that small ones do not decide alone;
  /// 1 to 1000.
  double damping = 20;
};

}  // namespace AKIN_SEAM
}  // namespace akin
