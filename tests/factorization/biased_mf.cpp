#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <akin/data/splits.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/factorization/biased_mf.hpp>
#include <akin/retrieval/similar_items.hpp>

#include "support/catch.hpp"
#include "support/fold_in_harness.hpp"
#include "support/model_harness.hpp"
#include "support/promise_harness.hpp"
#include "support/reference.hpp"
#include "support/update_harness.hpp"

using akin_test::bytes_of;
using akin_test::distance;
using akin_test::matrix_of;
using akin_test::norm;
using akin_test::row;
using akin_test::same;
namespace execution = akin::execution;

TEMPLATE_TEST_CASE("biased_mf keeps the promises of every model", "", akin::biased_mf<float>, akin::biased_mf<double>,
                   (akin::biased_mf<float, std::int64_t>)) {
  akin_test::check_model([] { return TestType({.factors = 5, .epochs = 4, .learning_rate = 0.02, .seed = 4}); });
}

TEST_CASE("biased_mf lists what it knows, and keeps what is documented of it") {
  akin_test::check_promises(
      [] { return akin::biased_mf<float>({.factors = 5, .epochs = 20, .learning_rate = 0.02, .seed = 4}); },
      akin_test::row_lists::folded_in, akin_test::reason_sums::folded_rating_less_bias);
}

TEST_CASE("each option of biased_mf matters") {
  using options = akin::biased_mf_options;
  auto changes = akin_test::sgd_changes<options>();
  changes.push_back({"learning_rate_decay", [](auto& o) { o.learning_rate_decay = 0.5; }});
  changes.push_back({"validation_fraction", [](auto& o) { o.validation_fraction = 0.3; }});
  akin_test::check_options<akin::biased_mf<float>>(options{.factors = 5, .epochs = 9}, changes,
                                                   {"patience", "keep_interactions"});
}

TEST_CASE("a patient biased_mf trains for longer") {
  const auto epochs_with = [](int patience) {
    akin::biased_mf<float> model(
        {.factors = 5, .epochs = 60, .learning_rate = 0.05, .validation_fraction = 0.2, .patience = patience});
    int epochs = 0;
    model.fit(execution::par, akin_test::some_counts<akin::biased_mf<float>>(),
              [&](const akin::progress&) { ++epochs; });
    return epochs;
  };
  CHECK(epochs_with(1) + 3 < epochs_with(6));
}

TEMPLATE_TEST_CASE("biased_mf lives on after its fit", "", akin::biased_mf<double>,
                   (akin::biased_mf<float, std::int64_t>)) {
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

/// Ratings of rank 5 with noise 0.1: without a model the RMSE is 1.
const akin::sparse_matrix<float>& low_rank() {
  static const auto x = akin::synthetic::low_rank_ratings<float>(
      {.users = 600, .items = 400, .rank = 5, .density = 0.15, .noise = 0.1, .seed = 3});
  return x;
}

/// The ratings of a row, or of an item's, solved against the factors and biases of those who gave or got them, with the
/// bias last and a regularisation of 0.1 for each.
Eigen::VectorXd solved_row(const akin::sparse_matrix<double>& x, Eigen::Index which,
                           const akin_test::matrix_view& factors, std::span<const double> biases, double mean) {
  Eigen::MatrixXd a = akin_test::zeros(5, 5);
  Eigen::VectorXd b = akin_test::zeros(5), z(5);
  double count = 0;
  for (akin::sparse_matrix<double>::InnerIterator cell(x, which); cell; ++cell, ++count) {
    for (Eigen::Index d = 0; d < 4; ++d) z[d] = factors(cell.col(), d);
    z[4] = 1;
    akin_test::add_outer(a, 1, z);
    akin_test::add(b, cell.value() - mean - biases[static_cast<std::size_t>(cell.col())], z);
  }
  akin_test::add(a, 1, akin_test::identity(5, 0.1 * count));
  return akin_test::solve(a, b);
}

template <class Model, class Matrix>
double rmse(const Model& model, const Matrix& x) {
  double squares = 0;
  for (Eigen::Index u = 0; u < x.rows(); ++u)
    for (typename Matrix::InnerIterator cell(x, u); cell; ++cell)
      squares += std::pow(
          static_cast<double>(cell.value() - model.predict(static_cast<int>(u), static_cast<int>(cell.col()))), 2);
  return std::sqrt(squares / static_cast<double>(x.nonZeros()));
}

}  // namespace

