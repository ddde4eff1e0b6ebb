#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <akin/data/splits.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/factorization/explicit_als.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/similar_items.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/promise_harness.hpp"
#include "support/reference.hpp"
#include "support/update_harness.hpp"

using akin_test::column;
using akin_test::columns;
using akin_test::dense;
using akin_test::distance;
using akin_test::matrix_of;
using akin_test::norm;
using akin_test::row;
using akin_test::same;
using akin_test::set_row;
namespace execution = akin::execution;

TEMPLATE_TEST_CASE("explicit_als keeps the promises of every model", "", akin::explicit_als<float>,
                   akin::explicit_als<double>, (akin::explicit_als<float, std::int64_t>)) {
  akin_test::check_model([] { return TestType({.factors = 5, .iterations = 3, .seed = 4}); });
}

TEST_CASE("explicit_als lists what it knows, and keeps what is documented of it") {
  akin_test::check_promises([] { return akin::explicit_als<float>({.factors = 5, .iterations = 3, .seed = 4}); },
                            akin_test::row_lists::same, akin_test::reason_sums::rating_less_bias);
}

TEST_CASE("each option of explicit_als matters") {
  using options = akin::explicit_als_options;
  const std::vector<akin_test::option_change<options>> changes = {
      {"factors", [](auto& o) { o.factors = 6; }},
      {"iterations", [](auto& o) { o.iterations = 2; }},
      {"regularization", [](auto& o) { o.regularization = 1; }},
      {"biases", [](auto& o) { o.biases = false; }},
      {"regularization_exponent", [](auto& o) { o.regularization_exponent = 0; }},
      {"solver", [](auto& o) { o.solver = akin::als_solver::exact; }},
      {"solver_tolerance", [](auto& o) { o.solver_tolerance = 0.3; },
       [](auto& o) { o.solver = akin::als_solver::conjugate_gradient; }},
      {"solver_steps", [](auto& o) { o.solver_steps = 1; },
       [](auto& o) { o.solver = akin::als_solver::conjugate_gradient; }},
      {"seed", [](auto& o) { o.seed = 5; }},
      {"nonnegative", [](auto& o) { o.nonnegative = true; }},
  };
  akin_test::check_options<akin::explicit_als<float>>(options{.factors = 5, .iterations = 3}, changes,
                                                      {"keep_interactions"});
}

namespace {

using sparse = akin::sparse_matrix<double>;

/// Cells, ratings and weights as dense matrices; a cell of weight 0 is not there.
struct dense_ratings {
  Eigen::MatrixXd ratings, weights;

