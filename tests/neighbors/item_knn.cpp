#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include <Eigen/Dense>

#include <akin/data/merge_interactions.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/data/weighting.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/neighbors/user_knn.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/similar_items.hpp>

#include "neighbors/option_changes.hpp"
#include "neighbors/reference.hpp"
#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/promise_harness.hpp"
#include "support/update_harness.hpp"

using akin_test::matrix_of;
namespace execution = akin::execution;

TEMPLATE_TEST_CASE("item_knn keeps the promises of every model", "", akin::item_knn<float>, akin::item_knn<double>,
                   (akin::item_knn<float, std::int64_t>)) {
  akin_test::check_model([] { return TestType({.neighbors = 7}); });
}

TEST_CASE("item_knn lists what it knows, and keeps what is documented of it") {
  akin_test::check_promises([] { return akin::item_knn<float>({.neighbors = 5}); }, akin_test::row_lists::same,
                            akin_test::reason_sums::score);
  SECTION("a known answer") {
    akin_test::check_checkerboard([] { return akin::item_knn<float>(); });
  }
}

TEST_CASE("measures of values refuse those whose squares leave the scalar type, measures of presence do not care") {
  using akin::similarity;
  const auto fitted_to = [](similarity measure, float factor) {
    auto ratings = akin_test::some_counts<akin::item_knn<float>>();
    ratings.coeffs() *= factor;
    akin::item_knn<float> model(akin_test::plain({.neighbors = 5, .similarity = measure}));
    model.fit(execution::par, ratings);
    return model.similarities().nonZeros();
  };
  for (const similarity measure : {similarity::cosine, similarity::asymmetric_cosine, similarity::adjusted_cosine,
                                   similarity::pearson, similarity::euclidean}) {
    for (const float factor : {1e19f, 5e37f})
      CHECK_THROWS_WITH(fitted_to(measure, factor), contains("beyond the scalar type; scale the values down"));
    CHECK_THROWS_WITH(fitted_to(measure, 1e-25f), contains("below the scalar type; scale the values up"));
    CHECK(fitted_to(measure, 1e15f) > 0);
  }
  for (const float factor : {1e-25f, 1e19f, 5e37f}) CHECK(fitted_to(similarity::jaccard, factor) > 0);
}

TEST_CASE("each option of item_knn matters") {
  akin_test::check_options<akin::item_knn<float>>(akin_test::plain({.neighbors = 7}), neighborhood_changes(), {});
}

TEST_CASE("item_knn keeps them when it averages centred ratings") {
  akin_test::check_model([] {
    return akin::item_knn<float>({.neighbors = 7,
                                  .similarity = akin::similarity::pearson,
                                  .centering = akin::centering::baseline,
                                  .aggregation = akin::aggregation::weighted_average});
  });
}

namespace {

using model_type = akin::item_knn<float>;

/// Rows: users, columns: items a b c d.
akin::sparse_matrix<float> four_by_four() {
  return matrix_of<model_type>(
      4, 4, {{0, 0, 5}, {0, 1, 3}, {1, 0, 4}, {1, 1, 2}, {1, 2, 4}, {2, 1, 1}, {2, 2, 5}, {3, 3, 2}});
}

}  // namespace

TEST_CASE("item_knn has the cosines by hand") {
  model_type model(akin_test::plain({.neighbors = 2}));
  model.fit(four_by_four());
  const akin::sparse_matrix<float> s = model.similarities();
  CHECK(s.coeff(0, 1) == Approx((5 * 3 + 4 * 2) / (std::sqrt(41.0) * std::sqrt(14.0))));
  CHECK(s.coeff(0, 2) == Approx(4 * 4 / (std::sqrt(41.0) * std::sqrt(41.0))));
  CHECK(s.coeff(0, 0) == 0);
  CHECK(s.row(3).nonZeros() == 0);
}

