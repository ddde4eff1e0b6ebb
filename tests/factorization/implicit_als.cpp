#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/similar_items.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/promise_harness.hpp"
#include "support/reference.hpp"
#include "support/update_harness.hpp"

using akin_test::column;
using akin_test::dense;
using akin_test::distance;
using akin_test::matrix_of;
using akin_test::norm;
using akin_test::row;
using akin_test::same;
using akin_test::set_row;
namespace execution = akin::execution;

TEMPLATE_TEST_CASE("implicit_als keeps the promises of every model", "", akin::implicit_als<float>,
                   akin::implicit_als<double>, (akin::implicit_als<float, std::int64_t>)) {
  akin_test::check_model([] { return TestType({.factors = 5, .iterations = 3, .regularization = 0.1, .seed = 4}); });
}

TEST_CASE("implicit_als lists what it knows, and keeps what is documented of it") {
  akin_test::check_promises(
      [] { return akin::implicit_als<float>({.factors = 5, .iterations = 3, .regularization = 0.1, .seed = 4}); },
      akin_test::row_lists::same, akin_test::reason_sums::score_to_tolerance);
  SECTION("a known answer") {
    akin_test::check_checkerboard([] { return akin::implicit_als<float>(); });
  }
}

TEST_CASE("each option of implicit_als matters") {
  using options = akin::implicit_als_options;
  const std::vector<akin_test::option_change<options>> changes = {
      {"factors", [](auto& o) { o.factors = 6; }},
      {"iterations", [](auto& o) { o.iterations = 2; }},
      {"regularization", [](auto& o) { o.regularization = 3; }},
      {"alpha", [](auto& o) { o.alpha = 4; }},
      {"unobserved_weight", [](auto& o) { o.unobserved_weight = 0.1; }},
      {"regularization_exponent", [](auto& o) { o.regularization_exponent = 1; }},
      {"solver", [](auto& o) { o.solver = akin::als_solver::exact; }},
      {"solver_tolerance", [](auto& o) { o.solver_tolerance = 0.1; }},
      {"solver_steps", [](auto& o) { o.solver_steps = 1; }},
      {"seed", [](auto& o) { o.seed = 5; }},
  };
  akin_test::check_options<akin::implicit_als<float>>(options{.factors = 5, .iterations = 3, .regularization = 0.01},
                                                      changes, {"feature_regularization", "keep_interactions"});
}

namespace {

// Where regularization is given, what is not is 1, 1 and 0: the model of Hu, Koren and Volinsky.

/// Confidence and target of a stored value; {0, 0} stands for "not stored".
struct cell {
  double weight, target;
};
cell cell_of(double r, const akin::implicit_als_options& o) {
  return {o.alpha.value_or(1) * std::abs(r), r > 0 ? 1.0 : 0.0};
}

double row_regularization(const akin::implicit_als_options& o, Eigen::Index stored, Eigen::Index others) {
  const double evidence = static_cast<double>(stored) + o.unobserved_weight.value_or(1) * static_cast<double>(others);
  return *o.regularization * std::pow(evidence, o.regularization_exponent.value_or(0));
}

/// The minimum over x of one row's objective, all cells visited: sum of (alpha0 + w) (p - y'x)^2 + lambda |x|^2.
Eigen::VectorXd reference_row(const Eigen::VectorXd& cells, const Eigen::MatrixXd& y,
                              const akin::implicit_als_options& o) {
  Eigen::MatrixXd a = akin_test::identity(y.cols(), row_regularization(o, akin_test::nonzeros(cells), y.rows()));
  Eigen::VectorXd b = akin_test::zeros(y.cols());
  for (Eigen::Index i = 0; i < y.rows(); ++i) {
    const cell c = cell_of(cells[i], o);
    const double confidence = o.unobserved_weight.value_or(1) + c.weight;
    const Eigen::VectorXd factors = row(y, i);
    akin_test::add_outer(a, confidence, factors);
    akin_test::add(b, confidence * c.target, factors);
  }
  return akin_test::solve(a, b);
}

/// The whole objective, cell by cell.
double reference_loss(const Eigen::MatrixXd& r, const Eigen::MatrixXd& x, const Eigen::MatrixXd& y,
                      const akin::implicit_als_options& o) {
  using akin_test::nonzeros, akin_test::squared_norm;
  const Eigen::MatrixXd scores = akin_test::product_transposed(x, y);
  double loss = 0;
  for (Eigen::Index u = 0; u < r.rows(); ++u) {
    loss += row_regularization(o, nonzeros(row(r, u)), r.cols()) * squared_norm(row(x, u));
    for (Eigen::Index i = 0; i < r.cols(); ++i) {
      const cell c = cell_of(r(u, i), o);
      const double error = c.target - scores(u, i);
      loss += (o.unobserved_weight.value_or(1) + c.weight) * error * error;
    }
  }
  for (Eigen::Index i = 0; i < r.cols(); ++i)
    loss += row_regularization(o, nonzeros(column(r, i)), r.rows()) * squared_norm(row(y, i));
  return loss;
}

/// reference_loss of a model.
double reference_loss(const Eigen::MatrixXd& r, const akin::implicit_als<double>& model) {
  return reference_loss(r, dense(model.user_factors()), dense(model.item_factors()), model.options());
}

/// All scores.
template <class Model>
Eigen::MatrixXd scores_of(const Model& model) {
  return akin_test::product_transposed(model.user_factors(), model.item_factors());
}

/// Whether factors are within `tolerance` of the minimum of their row.
void check_row(const akin_test::matrix_view& found, const Eigen::VectorXd& expected, double tolerance,
               double least = 1) {
  CHECK(distance(found, expected) <= tolerance * (least + norm(expected)));
}

/// Counts of 1 to 3, some of them dislikes.
akin::sparse_matrix<double> counts_and_dislikes(std::uint64_t seed) {
  auto x = akin::synthetic::power_law_clicks<double>({.users = 50, .items = 30, .interactions = 400, .seed = seed});
  for (Eigen::Index i = 0; i < x.nonZeros(); ++i)
    x.valuePtr()[i] = static_cast<double>(i % 3 + 1) * (i % 7 == 0 ? -1 : 1);
  return x;
}

}  // namespace

