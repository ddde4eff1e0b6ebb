// The products that recommend takes, beside OpenBLAS' sgemm in the same run. recommend: all of a call for 4096 users
// and 40,000 items, with packing, selection and canonical scores; tiles: kernels::score_tile alone, for queries whose
// bounds let nothing pass. Counters: GFLOP/s (2 * users * items * k flops), the ceiling's (as many queries as go
// through the rows together times 4096 rows, a product a worker, each on one thread), the percentage, and `tile`,
// sgemm's rate for the very shape of one tile.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <stdexcept>
#include <vector>

#include <benchmark/benchmark.h>

#include <akin/data/synthetic.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/kernels/score_tile.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/recommend.hpp>

#include "kernels/ceiling.hpp"

namespace {

constexpr std::int64_t users = 4096, items = 40000, together = 32 * akin::kernels::tile_queries, rows = 4096;

int workers_of(std::int64_t threads) {
  return threads == 1 ? 1 : akin::detail::worker_count(akin::execution::par, users);
}

/// Gigaflops of a product of m x k and k x n on each worker, 0 without a BLAS.
double product_rate(int workers, std::int64_t m, std::int64_t n, std::int64_t k) {
  if (!ceiling::blas::get().is_found()) return 0;
  const std::int64_t repeats = std::max<std::int64_t>(1, 50'000'000 / (m * n * k));
  const std::vector<float> a = ceiling::normal_numbers(m * k, 1), b = ceiling::normal_numbers(k * n, 2);
  std::vector<std::vector<float>> products(static_cast<std::size_t>(workers),
                                           std::vector<float>(static_cast<std::size_t>(m * n)));
  const double seconds = ceiling::fastest([&] {
    akin::detail::for_each_row(akin::execution::par.threads(workers), workers, [&](std::int64_t p, int) {
      for (std::int64_t r = 0; r < repeats; ++r)
        ceiling::blas::get().multiply(false, static_cast<int>(m), static_cast<int>(k), a.data(), b.data(),
                                      static_cast<int>(n), products[static_cast<std::size_t>(p)].data());
    });
  });
  return 2e-9 * static_cast<double>(m * n * k * repeats * workers) / seconds;
}

template <class Body>
void report(benchmark::State& state, int workers, std::int64_t k, double flops, const Body& body) {
  ceiling::report(state, "GFLOP/s", flops, product_rate(workers, together, rows, k), body);
  state.counters["tile"] = product_rate(workers, akin::kernels::tile_queries, akin::kernels::chunk_rows, k);
}

void recommend(benchmark::State& state) {
  const std::int64_t k = state.range(0);
  const auto policy = akin::execution::par.threads(workers_of(state.range(1)));
  const akin::factor_model<float> model(akin::synthetic::gaussian<float>(users, k, {.seed = 1}),
                                        akin::synthetic::gaussian<float>(items, k, {.seed = 2}));
  const auto lists = akin::recommend(policy, model, {.k = 20});
  std::vector<float> scores(items);
  model.score_all(17, scores);
  std::nth_element(scores.begin(), scores.begin() + 19, scores.end(), std::greater<>());
  if (lists.scores(17)[19] != scores[19]) throw std::runtime_error("recommend is wrong");
  report(state, workers_of(state.range(1)), k, 2.0 * static_cast<double>(users * items * k),
         [&] { benchmark::DoNotOptimize(akin::recommend(policy, model, {.k = 20})); });
}

void tiles(benchmark::State& state) {
  namespace kernels = akin::kernels;
  constexpr std::int64_t size = kernels::tile_queries, chunks = rows / kernels::chunk_rows;
  constexpr std::int64_t panels = kernels::chunk_rows / kernels::panel_rows<float>;
  const std::int64_t k = state.range(0);
  const int workers = workers_of(state.range(1));
  const std::vector<float> queries = ceiling::normal_numbers(together * k, 1),
                           packed = ceiling::normal_numbers(rows * k, 2), offsets(kernels::chunk_rows);
  const auto take = [&](std::int64_t group, std::int64_t chunk, const std::vector<float>& bounds,
                        kernels::tile_hits<float>& hits) {
    kernels::score_tile(queries.data() + group * size * k, packed.data() + chunk * kernels::chunk_rows * k,
                        offsets.data(), panels, k, bounds.data(), hits);
  };
  std::vector<kernels::tile_hits<float>> hits(static_cast<std::size_t>(workers));
  const float most = std::numeric_limits<float>::infinity();
  const std::vector<float> all(size, -most), none(size, most);
  take(1, 1, all, hits[0]);
  for (std::int64_t position = 0; position < kernels::chunk_rows; position += 17) {
    double sum = 0;
    constexpr std::int64_t width = kernels::panel_rows<float>;
    const float* const row = packed.data() + kernels::chunk_rows * k + position / width * width * k + position % width;
    for (std::int64_t d = 0; d < k; ++d)
      sum += static_cast<double>(queries[static_cast<std::size_t>((size + 3) * k + d)]) *
             static_cast<double>(row[d * width]);
    if (!(std::abs(static_cast<double>(hits[0].scores[3][position]) - sum) < 1e-3))
      throw std::runtime_error("the kernel is wrong");
  }
  report(state, workers, k, 2.0 * static_cast<double>(together * rows * k * workers), [&] {
    akin::detail::for_each_row(akin::execution::par.threads(workers), workers, [&](std::int64_t p, int) {
      for (std::int64_t chunk = 0; chunk < chunks; ++chunk)
        for (std::int64_t group = 0; group < together / size; ++group)
          take(group, chunk, none, hits[static_cast<std::size_t>(p)]);
    });
  });
}

void sizes(benchmark::internal::Benchmark* one) {
  one->ArgNames({"k", "threads"})->ArgsProduct({{64, 128, 256}, {1, 0}})->Unit(benchmark::kMillisecond)->UseRealTime();
}
BENCHMARK(recommend)->Apply(sizes);  // threads=0: all
BENCHMARK(tiles)->Apply(sizes);

}  // namespace