  explicit dense_ratings(const sparse& x)
      : ratings(akin_test::zeros(x.rows(), x.cols())), weights(akin_test::zeros(x.rows(), x.cols())) {
    for (Eigen::Index u = 0; u < x.rows(); ++u)
      for (sparse::InnerIterator cell(x, u); cell; ++cell) {
        ratings(u, cell.col()) = cell.value();
        weights(u, cell.col()) = 1;
      }
  }
  double mean() const {
    double total = 0;
    for (Eigen::Index i = 0; i < ratings.size(); ++i) total += ratings.data()[i] * weights.data()[i];
    return total / akin_test::sum(weights);
  }
  /// Weights are not negative.
  Eigen::Index count(Eigen::Index user) const { return akin_test::nonzeros(row(weights, user)); }
  Eigen::Index item_count(Eigen::Index item) const { return akin_test::nonzeros(column(weights, item)); }
};

double regularization(const akin::explicit_als_options& o, Eigen::Index n) {
  return o.regularization * std::pow(static_cast<double>(n), o.regularization_exponent);
}

/// The minimum over (factors, bias) of one user's objective; the bias is 0 in a model without.
Eigen::VectorXd reference_user(const dense_ratings& data, Eigen::Index user, double mean, const Eigen::MatrixXd& y,
                               const Eigen::VectorXd& item_biases, const akin::explicit_als_options& o) {
  const Eigen::Index k = y.cols(), n = data.count(user);
  if (n == 0) return akin_test::zeros(k + 1);
  Eigen::MatrixXd a = akin_test::identity(k + 1, regularization(o, n));
  Eigen::VectorXd b = akin_test::zeros(k + 1), wide(k + 1);
  for (Eigen::Index i = 0; i < y.rows(); ++i) {
    for (Eigen::Index d = 0; d < k; ++d) wide[d] = y(i, d);
    wide[k] = o.biases ? 1 : 0;
    akin_test::add_outer(a, data.weights(user, i), wide);
    akin_test::add(b, data.weights(user, i) * (data.ratings(user, i) - mean - item_biases[i]), wide);
  }
  return akin_test::solve(a, b);
}

Eigen::VectorXd biases_of(const akin::explicit_als<double>& model, bool users) {
  const auto biases = users ? model.user_biases() : model.item_biases();
  Eigen::VectorXd result(static_cast<Eigen::Index>(biases.size()));
  for (std::size_t i = 0; i < biases.size(); ++i) result[static_cast<Eigen::Index>(i)] = biases[i];
  return result;
}

/// The user factors, and their biases in one more column.
Eigen::MatrixXd with_biases(const akin::explicit_als<double>& model) {
  return akin_test::beside(model.user_factors(), biases_of(model, true));
}
/// The same of the items.
Eigen::MatrixXd items_with_biases(const akin::explicit_als<double>& model) {
  return akin_test::beside(model.item_factors(), biases_of(model, false));
}

/// The whole objective, cell by cell.
double reference_loss(const dense_ratings& data, const akin::explicit_als<double>& model) {
  const akin::explicit_als_options& o = model.options();
  const auto user_biases = biases_of(model, true), item_biases = biases_of(model, false);
  const Eigen::MatrixXd products = akin_test::product_transposed(model.user_factors(), model.item_factors());
  double loss = 0;
  for (Eigen::Index u = 0; u < data.ratings.rows(); ++u) {
    const double squares = akin_test::squared_norm(row(model.user_factors(), u)) + user_biases[u] * user_biases[u];
    loss += regularization(o, data.count(u)) * squares;
    for (Eigen::Index i = 0; i < data.ratings.cols(); ++i) {
      const double expected = model.mean() + user_biases[u] + item_biases[i] + products(u, i);
      loss += data.weights(u, i) * (data.ratings(u, i) - expected) * (data.ratings(u, i) - expected);
    }
  }
  for (Eigen::Index i = 0; i < data.ratings.cols(); ++i) {
    const double squares = akin_test::squared_norm(row(model.item_factors(), i)) + item_biases[i] * item_biases[i];
    loss += regularization(o, data.item_count(i)) * squares;
  }
  return loss;
}

/// Ratings of 1 to 5, a few of 0; user 7 and item 5 have none.
sparse some_ratings(std::uint64_t seed) {
  auto x = akin::synthetic::power_law_clicks<double>({.users = 50, .items = 30, .interactions = 500, .seed = seed});
  const akin::random_stream random(seed, 9);
  std::vector<Eigen::Triplet<double>> cells;
  for (Eigen::Index u = 0; u < x.rows(); ++u)
    for (sparse::InnerIterator cell(x, u); cell; ++cell)
      if (u != 7 && cell.col() != 5)
        cells.emplace_back(static_cast<int>(u), static_cast<int>(cell.col()),
                           static_cast<double>(random.below(static_cast<std::uint64_t>(u * 30 + cell.col()), 6)));
  return matrix_of<akin::explicit_als<double>>(50, 30, cells);
}

/// Weights of 0 to 3 for the same cells.
sparse some_weights(const sparse& x) {
  sparse weights = x;
  for (Eigen::Index i = 0; i < weights.nonZeros(); ++i) weights.valuePtr()[i] = static_cast<double>(i % 7) / 2;
  return weights;
}

void check_users(const dense_ratings& data, const akin::explicit_als<double>& model, double tolerance) {
  const Eigen::MatrixXd y = dense(model.item_factors()), found = with_biases(model);
  const auto item_biases = biases_of(model, false);
  for (Eigen::Index u = 0; u < data.ratings.rows(); ++u) {
    const Eigen::VectorXd expected = reference_user(data, u, model.mean(), y, item_biases, model.options());
    CHECK(distance(row(found, u), expected) <= tolerance * (1 + norm(expected)));
  }
}

const std::vector<akin::explicit_als_options> all_sorts = {
    {.factors = 6, .iterations = 2},
    {.factors = 9, .iterations = 2, .regularization = 3, .regularization_exponent = 0},
    {.factors = 1, .iterations = 1, .regularization = 0.2, .regularization_exponent = 0.5},
    {.factors = 40, .iterations = 2, .regularization = 0.1},
    {.factors = 7, .iterations = 3, .regularization = 0.02, .biases = false}};

}  // namespace

