#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <Eigen/Dense>

#include <akin/data/splits.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/factorization/biased_mf.hpp>
#include <akin/factorization/svdpp.hpp>

#include "support/catch.hpp"
#include "support/fold_in_harness.hpp"
#include "support/life_harness.hpp"
#include "support/model_harness.hpp"
#include "support/promise_harness.hpp"

using akin_test::bytes_of;
using akin_test::matrix_of;
namespace detail = akin::detail;
namespace execution = akin::execution;

TEMPLATE_TEST_CASE("svdpp keeps the promises of every model", "", akin::svdpp<float>, akin::svdpp<double>,
                   (akin::svdpp<float, std::int64_t>)) {
  akin_test::check_model([] { return TestType({.factors = 5, .epochs = 4, .seed = 4}); });
}

TEST_CASE("svdpp lists what it knows, and keeps what is documented of it") {
  akin_test::check_promises([] { return akin::svdpp<float>({.factors = 5, .epochs = 20, .seed = 4}); },
                            akin_test::row_lists::folded_in, akin_test::reason_sums::folded_rating_less_bias);
}

TEST_CASE("each option of svdpp matters") {
  using options = akin::svdpp_options;
  auto changes = akin_test::sgd_changes<options>();
  changes.push_back({"learning_rate_decay", [](auto& o) { o.learning_rate_decay = 0.5; }});
  akin_test::check_options<akin::svdpp<float>>(options{.factors = 5, .epochs = 4}, changes, {"keep_interactions"});
}

TEMPLATE_TEST_CASE("svdpp lives on after its fit", "", akin::svdpp<float>, (akin::svdpp<double, std::int64_t>)) {
  akin_test::check_life(
      [](bool keep) {
        return TestType({.factors = 4, .epochs = 30, .learning_rate = 0.02, .keep_interactions = keep});
      },
      akin::when_both::replace);
  SECTION("histories are folded in") {
    akin_test::check_fold_in([] { return TestType({.factors = 4}); });
  }
  SECTION("ranks and values at the edge") {
    akin_test::check_extremes([](int factors) { return TestType({.factors = factors, .epochs = 2}); });
  }
}

namespace {

akin::sparse_matrix<float> low_rank() {
  return akin::synthetic::low_rank_ratings<float>(
      {.users = 600, .items = 400, .rank = 5, .density = 0.15, .noise = 0.1, .seed = 3});
}

}  // namespace

TEST_CASE("svdpp finds a low rank") {
  const auto [train, test] = akin::split_random(low_rank(), {.test_fraction = 0.2, .seed = 1});
  akin::svdpp<float> model({.factors = 8, .epochs = 60, .learning_rate = 0.02, .regularization = 0.02});
  model.fit(execution::par, train);
  double squares = 0;
  for (int u = 0; u < test.rows(); ++u)
    for (akin::sparse_matrix<float>::InnerIterator cell(test, u); cell; ++cell)
      squares += std::pow(static_cast<double>(cell.value() - model.predict(u, static_cast<int>(cell.col()))), 2);
  CHECK(std::sqrt(squares / static_cast<double>(test.nonZeros())) < 0.16);
}

TEST_CASE("svdpp learns from what was rated, where the ratings themselves say nothing") {
  // Even users rate items 0 to 9 and like the even ones of 20 to 29, odd users rate 10 to 19 and like the odd ones.
  // Nobody's rating of items 0 to 19 tells anything, and of every fifth user there are no others.
  std::vector<Eigen::Triplet<double>> cells;
  const auto is_new = [](int user) { return user % 5 == 0; };
  for (int user = 0; user < 200; ++user) {
    for (int i = 0; i < 10; ++i)
      if ((user + i) % 3 != 0) cells.emplace_back(user, i + 10 * (user % 2), 0.0);
    for (int i = 20; i < 30; ++i)
      if (!is_new(user) && (user / 2 + i) % 3 != 0) cells.emplace_back(user, i, (user + i) % 2 == 0 ? 1.0 : -1.0);
  }
  const auto x = matrix_of<akin::svdpp<double>>(200, 30, cells);
  akin::svdpp<double> model({.factors = 4, .epochs = 100, .learning_rate = 0.02, .regularization = 0.02});
  akin::biased_mf<double> without({.factors = 4, .epochs = 100, .learning_rate = 0.02, .regularization = 0.02});
  model.fit(execution::par, x);
  without.fit(execution::par, x);
  double error = 0, error_without = 0, count = 0;
  for (int user = 0; user < 200; user += 5)
    for (int i = 20; i < 30; ++i) {
      const double truth = (user + i) % 2 == 0 ? 1.0 : -1.0;
      error += std::abs(truth - model.predict(user, i));
      error_without += std::abs(truth - without.predict(user, i));
      ++count;
    }
  CAPTURE(error / count, error_without / count);
  CHECK(error / count < 0.4);
  CHECK(error_without / count > 0.8);
}

