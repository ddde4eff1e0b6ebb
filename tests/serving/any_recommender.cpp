#include <algorithm>
#include <filesystem>
#include <vector>

#include <akin/baselines/bias.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/hybrid/blend.hpp>
#include <akin/hybrid/cascade.hpp>
#include <akin/hybrid/fallback.hpp>
#include <akin/hybrid/switching.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/serving/any_recommender.hpp>
#include <akin/serving/bundle.hpp>
#include <akin/serving/live_model.hpp>

#include "hybrid/hybrid_data.hpp"
#include "serving/same_lists.hpp"

using namespace hybrid_test;
using any = akin::any_recommender<float>;

TEST_CASE("any model answers through any_recommender as by itself") {
  const trio<> models;
  const auto check = [&](const auto& model) {
    const any held = model;
    check_consistent(held);
    const akin::query<std::int32_t> q{.k = 8, .exclude = models.clicks};
    const auto expected = akin::recommend(akin::execution::par, model, q);
    check_same(expected, akin::recommend(akin::execution::par, held, q));
    check_same(expected, held.recommend(akin::execution::par, q));
    check_same(expected, held.recommend(akin::execution::seq, q));
    const std::int32_t users[] = {5, 3};
    check_same(akin::recommend(akin::execution::par, model, users, q), held.recommend(akin::execution::par, users, q));
    const auto [a] = akin::evaluate(akin::execution::par, model, models.clicks, models.clicks,
                                    akin::evaluation_options{.exclude_seen = false}, akin::metrics::ndcg{5});
    const auto [b] = akin::evaluate(akin::execution::par, held, models.clicks, models.clicks,
                                    akin::evaluation_options{.exclude_seen = false}, akin::metrics::ndcg{5});
    CHECK(a.mean == b.mean);
  };
  check(models.als);
  check(models.knn);
  check(models.popular);
  check(akin::fallback(models.knn, models.popular));
}

TEST_CASE("a setting chooses the model, and hybrids take it") {
  const trio<> models;
  std::vector<any> choices = {models.als, models.knn, models.popular};
  CHECK(choices[1].kind() == "item_knn");
  CHECK(choices[0].users() == 70);
  choices[0] = choices[2];
  CHECK(choices[0].kind() == "popularity");
  const auto chain = akin::fallback(any(models.knn), any(models.popular));
  CHECK(akin_test::same_lists(chain, akin::fallback(any(models.knn), any(models.popular)), 10));
  check_same(akin::recommend(akin::execution::par, chain, {.k = 10}),
             akin::recommend(akin::execution::par, akin::fallback(models.knn, models.popular), {.k = 10}));
}

TEST_CASE("it refers to lvalues and owns rvalues; a copy and a move share") {
  trio<> models;
  const any referring = models.popular;
  any owning = akin::popularity<float>(models.popular);
  const any copy = owning;
  const any moved = std::move(owning);
  models.popular.fit(akin::sparse_matrix<float>(70, 50));
  CHECK(referring.score(1, 5) == 0);
  CHECK(copy.score(1, 5) > 0);
  CHECK(moved.score(1, 5) == copy.score(1, 5));
  CHECK(owning.score(1, 5) == copy.score(1, 5));  // moved from, it still answers
}

TEST_CASE("histories, similar items and reasons where the model has them, else a sentence") {
  const trio<> models;
  const any knn = models.knn, popular = models.popular;
  const std::int32_t items[] = {3};
  check_same(akin::recommend_for(akin::execution::par, models.knn, models.clicks, {.k = 5}),
             akin::recommend_for(akin::execution::par, knn, models.clicks, {.k = 5}));
  check_same(akin::similar_items(akin::execution::par, models.knn, items, {.k = 5}),
             akin::similar_items(akin::execution::par, knn, items, {.k = 5}));
  CHECK(akin::explain(knn, models.clicks, 5, 7).size() == akin::explain(models.knn, models.clicks, 5, 7).size());
  check_same(akin::recommend_for(akin::execution::par, models.popular, models.clicks, {.k = 5}),
             akin::recommend_for(akin::execution::par, popular, models.clicks, {.k = 5}));
  check_visitor(popular, 10);
  check_visitor(any(akin::fallback(knn, popular)), 10);
  check_visitor(knn, 0);
  CHECK_THROWS_WITH(akin::similar_items(akin::execution::par, popular, items, {.k = 5}),
                    "any_recommender: popularity cannot compare items");
  CHECK_THROWS_WITH(akin::explain(popular, models.clicks, 5, 7), "any_recommender: popularity cannot explain a score");
  const any rule = akin::switching([](std::int32_t) { return 0; }, models.knn);
  CHECK_THROWS_WITH(akin::recommend_for(akin::execution::par, rule, models.clicks, {.k = 5}),
                    "any_recommender: a model without a name cannot score a history");
  CHECK_THROWS_WITH(rule.save(scratch_file("akin_any_rule")),
                    "any_recommender: a model without a name cannot be saved");
}

TEST_CASE("hybrids and live models of any models are saved as those of the models") {
  const trio<> models;
  const auto path = scratch_file("akin_any_parts");
  const auto chain = akin::fallback(any(models.knn), any(models.popular));
  CHECK(akin_test::bytes_of(chain) == akin_test::bytes_of(akin::fallback(models.knn, models.popular)));
  CHECK(akin_test::bytes_of(any(models.knn)) == akin_test::bytes_of(models.knn));
  const auto ranked = akin::cascade(any(models.popular), any(models.knn));
  CHECK(akin_test::bytes_of(ranked) == akin_test::bytes_of(akin::cascade(models.popular, models.knn)));
  const auto blended = akin::blend(akin::normalization::min_max, akin::weighted(0.5, any(models.knn)),
                                   akin::weighted(0.5, any(models.popular)));
  CHECK(akin_test::bytes_of(blended) ==
        akin_test::bytes_of(akin::blend(akin::normalization::min_max, akin::weighted(0.5, models.knn),
                                        akin::weighted(0.5, models.popular))));
  akin::save(akin::live_model(any(models.knn)), path);
  CHECK(akin::load<akin::item_knn<float>>(path).items() == 50);
  std::filesystem::remove(path);
}

TEST_CASE("double scores and 64-bit ids; a model that was not fitted") {
  const trio<double, std::int64_t> models;
  const akin::any_recommender<double, std::int64_t> held = models.knn;
  check_consistent(held);
  const akin::popularity<float> young;
  CHECK_THROWS_AS(any(young).recommend(akin::execution::par, {.k = 3}), akin::not_fitted);
  CHECK_THROWS_AS(akin::recommend(akin::execution::par, any(young), {.k = 3}), akin::not_fitted);
  CHECK_THROWS_AS(any(young).save(scratch_file("akin_any_young")), akin::not_fitted);
}

TEST_CASE("of a model that was fitted on nothing it says so") {
  check_nothing([](const auto& a, const auto& b) { return any(akin::fallback(any(a), b)); });
}
