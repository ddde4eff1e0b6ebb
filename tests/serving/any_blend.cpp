#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <akin/hybrid/blend.hpp>
#include <akin/hybrid/switching.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/serving/all_models.hpp>
#include <akin/serving/any_blend.hpp>
#include <akin/serving/bundle.hpp>
#include <akin/serving/cached.hpp>
#include <akin/serving/inspect.hpp>
#include <akin/serving/live_model.hpp>
#include <akin/serving/recommender_registry.hpp>

#include "hybrid/hybrid_data.hpp"
#include "io/folder.hpp"
#include "serving/composed.hpp"
#include "serving/fitted.hpp"

using namespace hybrid_test;
using namespace composed_test;
using akin::normalization;
using any = akin::any_recommender<float>;
using blend_type = akin::any_blend<float>;

namespace {

constexpr std::array all_normalizations = {normalization::none, normalization::min_max, normalization::z_score,
                                           normalization::rank};

any by_rule(const trio<>& models) {
  return akin::switching([](std::int32_t) { return 0; }, models.knn);
}

/// Reads the bytes as a program does that knows the models of akin.
any read(const std::vector<std::byte>& bytes) {
  return akin::all_models<float>().read(akin::detail::read_model_bytes(bytes, "memory"));
}

template <class Scalar, class Index>
void check_against_static(normalization how) {
  const trio<Scalar, Index> models;
  const akin::any_blend<Scalar, Index> composed(how, {{0.5, models.als}, {0.3, models.knn}, {0.2, models.popular}});
  const auto known = akin::blend(how, akin::weighted(0.5, models.als), akin::weighted(0.3, models.knn),
                                 akin::weighted(0.2, models.popular));
  check_same_answers(composed, known, models.clicks);
  const auto [als, knn, popular] = known.shares(5, 7);
  CHECK(composed.shares(5, 7) == std::vector<Scalar>{als, knn, popular});
  CHECK(composed.shares(5, 0) == std::vector<Scalar>(3));
  const akin::any_blend<Scalar, Index> two(how, {{0.5, models.als}, {0.5, models.knn}});
  check_same_answers(two, akin::blend(how, akin::weighted(0.5, models.als), akin::weighted(0.5, models.knn)),
                     models.clicks);
}

}  // namespace

TEST_CASE("a blend of models that are chosen at run time is the blend of these models, to the bit") {
  for (const auto how : all_normalizations) {
    CAPTURE(static_cast<int>(how));
    check_against_static<float, std::int32_t>(how);
    check_against_static<double, std::int64_t>(how);
  }
}

TEST_CASE("a composed blend agrees with itself, and has its models and weights") {
  const trio<> models;
  const blend_type mixed(normalization::z_score, {{0.5, models.als}, {0.25, models.knn}, {0, models.popular}});
  check_consistent(mixed);
  CHECK(mixed.users() == 70);
  CHECK(mixed.items() == 50);
  CHECK(mixed.normalization() == normalization::z_score);
  REQUIRE(mixed.parts().size() == 3);
  CHECK(mixed.parts()[1].weight == 0.25);
  CHECK(mixed.parts()[1].model.kind() == "item_knn");
  CHECK(any(mixed).kind() == "any_blend");
  check_visitor(mixed, 0);  // popularity has a list for everybody, but no weight
  check_visitor(blend_type(normalization::min_max, {{0.5, models.als}, {0.5, models.popular}}), 10);
  check_nothing([](const auto& a, const auto& b) { return blend_type(normalization::none, {{1, a}, {1, b}}); });
}

TEST_CASE("a model of weight 0 is kept and not asked") {
  const trio<> models;
  const blend_type mixed(normalization::none, {{1, models.knn}, {0, by_rule(models)}});
  check_same_answers(mixed, akin::blend(normalization::none, akin::weighted(1, models.knn)), models.clicks);
  CHECK(mixed.scores_histories());
}

TEST_CASE("similar items are blended from the models that compare items") {
  const trio<> models;
  const blend_type mixed(normalization::min_max, {{0.5, models.knn}, {0.5, models.popular}});
  const std::int32_t items[] = {3, 0};
  CHECK(mixed.compares_items());
  CHECK(
      same(akin::similar_items(akin::execution::seq, mixed, items, {.k = 5}),
           akin::similar_items(akin::execution::seq,
                               akin::blend(normalization::min_max, akin::weighted(0.5, models.knn)), items, {.k = 5})));
  const blend_type popular(normalization::none, {{1, models.popular}, {0, models.knn}});
  CHECK_FALSE(popular.compares_items());
  CHECK_THROWS_WITH(akin::similar_items(akin::execution::seq, popular, items, {.k = 5}),
                    "any_blend: none of its models can compare items");
}

TEST_CASE("a history is refused with the kind of the model that cannot score it") {
  const trio<> models;
  const blend_type mixed(normalization::none, {{1, models.knn}, {1, by_rule(models)}});
  CHECK_FALSE(mixed.scores_histories());
  CHECK_FALSE(any(mixed).scores_histories());
  CHECK_THROWS_WITH(akin::recommend_for(akin::execution::par, mixed, models.clicks, {.k = 5}),
                    "any_recommender: a model without a name cannot score a history");
}

