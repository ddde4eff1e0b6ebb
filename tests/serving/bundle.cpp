#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <akin/baselines/popularity.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/serving/bundle.hpp>
#include <akin/serving/live_model.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/reference.hpp"

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

namespace {

akin::interaction_log log_of(std::vector<std::pair<const char*, const char*>> lines) {
  akin::interaction_arrays columns;
  auto users = std::make_shared<akin::id_map>(), items = std::make_shared<akin::id_map>();
  for (const auto& [user, item] : lines) {
    columns.users.push_back(users->insert(user));
    columns.items.push_back(items->insert(item));
  }
  columns.user_ids = users;
  columns.item_ids = items;
  return akin::interaction_log(columns);
}

}  // namespace

TEST_CASE("a bundle recommends for a basket of names, without what is in it") {
  const auto b = shop();
  const std::vector<std::string> basket = {"milk", "tea", "milk", "gin"};
  const auto found = b.recommend_for(basket, {.k = 5});
  REQUIRE(found.size() == 1);
  CHECK(found[0].item == "jam");
  CHECK(found == b.recommend("ann", {.k = 5}));
  const std::vector<std::string> unknown = {"gin"};
  CHECK(b.recommend_for(unknown).empty());
  CHECK(b.recommend_for({}).empty());

  akin::popularity<float> popular;
  popular.fit(baskets());
  const akin::bundle everybody(popular, b.user_ids(), b.item_ids(), baskets());
  CHECK(everybody.recommend_for(unknown, {.k = 3}).size() == 3);
}

TEST_CASE("a bundle learns events by name, of new users and new items too") {
  auto b = shop();
  CHECK_FALSE(b.contains("joe"));
  CHECK_FALSE(b.contains_item("gin"));
  const auto before = b.user_ids();
  // The log numbers its names on its own.
  b.partial_fit(akin::execution::par, log_of({{"joe", "gin"}, {"joe", "milk"}, {"eve", "gin"}}));
  CHECK(b.contains("joe"));
  CHECK(b.contains_item("gin"));
  CHECK(b.user_ids().starts_with(before));
  CHECK(b.histories().rows() == 5);
  CHECK(b.histories().cols() == 4);
  const auto gin = *b.item_ids().index_of("gin"), joe = *b.user_ids().index_of("joe");
  CHECK(akin_test::dense(b.histories())(joe, gin) == 1);
  const auto for_joe = b.recommend("joe", {.k = 5});
  REQUIRE_FALSE(for_joe.empty());
  for (const auto& found : for_joe) CHECK((found.item != "gin" && found.item != "milk"));

  // The model and the names are those of a fit to all of it.
  model_type whole;
  whole.fit(akin::sparse_matrix<float>(b.histories()));
  CHECK(akin_test::bytes_of(whole) == akin_test::bytes_of(b.model()));
}

TEST_CASE("a bundle that cannot learn the events stays as it was") {
  auto b = shop();
  const auto bytes = akin_test::bytes_of(b);
  auto columns_with_a_value_too_large = [] {
    akin::interaction_arrays columns;
    columns.users = {0, 0};
    columns.items = {0, 0};
    columns.values = {3e38f, 3e38f};
    return akin::interaction_log(columns);
  }();
  CHECK_THROWS_AS(b.partial_fit(akin::execution::seq, columns_with_a_value_too_large), akin::numeric_error);
  CHECK(akin_test::bytes_of(b) == bytes);
}

TEST_CASE("a bundle forgets a user: history, name and what the model knows") {
  auto b = shop();
  b.forget(akin::execution::par, "bob");
  CHECK_FALSE(b.contains("bob"));
  CHECK_THROWS_AS(b.recommend("bob"), std::out_of_range);
  CHECK_THROWS_AS(b.forget(akin::execution::par, "bob"), std::out_of_range);
  CHECK(b.user_ids().size() == 4);
  CHECK(b.user_ids().index_of("eve") == 2);
  CHECK(akin_test::dense(b.histories()).row(1).isZero());
  CHECK_FALSE(b.model().knows_user(1));
  CHECK(b.recommend("ann").empty());  // nobody else has jam beside tea
  const auto bytes = akin_test::bytes_of(b);
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  CHECK(text.find("bob") == std::string::npos);
}

TEST_CASE("a bundle keeps histories that its model has not learnt from") {
  model_type model;
  model.fit(baskets());
  auto more = baskets();
  more.coeffRef(2, 0) = 1;  // eve has tea, too, of which the model does not know
  more.makeCompressed();
  akin::bundle b(std::move(model), ids({"ann", "bob", "eve", "zoe"}), ids({"tea", "milk", "jam"}), more);
  b.partial_fit(akin::execution::seq, log_of({{"ann", "jam"}}));
  CHECK(akin_test::dense(b.histories())(2, 0) == 1);
  CHECK(akin_test::dense(b.histories())(0, 2) == 1);
  b.forget(akin::execution::seq, "bob");
  CHECK(akin_test::dense(b.histories())(2, 0) == 1);
  for (const auto& found : b.recommend("eve")) CHECK(found.item != "tea");
}

TEST_CASE("a live bundle answers by name") {
  const akin::live_model live(shop());
  CHECK(live.contains("ann"));
  CHECK(live.recommend("ann", {.k = 5}) == shop().recommend("ann", {.k = 5}));
  CHECK(live.similar_items("tea", {.k = 1})[0].item == "milk");
  CHECK(live.explain("ann", "jam").size() == 2);
  const std::vector<std::string> basket = {"milk", "tea"};
  CHECK(live.recommend_for(basket)[0].item == "jam");
}

TEST_CASE("a live bundle learns and publishes in one call") {
  akin::live_model live(shop());
  const auto events = log_of({{"joe", "tea"}, {"joe", "milk"}});
  live.update([&](auto copy) {
    copy.partial_fit(akin::execution::seq, events);
    return copy;
  });
  CHECK(live.version() == 2);
  CHECK(live.recommend("joe")[0].item == "jam");
}