TEST_CASE("biased_mf finds a low rank below noise, and predicts what it has not seen") {
  const auto [train, test] = akin::split_random(low_rank(), {.test_fraction = 0.2, .seed = 1});
  akin::biased_mf<float> model({.factors = 8, .epochs = 60, .learning_rate = 0.02, .regularization = 0.02});
  double first = 0, last = 0;
  model.fit(execution::par, train, [&](const akin::progress& p) {
    CHECK(p.iterations == 60);
    (p.iteration == 1 ? first : last) = p.loss;
  });
  CHECK(first > 0.9);
  CHECK(last < 0.13);
  CHECK(rmse(model, test) < 0.16);
}

TEST_CASE("biased_mf gives the same bits for any number of threads where there are many blocks") {
  const akin::biased_mf_options options = {.factors = 7, .epochs = 3, .validation_fraction = 0.1, .seed = 9};
  REQUIRE(akin::detail::grid_side(low_rank().rows(), low_rank().cols(), low_rank().nonZeros()) > 2);
  akin::biased_mf<float> alone(options);
  std::vector<double> losses;
  alone.fit(execution::seq, low_rank(), [&](const akin::progress& p) { losses.push_back(p.loss); });
  for (const int threads : {1, 2, 3, 7}) {
    akin::biased_mf<float> model(options);
    std::vector<double> same;
    model.fit(execution::par.threads(threads), low_rank(), [&](const akin::progress& p) { same.push_back(p.loss); });
    CHECK(bytes_of(model) == bytes_of(alone));
    CHECK(same == losses);
  }
}

TEST_CASE("one epoch of biased_mf on a small matrix is the steps of the formula in some order") {
  // One user and one item: there is no order to choose.
  const auto x = matrix_of<akin::biased_mf<double>>(1, 1, {{0, 0, 3}});
  akin::biased_mf<double> model({.factors = 2, .epochs = 1, .learning_rate = 0.1, .regularization = 0.5});
  model.fit(x);
  // The mean is 3, so the biases hear of nothing but the product of the random factors.
  CHECK(model.mean() == 3);
  const double error = model.user_biases()[0] / 0.1;
  CHECK(model.item_biases()[0] == model.user_biases()[0]);
  CHECK(std::abs(error) < 0.2);
  // p' = (1 - 0.05) p + 0.1 e q and q' likewise; undone, the product is -e again.
  const double keep = 0.95, step = 0.1 * error, determinant = keep * keep - step * step;
  double product = 0;
  for (int d = 0; d < 2; ++d) {
    const double p = model.user_factors()(0, d), q = model.item_factors()(0, d);
    product += (keep * p - step * q) * (keep * q - step * p) / (determinant * determinant);
  }
  CHECK(product == Approx(-error).epsilon(1e-9));
}

TEST_CASE("without factors to speak of, biased_mf learns the means") {
  // Item 0 is rated 2 above item 1, user 1 one above user 0; regularisation kills the products, not yet the biases.
  std::vector<Eigen::Triplet<double>> cells;
  for (int u = 0; u < 20; ++u)
    for (int i = 0; i < 2; ++i) cells.emplace_back(u, i, 3.0 - 2 * i + (u % 2));
  const auto x = matrix_of<akin::biased_mf<double>>(20, 2, cells);
  akin::biased_mf<double> model({.factors = 1, .epochs = 400, .learning_rate = 0.05, .regularization = 0.001});
  model.fit(x);
  CHECK(rmse(model, x) < 0.02);
  CHECK(model.predict(1, 0) - model.predict(0, 0) == Approx(1).margin(0.05));
  CHECK(model.predict(4, 0) - model.predict(4, 1) == Approx(2).margin(0.05));
}