TEST_CASE("implicit_als solves each row's own problem") {
  const akin::implicit_als_options options = GENERATE(
      akin::implicit_als_options{.factors = 6, .iterations = 2, .regularization = 0.3, .alpha = 5},
      akin::implicit_als_options{.factors = 9, .iterations = 2, .regularization = 0.01, .unobserved_weight = 0.1},
      akin::implicit_als_options{.factors = 1, .iterations = 1, .regularization = 0.05, .regularization_exponent = 1},
      akin::implicit_als_options{.factors = 40, .iterations = 2, .regularization = 0.2, .unobserved_weight = 0});
  const auto x = counts_and_dislikes(3);
  const Eigen::MatrixXd cells = dense(x);
  auto exact = options;
  exact.solver = akin::als_solver::exact;
  akin::implicit_als<double> model(exact);
  model.fit(execution::par.threads(2), x);
  const Eigen::MatrixXd found = dense(model.user_factors()), y = dense(model.item_factors());
  for (Eigen::Index u = 0; u < x.rows(); ++u) check_row(row(found, u), reference_row(row(cells, u), y, options), 1e-8);
}

TEST_CASE("implicit_als in float is near itself in double") {
  const auto x = akin::synthetic::power_law_clicks<double>({.users = 80, .items = 50, .interactions = 900, .seed = 8});
  const akin::implicit_als_options options = {
      .factors = 8, .iterations = 4, .regularization = 0.1, .solver = akin::als_solver::exact};
  akin::implicit_als<double> exact(options);
  akin::implicit_als<float> single(options);
  exact.fit(x);
  single.fit(akin::sparse_matrix<float>(x.cast<float>()));
  const Eigen::MatrixXd a = scores_of(exact);
  CHECK(distance(a, scores_of(single)) / norm(a) < 1e-4);
}

TEST_CASE("the loss of implicit_als never rises with the exact solver") {
  const auto x = counts_and_dislikes(5);
  const Eigen::MatrixXd cells = dense(x);
  double last = std::numeric_limits<double>::infinity();
  for (int iterations = 1; iterations <= 8; ++iterations) {
    const akin::implicit_als_options options = {
        .factors = 4, .iterations = iterations, .regularization = 0.5, .solver = akin::als_solver::exact, .seed = 2};
    akin::implicit_als<double> model(options);
    model.fit(x);
    const double loss = reference_loss(cells, model);
    CHECK(loss <= last * (1 + 1e-12));
    last = loss;
  }
}

