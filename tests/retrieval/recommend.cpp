#include <climits>
#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <akin/retrieval/recommend.hpp>

#include "retrieval/lists.hpp"
#include "retrieval/shop_model.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
using Catch::Matchers::Message;

namespace {

using model_type = shop_model<float>;
using list = ranked<float, std::int32_t>;
using ids = std::vector<std::int32_t>;
constexpr float none = model_type::none;
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

// 4 users, 5 items.
model_type small_model() {
  model_type model{
      {akin::dense_matrix<float>{
           {1, 5, 3, 5, 2}, {none, not_a_number, 1, none, infinity}, {9, 9, 9, 9, 9}, {0, -1, -2, -3, none}},
       {2}}};
  return model;
}

// A call that must be refused for a query that does not fit small_model().
auto asking(const akin::query<>& q) {
  return [q] { (void)akin::recommend(execution::seq, small_model(), q); };
}

}  // namespace

TEST_CASE("lists by hand: ties by id, what has no score never comes, strangers get nothing") {
  const auto lists = akin::recommend(execution::seq, small_model(), {.k = 3});
  REQUIRE(lists.size() == 4);
  CHECK(list_of(lists, 0) == list{{1, 5}, {3, 5}, {2, 3}});
  CHECK(list_of(lists, 1) == list{{4, infinity}, {2, 1}});
  CHECK(list_of(lists, 2).empty());
  CHECK(list_of(lists, 3) == list{{0, 0}, {1, -1}, {2, -2}});
}

TEST_CASE("a list has at most k items and at most all") {
  CHECK(items_of(akin::recommend(execution::seq, small_model(), {.k = 1}), 0) == ids{1});
  for (const int k : {5, 6, 1000, INT_MAX}) {
    const auto lists = akin::recommend(execution::par, small_model(), {.k = k});
    CHECK(items_of(lists, 0) == ids{1, 3, 2, 4, 0});
    CHECK(items_of(lists, 3) == ids{0, 1, 2, 3});
    CHECK(lists.k() == 5);
  }
}

TEST_CASE("lists come in the order of the users that were named") {
  const ids users = {3, 0, 2, 3};
  const auto lists = akin::recommend(execution::seq, small_model(), users, {.k = 1});
  REQUIRE(lists.size() == 4);
  CHECK(items_of(lists, 0) == ids{0});
  CHECK(items_of(lists, 1) == ids{1});
  CHECK(items_of(lists, 2).empty());
  CHECK(items_of(lists, 3) == ids{0});
  CHECK(akin::recommend(execution::par, small_model(), ids{}, {.k = 1}).size() == 0);
}

TEST_CASE("what is excluded belongs to the user, not to the place in the answer") {
  const auto seen = matrix_of<double>(4, 5, {{0, 1, 1}, {0, 2, 0}, {3, 0, 1}, {3, 4, 1}});
  const auto lists = akin::recommend(execution::seq, small_model(), ids{3, 0}, {.k = 2, .exclude = seen});
  CHECK(items_of(lists, 0) == ids{1, 2});
  CHECK(items_of(lists, 1) == ids{3, 4});
  const auto everything = akin_test::random_sparse<float>(4, 5, 1, 1);
  for (const auto& each : all_lists(akin::recommend(execution::seq, small_model(), {.exclude = everything})))
    CHECK(each.empty());
}

TEST_CASE("only candidates come, each once, in the order of their scores") {
  const auto among = [](const ids& candidates) {
    return items_of(akin::recommend(execution::seq, small_model(), {.k = 4, .candidates = candidates}), 0);
  };
  CHECK(among({0, 3, 1}) == ids{1, 3, 0});
  CHECK(among({3, 3, 1, 3, 1}) == ids{1, 3});
  CHECK(among({4}) == ids{4});
  CHECK(among({}).empty());
  const auto seen = matrix_of<float>(4, 5, {{0, 1, 1}});
  const ids candidates = {1, 2};
  CHECK(items_of(akin::recommend(execution::seq, small_model(), {.exclude = seen, .candidates = candidates}), 0) ==
        ids{2});
}

