/// @file
/// Parameters of segment_popularity.
#pragma once

#include <akin/config.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct segment_popularity_options {
  /// >= 0; the number of average interactions that are added to those of a segment, so that small segments count less;
  /// 1 to 1000.
  double damping = 20;
};

template <class Options, class Visit>
fields_of<segment_popularity_options, Options> fields(Options& options, const Visit& visit) {
  visit("damping", options.damping, finite_and_not_negative);
}

}  // namespace AKIN_SEAM
}  // namespace akin