TEST_CASE("explicit_als solves each user's own problem, whatever the solver") {
  const auto x = some_ratings(3);
  const dense_ratings data(x);
  for (auto options : all_sorts)
    for (const auto solver :
         {akin::als_solver::automatic, akin::als_solver::exact, akin::als_solver::conjugate_gradient}) {
      CAPTURE(options.factors, static_cast<int>(solver));
      options.solver = solver;
      options.solver_tolerance = 1e-10;
      options.solver_steps = solver == akin::als_solver::automatic ? 2 : 300;  // falls back to the direct solution
      akin::explicit_als<double> model(options);
      model.fit(execution::par.threads(2), x);
      CHECK(model.mean() == Approx(data.mean()));
      check_users(data, model, 1e-8);
    }
}

TEST_CASE("weights of ratings count in the mean, the rows and the loss of explicit_als") {
  const auto x = some_ratings(4), w = some_weights(x);
  dense_ratings data(x);
  data.weights = dense(w);
  for (auto options : all_sorts) {
    CAPTURE(options.factors);
    options.solver = akin::als_solver::exact;
    akin::explicit_als<double> model(options);
    double loss = 0;
    model.fit(execution::par.threads(2), x, w, [&](const akin::progress& p) { loss = p.loss; });
    CHECK(model.mean() == Approx(data.mean()));
    check_users(data, model, 1e-8);
    CHECK(loss == Approx(reference_loss(data, model)).epsilon(1e-9));
    CHECK(same(model.fold_in(execution::seq, x, w), with_biases(model)));
  }
  // Weights of 1 are none.
  sparse ones = x;
  std::fill_n(ones.valuePtr(), ones.nonZeros(), 1.0);
  akin::explicit_als<double> plain({.factors = 4, .iterations = 2}), weighted({.factors = 4, .iterations = 2});
  plain.fit(x);
  weighted.fit(execution::seq, x, ones);
  CHECK(akin_test::bytes_of(plain) == akin_test::bytes_of(weighted));
}

TEST_CASE("a weight of 0 is as good as no rating") {
  using model_type = akin::explicit_als<double>;
  const auto x = matrix_of<model_type>(3, 3, {{0, 0, 5}, {0, 1, 3}, {1, 0, 2}, {1, 2, 4}, {2, 1, 1}});
  const auto w = matrix_of<model_type>(3, 3, {{0, 0, 1}, {0, 1, 1}, {1, 0, 1}, {1, 2, 1}, {2, 1, 0}});
  const auto without = matrix_of<model_type>(3, 3, {{0, 0, 5}, {0, 1, 3}, {1, 0, 2}, {1, 2, 4}});
  const akin::explicit_als_options options = {.factors = 2, .iterations = 4, .solver = akin::als_solver::exact};
  model_type weighted(options), plain(options);
  weighted.fit(execution::seq, x, w);
  plain.fit(without);
  CHECK_FALSE(weighted.knows_user(2));
  for (int u = 0; u < 3; ++u)
    for (int i = 0; i < 3; ++i) CHECK(weighted.predict(u, i) == Approx(plain.predict(u, i)).margin(1e-10));
}

TEST_CASE("the observer of explicit_als is told the objective, which never rises with the exact solver") {
  const auto x = some_ratings(5);
  const dense_ratings data(x);
  for (auto options : all_sorts) {
    CAPTURE(options.factors);
    options.iterations = 8;
    options.solver = akin::als_solver::exact;
    akin::explicit_als<double> model(options);
    double before = std::numeric_limits<double>::infinity();
    int told = 0;
    model.fit(execution::par, x, [&](const akin::progress& p) {
      CHECK(p.loss <= before * (1 + 1e-12));
      before = p.loss;
      CHECK(p.iteration == ++told);
      CHECK(p.iterations == 8);
      return told < 6;
    });
    CHECK(told == 6);
    CHECK(before == Approx(reference_loss(data, model)).epsilon(1e-9));
    options.iterations = 6;
    akin::explicit_als<double> shorter(options);
    shorter.fit(x);
    CHECK(same(shorter.user_factors(), model.user_factors()));
  }
}

