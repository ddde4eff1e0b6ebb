// Several models as one: a fallback for new customers and a blend with learnt weights, measured beside their members.
//
//   hybrid PURCHASES.csv
//
// PURCHASES.csv has the columns customer_id, stock_code and invoice_date. The log is cut in three by time: members
// learn from the earliest part, weights from the middle one; then the members learn anew from both, and the latest
// part, which chose nothing, measures everything. Prints the weights, a table, and whether the blend is better than its
// best member.
#include <array>
#include <cstdio>
#include <exception>

#include <akin/baselines/popularity.hpp>
#include <akin/data/read_interactions.hpp>
#include <akin/data/splits.hpp>
#include <akin/data/time_decay.hpp>
#include <akin/data/weighting.hpp>
#include <akin/evaluation/compare_all.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/hybrid/blend.hpp>
#include <akin/hybrid/fallback.hpp>
#include <akin/hybrid/learn_weights.hpp>
#include <akin/metrics/beyond_accuracy.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/report/report.hpp>

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

constexpr auto how = akin::normalization::z_score;  // scores of different models have different scales

/// Three models that see different things in the same log.
struct members {
  akin::implicit_als<float> tastes;
  akin::item_knn<float> neighbors;
  akin::popularity<float> trend;  // what sells these weeks

  explicit members(const akin::interaction_log& log)
      : tastes({.factors = 64, .iterations = 10, .regularization = 10, .alpha = 0.3}),
        neighbors({.neighbors = 50}),
        trend({.weighted = true}) {
    const auto counts = log.matrix(akin::duplicates::count);
    tastes.fit(execution::par, counts);
    neighbors.fit(execution::par, akin::weighting::bm25(counts));
    const auto recent = akin::weighting::time_decay(log, {.half_life_days = 14});
    trend.fit(execution::par, recent.matrix(akin::duplicates::max));
  }
};

std::array<double, 3> learnt_weights(const akin::interaction_log& past) {
  const auto [earlier, later] = akin::split_by_time(past, {.test_fraction = 0.2});
  const members young(earlier);
  return akin::learn_weights(execution::par, how, earlier.matrix(akin::duplicates::count),
                             later.matrix(akin::duplicates::count), metrics::ndcg{10}, young.tastes, young.neighbors,
                             young.trend);
}

void run(const char* path) {
  const auto log = akin::read_interactions(path, {.user = "customer_id", .item = "stock_code", .time = "invoice_date"});
  const auto [past, future] = akin::split_by_time(log, {.test_fraction = 0.2});
  const auto weights = learnt_weights(past);
  std::printf("weights: implicit_als %.2f, item_knn %.2f, trend %.2f\n\n", weights[0], weights[1], weights[2]);

  const members grown(past);
  const auto seen = past.matrix(akin::duplicates::count), wanted = future.matrix(akin::duplicates::count);
  akin::popularity<float> popular;
  popular.fit(execution::par, seen);
  const auto equal = akin::blend(how, akin::weighted(1.0, grown.tastes), akin::weighted(1.0, grown.neighbors),
                                 akin::weighted(1.0, grown.trend));
  const auto learnt = akin::blend(how, akin::weighted(weights[0], grown.tastes),
                                  akin::weighted(weights[1], grown.neighbors), akin::weighted(weights[2], grown.trend));
  const auto chain = akin::fallback(grown.tastes, grown.trend);  // new customers get what sells

  akin::report table;
  const auto judge = [&](const char* name, const auto& model) {
    const auto each = [&](const auto&... metric) {
      const auto result = akin::evaluate(execution::par, model, seen, wanted, metric...);
      table.add(name, akin::named_results(result, metric...));
    };
    each(metrics::ndcg{10}, metrics::recall{10}, metrics::coverage{10}, metrics::user_coverage{10});
  };
  judge("popularity", popular);
  judge("implicit_als", grown.tastes);
  judge("item_knn", grown.neighbors);
  judge("trend", grown.trend);
  judge("als, else trend", chain);
  judge("blend, equal", equal);
  judge("blend, learnt", learnt);
  std::printf("%s\n", table.text().c_str());

  const auto against = akin::compare_all(execution::par, seen, wanted, metrics::ndcg{10}, learnt, grown.tastes,
                                         grown.neighbors, grown.trend);
  const char* const names[] = {"implicit_als", "item_knn", "trend"};
  for (std::size_t i = 0; i < against.size(); ++i)
    std::printf("ndcg@10 of the learnt blend less that of %s: %.4f, 95 %% interval %.4f to %.4f, p %.2g\n", names[i],
                -against[i].mean_difference, -against[i].high, -against[i].low, against[i].adjusted_p);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: hybrid PURCHASES.csv\n");
    return 2;
  }
  try {
    run(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "hybrid: %s\n", error.what());
    return 1;
  }
  return 0;
}
