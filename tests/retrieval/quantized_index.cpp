#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/io/model_file.hpp>
#include <akin/retrieval/quantized_index.hpp>
#include <akin/retrieval/recommend.hpp>

#include "retrieval/lists.hpp"
#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/random_data.hpp"

namespace execution = akin::execution;
using akin_test::bytes_of;

namespace {

template <class Scalar>
using matrix = akin::dense_matrix<Scalar>;

template <class Scalar>
matrix<Scalar> gaussian(std::int64_t rows, std::int64_t cols, std::uint64_t seed) {
  return akin::synthetic::gaussian<Scalar>(rows, cols, {.seed = seed});
}

/// The index has the lists of a factor model, bit for bit.
template <class Scalar, class Index = std::int32_t>
akin::search_statistics check_same(const matrix<Scalar>& x, const matrix<Scalar>& y, const akin::query<Index>& q) {
  const akin::factor_model<Scalar, Index> model(x, y);
  const akin::quantized_index<Scalar, Index> index(execution::par, y);
  akin::search_statistics statistics;
  const auto expected = akin::recommend(execution::par, model, q);
  const auto found = index.search(execution::par, x, q, &statistics);
  CHECK(found.k() == expected.k());
  CHECK((all_lists(found) == all_lists(expected)));
  return statistics;
}

template <class Scalar>
void check_same(const matrix<Scalar>& x, const matrix<Scalar>& y) {
  for (const int k : {1, 10, 1 << 20}) {
    CAPTURE(k);
    check_same<Scalar>(x, y, akin::query<>{.k = k});
  }
}

/// Sorted by hand, in case that both are wrong.
template <class Scalar>
void check_obvious(const matrix<Scalar>& x, const matrix<Scalar>& y, std::size_t k) {
  const auto lists =
      akin::quantized_index<Scalar>(execution::par, y).search(execution::par, x, {.k = static_cast<int>(k)});
  const Eigen::MatrixXd scores = x.template cast<double>() * y.template cast<double>().transpose();
  for (Eigen::Index row = 0; row < x.rows(); ++row) {
    std::vector<double> sorted;
    for (Eigen::Index item = 0; item < y.rows(); ++item) sorted.push_back(scores(row, item));
    std::ranges::sort(sorted, std::greater<>());
    const auto items = lists.items(static_cast<std::size_t>(row));
    REQUIRE(items.size() == std::min(k, sorted.size()));
    for (std::size_t i = 0; i < items.size(); ++i) CHECK(std::abs(scores(row, items[i]) - sorted[i]) < 1e-4);
  }
}

/// recommend_one gives the lists of search.
template <class Scalar>
void check_one_by_one(const matrix<Scalar>& x, const matrix<Scalar>& y, akin::query<> q) {
  const akin::quantized_index<Scalar> index(execution::par, y);
  const auto lists = index.search(execution::par, x, q);
  akin::workspace<Scalar> scratch(index, q.k);
  std::vector<std::int32_t> items(static_cast<std::size_t>(q.k));
  std::vector<Scalar> scores(items.size());
  const auto exclude = q.exclude;
  for (Eigen::Index row = 0; row < x.rows(); ++row) {
    CAPTURE(row);
    std::vector<std::int32_t> offsets = {0, 0}, columns;
    if (exclude.rows > 0) {
      const auto own = exclude.row(row);
      columns.assign(own.begin(), own.end());
      columns.push_back(0);  // so that there is something to refer to
      offsets[1] = static_cast<std::int32_t>(own.size);
      q.exclude = akin::sparsity_view<std::int32_t>(1, y.rows(), offsets.data(), columns.data());
    }
    const auto found =
        akin::recommend_one(index, std::span<const Scalar>(x.row(row).data(), static_cast<std::size_t>(x.cols())), q,
                            scratch, items, scores);
    CHECK(found.status == (x.row(row).isZero(0) ? akin::recommend_status::no_evidence : akin::recommend_status::ok));
    const auto list = static_cast<std::size_t>(row);
    CHECK(std::ranges::equal(std::span(items).first(found.count), lists.items(list)));
    CHECK(std::ranges::equal(std::span(scores).first(found.count), lists.scores(list)));
  }
}

}  // namespace

