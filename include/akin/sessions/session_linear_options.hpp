/// @file
/// Parameters of session_linear. C++17-clean, no Eigen.
#pragma once

#include <akin/config.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct session_linear_options {
  /// In [0, 1]: how much the items of a session count whatever their order (SLIS); the rest is for what follows what
  /// (SLIT). 0.2 to 0.95
  double alpha = 0.8;
  double regularization = 10;   ///< > 0: lambda; 1 to 100
  double transition_scale = 1;  ///< > 0: a transition over d more events counts exp(-d / scale); 0.5 to 4
  double position_scale = 2;    ///< > 0: an event b events before the last counts exp(-b / scale); 0.5 to 8
  double age_scale = 0;         ///< >= 0: a session counts exp(-age / scale) in days, if sessions have times; 0: 1
  int neighbors = 100;          ///< >= 1: weights kept of each item; 50 to 500
  double tolerance = 1e-3;      ///< > 0: the largest error of a weight, where the bound holds
  int max_steps = 30;           ///< >= 1: of conjugate gradients
};

template <class Options, class Visit>
fields_of<session_linear_options, Options> fields(Options& options, const Visit& visit) {
  visit("alpha", options.alpha, in_unit_interval);
  visit("regularization", options.regularization, finite_and_positive);
  visit("transition_scale", options.transition_scale, finite_and_positive);
  visit("position_scale", options.position_scale, finite_and_positive);
  visit("age_scale", options.age_scale, finite_and_not_negative);
  visit("neighbors", options.neighbors, positive);
  visit("tolerance", options.tolerance, finite_and_positive);
  visit("max_steps", options.max_steps, positive);
}

}  // namespace AKIN_SEAM
}  // namespace akin
