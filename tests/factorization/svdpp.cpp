#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <akin/data/splits.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/factorization/biased_mf.hpp>
#include <akin/factorization/svdpp.hpp>

#include "support/catch.hpp"
#include "support/fold_in_harness.hpp"
#include "support/model_harness.hpp"
#include "support/promise_harness.hpp"
#include "support/reference.hpp"
#include "support/update_harness.hpp"

using akin_test::bytes_of;
using akin_test::dense;
using akin_test::distance;
using akin_test::matrix_of;
using akin_test::norm;
using akin_test::row;
using akin_test::same;
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

TEMPLATE_TEST_CASE("svdpp lives on after its fit", "", akin::svdpp<double>, (akin::svdpp<float, std::int64_t>)) {
  akin_test::check_updates(
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
double objective(const akin::sparse_matrix<double>& x, const akin::factor_table<double>& model,
                 const Eigen::MatrixXd& y, double lambda) {
  double sum = 0;
  for (Eigen::Index u = 0; u < x.rows(); ++u)
    for (akin::sparse_matrix<double>::InnerIterator cell(x, u); cell; ++cell)
      sum +=
          std::pow(cell.value() - model.score(u, cell.col()), 2) + lambda * akin_test::squared_norm(row(y, cell.col()));
  return sum;
}

}  // namespace

TEST_CASE("moving all implicit factors of svdpp at once never raises the objective") {
  const akin::sparse_matrix<double> x = low_rank().topRows(80).cast<double>();
  for (const double lambda : {0.0, 0.05, 3.0}) {
    CAPTURE(lambda);
    // Large factors: a step that is too long would show.
    auto model = detail::random_table<double>(x.rows(), x.cols(), 3, 2.0, 1);
    detail::start_from_ratings(
        detail::view_of(x, "test"), [](std::int64_t) { return true; }, model);
    detail::svdpp_histories<double, std::int32_t> histories(detail::view_of(x, "test"), 3);
    double last = objective(x, model, akin_test::zeros(x.cols(), 3), lambda);
    const double first = last;
    for (int step = 0; step < 20; ++step) {
      histories.improve(execution::par.threads(step % 3 + 1), model, lambda);
      auto copy = histories;
      const double now = objective(x, model, dense(copy.take_factors().map()), lambda);
      CHECK(now <= last * (1 + 1e-12));
      last = now;
    }
    CHECK(last < 0.9 * first);
  }
}

TEST_CASE("user factors of svdpp hold the user's own and the sum over the user's items") {
  const auto x = matrix_of<akin::svdpp<double>>(2, 3, {{0, 0, 5}, {0, 1, 1}, {0, 2, 2}, {1, 2, 4}});
  auto model = detail::random_table<double>(2, 3, 4, 0.5, 1);
  detail::start_from_ratings(
      detail::view_of(x, "test"), [](std::int64_t) { return true; }, model);
  const Eigen::MatrixXd p = dense(model.user_factors.map());
  detail::svdpp_histories<double, std::int32_t> histories(detail::view_of(x, "test"), 4);
  for (int step = 0; step < 3; ++step) histories.improve(execution::seq, model, 0.1);
  const Eigen::MatrixXd y = dense(histories.take_factors().map());
  Eigen::VectorXd first = row(p, 0), second = row(p, 1);
  for (int item = 0; item < 3; ++item) akin_test::add(first, 1 / std::sqrt(3.0), row(y, item));
  akin_test::add(second, 1, row(y, 2));
  CHECK(norm(y) > 0.01);
  CHECK(distance(row(model.user_factors.map(), 0), first) < 1e-12);
  CHECK(distance(row(model.user_factors.map(), 1), second) < 1e-12);
}

TEST_CASE("an observer ends the training of svdpp, divergence leaves the model as it was") {
  const auto x = low_rank();
  akin::svdpp<float> stopped({.factors = 4, .epochs = 9}), shorter({.factors = 4, .epochs = 2});
  stopped.fit(execution::par, x, [](const akin::progress& p) { return p.iteration < 2; });
  shorter.fit(execution::par, x);
  CHECK(bytes_of(stopped).size() == bytes_of(shorter).size());
  CHECK(same(stopped.item_factors(), shorter.item_factors()));
  CHECK(same(stopped.user_factors(), shorter.user_factors()));
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
  const Eigen::MatrixXd q = dense(model.item_factors()), y = dense(model.implicit_factors());
  for (int u = 0; u < 90; ++u) {
    const auto count = static_cast<double>(x.outerIndexPtr()[u + 1] - x.outerIndexPtr()[u]);
    if (count == 0) continue;
    Eigen::VectorXd sum = akin_test::zeros(4), b = akin_test::zeros(5), z(5);
    Eigen::MatrixXd a = akin_test::identity(5, 0.1 * count);
    for (akin::sparse_matrix<double>::InnerIterator cell(x, u); cell; ++cell)
      akin_test::add(sum, 1 / std::sqrt(count), row(y, cell.col()));
    for (akin::sparse_matrix<double>::InnerIterator cell(x, u); cell; ++cell) {
      for (Eigen::Index d = 0; d < 4; ++d) z[d] = q(cell.col(), d);
      z[4] = 1;
      akin_test::add_outer(a, 1, z);
      akin_test::add(b,
                     cell.value() - model.mean() - model.item_biases()[static_cast<std::size_t>(cell.col())] -
                         akin_test::dot(row(q, cell.col()), sum),
                     z);
    }
    Eigen::VectorXd expected = akin_test::solve(a, b);
    for (Eigen::Index d = 0; d < 4; ++d) expected[d] += sum[d];
    CHECK(distance(row(folded, u), expected) < 1e-9 * (1 + norm(expected)));
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
