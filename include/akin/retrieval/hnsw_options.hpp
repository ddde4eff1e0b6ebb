/// @file
/// Parameters of hnsw. C++17-clean, no Eigen; needs no hnswlib.
#pragma once

#include <cstdint>

#include <akin/config.hpp>
#include <akin/model/fields.hpp>
#include <akin/retrieval/nearest_neighbors_options.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct hnsw_options {
  akin::metric metric = akin::metric::inner_product;
  int m = 16;                 ///< 2 to 10000, links of a vector on each level, twice that on the lowest
  int ef_construction = 200;  ///< >= 1, vectors that are looked at closely to link one
  int ef_search = 64;         ///< >= 1, the same to answer a query: more find more neighbours, and take longer
  std::uint64_t seed = 0;     ///< of the vectors' levels
};

template <class Options, class Visit>
fields_of<hnsw_options, Options> fields(Options& options, const Visit& visit) {
  visit("metric", options.metric, up_to(metric::euclidean, "must be one of those that there are"));
  visit("m", options.m, between(2, 10000));
  visit("ef_construction", options.ef_construction, positive);
  visit("ef_search", options.ef_search, positive);
  visit("seed", options.seed);
}

}  // namespace AKIN_SEAM
}  // namespace akin
