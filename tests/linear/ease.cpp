#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <akin/data/merge_interactions.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/linear/ease.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/similar_items.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/promise_harness.hpp"
#include "support/random_data.hpp"
#include "support/reference.hpp"
#include "support/update_harness.hpp"

using akin_test::dense;
using akin_test::matrix_of;
namespace execution = akin::execution;

TEMPLATE_TEST_CASE("ease keeps the promises of every model", "", akin::ease<float>, akin::ease<double>,
                   (akin::ease<float, std::int64_t>)) {
  SECTION("without dropout") {
    akin_test::check_model([] { return TestType({.regularization = 10}); });
  }
  SECTION("with dropout") {
    akin_test::check_model([] { return TestType({.regularization = 0.5, .dropout = 0.3}); });
  }
}

TEST_CASE("ease lists what it knows, and keeps what is documented of it") {
  akin_test::check_promises([] { return akin::ease<float>({.regularization = 10}); }, akin_test::row_lists::same,
                            akin_test::reason_sums::score);
  SECTION("a known answer") {
    akin_test::check_checkerboard([] { return akin::ease<float>(); });
  }
}

TEST_CASE("each option of ease matters") {
  using options = akin::ease_options;
  const std::vector<akin_test::option_change<options>> changes = {
      {"regularization", [](auto& o) { o.regularization = 20; }},
      {"dropout", [](auto& o) { o.dropout = 0.3; }},
  };
  akin_test::check_options<akin::ease<float>>(options{.regularization = 10}, changes, {"memory_limit"});
}

namespace {

using model_type = akin::ease<double>;
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Users x items: both users have item 0, the first has item 1, nobody has item 2.
akin::sparse_matrix<double> two_by_three() { return matrix_of<model_type>(2, 3, {{0, 0, 1}, {0, 1, 1}, {1, 0, 1}}); }

/// W from X by a plain inverse.
Eigen::MatrixXd reference_weights(const Eigen::MatrixXd& x, double lambda, double dropout = 0) {
  Eigen::MatrixXd p = akin_test::transposed_product(x, x);
  const Eigen::Index n = p.rows();
  for (Eigen::Index i = 0; i < n; ++i) p(i, i) = p(i, i) * (1 + dropout / (1 - dropout)) + lambda;
  p = akin_test::inverse(p);
  Eigen::MatrixXd w(n, n);
  for (Eigen::Index j = 0; j < n; ++j)
    for (Eigen::Index i = 0; i < n; ++i) w(i, j) = i == j ? 0 : -p(i, j) / p(j, j);
  return w;
}

/// The largest error of a weight, beside the largest weight.
template <class Scalar>
double largest_error(const akin::sparse_matrix<double>& x, const akin::ease_options& options) {
  akin::ease<Scalar> model(options);
  model.fit(execution::par.threads(2), akin::sparse_matrix<Scalar>(x.cast<Scalar>()));
  const auto exact = reference_weights(dense(x), *options.regularization, options.dropout.value_or(0));
  return akin_test::largest_difference(model.weights(), exact) / std::max(akin_test::largest(exact), 1e-3);
}

}  // namespace

TEST_CASE("ease has the weights by hand") {
  // With lambda 1, X'X + I is 3 1 / 1 2 for items 0 and 1: each is regressed on the other.
  model_type model({.regularization = 1});
  model.fit(two_by_three());
  const auto w = model.weights();
  CHECK(w(0, 1) == Approx(1.0 / 3));
  CHECK(w(1, 0) == Approx(1.0 / 2));
  for (int i = 0; i < 3; ++i) CHECK(w(i, i) == 0);
  CHECK(akin_test::is_zero(akin_test::row(w, 2)));
  CHECK(akin_test::is_zero(akin_test::column(w, 2)));

  model_type dropped({.regularization = 1, .dropout = 0.5});  // 5 1 / 1 3
  dropped.fit(two_by_three());
  CHECK(dropped.weights()(0, 1) == Approx(1.0 / 5));
  CHECK(dropped.weights()(1, 0) == Approx(1.0 / 3));
}

TEST_CASE("ease agrees with a plain inverse whatever the shape") {
  for (const int items : {1, 2, 7, 191, 385, 500}) {
    const std::uint64_t seed = 5;
    CAPTURE(items, seed);
    const auto x = akin_test::random_sparse<double>(300, items, 0.1, seed);
    CHECK(largest_error<double>(x, {.regularization = 5}) < 1e-13);
    CHECK(largest_error<double>(x, {.regularization = 0.1, .dropout = 0.6}) < 1e-12);
    CHECK(largest_error<float>(x, {.regularization = 5}) < 1e-5);
  }
}

