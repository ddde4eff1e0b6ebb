/// @file
/// The commands and options of an app, for pages that are generated from it.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

std::vector<CLI::App*> visible_commands(CLI::App& app);
/// Options with a name that begins with a hyphen.
std::vector<CLI::Option*> named_options(CLI::App& command);
std::vector<CLI::Option*> positional_options(CLI::App& command);
/// "-o", "--output".
std::vector<std::string> names_of(const CLI::Option& option);
bool takes_value(const CLI::Option& option);
bool takes_file(const CLI::Option& option);

/// The text with each occurrence of `from` replaced.
std::string replaced(std::string text, std::string_view from, std::string_view to);

}  // namespace cli
