#include <climits>
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

TEST_CASE("a query that does not fit is refused in a sentence") {
  auto loose = matrix_of<float>(4, 5, {{0, 1, 1}});
  loose.uncompress();
  const auto narrow = matrix_of<float>(4, 4, {}), low = matrix_of<float>(3, 5, {});
  const ids high = {0, 5}, negative = {-1};
  const std::pair<akin::query<>, std::string> cases[] = {
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
    CAPTURE(seed, users, items, k, excludes, candidates.has_value());

    std::vector<ranked<Scalar, Index>> expected(static_cast<std::size_t>(users));
    for (Index user = 0; user < users; ++user) {
      std::set<Index> excluded;
      for (typename akin::sparse_matrix<float, Index>::InnerIterator cell(seen, user); excludes && cell; ++cell)
        excluded.insert(static_cast<Index>(cell.col()));
      if (model.knows_user(user))
        expected[static_cast<std::size_t>(user)] = rank_slowly(model.table, user, excluded, candidates, k);
    }
    CHECK((all_lists(akin::recommend(execution::seq, model, q)) == expected));
    for (const int threads : {1, 2, 3})
      CHECK((all_lists(akin::recommend(execution::par.threads(threads), model, q)) == expected));
  }
}
