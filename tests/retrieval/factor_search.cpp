#include <algorithm>
#include <cstdint>
#include <vector>

#include <akin/execution.hpp>
#include <akin/factorization/biased_mf.hpp>
#include <akin/matrix.hpp>
#include <akin/random.hpp>
#include <akin/retrieval/factor_search.hpp>
#include <akin/retrieval/recommend.hpp>

#include "support/catch.hpp"

namespace {

namespace execution = akin::execution;

/// Users of even numbers rate 5 and others 1, give or take something of the item's: biases of about +2 and -2.
akin::sparse_matrix<float> ratings_of_two_moods(int users, int items) {
  const akin::random_stream random(7);
  std::vector<Eigen::Triplet<float>> cells;
  for (int user = 0; user < users; ++user)
    for (int item = 0; item < items; ++item) {
      const auto cell = static_cast<std::uint64_t>(user * items + item);
      if (random.uniform(cell) < 0.1)
        cells.emplace_back(user, item, (user % 2 == 0 ? 5.0f : 1.0f) + 0.1f * static_cast<float>(item % 7));
    }
  akin::sparse_matrix<float> x(users, items);
  x.setFromTriplets(cells.begin(), cells.end());
  return x;
}

}  // namespace

TEST_CASE("a search by tiles counts the bias of a user, in all chunks of the items") {
  constexpr int users = 100, items = 900;  // enough for tiles, and for several chunks
  static_assert(users >= akin::detail::least_for_tiles);
  akin::biased_mf<float> model({.factors = 4, .epochs = 20});
  model.fit(ratings_of_two_moods(users, items));
  REQUIRE(model.user_biases()[0] > 1);
  REQUIRE(model.user_biases()[1] < -1);
  for (const double least : {-1e9, 3.0}) {
    const akin::query<> q{.k = 8, .minimum_score = least};
    const auto by_tiles = akin::recommend(execution::par, model, q);
    int wrong = 0, found = 0;
    for (std::int32_t user = 0; user < users; ++user) {
      const auto alone = akin::recommend(execution::seq, model, std::vector<std::int32_t>{user}, q);
      const auto list = static_cast<std::size_t>(user);
      wrong += !std::ranges::equal(by_tiles.items(list), alone.items(0)) ||
               !std::ranges::equal(by_tiles.scores(list), alone.scores(0));
      found += static_cast<int>(alone.items(0).size());
    }
    CHECK(wrong == 0);
    CHECK(found == (least > 0 ? users / 2 * 8 : users * 8));
  }
}
