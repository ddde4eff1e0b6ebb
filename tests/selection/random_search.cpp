#include <limits>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <akin/data/splits.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/factorization/biased_mf.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/metrics/beyond_accuracy.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/metrics/rating.hpp>
#include <akin/selection/random_search.hpp>

#include "selection/dial_model.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

dial_model<float> dial(akin::trial& t) { return {.shift = t.integer("shift", -4, 4)}; }

template <class Model>
void check_same(const akin::search_result<Model>& a, const akin::search_result<Model>& b) {
  CHECK(a.score == b.score);
  CHECK(a.standard_error == b.standard_error);
  CHECK(a.number == b.number);
  CHECK(a.parameters == b.parameters);
  REQUIRE(a.trials.size() == b.trials.size());
  for (std::size_t i = 0; i < a.trials.size(); ++i) {
    CHECK(a.trials[i].score == b.trials[i].score);
    CHECK(a.trials[i].parameters == b.trials[i].parameters);
  }
}

struct not_a_number {
  int k = 1;
  double operator()(std::span<const std::int32_t>, std::span<const std::int32_t>) const {
    return std::numeric_limits<double>::quiet_NaN();
  }
};

}  // namespace

TEMPLATE_TEST_CASE("random_search finds a planted optimum and trains it on everything", "", float, double) {
  const auto clicks = dial_clicks<TestType>();
  const auto best =
      akin::random_search(execution::par, clicks, {.trials = 40, .seed = 1}, metrics::recall{1},
                          [](akin::trial& t) { return dial_model<TestType>{.shift = t.integer("shift", -4, 4)}; });
  CHECK(best.score == 1);
  CHECK(best.parameters.size() == 1);
  CHECK(best.parameters.at("shift").number() == 0);
  CHECK(best.model.shift == 0);
  CHECK(best.model.cells == clicks.nonZeros());
  REQUIRE(best.trials.size() == 40);
  for (std::size_t i = 0; i < best.trials.size(); ++i) {
    const akin::trial_result& trial = best.trials[i];
    CHECK(trial.number == static_cast<int>(i));
    CHECK_FALSE(trial.failed());
    CHECK(trial.score <= best.score);
    if (trial.score == best.score) CHECK(best.number <= trial.number);
    CHECK(trial.seconds >= 0);
    CHECK(trial.iterations == 0);
  }
  CHECK(best.trials[static_cast<std::size_t>(best.number)].parameters == best.parameters);
}

TEST_CASE("a trial's score is what evaluate says on the cells that were held back") {
  const auto clicks = dial_clicks();
  const auto later = akin::split_per_user(clicks, {.test_fraction = 0.2, .seed = 5});
  const auto best = akin::random_search(execution::seq, later.train, later.test, {.trials = 6}, metrics::ndcg{3}, dial);
  for (const akin::trial_result& trial : best.trials) {
    dial_model<float> model{.shift = static_cast<int>(trial.parameters.at("shift").number())};
    model.fit(execution::seq, later.train);
    const auto result = akin::evaluate(execution::seq, model, later.train, later.test, metrics::ndcg{3});
    CHECK(trial.score == result[0].mean);
    CHECK(trial.standard_error == result[0].standard_error);
  }
  CHECK(best.model.cells == clicks.nonZeros());  // train and validation
}

TEST_CASE("the options of the evaluation reach it") {
  // The validation repeats the training: without repeats there is nothing to find.
  const auto clicks = dial_clicks();
  const auto best =
      akin::random_search(execution::seq, clicks, clicks, {.trials = 2, .evaluation = {.exclude_seen = false}},
                          metrics::recall{10}, [](akin::trial&) { return dial_model<float>(); });
  CHECK(best.score == 1);
  CHECK(best.parameters.empty());
  CHECK_THROWS_WITH(akin::random_search(execution::seq, clicks, clicks, {.trials = 2}, metrics::recall{10}, dial),
                    "random_search: there must be something to find in the validation data, got nothing");
}

