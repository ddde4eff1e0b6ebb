#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include <akin/evaluation/evaluate.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/serving/any_blend.hpp>
#include <akin/tuning/detail/blend_choice.hpp>
#include <akin/tuning/detail/blend_weights.hpp>

#include "evaluation/table_model.hpp"
#include "support/catch.hpp"
#include "support/random_data.hpp"
#include "tuning/tuning_data.hpp"

using namespace tuning_test;
using akin::detail::blend_setting;
using akin::detail::validation_cut;
using any = akin::any_recommender<float>;
namespace execution = akin::execution;

namespace {

validation_cut<float> some_cut() {
  akin::fit_best_options options;
  options.validation_fraction = 0.3;
  return akin::detail::make_cuts(akin::detail::training_data<float>{some_clicks()}, options).cuts.front();
}

/// Noise, and `signal` for what is held out of users whose number is `rest` modulo 3; 3: for all.
table_model<float> table(const validation_cut<float>& cut, float signal, int rest, std::uint64_t seed) {
  const auto users = cut.train.x.rows(), items = cut.train.x.cols();
  const auto noise = akin_test::normal_numbers<float>(users * items, seed);
  table_model<float> model{akin::dense_matrix<float>(users, items)};
  std::copy(noise.begin(), noise.end(), model.table.data());
  for (Eigen::Index user = 0; user < users; ++user)
    for (akin::sparse_matrix<float>::InnerIterator it(cut.held_out, user); it; ++it)
      if (rest == 3 || user % 3 == rest) model.table(user, it.col()) += signal;
  return model;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// How good a setting is that is known: best at these weights.
double closeness(const blend_setting& setting, const std::vector<double>& to, akin::normalization how) {
  double off = setting.normalization == how ? 0 : 0.1;
  for (std::size_t m = 0; m < to.size(); ++m) off += (setting.weights[m] - to[m]) * (setting.weights[m] - to[m]);
  return -off;
}

}  // namespace

TEST_CASE("the search finds the weights and the normalisation that are best") {
  using weights = std::vector<double>;
  for (const weights& best : {weights{0.5, 0.5}, weights{0.9, 0.1}, weights{0.2, 0.8}, weights{0.6, 0.3, 0.1},
                              weights{0.05, 0.15, 0.8}, weights{0.7, 0.1, 0.1, 0.1}})
    for (const auto how : {akin::normalization::min_max, akin::normalization::z_score}) {
      const auto found =
          akin::detail::search_blend(best.size(), [&](const auto& setting) { return closeness(setting, best, how); });
      CHECK(found.normalization == how);
      REQUIRE(found.weights.size() == best.size());
      for (std::size_t m = 0; m < best.size(); ++m) CHECK(std::abs(found.weights[m] - best[m]) < 0.07);
      CHECK(std::accumulate(found.weights.begin(), found.weights.end(), 0.0) == Approx(1));
    }
}

TEST_CASE("the search takes a member away that only harms, and leaves equal weights where nothing is better") {
  const auto harmed = akin::detail::search_blend(3, [](const blend_setting& setting) {
    return closeness(setting, {0.5, 0, 0.5}, akin::normalization::min_max);
  });
  CHECK(harmed.weights[1] == 0);
  CHECK(harmed.weights[0] == Approx(0.5));
  const auto flat = akin::detail::search_blend(4, [](const auto&) { return 0.5; });
  CHECK(flat.normalization == akin::normalization::min_max);
  CHECK(flat.weights == std::vector<double>(4, 0.25));
  CHECK(akin::detail::search_blend(1, [](const auto&) { return 0.5; }).weights == std::vector<double>{1});
}

TEST_CASE("weights are moved towards equal ones by a thousand users' worth") {
  const std::vector<double> weights = {0.7, 0.3, 0};
  const auto half = akin::detail::shrunk(weights, 1000);
  CHECK(half[0] == Approx(0.5 * 0.7 + 0.5 * 0.5));
  CHECK(half[1] == Approx(0.5 * 0.3 + 0.5 * 0.5));
  CHECK(half[2] == 0);
  const auto few = akin::detail::shrunk(weights, 0);
  CHECK(few[0] == Approx(0.5));
  CHECK(few[1] == Approx(0.5));
  const auto many = akin::detail::shrunk({0.7, 0.2, 0.1}, 9000);
  CHECK(many[0] == Approx(0.9 * 0.7 + 0.1 / 3));
  CHECK(many[2] == Approx(0.9 * 0.1 + 0.1 / 3));
  CHECK(std::accumulate(many.begin(), many.end(), 0.0) == Approx(1));
}

TEST_CASE("a blend that is tried on candidates is the blend, where all items are candidates") {
  const auto cut = some_cut();
  const std::vector<any> models = {table(cut, 2, 0, 1), table(cut, 2, 1, 2), table(cut, 1, 3, 3)};
  const akin::any_metric metric = akin::metrics::ndcg{20};  // five times as many candidates: the catalogue
  const akin::detail::blend_trial<float> trial(execution::par, cut, models, metric);
  akin::sparse_matrix<float> found = cut.held_out;
  for (const std::int32_t user : cut.reporting)
    for (akin::sparse_matrix<float>::InnerIterator it(found, user); it; ++it) it.valueRef() = 0;
  for (const auto how : {akin::normalization::min_max, akin::normalization::z_score})
    for (const std::vector<double>& weights :
         {std::vector<double>{1, 0, 0}, std::vector<double>{0.5, 0.3, 0.2}, std::vector<double>{0, 0.9, 0.1}}) {
      const akin::any_blend<float> blend(how,
                                         {{weights[0], models[0]}, {weights[1], models[1]}, {weights[2], models[2]}});
      const auto values = trial.values(execution::par, {how, weights});
      REQUIRE(values.size() == cut.choosing.size());
      const auto judged = akin::evaluate(execution::par, blend, cut.train.x, found, akin::metrics::ndcg{20});
      CHECK(judged[0].count == std::ssize(cut.choosing));
      CHECK(std::abs(mean(values) - judged[0].mean) < 1e-12);
      CHECK(values == akin::detail::judge_users<float>(execution::seq, blend, cut, cut.choosing, metric));
    }
}

TEST_CASE("a blend is tried to the same bits by any number of threads") {
  const auto cut = some_cut();
  const std::vector<any> models = {table(cut, 2, 0, 1), table(cut, 2, 1, 2)};
  const akin::any_metric metric = akin::metrics::ndcg{3};
  const blend_setting setting{akin::normalization::z_score, {0.6, 0.4}};
  const auto expected =
      akin::detail::blend_trial<float>(execution::seq, cut, models, metric).values(execution::seq, setting);
  for (const int threads : {2, 3}) {
    const auto policy = execution::par.threads(threads);
    CHECK(akin::detail::blend_trial<float>(policy, cut, models, metric).values(policy, setting) == expected);
  }
}

namespace {

/// The report of a choice among models of one cut, in the order of their scores.
akin::best_report choice_of(const validation_cut<float>& cut, const std::vector<any>& models,
                            std::vector<double>* weights = nullptr) {
  std::vector<validation_cut<float>> cuts = {cut};
  const akin::any_metric metric = akin::metrics::ndcg{10};
  std::vector<akin::detail::kept_trial<float>> kept;
  for (std::size_t m = 0; m < models.size(); ++m)
    kept.push_back({static_cast<int>(m), "table", trial_of("table").parameters, 0.5, {models[m]}, 0, 0, 0});
  std::vector<const akin::detail::kept_trial<float>*> members;
  for (const auto& trial : kept) members.push_back(&trial);
  akin::best_report report;
  report.choosing_users = std::ssize(cut.choosing);
  akin::detail::host_policy policy = execution::seq;
  akin::detail::blend_choice<float> choice(policy, cuts, metric, members);
  choice.choose(report);
  choice.expect(report);
  if (weights != nullptr) *weights = choice.setting().weights;
  CHECK(choice.members().size() == report.members.size());
  return report;
}

}  // namespace

TEST_CASE("models that know different users are blended, and one that knows nothing is dropped") {
  const auto cut = some_cut();
  std::vector<double> weights;
  // The noise is so loud that a weight for it harms at once.
  const auto report =
      choice_of(cut, {table(cut, 3, 0, 1), table(cut, -20, 3, 2), table(cut, 3, 1, 3), table(cut, 3, 2, 4)}, &weights);
  std::vector<int> used;
  for (const akin::blend_member& member : report.members) used.push_back(member.trial);
  CHECK(used == std::vector<int>{0, 2, 3});
  CHECK(weights.size() == 3);
  CHECK(report.expected.mean > report.expected_of_best.mean);
  CHECK_THAT(report.reason, contains("a blend, better than the best single model"));
}

TEST_CASE("a choice of several models is their blend, that of one the model itself") {
  const auto cut = some_cut();
  const std::vector<any> models = {table(cut, 2, 0, 1), table(cut, 2, 1, 2)};
  const auto made = akin::detail::blend_of<float>({akin::normalization::z_score, {0.9, 0.1}}, models);
  const akin::any_blend<float> blend(akin::normalization::z_score, {{0.9, models[0]}, {0.1, models[1]}});
  CHECK(made.kind() == "any_blend");
  for (std::int32_t user = 0; user < made.users(); user += 7) CHECK(made.score(user, 3) == blend.score(user, 3));
  CHECK(akin::detail::blend_of<float>({akin::normalization::z_score, {1}}, {models[0]}).kind() == models[0].kind());
}

TEST_CASE("the best model stays alone where a blend is no better") {
  const auto cut = some_cut();
  const auto perfect = table(cut, 100, 3, 1);
  const auto report = choice_of(cut, {perfect, table(cut, 1, 3, 2)});
  REQUIRE(report.members.size() == 1);
  CHECK(report.members[0].trial == 0);
  CHECK(report.members[0].weight == 1);
  CHECK(report.chosen.mean == Approx(1));
  CHECK(report.expected.mean == report.expected_of_best.mean);
  CHECK_THAT(report.reason, contains("table; a blend is no better, by "));
}