TEST_CASE("explicit_als finds ratings of low rank, in float as in double") {
  const auto ratings = akin::synthetic::low_rank_ratings<double>(
      {.users = 300, .items = 200, .rank = 3, .density = 0.25, .noise = 0.05, .seed = 3});
  const auto [train, test] = akin::split_random(ratings, {.test_fraction = 0.2, .seed = 1});
  const akin::explicit_als_options options = {.factors = 4, .regularization = 0.02, .solver = akin::als_solver::exact};
  akin::explicit_als<double> model(options);
  akin::explicit_als<float> single(options);
  model.fit(execution::par, train);
  single.fit(execution::par, akin::sparse_matrix<float>(train.cast<float>()));
  double squares = 0, difference = 0;
  for (int u = 0; u < 300; ++u)
    for (sparse::InnerIterator cell(test, u); cell; ++cell) {
      const auto item = static_cast<std::int32_t>(cell.col());
      squares += std::pow(cell.value() - model.predict(u, item), 2);
      difference =
          std::max(difference, std::abs(model.predict(u, item) - static_cast<double>(single.predict(u, item))));
    }
  CHECK(std::sqrt(squares / static_cast<double>(test.nonZeros())) < 0.1);
  CHECK(difference < 0.01);
}

TEST_CASE("explicit_als folds the training in to the same bits, and a stranger to the minimum") {
  for (const bool biases : {true, false}) {
    const auto x = some_ratings(6);
    akin::explicit_als<double> model({.factors = 6, .iterations = 3, .biases = biases});
    model.fit(execution::par, x);
    const auto folded = model.fold_in(execution::par.threads(3), x);
    CHECK(same(folded, with_biases(model)));
    CHECK(model.predict(folded, 9, 4) == model.predict(9, 4));
    std::vector<double> all(30), of_folded(30);
    model.score_all(9, std::span(all));
    model.score_all(folded, 9, std::span(of_folded));
    CHECK(all == of_folded);
    const auto lists = akin::recommend(execution::seq, model, {.k = 5});
    const auto for_histories = akin::recommend_for(execution::par, model, x, {.k = 5});
    for (std::size_t u = 0; u < 50; ++u) {
      CHECK(std::ranges::equal(for_histories.items(u), lists.items(u)));
      CHECK(std::ranges::equal(for_histories.scores(u), lists.scores(u)));
    }
  }
  akin::explicit_als<double> model({.factors = 6, .iterations = 3, .solver = akin::als_solver::exact});
  model.fit(some_ratings(6));
  const auto stranger = matrix_of<akin::explicit_als<double>>(1, 30, {{0, 3, 5}, {0, 8, 0}});
  const auto folded = model.fold_in(execution::seq, stranger);
  const Eigen::VectorXd expected = reference_user(dense_ratings(stranger), 0, model.mean(), dense(model.item_factors()),
                                                  biases_of(model, false), model.options());
  CHECK(distance(row(folded, 0), expected) < 1e-9);
  CHECK_THROWS_WITH(model.fold_in(execution::seq, sparse(1, 5)), contains("a column for each of the 30 items, got 5"));
  CHECK_THROWS_AS(akin::explicit_als<double>().fold_in(execution::seq, stranger), akin::not_fitted);
}

TEST_CASE("without ratings explicit_als predicts by what is left, and recommends nothing") {
  akin::explicit_als<double> model({.factors = 3, .iterations = 3});
  model.fit(some_ratings(8));
  CHECK_FALSE(model.knows_user(7));
  CHECK_FALSE(model.knows_item(5));
  CHECK(akin_test::is_zero(row(model.user_factors(), 7)));
  CHECK(akin_test::is_zero(row(model.item_factors(), 5)));
  CHECK(model.predict(7, 5) == model.mean());
  CHECK(model.predict(7, 2) == model.mean() + model.item_biases()[2]);
  CHECK(model.predict(3, 5) == model.mean() + model.user_biases()[3]);
  const auto lists = akin::recommend(execution::par, model, {.k = 100});
  CHECK(lists.items(7).empty());
  CHECK(lists.items(3).size() == 29);

  // Ratings that are all alike leave nothing to learn, and are evidence nevertheless.
  const auto alike = matrix_of<akin::explicit_als<double>>(2, 2, {{0, 0, 4}, {0, 1, 4}, {1, 0, 4}});
  model.fit(alike);
  CHECK(model.knows_user(1));
  CHECK(model.predict(1, 1) == 4);
}

TEST_CASE("explicit_als explains a score by shares that sum to it less mean and item bias") {
  for (const bool biases : {true, false}) {
    const auto x = some_ratings(12);
    akin::explicit_als<double> model(
        {.factors = 6, .iterations = 4, .biases = biases, .solver = akin::als_solver::exact});
    model.fit(x);
    for (const int user : {0, 7, 31}) {
      const auto reasons = akin::explain(model, x, user, 4, {.k = 1000});
      const double sum = std::accumulate(reasons.begin(), reasons.end(), 0.0,
                                         [](double total, const auto& r) { return total + r.contribution; });
      CHECK(sum == Approx(model.score(user, 4) - model.mean() - model.item_biases()[4]).margin(1e-9));
    }
  }
}

