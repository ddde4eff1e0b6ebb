#include <climits>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <akin/retrieval/similar_items.hpp>

#include "retrieval/lists.hpp"
#include "retrieval/shop_model.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
using Catch::Matchers::Message;

namespace {

using list = ranked<float, std::int32_t>;
using ids = std::vector<std::int32_t>;
constexpr float none = shop_model<float>::none;
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

shop_model<float> small_model() {
  const akin::dense_matrix<float> similarities{
      {1, 0.5f, 0.9f, 0.5f}, {0.5f, 1, none, -0.2f}, {0.9f, not_a_number, 1, none}, {none, none, none, 1}};
  return {{akin::dense_matrix<float>::Zero(2, 4)}, similarities};
}

}  // namespace

TEST_CASE("similar items by hand: never the item itself, ties by id, what has no similarity never comes") {
  const ids items = {0, 1, 2, 3, 0};
  const auto lists = akin::similar_items(execution::seq, small_model(), items, {.k = 2});
  REQUIRE(lists.size() == 5);
  CHECK(list_of(lists, 0) == list{{2, 0.9f}, {1, 0.5f}});
  CHECK(list_of(lists, 1) == list{{0, 0.5f}, {3, -0.2f}});
  CHECK(list_of(lists, 2) == list{{0, 0.9f}});
  CHECK(list_of(lists, 3).empty());
  CHECK(list_of(lists, 4) == list_of(lists, 0));
  CHECK(items_of(akin::similar_items(execution::seq, small_model(), ids{0}, {.k = INT_MAX}), 0) == ids{2, 1, 3});
  CHECK(akin::similar_items(execution::seq, small_model(), ids{}, {}).size() == 0);
}

TEST_CASE("the item itself does not come as a candidate either") {
  const ids candidates = {3, 0, 1, 0};
  CHECK(items_of(akin::similar_items(execution::seq, small_model(), ids{0}, {.candidates = candidates}), 0) ==
        ids{1, 3});
}

TEST_CASE("what cannot be answered is refused in a sentence") {
  const auto model = small_model();
  const auto ask = [&](const ids& items, const akin::query<>& q) {
    (void)akin::similar_items(execution::seq, model, items, q);
  };
  for (const int item : {-1, 4})
    CHECK_THROWS_MATCHES(ask({0, item}, {}), std::invalid_argument,
                         Message("similar_items: each of items must be an id below 4, got " + std::to_string(item)));
  CHECK_THROWS_MATCHES(ask({0}, {.k = 0}), std::invalid_argument, Message("similar_items: k must be positive, got 0"));
  const auto seen = matrix_of<float>(2, 4, {{0, 0, 1}});
  CHECK_THROWS_MATCHES(ask({0}, {.exclude = seen}), std::invalid_argument,
                       Message("similar_items: exclude must be empty, items have no users"));
  const ids outside = {4};
  CHECK_THROWS_MATCHES(ask({0}, {.candidates = outside}), std::invalid_argument,
                       Message("similar_items: each of candidates must be an id below 4, got 4"));
  CHECK_THROWS_AS(akin::similar_items(execution::seq, shop_model<float>{}, ids{0}, {}), akin::not_fitted);
}

TEMPLATE_TEST_CASE("similar items are those of a slow and obvious ranking, whatever the threads", "",
                   (std::pair<float, std::int32_t>), (std::pair<double, std::int64_t>)) {
  using Scalar = typename TestType::first_type;
  using Index = typename TestType::second_type;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const akin::random_stream sizes(seed, 0);
    const auto count = static_cast<Index>(1 + sizes.below(0, 30));
    const int k = static_cast<int>(1 + sizes.below(1, static_cast<std::uint64_t>(count) + 5));
    const shop_model<Scalar, Index> model{{akin::dense_matrix<Scalar>::Zero(1, count)},
                                          random_table<Scalar>(count, count, akin::random_stream(seed, 1))};
    const auto candidates = random_candidates<Index>(count, akin::random_stream(seed, 2));
    akin::query<Index> q{.k = k};
    if (candidates) q.candidates = *candidates;
    CAPTURE(seed, count, k, candidates.has_value());

    std::vector<Index> items(static_cast<std::size_t>(count));
    std::iota(items.begin(), items.end(), Index{0});
    std::vector<ranked<Scalar, Index>> expected;
    for (const Index item : items) expected.push_back(rank_slowly(model.similarities, item, {item}, candidates, k));
    CHECK((all_lists(akin::similar_items(execution::seq, model, items, q)) == expected));
    for (const int threads : {1, 2, 3})
      CHECK((all_lists(akin::similar_items(execution::par.threads(threads), model, items, q)) == expected));
  }
}
