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
#include <akin/graph/rp3beta.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/similar_items.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/promise_harness.hpp"
#include "support/reference.hpp"
#include "support/update_harness.hpp"

using akin_test::column;
using akin_test::dense;
using akin_test::matrix_of;
using akin_test::row;
namespace execution = akin::execution;

TEMPLATE_TEST_CASE("rp3beta keeps the promises of every model", "", akin::rp3beta<float>, akin::rp3beta<double>,
                   (akin::rp3beta<float, std::int64_t>)) {
  SECTION("as it is") {
    akin_test::check_model([] { return TestType({.neighbors = 7}); });
  }
  SECTION("with rows that summed to 1 before columns were cut") {
    akin_test::check_model(
        [] { return TestType({.alpha = 0.6, .beta = 0.3, .neighbors = 50, .normalize = true, .incoming = 9}); });
  }
}

TEST_CASE("rp3beta lists what it knows, and keeps what is documented of it") {
  akin_test::check_promises([] { return akin::rp3beta<float>({.neighbors = 20, .incoming = 5}); },
                            akin_test::row_lists::same, akin_test::reason_sums::score);
  SECTION("a known answer") {
    akin_test::check_checkerboard([] { return akin::rp3beta<float>(); });
  }
}

TEST_CASE("each option of rp3beta matters") {
  using options = akin::rp3beta_options;
  const std::vector<akin_test::option_change<options>> changes = {
      {"alpha", [](auto& o) { o.alpha = 0.5; }},       {"beta", [](auto& o) { o.beta = 0; }},
      {"neighbors", [](auto& o) { o.neighbors = 5; }}, {"normalize", [](auto& o) { o.normalize = true; }},
      {"incoming", [](auto& o) { o.incoming = 3; }},
  };
  akin_test::check_options<akin::rp3beta<float>>(options{.neighbors = 20, .incoming = 15}, changes, {});
}

namespace {

using model_type = akin::rp3beta<double>;

/// All of W by the formula; x is not negative.
Eigen::MatrixXd plain_weights(const Eigen::MatrixXd& x, double alpha, double beta) {
  Eigen::MatrixXd w = akin_test::zeros(x.cols(), x.cols());
  std::vector<double> row_sums, column_sums;
  for (Eigen::Index u = 0; u < x.rows(); ++u) row_sums.push_back(akin_test::sum(row(x, u)));
  for (Eigen::Index i = 0; i < x.cols(); ++i) column_sums.push_back(akin_test::sum(column(x, i)));
  for (Eigen::Index i = 0; i < x.cols(); ++i)
    for (Eigen::Index j = 0; j < x.cols(); ++j) {
      if (i == j) continue;
      for (Eigen::Index u = 0; u < x.rows(); ++u)
        if (x(u, i) > 0 && x(u, j) > 0)
          w(i, j) += std::pow(x(u, i) / column_sums[static_cast<std::size_t>(i)], alpha) *
                     std::pow(x(u, j) / row_sums[static_cast<std::size_t>(u)], alpha);
      if (w(i, j) > 0) w(i, j) /= std::pow(static_cast<double>(akin_test::nonzeros(column(x, j))), beta);
    }
  return w;
}

akin::sparse_matrix<double> some_counts(std::uint64_t seed) {
  auto x = akin::synthetic::power_law_clicks<double>({.users = 80, .items = 50, .interactions = 1000, .seed = seed});
  for (Eigen::Index n = 0; n < x.nonZeros(); ++n) x.valuePtr()[n] = static_cast<double>(1 + n % 4);
  return x;
}

}  // namespace

TEST_CASE("rp3beta by hand") {
  // User 0 has a once and b three times; user 1 has b once and c once.
  model_type model(akin::p3alpha(1, 5));
  model.fit(matrix_of<model_type>(2, 3, {{0, 0, 1}, {0, 1, 3}, {1, 1, 1}, {1, 2, 1}}));
  const auto w = model.weights();
  CHECK(w.coeff(0, 1) == Approx(1 * 0.75));
  CHECK(w.coeff(1, 0) == Approx(0.75 * 0.25));
  CHECK(w.coeff(1, 2) == Approx(0.25 * 0.5));
  CHECK(w.coeff(2, 1) == Approx(1 * 0.5));
  CHECK(w.nonZeros() == 4);
  CHECK(model.score(1, 0) == Approx(0.75 * 0.25));
  CHECK(model.score(0, 2) == Approx(3 * 0.25 * 0.5));

  model_type penalised({.alpha = 2, .beta = 1, .neighbors = 5});
  penalised.fit(matrix_of<model_type>(2, 3, {{0, 0, 1}, {0, 1, 3}, {1, 1, 1}, {1, 2, 1}}));
  CHECK(penalised.weights().coeff(0, 1) == Approx(0.75 * 0.75 / 2));
  CHECK(penalised.weights().coeff(1, 2) == Approx(0.25 * 0.25 * 0.5 * 0.5));
}

