#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <span>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <akin/data/id_map.hpp>
#include <akin/data/interaction_log.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/serving/bundle.hpp>
#include <akin/serving/cached.hpp>
#include <akin/serving/live_model.hpp>

#include "serving/fitted.hpp"
#include "serving/threads.hpp"
#include "support/catch.hpp"
#include "support/model_harness.hpp"

namespace execution = akin::execution;

namespace {

/// Stands still until it is told to go.
struct fake_clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<fake_clock>;
  static inline std::int64_t seconds = 0;
  static time_point now() noexcept { return time_point(std::chrono::seconds(seconds)); }
};

/// Scores item i by (number + i) % items, and counts how often it is asked.
template <class Scalar = float, class Index = std::int32_t>
struct asked_model {
  using scalar_type = Scalar;
  using index_type = Index;
  static inline std::atomic<int> asked = 0;

  std::int64_t number = 0;

  std::int64_t users() const { return 100; }
  std::int64_t items() const { return 8; }
  bool knows_user(Index user) const { return user != 99; }
  bool knows_item(Index) const { return true; }
  Scalar score(Index, Index item) const { return static_cast<Scalar>((number + item) % items()); }
  void score_all(Index user, std::span<Scalar> out) const {
    ++asked;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = score(user, static_cast<Index>(i));
  }
};

/// How often `model` is asked by body().
template <class Model = asked_model<>, class Body>
int questions(const Body& body) {
  const int before = Model::asked;
  body();
  return Model::asked - before;
}

}  // namespace

TEMPLATE_TEST_CASE("A cache gives what recommend gives, and asks the model once", "", (asked_model<float>),
                   (asked_model<double>), (asked_model<float, std::int64_t>)) {
  using index_type = typename TestType::index_type;
  const TestType model{3};
  const std::array<index_type, 2> candidates = {1, 6};
  akin::cached cache(model, {.candidates = candidates}, {.capacity = 10});
  const auto expected = akin::recommend(execution::seq, model, {.k = 2, .candidates = candidates});
  for (const index_type user : {4, 7, 4, 4, 7}) {
    const auto list = cache.recommend(user, 2);
    CHECK(std::ranges::equal(list.items(), expected.items(static_cast<std::size_t>(user))));
    CHECK(std::ranges::equal(list.scores(), expected.scores(static_cast<std::size_t>(user))));
  }
  CHECK(cache.counters().hits == 3);
  CHECK(cache.counters().misses == 2);
  CHECK(cache.size() == 2);
  CHECK(questions<TestType>([&] { cache.recommend(4, 2); }) == 0);
  CHECK(questions<TestType>([&] { cache.recommend(4, 1); }) == 1);  // lists of another length are others
  CHECK(cache.recommend(4, 1).items().size() == 1);
  CHECK(cache.recommend(4, 2).items().size() == 2);
  CHECK(cache.recommend(99, 2).items().empty());
  CHECK(questions<TestType>([&] { cache.recommend(99, 2); }) == 0);
  CHECK(cache.recommend(5, 100).items().size() == 2);
}

