#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <akin/baselines/bias.hpp>
#include <akin/baselines/popularity.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/data/weighting.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/evaluation/evaluate_ratings.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/graph/graph_filter.hpp>
#include <akin/metrics/graded_ranking.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/metrics/rating.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/selection/cross_validate.hpp>
#include <akin/selection/grid_search.hpp>
#include <akin/selection/random_search.hpp>
#include <akin/selection/successive_halving.hpp>
#include <akin/selection/weighted_training.hpp>

#include "hybrid/hybrid_data.hpp"
#include "support/catch.hpp"
#include "support/model_harness.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;
using float_matrix = akin::sparse_matrix<float>;

namespace {

/// Counts of many orders of magnitude, which say nothing.
float_matrix noisy_counts() {
  auto counts = akin::synthetic::power_law_clicks<float>({.users = 150, .items = 60, .interactions = 2500, .seed = 4});
  const akin::random_stream random(5);
  for (Eigen::Index cell = 0; cell < counts.nonZeros(); ++cell)
    counts.valuePtr()[cell] =
        std::ceil(static_cast<float>(std::exp(3 * random.normal(static_cast<std::uint64_t>(cell)))));
  return counts;
}

/// By the name of a weighting.
auto weighted_by(const std::string& name) {
  return [name](const auto& x) -> float_matrix {
    if (name == "bm25") return akin::weighting::bm25(x);
    if (name == "log") return akin::weighting::log(x);
    return x;
  };
}

akin::item_knn<float> knn() { return akin::item_knn<float>({.neighbors = 20}); }

auto weighted_knn(akin::trial& t) {
  return akin::weighted_training(knn(), weighted_by(t.choice("weighting", {"none", "bm25", "log"})));
}

template <class Model>
void check_same_as_model(const Model& model, const float_matrix& x) {
  const akin::weighted_training held = [&] {
    akin::weighted_training trained(model, weighted_by("log"));
    CHECK_FALSE(trained.is_fitted());
    trained.fit(execution::seq, x);
    return trained;
  }();
  Model expected = model;
  expected.fit(execution::seq, float_matrix(akin::weighting::log(x)));
  CHECK(akin_test::bytes_of(held.model()) == akin_test::bytes_of(expected));
  hybrid_test::check_consistent(held);
  const auto lists = akin::recommend(execution::seq, held, {.k = 10, .exclude = x});
  const auto of_model = akin::recommend(execution::seq, expected, {.k = 10, .exclude = x});
  for (std::size_t user = 0; user < lists.size(); ++user)
    CHECK(std::ranges::equal(lists.items(user), of_model.items(user)));
  const auto histories = akin::recommend_for(execution::seq, held, x, {.k = 5});
  const auto of_histories = akin::recommend_for(execution::seq, expected, x, {.k = 5});
  for (std::size_t user = 0; user < histories.size(); ++user)
    CHECK(std::ranges::equal(histories.items(user), of_histories.items(user)));
}

}  // namespace

TEST_CASE("a weighted training is its model, trained on weighted interactions") {
  const float_matrix x = noisy_counts();
  check_same_as_model(knn(), x);
  check_same_as_model(akin::implicit_als<float>({.factors = 8, .iterations = 3}), x);
  check_same_as_model(akin::graph_filter<float>({.ideal_rank = 8}), x);
  check_same_as_model(akin::popularity<float>(), x);
}

TEST_CASE("what its model can, a weighted training can, and no more") {
  const auto same = [](const auto& x) { return float_matrix(x); };
  using of_knn = decltype(akin::weighted_training(knn(), same));
  using of_als = decltype(akin::weighted_training(akin::implicit_als<float>(), same));
  using of_filter = decltype(akin::weighted_training(akin::graph_filter<float>(), same));
  static_assert(akin::scorer<of_knn> && akin::history_scorer<of_knn> && akin::rating_predictor<of_knn>);
  static_assert(!akin::scores_inner_products<of_knn> && akin::scores_inner_products<of_als>);
  static_assert(!akin::rating_predictor<of_als> && akin::block_scorer<of_filter, std::int32_t>);
  static_assert(!akin::block_scorer<of_als, std::int32_t>);
  static_assert(!akin::history_scorer<akin::weighted_training<akin::factor_model<float>, decltype(same)>>);
}

