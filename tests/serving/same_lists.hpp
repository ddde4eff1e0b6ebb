/// @file
/// Lists that must be the same to the bit, and files for them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>

#include "hybrid/hybrid_data.hpp"

template <class Lists>
void check_same(const Lists& x, const Lists& y) {
  REQUIRE(x.size() == y.size());
  for (std::size_t u = 0; u < x.size(); ++u) {
    CHECK(hybrid_test::items_of(x, u) == hybrid_test::items_of(y, u));
    CHECK(std::ranges::equal(x.scores(u), y.scores(u)));
  }
}

inline std::filesystem::path scratch_file(const char* name) { return std::filesystem::temp_directory_path() / name; }
