/// @file
/// Options of learn_rating_weights. C++17-clean.
#pragma once

#include <akin/config.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct rating_stack_options {
  /// >= 0, times the sum of the squared weights, added to the sum of the squared errors; use more if models predict
  /// nearly the same for few ratings.
  double regularization = 1;
};

}  // namespace AKIN_SEAM
}  // namespace akin
