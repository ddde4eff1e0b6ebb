#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <akin/parallel.hpp>

#include "support/catch.hpp"
#include "support/random_data.hpp"

namespace execution = akin::execution;
using Catch::Matchers::Message;

namespace {

const std::vector<int> thread_counts = {1, 2, 3, 7};

// The sum in blocks of 64, each from left to right.
template <class Policy>
float blocked_sum(const Policy& policy, const std::vector<float>& x) {
  return akin::detail::reduce_blocks(
      policy, static_cast<std::int64_t>(x.size()), 64, 0.0f,
      [&](std::int64_t begin, std::int64_t end, int) {
        float sum = 0;
        for (std::int64_t i = begin; i < end; ++i) sum += x[static_cast<std::size_t>(i)];
        return sum;
      },
      [](float& total, float part) { total += part; });
}

}  // namespace

TEST_CASE("each row runs once, on a worker that has scratch") {
  for (const int threads : thread_counts)
    for (const std::int64_t rows : {0, 1, 2, 5, 64, 5000}) {
      CAPTURE(threads, rows);
      const auto policy = execution::par.threads(threads);
      std::vector<int> runs(static_cast<std::size_t>(rows));
      std::atomic<int> bad_workers = 0;
      akin::detail::for_each_row(policy, rows, [&](std::int64_t row, int worker) {
        ++runs[static_cast<std::size_t>(row)];
        bad_workers += worker < 0 || worker >= akin::detail::worker_count(policy, rows);
      });
      CHECK(runs == std::vector<int>(static_cast<std::size_t>(rows), 1));
      CHECK(bad_workers == 0);
    }
}

TEST_CASE("each worker has its own copy") {
  const auto policy = execution::par.threads(3);
  akin::detail::per_worker<std::vector<std::int64_t>> sums(akin::detail::worker_count(policy, 100), {0, 5});
  akin::detail::for_each_row(policy, 100, [&](std::int64_t row, int worker) { sums[worker][0] += row; });
  std::int64_t total = 0, others = 0;
  for (const auto& sum : sums) total += sum[0], others += sum[1];
  CHECK((total == 4950 && others == 15));
}

TEST_CASE("the sequenced policy runs rows in order on the caller's thread") {
  std::vector<std::int64_t> order;
  int workers = 0;
  akin::detail::for_each_row(execution::seq, 5, [&](std::int64_t row, int worker) {
    order.push_back(row);
    workers += worker;
  });
  CHECK(order == std::vector<std::int64_t>{0, 1, 2, 3, 4});
  CHECK(workers == 0);
  CHECK(akin::detail::worker_count(execution::seq) == 1);
}

TEST_CASE("a number of threads is taken as it is, 0 leaves it to OpenMP, a negative one is refused") {
  CHECK(akin::detail::worker_count(execution::par) >= 1);
  CHECK(akin::detail::worker_count(execution::par.threads(0)) == akin::detail::worker_count(execution::par));
  CHECK(akin::detail::worker_count(execution::par.threads(5)) == (AKIN_HAS_OPENMP ? 5 : 1));
  CHECK(akin::detail::worker_count(execution::par.threads(5), 2) <= 2);
  CHECK(akin::detail::worker_count(execution::par.threads(5), 0) == 0);
  for (const std::int64_t rows : {0, 9})
    CHECK_THROWS_MATCHES(akin::detail::for_each_row(execution::par.threads(-2), rows, [](std::int64_t, int) {}),
                         std::invalid_argument,
                         Message("execution::par.threads: count must be between 0 and 4096, got -2"));
}

TEST_CASE("of the rows that throw the lowest is reported, after all rows have run") {
  for (const int threads : thread_counts) {
    CAPTURE(threads);
    std::atomic<int> runs = 0;
    const auto run = [&] {
      akin::detail::for_each_row(execution::par.threads(threads), 2000, [&](std::int64_t row, int) {
        ++runs;
        if (row % 700 == 17) throw std::out_of_range("row " + std::to_string(row));
      });
    };
    CHECK_THROWS_MATCHES(run(), std::out_of_range, Message("row 17"));
    CHECK(runs == 2000);
  }
}

TEST_CASE("the lowest row is reported whichever threw first") {
  akin::detail::first_error error;
  CHECK_NOTHROW(error.rethrow());
  for (const int row : {9, 4, 6}) {
    try {
      throw std::out_of_range("row " + std::to_string(row));
    } catch (...) {
      error.keep(row);
    }
  }
  CHECK_THROWS_MATCHES(error.rethrow(), std::out_of_range, Message("row 4"));
}

TEST_CASE("a loop within a loop runs all of both, and its exception comes out of both") {
  for (const int threads : thread_counts) {
    CAPTURE(threads);
    const auto policy = execution::par.threads(threads);
    std::vector<int> runs(20 * 30);
    std::atomic<int> bad_workers = 0;
    const auto run = [&](std::int64_t bad_row) {
      akin::detail::for_each_row(policy, 20, [&](std::int64_t outer, int) {
        akin::detail::for_each_row(policy, 30, [&](std::int64_t inner, int worker) {
          ++runs[static_cast<std::size_t>(outer * 30 + inner)];
          bad_workers += worker < 0 || worker >= akin::detail::worker_count(policy);
          if (inner == bad_row) throw std::runtime_error("row " + std::to_string(outer));
        });
      });
    };
    CHECK_NOTHROW(run(-1));
    CHECK(runs == std::vector<int>(20 * 30, 1));
    CHECK(bad_workers == 0);
    CHECK_THROWS_MATCHES(run(4), std::runtime_error, Message("row 0"));
  }
}

TEST_CASE("a reduction has the same bits for any number of threads") {
  const auto x = akin_test::normal_numbers<float>(100001, 8);
  const float expected = blocked_sum(execution::seq, x);
  for (const int threads : thread_counts)
    for (int repeat = 0; repeat < 5; ++repeat) CHECK(blocked_sum(execution::par.threads(threads), x) == expected);
  CHECK(blocked_sum(execution::par, x) == expected);

  // Another order gives other bits, so equality above is no accident.
  float plain = 0;
  for (const float value : x) plain += value;
  CHECK(plain != expected);
  CHECK(plain == Approx(expected).margin(0.1));
}

TEST_CASE("blocks cover every element once and are combined in ascending order") {
  using ranges = std::vector<std::int64_t>;
  const auto blocks_of = [](std::int64_t size, std::int64_t block_size) {
    return akin::detail::reduce_blocks(
        execution::par.threads(3), size, block_size, ranges{},
        [](std::int64_t begin, std::int64_t end, int) {
          return ranges{begin, end};
        },
        [](ranges& all, const ranges& part) { all.insert(all.end(), part.begin(), part.end()); });
  };
  CHECK(blocks_of(10, 4) == ranges{0, 4, 4, 8, 8, 10});
  CHECK(blocks_of(8, 4) == ranges{0, 4, 4, 8});
  CHECK(blocks_of(3, 4) == ranges{0, 3});
  CHECK(blocks_of(0, 4).empty());
}
