#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/metrics/area_under_curve.hpp>
#include <akin/metrics/beyond_accuracy.hpp>
#include <akin/metrics/ranking.hpp>

#include "evaluation/cases.hpp"
#include "evaluation/table_model.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

// A user's own metric: the mean number of users who had what is in the list.
struct how_common {
  int k = 2;

  struct prepared {
    std::size_t k;
    std::vector<std::int64_t> counts;

    double operator()(const metrics::judged_list<std::int32_t>& list) const {
      const auto first = list.ranked.first(std::min(k, list.ranked.size()));
      std::int64_t sum = 0;
      for (const auto item : first) sum += counts[static_cast<std::size_t>(item)];
      return first.empty() ? 0 : static_cast<double>(sum) / static_cast<double>(first.size());
    }
  };
  prepared prepare(const metrics::list_context<std::int32_t>& context) const {
    ++*times;
    prepared result{static_cast<std::size_t>(k), std::vector<std::int64_t>(static_cast<std::size_t>(context.items))};
    for (std::int64_t user = 0; user < context.users; ++user)
      for (const auto item : context.train.row(user)) ++result.counts[static_cast<std::size_t>(item)];
    return result;
  }
  int* times;
};
static_assert(metrics::prepared_metric<how_common> && !metrics::user_metric<how_common>);

// A user's own metric of scores: the best of them, and how many items could come.
struct best_score {
  static constexpr bool wants_scores = true;

  template <class Scalar>
  double operator()(const metrics::judged_list<std::int32_t>&, const metrics::scored_items<Scalar>& items) const {
    const double best = items.scores.empty() ? 0 : *std::max_element(items.scores.begin(), items.scores.end());
    return best + 100 * static_cast<double>(items.candidates);
  }
};

}  // namespace

TEST_CASE("a metric may prepare what it needs once for all workers") {
  int times = 0;
  const auto [common, recall] = akin::evaluate(execution::par.threads(3), small_model(), small_train(), small_test(),
                                               how_common{2, &times}, metrics::recall{2});
  CHECK(times == 1);
  // Lists 1 2, 0 2, 3 1, none; item 0 has 1 user, 1 has 1, 2 has 1, 3 has 1.
  CHECK(common.mean == Approx((1 + 1 + 1 + 0) / 4.0));
  CHECK(common.count == 4);
  CHECK(common.standard_error == Approx(std::sqrt((3 * 0.0625 + 0.5625) / 3 / 4)));
  CHECK(recall.mean == Approx((1 + 1 + 0 + 0) / 4.0));
}

TEST_CASE("metrics of scores see all items that may come") {
  const auto [best] = akin::evaluate(execution::seq, small_model(), small_train(), small_test(), best_score{});
  // User 0 has 3 candidates and 3 as the best, user 1 3 and 1, user 2 4 and 6, user 4 4 and no scores.
  CHECK(best.mean == Approx((303 + 301 + 406 + 400) / 4.0));
  const auto [area, rank, same_best] = akin::evaluate(execution::seq, small_model(), small_train(), small_test(),
                                                      metrics::auc{}, metrics::reciprocal_rank{4}, best_score{});
  // Of 0's 3 2 1 the second is wanted; 1: a tie of three; 2: unscored item 0, tied with 2; 4: not known.
  CHECK(area.mean == Approx((0.5 + 0.5 + 0.5 / 3 + 0.5) / 4));
  CHECK(rank.mean == Approx((0.5 + 0.5 + 0 + 0) / 4.0));
  CHECK(same_best.mean == best.mean);
}

