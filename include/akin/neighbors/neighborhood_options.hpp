/// @file
/// The options of item_knn and user_knn.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>

#include <akin/config.hpp>
#include <akin/model/data_shape.hpp>
#include <akin/model/fields.hpp>
#include <akin/neighbors/similarity.hpp>

namespace akin {
inline namespace AKIN_SEAM {

/// For automatic options see chosen_for_items and chosen_for_users.
struct neighborhood_options {
  std::optional<int> neighbors = std::nullopt;  ///< >= 1, kept of each item (or user); 20 to 500
  std::optional<akin::similarity> similarity = std::nullopt;
  double shrinkage = 0;     ///< >= 0, added to a denominator: shrinks similarities with little support
  int minimum_support = 1;  ///< >= 1, the least number of common users (or items)
  /// >= 0, g of the factor n/(n+g), n the number of common users (or items).
  std::optional<double> significance = std::nullopt;
  std::optional<double> amplification = std::nullopt;  ///< > 0, power of the similarities that are kept; 1 to 3
  double asymmetry = 0.5;      ///< 0 to 1, of asymmetric_cosine; 0.5 is the cosine, 1 a conditional probability
  double tversky_alpha = 1;    ///< >= 0, of tversky; 1, 1 is Jaccard's measure, 0.5, 0.5 Dice's
  double tversky_beta = 1;     ///< >= 0, of tversky
  bool keep_negative = false;  ///< whether negative similarities are kept
  akin::centering centering = centering::none;
  akin::aggregation aggregation = aggregation::sum;
  std::optional<akin::interaction_weighting> weighting = std::nullopt;
  /// > 0: the value that counts as one interaction where values are weighted.
  std::optional<double> value_unit = std::nullopt;
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
  visit("value_unit", options.value_unit, finite_and_positive);
}

}  // namespace AKIN_SEAM

inline namespace AKIN_ABI {
namespace detail {

/// On dense data many rows are alike, and only the nearest tell something: 1.25 to 2.25, 1.5 for a density of 0.0006.
inline double amplification_of_ranking(const data_shape& data) {
  return std::clamp(1.5 + 0.6 * (std::log10(data.density()) + 3.2), 1.25, 2.25);
}

/// The options with each automatic one chosen, where a ranking is to have this significance.
inline neighborhood_options chosen_neighborhood(const neighborhood_options& asked, const data_shape& data,
                                                double significance) {
  const bool ranks = asked.aggregation == aggregation::sum && asked.centering == centering::none && !asked.similarity &&
                     !data.has_negative;
  const bool weighs = ranks && !asked.weighting;
  neighborhood_options options = asked;
  options.similarity = asked.similarity.value_or(similarity::cosine);
  options.neighbors = asked.neighbors.value_or(ranks ? 200 : 100);
  options.significance = asked.significance.value_or(ranks ? significance : 0);
  options.amplification = asked.amplification.value_or(ranks ? detail::amplification_of_ranking(data) : 1);
  options.weighting = asked.weighting.value_or(ranks ? interaction_weighting::bm25 : interaction_weighting::none);
  options.value_unit = asked.value_unit.value_or(weighs ? data.mean_magnitude : 1);
  return options;
}

}  // namespace detail

/// The options of item_knn with each automatic one chosen. The similarity is the cosine. For a ranking (the sum of
/// values as they are, none of them negative, and no similarity asked for): 200 neighbours, BM25 weights of values in
/// units of their mean, significance 5, amplification 1.25 to 2.25 by the density; values times a constant give the
/// same model. A given weighting has the unit 1. For anything else plain neighbours: 100, no weights, 0, 1. Measured:
/// docs/defaults.md.
inline neighborhood_options chosen_for_items(const neighborhood_options& asked, const data_shape& data) {
  return detail::chosen_neighborhood(asked, data, 5);
}
/// The same of user_knn: significance 0. Measured: docs/defaults.md.
inline neighborhood_options chosen_for_users(const neighborhood_options& asked, const data_shape& data) {
  return detail::chosen_neighborhood(asked, data, 0);
}

}  // namespace AKIN_ABI
}  // namespace akin
