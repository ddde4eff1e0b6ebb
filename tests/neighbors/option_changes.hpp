/// @file
/// A change to each of the options that item_knn and user_knn share.
#pragma once

#include <vector>

#include <akin/neighbors/neighborhood_options.hpp>

#include "support/promise_harness.hpp"

inline std::vector<akin_test::option_change<akin::neighborhood_options>> neighborhood_changes() {
  return {
      {"neighbors", [](auto& o) { o.neighbors = 3; }},
      {"similarity", [](auto& o) { o.similarity = akin::similarity::jaccard; }},
      {"shrinkage", [](auto& o) { o.shrinkage = 3; }},
      {"minimum_support", [](auto& o) { o.minimum_support = 4; }},
      {"significance", [](auto& o) { o.significance = 5; }},
      {"amplification", [](auto& o) { o.amplification = 2; }},
      {"asymmetry", [](auto& o) { o.asymmetry = 0.9; },
       [](auto& o) { o.similarity = akin::similarity::asymmetric_cosine; }},
      {"tversky_alpha", [](auto& o) { o.tversky_alpha = 0.2; },
       [](auto& o) { o.similarity = akin::similarity::tversky; }},
      {"tversky_beta", [](auto& o) { o.tversky_beta = 0.2; },
       [](auto& o) { o.similarity = akin::similarity::tversky; }},
      {"keep_negative", [](auto& o) { o.keep_negative = true; },
       [](auto& o) { o.similarity = akin::similarity::pearson, o.neighbors = 60; }},
      {"centering", [](auto& o) { o.centering = akin::centering::user_mean; }},
      {"aggregation", [](auto& o) { o.aggregation = akin::aggregation::weighted_average; }},
      {"weighting", [](auto& o) { o.weighting = akin::interaction_weighting::bm25; }},
      {"value_unit", [](auto& o) { o.value_unit = 3; },
       [](auto& o) { o.weighting = akin::interaction_weighting::bm25; }},
  };
}
