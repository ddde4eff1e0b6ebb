/// @file
/// Parameters of markov_chain. C++17-clean, no Eigen.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

/// The weight of a transition over d events, 1 for the next one.
enum class step_decay : std::int32_t {
  none,            ///< 1
  inverse,         ///< 1 / d
  inverse_square,  ///< 1 / d^2
  logarithmic,     ///< 1 / log2(1 + d)
  linear           ///< 1 - (d - 1) / steps
};

struct markov_chain_options {
  int steps = 10;                          ///< >= 1: events after an item that are counted; 1 to 20
  step_decay decay = step_decay::inverse;  ///< how much later ones count less
  int neighbors = 500;                     ///< >= 1: transitions kept of each item; 50 to 1000
};

template <class Options, class Visit>
fields_of<markov_chain_options, Options> fields(Options& options, const Visit& visit) {
  visit("steps", options.steps, positive);
  visit("decay", options.decay, up_to(step_decay::linear));
  visit("neighbors", options.neighbors, positive);
}

}  // namespace AKIN_SEAM
}  // namespace akin