TEST_CASE("the area is that of all pairs, by rows of scores or by factors") {
  for (std::uint64_t seed = 21; seed <= 24; ++seed) {
    const auto data = draw_case(seed, 200, 50);
    for (const bool exclude_seen : {true, false}) {
      CAPTURE(seed, exclude_seen);
      double sum = 0;
      int users = 0;
      for (int u = 0; u < 200; ++u) {
        double right = 0, pairs = 0;
        const auto seen = [&](int i) { return exclude_seen && data.train.coeff(u, i) != 0; };
        const auto wanted = [&](int i) { return data.test.coeff(u, i) > 0 && !seen(i); };
        const auto score = [&](int i) { return data.model.knows_user(u) ? data.model.table(u, i) : 0.0f; };
        for (int a = 0; a < 50; ++a)
          for (int b = 0; b < 50; ++b)
            if (wanted(a) && !wanted(b) && !seen(b))
              ++pairs, right += score(a) > score(b) ? 1 : score(a) == score(b) ? 0.5 : 0;
        if (pairs > 0) sum += right / pairs, ++users;
      }
      const auto result = akin::evaluate(execution::par, data.model, data.train, data.test,
                                         {.exclude_seen = exclude_seen}, metrics::auc{}, metrics::partial_auc{1});
      CHECK(result.users == users);
      CHECK(result[0].mean == Approx(sum / users).epsilon(1e-12));
      CHECK(result[1].mean == Approx(sum / users).epsilon(1e-12));
    }
  }
  const auto train =
      akin::synthetic::power_law_clicks<float>({.users = 300, .items = 90, .interactions = 2000, .seed = 1});
  const auto test =
      akin::synthetic::power_law_clicks<float>({.users = 300, .items = 90, .interactions = 600, .seed = 2});
  const akin::factor_model<float> model(akin::synthetic::gaussian<float>(300, 3, {.seed = 3}),
                                        akin::synthetic::gaussian<float>(90, 3, {.seed = 4}));
  const auto together = akin::evaluate(execution::par, model, train, test, metrics::ndcg{10}, metrics::auc{});
  const auto alone = akin::evaluate(execution::seq, scores_only{model}, train, test, metrics::ndcg{10}, metrics::auc{});
  const auto [lists] = akin::evaluate(execution::par, model, train, test, metrics::ndcg{10});
  CHECK(together[0].mean == lists.mean);
  CHECK(together[0].mean == alone[0].mean);
  CHECK(together[1].mean == alone[1].mean);
}

TEST_CASE("sampled negatives: the relevant items among that many others, the same for each run of a seed") {
  // One user with 100 items, better the larger the number; 30 and 60 are wanted, the ten best were seen.
  model_type model{akin::dense_matrix<float>(1, 100)};
  for (int i = 0; i < 100; ++i) model.table(0, i) = static_cast<float>(i);
  std::vector<Eigen::Triplet<float>> best;
  for (int i = 90; i < 100; ++i) best.emplace_back(0, i, 1.0f);
  const auto train = matrix_of<float>(1, 100, best), test = matrix_of<float>(1, 100, {{0, 30, 1}, {0, 60, 1}});
  const auto run = [&](int count, std::uint64_t seed) {
    return akin::evaluate(execution::seq, model, train, test, {.sampled_negatives = count, .seed = seed},
                          metrics::reciprocal_rank{100}, metrics::coverage{100}, best_score{}, metrics::auc{});
  };
  double first = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const auto [rank, coverage, score, area] = run(20, seed);
    CHECK(coverage.mean == Approx(0.22));
    CHECK(score.mean >= 2200 + 60);
    CHECK(score.mean < 2200 + 90);
    first += 1 / rank.mean - 1;  // negatives above 60, of which there are 29 among 88
    CHECK(run(20, seed)[3].mean == area.mean);
  }
  CHECK(first / 300 == Approx(20 * 29 / 88.0).epsilon(0.05));
  const auto all = run(0, 1), too_many = run(88, 1), far_too_many = run(1000000, 1);
  for (std::size_t m = 0; m < 4; ++m) {
    CHECK(too_many[m].mean == all[m].mean);
    CHECK(far_too_many[m].mean == all[m].mean);
  }
  CHECK(all[0].mean == Approx(1 / 30.0));
  CHECK_THROWS_WITH(run(-1, 0), "evaluate: sampled_negatives must not be negative, got -1");
}

TEST_CASE("each set of negatives is as likely as another") {
  // Five items, the middle one wanted, item 0 seen: of 1 3 4 two are drawn.
  model_type model{akin::dense_matrix<float>(1, 5)};
  model.table << 0, 1, 4, 2, 3;
  const auto train = matrix_of<float>(1, 5, {{0, 0, 1}}), test = matrix_of<float>(1, 5, {{0, 2, 1}});
  std::vector<int> missing(5);
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    std::vector<std::int32_t> shown;
    const auto keep = [&](const auto& list) { shown.assign(list.ranked.begin(), list.ranked.end()); };
    struct keeper {
      decltype(keep) take;
      int k = 5;
      double operator()(const metrics::judged_list<std::int32_t>& list) const { return take(list), 0; }
    };
    akin::evaluate(execution::seq, model, train, test, {.sampled_negatives = 2, .seed = seed}, keeper{keep});
    REQUIRE(shown.size() == 3);
    CHECK(shown[0] == 2);
    for (int item = 0; item < 5; ++item)
      missing[static_cast<std::size_t>(item)] += std::count(shown.begin(), shown.end(), item) == 0;
  }
  CHECK(missing[0] == 3000);
  CHECK(missing[2] == 0);
  for (const std::size_t item : {1u, 3u, 4u}) CHECK(std::abs(missing[item] - 1000) < 110);  // four standard deviations
}

