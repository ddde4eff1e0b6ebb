/// @file
/// Parameters of biased_mf. C++17-clean, no Eigen.
#pragma once

#include <cstdint>

#include <akin/config.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct biased_mf_options {
  int factors = 64;                ///< k >= 1, numbers a user and an item
  int epochs = 20;                 ///< >= 1, passes over the ratings
  double learning_rate = 0.01;     ///< > 0: length of a step; 0.002 to 0.05 for ratings with a deviation near 1
  double regularization = 0.05;    ///< lambda >= 0: how strongly a rating's step pulls factors and biases to zero
  double learning_rate_decay = 1;  ///< in (0, 1]: what the learning rate is multiplied by after each epoch
  /// In [0, 1): share of the ratings that are held out at random to end the training early; 0 uses all of them.
  double validation_fraction = 0;
  int patience = 5;        ///< >= 1: epochs without a better validation RMSE after which the training ends
  std::uint64_t seed = 0;  ///< of the initial factors, the blocks, the order in them and what is held out
  bool keep_interactions =
      false;  ///< whether the model keeps the matrix that it learnt from, which partial_fit and forget need
};

}  // namespace AKIN_SEAM
}  // namespace akin