TEST_CASE("item_knn recommends what is supported and explains it") {
  model_type model(akin_test::plain({.neighbors = 2}));
  const auto x = four_by_four();
  model.fit(execution::par, x);
  const auto lists = akin::recommend(execution::par, model, {.k = 2, .exclude = x});
  CHECK(std::ranges::equal(lists.items(0), std::vector{2}));
  CHECK(lists.items(3).empty());

  const auto reasons = akin::explain(model, x, 0, 2, {.k = 3});
  REQUIRE(reasons.size() == 2);
  CHECK(reasons[0].contribution + reasons[1].contribution == Approx(model.score(0, 2)));
  CHECK(reasons[0].item == 0);  // 5 * 16/41 against 3 * 13 / sqrt(14 * 41)

  const std::int32_t items[] = {0, 3};
  const auto similar = akin::similar_items(execution::seq, model, items, {.k = 2});
  CHECK(std::ranges::equal(similar.items(0), std::vector{1, 2}));
  CHECK(similar.items(1).empty());
}

TEMPLATE_TEST_CASE("item_knn keeps the nearest items of a dense reference under every measure", "", float, double) {
  const std::uint64_t seed = 21;
  CAPTURE(seed);
  const auto ratings = akin_test::some_ratings<TestType>(40, 25, seed);
  const Eigen::MatrixXd rows = akin_test::stored_values(ratings).transpose();
  for (const auto& options : akin_test::measures_to_try()) {
    CAPTURE(static_cast<int>(*options.similarity), *options.neighbors);
    akin::item_knn<TestType> model(options);
    model.fit(execution::par.threads(2), ratings);
    CHECK(akin_test::holds_nearest(akin::sparse_matrix<TestType>(model.similarities()), rows, options,
                                   std::is_same_v<TestType, float> ? 2e-5 : 1e-9));
  }
}

TEST_CASE("item_knn centres, averages and predicts as its definition says") {
  const std::uint64_t seed = 22;
  CAPTURE(seed);
  const auto ratings = akin_test::some_ratings<double>(30, 20, seed);
  const Eigen::MatrixXd dense = akin_test::stored_values(ratings);
  for (const auto kind : akin_test::all_centerings)
    for (const auto aggregation : {akin::aggregation::sum, akin::aggregation::weighted_average}) {
      CAPTURE(static_cast<int>(kind), static_cast<int>(aggregation));
      const akin::item_knn_options options = akin_test::plain({.neighbors = 8,
                                                               .similarity = akin::similarity::cosine,
                                                               .shrinkage = 1,
                                                               .keep_negative = true,
                                                               .centering = kind,
                                                               .aggregation = aggregation});
      akin::item_knn<double> model(options);
      model.fit(execution::par, ratings);
      const akin_test::reference_centering reference(dense, kind);
      const akin::sparse_matrix<double> s = model.similarities();
      CHECK(akin_test::holds_nearest(s, reference.all(dense).transpose(), options, 1e-9));
      std::vector<double> all(20);
      for (std::int32_t u = 0; u < 30; ++u) {
        model.score_all(u, all);
        for (std::int32_t j = 0; j < 20; ++j) {
          double sum = 0, weights = 0;
          for (Eigen::Index i = 0; i < 20; ++i)
            if (!std::isnan(dense(u, i))) {
              sum += s.coeff(i, j) * reference.centred(dense(u, i), u, i);
              weights += std::abs(s.coeff(i, j));
            }
          const double rating = reference.rating(weights > 0 ? sum / weights : 0, u, j);
          CHECK(model.predict(u, j) == Approx(rating));
          const double score = weights == 0 ? 0 : aggregation == akin::aggregation::sum ? sum : rating;
          CHECK(model.score(u, j) == Approx(score).margin(1e-12));
          CHECK((weights > 0 ? all[static_cast<std::size_t>(j)] == model.score(u, j)
                             : all[static_cast<std::size_t>(j)] == -std::numeric_limits<double>::infinity()));
        }
      }
      const auto reasons = akin::explain(model, ratings, 0, 5, {.k = 100});
      double contributed = 0;
      for (const auto& reason : reasons) contributed += reason.contribution;
      const double base = aggregation == akin::aggregation::sum ? 0 : reference.rating(0, 0, 5);
      CHECK(contributed + base == Approx(model.score(0, 5)).margin(1e-12));
    }
}