TEST_CASE("a row that is too long for one worker has the same bits for any number of threads") {
  const int users = 40000;
  std::vector<Eigen::Triplet<float>> cells;
  for (int u = 0; u < users; ++u) {
    cells.emplace_back(u, 0, static_cast<float>(1 + u % 5));
    cells.emplace_back(u, 1 + u % 3, static_cast<float>(1 + u % 4));
  }
  const auto x = matrix_of<akin::explicit_als<float>>(users, 4, cells);
  akin::explicit_als<float> alone({.factors = 3, .iterations = 2, .solver_tolerance = 1e-6});
  alone.fit(x);
  for (const int threads : {2, 3}) {
    akin::explicit_als<float> model(alone.options());
    model.fit(execution::par.threads(threads), x);
    CHECK(akin_test::bytes_of(model) == akin_test::bytes_of(alone));
  }
  auto options = alone.options();
  options.solver = akin::als_solver::exact;
  akin::explicit_als<float> exact(options);
  exact.fit(x);
  for (int i = 0; i < 4; ++i) CHECK(alone.predict(17, i) == Approx(exact.predict(17, i)).margin(1e-3));
}

TEST_CASE("explicit_als meets huge ratings with a sentence or numbers, and stays as it was") {
  using model_type = akin::explicit_als<float>;
  model_type model({.factors = 3, .iterations = 4});
  model.fit(akin_test::some_clicks<model_type>());
  const auto before = akin_test::bytes_of(model);
  const auto huge = matrix_of<model_type>(2, 2, {{0, 0, 1e30f}, {0, 1, -1e30f}, {1, 0, 1e30f}});
  try {
    model.fit(execution::par, huge);
    CHECK(akin_test::is_finite(model.user_factors()));
    CHECK(akin_test::is_finite(model.item_factors()));
    CHECK(std::isfinite(model.predict(0, 1)));
  } catch (const akin::numeric_error& error) {
    CHECK_THAT(error.what(), contains("cannot be solved in this precision"));
    CHECK(akin_test::bytes_of(model) == before);
  }
  const auto beyond = matrix_of<model_type>(2, 2, {{0, 0, 3e38f}, {0, 1, -3e38f}, {1, 0, 3e38f}});
  model_type unregularized({.factors = 3, .iterations = 2, .regularization = 1e-30});
  CHECK_THROWS_AS(unregularized.fit(execution::par, beyond), akin::numeric_error);
  CHECK(unregularized.items() == 0);
}

TEST_CASE("similar items of explicit_als are the largest cosines") {
  akin::explicit_als<double> model({.factors = 4, .iterations = 4});
  model.fit(some_ratings(1));
  const std::int32_t items[] = {4};
  const auto lists = akin::similar_items(execution::par, model, items, {.k = 29});
  const Eigen::MatrixXd products = akin_test::product_transposed(model.item_factors(), model.item_factors());
  REQUIRE(lists.items(0).size() == 28);  // all but itself and the one without ratings
  for (std::size_t i = 0; i < lists.items(0).size(); ++i) {
    const auto item = lists.items(0)[i];
    const double cosine = products(4, item) / std::sqrt(products(4, 4) * products(item, item));
    CHECK(lists.scores(0)[i] == Approx(cosine).margin(1e-9));
  }
}