namespace {

/// weight x slope x the model's contributions to the user's score of the item, in double.
template <class Model>
std::vector<double> shares_of(const trio<double>& models, const Model& model, double weight, normalization how,
                              std::int32_t user, std::int32_t item) {
  const auto view = akin::detail::view_of(models.clicks, "test");
  const auto history = view.row(user);
  std::vector<double> row(50), result(static_cast<std::size_t>(history.size()));
  model.score_history(history, std::span(row));
  if (!std::isfinite(row[static_cast<std::size_t>(item)])) return result;
  std::vector<double> scored;
  std::ranges::copy_if(row, std::back_inserter(scored), [](double s) { return std::isfinite(s); });
  double mean = 0, variance = 0;
  for (const double s : scored) mean += s / static_cast<double>(scored.size());
  for (const double s : scored) variance += (s - mean) * (s - mean) / static_cast<double>(scored.size());
  const double range = *std::ranges::max_element(scored) - *std::ranges::min_element(scored);
  const double scale = how == normalization::none ? 1 : how == normalization::min_max ? range : std::sqrt(variance);
  model.contributions(history, item, std::span(result));
  for (double& share : result) share *= weight / scale;
  return result;
}

}  // namespace

TEST_CASE("reasons are the weighted contributions of the models that explain") {
  const trio<double> models;
  for (const auto how : {normalization::none, normalization::min_max, normalization::z_score}) {
    const akin::any_blend<double> mixed(how, {{0.5, models.als}, {0.3, models.knn}, {0.2, models.popular}});
    CHECK(mixed.explains());
    for (const std::int32_t item : {2, 7, 30}) {
      const auto als = shares_of(models, models.als, 0.5, how, 5, item);
      const auto knn = shares_of(models, models.knn, 0.3, how, 5, item);
      std::vector<double> found(als.size());
      mixed.contributions(akin::detail::view_of(models.clicks, "test").row(5), item, std::span(found));
      for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == Approx(als[i] + knn[i]).margin(1e-12));
      CHECK(akin::explain(akin::any_recommender<double>(mixed), models.clicks, 5, item).size() ==
            akin::explain(mixed, models.clicks, 5, item).size());
    }
  }
}

TEST_CASE("ranks and models without reasons are not explained") {
  const trio<> models;
  const blend_type ranks(normalization::rank, {{1, models.knn}});
  CHECK_FALSE(ranks.explains());
  CHECK_THROWS_WITH(akin::explain(ranks, models.clicks, 5, 1),
                    "any_blend::contributions: ranks cannot be split over the items of a history");
  CHECK_THROWS_WITH(akin::explain(blend_type(normalization::none, {{1, models.popular}}), models.clicks, 5, 1),
                    "any_blend: none of its models can explain a score");
  // A part of ranks is one that cannot explain.
  const blend_type around(normalization::none, {{1, ranks}, {1, models.knn}});
  CHECK(akin::explain(around, models.clicks, 5, 7).size() == akin::explain(models.knn, models.clicks, 5, 7).size());
}

TEST_CASE("blends that make no sense are refused") {
  const auto a = table<float>({{1, 2}});
  const auto b = table<float>({{1, 2, 3}, {1, 2, 3}});
  CHECK_THROWS_WITH(blend_type(normalization::none, {}), "any_blend: models must be at least one, got 0");
  CHECK_THROWS_WITH(blend_type(normalization::none, {{1, a}, {1, b}}),
                    "any_blend: the models must have the same users and items, got 1 users x 2 items and 2 users x 3 "
                    "items");
  CHECK_THROWS_WITH(blend_type(normalization::none, {{-0.5, a}}),
                    "any_blend: weights must be finite and not negative, got -0.5");
  CHECK_THROWS_WITH(blend_type(normalization::none, {{std::nan(""), a}}), contains("finite and not negative"));
  CHECK_THROWS_WITH(blend_type(normalization::none, {{1e300, a}}), contains("got 1e+300"));
  CHECK_THROWS_WITH(blend_type(normalization::none, {{0, a}, {0, a}}),
                    "any_blend: a weight must be positive, got 0 for all");
}

TEST_CASE("a composed blend is loaded from its file, with blends of blends, by whoever knows its models") {
  const trio<> models;
  const folder files;
  const blend_type inner(normalization::rank, {{2, models.popular}, {0, models.als}});
  const blend_type mixed(normalization::z_score, {{0.5, models.knn}, {0.25, inner}, {0.25, models.als}});
  akin::save(mixed, files / "blend");
  const auto bytes = akin_test::bytes_of(mixed);
  const auto check = [&](const auto& loaded) {
    CHECK(akin_test::bytes_of(loaded) == bytes);
    CHECK(same(akin::recommend(akin::execution::par, loaded, {.k = 10}),
               akin::recommend(akin::execution::par, mixed, {.k = 10})));
  };
  akin::recommender_registry<float> registry;
  registry.add<akin::item_knn<float>>().add<akin::popularity<float>>().add<akin::implicit_als<float>>();
  check(registry.load(files / "blend"));
  check(akin::load<any>(files / "blend"));
  check(akin::load<blend_type>(files / "blend"));
  CHECK(akin::load<blend_type>(files / "blend").parts()[1].weight == 0.25);
  CHECK(akin::load<any>(files / "blend").kind() == "any_blend");
  CHECK_THROWS_WITH(akin::recommender_registry<float>().load(files / "blend"),
                    contains("(part part0) holds item_knn<float>, but the registry knows nothing"));
  CHECK_THROWS_WITH(akin::all_models<double>().load(files / "blend"),
                    contains("holds any_blend<float>, but any_blend<double> was asked for"));
  CHECK_THROWS_WITH(akin::save(blend_type(normalization::none, {{1, by_rule(models)}}), files / "rule"),
                    "any_recommender: a model without a name cannot be saved");
}

