#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <akin/baselines/bias.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/explicit_als.hpp>
#include <akin/factorization/svdpp.hpp>
#include <akin/matrix.hpp>
#include <akin/retrieval/min_ratings.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/recommend_one.hpp>

#include "retrieval/lists.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

namespace execution = akin::execution;
namespace filters = akin::filters;

namespace {

/// 50 users gave 1 to 4 to items 0 to 19; two of them gave 5 to items 20 to 24.
akin::sparse_matrix<float> with_rare_favourites() {
  std::vector<Eigen::Triplet<float, std::int32_t>> cells;
  for (std::int32_t u = 0; u < 50; ++u)
    for (std::int32_t i = 0; i < 25; ++i)
      if (i >= 20 ? u / 2 == i - 20 : (u + i) % 3 != 0)
        cells.emplace_back(u, i, i >= 20 ? 5.0f : static_cast<float>(1 + (u * 5 + i) % 4));
  akin::sparse_matrix<float> result(50, 25);
  result.setFromTriplets(cells.begin(), cells.end());
  return result;
}

template <class Model>
void check_without_rare(Model model) {
  const auto ratings = with_rare_favourites();
  model.fit(ratings);
  const akin::query<> q{.k = 5, .exclude = ratings};
  const auto often_rated = filters::min_ratings(ratings, 10);
  const std::int32_t user = 30;
  const auto all = akin::recommend(execution::par, model, q);
  CHECK(all.items(user)[0] >= 20);  // what two people loved is first
  const auto lists = akin::recommend(execution::par, model, q, often_rated);
  for (std::size_t u = 0; u < lists.size(); ++u) {
    CHECK(lists.items(u).size() == 5);
    for (const auto item : lists.items(u)) CHECK(item < 20);
  }
  akin::query<> allowed = q;
  allowed.allow = filters::min_ratings(ratings, 10).mask;
  CHECK(same_lists(akin::recommend(execution::par, model, allowed), lists));
  const auto for_histories = akin::recommend_for(execution::par, model, ratings, q, often_rated);
  for (const auto item : for_histories.items(user)) CHECK(item < 20);
  akin::workspace<> scratch(model, 5);
  std::vector<std::int32_t> items(5);
  std::vector<float> scores(5);
  REQUIRE(akin::recommend_one(model, user, q, scratch, items, scores, often_rated).count == 5);
  CHECK(std::ranges::equal(items, lists.items(user)));
}

}  // namespace

TEST_CASE("models of ratings recommend no items that hardly anybody has rated") {
  check_without_rare(akin::bias<float>());
  check_without_rare(akin::explicit_als<float>({.factors = 4, .iterations = 3}));
  check_without_rare(akin::svdpp<float>({.factors = 4, .epochs = 10}));
}

TEST_CASE("min_ratings counts the stored cells of each item") {
  const auto ratings = with_rare_favourites();
  CHECK(filters::min_ratings(ratings, 2).allows(20));
  CHECK_FALSE(filters::min_ratings(ratings, 3).allows(20));
  CHECK(filters::min_ratings(ratings, 3).allows(19));
  CHECK_FALSE(filters::min_ratings(ratings, 0).allows(25));  // beyond the matrix
  CHECK(filters::min_ratings(ratings, 0).allows(24));
  CHECK_THROWS_WITH(filters::min_ratings(ratings, -1), "min_ratings: the least number must not be negative, got -1");
}
