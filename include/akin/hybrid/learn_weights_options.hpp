/// @file
/// Options of learn_weights. C++17-clean.
#pragma once

#include <akin/config.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct learn_weights_options {
  int rounds = 4;  ///< >= 0, over all models, with steps of 4, 2, sqrt(2) ... times the weight; 3 to 6
  int users = 0;   ///< >= 0, that are ranked, evenly chosen; 0 for all. A few thousand distinguish weights
};

}  // namespace AKIN_SEAM
}  // namespace akin
