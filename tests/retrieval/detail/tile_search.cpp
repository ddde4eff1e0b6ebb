#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/factorization/biased_mf.hpp>
#include <akin/factorization/explicit_als.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/retrieval/recommend.hpp>

#include "retrieval/lists.hpp"
#include "support/catch.hpp"
#include "support/random_data.hpp"

// Lists for many users come from tiles, those for few from one row of scores after the other: they must be the same.

namespace {

namespace execution = akin::execution;

template <class Model>
void check_lists(const Model& model, const akin::query<typename Model::index_type>& q, int threads = 2) {
  using index_type = typename Model::index_type;
  const auto by_tiles = akin::recommend(execution::par.threads(threads), model, q);
  for (index_type user = 0; user < model.users(); ++user) {
    CAPTURE(user);
    const std::vector<index_type> alone = {user};
    const auto one = akin::recommend(execution::seq, model, alone, q);
    REQUIRE(list_of(by_tiles, static_cast<std::size_t>(user)) == list_of(one, 0));
  }
}

template <class Scalar>
akin::dense_matrix<Scalar> gaussian(std::int64_t rows, std::int64_t cols, std::uint64_t seed) {
  return akin::synthetic::gaussian<Scalar>(rows, cols, {.seed = seed});
}

template <class Model>
bool tiled(const Model& model, const akin::query<>& q) {
  namespace detail = akin::detail;
  const detail::factors_of<Model> factors(model);
  return detail::is_worth_tiles(q, model.users(), model.items()) &&
         detail::factor_search<typename Model::scalar_type, std::int32_t>(execution::seq, factors, q)
             .lists(execution::seq, model.users(), {})
             .has_value();
}

}  // namespace

TEMPLATE_TEST_CASE("tiles find the lists that rows of scores give", "", float, double) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const akin::random_stream sizes(seed, 9);
    const auto users = static_cast<std::int64_t>(64 + sizes.below(0, 200));
    const auto items = static_cast<std::int64_t>(1 + sizes.below(1, 1500));
    const auto depth = static_cast<std::int64_t>(1 + sizes.below(2, 70));
    const int k = static_cast<int>(1 + sizes.below(3, 60));
    CAPTURE(seed, users, items, depth, k);
    auto user_factors = gaussian<TestType>(users, depth, 2 * seed);
    auto item_factors = gaussian<TestType>(items, depth, 2 * seed + 1);
    user_factors.row(3).setZero();
    item_factors.row(items / 2).setZero();
    for (std::int64_t i = 0; i < items; ++i)  // lengths of all kinds
      item_factors.row(i) *=
          static_cast<TestType>(std::exp(2 * akin::random_stream(seed).normal(static_cast<std::uint64_t>(i))));
    const akin::factor_model<TestType> model(user_factors, item_factors);
    const auto seen =
        akin_test::random_sparse<float, std::int32_t>(static_cast<int>(users), static_cast<int>(items), 0.05, seed);
    akin::query<> q{.k = k};
    if (seed % 2 == 0) q.exclude = seen;
    const akin::item_mask allowed(items, [](std::int64_t item) { return item % 3 != 0; });
    if (seed % 3 == 0) q.allow = allowed;
    if (seed % 4 == 0) q.minimum_score = 1;
    CHECK(tiled(model, q));
    for (const int threads : {1, 2, 3}) check_lists(model, q, threads);
  }
}

TEST_CASE("tiles tell scores apart that are a rounding from each other, and ties by id") {
  const std::int64_t users = 70, items = 900, depth = 48;
  akin::dense_matrix<float> user_factors = gaussian<float>(users, depth, 1);
  akin::dense_matrix<float> item_factors(items, depth);
  const akin::dense_matrix<float> base = gaussian<float>(1, depth, 2);
  for (std::int64_t i = 0; i < items; ++i) {
    item_factors.row(i) = base.row(0);
    float& x = item_factors(i, i % depth);
    for (std::int64_t step = 0; step < i % 7; ++step) x = std::nextafter(x, 10.0f);
  }
  check_lists(akin::factor_model<float>(user_factors, item_factors), {.k = 25});
  user_factors.setOnes();
  item_factors.setOnes();
  const auto tied = akin::recommend(execution::par, akin::factor_model<float>(user_factors, item_factors), {.k = 5});
  for (std::size_t u = 0; u < static_cast<std::size_t>(users); ++u)
    CHECK(items_of(tied, u) == std::vector<std::int32_t>{0, 1, 2, 3, 4});
}

