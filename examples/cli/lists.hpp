/// @file
/// Lists of items with scores, for people and as JSON.
#pragma once

#include <string>

#include "output.hpp"
#include "shops.hpp"

namespace cli {

using named_list = shop::named_items;

json json_of(const named_list& list);
/// A line for each item: its rank, name and score.
std::string text_of(const named_list& list);

}  // namespace cli
