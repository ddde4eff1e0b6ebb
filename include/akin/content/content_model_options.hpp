/// @file
/// Parameters of content_model.
#pragma once

#include <akin/config.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct content_model_options {
  /// Days after which an interaction of a log counts half, > 0; 0: what is old counts like what is new.
  double half_life_days = 0;
};

}  // namespace AKIN_SEAM
}  // namespace akin
