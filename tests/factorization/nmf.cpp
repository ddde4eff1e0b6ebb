#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/factorization/nmf.hpp>
#include <akin/retrieval/similar_items.hpp>

#include "support/catch.hpp"
#include "support/fold_in_harness.hpp"
#include "support/model_harness.hpp"
#include "support/promise_harness.hpp"
#include "support/reference.hpp"
#include "support/update_harness.hpp"

using akin_test::dense;
using akin_test::distance;
using akin_test::matrix_of;
using akin_test::norm;
using akin_test::row;
using akin_test::same;
using akin_test::squared_norm;
namespace execution = akin::execution;

TEMPLATE_TEST_CASE("nmf keeps the promises of every model", "", akin::nmf<float>, akin::nmf<double>,
                   (akin::nmf<float, std::int64_t>)) {
  akin_test::check_model([] { return TestType({.factors = 5, .iterations = 4, .seed = 4}); });
}

TEST_CASE("nmf lists what it knows, and keeps what is documented of it") {
  akin_test::check_promises([] { return akin::nmf<float>({.factors = 5, .iterations = 10, .seed = 4}); },
                            akin_test::row_lists::same, akin_test::reason_sums::score);
  SECTION("a known answer") {
    akin_test::check_checkerboard([] { return akin::nmf<float>(); });
  }
}

TEST_CASE("reasons of nmf sum to the score where its factors are parallel") {
  using model_type = akin::nmf<float>;
  std::vector<Eigen::Triplet<float>> cells;
  for (int user = 0; user < 6; ++user)
    for (int item = 0; item < 5; ++item) cells.emplace_back(user, item, 1.0f);
  const auto ones = matrix_of<model_type>(6, 5, cells);
  model_type model;
  model.fit(ones);
  for (int item = 0; item < 5; ++item)
    CHECK(akin_test::sum_of_reasons(model, ones, 2, item) == Approx(model.score(2, item)).epsilon(1e-4));
}

TEST_CASE("each option of nmf matters") {
  using options = akin::nmf_options;
  const std::vector<akin_test::option_change<options>> changes = {
      {"factors", [](auto& o) { o.factors = 6; }}, {"iterations", [](auto& o) { o.iterations = 2; }},
      {"sweeps", [](auto& o) { o.sweeps = 1; }},   {"regularization", [](auto& o) { o.regularization = 3; }},
      {"seed", [](auto& o) { o.seed = 5; }},
  };
  akin_test::check_options<akin::nmf<float>>(options{.factors = 5, .iterations = 4}, changes, {"keep_interactions"});
}

TEMPLATE_TEST_CASE("nmf lives on after its fit", "", akin::nmf<double>, (akin::nmf<float, std::int64_t>)) {
  akin_test::check_updates(
      [](bool keep) { return TestType({.factors = 4, .iterations = 10, .keep_interactions = keep}); },
      akin::when_both::add);
  SECTION("histories are folded in") {
    akin_test::check_fold_in([] { return TestType({.factors = 4}); });
  }
  SECTION("ranks and values at the edge") {
    akin_test::check_extremes([](int factors) { return TestType({.factors = factors, .iterations = 2}); });
  }
}