TEST_CASE("A cache owns what its query was made of as temporaries") {
  const asked_model<> model;  // item i gets the score i
  const auto seen = [] {
    akin::sparse_matrix<float> x(100, 8);
    for (int user = 0; user < 100; ++user) x.insert(user, 7) = 1;
    x.makeCompressed();
    return x;
  };
  const auto is_six = [](std::int64_t item) { return item == 6; };
  const auto query_of = [&] { return akin::query<>{.exclude = seen(), .deny = akin::item_mask(8, is_six)}; };
  akin::cached cache(model, {.exclude = seen(), .deny = akin::item_mask(8, is_six)}, {.capacity = 100});
  akin::cached returned(model, query_of(), {.capacity = 100});
  akin::cached candidates(model, {.candidates = std::vector<int>{7, 2, 5},
                                  .allow = akin::item_mask(8, [](std::int64_t item) { return item < 6; }),
                                  .available = {.from = std::vector<std::int64_t>{0, 0, 0, 0, 0, 9, 0, 0},
                                                .until = std::vector<std::int64_t>(8, 10),
                                                .at = 5}});
  // Takes the memory that a query would look at which owns nothing.
  const std::vector<std::vector<std::int32_t>> others(50, std::vector<std::int32_t>(100));
  const std::vector<std::vector<std::int64_t>> masks(50, std::vector<std::int64_t>(1)),
      times(50, std::vector<std::int64_t>(8));
  for (const int user : {0, 99 - 1}) {
    CHECK(std::ranges::equal(cache.recommend(user, 2).items(), std::array{5, 4}));
    CHECK(std::ranges::equal(returned.recommend(user, 2).items(), std::array{5, 4}));
    CHECK(std::ranges::equal(candidates.recommend(user, 2).items(), std::array{2}));
  }
  const auto q = query_of();
  CHECK(std::ranges::equal(akin::recommend(execution::par, model, q).items(0), std::array{5, 4, 3, 2, 1, 0}));
}

TEST_CASE("A cache drops the list that was used longest ago") {
  const asked_model<> model;
  akin::cached cache(model, {}, {.capacity = 3, .shards = 1});
  const auto is_new = [&](int user) { return questions([&] { cache.recommend(user, 2); }) == 1; };
  for (const int user : {1, 2, 3}) CHECK(is_new(user));
  CHECK(cache.counters().evicted == 0);
  CHECK_FALSE(is_new(1));
  CHECK(is_new(4));  // 2 goes
  CHECK(cache.size() == 3);
  CHECK_FALSE(is_new(3));
  CHECK_FALSE(is_new(1));
  CHECK(is_new(2));  // 4 goes
  CHECK_FALSE(is_new(3));
  CHECK_FALSE(is_new(1));
  CHECK(is_new(4));
  CHECK(cache.counters().evicted == 3);
}

TEST_CASE("A cache holds no more lists than its capacity, however many shards it has") {
  for (const int shards : {1, 3, 7, 200}) {
    for (const std::int64_t capacity : {1, 2, 10, 23}) {
      const asked_model<> model;
      akin::cached cache(model, {}, {.capacity = capacity, .shards = shards});
      for (int user = 0; user < 99; ++user) cache.recommend(user, 2);
      CAPTURE(shards, capacity);
      CHECK(cache.size() == capacity);
      CHECK(cache.counters().evicted == 99 - capacity);
    }
  }
}

TEST_CASE("A list of a cache expires") {
  fake_clock::seconds = 1000;
  const asked_model<> model;
  akin::cached<asked_model<>, fake_clock> cache(model, {}, {.time_to_live = 10});
  cache.recommend(1, 2);
  fake_clock::seconds = 1009;
  cache.recommend(2, 2);
  CHECK(questions([&] { cache.recommend(1, 2); }) == 0);
  fake_clock::seconds = 1010;  // a hit does not make it younger
  CHECK(questions([&] { cache.recommend(1, 2); }) == 1);
  CHECK(questions([&] { cache.recommend(2, 2); }) == 0);
  CHECK(cache.counters().expired == 1);
  CHECK(cache.counters().misses == 3);
  CHECK(cache.size() == 2);
}

TEST_CASE("invalidate forgets all lists of one user, clear those of all") {
  const asked_model<> model;
  akin::cached cache(model, {}, {.shards = 2});
  for (const int user : {1, 3, 5})
    for (const int k : {1, 2, 3}) cache.recommend(user, k);
  cache.invalidate(3);
  CHECK(cache.size() == 6);
  CHECK(questions([&] {
          for (const int user : {1, 5})
            for (const int k : {1, 2, 3}) cache.recommend(user, k);
        }) == 0);
  CHECK(questions([&] { cache.recommend(3, 2); }) == 1);
  cache.invalidate(77);
  cache.invalidate(-1);
  CHECK(cache.size() == 7);
  const auto kept = cache.recommend(1, 3);
  cache.clear();
  CHECK(cache.size() == 0);
  CHECK(kept.items().size() == 3);  // stays with who has it
  CHECK(questions([&] { cache.recommend(1, 3); }) == 1);
}

