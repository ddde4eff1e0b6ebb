#include <akin/baselines/popularity.hpp>
#include <akin/retrieval/recommend_for.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/promise_harness.hpp"

using akin_test::matrix_of;

TEMPLATE_TEST_CASE("popularity keeps the promises of every model", "", akin::popularity<float>,
                   akin::popularity<double>, (akin::popularity<float, std::int64_t>)) {
  akin_test::check_model([] { return TestType({.weighted = true}); });
}

TEST_CASE("popularity lists what it knows, and keeps what is documented of it") {
  akin_test::check_promises([] { return akin::popularity<float>(); }, akin_test::row_lists::same,
                            akin_test::reason_sums::refused);
}

TEST_CASE("each option of popularity matters") {
  using options = akin::popularity_options;
  const std::vector<akin_test::option_change<options>> changes = {
      {"weighted", [](auto& o) { o.weighted = true; }},
  };
  akin_test::check_options<akin::popularity<float>>(options{}, changes, {});
}

TEST_CASE("popularity counts users, or sums values") {
  using model_type = akin::popularity<float>;
  const auto x = matrix_of<model_type>(3, 4, {{0, 0, 5}, {1, 0, 1}, {2, 1, 9}, {0, 2, -1}});
  model_type users, values({.weighted = true});
  users.fit(x), values.fit(x);

  const auto by_users = akin::recommend(akin::execution::seq, users, {.k = 10});
  CHECK(std::ranges::equal(by_users.items(1), std::vector{0, 1, 2}));
  CHECK(std::ranges::equal(by_users.scores(1), std::vector{2.0f, 1.0f, 1.0f}));
  const auto by_values = akin::recommend(akin::execution::seq, values, {.k = 10});
  CHECK(std::ranges::equal(by_values.items(0), std::vector{1, 0}));
  CHECK(std::ranges::equal(by_values.scores(0), std::vector{9.0f, 6.0f}));
}

TEST_CASE("popularity answers users without evidence and never offers an item that nobody has") {
  using model_type = akin::popularity<float>;
  model_type model;
  model.fit(matrix_of<model_type>(3, 3, {{0, 1, 1}}));
  const auto lists = akin::recommend(akin::execution::seq, model, {.k = 3});
  CHECK(std::ranges::equal(lists.items(2), std::vector{1}));
  CHECK_FALSE(model.knows_item(0));
}

TEMPLATE_TEST_CASE("popularity gives any history the items that recommend gives, without what is excluded", "",
                   akin::popularity<float>, akin::popularity<double>, (akin::popularity<float, std::int64_t>)) {
  static_assert(akin::history_scorer<TestType>);
  TestType model;
  model.fit(matrix_of<TestType>(3, 4, {{0, 0, 5}, {1, 0, 1}, {2, 1, 9}, {0, 2, -1}}));
  // More rows than users of the training; the last has no history.
  const auto histories = matrix_of<TestType>(5, 4, {{0, 3, 1}, {1, 0, 2}, {2, 0, 1}, {2, 1, 1}, {2, 2, 1}, {3, 1, 7}});
  const auto all = akin::recommend_for(akin::execution::seq, model, histories, {.k = 4});
  for (const std::size_t row : {0u, 1u, 2u, 3u, 4u}) {
    CHECK(std::ranges::equal(all.items(row), std::vector{0, 1, 2}));
    CHECK(std::ranges::equal(all.scores(row), std::vector{2, 1, 1}));
  }
  const auto rest =
      akin::recommend_for(akin::execution::par.threads(3), model, histories, {.k = 4, .exclude = histories});
  CHECK(std::ranges::equal(rest.items(0), std::vector{0, 1, 2}));
  CHECK(std::ranges::equal(rest.items(1), std::vector{1, 2}));
  CHECK(rest.items(2).empty());
  CHECK(std::ranges::equal(rest.items(3), std::vector{0, 2}));
}

TEST_CASE("popularity refuses histories before it has learnt, and of other items") {
  akin::popularity<float> model;
  const akin::sparse_matrix<float> wide(2, 4), narrow(2, 3);
  CHECK_THROWS_AS(akin::recommend_for(akin::execution::seq, model, wide, {.k = 1}), akin::not_fitted);
  model.fit(wide);
  CHECK_THROWS_WITH(akin::recommend_for(akin::execution::seq, model, narrow, {.k = 1}),
                    "recommend_for: the histories must have a column for each of the 4 items, got 3");
  const auto lists = akin::recommend_for(akin::execution::seq, model, wide, {.k = 1});
  CHECK(lists.items(0).empty());
}
