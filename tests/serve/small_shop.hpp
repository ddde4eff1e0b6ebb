/// @file
/// A small shop for tests.
#pragma once

#include <cstdint>
#include <examples/serve/shop.hpp>
#include <string>
#include <utility>

#include <akin/data/id_map.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/neighbors/item_knn.hpp>

namespace akin_test {

inline akin::id_map names(const std::string& first, std::int64_t count) {
  akin::id_map ids;
  for (std::int64_t i = 0; i < count; ++i) ids.insert(first + std::to_string(i));
  return ids;
}

inline akin::sparse_matrix<float> clicks(std::uint64_t seed = 1) {
  return akin::synthetic::power_law_clicks<float>({.users = 60, .items = 40, .interactions = 600, .seed = seed});
}

/// Users u0 … u59 and items i0 … i39.
template <class Model>
shop_bundle small_bundle(Model model, const akin::sparse_matrix<float>& x) {
  return shop_bundle(akin::any_recommender<float>(std::move(model)), names("u", x.rows()), names("i", x.cols()), x);
}
inline shop_bundle small_bundle(std::uint64_t seed = 1) {
  akin::item_knn<float> model({.neighbors = 10});
  const auto x = clicks(seed);
  model.fit(akin::execution::seq, x);
  return small_bundle(std::move(model), x);
}
inline catalogue small_catalogue(std::uint64_t seed = 1) { return {small_bundle(seed), {}}; }

}  // namespace akin_test