TEMPLATE_TEST_CASE("quantized_index finds the lists of the factors", "", float, double) {
  for (const std::int64_t depth : {1, 3, 4, 17, 64, 130})
    for (const std::int64_t queries : {1, 3, 12, 100}) {
      CAPTURE(depth, queries);
      check_same(gaussian<TestType>(queries, depth, 1), gaussian<TestType>(1000, depth, 2));
    }
  check_obvious(gaussian<TestType>(20, 24, 3), gaussian<TestType>(700, 24, 4), 9);
}

TEST_CASE("quantized_index with ids of 64 bits") {
  const auto x = gaussian<float>(70, 20, 5), y = gaussian<float>(600, 20, 6);
  check_same<float, std::int64_t>(x, y, akin::query<std::int64_t>{.k = 7});
}

TEMPLATE_TEST_CASE("quantized_index is exact where bytes cannot tell items apart", "", float, double) {
  const std::int64_t depth = 24, items = 900, queries = 80;
  const matrix<TestType> x = gaussian<TestType>(queries, depth, 7);
  SECTION("items one unit in the last place apart") {
    matrix<TestType> y = gaussian<TestType>(1, depth, 8).replicate(items, 1);
    for (Eigen::Index i = 0; i < items; ++i) {
      TestType& element = y(i, i % depth);
      element = std::nextafter(element, static_cast<TestType>(i % 2 == 0 ? 9 : -9));
    }
    check_same(x, y);
  }
  SECTION("equal items") {
    check_same<TestType>(x, matrix<TestType>::Ones(items, depth));
    check_same<TestType>(matrix<TestType>::Ones(queries, depth), matrix<TestType>::Ones(items, depth));
  }
  SECTION("every item many times") {
    const matrix<TestType> few = gaussian<TestType>(30, depth, 9);
    check_same<TestType>(x, few.replicate(30, 1));
  }
  SECTION("one element much larger than the others") {
    matrix<TestType> y = gaussian<TestType>(items, depth, 10);
    for (Eigen::Index i = 0; i < items; ++i) y(i, 5) *= static_cast<TestType>(1e4);
    check_same(x, y);
    matrix<TestType> far = x;
    for (Eigen::Index i = 0; i < queries; i += 2) far(i, i % depth) *= static_cast<TestType>(1e6);
    check_same(far, y);
    y.col(5).setZero();
    check_same(far, y);
  }
  SECTION("rows of very different lengths") {
    matrix<TestType> y = gaussian<TestType>(items, depth, 11);
    for (Eigen::Index i = 0; i < items; ++i) y.row(i) *= static_cast<TestType>(std::pow(10.0, i % 30 - 15));
    check_same(x, y);
    for (Eigen::Index i = 0; i < items; ++i) y(i, i % depth) = 0;
    check_same(x, y);
  }
  SECTION("all scores negative") {
    check_same<TestType>(x.cwiseAbs(), -gaussian<TestType>(items, depth, 12).cwiseAbs());
  }
  SECTION("rows of zeros") {
    matrix<TestType> y = gaussian<TestType>(items, depth, 13), some = x;
    for (Eigen::Index i = 0; i < items; i += 3) y.row(i).setZero();
    for (Eigen::Index i = 0; i < queries; i += 3) some.row(i).setZero();
    check_same(some, y);
    check_same<TestType>(some, matrix<TestType>::Zero(items, depth));
  }
  SECTION("few items or none") {
    for (const Eigen::Index count : {0, 1, 31, 33, 257}) {
      CAPTURE(count);
      check_same<TestType>(x, gaussian<TestType>(count, depth, 14));
    }
    check_same<TestType>(matrix<TestType>(0, depth), gaussian<TestType>(50, depth, 14));
  }
}