TEST_CASE("biased_mf ends early and keeps the best epoch") {
  const auto [train, test] = akin::split_random(low_rank(), {.test_fraction = 0.5, .seed = 1});
  // Many factors and no regularisation: sooner or later it learns the noise.
  const akin::biased_mf_options options = {
      .factors = 40, .epochs = 300, .learning_rate = 0.03, .regularization = 0, .patience = 20, .seed = 3};
  akin::biased_mf<float> model(options);
  std::vector<double> losses;
  model.fit(execution::par, train, test, [&](const akin::progress& p) { losses.push_back(p.loss); });
  REQUIRE(losses.size() < 300);
  REQUIRE(losses.size() > 21);
  const auto best = std::min_element(losses.begin(), losses.end());
  CHECK(losses.end() - best == 21);
  CHECK(rmse(model, test) == Approx(*best).epsilon(1e-6));

  auto held = options;
  held.validation_fraction = 0.1;
  akin::biased_mf<float> own(held);
  int epochs = 0;
  own.fit(execution::par, train, [&](const akin::progress&) { ++epochs; });
  CHECK(epochs < 300);
  CHECK(std::isfinite(own.predict(0, 0)));
  akin::biased_mf<float> watched(options);
  CHECK_THROWS_WITH(watched.fit(execution::par, train, akin::sparse_matrix<float>(3, 4)),
                    contains("validation must be 600 x 400 like user_items, got 3 x 4"));
  // Nothing to validate on: no early end.
  auto short_options = options;
  short_options.epochs = 5;
  akin::biased_mf<float> unwatched(short_options);
  epochs = 0;
  unwatched.fit(execution::par, train, akin::sparse_matrix<float>(600, 400), [&](const akin::progress&) { ++epochs; });
  CHECK(epochs == 5);
}

TEST_CASE("an observer ends the training of biased_mf") {
  akin::biased_mf<float> stopped({.factors = 4, .epochs = 9, .seed = 2}),
      shorter({.factors = 4, .epochs = 3, .seed = 2});
  stopped.fit(execution::par, low_rank(), [](const akin::progress& p) { return p.iteration < 3; });
  shorter.fit(execution::par, low_rank());
  CHECK(same(stopped.user_factors(), shorter.user_factors()));
}

TEST_CASE("the learning rate of biased_mf decays by epochs") {
  const auto x = matrix_of<akin::biased_mf<double>>(1, 2, {{0, 0, 1}, {0, 1, -1}});
  const auto bias_after = [&](int epochs, double decay) {
    akin::biased_mf<double> model({.factors = 1,
                                   .epochs = epochs,
                                   .learning_rate = 0.1,
                                   .regularization = 0,
                                   .learning_rate_decay = decay,
                                   .seed = 6});
    model.fit(x);
    return model.item_biases()[0];
  };
  const double first = bias_after(1, 1), second = bias_after(2, 1) - first, decayed = bias_after(2, 0.5) - first;
  CHECK(decayed == Approx(second / 2).epsilon(0.1));
  CHECK(bias_after(1, 0.5) == first);
}

