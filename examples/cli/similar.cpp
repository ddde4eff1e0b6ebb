#include <memory>

#include "commands.hpp"
#include "lists.hpp"
#include "output.hpp"
#include "shops.hpp"

namespace cli {
namespace {

struct similar_options {
  general_options general;
  std::string model_file;
  std::vector<std::string> items;
  int k = 10;
};

void similar(const similar_options& asked) {
  const shop from = load_shop(asked.model_file);
  for (const std::string& item : asked.items) item_of(from, item, asked.model_file);
  json all = json::array();
  std::string text;
  for (const std::string& item : asked.items) {
    const named_list list = from.similar_items(item, {.k = asked.k});
    all.push_back({{"item", item}, {"items", json_of(list)}});
    text += (text.empty() ? "" : "\n") + one_line(item) + '\n' + text_of(list);
  }
  if (asked.general.json)
    print_json(all);
  else
    print(text);
}

}  // namespace

void add_similar(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("similar", "Show the items that are most similar to an item");
  const auto options = std::make_shared<similar_options>();
  add_model_file(*command, options->model_file);
  command->add_option("ITEM", options->items, "Names of items")->type_name("NAME")->required();
  command->add_option("-k", options->k, "Length of a list, 10 by default")->type_name("N")->check(whole_number(1));
  add_general(*command, options->general);
  command->callback([options] { similar(*options); });
}

}  // namespace cli
