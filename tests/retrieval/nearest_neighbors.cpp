#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/io/model_file.hpp>
#include <akin/retrieval/nearest_neighbors.hpp>

#include "retrieval/lists.hpp"
#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/random_data.hpp"

namespace execution = akin::execution;
using akin::metric;
using akin_test::bytes_of;

namespace {

constexpr metric all_metrics[] = {metric::inner_product, metric::cosine, metric::euclidean};

/// Dense vectors as a model of either kind of storage takes them.
template <class Scalar>
akin::dense_matrix<Scalar> as_dense(const akin::dense_matrix<Scalar>& x) {
  return x;
}
template <class Index, class Scalar>
akin::sparse_matrix<Scalar, Index> as_sparse(const akin::dense_matrix<Scalar>& x) {
  return akin::sparse_matrix<Scalar, Index>(x.sparseView());
}

double obvious_score(metric by, const Eigen::RowVectorXd& x, const Eigen::RowVectorXd& y) {
  if (by == metric::inner_product) return x.dot(y);
  if (by == metric::euclidean) return -(x - y).norm();
  if (x.isZero(0) || y.isZero(0)) return -std::numeric_limits<double>::infinity();
  return x.dot(y) / (x.norm() * y.norm());
}

/// Vectors of which many elements are 0, some vectors are equal and some are nothing but zeros.
template <class Scalar>
akin::dense_matrix<Scalar> some_vectors(std::int64_t rows, std::int64_t cols, std::uint64_t seed) {
  akin::dense_matrix<Scalar> x = akin::synthetic::gaussian<Scalar>(rows, cols, {.seed = seed});
  const akin::random_stream random(seed, 99);
  for (Eigen::Index i = 0; i < x.size(); ++i)
    if (random.below(static_cast<std::uint64_t>(i), 3) == 0) x.data()[i] = 0;
  for (Eigen::Index row = 3; row < rows; row += 7) x.row(row) = x.row(row / 2);
  for (Eigen::Index row = 5; row < rows; row += 31) x.row(row).setZero();
  return x;
}

/// Queries x vectors.
template <class Scalar>
Eigen::MatrixXd obvious_scores(metric by, const akin::dense_matrix<Scalar>& x, const akin::dense_matrix<Scalar>& y) {
  const Eigen::MatrixXd queries = x.template cast<double>(), rows = y.template cast<double>();
  Eigen::MatrixXd scores(x.rows(), y.rows());
  for (Eigen::Index q = 0; q < x.rows(); ++q)
    for (Eigen::Index i = 0; i < y.rows(); ++i) scores(q, i) = obvious_score(by, queries.row(q), rows.row(i));
  return scores;
}

/// Lists are as long as they can be and hold, to rounding, the k best; all scores are right.
template <class Scalar, class Index>
void check_lists(const akin::recommendations<Scalar, Index>& lists, const Eigen::MatrixXd& exact, std::size_t k) {
  const double tolerance = 200 * static_cast<double>(std::numeric_limits<Scalar>::epsilon());
  REQUIRE(lists.size() == static_cast<std::size_t>(exact.rows()));
  for (std::size_t list = 0; list < lists.size(); ++list) {
    CAPTURE(list);
    const Eigen::RowVectorXd row = exact.row(static_cast<Eigen::Index>(list));
    std::vector<double> scores;
    for (const double score : row)
      if (std::isfinite(score)) scores.push_back(score);
    std::ranges::sort(scores, std::greater<>());
    REQUIRE(lists.items(list).size() == std::min(k, scores.size()));
    std::set<Index> seen;
    std::size_t wrong = 0;  // a check for each would take longer than the searches
    for (std::size_t i = 0; i < lists.items(list).size(); ++i) {
      const Index item = lists.items(list)[i];
      const auto score = static_cast<double>(lists.scores(list)[i]), most = tolerance * (1 + std::abs(score));
      wrong += !seen.insert(item).second;
      wrong += !(std::abs(score - row[item]) < most) + !(std::abs(score - scores[i]) < most);
      if (i > 0)
        wrong += !(lists.scores(list)[i - 1] > lists.scores(list)[i] ||
                   (lists.scores(list)[i - 1] == lists.scores(list)[i] && lists.items(list)[i - 1] < item));
    }
    CHECK(wrong == 0);
  }
}

/// The lists of length k are the beginnings of the lists of everything.
template <class Model, class Queries>
void check_prefixes(const Model& model, const Queries& queries) {
  const auto everything = model.search(execution::seq, queries, {.k = 1 << 20});
  for (const int k : {1, 10, 37}) {
    const auto lists = model.search(execution::par, queries, {.k = k});
    for (std::size_t list = 0; list < lists.size(); ++list) {
      CAPTURE(k, list);
      const auto length = std::min(everything.items(list).size(), static_cast<std::size_t>(k));
      REQUIRE(lists.items(list).size() == length);
      CHECK(std::ranges::equal(lists.items(list), everything.items(list).first(length)));
      CHECK(std::ranges::equal(lists.scores(list), everything.scores(list).first(length)));
    }
  }
}

template <class Model>
Model fitted(metric by, const akin::dense_matrix<typename Model::scalar_type>& vectors) {
  Model model({.metric = by});
  model.fit(execution::par, vectors);
  return model;
}

}  // namespace