TEST_CASE("ease stands matrices that are nearly singular") {
  // Fewer users than items: the smallest eigenvalue is lambda, the largest about 120. Condition * epsilon is 3e-8 and
  // 3e-4.
  const auto x = akin_test::random_sparse<double>(200, 450, 0.1, 6);
  CHECK(largest_error<double>(x, {.regularization = 1e-6}) < 1e-5);
  CHECK(largest_error<float>(x, {.regularization = 0.05}) < 1e-3);
}

TEST_CASE("ease minimises its objective") {
  const std::uint64_t seed = 7;
  CAPTURE(seed);
  const auto clicks =
      akin::synthetic::power_law_clicks<double>({.users = 200, .items = 90, .interactions = 3000, .seed = seed});
  model_type model({.regularization = 3});
  model.fit(clicks);
  const Eigen::MatrixXd x = dense(clicks), w = dense(model.weights());
  const Eigen::MatrixXd error = akin_test::sum(akin_test::product(x, w), -1, x);
  Eigen::MatrixXd gradient = akin_test::sum(akin_test::transposed_product(x, error), 3, w);
  for (Eigen::Index i = 0; i < 90; ++i) gradient(i, i) = 0;  // what the diagonal costs is not asked
  CHECK(akin_test::largest(gradient) < 1e-10);
}

TEST_CASE("dropout is as good as users who have one item alone") {
  const auto x = akin_test::random_sparse<double>(50, 20, 0.3, 8);
  const double p = 0.4;
  std::vector<Eigen::Triplet<double>> cells;
  for (int u = 0; u < 50; ++u)
    for (akin::sparse_matrix<double>::InnerIterator cell(x, u); cell; ++cell)
      cells.emplace_back(u, cell.col(), cell.value());
  for (int i = 0; i < 20; ++i)
    cells.emplace_back(50 + i, i, std::sqrt(p / (1 - p)) * akin_test::norm(akin_test::column(dense(x), i)));
  model_type dropped({.regularization = 2, .dropout = p}), more_users({.regularization = 2});
  dropped.fit(x);
  more_users.fit(matrix_of<model_type>(70, 20, cells));
  CHECK((dropped.weights() - more_users.weights()).cwiseAbs().maxCoeff() < 1e-13);
}

TEMPLATE_TEST_CASE("ease gives the same bits for any number of threads where there are many tiles", "", float, double) {
  const auto x = akin_test::random_sparse<TestType>(300, 1000, 0.05, 9);
  akin::ease<TestType> alone({.regularization = 1});
  alone.fit(x);
  for (const int threads : {1, 2, 3}) {
    akin::ease<TestType> model({.regularization = 1});
    model.fit(execution::par.threads(threads), x);
    CAPTURE(threads);
    CHECK(akin_test::same(model.weights(), alone.weights()));
  }
}

TEMPLATE_TEST_CASE("one score of ease is the same bits as among all", "", float, double) {
  const auto x = akin_test::random_sparse<TestType>(20, 77, 0.3, 10);
  akin::ease<TestType> model({.regularization = 1});
  model.fit(x);
  std::vector<TestType> all(77);
  bool is_same = true;
  for (int user = 0; user < 20; ++user) {
    model.score_all(user, std::span(all));
    for (int item = 0; item < 77; ++item)
      is_same = is_same && all[static_cast<std::size_t>(item)] == model.score(user, item);
  }
  CHECK(is_same);
}

TEST_CASE("ease scores what is known for who is known") {
  model_type model({.regularization = 1});
  auto x = two_by_three();
  x.conservativeResize(4, 3);
  x.coeffRef(3, 2) = 0;  // stored, and says nothing
  x.makeCompressed();
  model.fit(x);
  CHECK(model.knows_user(1));
  CHECK_FALSE(model.knows_user(2));
  CHECK_FALSE(model.knows_user(3));
  CHECK(model.knows_item(1));
  CHECK_FALSE(model.knows_item(2));

  std::vector<double> all(3);
  model.score_all(1, std::span(all));
  CHECK(all[0] == 0);
  CHECK(all[1] == Approx(1.0 / 3));
  CHECK(all[2] == -infinity);
  model.score_all(3, std::span(all));
  CHECK(all == std::vector{-infinity, -infinity, -infinity});
  CHECK(model.score(3, 1) == 0);

  const auto lists = akin::recommend(execution::seq, model, {.k = 3, .exclude = x});
  CHECK(std::ranges::equal(lists.items(1), std::vector{1}));
  CHECK(lists.items(2).empty());
}

