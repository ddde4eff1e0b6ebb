#include <stdexcept>
#include <utility>
#include <vector>

#include <akin/data/splits.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/selection/random_search.hpp>
#include <akin/selection/successive_halving.hpp>

#include "selection/dial_model.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

dial_model<float> dial(akin::trial& t) { return {.shift = t.integer("shift", -4, 4), .iterations = 100}; }

template <class Model>
std::vector<int> iterations_of(const akin::search_result<Model>& result) {
  std::vector<int> iterations;
  for (const akin::trial_result& trial : result.trials) iterations.push_back(trial.iterations);
  return iterations;
}

std::vector<int> rounds(const std::vector<std::pair<int, int>>& trials_and_iterations) {
  std::vector<int> all;
  for (const auto& [trials, iterations] : trials_and_iterations)
    all.insert(all.end(), static_cast<std::size_t>(trials), iterations);
  return all;
}

}  // namespace

TEST_CASE("rounds have a part of the trials and a multiple of the iterations") {
  const auto clicks = dial_clicks();
  const auto search = [&](const akin::successive_halving_options& options) {
    return akin::successive_halving(execution::seq, clicks, options, metrics::ndcg{3}, dial);
  };
  CHECK(iterations_of(search({})) == rounds({{27, 1}, {9, 3}, {3, 9}, {1, 27}}));
  CHECK(iterations_of(search({.trials = 10, .eta = 2, .min_iterations = 2, .max_iterations = 12})) ==
        rounds({{10, 2}, {5, 4}, {3, 8}, {2, 12}}));
  CHECK(iterations_of(search({.trials = 3, .eta = 3, .max_iterations = 20})) == rounds({{3, 1}, {1, 20}}));
  CHECK(iterations_of(search({.trials = 4, .min_iterations = 5, .max_iterations = 5})) == rounds({{4, 5}}));
  CHECK(iterations_of(search({.trials = 1, .max_iterations = 5})) == rounds({{1, 1}, {1, 5}}));
}

TEST_CASE("a round has the best of the round before; the planted optimum wins") {
  const auto clicks = dial_clicks();
  const auto best =
      akin::successive_halving(execution::par, clicks, {.min_iterations = 3, .seed = 1}, metrics::ndcg{3}, dial);
  double worst_that_went_on = 1, best_that_did_not = 0;
  for (std::size_t i = 0; i < 27; ++i) {
    bool went_on = false;
    for (std::size_t j = 27; j < 36; ++j) went_on = went_on || best.trials[j].number == best.trials[i].number;
    (went_on ? worst_that_went_on : best_that_did_not) = went_on ? std::min(worst_that_went_on, best.trials[i].score)
                                                                 : std::max(best_that_did_not, best.trials[i].score);
  }
  CHECK(worst_that_went_on >= best_that_did_not);
  CHECK(best.parameters.at("shift").number() == 0);
  REQUIRE(best.trials.size() == 39);
  for (std::size_t i = 36; i < 39; ++i) CHECK(best.trials[i].score <= best.score);
  CHECK(best.score == 1);
  CHECK(best.model.trained == 27);
  CHECK(best.model.cells == clicks.nonZeros());
}

TEST_CASE("the first round has the trials of random_search") {
  const auto clicks = dial_clicks();
  const auto halved =
      akin::successive_halving(execution::seq, clicks, {.trials = 5, .seed = 8}, metrics::ndcg{3}, dial);
  const auto random = akin::random_search(execution::seq, clicks, {.trials = 5, .seed = 8}, metrics::ndcg{3}, dial);
  for (std::size_t i = 0; i < 5; ++i) CHECK(halved.trials[i].parameters == random.trials[i].parameters);
}

TEST_CASE("a training that the observer ends is a shorter training; make_model may take the iterations itself") {
  const auto clicks =
      akin::synthetic::power_law_clicks<float>({.users = 150, .items = 80, .interactions = 3000, .seed = 4});
  const akin::successive_halving_options options{.trials = 6, .max_iterations = 9, .seed = 3};
  const auto model = [](akin::trial& t, int iterations) {
    return akin::implicit_als<float>({.factors = t.integer("factors", 4, 12),
                                      .iterations = iterations,
                                      .regularization = t.log_uniform("regularization", 1e-3, 1)});
  };
  const auto cut = akin::successive_halving(execution::seq, clicks, options, metrics::ndcg{10},
                                            [&](akin::trial& t) { return model(t, 9); });
  for (const int threads : {1, 2, 3}) {
    const auto told =
        akin::successive_halving(execution::par.threads(threads), clicks, options, metrics::ndcg{10}, model);
    REQUIRE(told.trials.size() == cut.trials.size());
    for (std::size_t i = 0; i < told.trials.size(); ++i) CHECK(told.trials[i].score == cut.trials[i].score);
    CHECK(told.number == cut.number);
    CHECK(told.model.score(7, 9) == cut.model.score(7, 9));
  }
}

