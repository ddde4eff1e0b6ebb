#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <akin/content/bm25.hpp>
#include <akin/content/tfidf_vectorizer.hpp>
#include <akin/io/model_file.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/random_data.hpp"

namespace execution = akin::execution;
using ids = std::vector<std::int32_t>;
using words = std::vector<std::string>;

namespace {

ids items_of(const akin::recommendations<float>& lists, std::size_t row) {
  return {lists.items(row).begin(), lists.items(row).end()};
}

// Counts from 1 to 4.
akin::sparse_matrix<float> random_counts(int rows, int cols, double density, std::uint64_t seed) {
  auto x = akin_test::random_sparse<float, std::int32_t>(rows, cols, density, seed);
  for (Eigen::Index i = 0; i < x.nonZeros(); ++i)
    x.valuePtr()[i] = 1 + std::floor(std::fmod(std::abs(x.valuePtr()[i]) * 1000, 4.0f));
  return x;
}

}  // namespace

TEST_CASE("BM25 by hand") {
  akin::tfidf_vectorizer v;
  const words texts = {"red mug", "red red lamp", "blue mug for tea", ""};
  v.fit(texts);
  akin::bm25 index({.k1 = 1.5, .b = 0.5});
  index.fit(execution::par, v.counts(texts));
  const auto lists = index.search(execution::par, v.counts(words{"red mug", "tea", "green", "lamp lamp"}), {.k = 3});
  const double idf = std::log(1 + (4 - 2 + 0.5) / 2.5), mean = 9 / 4.0;
  const auto part = [&](double tf, double length) { return tf * 2.5 / (tf + 1.5 * (0.5 + 0.5 * length / mean)); };
  CHECK(items_of(lists, 0) == ids{0, 1, 2});
  CHECK(lists.scores(0)[0] == Approx(2 * idf * part(1, 2)));
  CHECK(lists.scores(0)[1] == Approx(idf * part(2, 3)));
  CHECK(lists.scores(0)[2] == Approx(idf * part(1, 4)));
  CHECK(items_of(lists, 1) == ids{2});
  CHECK(lists.items(2).empty());
  CHECK(items_of(lists, 3) == ids{1});
  CHECK(lists.scores(3)[0] == Approx(2 * std::log(1 + 3.5 / 1.5) * part(1, 3)));
}

TEST_CASE("a dense reference in double, and the same bits for any number of threads") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    CAPTURE(seed);
    const auto documents = random_counts(80, 40, 0.1, seed), queries = random_counts(9, 40, 0.1, seed + 10);
    akin::bm25 index;
    index.fit(execution::seq, documents);
    const Eigen::MatrixXd tf = Eigen::MatrixXd(documents.cast<double>());
    const double mean = tf.sum() / 80;
    const auto lists = index.search(execution::par, queries, {.k = 80});
    for (int q = 0; q < 9; ++q) {
      const auto row = static_cast<std::size_t>(q);
      std::size_t positive = 0;
      std::vector<double> expected(80, 0);
      for (int d = 0; d < 80; ++d) {
        for (int t = 0; t < 40; ++t) {
          const auto df = static_cast<double>((tf.col(t).array() > 0).count());
          const double weight = tf(d, t) * 2.2 / (tf(d, t) + 1.2 * (0.25 + 0.75 * tf.row(d).sum() / mean));
          expected[static_cast<std::size_t>(d)] +=
              static_cast<double>(queries.coeff(q, t)) * std::log(1 + (80 - df + 0.5) / (df + 0.5)) * weight;
        }
        positive += expected[static_cast<std::size_t>(d)] > 0;
      }
      REQUIRE(lists.items(row).size() == positive);
      for (std::size_t i = 0; i < positive; ++i)
        CHECK(static_cast<double>(lists.scores(row)[i]) ==
              Approx(expected[static_cast<std::size_t>(lists.items(row)[i])]).epsilon(1e-5));
    }
    for (int threads = 1; threads <= 3; ++threads) {
      akin::bm25 other;
      other.fit(execution::par.threads(threads), documents);
      CHECK(akin_test::bytes_of(other) == akin_test::bytes_of(index));
    }
  }
}

TEST_CASE("bm25 is saved and loaded") {
  akin::bm25 index({.k1 = 0, .b = 1});
  CHECK_THROWS_AS(akin_test::bytes_of(index), akin::not_fitted);
  const auto documents = random_counts(10, 6, 0.3, 4);
  index.fit(documents);
  const auto bytes = akin_test::bytes_of(index);
  const auto loaded = akin::detail::read_model<akin::bm25>(akin::detail::read_model_bytes(bytes, "memory"));
  CHECK((loaded.items() == 10 && loaded.terms() == 6 && loaded.options().b == 1));
  const auto a = index.search(execution::seq, documents, {.k = 5}),
             b = loaded.search(execution::seq, documents, {.k = 5});
  for (std::size_t d = 0; d < 10; ++d) CHECK(items_of(a, d) == items_of(b, d));
}

TEST_CASE("bad arguments are sentences") {
  for (const double bad : {-1.0, std::numeric_limits<double>::infinity(), std::nan("")})
    CHECK_THROWS_WITH(akin::bm25({.k1 = bad}), contains("bm25: k1 must be finite and not negative"));
  for (const double bad : {-0.1, 1.1, std::nan("")})
    CHECK_THROWS_WITH(akin::bm25({.b = bad}), contains("bm25: b must be in [0, 1]"));
  akin::bm25 index;
  const auto documents = random_counts(10, 6, 0.3, 4);
  CHECK_THROWS_AS(index.search(execution::seq, documents, {.k = 5}), akin::not_fitted);
  index.fit(documents);
  auto negative = documents;
  negative.valuePtr()[0] = -1;
  CHECK_THROWS_WITH(index.fit(negative), contains("values must not be negative"));
  CHECK_THROWS_WITH(index.search(execution::seq, negative, {.k = 5}), contains("values must not be negative"));
  CHECK_THROWS_WITH(index.search(execution::seq, random_counts(2, 7, 0.3, 1), {.k = 5}),
                    contains("queries must have 6 columns like the vectors, got 7"));
  CHECK_THROWS_WITH(index.search(execution::seq, documents, {.k = 0}), contains("k must be"));
  CHECK_THROWS_AS(index.search(execution::seq, documents, {.k = 1, .minimum_score = std::nan("")}),
                  std::invalid_argument);
}
