#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/data/weighting.hpp>

#include "support/catch.hpp"

namespace weighting = akin::weighting;

namespace {

// users x items:  5 3 . .
//                 4 2 4 .
//                 . 1 5 .
//                 . . . 2
template <class Scalar>
akin::sparse_matrix<Scalar> ratings() {
  akin::sparse_matrix<Scalar> x(4, 4);
  const std::vector<Eigen::Triplet<Scalar>> cells = {{0, 0, 5}, {0, 1, 3}, {1, 0, 4}, {1, 1, 2},
                                                     {1, 2, 4}, {2, 1, 1}, {2, 2, 5}, {3, 3, 2}};
  x.setFromTriplets(cells.begin(), cells.end());
  return x;
}

template <class Scalar>
akin::sparse_matrix<Scalar> one_row(const std::vector<Scalar>& values) {
  akin::sparse_matrix<Scalar> x(1, static_cast<Eigen::Index>(values.size()));
  for (std::size_t i = 0; i < values.size(); ++i) x.insert(0, static_cast<Eigen::Index>(i)) = values[i];
  x.makeCompressed();
  return x;
}

template <class Matrix>
bool same_pattern(const Matrix& a, const Matrix& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() && a.nonZeros() == b.nonZeros() &&
         std::equal(a.outerIndexPtr(), a.outerIndexPtr() + a.rows() + 1, b.outerIndexPtr()) &&
         std::equal(a.innerIndexPtr(), a.innerIndexPtr() + a.nonZeros(), b.innerIndexPtr());
}

}  // namespace

TEMPLATE_TEST_CASE("tf_idf by hand", "", float, double) {
  const auto x = ratings<TestType>();
  const auto weighted = weighting::tf_idf(x);
  REQUIRE(same_pattern(x, weighted));
  CHECK(weighted.coeff(0, 0) == Approx(5 * (std::log(5.0 / 3) + 1)));
  CHECK(weighted.coeff(0, 1) == Approx(3 * (std::log(5.0 / 4) + 1)));
  CHECK(weighted.coeff(3, 3) == Approx(2 * (std::log(5.0 / 2) + 1)));
}

TEMPLATE_TEST_CASE("bm25 by hand", "", float, double) {
  const auto x = ratings<TestType>();
  const auto weighted = weighting::bm25(x, {.k1 = 1.2, .b = 0.75});
  REQUIRE(same_pattern(x, weighted));
  // Lengths 8 10 6 2, mean 6.5; item 0 has two users, item 3 one.
  const double idf_0 = std::log(1 + 2.5 / 2.5), idf_3 = std::log(1 + 3.5 / 1.5);
  CHECK(weighted.coeff(0, 0) == Approx(idf_0 * 5 * 2.2 / (5 + 1.2 * (0.25 + 0.75 * 8 / 6.5))));
  CHECK(weighted.coeff(1, 0) == Approx(idf_0 * 4 * 2.2 / (4 + 1.2 * (0.25 + 0.75 * 10 / 6.5))));
  CHECK(weighted.coeff(3, 3) == Approx(idf_3 * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 2 / 6.5))));
}

TEST_CASE("bm25 agrees with its formula on many cells, and never turns a like into a dislike") {
  const auto x = akin::synthetic::power_law_clicks<float>({.users = 90, .items = 30, .interactions = 1500, .seed = 7});
  const auto weighted = weighting::bm25(x, {.k1 = 2, .b = 0.3});
  const Eigen::MatrixXd dense = x.cast<double>();
  const Eigen::VectorXd length = dense.rowwise().sum();
  double worst = 0, least = 1;
  for (Eigen::Index u = 0; u < x.rows(); ++u)
    for (akin::sparse_matrix<float>::InnerIterator cell(weighted, u); cell; ++cell) {
      const auto df = static_cast<double>((dense.col(cell.col()).array() != 0).count());
      const double expected =
          std::log(1 + (90 - df + 0.5) / (df + 0.5)) * 3 / (1 + 2 * (0.7 + 0.3 * length[u] / length.mean()));
      worst = std::max(worst, std::abs(cell.value() - expected));
      least = std::min(least, static_cast<double>(cell.value()));
    }
  CHECK(worst < 1e-6);
  CHECK(least > 0);
}