namespace {

using sparse = akin::sparse_matrix<double>;

/// Counts of 1 to 4; some cells are stored and 0.
sparse some_counts(std::uint64_t seed) {
  auto x = akin::synthetic::power_law_clicks<double>({.users = 50, .items = 30, .interactions = 400, .seed = seed});
  for (Eigen::Index i = 0; i < x.nonZeros(); ++i) x.valuePtr()[i] = static_cast<double>(i % 5);
  return x;
}

/// The whole objective, cell by cell.
double reference_loss(const Eigen::MatrixXd& r, const Eigen::MatrixXd& x, const Eigen::MatrixXd& y, double lambda) {
  const double error = distance(r, akin_test::product_transposed(x, y));
  return error * error + lambda * (squared_norm(x) + squared_norm(y));
}
double reference_loss(const Eigen::MatrixXd& r, const akin::nmf<double>& model) {
  return reference_loss(r, dense(model.user_factors()), dense(model.item_factors()), model.options().regularization);
}

/// How far a row is from the minimum over x >= 0 of |r - Yx|^2 + lambda |x|^2: by Karush, Kuhn and Tucker the gradient
/// is 0 where x > 0 and not negative where x = 0.
double distance_from_minimum(const Eigen::VectorXd& r, const Eigen::VectorXd& x, const Eigen::MatrixXd& y,
                             double lambda) {
  Eigen::VectorXd gradient = akin_test::times(y.transpose(), akin_test::difference(akin_test::times(y, x), r));
  akin_test::add(gradient, lambda, x);
  double distance = 0;
  for (Eigen::Index d = 0; d < x.size(); ++d)
    distance = std::max(distance, x[d] > 0 ? std::abs(gradient[d]) : -gradient[d]);
  return distance;
}

}  // namespace

TEST_CASE("factors of nmf are not negative, and each user's are the minimum against the items") {
  const auto x = some_counts(3);
  const Eigen::MatrixXd counts = dense(x);
  for (const double lambda : {0.0, 0.5, 4.0})
    for (const int factors : {1, 4, 7, 20}) {
      CAPTURE(lambda, factors);
      akin::nmf<double> model({.factors = factors, .iterations = 10, .regularization = lambda, .seed = 1});
      model.fit(execution::par.threads(2), x);
      const Eigen::MatrixXd users = dense(model.user_factors()), items = dense(model.item_factors());
      CHECK(akin_test::least(users) >= 0);
      CHECK(akin_test::least(items) >= 0);
      CHECK(akin_test::greatest(items) > 0);
      for (Eigen::Index u = 0; u < x.rows(); ++u) {
        const Eigen::VectorXd r = row(counts, u);
        const double scale = norm(akin_test::times(items.transpose(), r));
        CHECK(distance_from_minimum(r, row(users, u), items, lambda) <= 1e-3 * scale);
      }
    }
}

TEST_CASE("the observer of nmf is told the objective, which never rises") {
  const auto x = some_counts(5);
  const Eigen::MatrixXd counts = dense(x);
  for (const double lambda : {0.0, 1.0})
    for (const int sweeps : {1, 3}) {
      akin::nmf<double> model({.factors = 6, .iterations = 40, .sweeps = sweeps, .regularization = lambda, .seed = 2});
      double before = std::numeric_limits<double>::infinity();
      int told = 0;
      model.fit(execution::par, x, [&](const akin::progress& p) {
        CHECK(p.loss <= before * (1 + 1e-12));
        before = p.loss;
        CHECK(p.iteration == ++told);
        CHECK(p.iterations == 40);
        return told < 30;
      });
      CHECK(told == 30);
      // The users are solved once more, so that the loss is a bit lower at the end.
      const double loss = reference_loss(counts, model);
      CHECK(loss <= before * (1 + 1e-8));
      CHECK(loss >= before * 0.95);
      CHECK(loss < squared_norm(counts));
    }
}

TEST_CASE("the loss that nmf reports is the whole sum of squares") {
  const auto x = matrix_of<akin::nmf<double>>(3, 2, {{0, 0, 2}, {1, 0, 1}, {1, 1, 3}, {2, 1, 1}});
  // With one factor each half-step is exact after one sweep: the last one changes nothing but rounding.
  akin::nmf<double> model({.factors = 1, .iterations = 3, .sweeps = 1, .regularization = 0.25});
  double loss = 0;
  model.fit(execution::seq, x, [&](const akin::progress& p) { loss = p.loss; });
  CHECK(loss == Approx(reference_loss(dense(x), model)));
}

