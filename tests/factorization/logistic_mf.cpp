#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <akin/baselines/popularity.hpp>
#include <akin/data/splits.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/factorization/logistic_mf.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/random.hpp>
#include <akin/retrieval/similar_items.hpp>

#include "support/catch.hpp"
#include "support/fold_in_harness.hpp"
#include "support/model_harness.hpp"
#include "support/promise_harness.hpp"
#include "support/reference.hpp"
#include "support/update_harness.hpp"

using akin_test::bytes_of;
using akin_test::matrix_of;
using akin_test::same;
namespace execution = akin::execution;

TEMPLATE_TEST_CASE("logistic_mf keeps the promises of every model", "", akin::logistic_mf<float>,
                   akin::logistic_mf<double>, (akin::logistic_mf<float, std::int64_t>)) {
  akin_test::check_model([] { return TestType({.factors = 5, .epochs = 4, .seed = 4}); });
}

TEST_CASE("logistic_mf lists what it knows, and keeps what is documented of it") {
  akin_test::check_promises([] { return akin::logistic_mf<float>({.factors = 5, .epochs = 10, .seed = 4}); },
                            akin_test::row_lists::folded_in, akin_test::reason_sums::no_sum);
  SECTION("a known answer") {
    akin_test::check_checkerboard([] { return akin::logistic_mf<float>(); });
  }
  SECTION("a fold-in of twice the epochs says nearly the same") {
    akin_test::check_fold_in_settles(
        [](int epochs) { return akin::logistic_mf<float>({.factors = 8, .epochs = epochs, .learning_rate = 0.5}); });
  }
  SECTION("factors begin small") {
    akin_test::check_initial_deviation(
        [] { return akin::logistic_mf<float>({.factors = 16, .epochs = 1, .learning_rate = 1e-9}); }, 0.1);
  }
}

TEST_CASE("each option of logistic_mf matters") {
  using options = akin::logistic_mf_options;
  auto changes = akin_test::sgd_changes<options>();
  changes.push_back({"alpha", [](auto& o) { o.alpha = 3; }});
  changes.push_back({"negatives", [](auto& o) { o.negatives = 1; }});
  akin_test::check_options<akin::logistic_mf<float>>(options{.factors = 5, .epochs = 4}, changes,
                                                     {"keep_interactions"});
}

TEMPLATE_TEST_CASE("logistic_mf lives on after its fit", "", akin::logistic_mf<double>,
                   (akin::logistic_mf<float, std::int64_t>)) {
  akin_test::check_updates([](bool keep) { return TestType({.factors = 4, .epochs = 30, .keep_interactions = keep}); },
                           akin::when_both::add);
  SECTION("histories are folded in") {
    akin_test::check_fold_in([] { return TestType({.factors = 4}); });
  }
  SECTION("ranks and values at the edge") {
    akin_test::check_extremes([](int factors) { return TestType({.factors = factors, .epochs = 2}); });
  }
}

namespace {

akin::sparse_matrix<float> clicks() {
  return akin::synthetic::power_law_clicks<float>({.users = 800, .items = 500, .interactions = 20000, .seed = 5});
}

}  // namespace

TEST_CASE("logistic_mf beats popularity where users have communities") {
  const auto [train, test] = akin::split_random(clicks(), {.test_fraction = 0.2, .seed = 1});
  akin::popularity<float> popular;
  popular.fit(train);
  akin::logistic_mf<float> model(
      {.factors = 16, .epochs = 30, .learning_rate = 0.05, .regularization = 0.03, .seed = 1});
  model.fit(execution::par, train);
  const auto [personal] = akin::evaluate(execution::par, model, train, test, akin::metrics::ndcg{10});
  const auto [general] = akin::evaluate(execution::par, popular, train, test, akin::metrics::ndcg{10});
  CAPTURE(personal.mean, general.mean);
  CHECK(personal.mean > 1.2 * general.mean);
}

TEST_CASE("logistic_mf gives the same bits for any number of threads where there are many blocks") {
  const auto x = clicks();
  REQUIRE(akin::detail::grid_side(x.rows(), x.cols(), x.nonZeros(), 64) > 2);
  const akin::logistic_mf_options options = {.factors = 7, .epochs = 3, .seed = 9};
  akin::logistic_mf<float> alone(options);
  std::vector<double> losses;
  alone.fit(execution::seq, x, [&](const akin::progress& p) { losses.push_back(p.loss); });
  for (const int threads : {1, 2, 3, 7}) {
    akin::logistic_mf<float> model(options);
    std::vector<double> same;
    model.fit(execution::par.threads(threads), x, [&](const akin::progress& p) { same.push_back(p.loss); });
    CHECK(bytes_of(model) == bytes_of(alone));
    CHECK(same == losses);
  }
  akin::logistic_mf<float> unobserved(options), other({.factors = 7, .epochs = 3, .seed = 10});
  unobserved.fit(execution::par, x);
  CHECK(bytes_of(unobserved) == bytes_of(alone));
  other.fit(execution::par, x);
  CHECK_FALSE(same(other.user_factors(), alone.user_factors()));
}

