#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/io/model_file.hpp>
#include <akin/retrieval/knn_regressor.hpp>

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

}  // namespace

TEMPLATE_TEST_CASE("knn_regressor averages the nearest", "", akin::knn_regressor<float>, akin::knn_regressor<double>,
                   (akin::knn_regressor<double, std::int64_t>)) {
  using scalar = typename TestType::scalar_type;
  const metric by = GENERATE(metric::euclidean, metric::cosine);
  const votes weighting = GENERATE(votes::uniform, votes::distance);
  const auto y = points<scalar>(150, 4, 1), x = points<scalar>(80, 4, 2);
  const akin::dense_matrix<scalar> t = points<scalar>(150, 1, 3);
  const std::vector<scalar> targets(t.data(), t.data() + 150);
  for (const int k : {1, 6, 500}) {
    CAPTURE(static_cast<int>(by), static_cast<int>(weighting), k);
    TestType model({.k = k, .metric = by, .weighting = weighting});
    model.fit(execution::par, y, targets);
    const auto found = model.predict(execution::par, x);
    REQUIRE(found.size() == 80);
    for (const int threads : {1, 2, 3}) CHECK(model.predict(execution::par.threads(threads), x) == found);
    for (std::size_t row = 0; row < 80; ++row) {
      const Eigen::RowVectorXd q = x.row(static_cast<Eigen::Index>(row)).template cast<double>();
      std::vector<std::pair<double, std::size_t>> order;
      for (std::size_t i = 0; i < 150; ++i) {
        const Eigen::RowVectorXd p = y.row(static_cast<Eigen::Index>(i)).template cast<double>();
        order.emplace_back(by == metric::euclidean ? (p - q).norm() : 1 - p.dot(q) / (p.norm() * q.norm()), i);
      }
      std::ranges::sort(order);
      order.resize(std::min<std::size_t>(order.size(), static_cast<std::size_t>(k)));
      double sum = 0, total = 0;
      for (const auto& [d, i] : order) {
        const double weight = weighting == votes::uniform ? 1 : 1 / d;
        sum += weight * static_cast<double>(targets[i]);
        total += weight;
      }
      CHECK(std::abs(static_cast<double>(found[row]) - sum / total) < 1e-3);
    }
  }
}

TEMPLATE_TEST_CASE("knn_regressor by hand", "", float, double) {
  akin::dense_matrix<TestType> line(4, 1), x(2, 1);
  line << 0, 1, 3, 100;
  x << TestType(0.5), 1;
  const std::vector<TestType> targets = {2, 4, 10, -1000};
  akin::knn_regressor<TestType> uniform({.k = 3}), weighted({.k = 3, .weighting = votes::distance});
  uniform.fit(line, targets);
  weighted.fit(line, targets);
  CHECK(static_cast<double>(uniform.predict(execution::seq, x)[0]) == Approx(16.0 / 3));
  // Distances of 1/2, 1/2 and 5/2; then one of 0, which alone counts.
  CHECK(static_cast<double>(weighted.predict(execution::seq, x)[0]) == Approx((2 * 2 + 2 * 4 + 0.4 * 10) / 4.4));
  CHECK(weighted.predict(execution::seq, x)[1] == 4);
  CHECK(uniform.items() == 4);
  CHECK(uniform.dimension() == 1);

  akin::knn_regressor<TestType> sparse({.k = 1});
  sparse.fit(akin::sparse_matrix<TestType>(line.sparseView()), targets);
  CHECK(sparse.predict(execution::par, akin::sparse_matrix<TestType>(x.sparseView())) == std::vector<TestType>{2, 4});
}

TEST_CASE("knn_regressor comes back from its file") {
  const auto y = points<float>(30, 3, 4);
  const std::vector<float> targets(y.data(), y.data() + 30);
  akin::knn_regressor<float> model({.k = 2, .weighting = votes::distance});
  model.fit(y, targets);
  const auto bytes = bytes_of(model);
  const auto again =
      akin::detail::read_model<akin::knn_regressor<float>>(akin::detail::read_model_bytes(bytes, "memory"));
  CHECK(bytes_of(again) == bytes);
  CHECK(again.predict(execution::seq, y) == targets);
  CHECK(again.options().k == 2);

  // Neighbours of another metric than the model's.
  akin::nearest_neighbors<float> cosine({.metric = metric::cosine});
  cosine.fit(y);
  akin::detail::model_writer writer;
  akin::detail::write_label<akin::knn_regressor<float>>(writer);
  writer.add_options(model.options());
  akin::detail::write_part(writer, "neighbors", cosine);
  writer.add("targets", targets.data(), 30);
  std::vector<std::byte> crafted;
  writer.emit([&](std::span<const std::byte> part) { crafted.insert(crafted.end(), part.begin(), part.end()); });
  CHECK_THROWS_WITH(
      akin::detail::read_model<akin::knn_regressor<float>>(akin::detail::read_model_bytes(crafted, "memory")),
      contains("compared by the model's metric"));
}

TEST_CASE("knn_regressor refuses by a sentence what it cannot learn or answer") {
  using model_type = akin::knn_regressor<float>;
  const auto y = points<float>(3, 2, 5);
  CHECK_THROWS_WITH(model_type({.k = -1}), "knn_regressor: k must be positive, got -1");
  CHECK_THROWS_WITH(model_type({.metric = metric::inner_product, .weighting = votes::distance}),
                    contains("weighting by distance needs a metric with distances"));
  model_type model;
  CHECK_THROWS_AS(model.predict(execution::seq, y), akin::not_fitted);
  CHECK_THROWS_AS(bytes_of(model), akin::not_fitted);
  model.fit(y, std::vector<float>{1, 2, 3});
  const auto before = bytes_of(model);
  CHECK_THROWS_WITH(model.fit(y, std::vector<float>{1, 2}),
                    "knn_regressor: targets must be one for each of the 3 vectors, got 2");
  CHECK_THROWS_WITH(model.fit(y, std::vector<float>{1, std::numeric_limits<float>::quiet_NaN(), 2}),
                    contains("targets must be finite"));
  CHECK_THROWS_WITH(model.fit(y.topRows(0), std::vector<float>()), contains("there must be a vector at least"));
  CHECK(bytes_of(model) == before);
}
