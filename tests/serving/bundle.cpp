#include <filesystem>
#include <string>

#include <akin/baselines/popularity.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/serving/bundle.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"

namespace {

using model_type = akin::item_knn<float>;

akin::id_map ids(std::initializer_list<const char*> names) {
  akin::id_map result;
  for (const char* name : names) result.insert(name);
  return result;
}

/// ann: tea, milk; bob: tea, milk, jam; eve: jam; zoe: nothing.
akin::sparse_matrix<float> baskets() {
  return akin_test::matrix_of<model_type>(4, 3, {{0, 0, 1}, {0, 1, 1}, {1, 0, 1}, {1, 1, 1}, {1, 2, 1}, {2, 2, 1}});
}

akin::bundle<model_type> shop() {
  model_type model;
  model.fit(baskets());
  return {std::move(model), ids({"ann", "bob", "eve", "zoe"}), ids({"tea", "milk", "jam"}), baskets()};
}

}  // namespace

TEST_CASE("a bundle takes names and gives names, without what the user has") {
  const auto b = shop();
  const auto for_ann = b.recommend("ann", {.k = 5});
  REQUIRE(for_ann.size() == 1);
  CHECK(for_ann[0].item == "jam");
  CHECK(b.recommend("zoe").empty());
  CHECK(b.similar_items("tea", {.k = 1})[0].item == "milk");
  const auto reasons = b.explain("ann", "jam");
  REQUIRE(reasons.size() == 2);
  CHECK(reasons[0].score + reasons[1].score == Approx(for_ann[0].score));
}

TEST_CASE("a bundle names the name that it does not know") {
  const auto b = shop();
  CHECK_THROWS_AS(b.recommend("nobody"), std::out_of_range);
  CHECK_THROWS_WITH(b.recommend("nobody"), "bundle: there is no user \"nobody\"");
  CHECK_THROWS_WITH(b.similar_items("ann"), "bundle: there is no item \"ann\"");
  CHECK_THROWS_WITH(b.explain("ann", "bob"), "bundle: there is no item \"bob\"");
}

TEST_CASE("a bundle refuses parts that do not fit together") {
  model_type model;
  model.fit(baskets());
  using bundle = akin::bundle<model_type>;
  CHECK_THROWS_WITH(bundle(model, ids({"ann"}), ids({"tea", "milk", "jam"}), baskets()),
                    "bundle: user_ids must be as many as the model has, 4, got 1");
  CHECK_THROWS_WITH(bundle(model, ids({"ann", "bob", "eve", "zoe"}), ids({"tea", "milk"}), baskets()),
                    "bundle: item_ids must be as many as the model has, 3, got 2");
  CHECK_THROWS_WITH(
      bundle(model, ids({"ann", "bob", "eve", "zoe"}), ids({"tea", "milk", "jam"}), akin::sparse_matrix<float>(3, 3)),
      contains("rows of histories must be as many as the model has, 4, got 3"));
}

TEST_CASE("save_bundle writes what save of a bundle writes, and load_bundle reads it") {
  const auto folder = std::filesystem::temp_directory_path();
  const auto path = folder / "akin-test-bundle.model";
  const auto b = shop();
  akin::save_bundle(b.model(), path, b.user_ids(), b.item_ids(), baskets());
  const auto loaded = akin::load_bundle<model_type>(path);
  CHECK(akin_test::bytes_of(loaded) == akin_test::bytes_of(b));
  CHECK(loaded.recommend("ann")[0].item == "jam");
  CHECK_THROWS_WITH(akin::load_bundle<akin::popularity<float>>(path), contains("item_knn<float>"));
  CHECK_THROWS_AS(akin::load<model_type>(path), akin::format_error);
  std::filesystem::remove(path);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
TEST_CASE("save_bundle still takes the path first") {
  const auto path = std::filesystem::temp_directory_path() / "akin-test-bundle-path-first.model";
  const auto b = shop();
  akin::save_bundle(path.c_str(), b.model(), b.user_ids(), b.item_ids(), baskets());
  CHECK(akin_test::bytes_of(akin::load_bundle<model_type>(path)) == akin_test::bytes_of(b));
  std::filesystem::remove(path);
}
#pragma GCC diagnostic pop
