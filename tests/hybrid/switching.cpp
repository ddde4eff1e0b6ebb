#include <algorithm>
#include <vector>

#include <akin/hybrid/fallback.hpp>
#include <akin/hybrid/switching.hpp>

#include "hybrid/hybrid_data.hpp"

using namespace hybrid_test;
using akin::switching;

TEST_CASE("each user is answered by the model that the rule names") {
  const trio<> models;
  const auto few = [&](std::int32_t user) {
    return models.clicks.outerIndexPtr()[user + 1] - models.clicks.outerIndexPtr()[user] < 6;
  };
  const auto model = switching(few, models.als, models.popular);
  check_consistent(model);
  const auto lists = akin::recommend(akin::execution::par, model, {.k = 10, .exclude = models.clicks});
  const auto als = akin::recommend(akin::execution::par, models.als, {.k = 10, .exclude = models.clicks});
  const auto popular = akin::recommend(akin::execution::par, models.popular, {.k = 10, .exclude = models.clicks});
  int switched = 0;
  for (std::int32_t u = 0; u < 70; ++u) {
    const auto row = static_cast<std::size_t>(u);
    CHECK(model.source(u) == (few(u) ? 1u : 0u));
    CHECK(items_of(lists, row) == items_of(few(u) ? popular : als, row));
    switched += few(u);
  }
  CHECK(switched > 5);
  CHECK(switched < 65);
}

TEST_CASE("the user's model says whether the user is known; models may be hybrids and double") {
  const auto a = table<double, std::int64_t>({{1, 2}, {3, 4}}, {1});
  const auto b = table<double, std::int64_t>({{5, 6}, {7, 8}});
  const auto always = [](std::int64_t) { return 0; };
  CHECK_FALSE(switching(always, a, b).knows_user(1));
  CHECK(switching(always, akin::fallback(a, b), a).knows_user(1));
  CHECK(switching(always, akin::fallback(a, b), a).score(1, 1) == 8);
}

TEST_CASE("bad rules and models are refused") {
  const auto a = table<float>({{1, 2}, {3, 4}});
  const auto model = switching([](std::int32_t user) { return user == 0 ? 2 : -1; }, a, a);
  CHECK_THROWS_WITH(model.score(0, 0), "switching: the rule must give the number of one of 2 models, got 2 for user 0");
  CHECK_THROWS_WITH(akin::recommend(akin::execution::par, model, {.k = 1}),
                    "switching: the rule must give the number of one of 2 models, got 2 for user 0");
  CHECK_THROWS_WITH(model.source(1), contains("got -1 for user 1"));
  CHECK_THROWS_WITH(model.source(2), "switching: user must be an id below 2, got 2");
  CHECK_THROWS_WITH(switching([](std::int32_t) { return true; }, a, table<float>({{1, 2}})),
                    contains("got 2 users x 2 items and 1 users x 2 items"));
}

TEST_CASE("a switching_model of models that were fitted on nothing says so") {
  check_nothing([](const auto& a, const auto& b) { return akin::switching([](std::int32_t) { return 0; }, a, b); });
}