TEST_CASE("a model that is made for fewer iterations than the last round has is refused") {
  const auto clicks =
      akin::synthetic::power_law_clicks<float>({.users = 60, .items = 40, .interactions = 600, .seed = 4});
  int told = 0;
  const auto search = [&](int made_for) {
    return akin::successive_halving(
        execution::seq, clicks, {.trials = 4, .max_iterations = 9}, metrics::ndcg{5},
        [&](akin::trial& t) {
          return akin::implicit_als<float>({.factors = t.integer("factors", 2, 4), .iterations = made_for});
        },
        [&](const akin::trial_result&) { ++told; });
  };
  CHECK_THROWS_WITH(search(8), "successive_halving: the model must be made for at least max_iterations, 9, got 8");
  CHECK(told == 0);  // before anything is wasted
  CHECK(search(9).trials.back().iterations == 9);
}

TEST_CASE("of equals the one that was better before wins") {
  const auto best = akin::successive_halving(
      execution::seq, dial_clicks(), {.trials = 3, .eta = 2, .max_iterations = 2}, metrics::ndcg{3},
      [](akin::trial& t, int iterations) {
        const int first[] = {3, 1, 0};
        return dial_model<float>{.shift = iterations == 1 ? first[t.number()] : 0, .iterations = 100};
      });
  CHECK(best.number == 2);
}

TEST_CASE("a trial that fails in a round is out") {
  const auto clicks = dial_clicks();
  const auto best = akin::successive_halving(execution::seq, clicks, {.trials = 9, .max_iterations = 9},
                                             metrics::ndcg{3}, [](akin::trial& t, int iterations) {
                                               if (t.number() % 2 == 0 && iterations == 1)
                                                 throw std::runtime_error("even");
                                               return dial_model<float>{.shift = t.integer("shift", -4, 4)};
                                             });
  CHECK(best.trials[4].error == "even");
  CHECK(iterations_of(best) == rounds({{9, 1}, {2, 3}, {1, 9}}));  // of four that succeeded, a third rounded up
  CHECK(best.number % 2 == 1);
  CHECK_THROWS_WITH(akin::successive_halving(execution::seq, clicks, {.trials = 9}, metrics::ndcg{3},
                                             [](akin::trial& t, int iterations) {
                                               if (iterations > 1) throw std::runtime_error("long");
                                               return dial(t);
                                             }),
                    "successive_halving: at least one trial must succeed, got 3 that failed; the first: long");
}

TEST_CASE("a search that its observer ends has the best so far") {
  const auto clicks = dial_clicks();
  for (const int last : {1, 9, 11}) {
    int told = 0;
    const auto best = akin::successive_halving(execution::seq, clicks, {.trials = 9}, metrics::ndcg{3}, dial,
                                               [&](const akin::trial_result&) { return ++told < last; });
    CHECK(best.trials.size() == static_cast<std::size_t>(last));
    CHECK(best.model.trained == 27);
    if (last <= 9)
      for (const akin::trial_result& trial : best.trials) CHECK(trial.score <= best.score);
  }
  // The round that was ended has nothing: the best of the round before.
  const auto best = akin::successive_halving(
      execution::seq, clicks, {.trials = 9}, metrics::ndcg{3},
      [](akin::trial& t, int iterations) {
        if (iterations == 3) throw std::runtime_error("three");
        return dial(t);
      },
      [](const akin::trial_result& result) { return !result.failed(); });
  CHECK(best.trials.size() == 10);
  CHECK(best.score == best.trials[static_cast<std::size_t>(best.number)].score);
  CHECK(best.number != best.trials.back().number);  // which has failed in that round
  for (const akin::trial_result& trial : best.trials)
    if (trial.number != best.trials.back().number && !trial.failed()) CHECK(trial.score <= best.score);
  CHECK_THROWS_AS(akin::successive_halving(
                      execution::seq, clicks, {}, metrics::ndcg{3},
                      [](akin::trial&, int) -> dial_model<float> { throw std::runtime_error("no"); },
                      [](const akin::trial_result&) { return false; }),
                  std::runtime_error);
}

TEST_CASE("own validation in successive_halving, and bad options") {
  const auto clicks = dial_clicks();
  const auto later = akin::split_per_user(clicks, {.test_fraction = 0.2, .seed = 5});
  const auto best =
      akin::successive_halving(execution::seq, later.train, later.test, {.trials = 3}, metrics::ndcg{3}, dial);
  CHECK(best.model.cells == clicks.nonZeros());
  const auto search = [&](const akin::successive_halving_options& options) {
    return akin::successive_halving(execution::seq, clicks, options, metrics::ndcg{3}, dial);
  };
  CHECK_THROWS_WITH(search({.trials = 0}), "successive_halving: trials must be positive, got 0");
  CHECK_THROWS_WITH(search({.eta = 1}), "successive_halving: eta must be at least 2, got 1");
  CHECK_THROWS_WITH(search({.min_iterations = 0}), "successive_halving: min_iterations must be positive, got 0");
  CHECK_THROWS_WITH(search({.min_iterations = 5, .max_iterations = 4}),
                    "successive_halving: max_iterations must be at least min_iterations, got 4");
  CHECK_THROWS_AS(search({.validation_fraction = 0}), std::invalid_argument);
}
