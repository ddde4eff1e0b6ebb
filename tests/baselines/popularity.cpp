#include <akin/baselines/popularity.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"

using akin_test::matrix_of;

TEMPLATE_TEST_CASE("popularity keeps the promises of every model", "", akin::popularity<float>,
                   akin::popularity<double>, (akin::popularity<float, std::int64_t>)) {
  akin_test::check_model([] { return TestType({.weighted = true}); });
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