TEMPLATE_TEST_CASE("quantized_index is exact for the largest and the smallest numbers", "", float, double) {
  const matrix<TestType> x = gaussian<TestType>(70, 9, 15), y = gaussian<TestType>(500, 9, 16);
  constexpr int most = std::numeric_limits<TestType>::max_exponent, least = std::numeric_limits<TestType>::min_exponent;
  // Products vanish, are denormal, are as usual, or overflow.
  for (const int a : {least - std::numeric_limits<TestType>::digits + 4, least, least / 2, 0, most / 2 - 6, most - 4})
    for (const int b :
         {least - std::numeric_limits<TestType>::digits + 4, least, least / 2, 0, most / 2 - 6, most - 4}) {
      CAPTURE(a, b);
      const auto scaled = [](const matrix<TestType>& m, int exponent) {
        return matrix<TestType>(m.unaryExpr([=](TestType v) { return std::ldexp(v, exponent); }));
      };
      check_same<TestType>(scaled(x, a), scaled(y, b), akin::query<>{.k = 6});
    }
}

TEMPLATE_TEST_CASE("quantized_index finds the lists of trained factors, and scores few items for it", "", float,
                   double) {
  const auto clicks =
      akin::synthetic::power_law_clicks<TestType>({.users = 300, .items = 4000, .interactions = 30000, .seed = 17});
  akin::implicit_als<TestType> model({.factors = 24, .iterations = 4});
  model.fit(execution::par, clicks);
  const akin::quantized_index<TestType> index(execution::par, model.item_factors());
  for (const int k : {1, 20}) {
    akin::search_statistics statistics;
    const akin::query<> q{.k = k, .exclude = clicks};
    const auto found = index.search(execution::par, model.user_factors(), q, &statistics);
    CHECK((all_lists(found) == all_lists(akin::recommend(execution::par, model, q))));
    CHECK(statistics.scanned > 0);
    CHECK(statistics.scanned <= 300 * 4000);
    CHECK(statistics.reranked >= 300 * k);
    CHECK(statistics.reranked < 300 * 4000 / 4);
  }
}

TEMPLATE_TEST_CASE("a query says which items of a quantized_index may come", "", float, double) {
  const std::int64_t items = 800;
  const std::int64_t queries = GENERATE(20, 90);
  const auto x = gaussian<TestType>(queries, 13, 18), y = gaussian<TestType>(items, 13, 19);
  const auto exclude = akin_test::random_sparse<TestType>(static_cast<int>(queries), 800, 0.1, 20);
  std::vector<int> some;
  for (int i = 799; i >= 0; i -= 7) some.insert(some.end(), {i, i});
  std::vector<int> most;
  for (int i = 0; i < 700; ++i) most.push_back(i);
  const akin::item_mask allow(items, [](std::int64_t i) { return i % 5 != 1; });
  const akin::item_mask rare(items, [](std::int64_t i) { return i % 11 == 1; });
  const akin::item_mask deny(items, [](std::int64_t i) { return i % 6 == 2; });
  std::vector<std::int64_t> from(800), until(800);
  for (std::size_t i = 0; i < 800; ++i) from[i] = static_cast<std::int64_t>(i % 4), until[i] = from[i] + 3;
  const std::vector<int> none;
  std::vector<akin::query<>> asked(10, akin::query<>{.k = 12, .exclude = exclude});
  asked[1].candidates = some;
  asked[2].candidates = most;
  asked[3].candidates = none;
  asked[4].allow = allow;
  asked[5].allow = rare;
  asked[6].deny = deny;
  asked[7].available = {.from = from, .until = until, .at = 3};
  asked[8].minimum_score = 1.5;
  asked[9] = {.k = 30,
              .exclude = exclude,
              .candidates = most,
              .allow = allow,
              .deny = deny,
              .available = {.from = from, .at = 2},
              .minimum_score = 0.5};
  for (std::size_t i = 0; i < asked.size(); ++i) {
    CAPTURE(queries, i);
    check_same<TestType>(x, y, asked[i]);
    check_one_by_one<TestType>(x, y, asked[i]);
  }
}

