// What judging lists costs beside making them: evaluate with three metrics beside recommend of lists of 20, of a model
// of 64 factors, in turn in the same run. Counters: the fastest call of each in milliseconds, and `ratio`, evaluate /
// recommend. gaussian: factors without structure, for 8192 users and 40,000 items; gowalla: those of implicit ALS
// trained on it, where AKIN_DATA names the folder of public data. with_area: gaussian with auc among the metrics, which
// needs all scores of each user. gowalla_beyond_accuracy: with novelty, diversity, popularity lift and coverage.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <utility>

#include <benchmark/benchmark.h>

#include <akin/data/read_user_item_lists.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/evaluation/evaluate_lists.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/matrix.hpp>
#include <akin/metrics/area_under_curve.hpp>
#include <akin/metrics/beyond_accuracy.hpp>
#include <akin/metrics/diversity.hpp>
#include <akin/metrics/novelty.hpp>
#include <akin/metrics/popularity_lift.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/recommend.hpp>

namespace {

namespace metrics = akin::metrics;

struct shop {
  akin::factor_model<float> model;
  akin::sparse_matrix<float> train, test;
};

constexpr int factors = 64;

const shop& gaussian_shop() {
  static const shop made = [] {
    constexpr std::int64_t users = 8192, items = 40000;
    const auto clicks = [](std::int64_t each, std::uint64_t seed) {
      return akin::synthetic::power_law_clicks<float>(
          {.users = users, .items = items, .interactions = users * each, .seed = seed});
    };
    return shop{{akin::synthetic::gaussian<float>(users, factors, {.seed = 1}),
                 akin::synthetic::gaussian<float>(items, factors, {.seed = 2})},
                clicks(30, 3),
                clicks(10, 4)};
  }();
  return made;
}

std::filesystem::path gowalla_folder() {
  const char* const folder = std::getenv("AKIN_DATA");
  return folder == nullptr ? std::filesystem::path() : std::filesystem::path(folder) / "gowalla";
}

const shop& gowalla_shop() {
  static const shop trained = [] {
    auto [train, test] = akin::read_lightgcn<float>(gowalla_folder());
    akin::implicit_als<float> als({.factors = factors,
                                   .iterations = 10,
                                   .regularization = 0.01,
                                   .unobserved_weight = 0.05,
                                   .regularization_exponent = 0.5,
                                   .seed = 1});
    als.fit(akin::execution::par, train);
    return shop{{als.user_factors(), als.item_factors()}, std::move(train), std::move(test)};
  }();
  return trained;
}

template <class Body>
double milliseconds(const Body& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

template <class... More>
void beside_recommend(benchmark::State& state, const shop& data, const More&... more) {
  const int threads = state.range(0) == 1 ? 1 : akin::detail::worker_count(akin::execution::par, data.model.users());
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

void gaussian(benchmark::State& state) { beside_recommend(state, gaussian_shop()); }
void with_area(benchmark::State& state) { beside_recommend(state, gaussian_shop(), metrics::auc{}); }
template <class... More>
void on_gowalla(benchmark::State& state, const More&... more) {
  if (std::filesystem::exists(gowalla_folder() / "train.txt"))
    beside_recommend(state, gowalla_shop(), more...);
  else
    state.SkipWithError("AKIN_DATA must name the folder of public data");
}
void gowalla(benchmark::State& state) { on_gowalla(state); }
void gowalla_beyond_accuracy(benchmark::State& state) {
  on_gowalla(state, metrics::novelty{20}, metrics::diversity{20}, metrics::popularity_lift{20}, metrics::coverage{20});
}

void sizes(benchmark::internal::Benchmark* one) {
  one->ArgNames({"threads"})->Arg(1)->Arg(0)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(2);
}
BENCHMARK(gaussian)->Apply(sizes);  // threads=0: all
BENCHMARK(with_area)->Apply(sizes);
BENCHMARK(gowalla)->Apply(sizes);
BENCHMARK(gowalla_beyond_accuracy)->Apply(sizes);

}  // namespace