TEST_CASE("svdpp gives the same bits for any number of threads where there are many blocks") {
  const auto x = low_rank();
  const akin::svdpp_options options = {.factors = 7, .epochs = 3, .learning_rate_decay = 0.9, .seed = 9};
  REQUIRE(akin::detail::grid_side(x.rows(), x.cols(), x.nonZeros()) > 2);
  akin::svdpp<float> alone(options);
  std::vector<double> losses;
  alone.fit(execution::seq, x, [&](const akin::progress& p) { losses.push_back(p.loss); });
  for (const int threads : {1, 2, 3, 7}) {
    akin::svdpp<float> model(options);
    std::vector<double> same;
    model.fit(execution::par.threads(threads), x, [&](const akin::progress& p) { same.push_back(p.loss); });
    CHECK(bytes_of(model) == bytes_of(alone));
    CHECK(same == losses);
  }
}

namespace {

/// What changes with the y: squared errors and lambda n_j |y_j|^2.
double objective(const akin::sparse_matrix<double>& x, const detail::biased_parameters<double>& model,
                 const akin::dense_matrix<double>& y, double lambda) {
  double sum = 0;
  for (Eigen::Index u = 0; u < x.rows(); ++u)
    for (akin::sparse_matrix<double>::InnerIterator cell(x, u); cell; ++cell)
      sum += std::pow(cell.value() - model.predict(u, cell.col()), 2) + lambda * y.row(cell.col()).squaredNorm();
  return sum;
}

}  // namespace

TEST_CASE("moving all implicit factors of svdpp at once never raises the objective") {
  const akin::sparse_matrix<double> x = low_rank().topRows(80).cast<double>();
  for (const double lambda : {0.0, 0.05, 3.0}) {
    CAPTURE(lambda);
    // Large factors: a step that is too long would show.
    detail::biased_parameters<double> model(x.rows(), x.cols(), 3, 2.0, 1);
    model.start_from_ratings(detail::view_of(x, "test"), [](std::int64_t) { return true; });
    detail::svdpp_histories<double, std::int32_t> histories(detail::view_of(x, "test"), 3);
    double last = objective(x, model, akin::dense_matrix<double>::Zero(x.cols(), 3), lambda);
    const double first = last;
    for (int step = 0; step < 20; ++step) {
      histories.improve(execution::par.threads(step % 3 + 1), model, lambda);
      auto copy = histories;
      const akin::dense_matrix<double> y = copy.take_factors().map();
      const double now = objective(x, model, y, lambda);
      CHECK(now <= last * (1 + 1e-12));
      last = now;
    }
    CHECK(last < 0.9 * first);
  }
}

TEST_CASE("user factors of svdpp hold the user's own and the sum over the user's items") {
  const auto x = matrix_of<akin::svdpp<double>>(2, 3, {{0, 0, 5}, {0, 1, 1}, {0, 2, 2}, {1, 2, 4}});
  detail::biased_parameters<double> model(2, 3, 4, 0.5, 1);
  model.start_from_ratings(detail::view_of(x, "test"), [](std::int64_t) { return true; });
  const akin::dense_matrix<double> p = model.user_factors.map();
  detail::svdpp_histories<double, std::int32_t> histories(detail::view_of(x, "test"), 4);
  for (int step = 0; step < 3; ++step) histories.improve(execution::seq, model, 0.1);
  const akin::dense_matrix<double> y = histories.take_factors().map();
  const Eigen::RowVectorXd first = p.row(0) + (y.row(0) + y.row(1) + y.row(2)) / std::sqrt(3.0);
  CHECK(y.norm() > 0.01);
  CHECK((model.user_factors.map().row(0) - first).norm() < 1e-12);
  CHECK((model.user_factors.map().row(1) - p.row(1) - y.row(2)).norm() < 1e-12);
}