TEMPLATE_TEST_CASE("nearest_neighbors finds what an obvious search finds", "", akin::nearest_neighbors<float>,
                   akin::nearest_neighbors<double>, (akin::nearest_neighbors<float, std::int64_t>)) {
  using scalar = typename TestType::scalar_type;
  using index = typename TestType::index_type;
  const metric by = GENERATE(metric::inner_product, metric::cosine, metric::euclidean);
  const std::int64_t cols = GENERATE(1, 17, 70);
  // Few queries are answered one by one, many together.
  const std::int64_t queries = GENERATE(9, 70);
  const auto y = some_vectors<scalar>(290, cols, 1), x = some_vectors<scalar>(queries, cols, 2);
  CAPTURE(static_cast<int>(by), cols, queries);
  const auto sparse_x = as_sparse<index>(x);

  TestType dense({.metric = by}), sparse({.metric = by});
  dense.fit(execution::par, y);
  sparse.fit(execution::par, as_sparse<index>(y));
  CHECK(dense.items() == 290);
  CHECK(sparse.items() == 290);
  CHECK(dense.dimension() == cols);
  CHECK(sparse.dimension() == cols);
  CHECK(sparse.is_sparse());
  CHECK_FALSE(dense.is_sparse());
  const Eigen::MatrixXd exact = obvious_scores(by, x, y);
  for (const int k : {1, 5, 1000}) {
    check_lists(dense.search(execution::par, x, {.k = k}), exact, static_cast<std::size_t>(k));
    check_lists(sparse.search(execution::par, sparse_x, {.k = k}), exact, static_cast<std::size_t>(k));
  }
  check_prefixes(dense, x);
  check_prefixes(sparse, sparse_x);
}

TEMPLATE_TEST_CASE("a search has the same bits for any number of threads, and for a query alone or among others", "",
                   float, double) {
  const auto y = some_vectors<TestType>(500, 19, 3), x = some_vectors<TestType>(130, 19, 4);
  const auto sparse_x = as_sparse<int>(x);
  for (const metric by : all_metrics) {
    CAPTURE(static_cast<int>(by));
    const auto dense = fitted<akin::nearest_neighbors<TestType>>(by, y);
    akin::nearest_neighbors<TestType> sparse({.metric = by});
    sparse.fit(as_sparse<int>(y));
    const auto expected = all_lists(dense.search(execution::seq, x, {.k = 12}));
    const auto sparse_expected = all_lists(sparse.search(execution::seq, sparse_x, {.k = 12}));
    for (const int threads : {1, 2, 3}) {
      CAPTURE(threads);
      const auto policy = execution::par.threads(threads);
      akin::nearest_neighbors<TestType> again({.metric = by});
      again.fit(policy, y);
      CHECK(bytes_of(again) == bytes_of(dense));
      CHECK(all_lists(again.search(policy, x, {.k = 12})) == expected);
      again.fit(policy, as_sparse<int>(y));
      CHECK(bytes_of(again) == bytes_of(sparse));
      CHECK(all_lists(again.search(policy, sparse_x, {.k = 12})) == sparse_expected);
    }
    for (Eigen::Index row = 0; row < x.rows(); row += 11) {
      CAPTURE(row);
      CHECK(list_of(dense.search(execution::seq, x.row(row), {.k = 12}), 0) == expected[static_cast<std::size_t>(row)]);
      const akin::sparse_matrix<TestType> one = sparse_x.middleRows(row, 1);
      CHECK(list_of(sparse.search(execution::seq, one, {.k = 12}), 0) ==
            sparse_expected[static_cast<std::size_t>(row)]);
    }
  }
}