TEST_CASE("explicit_als refuses options and weights that make no model") {
  using model_type = akin::explicit_als<float>;
  CHECK_THROWS_WITH(model_type({.factors = 0}), "explicit_als: factors must be positive, got 0");
  CHECK_THROWS_WITH(model_type({.iterations = -2}), "explicit_als: iterations must be positive, got -2");
  CHECK_THROWS_WITH(model_type({.regularization = 0}),
                    "explicit_als: regularization must be finite and positive, got 0");
  CHECK_THROWS_WITH(model_type({.regularization = std::numeric_limits<double>::quiet_NaN()}),
                    contains("regularization must be finite and positive"));
  CHECK_THROWS_WITH(model_type({.regularization = 1e-60}), contains("regularization must be finite and positive"));
  CHECK_THROWS_WITH(model_type({.regularization_exponent = 2}),
                    contains("regularization_exponent must be between 0 and 1"));
  CHECK_THROWS_WITH(model_type({.solver = static_cast<akin::als_solver>(7)}), contains("one of the enumerators"));
  CHECK_THROWS_WITH(model_type({.solver_tolerance = 0}), contains("solver_tolerance must be between 0 and 1"));
  CHECK_THROWS_WITH(model_type({.solver_steps = 0}), contains("solver_steps must be positive, got 0"));

  model_type model({.factors = 2});
  const auto x = matrix_of<model_type>(2, 2, {{0, 0, 4}, {1, 1, 3}});
  CHECK_THROWS_WITH(model.fit(execution::seq, x, matrix_of<model_type>(2, 2, {{0, 0, 1}, {1, 0, 1}})),
                    "explicit_als::fit: weights must have the shape and the cells of the ratings");
  CHECK_THROWS_WITH(model.fit(execution::seq, x, matrix_of<model_type>(2, 3, {{0, 0, 1}, {1, 1, 1}})),
                    contains("weights must have the shape"));
  CHECK_THROWS_WITH(model.fit(execution::seq, x, matrix_of<model_type>(2, 2, {{0, 0, 1}, {1, 1, -1}})),
                    "explicit_als::fit: weights must not be negative, got -1");
  CHECK(model.items() == 0);
}

TEMPLATE_TEST_CASE("explicit_als lives on after its fit", "", akin::explicit_als<float>, akin::explicit_als<double>,
                   (akin::explicit_als<float, std::int64_t>)) {
  const bool biases = GENERATE(true, false), nonnegative = !biases;
  akin_test::check_updates(
      [&](bool keep) {
        return TestType({.factors = 5,
                         .iterations = 4,
                         .biases = biases,
                         .seed = 4,
                         .nonnegative = nonnegative,
                         .keep_interactions = keep});
      },
      akin::when_both::replace);
}

TEST_CASE("partial_fit of explicit_als solves touched users, touched items and then all users") {
  for (const bool biases : {true, false}) {
    const auto x = some_ratings(31);
    const akin::explicit_als_options options = {.factors = 4,
                                                .iterations = 3,
                                                .regularization = 0.2,
                                                .biases = biases,
                                                .solver = akin::als_solver::exact,
                                                .keep_interactions = true};
    akin::explicit_als<double> model(options);
    model.fit(execution::par, x);
    const double mean = model.mean();
    Eigen::MatrixXd users = akin_test::zeros(51, 5), items = akin_test::zeros(31, 5);
    for (int user = 0; user < 50; ++user) set_row(users, user, row(with_biases(model), user));
    for (int item = 0; item < 30; ++item) set_row(items, item, row(items_with_biases(model), item));

    const auto before = akin_test::bytes_of(model);
    model.partial_fit(execution::par, sparse(50, 30));
    CHECK(akin_test::bytes_of(model) == before);  // nothing new, nothing changes

    const auto news = matrix_of<akin::explicit_als<double>>(51, 31, {{2, 4, 5}, {2, 30, 1}, {50, 1, 1}, {50, 30, 2}});
    model.partial_fit(execution::par, news);
    const auto merged = akin::merge_interactions(x, news, akin::when_both::replace);
    CHECK(merged.coeff(2, 4) == 5);
    CHECK(model.mean() == mean);
    CHECK(same(model.fold_in(execution::seq, merged), with_biases(model)));

    const dense_ratings of_users(merged), of_items(sparse(merged.transpose()));
    const auto solved = [&](const dense_ratings& data, int which, const Eigen::MatrixXd& others) {
      return reference_user(data, which, mean, columns(others, 0, 4), column(others, 4), options);
    };
    for (const int user : {2, 50}) set_row(users, user, solved(of_users, user, items));
    for (const int item : {1, 4, 30}) set_row(items, item, solved(of_items, item, users));
    for (int user = 0; user < 51; ++user) set_row(users, user, solved(of_users, user, items));
    CHECK(distance(with_biases(model), users) <= 1e-9 * norm(users));
    CHECK(distance(items_with_biases(model), items) <= 1e-9 * norm(items));
  }
}

