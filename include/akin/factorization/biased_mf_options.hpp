/// @file
/// Parameters of biased_mf. C++17-clean, no Eigen.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct biased_mf_options {
  int factors = 64;                ///< k >= 1, numbers a user and an item
  int epochs = 20;                 ///< >= 1, passes over the ratings
  double learning_rate = 0.01;     ///< > 0: length of a step; 0.002 to 0.05 for ratings with a deviation near 1
  double regularization = 0.05;    ///< lambda >= 0: how strongly a rating's step shrinks factors and biases
  double learning_rate_decay = 1;  ///< in (0, 1]: the factor of the learning rate after each epoch
  /// In [0, 1): share of the ratings that are held out at random to end the training early; 0 uses all of them.
  double validation_fraction = 0;
  int patience = 5;                ///< >= 1: epochs without a better validation RMSE after which the training ends
  std::uint64_t seed = 0;          ///< of the initial factors, the blocks, the order in them and the held-out ratings
  bool keep_interactions = false;  ///< whether the model keeps its training matrix, which partial_fit and forget need
};

template <class Options, class Visit>
fields_of<biased_mf_options, Options> fields(Options& options, const Visit& visit) {
  visit("factors", options.factors, positive);
  visit("epochs", options.epochs, positive);
  visit("learning_rate", options.learning_rate, positive_and_finite);
  visit("regularization", options.regularization, finite_and_not_negative);
  visit("learning_rate_decay", options.learning_rate_decay, above_zero_to_one);
  visit("validation_fraction", options.validation_fraction, zero_to_below_one);
  visit("patience", options.patience, positive);
  visit("seed", options.seed);
  visit("keep_interactions", options.keep_interactions);
}

}  // namespace AKIN_SEAM
}  // namespace akin
