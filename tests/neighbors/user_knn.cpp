#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include <Eigen/Dense>

#include <akin/neighbors/user_knn.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/recommend_for.hpp>

#include "neighbors/option_changes.hpp"
#include "neighbors/reference.hpp"
#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/promise_harness.hpp"

using akin_test::matrix_of;
namespace execution = akin::execution;

TEMPLATE_TEST_CASE("user_knn keeps the promises of every model", "", akin::user_knn<float>, akin::user_knn<double>,
                   (akin::user_knn<float, std::int64_t>)) {
  akin_test::check_model([] { return TestType({.neighbors = 7}); });
}

TEST_CASE("user_knn lists what it knows, and keeps what is documented of it") {
  akin_test::check_promises([] { return akin::user_knn<float>({.neighbors = 5}); }, akin_test::row_lists::same,
                            akin_test::reason_sums::score);
  SECTION("a known answer") {
    akin_test::check_checkerboard([] { return akin::user_knn<float>(); });
  }
}

TEST_CASE("each option of user_knn matters") {
  akin_test::check_options<akin::user_knn<float>>(akin_test::plain({.neighbors = 7}), neighborhood_changes(), {});
}

TEST_CASE("user_knn keeps them when it averages centred ratings") {
  akin_test::check_model([] {
    return akin::user_knn<float>({.neighbors = 7,
                                  .similarity = akin::similarity::adjusted_cosine,
                                  .centering = akin::centering::z_score,
                                  .aggregation = akin::aggregation::weighted_average});
  });
}

TEST_CASE("user_knn weighs values under measures that change them, too") {
  const auto ratings = akin_test::some_ratings<float>(25, 40, 31);
  const auto similarities_of = [&](akin::similarity by, akin::interaction_weighting weighting) {
    akin::user_knn<float> model({.neighbors = 5, .similarity = by, .weighting = weighting});
    model.fit(ratings);
    return akin_test::dense(akin::sparse_matrix<float>(model.similarities()));
  };
  using akin::interaction_weighting;
  for (const auto weighting :
       {interaction_weighting::tf_idf, interaction_weighting::bm25, interaction_weighting::log}) {
    // Who has something is the same, whatever its weight; how much of it is not.
    CHECK(akin_test::same(similarities_of(akin::similarity::jaccard, weighting),
                          similarities_of(akin::similarity::jaccard, interaction_weighting::none)));
    CHECK_FALSE(akin_test::same(similarities_of(akin::similarity::pearson, weighting),
                                similarities_of(akin::similarity::pearson, interaction_weighting::none)));
  }
}

TEMPLATE_TEST_CASE("user_knn keeps the nearest users of a dense reference under every measure", "", float, double) {
  const std::uint64_t seed = 31;
  CAPTURE(seed);
  const auto ratings = akin_test::some_ratings<TestType>(25, 40, seed);
  const Eigen::MatrixXd rows = akin_test::stored_values(ratings);
  for (const auto& options : akin_test::measures_to_try()) {
    CAPTURE(static_cast<int>(*options.similarity), *options.neighbors);
    akin::user_knn<TestType> model(options);
    model.fit(execution::par.threads(2), ratings);
    CHECK(akin_test::holds_nearest(akin::sparse_matrix<TestType>(model.similarities()), rows, options,
                                   std::is_same_v<TestType, float> ? 2e-5 : 1e-9));
  }
}

TEST_CASE("user_knn centres, averages and predicts as its definition says") {
  const std::uint64_t seed = 32;
  CAPTURE(seed);
  const auto ratings = akin_test::some_ratings<double>(30, 20, seed);
  const Eigen::MatrixXd dense = akin_test::stored_values(ratings);
  for (const auto kind : akin_test::all_centerings)
    for (const auto aggregation : {akin::aggregation::sum, akin::aggregation::weighted_average}) {
      CAPTURE(static_cast<int>(kind), static_cast<int>(aggregation));
      const akin::user_knn_options options = akin_test::plain(
          {.neighbors = 6, .shrinkage = 1, .keep_negative = true, .centering = kind, .aggregation = aggregation});
      akin::user_knn<double> model(options);
      model.fit(execution::par, ratings);
      const akin_test::reference_centering reference(dense, kind);
      const akin::sparse_matrix<double> s = model.similarities();
      CHECK(akin_test::holds_nearest(s, reference.all(dense), options, 1e-9));
      std::vector<double> all(20);
      for (std::int32_t u = 0; u < 30; ++u) {
        model.score_all(u, all);
        for (std::int32_t i = 0; i < 20; ++i) {
          double sum = 0, weights = 0;
          for (Eigen::Index v = 0; v < 30; ++v)
            if (!std::isnan(dense(v, i))) {
              sum += s.coeff(u, v) * reference.centred(dense(v, i), v, i);
              weights += std::abs(s.coeff(u, v));
            }
          const double rating = reference.rating(weights > 0 ? sum / weights : 0, u, i);
          CHECK(model.predict(u, i) == Approx(rating));
          const double score = weights == 0 ? 0 : aggregation == akin::aggregation::sum ? sum : rating;
          CHECK(model.score(u, i) == Approx(score).margin(1e-12));
          CHECK((weights > 0 ? all[static_cast<std::size_t>(i)] == model.score(u, i)
                             : all[static_cast<std::size_t>(i)] == -std::numeric_limits<double>::infinity()));
        }
      }
    }
}

