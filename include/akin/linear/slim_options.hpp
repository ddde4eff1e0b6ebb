/// @file
/// Parameters of slim. C++17-clean, no Eigen.
#pragma once

#include <algorithm>
#include <limits>
#include <optional>

#include <akin/config.hpp>
#include <akin/model/data_shape.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

/// For automatic options see chosen.
struct slim_options {
  /// >= 0: a larger one gives fewer weights; 0.1 to 10. l1 and l2 must not both be 0.
  std::optional<double> l1 = std::nullopt;
  /// >= 0: a larger one gives smaller weights, spread over more items; 1 to 500.
  std::optional<double> l2 = std::nullopt;
  /// >= 0: an item has weights only from this many items, those with the largest cosines; 0: from all.
  std::optional<int> neighbors = std::nullopt;
  bool nonnegative = true;  ///< whether weights must not be negative
  /// > 0: the solver stops when no weight's best step changes the item's prediction by more than this share of the
  /// item's length.
  std::optional<double> tolerance = std::nullopt;
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

inline namespace AKIN_ABI {

/// The options with each automatic one chosen. With neither l1 nor l2 given: l1 = 0.3 and l2 = 50 times the mean square
/// of a value, for the products of items grow as the squares do, 100 neighbours and a tolerance of 1e-3. With one of
/// them given, a model that its caller tunes: l1 1, l2 5, all neighbours, 1e-5. Measured:
/// docs/defaults.md.
inline slim_options chosen(const slim_options& asked, const data_shape& data) {
  const bool is_tuned = asked.l1 || asked.l2;
  const double square = std::min(data.mean_square, std::numeric_limits<double>::max() / 50);
  slim_options options = asked;
  options.l1 = asked.l1.value_or(is_tuned ? 1 : 0.3 * square);
  options.l2 = asked.l2.value_or(is_tuned ? 5 : 50 * square);
  options.neighbors = asked.neighbors.value_or(is_tuned ? 0 : 100);
  options.tolerance = asked.tolerance.value_or(is_tuned ? 1e-5 : 1e-3);
  return options;
}

}  // namespace AKIN_ABI
}  // namespace akin
