#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string_view>

#include <akin/serving/inspect.hpp>

#include "commands.hpp"
#include "logs.hpp"
#include "output.hpp"
#include "shops.hpp"

namespace cli {
namespace {

struct info_options {
  general_options general;
  log_options log;  // its path is that of a model file too
  std::string names;
};

/// Each model file begins with these bytes: docs/model_files.md.
bool is_model_file(const std::string& path) {
  constexpr std::string_view begin =
      "\x89"
      "AKIN";
  std::string bytes(begin.size(), ' ');
  std::ifstream file(path, std::ios::binary);
  return file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())) && bytes == begin;
}

std::string day_of(std::int64_t milliseconds) {
  const std::chrono::sys_time<std::chrono::milliseconds> moment{std::chrono::milliseconds(milliseconds)};
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(moment));
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

json facts_of_model(const std::string& path) {
  const akin::model_info info = akin::inspect(path);
  json facts{{"kind", info.kind}, {"model", info.model}};
  if (!info.parts.empty()) facts["parts"] = info.parts;
  facts["scalar"] = info.scalar;
  if (info.users) facts["users"] = *info.users;
  if (info.items) facts["items"] = *info.items;
  for (const auto& [name, value] : info.metadata) facts["metadata"][name] = value;
  return facts;
}

json facts_of_log(const info_options& asked) {
  const akin::interaction_log log = read_log(asked.log, asked.general);
  json facts{{"kind", "log"},
             {"lines", log.size()},
             {"users", log.user_ids().size()},
             {"items", log.item_ids().size()},
             {"pairs", log.matrix(akin::duplicates::count).nonZeros()}};
  if (log.empty()) return facts;
  const auto [least, most] = std::ranges::minmax(log.values());
  facts.update({{"least_value", least}, {"greatest_value", most}});
  if (!log.has_times()) return facts;
  const auto [first, last] = std::ranges::minmax(log.times());
  facts.update({{"first_day", day_of(first)}, {"last_day", day_of(last)}});
  return facts;
}

void add_rows(std::vector<std::vector<std::string>>& rows, const json& facts) {
  for (const auto& [name, value] : facts.items()) {
    if (value.is_object()) {
      add_rows(rows, value);
    } else if (value.is_array()) {
      rows.push_back({name, listed(value.get<std::vector<std::string>>())});
    } else {
      rows.push_back({name, value.is_string() ? one_line(value.get<std::string>()) : text_of(value)});
    }
  }
}

/// Line i is the name of number i.
void print_names(const info_options& asked) {
  const shop from = load_shop(asked.log.path);
  const akin::id_map& ids = asked.names == "users" ? from.user_ids() : from.item_ids();
  json names = json::array();
  for (std::int32_t id = 0; id < static_cast<std::int32_t>(ids.size()); ++id) {
    if (asked.general.json)
      names.push_back(ids.name_of(id));
    else
      print(one_line(ids.name_of(id)) + '\n');
  }
  if (asked.general.json) print_json(names);
}

void info(const info_options& asked) {
  if (!asked.names.empty()) return print_names(asked);
  const json facts = is_model_file(asked.log.path) ? facts_of_model(asked.log.path) : facts_of_log(asked);
  if (asked.general.json) return print_json(facts);
  std::vector<std::vector<std::string>> rows;
  add_rows(rows, facts);
  print(aligned(rows, "ll"));
}

}  // namespace

void add_info(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("info", "Show the contents of a model file, or of a log");
  const auto options = std::make_shared<info_options>();
  command->add_option("FILE", options->log.path, "A model file or a log")->type_name("FILE")->required();
  command->add_option("--names", options->names, "Write the names of a model file in the order of their numbers")
      ->type_name("SIDE")
      ->check(one_of({"users", "items"}));
  add_log_columns(*command, options->log);
  add_general(*command, options->general);
  command->callback([options] { info(*options); });
}

}  // namespace cli
