#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/baselines/popularity.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/serving/cached.hpp>
#include <akin/serving/live_model.hpp>

#include "serving/threads.hpp"
#include "support/catch.hpp"
#include "support/model_harness.hpp"

namespace execution = akin::execution;

namespace {

std::atomic<int> living = 0, destroyed = 0;

/// Counts those that own something; a move takes it over.
class counted {
 public:
  explicit counted(int value) : value_(std::make_unique<int>(value)) { ++living; }
  counted(counted&& other) noexcept = default;
  counted& operator=(counted&&) = delete;
  ~counted() {
    if (!value_) return;
    *value_ = -1;
    --living;
    ++destroyed;
  }
  int value() const { return *value_; }

 private:
  std::unique_ptr<int> value_;
};

template <class Live>
concept can_be_read = requires(Live&& live) {
  std::forward<Live>(live).read();
};

/// A model whose score of every user and item is its number.
template <class Scalar = float, class Index = std::int32_t>
akin::factor_model<Scalar, Index> constant(Scalar number, int items = 5) {
  return {akin::dense_matrix<Scalar>::Constant(3, 1, number), akin::dense_matrix<Scalar>::Constant(items, 1, 1)};
}

}  // namespace

TEST_CASE("A live_model gives the model that was published last") {
  akin::live_model live(counted(7));
  static_assert(noexcept(live.read()) && std::is_nothrow_move_constructible_v<decltype(live)::snapshot>);
  static_assert(!std::is_copy_constructible_v<decltype(live)::snapshot>);
  CHECK(live.read()->value() == 7);
  CHECK((*live.read()).value() == 7);
  CHECK(live.version() == 1);
  CHECK(live.publish(counted(8)) == 2);
  CHECK(live.version() == 2);
  CHECK(live.read()->value() == 8);
  CHECK(live.read().version() == 2);
}

TEST_CASE("Each model of a live_model is destroyed once, when nobody reads it") {
  living = destroyed = 0;
  {
    akin::live_model live(counted(1));
    CHECK(living == 1);
    live.publish(counted(2));
    CHECK(living == 1);
    CHECK(destroyed == 1);

    std::optional first(live.read()), second(live.read());
    live.publish(counted(3));
    live.publish(counted(4));
    CHECK(living == 2);
    CHECK(live.retired() == 1);
    CHECK((*first)->value() == 2);
    first.reset();
    CHECK(living == 2);
    CHECK((*second)->value() == 2);
    CHECK(second->version() == 2);
    second.reset();
    CHECK(living == 1);
    CHECK(live.retired() == 0);
    CHECK(destroyed == 3);
  }
  CHECK(living == 0);
  CHECK(destroyed == 4);
}

TEST_CASE("A snapshot of a temporary does not compile") {
  using live = akin::live_model<akin::item_knn<float>>;
  STATIC_REQUIRE(can_be_read<const live&>);
  STATIC_REQUIRE_FALSE(can_be_read<live>);
}

TEST_CASE("Snapshots move, and assigning to one leaves what it held") {
  living = destroyed = 0;
  akin::live_model live(counted(1));
  auto held = live.read();
  live.publish(counted(2));
  auto moved = std::move(held);
  CHECK(moved->value() == 1);
  CHECK(living == 2);
  moved = live.read();
  CHECK(moved->value() == 2);
  CHECK(living == 1);
  auto& same = moved;
  moved = std::move(same);
  CHECK(moved->value() == 2);
  decltype(moved) none;
  none = std::move(moved);
  CHECK(none->value() == 2);
}

TEST_CASE("An update changes what is live, and one that throws changes nothing") {
  living = destroyed = 0;
  akin::live_model live(counted(5));
  CHECK(live.update([](const counted& old) { return counted(old.value() + 1); }) == 2);
  CHECK(live.read()->value() == 6);
  CHECK(living == 1);
  CHECK_THROWS_WITH(live.update([](const counted&) -> counted { throw std::runtime_error("no"); }), "no");
  CHECK(live.read()->value() == 6);
  CHECK(live.version() == 2);
  CHECK(living == 1);
  live.publish(counted(9));  // the writers' lock is free again
  CHECK(live.read()->value() == 9);
}

