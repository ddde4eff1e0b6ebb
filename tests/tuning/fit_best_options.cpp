#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <akin/tuning/fit_best.hpp>

#include "support/catch.hpp"
#include "tuning/tuning_data.hpp"

using namespace tuning_test;
namespace execution = akin::execution;

namespace {

auto fit(const akin::fit_best_options& options) { return akin::fit_best(execution::seq, some_clicks(), options); }

/// The message for one trial that fails.
std::string error_of(const akin::trial_result& trial) {
  const auto best = fit({.trials = {trial_of("item_knn"), trial}});
  return best.trials.at(1).error;
}

}  // namespace

TEST_CASE("fit_best refuses options out of range, each by a sentence") {
  CHECK_THROWS_WITH(fit({.seconds = 0}), "fit_best: seconds must be positive, got 0");
  CHECK_THROWS_WITH(fit({.seconds = std::numeric_limits<double>::quiet_NaN()}), contains("seconds must be positive"));
  CHECK_THROWS_WITH(fit({.memory_limit = -1}), "fit_best: memory_limit must be positive, got -1");
  for (const double fraction : {0.0, 1.0, -0.5})
    CHECK_THROWS_WITH(fit({.validation_fraction = fraction}),
                      contains("fit_best: validation_fraction must be above 0 and below 1, got "));
  CHECK_THROWS_WITH(fit({.validation_users = 2}), "fit_best: validation_users must be at least 3, got 2");
  CHECK_THROWS_WITH(fit({.blend = 0}), "fit_best: blend must be positive, got 0");
  CHECK_THROWS_WITH(fit({.exclude = {"ease", "knn"}}),
                    "fit_best: exclude must name kinds of models that are tried, got \"knn\"");
  CHECK_THROWS_WITH(fit({.metric = akin::metrics::ndcg{0}}), "fit_best: k of the metric must be positive, got 0");
  CHECK_THROWS_AS(fit({.seconds = 0}), std::invalid_argument);
}

TEST_CASE("fit_best refuses side data that do not fit, with both numbers") {
  CHECK_THROWS_WITH(fit({.item_features = akin::sparse_matrix<float>(59, 3)}),
                    "fit_best: item_features must have 60 rows, as the data have, got 59");
  CHECK_THROWS_WITH(fit({.item_texts = std::vector<std::string>(61)}),
                    "fit_best: item_texts must have 60 rows, as the data have, got 61");
  CHECK_THROWS_WITH(fit({.user_segments = akin::sparse_matrix<float>(60, 3)}),
                    "fit_best: user_segments must have 150 rows, as the data have, got 60");
  CHECK_THROWS_WITH(
      fit({.item_features = akin::sparse_matrix<float>(60, 3), .item_texts = std::vector<std::string>(60)}),
      contains("there must not be both item_features and item_texts"));
}

TEST_CASE("fit_best refuses validation data of another shape, or malformed, or without anything to find") {
  CHECK_THROWS_WITH(fit({.validation = akin::sparse_matrix<float>(149, 60)}),
                    "fit_best: validation must have 150 rows, as the data have, got 149");
  CHECK_THROWS_WITH(fit({.validation = akin::sparse_matrix<float>(150, 61)}),
                    "fit_best: validation must have 60 columns, as the data have, got 61");
  auto unknown = some_clicks();
  unknown.valuePtr()[0] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH(fit({.validation = unknown}), contains("fit_best: validation: values must be finite"));
  const std::string nobody = "some users must have a history and something else to find in the validation data";
  CHECK_THROWS_WITH(fit({.validation = akin::sparse_matrix<float>(150, 60)}), contains(nobody));
  CHECK_THROWS_WITH(fit({.validation = some_clicks()}), contains(nobody));  // they have it all
  CHECK_THROWS_AS(fit({.validation = some_clicks()}), std::invalid_argument);
}

