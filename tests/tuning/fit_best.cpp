#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <akin/baselines/popularity.hpp>
#include <akin/data/splits.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/graph/rp3beta.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/tuning/fit_best.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "tuning/tuning_data.hpp"

using namespace tuning_test;
namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

template <class Scalar>
void check_same(const akin::best_fit<Scalar>& a, const akin::best_fit<Scalar>& b) {
  REQUIRE(a.trials.size() == b.trials.size());
  for (std::size_t i = 0; i < a.trials.size(); ++i) {
    CHECK(a.trials[i].number == b.trials[i].number);
    CHECK(a.trials[i].parameters == b.trials[i].parameters);
    CHECK(a.trials[i].score == b.trials[i].score);
    CHECK(a.trials[i].standard_error == b.trials[i].standard_error);
    CHECK(a.trials[i].error == b.trials[i].error);
  }
  CHECK(a.report.stopped == b.report.stopped);
  CHECK(a.report.chosen.mean == b.report.chosen.mean);
  CHECK(a.report.expected.mean == b.report.expected.mean);
  CHECK(a.report.expected_of_best.mean == b.report.expected_of_best.mean);
  CHECK(a.report.reason == b.report.reason);
  REQUIRE(a.report.members.size() == b.report.members.size());
  for (std::size_t m = 0; m < a.report.members.size(); ++m) {
    CHECK(a.report.members[m].trial == b.report.members[m].trial);
    CHECK(a.report.members[m].weight == b.report.members[m].weight);
  }
  CHECK(akin_test::bytes_of(a.model) == akin_test::bytes_of(b.model));
}

/// recall@5, which notes the users that it judges; one thread only.
struct noting {
  int k = 5;
  std::shared_ptr<std::set<std::int64_t>> users = std::make_shared<std::set<std::int64_t>>();
  double operator()(const metrics::judged_list<std::int32_t>& list) const {
    users->insert(list.user);
    return metrics::recall{5}(list);
  }
};

}  // namespace

TEST_CASE("the trials of an earlier call give its model again, to the bit, for any number of threads") {
  const auto clicks = some_clicks();
  const akin::fit_best_options options{.seconds = 100, .exclude = {"implicit_als", "graph_filter"}, .seed = 3};
  const auto best = akin::fit_best(execution::seq, clicks, options, at_most(12));
  REQUIRE(best.trials.size() == 12);  // changes of single options among them
  CHECK(best.model.users() == clicks.rows());
  CHECK(best.report.trials.size() == best.trials.size());
  for (const int threads : {1, 2, 3}) {
    auto again = options;
    again.trials = best.trials;
    check_same(best, akin::fit_best(execution::par.threads(threads), clicks, again));
  }
}

TEST_CASE("what the clock decided is in the list of trials") {
  const auto best = akin::fit_best(execution::seq, some_clicks(), {.seconds = 0.05});
  REQUIRE(best.trials.size() >= 3);
  check_same(best, akin::fit_best(execution::seq, some_clicks(), {.seconds = 0.05, .trials = best.trials}));
}

TEST_CASE("the trials of a log with times give its model again") {
  const auto log = log_with_trend();
  const auto best = akin::fit_best(execution::par.threads(2), log, {.seconds = 100}, at_most(7));
  REQUIRE(best.trials.size() == 7);
  check_same(best, akin::fit_best(execution::seq, log, {.trials = best.trials}));
}

TEST_CASE("another seed cuts the data in another way") {
  const auto clicks = some_clicks();
  const std::vector<akin::trial_result> trials = {trial_of("item_knn")};
  const auto a = akin::fit_best(execution::seq, clicks, {.trials = trials});
  const auto b = akin::fit_best(execution::seq, clicks, {.seed = 1, .trials = trials});
  CHECK(a.report.chosen.mean != b.report.chosen.mean);
}

