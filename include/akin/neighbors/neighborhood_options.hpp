/// @file
/// What item_knn and user_knn are told.
#pragma once

#include <akin/config.hpp>
#include <akin/neighbors/similarity.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct neighborhood_options {
  int neighbors = 100;  ///< >= 1, kept of each item (or user); 20 to 500
  akin::similarity similarity = similarity::cosine;
  double shrinkage = 0;        ///< >= 0, added to a denominator: doubts similarities that rest on little
  int minimum_support = 1;     ///< >= 1, users (or items) that both must have
  double significance = 0;     ///< >= 0, g of the factor n/(n+g), n what both have
  double amplification = 1;    ///< > 0, power of the similarities that are kept; 1 to 3
  double asymmetry = 0.5;      ///< 0 to 1, of asymmetric_cosine; 0.5 is the cosine, 1 a conditional probability
  double tversky_alpha = 1;    ///< >= 0, of tversky; 1, 1 is Jaccard's measure, 0.5, 0.5 Dice's
  double tversky_beta = 1;     ///< >= 0, of tversky
  bool keep_negative = false;  ///< whether neighbours may be unlike
  akin::centering centering = centering::none;
  akin::aggregation aggregation = aggregation::sum;
  akin::interaction_weighting weighting = interaction_weighting::none;
};

}  // namespace AKIN_SEAM
}  // namespace akin
