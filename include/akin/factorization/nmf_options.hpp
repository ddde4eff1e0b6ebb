/// @file
/// Parameters of nmf. C++17-clean, no Eigen: engines of other backends include it.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct nmf_options {
  int factors = 32;     ///< k >= 1, numbers a user and an item; more fit more and cost more
  int iterations = 30;  ///< >= 1; an iteration improves all items, then all users
  int sweeps = 2;       ///< >= 1; how often an iteration goes over the factors of a row; more may need fewer of them
  double regularization = 0;       ///< lambda >= 0: regularisation of the factors; 0 to 10 for counts near 1
  std::uint64_t seed = 0;          ///< of the initial factors
  bool keep_interactions = false;  ///< whether the model keeps its training matrix, which partial_fit and forget need
};

template <class Options, class Visit>
fields_of<nmf_options, Options> fields(Options& options, const Visit& visit) {
  visit("factors", options.factors, positive);
  visit("iterations", options.iterations, positive);
  visit("sweeps", options.sweeps, positive);
  visit("regularization", options.regularization, finite_and_not_negative);
  visit("seed", options.seed);
  visit("keep_interactions", options.keep_interactions);
}

}  // namespace AKIN_SEAM
}  // namespace akin
