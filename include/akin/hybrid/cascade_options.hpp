/// @file
/// Options of cascade. C++17-clean.
#pragma once

#include <akin/config.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct cascade_options {
  /// Items that the cheap model retrieves and the costly one ranks, >= 1. Excluded items are among them, so it should
  /// be larger than a list and a usual history together; 100 to 1000.
  int retrieve = 200;
};

template <class Options, class Visit>
fields_of<cascade_options, Options> fields(Options& options, const Visit& visit) {
  visit("retrieve", options.retrieve, positive);
}

}  // namespace AKIN_SEAM
}  // namespace akin
