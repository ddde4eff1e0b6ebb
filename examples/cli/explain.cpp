#include <memory>

#include <akin/retrieval/explain.hpp>

#include "commands.hpp"
#include "lists.hpp"
#include "output.hpp"
#include "shops.hpp"

namespace cli {
namespace {

struct asked_explanation {
  general_options general;
  std::string model_file;
  std::string user, item;
  int k = 10;
};

void explain(const asked_explanation& asked) {
  const shop from = load_shop(asked.model_file);
  const std::int32_t user = user_of(from, asked.user, asked.model_file);
  const std::int32_t item = item_of(from, asked.item, asked.model_file);
  const named_list reasons = from.explain(asked.user, asked.item, {.k = asked.k});
  const float score = from.model().score(user, item);
  if (asked.general.json)
    print_json(
        json{{"user", asked.user}, {"item", asked.item}, {"score", shortest(score)}, {"reasons", json_of(reasons)}});
  else
    print("score " + short_number(static_cast<double>(score)) + ", most of it from\n" + text_of(reasons));
}

}  // namespace

void add_explain(CLI::App& app) {
  CLI::App* const command =
      app.add_subcommand("explain", "Show which items of a user speak most for an item, and by how much");
  const auto options = std::make_shared<asked_explanation>();
  add_model_file(*command, options->model_file);
  command->add_option("USER", options->user, "Name of the user")->type_name("NAME")->required();
  command->add_option("ITEM", options->item, "Name of the item")->type_name("NAME")->required();
  command->add_option("-k", options->k, "Number of reasons at most, 10 by default")
      ->type_name("N")
      ->check(whole_number(1));
  add_general(*command, options->general);
  command->callback([options] { explain(*options); });
}

}  // namespace cli
