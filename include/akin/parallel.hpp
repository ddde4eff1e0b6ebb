/// @file
/// The only place with OpenMP pragmas: independent rows, and reductions whose bits do not depend on the threads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <exception>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/language.hpp>

#if AKIN_HAS_OPENMP
#include <omp.h>
#endif

namespace akin::inline AKIN_ABI {
namespace detail {

/// All policies of the host as one type, a number of threads, so that nothing is compiled for each of them.
class host_policy {
 public:
  constexpr host_policy(const execution::sequenced_policy&) noexcept : threads_(1) {}
  constexpr host_policy(const execution::parallel_policy& policy) noexcept : threads_(policy.requested_threads()) {}

  /// 1 for the caller's thread, 0 if OpenMP decides.
  constexpr int requested_threads() const noexcept { return threads_; }

 private:
  int threads_;
};

}  // namespace detail
}  // namespace akin::inline AKIN_ABI

template <>
struct akin::execution_traits<akin::detail::host_policy> {
  using backend_type = akin::backend::host;
};

namespace akin::inline AKIN_ABI {
namespace detail {

/// The caller's policy for what runs on the host only; one sentence for what is no policy, or one of another backend.
template <class Policy>
constexpr host_policy on_host(const Policy& policy) noexcept {
  constexpr bool is_of_host = std::is_convertible_v<const Policy&, host_policy>;
  assert_policy<Policy>();
  static_assert(is_of_host || !execution_policy<Policy>,
                "akin: this model has no engine for this policy; execution::seq and execution::par have one");
  if constexpr (is_of_host)
    return policy;
  else
    return execution::seq;
}

/// Workers that a call under this policy may use: the size of per-worker scratch.
inline int worker_count(const host_policy& policy) {
  constexpr int max_threads = 4096;  // more than any machine has; with more the runtime fails silently
  require(policy.requested_threads() >= 0 && policy.requested_threads() <= max_threads, "execution::par.threads",
          "count must be between 0 and 4096", policy.requested_threads());
#if AKIN_HAS_OPENMP
  return policy.requested_threads() > 0 ? policy.requested_threads() : omp_get_max_threads();
#else
  return 1;
#endif
}

/// The same for a call on that many rows: no more workers than rows.
inline int worker_count(const host_policy& policy, std::int64_t rows) {
  return static_cast<int>(std::min<std::int64_t>(worker_count(policy), rows));
}

/// A T for each worker of a call, copies of one.
template <class T>
class per_worker {
 public:
  explicit per_worker(int workers, const T& one = T()) : each_(static_cast<std::size_t>(workers), one) {}

  T& operator[](int worker) noexcept { return each_[static_cast<std::size_t>(worker)]; }
  auto begin() noexcept { return each_.begin(); }
  auto end() noexcept { return each_.end(); }

 private:
  std::vector<T> each_;
};

/// The number of the calling worker within its parallel region.
inline int this_worker() noexcept {
#if AKIN_HAS_OPENMP
  return omp_get_thread_num();
#else
  return 0;
#endif
}

/// Keeps the exception of the lowest row that threw, so that the report does not depend on the threads.
class first_error {
 public:
  void keep(std::int64_t row) noexcept {
#if AKIN_HAS_EXCEPTIONS
    AKIN_OMP(critical(akin_first_error))
    if (row < row_) {
      row_ = row;
      error_ = std::current_exception();
    }
#else
    static_cast<void>(row);
#endif
  }
  void rethrow() const {
#if AKIN_HAS_EXCEPTIONS
    if (error_) std::rethrow_exception(error_);
#endif
  }

 private:
  std::int64_t row_ = INT64_MAX;
  std::exception_ptr error_;
};

template <class Body>
void run_row(Body& body, std::int64_t row, int worker, first_error& error) {
#if AKIN_HAS_EXCEPTIONS
  try {
    body(row, worker);
  } catch (...) {
    error.keep(row);
  }
#else
  static_cast<void>(error);
  body(row, worker);
#endif
}

/// Calls body(row, worker) once for each row in [0, rows), worker in [0, worker_count(policy, rows)); rows must be
/// independent of each other. An exception of a row is rethrown after all rows have run; of several, that of the lowest
/// row.
template <class Body>
void for_each_row(const host_policy& policy, std::int64_t rows, Body&& body) {
  const int workers = worker_count(policy, rows);
  first_error error;
  if (workers > 1) {
    // Small enough to balance rows of unequal cost, large enough that scheduling costs almost nothing.
    [[maybe_unused]] const std::int64_t chunk = std::clamp<std::int64_t>(rows / (std::int64_t{workers} * 32), 1, 64);
    AKIN_OMP(parallel for num_threads(workers) schedule(dynamic, chunk))
    for (std::int64_t row = 0; row < rows; ++row) run_row(body, row, this_worker(), error);
  } else {
    for (std::int64_t row = 0; row < rows; ++row) run_row(body, row, 0, error);
  }
  error.rethrow();
}

/// Combines map(begin, end, worker) over blocks of [0, size) in ascending order. The blocks depend on block_size alone,
/// so the result has the same bits for any number of threads.
template <class Result, class Map, class Combine>
Result reduce_blocks(const host_policy& policy, std::int64_t size, std::int64_t block_size, Result initial, Map&& map,
                     Combine&& combine) {
  const std::int64_t blocks = (size + block_size - 1) / block_size;
  std::vector<Result> partial(static_cast<std::size_t>(blocks), initial);
  for_each_row(policy, blocks, [&](std::int64_t block, int worker) {
    const std::int64_t begin = block * block_size;
    partial[static_cast<std::size_t>(block)] = map(begin, std::min(begin + block_size, size), worker);
  });
  for (const Result& part : partial) combine(initial, part);
  return initial;
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