TEMPLATE_TEST_CASE("neighbourhoods predict rows to the bits of their predictions", "", akin::item_knn<float>,
                   akin::item_knn<double>, (akin::item_knn<float, std::int64_t>), akin::user_knn<float>,
                   akin::user_knn<double>, (akin::user_knn<float, std::int64_t>)) {
  using Scalar = typename TestType::scalar_type;
  using Index = typename TestType::index_type;
  akin::sparse_matrix<Scalar, Index> ratings = akin_test::some_ratings<Scalar>(60, 200, 24);
  // Users with nothing, and with so little that a search is shorter than a walk.
  ratings.prune([](auto user, auto item, auto) { return user != 3 && (user != 4 || item == 7); });
  for (const auto kind : akin_test::all_centerings)
    for (const auto aggregation : {akin::aggregation::sum, akin::aggregation::weighted_average})
      for (const int neighbors : {1, 150}) {
        CAPTURE(static_cast<int>(kind), static_cast<int>(aggregation), neighbors);
        TestType model({.neighbors = neighbors, .keep_negative = true, .centering = kind, .aggregation = aggregation});
        model.fit(ratings);
        typename TestType::prediction_scratch scratch;
        std::vector<Index> items;
        for (Index item = 199; item >= 0; item -= 3) items.insert(items.end(), {item, item});
        int wrong = 0;
        for (const std::int64_t asked : {std::int64_t{0}, std::int64_t{1}, static_cast<std::int64_t>(items.size())})
          for (Index user = 0; user < 60; ++user) {
            std::vector<Scalar> out(static_cast<std::size_t>(asked));
            model.predict_row(user, {items.data(), asked}, out, scratch);
            for (std::size_t i = 0; i < out.size(); ++i) wrong += !(out[i] == model.predict(user, items[i]));
          }
        CHECK(wrong == 0);
      }
}

TEMPLATE_TEST_CASE("what all rate alike is like nothing when centred", "", float, double) {
  const std::uint64_t seed = 25;
  CAPTURE(seed);
  akin::sparse_matrix<TestType> ratings = akin_test::some_ratings<TestType>(40, 25, seed);
  for (int u = 0; u < 40; ++u)  // sums and means of these round
    for (typename akin::sparse_matrix<TestType>::InnerIterator cell(ratings, u); cell; ++cell)
      cell.valueRef() = u == 2 || cell.col() == 3 ? TestType(0.7) : cell.value() / TestType(3);
  akin::item_knn<TestType> items({.keep_negative = true, .centering = akin::centering::item_mean});
  items.fit(ratings);
  CHECK(akin::sparse_matrix<TestType>(items.similarities()).row(3).norm() == 0);
  for (const auto kind : {akin::centering::user_mean, akin::centering::z_score}) {
    akin::user_knn<TestType> users({.keep_negative = true, .centering = kind});
    users.fit(ratings);
    CHECK(akin::sparse_matrix<TestType>(users.similarities()).row(2).norm() == 0);
    CHECK(akin::sparse_matrix<TestType>(users.similarities()).row(1).norm() > 0);
  }
}