TEST_CASE("a search chooses among weightings") {
  const float_matrix x = noisy_counts();
  const auto best = akin::random_search(execution::seq, x, {.trials = 12, .seed = 1}, metrics::ndcg{10}, weighted_knn);
  CHECK(best.parameters.at("weighting").text() == "bm25");
  auto expected = knn();
  expected.fit(execution::seq, akin::weighting::bm25(x));
  CHECK(akin_test::bytes_of(best.model.model()) == akin_test::bytes_of(expected));
  const auto all = akin::grid_search(execution::seq, x, {.seed = 1}, metrics::ndcg{10}, weighted_knn);
  REQUIRE(all.trials.size() == 3);
  CHECK(all.parameters.at("weighting").text() == "bm25");
  CHECK(all.score == best.score);
  CHECK(all.trials[0].score < all.score);
}

TEST_CASE("the cells of the validation are not weighted, and weights come from the part that is learnt from") {
  const auto parts = akin::split_per_user(noisy_counts(), {.test_fraction = 0.2, .seed = 5});
  const auto best =
      akin::grid_search(execution::seq, parts.train, parts.test, {}, metrics::graded_ndcg{10}, weighted_knn);
  for (const akin::trial_result& trial : best.trials) {
    auto model = knn();
    model.fit(execution::seq, weighted_by(trial.parameters.at("weighting").text())(parts.train));
    CHECK(trial.score ==
          akin::evaluate(execution::seq, model, parts.train, parts.test, metrics::graded_ndcg{10})[0].mean);
  }
}

TEST_CASE("cross-validation and halving take weighted trainings") {
  const float_matrix x = noisy_counts();
  const auto folds = akin::cross_validate(
      execution::seq, x, {.folds = 2, .seed = 1}, [] { return akin::weighted_training(knn(), weighted_by("bm25")); },
      metrics::ndcg{10});
  const auto plain = akin::cross_validate(execution::seq, x, {.folds = 2, .seed = 1}, knn, metrics::ndcg{10});
  CHECK(folds.over_folds()[0].mean > plain.over_folds()[0].mean);
  const auto best = akin::successive_halving(
      execution::seq, x, {.trials = 4, .max_iterations = 4}, metrics::ndcg{10}, [](akin::trial& t) {
        return akin::weighted_training(akin::implicit_als<float>({.factors = 4, .iterations = 4}),
                                       weighted_by(t.choice("weighting", {"none", "log"})));
      });
  CHECK(best.score > 0);
}

TEST_CASE("ratings are predicted by the model") {
  const auto ratings = akin::synthetic::low_rank_ratings<float>({.users = 40, .items = 30, .density = 0.3, .seed = 2});
  akin::weighted_training held(akin::bias<float>(), [](const auto& x) { return float_matrix(x * 2); });
  held.fit(execution::seq, ratings);
  akin::bias<float> model;
  model.fit(execution::seq, float_matrix(ratings * 2));
  CHECK(held.predict(3, 4) == model.predict(3, 4));
  CHECK(akin::evaluate_ratings(execution::seq, held, ratings, metrics::rmse{})[0].mean ==
        akin::evaluate_ratings(execution::seq, model, ratings, metrics::rmse{})[0].mean);
}

TEST_CASE("a weighting that changes the shape is refused, and one that throws fails its trial") {
  const float_matrix x = noisy_counts();
  akin::weighted_training odd(knn(), [](const auto&) { return float_matrix(3, 4); });
  CHECK_THROWS_WITH(odd.fit(execution::seq, x),
                    "weighted_training: the weighting must return a matrix of 150 x 60, got 3 x 4");
  CHECK_FALSE(odd.is_fitted());
  const auto best = akin::random_search(execution::seq, x, {.trials = 2}, metrics::ndcg{10}, [](akin::trial& t) {
    return akin::weighted_training(knn(), [number = t.number()](const auto& cells) -> float_matrix {
      if (number == 0) throw akin::numeric_error("too large");
      return cells;
    });
  });
  CHECK(best.number == 1);
  CHECK(best.trials[0].error == "too large");
}
