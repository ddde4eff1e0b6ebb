#include <cmath>
#include <stdexcept>
#include <tuple>
#include <type_traits>

#include <akin/baselines/bias.hpp>
#include <akin/baselines/popularity.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/evaluation/evaluate_ratings.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/metrics/rating.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"

TEST_CASE("an evaluation is a tuple and an array of results, with counts") {
  akin::evaluation<2> result;
  CHECK(result.users == 0);
  CHECK(result[1].count == 0);
  result[0] = {0.5, 0.25, 7};
  result[1].mean = 0.75;
  result.users = 7;
  const auto [first, second] = result;
  static_assert(std::is_same_v<std::remove_const_t<decltype(first)>, akin::metric_result>);
  static_assert(std::tuple_size_v<akin::evaluation<2>> == 2);
  CHECK(first.mean == 0.5);
  CHECK(first.standard_error == 0.25);
  CHECK(first.count == 7);
  CHECK(second.mean == 0.75);
  CHECK(std::get<1>(result).mean == 0.75);
  double sum = 0;
  for (const akin::metric_result& metric : result) sum += metric.mean;
  CHECK(sum == 1.25);
}

namespace {

/// A metric of a user without a name.
struct loss {
  double operator()(double predicted, double actual) const { return std::abs(predicted - actual); }
};

}  // namespace

TEST_CASE("results are asked by the names of their metrics") {
  namespace metrics = akin::metrics;
  const auto clicks = akin_test::some_clicks<akin::popularity<float>>();
  akin::popularity<float> popular;
  popular.fit(clicks);
  const auto lists =
      akin::evaluate(akin::execution::seq, popular, clicks, clicks, akin::evaluation_options{.exclude_seen = false},
                     metrics::recall{5}, metrics::ndcg{10}, metrics::ndcg{5});
  CHECK(lists["ndcg@10"].mean == lists[1].mean);
  CHECK(lists["ndcg@5"].mean == lists[2].mean);
  CHECK(&lists["recall@5"] == &lists[0]);
  CHECK(lists[1].mean > 0);
  CHECK_THROWS_AS(lists["ndcg"], std::invalid_argument);
  CHECK_THROWS_WITH(lists["ndcg"],
                    "evaluation: there is no metric \"ndcg\", the metrics are recall@5, ndcg@10, ndcg@5");

  akin::bias<float> bias;
  bias.fit(clicks);
  const auto ratings =
      akin::evaluate_ratings(akin::execution::seq, bias, clicks, metrics::rmse{}, loss{}, metrics::mae{});
  CHECK(ratings["rmse"].mean == ratings[0].mean);
  CHECK(ratings["mae"].mean == ratings[2].mean);
  CHECK(akin::evaluate_ratings(akin::execution::seq, bias, clicks, metrics::mae{})["mae"].mean == ratings[2].mean);
  CHECK_THROWS_WITH(ratings["loss"], "evaluation: there is no metric \"loss\", the metrics are rmse, mae");
  CHECK_THROWS_AS(ratings[""], std::invalid_argument);
  CHECK_THROWS_WITH(akin::evaluation<1>()["ndcg@10"], contains("the metrics are without names"));
}

TEST_CASE("what a user had is left out unless it is asked for") { CHECK(akin::evaluation_options{}.exclude_seen); }

TEST_CASE("the normal interval is 1.96 standard errors to both sides") {
  const akin::metric_result result{0.5, 0.1, 30};
  CHECK(result.low() == Approx(0.5 - 0.1959963984540054));
  CHECK(result.high() == Approx(0.5 + 0.1959963984540054));
  CHECK((result.bootstrap_low == 0 && result.bootstrap_high == 0));
  CHECK((akin::metric_result{0.5, 0, 1}.low() == 0.5 && akin::metric_result{0.5, 0, 1}.high() == 0.5));
}

TEST_CASE("all items are ranked and nothing is resampled unless it is asked for") {
  CHECK(akin::evaluation_options{}.sampled_negatives == 0);
  CHECK(akin::evaluation_options{}.bootstrap == 0);
}
