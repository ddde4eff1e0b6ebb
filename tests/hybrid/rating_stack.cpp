#include <cmath>
#include <limits>
#include <vector>

#include <Eigen/Dense>

#include <akin/baselines/bias.hpp>
#include <akin/evaluation/evaluate_ratings.hpp>
#include <akin/factorization/explicit_als.hpp>
#include <akin/hybrid/rating_stack.hpp>
#include <akin/io/model_file.hpp>
#include <akin/metrics/rating.hpp>

#include "hybrid/hybrid_data.hpp"

using namespace hybrid_test;
using akin::learn_rating_weights;
namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

/// A table that predicts what it says.
template <class Scalar = double, class Index = std::int32_t>
struct oracle : table_model<Scalar, Index> {
  Scalar predict(Index user, Index item) const { return this->table(user, item); }
};

/// Numbers in [0, 1) that are the same everywhere.
double noise(std::uint64_t stream, std::uint64_t i) {
  std::uint64_t x = (stream + 1) * 0x9E3779B97F4A7C15ull + i * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 31)) * 0x94D049BB133111EBull;
  return static_cast<double>((x ^ (x >> 29)) >> 11) * 0x1p-53;
}

template <class Scalar, class Index>
oracle<Scalar, Index> noisy(std::uint64_t stream, double truth_weight) {
  oracle<Scalar, Index> model{{akin::dense_matrix<Scalar>(90, 20), {}}};
  for (Index u = 0; u < 90; ++u)
    for (Index i = 0; i < 20; ++i) {
      const auto cell = static_cast<std::uint64_t>(u * 20 + i);
      model.table(u, i) =
          static_cast<Scalar>(3 + truth_weight * 2 * (noise(0, cell) - 0.5) + 2 * (noise(stream, cell) - 0.5));
    }
  return model;
}

template <class Scalar, class Index>
akin::sparse_matrix<Scalar, Index> ratings() {
  std::vector<Eigen::Triplet<Scalar, Index>> cells;
  for (Index u = 0; u < 90; ++u)
    for (Index i = 0; i < 20; ++i)
      if ((u * 7 + i * 3) % 4 == 0)
        cells.emplace_back(u, i, static_cast<Scalar>(3 + 2 * (noise(0, static_cast<std::uint64_t>(u * 20 + i)) - 0.5)));
  return matrix_of<Scalar, Index>(90, 20, cells);
}

template <class Scalar, class Index>
void check_ridge(double regularization) {
  const auto a = noisy<Scalar, Index>(1, 1), b = noisy<Scalar, Index>(2, 0.5), c = noisy<Scalar, Index>(3, 0);
  const auto x = ratings<Scalar, Index>();
  // Ridge of the centred columns, by Eigen.
  Eigen::MatrixXd design(x.nonZeros(), 3);
  Eigen::VectorXd actual(x.nonZeros());
  Eigen::Index row = 0;
  for (Index u = 0; u < 90; ++u)
    for (typename akin::sparse_matrix<Scalar, Index>::InnerIterator it(x, u); it; ++it, ++row) {
      const auto i = static_cast<Index>(it.col());
      design.row(row) << static_cast<double>(a.predict(u, i)), static_cast<double>(b.predict(u, i)),
          static_cast<double>(c.predict(u, i));
      actual[row] = static_cast<double>(it.value());
    }
  const Eigen::RowVectorXd means = design.colwise().mean();
  const Eigen::MatrixXd centred = design.rowwise() - means;
  const Eigen::MatrixXd left = centred.transpose() * centred + regularization * Eigen::MatrixXd::Identity(3, 3);
  const Eigen::VectorXd w = left.fullPivLu().solve(centred.transpose() * (actual.array() - actual.mean()).matrix());

  const akin::rating_weights<3> found =
      learn_rating_weights(execution::par, x, {.regularization = regularization}, a, b, c);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(found.weights[i] == Approx(w[static_cast<Eigen::Index>(i)]).epsilon(1e-8).margin(1e-10));
  CHECK(found.intercept == Approx(actual.mean() - means.dot(w)));
  for (const int threads : {1, 2, 3}) {
    const auto again =
        learn_rating_weights(execution::par.threads(threads), x, {.regularization = regularization}, a, b, c);
    CHECK(again.weights == found.weights);
    CHECK(again.intercept == found.intercept);
  }

  const auto stacked = akin::stack(found, a, b, c);
  const auto [together] = akin::evaluate_ratings(execution::par, stacked, x, metrics::rmse{});
  const auto [alone] = akin::evaluate_ratings(execution::par, a, x, metrics::rmse{});
  if (regularization < 10) CHECK(together.mean < 0.9 * alone.mean);
}

}  // namespace