TEST_CASE("bm25 at the ends of its options") {
  const auto x = ratings<double>();
  CHECK(weighting::bm25(x, {.k1 = 0, .b = 1}).coeff(0, 0) == Approx(std::log(2.0)));
  CHECK(weighting::bm25(x, {.k1 = 0, .b = 1}).coeff(1, 0) == Approx(std::log(2.0)));
  const auto zeros = weighting::bm25(one_row<double>({0, 0}), {.k1 = 1, .b = 1});
  CHECK(zeros.nonZeros() == 2);
  CHECK(zeros.coeff(0, 0) == 0);
  CHECK(weighting::bm25(akin::sparse_matrix<float>(0, 0)).size() == 0);
  CHECK(weighting::bm25(akin::sparse_matrix<float>(3, 2)).nonZeros() == 0);
}

TEST_CASE("log by hand") {
  const auto x = one_row<float>({0, 1, 7.5f});
  const auto weighted = weighting::log(x, {.scale = 4});
  REQUIRE(same_pattern(x, weighted));
  CHECK(weighted.coeff(0, 0) == 0);
  CHECK(weighted.coeff(0, 1) == Approx(std::log(5.0)));
  CHECK(weighted.coeff(0, 2) == Approx(std::log(31.0)));
  CHECK(weighting::log(x).coeff(0, 1) == Approx(std::log(2.0)));
}

TEST_CASE("normalize makes rows of length 1") {
  const auto x = one_row<double>({3, -4, 0});
  CHECK(weighting::normalize(x).coeff(0, 0) == Approx(0.6));
  CHECK(weighting::normalize(x).coeff(0, 1) == Approx(-0.8));
  CHECK(weighting::normalize(x, {.kind = weighting::norm::l1}).coeff(0, 1) == Approx(-4.0 / 7));
  CHECK(weighting::normalize(x, {.kind = weighting::norm::maximum}).coeff(0, 0) == Approx(0.75));
  CHECK(same_pattern(x, weighting::normalize(x)));
  CHECK(weighting::normalize(one_row<double>({0, 0})).coeff(0, 1) == 0);
  const auto huge = one_row<float>({3e38f, 3e38f});  // the sum does not fit a float
  CHECK(weighting::normalize(huge).coeff(0, 0) == Approx(std::sqrt(0.5)));
}

TEST_CASE("a map and 64-bit ids are weighted too") {
  const auto x = ratings<float>();
  const Eigen::Map<const akin::sparse_matrix<float>> map(4, 4, x.nonZeros(), x.outerIndexPtr(), x.innerIndexPtr(),
                                                         x.valuePtr());
  CHECK(weighting::bm25(map).isApprox(weighting::bm25(x)));
  const akin::sparse_matrix<float, std::int64_t> wide = x;
  CHECK(weighting::tf_idf(wide).coeff(0, 0) == weighting::tf_idf(x).coeff(0, 0));
}

TEST_CASE("weights refuse what they cannot do") {
  const auto x = ratings<float>();
  const auto negative = one_row<float>({1, -2});
  const auto infinite = one_row<float>({1, std::numeric_limits<float>::infinity()});
  CHECK_THROWS_WITH(weighting::bm25(x, {.k1 = -1}), "weighting::bm25: k1 must be finite and not negative, got -1");
  CHECK_THROWS_WITH(weighting::bm25(x, {.b = 1.5}), "weighting::bm25: b must be in [0, 1], got 1.5");
  CHECK_THROWS_WITH(weighting::log(x, {.scale = 0}), "weighting::log: scale must be finite and positive, got 0");
  CHECK_THROWS_WITH(weighting::bm25(negative), "weighting::bm25: values must not be negative, got -2");
  CHECK_THROWS_WITH(weighting::tf_idf(negative), "weighting::tf_idf: values must not be negative, got -2");
  CHECK_THROWS_WITH(weighting::log(negative), "weighting::log: values must not be negative, got -2");
  CHECK_THROWS_WITH(weighting::tf_idf(infinite),
                    "weighting::tf_idf: values must be finite, got inf in row 0, column 1");
  CHECK_THROWS_WITH(weighting::normalize(infinite),
                    "weighting::normalize: values must be finite, got inf in row 0, column 1");
  auto loose = x;
  loose.uncompress();
  CHECK_THROWS_WITH(weighting::normalize(loose),
                    "weighting::normalize: the sparse matrix must be compressed, call makeCompressed() first");
}
