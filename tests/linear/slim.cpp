#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <akin/data/merge_interactions.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/linear/slim.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/similar_items.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/promise_harness.hpp"
#include "support/random_data.hpp"
#include "support/reference.hpp"
#include "support/update_harness.hpp"

using akin_test::column;
using akin_test::dense;
using akin_test::matrix_of;
namespace execution = akin::execution;

TEMPLATE_TEST_CASE("slim keeps the promises of every model", "", akin::slim<float>, akin::slim<double>,
                   (akin::slim<float, std::int64_t>)) {
  SECTION("weights from all items") {
    akin_test::check_model([] { return TestType({.l1 = 0.1, .l2 = 1}); });
  }
  SECTION("weights from a few") {
    akin_test::check_model([] { return TestType({.l1 = 0.1, .l2 = 1, .neighbors = 7}); });
  }
  SECTION("weights of any sign") {
    akin_test::check_model([] { return TestType({.l1 = 0.1, .l2 = 1, .nonnegative = false}); });
  }
}

TEST_CASE("slim lists what it knows, and keeps what is documented of it") {
  akin_test::check_promises([] { return akin::slim<float>({.l1 = 6, .l2 = 1}); }, akin_test::row_lists::same,
                            akin_test::reason_sums::score);
  SECTION("a known answer") {
    akin_test::check_checkerboard([] { return akin::slim<float>(); });
  }
}

TEST_CASE("each option of slim matters") {
  using options = akin::slim_options;
  const std::vector<akin_test::option_change<options>> changes = {
      {"l1", [](auto& o) { o.l1 = 1; }},
      {"l2", [](auto& o) { o.l2 = 5; }},
      {"neighbors", [](auto& o) { o.neighbors = 3; }},
      {"nonnegative", [](auto& o) { o.nonnegative = true; }},
      {"tolerance", [](auto& o) { o.tolerance = 0.1; }},
      {"iterations", [](auto& o) { o.iterations = 1; }},
  };
  akin_test::check_options<akin::slim<float>>(options{.l1 = 0.1, .l2 = 1, .neighbors = 7, .nonnegative = false},
                                              changes, {"memory_limit"});
}

namespace {

using model_type = akin::slim<double>;

akin::sparse_matrix<double> clicks(int users, int items, int interactions, std::uint64_t seed) {
  return akin::synthetic::power_law_clicks<double>(
      {.users = users, .items = items, .interactions = interactions, .seed = seed});
}

/// The largest step that a weight would take alone to its best value, in lengths of the column; at the optimum none
/// takes any. Items without users, and weights outside of `allowed`, must be 0.
double largest_violation(const Eigen::MatrixXd& x, const Eigen::MatrixXd& w, const akin::slim_options& options,
                         const std::function<bool(Eigen::Index, Eigen::Index)>& allowed) {
  const Eigen::MatrixXd squares = akin_test::transposed_product(x, x);
  const Eigen::MatrixXd products = akin_test::transposed_product(x, akin_test::sum(x, -1, akin_test::product(x, w)));
  const Eigen::MatrixXd gradients = akin_test::sum(products, -*options.l2, w);
  double largest = 0;
  bool is_proper = true;
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    for (Eigen::Index i = 0; i < x.cols(); ++i) {
      const double curvature = squares(i, i) + *options.l2, length = std::sqrt(squares(i, i) * squares(j, j));
      is_proper = is_proper && (w(i, j) >= 0 || !options.nonnegative);
      if (i == j || length == 0 || !allowed(i, j)) {
        is_proper = is_proper && w(i, j) == 0;
        continue;
      }
      const double own = gradients(i, j) + curvature * w(i, j);
      const double up = std::max(own - *options.l1, 0.0), down = std::min(own + *options.l1, 0.0);
      const double step = (options.nonnegative ? up : up + down) / curvature - w(i, j);
      largest = std::max(largest, std::abs(step) * std::sqrt(curvature / squares(j, j)));
    }
  }
  CHECK(is_proper);
  return largest;
}
double largest_violation(const Eigen::MatrixXd& x, const Eigen::MatrixXd& w, const akin::slim_options& options) {
  return largest_violation(x, w, options, [](Eigen::Index, Eigen::Index) { return true; });
}

