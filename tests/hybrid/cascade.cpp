#include <algorithm>
#include <limits>
#include <vector>

#include <akin/graph/graph_filter.hpp>
#include <akin/hybrid/cascade.hpp>
#include <akin/io/model_file.hpp>
#include <akin/retrieval/recommend_for.hpp>

#include "hybrid/hybrid_data.hpp"

using namespace hybrid_test;
using akin::cascade;

namespace {
constexpr float none = -std::numeric_limits<float>::infinity();
}

TEST_CASE("a cascade by hand: the best of the cheap model get the costly model's scores") {
  const auto cheap = table<float>({{1, 9, 8, none, 2}, {1, 2, 3, 4, 5}, {1, 1, 1, 1, 1}}, {2});
  const auto costly = table<float>({{50, -3, 4, 60, 70}, {5, 5, 5, 5, 5}, {1, 1, 1, 1, 1}}, {1});
  const auto model = cascade(cheap, costly, {.retrieve = 2});
  // User 0: items 1 and 2 are retrieved; 0 and 4 go to -3 - 3 and -3 - 1.5.
  CHECK(scores_of(model, 0) == std::vector<float>{-6, -3, 4, none, -4.5f});
  CHECK(scores_of(model, 1) == std::vector<float>{1, 2, 3, 4, 5});
  CHECK_FALSE(model.knows_user(2));
  const auto lists = akin::recommend(akin::execution::par, model, {.k = 3});
  CHECK(items_of(lists, 0) == std::vector<std::int64_t>{2, 1, 4});
}

TEST_CASE("a cascade that retrieves everything ranks as the costly model") {
  const trio<> models;
  akin::graph_filter<float> graph;
  graph.fit(models.clicks);
  const auto check = [&](const auto& costly) {
    const auto model = cascade(models.popular, costly, {.retrieve = 1000});
    check_consistent(model);
    const auto a = akin::recommend(akin::execution::par, model, {.k = 10, .exclude = models.clicks});
    const auto b = akin::recommend(akin::execution::par, costly, {.k = 10, .exclude = models.clicks});
    for (std::size_t u = 1; u < a.size(); ++u) CHECK(items_of(a, u) == items_of(b, u));
  };
  check(models.als);
  check(graph);
}

TEST_CASE("what is not retrieved follows in the order of the cheap model") {
  const trio<double, std::int64_t> models;
  const auto model = cascade(models.popular, models.als, {.retrieve = 5});
  check_consistent(model);
  const auto lists = akin::recommend(akin::execution::par, model, {.k = 50});
  const auto popular = akin::recommend(akin::execution::par, models.popular, {.k = 50});
  for (std::size_t u = 1; u < lists.size(); ++u) {
    auto mine = items_of(lists, u), all = items_of(popular, u);
    REQUIRE(mine.size() == all.size());
    CHECK(std::equal(mine.begin() + 5, mine.end(), all.begin() + 5));
    CHECK(std::is_permutation(mine.begin(), mine.begin() + 5, all.begin()));
    for (std::size_t i = 0; i < 5; ++i)
      CHECK(lists.scores(u)[i] == models.als.score(static_cast<std::int64_t>(u), lists.items(u)[i]));
  }
}

TEST_CASE("a cascade scores histories, and comes back from its file") {
  const trio<> models;
  const auto model = cascade(models.knn, models.als, {.retrieve = 10});
  const auto a = akin::recommend(akin::execution::par, model, {.k = 10}),
             b = akin::recommend_for(akin::execution::par, model, models.clicks, {.k = 10});
  for (std::size_t u = 0; u < a.size(); ++u) CHECK(items_of(a, u) == items_of(b, u));
  const auto bytes = akin_test::bytes_of(model);
  const auto again =
      akin::detail::read_model<std::decay_t<decltype(model)>>(akin::detail::read_model_bytes(bytes, "memory"));
  CHECK(akin_test::bytes_of(again) == bytes);
  CHECK(again.options().retrieve == 10);
  CHECK(akin_test::same_lists(model, again, 10));
}

TEST_CASE("a visitor without a history gets what the cheap model has for everybody") {
  const trio<> models;
  check_visitor(cascade(models.popular, models.als, {.retrieve = 10}), 10);
  check_visitor(cascade(models.knn, models.popular, {.retrieve = 10}), 0);
}

TEST_CASE("a cascade of models that were fitted on nothing says so") {
  check_nothing([](const auto& a, const auto& b) { return cascade(a, b); });
}

TEST_CASE("bad cascades are refused") {
  const auto a = table<float>({{1, 2}});
  CHECK_THROWS_WITH(cascade(a, a, {.retrieve = 0}), "cascade: retrieve must be positive, got 0");
  CHECK_THROWS_WITH(cascade(a, table<float>({{1}})), contains("got 1 users x 2 items and 1 users x 1 items"));
  akin::popularity<float> empty;
  empty.fit(akin::sparse_matrix<float>(5, 0));
  CHECK(akin::recommend(akin::execution::par, cascade(empty, empty), {.k = 3}).items(4).empty());
}
