#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <akin/data/time_decay.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/random.hpp>
#include <akin/tuning/fit_best.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "tuning/tuning_data.hpp"

using namespace tuning_test;
namespace execution = akin::execution;

namespace {

/// Clicks whose values are noise of many orders of magnitude.
template <class Scalar = float>
akin::sparse_matrix<Scalar> noisy_counts() {
  auto counts = akin::synthetic::power_law_clicks<Scalar>(
      {.users = 400, .items = 60, .interactions = 6000, .seed = 9, .loyalty = 0.8});
  const akin::random_stream random(5);
  for (Eigen::Index cell = 0; cell < counts.nonZeros(); ++cell)
    counts.valuePtr()[cell] = static_cast<Scalar>(std::exp(5 * random.normal(static_cast<std::uint64_t>(cell))));
  return counts;
}

std::vector<std::string> values_tried(const std::vector<akin::trial_result>& trials) {
  std::vector<std::string> values;
  for (const auto& trial : trials)
    if (const auto found = trial.parameters.find("values"); found != trial.parameters.end())
      values.push_back(found->second.text());
  return values;
}

/// The file of the model of one trial.
template <class Data>
auto file_of(const Data& data, const akin::trial_result& trial) {
  return akin_test::bytes_of(
      akin::fit_best(execution::seq, data, {.exclude = {"popularity"}, .trials = {trial}}).model);
}

/// Two shelves of 20 items each; a user has six items of one of them. The last item of each is nobody's, and so is the
/// last user of each.
constexpr int shelf = 20, readers = 200;

akin::sparse_matrix<float> shelves() {
  std::vector<Eigen::Triplet<float>> cells;
  for (int user = 0; user < readers - 2; ++user) {
    const akin::random_stream random(11, static_cast<std::uint64_t>(user));
    std::vector<int> items(shelf - 1);
    for (int i = 0; i < shelf - 1; ++i) items[static_cast<std::size_t>(i)] = 2 * i + user % 2;
    akin::shuffle(items.data(), shelf - 1, random);
    for (int i = 0; i < 6; ++i) cells.emplace_back(user, items[static_cast<std::size_t>(i)], 1.0f);
  }
  akin::sparse_matrix<float> result(readers, 2 * shelf);
  result.setFromTriplets(cells.begin(), cells.end());
  return result;
}

/// Row i is of kind i modulo 2.
akin::sparse_matrix<float> by_parity(int rows) {
  akin::sparse_matrix<float> result(rows, 2);
  for (int row = 0; row < rows; ++row) result.insert(row, row % 2) = 1;
  result.makeCompressed();
  return result;
}

/// The users of each shelf who get its item without users among their next 14, of all.
double share_who_get_the_new_item(const akin::any_recommender<float>& model) {
  const auto x = shelves();
  const auto lists = akin::recommend(execution::seq, model, {.k = 14, .exclude = x});
  int found = 0;
  for (int user = 0; user < readers - 2; ++user) {
    const auto list = lists.items(static_cast<std::size_t>(user));
    found += std::find(list.begin(), list.end(), 2 * (shelf - 1) + user % 2) != list.end();
  }
  return found / static_cast<double>(readers - 2);
}

}  // namespace

TEST_CASE("where values are noise, what is chosen learns from their presence") {
  const auto best = akin::fit_best(execution::seq, noisy_counts(), {.seconds = 100}, at_most(7));
  const std::vector<std::string> expected = {"presence", "log", "presence", "presence"};
  CHECK(values_tried(best.trials) == expected);
  REQUIRE(best.trials.size() == 7);
  for (const akin::blend_member& member : best.report.members)
    CHECK(best.trials[static_cast<std::size_t>(member.trial)].parameters.contains("values"));
}

TEST_CASE("the model is trained on the values of its trial") {
  const auto trained_on = [](const akin::sparse_matrix<float>& x) {
    akin::item_knn<float> model;
    model.fit(x);
    return akin_test::bytes_of(model);
  };
  const auto counts = noisy_counts();
  auto present = counts, logarithms = counts;
  const double mean = static_cast<double>(counts.cast<double>().sum()) / static_cast<double>(counts.nonZeros());
  for (Eigen::Index cell = 0; cell < counts.nonZeros(); ++cell) {
    present.valuePtr()[cell] = 1;
    logarithms.valuePtr()[cell] = static_cast<float>(std::log1p(static_cast<double>(counts.valuePtr()[cell]) / mean));
  }
  auto trial = trial_of("item_knn");
  CHECK(file_of(counts, trial) == trained_on(counts));
  trial.parameters.insert_or_assign("values", akin::parameter_value("presence"));
  CHECK(file_of(counts, trial) == trained_on(present));
  trial.parameters.insert_or_assign("values", akin::parameter_value("log"));
  CHECK(file_of(counts, trial) == trained_on(logarithms));
  const auto log = log_with_trend();
  CHECK(file_of(log, trial_of("item_knn", {{"half_life_days", 30}})) ==
        trained_on(akin::weighting::time_decay(log, {.half_life_days = 30}).matrix(akin::duplicates::sum)));
}