TEMPLATE_TEST_CASE("a query says which vectors may come", "", float, double) {
  const auto y = some_vectors<TestType>(200, 11, 5);
  const std::int64_t queries = GENERATE(20, 90);
  const auto x = some_vectors<TestType>(queries, 11, 6);
  const auto sparse_x = as_sparse<int>(x);
  const auto exclude = akin_test::random_sparse<TestType>(static_cast<int>(queries), 200, 0.2, 7);
  std::vector<int> candidates;
  for (int i = 199; i >= 0; i -= 3) candidates.insert(candidates.end(), {i, i});
  const akin::item_mask allow(200, [](std::int64_t i) { return i % 5 != 1; });
  const akin::item_mask deny(200, [](std::int64_t i) { return i % 7 == 2; });
  std::vector<std::int64_t> from(200), until(200);
  for (std::size_t i = 0; i < 200; ++i) from[i] = static_cast<std::int64_t>(i % 4), until[i] = from[i] + 3;
  akin::query<> full{.k = 15,
                     .exclude = exclude,
                     .candidates = candidates,
                     .allow = allow,
                     .deny = deny,
                     .available = {.from = from, .until = until, .at = 3}};
  for (const metric by : all_metrics) {
    CAPTURE(static_cast<int>(by));
    const auto dense = fitted<akin::nearest_neighbors<TestType>>(by, y);
    akin::nearest_neighbors<TestType> sparse({.metric = by});
    sparse.fit(as_sparse<int>(y));
    const auto check = [&](const auto& model, const auto& vectors) {
      const auto everything = all_lists(model.search(execution::seq, vectors, {.k = 200}));
      for (const double least : {-std::numeric_limits<double>::infinity(), -1.5, 0.0, 0.25})
        for (const bool some : {true, false}) {
          CAPTURE(least, some);
          akin::query<> q = full;
          q.minimum_score = least;
          if (!some) q.candidates = std::nullopt;
          const auto lists = model.search(execution::par, vectors, q);
          for (std::size_t list = 0; list < lists.size(); ++list) {
            ranked<TestType, int> expected;
            for (const auto& [item, score] : everything[list])
              if ((!some || item % 3 == 1) && item % 5 != 1 && item % 7 != 2 && item % 4 >= 1 && item % 4 <= 3 &&
                  exclude.coeff(static_cast<Eigen::Index>(list), item) == 0 && score >= least && expected.size() < 15)
                expected.emplace_back(item, score);
            CHECK(list_of(lists, list) == expected);
          }
        }
      const auto none = model.search(execution::par, vectors, {.candidates = std::span<const int>()});
      for (std::size_t list = 0; list < none.size(); ++list) CHECK(none.items(list).empty());
    };
    check(dense, x);
    check(sparse, sparse_x);
  }
}

TEMPLATE_TEST_CASE("a distance is 0 from a vector to itself and a score is its negation", "", float, double) {
  using scalar = TestType;
  const auto y = some_vectors<scalar>(100, 33, 8);
  const auto lists =
      fitted<akin::nearest_neighbors<scalar>>(metric::euclidean, y).search(execution::par, y, {.k = 100});
  for (std::size_t i = 0; i < 100; ++i) {
    CHECK(lists.scores(i)[0] == 0);
    CHECK_FALSE(std::signbit(lists.scores(i)[0]));
    CHECK(y.row(lists.items(i)[0]) == y.row(static_cast<Eigen::Index>(i)));
  }
  akin::dense_matrix<scalar> corners(4, 2);
  corners << 0, 0, 3, 4, 3, 0, 0, 4;
  akin::nearest_neighbors<scalar> model({.metric = metric::euclidean});
  model.fit(corners);
  CHECK(all_lists(model.search(execution::seq, corners.topRows(2), {.k = 4})) ==
        std::vector<ranked<scalar, int>>{{{0, scalar{0}}, {2, scalar{-3}}, {3, scalar{-4}}, {1, scalar{-5}}},
                                         {{1, scalar{0}}, {3, scalar{-3}}, {2, scalar{-4}}, {0, scalar{-5}}}});
  CHECK(list_of(model.search(execution::seq, corners.topRows(1), {.k = 4, .minimum_score = -4}), 0).size() == 3);
  CHECK(list_of(model.search(execution::seq, corners.topRows(1), {.k = 4, .minimum_score = -3.9}), 0).size() == 2);
}

