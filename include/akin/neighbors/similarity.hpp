/// @file
/// Similarity measures of two items (or two users), and their use. x and y are two columns of the interactions for
/// items, two rows for users; values that are not stored are 0, n is the number of stored values.
#pragma once

#include <akin/config.hpp>

namespace akin {
inline namespace AKIN_SEAM {

/// The first six use the values, the others count stored cells. `shrinkage` h is added to each denominator.
enum class similarity {
  cosine,           ///< x'y / (|x| |y| + h)
  adjusted_cosine,  ///< for items: every user's mean subtracted, then x'y / (|x| |y| + h) over the users who have both
  pearson,          ///< each one's own mean subtracted, then x'y / (|x| |y| + h) over those who have both
  asymmetric_cosine,        ///< x'y / (|x|^2a |y|^2(1-a) + h), a the option `asymmetry`
  euclidean,                ///< 1 / (1 + d + h), d the root mean squared difference over those who have both
  jaccard,                  ///< n_xy / (n_x + n_y - n_xy + h)
  dice,                     ///< n_xy / (n_x/2 + n_y/2 + h)
  tversky,                  ///< n_xy / (n_xy + a (n_x - n_xy) + b (n_y - n_xy) + h), options tversky_alpha and _beta
  conditional_probability,  ///< n_xy / (n_x + h): the share of the users of x who have y
  lift,                     ///< n_xy / (n_x n_y / n + h): common users relative to independence
};

/// The centering that is subtracted from the values first, and added to a predicted rating.
enum class centering {
  none,
  user_mean,  ///< the mean of the user's values
  item_mean,  ///< the mean of the item's values
  baseline,   ///< mean, item's and user's bias, damped: see akin::bias
  z_score     ///< the user's mean, then divided by the deviation of the user's values
};

/// The aggregation of the neighbours' values to a score.
enum class aggregation {
  sum,              ///< sum of s_ij r_ui: for ranking
  weighted_average  ///< the same divided by the sum of |s_ij|, plus the centering terms: a rating
};

/// A weighting of the values for the similarities, as in akin::weighting; scores use the original values.
enum class interaction_weighting { none, tf_idf, bm25, log };

}  // namespace AKIN_SEAM
}  // namespace akin