TEST_CASE("rp3beta keeps the largest weights of a dense reference") {
  for (const auto& [alpha, beta] : {std::pair{1.0, 0.5}, std::pair{0.6, 0.0}, std::pair{1.7, 1.2}}) {
    const std::uint64_t seed = 3;
    CAPTURE(seed, alpha, beta);
    const auto x = some_counts(seed);
    const Eigen::MatrixXd all = plain_weights(dense(x), alpha, beta);
    model_type every({.alpha = alpha, .beta = beta, .neighbors = 50}),
        few({.alpha = alpha, .beta = beta, .neighbors = 6}),
        normal({.alpha = alpha, .beta = beta, .neighbors = 6, .normalize = true});
    every.fit(execution::par.threads(2), x);
    few.fit(execution::par.threads(2), x);
    normal.fit(execution::par.threads(2), x);
    CHECK(akin_test::largest_difference(dense(every.weights()), all) <= 1e-14);

    const Eigen::MatrixXd kept = dense(few.weights()), shares = dense(normal.weights());
    for (Eigen::Index i = 0; i < 50; ++i) {
      const Eigen::VectorXd whole = row(all, i);
      std::vector<double> sorted(whole.data(), whole.data() + whole.size());
      std::ranges::sort(sorted, std::greater{});
      const double least = sorted[5];
      for (Eigen::Index j = 0; j < 50; ++j) {
        if (kept(i, j) > 0) CHECK(kept(i, j) == Approx(all(i, j)));
        if (all(i, j) > least * (1 + 1e-12)) CHECK(kept(i, j) > 0);
        if (all(i, j) < least * (1 - 1e-12)) CHECK(kept(i, j) == 0);
      }
      const Eigen::VectorXd kept_row = row(kept, i), share = row(shares, i);
      CHECK(std::count_if(kept_row.data(), kept_row.data() + 50, [](double w) { return w > 0; }) ==
            std::ranges::count_if(std::span(sorted).first(6), [](double s) { return s > 0; }));
      if (const double sum = akin_test::sum(kept_row); sum > 0) {
        CHECK(akin_test::sum(share) == Approx(1));
        CHECK(akin_test::largest(akin_test::sum(share, -1 / sum, kept_row)) <= 1e-14);
      }
    }
  }
}

TEST_CASE("rp3beta keeps of the weights that lead to an item the largest") {
  const std::uint64_t seed = 6;
  CAPTURE(seed);
  const auto x = some_counts(seed);
  model_type all({.neighbors = 20, .normalize = true}), few({.neighbors = 20, .normalize = true, .incoming = 4}),
      enough({.neighbors = 20, .normalize = true, .incoming = 50});
  all.fit(x);
  few.fit(execution::par.threads(2), x);
  enough.fit(x);
  const Eigen::MatrixXd before = dense(all.weights()), after = dense(few.weights());
  CHECK(akin_test::same(dense(enough.weights()), before));
  std::int64_t cut = 0;
  for (Eigen::Index j = 0; j < 50; ++j) {
    std::vector<std::pair<double, Eigen::Index>> found;
    for (Eigen::Index i = 0; i < 50; ++i)
      if (before(i, j) > 0) found.emplace_back(-before(i, j), i);
    std::ranges::sort(found);
    Eigen::VectorXd expected = akin_test::zeros(50);
    for (const auto& [weight, i] : std::span(found).first(std::min<std::size_t>(4, found.size())))
      expected[i] = -weight;
    cut += found.size() > 4;
    CHECK(akin_test::same(column(after, j), expected));
  }
  CHECK(cut > 10);
}

