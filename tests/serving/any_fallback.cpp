#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <akin/hybrid/fallback.hpp>
#include <akin/hybrid/switching.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/serving/all_models.hpp>
#include <akin/serving/any_blend.hpp>
#include <akin/serving/any_fallback.hpp>
#include <akin/serving/bundle.hpp>
#include <akin/serving/inspect.hpp>
#include <akin/serving/live_model.hpp>
#include <akin/serving/recommender_registry.hpp>

#include "hybrid/hybrid_data.hpp"
#include "io/folder.hpp"
#include "serving/composed.hpp"
#include "serving/fitted.hpp"

using namespace hybrid_test;
using namespace composed_test;
using any = akin::any_recommender<float>;
using chain_type = akin::any_fallback<float>;

namespace {

any by_rule(const trio<>& models) {
  return akin::switching([](std::int32_t) { return 0; }, models.knn);
}

any read(const std::vector<std::byte>& bytes) {
  return akin::all_models<float>().read(akin::detail::read_model_bytes(bytes, "memory"));
}

template <class Scalar, class Index>
void check_against_static() {
  const trio<Scalar, Index> models;
  const akin::any_fallback<Scalar, Index> composed({models.knn, models.als, models.popular});
  const auto known = akin::fallback(models.knn, models.als, models.popular);
  check_same_answers(composed, known, models.clicks);
  for (Index user = 0; user < 70; user += 5) {
    CHECK(composed.source(user) == known.source(user));
    CHECK(composed.source(user, 7) == known.source(user, 7));
  }
}

}  // namespace

TEST_CASE("a chain of models that are chosen at run time is the fallback of these models, to the bit") {
  check_against_static<float, std::int32_t>();
  check_against_static<double, std::int64_t>();
}

TEST_CASE("a composed chain agrees with itself, and has its models") {
  const trio<> models;
  const chain_type chain({models.knn, models.popular});
  check_consistent(chain);
  CHECK(chain.users() == 70);
  CHECK(chain.items() == 50);
  CHECK(chain.parts()[0].kind() == "item_knn");
  CHECK(any(chain).kind() == "any_fallback");
  CHECK(chain.source(0) == 1u);
  CHECK_THROWS_WITH(chain.source(70, 0), "any_fallback::source: user must be an id below 70, got 70");
  CHECK_THROWS_WITH(chain.source(0, -1), "any_fallback::source: item must be an id below 50, got -1");
  check_visitor(chain, 10);
  check_visitor(chain_type({models.knn, models.als}), 0);
  check_nothing([](const auto& a, const auto& b) { return chain_type({a, b}); });
}

TEST_CASE("models that cannot score a history or compare items are left out") {
  const trio<> models;
  const any rule = by_rule(models);
  const chain_type chain({rule, models.knn});
  CHECK(same(akin::recommend_for(akin::execution::par, chain, models.clicks, {.k = 5}),
             akin::recommend_for(akin::execution::par, models.knn, models.clicks, {.k = 5})));
  const std::vector<std::int32_t> items = {3, 0};
  CHECK(same(akin::similar_items(akin::execution::seq, chain_type({models.popular, models.knn}), items, {.k = 5}),
             akin::similar_items(akin::execution::seq, akin::fallback(models.popular, models.knn), items, {.k = 5})));
  const chain_type nothing({rule});
  CHECK_FALSE(nothing.scores_histories());
  CHECK_THROWS_WITH(akin::recommend_for(akin::execution::par, nothing, models.clicks, {.k = 5}),
                    "any_fallback: none of its models can score a history");
  CHECK_THROWS_WITH(akin::similar_items(akin::execution::seq, chain_type({models.popular}), items, {.k = 5}),
                    "any_fallback: none of its models can compare items");
}

