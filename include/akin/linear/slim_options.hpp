/// @file
/// Parameters of slim. C++17-clean, no Eigen.
#pragma once

#include <akin/config.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct slim_options {
  double l1 = 1;  ///< >= 0: a larger one gives fewer weights; 0.1 to 10. l1 and l2 must not both be 0
  double l2 = 5;  ///< >= 0: a larger one gives smaller weights, spread over more items; 1 to 500
  /// >= 0: an item has weights only from this many items, those with the largest cosines; 0: from all.
  int neighbors = 0;
  bool nonnegative = true;  ///< whether weights must not be negative
  /// > 0: the solver stops when no weight's best step changes the item's prediction by more than this share of the
  /// item's length.
  double tolerance = 1e-5;
  int iterations = 1000;       ///< >= 1: maximum number of sweeps over the weights of an item
  double memory_limit = 16e9;  ///< > 0: bytes of the products of all items with all others
};

template <class Options, class Visit>
fields_of<slim_options, Options> fields(Options& options, const Visit& visit) {
  visit("l1", options.l1, finite_and_not_negative);
  visit("l2", options.l2, finite_and_not_negative);
  visit("neighbors", options.neighbors, not_negative);
  visit("nonnegative", options.nonnegative);
  visit("tolerance", options.tolerance, inside_unit_interval);
  visit("iterations", options.iterations, positive);
  visit("memory_limit", options.memory_limit, positive);
}

}  // namespace AKIN_SEAM
}  // namespace akin