TEST_CASE("An update that returns nothing changes a copy, which is published") {
  akin::live_model live(std::vector<int>{5});
  const auto before = live.read();
  CHECK(live.update([](auto& numbers) { numbers.push_back(6); }) == 2);
  CHECK(*live.read() == std::vector<int>{5, 6});
  CHECK(*before == std::vector<int>{5});
  CHECK_THROWS_WITH(live.update([](std::vector<int>& numbers) {
    numbers.clear();
    throw std::runtime_error("no");
  }),
                    "no");
  CHECK(*live.read() == std::vector<int>{5, 6});
}

TEST_CASE("A live_model refuses to publish where readers hold too many old models") {
  living = destroyed = 0;
  {
    akin::live_model live(counted(0));
    std::vector<decltype(live)::snapshot> held;
    for (int i = 1; i < 4096; ++i) {
      held.push_back(live.read());
      live.publish(counted(i));
    }
    CHECK(living == 4096);
    CHECK(live.retired() == 4095);
    held.push_back(live.read());
    CHECK_THROWS_AS(live.publish(counted(-7)), std::length_error);
    CHECK_THROWS_WITH(live.publish(counted(-7)),
                      "live_model::publish: readers must leave old models, got 4096 that are held");
    CHECK(live.read()->value() == 4095);
    CHECK(live.version() == 4096);
    for (int i = 0; i < 4096; ++i) REQUIRE(held[static_cast<std::size_t>(i)]->value() == i);
    held.erase(held.begin() + 17);
    CHECK(live.publish(counted(5000)) == 4097);
    CHECK(live.read()->value() == 5000);
    held.clear();
    CHECK(live.retired() == 0);
  }
  CHECK(living == 0);
}

TEST_CASE("More readers at once than any fixed number are counted") {
  akin::live_model live(counted(1));
  std::vector<decltype(live)::snapshot> held;
  for (int i = 0; i < 100'000; ++i) held.push_back(live.read());
  living = 1;
  live.publish(counted(2));
  CHECK(living == 2);
  CHECK(held.back()->value() == 1);
  held.resize(1);
  CHECK(living == 2);
  held.clear();
  CHECK(living == 1);
}

TEMPLATE_TEST_CASE("The calls of a model take a live_model", "", (akin::item_knn<float>), (akin::item_knn<double>),
                   (akin::item_knn<float, std::int64_t>)) {
  using scalar_type = typename TestType::scalar_type;
  using index_type = typename TestType::index_type;
  const auto x = akin_test::matrix_of<TestType>(
      4, 5, {{0, 0, 1}, {0, 1, 1}, {1, 0, 1}, {1, 1, 1}, {1, 2, 1}, {2, 2, 1}, {2, 3, 1}, {3, 4, 1}, {3, 1, 1}});
  TestType model;
  model.fit(x);
  const akin::live_model live(model);
  const akin::query<index_type> q = {.k = 3, .exclude = x};
  const auto is_same = [](const auto& a, const auto& b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      CHECK(std::ranges::equal(a.items(i), b.items(i)));
      CHECK(std::ranges::equal(a.scores(i), b.scores(i)));
    }
  };
  const std::vector<index_type> some = {2, 0};
  const auto lists = akin::recommend(execution::seq, model, q);
  is_same(akin::recommend(execution::seq, live, q), lists);
  is_same(akin::recommend(execution::par.threads(3), live, {.k = 3, .exclude = x}), lists);
  is_same(akin::recommend(execution::seq, live, some, q), akin::recommend(execution::seq, model, some, q));
  is_same(akin::recommend_for(execution::seq, live, x, q), akin::recommend_for(execution::seq, model, x, q));
  is_same(akin::similar_items(execution::seq, live, some, {.k = 2}),
          akin::similar_items(execution::seq, model, some, {.k = 2}));
  CHECK(akin::score(live, 0, 2) == akin::score(model, 0, 2));
  CHECK_THROWS_WITH(akin::score(live, 9, 2), "score: user must be an id below 4, got 9");

  akin::workspace<scalar_type, index_type> scratch(*live.read(), 3);
  std::vector<index_type> items(3);
  std::vector<scalar_type> scores(3);
  static_assert(noexcept(akin::recommend_one(live, 0, q, scratch, items, scores)));
  const auto one = akin::recommend_one(live, 0, q, scratch, items, scores);
  REQUIRE(one.status == akin::recommend_status::ok);
  items.resize(one.count);
  CHECK(std::ranges::equal(items, lists.items(0)));

  const auto path = std::filesystem::temp_directory_path() / ("akin_live_model_" + std::to_string(sizeof(scalar_type)));
  akin::save(live, path);
  is_same(akin::recommend(execution::seq, akin::load<TestType>(path), q), lists);
  std::filesystem::remove(path);
}

