#include <algorithm>
#include <limits>
#include <vector>

#include <Eigen/Dense>

#include <akin/data/merge_interactions.hpp>

#include "support/catch.hpp"
#include "support/random_data.hpp"

namespace {

template <class Scalar, class Index = std::int32_t>
akin::sparse_matrix<Scalar, Index> matrix(Index rows, Index cols,
                                          const std::vector<Eigen::Triplet<Scalar, Index>>& cells) {
  akin::sparse_matrix<Scalar, Index> x(rows, cols);
  x.setFromTriplets(cells.begin(), cells.end());
  return x;
}

/// The same, cell by cell of dense matrices.
template <class Scalar, class Index>
Eigen::MatrixXd reference(const akin::sparse_matrix<Scalar, Index>& a, const akin::sparse_matrix<Scalar, Index>& b,
                          bool replace) {
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(std::max(a.rows(), b.rows()), std::max(a.cols(), b.cols()));
  for (Eigen::Index row = 0; row < a.rows(); ++row)
    for (typename akin::sparse_matrix<Scalar, Index>::InnerIterator cell(a, row); cell; ++cell)
      result(row, cell.col()) = static_cast<double>(cell.value());
  for (Eigen::Index row = 0; row < b.rows(); ++row)
    for (typename akin::sparse_matrix<Scalar, Index>::InnerIterator cell(b, row); cell; ++cell)
      result(row, cell.col()) =
          static_cast<double>(cell.value() + (replace ? Scalar{0} : static_cast<Scalar>(result(row, cell.col()))));
  return result;
}

}  // namespace

TEST_CASE("a cell of two matrices gets the sum or the second value") {
  const auto a = matrix<float>(2, 3, {{0, 0, 1}, {0, 2, 5}, {1, 1, 2}});
  const auto b = matrix<float>(3, 2, {{0, 0, 4}, {0, 1, 7}, {2, 0, 3}});
  const akin::sparse_matrix<float> sum = akin::merge_interactions(a, b);
  CHECK(sum.rows() == 3);
  CHECK(sum.cols() == 3);
  CHECK(sum.isCompressed());
  Eigen::MatrixXf expected(3, 3);
  expected << 5, 7, 5, 0, 2, 0, 3, 0, 0;
  CHECK(Eigen::MatrixXf(sum) == expected);
  expected(0, 0) = 4;
  CHECK(Eigen::MatrixXf(akin::merge_interactions(a, b, akin::when_both::replace)) == expected);
}

TEMPLATE_TEST_CASE("merged matrices hold what dense ones would", "", std::int32_t, std::int64_t) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    const auto rows = static_cast<TestType>(1 + seed % 7), cols = static_cast<TestType>(1 + seed % 5);
    const auto a = akin_test::random_sparse<double, TestType>(rows, cols, 0.4, seed);
    const auto b = akin_test::random_sparse<double, TestType>(4, 4, 0.5, seed + 100);
    for (const bool replace : {false, true}) {
      const auto both = replace ? akin::when_both::replace : akin::when_both::add;
      const akin::sparse_matrix<double, TestType> merged = akin::merge_interactions(a, b, both);
      CHECK(Eigen::MatrixXd(merged) == reference(a, b, replace));
      akin::detail::check_interactions(akin::execution::seq, akin::detail::view_of(merged, "test"), "test");
    }
  }
}

TEST_CASE("merging with nothing changes nothing, and a stored zero stays a cell") {
  const auto a = matrix<float>(2, 2, {{0, 1, 2}, {1, 0, 0}});
  const akin::sparse_matrix<float> nothing(2, 2), none(0, 0);
  for (const auto both : {akin::when_both::add, akin::when_both::replace}) {
    for (const auto& x : {akin::merge_interactions(a, nothing, both), akin::merge_interactions(nothing, a, both),
                          akin::merge_interactions(a, none, both), akin::merge_interactions(none, a, both)}) {
      CHECK(x.nonZeros() == 2);
      CHECK(Eigen::MatrixXf(x) == Eigen::MatrixXf(a));
    }
  }
  CHECK(akin::merge_interactions(none, none).rows() == 0);
  CHECK(akin::merge_interactions(nothing, none).nonZeros() == 0);
  // -2 and 2 cancel out, the cell remains.
  CHECK(akin::merge_interactions(a, matrix<float>(1, 2, {{0, 1, -2}})).nonZeros() == 2);
}

TEST_CASE("what cannot be merged is refused by a sentence") {
  const auto large = matrix<float>(1, 1, {{0, 0, 3e38f}});
  CHECK_THROWS_AS(akin::merge_interactions(large, large), akin::numeric_error);
  CHECK_THROWS_WITH(akin::merge_interactions(large, large), contains("a sum of values in row 0 is beyond"));
  CHECK(akin::merge_interactions(large, large, akin::when_both::replace).coeff(0, 0) == 3e38f);
  const auto bad = matrix<float>(1, 1, {{0, 0, std::numeric_limits<float>::quiet_NaN()}});
  CHECK_THROWS_WITH(akin::merge_interactions(large, bad), contains("merge_interactions: values must be finite"));
  CHECK_THROWS_WITH(akin::merge_interactions(large, large, static_cast<akin::when_both>(7)),
                    contains("both must be one of the enumerators, got 7"));
}