/// Cyclic coordinate descent on the dense matrix of products until nothing moves.
Eigen::MatrixXd plain_descent(const Eigen::MatrixXd& x, const akin::slim_options& options) {
  const Eigen::MatrixXd g = akin_test::transposed_product(x, x);
  Eigen::MatrixXd w = akin_test::zeros(x.cols(), x.cols());
  for (Eigen::Index j = 0; j < x.cols(); ++j)
    for (double largest = 1; largest > 1e-13;) {
      largest = 0;
      for (Eigen::Index i = 0; i < x.cols(); ++i) {
        if (i == j || g(i, i) == 0) continue;
        double rest = g(i, j) + g(i, i) * w(i, j);
        for (Eigen::Index k = 0; k < x.cols(); ++k) rest -= g(i, k) * w(k, j);
        const double up = std::max(rest - *options.l1, 0.0), down = std::min(rest + *options.l1, 0.0);
        const double best = (options.nonnegative ? up : up + down) / (g(i, i) + *options.l2);
        largest = std::max(largest, std::abs(best - w(i, j)));
        w(i, j) = best;
      }
    }
  return w;
}

Eigen::MatrixXd fitted_weights(const akin::slim_options& options, const akin::sparse_matrix<double>& x) {
  model_type model(options);
  model.fit(execution::par.threads(2), x);
  return dense(model.weights());
}

}  // namespace

TEST_CASE("slim by hand: two items") {
  // x_a'x_b = 2, |x_a|^2 = 3, |x_b|^2 = 2: w_ab = (2 - l1) / (3 + l2), w_ba = (2 - l1) / (2 + l2).
  model_type model({.l1 = 0.5, .l2 = 1});
  const auto x = matrix_of<model_type>(3, 2, {{0, 0, 1}, {1, 0, 1}, {2, 0, 1}, {0, 1, 1}, {1, 1, 1}});
  model.fit(x);
  const auto w = model.weights();
  CHECK(w.coeff(0, 1) == Approx(1.5 / 4));
  CHECK(w.coeff(1, 0) == Approx(1.5 / 3));
  CHECK(w.nonZeros() == 2);
  CHECK(model.score(2, 1) == w.coeff(0, 1));
}

TEST_CASE("slim meets the conditions of the optimum in every column") {
  for (const std::uint64_t seed : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}})
    for (const akin::slim_options& options :
         {akin::slim_options{.l1 = 0.1, .l2 = 5}, akin::slim_options{.l1 = 2, .l2 = 0.5},
          akin::slim_options{.l1 = 1, .l2 = 0}, akin::slim_options{.l1 = 0, .l2 = 3},
          akin::slim_options{.l1 = 0.2, .l2 = 2, .nonnegative = false}}) {
      CAPTURE(seed, *options.l1, *options.l2, options.nonnegative);
      auto strict = options;
      strict.tolerance = 1e-9, strict.iterations = 100000;
      const auto counts = clicks(150, 90, 3000, seed);
      const auto normal = akin_test::random_sparse<double>(60, 80, 0.2, seed);
      for (const auto& x : {counts, normal}) {
        const Eigen::MatrixXd w = fitted_weights(strict, x);
        CHECK(akin_test::norm(w) > 0);
        CHECK(largest_violation(dense(x), w, strict) <= 2e-9);
        // The tolerance of given penalties stops where it says.
        auto loose = options;
        loose.iterations = 100000;
        CHECK(largest_violation(dense(x), fitted_weights(loose, x), options) <= 1.01 * 1e-5);
      }
    }
}