TEST_CASE("user_knn finds the neighbours of a history that is new, and explains by its items") {
  // Two who like a, b, c and two who like d, e; a newcomer with a and b.
  const auto likes = matrix_of<akin::user_knn<double>>(
      4, 5, {{0, 0, 1}, {0, 1, 1}, {0, 2, 1}, {1, 1, 1}, {1, 2, 1}, {2, 3, 1}, {2, 4, 1}, {3, 3, 1}, {3, 4, 1}});
  akin::user_knn<double> model(akin_test::plain({.neighbors = 10}));
  model.fit(likes);
  const auto newcomer = matrix_of<akin::user_knn<double>>(2, 5, {{0, 0, 1}, {0, 1, 1}});
  const auto lists = akin::recommend_for(execution::par, model, newcomer, {.k = 5, .exclude = newcomer});
  REQUIRE(std::ranges::equal(lists.items(0), std::vector{2}));
  CHECK(lists.items(1).empty());
  const double to_first = 2 / std::sqrt(6.0), to_second = 1 / 2.0;
  CHECK(lists.scores(0)[0] == Approx(to_first + to_second));

  const auto reasons = akin::explain(model, newcomer, 0, 2);
  REQUIRE(reasons.size() == 2);
  CHECK(reasons[0].item == 1);  // both have it, of the first it has half
  CHECK(reasons[0].contribution == Approx(to_first / 2 + to_second));
  CHECK(reasons[1].contribution == Approx(to_first / 2));
}

TEST_CASE("user_knn weighs a new history as it weighed those of the training") {
  using akin::interaction_weighting;
  const auto likes =
      matrix_of<akin::user_knn<double>>(3, 4, {{0, 0, 2}, {0, 1, 4}, {0, 2, 1}, {1, 1, 3}, {1, 3, 5}, {2, 3, 1}});
  const auto newcomer = matrix_of<akin::user_knn<double>>(1, 4, {{0, 0, 4}, {0, 1, 2}});
  const double unit = 2, mean_length = (7 + 8 + 1) / unit / 3;
  // Of a value of an item that df of the 3 users have, in a history with values that sum to length.
  const auto weight = [&](interaction_weighting by, double value, double df, double length) {
    const double x = value / unit;
    if (by == interaction_weighting::log) return std::log(1 + x);
    if (by == interaction_weighting::tf_idf) return x * (std::log(4 / (1 + df)) + 1);
    return std::log(1 + (3 - df + 0.5) / (df + 0.5)) * x * 2.2 /
           (x + 1.2 * (0.25 + 0.75 * length / unit / mean_length));
  };
  for (const auto by : {interaction_weighting::log, interaction_weighting::tf_idf, interaction_weighting::bm25}) {
    akin::user_knn<double> model(akin_test::plain({.weighting = by, .value_unit = unit}));
    model.fit(likes);
    // The newcomer has items 0 (one user) and 1 (two users) in common with user 0, and item 1 with user 1.
    const double a = weight(by, 4, 1, 6), b = weight(by, 2, 2, 6), own = std::hypot(a, b);
    const double to_0 = (a * weight(by, 2, 1, 7) + b * weight(by, 4, 2, 7)) /
                        (own * std::hypot(weight(by, 2, 1, 7), weight(by, 4, 2, 7), weight(by, 1, 1, 7)));
    const double to_1 = b * weight(by, 3, 2, 8) / (own * std::hypot(weight(by, 3, 2, 8), weight(by, 5, 2, 8)));
    std::vector<double> scores(4);
    model.score_history(akin::detail::view_of(newcomer, "test").row(0), scores);
    CHECK(scores[0] == Approx(2 * to_0));
    CHECK(scores[2] == Approx(1 * to_0));
    CHECK(scores[3] == Approx(5 * to_1));
  }
}

TEST_CASE("user_knn knows users with neighbours and items that someone has") {
  akin::user_knn<float> model;
  model.fit(matrix_of<akin::user_knn<float>>(4, 3, {{0, 0, 1}, {1, 0, 1}, {2, 1, 1}}));
  CHECK(model.knows_user(0));
  CHECK_FALSE(model.knows_user(2));
  CHECK_FALSE(model.knows_user(3));
  CHECK(model.knows_item(1));
  CHECK_FALSE(model.knows_item(2));
}