TEST_CASE("tiny and huge factors: what may overflow is not left to tiles") {
  for (const float scale : {1e-30f, 1e-19f, 1e18f, 1e19f, 3e38f}) {
    CAPTURE(scale);
    const auto shape = [&](std::int64_t rows, std::uint64_t seed) {
      akin::dense_matrix<float> x = gaussian<float>(rows, 8, seed);
      return akin::dense_matrix<float>(x.array().max(-1).min(1) * scale);
    };
    const akin::factor_model<float> model(shape(80, 1), shape(300, 2));
    CHECK(tiled(model, {.k = 7}) == (scale <= 1e18f));
    check_lists(model, {.k = 7});
  }
}

TEST_CASE("few users, long lists and exclusions out of order go another way") {
  const akin::factor_model<float> model(gaussian<float>(100, 4, 1), gaussian<float>(3000, 4, 2));
  CHECK(tiled(model, {.k = 2048}));
  CHECK_FALSE(tiled(model, {.k = 2049}));
  CHECK_FALSE(tiled(akin::factor_model<float>(gaussian<float>(63, 4, 1), gaussian<float>(10, 4, 2)), {.k = 2}));
  std::vector<std::int32_t> offsets(101, 3), columns = {5, 2, 9};
  offsets[0] = 0;
  const akin::sparsity_view<std::int32_t> unordered(100, 3000, offsets.data(), columns.data());
  CHECK_FALSE(tiled(model, {.k = 2, .exclude = unordered}));
  check_lists(model, {.k = 2, .exclude = unordered});
}

TEST_CASE("candidates, also twice, and what is left of them") {
  const akin::factor_model<float> model(gaussian<float>(90, 6, 1), gaussian<float>(500, 6, 2));
  const std::vector<std::int32_t> some = {400, 3, 3, 77, 12}, none;
  check_lists(model, {.k = 3, .candidates = some});
  check_lists(model, {.k = 30, .candidates = some});
  check_lists(model, {.k = 3, .candidates = none});
  const auto everything = akin_test::random_sparse<float, std::int32_t>(90, 500, 1, 3);
  check_lists(model, {.k = 3, .exclude = everything});
}

TEST_CASE("users in any order, and strangers among them") {
  akin::dense_matrix<float> user_factors = gaussian<float>(40, 6, 1);
  for (std::int64_t u = 0; u < 40; u += 3) user_factors.row(u).setZero();
  const akin::factor_model<float> model(user_factors, gaussian<float>(500, 6, 2));
  std::vector<std::int32_t> users(200);
  for (std::size_t i = 0; i < users.size(); ++i) users[i] = static_cast<std::int32_t>(i * 7 % 40);
  const auto lists = akin::recommend(execution::par, model, users, {.k = 4});
  for (std::size_t i = 0; i < users.size(); ++i) {
    const std::vector<std::int32_t> alone = {users[i]};
    CHECK(list_of(lists, i) == list_of(akin::recommend(execution::seq, model, alone, {.k = 4}), 0));
    CHECK(lists.items(i).empty() == (users[i] % 3 == 0));
  }
}

TEMPLATE_TEST_CASE("models with biases", "", float, double) {
  const akin::sparse_matrix<TestType> ratings =
      akin::synthetic::power_law_clicks<TestType>({.users = 150, .items = 400, .interactions = 3000, .seed = 3});
  akin::explicit_als<TestType> als({.factors = 7, .iterations = 3});
  als.fit(execution::seq, ratings);
  check_lists(als, {.k = 11, .exclude = ratings});
  akin::biased_mf<TestType> sgd({.factors = 7, .epochs = 3});
  sgd.fit(execution::seq, ratings);
  check_lists(sgd, {.k = 11, .exclude = ratings, .minimum_score = 1});
}
