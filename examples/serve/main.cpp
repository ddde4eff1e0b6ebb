// A service over a model file, or over a shop's log, from which it trains a model first.
//
//   example_serve MODEL_FILE --events EVENTS.csv [--items ITEMS.csv] [--port 8080] …
//   example_serve FOLDER [OPTION VALUE]…
//
// FOLDER holds purchases.csv and items.csv (data/online-retail.tar.xz). The model and the log of events are written
// there too, and events of former runs are learnt.
//
// docs/service.md describes the routes and the other options.
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <getopt.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <akin/data/concatenate.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/data/read_interactions.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/serving/bundle.hpp>

#include "service.hpp"

namespace {

constexpr const char* usage =
    "usage: example_serve MODEL_FILE --events EVENTS.csv [--items ITEMS.csv] [OPTION VALUE]...\n"
    "       example_serve FOLDER [OPTION VALUE]...    with purchases.csv and items.csv of Online Retail\n"
    "options: --host 127.0.0.1  --port 8080  --connections 128  --max-k 1000  --max-body 65536\n"
    "         --requests-per-second 0 (no limit)  --burst 100  --cached-answers 100000  --item-column stock_code\n"
    "         --text-column description  --measuring\n";

template <class Number>
Number number_of(std::string_view name, std::string_view text) {
  Number value = {};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size())
    throw std::invalid_argument("--" + std::string(name) + " must be a number, got \"" + std::string(text) + "\"");
  return value;
}

/// An option of the command line, and what to do with its value.
struct named_option {
  const char* name;
  std::function<void(const char*)> take;
};

template <class Value>
named_option into(const char* name, Value& place) {
  return {name, [name, &place](const char* text) {
            if constexpr (std::is_arithmetic_v<Value>)
              place = number_of<Value>(name, text);
            else
              place = text;
          }};
}

/// Trains on the purchases, and on what the service has logged since.
void train(const std::filesystem::path& folder, const service_options& options) {
  auto log = akin::read_interactions(folder / "purchases.csv", {.user = "customer_id", .item = "stock_code"});
  if (std::filesystem::exists(options.events) && std::filesystem::file_size(options.events) > 0)
    log = akin::concatenate(log, akin::read_interactions(options.events, {.separator = ',', .ids_of = &log}));
  const auto bought = log.matrix(akin::duplicates::count);
  akin::item_knn<float> model;
  // On one thread: others would be there before the service decides who gets its signals.
  model.fit(akin::execution::seq, bought);
  akin::save_bundle(model, options.model, log.user_ids(), log.item_ids(), bought);
  std::printf("trained on %zu lines of %zu customers and %zu products\n", log.size(), log.user_ids().size(),
              log.item_ids().size());
}

/// What the command line asks for; the model is its first argument.
service_options parse(int argc, char** argv) {
  service_options asked;
  const std::vector<named_option> options = {into("events", asked.events),
                                             into("items", asked.items),
                                             into("host", asked.host),
                                             into("port", asked.port),
                                             into("connections", asked.connections),
                                             into("max-k", asked.max_k),
                                             into("max-body", asked.max_body),
                                             into("requests-per-second", asked.requests_per_second),
                                             into("burst", asked.burst),
                                             into("cached-answers", asked.cached_answers),
                                             into("item-column", asked.item_column),
                                             into("text-column", asked.text_column),
                                             {"measuring", [&](const char*) { asked.measuring = true; }}};
  std::vector<option> known;
  for (const named_option& o : options)
    known.push_back({o.name, std::string_view(o.name) == "measuring" ? no_argument : required_argument, nullptr, 0});
  known.push_back({"help", no_argument, nullptr, 'h'});
  known.push_back({});
  int found = 0;
  for (int next = 0; (next = getopt_long(argc, argv, "", known.data(), &found)) != -1;) {
    if (next == 'h') {
      std::fputs(usage, stdout);
      std::exit(0);
    }
    if (next != 0) throw std::invalid_argument(usage);
    options[static_cast<std::size_t>(found)].take(optarg);
  }
  if (optind + 1 != argc) throw std::invalid_argument(usage);
  asked.model = argv[optind];
  return asked;
}

int run(int argc, char** argv) {
  service_options options = parse(argc, argv);
  if (std::filesystem::is_directory(options.model)) {
    const std::filesystem::path folder = options.model;
    if (options.items.empty()) options.items = folder / "items.csv";
    if (options.events.empty()) options.events = folder / "events.csv";
    options.model = folder / "shop.model";
    train(folder, options);
  }
  return run_service(options);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "example_serve: %s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "example_serve: %s\n", error.what());
    return 1;
  }
}