TEST_CASE("nmf finds a matrix that is a product of non-negative factors, in float and double") {
  auto a = akin::synthetic::gaussian<double>(30, 3, {.seed = 1}),
       b = akin::synthetic::gaussian<double>(20, 3, {.seed = 2});
  for (auto* const factors : {&a, &b})
    for (Eigen::Index i = 0; i < factors->size(); ++i) factors->data()[i] = std::max(factors->data()[i], 0.0);
  const Eigen::MatrixXd product = akin_test::product_transposed(a, b);
  std::vector<Eigen::Triplet<double>> cells;
  for (int u = 0; u < 30; ++u)
    for (int i = 0; i < 20; ++i)
      if (product(u, i) != 0) cells.emplace_back(u, i, product(u, i));
  const auto x = matrix_of<akin::nmf<double>>(30, 20, cells);
  const akin::nmf_options options = {.factors = 3, .iterations = 400, .sweeps = 3, .seed = 3};
  akin::nmf<double> model(options);
  akin::nmf<float> single(options);
  model.fit(execution::par, x);
  single.fit(execution::par, akin::sparse_matrix<float>(x.cast<float>()));
  const Eigen::MatrixXd found = akin_test::product_transposed(model.user_factors(), model.item_factors());
  const Eigen::MatrixXd found_single = akin_test::product_transposed(single.user_factors(), single.item_factors());
  CHECK(distance(found, product) < 0.02 * norm(product));
  CHECK(distance(found_single, product) < 0.02 * norm(product));
}

TEST_CASE("nmf separates two groups that share nothing") {
  using model_type = akin::nmf<float>;
  std::vector<Eigen::Triplet<float>> cells;
  for (int u = 0; u < 6; ++u)
    for (int i = 0; i < 3; ++i) cells.emplace_back(u, (u % 2) * 3 + i, 1);
  model_type model({.factors = 2, .iterations = 100, .seed = 1});
  model.fit(matrix_of<model_type>(6, 6, cells));
  for (int u = 0; u < 6; ++u)
    for (int i = 0; i < 6; ++i) CHECK(model.score(u, i) == Approx(i / 3 == u % 2 ? 1 : 0).margin(0.02));
  const std::int32_t items[] = {0};
  const auto similar = akin::similar_items(execution::seq, model, items, {.k = 2});
  CHECK(similar.items(0)[0] == 1);
  CHECK(similar.items(0)[1] == 2);
}

TEST_CASE("nmf folds the training in to the same bits, and a stranger to the minimum") {
  const auto x = some_counts(6);
  akin::nmf<double> model({.factors = 6, .iterations = 10, .regularization = 0.1});
  model.fit(execution::par, x);
  CHECK(same(model.fold_in(execution::par.threads(3), x), model.user_factors()));

  const auto stranger = matrix_of<akin::nmf<double>>(2, 30, {{0, 3, 2}, {0, 7, 1}});
  const auto folded = model.fold_in(execution::seq, stranger);
  CHECK(distance_from_minimum(row(dense(stranger), 0), row(folded, 0), dense(model.item_factors()), 0.1) < 1e-3);
  CHECK(akin_test::is_zero(row(folded, 1)));
  CHECK_THROWS_WITH(model.fold_in(execution::seq, sparse(1, 5)), contains("a column for each of the 30 items, got 5"));
  CHECK_THROWS_WITH(model.fold_in(execution::seq, matrix_of<akin::nmf<double>>(1, 30, {{0, 3, -2}})),
                    "nmf::fold_in: values must not be negative, got -2");
  CHECK_THROWS_AS(akin::nmf<double>().fold_in(execution::seq, x), akin::not_fitted);
}

TEST_CASE("a stored 0 is as good as nothing") {
  using model_type = akin::nmf<double>;
  const akin::nmf_options options = {.factors = 2, .iterations = 5};
  model_type with(options), without(options);
  with.fit(matrix_of<model_type>(3, 3, {{0, 0, 1}, {0, 2, 0}, {1, 1, 2}, {2, 0, 0}}));
  without.fit(matrix_of<model_type>(3, 3, {{0, 0, 1}, {1, 1, 2}}));
  CHECK(distance(with.user_factors(), without.user_factors()) <=
        1e-12 * std::min(norm(with.user_factors()), norm(without.user_factors())));
  CHECK_FALSE(with.knows_user(2));
  CHECK_FALSE(with.knows_item(2));
}

