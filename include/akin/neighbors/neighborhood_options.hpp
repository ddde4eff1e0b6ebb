/// @file
/// The options of item_knn and user_knn.
#pragma once

#include <akin/config.hpp>
#include <akin/model/fields.hpp>
#include <akin/neighbors/similarity.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct neighborhood_options {
  int neighbors = 100;  ///< >= 1, kept of each item (or user); 20 to 500
  akin::similarity similarity = similarity::cosine;
  double shrinkage = 0;        ///< >= 0, added to a denominator: shrinks similarities with little support
  int minimum_support = 1;     ///< >= 1, the least number of common users (or items)
  double significance = 0;     ///< >= 0, g of the factor n/(n+g), n the number of common users (or items)
  double amplification = 1;    ///< > 0, power of the similarities that are kept; 1 to 3
  double asymmetry = 0.5;      ///< 0 to 1, of asymmetric_cosine; 0.5 is the cosine, 1 a conditional probability
  double tversky_alpha = 1;    ///< >= 0, of tversky; 1, 1 is Jaccard's measure, 0.5, 0.5 Dice's
  double tversky_beta = 1;     ///< >= 0, of tversky
  bool keep_negative = false;  ///< whether negative similarities are kept
  akin::centering centering = centering::none;
  akin::aggregation aggregation = aggregation::sum;
  akin::interaction_weighting weighting = interaction_weighting::none;
};

template <class Options, class Visit>
fields_of<neighborhood_options, Options> fields(Options& options, const Visit& visit) {
  visit("neighbors", options.neighbors, positive);
  visit("similarity", options.similarity, up_to(similarity::lift));
  visit("shrinkage", options.shrinkage, finite_and_not_negative);
  visit("minimum_support", options.minimum_support, positive);
  visit("significance", options.significance, finite_and_not_negative);
  visit("amplification", options.amplification, finite_and_positive);
  visit("asymmetry", options.asymmetry, in_unit_interval);
  visit("tversky_alpha", options.tversky_alpha, finite_and_not_negative);
  visit("tversky_beta", options.tversky_beta, finite_and_not_negative);
  visit("keep_negative", options.keep_negative, detail::stored_as<int>());
  visit("centering", options.centering, up_to(centering::z_score));
  visit("aggregation", options.aggregation, up_to(aggregation::weighted_average));
  visit("weighting", options.weighting, up_to(interaction_weighting::log));
}

}  // namespace AKIN_SEAM
}  // namespace akin
