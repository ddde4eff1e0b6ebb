#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <akin/kernels/coordinate_sweep.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"

namespace kernels = akin::kernels;

namespace {

/// H = A'A with a unit diagonal, b = A'y, in rows of `stride`; positive definite.
template <class T>
struct small_problem {
  small_problem(std::int64_t items, std::uint64_t seed)
      : size(items),
        stride((items + kernels::sweep_alignment - 1) / kernels::sweep_alignment * kernels::sweep_alignment),
        h(static_cast<std::size_t>(stride * stride)),
        thresholds(static_cast<std::size_t>(stride)),
        z(thresholds),
        rest(thresholds) {
    const std::int64_t rows = items + 5;
    const auto a = akin_test::normal_numbers<double>(rows * (items + 1), seed);
    const auto product = [&](std::int64_t i, std::int64_t j) {
      double sum = 0;
      for (std::int64_t r = 0; r < rows; ++r)
        sum += a[static_cast<std::size_t>(i * rows + r)] * a[static_cast<std::size_t>(j * rows + r)];
      return sum;
    };
    const auto length = [&](std::int64_t i) { return std::sqrt(product(i, i)); };
    for (std::int64_t i = 0; i < items; ++i) {
      for (std::int64_t j = 0; j < items; ++j)
        h[static_cast<std::size_t>(i * stride + j)] = static_cast<T>(product(i, j) / length(i) / length(j));
      h[static_cast<std::size_t>(i * stride + i)] = 1;
      rest[static_cast<std::size_t>(i)] = static_cast<T>(product(i, items) / length(i) / length(items));
      thresholds[static_cast<std::size_t>(i)] = static_cast<T>(0.1 / length(i));
    }
  }

  std::int64_t size, stride;
  std::vector<T> h, thresholds, z, rest;
};

/// The same sweep, one number at a time in double.
template <class T>
double slow_sweep(const small_problem<T>& p, bool nonnegative, double least, std::vector<double>& z,
                  std::vector<double>& rest) {
  double largest = 0;
  for (std::size_t k = 0; k < static_cast<std::size_t>(p.size); ++k) {
    const double own = rest[k] + z[k], t = static_cast<double>(p.thresholds[k]);
    const double best = own > t ? own - t : own < -t && !nonnegative ? own + t : 0;
    const double step = best - z[k];
    if (std::abs(step) <= least) continue;
    largest = std::max(largest, std::abs(step));
    z[k] = best;
    for (std::size_t i = 0; i < static_cast<std::size_t>(p.size); ++i)
      rest[i] -= step * static_cast<double>(p.h[k * static_cast<std::size_t>(p.stride) + i]);
  }
  return largest;
}

}  // namespace

TEMPLATE_TEST_CASE("sweeps step as a plain loop in double does", "", float, double) {
  for (const auto set : akin_test::instruction_sets())
    for (const bool nonnegative : {true, false})
      for (const std::int64_t size : {0, 1, 2, 15, 16, 17, 40, 100}) {
        CAPTURE(static_cast<int>(set), nonnegative, size);
        small_problem<TestType> p(size, static_cast<std::uint64_t>(size));
        std::vector<double> z(p.z.begin(), p.z.end()), rest(p.rest.begin(), p.rest.end());
        for (int sweep = 0; sweep < 3; ++sweep) {
          const TestType largest = kernels::call_on<kernels::coordinate_sweep_kernel>(
              set, static_cast<const TestType*>(p.h.data()), p.stride,
              static_cast<const TestType*>(p.thresholds.data()), nonnegative, TestType{0}, p.z.data(), p.rest.data(),
              size);
          const double margin = 1000 * static_cast<double>(akin_test::epsilon<TestType>);
          CHECK(static_cast<double>(largest) == Approx(slow_sweep(p, nonnegative, 0, z, rest)).margin(margin));
          double error = 0;
          for (std::size_t i = 0; i < z.size(); ++i)
            error = std::max({error, std::abs(static_cast<double>(p.z[i]) - z[i]),
                              std::abs(static_cast<double>(p.rest[i]) - rest[i])});
          CHECK(error <= margin);
          if (nonnegative) CHECK(std::ranges::all_of(p.z, [](TestType x) { return x >= 0; }));
        }
      }
}

TEST_CASE("a coordinate whose step is not larger than what is asked for stays") {
  // Two coordinates that do not touch each other, with steps 0.5 and 0.25.
  small_problem<double> p(2, 1);
  p.h.assign(p.h.size(), 0);
  p.h[0] = p.h[static_cast<std::size_t>(p.stride) + 1] = 1;
  p.thresholds[0] = p.thresholds[1] = 0.25;
  p.rest[0] = 0.75, p.rest[1] = 0.5;
  const auto sweep = [&](double least) {
    return kernels::coordinate_sweep(static_cast<const double*>(p.h.data()), p.stride,
                                     static_cast<const double*>(p.thresholds.data()), true, least, p.z.data(),
                                     p.rest.data(), 2);
  };
  CHECK(sweep(0.5) == 0);
  CHECK(sweep(0.25) == 0.5);
  CHECK((p.z[0] == 0.5 && p.z[1] == 0 && p.rest[0] == 0.25 && p.rest[1] == 0.5));
  CHECK(sweep(0) == 0.25);
  CHECK((p.z[1] == 0.25 && p.rest[1] == 0.25));
  CHECK(sweep(0) == 0);
  // The way to 0 is taken however short it is, and does not count as a step.
  p.rest[0] = -1;
  p.z[0] = 0.125;
  CHECK(sweep(0.5) == 0);
  CHECK((p.z[0] == 0 && p.rest[0] == -0.875));
}
