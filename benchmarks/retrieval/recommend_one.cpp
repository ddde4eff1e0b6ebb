// How long one user waits: recommend_one of 20 items from 64 factors, one call after the other, each for another user.
// Counters: p50 and p99 of the calls in microseconds, the machine's rate of reading memory of that size on one thread
// (GB/s), and what of it the reading of the item factors reached at p50 (percent).
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <stdexcept>
#include <vector>

#include <benchmark/benchmark.h>

#include <akin/data/synthetic.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommend_one.hpp>

#include "kernels/ceiling.hpp"

namespace {

constexpr int k = 20;
constexpr std::int64_t factors = 64, users = 256;

/// The q-th part of the calls took at most so long.
double quantile(std::vector<double>& microseconds, double q) {
  const auto at = microseconds.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(microseconds.size() - 1));
  std::nth_element(microseconds.begin(), at, microseconds.end());
  return *at;
}

/// GB/s of reading the rows once.
double reading_rate(const akin::dense_matrix<float>& rows) {
  std::vector<std::int32_t> ids(static_cast<std::size_t>(rows.rows()));
  std::iota(ids.begin(), ids.end(), 0);
  const double seconds = ceiling::fastest([&] {
    benchmark::DoNotOptimize(akin::kernels::call<ceiling::read_kernel>(rows.data(), factors, ids.data(), rows.rows()));
  });
  return static_cast<double>(rows.size()) * sizeof(float) / seconds / 1e9;
}

void recommend_one(benchmark::State& state) {
  const std::int64_t items = state.range(0);
  const auto item_factors = akin::synthetic::gaussian<float>(items, factors, {.seed = 2});
  const akin::factor_model<float> model(akin::synthetic::gaussian<float>(users, factors, {.seed = 1}), item_factors);
  akin::workspace<float> scratch(model, k);
  std::vector<std::int32_t> found(k);
  std::vector<float> scores(k);
  const auto expected = akin::recommend(akin::execution::par, model, {.k = k});
  std::vector<double> microseconds;
  std::int32_t user = 0;
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    const auto result = akin::recommend_one(model, user, {.k = k}, scratch, found, scores);
    microseconds.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
    if (result.count != k ||
        !std::equal(found.begin(), found.end(), expected.items(static_cast<std::size_t>(user)).begin()))
      throw std::runtime_error("recommend_one is wrong");
    user = (user + 1) % static_cast<std::int32_t>(users);
  }
  const double p50 = quantile(microseconds, 0.5), rate = reading_rate(item_factors);
  state.counters["p50_us"] = p50;
  state.counters["p99_us"] = quantile(microseconds, 0.99);
  state.counters["read_GB/s"] = rate;
  state.counters["percent"] = 100 * static_cast<double>(items * factors) * sizeof(float) / (p50 * 1e3) / rate;
}

BENCHMARK(recommend_one)->Arg(10'000)->Iterations(5000)->Unit(benchmark::kMicrosecond);
BENCHMARK(recommend_one)->Arg(100'000)->Iterations(2000)->Unit(benchmark::kMicrosecond);
BENCHMARK(recommend_one)->Arg(1'000'000)->Iterations(400)->Unit(benchmark::kMicrosecond);

}  // namespace
