/// @file
/// Model files: a model of any kind with names and histories.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <akin/data/interaction_log.hpp>
#include <akin/matrix.hpp>
#include <akin/serving/any_recommender.hpp>
#include <akin/serving/bundle.hpp>

#include "general.hpp"

namespace cli {

using shop = akin::bundle<akin::any_recommender<float>>;
using metadata = std::map<std::string, std::string>;

/// Adds the positional argument MODEL_FILE.
void add_model_file(CLI::App& command, std::string& path);

shop load_shop(const std::string& path);

/// Writes a model file, whole or not at all.
void save_shop(akin::any_recommender<float> model, const akin::id_map& user_ids, const akin::id_map& item_ids,
               akin::sparse_matrix<float> histories, const metadata& about, const std::string& path);

/// The number of a name in a model file; throws with the name and the file if it has no such user or item.
std::int32_t user_of(const shop& from, const std::string& name, const std::string& path);
std::int32_t item_of(const shop& from, const std::string& name, const std::string& path);

}  // namespace cli
