/// @file
/// Parameters of knn_classifier, and how neighbours vote. C++17-clean, no Eigen.
#pragma once

#include <akin/config.hpp>
#include <akin/model/fields.hpp>
#include <akin/retrieval/nearest_neighbors_options.hpp>

namespace akin {
inline namespace AKIN_SEAM {

/// The weight of a neighbour's vote.
enum class votes {
  uniform,  ///< all equal
  distance  ///< 1 / distance; if neighbours are at distance 0, only they vote
};

struct knn_classifier_options {
  int k = 5;  ///< >= 1, neighbours that vote
  akin::metric metric = akin::metric::euclidean;
  votes weighting =
      votes::uniform;  ///< votes::distance needs metric::euclidean, or metric::cosine with distance 1 - cosine
};

template <class Options, class Visit>
fields_of<knn_classifier_options, Options> fields(Options& options, const Visit& visit) {
  visit("k", options.k, positive);
  visit("metric", options.metric, up_to(metric::euclidean, "must be one of those that there are"));
  visit("weighting", options.weighting, up_to(votes::distance, "must be one of those that there are"));
}

}  // namespace AKIN_SEAM
}  // namespace akin
