// What judging lists costs beside making them: evaluate with three metrics beside recommend of lists of 20, for 8192
// users and 40,000 items of a model of 64 factors, in turn in the same run. Counters: the fastest call of each in
// milliseconds, and `ratio`, evaluate / recommend. with_area: the same with auc among the metrics, which needs all
// scores of each user.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <stdexcept>

#include <benchmark/benchmark.h>

#include <akin/data/synthetic.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/evaluation/evaluate_lists.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/metrics/area_under_curve.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/recommend.hpp>

namespace {

namespace metrics = akin::metrics;

constexpr std::int64_t users = 8192, items = 40000, factors = 64;

struct shop {
  akin::factor_model<float> model{akin::synthetic::gaussian<float>(users, factors, {.seed = 1}),
                                  akin::synthetic::gaussian<float>(items, factors, {.seed = 2})};
  akin::sparse_matrix<float> train = clicks(30, 3), test = clicks(10, 4);

  static akin::sparse_matrix<float> clicks(std::int64_t each, std::uint64_t seed) {
    return akin::synthetic::power_law_clicks<float>(
        {.users = users, .items = items, .interactions = users * each, .seed = seed});
  }
};

template <class Body>
double milliseconds(const Body& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

template <class... More>
void beside_recommend(benchmark::State& state, const More&... more) {
  static const shop data;
  const int threads = state.range(0) == 1 ? 1 : akin::detail::worker_count(akin::execution::par, users);
  const auto policy = akin::execution::par.threads(threads);
  const auto recommend = [&] { return akin::recommend(policy, data.model, {.k = 20, .exclude = data.train}); };
  const auto evaluate = [&] {
    return akin::evaluate(policy, data.model, data.train, data.test, metrics::ndcg{20}, metrics::recall{20},
                          metrics::average_precision{20}, more...);
  };
  const auto judged = akin::evaluate_lists(policy, recommend(), data.train, data.test, metrics::ndcg{20});
  const auto evaluated = evaluate();
  if (evaluated[0].mean != judged[0].mean || evaluated.users == 0) throw std::runtime_error("evaluate is wrong");
  double making = std::numeric_limits<double>::max(), judging = making;
  for (auto _ : state) {
    making = std::min(making, milliseconds([&] { benchmark::DoNotOptimize(recommend()); }));
    judging = std::min(judging, milliseconds([&] { benchmark::DoNotOptimize(evaluate()); }));
  }
  state.counters["recommend_ms"] = making;
  state.counters["evaluate_ms"] = judging;
  state.counters["ratio"] = judging / making;
  state.counters["users/s"] = 1000 * static_cast<double>(evaluated.users) / judging;
}

void evaluate(benchmark::State& state) { beside_recommend(state); }
void with_area(benchmark::State& state) { beside_recommend(state, metrics::auc{}); }

void sizes(benchmark::internal::Benchmark* one) {
  one->ArgNames({"threads"})->Arg(1)->Arg(0)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(2);
}
BENCHMARK(evaluate)->Apply(sizes);  // threads=0: all
BENCHMARK(with_area)->Apply(sizes);

}  // namespace
