/// @file
/// Parameters of svdpp. C++17-clean, no Eigen.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct svdpp_options {
  int factors = 20;                ///< k >= 1, numbers a user and two times as many an item
  int epochs = 30;                 ///< >= 1, passes over the ratings
  double learning_rate = 0.01;     ///< > 0: length of a step; 0.002 to 0.02 for ratings with a deviation near 1
  double regularization = 0.05;    ///< lambda >= 0: how strongly a rating's step shrinks factors and biases
  double learning_rate_decay = 1;  ///< in (0, 1]: the factor of the learning rate after each epoch
  std::uint64_t seed = 0;          ///< of the initial factors, the blocks and the order in them
  bool keep_interactions = false;  ///< whether the model keeps its training matrix, which partial_fit and forget need
};

template <class Options, class Visit>
fields_of<svdpp_options, Options> fields(Options& options, const Visit& visit) {
  visit("factors", options.factors, positive);
  visit("epochs", options.epochs, positive);
  visit("learning_rate", options.learning_rate, positive_and_finite);
  visit("regularization", options.regularization, finite_and_not_negative);
  visit("learning_rate_decay", options.learning_rate_decay, above_zero_to_one);
  visit("seed", options.seed);
  visit("keep_interactions", options.keep_interactions);
}

}  // namespace AKIN_SEAM
}  // namespace akin