TEST_CASE("data that no search can use are refused at once and in its name") {
  const auto clicks = dial_clicks();
  int made = 0;
  const auto make = [&](akin::trial&) { return dial_model<float>{.shift = ++made}; };
  const auto split = [&](const auto& train) {
    return akin::random_search(execution::seq, train, {.trials = 2}, metrics::recall{10}, make);
  };
  const auto judge = [&](const auto& train, const auto& validation) {
    return akin::random_search(execution::seq, train, validation, {.trials = 2}, metrics::recall{10}, make);
  };
  const akin::sparse_matrix<float> nothing(clicks.rows(), clicks.cols());
  auto unknown = clicks, malformed = clicks, single = nothing;
  unknown.valuePtr()[0] = std::numeric_limits<float>::quiet_NaN();
  malformed.innerIndexPtr()[0] = static_cast<int>(clicks.cols());
  single.insert(0, 0) = 1;
  single.makeCompressed();
  CHECK_THROWS_WITH(split(nothing), "random_search: there must be something to split, got nothing");
  CHECK_THROWS_WITH(split(single),
                    "random_search: validation_fraction must be large enough to take a cell of some user, got 0.1");
  CHECK_THROWS_WITH(split(unknown), Catch::Contains("random_search: values must be finite, got nan in row 0"));
  CHECK_THROWS_WITH(split(malformed), Catch::Contains("random_search: column ids must be"));
  CHECK_THROWS_WITH(judge(nothing, clicks), "random_search: there must be something to train on, got nothing");
  CHECK_THROWS_WITH(judge(clicks, nothing),
                    "random_search: there must be something to find in the validation data, got nothing");
  CHECK_THROWS_WITH(judge(clicks, unknown), Catch::Contains("random_search: values must be finite, got nan in row 0"));
  CHECK_THROWS_WITH(judge(malformed, clicks), Catch::Contains("random_search: column ids must be"));
  CHECK(made == 0);
}

TEST_CASE("a search has the same bits for any number of threads, and more trials add to the same") {
  const auto clicks =
      akin::synthetic::power_law_clicks<float>({.users = 150, .items = 80, .interactions = 3000, .seed = 4});
  const auto search = [&](const auto& policy, int trials) {
    return akin::random_search(policy, clicks, {.trials = trials, .seed = 3}, metrics::ndcg{10}, [](akin::trial& t) {
      return akin::implicit_als<float>({.factors = t.integer("factors", 4, 12),
                                        .iterations = 3,
                                        .regularization = t.log_uniform("regularization", 1e-3, 1)});
    });
  };
  const auto one = search(execution::seq, 5);
  CHECK(one.score > 0);
  for (const int threads : {2, 3}) {
    const auto many = search(execution::par.threads(threads), 5);
    check_same(one, many);
    CHECK(many.model.score(7, 9) == one.model.score(7, 9));
  }
  const auto fewer = search(execution::seq, 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(fewer.trials[i].parameters == one.trials[i].parameters);
    CHECK(fewer.trials[i].score == one.trials[i].score);
  }
  akin::implicit_als<float> again({.factors = static_cast<int>(one.parameters.at("factors").number()),
                                   .iterations = 3,
                                   .regularization = one.parameters.at("regularization").number()});
  again.fit(execution::seq, clicks);
  CHECK(again.score(7, 9) == one.model.score(7, 9));
}

TEST_CASE("of ratings the largest fraction of concordant pairs is best") {
  auto ratings = akin::synthetic::power_law_clicks<double>({.users = 80, .items = 50, .interactions = 2000, .seed = 4});
  for (Eigen::Index cell = 0; cell < ratings.nonZeros(); ++cell)  // better items have larger numbers, but for noise
    ratings.valuePtr()[cell] = 1 + static_cast<double>(ratings.innerIndexPtr()[cell] / 10 + cell % 3);
  const auto later = akin::split_per_user(ratings, {.test_fraction = 0.2, .seed = 5});
  const auto search = [&](const auto& policy) {
    return akin::random_search(policy, later.train, later.test, {.trials = 6}, metrics::fcp{}, [](akin::trial& t) {
      return akin::biased_mf<double>({.factors = 2, .epochs = t.integer("epochs", 1, 30)});
    });
  };
  const auto best = search(execution::seq);
  for (const akin::trial_result& trial : best.trials) CHECK(trial.score <= best.score);
  CHECK(best.score > 0.5);
  akin::biased_mf<double> model({.factors = 2, .epochs = static_cast<int>(best.parameters.at("epochs").number())});
  model.fit(execution::seq, later.train);
  CHECK(best.score == akin::evaluate_ratings(execution::seq, model, later.test, metrics::fcp{})[0].mean);
  CHECK(search(execution::par.threads(3)).score == best.score);
}

TEST_CASE("of ratings the smallest loss is best") {
  const auto ratings =
      akin::synthetic::power_law_clicks<double>({.users = 80, .items = 50, .interactions = 2000, .seed = 4});
  const auto best = akin::random_search(execution::seq, ratings, {.trials = 6}, metrics::rmse{}, [](akin::trial& t) {
    return akin::biased_mf<double>({.factors = 2, .epochs = 2, .learning_rate = t.log_uniform("rate", 1e-4, 0.1)});
  });
  for (const akin::trial_result& trial : best.trials) CHECK(trial.score >= best.score);
  CHECK(best.trials[0].standard_error > 0);
}

