#include <string>
#include <string_view>
#include <vector>

#include <akin/selection/search_result.hpp>

#include "support/catch.hpp"

namespace {

std::vector<akin::trial_result> some_trials() {
  std::vector<akin::trial_result> trials(3);
  trials[0].parameters = {{"factors", akin::parameter_value(8)}, {"rate, of learning", akin::parameter_value(0.1)}};
  trials[0].score = 0.25;
  trials[0].standard_error = 0.5;
  trials[0].seconds = 2;
  trials[1].number = 1;
  trials[1].parameters = {{"factors", akin::parameter_value(16)}, {"loss", akin::parameter_value("a \"b\"")}};
  trials[1].error = "it said:\n\"no\"";
  trials[2].number = 2;
  return trials;
}

}  // namespace

TEST_CASE("trials as CSV: a line each, quoted where it must be") {
  CHECK(akin::trials_csv(some_trials()) ==
        "trial,score,standard_error,seconds,factors,loss,\"rate, of learning\",error\r\n"
        "0,0.25,0.5,2,8,,0.1,\r\n"
        "1,,,0,16,\"a \"\"b\"\"\",,\"it said:\n\"\"no\"\"\"\r\n"
        "2,0,0,0,,,,\r\n");
  CHECK(akin::trials_csv(std::vector<akin::trial_result>()) == "trial,score,standard_error,seconds,error\r\n");
}

TEST_CASE("iterations have a column where a search gave them") {
  auto trials = some_trials();
  trials.resize(1);
  trials[0].iterations = 9;
  CHECK(akin::trials_csv(trials) ==
        "trial,iterations,score,standard_error,seconds,factors,\"rate, of learning\",error\r\n"
        "0,9,0.25,0.5,2,8,0.1,\r\n");
}

TEST_CASE("trials go to a sink line by line") {
  akin::search_result<int> result{};
  result.trials = some_trials();
  std::vector<std::string> lines;
  akin::trials_csv(result, [&](std::string_view line) { lines.emplace_back(line); });
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] + lines[1] + lines[2] + lines[3] == akin::trials_csv(result));
  CHECK(some_trials()[1].failed());
  CHECK_FALSE(some_trials()[0].failed());
}