TEST_CASE("A list that is being made when its user is invalidated is not kept") {
  const asked_model<> model;
  std::function<void()> meanwhile;
  akin::cached cache(model,
                     [&](const asked_model<>&) {
                       if (meanwhile) std::exchange(meanwhile, nullptr)();
                       return akin::query<>();
                     },
                     {.shards = 1});
  meanwhile = [&] { cache.invalidate(4); };
  CHECK(cache.recommend(4, 3).items().size() == 3);
  CHECK(cache.size() == 0);
  meanwhile = [&] { cache.clear(); };
  cache.recommend(4, 3);
  CHECK(cache.size() == 0);
  cache.recommend(4, 3);
  CHECK(cache.size() == 1);
}

TEST_CASE("Of a live_model a cache gives lists of the version that is live") {
  akin::live_model live(asked_model<>{0});
  akin::cached cache(live, {}, {});
  CHECK(cache.recommend(1, 1).items()[0] == 7);
  CHECK(questions([&] { cache.recommend(1, 1); }) == 0);
  live.publish(asked_model<>{2});
  CHECK(cache.recommend(1, 1).items()[0] == 5);
  CHECK(cache.counters().outdated == 1);
  CHECK(cache.size() == 1);
  CHECK(questions([&] { cache.recommend(1, 1); }) == 0);
  CHECK(live.retired() == 0);
}

TEST_CASE("A list of an old model does not replace one of a newer") {
  akin::live_model live(asked_model<>{0});
  std::function<void()> meanwhile;
  akin::cached cache(live, [&](const asked_model<>&) {
    if (meanwhile) std::exchange(meanwhile, nullptr)();
    return akin::query<>();
  });
  meanwhile = [&] {
    live.publish(asked_model<>{2});
    cache.recommend(1, 1);
  };
  CHECK(cache.recommend(1, 1).items()[0] == 7);  // began before the publication
  CHECK(questions([&] { CHECK(cache.recommend(1, 1).items()[0] == 5); }) == 0);
}

TEST_CASE("A query may come from the model that answers") {
  using model_type = akin::item_knn<float>;
  const auto fitted = [](int users) {
    std::vector<Eigen::Triplet<float>> clicks;
    for (int u = 0; u < users; ++u) {
      clicks.emplace_back(u, u % 4, 1.F);
      clicks.emplace_back(u, (u + 1) % 4, 1.F);
    }
    akin::sparse_matrix<float> x(users, 4);
    x.setFromTriplets(clicks.begin(), clicks.end());
    model_type model;
    model.fit(x);
    return model;
  };
  akin::live_model live(fitted(8));
  akin::cached cache(live, [](const model_type& model) { return akin::query<>{.exclude = model.histories()}; });
  for (const int users : {8, 12}) {
    live.publish(fitted(users));
    for (const int user : {0, users - 1}) {
      const auto list = cache.recommend(user, 4);
      CHECK(list.items().size() == 2);
      for (const int item : list.items()) CHECK((item != user % 4 && item != (user + 1) % 4));
    }
  }
}

namespace {

akin::bundle<akin::item_knn<float>> some_shop() {
  const auto clicks = akin_test::some_clicks<akin::item_knn<float>>();
  return {fitted<akin::item_knn<float>>(), numbered(60), numbered(40), clicks};
}

}  // namespace