TEST_CASE("fit_best refuses data of which nothing can be held out") {
  const std::string nobody = "some users must have a history and something else to find in the validation data";
  CHECK_THROWS_WITH(akin::fit_best(execution::seq, akin::sparse_matrix<float>(0, 0)), contains(nobody));
  CHECK_THROWS_WITH(akin::fit_best(execution::seq, akin::sparse_matrix<float>(20, 10)), contains(nobody));
  CHECK_THROWS_WITH(akin::fit_best(execution::seq, akin::interaction_log()), contains(nobody));
  akin::sparse_matrix<float> single(20, 10);
  for (int user = 0; user < 20; ++user) single.insert(user, user % 10) = 1;
  single.makeCompressed();
  CHECK_THROWS_WITH(akin::fit_best(execution::seq, single), contains(nobody));
  auto unknown = some_clicks();
  unknown.valuePtr()[0] = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH(akin::fit_best(execution::seq, unknown), contains("fit_best: values must be finite"));
}

TEST_CASE("one user is enough, for any seed") {
  akin::sparse_matrix<float> one(1, 30);
  for (int item = 0; item < 25; ++item) one.insert(0, item) = 1;
  one.makeCompressed();
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const auto best = akin::fit_best(execution::seq, one, {.seconds = 1e-9, .seed = seed});
    CHECK(best.report.choosing_users > 0);
    CHECK(best.model.users() == 1);
    CHECK_FALSE(best.report.text().empty());
  }
}

TEST_CASE("a trial of a list that cannot be run is noted, and the others run") {
  CHECK_THAT(error_of(trial_of("nothing")),
             contains("fit_best: the model of a trial must be one that it knows and has data for, got \"nothing\""));
  CHECK_THAT(error_of(trial_of("content_model")), contains("has data for, got \"content_model\""));
  CHECK_THAT(error_of(trial_of("item_knn", {{"neighbours", 5}})),
             contains("fit_best: each parameter of a trial must be an option of its model, item_knn"));
  CHECK_THAT(error_of(trial_of("item_knn", {{"neighbors", 0}})), contains("neighbors must be"));
  auto odd = trial_of("item_knn");
  odd.parameters.emplace("values", akin::parameter_value("squares"));
  CHECK_THAT(error_of(odd),
             contains("fit_best: values must be \"presence\", \"log\" or \"rare_events\", got \"squares\""));
  akin::trial_result nameless;
  CHECK_THAT(error_of(nameless), contains("fit_best: a trial must have a parameter \"model\""));
}

TEST_CASE("where all trials of a list fail, the first says why") {
  CHECK_THROWS_WITH(
      fit({.trials = {trial_of("nothing"), trial_of("item_knn", {{"x", 1}})}}),
      contains("fit_best: no trial succeeded; the first failed with: fit_best: the model of a trial must"));
  CHECK_THROWS_AS(fit({.trials = {trial_of("nothing")}}), std::runtime_error);
  CHECK_THROWS_AS(fit({.exclude = {"user_knn", "item_knn", "rp3beta", "slim", "implicit_als", "ease", "graph_filter"}}),
                  std::runtime_error);
}

TEST_CASE("a half-life needs a log with times, and none of the caller's validation data") {
  const auto decayed = trial_of("item_knn", {{"half_life_days", 30}});
  CHECK_THAT(error_of(decayed), contains("half_life_days needs a log with times"));
  const auto of_log = [&](const akin::interaction_log& log, const akin::fit_best_options& options) {
    return akin::fit_best(execution::seq, log, options).trials.at(1).error;
  };
  CHECK_THAT(of_log(log_with_trend(false), {.trials = {trial_of("item_knn"), decayed}}), contains("must have times"));
  CHECK(of_log(log_with_trend(), {.trials = {trial_of("item_knn"), decayed}}).empty());
  akin::sparse_matrix<float> later(400, 50);
  for (int user = 0; user < 400; ++user) later.insert(user, user % 50) = 1;
  later.makeCompressed();
  // The times of the validation data are not known, so that nothing could be trained on both.
  CHECK_THAT(of_log(log_with_trend(), {.validation = later, .trials = {trial_of("item_knn"), decayed}}),
             contains("half_life_days needs a log with times"));
}
