// The inverse that EASE needs, of a symmetric positive definite matrix of n x n floats, beside OpenBLAS' sgemm in the
// same run: counters GFLOP/s (n^3 flops), the ceiling's (a 2048 x 2048 x 2048 product a worker, each on one thread),
// the percentage, and the rate of our own product of tiles that lie in the cache.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <benchmark/benchmark.h>

#include <akin/execution.hpp>
#include <akin/kernels/gemm.hpp>
#include <akin/kernels/inverse_sweep.hpp>
#include <akin/linear/detail/symmetric_inverse.hpp>
#include <akin/parallel.hpp>

#include "kernels/ceiling.hpp"

namespace {

using matrix = std::vector<float>;

/// Random numbers, and a diagonal that keeps the eigenvalues between about 1 and 4 sqrt(n).
matrix some_definite(std::int64_t n) {
  matrix a = ceiling::normal_numbers(n * n, 1);
  const auto radius = static_cast<float>(2 * std::sqrt(static_cast<double>(n)));
  for (std::int64_t i = 0; i < n; ++i) a[static_cast<std::size_t>(i * n + i)] = radius + 1;
  return a;
}

/// Element (i, j) from the lower triangle.
double element(const matrix& a, std::int64_t n, std::int64_t i, std::int64_t j) {
  return static_cast<double>(a[static_cast<std::size_t>(std::max(i, j) * n + std::min(i, j))]);
}

void require_inverse(const matrix& a, const matrix& inverse, std::int64_t n) {
  for (std::int64_t i = 0; i < n; i += std::max<std::int64_t>(1, n / 7))
    for (std::int64_t j = 0; j < n; j += std::max<std::int64_t>(1, n / 50)) {
      double sum = 0;
      for (std::int64_t d = 0; d < n; ++d) sum += element(a, n, i, d) * element(inverse, n, d, j);
      if (!(std::abs(sum - (i == j ? 1 : 0)) < 1e-3)) throw std::runtime_error("the kernel is wrong");
    }
}

/// Gigaflops of as many products as there are workers, 0 without a BLAS.
double product_ceiling(int workers) {
  if (!ceiling::blas::get().is_found()) return 0;
  constexpr std::int64_t n = 2048;
  const matrix a = ceiling::normal_numbers(n * n, 2), b = ceiling::normal_numbers(n * n, 3);
  std::vector<matrix> products(static_cast<std::size_t>(workers), matrix(n * n));
  const double seconds = ceiling::fastest([&] {
    akin::detail::for_each_row(akin::execution::par.threads(workers), workers, [&](std::int64_t p, int) {
      ceiling::blas::get().multiply(false, n, n, a.data(), b.data(), n, products[static_cast<std::size_t>(p)].data());
    });
  });
  return 2e-9 * n * n * n * workers / seconds;
}

/// Gigaflops of kernels::add_product where everything lies in the cache.
double tile_rate(int workers) {
  constexpr std::int64_t n = akin::kernels::sweep_tile, repeats = 50;
  const matrix a = ceiling::normal_numbers(n * n, 2), b = ceiling::normal_numbers(n * n, 3);
  std::vector<matrix> products(static_cast<std::size_t>(workers), matrix(n * n));
  const double seconds = ceiling::fastest([&] {
    akin::detail::for_each_row(akin::execution::par.threads(workers), workers, [&](std::int64_t p, int) {
      for (std::int64_t r = 0; r < repeats; ++r)
        akin::kernels::add_product(a.data(), n, n, b.data(), n, products[static_cast<std::size_t>(p)].data());
    });
  });
  return 2e-9 * n * n * n * repeats * workers / seconds;
}

/// The inverse of the inverse is the matrix again, so that each call works on what the one before has left.
void invert(benchmark::State& state) {
  const std::int64_t n = state.range(0);
  const int workers =
      state.range(1) == 1 ? 1 : akin::detail::worker_count(akin::execution::par, n / akin::kernels::sweep_tile + 1);
  const matrix before = some_definite(n);
  matrix a = before;
  const auto body = [&] {
    if (akin::detail::invert_symmetric(akin::execution::par.threads(workers), a.data(), n) != n)
      throw std::runtime_error("the matrix should have an inverse");
  };
  body();
  require_inverse(before, a, n);
  const auto cube = static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(n);
  ceiling::report(state, "GFLOP/s", cube, product_ceiling(workers), body);
  state.counters["tiles"] = tile_rate(workers);
}
BENCHMARK(invert)
    ->ArgNames({"n", "threads"})  // 0: all
    ->ArgsProduct({{1000, 2000, 4000, 8000}, {1, 0}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
