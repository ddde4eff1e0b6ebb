#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/io/model_file.hpp>
#include <akin/retrieval/knn_classifier.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"

namespace execution = akin::execution;
using akin::metric;
using akin::votes;
using akin_test::bytes_of;

namespace {

template <class Scalar>
akin::dense_matrix<Scalar> points(std::int64_t rows, std::int64_t cols, std::uint64_t seed) {
  return akin::synthetic::gaussian<Scalar>(rows, cols, {.seed = seed});
}

std::vector<int> some_labels(std::size_t count) {
  const akin::random_stream random(3);
  std::vector<int> labels(count);
  for (std::size_t i = 0; i < count; ++i) labels[i] = static_cast<int>(random.below(i, 4)) * 5 - 7;
  return labels;
}

double distance(metric by, const Eigen::RowVectorXd& x, const Eigen::RowVectorXd& y) {
  return by == metric::euclidean ? (x - y).norm() : 1 - x.dot(y) / (x.norm() * y.norm());
}

/// The votes of the k nearest, by a sort of everything.
template <class Scalar>
std::map<int, double> obvious_votes(const akin::dense_matrix<Scalar>& y, const std::vector<int>& labels,
                                    const Eigen::RowVectorXd& x, const akin::knn_classifier_options& options) {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t i = 0; i < labels.size(); ++i)
    order.emplace_back(distance(options.metric, x, y.row(static_cast<Eigen::Index>(i)).template cast<double>()), i);
  std::ranges::sort(order);
  order.resize(std::min(order.size(), static_cast<std::size_t>(options.k)));
  std::map<int, double> sums;
  for (const int label : labels) sums[label] = 0;
  for (const auto& [d, i] : order) sums[labels[i]] += options.weighting == votes::uniform ? 1 : 1 / d;
  return sums;
}

}  // namespace

TEMPLATE_TEST_CASE("knn_classifier counts the votes of the nearest", "", akin::knn_classifier<float>,
                   akin::knn_classifier<double>, (akin::knn_classifier<float, std::int64_t>)) {
  using scalar = typename TestType::scalar_type;
  const metric by = GENERATE(metric::euclidean, metric::cosine);
  const votes weighting = GENERATE(votes::uniform, votes::distance);
  const auto y = points<scalar>(200, 6, 1), x = points<scalar>(90, 6, 2);
  const auto labels = some_labels(200);
  for (const int k : {1, 4, 15, 300}) {
    CAPTURE(static_cast<int>(by), static_cast<int>(weighting), k);
    TestType model({.k = k, .metric = by, .weighting = weighting});
    model.fit(execution::par, y, labels);
    REQUIRE(std::vector(model.classes().begin(), model.classes().end()) == std::vector{-7, -2, 3, 8});
    const auto found = model.predict(execution::par, x);
    const auto shares = model.predict_proba(execution::par, x);
    REQUIRE(found.size() == 90);
    REQUIRE(shares.rows() == 90);
    REQUIRE(shares.cols() == 4);
    for (std::size_t row = 0; row < 90; ++row) {
      const auto sums =
          obvious_votes(y, labels, x.row(static_cast<Eigen::Index>(row)).template cast<double>(), model.options());
      double total = 0, most = 0;
      for (const auto& [label, sum] : sums) total += sum, most = std::max(most, sum);
      Eigen::Index c = 0;
      for (const auto& [label, sum] : sums) {
        const auto share = static_cast<double>(shares(static_cast<Eigen::Index>(row), c++));
        CHECK(std::abs(share - sum / total) < 1e-4);
        // Equal votes: the smallest of the labels that have most; weighted ones do not tie here.
        if (weighting == votes::uniform && label < found[row]) CHECK(sum < most);
      }
      CHECK(std::abs(sums.at(found[row]) - most) <= 1e-3 * most);
    }
  }
}

TEMPLATE_TEST_CASE("knn_classifier by hand", "", float, double) {
  akin::dense_matrix<TestType> line(5, 1);
  line << 0, 1, 2, 10, 11;
  const std::vector<int> labels = {7, 7, -1, -1, 4};
  akin::dense_matrix<TestType> x(4, 1);
  x << TestType(0.25), 2, 9, 10;
  using model_type = akin::knn_classifier<TestType>;

  model_type uniform({.k = 3});
  uniform.fit(line, labels);
  // 0.25: 0, 1, 2. 2: 2, 1, 0. 9: 10, 11, 2. 10: 10, 11, 2.
  CHECK(uniform.predict(execution::seq, x) == std::vector{7, 7, -1, -1});
  // Two votes, one for each of two labels: the smaller label.
  model_type two({.k = 2});
  two.fit(line, labels);
  CHECK(two.predict(execution::seq, x) == std::vector{7, -1, -1, -1});

  model_type weighted({.k = 3, .weighting = votes::distance});
  weighted.fit(line, labels);
  const auto shares = weighted.predict_proba(execution::seq, x);
  // 0.25 is 1/4, 3/4 and 7/4 away: 4 + 4/3 for 7, 4/7 for -1.
  const double seven = 4 + 4.0 / 3, one = 4.0 / 7;
  CHECK(static_cast<double>(shares(0, 2)) == Approx(seven / (seven + one)));
  CHECK(static_cast<double>(shares(0, 0)) == Approx(one / (seven + one)));
  CHECK(shares(0, 1) == 0);
  // What is there alone votes.
  CHECK(shares.row(1) == Eigen::RowVector3d(1, 0, 0).template cast<TestType>());
  CHECK(shares.row(3) == Eigen::RowVector3d(1, 0, 0).template cast<TestType>());
  CHECK(weighted.predict(execution::seq, x) == std::vector{7, -1, -1, -1});

  // Three copies at the query, of two labels; the fourth is near, but not there.
  akin::dense_matrix<TestType> copies(4, 2);
  copies << 1, 2, 1, 2, 1, 2, 1, TestType(2.001);
  model_type there({.k = 4, .weighting = votes::distance});
  there.fit(copies, std::vector{5, 6, 5, 6});
  const akin::dense_matrix<TestType> at = copies.topRows(1);
  CHECK(static_cast<double>(there.predict_proba(execution::seq, at)(0, 1)) == Approx(1.0 / 3));
}

