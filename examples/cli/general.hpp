/// @file
/// What all commands share: their common options, rules for values, and errors of use.
#pragma once

#include <CLI/CLI.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include <akin/execution.hpp>

namespace cli {

/// Exit codes, as documented.
inline constexpr int exit_failed = 1, exit_wrong_use = 2, exit_interrupted = 130;

/// The command was used in a wrong way.
struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct general_options {
  bool json = false;
  bool quiet = false;
  int threads = 0;
};

/// Adds --json, --quiet and --threads.
void add_general(CLI::App& command, general_options& options);

/// Adds --output.
CLI::Option* add_output(CLI::App& command, std::string& path, const std::string& description);

akin::execution::parallel_policy policy_of(const general_options& options);

/// Rules for the text of an option; the refusal is the rest of a sentence that begins with the option's name.
CLI::Validator whole_number(long long least);
CLI::Validator number_above(double low);
CLI::Validator number_inside(double low, double high);
CLI::Validator one_of(const std::vector<std::string>& words);
/// Refuses nothing: words that a completion offers.
CLI::Validator such_as(const std::vector<std::string>& words);
/// The words of one_of or such_as of an option; none if it has no such rule.
std::vector<std::string> words_of(CLI::Option& option);

/// "a, b, c".
std::string listed(const std::vector<std::string>& words);

/// Throws unless a file can be created at this path: before hours of work, not after them.
void require_writable(const std::string& path);

}  // namespace cli
