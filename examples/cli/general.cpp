#include "general.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <functional>
#include <optional>
#include <unistd.h>

namespace cli {
namespace {

template <class Number>
std::optional<Number> parsed(const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

CLI::Validator rule(std::string words, std::function<bool(const std::string&)> allows) {
  return {[words = std::move(words), allows = std::move(allows)](const std::string& text) {
            return allows(text) ? std::string() : "must be " + words + ", got \"" + text + "\"";
          },
          ""};
}

std::string digits(double x) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, x).ptr};
}

}  // namespace

void add_general(CLI::App& command, general_options& options) {
  command.add_flag("--json", options.json, "Write the result to standard output as JSON, and nothing else");
  command.add_flag("--quiet,-q", options.quiet, "Write no notes and no progress to standard error");
  command
      .add_option("--threads", options.threads,
                  "Number of threads, by default one a core; the result does not depend on it")
      ->type_name("N")
      ->check(whole_number(1));
}

CLI::Option* add_output(CLI::App& command, std::string& path, const std::string& description) {
  return command.add_option("-o,--output", path, description)->type_name("FILE");
}

akin::execution::parallel_policy policy_of(const general_options& options) {
  return options.threads > 0 ? akin::execution::par.threads(options.threads) : akin::execution::par;
}

CLI::Validator whole_number(long long least) {
  constexpr long long most = 2147483647;
  return rule("a whole number from " + std::to_string(least) + " to " + std::to_string(most),
              [least](const std::string& text) {
                const auto number = parsed<long long>(text);
                return number && *number >= least && *number <= most;
              });
}

CLI::Validator number_above(double low) {
  return rule("a number above " + digits(low), [low](const std::string& text) {
    const auto number = parsed<double>(text);
    return number && std::isfinite(*number) && *number > low;
  });
}

CLI::Validator number_inside(double low, double high) {
  return rule("a number above " + digits(low) + " and below " + digits(high), [low, high](const std::string& text) {
    const auto number = parsed<double>(text);
    return number && *number > low && *number < high;
  });
}

// A validator keeps its words as its name, which nothing shows.
CLI::Validator one_of(const std::vector<std::string>& words) {
  return rule("one of " + listed(words),
              [words](const std::string& text) { return std::ranges::find(words, text) != words.end(); })
      .name(CLI::detail::join(words, " "));
}

CLI::Validator such_as(const std::vector<std::string>& words) {
  return rule("", [](const std::string&) { return true; }).name(CLI::detail::join(words, " "));
}

std::vector<std::string> words_of(CLI::Option& option) {
  std::string name;
  try {
    name = option.get_validator(0)->get_name();
  } catch (const CLI::OptionNotFound&) {
  }
  return name.empty() ? std::vector<std::string>() : CLI::detail::split(name, ' ');
}

std::string listed(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
  return list;
}

void require_writable(const std::string& path) {
  const std::filesystem::path target(path), parent = target.parent_path();
  const std::filesystem::path folder = parent.empty() ? "." : parent;
  std::error_code ignored;
  if (std::filesystem::is_directory(target, ignored)) throw std::runtime_error(path + " is a folder, not a file");
  if (!std::filesystem::is_directory(folder, ignored))
    throw std::runtime_error(path + " cannot be written: there is no folder " + folder.string());
  if (::access(folder.c_str(), W_OK) != 0)
    throw std::runtime_error(path + " cannot be written: no permission to write to the folder " + folder.string());
}

}  // namespace cli
