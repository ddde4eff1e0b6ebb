#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include <akin/baselines/bias.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/evaluation/evaluate_ratings.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/views.hpp>

#include "evaluation/table_model.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

/// Predicts what is written down.
struct table_of_ratings : table_model<float> {
  float predict(std::int32_t user, std::int32_t item) const { return table(user, item); }
};

table_of_ratings small_model() {
  table_of_ratings model{{akin::dense_matrix<float>(3, 3)}};
  model.table << 1, 2, 3,  //
      4, 5, 6,             //
      7, 8, 9;
  return model;
}

/// The same, a user at a time; notes in its scratch how often it was asked with it.
struct table_of_rows : table_of_ratings {
  using prediction_scratch = std::vector<int>;
  void predict_row(std::int32_t user, akin::slice<const std::int32_t> items, std::span<float> out,
                   prediction_scratch& scratch) const {
    scratch.push_back(user);
    for (std::int64_t i = 0; i < items.size; ++i)
      out[static_cast<std::size_t>(i)] = 10 * table(user, items[i]) + static_cast<float>(scratch.size());
  }
};

}  // namespace

TEST_CASE("a model that predicts rows is asked for rows, with the same scratch again") {
  const auto test = matrix_of<float>(3, 3, {{0, 0, 0}, {0, 2, 5}, {1, 1, 5}, {2, 2, 6}});
  const table_of_rows model{small_model()};
  const auto [mae] = akin::evaluate_ratings(execution::seq, model, test, metrics::mae{});
  CHECK(mae.count == 4);
  CHECK(mae.mean == Approx((11 + 26 + 47 + 87) / 4.0));
}

TEST_CASE("ratings by hand: errors of 1, -2, 0 and 3") {
  const auto test = matrix_of<float>(3, 3, {{0, 0, 0}, {0, 2, 5}, {1, 1, 5}, {2, 2, 6}});
  const auto [rmse, mae] = akin::evaluate_ratings(execution::seq, small_model(), test, metrics::rmse{}, metrics::mae{});
  CHECK(rmse.count == 4);  // a stored 0 is a rating
  CHECK(mae.count == 4);
  CHECK(rmse.mean == Approx(std::sqrt((1 + 4 + 0 + 9) / 4.0)));
  CHECK(mae.mean == Approx((1 + 2 + 0 + 3) / 4.0));
  // Squared deviations of 1, 2, 0, 3 from 1.5: 0.25 + 0.25 + 2.25 + 2.25 = 5, of 1, 4, 0, 9 from 3.5: 49.
  CHECK(mae.standard_error == Approx(std::sqrt(5.0 / 3 / 4)));
  CHECK(rmse.standard_error == Approx(std::sqrt(49.0 / 3 / 4) / (2 * std::sqrt(3.5))));
}

TEST_CASE("one rating has no standard error, none has no error at all") {
  const auto [one] =
      akin::evaluate_ratings(execution::par, small_model(), matrix_of<float>(3, 3, {{1, 0, 2}}), metrics::rmse{});
  CHECK(one.mean == 2);
  CHECK(one.standard_error == 0);
  CHECK(one.count == 1);
  const auto [none] =
      akin::evaluate_ratings(execution::par, small_model(), akin::sparse_matrix<float>(3, 3), metrics::rmse{});
  CHECK(none.mean == 0);
  CHECK(none.count == 0);
  const auto [perfect] = akin::evaluate_ratings(execution::par, small_model(),
                                                matrix_of<float>(3, 3, {{0, 0, 1}, {0, 1, 2}}), metrics::rmse{});
  CHECK(perfect.mean == 0);
  CHECK(perfect.standard_error == 0);
}

TEST_CASE("a metric of one's own, and ratings of another scalar") {
  const auto test = matrix_of<double>(3, 3, {{0, 0, 1.5}, {1, 1, 9}});
  const auto [within_one] = akin::evaluate_ratings(
      execution::seq, small_model(), test,
      [](double predicted, double actual) { return std::abs(predicted - actual) <= 1 ? 1.0 : 0.0; });
  CHECK(within_one.mean == 0.5);
}