TEST_CASE("slim finds what a plain coordinate descent in double finds") {
  for (const bool nonnegative : {true, false}) {
    const std::uint64_t seed = 5;
    CAPTURE(seed, nonnegative);
    const akin::slim_options options{
        .l1 = 0.3, .l2 = 2, .nonnegative = nonnegative, .tolerance = 1e-11, .iterations = 100000};
    const auto x = clicks(120, 50, 1500, seed);
    const Eigen::MatrixXd expected = plain_descent(dense(x), options);
    CHECK(akin_test::largest_difference(fitted_weights(options, x), expected) <= 1e-9);

    akin::slim<float> single({.l1 = 0.3, .l2 = 2, .nonnegative = nonnegative});
    single.fit(execution::par, akin::sparse_matrix<float>(x.cast<float>()));
    CHECK(akin_test::largest_difference(dense(single.weights()), expected) <= 2e-4);
  }
}

TEST_CASE("slim without l1 and signs is a ridge regression") {
  const std::uint64_t seed = 8;
  CAPTURE(seed);
  const auto x = akin_test::random_sparse<double>(250, 150, 0.3, seed);
  const Eigen::MatrixXd d = dense(x), g = akin_test::transposed_product(d, d);
  const Eigen::MatrixXd w =
      fitted_weights({.l1 = 0, .l2 = 20, .nonnegative = false, .tolerance = 1e-11, .iterations = 10000}, x);
  for (Eigen::Index j = 0; j < 150; ++j) {
    Eigen::MatrixXd left = akin_test::sum(g, 20, akin_test::identity(150));
    akin_test::clear_row(left, j), akin_test::set_column(left, j, akin_test::zeros(150)), left(j, j) = 1;
    Eigen::VectorXd right = column(g, j);
    right[j] = 0;
    CHECK(akin_test::largest_difference(akin_test::solve(left, right), column(w, j)) <= 1e-8);
  }
}

TEST_CASE("slim keeps products in sparse rows where these are smaller, with the same result") {
  // Each user has three of 400 items: products of at most 9 * 300 pairs.
  std::vector<Eigen::Triplet<double>> cells;
  const akin::random_stream random(4);
  for (int user = 0; user < 300; ++user)
    for (int n = 0; n < 3; ++n)
      cells.emplace_back(
          user, static_cast<int>(40 * random.uniform(static_cast<std::uint64_t>(3 * user + n))) + user % 10 * 40, 1);
  const auto x = matrix_of<model_type>(300, 400, cells);
  const auto view = akin::detail::view_of(x, "test");
  CHECK(akin::detail::item_products<double, std::int32_t>::bytes(view) < 400 * 400 * sizeof(double));
  const akin::slim_options options{.l1 = 0.05, .l2 = 0.5, .tolerance = 1e-10, .iterations = 10000};
  CHECK(largest_violation(dense(x), fitted_weights(options, x), options) <= 2e-10);
  auto few = options;
  few.neighbors = 400;
  CHECK(akin_test::largest_difference(fitted_weights(few, x), fitted_weights(options, x)) <= 1e-8);
}

TEST_CASE("slim with neighbors has the optimum over the items with the largest cosines") {
  const std::uint64_t seed = 6;
  CAPTURE(seed);
  const auto x = clicks(150, 60, 2500, seed);
  const Eigen::MatrixXd d = dense(x), products = akin_test::transposed_product(d, d);
  Eigen::MatrixXd allowed = akin_test::zeros(60, 60);
  for (Eigen::Index j = 0; j < 60; ++j) {
    std::vector<std::pair<double, Eigen::Index>> cosines;
    for (Eigen::Index i = 0; i < 60; ++i)
      if (const double norms = std::sqrt(products(i, i) * products(j, j)); i != j && norms > 0)
        cosines.emplace_back(-products(i, j) / norms, i);
    std::ranges::sort(cosines);
    for (std::size_t n = 0; n < std::min<std::size_t>(8, cosines.size()); ++n)
      if (cosines[n].first < 0) allowed(cosines[n].second, j) = 1;
  }
  const akin::slim_options options{.l1 = 0.1, .l2 = 5, .neighbors = 8, .tolerance = 1e-10, .iterations = 10000};
  const Eigen::MatrixXd w = fitted_weights(options, x);
  CHECK(largest_violation(d, w, options, [&](Eigen::Index i, Eigen::Index j) { return allowed(i, j) == 1; }) <= 2e-10);
}