TEMPLATE_TEST_CASE("vectors far from the origin and next to each other are told apart", "", float, double) {
  // All distances are multiples of one ulp of the coordinates: what inner products say of them is nothing but rounding.
  const std::int64_t queries = GENERATE(3, 80);
  const akin::random_stream random(5);
  const TestType ulp = 1000 * std::numeric_limits<TestType>::epsilon();
  akin::dense_matrix<TestType> y(400, 3), x(queries, 3);
  for (Eigen::Index i = 0; i < y.size(); ++i)
    y.data()[i] = 1000 + ulp * static_cast<TestType>(random.below(static_cast<std::uint64_t>(i), 30));
  for (Eigen::Index i = 0; i < x.size(); ++i)
    x.data()[i] = 1000 + ulp * static_cast<TestType>(random.below(static_cast<std::uint64_t>(i) + 9999, 30));
  akin::nearest_neighbors<TestType> sparse({.metric = metric::euclidean});
  sparse.fit(as_sparse<int>(y));
  const auto dense = fitted<akin::nearest_neighbors<TestType>>(metric::euclidean, y);
  const auto lists = dense.search(execution::par, x, {.k = 20});
  const auto sparse_lists = sparse.search(execution::par, as_sparse<int>(x), {.k = 20});
  for (std::size_t list = 0; list < lists.size(); ++list) {
    std::vector<double> distances;
    for (Eigen::Index i = 0; i < 400; ++i)
      distances.push_back((x.row(static_cast<Eigen::Index>(list)) - y.row(i)).template cast<double>().norm());
    std::ranges::sort(distances);
    for (std::size_t i = 0; i < 20; ++i) {
      CHECK(std::abs(static_cast<double>(lists.scores(list)[i]) + distances[i]) <= 1e-6 * distances[i]);
      CHECK(std::abs(static_cast<double>(sparse_lists.scores(list)[i]) + distances[i]) <= 1e-6 * distances[i]);
    }
  }
  check_prefixes(dense, x);
  check_prefixes(sparse, as_sparse<int>(x));
}

TEMPLATE_TEST_CASE("many queries together get what each gets alone, to the bit", "", float, double) {
  constexpr std::int64_t rows = 1200, queries = 70, cols = 21;
  const akin::random_stream random(17);
  const TestType ulp = std::numeric_limits<TestType>::epsilon();
  akin::dense_matrix<TestType> y = akin::synthetic::gaussian<TestType>(rows, cols, {.seed = 18});
  akin::dense_matrix<TestType> x = akin::synthetic::gaussian<TestType>(queries, cols, {.seed = 19});
  const std::string kind =
      GENERATE("any", "far from the origin", "a few ulps apart", "of all magnitudes", "few values");
  if (kind == "far from the origin") {
    y.array() += 100;
    x.array() += 100;
  } else if (kind == "a few ulps apart") {
    for (Eigen::Index i = 0; i < y.size(); ++i)
      y.data()[i] =
          y.data()[i % cols] * (1 + ulp * static_cast<TestType>(random.below(static_cast<std::uint64_t>(i), 5)));
  } else if (kind == "of all magnitudes") {
    for (Eigen::Index i = 0; i < rows; ++i) y.row(i) *= std::pow(TestType(10), static_cast<TestType>(i % 24) - 12);
    for (Eigen::Index i = 0; i < queries; ++i) x.row(i) *= std::pow(TestType(10), static_cast<TestType>(i % 24) - 12);
  } else if (kind == "few values") {
    for (Eigen::Index i = 0; i < y.size(); ++i) y.data()[i] = std::round(y.data()[i]);
    for (Eigen::Index i = 0; i < x.size(); ++i) x.data()[i] = std::round(x.data()[i]);
  }
  for (Eigen::Index i = 0; i < queries; i += 3) x.row(i) = y.row(i);
  for (const metric by : all_metrics) {
    CAPTURE(kind, static_cast<int>(by));
    const auto model = fitted<akin::nearest_neighbors<TestType>>(by, y);
    const auto together = model.search(execution::par, x, {.k = 25});
    for (Eigen::Index row = 0; row < queries; ++row)
      CHECK(list_of(together, static_cast<std::size_t>(row)) ==
            list_of(model.search(execution::seq, x.row(row), {.k = 25}), 0));
  }
}

