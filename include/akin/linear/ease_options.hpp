/// @file
/// Parameters of ease. C++17-clean, no Eigen.
#pragma once

#include <akin/config.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct ease_options {
  /// lambda > 0, added to the diagonal of X'X: a larger one gives smaller weights. 50 to 5000, more with more users.
  double regularization = 500;
  /// p in [0, 1): dropout: as if each value were left out with this probability when others are predicted from it; adds
  /// p / (1 - p) of itself to each element of the diagonal, which regularises popular items more. 0 to 0.8.
  double dropout = 0;
  double memory_limit = 16e9;  ///< > 0: bytes that fit may take, about items^2 * sizeof(Scalar)
};

template <class Options, class Visit>
fields_of<ease_options, Options> fields(Options& options, const Visit& visit) {
  visit("regularization", options.regularization, finite_and_positive);
  visit("dropout", options.dropout, zero_to_below_one);
  visit("memory_limit", options.memory_limit, positive);
}

}  // namespace AKIN_SEAM
}  // namespace akin