TEST_CASE("an observer ends the training of svdpp, divergence leaves the model as it was") {
  const auto x = low_rank();
  akin::svdpp<float> stopped({.factors = 4, .epochs = 9}), shorter({.factors = 4, .epochs = 2});
  stopped.fit(execution::par, x, [](const akin::progress& p) { return p.iteration < 2; });
  shorter.fit(execution::par, x);
  CHECK(bytes_of(stopped).size() == bytes_of(shorter).size());
  CHECK(stopped.item_factors() == shorter.item_factors());
  CHECK(stopped.user_factors() == shorter.user_factors());
  akin::svdpp<float> wild({.factors = 4, .epochs = 50, .learning_rate = 10});
  CHECK_THROWS_AS(wild.fit(execution::par, x), akin::numeric_error);
  CHECK_THROWS_WITH(wild.fit(execution::par, x), contains("svdpp::fit: the factors are no longer finite after epoch "));
  CHECK(wild.users() == 0);
}

TEST_CASE("svdpp refuses options that make no model") {
  using model_type = akin::svdpp<float>;
  CHECK_THROWS_WITH(model_type({.factors = 0}), "svdpp: factors must be positive, got 0");
  CHECK_THROWS_WITH(model_type({.epochs = -1}), "svdpp: epochs must be positive, got -1");
  CHECK_THROWS_WITH(model_type({.learning_rate = std::numeric_limits<double>::infinity()}),
                    contains("learning_rate must be positive and finite"));
  CHECK_THROWS_WITH(model_type({.regularization = -1}), contains("regularization must be finite and not negative"));
  CHECK_THROWS_WITH(model_type({.learning_rate_decay = 0}), contains("learning_rate_decay must be above 0"));
}

TEST_CASE("fold_in of svdpp solves the user's own problem beside what was rated") {
  const akin::sparse_matrix<double> x =
      akin::synthetic::low_rank_ratings<double>({.users = 90, .items = 60, .rank = 3, .density = 0.2, .seed = 3});
  akin::svdpp<double> model({.factors = 4, .epochs = 20, .learning_rate = 0.02, .regularization = 0.1});
  model.fit(execution::par, x);
  const akin::dense_matrix<double> folded = model.fold_in(execution::par, x);
  const Eigen::MatrixXd q = model.item_factors(), y = model.implicit_factors();
  for (int u = 0; u < 90; ++u) {
    const auto count = static_cast<double>(x.row(u).nonZeros());
    if (count == 0) continue;
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(4), b = Eigen::VectorXd::Zero(5), z(5);
    Eigen::MatrixXd a = Eigen::MatrixXd::Zero(5, 5);
    for (akin::sparse_matrix<double>::InnerIterator cell(x, u); cell; ++cell)
      sum += y.row(cell.col()).transpose() / std::sqrt(count);
    for (akin::sparse_matrix<double>::InnerIterator cell(x, u); cell; ++cell) {
      z << q.row(cell.col()).transpose(), 1;
      a += z * z.transpose();
      b += (cell.value() - model.mean() - model.item_biases()[static_cast<std::size_t>(cell.col())] -
            q.row(cell.col()).dot(sum)) *
           z;
    }
    a.diagonal().array() += 0.1 * count;
    Eigen::VectorXd expected = a.ldlt().solve(b);
    expected.head(4) += sum;
    CHECK((folded.row(u).transpose() - expected).norm() < 1e-9 * (1 + expected.norm()));
  }
  for (const int user : {0, 5, 33}) {
    const auto scores = akin_test::history_scores(model, x, user);
    for (const int item : {0, 20, 59}) {
      const auto place = static_cast<std::size_t>(item);
      CHECK(akin_test::sum_of_contributions(model, x, user, item) + model.mean() + model.item_biases()[place] ==
            Approx(scores[place]));
    }
  }
}
