/// @file
/// Parameters of content_model.
#pragma once

#include <akin/config.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct content_model_options {
  /// Days after which an interaction of a log counts half, > 0; 0: no decay.
  double half_life_days = 0;
};

template <class Options, class Visit>
fields_of<content_model_options, Options> fields(Options& options, const Visit& visit) {
  visit("half_life_days", options.half_life_days, finite_and_not_negative);
}

}  // namespace AKIN_SEAM
}  // namespace akin
