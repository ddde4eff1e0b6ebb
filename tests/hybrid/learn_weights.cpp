#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <akin/evaluation/evaluate.hpp>
#include <akin/hybrid/blend.hpp>
#include <akin/hybrid/learn_weights.hpp>
#include <akin/metrics/beyond_accuracy.hpp>
#include <akin/metrics/ranking.hpp>

#include "hybrid/hybrid_data.hpp"

using namespace hybrid_test;
using akin::learn_weights;
using akin::normalization;
namespace metrics = akin::metrics;

namespace {

/// Clicks in two halves, and models of the first.
template <class Scalar, class Index>
struct halves {
  akin::sparse_matrix<Scalar, Index> history, held_out;
  akin::implicit_als<Scalar, Index> als{{.factors = 8, .iterations = 3}};
  akin::item_knn<Scalar, Index> knn{{.neighbors = 10}};
  akin::popularity<Scalar, Index> popular;

  halves() {
    const auto all =
        akin::synthetic::power_law_clicks<Scalar>({.users = 150, .items = 60, .interactions = 2500, .seed = 9});
    std::vector<Eigen::Triplet<Scalar, Index>> cells[2];
    for (Eigen::Index u = 0; u < all.rows(); ++u)
      for (typename akin::sparse_matrix<Scalar>::InnerIterator it(all, u); it; ++it)
        cells[(u + it.col()) % 3 == 0].emplace_back(static_cast<Index>(u), static_cast<Index>(it.col()), it.value());
    history = matrix_of<Scalar, Index>(150, 60, cells[0]);
    held_out = matrix_of<Scalar, Index>(150, 60, cells[1]);
    als.fit(history), knn.fit(history), popular.fit(history);
  }

  double value(normalization how, const std::array<double, 3>& w) const {
    const auto mixed =
        akin::blend(how, akin::weighted(w[0], als), akin::weighted(w[1], knn), akin::weighted(w[2], popular));
    return std::get<0>(akin::evaluate(akin::execution::seq, mixed, history, held_out, metrics::ndcg{10})).mean;
  }
};

template <class Scalar, class Index>
void check_learnt(normalization how) {
  const halves<Scalar, Index> data;
  const auto learn = [&](const auto& policy) {
    return learn_weights(policy, how, data.history, data.held_out, metrics::ndcg{10}, data.als, data.knn, data.popular);
  };
  const std::array<double, 3> found = learn(akin::execution::seq);
  CHECK(found[0] + found[1] + found[2] == Approx(1));
  for (const int threads : {1, 2, 3}) CHECK(learn(akin::execution::par.threads(threads)) == found);
  const double learnt = data.value(how, found);
  for (const auto& w : std::vector<std::array<double, 3>>{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 1}})
    CHECK(learnt >= data.value(how, w) - 1e-12);
}

}  // namespace

TEST_CASE("learnt weights are at least as good as each model and as equal weights, for any number of threads") {
  for (const auto how : {normalization::none, normalization::min_max, normalization::z_score, normalization::rank}) {
    CAPTURE(static_cast<int>(how));
    check_learnt<float, std::int32_t>(how);
  }
  check_learnt<double, std::int64_t>(normalization::z_score);
}

TEST_CASE("what a trial measures is what evaluate measures of the blend") {
  const halves<float, std::int32_t> data;
  const auto seen = akin::detail::view_of(data.history, "test"), wanted = akin::detail::view_of(data.held_out, "test");
  const metrics::ndcg metric{10};
  akin::detail::weight_trial<float, float, metrics::ndcg, akin::implicit_als<float>, akin::item_knn<float>,
                             akin::popularity<float>>
      trial(normalization::z_score, seen, wanted, metric, data.als, data.knn, data.popular);
  trial.choose_users(0);
  const std::vector<std::array<double, 3>> tried = {{1, 0, 0}, {0.2, 0.7, 0.1}, {0.5, 0, 0.5}};
  const auto sums = trial(akin::execution::par, tried);
  for (std::size_t i = 0; i < tried.size(); ++i) {
    const auto mixed = akin::blend(normalization::z_score, akin::weighted(tried[i][0], data.als),
                                   akin::weighted(tried[i][1], data.knn), akin::weighted(tried[i][2], data.popular));
    const auto [expected] = akin::evaluate(akin::execution::seq, mixed, data.history, data.held_out, metric);
    CHECK(sums[i] / static_cast<double>(expected.count) == Approx(expected.mean).epsilon(1e-12));
  }
}