TEST_CASE("rp3beta does not care how large values are, nor for stored zeros") {
  const auto x = some_counts(4);
  auto scaled = x;
  scaled.coeffs() *= 1024;
  model_type model, same, with_zeros({.alpha = 1, .beta = 0.5, .neighbors = 100});
  model.fit(x);
  same.fit(scaled);
  CHECK(akin_test::same(dense(model.weights()), dense(same.weights())));

  with_zeros.fit(matrix_of<model_type>(3, 3, {{0, 0, 1}, {0, 1, 1}, {1, 0, 0}, {1, 1, 0}, {2, 0, 0}, {2, 1, 1}}));
  const auto w = with_zeros.weights();
  CHECK(w.coeff(0, 1) == Approx(0.5 / std::sqrt(2.0)));
  CHECK(w.coeff(1, 0) == Approx(0.25));
}

TEST_CASE("rp3beta explains, compares items and scores unseen histories") {
  akin::rp3beta<float> model({.neighbors = 10});
  const auto x = akin_test::some_clicks<akin::rp3beta<float>>();
  model.fit(execution::par, x);
  const auto lists = akin::recommend_for(execution::par.threads(2), model, x, {.k = 5});
  const auto known = akin::recommend(execution::par, model, {.k = 5});
  for (std::size_t user = 0; user < 60; ++user) {
    CHECK(std::ranges::equal(lists.items(user), known.items(user)));
    if (lists.items(user).empty()) continue;
    double sum = 0;
    for (const auto& reason :
         akin::explain(model, x, static_cast<std::int32_t>(user), lists.items(user)[0], {.k = 1000}))
      sum += static_cast<double>(reason.contribution);
    CHECK(sum == Approx(lists.scores(user)[0]));
  }
  const std::int32_t items[] = {3};
  const auto similar = akin::similar_items(execution::seq, model, items, {.k = 40});
  CHECK(similar.items(0).size() == 10);
  for (std::size_t n = 0; n < similar.items(0).size(); ++n)
    CHECK(similar.scores(0)[n] == model.weights().coeff(3, similar.items(0)[n]));
}

TEST_CASE("rp3beta that learns more, or forgets, is the model of what is left") {
  akin_test::check_refits([] { return akin::rp3beta<float>(); });
  akin::rp3beta<float> model;
  model.fit(akin_test::some_clicks<akin::rp3beta<float>>());
  auto negative = akin_test::some_news<akin::rp3beta<float>>();
  negative.valuePtr()[1] = -1;
  CHECK_THROWS_WITH(model.partial_fit(execution::par, negative),
                    "rp3beta::partial_fit: values must not be negative, got -1 in row 0");
}

TEST_CASE("rp3beta takes a matrix that is moved in without a copy") {
  auto x = akin_test::some_clicks<model_type>();
  const double* const values = x.valuePtr();
  model_type copied, moved;
  copied.fit(execution::seq, x);
  moved.fit(execution::seq, std::move(x));
  CHECK(moved.histories().valuePtr() == values);
  CHECK(akin_test::bytes_of(moved) == akin_test::bytes_of(copied));
}

TEST_CASE("rp3beta refuses values and options without a meaning") {
  model_type model;
  CHECK_THROWS_WITH(model.fit(matrix_of<model_type>(2, 2, {{0, 0, 1}, {1, 0, -2}, {1, 1, 1}})),
                    "rp3beta::fit: values must not be negative, got -2 in row 1");
  CHECK(model.items() == 0);
  CHECK_THROWS_WITH(model_type({.alpha = 0}), "rp3beta: alpha must be finite and positive, got 0");
  CHECK_THROWS_WITH(model_type({.alpha = std::numeric_limits<double>::infinity()}), contains("alpha must be finite"));
  CHECK_THROWS_WITH(model_type({.beta = -0.5}), "rp3beta: beta must be finite and not negative, got -0.5");
  CHECK_THROWS_WITH(model_type({.beta = std::numeric_limits<double>::quiet_NaN()}), contains("beta must be finite"));
  CHECK_THROWS_WITH(model_type({.neighbors = 0}), "rp3beta: neighbors must be positive, got 0");
  CHECK_THROWS_WITH(model_type({.incoming = -1}), "rp3beta: incoming must not be negative, got -1");
}