TEST_CASE("fold_in of biased_mf solves the user's own problem") {
  akin::biased_mf<double> model({.factors = 4, .epochs = 30, .learning_rate = 0.02, .regularization = 0.1});
  const akin::sparse_matrix<double> x = low_rank().cast<double>();
  model.fit(execution::par, x);
  const akin::dense_matrix<double> folded = model.fold_in(execution::par.threads(2), x.topRows(50));
  REQUIRE((folded.rows() == 50 && folded.cols() == 5));
  CHECK(same(folded, model.fold_in(execution::seq, x.topRows(50))));
  for (Eigen::Index u = 0; u < 50; ++u) {
    const Eigen::VectorXd expected = solved_row(x, u, model.item_factors(), model.item_biases(), model.mean());
    CHECK(distance(row(folded, u), expected) < 1e-9 * (1 + norm(expected)));
    // What the training found is near.
    Eigen::VectorXd factors = akin_test::zeros(4);
    for (Eigen::Index d = 0; d < 4; ++d) factors[d] = folded(u, d);
    CHECK(distance(factors, row(model.user_factors(), u)) < 0.35);
  }
  CHECK(akin_test::is_zero(model.fold_in(execution::seq, akin::sparse_matrix<double>(2, 400))));
  CHECK_THROWS_WITH(model.fold_in(execution::seq, akin::sparse_matrix<double>(2, 3)), contains("400 items, got 3"));
  CHECK_THROWS_AS(akin::biased_mf<double>().fold_in(execution::seq, x), akin::not_fitted);
}

TEST_CASE("fold_in without regularisation stays finite for fewer ratings than factors") {
  akin::biased_mf<float> model({.factors = 8, .epochs = 5, .regularization = 0});
  model.fit(low_rank());
  const auto one = matrix_of<akin::biased_mf<float>>(1, 400, {{0, 3, 2}});
  const auto folded = model.fold_in(execution::seq, one);
  CHECK(akin_test::is_finite(folded));
  float predicted = model.mean() + model.item_biases()[3] + folded(0, 8);
  for (Eigen::Index d = 0; d < 8; ++d) predicted += folded(0, d) * model.item_factors()(3, d);
  CHECK(predicted == Approx(2).margin(1e-3));
}

TEST_CASE("where biased_mf diverges it names the epoch and stays as it was") {
  akin::biased_mf<float> model({.factors = 4, .epochs = 2});
  model.fit(low_rank());
  const auto before = bytes_of(model);
  akin::biased_mf<float> wild({.factors = 4, .epochs = 50, .learning_rate = 10});
  CHECK_THROWS_AS(wild.fit(execution::par, low_rank()), akin::numeric_error);
  CHECK_THROWS_WITH(wild.fit(execution::par, low_rank()),
                    contains("biased_mf::fit: the factors are no longer finite after epoch "));
  CHECK(wild.users() == 0);
  akin::sparse_matrix<float> huge = low_rank();
  for (Eigen::Index i = 0; i < huge.nonZeros(); ++i) huge.valuePtr()[i] *= 1e30f;
  CHECK_THROWS_AS(model.fit(execution::par, huge), akin::numeric_error);
  CHECK(bytes_of(model) == before);
}

TEST_CASE("who has no ratings is predicted from what is left, and not recommended to") {
  const auto x = matrix_of<akin::biased_mf<float>>(3, 3, {{0, 0, 5}, {0, 1, 1}, {2, 0, 4}});
  akin::biased_mf<float> model({.factors = 2, .epochs = 10});
  model.fit(x);
  CHECK_FALSE(model.knows_user(1));
  CHECK_FALSE(model.knows_item(2));
  CHECK(model.predict(1, 2) == model.mean());
  CHECK(model.predict(1, 0) == model.mean() + model.item_biases()[0]);
}

TEST_CASE("biased_mf refuses options that make no model") {
  using model_type = akin::biased_mf<float>;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(model_type({.factors = 0}), "biased_mf: factors must be positive, got 0");
  CHECK_THROWS_WITH(model_type({.epochs = 0}), "biased_mf: epochs must be positive, got 0");
  CHECK_THROWS_WITH(model_type({.learning_rate = -1}), "biased_mf: learning_rate must be positive and finite, got -1");
  CHECK_THROWS_WITH(model_type({.learning_rate = nan}), contains("learning_rate must be positive"));
  CHECK_THROWS_WITH(model_type({.regularization = -1}), contains("regularization must be finite and not negative"));
  CHECK_THROWS_WITH(model_type({.learning_rate_decay = 1.5}), contains("learning_rate_decay must be above 0"));
  CHECK_THROWS_WITH(model_type({.validation_fraction = 1}), contains("validation_fraction must be at least 0"));
  CHECK_THROWS_WITH(model_type({.patience = 0}), contains("patience must be positive, got 0"));
}

