#include <chrono>
#include <limits>
#include <memory>

#include <akin/data/splits.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/report/report.hpp>

#include "commands.hpp"
#include "logs.hpp"
#include "metrics.hpp"
#include "models.hpp"
#include "output.hpp"
#include "progress_bar.hpp"
#include "shops.hpp"
#include "texts.hpp"

namespace cli {
namespace {

struct evaluate_options {
  general_options general;
  log_options log;
  text_options texts;
  std::vector<std::string> models = {"popularity", "item_knn", "implicit_als"};
  std::vector<std::string> metrics = {"ndcg@10", "recall@10", "hit_rate@10"};
  std::string model_file;
  double test_fraction = 0.2;
  std::uint64_t seed = 0;
  bool count_repeats = false;
  bool timings = false;
  bool csv = false;
};

/// What the models have seen, and what they must find.
struct hold_out {
  akin::sparse_matrix<float> seen, future;
  std::vector<std::string> item_texts;
  std::string protocol;
};

/// A table of results, and how they came about.
struct judgement {
  akin::report table;
  std::string protocol;
};

hold_out held_out(const akin::interaction_log& log, const evaluate_options& asked) {
  const bool by_time = log.has_times();
  const auto [train, test] =
      by_time ? akin::split_by_time(log, {.test_fraction = asked.test_fraction})
              : akin::split_per_user(log, {.test_fraction = asked.test_fraction, .seed = asked.seed});
  const std::string part = short_number(asked.test_fraction * 100) + " %";
  return {matrix_of(train, asked.log), matrix_of(test, asked.log), read_texts(asked.texts, asked.log, log.item_ids()),
          by_time ? "the latest " + part + " of the lines are held out"
                  : "a random " + part + " of each user's lines are held out"};
}

template <class Model>
std::vector<akin::report_metric> results_of(const evaluate_options& asked, const Model& model,
                                            const akin::sparse_matrix<float>& seen,
                                            const akin::sparse_matrix<float>& future) {
  std::vector<akin::report_metric> results;
  for (const std::string& name : asked.metrics) {
    const auto result = akin::evaluate(policy_of(asked.general), model, seen, future,
                                       akin::evaluation_options{.exclude_seen = !asked.count_repeats}, metric_of(name));
    if (result.users == 0) throw std::runtime_error("no user of the test has something new to find");
    results.push_back({name, result[0]});
  }
  return results;
}

judgement judged_models(const evaluate_options& asked) {
  std::vector<model_request> requests;
  for (const std::string& model : asked.models) requests.push_back(requested_model(model));
  const hold_out data = held_out(read_training_log(asked.log, asked.general), asked);
  judgement result{{}, data.protocol};
  for (const model_request& request : requests) {
    const progress_bar bar(asked.general, "training " + request.kind);
    const auto start = std::chrono::steady_clock::now();
    const trained_model trained =
        train_model(policy_of(asked.general), request, data.seen, std::cref(bar), data.item_texts);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    result.table.add(request.text, results_of(asked, trained.model, data.seen, data.future),
                     {.train_seconds = asked.timings ? seconds : std::numeric_limits<double>::quiet_NaN()});
  }
  return result;
}

judgement judged_file(const evaluate_options& asked) {
  const shop loaded = load_shop(asked.model_file);
  const known_log test = read_known_log(asked.log, asked.general, loaded.user_ids(), loaded.item_ids());
  judgement result{{}, "interactions of " + asked.log.path + " that are not yet in " + asked.model_file};
  if (test.left_out > 0)
    result.protocol += "; " + std::to_string(test.left_out) + " lines of unknown users or items left out";
  result.table.add(std::string(loaded.model().kind()),
                   results_of(asked, loaded.model(), akin::sparse_matrix<float>(loaded.histories()),
                              matrix_of(test.log, asked.log)));
  return result;
}

void evaluate(const evaluate_options& asked) {
  if (asked.general.json && asked.csv) throw usage_error("--json and --csv exclude each other");
  for (const std::string& name : asked.metrics) metric_of(name);
  const judgement result = asked.model_file.empty() ? judged_models(asked) : judged_file(asked);
  if (asked.general.json) {
    json object{{"protocol", result.protocol}};
    object.update(json::parse(result.table.json()));
    print_json(object);
  } else if (asked.csv) {
    print(result.table.csv());
  } else {
    print(result.protocol + "\n\n" + result.table.text());
  }
}

}  // namespace

void add_evaluate(CLI::App& app) {
  CLI::App* const command = app.add_subcommand(
      "evaluate", "Judge models on a part of a log that is held out, or a model file on a later log");
  const auto options = std::make_shared<evaluate_options>();
  add_log(*command, options->log)->required();
  CLI::Option* const models =
      command
          ->add_option("-m,--model", options->models,
                       "A model with its options, such as implicit_als:factors=64,iterations=5; may be given several "
                       "times. By default popularity, item_knn and implicit_als")
          ->type_name("MODEL")
          ->check(such_as(model_kinds()))
          ->expected(1)
          ->take_all();
  command->add_option("--model-file", options->model_file, "A model file to judge on LOG, all of it")
      ->type_name("FILE")
      ->excludes(models);
  command
      ->add_option("--metric", options->metrics,
                   "NAME@K of " + listed(metric_names()) +
                       "; may be given several times. By default ndcg@10, recall@10 and hit_rate@10")
      ->type_name("METRIC")
      ->check(such_as(usual_metrics()))
      ->expected(1)
      ->take_all();
  command->add_option("--test-fraction", options->test_fraction, "Part of the log that is held out, 0.2 by default")
      ->type_name("PART")
      ->check(number_inside(0, 1));
  command->add_option("--seed", options->seed, "Of the random part where the log has no times, 0 by default")
      ->type_name("N")
      ->check(whole_number(0));
  command->add_flag("--count-repeats", options->count_repeats, "Items that a user has had count as well");
  command->add_flag("--timings", options->timings, "Show the seconds of each training");
  command->add_flag("--csv", options->csv, "Write the table as CSV, with all digits");
  add_texts(*command, options->texts);
  add_combine(*command, options->log);
  add_general(*command, options->general);
  command->callback([options] { evaluate(*options); });
}

}  // namespace cli