TEST_CASE("implicit_als folds the training in to the same bits, and a stranger to the minimum") {
  const auto x = counts_and_dislikes(6);
  akin::implicit_als<double> model(
      {.factors = 6, .iterations = 3, .regularization = 0.1, .solver = akin::als_solver::exact});
  model.fit(execution::par, x);
  CHECK(same(model.fold_in(execution::par.threads(3), x), model.user_factors()));

  akin::sparse_matrix<double> stranger(1, x.cols());
  stranger.insert(0, 3) = 2;
  stranger.insert(0, 7) = 1;
  stranger.makeCompressed();
  const Eigen::VectorXd expected = reference_row(row(dense(stranger), 0), dense(model.item_factors()), model.options());
  CHECK(distance(row(model.fold_in(execution::seq, stranger), 0), expected) < 1e-9);
  CHECK_THROWS_WITH(model.fold_in(execution::seq, akin::sparse_matrix<double>(1, 5)),
                    contains("a column for each of the 30 items, got 5"));
  CHECK_THROWS_AS(akin::implicit_als<double>().fold_in(execution::seq, x), akin::not_fitted);
}

TEST_CASE("a stored 0 is as good as nothing, a dislike is not") {
  using model_type = akin::implicit_als<double>;
  const akin::implicit_als_options options = {.factors = 2, .iterations = 3, .regularization = 0.1};
  const auto fitted = [&](std::vector<Eigen::Triplet<double>> cells) {
    model_type model(options);
    model.fit(matrix_of<model_type>(3, 3, cells));
    return model;
  };
  const std::vector<Eigen::Triplet<double>> cells = {{0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {2, 2, 1}};
  auto with_zero = cells, with_dislike = cells;
  with_zero.emplace_back(0, 1, 0);
  with_dislike.emplace_back(0, 1, -3);
  CHECK(same(fitted(with_zero).user_factors(), fitted(cells).user_factors()));
  CHECK(fitted(with_dislike).score(0, 1) < fitted(cells).score(0, 1));
}

TEST_CASE("renaming users permutes their factors in a fold-in") {
  const auto x = akin::synthetic::power_law_clicks<double>({.users = 40, .items = 30, .interactions = 300, .seed = 9});
  akin::implicit_als<double> model({.factors = 5, .iterations = 2});
  model.fit(x);
  std::vector<Eigen::Triplet<double>> cells;
  for (Eigen::Index u = 0; u < x.rows(); ++u)
    for (akin::sparse_matrix<double>::InnerIterator cell(x, u); cell; ++cell)
      cells.emplace_back(static_cast<int>(39 - u), static_cast<int>(cell.col()), cell.value());
  const auto reversed = matrix_of<akin::implicit_als<double>>(40, 30, cells);
  const Eigen::MatrixXd folded = dense(model.fold_in(execution::par, reversed));
  for (Eigen::Index u = 0; u < 40; ++u) CHECK(same(row(folded, u), row(model.user_factors(), 39 - u)));
}

TEST_CASE("an observer of implicit_als is told of each iteration, and can end the training") {
  const auto x = akin::synthetic::power_law_clicks<float>({.users = 40, .items = 30, .interactions = 300, .seed = 9});
  std::vector<int> seen;
  akin::implicit_als<float> stopped({.factors = 4, .iterations = 9}), shorter({.factors = 4, .iterations = 3});
  stopped.fit(execution::par, x, [&](const akin::progress& p) {
    seen.push_back(p.iteration);
    CHECK(p.iterations == 9);
    CHECK(p.seconds >= 0);
    return p.iteration < 3;
  });
  CHECK(seen == std::vector{1, 2, 3});
  shorter.fit(execution::par, x, [](const akin::progress&) {});
  CHECK(same(stopped.user_factors(), shorter.user_factors()));

  const Eigen::MatrixXd before = dense(stopped.item_factors());
  CHECK_THROWS_AS(
      stopped.fit(execution::par, x, [](const akin::progress&) -> bool { throw std::runtime_error("observer"); }),
      std::runtime_error);
  CHECK(same(stopped.item_factors(), before));
}

TEST_CASE("every solver of implicit_als reaches the minimum of its row") {
  const auto x = counts_and_dislikes(14);
  const Eigen::MatrixXd cells = dense(x);
  for (const auto solver : {akin::als_solver::automatic, akin::als_solver::exact, akin::als_solver::conjugate_gradient})
    for (const double alpha :
         {0.0, 1.0, 1e5})  // nothing but the diagonal, usual, so heavy that `exact` solves directly
      for (const int factors : {3, 12, 40}) {
        CAPTURE(static_cast<int>(solver), alpha, factors);
        const akin::implicit_als_options options = {.factors = factors,
                                                    .iterations = 2,
                                                    .regularization = 0.2,
                                                    .alpha = alpha,
                                                    .solver = solver,
                                                    .solver_tolerance = 1e-9,
                                                    .solver_steps = 200};
        akin::implicit_als<double> model(options);
        model.fit(execution::par, x);
        const Eigen::MatrixXd found = dense(model.user_factors()), y = dense(model.item_factors());
        for (Eigen::Index u = 0; u < x.rows(); ++u)
          check_row(row(found, u), reference_row(row(cells, u), y, options), 1e-6, 1e-3);
      }
}

TEST_CASE("a row that is shared by all workers reaches its minimum, in the same bits for any number of them") {
  // Item 0 is liked by 40,000 users: more than one worker takes.
  std::vector<Eigen::Triplet<double>> cells;
  for (int user = 0; user < 40000; ++user) {
    cells.emplace_back(user, 0, 1 + user % 3);
    cells.emplace_back(user, 1 + user % 4, 1);
  }
  using model_type = akin::implicit_als<double>;
  const auto transposed = matrix_of<model_type>(40000, 5, cells);
  const akin::sparse_matrix<double> x = transposed.transpose();  // the long row as a user, whose fold-in comes last
  const akin::implicit_als_options options = {
      .factors = 3, .iterations = 1, .regularization = 0.1, .solver = akin::als_solver::exact};
  model_type alone(options);
  alone.fit(execution::seq, x);
  for (const int threads : {2, 3}) {
    model_type model(options);
    model.fit(execution::par.threads(threads), x);
    CHECK(akin_test::bytes_of(model) == akin_test::bytes_of(alone));
  }
  check_row(row(alone.user_factors(), 0), reference_row(row(dense(x), 0), dense(alone.item_factors()), options), 1e-8);
}

TEST_CASE("item factors of implicit_als are in the eigenbasis of their Gramian") {
  akin::implicit_als<double> model({.factors = 9, .iterations = 3});
  model.fit(counts_and_dislikes(15));
  Eigen::MatrixXd gram = akin_test::transposed_product(model.item_factors(), model.item_factors());
  const double size = norm(gram);
  for (Eigen::Index d = 0; d < gram.rows(); ++d) gram(d, d) = 0;
  CHECK(norm(gram) <= 1e-13 * size);
}

TEST_CASE("the observer of implicit_als is told the objective") {
  const auto x = counts_and_dislikes(16);
  const Eigen::MatrixXd cells = dense(x);
  const akin::implicit_als_options options = {.factors = 5,
                                              .iterations = 4,
                                              .regularization = 0.3,
                                              .alpha = 2,
                                              .unobserved_weight = 0.5,
                                              .regularization_exponent = 0.5,
                                              .solver = akin::als_solver::exact};
  akin::implicit_als<double> model(options);
  double loss = 0, before = std::numeric_limits<double>::infinity();
  model.fit(execution::par, x, [&](const akin::progress& p) {
    loss = p.loss;
    CHECK(loss <= before);
    before = loss;
  });
  CHECK(loss == Approx(reference_loss(cells, model)).epsilon(1e-9));
}

TEMPLATE_TEST_CASE("without regularisation implicit_als fits two users that cannot determine four factors", "", float,
                   double) {
  using model_type = akin::implicit_als<TestType>;
  const auto x = matrix_of<model_type>(2, 3, {{0, 0, 1}, {1, 1, 1}});
  for (const unsigned seed : {0U, 1U, 2U, 3U})
    for (const int iterations : {1, 2, 6, 30}) {
      INFO("seed " << seed << ", iterations " << iterations);
      model_type model({.factors = 4, .iterations = iterations, .regularization = 0, .seed = seed});
      model.fit(execution::par, x);
      CHECK(model.score(0, 0) == Approx(1).margin(1e-5));
      CHECK(model.score(1, 1) == Approx(1).margin(1e-5));
      CHECK(model.score(0, 1) == Approx(0).margin(1e-5));
      CHECK(akin_test::largest(model.user_factors()) < 100);
      CHECK(akin_test::largest(model.item_factors()) < 100);
    }
}

TEST_CASE("implicit_als explains a score by shares that sum to it") {
  const auto x = counts_and_dislikes(12);
  akin::implicit_als<double> model(
      {.factors = 6, .iterations = 4, .regularization = 0.1, .alpha = 3, .solver = akin::als_solver::exact});
  model.fit(x);
  for (const int user : {0, 7, 31}) {
    const auto reasons = akin::explain(model, x, user, 5, {.k = 1000});
    const double sum = std::accumulate(reasons.begin(), reasons.end(), 0.0,
                                       [](double total, const auto& r) { return total + r.contribution; });
    CHECK(sum == Approx(model.score(user, 5)).margin(1e-9));
    for (const auto& r : reasons) CHECK(x.coeff(user, r.item) > 0);
  }
}

TEST_CASE("similar items of implicit_als are the largest cosines") {
  const auto x = akin::synthetic::power_law_clicks<float>({.users = 60, .items = 40, .interactions = 700, .seed = 1});
  akin::implicit_als<float> model({.factors = 6, .iterations = 4});
  model.fit(x);
  const std::int32_t items[] = {4};
  const auto lists = akin::similar_items(execution::par, model, items, {.k = 39});
  const Eigen::MatrixXd products = akin_test::product_transposed(model.item_factors(), model.item_factors());
  for (std::size_t i = 0; i < lists.items(0).size(); ++i) {
    const auto item = lists.items(0)[i];
    CHECK(item != 4);
    const double cosine = products(4, item) / std::sqrt(products(4, 4) * products(item, item));
    CHECK(lists.scores(0)[i] == Approx(cosine).margin(1e-5));
  }
}

TEST_CASE("implicit_als refuses options that make no model") {
  using model_type = akin::implicit_als<float>;
  CHECK_THROWS_WITH(model_type({.factors = 0}), "implicit_als: factors must be positive, got 0");
  CHECK_THROWS_WITH(model_type({.factors = -1}), "implicit_als: factors must be positive, got -1");
  CHECK_THROWS_WITH(model_type({.iterations = -2}), "implicit_als: iterations must be positive, got -2");
  CHECK_THROWS_WITH(model_type({.regularization = -1}),
                    "implicit_als: regularization must be finite and not negative, got -1");
  CHECK_THROWS_WITH(model_type({.alpha = std::numeric_limits<double>::quiet_NaN()}), contains("alpha must be finite"));
  CHECK_THROWS_WITH(model_type({.unobserved_weight = std::numeric_limits<double>::infinity()}),
                    contains("unobserved_weight must be finite"));
  CHECK_THROWS_WITH(model_type({.regularization_exponent = 2}),
                    contains("regularization_exponent must be between 0 and 1"));
  CHECK_THROWS_WITH(model_type({.solver_tolerance = 0}), contains("solver_tolerance must be between 0 and 1"));
  CHECK_THROWS_WITH(model_type({.solver_steps = 0}), contains("solver_steps must be positive, got 0"));
  CHECK_THROWS_WITH(model_type({.regularization = 0, .unobserved_weight = 0}), contains("must not both be 0"));
}

TEMPLATE_TEST_CASE("implicit_als lives on after its fit", "", akin::implicit_als<float>, akin::implicit_als<double>,
                   (akin::implicit_als<float, std::int64_t>)) {
  akin_test::check_updates(
      [](bool keep) {
        return TestType(
            {.factors = 5, .iterations = 4, .regularization = 0.1, .alpha = 4, .seed = 4, .keep_interactions = keep});
      },
      akin::when_both::add);
}

namespace {

const akin::implicit_als_options keeping = {.factors = 6,
                                            .iterations = 4,
                                            .regularization = 0.2,
                                            .alpha = 3,
                                            .unobserved_weight = 0.3,
                                            .regularization_exponent = 0.5,
                                            .solver = akin::als_solver::exact,
                                            .keep_interactions = true};

/// The scores of users with factors x for an item that is solved anew from the users who took it.
void check_item(const akin::implicit_als<double>& model, const Eigen::VectorXd& takers, const Eigen::MatrixXd& users,
                int item, double tolerance) {
  const Eigen::VectorXd solved = reference_row(takers, users, model.options());
  // In another basis than the model's: compare what does not depend on it.
  CHECK(norm(row(model.item_factors(), item)) == Approx(norm(solved)).epsilon(tolerance));
}

}  // namespace

TEST_CASE("partial_fit of implicit_als solves touched users, touched items and then all users") {
  const auto x = counts_and_dislikes(21);
  akin::implicit_als<double> model(keeping);
  model.fit(execution::par, x);
  Eigen::MatrixXd users = akin_test::zeros(51, 6), items = akin_test::zeros(31, 6);
  for (int user = 0; user < 50; ++user) set_row(users, user, row(model.user_factors(), user));
  for (int item = 0; item < 30; ++item) set_row(items, item, row(model.item_factors(), item));

  const auto before = akin_test::bytes_of(model);
  model.partial_fit(execution::par, akin::sparse_matrix<double>(50, 30));
  CHECK(akin_test::bytes_of(model) == before);  // nothing new, nothing changes

  const auto news = matrix_of<akin::implicit_als<double>>(
      51, 31, {{2, 4, 2}, {2, 30, 1}, {9, 4, -1}, {50, 1, 1}, {50, 30, 2}, {50, 4, 3}});
  model.partial_fit(execution::par, news);
  const Eigen::MatrixXd merged = dense(akin::merge_interactions(x, news));
  CHECK(merged(2, 4) == x.coeff(2, 4) + 2);
  CHECK(same(model.fold_in(execution::seq, akin::sparse_matrix<double>(model.histories())), model.user_factors()));

  // Step by step, by the normal equations.
  for (const int user : {2, 9, 50}) set_row(users, user, reference_row(row(merged, user), items, keeping));
  for (const int item : {1, 4, 30}) set_row(items, item, reference_row(column(merged, item), users, keeping));
  for (int user = 0; user < 51; ++user) set_row(users, user, reference_row(row(merged, user), items, keeping));
  const Eigen::MatrixXd scores = akin_test::product_transposed(users, items);
  CHECK(distance(scores_of(model), scores) <= 1e-9 * norm(scores));
}

TEST_CASE("an item that forgets a user of implicit_als is solved without") {
  const auto x = counts_and_dislikes(22);
  akin::implicit_als<double> model(keeping);
  model.fit(execution::par, x);
  Eigen::MatrixXd rest = dense(x), users = dense(model.user_factors()), items = dense(model.item_factors());
  std::vector<int> touched;
  for (int i = 0; i < 30; ++i)
    if (rest(3, i) != 0) touched.push_back(i);
  REQUIRE(touched.size() > 1);
  akin_test::clear_row(rest, 3);
  akin_test::clear_row(users, 3);
  model.forget(execution::par, 3);
  for (const int item : touched) {
    set_row(items, item, reference_row(column(rest, item), users, keeping));
    check_item(model, column(rest, item), users, item, 1e-9);
  }
  for (int user = 0; user < 50; ++user) set_row(users, user, reference_row(row(rest, user), items, keeping));
  const Eigen::MatrixXd scores = akin_test::product_transposed(users, items);
  CHECK(distance(scores_of(model), scores) <= 1e-9 * norm(scores));
}

TEST_CASE("implicit_als folds items in to their minimum") {
  const auto x = counts_and_dislikes(23);
  const Eigen::MatrixXd cells = dense(x);
  akin::implicit_als<double> model(keeping);
  model.fit(execution::par, x);
  const akin::sparse_matrix<double> transposed = x.transpose();
  const auto folded = model.fold_in_items(execution::par, transposed);
  REQUIRE(folded.rows() == 30);
  const Eigen::MatrixXd users = dense(model.user_factors());
  for (int item = 0; item < 30; ++item)
    check_row(row(folded, item), reference_row(column(cells, item), users, keeping), 1e-9);
  // After many iterations the users hardly move any more.
  akin::implicit_als<double> converged({.factors = 3, .iterations = 300, .solver = akin::als_solver::exact});
  converged.fit(execution::par, x);
  const Eigen::MatrixXd again = dense(converged.fold_in_items(execution::par, transposed));
  CHECK(distance(again, converged.item_factors()) < 1e-2 * norm(again));
}

TEMPLATE_TEST_CASE("implicit_als of any rank reaches its rows' minima", "", double, float) {
  const int factors = GENERATE(1, 2, 7, 17, 33, 65);
  CAPTURE(factors);
  const auto x = akin::synthetic::power_law_clicks<double>({.users = 90, .items = 75, .interactions = 900, .seed = 3});
  const akin::implicit_als_options options = {.factors = factors,
                                              .iterations = 2,
                                              .regularization = 0.3,
                                              .solver = akin::als_solver::exact,
                                              .keep_interactions = true};
  akin::implicit_als<TestType> model(options);
  model.fit(execution::par, akin::sparse_matrix<TestType>(x.template cast<TestType>()));
  model.forget(4);
  const Eigen::MatrixXd cells = dense(model.histories()), y = dense(model.item_factors());
  for (Eigen::Index u = 0; u < x.rows(); u += 7)
    check_row(row(model.user_factors(), u), reference_row(row(cells, u), y, options),
              sizeof(TestType) == 4 ? 1e-3 : 1e-8);
}

TEMPLATE_TEST_CASE("values of any size give implicit_als finite factors or a sentence", "", float, double) {
  using model_type = akin::implicit_als<TestType>;
  for (const double size : {1e-38, 1e-30, 1e30, 3e38})
    for (const auto solver :
         {akin::als_solver::automatic, akin::als_solver::exact, akin::als_solver::conjugate_gradient})
      for (const double regularization : {0.0, 0.1}) {
        CAPTURE(size, static_cast<int>(solver), regularization);
        auto x = akin_test::some_clicks<model_type>();
        x.coeffs() *= static_cast<TestType>(size);
        x.valuePtr()[7] = 1;
        model_type model({.factors = 4,
                          .iterations = 3,
                          .regularization = regularization,
                          .solver = solver,
                          .keep_interactions = true});
        const auto finite = [&] {
          CHECK(akin_test::is_finite(model.user_factors()));
          CHECK(akin_test::is_finite(model.item_factors()));
        };
        try {
          model.fit(execution::par, x);
          finite();
          model.partial_fit(x);
          finite();
          model.forget(3);
        } catch (const akin::numeric_error& error) {
          CHECK_THAT(error.what(), contains("raise regularization") || contains("merge_interactions: a sum of values"));
        }
        finite();
      }
}

TEST_CASE("without regularisation users and items that nothing determines can still be forgotten and updated") {
  using model_type = akin::implicit_als<float>;
  for (const auto solver : {akin::als_solver::automatic, akin::als_solver::exact}) {
    model_type model({.factors = 6, .iterations = 4, .regularization = 0, .solver = solver, .keep_interactions = true});
    model.fit(execution::par, matrix_of<model_type>(3, 3, {{0, 0, 1}, {1, 1, 1}, {2, 1, 1}}));
    model.partial_fit(matrix_of<model_type>(4, 4, {{3, 1, 1}, {3, 3, 1}}));
    model.forget(0);
    CHECK(akin_test::is_finite(model.user_factors()));
    CHECK(akin_test::is_finite(model.item_factors()));
    CHECK_FALSE(model.knows_item(0));
    CHECK(model.score(3, 1) > 0.5f);
  }
}

TEST_CASE("a cell that is there twice is refused, and sizes beyond memory are an exception") {
  const std::int32_t offsets[] = {0, 3}, columns[] = {1, 1, 2};
  const float values[] = {1, 2, 3};
  const Eigen::Map<const akin::sparse_matrix<float>> twice(1, 4, 3, offsets, columns, values);
  akin::implicit_als<float> model({.factors = 2, .iterations = 1});
  CHECK_THROWS_WITH(model.fit(execution::seq, twice), contains("column ids must be ascending, unique and below 4"));
  akin::implicit_als<float> endless({.factors = std::numeric_limits<int>::max(), .iterations = 1});
  CHECK_THROWS_AS(endless.fit(execution::seq, akin::sparse_matrix<float>(0, 0)), std::exception);
}

TEMPLATE_TEST_CASE("implicit_als with more factors than users and items reaches its rows' minima", "", double, float) {
  const int factors = GENERATE(100, 127, 200, 1031);
  CAPTURE(factors);
  const auto x = akin::synthetic::power_law_clicks<double>({.users = 20, .items = 12, .interactions = 90, .seed = 3});
  const akin::implicit_als_options options = {
      .factors = factors, .iterations = 1, .regularization = 0.3, .solver = akin::als_solver::exact};
  akin::implicit_als<TestType> model(options);
  model.fit(execution::par, akin::sparse_matrix<TestType>(x.template cast<TestType>()));
  const Eigen::MatrixXd cells = dense(x), y = dense(model.item_factors());
  for (const Eigen::Index u : {0, 11})
    check_row(row(model.user_factors(), u), reference_row(row(cells, u), y, options),
              sizeof(TestType) == 4 ? 1e-3 : 1e-8);
}