TEMPLATE_TEST_CASE("knn_classifier takes sparse vectors and inner products", "", float, double) {
  akin::sparse_matrix<TestType> x(3, 4);
  x.insert(0, 0) = 1;
  x.insert(1, 2) = 2;
  x.insert(2, 2) = 1;
  x.insert(2, 3) = 1;
  x.makeCompressed();
  for (const metric by : {metric::inner_product, metric::cosine, metric::euclidean}) {
    akin::knn_classifier<TestType> model({.k = 1, .metric = by});
    model.fit(execution::par, x, std::vector{10, 20, 30});
    CHECK(model.predict(execution::par, x) ==
          (by == metric::inner_product ? std::vector{10, 20, 20} : std::vector{10, 20, 30}));
  }
}

TEST_CASE("a classifier's answers do not depend on the threads, and survive a file") {
  const auto y = points<float>(300, 5, 4), x = points<float>(100, 5, 5);
  const auto labels = some_labels(300);
  for (const votes weighting : {votes::uniform, votes::distance}) {
    akin::knn_classifier<float> model({.k = 7, .metric = metric::cosine, .weighting = weighting});
    model.fit(y, labels);
    const auto shares = model.predict_proba(execution::seq, x);
    for (const int threads : {1, 2, 3}) {
      CHECK(model.predict_proba(execution::par.threads(threads), x) == shares);
      CHECK(model.predict(execution::par.threads(threads), x) == model.predict(execution::seq, x));
    }
    const auto bytes = bytes_of(model);
    const auto again =
        akin::detail::read_model<akin::knn_classifier<float>>(akin::detail::read_model_bytes(bytes, "memory"));
    CHECK(bytes_of(again) == bytes);
    CHECK(again.predict_proba(execution::seq, x) == shares);
    CHECK(std::ranges::equal(again.classes(), model.classes()));
  }
}

TEST_CASE("knn_classifier refuses by a sentence what it cannot learn or answer") {
  using model_type = akin::knn_classifier<float>;
  const auto y = points<float>(6, 3, 6);
  const std::vector<int> labels = {1, 2, 1, 2, 1, 2};
  CHECK_THROWS_WITH(model_type({.k = 0}), "knn_classifier: k must be positive, got 0");
  CHECK_THROWS_WITH(model_type({.metric = metric::inner_product, .weighting = votes::distance}),
                    contains("weighting by distance needs a metric with distances"));
  CHECK_THROWS_WITH(model_type({.weighting = static_cast<votes>(3)}), contains("weighting must be one of"));
  CHECK_THROWS_WITH(model_type({.metric = static_cast<metric>(3)}), contains("metric must be one of"));
  model_type model({.metric = metric::cosine});
  CHECK_THROWS_AS(model.predict(execution::seq, y), akin::not_fitted);
  CHECK_THROWS_AS(bytes_of(model), akin::not_fitted);
  model.fit(y, labels);
  const auto before = bytes_of(model);
  CHECK_THROWS_WITH(model.fit(y, std::vector{1, 2}),
                    "knn_classifier: labels must be one for each of the 6 vectors, got 2");
  CHECK_THROWS_WITH(model.fit(y.topRows(0), std::vector<int>()), contains("there must be a vector at least"));
  auto poisoned = y;
  poisoned(2, 2) = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH(model.fit(poisoned, std::vector{9, 9, 9, 9, 9, 9}), contains("vectors must be finite"));
  CHECK_THROWS_WITH(model.predict(execution::par, poisoned), contains("vectors must be finite"));
  CHECK(bytes_of(model) == before);
  CHECK(model.classes().size() == 2);
  akin::dense_matrix<float> zeros = y;
  zeros.row(4).setZero();
  CHECK_THROWS_WITH(model.predict(execution::par, zeros),
                    "predict: each query must have a neighbour, got none for row 4");
  CHECK_THROWS_WITH(model.predict(execution::seq, y.leftCols(2)), contains("queries must have 3 columns"));
  CHECK(model.predict(execution::seq, y.topRows(0)).empty());
  CHECK(model.predict_proba(execution::seq, y.topRows(0)).cols() == 2);

  akin::detail::model_writer writer;
  akin::detail::write_label<model_type>(writer);
  model.write_to(writer);
  auto bytes = std::vector<std::byte>();
  writer.emit([&](std::span<const std::byte> part) { bytes.insert(bytes.end(), part.begin(), part.end()); });
  CHECK(bytes == before);
  akin::detail::model_writer other;
  akin::detail::write_label<model_type>(other);
  other.add_options(akin::knn_classifier_options{.k = 0});
  bytes.clear();
  other.emit([&](std::span<const std::byte> part) { bytes.insert(bytes.end(), part.begin(), part.end()); });
  CHECK_THROWS_WITH(akin::detail::read_model<model_type>(akin::detail::read_model_bytes(bytes, "memory")),
                    contains("k must be positive"));
}
