// One iteration of implicit_als, k = 64, on 10^5 to 10^7 clicks with a power law: seconds an iteration (of a whole fit
// of two, with the transpose), clicks a second, and the most memory that the process held during the fit beside what it
// may hold: the input, one transposed copy, twice the factors and 64 MiB a thread. With AKIN_BENCHMARK_LARGE set 10^8
// too, which takes about 4 GB and ten minutes, most of them to draw the data.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>

#include <benchmark/benchmark.h>

#include <akin/data/synthetic.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/implicit_als.hpp>

#include "peak_memory.hpp"

namespace {

using peak_memory::forget_peak, peak_memory::mebibyte, peak_memory::peak_bytes;

akin::sparse_matrix<float> clicks(std::int64_t count) {
  const auto users = static_cast<int>(count / 50);
  return akin::synthetic::power_law_clicks<float>(
      {.users = users, .items = users / 4, .interactions = count, .seed = 1});
}

double allowed_bytes(const akin::sparse_matrix<float>& x, int factors, int threads) {
  const auto rows = static_cast<double>(x.rows()), columns = static_cast<double>(x.cols());
  const auto cells = static_cast<double>(x.nonZeros());
  constexpr double cell = sizeof(float) + sizeof(std::int32_t);
  return cell * cells + sizeof(std::int32_t) * rows + cell * cells + sizeof(std::int32_t) * columns +
         2.0 * factors * sizeof(float) * (rows + columns) + 64 * mebibyte * threads;
}

void iteration(benchmark::State& state) {
  constexpr int threads = 2;
  const auto x = clicks(state.range(0));
  const akin::implicit_als_options options = {.factors = 64, .iterations = 2, .regularization = 1, .alpha = 10};
  const bool knows_peak = forget_peak();
  for (auto _ : state) {
    akin::implicit_als<float> model(options);
    const auto start = std::chrono::steady_clock::now();
    model.fit(akin::execution::par.threads(threads), x);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(seconds.count() / options.iterations);
    if (!model.user_factors().allFinite()) throw std::runtime_error("the factors must be finite");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  if (!knows_peak) return;
  const double allowed = allowed_bytes(x, *options.factors, threads);
  state.counters["MiB"] = peak_bytes() / mebibyte;
  state.counters["MiB allowed"] = allowed / mebibyte;
  if (peak_bytes() > allowed) state.SkipWithError("more memory than allowed");
}

void sizes(benchmark::internal::Benchmark* b) {
  b->ArgName("clicks")->Arg(100'000)->Arg(1'000'000)->Arg(10'000'000);
  if (std::getenv("AKIN_BENCHMARK_LARGE") != nullptr) b->Arg(100'000'000);
}
BENCHMARK(iteration)->Apply(sizes)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond)->Name("implicit_als");

}  // namespace