TEST_CASE("masks, times and a least score say what may come") {
  const auto ask = [](const akin::query<>& q) {
    return items_of(akin::recommend(execution::seq, small_model(), q), 0);
  };
  const akin::item_mask odd(5, [](std::int64_t item) { return item % 2 == 1; }), nothing(5);
  CHECK(ask({.allow = odd}) == ids{1, 3});
  CHECK(ask({.deny = odd}) == ids{2, 4, 0});
  CHECK(ask({.allow = nothing}).empty());
  CHECK(ask({.deny = nothing}) == ids{1, 3, 2, 4, 0});
  CHECK(ask({.allow = odd, .deny = odd}).empty());
  const ids candidates = {3, 2};
  CHECK(ask({.candidates = candidates, .allow = odd}) == ids{3});

  const std::vector<std::int64_t> from = {0, 10, 11, 5, 10}, until = {10, 11, 99, 10, 20};
  CHECK(ask({.available = {.from = from, .at = 10}}) == ids{1, 3, 4, 0});
  CHECK(ask({.available = {.until = until, .at = 10}}) == ids{1, 2, 4});
  CHECK(ask({.available = {.from = from, .until = until, .at = 10}}) == ids{1, 4});

  CHECK(ask({.minimum_score = 3}) == ids{1, 3, 2});
  CHECK(ask({.k = 1, .minimum_score = 3}) == ids{1});
  CHECK(ask({.minimum_score = std::nextafter(3.0, 4.0)}) == ids{1, 3});
  CHECK(ask({.minimum_score = 1e300}).empty());
  CHECK(ask({.minimum_score = -1e300}).size() == 5);
}

TEST_CASE("a query that does not fit is refused in a sentence") {
  auto loose = matrix_of<float>(4, 5, {{0, 1, 1}});
  loose.uncompress();
  const auto narrow = matrix_of<float>(4, 4, {}), low = matrix_of<float>(3, 5, {});
  const ids high = {0, 5}, negative = {-1};
  const akin::item_mask small(4);
  const std::vector<std::int64_t> times(6);
  const std::pair<akin::query<>, std::string> cases[] = {
      {{.allow = small}, "recommend: allow must be of the model's 5 items, got 4"},
      {{.deny = small}, "recommend: deny must be of the model's 5 items, got 4"},
      {{.available = {.from = times}}, "recommend: available.from must be of the model's 5 items, got 6"},
      {{.available = {.until = times}}, "recommend: available.until must be of the model's 5 items, got 6"},
      {{.minimum_score = not_a_number}, "recommend: minimum_score must be a number, got nan"},
      {{.k = 0}, "recommend: k must be positive, got 0"},
      {{.k = -4}, "recommend: k must be positive, got -4"},
      {{.exclude = loose}, "recommend: exclude must be compressed, call makeCompressed() first"},
      {{.exclude = narrow}, "recommend: exclude must be 4 x 5 like the model, got 4 x 4"},
      {{.exclude = low}, "recommend: exclude must be 4 x 5 like the model, got 3 x 5"},
      {{.candidates = high}, "recommend: each of candidates must be an id below 5, got 5"},
      {{.candidates = negative}, "recommend: each of candidates must be an id below 5, got -1"},
  };
  for (const auto& [q, message] : cases) CHECK_THROWS_MATCHES(asking(q)(), std::invalid_argument, Message(message));
}

TEST_CASE("users out of range, models without training and bad policies are refused in a sentence") {
  for (const int user : {-1, 4})
    CHECK_THROWS_MATCHES(akin::recommend(execution::seq, small_model(), ids{0, user}, {.k = 1}), std::invalid_argument,
                         Message("recommend: each of users must be an id below 4, got " + std::to_string(user)));
  CHECK_THROWS_AS(akin::recommend(execution::seq, model_type{}, {.k = 1}), akin::not_fitted);
  CHECK_THROWS_AS(akin::recommend(execution::seq, model_type{}, ids{}, {.k = 1}), akin::not_fitted);
  CHECK_THROWS_MATCHES(akin::recommend(execution::par.threads(-1), small_model(), {.k = 1}), std::invalid_argument,
                       Message("execution::par.threads: count must be between 0 and 4096, got -1"));
}

