#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <akin/baselines/popularity.hpp>
#include <akin/data/splits.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/factorization/warp.hpp>
#include <akin/metrics/ranking.hpp>

#include "support/catch.hpp"
#include "support/fold_in_harness.hpp"
#include "support/model_harness.hpp"
#include "support/promise_harness.hpp"
#include "support/reference.hpp"
#include "support/update_harness.hpp"

using akin_test::bytes_of;
using akin_test::matrix_of;
using akin_test::row;
using akin_test::same;
namespace detail = akin::detail;
namespace execution = akin::execution;

TEMPLATE_TEST_CASE("warp keeps the promises of every model", "", akin::warp<float>, akin::warp<double>,
                   (akin::warp<float, std::int64_t>)) {
  akin_test::check_model([] { return TestType({.factors = 5, .epochs = 4, .seed = 4}); });
}

TEST_CASE("warp lists what it knows, and keeps what is documented of it") {
  akin_test::check_promises([] { return akin::warp<float>({.factors = 5, .epochs = 10, .seed = 4}); },
                            akin_test::row_lists::folded_in, akin_test::reason_sums::no_sum);
  SECTION("a known answer") {
    const auto with = [](int factors, double regularization) {
      return akin::warp<float>({.factors = factors, .learning_rate = 0.005, .regularization = regularization});
    };
    akin_test::check_checkerboard([&] { return with(64, 1.5); });
    akin_test::check_checkerboard([&] { return with(4, 1.5); });
    akin_test::check_checkerboard([&] { return with(64, 2); });
  }
  SECTION("a fold-in of twice the epochs says nearly the same") {
    akin_test::check_fold_in_settles(
        [](int epochs) { return akin::warp<float>({.factors = 8, .epochs = epochs, .learning_rate = 0.05}); });
  }
  SECTION("factors begin small") {
    akin_test::check_initial_deviation(
        [] { return akin::warp<float>({.factors = 16, .epochs = 1, .learning_rate = 1e-9}); }, 0.1);
  }
}

TEST_CASE("each option of warp matters") {
  using options = akin::warp_options;
  auto changes = akin_test::sgd_changes<options>();
  changes.push_back({"margin", [](auto& o) { o.margin = 2; }});
  changes.push_back({"max_trials", [](auto& o) { o.max_trials = 3; }});
  akin_test::check_options<akin::warp<float>>(options{.factors = 5, .epochs = 4}, changes, {"keep_interactions"});
}

