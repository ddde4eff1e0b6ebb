#include <cstdint>
#include <limits>

#include <akin/baselines/bias.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/promise_harness.hpp"

using akin_test::interactions_of;
using akin_test::matrix_of;

TEMPLATE_TEST_CASE("bias keeps the promises of every model", "", akin::bias<float>, akin::bias<double>,
                   (akin::bias<double, std::int64_t>)) {
  akin_test::check_model([] { return TestType({.item_damping = 2, .user_damping = 3}); });
}

TEST_CASE("bias lists what it knows, and keeps what is documented of it") {
  akin_test::check_promises([] { return akin::bias<float>(); }, akin_test::row_lists::same,
                            akin_test::reason_sums::refused);
}

TEST_CASE("each option of bias matters") {
  using options = akin::bias_options;
  const std::vector<akin_test::option_change<options>> changes = {
      {"item_damping", [](auto& o) { o.item_damping = 50; }},
      {"user_damping", [](auto& o) { o.user_damping = 50; }},
  };
  akin_test::check_options<akin::bias<float>>(options{}, changes, {});
}

TEST_CASE("bias is the damped means by hand") {
  using model_type = akin::bias<double>;
  // Mean 3. Item 0: residuals 2, 1; item 1: -1, -2; damping 2 gives 3/4 and -3/4.
  model_type model({.item_damping = 2, .user_damping = 1});
  model.fit(matrix_of<model_type>(3, 3, {{0, 0, 5}, {1, 0, 4}, {0, 1, 2}, {1, 1, 1}}));
  CHECK(model.mean() == Approx(3));
  CHECK(model.item_biases()[0] == Approx(0.75));
  CHECK(model.item_biases()[1] == Approx(-0.75));
  CHECK(model.item_biases()[2] == 0);
  // User 0: 5 - 3.75 = 1.25 and 2 - 2.25 = -0.25, summed over 2 + 1.
  CHECK(model.user_biases()[0] == Approx(1.0 / 3));
  CHECK(model.user_biases()[1] == Approx(-1.0 / 3));
  CHECK(model.user_biases()[2] == 0);
  CHECK(model.predict(0, 1) == Approx(3 + 1.0 / 3 - 0.75));
  CHECK(model.predict(2, 2) == Approx(3));
}

TEST_CASE("bias without damping is the plain mean of residuals") {
  using model_type = akin::bias<double>;
  model_type model({.item_damping = 0, .user_damping = 0});
  model.fit(matrix_of<model_type>(2, 2, {{0, 0, 1}, {1, 0, 3}}));
  CHECK(model.predict(0, 0) == Approx(1));
  CHECK(model.predict(1, 0) == Approx(3));
  CHECK(model.predict(1, 1) == Approx(3));
}

TEMPLATE_TEST_CASE("bias gives the ratings of a training's user what recommend gives the user, to the bit", "",
                   akin::bias<float>, (akin::bias<double, std::int64_t>)) {
  auto x = akin_test::some_clicks<TestType>();
  for (Eigen::Index i = 0; i < x.nonZeros(); ++i)
    x.valuePtr()[i] = static_cast<typename TestType::scalar_type>(1 + i % 5) / 3;
  TestType model;
  model.fit(akin::execution::par, x);
  const auto users = akin::recommend(akin::execution::par, model, {.k = 40});
  const auto histories = akin::recommend_for(akin::execution::par, model, x, {.k = 40});
  for (std::size_t u = 0; u < users.size(); ++u) {
    CHECK(std::ranges::equal(histories.items(u), users.items(u)));
    CHECK(std::ranges::equal(histories.scores(u), users.scores(u)));
  }
  const interactions_of<TestType> nobody(1, 40);
  const auto visitor = akin::recommend_for(akin::execution::par, model, nobody, {.k = 1});
  REQUIRE(visitor.items(0).size() == 1);
  CHECK(visitor.scores(0)[0] == model.mean() + model.item_biases()[static_cast<std::size_t>(visitor.items(0)[0])]);
}

TEST_CASE("bias refuses options that are no dampings") {
  CHECK_THROWS_WITH(akin::bias<float>({.item_damping = -1}), "bias: item_damping must not be negative, got -1");
  CHECK_THROWS_WITH(akin::bias<float>({.user_damping = std::numeric_limits<double>::quiet_NaN()}),
                    contains("user_damping must not be negative, got nan"));
}
