/// @file
/// Parameters of warp. C++17-clean, no Eigen.
#pragma once

#include <cstdint>

#include <akin/config.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct warp_options {
  int factors = 64;              ///< k >= 1, numbers a user and an item
  int epochs = 30;               ///< >= 1, passes over the likings
  double learning_rate = 0.005;  ///< > 0: length of a step of weight 1
  double regularization = 1;     ///< lambda >= 0: how strongly a step pulls factors and biases to zero
  double margin = 1;             ///< > 0: by how much a liked item shall score above one that is not
  int max_trials = 10;           ///< >= 1: items drawn at most to find one that scores too high
  std::uint64_t seed = 0;        ///< of the initial factors, the blocks, the order in them and the other items
  bool keep_interactions =
      false;  ///< whether the model keeps the matrix that it learnt from, which partial_fit and forget need
};

}  // namespace AKIN_SEAM
}  // namespace akin