TEST_CASE("a model of items without users, and of users without items, has nothing to say") {
  CHECK(akin::recommend(execution::par, model_type{{akin::dense_matrix<float>(0, 3)}}, {.k = 1}).size() == 0);
  const auto lists = akin::recommend(execution::par, model_type{{akin::dense_matrix<float>(3, 0)}}, {.k = 1});
  CHECK((lists.size() == 3 && lists.items(2).empty()));
}

TEST_CASE("the score of one user and item") {
  CHECK(akin::score(small_model(), 0, 2) == 3);
  CHECK_THROWS_MATCHES(akin::score(small_model(), 4, 0), std::invalid_argument,
                       Message("score: user must be an id below 4, got 4"));
  CHECK_THROWS_MATCHES(akin::score(small_model(), 0, -1), std::invalid_argument,
                       Message("score: item must be an id below 5, got -1"));
  CHECK_THROWS_AS(akin::score(model_type{}, 0, 0), akin::not_fitted);
}

TEMPLATE_TEST_CASE("lists are those of a slow and obvious ranking, whatever the query and the threads", "",
                   (std::pair<float, std::int32_t>), (std::pair<double, std::int32_t>),
                   (std::pair<float, std::int64_t>)) {
  using Scalar = typename TestType::first_type;
  using Index = typename TestType::second_type;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const akin::random_stream sizes(seed, 0);
    const auto users = static_cast<Index>(1 + sizes.below(0, 12)), items = static_cast<Index>(1 + sizes.below(1, 40));
    const int k = static_cast<int>(1 + sizes.below(2, static_cast<std::uint64_t>(items) + 5));
    shop_model<Scalar, Index> model{
        {random_table<Scalar>(users, items, akin::random_stream(seed, 1)), {static_cast<Index>(sizes.below(3, 12))}}};
    const auto candidates = random_candidates<Index>(items, akin::random_stream(seed, 2));
    const bool excludes = sizes.below(4, 2) == 0;
    const auto seen = akin_test::random_sparse<float, Index>(users, items, 0.3, seed);
    akin::query<Index> q{.k = k};
    if (candidates) q.candidates = *candidates;
    if (excludes) q.exclude = seen;
    const auto drawn = [&](std::uint64_t stream, std::uint64_t part) {
      return akin::item_mask(items, [=](std::int64_t item) {
        return akin::random_stream(seed, stream).below(static_cast<std::uint64_t>(item), 10) < part;
      });
    };
    const akin::item_mask allowed = drawn(7, 7), denied = drawn(8, 2);
    if (sizes.below(5, 2) == 0) q.allow = allowed;
    if (sizes.below(6, 2) == 0) q.deny = denied;
    if (sizes.below(7, 3) == 0) q.minimum_score = static_cast<double>(sizes.below(8, 5)) - 2;
    CAPTURE(seed, users, items, k, excludes, candidates.has_value(), q.allow.is_set(), q.deny.is_set(),
            q.minimum_score);

    std::vector<ranked<Scalar, Index>> expected(static_cast<std::size_t>(users));
    for (Index user = 0; user < users; ++user) {
      std::set<Index> excluded;
      for (typename akin::sparse_matrix<float, Index>::InnerIterator cell(seen, user); excludes && cell; ++cell)
        excluded.insert(static_cast<Index>(cell.col()));
      for (Index item = 0; item < items; ++item)
        if ((q.allow.is_set() && !allowed.contains(item)) || (q.deny.is_set() && denied.contains(item)) ||
            static_cast<double>(model.table(user, item)) < q.minimum_score)
          excluded.insert(item);
      if (model.knows_user(user))
        expected[static_cast<std::size_t>(user)] = rank_slowly(model.table, user, excluded, candidates, k);
    }
    CHECK((all_lists(akin::recommend(execution::seq, model, q)) == expected));
    for (const int threads : {1, 2, 3})
      CHECK((all_lists(akin::recommend(execution::par.threads(threads), model, q)) == expected));
  }
}
