/// @file
/// Parameters of ease. C++17-clean, no Eigen.
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
struct ease_options {
  /// lambda > 0, added to the diagonal of X'X: a larger one gives smaller weights. 50 to 5000, more with more users.
  std::optional<double> regularization = std::nullopt;
  /// p in [0, 1): dropout: as if each value were left out with this probability when others are predicted from it; adds
  /// p / (1 - p) of itself to each element of the diagonal, which regularises popular items more. 0 to 0.8.
  std::optional<double> dropout = std::nullopt;
  double memory_limit = 16e9;  ///< > 0: bytes that fit may take, about items^2 * sizeof(Scalar)
};

template <class Options, class Visit>
fields_of<ease_options, Options> fields(Options& options, const Visit& visit) {
  visit("regularization", options.regularization, finite_and_positive);
  visit("dropout", options.dropout, zero_to_below_one);
  visit("memory_limit", options.memory_limit, positive);
}

}  // namespace AKIN_SEAM

inline namespace AKIN_ABI {

/// The options with each automatic one chosen: regularization 150 times the mean square of a value, for X'X grows as
/// the squares do; dropout 0.5 with it, 0 where regularization is given. Measured:
/// docs/defaults.md.
inline ease_options chosen(const ease_options& asked, const data_shape& data) {
  ease_options options = asked;
  options.dropout = asked.dropout.value_or(asked.regularization ? 0 : 0.5);
  if (!options.regularization)
    options.regularization = std::min(150 * data.mean_square, std::numeric_limits<double>::max());
  return options;
}

}  // namespace AKIN_ABI
}  // namespace akin
