/// The same as settings.hpp for models made of models.
#pragma once

#include <string>
#include <vector>

#include <akin/graph/graph_filter_options.hpp>
#include <akin/hybrid/blend_options.hpp>
#include <akin/neighbors/neighborhood_options.hpp>

#include "settings.hpp"
#include "settings_items.hpp"

namespace quality {

/// implicit_als and graph_filter with the settings that each has alone, and plain user_knn; their weights
/// are learnt.
struct blend_setting {
  list_setting factors;
  akin::graph_filter_options filter;
  akin::neighborhood_options neighbors;
  akin::normalization how;
};

inline std::string describe(const blend_setting& s) {
  const char* const names[] = {"none", "min_max", "z_score", "rank"};
  return "blend of " + describe(s.factors) + ", " + describe(s.filter) + " and user_knn" +
         named("neighbors", s.neighbors.neighbors) + ", normalization " + names[static_cast<int>(s.how)] +
         ", weights learnt";
}

inline std::vector<list_task<blend_setting>> blend_tasks() {
  const auto task = [](const char* folder, const char* to_reach, const list_setting& factors,
                       const akin::graph_filter_options& filter) {
    const auto with = [&](akin::normalization how) { return blend_setting{factors, filter, plain(100), how}; };
    return list_task<blend_setting>{
        folder,
        to_reach,
        with(akin::normalization::z_score),
        {with(akin::normalization::none), with(akin::normalization::min_max), with(akin::normalization::z_score)}};
  };
  return {task("gowalla", "0.196 / 0.163", ials(1024, 0.01, 0.005, 0.3), akin::chebyshev_cf()),
          task("yelp2018", "0.0723 / 0.0604", ials(512, 0.01, 0.01, 0.3), plateau(4, 4, 0.17, 0.4, 0.3))};
}

}  // namespace quality