TEMPLATE_TEST_CASE("recommend_one finds what search finds", "", float, double) {
  const std::int64_t depth = GENERATE(1, 7, 64), items = GENERATE(1, 31, 700);
  CAPTURE(depth, items);
  matrix<TestType> x = gaussian<TestType>(8, depth, 41), y = gaussian<TestType>(items, depth, 42);
  x.row(3).setZero();
  for (Eigen::Index i = 0; i < items; i += 5) y.row(i).setZero();
  for (const int k : {1, 20, 900}) check_one_by_one<TestType>(x, y, {.k = k});
  // Such products overflow, or vanish.
  const int most = std::numeric_limits<TestType>::max_exponent - 4;
  for (const int exponent : {most, most / 2, -most}) {
    CAPTURE(exponent);
    const auto scaled = [=](TestType v) { return std::ldexp(v, exponent); };
    check_one_by_one<TestType>(x.unaryExpr(scaled), y.unaryExpr(scaled), {.k = 20});
  }
}

TEST_CASE("recommend_one says what is wrong with a query of an index") {
  using akin::recommend_status;
  const auto y = gaussian<float>(50, 6, 43);
  const akin::quantized_index<float> index(execution::par, y), nothing;
  akin::workspace<float> scratch(index, 10), small(index, 3), other(49, 10);
  std::vector<std::int32_t> items(10);
  std::vector<float> scores(10), vector(6, 1.0f);
  const auto status = [&](const akin::query<>& q) {
    return akin::recommend_one(index, vector, q, scratch, items, scores).status;
  };
  static_assert(noexcept(akin::recommend_one(index, vector, {.k = 3}, scratch, items, scores)));
  CHECK(status({.k = 10}) == recommend_status::ok);
  CHECK(status({.k = 0}) == recommend_status::invalid_k);
  CHECK(status({.k = 11}) == recommend_status::short_span);
  CHECK(status({.k = 3, .minimum_score = std::numeric_limits<double>::quiet_NaN()}) ==
        recommend_status::invalid_minimum);
  const std::int32_t far[] = {50}, below[] = {-1};
  CHECK(status({.k = 3, .candidates = far}) == recommend_status::unknown_candidate);
  CHECK(status({.k = 3, .candidates = below}) == recommend_status::unknown_candidate);
  const akin::item_mask mask(49);
  CHECK(status({.k = 3, .deny = mask}) == recommend_status::mismatched_mask);
  const auto two_rows = akin_test::random_sparse<float>(2, 50, 0.5, 44);
  CHECK(status({.k = 3, .exclude = two_rows}) == recommend_status::mismatched_exclude);
  CHECK(akin::recommend_one(index, vector, {.k = 4}, small, items, scores).status == recommend_status::small_workspace);
  CHECK(akin::recommend_one(index, vector, {.k = 4}, other, items, scores).status == recommend_status::small_workspace);
  CHECK(akin::recommend_one(nothing, vector, {.k = 4}, scratch, items, scores).status == recommend_status::not_fitted);
  vector[2] = std::numeric_limits<float>::infinity();
  CHECK(status({.k = 3}) == recommend_status::invalid_vector);
  vector.resize(5, 1.0f);
  CHECK(status({.k = 3}) == recommend_status::invalid_vector);
  vector.assign(6, 0.0f);
  CHECK(status({.k = 3}) == recommend_status::no_evidence);
}

TEST_CASE("exclusions that are not in order exclude all the same") {
  const auto x = gaussian<float>(2, 5, 21), y = gaussian<float>(40, 5, 22);
  const std::int32_t offsets[] = {0, 3, 4}, columns[] = {30, 2, 17, 1};
  check_same<float>(x, y,
                    akin::query<>{.k = 40, .exclude = akin::sparsity_view<std::int32_t>(2, 40, offsets, columns)});
}

TEMPLATE_TEST_CASE("a quantized_index gives the same bits for any number of threads", "", float, double) {
  const auto x = gaussian<TestType>(150, 31, 23), y = gaussian<TestType>(1500, 31, 24);
  const akin::quantized_index<TestType> index(execution::seq, y);
  akin::search_statistics expected_work;
  const auto expected = all_lists(index.search(execution::seq, x, {.k = 9}, &expected_work));
  for (const int threads : {1, 2, 3}) {
    CAPTURE(threads);
    const auto policy = execution::par.threads(threads);
    const akin::quantized_index<TestType> again(policy, y);
    akin::search_statistics work;
    CHECK((all_lists(again.search(policy, x, {.k = 9}, &work)) == expected));
    CHECK(work.reranked >= 150 * 9);
    CHECK(bytes_of(again) == bytes_of(index));
  }
  for (Eigen::Index row = 0; row < x.rows(); row += 13)
    CHECK(list_of(index.search(execution::seq, x.row(row), {.k = 9}), 0) == expected[static_cast<std::size_t>(row)]);
}

