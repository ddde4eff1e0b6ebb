// What it costs a reader that models are replaced: recommend_one of 20 items from a live_model, one call after the
// other, beside a writer that does nothing (0), publishes a new model every millisecond (1) or all the time (2), each a
// copy with arrays of its own. Counters: p50 and p99 of the calls in microseconds, publications a second. The writer
// needs a core of its own. `read` is taking and leaving a snapshot alone.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include <akin/data/synthetic.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommend_one.hpp>
#include <akin/serving/live_model.hpp>

namespace {

using model_type = akin::factor_model<float>;

constexpr int k = 20;
constexpr std::int64_t factors = 64, users = 256, items = 10'000;

enum class writing { nothing, often, always };

model_type make_model() {
  return {akin::synthetic::gaussian<float>(users, factors, {.seed = 1}),
          akin::synthetic::gaussian<float>(items, factors, {.seed = 2})};
}

/// Publishes until it is destroyed.
class writer {
 public:
  writer(akin::live_model<model_type>& live, writing how) {
    if (how == writing::nothing) return;
    thread_ = std::thread([this, &live, how] {
      while (!is_over_) {
        live.update([](const model_type& now) { return model_type(now.user_factors(), now.item_factors()); });
        if (how == writing::often) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    });
  }
  ~writer() {
    is_over_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

/// The q-th part of the calls took at most so long.
double quantile(std::vector<double>& microseconds, double q) {
  const auto at = microseconds.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(microseconds.size() - 1));
  std::nth_element(microseconds.begin(), at, microseconds.end());
  return *at;
}

void recommend_one(benchmark::State& state) {
  akin::live_model live(make_model());
  const auto expected = akin::recommend(akin::execution::par, live, {.k = k});
  akin::workspace<float> scratch(*live.read(), k);
  std::vector<std::int32_t> found(k);
  std::vector<float> scores(k);
  std::vector<double> microseconds;
  std::int32_t user = 0;
  const auto begin = std::chrono::steady_clock::now();
  {
    const writer beside(live, static_cast<writing>(state.range(0)));
    for (auto _ : state) {
      const auto start = std::chrono::steady_clock::now();
      const auto result = akin::recommend_one(live, user, {.k = k}, scratch, found, scores);
      const std::chrono::duration<double, std::micro> taken = std::chrono::steady_clock::now() - start;
      microseconds.push_back(taken.count());
      if (result.count != k ||
          !std::equal(found.begin(), found.end(), expected.items(static_cast<std::size_t>(user)).begin()))
        throw std::runtime_error("recommend_one is wrong");
      user = (user + 1) % static_cast<std::int32_t>(users);
    }
  }
  const std::chrono::duration<double> all = std::chrono::steady_clock::now() - begin;
  state.counters["p50_us"] = quantile(microseconds, 0.5);
  state.counters["p99_us"] = quantile(microseconds, 0.99);
  state.counters["published/s"] = static_cast<double>(live.version() - 1) / all.count();
}
BENCHMARK(recommend_one)
    ->ArgName("writing")
    ->DenseRange(0, 2)
    ->Iterations(20'000)
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

void read(benchmark::State& state) {
  akin::live_model live(make_model());
  const writer beside(live, static_cast<writing>(state.range(0)));
  for (auto _ : state) {
    const auto now = live.read();
    benchmark::DoNotOptimize(now->items());
  }
}
BENCHMARK(read)->ArgName("writing")->DenseRange(0, 2)->UseRealTime();

}  // namespace
