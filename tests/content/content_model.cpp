#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <akin/content/content_model.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/similar_items.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/promise_harness.hpp"
#include "support/random_data.hpp"

namespace execution = akin::execution;
using Catch::Matchers::Message;

namespace {

// A content_model whose items have features already, as the harness of all models wants it.
template <class Scalar, class Index>
struct model_with_features : akin::content_model<Scalar, Index> {
  using base = akin::content_model<Scalar, Index>;

  static akin::sparse_matrix<Scalar, Index> features(Eigen::Index items) {
    return akin_test::random_sparse<Scalar, Index>(static_cast<Index>(items), 9, 0.4, 21);
  }
  template <class Policy, class Matrix>
  void fit(const Policy& policy, const Matrix& x) {
    base::fit(policy, features(x.cols()), x);
  }
  template <class Matrix>
  void fit(const Matrix& x) {
    fit(execution::seq, x);
  }
  static model_with_features read_from(const akin::detail::model_reader& reader) {
    model_with_features model;
    static_cast<base&>(model) = base::read_from(reader);
    return model;
  }
};

// Items: 0 red mug, 1 blue mug, 2 red lamp, 3 nothing said, 4 lamp. Features: 0 red, 1 blue, 2 mug, 3 lamp.
akin::sparse_matrix<float> shop_features() {
  return akin_test::matrix_of<akin::content_model<float>>(
      5, 4, {{0, 0, 1}, {0, 2, 1}, {1, 1, 1}, {1, 2, 1}, {2, 0, 1}, {2, 3, 1}, {4, 3, 2}});
}

akin::sparse_matrix<float> clicks(Eigen::Index users, Eigen::Index items, const std::vector<Eigen::Triplet<float>>& c) {
  return akin_test::matrix_of<akin::content_model<float>>(users, items, c);
}

}  // namespace

TEMPLATE_TEST_CASE("content_model keeps the promises of all models", "", (std::pair<float, std::int32_t>),
                   (std::pair<double, std::int32_t>), (std::pair<float, std::int64_t>)) {
  akin_test::check_model(
      [] { return model_with_features<typename TestType::first_type, typename TestType::second_type>(); });
}

TEST_CASE("content_model lists what it knows, and keeps what is documented of it") {
  akin_test::check_promises([] { return model_with_features<float, std::int32_t>(); }, akin_test::row_lists::same,
                            akin_test::reason_sums::score);
}

TEST_CASE("by hand: what shares words with what a user had") {
  akin::content_model<float> model;
  model.fit(execution::seq, shop_features(), clicks(3, 5, {{0, 0, 1}, {1, 0, 1}, {1, 1, 3}}));
  const double half = std::sqrt(0.5);
  CHECK(model.score(0, 0) == Approx(1));
  CHECK(model.score(0, 1) == Approx(0.5));
  CHECK(model.score(0, 4) == 0);
  // User 1: red 1, blue 3, mug 4, each times sqrt(1/2).
  CHECK(model.score(1, 1) == Approx((3 + 4) * half / std::sqrt(26.0)));
  CHECK_FALSE((model.knows_user(2) || model.knows_item(3)));
  const auto lists = akin::recommend(execution::seq, model, {.k = 9});
  CHECK(std::vector<std::int32_t>(lists.items(0).begin(), lists.items(0).end()) == std::vector<std::int32_t>{0, 1, 2});
  CHECK(lists.items(2).empty());

  const std::vector<std::int32_t> lamp = {4};
  const auto alike = akin::similar_items(execution::seq, model, lamp, {.k = 3});
  REQUIRE(alike.items(0).size() == 1);
  CHECK((alike.items(0)[0] == 2 && alike.scores(0)[0] == Approx(half)));

  const auto shared = model.shared_features(1, 1);
  REQUIRE(shared.size() == 2);
  CHECK((shared[0].feature == 2 && shared[1].feature == 1));
  CHECK(shared[0].weight + shared[1].weight == Approx(model.score(1, 1)));
  CHECK(model.shared_features(1, 1, 1).size() == 1);
  CHECK(model.shared_features(0, 4).empty());
}

