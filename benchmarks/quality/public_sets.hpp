/// The public data of --defaults and --best.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "quality.hpp"

namespace quality {

/// Interactions of a public data set.
struct public_set {
  std::string name;
  matrix interactions;  ///< users x items
};

/// Of gowalla and yelp2018 the first 10,000 users.
std::vector<std::string> names_of_public_sets();

/// None if its folder is not there. Throws std::invalid_argument for another name.
std::optional<public_set> read_public_set(const std::filesystem::path& data, const std::string& name);

}  // namespace quality