TEST_CASE("what the training did not have is predicted by what the model has") {
  akin::bias<double> model({.item_damping = 0, .user_damping = 0});
  model.fit(execution::seq, matrix_of<double>(2, 2, {{0, 0, 3}}));
  const auto [mae] =
      akin::evaluate_ratings(execution::seq, model, matrix_of<double>(2, 2, {{1, 1, 5}}), metrics::mae{});
  CHECK(mae.mean == 2);
  CHECK(mae.count == 1);
}

TEST_CASE("ratings are evaluated to the same bits for any number of threads") {
  const auto ratings = akin::synthetic::low_rank_ratings<float>({.users = 700, .items = 50, .density = 0.2, .seed = 3});
  akin::bias<float> model;
  model.fit(execution::seq, ratings);
  const auto [rmse, mae] = akin::evaluate_ratings(execution::seq, model, ratings, metrics::rmse{}, metrics::mae{});
  double squares = 0, sum = 0;
  for (int u = 0; u < 700; ++u)
    for (akin::sparse_matrix<float>::InnerIterator cell(ratings, u); cell; ++cell) {
      const double error =
          static_cast<double>(model.predict(u, static_cast<int>(cell.col()))) - static_cast<double>(cell.value());
      squares += error * error;
      sum += std::abs(error);
    }
  CHECK(rmse.mean == Approx(std::sqrt(squares / static_cast<double>(ratings.nonZeros()))));
  CHECK(mae.mean == Approx(sum / static_cast<double>(ratings.nonZeros())));
  CHECK(mae.count == ratings.nonZeros());
  for (const int threads : {1, 2, 3}) {
    const auto again =
        akin::evaluate_ratings(execution::par.threads(threads), model, ratings, metrics::rmse{}, metrics::mae{});
    CHECK(again[0].mean == rmse.mean);
    CHECK(again[0].standard_error == rmse.standard_error);
    CHECK(again[1].mean == mae.mean);
    CHECK(again[1].standard_error == mae.standard_error);
  }
}

TEST_CASE("rows of ratings are evaluated as single ones are, to the same bits for any number of threads") {
  const auto ratings = akin::synthetic::low_rank_ratings<float>({.users = 300, .items = 90, .density = 0.2, .seed = 4});
  akin::item_knn<float> model(
      {.centering = akin::centering::baseline, .aggregation = akin::aggregation::weighted_average});
  model.fit(execution::seq, ratings);
  const auto [one, row] = akin::evaluate_ratings(
      execution::seq, model, ratings, metrics::rmse{},
      [](double predicted, double actual) { return (predicted - actual) * (predicted - actual); });
  double squares = 0;
  for (int u = 0; u < 300; ++u)
    for (akin::sparse_matrix<float>::InnerIterator cell(ratings, u); cell; ++cell)
      squares += std::pow(
          static_cast<double>(model.predict(u, static_cast<int>(cell.col()))) - static_cast<double>(cell.value()), 2);
  CHECK(row.mean == Approx(squares / static_cast<double>(ratings.nonZeros())).epsilon(1e-12));
  for (const int threads : {1, 2, 3})
    CHECK(akin::evaluate_ratings(execution::par.threads(threads), model, ratings, metrics::rmse{})[0].mean == one.mean);
}

TEST_CASE("mse, and concordant pairs beside losses, by hand") {
  // Predicted 1 3, 4 5, 8: of the pairs of users 0 and 1 the first is in order; user 2 has one rating.
  const auto test = matrix_of<float>(3, 3, {{0, 0, 0}, {0, 2, 5}, {1, 0, 5}, {1, 1, 2}, {2, 1, 6}});
  const auto [mse, fcp, mae] =
      akin::evaluate_ratings(execution::seq, small_model(), test, metrics::mse{}, metrics::fcp{}, metrics::mae{});
  CHECK(mse.mean == Approx((1 + 4 + 1 + 9 + 4) / 5.0));
  CHECK(mae.mean == Approx((1 + 2 + 1 + 3 + 2) / 5.0));
  CHECK(mse.count == 5);
  CHECK(fcp.mean == 0.5);
  CHECK(fcp.count == 2);
  CHECK(fcp.standard_error == Approx(std::sqrt((0.25 + 0.25) * 2 / 1) / 2));
  const auto [none] =
      akin::evaluate_ratings(execution::par, small_model(), akin::sparse_matrix<float>(3, 3), metrics::fcp{});
  CHECK(none.mean == 0);
  CHECK(none.standard_error == 0);
  CHECK(none.count == 0);
  const auto [nobody] = akin::evaluate_ratings(execution::par, table_of_ratings{{akin::dense_matrix<float>(0, 3)}},
                                               akin::sparse_matrix<float>(0, 3), metrics::fcp{});
  CHECK(nobody.count == 0);
}

