#include <array>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/evaluation/per_user.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/metrics/area_under_curve.hpp>
#include <akin/metrics/ranking.hpp>

#include "evaluation/table_model.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

TEST_CASE("each evaluated user's numbers, by hand") {
  table_model<double, std::int64_t> model{akin::dense_matrix<double>(4, 3)};
  model.table << 3, 2, 1, 1, 2, 3, 1, 2, 3, 9, 9, 9;
  model.strangers = {3};
  const auto train = matrix_of<double, std::int64_t>(4, 3, {{0, 0, 1}});
  const auto test = matrix_of<double, std::int64_t>(4, 3, {{0, 2, 1}, {2, 2, 1}, {3, 0, 1}, {3, 1, 1}});
  const auto result = akin::per_user(execution::seq, model, train, test, metrics::reciprocal_rank{3}, metrics::auc{},
                                     metrics::recall{1});
  CHECK(result.users == std::vector<std::int64_t>{0, 2, 3});
  REQUIRE(result.values.size() == 3);
  CHECK(result.values[0] == std::array<double, 3>{0.5, 0, 0});
  CHECK(result.values[1] == std::array<double, 3>{1, 1, 1});
  CHECK(result.values[2] == std::array<double, 3>{0, 0.5, 0});
  const auto repeated = akin::per_user(execution::seq, model, train, test, {.exclude_seen = false}, metrics::auc{});
  CHECK(repeated.values[0][0] == 0);
  const auto nobody =
      akin::per_user(execution::par, model, train, akin::sparse_matrix<double, std::int64_t>(4, 3), metrics::recall{1});
  CHECK(nobody.users.empty());
  CHECK(nobody.values.empty());
}

TEST_CASE("the means of what it says are those of evaluate, whatever the threads") {
  const auto train =
      akin::synthetic::power_law_clicks<float>({.users = 700, .items = 90, .interactions = 5000, .seed = 1});
  const auto test =
      akin::synthetic::power_law_clicks<float>({.users = 700, .items = 90, .interactions = 900, .seed = 2});
  const akin::factor_model<float> model(akin::synthetic::gaussian<float>(700, 3, {.seed = 3}),
                                        akin::synthetic::gaussian<float>(90, 3, {.seed = 4}));
  for (const int sampled : {0, 10}) {
    const akin::evaluation_options options{.sampled_negatives = sampled, .seed = 7};
    const auto means =
        akin::evaluate(execution::par, model, train, test, options, metrics::ndcg{5}, metrics::recall{9});
    const auto one = akin::per_user(execution::seq, model, train, test, options, metrics::ndcg{5}, metrics::recall{9});
    REQUIRE(static_cast<std::int64_t>(one.users.size()) == means.users);
    for (std::size_t m = 0; m < 2; ++m) {
      double sum = 0;
      for (const auto& row : one.values) sum += row[m];
      CHECK(sum / static_cast<double>(one.users.size()) == Approx(means[m].mean).epsilon(1e-12));
    }
    for (const int threads : {2, 3}) {
      const auto many = akin::per_user(execution::par.threads(threads), model, train, test, options, metrics::ndcg{5},
                                       metrics::recall{9});
      CHECK(many.users == one.users);
      CHECK(many.values == one.values);
    }
  }
  CHECK_THROWS_WITH(akin::per_user(execution::seq, model, train, test, metrics::ndcg{0}),
                    "per_user: k of a metric must be positive, got 0");
  CHECK_THROWS_WITH(akin::per_user(execution::seq, model, train, akin::sparse_matrix<float>(700, 91), metrics::ndcg{1}),
                    "per_user: test must have the model's shape, 700 users x 90 items, got 700 x 91");
}
