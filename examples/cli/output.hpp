/// @file
/// Results on standard output, notes and progress on standard error.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "general.hpp"

namespace cli {

using json = nlohmann::ordered_json;

/// Writes a part of the result; throws if standard output takes no more.
void print(std::string_view text);
/// The same as JSON, on one line.
void print_json(const json& value);
/// Brings everything to standard output; throws if that fails.
void flush_output();

/// The text of JSON, on one line; bytes that are no UTF-8 are replaced.
std::string text_of(const json& value);

/// A note for people, as a line on standard error, unless it is to be quiet.
void note(const general_options& options, std::string_view text);

/// A name as a part of a line: control characters become spaces.
std::string one_line(std::string_view name);

/// Four significant digits.
std::string short_number(double x);

/// The double with the fewest digits that reads back as this float: short in JSON.
double shortest(float x);

/// Columns that are as wide as their widest field; those of `right` are aligned to the right.
std::string aligned(const std::vector<std::vector<std::string>>& rows, std::string_view right);

}  // namespace cli
