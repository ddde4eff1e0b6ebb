/// @file
/// Parameters of logistic_mf. C++17-clean, no Eigen.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include <akin/config.hpp>
#include <akin/model/data_shape.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct logistic_mf_options {
  int factors = 64;             ///< k >= 1, numbers a user and an item
  int epochs = 60;              ///< >= 1, passes over the positives
  double learning_rate = 0.05;  ///< > 0: length of a step
  /// lambda >= 0: how strongly a step shrinks factors and biases. Automatic: see chosen.
  std::optional<double> regularization = std::nullopt;
  /// > 0: weight of a unit of a stored value; a negative has weight 1. Automatic: see chosen.
  std::optional<double> alpha = std::nullopt;
  int negatives = 3;               ///< >= 1: negatives sampled for each positive
  std::uint64_t seed = 0;          ///< of the initial factors, the blocks, the order in them and the negatives
  bool keep_interactions = false;  ///< whether the model keeps its training matrix, which partial_fit and forget need
};

template <class Options, class Visit>
fields_of<logistic_mf_options, Options> fields(Options& options, const Visit& visit) {
  visit("factors", options.factors, positive);
  visit("epochs", options.epochs, positive);
  visit("learning_rate", options.learning_rate, positive_and_finite);
  visit("regularization", options.regularization, finite_and_not_negative);
  visit("alpha", options.alpha, positive_and_finite);
  visit("negatives", options.negatives, positive);
  visit("seed", options.seed);
  visit("keep_interactions", options.keep_interactions);
}

}  // namespace AKIN_SEAM

inline namespace AKIN_ABI {

/// The options with each automatic one chosen, m the mean magnitude of a value: alpha = 0.3/m, or 1 if regularization
/// is given, as what it was given for; regularization = alpha m / 30, from 0.01 to 0.03. Values times a constant give
/// the same model. Measured: docs/defaults.md.
inline logistic_mf_options chosen(const logistic_mf_options& asked, const data_shape& data) {
  logistic_mf_options options = asked;
  const double alpha = asked.alpha.value_or(asked.regularization ? 1 : 0.3 / data.mean_magnitude);
  options.alpha = alpha;
  options.regularization = asked.regularization.value_or(std::clamp(alpha * data.mean_magnitude / 30, 0.01, 0.03));
  return options;
}

}  // namespace AKIN_ABI
}  // namespace akin
