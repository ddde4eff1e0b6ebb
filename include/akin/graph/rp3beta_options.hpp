/// @file
/// Parameters of rp3beta. C++17-clean, no Eigen.
#pragma once

#include <akin/config.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct rp3beta_options {
  double alpha = 1;        ///< > 0: power of each step's probability; 0.3 to 2
  double beta = 0.5;       ///< >= 0: the penalty of popular items, 0 (P3alpha) for none; 0 to 1
  int neighbors = 100;     ///< >= 1, weights kept of each item; 20 to 1000
  bool normalize = false;  ///< whether the `neighbors` weights of an item sum to 1
  int incoming = 0;        ///< >= 0: incoming weights kept of each item, after `neighbors`; 0: all
};

template <class Options, class Visit>
fields_of<rp3beta_options, Options> fields(Options& options, const Visit& visit) {
  visit("alpha", options.alpha, finite_and_positive);
  visit("beta", options.beta, finite_and_not_negative);
  visit("neighbors", options.neighbors, positive);
  visit("normalize", options.normalize);
  visit("incoming", options.incoming, not_negative);
}

/// The walk without a penalty: C. Cooper et al., "Random Walks in Recommender Systems", WWW 2014.
constexpr rp3beta_options p3alpha(double alpha = 1, int neighbors = 100) {
  rp3beta_options options;
  options.alpha = alpha;
  options.beta = 0;
  options.neighbors = neighbors;
  return options;
}

}  // namespace AKIN_SEAM
}  // namespace akin