TEST_CASE("users who report have chosen nothing") {
  const noting metric;
  std::set<std::int64_t> choosing;
  const auto best = akin::fit_best(execution::seq, some_clicks(),
                                   {.metric = metric, .trials = {trial_of("item_knn"), trial_of("user_knn")}},
                                   [&](const akin::trial_result&) { choosing = *metric.users; });
  std::set<std::int64_t> reporting;
  std::set_difference(metric.users->begin(), metric.users->end(), choosing.begin(), choosing.end(),
                      std::inserter(reporting, reporting.end()));
  CHECK(best.report.metric == "metric@5");
  CHECK(best.report.cuts == 3);  // in which some users have something to find and others do not
  CHECK(choosing.size() > 80);
  CHECK(reporting.size() > 30);
  CHECK(best.report.chosen.count == best.report.choosing_users);
  CHECK(best.report.expected.count == best.report.reporting_users);
}

TEST_CASE("the scores of users who choose and of those who report make up what evaluate says of all") {
  const auto parts = akin::split_per_user(some_clicks(), {.test_fraction = 0.2, .seed = 5});
  const auto best = akin::fit_best(execution::seq, parts.train,
                                   {.validation = parts.test,
                                    .blend = 1,
                                    .trials = {trial_of("item_knn", {{"neighbors", 7}}), trial_of("rp3beta")}});
  const auto& report = best.report;
  REQUIRE(report.members.size() == 1);
  CHECK(report.protocol == "the caller's data");
  CHECK(report.cuts == 1);
  const auto& member = best.trials[static_cast<std::size_t>(report.members[0].trial)];
  const auto judged = [&](auto model) {
    model.fit(execution::seq, parts.train);
    return akin::evaluate(execution::seq, model, parts.train, parts.test, metrics::ndcg{10})[0];
  };
  const auto of_all =
      kind_of(member) == "item_knn" ? judged(akin::item_knn<float>({.neighbors = 7})) : judged(akin::rp3beta<float>());
  const auto choose = static_cast<double>(report.choosing_users), tell = static_cast<double>(report.reporting_users);
  CHECK(static_cast<std::int64_t>(choose + tell) == of_all.count);
  CHECK((report.chosen.mean * choose + report.expected.mean * tell) / (choose + tell) == Approx(of_all.mean));
  CHECK(report.chosen.mean == member.score);
  CHECK(report.expected.mean != report.chosen.mean);
  CHECK(report.expected.mean == report.expected_of_best.mean);
}

TEST_CASE("the model has learnt from the validation data, too") {
  auto parts = akin::split_per_user(some_clicks(), {.test_fraction = 0.2, .seed = 5});
  const auto best =
      akin::fit_best(execution::seq, parts.train,
                     {.validation = parts.test, .exclude = {"popularity"}, .trials = {trial_of("item_knn")}});
  akin::item_knn<float> model;
  model.fit(execution::seq, some_clicks());
  CHECK(akin_test::bytes_of(best.model) == akin_test::bytes_of(model));
}

TEST_CASE("a trial that may take too much memory is refused with both numbers, the others run") {
  const auto best = akin::fit_best(
      execution::seq, some_clicks(),
      {.memory_limit = 1.3e6,
       .trials = {trial_of("implicit_als", {{"factors", 256}}), trial_of("item_knn"), trial_of("rp3beta")}});
  REQUIRE(best.trials.size() == 3);
  CHECK_THAT(best.trials[0].error, contains("it may take ") && contains(" bytes, memory_limit is 1300000"));
  CHECK_FALSE(best.trials[1].failed());
  CHECK_FALSE(best.trials[2].failed());
  for (const akin::blend_member& member : best.report.members) CHECK(member.trial != 0);
}

TEST_CASE("where nothing fits into the memory, the first trial says so") {
  CHECK_THROWS_AS(akin::fit_best(execution::seq, some_clicks(), {.memory_limit = 100}), std::runtime_error);
  CHECK_THROWS_WITH(akin::fit_best(execution::seq, some_clicks(), {.memory_limit = 100}),
                    contains("fit_best: no trial succeeded; the first failed with: it may take ") &&
                        contains(" bytes, memory_limit is 100"));
}

