/// @file
/// Parameters of warp. C++17-clean, no Eigen.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct warp_options {
  int factors = 64;                ///< k >= 1, numbers a user and an item
  int epochs = 60;                 ///< >= 1, passes over the positives
  double learning_rate = 0.005;    ///< > 0: length of a step of weight 1
  double regularization = 1.5;     ///< lambda >= 0: how strongly a step shrinks factors and biases
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
}  // namespace akin