TEMPLATE_TEST_CASE("equal vectors come in the order of their ids", "", float, double) {
  const akin::dense_matrix<TestType> y = akin::dense_matrix<TestType>::Constant(90, 5, TestType(0.3));
  const akin::dense_matrix<TestType> x = akin::dense_matrix<TestType>::Constant(70, 5, TestType(0.7));
  for (const metric by : all_metrics) {
    CAPTURE(static_cast<int>(by));
    const auto dense = fitted<akin::nearest_neighbors<TestType>>(by, y);
    akin::nearest_neighbors<TestType> sparse({.metric = by});
    sparse.fit(as_sparse<int>(y));
    CHECK(items_of(dense.search(execution::par, x, {.k = 4}), 69) == std::vector{0, 1, 2, 3});
    CHECK(items_of(sparse.search(execution::par, as_sparse<int>(x), {.k = 4}), 69) == std::vector{0, 1, 2, 3});
  }
}

TEMPLATE_TEST_CASE("cosines do not depend on lengths, however great or small", "", float, double) {
  const auto y = some_vectors<TestType>(60, 9, 10);
  const auto lists = fitted<akin::nearest_neighbors<TestType>>(metric::cosine, y).search(execution::seq, y, {.k = 20});
  constexpr int most = std::numeric_limits<TestType>::max_exponent - 4;
  for (const int exponent : {-most, -20, 1, most}) {
    CAPTURE(exponent);
    akin::dense_matrix<TestType> scaled = y;
    for (Eigen::Index i = 0; i < y.size(); ++i) scaled.data()[i] = std::ldexp(y.data()[i], exponent);
    const auto model = fitted<akin::nearest_neighbors<TestType>>(metric::cosine, scaled);
    if (exponent > -most) CHECK(all_lists(model.search(execution::seq, y, {.k = 20})) == all_lists(lists));
    check_lists(model.search(execution::seq, scaled, {.k = 20}), obvious_scores(metric::cosine, y, y), 20);
  }
}

TEST_CASE("vectors of zeros have no cosine, but a distance and an inner product") {
  akin::dense_matrix<float> y = akin::dense_matrix<float>::Zero(3, 2);
  y(1, 0) = 2;
  for (const std::int64_t rows : {3, 300}) {
    akin::dense_matrix<float> x = akin::dense_matrix<float>::Zero(rows, 2);
    x(1, 1) = 1;
    const auto cosine = fitted<akin::nearest_neighbors<float>>(metric::cosine, y).search(execution::seq, x, {.k = 3});
    CHECK(cosine.items(0).empty());
    CHECK(list_of(cosine, 1) == ranked<float, int>{{1, 0.0f}});
    const auto product =
        fitted<akin::nearest_neighbors<float>>(metric::inner_product, y).search(execution::seq, x, {.k = 3});
    CHECK(items_of(product, 0) == std::vector{0, 1, 2});
    const auto distance =
        fitted<akin::nearest_neighbors<float>>(metric::euclidean, y).search(execution::seq, x, {.k = 3});
    CHECK(list_of(distance, 0) == ranked<float, int>{{0, 0.0f}, {2, 0.0f}, {1, -2.0f}});
  }
}