TEST_CASE("A cache of a bundle is asked by name, and keeps its lists") {
  const auto shop = some_shop();
  akin::cached cache(shop);
  const auto expected = shop.recommend("n3", {.k = 10});
  REQUIRE_FALSE(expected.empty());
  CHECK(cache.recommend("n3") == expected);
  CHECK(cache.recommend("n3") == expected);
  CHECK(cache.recommend("n3", 4) == shop.recommend("n3", {.k = 4}));
  CHECK(cache.counters().hits == 1);
  CHECK(cache.counters().misses == 2);
  // By id the query excludes nothing: another list, which the cache does not mix up with those by name.
  const std::int32_t user[] = {3};
  CHECK(std::ranges::equal(cache.recommend(3, 10).items(),
                           akin::recommend(execution::seq, shop, user, {.k = 10}).items(0)));
  CHECK(cache.recommend("n3") == expected);
  CHECK(cache.size() == 3);
  cache.invalidate("n3");
  CHECK(cache.size() == 0);
  CHECK_THROWS_WITH(cache.recommend("nobody"), "cached: there is no user \"nobody\"");
  CHECK_THROWS_AS(cache.invalidate("nobody"), std::out_of_range);
  CHECK_THROWS_AS(cache.recommend("n3", 0), std::invalid_argument);
}

TEST_CASE("A cache of a live bundle is asked by the names of the version that is live") {
  akin::live_model live(some_shop());
  akin::cached cache(live);
  CHECK(cache.recommend("n3", 5) == live.recommend("n3", {.k = 5}));
  const auto users = std::make_shared<akin::id_map>(), items = std::make_shared<akin::id_map>();
  users->insert("new"), items->insert("n3"), items->insert("unheard of");
  const akin::interaction_log log(
      akin::interaction_arrays{.users = {0, 0}, .items = {0, 1}, .user_ids = users, .item_ids = items});
  CHECK_THROWS_AS(cache.recommend("new"), std::out_of_range);
  CHECK(live.update([&](auto& shop) { shop.partial_fit(execution::seq, log); }) == 2);
  CHECK(cache.recommend("new", 5) == live.recommend("new", {.k = 5}));
  CHECK(cache.recommend("n3", 5) == live.recommend("n3", {.k = 5}));
  CHECK(cache.counters().outdated == 1);
  CHECK(cache.recommend("n3", 5) == live.recommend("n3", {.k = 5}));
  CHECK(cache.counters().hits == 1);
}

TEST_CASE("A cache of a bundle answers every verb by name, alone and live") {
  const auto shop = some_shop();
  akin::live_model live(some_shop());
  const std::vector<std::string> basket = {"n3", "n7", "unheard of"};
  const std::string item = shop.recommend("n3", {.k = 1}).at(0).item;
  const auto check = [&](const auto& cache) {
    CHECK(cache.recommend_for(basket, {.k = 5}) == shop.recommend_for(basket, {.k = 5}));
    CHECK(cache.similar_items("n7", {.k = 5}) == shop.similar_items("n7", {.k = 5}));
    CHECK(cache.explain("n3", item) == shop.explain("n3", item));
    CHECK((cache.contains("n3") && !cache.contains("nobody")));
    CHECK((cache.contains_item("n7") && !cache.contains_item("unheard of")));
    CHECK(cache.size() == 0);
    CHECK_THROWS_AS(cache.explain("nobody", item), std::out_of_range);
  };
  REQUIRE_FALSE(shop.recommend_for(basket, {.k = 5}).empty());
  REQUIRE_FALSE(shop.explain("n3", item).empty());
  check(akin::cached(shop));
  check(akin::cached(live));
  CHECK((live.contains_item("n7") && !live.contains_item("unheard of")));
}

TEST_CASE("A cache owns a model that is moved in") {
  akin::cached cache(asked_model<>{1}, {}, {.capacity = 5});
  auto moved = std::move(cache);
  CHECK(moved.recommend(0, 1).items()[0] == 6);
  akin::cached by_function(asked_model<>{1}, [](const asked_model<>&) { return akin::query<>(); });
  CHECK(by_function.recommend(0, 1).items()[0] == 6);
}

