/// @file
/// Parameters of nearest_neighbors, and how vectors are compared. C++17-clean, no Eigen.
#pragma once

#include <akin/config.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

/// The similarity of two vectors; larger always means nearer.
enum class metric {
  inner_product,  ///< x . y
  cosine,         ///< x . y / (|x| |y|); not defined for a vector of zeros
  euclidean       ///< -|x - y|, the distance negated
};

struct nearest_neighbors_options {
  akin::metric metric = akin::metric::inner_product;
};

template <class Options, class Visit>
fields_of<nearest_neighbors_options, Options> fields(Options& options, const Visit& visit) {
  visit("metric", options.metric, up_to(metric::euclidean, "must be one of those that there are"));
}

}  // namespace AKIN_SEAM
}  // namespace akin