TEST_CASE("fold_in_items of biased_mf solves the item's own problem") {
  const akin::sparse_matrix<double> x = low_rank().cast<double>(), item_users = x.transpose();
  akin::biased_mf<double> model({.factors = 4, .epochs = 30, .learning_rate = 0.02, .regularization = 0.1});
  model.fit(execution::par, x);
  const akin::dense_matrix<double> folded = model.fold_in_items(execution::par, item_users);
  for (const int i : {0, 17, 399}) {
    const Eigen::VectorXd expected = solved_row(item_users, i, model.user_factors(), model.user_biases(), model.mean());
    CHECK(distance(row(folded, i), expected) < 1e-9 * (1 + norm(expected)));
  }
}

TEST_CASE("contributions of biased_mf sum to the score") {
  const akin::sparse_matrix<double> x = low_rank().cast<double>();
  akin::biased_mf<double> model({.factors = 4, .epochs = 30, .learning_rate = 0.02});
  model.fit(execution::par, x);
  for (const int user : {0, 5, 33}) {
    const auto scores = akin_test::history_scores(model, x, user);
    for (const int item : {0, 100, 399}) {
      const auto place = static_cast<std::size_t>(item);
      CHECK(akin_test::sum_of_contributions(model, x, user, item) + model.mean() + model.item_biases()[place] ==
            Approx(scores[place]));
    }
  }
}

TEST_CASE("a new rating takes the place of the old one, and all of the row counts") {
  using model_type = akin::biased_mf<double>;
  model_type model({.factors = 3, .epochs = 20, .keep_interactions = true});
  const akin::sparse_matrix<double> x = low_rank().cast<double>();
  model.fit(x);
  const double mean = model.mean();
  const auto item = x.innerIndexPtr()[0];
  const auto news = matrix_of<model_type>(x.rows(), x.cols(), {{0, item, 9}});
  model.partial_fit(execution::par, news);
  CHECK(model.mean() == mean);
  CHECK(model.histories().coeff(0, item) == 9);
  CHECK(model.histories().nonZeros() == x.nonZeros());
  // The user was solved last: from the merged row, against the items as they are.
  const akin::sparse_matrix<double> merged = model.histories();
  const akin::dense_matrix<double> folded = model.fold_in(execution::seq, merged.topRows(1));
  CHECK(same(akin_test::columns(folded, 0, 3), akin_test::dense(model.user_factors().topRows(1))));
  CHECK(folded(0, 3) == model.user_biases()[0]);
}

TEST_CASE("biased_mf forgets a user in the items that the user had rated") {
  const akin::sparse_matrix<double> x = low_rank().cast<double>();
  akin::biased_mf<double> model({.factors = 3, .epochs = 20, .keep_interactions = true});
  model.fit(x);
  const Eigen::MatrixXd before = akin_test::dense(model.item_factors());
  model.forget(execution::par, 4);
  const akin::sparse_matrix<double> rest = akin::sparse_matrix<double>(model.histories()).transpose();
  const Eigen::MatrixXd solved = akin_test::columns(model.fold_in_items(execution::seq, rest), 0, 3);
  int rated = 0;
  for (int item = 0; item < x.cols(); ++item) {
    const bool had = x.coeff(4, item) != 0;
    rated += had;
    CHECK(same(row(model.item_factors(), item), row(had ? solved : before, item)));
  }
  CHECK(rated > 10);
  CHECK(model.user_biases()[4] == 0);
}