TEST_CASE("a model that knows the answer gets the weight, noise none") {
  // Two users want item 3 and item 1; `right` says so, `wrong` says the opposite.
  const auto right = table<float>({{0, 1, 2, 9}, {0, 9, 2, 1}});
  const auto wrong = table<float>({{9, 1, 2, 0}, {3, 0, 2, 9}});
  const auto history = matrix_of<float>(2, 4, {});
  const auto held_out = matrix_of<float>(2, 4, {{0, 3, 1}, {1, 1, 1}});
  const auto learnt = learn_weights(akin::execution::par, normalization::min_max, history, held_out,
                                    metrics::reciprocal_rank{4}, wrong, right);
  CHECK(learnt[1] > learnt[0]);
  CHECK(learn_weights(akin::execution::par, normalization::rank, history, held_out, metrics::recall{1}, wrong) ==
        std::array{1.0});
}

TEST_CASE("two that are each half right are better together") {
  // a puts the wanted item second behind b's last, and the other way round.
  const auto a = table<float>({{10, 9, 0, 0}, {0, 0, 9, 10}});
  const auto b = table<float>({{0, 9, 10, 0}, {10, 0, 9, 0}});
  const auto history = matrix_of<float>(2, 4, {});
  const auto held_out = matrix_of<float>(2, 4, {{0, 1, 1}, {1, 2, 1}});
  const auto w = learn_weights(akin::execution::seq, normalization::none, history, held_out, metrics::recall{1}, a, b);
  CHECK(w[0] > 0.1);
  CHECK(w[1] > 0.1);
}

TEST_CASE("some users are enough, and are the same each time") {
  const halves<float, std::int32_t> data;
  const auto learn = [&](int users) {
    return learn_weights(akin::execution::par, normalization::z_score, data.history, data.held_out, metrics::ndcg{10},
                         akin::learn_weights_options{.rounds = 2, .users = users}, data.als, data.knn);
  };
  CHECK(learn(40) == learn(40));
  CHECK(learn(100000) == learn(0));
}

TEST_CASE("weights that cannot be learnt are refused") {
  const auto a = table<float>({{1, 2, 3}});
  const auto history = matrix_of<float>(1, 3, {{0, 1, 1}});
  const auto learn = [&](const akin::sparse_matrix<float>& held_out, const akin::learn_weights_options& options) {
    return learn_weights(akin::execution::seq, normalization::none, history, held_out, metrics::ndcg{2}, options, a, a);
  };
  CHECK_THROWS_WITH(learn(history, {}),
                    "learn_weights: held_out must have an item above 0 that its user has not in "
                    "history");
  CHECK_THROWS_WITH(learn(akin::sparse_matrix<float>(2, 3), {}),
                    "learn_weights: held_out must have the models' shape, 1 users x 3 items, got 2 x 3");
  CHECK_THROWS_WITH(learn(history, {.rounds = -1}), "learn_weights: rounds must not be negative, got -1");
  CHECK_THROWS_WITH(learn(history, {.users = -1}), "learn_weights: users must not be negative, got -1");
  CHECK_THROWS_WITH(learn_weights(akin::execution::seq, normalization::none, history, history, metrics::ndcg{0}, a),
                    "learn_weights: k of the metric must be positive, got 0");
  CHECK_THROWS_WITH(
      learn_weights(akin::execution::seq, normalization::none, history, history, metrics::ndcg{2}, a,
                    table<float>({{1, 2}})),
      "learn_weights: the models must have the same users and items, got 1 users x 3 items and 1 users x 2 items");
  const akin::popularity<float> young;
  CHECK_THROWS_AS(learn_weights(akin::execution::seq, normalization::none, akin::sparse_matrix<float>(0, 0),
                                akin::sparse_matrix<float>(0, 0), metrics::ndcg{2}, young),
                  akin::not_fitted);
}
