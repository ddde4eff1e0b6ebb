/// @file
/// Reading the log of a command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <akin/data/id_map.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/data/read_interactions.hpp>
#include <akin/matrix.hpp>

#include "general.hpp"

namespace cli {

struct log_options {
  std::string path;
  std::optional<std::string> user, item, value, time;  // columns; empty text: none
  std::string separator;
  std::string combine = "sum";
  std::string time_format = "automatic";
  std::string time_unit = "seconds";
  bool no_header = false;
  bool skip_missing = false;
};

/// Adds the options that say how a log is read; the log itself is a positional argument LOG where it is not optional.
void add_log_columns(CLI::App& command, log_options& options);
CLI::Option* add_log(CLI::App& command, log_options& options);
/// Adds --combine with these words.
void add_combine(CLI::App& command, log_options& options,
                 const std::vector<std::string>& words = {"sum", "count", "last", "max"});

/// Reads the log; columns that were not named are found by their names. With `ids_of` its names keep the ids of that
/// log.
akin::interaction_log read_log(const log_options& options, const general_options& general,
                               const akin::interaction_log* ids_of = nullptr);

/// The same for a model that learns: throws if the log has no lines.
akin::interaction_log read_training_log(const log_options& options, const general_options& general);

/// A log in the names of others; `left_out` counts the lines with other names.
struct known_log {
  akin::interaction_log log;
  std::size_t left_out = 0;
};
known_log read_known_log(const log_options& options, const general_options& general, const akin::id_map& users,
                         const akin::id_map& items);

/// Users x items, several lines of a user and an item combined as asked for.
akin::sparse_matrix<float> matrix_of(const akin::interaction_log& log, const log_options& options);

}  // namespace cli