TEST_CASE("three trials are completed within any time") {
  const auto best = akin::fit_best(execution::seq, some_clicks(), {.seconds = 1e-9});
  REQUIRE(best.trials.size() == 3);
  for (const akin::trial_result& trial : best.trials) {
    CHECK_FALSE(trial.failed());
    CHECK(trial.score > 0);
  }
  CHECK(kind_of(best.trials[0]) == "user_knn");
  CHECK(kind_of(best.trials[1]) == "rp3beta");
  CHECK(kind_of(best.trials[2]) == "item_knn");
  CHECK(best.report.stopped.empty());
  CHECK(best.report.ended_by_time);
  CHECK(best.report.seconds > 0);
}

TEST_CASE("excluded kinds are not tried") {
  const auto best = akin::fit_best(execution::seq, some_clicks(),
                                   {.seconds = 100, .exclude = {"user_knn", "slim", "popularity"}}, at_most(4));
  std::vector<std::string> kinds;
  for (const akin::trial_result& trial : best.trials) kinds.push_back(kind_of(trial));
  CHECK(kinds == std::vector<std::string>{"rp3beta", "item_knn", "implicit_als", "ease"});
}

TEST_CASE("who has no history gets what is popular, unless popularity is excluded") {
  const auto clicks = with_strangers(some_clicks());
  const auto stranger = static_cast<std::size_t>(clicks.rows() - 1);
  const std::vector<akin::trial_result> trials = {trial_of("item_knn")};
  const auto with = akin::fit_best(execution::seq, clicks, {.trials = trials});
  const auto without = akin::fit_best(execution::seq, clicks, {.exclude = {"popularity"}, .trials = trials});
  const auto lists = akin::recommend(execution::seq, with.model, {.k = 5});
  akin::popularity<float> popular;
  popular.fit(clicks);
  // The user of a popularity without a history.
  const auto expected = akin::recommend(execution::seq, popular, {.k = 5});
  REQUIRE(lists.items(stranger).size() == 5);
  CHECK(std::ranges::equal(lists.items(stranger), expected.items(stranger)));
  CHECK_FALSE(std::ranges::equal(lists.items(0), expected.items(0)));
  CHECK(akin::recommend(execution::seq, without.model, {.k = 5}).items(stranger).empty());
  CHECK(akin::recommend(execution::seq, without.model, {.k = 5}).items(0).size() == 5);
}

TEST_CASE("an observer sees each trial and may end the search; one without a result does not") {
  std::vector<int> seen;
  const auto best =
      akin::fit_best(execution::seq, some_clicks(), {.seconds = 100}, [&](const akin::trial_result& trial) {
        seen.push_back(trial.number);
        return trial.number < 1;
      });
  CHECK(seen == std::vector<int>{0, 1});
  CHECK(best.trials.size() == 2);
  CHECK(best.report.members.size() >= 1);
  CHECK(best.model.items() == 60);
  int told = 0;
  const auto all = akin::fit_best(execution::seq, some_clicks(), {.trials = {trial_of("item_knn"), trial_of("ease")}},
                                  [&](const akin::trial_result&) { ++told; });
  CHECK(told == 2);
  CHECK(all.trials.size() == 2);
}

TEST_CASE("what an observer throws passes") {
  struct interrupted {};
  CHECK_THROWS_AS(
      akin::fit_best(execution::seq, some_clicks(), {}, [](const akin::trial_result&) -> bool { throw interrupted(); }),
      interrupted);
}

TEST_CASE("a trial far behind the best on the first users is given up") {
  // Of 1,500 users a quarter are asked first.
  const auto clicks =
      akin::synthetic::power_law_clicks<float>({.users = 1500, .items = 100, .interactions = 15000, .seed = 2});
  const auto best = akin::fit_best(
      execution::par, clicks,
      {.trials = {trial_of("item_knn"), trial_of("item_knn", {{"neighbors", 1}, {"amplification", 4}})}});
  CHECK(best.report.stopped == std::vector<int>{1});
  REQUIRE(best.report.members.size() == 1);
  CHECK(best.report.members[0].trial == 0);
  CHECK_THAT(best.report.text(), contains("[given up]"));
}
