#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
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

using namespace hybrid_test;
using any = akin::any_recommender<float>;

namespace {

template <class Lists>
void check_same(const Lists& x, const Lists& y) {
  REQUIRE(x.size() == y.size());
  for (std::size_t u = 0; u < x.size(); ++u) {
    CHECK(items_of(x, u) == items_of(y, u));
    CHECK(std::ranges::equal(x.scores(u), y.scores(u)));
  }
}

std::filesystem::path scratch_file(const char* name) { return std::filesystem::temp_directory_path() / name; }

}  // namespace

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

TEST_CASE("models are loaded by what the file holds") {
  const trio<> models;
  akin::recommender_registry<float> registry;
  using chain_type = akin::fallback_model<akin::item_knn<float>, akin::popularity<float>>;
  registry.add<akin::item_knn<float>>().add<akin::popularity<float>>().add<chain_type>();
  const auto path = scratch_file("akin_any_model");
  const auto check = [&](const any& model) {
    model.save(path);
    const any again = registry.load(path);
    CHECK(again.kind() == model.kind());
    check_same(akin::recommend(akin::execution::par, model, {.k = 10}),
               akin::recommend(akin::execution::par, again, {.k = 10}));
  };
  check(models.knn);
  check(models.popular);
  check(akin::fallback(models.knn, models.popular));

  any(models.als).save(path);
  CHECK(akin::load<akin::implicit_als<float>>(path).items() == 50);
  CHECK_THROWS_WITH(registry.load(path),
                    contains("holds implicit_als<float>, but the registry knows fallback<float>, item_knn<float>, "
                             "popularity<float>"));
  CHECK_THROWS_AS(registry.load(path), akin::format_error);
  CHECK_THROWS_WITH(akin::recommender_registry<float>().load(path), contains("but the registry knows nothing"));
  CHECK_THROWS_WITH(registry.add<akin::item_knn<float>>(), "recommender_registry: item_knn<float> must be added once");
  std::filesystem::remove(path);
  CHECK_THROWS_AS(registry.load(path), std::runtime_error);
}

namespace {

akin::id_map numbered(char letter, std::int64_t count) {
  akin::id_map result;
  for (std::int64_t i = 0; i < count; ++i) result.insert(letter + std::to_string(i));
  return result;
}

}  // namespace

TEST_CASE("a bundle of any model is the file of a bundle of that model, and is read without knowing of which") {
  const trio<> models;
  const auto users = numbered('u', 70), items = numbered('i', 50);
  const auto path = scratch_file("akin_any_bundle");
  akin::recommender_registry<float> registry;
  registry.add<akin::item_knn<float>>().add<akin::popularity<float>>();
  const akin::bundle<akin::item_knn<float>> known(models.knn, users, items, models.clicks);
  const akin::bundle<any> held(models.knn, users, items, models.clicks);
  CHECK(akin_test::bytes_of(held) == akin_test::bytes_of(known));
  const auto check = [&] {
    const akin::bundle<any> again = registry.load_bundle(path);
    CHECK(again.model().kind() == "item_knn");
    CHECK(akin_test::bytes_of(again) == akin_test::bytes_of(known));
    const auto expected = known.recommend("u5", {.k = 4}), found = again.recommend("u5", {.k = 4});
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i)
      CHECK((found[i].item == expected[i].item && found[i].score == expected[i].score));
    CHECK(again.similar_items("i3", {.k = 2})[0].item == known.similar_items("i3", {.k = 2})[0].item);
  };
  akin::save(held, path);
  CHECK(akin::load_bundle<akin::item_knn<float>>(path).recommend("u5").size() == known.recommend("u5").size());
  check();
  akin::save_bundle(any(models.knn), path, users, items, models.clicks);
  check();

  CHECK_THROWS_WITH(registry.load(path), contains("holds bundle<float>, which load_bundle reads"));
  CHECK_THROWS_WITH(akin::recommender_registry<float>().load_bundle(path),
                    contains("(part model) holds item_knn<float>, but the registry knows nothing"));
  akin::save(models.knn, path);
  CHECK_THROWS_WITH(registry.load_bundle(path), contains("holds item_knn<float>, but bundle<float> was asked for"));
  std::filesystem::remove(path);
}

TEST_CASE("a bundle whose parts do not fit together is no proper file, whoever loads it") {
  const trio<> models;
  const auto path = scratch_file("akin_any_bundle_unfit");
  akin::detail::model_writer writer;
  akin::detail::write_label<akin::bundle<akin::item_knn<float>>>(writer);
  const auto few = numbered('u', 3), items = numbered('i', 50);
  akin::detail::write_bundle(writer, models.knn, few, items, akin::detail::view_of(models.clicks, "test"));
  akin::detail::write_model_file(writer, path);
  akin::recommender_registry<float> registry;
  registry.add<akin::item_knn<float>>();
  CHECK_THROWS_AS(akin::load_bundle<akin::item_knn<float>>(path), akin::format_error);
  CHECK_THROWS_AS(registry.load_bundle(path), akin::format_error);
  CHECK_THROWS_WITH(registry.load_bundle(path), contains("user_ids must be as many as the model has, 70, got 3"));
  std::filesystem::remove(path);
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
