#include <cstdint>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/evaluation/compare.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/metrics/area_under_curve.hpp>
#include <akin/metrics/ranking.hpp>

#include "evaluation/table_model.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

TEST_CASE("two models by hand") {
  table_model<double> a{akin::dense_matrix<double>(3, 2)}, b{akin::dense_matrix<double>(3, 2)};
  a.table << 2, 1, 2, 1, 2, 1;
  b.table << 1, 2, 1, 2, 2, 1;
  const akin::sparse_matrix<double> train(3, 2);
  const auto test = matrix_of<double, std::int32_t>(3, 2, {{0, 1, 1}, {1, 1, 1}, {2, 0, 1}});
  const auto result = akin::compare(execution::seq, a, b, train, test, metrics::recall{1}, {.flips = 4000});
  CHECK(result.users == 3);
  CHECK(result.mean_a == Approx(1.0 / 3));
  CHECK(result.mean_b == 1);
  CHECK(result.mean_difference == Approx(2.0 / 3));  // of 1, 1, 0
  CHECK(result.standard_error == Approx(1.0 / 3));
  CHECK(result.p_value == Approx(0.18350341907227397).epsilon(1e-10));  // t = 2, 2 degrees: 1 - 2 / sqrt(6)
  CHECK(result.low == Approx(2.0 / 3 - 4.302652729911275 / 3).epsilon(1e-9));
  CHECK(result.high == Approx(2.0 / 3 + 4.302652729911275 / 3).epsilon(1e-9));
  CHECK(result.wilcoxon_p == 0.5);  // both signs alike: 2 of 4
  CHECK(result.sign_flip_p == Approx(0.5).margin(0.03));
  const auto same = akin::compare(execution::par, a, a, train, test, metrics::recall{1});
  CHECK(same.mean_difference == 0);
  CHECK(same.p_value == 1);
  CHECK(same.wilcoxon_p == 1);
  CHECK(same.sign_flip_p == 1);
  const auto one = matrix_of<double, std::int32_t>(3, 2, {{0, 1, 1}});
  CHECK_THROWS_WITH(akin::compare(execution::seq, a, b, train, one, metrics::recall{1}),
                    "compare: at least two users must have relevant items, got 1");
  CHECK_THROWS_WITH(akin::compare(execution::seq, a, b, train, test, metrics::recall{1}, {.flips = 0}),
                    "compare: flips must be positive, got 0");
}

TEST_CASE("the means are those of evaluate, and the bits the same for any number of threads") {
  const auto train =
      akin::synthetic::power_law_clicks<float>({.users = 400, .items = 60, .interactions = 2500, .seed = 1});
  const auto test =
      akin::synthetic::power_law_clicks<float>({.users = 400, .items = 60, .interactions = 700, .seed = 2});
  const akin::factor_model<float> a(akin::synthetic::gaussian<float>(400, 3, {.seed = 3}),
                                    akin::synthetic::gaussian<float>(60, 3, {.seed = 4}));
  const akin::factor_model<float> b(akin::synthetic::gaussian<float>(400, 2, {.seed = 5}),
                                    akin::synthetic::gaussian<float>(60, 2, {.seed = 6}));
  const akin::comparison_options options{.evaluation = {.exclude_seen = false}, .flips = 500, .seed = 7};
  const auto one = akin::compare(execution::seq, a, b, train, test, metrics::ndcg{10}, options);
  const auto [of_a] = akin::evaluate(execution::seq, a, train, test, options.evaluation, metrics::ndcg{10});
  const auto [of_b] = akin::evaluate(execution::seq, b, train, test, options.evaluation, metrics::ndcg{10});
  CHECK(one.users == of_a.count);
  CHECK(one.mean_a == Approx(of_a.mean).epsilon(1e-12));
  CHECK(one.mean_b == Approx(of_b.mean).epsilon(1e-12));
  CHECK(one.mean_difference == Approx(of_b.mean - of_a.mean).epsilon(1e-9));
  CHECK(one.low < one.mean_difference);
  CHECK(one.high > one.mean_difference);
  const auto back = akin::compare(execution::seq, b, a, train, test, metrics::ndcg{10}, options);
  CHECK(back.mean_difference == -one.mean_difference);
  CHECK(back.p_value == one.p_value);
  for (const int threads : {1, 2, 3}) {
    const auto many = akin::compare(execution::par.threads(threads), a, b, train, test, metrics::ndcg{10}, options);
    CHECK(many.mean_a == one.mean_a);
    CHECK(many.mean_b == one.mean_b);
    CHECK(many.standard_error == one.standard_error);
    CHECK(many.p_value == one.p_value);
    CHECK(many.wilcoxon_p == one.wilcoxon_p);
    CHECK(many.sign_flip_p == one.sign_flip_p);
  }
}
