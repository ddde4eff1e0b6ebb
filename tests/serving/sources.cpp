#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <akin/data/id_map.hpp>
#include <akin/execution.hpp>
#include <akin/linear/ease.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/filter.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/recommend_one.hpp>
#include <akin/retrieval/similar_items.hpp>
#include <akin/serving/any_recommender.hpp>
#include <akin/serving/bundle.hpp>
#include <akin/serving/cached.hpp>
#include <akin/serving/live_model.hpp>

#include "retrieval/lists.hpp"
#include "serving/fitted.hpp"
#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/reference.hpp"

namespace {

namespace execution = akin::execution;
using model_type = akin::ease<float>;

/// Every verb gives for the source what it gives for the model.
template <class Source>
void check_verbs(const Source& source, const model_type& model) {
  const auto clicks = akin_test::some_clicks<model_type>();
  const std::vector<std::int32_t> some = {3, 0, 17};
  const akin::query<> q{.k = 4, .exclude = clicks};
  const auto even = akin::allow_if([](std::int32_t item) noexcept { return item % 2 == 0; });
  CHECK(same_lists(akin::recommend(execution::par, source, q), akin::recommend(execution::par, model, q)));
  CHECK(same_lists(akin::recommend(execution::par, source, some, q), akin::recommend(execution::par, model, some, q)));
  CHECK(same_lists(akin::recommend(execution::par, source, q, even), akin::recommend(execution::par, model, q, even)));
  CHECK(same_lists(akin::recommend_for(execution::seq, source, clicks, q),
                   akin::recommend_for(execution::seq, model, clicks, q)));
  CHECK(same_lists(akin::similar_items(execution::seq, source, some, {.k = 3}),
                   akin::similar_items(execution::seq, model, some, {.k = 3})));
  CHECK(akin::score(source, 3, 5) == akin::score(model, 3, 5));
  const auto reasons = akin::explain(source, clicks, 3, 5), expected = akin::explain(model, clicks, 3, 5);
  REQUIRE(reasons.size() == expected.size());
  for (std::size_t i = 0; i < reasons.size(); ++i) CHECK(reasons[i].item == expected[i].item);
}

template <class Source>
void check_one(const Source& source, const model_type& model) {
  akin::workspace<> scratch(model, 4);
  std::vector<std::int32_t> items(4), same(4);
  std::vector<float> scores(4);
  const auto found = akin::recommend_one(source, 3, {.k = 4}, scratch, items, scores);
  const auto expected = akin::recommend_one(model, 3, {.k = 4}, scratch, same, scores);
  CHECK(found.status == akin::recommend_status::ok);
  CHECK(found.count == expected.count);
  CHECK(items == same);
}

}  // namespace

TEST_CASE("every verb takes a model, a bundle, a live model, a live bundle and any recommender") {
  model_type model;
  const auto clicks = akin_test::some_clicks<model_type>();
  model.fit(clicks);
  const akin::bundle shop(model, numbered(model.users()), numbered(model.items()), clicks);
  SECTION("a bundle") {
    check_verbs(shop, model);
    check_one(shop, model);
  }
  SECTION("a live model") {
    const akin::live_model live(model);
    check_verbs(live, model);
    check_one(live, model);
  }
  SECTION("a live bundle") {
    const akin::live_model live(shop);
    check_verbs(live, model);
    check_one(live, model);
  }
  SECTION("any recommender") { check_verbs(akin::any_recommender<float>(model), model); }
  SECTION("a live one of any kind") { check_verbs(akin::live_model(akin::any_recommender<float>(model)), model); }
}

TEST_CASE("a cache of a live bundle makes its lists anew after a publication") {
  model_type model, other({.regularization = 5});
  const auto clicks = akin_test::some_clicks<model_type>();
  model.fit(clicks);
  other.fit(clicks);
  const auto ids = numbered(model.users()), item_ids = numbered(model.items());
  akin::live_model live(akin::bundle(model, ids, item_ids, clicks));
  akin::cached cache(live, {.exclude = clicks});
  const auto list_of = [&](const model_type& of) {
    return akin::recommend(execution::seq, of, std::vector<std::int32_t>{3}, {.k = 5, .exclude = clicks});
  };
  CHECK(std::ranges::equal(cache.recommend(3, 5).scores(), list_of(model).scores(0)));
  CHECK(std::ranges::equal(cache.recommend(3, 5).scores(), list_of(model).scores(0)));
  CHECK(cache.counters().hits == 1);
  live.publish(akin::bundle(other, ids, item_ids, clicks));
  CHECK(std::ranges::equal(cache.recommend(3, 5).scores(), list_of(other).scores(0)));
  CHECK(cache.counters().outdated == 1);
}
