#include <cstdint>
#include <memory>
#include <vector>

#include <akin/baselines/popularity.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/linear/ease.hpp>
#include <akin/retrieval/filter.hpp>
#include <akin/retrieval/item_mask.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/recommend_one.hpp>
#include <akin/retrieval/similar_items.hpp>

#include "retrieval/lists.hpp"
#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/reference.hpp"

namespace {

namespace execution = akin::execution;
namespace filters = akin::filters;

/// A filter with nothing but allows.
struct below {
  std::int32_t end;
  bool allows(std::int32_t item) const noexcept { return item < end; }
};

static_assert(akin::item_filter<below>);
static_assert(akin::item_filter<filters::none>);
static_assert(akin::item_filter<filters::all_of<below, filters::deny>>);
static_assert(!akin::item_filter<akin::query<>>);
static_assert(!akin::item_filter<int>);

const auto is_even = [](std::int64_t item) noexcept { return item % 2 == 0; };

}  // namespace

TEST_CASE("the filters of a query allow what they are for") {
  const akin::item_mask mask(4, std::span<const int>(std::vector<int>{1, 3}));
  const filters::allow allow{mask}, everything{};
  CHECK((allow.allows(1) && !allow.allows(2) && !allow.is_open()));
  CHECK((everything.allows(2) && everything.is_open()));
  const filters::deny deny{mask}, nothing{};
  CHECK((!deny.allows(1) && deny.allows(2) && !deny.is_open()));
  CHECK((nothing.allows(1) && nothing.is_open()));
  const std::vector<std::int64_t> from = {0, 5, 5, 9}, until = {5, 6, 9, 10};
  const filters::available available{{.from = from, .until = until, .at = 5}};
  CHECK((!available.allows(0) && available.allows(1) && available.allows(2) && !available.allows(3)));
  CHECK(filters::available{}.is_open());
}

TEST_CASE("a filter owns a temporary mask, and an item beyond it is not in it") {
  const auto filter = akin::all_of(filters::deny{akin::item_mask(130, is_even)},
                                   filters::allow{akin::item_mask(70, [](auto i) { return i != 3; })});
  CHECK((filter.allows(1) && !filter.allows(2) && !filter.allows(3) && filter.allows(69)));
  CHECK((!filter.allows(70) && !filter.allows(129) && !filter.allows(100000)));
  CHECK(filters::deny{akin::item_mask(3)}.allows(100000));
  const filters::available available{{.from = std::vector<std::int64_t>{9, 4}, .at = 5}};
  CHECK((!available.allows(0) && available.allows(1) && available.allows(100000)));
}

TEST_CASE("filters combine: what each of them allows") {
  const auto both = akin::all_of(below{5}, akin::allow_if(is_even));
  CHECK((both.allows(4) && !both.allows(3) && !both.allows(6)));
  CHECK_FALSE(both.is_open());
  CHECK(akin::all_of(filters::none(), filters::allow()).is_open());
  CHECK(akin::all_of().allows(7));
  CHECK(akin::all_of(both, akin::allow_if([](std::int32_t item) { return item > 2; })).allows(4));
}

TEST_CASE("an owned filter moves into a combination") {
  const auto limit = std::make_shared<int>(3);
  const auto owned = akin::all_of(akin::allow_if([limit](std::int32_t item) { return item < *limit; }), below{9});
  CHECK((owned.allows(2) && !owned.allows(3)));
}

TEMPLATE_TEST_CASE("every verb takes a filter beside its query", "", akin::implicit_als<float>, akin::ease<float>) {
  const auto clicks = akin_test::some_clicks<TestType>();
  TestType model;
  model.fit(clicks);
  const auto filter = akin::allow_if(is_even);
  const akin::item_mask even(model.items(), is_even), not_four(model.items(), [](auto i) { return i != 4; });
  const akin::item_mask even_but_four(model.items(), [](auto i) { return i % 2 == 0 && i != 4; });
  const std::vector<std::int32_t> users = {3, 0, 39};
  for (const int k : {3, 100}) {
    CAPTURE(k);
    const akin::query<> q{.k = k, .exclude = clicks}, expected{.k = k, .exclude = clicks, .allow = even};
    CHECK(same_lists(akin::recommend(execution::par, model, q, filter),
                     akin::recommend(execution::par, model, expected)));
    CHECK(same_lists(akin::recommend(execution::seq, model, users, q, filter),
                     akin::recommend(execution::seq, model, users, expected)));
    CHECK(same_lists(akin::recommend_for(execution::par, model, clicks, q, filter),
                     akin::recommend_for(execution::par, model, clicks, expected)));
    CHECK(same_lists(akin::similar_items(execution::par, model, users, {.k = k}, filter),
                     akin::similar_items(execution::par, model, users, {.k = k, .allow = even})));
    // The query's own mask stays.
    CHECK(same_lists(akin::recommend(execution::par, model, {.k = k, .allow = not_four}, filter),
                     akin::recommend(execution::par, model, {.k = k, .allow = even_but_four})));
    CHECK(same_lists(akin::recommend(execution::par, model, q, filters::none()),
                     akin::recommend(execution::par, model, q)));
  }
}

TEMPLATE_TEST_CASE("recommend_one asks a filter for the list of recommend", "", akin::implicit_als<float>,
                   akin::ease<float>) {
  const auto clicks = akin_test::some_clicks<TestType>();
  TestType model;
  model.fit(clicks);
  akin::workspace<> scratch(model, 10);
  std::vector<std::int32_t> items(10);
  std::vector<float> scores(10);
  const auto filter = akin::allow_if(is_even);
  const std::vector<std::int32_t> candidates = {4, 1, 8, 4, 30};
  int wrong = 0;
  for (const auto& q : {akin::query<>{.k = 10, .exclude = clicks}, akin::query<>{.k = 10, .candidates = candidates}}) {
    const auto expected = akin::recommend(execution::seq, model, q, filter);
    for (std::int32_t user = 0; user < model.users(); ++user) {
      const auto found = akin::recommend_one(model, user, q, scratch, items, scores, filter);
      const auto list = expected.items(static_cast<std::size_t>(user));
      wrong += found.status != akin::recommend_status::ok || found.count != list.size() ||
               !std::equal(list.begin(), list.end(), items.begin());
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("a filter is asked once for an item, and does not hide what is wrong with a query") {
  akin::popularity<float> model;
  CHECK_THROWS_AS(akin::recommend(execution::par, model, {.k = 3}, below{3}), akin::not_fitted);
  model.fit(akin_test::some_clicks<akin::popularity<float>>());
  int asked = 0;
  akin::recommend(execution::par, model, {.k = 3}, akin::allow_if([&](std::int32_t) { return ++asked, true; }));
  CHECK(asked == model.items());
  const akin::item_mask other(3);
  CHECK_THROWS_WITH(akin::recommend(execution::par, model, {.k = 3, .allow = other}, below{3}),
                    contains("allow must be of the model's 40 items, got 3"));
  CHECK_THROWS_WITH(akin::recommend(execution::par, model, {.k = 0}, below{3}), contains("k must be positive"));
}
