#include <algorithm>
#include <memory>
#include <utility>

#include <akin/tuning/fit_best.hpp>

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

struct tune_options {
  general_options general;
  log_options log;
  text_options texts;
  double seconds = 60;
  std::string metric = "ndcg@10";
  std::vector<std::string> exclude;
  std::uint64_t seed = 0;
  std::string output;
};

/// The log whose values fit_best sums.
akin::interaction_log summed_log(const akin::interaction_log& log, const log_options& options) {
  if (options.combine == "sum") return log;
  return log.with_values(std::vector<float>(log.size(), 1.0f));
}

json json_of(const akin::trial_result& trial) {
  json parameters = json::object();
  for (const auto& [name, value] : trial.parameters) parameters[name] = value.text();
  json object{{"number", trial.number}, {"seconds", trial.seconds}, {"parameters", std::move(parameters)}};
  if (trial.failed())
    object["error"] = trial.error;
  else
    object.update({{"score", trial.score}, {"standard_error", trial.standard_error}});
  return object;
}

json json_of(const akin::metric_result& result) {
  return {{"value", result.mean}, {"standard_error", result.standard_error}, {"users", result.count}};
}

json json_of(const akin::best_report& report, const std::string& model_file) {
  json members = json::array(), trials = json::array();
  for (const akin::blend_member& member : report.members)
    members.push_back({{"trial", member.trial}, {"weight", member.weight}});
  for (const akin::trial_result& trial : report.trials) trials.push_back(json_of(trial));
  return {{"model_file", model_file},      {"metric", report.metric},   {"expected", json_of(report.expected)},
          {"validation", report.protocol}, {"reason", report.reason},   {"members", std::move(members)},
          {"trials", std::move(trials)},   {"seconds", report.seconds}, {"ended_by_time", report.ended_by_time}};
}

akin::best_fit<float> search(const tune_options& asked, const akin::any_metric& metric,
                             const akin::interaction_log& log) {
  const progress_bar bar(asked.general, "trying models");
  double trained = 0, best = 0;
  const auto observe = [&](const akin::trial_result& trial) {
    trained += trial.seconds;
    if (!trial.failed()) best = std::max(best, trial.score);
    bar.show(trained / asked.seconds,
             std::to_string(trial.number + 1) + " trials, best " + asked.metric + " " + short_number(best));
  };
  return akin::fit_best(policy_of(asked.general), log,
                        {.seconds = asked.seconds,
                         .metric = metric,
                         .exclude = asked.exclude,
                         .seed = asked.seed,
                         .item_texts = read_texts(asked.texts, asked.log, log.item_ids())},
                        observe);
}

void tune(const tune_options& asked) {
  const akin::any_metric metric = metric_of(asked.metric);
  require_writable(asked.output);
  const akin::interaction_log log = summed_log(read_training_log(asked.log, asked.general), asked.log);
  const akin::best_fit<float> best = search(asked, metric, log);
  save_shop(best.model, log.user_ids(), log.item_ids(), log.matrix(akin::duplicates::sum), best.report.metadata(),
            asked.output);
  if (asked.general.json)
    print_json(json_of(best.report, asked.output));
  else
    print(best.report.text());
}

}  // namespace

void add_tune(CLI::App& app) {
  CLI::App* const command =
      app.add_subcommand("tune", "Find the best model for a log within a time and write a model file");
  const auto options = std::make_shared<tune_options>();
  add_log(*command, options->log)->required();
  command->add_option("--seconds", options->seconds, "Time for everything, 60 by default")
      ->type_name("SECONDS")
      ->check(number_above(0));
  command->add_option("--metric", options->metric, "By which the best is chosen, ndcg@10 by default")
      ->type_name("METRIC")
      ->check(such_as(usual_metrics()));
  command->add_option("--exclude", options->exclude, "A kind of model that is not tried; may be given several times")
      ->type_name("MODEL")
      ->check(one_of(model_kinds()))
      ->expected(1)
      ->take_all();
  command->add_option("--seed", options->seed, "Of the random choices, 0 by default")
      ->type_name("N")
      ->check(whole_number(0));
  add_output(*command, options->output, "The model file")->required();
  add_texts(*command, options->texts);
  add_combine(*command, options->log, {"sum", "count"});
  add_general(*command, options->general);
  command->callback([options] { tune(*options); });
}

}  // namespace cli