TEST_CASE("distances beyond the scalar type never come, the others do") {
  akin::dense_matrix<float> y(3, 1);
  y << 1e30f, 1, -2e30f;
  akin::nearest_neighbors<float> sparse({.metric = metric::euclidean});
  sparse.fit(akin::sparse_matrix<float>(y.sparseView()));
  for (const std::int64_t rows : {1, 100}) {
    const akin::dense_matrix<float> x = akin::dense_matrix<float>::Constant(rows, 1, 1e30f);
    const auto lists = fitted<akin::nearest_neighbors<float>>(metric::euclidean, y).search(execution::seq, x, {.k = 3});
    CHECK(list_of(lists, 0) == ranked<float, int>{{0, 0.0f}});
    CHECK(list_of(sparse.search(execution::seq, akin::sparse_matrix<float>(x.sparseView()), {.k = 3}), 0) ==
          ranked<float, int>{{0, 0.0f}});
  }
}

TEST_CASE("vectors are taken from any dense matrix, and moved in without a copy") {
  const auto y = some_vectors<float>(30, 6, 11);
  const Eigen::MatrixXf column_major = y;
  const akin::sparse_matrix<float> sparse = as_sparse<int>(y);
  for (const metric by : all_metrics) {
    const auto expected = bytes_of(fitted<akin::nearest_neighbors<float>>(by, y));
    akin::nearest_neighbors<float> model({.metric = by});
    model.fit(column_major);
    CHECK(bytes_of(model) == expected);
    model.fit(execution::par, Eigen::Map<const akin::dense_matrix<float>>(y.data(), 30, 6));
    CHECK(bytes_of(model) == expected);
    model.fit(y.cast<double>().cast<float>());
    CHECK(bytes_of(model) == expected);
    akin::dense_matrix<float> moved = y;
    model.fit(std::move(moved));
    CHECK(bytes_of(model) == expected);
    CHECK(moved.size() == 0);
    // Queries, too.
    const auto lists = all_lists(model.search(execution::seq, y.leftCols(6).topRows(7), {.k = 5}));
    CHECK(all_lists(model.search(execution::seq, column_major.topRows(7), {.k = 5})) == lists);
    akin::dense_matrix<float> wide(7, 9);
    wide.leftCols(6) = y.topRows(7);
    CHECK(all_lists(model.search(execution::seq, wide.leftCols(6), {.k = 5})) == lists);

    akin::sparse_matrix<float> moved_sparse = sparse;
    model.fit(sparse);
    const auto sparse_bytes = bytes_of(model);
    model.fit(std::move(moved_sparse));
    CHECK(bytes_of(model) == sparse_bytes);
  }
  akin::dense_matrix<float> moved = y;
  const float* const elements = moved.data();
  CHECK(akin::detail::own_dense_vectors<float>(execution::seq, std::move(moved), true, "test").view().data == elements);
}

TEMPLATE_TEST_CASE("nearest_neighbors comes back from its file", "", akin::nearest_neighbors<double>,
                   (akin::nearest_neighbors<float, std::int64_t>)) {
  using scalar = typename TestType::scalar_type;
  using index = typename TestType::index_type;
  const auto y = some_vectors<scalar>(40, 5, 12);
  const auto reread = [](const std::vector<std::byte>& bytes) {
    return akin::detail::read_model<TestType>(akin::detail::read_model_bytes(bytes, "memory"));
  };
  for (const metric by : all_metrics) {
    auto model = fitted<TestType>(by, y);
    const auto again = reread(bytes_of(model));
    CHECK(bytes_of(again) == bytes_of(model));
    CHECK(again.options().metric == by);
    CHECK(all_lists(again.search(execution::seq, y, {.k = 7})) == all_lists(model.search(execution::seq, y, {.k = 7})));
    model.fit(as_sparse<index>(y));
    const auto sparse = reread(bytes_of(model));
    CHECK(bytes_of(sparse) == bytes_of(model));
    CHECK(all_lists(sparse.search(execution::seq, as_sparse<index>(y), {.k = 7})) ==
          all_lists(model.search(execution::seq, as_sparse<index>(y), {.k = 7})));
  }
  for (const auto& [by, cols, sentence] :
       {std::tuple{7, 5, "metric must be one of those that there are"}, std::tuple{0, 0, "a column at least"}}) {
    akin::detail::model_writer writer;
    akin::detail::write_label<TestType>(writer);
    writer.add_value("metric", by);
    writer.add_value("is_sparse", false);
    writer.add("vectors", y.data(), 2, cols);
    std::vector<std::byte> crafted;
    writer.emit([&](std::span<const std::byte> part) { crafted.insert(crafted.end(), part.begin(), part.end()); });
    CHECK_THROWS_WITH(reread(crafted), contains(sentence));
  }
}