TEMPLATE_TEST_CASE("scores are cosines of profiles and features, as a dense reference has them", "", float, double) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    const auto f = akin_test::random_sparse<TestType, std::int32_t>(30, 200, 0.06, seed);
    const auto x = akin_test::random_sparse<TestType, std::int32_t>(25, 30, 0.2, seed + 50);
    akin::content_model<TestType> model, dense;
    model.fit(execution::par, f, x);
    Eigen::MatrixXd unit = Eigen::MatrixXd(f.template cast<double>());
    for (Eigen::Index i = 0; i < unit.rows(); ++i)
      if (unit.row(i).norm() > 0) unit.row(i).normalize();
    const Eigen::MatrixXd profiles = Eigen::MatrixXd(x.template cast<double>()) * unit;
    const double tolerance = 50 * static_cast<double>(std::numeric_limits<TestType>::epsilon());
    for (std::int32_t user = 0; user < 25; ++user)
      for (std::int32_t item = 0; item < 30; ++item) {
        const double length = profiles.row(user).norm();
        const double expected = length > 0 ? profiles.row(user).dot(unit.row(item)) / length : 0;
        CHECK(std::abs(static_cast<double>(model.score(user, item)) - expected) < tolerance);
      }
    dense.fit(execution::par, akin::dense_matrix<TestType>(f), x);
    CHECK(akin_test::bytes_of(dense) == akin_test::bytes_of(model));

    // Histories of the training get the lists of its users, and contributions sum to the score.
    const auto lists = akin::recommend(execution::par, model, {.k = 5, .exclude = x});
    const auto again = akin::recommend_for(execution::par, model, x, {.k = 5, .exclude = x});
    for (std::int32_t user = 0; user < 25; ++user) {
      const auto u = static_cast<std::size_t>(user);
      CHECK(
          (std::ranges::equal(lists.items(u), again.items(u)) && std::ranges::equal(lists.scores(u), again.scores(u))));
      if (lists.items(u).empty()) continue;
      double sum = 0;
      for (const auto& why : akin::explain(model, x, user, lists.items(u)[0], {.k = 100}))
        sum += static_cast<double>(why.contribution);
      CHECK(std::abs(sum - static_cast<double>(lists.scores(u)[0])) < tolerance);
    }
  }
}

TEST_CASE("of a log, old interactions count less") {
  constexpr std::int64_t day = 24 * 60 * 60 * 1000;
  const akin::interaction_log log({.users = {0, 0, 0},
                                   .items = {0, 1, 1},
                                   .values = {1, 1, 1},
                                   .times = {20 * day, 10 * day, 0},
                                   .user_ids = std::make_shared<const akin::id_map>(akin::numbered_ids(1)),
                                   .item_ids = std::make_shared<const akin::id_map>(akin::numbered_ids(5))});
  akin::content_model<float> model({.half_life_days = 10}), decayed_by_hand, undecayed, summed;
  model.fit(execution::seq, shop_features(), log);
  decayed_by_hand.fit(execution::seq, shop_features(), clicks(1, 5, {{0, 0, 1}, {0, 1, 0.75f}}));
  undecayed.fit(execution::seq, shop_features(), log);
  summed.fit(execution::seq, shop_features(), clicks(1, 5, {{0, 0, 1}, {0, 1, 2}}));
  for (std::int32_t item = 0; item < 5; ++item) {
    CHECK(model.score(0, item) == Approx(decayed_by_hand.score(0, item)));
    CHECK(undecayed.score(0, item) == Approx(summed.score(0, item)));
  }
  CHECK(model.score(0, 0) > undecayed.score(0, 0));
}

TEST_CASE("huge, tiny and opposite numbers") {
  const float huge = 3e38f, tiny = 1e-38f;
  const auto f = clicks(4, 2, {{0, 0, huge}, {0, 1, huge}, {1, 0, tiny}, {2, 0, 1}, {3, 0, -1}});
  akin::content_model<float> model;
  model.fit(execution::seq, f, clicks(3, 4, {{0, 0, 1}, {1, 1, 1}, {2, 2, 1}, {2, 3, 1}}));
  CHECK(model.score(0, 0) == Approx(1));
  CHECK(model.score(1, 2) == Approx(1));
  CHECK(model.score(1, 3) == Approx(-1));
  CHECK_FALSE(model.knows_user(2));  // its items cancel
}

TEST_CASE("features that do not fit are refused in a sentence, and the model stays as it was") {
  const auto x = clicks(1, 5, {{0, 0, 1}});
  akin::content_model<float> model;
  model.fit(execution::seq, shop_features(), x);
  const auto before = akin_test::bytes_of(model);
  CHECK_THROWS_MATCHES(model.fit(execution::seq, clicks(4, 4, {}), x), std::invalid_argument,
                       Message("content_model::fit: item_features must have a row for each of the 5 items, got 4"));
  auto poisoned = shop_features();
  poisoned.valuePtr()[0] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH(model.fit(execution::seq, poisoned, x), contains("item_features: values must be finite"));
  CHECK(akin_test::bytes_of(model) == before);
  for (const double bad : {-1.0, std::numeric_limits<double>::infinity(), std::nan("")})
    CHECK_THROWS_WITH(akin::content_model<float>({.half_life_days = bad}),
                      contains("half_life_days must be finite and not negative"));
  akin::content_model<float> decaying({.half_life_days = 1});
  const akin::interaction_log timeless({.users = {0}, .items = {0}});
  CHECK_THROWS_WITH(decaying.fit(execution::seq, shop_features(), timeless), contains("must have times"));
  CHECK_THROWS_WITH(model.shared_features(1, 0), contains("user must be an id below 1"));
  CHECK_THROWS_WITH(model.shared_features(0, 5), contains("item must be an id below 5"));
  CHECK_THROWS_WITH(model.shared_features(0, 0, 0), contains("k must be positive"));
  CHECK_THROWS_AS(akin::content_model<float>().shared_features(0, 0), akin::not_fitted);
}
