// Gramian and rotation of n rows of k numbers beside OpenBLAS' sgemm on the same shape with one thread: counters
// GFLOP/s, the ceiling's, and the percentage. A Gramian counts n k (k + 1) flops, a rotation and sgemm 2 n k k.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <benchmark/benchmark.h>

#include <akin/execution.hpp>
#include <akin/factorization/detail/gramian.hpp>
#include <akin/factorization/detail/multiply_in_place.hpp>
#include <akin/kernels/gemm.hpp>
#include <akin/numbers.hpp>
#include <akin/views.hpp>

#include "ceiling.hpp"

namespace {

struct shape {
  explicit shape(const benchmark::State& state) : k(state.range(0)), n(state.range(1)) {}
  std::int64_t k, n;

  double flops() const { return 2.0 * static_cast<double>(n) * static_cast<double>(k) * static_cast<double>(k); }
  double gramian_flops() const { return static_cast<double>(n) * static_cast<double>(k) * static_cast<double>(k + 1); }
  std::vector<float> rows() const { return ceiling::normal_numbers(n * k, 1); }
};

void shapes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"k", "n"})->Unit(benchmark::kMicrosecond);
  for (const std::int64_t k : {64, 128, 256})
    for (const std::int64_t n : {256, 4096, 41000}) b->Args({k, n});
}

void require_close(double is, double shall, double scale) {
  if (!(std::abs(is - shall) <= 1e-4 * scale)) throw std::runtime_error("the kernel is wrong");
}

/// Gigaflops of sgemm where its result is a Gramian (k x n times n x k), 0 without a BLAS.
double gramian_ceiling(const shape& s, const std::vector<float>& y) {
  if (!ceiling::blas::get().is_found()) return 0;
  std::vector<float> c(static_cast<std::size_t>(s.k * s.k));
  return s.flops() / 1e9 / ceiling::fastest([&] {
           ceiling::blas::get().multiply(true, static_cast<int>(s.k), static_cast<int>(s.n), y.data(), y.data(),
                                         static_cast<int>(s.k), c.data());
         });
}

template <class T>
void check_gramian(const shape& s, const std::vector<float>& y, const std::vector<T>& c) {
  for (std::int64_t i = 0; i < s.k; i += 7)
    for (std::int64_t j = 0; j <= i; j += 5) {
      double sum = 0;
      for (std::int64_t row = 0; row < s.n; ++row)
        sum += static_cast<double>(y[static_cast<std::size_t>(row * s.k + i)]) *
               static_cast<double>(y[static_cast<std::size_t>(row * s.k + j)]);
      require_close(static_cast<double>(c[static_cast<std::size_t>(i * s.k + j)]), sum, static_cast<double>(s.n));
    }
}

/// The kernel alone, on runs of 256 rows as detail::gramian calls it.
void add_gramian(benchmark::State& state) {
  const shape s(state);
  const auto y = s.rows();
  std::vector<float> c(static_cast<std::size_t>(s.k * s.k));
  const auto body = [&] {
    constexpr std::int64_t run = 256;
    for (std::int64_t row = 0; row < s.n; row += run)
      akin::kernels::add_gramian(y.data() + row * s.k, std::min(run, s.n - row), s.k, c.data());
  };
  body();
  check_gramian(s, y, c);
  ceiling::report(state, "GFLOP/s", s.gramian_flops(), gramian_ceiling(s, y), body);
}
BENCHMARK(add_gramian)->Apply(shapes);

/// With the double sums, as the models use it.
void gramian(benchmark::State& state) {
  const shape s(state);
  const auto y = s.rows();
  const akin::rows_view<const float> view{y.data(), s.n, s.k};
  akin::detail::numbers<double> c;
  const auto body = [&] { c = akin::detail::gramian(akin::execution::seq, view); };
  body();
  check_gramian(s, y, std::vector<double>(c.begin(), c.end()));
  ceiling::report(state, "GFLOP/s", s.gramian_flops(), gramian_ceiling(s, y), body);
}
BENCHMARK(gramian)->Apply(shapes);

/// The other ceiling: OpenBLAS' own Gramian, as a share of its sgemm.
void openblas_ssyrk(benchmark::State& state) {
  const shape s(state);
  if (!ceiling::blas::get().is_found()) return state.SkipWithError("no BLAS: name an OpenBLAS in AKIN_BLAS");
  const auto y = s.rows();
  std::vector<float> c(static_cast<std::size_t>(s.k * s.k));
  const auto body = [&] {
    ceiling::blas::get().gramian(y.data(), static_cast<int>(s.n), static_cast<int>(s.k), c.data());
  };
  body();
  check_gramian(s, y, c);
  ceiling::report(state, "GFLOP/s", s.gramian_flops(), gramian_ceiling(s, y), body);
}
BENCHMARK(openblas_ssyrk)->Apply(shapes);

/// y <- y q in place, as the models rotate. q is a reflection, so that y comes back after two and never grows.
void rotation(benchmark::State& state) {
  const shape s(state);
  auto y = s.rows();
  const auto direction = ceiling::normal_numbers(s.k, 2);
  double squares = 0;
  for (const float x : direction) squares += static_cast<double>(x) * static_cast<double>(x);
  akin::detail::numbers<float> q(s.k * s.k);
  const auto along = [&](std::int64_t d) { return static_cast<double>(akin::detail::at(direction, d)); };
  for (std::int64_t i = 0; i < s.k; ++i)
    for (std::int64_t j = 0; j < s.k; ++j)
      q[i * s.k + j] = static_cast<float>((i == j ? 1.0 : 0.0) - 2 * along(i) * along(j) / squares);
  const akin::rows_view<float> view{y.data(), s.n, s.k};
  const auto body = [&] { akin::detail::multiply_in_place(akin::execution::seq, view, q); };

  const auto before = y;
  body();
  for (std::int64_t j = 0; j < s.k; ++j) {
    double sum = 0;
    for (std::int64_t d = 0; d < s.k; ++d)
      sum += static_cast<double>(before[static_cast<std::size_t>((s.n - 1) * s.k + d)]) *
             static_cast<double>(q[d * s.k + j]);
    require_close(static_cast<double>(y[static_cast<std::size_t>((s.n - 1) * s.k + j)]), sum, 1);
  }
  double ceiling = 0;
  if (ceiling::blas::get().is_found()) {
    std::vector<float> c(before.size());
    ceiling = s.flops() / 1e9 / ceiling::fastest([&] {
                ceiling::blas::get().multiply(false, static_cast<int>(s.n), static_cast<int>(s.k), before.data(),
                                              q.data(), static_cast<int>(s.k), c.data());
              });
  }
  ceiling::report(state, "GFLOP/s", s.flops(), ceiling, body);
}
BENCHMARK(rotation)->Apply(shapes);

}  // namespace
