/// @file
/// Texts about items, for models that learn from them.
#pragma once

#include <string>
#include <vector>

#include <akin/data/id_map.hpp>

#include "logs.hpp"

namespace cli {

struct text_options {
  std::string path;
  std::string column;
};

/// Adds --item-texts and --text-column.
void add_texts(CLI::App& command, text_options& options);

/// A text for each item; none at all if nobody asked for texts. The column of the items is that of the log, if it was
/// named and the table has it, else found by its name.
std::vector<std::string> read_texts(const text_options& options, const log_options& log, const akin::id_map& items);

}  // namespace cli