TEST_CASE("an item that forgets a user of explicit_als is solved without, and items fold in to their minimum") {
  const auto x = some_ratings(32);
  const akin::explicit_als_options options = {
      .factors = 4, .iterations = 3, .solver = akin::als_solver::exact, .keep_interactions = true};
  akin::explicit_als<double> model(options);
  model.fit(execution::par, x);
  Eigen::MatrixXd users = with_biases(model);
  const auto folded = model.fold_in_items(execution::par, sparse(x.transpose()));
  REQUIRE(folded.rows() == 30);
  REQUIRE(folded.cols() == 5);
  const dense_ratings all(sparse(x.transpose()));
  const auto solved = [&](const dense_ratings& data, int item) {
    return reference_user(data, item, model.mean(), columns(users, 0, 4), column(users, 4), options);
  };
  for (int item = 0; item < 30; ++item) {
    const Eigen::VectorXd expected = solved(all, item);
    CHECK(distance(row(folded, item), expected) <= 1e-9 * (1 + norm(expected)));
  }

  model.forget(execution::par, 3);
  CHECK(model.user_biases()[3] == 0);
  akin_test::clear_row(users, 3);
  const dense_ratings rest(sparse(sparse(model.histories()).transpose()));
  int touched = 0;
  for (int item = 0; item < 30; ++item) {
    if (all.weights(item, 3) == 0) continue;
    ++touched;
    const Eigen::VectorXd expected = solved(rest, item);
    Eigen::VectorXd found = row(items_with_biases(model), item);
    found[4] = expected[4];  // which has a check of its own
    CHECK(distance(found, expected) <= 1e-9 * (1 + norm(expected)));
    CHECK(model.item_biases()[static_cast<std::size_t>(item)] == Approx(expected[4]).margin(1e-9));
  }
  CHECK(touched > 1);
  CHECK_THROWS_WITH(model.fit(execution::seq, x, some_weights(x)), contains("keep_interactions must be false where"));
}

namespace {

/// The minimum with factors >= 0, by trying which of them are 0; the last coordinate, the bias, is free.
Eigen::VectorXd nonnegative_user(const dense_ratings& data, Eigen::Index user, double mean, const Eigen::MatrixXd& y,
                                 const Eigen::VectorXd& item_biases, const akin::explicit_als_options& o) {
  const Eigen::Index k = y.cols();
  double best = std::numeric_limits<double>::infinity();
  Eigen::VectorXd result = akin_test::zeros(k + 1);
  for (unsigned support = 0; support < (1u << k); ++support) {
    Eigen::MatrixXd restricted = y;
    for (Eigen::Index d = 0; d < k; ++d)
      if ((support >> d & 1u) == 0) akin_test::set_column(restricted, d, akin_test::zeros(y.rows()));
    const Eigen::VectorXd found = reference_user(data, user, mean, restricted, item_biases, o);
    Eigen::VectorXd factors = akin_test::zeros(k);
    for (Eigen::Index d = 0; d < k; ++d) factors[d] = found[d];
    if (akin_test::least(factors) < 0) continue;
    const Eigen::VectorXd products = akin_test::times(y, factors);
    double loss = regularization(o, data.count(user)) * akin_test::squared_norm(found);
    for (Eigen::Index i = 0; i < y.rows(); ++i) {
      const double error = data.ratings(user, i) - mean - item_biases[i] - found[k] - products[i];
      loss += data.weights(user, i) * error * error;
    }
    if (loss < best) best = loss, result = found;
  }
  return result;
}

}  // namespace

TEST_CASE("non-negative factors of explicit_als are the minimum that trying all supports finds") {
  for (const bool biases : {true, false}) {
    const auto x = some_ratings(41);
    const dense_ratings data(x);
    const akin::explicit_als_options options = {.factors = 5,
                                                .iterations = 3,
                                                .regularization = 0.05,
                                                .biases = biases,
                                                .solver = akin::als_solver::exact,
                                                .nonnegative = true};
    akin::explicit_als<double> model(options);
    model.fit(execution::par, x);
    CHECK(akin_test::least(model.user_factors()) == 0);
    CHECK(akin_test::least(model.item_factors()) == 0);
    CHECK(akin_test::greatest(model.user_factors()) > 0);
    const Eigen::MatrixXd found = with_biases(model), y = dense(model.item_factors());
    CHECK(same(model.fold_in(execution::par.threads(3), x), found));
    for (int user = 0; user < 50; ++user) {
      const Eigen::VectorXd expected = nonnegative_user(data, user, model.mean(), y, biases_of(model, false), options);
      CHECK(distance(row(found, user), expected) <= 1e-7 * (1 + norm(expected)));
    }
    for (const int user : {0, 31}) {
      const auto reasons = akin::explain(model, x, user, 4, {.k = 1000});
      const double sum = std::accumulate(reasons.begin(), reasons.end(), 0.0,
                                         [](double total, const auto& r) { return total + r.contribution; });
      CHECK(sum == Approx(model.score(user, 4) - model.mean() - model.item_biases()[4]).margin(1e-7));
    }
  }
}