TEST_CASE("ease scores new histories, explains and compares") {
  const auto x = akin_test::random_sparse<float>(60, 30, 0.2, 11);
  akin::ease<float> model({.regularization = 2});
  model.fit(execution::par, x);
  const auto trained = akin::recommend(execution::par, model, {.k = 5, .exclude = x});
  const auto again = akin::recommend_for(execution::par, model, x, {.k = 5, .exclude = x});
  bool is_same = true;
  for (std::size_t u = 0; u < 60; ++u)
    is_same = is_same && std::ranges::equal(trained.items(u), again.items(u)) &&
              std::ranges::equal(trained.scores(u), again.scores(u));
  CHECK(is_same);

  double sum = 0;
  for (const auto& reason : akin::explain(model, x, 4, 17, {.k = 100})) sum += reason.contribution;
  CHECK(sum == Approx(model.score(4, 17)).epsilon(1e-4));

  const std::int32_t items[] = {3};
  const auto similar = akin::similar_items(execution::seq, model, items, {.k = 100});
  REQUIRE(similar.items(0).size() == 29);
  for (std::size_t i = 0; i < 29; ++i) {
    CHECK(similar.items(0)[i] != 3);
    CHECK(similar.scores(0)[i] == model.weights()(3, similar.items(0)[i]));
  }
}

TEST_CASE("items that nobody has are like nothing") {
  model_type model({.regularization = 1});
  model.fit(two_by_three());
  const std::int32_t items[] = {0, 2};
  const auto similar = akin::similar_items(execution::seq, model, items, {.k = 3});
  CHECK(std::ranges::equal(similar.items(0), std::vector{1}));
  CHECK(similar.items(1).empty());
}

TEST_CASE("ease of equal rows stays finite") {
  std::vector<Eigen::Triplet<float>> cells;
  for (int u = 0; u < 40; ++u)
    for (int i = 0; i < 10; ++i) cells.emplace_back(u, i, 1.0f);
  akin::ease<float> model({.regularization = 0.5});
  model.fit(matrix_of<akin::ease<float>>(40, 10, cells));
  // Each item is 9 others' mean, but for the regularization: w = 40 / (40 * 9 + 0.5).
  for (int i = 0; i < 10; ++i)
    for (int j = 0; j < 10; ++j) CHECK(model.weights()(i, j) == Approx(i == j ? 0 : 40 / 360.5).epsilon(1e-4));
}

TEST_CASE("ease takes a matrix that is moved in without a copy") {
  auto x = two_by_three();
  const double* const values = x.valuePtr();
  model_type copied, moved;
  copied.fit(execution::seq, x);
  moved.fit(execution::seq, std::move(x));
  CHECK(moved.histories().valuePtr() == values);
  CHECK(akin_test::bytes_of(moved) == akin_test::bytes_of(copied));
}

TEST_CASE("ease refuses options without a meaning") {
  CHECK_THROWS_WITH(model_type({.regularization = 0}), "ease: regularization must be finite and positive, got 0");
  CHECK_THROWS_WITH(model_type({.regularization = infinity}), contains("regularization must be finite"));
  CHECK_THROWS_WITH(model_type({.dropout = 1}), "ease: dropout must be at least 0 and below 1, got 1");
  CHECK_THROWS_WITH(model_type({.dropout = -0.1}), contains("dropout"));
  CHECK_THROWS_WITH(model_type({.memory_limit = 0}), "ease: memory_limit must be positive, got 0");
}

TEST_CASE("ease says before it starts that the memory does not suffice") {
  model_type model({.memory_limit = 1e8});
  CHECK_THROWS_AS(model.fit(akin::sparse_matrix<double>(3, 4000)), std::length_error);
  CHECK_THROWS_WITH(model.fit(akin::sparse_matrix<double>(3, 4000)),
                    contains("a fit to 4000 items takes 1.6") && contains("memory_limit is 1e+08; raise it"));
  // Far beyond any memory: nothing is allocated.
  model_type unlimited;
  CHECK_THROWS_AS(unlimited.fit(akin::sparse_matrix<double>(1, 2000000000)), std::length_error);
}

TEST_CASE("ease says that its numbers do not suffice, and stays as it was") {
  akin::ease<float> model({.regularization = 1});
  const auto good = akin_test::random_sparse<float>(30, 10, 0.3, 12);
  model.fit(good);
  const auto before = akin_test::bytes_of(model);
  const akin::sparse_matrix<float> large = good * 1e30f;
  CHECK_THROWS_AS(model.fit(large), akin::numeric_error);
  CHECK_THROWS_WITH(model.fit(large), contains("raise regularization, scale the values down or use double"));
  // Two items that nobody can tell apart, and a regularization that float does not see beside them.
  akin::sparse_matrix<float> twins(1, 2);
  twins.insert(0, 0) = twins.insert(0, 1) = 1e6f;
  twins.makeCompressed();
  akin::ease<float> barely({.regularization = 1e-6});
  CHECK_THROWS_AS(barely.fit(twins), akin::numeric_error);
  CHECK(akin_test::bytes_of(model) == before);
}

TEST_CASE("ease that learns more, or forgets, is the model of what is left") {
  akin_test::check_refits([] { return akin::ease<float>({.regularization = 10}); });
}
