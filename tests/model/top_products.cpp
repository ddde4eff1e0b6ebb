#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include <akin/execution.hpp>
#include <akin/model/top_products.hpp>
#include <akin/random.hpp>

#include "support/catch.hpp"

namespace execution = akin::execution;

namespace {

/// Elements drawn with a density that falls with the column, small integers of both signs: products are exact, and
/// equal ones abound.
template <class Scalar, class Index>
akin::sparse_matrix<Scalar, Index> some_matrix(std::int64_t rows, std::int64_t cols, std::uint64_t seed,
                                               bool negative) {
  const akin::random_stream random(seed);
  std::vector<Eigen::Triplet<Scalar, Index>> cells;
  std::uint64_t draw = 0;
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < cols; ++c, ++draw)
      if (random.uniform(draw) < 1.5 / std::sqrt(static_cast<double>(c) + 3)) {
        const auto value = static_cast<Scalar>(1 + random.below(1'000'000 + draw, 3));
        cells.emplace_back(static_cast<Index>(r), static_cast<Index>(c),
                           negative && random.uniform(2'000'000 + draw) < 0.4 ? -value : value);
      }
  akin::sparse_matrix<Scalar, Index> x(static_cast<Index>(rows), static_cast<Index>(cols));
  x.setFromTriplets(cells.begin(), cells.end());
  return x;
}

/// The k best of a dense row by (value descending, column ascending), ordered by column.
std::vector<std::pair<std::int64_t, double>> best_of(const Eigen::VectorXd& row, int k, double minimum) {
  std::vector<std::pair<std::int64_t, double>> all;
  for (Eigen::Index c = 0; c < row.size(); ++c)
    if (row[c] > minimum && row[c] != 0) all.emplace_back(c, row[c]);
  std::ranges::stable_sort(all, [](const auto& a, const auto& b) { return a.second > b.second; });
  if (all.size() > static_cast<std::size_t>(k)) all.resize(static_cast<std::size_t>(k));
  std::ranges::sort(all);
  return all;
}

}  // namespace

TEMPLATE_TEST_CASE("the k largest of each row of a product are those of the dense product", "",
                   (std::pair<float, std::int32_t>), (std::pair<double, std::int32_t>),
                   (std::pair<float, std::int64_t>)) {
  using Scalar = typename TestType::first_type;
  using Index = typename TestType::second_type;
  const std::uint64_t seed = 5;
  CAPTURE(seed);
  for (const bool negative : {false, true}) {
    const auto a = some_matrix<Scalar, Index>(70, 150, seed, negative);
    const auto b = some_matrix<Scalar, Index>(150, 90, seed + 1, negative);
    const Eigen::MatrixXd dense =
        Eigen::MatrixXd(a.template cast<double>()) * Eigen::MatrixXd(b.template cast<double>());
    for (const auto& [k, minimum] : {std::pair{1, 0.0}, std::pair{5, 0.0}, std::pair{7, 3.0}, std::pair{1000, -1e9}}) {
      CAPTURE(negative, k, minimum);
      const auto c = akin::top_products(execution::par.threads(2), a, b, {.k = k, .minimum = minimum});
      REQUIRE((c.rows() == 70 && c.cols() == 90));
      for (Eigen::Index r = 0; r < 70; ++r) {
        std::vector<std::pair<std::int64_t, double>> row;
        for (typename akin::sparse_matrix<Scalar, Index>::InnerIterator cell(c, r); cell; ++cell)
          row.emplace_back(cell.col(), static_cast<double>(cell.value()));
        CHECK(row == best_of(dense.row(r), k, minimum));
      }
    }
  }
}

TEST_CASE("a row with many more products than are kept is cut in steps") {
  // One row of ones times a row of 5000 drawn values: the first cut looks at the first few only.
  const akin::random_stream random(8);
  std::vector<Eigen::Triplet<float>> cells;
  for (int c = 0; c < 5000; ++c)
    cells.emplace_back(0, c, static_cast<float>(1 + random.below(static_cast<std::uint64_t>(c), 400)));
  akin::sparse_matrix<float> a(1, 1), b(1, 5000);
  a.insert(0, 0) = 1;
  a.makeCompressed();
  b.setFromTriplets(cells.begin(), cells.end());
  const Eigen::VectorXd dense = Eigen::MatrixXd(b.cast<double>()).row(0);
  for (const int k : {1, 3, 10, 100, 4999}) {
    const auto c = akin::top_products(execution::seq, a, b, {.k = k});
    std::vector<std::pair<std::int64_t, double>> row;
    for (akin::sparse_matrix<float>::InnerIterator cell(c, 0); cell; ++cell) row.emplace_back(cell.col(), cell.value());
    CHECK(row == best_of(dense, k, 0));
  }
}

TEST_CASE("top_products has the same bits for any number of threads") {
  auto a = some_matrix<float, std::int32_t>(200, 120, 3, true);
  a *= 0.37f;
  const auto b = akin::sparse_matrix<float>(a.transpose());
  const auto one = akin::top_products(execution::seq, a, b, {.k = 9});
  for (const int threads : {2, 3}) {
    const auto again = akin::top_products(execution::par.threads(threads), a, b, {.k = 9});
    REQUIRE(again.nonZeros() == one.nonZeros());
    CHECK(std::equal(one.valuePtr(), one.valuePtr() + one.nonZeros(), again.valuePtr()));
    CHECK(std::equal(one.innerIndexPtr(), one.innerIndexPtr() + one.nonZeros(), again.innerIndexPtr()));
  }
}

TEST_CASE("top_products refuses what it cannot do") {
  akin::sparse_matrix<float> a(3, 4), b(4, 5), wrong(3, 5);
  for (auto* x : {&a, &b, &wrong}) x->makeCompressed();
  CHECK(akin::top_products(execution::par, a, b).nonZeros() == 0);
  CHECK_THROWS_WITH(akin::top_products(execution::par, a, wrong),
                    contains("top_products: the columns of a must be the rows of b, got 3 x 4 and 3 x 5"));
  CHECK_THROWS_WITH(akin::top_products(execution::par, a, b, {.k = 0}), contains("k must be positive, got 0"));
  CHECK_THROWS_WITH(akin::top_products(execution::par, a, b, {.minimum = std::numeric_limits<double>::quiet_NaN()}),
                    contains("minimum must be a number"));
  a.insert(0, 0) = std::numeric_limits<float>::infinity();
  a.makeCompressed();
  CHECK_THROWS_WITH(akin::top_products(execution::par, a, b), contains("values must be finite"));
}
