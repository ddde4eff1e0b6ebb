// Where hnswlib is not installed, there is nothing to test.
#if __has_include(<hnswlib/hnswlib.h>)
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/retrieval/hnsw.hpp>
#include <akin/retrieval/nearest_neighbors.hpp>

#include "retrieval/lists.hpp"
#include "support/catch.hpp"
#include "support/random_data.hpp"

namespace execution = akin::execution;
using akin::metric;

namespace {

constexpr metric all_metrics[] = {metric::inner_product, metric::cosine, metric::euclidean};

akin::dense_matrix<float> vectors(std::int64_t rows, std::int64_t cols, std::uint64_t seed) {
  return akin::synthetic::gaussian<float>(rows, cols, {.seed = seed});
}

template <class Index = std::int32_t>
akin::hnsw<float, Index> fitted(const akin::hnsw_options& options, const akin::dense_matrix<float>& y) {
  akin::hnsw<float, Index> index(options);
  index.fit(execution::par, y);
  return index;
}

akin::nearest_neighbors<float> exact(metric by, const akin::dense_matrix<float>& y) {
  akin::nearest_neighbors<float> index({.metric = by});
  index.fit(execution::par, y);
  return index;
}

/// The share of the exact lists that was found.
template <class Index>
double recall(const akin::recommendations<float, Index>& found, const akin::recommendations<float>& expected) {
  double hits = 0, total = 0;
  for (std::size_t list = 0; list < expected.size(); ++list) {
    for (const auto item : expected.items(list))
      hits += std::ranges::count(found.items(list), static_cast<Index>(item)) > 0 ? 1 : 0;
    total += static_cast<double>(expected.items(list).size());
  }
  return total == 0 ? 1 : hits / total;
}

/// Lists are in order, and their scores are those of an exact search.
template <class Index>
void check_scores(const akin::recommendations<float, Index>& found, const akin::recommendations<float>& everything) {
  for (std::size_t list = 0; list < found.size(); ++list) {
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < found.items(list).size(); ++i) {
      const auto all = everything.items(list);
      const auto place = std::ranges::find(all, static_cast<std::int32_t>(found.items(list)[i])) - all.begin();
      wrong += everything.scores(list)[static_cast<std::size_t>(place)] != found.scores(list)[i];
      if (i > 0)
        wrong +=
            !(found.scores(list)[i - 1] > found.scores(list)[i] ||
              (found.scores(list)[i - 1] == found.scores(list)[i] && found.items(list)[i - 1] < found.items(list)[i]));
    }
    CHECK(wrong == 0);
  }
}

}  // namespace

TEST_CASE("hnsw finds nearly all of what an exact search finds") {
  const auto y = vectors(1200, 12, 1), x = vectors(100, 12, 2);
  for (const metric by : all_metrics) {
    CAPTURE(static_cast<int>(by));
    const auto index = fitted({.metric = by, .ef_construction = 50}, y);
    const auto found = index.search(execution::par, x, {.k = 10});
    const auto everything = exact(by, y).search(execution::par, x, {.k = 1200});
    const auto expected = exact(by, y).search(execution::par, x, {.k = 10});
    for (std::size_t list = 0; list < 100; ++list) CHECK(found.items(list).size() == 10);
    check_scores(found, everything);
    const double usual = recall(found, expected);
    CHECK(usual > (by == metric::inner_product ? 0.9 : 0.97));
    // More is found by those who look longer, less by those who do not.
    CHECK(
        recall(fitted({.metric = by, .ef_construction = 50, .ef_search = 500}, y).search(execution::par, x, {.k = 10}),
               expected) >= usual);
    CHECK(recall(fitted({.metric = by, .m = 3, .ef_construction = 5, .ef_search = 1}, y)
                     .search(execution::par, x, {.k = 10}),
                 expected) < usual);
  }
}

