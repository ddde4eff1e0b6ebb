/// What the machine can do, measured in the same run: an optimised BLAS, found when the program runs, and plain
/// reading.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <vector>

#if __has_include(<dlfcn.h>)
#include <dlfcn.h>
#endif

#include <benchmark/benchmark.h>

#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/simd.hpp>
#include <akin/random.hpp>

namespace ceiling {

/// OpenBLAS with one thread, from the library that AKIN_BLAS names (such as the one that scipy brings), else the
/// system's.
class blas {
 public:
  static const blas& get() {
    static const blas one;
    return one;
  }
  bool is_found() const { return sgemm_ != nullptr && ssyrk_ != nullptr; }

  /// c (rows x cols) = a b, or a'b with `transposed`, all row-major; a is rows x depth, or depth x rows.
  void multiply(bool transposed, int rows, int depth, const float* a, const float* b, int cols, float* c) const {
    sgemm_(row_major, transposed ? trans : no_trans, no_trans, rows, cols, depth, 1, a, transposed ? rows : depth, b,
           cols, 0, c, cols);
  }
  /// The lower triangle of c (cols x cols) = a'a for a (rows x cols).
  void gramian(const float* a, int rows, int cols, float* c) const {
    ssyrk_(row_major, lower, trans, cols, rows, 1, a, cols, 0, c, cols);
  }

 private:
  static constexpr int row_major = 101, no_trans = 111, trans = 112, lower = 122;
  using sgemm_type = void (*)(int, int, int, int, int, int, float, const float*, int, const float*, int, float, float*,
                              int);
  using ssyrk_type = void (*)(int, int, int, int, int, float, const float*, int, float, float*, int);

  blas() {
#if __has_include(<dlfcn.h>)
    const char* const given = std::getenv("AKIN_BLAS");
    void* const library = dlopen(given != nullptr ? given : "libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return;
    const auto find = [&](const char* plain, const char* scipys) {
      void* const symbol = dlsym(library, plain);
      return symbol != nullptr ? symbol : dlsym(library, scipys);
    };
    void* const set_threads = find("openblas_set_num_threads", "scipy_openblas_set_num_threads");
    if (set_threads == nullptr) return;  // another BLAS could take more threads than the one that is asked for
    reinterpret_cast<void (*)(int)>(set_threads)(1);
    sgemm_ = reinterpret_cast<sgemm_type>(find("cblas_sgemm", "scipy_cblas_sgemm"));
    ssyrk_ = reinterpret_cast<ssyrk_type>(find("cblas_ssyrk", "scipy_cblas_ssyrk"));
#endif
  }

  sgemm_type sgemm_ = nullptr;
  ssyrk_type ssyrk_ = nullptr;
};

/// Reads rows of k numbers, row ids[i] of `rows`, and does little else.
struct read_kernel {
  template <class InstructionSet>
  static AKIN_ALWAYS_INLINE float run(const float* rows, std::int64_t k, const std::int32_t* ids, std::int64_t count) {
    using vector = akin::kernels::vec_for<InstructionSet, float>;
    constexpr std::int64_t sums = 4;  // so that no addition waits for another
    vector sum[sums];
    AKIN_UNROLL
    for (int s = 0; s < sums; ++s) sum[s] = vector::zero();
    for (std::int64_t i = 0; i < count; ++i) {
      const float* const row = rows + ids[i] * k;
      for (std::int64_t d = 0; d + sums * vector::lanes <= k; d += sums * vector::lanes) {
        AKIN_UNROLL
        for (int s = 0; s < sums; ++s) sum[s] = sum[s] + vector::load(row + d + s * vector::lanes);
      }
    }
    return akin::kernels::lane_sum((sum[0] + sum[1]) + (sum[2] + sum[3]));
  }
};

/// The fastest of calls that together take a quarter of a second, in seconds.
template <class Body>
double fastest(const Body& body) {
  using clock = std::chrono::steady_clock;
  body();
  double best = 1e9, total = 0;
  while (total < 0.25) {
    const auto start = clock::now();
    body();
    const double seconds = std::chrono::duration<double>(clock::now() - start).count();
    best = std::min(best, seconds);
    total += seconds;
  }
  return best;
}

/// Times body and reports its rate, in units of 1e9 a second, beside the ceiling's and as a share of it. Both are the
/// fastest call: the rate that the machine reaches when nothing else disturbs it. A ceiling of 0 is not known.
template <class Body>
void report(benchmark::State& state, const char* unit, double work, double ceiling, const Body& body) {
  for (auto _ : state) {
    body();
    benchmark::ClobberMemory();
  }
  const double rate = work / fastest(body) / 1e9;
  state.counters[unit] = rate;
  if (ceiling <= 0) {
    state.SetLabel("no BLAS: name an OpenBLAS in AKIN_BLAS");
    return;
  }
  state.counters["ceiling"] = ceiling;
  state.counters["percent"] = 100 * rate / ceiling;
}

inline std::vector<float> normal_numbers(std::int64_t count, std::uint64_t seed) {
  const akin::random_stream random(seed);
  std::vector<float> numbers(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i)
    numbers[static_cast<std::size_t>(i)] = static_cast<float>(random.normal(static_cast<std::uint64_t>(i)));
  return numbers;
}

}  // namespace ceiling