TEST_CASE("slim with neighbors needs no products in memory, and finds the same to the bit") {
  const auto x = akin::synthetic::power_law_clicks<float>({.users = 200, .items = 80, .interactions = 4000, .seed = 7});
  akin::slim<float> held({.l1 = 0.1, .neighbors = 12}), limited({.l1 = 0.1, .neighbors = 12, .memory_limit = 1});
  held.fit(execution::par.threads(2), x);
  limited.fit(execution::par.threads(2), x);
  const akin::sparse_matrix<float> a = held.weights(), b = limited.weights();
  CHECK(akin_test::same(dense(a), dense(b)));
  CHECK(a.nonZeros() > 80);
}

TEST_CASE("slim refuses products beyond memory_limit and stays as it was") {
  akin::slim<float> model({.neighbors = 0, .memory_limit = 2000});
  model.fit(akin_test::matrix_of<akin::slim<float>>(2, 3, {{0, 0, 1}, {0, 1, 1}, {1, 1, 1}}));
  const auto before = akin_test::bytes_of(model);
  auto x = akin::synthetic::power_law_clicks<float>({.users = 100, .items = 50, .interactions = 1000, .seed = 7});
  CHECK_THROWS_WITH(model.fit(execution::par, std::move(x)),
                    "slim::fit: the products of 50 items may take 10000 bytes, memory_limit is 2000; raise it, or set "
                    "neighbors");
  CHECK(x.nonZeros() > 0);
  CHECK_THROWS_AS(model.fit(x), std::length_error);
  CHECK(akin_test::bytes_of(model) == before);

  // The products of all fit, those of the set of one item do not, since its rows are padded.
  const auto few = akin_test::random_sparse<float>(60, 18, 1, 1);
  akin::slim<float> narrow({.l1 = 0, .nonnegative = false, .memory_limit = 2000});
  CHECK_THROWS_WITH(narrow.fit(execution::par.threads(2), few),
                    "slim::fit: the products of the 17 items that make one may take 4096 bytes, memory_limit is 2000; "
                    "raise it or l1, or set neighbors");
}

TEST_CASE("slim with a huge l1 has no weights and nothing to recommend") {
  akin::slim<float> model({.l1 = 1e6});
  const auto x = akin_test::some_clicks<akin::slim<float>>();
  model.fit(execution::par, x);
  CHECK(model.weights().nonZeros() == 0);
  CHECK_FALSE(model.knows_item(0));
  CHECK(akin_test::all_lists_are_empty(model));
}

TEST_CASE("slim takes items that are all alike") {
  const auto alike = [](int items) {
    std::vector<Eigen::Triplet<double>> cells;
    for (int user = 0; user < 20; ++user)
      for (int item = 0; item < items; ++item) cells.emplace_back(user, item, 2);
    return matrix_of<model_type>(20, items, cells);
  };
  // All weights are the same w: 80 - 80 * 15 w - l2 w - l1 = 0.
  for (const bool nonnegative : {true, false})
    for (const double l1 : {0.0, 1.0}) {
      const Eigen::MatrixXd w = fitted_weights(
          {.l1 = l1, .l2 = 1, .nonnegative = nonnegative, .tolerance = 1e-8, .iterations = 10000}, alike(16));
      const double expected = (80 - l1) / (80 * 15 + 1);
      CHECK(akin_test::is_zero(w.diagonal()));
      for (Eigen::Index j = 0; j < 16; ++j) {
        CHECK(std::abs(akin_test::sum(column(w, j)) / 15 - expected) <= 1e-6);
        for (Eigen::Index i = 0; i < 16; ++i) CHECK(std::abs(w(i, j) - (i == j ? 0 : expected)) <= 1e-5);
      }
    }
  // Which of them gets the weight does not matter without l2, nor how soon the search is given up.
  for (const int iterations : {1, 1000}) {
    const Eigen::MatrixXd w = fitted_weights({.l1 = 1, .l2 = 0, .iterations = iterations}, alike(100));
    for (Eigen::Index j = 0; j < 100; ++j) CHECK(std::abs(akin_test::sum(column(w, j)) - 79.0 / 80) <= 1e-3);
  }
}

