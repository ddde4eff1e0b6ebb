/// @file
/// Parameters of warp. C++17-clean, no Eigen.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

#include <akin/config.hpp>
#include <akin/model/data_shape.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct warp_options {
  int factors = 64;              ///< k >= 1, numbers a user and an item
  int epochs = 60;               ///< >= 1, passes over the positives
  double learning_rate = 0.002;  ///< > 0: length of a step of weight 1
  /// lambda >= 0: how strongly a step shrinks factors and biases. Automatic: see chosen.
  std::optional<double> regularization = std::nullopt;
  double margin = 1;               ///< > 0: by how much a positive should score above a negative
  int max_trials = 10;             ///< >= 1: maximum number of items sampled to find one that violates the margin
  std::uint64_t seed = 0;          ///< of the initial factors, the blocks, the order in them and the negatives
  bool keep_interactions = false;  ///< whether the model keeps its training matrix, which partial_fit and forget need
};

template <class Options, class Visit>
fields_of<warp_options, Options> fields(Options& options, const Visit& visit) {
  visit("factors", options.factors, positive);
  visit("epochs", options.epochs, positive);
  visit("learning_rate", options.learning_rate, positive_and_finite);
  visit("regularization", options.regularization, finite_and_not_negative);
  visit("margin", options.margin, positive_and_finite);
  visit("max_trials", options.max_trials, positive);
  visit("seed", options.seed);
  visit("keep_interactions", options.keep_interactions);
}

}  // namespace AKIN_SEAM

inline namespace AKIN_ABI {

/// The options with regularization chosen, if it is automatic: 0.85 - 0.9 (log10 d + 1.77) for a density d, from 0.85
/// to 2.2, since the steps of rare pairs overfit. Measured: docs/defaults.md.
inline warp_options chosen(const warp_options& asked, const data_shape& data) {
  warp_options options = asked;
  const double of_density = std::clamp(0.85 - 0.9 * (std::log10(data.density()) + 1.77), 0.85, 2.2);
  options.regularization = asked.regularization.value_or(of_density);
  return options;
}

}  // namespace AKIN_ABI
}  // namespace akin
