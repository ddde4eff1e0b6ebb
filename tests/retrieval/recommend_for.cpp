#include <algorithm>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommend_for.hpp>

#include "support/catch.hpp"

namespace execution = akin::execution;

TEMPLATE_TEST_CASE("histories of the training get the lists of its users", "", akin::item_knn<float>,
                   akin::implicit_als<float>, akin::implicit_als<double>) {
  using scalar = typename TestType::scalar_type;
  const auto x = akin::synthetic::power_law_clicks<scalar>({.users = 70, .items = 50, .interactions = 700, .seed = 3});
  TestType model;
  model.fit(execution::par, x);
  const auto expected = akin::recommend(execution::par, model, {.k = 8, .exclude = x});
  for (const int threads : {1, 2, 3}) {
    const auto lists = akin::recommend_for(execution::par.threads(threads), model, x, {.k = 8, .exclude = x});
    REQUIRE(lists.size() == expected.size());
    for (std::size_t u = 0; u < lists.size(); ++u) {
      CHECK(std::ranges::equal(lists.items(u), expected.items(u)));
      CHECK(std::ranges::equal(lists.scores(u), expected.scores(u)));
    }
  }
}

TEMPLATE_TEST_CASE("a stranger's history is answered without a refit, an empty one by nothing", "",
                   akin::item_knn<float>, akin::implicit_als<float>) {
  const auto x = akin::synthetic::power_law_clicks<float>({.users = 70, .items = 50, .interactions = 700, .seed = 3});
  TestType model;
  model.fit(execution::par, x);
  akin::sparse_matrix<float> strangers(3, 50);
  strangers.insert(0, 4) = 1;
  strangers.insert(0, 9) = 2;
  strangers.insert(2, 1) = 1;
  strangers.makeCompressed();
  const auto lists = akin::recommend_for(execution::seq, model, strangers, {.k = 5, .exclude = strangers});
  REQUIRE(lists.size() == 3);
  CHECK(lists.items(0).size() == 5);
  CHECK(std::ranges::count(lists.items(0), 4) == 0);
  CHECK(lists.items(1).empty());
  CHECK(lists.items(2).size() == 5);
  const auto with_own = akin::recommend_for(execution::seq, model, strangers, {.k = 50});
  CHECK(with_own.items(0).size() > lists.items(0).size());
}

TEST_CASE("recommend_for says what does not fit") {
  const auto x = akin::synthetic::power_law_clicks<float>({.users = 20, .items = 10, .interactions = 60, .seed = 3});
  akin::item_knn<float> model;
  CHECK_THROWS_AS(akin::recommend_for(execution::seq, model, x, {.k = 3}), akin::not_fitted);
  model.fit(x);
  CHECK_THROWS_WITH(akin::recommend_for(execution::seq, model, akin::sparse_matrix<float>(2, 9), {.k = 3}),
                    contains("a column for each of the 10 items, got 9"));
  CHECK_THROWS_WITH(
      akin::recommend_for(execution::seq, model, akin::sparse_matrix<float>(2, 10), {.k = 3, .exclude = x}),
      contains("exclude must be 2 x 10"));
  CHECK_THROWS_WITH(akin::recommend_for(execution::seq, model, x, {.k = 0}), contains("k must be positive"));
}