TEST_CASE("A cache refuses bad options, and keeps nothing of a call that throws") {
  const asked_model<> model;
  using cache_type = akin::cached<asked_model<>>;
  CHECK_THROWS_WITH(cache_type(model, {}, {.capacity = 0}), "cached: capacity must be positive, got 0");
  CHECK_THROWS_WITH(cache_type(model, {}, {.time_to_live = 0}), "cached: time_to_live must be positive, got 0");
  CHECK_THROWS_AS(cache_type(model, {}, {.time_to_live = std::numeric_limits<double>::quiet_NaN()}),
                  std::invalid_argument);
  CHECK_THROWS_WITH(cache_type(model, {}, {.shards = -1}), "cached: shards must be positive, got -1");
  cache_type cache(model);
  CHECK_THROWS_WITH(cache.recommend(100, 3), "recommend: each of users must be an id below 100, got 100");
  CHECK_THROWS_AS(cache.recommend(-1, 3), std::invalid_argument);
  CHECK_THROWS_AS(cache.recommend(1, 0), std::invalid_argument);
  CHECK(cache.size() == 0);
  akin::cached unfitted(akin::factor_model<float>{});
  CHECK_THROWS_AS(unfitted.recommend(0, 3), akin::not_fitted);
  CHECK(akin::cached_list<float>().items().empty());
}

TEST_CASE("No thread gets a list older than the last invalidation or publication that it knows of", "[stress]") {
  // item_of[user] is the only candidate; who changes it invalidates the user and then says so in `announced`.
  constexpr int users = 40;
  std::array<std::atomic<int>, users> item_of = {}, announced = {};
  std::array<std::mutex, users> changing;
  akin::live_model live(asked_model<>{0});
  thread_local int user_asked = 0;
  thread_local std::int32_t candidate = 0;
  akin::cached cache(live,
                     [&](const asked_model<>&) {
                       candidate = item_of[static_cast<std::size_t>(user_asked)].load() % 8;
                       return akin::query<>{.candidates = std::span<const std::int32_t>(&candidate, 1)};
                     },
                     {.capacity = 30, .time_to_live = 0.01, .shards = 4});
  std::atomic<std::int64_t> wrong = 0, published = 1;
  const auto read = [&](int turn) {
    user_asked = (turn * 7 + turn / 11) % users;
    const auto u = static_cast<std::size_t>(user_asked);
    const int least = announced[u].load();
    const std::int64_t number = published.load();
    const auto list = cache.recommend(user_asked, 2);
    const int most = item_of[u].load();
    if (list.items().size() != 1) {
      ++wrong;
      return;
    }
    // The score says which model it is from, and the item when the query was made.
    bool is_possible = false;
    const std::int64_t live_now = static_cast<std::int64_t>(live.version());
    for (int value = least; value <= most && value < least + 8; ++value)
      for (std::int64_t n = number; n <= live_now && n < number + 8; ++n)
        is_possible |= list.items()[0] == value % 8 && list.scores()[0] == static_cast<float>((n + value % 8) % 8);
    wrong += !is_possible;
  };
  const auto change = [&](int turn) {
    const auto u = static_cast<std::size_t>(turn * 3 % users);
    const std::lock_guard lock(changing[u]);
    const int value = ++item_of[u];
    cache.invalidate(static_cast<std::int32_t>(u));
    announced[u] = value;
    if (turn % 64 == 0) cache.clear();
    std::this_thread::sleep_for(std::chrono::microseconds(20));
  };
  const auto publish = [&](int) {
    const auto version = live.update([](const asked_model<>& old) { return asked_model<>{old.number + 1}; });
    published = static_cast<std::int64_t>(version) - 1;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  };
  published = 0;
  akin_test::run_together({read, read, change, change, publish});
  CHECK(wrong == 0);
  CHECK(cache.size() <= 30);
  const auto counters = cache.counters();
  CHECK(counters.hits > 0);
  CHECK(counters.misses > 0);
}