TEST_CASE("an index of the same vectors is the same, and so are its answers for any number of threads") {
  const auto y = vectors(400, 9, 3), x = vectors(80, 9, 4);
  const auto expected =
      all_lists(fitted({.metric = metric::euclidean, .ef_construction = 60}, y).search(execution::seq, x, {.k = 12}));
  for (const int threads : {1, 2, 3}) {
    const auto policy = execution::par.threads(threads);
    akin::hnsw<float> again({.metric = metric::euclidean, .ef_construction = 60});
    again.fit(policy, y);
    CHECK(all_lists(again.search(policy, x, {.k = 12})) == expected);
    const auto copy = again;
    again.fit(x);
    CHECK(all_lists(copy.search(policy, x, {.k = 12})) == expected);
  }
}

TEST_CASE("hnsw honours what a query says may come, and lists are as long as they can be") {
  constexpr int rows = 800, queries = 30, k = 8;
  const auto y = vectors(rows, 7, 5), x = vectors(queries, 7, 6);
  const auto exclude = akin_test::random_sparse<float>(queries, rows, 0.1, 7);
  const akin::item_mask most(rows, [](std::int64_t i) { return i % 10 != 0; });
  const akin::item_mask half(rows, [](std::int64_t i) { return i % 2 == 0; });
  const akin::item_mask few(rows, [](std::int64_t i) { return i % 200 == 1; });
  std::vector<int> candidates;
  for (int i = rows - 1; i >= 0; i -= 23) candidates.insert(candidates.end(), {i, i});
  std::vector<std::int64_t> until(rows);
  for (std::size_t i = 0; i < until.size(); ++i) until[i] = static_cast<std::int64_t>(i % 3);
  for (const metric by : all_metrics) {
    CAPTURE(static_cast<int>(by));
    const auto index = fitted({.metric = by, .ef_construction = 50}, y);
    const auto reference = exact(by, y);
    const auto everything = reference.search(execution::par, x, {.k = rows});
    const auto check = [&](const akin::query<>& q, double least_recall) {
      const auto found = index.search(execution::par, x, q);
      const auto expected = reference.search(execution::par, x, q);
      for (std::size_t list = 0; list < queries; ++list) {
        const auto is_allowed = [&](int item) {
          return (!q.allow.is_set() || q.allow.contains(item)) && !(q.deny.is_set() && q.deny.contains(item)) &&
                 (!q.candidates || std::ranges::count(*q.candidates, item) > 0) &&
                 (q.available.until.empty() || q.available.until[static_cast<std::size_t>(item)] > q.available.at) &&
                 (q.exclude.rows == 0 || exclude.coeff(static_cast<Eigen::Index>(list), item) == 0);
        };
        CHECK(std::ranges::all_of(found.items(list), is_allowed));
        // A least score may end a list early; otherwise nothing does.
        if (q.minimum_score == -std::numeric_limits<double>::infinity())
          CHECK(found.items(list).size() == expected.items(list).size());
        for (const float score : found.scores(list)) CHECK(static_cast<double>(score) >= q.minimum_score);
      }
      check_scores(found, everything);
      CHECK(recall(found, expected) >= least_recall);
    };
    check({.k = k, .exclude = exclude}, 0.9);
    check({.k = k, .exclude = exclude, .allow = most}, 0.9);
    check({.k = k, .allow = half}, 0.9);
    check({.k = k, .deny = most}, 0.9);
    check({.k = k, .available = {.until = until, .at = 1}}, 0.9);
    // Little may come: exact.
    check({.k = k, .allow = few}, 1);
    check({.k = k, .exclude = exclude, .candidates = candidates, .allow = half}, 1);
    check({.k = k, .candidates = std::span<const int>()}, 1);
    check({.k = 2 * rows, .exclude = exclude}, 1);
    check({.k = k, .minimum_score = by == metric::euclidean ? -2.0 : 0.8}, 0.9);
    check({.k = k, .allow = half, .minimum_score = by == metric::euclidean ? -1.0 : 0.9}, 0.9);
  }
}

