#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <akin/data/id_map.hpp>
#include <akin/hybrid/fallback.hpp>
#include <akin/serving/any_recommender.hpp>
#include <akin/serving/bundle.hpp>
#include <akin/serving/recommender_registry.hpp>

#include "hybrid/hybrid_data.hpp"
#include "serving/same_lists.hpp"

using namespace hybrid_test;
using any = akin::any_recommender<float>;

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
