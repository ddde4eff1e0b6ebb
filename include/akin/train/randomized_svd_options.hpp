/// @file
/// Parameters of randomized_svd. C++17-clean, no Eigen.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct randomized_svd_options {
  int rank = 64;          ///< >= 1, and at most the smaller side of the matrix: number of singular triplets
  int oversampling = 32;  ///< >= 0: vectors that are computed in addition, at least; more converge in fewer iterations
  int iterations = 6;     ///< >= 1; more separate closer singular values
  std::uint64_t seed = 0;
};

template <class Options, class Visit>
fields_of<randomized_svd_options, Options> fields(Options& options, const Visit& visit) {
  visit("rank", options.rank, positive);
  visit("oversampling", options.oversampling, not_negative);
  visit("iterations", options.iterations, positive);
  visit("seed", options.seed);
}

}  // namespace AKIN_SEAM
}  // namespace akin