TEST_CASE("learnt weights solve the ridge regression") {
  for (const double regularization : {0.0, 1.0, 100.0}) {
    check_ridge<float, std::int32_t>(regularization);
    check_ridge<double, std::int64_t>(regularization);
  }
}

TEST_CASE("a case by hand: one model that is off by a factor and a constant") {
  oracle<> model{{akin::dense_matrix<double>(1, 3), {}}};
  model.table << 1, 2, 3;
  const auto x = matrix_of<double>(1, 3, {{0, 0, 12}, {0, 1, 14}, {0, 2, 16}});
  const auto found = learn_rating_weights(execution::seq, x, {.regularization = 0}, model);
  CHECK(found.weights[0] == Approx(2));
  CHECK(found.intercept == Approx(10));
  CHECK(akin::stack(found, model).predict(0, 2) == Approx(16));
  // With 2 beside the squares 1 + 0 + 1 the weight halves.
  CHECK(learn_rating_weights(execution::seq, x, {.regularization = 2}, model).weights[0] == Approx(1));
}

TEST_CASE("a stack of trained models is a model") {
  const auto x = ratings<float, std::int32_t>();
  akin::bias<float> bias;
  akin::explicit_als<float> als({.factors = 4, .iterations = 3});
  bias.fit(x), als.fit(x);
  const auto stacked = akin::stack({{0.75, 0.5}, -0.5}, bias, als);
  static_assert(akin::scorer<decltype(stacked)>);
  for (std::int32_t item = 0; item < 20; ++item)
    CHECK(stacked.predict(7, item) == Approx(0.75 * bias.predict(7, item) + 0.5 * als.predict(7, item) - 0.5));
  check_consistent(stacked);
  const auto bytes = akin_test::bytes_of(stacked);
  const auto again =
      akin::detail::read_model<std::decay_t<decltype(stacked)>>(akin::detail::read_model_bytes(bytes, "memory"));
  CHECK(akin_test::bytes_of(again) == bytes);
  CHECK(again.weights().intercept == -0.5);
  CHECK(akin_test::same_lists(stacked, again, 5));
}

TEST_CASE("weights of ratings that cannot be learnt are refused") {
  oracle<> model{{akin::dense_matrix<double>::Constant(2, 2, 3.0), {}}};
  model.table(0, 0) = 4;
  const auto x = matrix_of<double>(2, 2, {{0, 0, 1}, {1, 1, 2}, {1, 0, 4}});
  CHECK_THROWS_WITH(learn_rating_weights(execution::seq, x, {.regularization = 0}, model, model),
                    "learn_rating_weights: with regularization 0 model number 1 must predict what the models before it "
                    "do not");
  CHECK_NOTHROW(learn_rating_weights(execution::seq, x, model, model));
  CHECK_THROWS_WITH(learn_rating_weights(execution::seq, x, {.regularization = -1}, model),
                    "learn_rating_weights: regularization must be finite and not negative, got -1");
  CHECK_THROWS_WITH(learn_rating_weights(execution::seq, akin::sparse_matrix<double>(2, 2), model),
                    "learn_rating_weights: held_out must have ratings, got none");
  CHECK_THROWS_WITH(learn_rating_weights(execution::seq, akin::sparse_matrix<double>(2, 3), model),
                    "learn_rating_weights: held_out must have the models' shape, 2 users x 2 items, got 2 x 3");
  model.table(1, 1) = std::nan("");
  CHECK_THROWS_WITH(learn_rating_weights(execution::seq, x, model),
                    "learn_rating_weights: a predicted rating must be finite, got nan of model number 0 for user 1 and "
                    "item 1");
  CHECK_THROWS_WITH(akin::stack({{std::nan("")}, 0.0}, model), "stack: weights must be finite, got nan");
  CHECK_THROWS_WITH(akin::stack({{1.0}, std::numeric_limits<double>::infinity()}, model),
                    "stack: intercept must be finite, got inf");
  oracle<> wider{{akin::dense_matrix<double>(2, 5), {}}};
  CHECK_THROWS_WITH(
      akin::stack({{1.0, 1.0}, 0.0}, model, wider),
      "stack: the models must have the same users and items, got 2 users x 2 items and 2 users x 5 items");
}