TEST_CASE("the loss of explicit_als with non-negative factors never rises with the exact solver") {
  const auto x = some_ratings(42);
  const dense_ratings data(x);
  akin::explicit_als<double> model(
      {.factors = 6, .iterations = 10, .solver = akin::als_solver::exact, .nonnegative = true});
  double before = std::numeric_limits<double>::infinity();
  model.fit(execution::par, x, [&](const akin::progress& p) {
    CHECK(p.loss <= before * (1 + 1e-10));
    before = p.loss;
  });
  CHECK(before == Approx(reference_loss(data, model)).epsilon(1e-9));
}

TEMPLATE_TEST_CASE("explicit_als with non-negative factors keeps the promises of every model", "",
                   akin::explicit_als<float>, akin::explicit_als<double>) {
  akin_test::check_model([] { return TestType({.factors = 5, .iterations = 3, .seed = 4, .nonnegative = true}); });
}

TEST_CASE("explicit_als of any rank reaches its rows' minima") {
  const int factors = GENERATE(1, 2, 7, 17, 33, 65, 127, 1031);
  for (const bool biases : {true, false}) {
    CAPTURE(factors, biases);
    const auto x = some_ratings(51);
    const dense_ratings data(x);
    akin::explicit_als<double> model(
        {.factors = factors, .iterations = 1, .biases = biases, .solver = akin::als_solver::exact});
    model.fit(execution::par, x);
    if (factors < 1000) {
      check_users(data, model, 1e-8);
      continue;
    }
    // A thousand factors for fifty ratings: the dual problem, and the slope of the objective is 0.
    for (const int user : {0, 3, 49}) {
      const double lambda = regularization(model.options(), data.count(user));
      const Eigen::VectorXd own = row(model.user_factors(), user);
      Eigen::VectorXd slope = akin_test::zeros(factors);
      akin_test::add(slope, lambda, own);
      for (int i = 0; i < 30; ++i)
        akin_test::add(slope, -data.weights(user, i) * (data.ratings(user, i) - model.predict(user, i)),
                       row(model.item_factors(), i));
      CHECK(norm(slope) <= 1e-9 * (1 + lambda * norm(own)));
    }
  }
}

TEMPLATE_TEST_CASE("ratings of any size give explicit_als finite factors or a sentence", "", float, double) {
  using model_type = akin::explicit_als<TestType>;
  const bool nonnegative = GENERATE(false, true);
  for (const double size : {1e-38, 1e-30, 1e30, 3e38})
    for (const auto solver :
         {akin::als_solver::automatic, akin::als_solver::exact, akin::als_solver::conjugate_gradient}) {
      CAPTURE(size, static_cast<int>(solver), nonnegative);
      auto x = akin_test::some_clicks<model_type>();
      x.coeffs() *= static_cast<TestType>(size);
      x.valuePtr()[7] = 1;
      x.valuePtr()[9] *= -1;
      model_type model(
          {.factors = 4, .iterations = 3, .solver = solver, .nonnegative = nonnegative, .keep_interactions = true});
      const auto finite = [&] {
        CHECK(akin_test::is_finite(model.user_factors()));
        CHECK(akin_test::is_finite(model.item_factors()));
        CHECK(std::isfinite(model.mean()));
        for (const auto bias : model.item_biases()) CHECK(std::isfinite(bias));
      };
      try {
        model.fit(execution::par, x);
        finite();
        model.partial_fit(x);
        finite();
        model.forget(3);
      } catch (const akin::numeric_error& error) {
        CHECK_THAT(error.what(), contains("explicit_als: the system of row"));
      }
      finite();
    }
}

TEST_CASE("a rating that is there twice is refused") {
  const std::int32_t offsets[] = {0, 3}, columns[] = {1, 1, 2};
  const float values[] = {1, 2, 3};
  const Eigen::Map<const akin::sparse_matrix<float>> twice(1, 4, 3, offsets, columns, values);
  akin::explicit_als<float> model({.factors = 2, .iterations = 1});
  CHECK_THROWS_WITH(model.fit(execution::seq, twice), contains("column ids must be ascending, unique and below 4"));
}
