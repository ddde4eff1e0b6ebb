#include <memory>
#include <utility>

#include "commands.hpp"
#include "logs.hpp"
#include "models.hpp"
#include "output.hpp"
#include "progress_bar.hpp"
#include "shops.hpp"
#include "texts.hpp"

namespace cli {
namespace {

struct train_options {
  general_options general;
  log_options log;
  text_options texts;
  std::string model;
  std::vector<std::string> options;
  std::string output;
};

std::string words_of_options(const json& options) {
  std::string words;
  for (const auto& [name, value] : options.items())
    if (!value.is_null())
      words += (words.empty() ? "" : ", ") + name + " " + (value.is_string() ? value.get<std::string>() : value.dump());
  return words;
}

void train(const train_options& asked) {
  const model_request request = requested_model(asked.model, asked.options);
  require_writable(asked.output);
  const akin::interaction_log log = read_training_log(asked.log, asked.general);
  akin::sparse_matrix<float> histories = matrix_of(log, asked.log);
  const std::vector<std::string> texts = read_texts(asked.texts, asked.log, log.item_ids());
  trained_model trained = [&] {
    const progress_bar bar(asked.general, "training " + request.kind);
    return train_model(policy_of(asked.general), request, histories, std::cref(bar), texts);
  }();
  const std::string cells = std::to_string(histories.nonZeros());
  save_shop(std::move(trained.model), log.user_ids(), log.item_ids(), std::move(histories),
            {{"options", words_of_options(trained.options)}, {"lines", std::to_string(log.size())}}, asked.output);
  if (asked.general.json)
    print_json(json{{"model_file", asked.output},
                    {"model", request.kind},
                    {"options", trained.options},
                    {"lines", log.size()},
                    {"users", log.user_ids().size()},
                    {"items", log.item_ids().size()}});
  else
    print(asked.output + ": " + request.kind + " of " + std::to_string(log.user_ids().size()) + " users and " +
          std::to_string(log.item_ids().size()) + " items, " + cells + " pairs\n");
}

}  // namespace

void add_train(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("train", "Train one model on a log and write a model file");
  const auto options = std::make_shared<train_options>();
  add_log(*command, options->log)->required();
  command->add_option("-m,--model", options->model, "Kind of model: " + listed(model_kinds()))
      ->type_name("MODEL")
      ->check(such_as(model_kinds()))
      ->required();
  command
      ->add_option(
          "--option", options->options,
          "An option of the model, such as factors=64; may be given several times. Others are chosen by the data")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->take_all();
  add_output(*command, options->output, "The model file")->required();
  add_texts(*command, options->texts);
  add_combine(*command, options->log);
  add_general(*command, options->general);
  command->callback([options] { train(*options); });
}

}  // namespace cli
