/// @file
/// A fitted model and names, for what is asked by name.
#pragma once

#include <cstdint>
#include <string>

#include <akin/data/id_map.hpp>

#include "support/model_harness.hpp"

/// n0, n1, …
inline akin::id_map numbered(std::int64_t size) {
  akin::id_map ids;
  for (std::int64_t i = 0; i < size; ++i) ids.insert("n" + std::to_string(i));
  return ids;
}

/// A model of some clicks.
template <class Model>
Model fitted() {
  Model model;
  model.fit(akin_test::some_clicks<Model>());
  return model;
}
