#include <string>

#include <akin/tuning/best_report.hpp>

#include "support/catch.hpp"
#include "tuning/tuning_data.hpp"

using tuning_test::trial_of;

namespace {

akin::best_report some_report() {
  akin::best_report report;
  report.metric = "ndcg@10";
  report.protocol = "the latest 10 % by time";
  report.choosing_users = 400;
  report.reporting_users = 200;
  report.trials = {trial_of("slim", {{"l1", 0.5}, {"l2", 50}}), trial_of("item_knn"), trial_of("ease")};
  for (int number = 0; number < 3; ++number) report.trials[static_cast<std::size_t>(number)].number = number;
  report.trials[0].score = 0.25;
  report.trials[0].standard_error = 0.0125;
  report.trials[0].seconds = 1.5;
  report.trials[1].score = 0.125;
  report.trials[2].error = "no\nmemory";
  report.stopped = {1};
  report.members = {{0, 0.75}};
  report.chosen = {0.25, 0.0125, 400};
  report.expected = {0.2, 0.01, 200};
  report.expected_of_best = {0.19, 0.02, 200};
  report.reason = "slim l1 0.5, l2 50, the only kind near the best";
  report.seconds = 12.34;
  return report;
}

}  // namespace

TEST_CASE("the text of a report has everything that was decided, a line each") {
  CHECK(some_report().text() ==
        "chosen by ndcg@10: slim l1 0.5, l2 50, the only kind near the best\n"
        "expected ndcg@10: 0.2000 +- 0.0100 (200 users that chose nothing, before the last training); "
        "the best single model: 0.1900 +- 0.0200\n"
        "validation: the latest 10 % by time; 1 cut, 400 users choose\n"
        "3 trials in 12.3 s:\n"
        "  0  0.2500 +- 0.0125  1.50 s  slim l1 0.5, l2 50  [weight 0.75]\n"
        "  1  0.1250 +- 0.0000  0.00 s  item_knn  [given up]\n"
        "  2  -  0.00 s  ease  (no memory)\n");
}

TEST_CASE("the text says how many cuts there were and that the time ended the search") {
  auto report = some_report();
  report.cuts = 3;
  report.ended_by_time = true;
  CHECK_THAT(report.text(), contains("; 3 cuts, 400 users choose\n"));
  CHECK_THAT(report.text(), contains("3 trials in 12.3 s, ended by the time:\n"));
}

TEST_CASE("a report of nothing is a text, too") {
  CHECK_THAT(akin::best_report().text(), contains("0 trials in 0.0 s"));
}

TEST_CASE("a report has what should travel with the model") {
  akin::best_report report;
  report.metric = "ndcg@10";
  report.protocol = "the latest 10 % by time";
  report.expected = {0.125, 0.01, 50};
  for (const char* model : {"slim", "ease"}) {
    akin::trial_result trial;
    trial.number = static_cast<int>(report.trials.size());
    trial.parameters.emplace("model", akin::parameter_value(model));
    report.trials.push_back(trial);
  }
  report.members = {{1, 0.75}, {0, 0.25}};
  const auto metadata = report.metadata();
  CHECK(metadata.at("metric") == "ndcg@10");
  CHECK(metadata.at("expected") == "0.1250 +- 0.0100");
  CHECK(metadata.at("validation") == "the latest 10 % by time");
  CHECK(metadata.at("chosen") == "0.75 ease + 0.25 slim");
  CHECK(metadata.size() == 4);
  CHECK(akin::best_report().metadata().at("chosen").empty());
}
