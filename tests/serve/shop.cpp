#include <atomic>
#include <examples/serve/shop.hpp>
#include <map>
#include <string>
#include <tests/serve/small_shop.hpp>
#include <tests/support/catch.hpp>
#include <thread>
#include <vector>

#include <akin/retrieval/recommend_for.hpp>

using akin_test::clicks;
using akin_test::small_bundle;
using akin_test::small_catalogue;

namespace {

std::vector<std::pair<std::string, float>> pairs(const std::vector<listed_item>& items) {
  std::vector<std::pair<std::string, float>> result;
  for (const auto& item : items) result.emplace_back(item.item, item.score);
  return result;
}

std::vector<std::pair<std::string, float>> pairs(const shop_bundle::named_items& items) {
  std::vector<std::pair<std::string, float>> result;
  for (const auto& item : items) result.emplace_back(item.item, item.score);
  return result;
}

/// What the library recommends for a row of items with these values.
std::vector<std::pair<std::string, float>> expected(const std::map<int, float>& values, int k) {
  const auto shop = small_bundle();
  akin::sparse_matrix<float> row(1, shop.model().items());
  for (const auto& [item, value] : values) row.insert(0, item) = value;
  row.makeCompressed();
  const auto lists = akin::recommend_for(akin::execution::seq, shop.model(), row, {.k = k, .exclude = row});
  std::vector<std::pair<std::string, float>> result;
  for (std::size_t i = 0; i < lists.items(0).size(); ++i)
    result.emplace_back("i" + std::to_string(lists.items(0)[i]), lists.scores(0)[i]);
  return result;
}

std::map<int, float> stored(int user) {
  const auto x = clicks();
  std::map<int, float> values;
  for (akin::sparse_matrix<float>::InnerIterator it(x, user); it; ++it) values[static_cast<int>(it.col())] = it.value();
  return values;
}

/// The first item that the user does not have.
int new_item_of(int user) {
  int item = 0;
  for (const auto values = stored(user); values.contains(item);) ++item;
  return item;
}

/// Scores items by their ids, and answers nothing but users.
struct by_id {
  using scalar_type = float;
  using index_type = std::int32_t;
  std::int64_t users() const { return 60; }
  std::int64_t items() const { return 40; }
  bool knows_user(std::int32_t) const { return true; }
  bool knows_item(std::int32_t) const { return true; }
  float score(std::int32_t, std::int32_t item) const { return static_cast<float>(item); }
  void score_all(std::int32_t user, std::span<float> out) const {
    for (std::int32_t i = 0; i < 40; ++i) out[static_cast<std::size_t>(i)] = score(user, i);
  }
};

}  // namespace

TEST_CASE("shop: a user without events gets the list of the bundle", "[shop]") {
  const shop asked(small_catalogue());
  for (const char* user : {"u0", "u7", "u59"}) {
    const auto list = asked.recommend(user, 8);
    CHECK(list.source == list_source::user);
    CHECK(pairs(list.items) == pairs(small_bundle().recommend(user, {.k = 8})));
  }
}

TEST_CASE("shop: an event is in the next answer, which is the library's for the whole history", "[shop]") {
  shop asked(small_catalogue());
  auto values = stored(7);
  const int item = new_item_of(7), had = values.begin()->first;
  const stamp before = asked.stamp_of("u7");
  asked.add_event("u7", "i" + std::to_string(item), 2);
  asked.add_event("u7", "i" + std::to_string(item), 1.5f);
  asked.add_event("u7", "i" + std::to_string(had), 5);  // a stored value stays
  asked.add_event("u7", "of another shop", 1);          // unknown to the model
  values[item] = 3.5f;
  const auto list = asked.recommend("u7", 9, 2);
  CHECK(list.source == list_source::history);
  CHECK(pairs(list.items) == expected(values, 9));
  REQUIRE(!list.items.empty());
  CHECK(!list.items[0].because.empty());
  CHECK(list.items[0].because.size() <= 2);
  CHECK(asked.stamp_of("u7").events == 4);
  CHECK(!(asked.stamp_of("u7") == before));
  CHECK(asked.stamp_of("u8") == shop(small_catalogue()).stamp_of("u8"));
  CHECK(asked.events() == 4);
  CHECK(asked.history("u7", 100).size() == values.size() + 1);
  CHECK(asked.history("u7", 1)[0].item == "of another shop");
}

