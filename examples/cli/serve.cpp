#include <memory>

#include "commands.hpp"
#include "general.hpp"
#include "service.hpp"
#include "shops.hpp"

namespace cli {

void add_serve(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("serve", "Answer over HTTP from a model file, until Ctrl-C");
  const auto model = std::make_shared<std::string>(), events = std::make_shared<std::string>();
  const auto options = std::make_shared<service_options>();
  add_model_file(*command, *model);
  command->add_option("--events", *events, "Log of events: made if there is none, learnt again at the start")
      ->type_name("FILE")
      ->required();
  command->add_option("--host", options->host, "Address to listen at, 127.0.0.1 by default")->type_name("ADDRESS");
  command->add_option("--port", options->port, "Port to listen at, 8080 by default; 0 for any free one")
      ->type_name("N")
      ->check(whole_number(0));
  command->callback([=] {
    options->model = *model;
    options->events = *events;
    if (run_service(*options) != 0) throw std::runtime_error("the service has failed");
  });
}

}  // namespace cli