TEST_CASE("a trial that fails is noted, and the search goes on") {
  const auto clicks = dial_clicks();
  int calls = 0;
  const auto best = akin::random_search(execution::seq, clicks, {.trials = 4}, metrics::recall{1}, [&](akin::trial& t) {
    t.integer("shift", 0, 3);
    switch (calls++) {
      case 0:
        throw akin::numeric_error("too large");
      case 1:
        throw std::bad_alloc();
      case 2:
        throw std::invalid_argument("model: options must fit");
      default:
        return dial_model<float>{.shift = 1};
    }
  });
  CHECK(best.number == 3);
  CHECK(best.trials[0].error == "too large");
  CHECK(best.trials[1].failed());
  CHECK(best.trials[2].error == "model: options must fit");
  CHECK(best.trials[0].parameters.contains("shift"));
  CHECK(calls == 5);  // four trials and the best once more
}

TEST_CASE("where all trials fail, the first says why") {
  const auto clicks = dial_clicks();
  const auto throws = [](akin::trial& t) -> dial_model<float> {
    throw std::runtime_error("no " + std::to_string(t.number()));
  };
  CHECK_THROWS_WITH(akin::random_search(execution::seq, clicks, {.trials = 3}, metrics::recall{1}, throws),
                    "random_search: at least one trial must succeed, got 3 that failed; the first: no 0");
  CHECK_THROWS_WITH(akin::random_search(execution::seq, clicks, {.trials = 1}, not_a_number{}, dial),
                    "random_search: at least one trial must succeed, got 1 that failed; the first: the metric must be "
                    "finite, got nan");
}

TEST_CASE("an observer sees each trial and may end the search") {
  const auto clicks = dial_clicks();
  std::vector<int> seen;
  const auto best = akin::random_search(execution::seq, clicks, {.trials = 10}, metrics::recall{1}, dial,
                                        [&](const akin::trial_result& result) {
                                          seen.push_back(result.number);
                                          return result.number < 2;
                                        });
  CHECK(seen == std::vector<int>{0, 1, 2});
  CHECK(best.trials.size() == 3);
  CHECK(best.model.cells == clicks.nonZeros());
  int told = 0;
  akin::random_search(execution::seq, clicks, {.trials = 2}, metrics::recall{1}, dial,
                      [&](const akin::trial_result&) { ++told; });
  CHECK(told == 2);
}

TEST_CASE("what is no std::exception, and what an observer throws, passes") {
  struct interrupted {};
  const auto clicks = dial_clicks();
  CHECK_THROWS_AS(akin::random_search(execution::seq, clicks, {}, metrics::recall{1},
                                      [](akin::trial&) -> dial_model<float> { throw interrupted(); }),
                  interrupted);
  CHECK_THROWS_AS(akin::random_search(execution::seq, clicks, {}, metrics::recall{1}, dial,
                                      [](const akin::trial_result&) { throw std::runtime_error("enough"); }),
                  std::runtime_error);
}

TEST_CASE("random_search refuses bad arguments at once") {
  const auto clicks = dial_clicks();
  int calls = 0;
  const auto count = [&](akin::trial& t) {
    ++calls;
    return dial(t);
  };
  const auto search = [&](const akin::random_search_options& options) {
    return akin::random_search(execution::seq, clicks, options, metrics::recall{1}, count);
  };
  CHECK_THROWS_WITH(search({.trials = 0}), "random_search: trials must be positive, got 0");
  CHECK_THROWS_WITH(search({.validation_fraction = 0}),
                    "random_search: validation_fraction must be above 0 and below 1, got 0");
  CHECK_THROWS_AS(search({.validation_fraction = 1}), std::invalid_argument);
  CHECK_THROWS_AS(search({.validation_fraction = std::numeric_limits<double>::quiet_NaN()}), std::invalid_argument);
  CHECK_THROWS_AS(
      akin::random_search(execution::seq, akin::sparse_matrix<float>(3, dial_items), {}, metrics::recall{1}, count),
      std::invalid_argument);
  CHECK_THROWS_WITH(
      akin::random_search(execution::seq, clicks, akin::sparse_matrix<float>(3, 4), {}, metrics::recall{1}, count),
      "random_search: validation must have the shape of train, 60 x 40, got 3 x 4");
  // Nothing is held back of users with few cells.
  CHECK_THROWS_WITH(search({.validation_fraction = 0.05}),
                    "random_search: validation_fraction must be large enough to take a cell of some user, got 0.05");
  CHECK(calls == 0);
  CHECK_THROWS_AS(akin::random_search(execution::seq, clicks, {}, metrics::recall{0}, count), std::invalid_argument);
  CHECK(calls == 1);
  CHECK_THROWS_WITH(akin::random_search(execution::seq, clicks, {}, metrics::recall{1},
                                        [](akin::trial& t) {
                                          t.integer("shift", 0, 3);
                                          return dial(t);
                                        }),
                    Catch::Matchers::Contains("a parameter must have one range"));
}
