#include <stdexcept>
#include <string>
#include <vector>

#include <akin/data/splits.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/selection/grid_search.hpp>

#include "selection/dial_model.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

template <class Model>
std::vector<std::string> texts_of(const akin::search_result<Model>& result) {
  std::vector<std::string> texts;
  for (const akin::trial_result& trial : result.trials) {
    texts.emplace_back();
    for (const auto& [name, value] : trial.parameters) texts.back() += name + "=" + value.text() + " ";
  }
  return texts;
}

}  // namespace

TEST_CASE("grid_search tries all combinations in order, and finds a planted optimum") {
  const auto clicks = dial_clicks();
  const auto best = akin::grid_search(execution::par, clicks, {.seed = 2}, metrics::recall{1}, [](akin::trial& t) {
    const int shift = t.integer("shift", -1, 1);
    return dial_model<float>{.shift = shift, .iterations = t.choice("iterations", {2, 6})};
  });
  CHECK(texts_of(best) == std::vector<std::string>{"iterations=2 shift=-1 ", "iterations=6 shift=-1 ",
                                                   "iterations=2 shift=0 ", "iterations=6 shift=0 ",
                                                   "iterations=2 shift=1 ", "iterations=6 shift=1 "});
  CHECK(best.score == 1);
  CHECK(best.number == 3);
  CHECK(best.model.shift == 0);
  CHECK(best.model.trained == 6);
  CHECK(best.model.cells == clicks.nonZeros());
}

TEST_CASE("a step makes a range coarse") {
  const auto clicks = dial_clicks();
  const auto best = akin::grid_search(execution::seq, clicks, {}, metrics::recall{1}, [](akin::trial& t) {
    return dial_model<float>{.shift = t.integer("shift", -5, 6, 5)};
  });
  CHECK(texts_of(best) == std::vector<std::string>{"shift=-5 ", "shift=0 ", "shift=5 "});
}

TEST_CASE("what is asked for may depend on what was answered") {
  const auto clicks = dial_clicks();
  const auto best = akin::grid_search(execution::seq, clicks, {}, metrics::recall{1}, [](akin::trial& t) {
    if (t.choice("fixed", {true, false})) return dial_model<float>();
    return dial_model<float>{.shift = t.integer("shift", 1, 3)};
  });
  CHECK(texts_of(best) == std::vector<std::string>{"fixed=true ", "fixed=false shift=1 ", "fixed=false shift=2 ",
                                                   "fixed=false shift=3 "});
  CHECK(best.number == 0);
}

TEST_CASE("a space without parameters is one trial") {
  const auto clicks = dial_clicks();
  const auto best = akin::grid_search(execution::seq, clicks, {}, metrics::recall{1},
                                      [](akin::trial&) { return dial_model<float>(); });
  CHECK(best.trials.size() == 1);
}

TEST_CASE("failures, the observer and own validation in a grid") {
  const auto clicks = dial_clicks();
  const auto later = akin::split_per_user(clicks, {.test_fraction = 0.2, .seed = 5});
  const auto best = akin::grid_search(
      execution::seq, later.train, later.test, {}, metrics::recall{2},
      [](akin::trial& t) {
        const int shift = t.integer("shift", 0, 1000000);
        if (shift % 2 == 0) throw std::runtime_error("odd ones alone");
        return dial_model<float>{.shift = shift};
      },
      [](const akin::trial_result& result) { return result.number < 4; });
  REQUIRE(best.trials.size() == 5);
  CHECK(best.trials[2].error == "odd ones alone");
  CHECK(best.number == 1);
  CHECK(best.model.cells == clicks.nonZeros());
}

TEST_CASE("grid_search has the same bits for any number of threads") {
  const auto clicks = dial_clicks();
  const auto make = [](akin::trial& t) { return dial_model<float>{.shift = t.integer("shift", -3, 3)}; };
  const auto one = akin::grid_search(execution::seq, clicks, {}, metrics::ndcg{3}, make);
  for (const int threads : {2, 3}) {
    const auto many = akin::grid_search(execution::par.threads(threads), clicks, {}, metrics::ndcg{3}, make);
    for (std::size_t i = 0; i < one.trials.size(); ++i) CHECK(many.trials[i].score == one.trials[i].score);
  }
}

TEST_CASE("grid_search refuses what cannot be enumerated") {
  const auto clicks = dial_clicks();
  const auto search = [&](const auto& make) {
    return akin::grid_search(execution::seq, clicks, {}, metrics::recall{1}, make);
  };
  CHECK_THROWS_WITH(search([](akin::trial& t) {
                      t.uniform("rate", 0, 1);
                      return dial_model<float>();
                    }),
                    "grid_search: a parameter must have values to go through, as of choice and integer, got numbers "
                    "from 0 to 1 for \"rate\"");
  CHECK_THROWS_AS(search([](akin::trial& t) {
                    t.log_integer("n", 1, 9);
                    return dial_model<float>();
                  }),
                  std::invalid_argument);
  int calls = 0;
  CHECK_THROWS_WITH(search([&](akin::trial& t) {
                      t.integer(calls++ == 0 ? "a" : "b", 0, 1);
                      return dial_model<float>();
                    }),
                    Catch::Matchers::Contains("must ask for the same parameters in the same order, got \"b\""));
  calls = 0;
  CHECK_THROWS_WITH(search([&](akin::trial& t) {
                      if (calls++ == 0) t.integer("a", 0, 1);
                      return dial_model<float>();
                    }),
                    Catch::Matchers::Contains("must ask for the same parameters in the same order, got 0"));
  CHECK_THROWS_AS(akin::grid_search(execution::seq, clicks, {.validation_fraction = 2}, metrics::recall{1},
                                    [](akin::trial&) { return dial_model<float>(); }),
                  std::invalid_argument);
}