TEMPLATE_TEST_CASE("warp lives on after its fit", "", akin::warp<double>, (akin::warp<float, std::int64_t>)) {
  akin_test::check_updates(
      [](bool keep) {
        return TestType(
            {.factors = 4, .epochs = 30, .learning_rate = 0.005, .regularization = 1.5, .keep_interactions = keep});
      },
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

TEST_CASE("warp beats popularity clearly where users have communities") {
  const auto [train, test] = akin::split_random(clicks(), {.test_fraction = 0.2, .seed = 1});
  akin::popularity<float> popular;
  popular.fit(train);
  akin::warp<float> model({.factors = 16, .seed = 1});
  model.fit(execution::par, train);
  const auto [personal, recall] =
      akin::evaluate(execution::par, model, train, test, akin::metrics::ndcg{10}, akin::metrics::recall{20});
  const auto [general, seen] =
      akin::evaluate(execution::par, popular, train, test, akin::metrics::ndcg{10}, akin::metrics::recall{20});
  CAPTURE(personal.mean, general.mean, recall.mean, seen.mean);
  CHECK(personal.mean > 1.3 * general.mean);
  CHECK(recall.mean > 1.3 * seen.mean);
}

TEST_CASE("warp gives the same bits for any number of threads where there are many blocks") {
  const auto x = clicks();
  REQUIRE(detail::grid_side(x.rows(), x.cols(), x.nonZeros(), 64) > 2);
  const akin::warp_options options = {.factors = 7, .epochs = 3, .seed = 9};
  akin::warp<float> alone(options), other({.factors = 7, .epochs = 3, .seed = 10});
  std::vector<double> losses;
  alone.fit(execution::seq, x, [&](const akin::progress& p) { losses.push_back(p.loss); });
  for (const int threads : {1, 2, 3, 7}) {
    akin::warp<float> model(options);
    std::vector<double> same;
    model.fit(execution::par.threads(threads), x, [&](const akin::progress& p) { same.push_back(p.loss); });
    CHECK(bytes_of(model) == bytes_of(alone));
    CHECK(same == losses);
  }
  other.fit(execution::par, x);
  CHECK_FALSE(same(other.user_factors(), alone.user_factors()));
}

TEST_CASE("one epoch of warp on two positives is the steps of the formula in some order") {
  // Each user likes one of two items, so that the other one is drawn, and violates the margin: its rank is 1.
  using model_type = akin::warp<double>;
  const auto x = matrix_of<model_type>(2, 2, {{0, 0, 1}, {1, 1, 1}});
  const akin::warp_options options = {
      .factors = 3, .epochs = 1, .learning_rate = 0.1, .regularization = 0.3, .margin = 2, .seed = 8};
  model_type model(options);
  double loss = 0;
  model.fit(execution::seq, x, [&](const akin::progress& p) { loss = p.loss; });
  const double weight = std::log(1.5) + 0.5772156649;

  const auto take = [&](const std::vector<int>& order) {
    const auto start = detail::random_table<double>(2, 2, 3, 0.1, options.seed);
    Eigen::MatrixXd p = akin_test::dense(start.user_factors.map()), q = akin_test::dense(start.item_factors.map());
    Eigen::VectorXd b = akin_test::zeros(2);
    double hinges = 0;
    for (const int u : order) {
      const int i = u, j = 1 - u;
      const Eigen::VectorXd pu = row(p, u), qi = row(q, i), qj = row(q, j);
      hinges += weight * (b[j] + akin_test::dot(pu, qj) - b[i] - akin_test::dot(pu, qi) + options.margin);
      for (Eigen::Index d = 0; d < 3; ++d) {
        p(u, d) += 0.1 * (weight * (qi[d] - qj[d]) - 0.3 * pu[d]);
        q(i, d) += 0.1 * (weight * pu[d] - 0.3 * qi[d]);
        q(j, d) += 0.1 * (-weight * pu[d] - 0.3 * qj[d]);
      }
      b[i] += 0.1 * (weight - 0.3 * b[i]);
      b[j] += 0.1 * (-weight - 0.3 * b[j]);
    }
    return akin_test::distance(model.user_factors(), p) + akin_test::distance(model.item_factors(), q) +
           std::hypot(model.item_biases()[0] - b[0], model.item_biases()[1] - b[1]) + std::abs(loss - hinges / 2);
  };
  CHECK(std::min(take({0, 1}), take({1, 0})) < 1e-12);
}

TEST_CASE("warp estimates ranks among all items, however many blocks there are") {
  // Hardly anything is learnt in this epoch: the first item that is drawn violates the margin, and the loss is L of
  // the number of items, of which a block holds a part. A few users like all that they could be asked about.
  const auto x = clicks();
  for (const double margin : {1.0, 3.0}) {
    akin::warp<float> model({.factors = 4, .epochs = 1, .learning_rate = 1e-6, .margin = margin});
    double loss = 0;
    model.fit(execution::par, x, [&](const akin::progress& p) { loss = p.loss; });
    CHECK(loss == Approx(margin * (std::log(499.5) + 0.5772)).epsilon(0.04));
  }
  // What scores a margin lower is let be: nothing is left to learn.
  akin::warp<float> still({.factors = 4, .epochs = 60, .regularization = 0, .margin = 1e-6});
  std::vector<double> losses;
  still.fit(execution::par, matrix_of<akin::warp<float>>(2, 2, {{0, 0, 1}, {1, 1, 1}}),
            [&](const akin::progress& p) { losses.push_back(p.loss); });
  CHECK(losses.back() == 0);
}

TEST_CASE("fold_in of warp says nearly what the training said, of users and of items") {
  const auto x = clicks();
  akin::warp<float> model({.factors = 8, .keep_interactions = true});
  model.fit(execution::par, x);
  CHECK(akin_test::agreement_with_training(model, x) > 0.9);
  CHECK(akin_test::agreement_of_items(model, x) > 0.9);
}

TEST_CASE("an observer ends the training of warp, divergence leaves the model as it was") {
  const auto x = clicks();
  akin::warp<float> stopped({.factors = 4, .epochs = 9}), shorter({.factors = 4, .epochs = 2});
  stopped.fit(execution::par, x, [](const akin::progress& p) { return p.iteration < 2; });
  shorter.fit(execution::par, x);
  CHECK(same(stopped.item_factors(), shorter.item_factors()));
  akin::warp<float> wild({.factors = 4, .epochs = 100, .learning_rate = 1e20, .regularization = 1});
  CHECK_THROWS_WITH(wild.fit(execution::par, x), contains("warp::fit: the factors are no longer finite after epoch "));
  CHECK(wild.users() == 0);
}

TEST_CASE("warp refuses options that make no model") {
  using model_type = akin::warp<float>;
  CHECK_THROWS_WITH(model_type({.factors = 0}), "warp: factors must be positive, got 0");
  CHECK_THROWS_WITH(model_type({.learning_rate = -1}), "warp: learning_rate must be positive and finite, got -1");
  CHECK_THROWS_WITH(model_type({.margin = 0}), "warp: margin must be positive and finite, got 0");
  CHECK_THROWS_WITH(model_type({.max_trials = 0}), "warp: max_trials must be positive, got 0");
}
