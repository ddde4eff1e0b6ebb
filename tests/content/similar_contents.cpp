#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <akin/content/similar_contents.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/execution.hpp>

#include "support/catch.hpp"
#include "support/update_harness.hpp"

namespace execution = akin::execution;

namespace {

template <class Scalar, class Index>
akin::sparse_matrix<Scalar, Index> of_triplets(Index rows, Index cols,
                                               const std::vector<Eigen::Triplet<Scalar, Index>>& cells) {
  akin::sparse_matrix<Scalar, Index> x(rows, cols);
  x.setFromTriplets(cells.begin(), cells.end());
  return x;
}

/// From the dense matrix of all cosines in double precision.
template <class Matrix>
std::vector<std::vector<std::pair<int, double>>> reference(const Matrix& features, int k, double minimum) {
  Eigen::MatrixXd f = Eigen::MatrixXd(features.template cast<double>());
  for (Eigen::Index i = 0; i < f.rows(); ++i)
    if (f.row(i).norm() > 0) f.row(i).normalize();
  const Eigen::MatrixXd cosines = f * f.transpose();
  std::vector<std::vector<std::pair<int, double>>> all;
  for (Eigen::Index i = 0; i < f.rows(); ++i) {
    std::vector<std::pair<int, double>> row;
    for (Eigen::Index j = 0; j < f.rows(); ++j)
      if (j != i && cosines(i, j) > minimum) row.emplace_back(static_cast<int>(j), cosines(i, j));
    std::stable_sort(row.begin(), row.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    if (row.size() > static_cast<std::size_t>(k)) row.resize(static_cast<std::size_t>(k));
    all.push_back(row);
  }
  return all;
}

}  // namespace

TEMPLATE_TEST_CASE("similar_contents has the greatest cosines of the rows", "", (std::pair<float, std::int32_t>),
                   (std::pair<double, std::int32_t>), (std::pair<double, std::int64_t>)) {
  using scalar_type = typename TestType::first_type;
  using index_type = typename TestType::second_type;
  // Items: 0 red mug, 1 blue mug, 2 red mug with a lid, 3 blue lamp, 4 nothing known, 5 the opposite of a lid.
  const auto features = of_triplets<scalar_type, index_type>(
      6, 5,
      {{0, 0, 1}, {0, 2, 2}, {1, 1, 1}, {1, 2, 1}, {2, 0, 3}, {2, 2, 1}, {2, 4, 2}, {3, 1, 1}, {3, 3, 5}, {5, 4, -1}});
  const auto [k, minimum] = GENERATE(table<int, double>({{1, 0}, {2, 0}, {100, 0}, {100, 0.5}, {100, -2}}));
  CAPTURE(k, minimum);
  const auto alike = akin::similar_contents(execution::par, features, {.k = k, .minimum = minimum});
  const auto expected = reference(features, k, minimum);
  REQUIRE(alike.rows() == 6);
  REQUIRE(alike.cols() == 6);
  for (int item = 0; item < 6; ++item) {
    auto wanted = expected[static_cast<std::size_t>(item)];
    // Items without any feature in common are not looked at, whatever the minimum.
    wanted.erase(std::remove_if(wanted.begin(), wanted.end(), [](const auto& x) { return x.second == 0; }),
                 wanted.end());
    std::sort(wanted.begin(), wanted.end());
    std::size_t place = 0;
    for (typename decltype(alike)::InnerIterator cell(alike, item); cell; ++cell, ++place) {
      REQUIRE(place < wanted.size());
      CHECK(cell.col() == wanted[place].first);
      CHECK(static_cast<double>(cell.value()) == Approx(wanted[place].second).margin(1e-6));
    }
    CHECK(place == wanted.size());
  }
}

TEST_CASE("similar_contents has the same bits for any number of threads") {
  const auto features =
      akin::synthetic::power_law_clicks<float>({.users = 300, .items = 200, .interactions = 4000, .seed = 5});
  const akin::top_products_options options = {.k = 10};
  const auto one = akin::similar_contents(execution::seq, features, options);
  CHECK(one.nonZeros() > 2000);
  for (const int threads : {2, 3})
    CHECK(akin_test::same_matrix(one, akin::similar_contents(execution::par.threads(threads), features, options)));
}

TEST_CASE("similar_contents of nothing is nothing") {
  CHECK(akin::similar_contents(execution::par, akin::sparse_matrix<float>(0, 0)).nonZeros() == 0);
  CHECK(akin::similar_contents(execution::par, akin::sparse_matrix<float>(4, 7)).rows() == 4);
}

TEST_CASE("similar_contents refuses what it cannot compare") {
  const auto features = of_triplets<float, std::int32_t>(1, 1, {{0, 0, std::numeric_limits<float>::quiet_NaN()}});
  CHECK_THROWS_WITH(akin::similar_contents(execution::seq, features), Catch::Contains("similar_contents"));
  const akin::sparse_matrix<float> empty(2, 2);
  CHECK_THROWS_WITH(akin::similar_contents(execution::seq, empty, {.k = 0}),
                    "similar_contents: k must be positive, got 0");
  CHECK_THROWS_WITH(
      akin::similar_contents(execution::seq, empty, {.minimum = std::numeric_limits<double>::quiet_NaN()}),
      Catch::Contains("minimum must be a number"));
}
