#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <akin/baselines/bias.hpp>
#include <akin/factorization/biased_mf.hpp>
#include <akin/hybrid/blend.hpp>
#include <akin/hybrid/fallback.hpp>
#include <akin/hybrid/switching.hpp>
#include <akin/io/model_file.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/similar_items.hpp>

#include "hybrid/hybrid_data.hpp"

using namespace hybrid_test;
using akin::fallback;

namespace {

constexpr float none = -std::numeric_limits<float>::infinity();

/// The order in which the chain of these rows ranks items: those of the first that has any, then of the next.
std::vector<std::int64_t> order_of(const std::vector<std::vector<double>>& rows) {
  std::vector<std::int64_t> result;
  for (const auto& row : rows) {
    std::vector<std::int64_t> mine;
    for (std::size_t i = 0; i < row.size(); ++i)
      if (std::isfinite(row[i]) && std::ranges::find(result, static_cast<std::int64_t>(i)) == result.end())
        mine.push_back(static_cast<std::int64_t>(i));
    std::ranges::stable_sort(
        mine, [&](auto a, auto b) { return row[static_cast<std::size_t>(a)] > row[static_cast<std::size_t>(b)]; });
    result.insert(result.end(), mine.begin(), mine.end());
  }
  return result;
}

}  // namespace

TEST_CASE("a fallback by hand: the first keeps its scores, the next comes below in its order") {
  const auto a = table<float>({{5, none, 3, none}, {1, 2, 3, 4}, {9, 9, 9, 9}}, {1});
  const auto b = table<float>({{100, 7, 200, 9}, {4, none, 6, 5}, {0, 0, 0, 0}});
  const auto chain = fallback(a, b);
  // User 0: 3 is the lowest of a, so b's 7 to 9 go to 3 - 3 to 3 - 1.5.
  CHECK(scores_of(chain, 0) == std::vector<float>{5, 0, 3, 1.5f});
  CHECK(scores_of(chain, 1) == std::vector<float>{4, none, 6, 5});
  CHECK(scores_of(chain, 2) == std::vector<float>{9, 9, 9, 9});
  CHECK(chain.source(0) == 0u);
  CHECK(chain.source(1) == 1u);
  CHECK(chain.source(0, 0) == 0u);
  CHECK(chain.source(0, 1) == 1u);
  CHECK(chain.source(1, 1) == std::nullopt);
  CHECK(chain.score(1, 1) == 0);
  const auto lists = akin::recommend(akin::execution::par, chain, {.k = 4});
  CHECK(items_of(lists, 0) == std::vector<std::int64_t>{0, 2, 3, 1});
  CHECK(items_of(lists, 1) == std::vector<std::int64_t>{2, 3, 0});
}

TEST_CASE("equal scores stay equal, and negative and huge ones come below all the same") {
  const auto a = table<float>({{-1e30f, none, none, none, none}});
  const auto b = table<float>({{0, -2, 5, 5, none}});
  const auto c = table<float>({{9, 9, 9, 9, 9}});
  const auto row = scores_of(fallback(a, b, c), 0);
  CHECK(row[2] == row[3]);
  CHECK(row[0] > row[2]);
  CHECK(row[2] > row[1]);
  CHECK(row[1] > row[4]);
  CHECK(std::isfinite(row[4]));
  constexpr double most = std::numeric_limits<double>::max();
  const auto deep = table<double>({{-most, -std::numeric_limits<double>::infinity()}});
  const auto wide = table<double>({{most, -most}});
  CHECK(std::isfinite(scores_of(fallback(deep, wide), 0)[1]));
}

TEST_CASE("nobody knows the user: an empty list") {
  const auto a = table<float>({{1, 2}, {1, 2}}, {0});
  const auto chain = fallback(a, table<float>({{1, 2}, {1, 2}}, {0, 1}));
  CHECK(chain.source(0) == std::nullopt);
  CHECK_FALSE(chain.knows_user(0));
  CHECK(chain.score(0, 1) == 0);
  CHECK(akin::recommend(akin::execution::par, chain, {.k = 2}).items(0).empty());
}

TEST_CASE("a chain of trained models ranks as its models one after the other") {
  const trio<float, std::int64_t> models;
  const auto chain = fallback(models.knn, models.als, models.popular);
  check_consistent(chain);
  const auto lists = akin::recommend(akin::execution::par, chain, {.k = 50});
  for (std::int64_t user = 0; user < 70; ++user) {
    std::vector<std::vector<double>> rows;
    const auto add = [&](const auto& model) {
      if (!model.knows_user(user)) return;
      const auto row = scores_of(model, user);
      rows.emplace_back(row.begin(), row.end());
    };
    add(models.knn), add(models.als), add(models.popular);
    CHECK(items_of(lists, static_cast<std::size_t>(user)) == order_of(rows));
  }
  CHECK(chain.source(0) == 2u);
  CHECK(chain.source(1) == 0u);
}