TEST_CASE("a quantized_index takes matrices as they come") {
  const auto y = gaussian<float>(300, 12, 25), x = gaussian<float>(70, 12, 26);
  const akin::quantized_index<float> index(execution::par, y);
  const auto expected = all_lists(index.search(execution::par, x, {.k = 5}));
  const Eigen::MatrixXf by_column = y;
  matrix<float> moved = y;
  CHECK((all_lists(akin::quantized_index<float>(execution::par, by_column).search(execution::par, x, {.k = 5})) ==
         expected));
  const akin::quantized_index<float> taken(execution::par, std::move(moved));
  CHECK((all_lists(taken.search(execution::par, x, {.k = 5})) == expected));
  const Eigen::MatrixXf queries = x;
  CHECK((all_lists(index.search(execution::par, queries, {.k = 5})) == expected));
  CHECK((all_lists(index.search(execution::par, x * 1.0f, {.k = 5})) == expected));
  CHECK(index.item_factors() == y);
  CHECK(index.items() == 300);
  CHECK(index.dimension() == 12);
}

TEST_CASE("a quantized_index in a file") {
  const auto y = gaussian<float>(300, 12, 27), x = gaussian<float>(70, 12, 28);
  const akin::quantized_index<float> index(execution::par, y);
  const auto bytes = bytes_of(index);
  const auto loaded =
      akin::detail::read_model<akin::quantized_index<float>>(akin::detail::read_model_bytes(bytes, "memory"));
  CHECK(bytes_of(loaded) == bytes);
  CHECK(
      (all_lists(loaded.search(execution::par, x, {.k = 5})) == all_lists(index.search(execution::par, x, {.k = 5}))));

  akin::detail::model_writer writer;
  akin::detail::write_label<akin::quantized_index<float>>(writer);
  writer.add("item_factors", y.data(), 2, 0);
  std::vector<std::byte> crafted;
  writer.emit([&](std::span<const std::byte> part) { crafted.insert(crafted.end(), part.begin(), part.end()); });
  CHECK_THROWS_WITH(
      akin::detail::read_model<akin::quantized_index<float>>(akin::detail::read_model_bytes(crafted, "memory")),
      contains("1 to 32768 factors"));
}

TEST_CASE("a quantized_index refuses what does not fit, in a sentence") {
  auto y = gaussian<float>(30, 4, 29);
  const akin::quantized_index<float> index(execution::par, y), nothing;
  const auto x = gaussian<float>(3, 4, 30);
  CHECK_THROWS_WITH(nothing.search(execution::par, x, {.k = 1}), contains("call fit first"));
  CHECK_THROWS_WITH(index.search(execution::par, gaussian<float>(3, 5, 30), {.k = 1}), contains("must have 4 columns"));
  CHECK_THROWS_WITH(index.search(execution::par, x, {.k = 0}), contains("k must be positive"));
  const akin::item_mask mask(29);
  CHECK_THROWS_WITH(index.search(execution::par, x, {.k = 1, .allow = mask}), contains("30 items, got 29"));
  const auto exclude = akin_test::random_sparse<float>(4, 30, 0.5, 31);
  CHECK_THROWS_WITH(index.search(execution::par, x, {.k = 1, .exclude = exclude}), contains("must be 3 x 30"));
  auto poisoned = x;
  poisoned(2, 1) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH(index.search(execution::par, poisoned, {.k = 1}),
                    contains("finite") && contains("row 2, column 1"));
  CHECK_THROWS_WITH(akin::quantized_index<float>(execution::par, matrix<float>(3, 0)),
                    contains("1 to 32768 columns, got 0"));
  CHECK_THROWS_WITH(akin::quantized_index<float>(execution::par, matrix<float>::Zero(1, 32769)),
                    contains("1 to 32768 columns, got 32769"));
  y(7, 3) = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH(akin::quantized_index<float>(execution::par, y), contains("finite") && contains("row 7, column 3"));
}
