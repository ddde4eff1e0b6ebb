#include <memory>
#include <stdexcept>

#include "commands.hpp"
#include "general.hpp"
#include "service.hpp"
#include "shops.hpp"

namespace cli {
namespace {

struct serve_options {
  std::string model_file, events;
  service_options service;
};

void serve(const serve_options& asked) {
  service_options service = asked.service;
  service.model = asked.model_file;
  service.events = asked.events;
  try {
    if (run_service(service) != 0) throw std::runtime_error("the service has failed");
  } catch (const std::invalid_argument& error) {
    throw usage_error(error.what());
  }
}

}  // namespace

void add_serve(CLI::App& app) {
  CLI::App* const command = app.add_subcommand("serve", "Answer over HTTP from a model file, until Ctrl-C");
  const auto options = std::make_shared<serve_options>();
  add_model_file(*command, options->model_file);
  command->add_option("--events", options->events, "Log of events: made if there is none, learnt again at the start")
      ->type_name("FILE")
      ->required();
  command->add_option("--host", options->service.host, "Address to listen at, 127.0.0.1 by default")
      ->type_name("ADDRESS");
  command->add_option("--port", options->service.port, "Port to listen at, 8080 by default; 0 for any free one")
      ->type_name("N")
      ->check(whole_number(0));
  command->callback([options] { serve(*options); });
}

}  // namespace cli