TEST_CASE("intervals: normal, and by resampling users") {
  const auto data = draw_case(5, 600, 40);
  const auto run = [&](const auto& policy, std::uint64_t seed, int resamples) {
    return akin::evaluate(policy, data.model, data.train, data.test, {.bootstrap = resamples, .seed = seed},
                          metrics::ndcg{7}, metrics::coverage{3}, metrics::recall{5});
  };
  const auto one = run(execution::seq, 3, 2000);
  for (const std::size_t m : {0u, 2u}) {
    const double width = 1.959963984540054 * one[m].standard_error;
    CHECK(one[m].low() == Approx(one[m].mean - width));
    CHECK(one[m].high() == Approx(one[m].mean + width));
    // For means of hundreds of users both intervals are nearly the same.
    CHECK(one[m].bootstrap_low == Approx(one[m].low()).margin(0.15 * width));
    CHECK(one[m].bootstrap_high == Approx(one[m].high()).margin(0.15 * width));
  }
  CHECK((one[1].bootstrap_low == 0 && one[1].bootstrap_high == 0));
  for (const int threads : {1, 2, 3}) {
    const auto many = run(execution::par.threads(threads), 3, 2000);
    for (std::size_t m = 0; m < 3; ++m) {
      CHECK(many[m].mean == one[m].mean);
      CHECK(many[m].bootstrap_low == one[m].bootstrap_low);
      CHECK(many[m].bootstrap_high == one[m].bootstrap_high);
    }
  }
  CHECK(run(execution::seq, 4, 2000)[0].bootstrap_low != one[0].bootstrap_low);
  const auto without = run(execution::seq, 3, 0);
  CHECK(without[0].mean == one[0].mean);
  CHECK((without[0].bootstrap_low == 0 && without[0].bootstrap_high == 0));
  const auto once = run(execution::seq, 3, 1);
  CHECK(once[0].bootstrap_low == once[0].bootstrap_high);
  CHECK_THROWS_WITH(run(execution::seq, 3, -1), "evaluate: bootstrap must not be negative, got -1");
  const auto nobody = akin::evaluate(execution::seq, data.model, data.train, akin::sparse_matrix<float>(600, 40),
                                     {.bootstrap = 10}, metrics::ndcg{7}, metrics::auc{});
  CHECK((nobody[0].bootstrap_low == 0 && nobody[0].bootstrap_high == 0 && nobody[1].count == 0));
}

TEST_CASE("sampled negatives of models of factors are those of rows of scores, for any threads") {
  const auto train =
      akin::synthetic::power_law_clicks<float>({.users = 300, .items = 90, .interactions = 2000, .seed = 1});
  const auto test =
      akin::synthetic::power_law_clicks<float>({.users = 300, .items = 90, .interactions = 600, .seed = 2});
  const akin::factor_model<float> model(akin::synthetic::gaussian<float>(300, 3, {.seed = 3}),
                                        akin::synthetic::gaussian<float>(90, 3, {.seed = 4}));
  const akin::evaluation_options options{.sampled_negatives = 10, .seed = 5};
  const auto run = [&](const auto& policy, const auto& of) {
    return akin::evaluate(policy, of, train, test, options, metrics::ndcg{10}, metrics::auc{});
  };
  const auto alone = run(execution::seq, scores_only{model});
  for (const int threads : {1, 2, 3}) {
    const auto together = run(execution::par.threads(threads), model);
    CHECK(together[0].mean == alone[0].mean);
    CHECK(together[1].mean == alone[1].mean);
  }
  const auto [full] = akin::evaluate(execution::par, model, train, test, metrics::ndcg{10});
  CHECK(alone[0].mean > full.mean);  // the task is easier
}