TEST_CASE("concordant pairs of a model, to the same bits for any number of threads") {
  const auto check = [](const auto& model, const auto& ratings) {
    std::int64_t concordant = 0, pairs = 0;
    for (Eigen::Index u = 0; u < ratings.rows(); ++u)
      for (typename std::decay_t<decltype(ratings)>::InnerIterator a(ratings, u); a; ++a)
        for (typename std::decay_t<decltype(ratings)>::InnerIterator b(ratings, u); b; ++b) {
          using index_type = typename std::decay_t<decltype(model)>::index_type;
          const auto user = static_cast<index_type>(u);
          if (a.value() <= b.value()) continue;
          ++pairs;
          concordant += model.predict(user, static_cast<index_type>(a.col())) >
                        model.predict(user, static_cast<index_type>(b.col()));
        }
    const auto [rmse, fcp] = akin::evaluate_ratings(execution::seq, model, ratings, metrics::rmse{}, metrics::fcp{});
    CHECK(fcp.count == pairs);
    CHECK(fcp.mean == static_cast<double>(concordant) / static_cast<double>(pairs));
    CHECK(fcp.mean > 0.5);
    CHECK(fcp.standard_error > 0);
    CHECK(fcp.standard_error < 0.1);
    for (const int threads : {1, 2, 3}) {
      const auto again =
          akin::evaluate_ratings(execution::par.threads(threads), model, ratings, metrics::rmse{}, metrics::fcp{});
      CHECK(again[0].mean == rmse.mean);
      CHECK(again[1].mean == fcp.mean);
      CHECK(again[1].standard_error == fcp.standard_error);
      CHECK(again[1].count == fcp.count);
    }
  };
  const auto ratings = akin::synthetic::low_rank_ratings<float>({.users = 300, .items = 60, .density = 0.3, .seed = 5});
  akin::bias<float> model;
  model.fit(execution::seq, ratings);
  check(model, ratings);
  const Eigen::SparseMatrix<double, Eigen::RowMajor, std::int64_t> wide(ratings.cast<double>());
  akin::bias<double, std::int64_t> wide_model;
  wide_model.fit(execution::seq, wide);
  check(wide_model, wide);
}

TEST_CASE("predictions that are no numbers and tests of another shape are refused by name") {
  auto model = small_model();
  const auto test = matrix_of<float>(3, 3, {{0, 0, 1}, {1, 2, 5}, {2, 1, 5}});
  model.table(1, 2) = std::numeric_limits<float>::quiet_NaN();
  model.table(2, 1) = std::numeric_limits<float>::infinity();
  for (const int threads : {1, 2})
    CHECK_THROWS_WITH(akin::evaluate_ratings(execution::par.threads(threads), model, test, metrics::rmse{}),
                      contains("a predicted rating must be finite, got") && contains("for user 1 and item 2"));
  model.table(1, 2) = 0;
  CHECK_THROWS_AS(akin::evaluate_ratings(execution::seq, model, test, metrics::rmse{}), akin::numeric_error);
  CHECK_THROWS_WITH(
      akin::evaluate_ratings(execution::seq, small_model(), akin::sparse_matrix<float>(3, 4), metrics::rmse{}),
      "evaluate_ratings: test must have the model's shape, 3 users x 3 items, got 3 x 4");
  auto poisoned = test;
  poisoned.valuePtr()[1] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH(akin::evaluate_ratings(execution::seq, small_model(), poisoned, metrics::rmse{}),
                    contains("evaluate_ratings: test: values must be finite"));
  CHECK_THROWS_AS(akin::evaluate_ratings(execution::seq, akin::bias<float>(), test, metrics::rmse{}), akin::not_fitted);
}
