// A step of conjugate gradients on n rows of k numbers, beside plain reading of as many bytes: a step reads each row
// once from where it lies (twice, the second time from the nearest cache). Counters GB/s, the ceiling's, and the
// percentage. The rows are every third or so of a table, in its order, as a user's items are.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <benchmark/benchmark.h>

#include <akin/kernels/conjugate_gradient.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/random.hpp>

#include "ceiling.hpp"

namespace {

namespace kernels = akin::kernels;

constexpr float weight = 0.5f;

/// A row's problem: (diagonal + Y'WY) x = b.
struct problem {
  problem(std::int64_t columns, std::int64_t count, std::int64_t every)
      : k(columns), numbers(ceiling::normal_numbers(every * count * columns, 1)), weights(size(count), weight) {
    const akin::random_stream random(2);
    for (std::int64_t i = 0; i < count; ++i)
      ids.push_back(static_cast<std::int32_t>(
          every * i + static_cast<std::int64_t>(random.below(size(i), static_cast<std::uint64_t>(every)))));
    b = ceiling::normal_numbers(k, 3);
    const float level = 10 * weight * static_cast<float>(count);  // so that a few steps are enough to check the result
    diagonal.assign(size(k), level);
    inverse.assign(size(k), 1 / level);
    x.resize(size(k));
    scratch.resize(size(2 * k));
  }

  static std::size_t size(std::int64_t count) { return static_cast<std::size_t>(count); }
  kernels::weighted_rows<float, std::int32_t> rows() const {
    return {numbers.data(), k, ids.data(), weights.data(), static_cast<std::int64_t>(ids.size())};
  }

  kernels::conjugate_gradient_result solve(float tolerance, int steps) {
    r = b;
    const auto y = rows();
    const float *const d = diagonal.data(), *const inverse_d = inverse.data();
    return kernels::call<kernels::conjugate_gradient_kernel>(&y, d, inverse_d, tolerance, steps, x.data(), r.data(),
                                                             scratch.data());
  }

  /// The largest element of (diagonal + Y'WY) x - b.
  double residual() const {
    std::vector<double> left(size(k));
    for (std::size_t d = 0; d < size(k); ++d)
      left[d] = static_cast<double>(diagonal[d]) * static_cast<double>(x[d]) - static_cast<double>(b[d]);
    for (const std::int32_t id : ids) {
      const float* const row = numbers.data() + id * k;
      double product = 0;
      for (std::size_t d = 0; d < size(k); ++d) product += static_cast<double>(row[d]) * static_cast<double>(x[d]);
      for (std::size_t d = 0; d < size(k); ++d)
        left[d] += static_cast<double>(weight) * product * static_cast<double>(row[d]);
    }
    double largest = 0;
    for (const double element : left) largest = std::max(largest, std::abs(element));
    return largest;
  }

  std::int64_t k;
  std::vector<float> numbers, weights, b, diagonal, inverse, x, r, scratch;
  std::vector<std::int32_t> ids;
};

void step(benchmark::State& state) {
  problem p(state.range(0), state.range(1), state.range(2));
  if (!p.solve(1e-6f, 32).converged || !(p.residual() < 1e-4)) throw std::runtime_error("the system is not solved");

  constexpr int steps = 4;
  if (p.solve(0, steps).steps != steps) throw std::runtime_error("too few steps");
  const double bytes = static_cast<double>(p.ids.size()) * static_cast<double>(p.k) * sizeof(float);
  const auto rows = p.rows();
  const double ceiling =
      bytes / 1e9 / ceiling::fastest([&] {
        benchmark::DoNotOptimize(kernels::call<ceiling::read_kernel>(rows.rows, rows.k, rows.ids, rows.count));
      });
  ceiling::report(state, "GB/s", bytes * steps, ceiling, [&] { p.solve(0, steps); });
}
BENCHMARK(step)
    ->ArgNames({"k", "n", "every"})
    ->ArgsProduct({{64, 128, 256}, {256, 4096, 41000}, {1, 3}})
    ->Unit(benchmark::kMicrosecond)
    ->Name("conjugate_gradient_4_steps");

}  // namespace