TEST_CASE("nmf refuses what makes no model, and stays as it was") {
  using model_type = akin::nmf<float>;
  CHECK_THROWS_WITH(model_type({.factors = 0}), "nmf: factors must be positive, got 0");
  CHECK_THROWS_WITH(model_type({.iterations = -2}), "nmf: iterations must be positive, got -2");
  CHECK_THROWS_WITH(model_type({.sweeps = 0}), "nmf: sweeps must be positive, got 0");
  CHECK_THROWS_WITH(model_type({.regularization = -1}), "nmf: regularization must be finite and not negative, got -1");
  CHECK_THROWS_WITH(model_type({.regularization = std::numeric_limits<double>::quiet_NaN()}),
                    contains("regularization must be finite"));

  model_type model({.factors = 2, .iterations = 3});
  model.fit(akin_test::some_clicks<model_type>());
  const auto before = akin_test::bytes_of(model);
  CHECK_THROWS_WITH(model.fit(execution::par, matrix_of<model_type>(2, 2, {{0, 0, 1}, {1, 1, -3}})),
                    "nmf::fit: values must not be negative, got -3");
  CHECK_THROWS_WITH(model.fit(execution::par, matrix_of<model_type>(2, 2, {{0, 0, 3e38f}, {0, 1, 3e38f}})),
                    contains("diverged"));
  CHECK(akin_test::bytes_of(model) == before);
}

TEST_CASE("nmf folds items in to the minimum, and the users again after each change") {
  const auto x = some_counts(6);
  akin::nmf<double> model({.factors = 6, .iterations = 10, .regularization = 0.1, .keep_interactions = true});
  model.fit(execution::par, x);
  const sparse item_users = x.transpose();
  const Eigen::MatrixXd folded = dense(model.fold_in_items(execution::par, item_users)),
                        users = dense(model.user_factors()), counts = dense(item_users);
  CHECK(akin_test::least(folded) >= 0);
  for (Eigen::Index i = 0; i < x.cols(); ++i) {
    const Eigen::VectorXd r = row(counts, i);
    CHECK(distance_from_minimum(r, row(folded, i), users, 0.1) <= 1e-3 * norm(akin_test::times(users.transpose(), r)));
  }
  const auto check_users = [&] {
    const sparse histories(model.histories());
    CHECK(same(model.fold_in(execution::seq, histories), model.user_factors()));
    const Eigen::MatrixXd solved = dense(model.user_factors()), items = dense(model.item_factors()),
                          rows = dense(histories);
    int wrong = 0;
    for (Eigen::Index u = 0; u < rows.rows(); ++u) {
      const Eigen::VectorXd r = row(rows, u);
      wrong += !(distance_from_minimum(r, row(solved, u), items, 0.1) <=
                 1e-3 * norm(akin_test::times(items.transpose(), r)));
    }
    CHECK(wrong == 0);
  };
  model.partial_fit(execution::par, matrix_of<akin::nmf<double>>(52, 31, {{3, 4, 1}, {50, 30, 2}, {50, 2, 1}}));
  check_users();
  model.forget(execution::par, 50);
  check_users();
  CHECK_THROWS_WITH(model.partial_fit(matrix_of<akin::nmf<double>>(52, 31, {{0, 0, -1}})),
                    contains("nmf::partial_fit: values must not be negative, got -1"));
}

TEST_CASE("contributions of nmf sum to the score") {
  const auto x = some_counts(8);
  akin::nmf<double> model({.factors = 6, .iterations = 20, .regularization = 0.1});
  model.fit(execution::par, x);
  for (const int user : {0, 5, 33}) {
    const auto scores = akin_test::history_scores(model, x, user);
    for (const int item : {0, 10, 29})
      CHECK(akin_test::sum_of_contributions(model, x, user, item) ==
            Approx(scores[static_cast<std::size_t>(item)]).epsilon(1e-3).margin(1e-3));
  }
}
