/// @file
/// Parameters of bpr. C++17-clean, no Eigen.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct bpr_options {
  int factors = 128;               ///< k >= 1, numbers a user and an item
  int epochs = 100;                ///< >= 1; an epoch compares each positive with one negative
  double learning_rate = 0.05;     ///< > 0: length of a step
  double regularization = 0.015;   ///< lambda >= 0: how strongly a step shrinks factors and biases
  std::uint64_t seed = 0;          ///< of the initial factors, the blocks, the order in them and the negatives
  bool keep_interactions = false;  ///< whether the model keeps its training matrix, which partial_fit and forget need
};

template <class Options, class Visit>
fields_of<bpr_options, Options> fields(Options& options, const Visit& visit) {
  visit("factors", options.factors, positive);
  visit("epochs", options.epochs, positive);
  visit("learning_rate", options.learning_rate, positive_and_finite);
  visit("regularization", options.regularization, finite_and_not_negative);
  visit("seed", options.seed);
  visit("keep_interactions", options.keep_interactions);
}

}  // namespace AKIN_SEAM
}  // namespace akin