TEST_CASE("hnsw knows distances of 0, ties, and vectors that have no cosine") {
  auto y = vectors(400, 5, 8);
  for (const int copy : {17, 203, 399}) y.row(copy) = y.row(2);
  const akin::dense_matrix<float> one = y.row(2);
  CHECK(list_of(fitted({.metric = metric::euclidean}, y).search(execution::seq, one, {.k = 4}), 0) ==
        ranked<float, int>{{2, 0.0f}, {17, 0.0f}, {203, 0.0f}, {399, 0.0f}});
  for (Eigen::Index i = 0; i < 400; i += 2) y.row(i).setZero();
  const auto index = fitted<std::int64_t>({.metric = metric::cosine}, y);
  const auto lists = index.search(execution::par, y, {.k = 30});
  for (std::size_t list = 0; list < 400; ++list) {
    CHECK(lists.items(list).size() == (list % 2 == 0 ? 0 : 30));
    for (const std::int64_t item : lists.items(list)) CHECK(item % 2 == 1);
  }
}

TEST_CASE("hnsw takes any dense matrix, and few vectors or none") {
  const auto y = vectors(40, 6, 9);
  const Eigen::MatrixXf column_major = y;
  akin::hnsw<float> index;
  CHECK(index.options().metric == metric::inner_product);
  index.fit(column_major);
  CHECK(index.items() == 40);
  CHECK(index.dimension() == 6);
  const auto expected = all_lists(exact(metric::inner_product, y).search(execution::seq, y, {.k = 100}));
  CHECK(all_lists(index.search(execution::seq, column_major, {.k = 100})) == expected);
  CHECK(index.search(execution::seq, y.topRows(0), {.k = 3}).size() == 0);
  index.fit(y.topRows(1));
  CHECK(items_of(index.search(execution::seq, y, {.k = 3}), 39) == std::vector{0});
  index.fit(y.topRows(0));
  CHECK(index.search(execution::par, y, {.k = 3}).items(39).empty());
}

TEST_CASE("hnsw refuses by a sentence what it cannot search") {
  using index_type = akin::hnsw<float>;
  CHECK_THROWS_WITH(index_type({.m = 1}), "hnsw: m must be between 2 and 10000, got 1");
  CHECK_THROWS_WITH(index_type({.ef_construction = 0}), "hnsw: ef_construction must be positive, got 0");
  CHECK_THROWS_WITH(index_type({.ef_search = -1}), "hnsw: ef_search must be positive, got -1");
  CHECK_THROWS_WITH(index_type({.metric = static_cast<metric>(5)}), contains("metric must be one of"));
  const auto y = vectors(30, 4, 10);
  index_type index;
  CHECK_THROWS_AS(index.search(execution::seq, y, {.k = 3}), akin::not_fitted);
  index.fit(y);
  const auto before = all_lists(index.search(execution::seq, y, {.k = 5}));
  auto poisoned = y;
  poisoned(7, 2) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH(index.fit(poisoned), contains("hnsw: vectors must be finite, got") && contains("row 7, column 2"));
  CHECK_THROWS_WITH(index.fit(y.leftCols(0)), contains("a column at least"));
  CHECK(all_lists(index.search(execution::seq, y, {.k = 5})) == before);
  CHECK_THROWS_WITH(index.search(execution::par, poisoned, {.k = 3}), contains("search: vectors must be finite"));
  CHECK_THROWS_WITH(index.search(execution::seq, y.leftCols(2), {.k = 3}),
                    "search: queries must have 4 columns like the vectors, got 2");
  CHECK_THROWS_WITH(index.search(execution::seq, y, {.k = 0}), contains("k must be positive"));
  const index_type moved_to = std::move(index);
  CHECK(moved_to.items() == 30);
  CHECK_THROWS_AS(index.search(execution::seq, y, {.k = 3}), akin::not_fitted);
}
#endif