TEST_CASE("rare kinds of events count as much as frequent ones, where a log has several") {
  akin::interaction_arrays columns;
  const akin::random_stream random(3);
  for (std::int32_t line = 0; line < 4000; ++line) {
    const auto draw = static_cast<std::uint64_t>(3 * line);
    columns.users.push_back(static_cast<std::int32_t>(random.below(draw, 80)));
    columns.items.push_back(static_cast<std::int32_t>(random.below(draw + 1, 40)));
    columns.events.push_back(random.uniform(draw + 2) < 0.1 ? 1 : 0);
  }
  std::vector<float> weights;
  const auto bought = std::count(columns.events.begin(), columns.events.end(), 1);
  for (const std::int32_t event : columns.events)
    weights.push_back(static_cast<float>(2000.0 / static_cast<double>(event == 1 ? bought : 4000 - bought)));
  const akin::interaction_log log(std::move(columns));
  auto trial = trial_of("item_knn");
  trial.parameters.emplace("values", akin::parameter_value("rare_events"));
  akin::item_knn<float> expected;
  expected.fit(log.with_values(weights).matrix(akin::duplicates::sum));
  CHECK(file_of(log, trial) == akin_test::bytes_of(expected));
  const auto tried = values_tried(akin::fit_best(execution::seq, log, {.seconds = 100}, at_most(7)).trials);
  CHECK(std::count(tried.begin(), tried.end(), "rare_events") > 0);
  const auto of_matrix = akin::fit_best(execution::seq, some_clicks(), {.trials = {trial, trial_of("item_knn")}});
  CHECK_THAT(of_matrix.trials[0].error, contains("rare_events needs a log with events"));
}

TEST_CASE("clicks have no other values") {
  const auto best = akin::fit_best(execution::seq, some_clicks(), {.seconds = 100}, at_most(7));
  CHECK(values_tried(best.trials).empty());
}

TEST_CASE("matrices of double have a model of double") {
  const auto best = akin::fit_best(execution::seq, noisy_counts<double>(), {.seconds = 100}, at_most(5));
  static_assert(std::is_same_v<decltype(best.model), akin::any_recommender<double>>);
  CHECK(best.trials.size() == 5);
  CHECK(best.report.expected.mean > 0);
  CHECK(akin::recommend(execution::seq, best.model, {.k = 3}).items(0).size() == 3);
  const auto map_of = noisy_counts<double>();
  const Eigen::Map<const akin::sparse_matrix<double>> map(map_of.rows(), map_of.cols(), map_of.nonZeros(),
                                                          map_of.outerIndexPtr(), map_of.innerIndexPtr(),
                                                          map_of.valuePtr());
  CHECK(akin::fit_best(execution::seq, map, {.trials = best.trials}).report.expected.mean == best.report.expected.mean);
}

TEST_CASE("half-lives are tried on a log with times, and chosen where old interactions mislead") {
  const auto best = akin::fit_best(execution::seq, log_with_trend(), {.seconds = 100}, at_most(8));
  std::vector<double> half_lives;
  for (const auto& trial : best.trials)
    if (trial.parameters.contains("half_life_days"))
      half_lives.push_back(trial.parameters.at("half_life_days").number());
  REQUIRE(half_lives.size() >= 2);
  CHECK(half_lives[0] == Approx(100.0 / 3).epsilon(0.01));
  CHECK(half_lives[1] == Approx(10).epsilon(0.01));
  CHECK(best.report.protocol == "the latest 10 % by time");
  const auto& chosen = best.trials[static_cast<std::size_t>(best.report.members.at(0).trial)];
  CHECK(chosen.parameters.contains("half_life_days"));
  const auto timeless = akin::fit_best(execution::seq, log_with_trend(false), {.seconds = 100}, at_most(8));
  for (const auto& trial : timeless.trials) CHECK_FALSE(trial.parameters.contains("half_life_days"));
  CHECK(timeless.report.protocol == "a random 10 % of each user's interactions");
}

TEST_CASE("items without users are recommended by their features, or by their texts") {
  const auto content = std::vector<akin::trial_result>{trial_of("content_model")};
  const auto by_features =
      akin::fit_best(execution::seq, shelves(), {.item_features = by_parity(2 * shelf), .trials = content});
  CHECK(share_who_get_the_new_item(by_features.model) == 1);
  std::vector<std::string> texts;
  for (int item = 0; item < 2 * shelf; ++item) texts.emplace_back(item % 2 == 0 ? "red wine" : "white bread");
  const auto by_texts = akin::fit_best(execution::seq, shelves(), {.item_texts = texts, .trials = content});
  CHECK(share_who_get_the_new_item(by_texts.model) == 1);
}

TEST_CASE("content is one of the kinds where there are features") {
  const auto best =
      akin::fit_best(execution::seq, shelves(), {.seconds = 100, .item_features = by_parity(2 * shelf)}, at_most(4));
  CHECK(kind_of(best.trials.back()) == "content_model");
  CHECK_FALSE(best.trials.back().failed());
}

TEST_CASE("users without a history get what their segments have") {
  const auto best = akin::fit_best(execution::seq, shelves(),
                                   {.user_segments = by_parity(readers), .trials = {trial_of("item_knn")}});
  const auto lists = akin::recommend(execution::seq, best.model, {.k = 10});
  for (const int user : {readers - 2, readers - 1}) {
    const auto list = lists.items(static_cast<std::size_t>(user));
    REQUIRE(list.size() == 10);
    for (const std::int32_t item : list) CHECK(item % 2 == user % 2);
  }
}

TEST_CASE("segments are for users without a history, popularity or not") {
  const auto best = akin::fit_best(
      execution::seq, shelves(),
      {.exclude = {"popularity"}, .user_segments = by_parity(readers), .trials = {trial_of("item_knn")}});
  CHECK(akin::recommend(execution::seq, best.model, {.k = 5}).items(readers - 1).size() == 5);
}