TEST_CASE("shop: a new user gets popular items, then those for the history", "[shop]") {
  shop asked(small_catalogue());
  const auto popular = asked.recommend("nobody", 5);
  CHECK(popular.source == list_source::popular);
  REQUIRE(popular.items.size() == 5);
  CHECK(popular.items[0].score >= popular.items[4].score);
  const std::string first = popular.items[0].item;

  asked.add_event("nobody", "unknown", 1);
  CHECK(asked.recommend("nobody", 5).source == list_source::popular);
  asked.add_event("nobody", first, 1);
  const auto list = asked.recommend("nobody", 5);
  CHECK(list.source == list_source::history);
  CHECK(pairs(list.items) == expected({{std::stoi(first.substr(1)), 1.0f}}, 5));
  const std::string basket[] = {first, "unknown"};
  CHECK(pairs(asked.recommend_for(basket, 5).items) == pairs(list.items));
}

TEST_CASE("shop: an item counts from the publication on that knows it", "[shop]") {
  shop asked(small_catalogue());
  asked.add_event("new", "late", 1);
  CHECK(asked.recommend("new", 3).source == list_source::popular);
  auto x = clicks();
  akin::item_knn<float> model;
  model.fit(akin::execution::seq, x);
  akin::id_map items;
  for (std::int64_t i = 0; i < x.cols(); ++i) items.insert(i == 0 ? std::string("late") : "i" + std::to_string(i));
  asked.publish({shop_bundle(akin::any_recommender<float>(model), akin_test::names("u", x.rows()), items, x), {}});
  CHECK(asked.version() == 2);
  CHECK(asked.recommend("new", 3).source == list_source::history);
}

TEST_CASE("shop: a model without histories leaves new items out", "[shop]") {
  shop asked({small_bundle(by_id{}, clicks()), {}});
  const auto before = asked.recommend("u3", 3);
  REQUIRE(before.items.size() == 3);
  asked.add_event("u3", before.items[0].item, 1);
  const auto after = asked.recommend("u3", 2);
  CHECK(after.source == list_source::user);
  CHECK(pairs(after.items) == pairs(std::vector{before.items[1], before.items[2]}));
  asked.add_event("new", "i1", 1);
  CHECK(asked.recommend("new", 2).source == list_source::popular);
  CHECK_THROWS_WITH(asked.explain("u3", "i1", 3), contains("cannot explain"));
}

TEST_CASE("shop: explains, compares and finds by name", "[shop]") {
  const shop asked(catalogue(small_bundle(), std::vector<std::string>{"Red <b>Lamp</b>", "blue lamp"}));
  CHECK(pairs(asked.explain("u7", "i1", 4)) == pairs(small_bundle().explain("u7", "i1", {.k = 4})));
  CHECK(pairs(asked.similar_items("i1", 4)) == pairs(small_bundle().similar_items("i1", {.k = 4})));
  CHECK_THROWS_WITH(asked.similar_items("x", 4), contains("no item \"x\""));
  CHECK(asked.find_items("LAMP", 10).size() == 2);
  CHECK(asked.find_items("i3", 100).size() == 11);  // i3, i30 … i39
  CHECK(asked.find_users("u5", 100).size() == 11);
  CHECK(asked.find_users("u5", 3).size() == 3);
}

TEST_CASE("shop: old events of a user give way", "[shop]") {
  shop asked(small_catalogue());
  for (std::size_t i = 0; i < shop::max_new_items + 5; ++i) asked.add_event("u", "item " + std::to_string(i), 1);
  CHECK(asked.history("u", 10'000).size() == shop::max_new_items);
  CHECK(asked.stamp_of("u").events == shop::max_new_items + 5);
}

TEST_CASE("shop: events, answers and publications at once", "[shop]") {
  shop asked(small_catalogue());
  constexpr int writers = 3, events = 200;
  std::atomic<int> wrong = 0, writing = writers;
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w)
    threads.emplace_back([&, w] {
      const std::string user = "writer" + std::to_string(w);
      for (int i = 0; i < events; ++i) {
        const std::string item = "i" + std::to_string(i % 40);
        asked.add_event(user, item, 1);
        for (const auto& row : asked.recommend(user, 5).items) wrong += row.item == item ? 1 : 0;
      }
      --writing;
    });
  threads.emplace_back([&] {
    for (std::uint64_t seed = 2; writing > 0; ++seed) asked.publish(small_catalogue(seed % 5));
  });
  threads.emplace_back([&] {
    while (writing > 0) wrong += asked.recommend("u1", 5).items.size() > 5 ? 1 : 0;
  });
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(asked.events() == writers * events);
}