TEST_CASE("reasons are those of the model that the score comes from") {
  const trio<> models;
  const chain_type chain({models.knn, models.als, models.popular});
  const auto view = akin::detail::view_of(models.clicks, "test");
  const auto reasons_of = [&](const auto& model, std::int32_t user, std::int32_t item) {
    const auto history = view.row(user);
    std::vector<float> result(static_cast<std::size_t>(history.size()));
    model.contributions(history, item, std::span(result));
    return result;
  };
  std::size_t by_knn = 0, by_als = 0;
  for (std::int32_t item = 1; item < 50; ++item) {
    const auto source = chain.source(5, item);
    by_knn += source == 0u;
    by_als += source == 1u;
    if (source == 0u) CHECK(reasons_of(chain, 5, item) == reasons_of(models.knn, 5, item));
    if (source == 1u) CHECK(reasons_of(chain, 5, item) == reasons_of(models.als, 5, item));
  }
  CHECK(by_knn > 0);
  CHECK(by_als > 0);
  const chain_type popular({models.popular, models.knn});
  CHECK(popular.explains());
  CHECK_THROWS_WITH(akin::explain(popular, models.clicks, 5, 7),
                    "any_fallback: the score of the item comes from popularity, which cannot explain it");
  CHECK(akin::explain(popular, models.clicks, 5, 0).empty());  // nobody has item 0
}

TEST_CASE("chains that make no sense are refused") {
  const auto a = table<float>({{1, 2}});
  const auto b = table<float>({{1, 2, 3}, {1, 2, 3}});
  CHECK_THROWS_WITH(chain_type(std::vector<any>()), "any_fallback: models must be at least one, got 0");
  CHECK_THROWS_WITH(chain_type({a, b}),
                    "any_fallback: the models must have the same users and items, got 1 users x 2 items and 2 users x "
                    "3 items");
}

TEST_CASE("a composed chain is loaded from its file, with blends and chains in it") {
  const trio<> models;
  const folder files;
  const akin::any_blend<float> mixed(akin::normalization::z_score, {{0.5, models.knn}, {0.5, models.als}});
  const chain_type chain({mixed, chain_type({models.popular})});
  akin::save(chain, files / "chain");
  akin::save(akin::bundle<any>(chain, numbered(70), numbered(50), models.clicks), files / "shop");
  const auto loaded = akin::load<any>(files / "chain");
  CHECK(loaded.kind() == "any_fallback");
  CHECK(akin_test::bytes_of(loaded) == akin_test::bytes_of(chain));
  CHECK(akin_test::bytes_of(akin::load<chain_type>(files / "chain")) == akin_test::bytes_of(chain));
  CHECK(same(akin::recommend(akin::execution::par, loaded, {.k = 10}),
             akin::recommend(akin::execution::par, chain, {.k = 10})));
  const auto shop = akin::load_bundle<any>(files / "shop");
  CHECK(akin::live_model(shop).recommend("n0", {.k = 4}).size() == 4);
  const auto info = akin::inspect(files / "chain");
  CHECK(info.model == "any_fallback");
  CHECK(info.parts == std::vector<std::string>{"any_blend", "any_fallback"});
  CHECK(info.users == 70);
  CHECK(info.items == 50);
  CHECK_THROWS_WITH(akin::recommender_registry<float>().load(files / "chain"),
                    contains("(part part0.part0) holds item_knn<float>, but the registry knows nothing"));
}

TEST_CASE("files of chains are as deep as anybody needs, and no deeper") {
  const trio<> models;
  any chain = models.popular;
  for (int depth = 0; depth < 16; ++depth) chain = chain_type(std::vector<any>(1, chain));
  CHECK(read(akin_test::bytes_of(chain)).kind() == "any_fallback");
  chain = chain_type(std::vector<any>(1, chain));
  CHECK_THROWS_AS(read(akin_test::bytes_of(chain)), akin::format_error);
  CHECK_THROWS_WITH(read(akin_test::bytes_of(chain)), contains("models of models must be at most 16 deep"));
}

TEST_CASE("a file that is no proper chain is refused") {
  const trio<> models;
  const auto chain_of = [&](auto count) {
    return forged("any_fallback", [&](akin::detail::model_writer& writer) {
      writer.add_value("models", count);
      akin::detail::write_part(writer, "part0", models.knn);
    });
  };
  CHECK(read(chain_of(std::int64_t{1})).kind() == "any_fallback");
  CHECK_THROWS_AS(read(chain_of(std::int64_t{-1})), akin::format_error);
  CHECK_THROWS_AS(read(chain_of(std::int64_t{0})), akin::format_error);
  CHECK_THROWS_WITH(read(chain_of(~std::uint64_t{0})), contains("(part part1) holds no model"));
  CHECK_THROWS_AS(read(chain_of(1.0)), akin::format_error);
  CHECK_THROWS_AS(read(forged("any_fallback", [](auto&) {})), akin::format_error);
}