TEST_CASE("slim explains, compares items and scores unseen histories") {
  akin::slim<float> model({.l1 = 0.1, .l2 = 1});
  const auto x = akin_test::some_clicks<akin::slim<float>>();
  model.fit(execution::par, x);
  const auto lists = akin::recommend_for(execution::par.threads(2), model, x, {.k = 5});
  const auto known = akin::recommend(execution::par, model, {.k = 5});
  for (std::size_t user = 0; user < 60; ++user) {
    CHECK(std::ranges::equal(lists.items(user), known.items(user)));
    if (lists.items(user).empty()) continue;
    const auto item = lists.items(user)[0];
    double sum = 0;
    for (const auto& reason : akin::explain(model, x, static_cast<std::int32_t>(user), item, {.k = 1000}))
      sum += static_cast<double>(reason.contribution);
    CHECK(sum == Approx(lists.scores(user)[0]));
  }
  const std::int32_t items[] = {3};
  const auto similar = akin::similar_items(execution::seq, model, items, {.k = 40});
  const auto w = model.weights();
  CHECK(similar.items(0).size() == static_cast<std::size_t>(w.row(3).nonZeros()));
  for (std::size_t n = 0; n < similar.items(0).size(); ++n) {
    CHECK(similar.items(0)[n] != 3);
    CHECK(similar.scores(0)[n] == w.coeff(3, similar.items(0)[n]));
  }
}

TEST_CASE("slim that learns more, or forgets, is the model of what is left") {
  akin_test::check_refits([] { return akin::slim<float>({.l1 = 0.1, .l2 = 1}); });
}

TEST_CASE("slim says where values are too large") {
  akin::slim<float> model;
  const auto x = akin_test::matrix_of<akin::slim<float>>(2, 2, {{0, 0, 1}, {0, 1, 1e30f}, {1, 1, 1}});
  CHECK_THROWS_WITH(model.fit(x), contains("slim::fit: the squares of item 1 sum to 1e+60"));
  CHECK(model.items() == 0);
}

TEST_CASE("slim refuses options without a meaning") {
  CHECK_THROWS_WITH(model_type({.l1 = -1}), "slim: l1 must be finite and not negative, got -1");
  CHECK_THROWS_WITH(model_type({.l1 = std::numeric_limits<double>::quiet_NaN()}), contains("l1 must be finite"));
  CHECK_THROWS_WITH(model_type({.l2 = -2}), "slim: l2 must be finite and not negative, got -2");
  CHECK_THROWS_WITH(model_type({.l2 = std::numeric_limits<double>::infinity()}), contains("l2 must be finite"));
  CHECK_THROWS_WITH(model_type({.l1 = 0, .l2 = 0}), "slim: l1 and l2 must not both be 0");
  CHECK_THROWS_WITH(model_type({.neighbors = -1}), "slim: neighbors must not be negative, got -1");
  CHECK_THROWS_WITH(model_type({.tolerance = 0}), "slim: tolerance must be between 0 and 1, got 0");
  CHECK_THROWS_WITH(model_type({.iterations = 0}), "slim: iterations must be positive, got 0");
  CHECK_THROWS_WITH(model_type({.memory_limit = 0}), "slim: memory_limit must be positive, got 0");
}