TEST_CASE("inspect tells of which models a file is composed") {
  const trio<> models;
  const folder files;
  akin::save(blend_type(normalization::z_score, {{0.5, models.knn}, {0.25, models.als}}), files / "blend");
  const auto info = akin::inspect(files / "blend");
  CHECK(info.kind == "any_blend");
  CHECK(info.model == "any_blend");
  CHECK(info.parts == std::vector<std::string>{"item_knn", "implicit_als"});
  CHECK(info.users == 70);
  CHECK(info.items == 50);
  akin::save(models.knn, files / "knn");
  CHECK(akin::inspect(files / "knn").parts.empty());
}

TEST_CASE("a bundle of a composed blend is asked by name, live and cached") {
  const trio<> models;
  const folder files;
  const blend_type mixed(normalization::min_max, {{0.5, models.knn}, {0.5, models.popular}});
  akin::save(akin::bundle<blend_type>(mixed, numbered(70), numbered(50), models.clicks), files / "shop");
  CHECK(akin::inspect(files / "shop").model == "any_blend");
  CHECK(akin::inspect(files / "shop").parts == std::vector<std::string>{"item_knn", "popularity"});
  const auto shop = akin::load_bundle<any>(files / "shop");
  const akin::bundle<blend_type> known(mixed, numbered(70), numbered(50), models.clicks);
  CHECK(shop.model().kind() == "any_blend");
  CHECK(shop.recommend("n5", {.k = 4}) == known.recommend("n5", {.k = 4}));
  CHECK(shop.similar_items("n3", {.k = 4}) == known.similar_items("n3", {.k = 4}));
  CHECK(shop.explain("n5", "n7") == known.explain("n5", "n7"));
  akin::live_model live(shop);
  CHECK(live.recommend("n5", {.k = 4}) == known.recommend("n5", {.k = 4}));
  akin::cached cache(live, {.exclude = models.clicks}, {.capacity = 10});
  CHECK(std::ranges::equal(cache.recommend(5, 4).items(),
                           akin::recommend(akin::execution::seq, mixed, {.k = 4, .exclude = models.clicks}).items(5)));
}

TEST_CASE("a file that is no proper blend is refused") {
  const trio<> models;
  const auto blend_of = [&](std::vector<double> weights, std::int64_t how, auto... parts) {
    return forged("any_blend", [&](akin::detail::model_writer& writer) {
      writer.add_value("normalization", how);
      writer.add_copy("weights", weights.data(), std::ssize(weights));
      std::size_t number = 0;
      (akin::detail::write_part(writer, akin::part_name(number++), *parts), ...);
    });
  };
  const auto* knn = &models.knn;
  const auto* popular = &models.popular;
  CHECK(read(blend_of({0.5, 0.5}, 2, knn, popular)).kind() == "any_blend");
  CHECK_THROWS_AS(read(blend_of({0.5, std::nan("")}, 2, knn, popular)), akin::format_error);
  CHECK_THROWS_WITH(read(blend_of({0.5, -1}, 2, knn, popular)), contains("weights must be finite and not negative"));
  CHECK_THROWS_AS(read(blend_of({0.5, std::numeric_limits<double>::infinity()}, 2, knn, popular)), akin::format_error);
  CHECK_THROWS_AS(read(blend_of({0, 0}, 2, knn, popular)), akin::format_error);
  CHECK_THROWS_AS(read(blend_of({}, 2)), akin::format_error);
  CHECK_THROWS_AS(read(blend_of({0.5, 0.5}, 9, knn, popular)), akin::format_error);
  CHECK_THROWS_WITH(read(blend_of({0.5, 0.5, 0.5}, 2, knn, popular)), contains("(part part2) holds no model"));
  akin::popularity<float> other;
  other.fit(akin::sparse_matrix<float>(3, 4));
  const auto* small = &other;
  CHECK_THROWS_WITH(read(blend_of({0.5, 0.5}, 2, knn, small)), contains("the same users and items"));
  CHECK_THROWS_AS(read(forged("any_blend", [](auto&) {})), akin::format_error);
  auto bytes = akin_test::bytes_of(blend_type(normalization::none, {{1, models.knn}}));
  bytes.resize(bytes.size() / 2);
  CHECK_THROWS_AS(read(bytes), akin::format_error);
}