TEST_CASE("item_knn weights what similarities see, and scores with the values as they are") {
  const auto ratings = akin_test::some_ratings<double>(30, 20, 23);
  for (const auto kind :
       {akin::interaction_weighting::tf_idf, akin::interaction_weighting::bm25, akin::interaction_weighting::log}) {
    akin::item_knn<double> model(akin_test::plain({.neighbors = 5, .weighting = kind})),
        by_hand(akin_test::plain({.neighbors = 5}));
    model.fit(ratings);
    by_hand.fit(kind == akin::interaction_weighting::tf_idf ? akin::weighting::tf_idf(ratings)
                : kind == akin::interaction_weighting::bm25 ? akin::weighting::bm25(ratings)
                                                            : akin::weighting::log(ratings));
    const akin::sparse_matrix<double> s = model.similarities();
    CHECK(akin_test::same_matrix(s, akin::sparse_matrix<double>(by_hand.similarities())));
    CHECK(akin_test::same_matrix(akin::sparse_matrix<double>(model.histories()), ratings));
  }
}

TEMPLATE_TEST_CASE("neighbours are learnt anew when interactions come and when users leave", "", akin::item_knn<float>,
                   akin::user_knn<float>) {
  akin_test::check_refits([] { return TestType({.neighbors = 7}); });
}

TEMPLATE_TEST_CASE("neighbours who predict ratings are learnt anew too", "", akin::item_knn<double>,
                   akin::user_knn<double>) {
  akin_test::check_refits(
      [] {
        return TestType({.neighbors = 7,
                         .centering = akin::centering::user_mean,
                         .aggregation = akin::aggregation::weighted_average});
      },
      akin::when_both::replace);
}

TEST_CASE("a rating that comes again takes the place of the old one") {
  akin::item_knn<float> model({.aggregation = akin::aggregation::weighted_average});
  model.fit(four_by_four());
  model.partial_fit(execution::seq, matrix_of<model_type>(4, 4, {{0, 0, 1}}));
  CHECK(akin::sparse_matrix<float>(model.histories()).coeff(0, 0) == 1);
}

TEST_CASE("item_knn takes a matrix that is moved in without a copy") {
  auto x = four_by_four();
  const float* const values = x.valuePtr();
  model_type copied, moved;
  copied.fit(execution::seq, x);
  moved.fit(execution::seq, std::move(x));
  CHECK(moved.histories().valuePtr() == values);
  CHECK(akin_test::bytes_of(moved) == akin_test::bytes_of(copied));
}

TEST_CASE("item_knn knows users and items with evidence") {
  model_type model;
  model.fit(matrix_of<model_type>(3, 3, {{0, 0, 1}, {0, 1, 1}}));
  CHECK(model.knows_user(0));
  CHECK_FALSE(model.knows_user(1));
  CHECK(model.knows_item(1));
  CHECK_FALSE(model.knows_item(2));
}

TEMPLATE_TEST_CASE("neighbourhoods refuse options without a meaning", "", akin::item_knn<float>,
                   akin::user_knn<float>) {
  const auto refuses = [](const akin::neighborhood_options& options, const char* sentence) {
    CHECK_THROWS_WITH(TestType(options), contains(sentence));
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  refuses({.neighbors = 0}, "neighbors must be positive, got 0");
  refuses({.similarity = static_cast<akin::similarity>(99)}, "similarity must be one of the enumerators, got 99");
  refuses({.shrinkage = -1}, "shrinkage must be finite and not negative, got -1");
  refuses({.minimum_support = 0}, "minimum_support must be positive, got 0");
  refuses({.significance = nan}, "significance must be finite and not negative");
  refuses({.amplification = 0}, "amplification must be finite and positive, got 0");
  refuses({.asymmetry = 1.5}, "asymmetry must be in [0, 1], got 1.5");
  refuses({.tversky_alpha = -0.5}, "tversky_alpha must be finite and not negative, got -0.5");
  refuses({.tversky_beta = nan}, "tversky_beta must be finite and not negative");
  refuses({.centering = static_cast<akin::centering>(7)}, "centering must be one of the enumerators, got 7");
  refuses({.aggregation = static_cast<akin::aggregation>(2)}, "aggregation must be one of the enumerators, got 2");
  refuses({.weighting = static_cast<akin::interaction_weighting>(-1)}, "weighting must be one of the enumerators");
}