TEST_CASE("nearest_neighbors refuses by a sentence what it cannot search") {
  using model_type = akin::nearest_neighbors<float>;
  const auto y = some_vectors<float>(8, 3, 13);
  model_type model({.metric = metric::cosine});
  CHECK_THROWS_AS(model.search(execution::seq, y, {.k = 3}), akin::not_fitted);
  CHECK_THROWS_AS(bytes_of(model), akin::not_fitted);
  CHECK_THROWS_WITH(model_type({.metric = static_cast<metric>(9)}), contains("metric must be one of"));
  CHECK_THROWS_WITH(model.fit(y.leftCols(0)), "nearest_neighbors: vectors must have a column at least, got 0");
  model.fit(y);
  const auto before = bytes_of(model);
  auto poisoned = y;
  poisoned(5, 1) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH(model.fit(poisoned), contains("vectors must be finite, got") && contains("in row 5, column 1"));
  CHECK_THROWS_WITH(model.fit(std::move(poisoned)), contains("vectors must be finite"));
  REQUIRE(poisoned.rows() == 8);
  CHECK(poisoned.row(0) == y.row(0));
  CHECK_THROWS_WITH(model.search(execution::par, poisoned, {.k = 3}), contains("search: vectors must be finite"));
  poisoned(5, 1) = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH(model.fit(as_sparse<int>(poisoned)), contains("values must be finite, got inf"));
  CHECK(bytes_of(model) == before);

  CHECK_THROWS_WITH(model.search(execution::seq, y.leftCols(2), {.k = 3}),
                    "search: queries must have 3 columns like the vectors, got 2");
  CHECK_THROWS_WITH(model.search(execution::seq, as_sparse<int>(y), {.k = 3}),
                    "search: queries must be dense like the vectors");
  CHECK_THROWS_WITH(model.search(execution::seq, y, {.k = 0}), contains("k must be positive, got 0"));
  const akin::sparse_matrix<float> exclude(7, 8);
  CHECK_THROWS_WITH(model.search(execution::seq, y, {.k = 1, .exclude = exclude}), contains("must be 8 x 8"));
  model.fit(as_sparse<int>(y));
  CHECK_THROWS_WITH(model.search(execution::seq, y, {.k = 3}), "search: queries must be sparse like the vectors");
  auto loose = as_sparse<int>(y);
  loose.uncompress();
  CHECK_THROWS_WITH(model.fit(loose), contains("makeCompressed"));

  const model_type moved_to = std::move(model);
  CHECK(moved_to.items() == 8);
  CHECK_THROWS_AS(model.search(execution::seq, y, {.k = 3}), akin::not_fitted);
  model = moved_to;
  CHECK(bytes_of(model) == bytes_of(moved_to));
}

TEST_CASE("nothing to search, and nothing to search for") {
  for (const metric by : all_metrics) {
    const auto empty = fitted<akin::nearest_neighbors<float>>(by, akin::dense_matrix<float>(0, 4));
    const auto lists = empty.search(execution::par, some_vectors<float>(100, 4, 14), {.k = 3});
    CHECK(lists.size() == 100);
    CHECK(lists.items(99).empty());
    akin::nearest_neighbors<float> sparse({.metric = by});
    sparse.fit(akin::sparse_matrix<float>(0, 4));
    CHECK(sparse.search(execution::par, akin::sparse_matrix<float>(5, 4), {.k = 3}).items(4).empty());

    const auto model = fitted<akin::nearest_neighbors<float>>(by, some_vectors<float>(9, 4, 14));
    CHECK(model.search(execution::par, akin::dense_matrix<float>(0, 4), {.k = 3}).size() == 0);
    sparse.fit(akin::sparse_matrix<float>(6, 4));
    CHECK(sparse.search(execution::par, akin::sparse_matrix<float>(2, 4), {.k = 9}).items(1).size() ==
          (by == metric::cosine ? 0 : 6));
  }
}