namespace ours {

struct counted_model : akin::popularity<float> {};
int saved = 0;
void save(const counted_model&, const std::filesystem::path&) { ++saved; }

}  // namespace ours

TEST_CASE("a live_model is saved by akin, whatever the namespace of its model has") {
  ours::counted_model model;
  model.fit(akin_test::matrix_of<akin::popularity<float>>(2, 2, {{0, 1, 1}}));
  const akin::live_model live(model);
  const auto path = std::filesystem::temp_directory_path() / "akin_live_model_of_ours";
  akin::save(live, path);
  CHECK(ours::saved == 0);
  CHECK(akin::load<akin::popularity<float>>(path).items() == 2);
  std::filesystem::remove(path);
}

TEST_CASE("A visitor without a history gets the list of everybody of a live_model, and of a cache of it") {
  akin::popularity<float> model;
  model.fit(akin_test::matrix_of<akin::popularity<float>>(3, 3, {{0, 1, 1}, {1, 1, 1}, {1, 2, 1}}));
  const akin::live_model live(std::move(model));
  const akin::sparse_matrix<float> nobody(1, 3);
  CHECK(std::ranges::equal(akin::recommend_for(execution::par, live, nobody, {.k = 3}).items(0), std::vector{1, 2}));
  akin::cached cache(live);
  CHECK(std::ranges::equal(cache.recommend(2, 3).items(), std::vector{1, 2}));
}

TEST_CASE("recommend_one on a model that has grown says that the workspace is small") {
  akin::live_model live(constant(1.F, 5));
  akin::workspace<float> scratch(*live.read(), 5);
  std::vector<std::int32_t> items(50);
  std::vector<float> scores(50);
  CHECK(akin::recommend_one(live, 0, {.k = 9}, scratch, items, scores).count == 5);
  live.publish(constant(2.F, 50));
  CHECK(akin::recommend_one(live, 0, {.k = 9}, scratch, items, scores).status ==
        akin::recommend_status::small_workspace);
  scratch.grow(*live.read(), 9);
  CHECK(akin::recommend_one(live, 0, {.k = 9}, scratch, items, scores).count == 9);
  live.publish({});
  CHECK(akin::recommend_one(live, 0, {.k = 9}, scratch, items, scores).status == akin::recommend_status::not_fitted);
}

TEST_CASE("Many writers lose no update") {
  akin::live_model live(counted(0));
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w)
    writers.emplace_back([&] {
      for (int i = 0; i < 500; ++i) live.update([](const counted& old) { return counted(old.value() + 1); });
    });
  for (auto& writer : writers) writer.join();
  CHECK(live.read()->value() == 2000);
  CHECK(live.version() == 2001);
}

TEST_CASE("Readers see whole models, in the order of their publication, while writers replace them", "[stress]") {
  living = destroyed = 0;
  std::atomic<std::int64_t> wrong = 0, reads = 0;
  std::uint64_t published = 0;
  {
    // The number of a model is in all of its scores: a torn or freed one would show another.
    struct numbered {
      counted mark;
      akin::factor_model<float> model;
    };
    const auto make = [](int number) {
      return numbered{counted(number), constant(static_cast<float>(number % 1000), 40)};
    };
    akin::live_model<numbered> live(make(0));
    const auto read = [&](int turn) {
      thread_local std::uint64_t newest = 0;
      if (turn == 0) newest = 0;
      const auto now = live.read();
      const auto outer = turn % 7 == 0 ? live.read() : decltype(live.read())();
      if (now.version() < newest) ++wrong;
      newest = now.version();
      const auto expected = static_cast<float>(now->mark.value() % 1000);
      float scores[40];
      now->model.score_all(turn % 3, scores);
      for (const float score : scores) wrong += score != expected;
      if (turn % 7 == 0 && outer.version() < newest) ++wrong;
      ++reads;
    };
    const auto update = [&](int) { live.update([&](const numbered& old) { return make(old.mark.value() + 1); }); };
    akin_test::run_together({read, read, read, update, update});
    CHECK(live.retired() == 0);
    published = live.version();
    CHECK(static_cast<std::uint64_t>(live.read()->mark.value()) == published - 1);
  }
  CHECK(wrong == 0);
  CHECK(living == 0);
  CHECK(static_cast<std::uint64_t>(destroyed) == published);
  CHECK(reads > 0);
  CHECK(published > 1);
}