TEST_CASE("with popularity at the end nobody goes away empty-handed") {
  const trio<> models;
  const auto chain = fallback(models.knn, models.popular);
  const auto lists = akin::recommend(akin::execution::par, chain, {.k = 10, .exclude = models.clicks});
  const auto knn = akin::recommend(akin::execution::par, models.knn, {.k = 10, .exclude = models.clicks});
  for (std::size_t u = 0; u < lists.size(); ++u) {
    REQUIRE(lists.items(u).size() == 10);
    for (std::size_t i = 0; i < knn.items(u).size(); ++i) {
      CHECK(lists.items(u)[i] == knn.items(u)[i]);
      CHECK(lists.scores(u)[i] == knn.scores(u)[i]);
    }
    for (std::size_t i = 1; i < 10; ++i) CHECK(lists.scores(u)[i - 1] >= lists.scores(u)[i]);
  }
}

TEST_CASE("a chain of a blend scores histories, without the models that cannot") {
  const trio<> models;
  const auto mixed =
      akin::blend(akin::normalization::min_max, akin::weighted(0.5, models.als), akin::weighted(0.5, models.knn));
  const auto chosen = akin::switching([](std::int32_t) { return 0; }, models.popular);
  const auto chain = fallback(models.knn, mixed, chosen);
  const auto histories = akin::recommend_for(akin::execution::par, chain, models.clicks, {.k = 5});
  const auto users = akin::recommend(akin::execution::par, fallback(models.knn, mixed), {.k = 5});
  for (std::size_t u = 0; u < histories.size(); ++u) CHECK(items_of(histories, u) == items_of(users, u));
}

TEST_CASE("popularity fills the list of a history too") {
  const trio<> models;
  const auto chain = fallback(models.knn, models.popular);
  const akin::query<std::int32_t> q{.k = 10, .exclude = models.clicks};
  const auto histories = akin::recommend_for(akin::execution::par, chain, models.clicks, q);
  const auto users = akin::recommend(akin::execution::par, chain, q);
  for (std::size_t u = 0; u < histories.size(); ++u) {
    CHECK(histories.items(u).size() == 10);
    CHECK(items_of(histories, u) == items_of(users, u));
  }
}

TEST_CASE("a visitor without a history gets the list of the first that has one for everybody") {
  const trio<> models;
  check_visitor(fallback(models.knn, models.popular), 10);
  check_visitor(fallback(models.als, fallback(models.knn, models.popular)), 10);
  check_visitor(fallback(models.knn, models.als), 0);
  akin::biased_mf<float> rated({.factors = 2, .epochs = 2});
  akin::bias<float> mean;
  rated.fit(models.clicks), mean.fit(models.clicks);
  check_visitor(fallback(rated, mean), 10);
}

TEST_CASE("similar items come from the first that can compare") {
  const trio<> models;
  const std::int32_t items[] = {4};
  const auto chain =
      akin::similar_items(akin::execution::par, fallback(models.knn, models.als, models.popular), items, {.k = 50});
  const auto knn = akin::similar_items(akin::execution::par, models.knn, items, {.k = 50});
  const auto als = akin::similar_items(akin::execution::par, models.als, items, {.k = 50});
  CHECK(chain.items(0).size() == als.items(0).size());
  REQUIRE(knn.items(0).size() < chain.items(0).size());
  CHECK(std::ranges::equal(knn.items(0), chain.items(0).first(knn.items(0).size())));
}

TEST_CASE("a chain comes back from its file with its models") {
  const trio<> models;
  const auto chain = fallback(models.als, models.popular);
  const auto bytes = akin_test::bytes_of(chain);
  const auto again =
      akin::detail::read_model<std::decay_t<decltype(chain)>>(akin::detail::read_model_bytes(bytes, "memory"));
  CHECK(akin_test::bytes_of(again) == bytes);
  CHECK(akin_test::same_lists(chain, again, 10));
}

TEST_CASE("a chain owns what was moved into it") {
  const trio<double> models;
  const auto make = [&] {
    return fallback(akin::item_knn<double>(models.knn), akin::popularity<double>(models.popular));
  };
  CHECK(akin_test::same_lists(
      make(), fallback(akin::item_knn<double>(models.knn), akin::popularity<double>(models.popular)), 10));
}

TEST_CASE("a chain owns constants that a function returned") {
  const auto made = []() -> const decltype(table<float>({})) { return table<float>({{1, 2, 3}, {4, 5, 6}}); };
  const auto chain = fallback(made());
  const std::vector<std::vector<float>> others(20, std::vector<float>(9));  // takes the memory of what is gone
  CHECK(akin::score(chain, 1, 2) == 6);
}

TEST_CASE("a chain of models that were fitted on nothing says so") {
  check_nothing([](const auto& a, const auto& b) { return fallback(a, b); });
}

TEST_CASE("chains that make no sense are refused") {
  const auto a = table<float>({{1, 2}});
  const auto b = table<float>({{1, 2, 3}});
  CHECK_THROWS_WITH(
      fallback(a, b),
      "fallback: the models must have the same users and items, got 1 users x 2 items and 1 users x 3 items");
  CHECK_THROWS_WITH(fallback(a).source(1, 0), "fallback::source: user must be an id below 1, got 1");
  CHECK_THROWS_WITH(fallback(a).source(0, 2), "fallback::source: item must be an id below 2, got 2");
  const akin::popularity<float> young;
  CHECK_THROWS_AS(akin::recommend(akin::execution::seq, fallback(young, young), {.k = 3}), akin::not_fitted);
}