TEST_CASE("the loss of logistic_mf starts near ln 2 and falls") {
  std::vector<double> losses;
  akin::logistic_mf<float> model({.factors = 8, .epochs = 10, .learning_rate = 0.01, .alpha = 1, .negatives = 1});
  model.fit(execution::par, clicks(), [&](const akin::progress& p) { losses.push_back(p.loss); });
  REQUIRE(losses.size() == 10);
  CHECK(losses[0] == Approx(std::log(2.0)).margin(0.1));
  CHECK(losses[9] < losses[0] - 0.05);
}

TEST_CASE("scores of logistic_mf are log odds, which alpha and negatives shift") {
  // Everybody likes a random half of the items: nothing to learn but the odds.
  std::vector<Eigen::Triplet<double>> cells;
  const akin::random_stream random(4);
  for (int u = 0; u < 60; ++u)
    for (int i = 0; i < 40; ++i)
      if (random.uniform(static_cast<std::uint64_t>(40 * u + i)) < 0.5) cells.emplace_back(u, i, 2.0);
  const auto x = matrix_of<akin::logistic_mf<double>>(60, 40, cells);
  const auto mean_score = [&](double alpha, int negatives) {
    akin::logistic_mf<double> model({.factors = 1,
                                     .epochs = 60,
                                     .learning_rate = 0.02,
                                     .regularization = 0.005,
                                     .alpha = alpha,
                                     .negatives = negatives});
    model.fit(x);
    double sum = 0;
    for (int u = 0; u < 60; ++u)
      for (int i = 0; i < 40; ++i) sum += model.score(u, i);
    return sum / 2400;
  };
  CHECK(mean_score(0.5, 1) == Approx(0).margin(0.15));
  CHECK(mean_score(0.5, 4) == Approx(-std::log(4.0)).margin(0.3));
  CHECK(mean_score(2, 1) == Approx(std::log(4.0)).margin(0.3));
}

TEST_CASE("logistic_mf ranks what was liked above what was not") {
  // Two kinds of users with items of their own.
  std::vector<Eigen::Triplet<double>> cells;
  for (int u = 0; u < 20; ++u)
    for (int i = 0; i < 6; ++i)
      if ((u * 7 + i * 3) % 5 != 0) cells.emplace_back(u, i + 6 * (u % 2), 1);
  const auto x = matrix_of<akin::logistic_mf<double>>(20, 12, cells);
  akin::logistic_mf<double> model({.factors = 4, .epochs = 200});
  model.fit(x);
  for (int u = 0; u < 20; ++u)
    for (int i = 0; i < 6; ++i) CHECK(model.score(u, i + 6 * (u % 2)) > model.score(u, i + 6 * (1 - u % 2)));
  const std::int32_t items[] = {0};
  const auto similar = akin::similar_items(execution::seq, model, items, {.k = 5});
  for (const auto item : similar.items(0)) CHECK(item < 6);
}

TEST_CASE("an observer ends the training of logistic_mf, divergence leaves the model as it was") {
  const auto x = clicks();
  akin::logistic_mf<float> stopped({.factors = 4, .epochs = 9}), shorter({.factors = 4, .epochs = 2});
  stopped.fit(execution::par, x, [](const akin::progress& p) { return p.iteration < 2; });
  shorter.fit(execution::par, x);
  CHECK(same(stopped.item_factors(), shorter.item_factors()));
  akin::logistic_mf<float> wild({.factors = 4, .epochs = 100, .learning_rate = 1e20, .regularization = 1});
  CHECK_THROWS_AS(wild.fit(execution::par, x), akin::numeric_error);
  CHECK_THROWS_WITH(wild.fit(execution::par, x),
                    contains("logistic_mf::fit: the factors are no longer finite after epoch "));
  CHECK(wild.users() == 0);
}

TEST_CASE("logistic_mf refuses options that make no model") {
  using model_type = akin::logistic_mf<float>;
  CHECK_THROWS_WITH(model_type({.factors = -3}), "logistic_mf: factors must be positive, got -3");
  CHECK_THROWS_WITH(model_type({.epochs = 0}), "logistic_mf: epochs must be positive, got 0");
  CHECK_THROWS_WITH(model_type({.learning_rate = 0}), "logistic_mf: learning_rate must be positive and finite, got 0");
  CHECK_THROWS_WITH(model_type({.regularization = std::numeric_limits<double>::quiet_NaN()}),
                    contains("logistic_mf: regularization must be finite"));
  CHECK_THROWS_WITH(model_type({.alpha = 0}), "logistic_mf: alpha must be positive and finite, got 0");
  CHECK_THROWS_WITH(model_type({.negatives = 0}), "logistic_mf: negatives must be positive, got 0");
}

TEST_CASE("fold_in of logistic_mf says nearly what the training said, of users and of items") {
  const auto x = clicks();
  akin::logistic_mf<float> model({.factors = 8, .epochs = 30, .keep_interactions = true});
  model.fit(execution::par, x);
  CHECK(akin_test::agreement_with_training(model, x) > 0.9);
  CHECK(akin_test::agreement_of_items(model, x) > 0.9);
}
