#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include <akin/data/synthetic.hpp>
#include <akin/linear/randomized_svd.hpp>

#include "support/catch.hpp"
#include "support/random_data.hpp"

namespace execution = akin::execution;

namespace {

template <class Scalar>
Eigen::MatrixXd gram_error(const akin::dense_matrix<Scalar>& x) {
  const Eigen::MatrixXd d = x.template cast<double>();
  return d.transpose() * d - Eigen::MatrixXd::Identity(d.cols(), d.cols());
}

template <class Scalar>
akin::sparse_matrix<Scalar> clicks(int users, int items, int interactions) {
  return akin::synthetic::power_law_clicks<Scalar>(
      {.users = users, .items = items, .interactions = interactions, .seed = 4});
}

template <class Scalar>
bool same(const akin::truncated_svd<Scalar>& a, const akin::truncated_svd<Scalar>& b) {
  return a.u == b.u && a.singular_values == b.singular_values && a.v == b.v;
}

}  // namespace

TEMPLATE_TEST_CASE("randomized_svd agrees with a dense decomposition", "", (std::pair<float, std::int32_t>),
                   (std::pair<double, std::int32_t>), (std::pair<float, std::int64_t>)) {
  using Scalar = typename TestType::first_type;
  using matrix = akin::sparse_matrix<Scalar, typename TestType::second_type>;
  const double precision = 200 * static_cast<double>(std::numeric_limits<Scalar>::epsilon());
  for (const auto& [rows, cols] : {std::pair{300, 120}, std::pair{90, 260}, std::pair{40, 40}}) {
    CAPTURE(rows, cols);
    const matrix x(clicks<Scalar>(rows, cols, rows * cols / 10));
    const int rank = 12;
    const auto svd = akin::randomized_svd(execution::par.threads(2), x, {.rank = rank, .iterations = 12});
    const Eigen::MatrixXd dense = Eigen::MatrixXd(x.template cast<double>());
    const Eigen::BDCSVD<Eigen::MatrixXd> exact(dense, Eigen::ComputeThinU | Eigen::ComputeThinV);
    const double largest = exact.singularValues()[0];
    REQUIRE(svd.u.rows() == rows);
    REQUIRE(svd.v.rows() == cols);
    REQUIRE(svd.u.cols() == rank);
    for (int i = 0; i < rank; ++i)
      CHECK(std::abs(static_cast<double>(svd.singular_values[i]) - exact.singularValues()[i]) <= precision * largest);
    CHECK(gram_error(svd.u).cwiseAbs().maxCoeff() <= precision);
    CHECK(gram_error(svd.v).cwiseAbs().maxCoeff() <= precision);
    const Eigen::MatrixXd u = svd.u.template cast<double>(), v = svd.v.template cast<double>();
    const Eigen::VectorXd s = svd.singular_values.template cast<double>();
    CHECK((dense * v - u * s.asDiagonal()).cwiseAbs().maxCoeff() <= precision * largest);
    CHECK((dense.transpose() * u - v * s.asDiagonal()).cwiseAbs().maxCoeff() <= precision * largest);
    for (int i = 0; i < rank; ++i) {
      Eigen::Index place = 0;
      v.col(i).cwiseAbs().maxCoeff(&place);
      CHECK(v(place, i) > 0);
    }
  }
}

TEST_CASE("randomized_svd separates singular values that lie close together") {
  // Diagonal: 1, 0.99, 0.98 and so on; the wanted ten and what the oversampling adds are far fewer than all.
  akin::sparse_matrix<double> x(90, 90);
  for (int i = 0; i < 90; ++i) x.insert(i, (i * 37) % 90) = 1 - 0.01 * i;
  x.makeCompressed();
  const auto svd = akin::randomized_svd(execution::seq, x, {.rank = 10, .oversampling = 6, .iterations = 12});
  for (int i = 0; i < 10; ++i) {
    CHECK(svd.singular_values[i] == Approx(1 - 0.01 * i).epsilon(1e-9));
    CHECK(svd.v((i * 37) % 90, i) == Approx(1).epsilon(1e-6));
    CHECK(svd.u(i, i) == Approx(1).epsilon(1e-6));
  }
}

TEMPLATE_TEST_CASE("randomized_svd of a matrix of low rank says so by zeros", "", float, double) {
  // Three different rows, each many times.
  std::vector<Eigen::Triplet<TestType>> cells;
  for (int row = 0; row < 60; ++row)
    for (int i = 0; i < 5; ++i) cells.emplace_back(row, 9 * (row % 3) + 2 * i, TestType(1 + row % 3));
  akin::sparse_matrix<TestType> x(60, 40);
  x.setFromTriplets(cells.begin(), cells.end());
  const auto svd = akin::randomized_svd(execution::seq, x, {.rank = 8});
  const Eigen::MatrixXd dense = Eigen::MatrixXd(x.template cast<double>());
  const Eigen::VectorXd exact = Eigen::BDCSVD<Eigen::MatrixXd>(dense).singularValues();
  for (int i = 0; i < 8; ++i)
    CHECK(static_cast<double>(svd.singular_values[i]) == Approx(exact[i]).epsilon(1e-5).margin(1e-12));
  CHECK(svd.singular_values.tail(5).isZero(0));
  CHECK(svd.u.rightCols(5).isZero(0));
  CHECK(svd.v.rightCols(5).isZero(0));
  const double precision = 100 * static_cast<double>(std::numeric_limits<TestType>::epsilon());
  CHECK(gram_error<TestType>(svd.v.leftCols(3)).cwiseAbs().maxCoeff() <= precision);
  CHECK(gram_error<TestType>(svd.u.leftCols(3)).cwiseAbs().maxCoeff() <= precision);
}

TEST_CASE("randomized_svd of nothing, and of one number") {
  const auto zero = akin::randomized_svd(execution::seq, akin::sparse_matrix<float>(7, 5), {.rank = 2});
  CHECK(zero.u == akin::dense_matrix<float>::Zero(7, 2));
  CHECK(zero.v == akin::dense_matrix<float>::Zero(5, 2));
  CHECK(zero.singular_values.isZero(0));
  akin::sparse_matrix<float> one(1, 1);
  one.insert(0, 0) = -3;
  one.makeCompressed();
  const auto svd = akin::randomized_svd(execution::seq, one, {.rank = 1});
  CHECK(svd.singular_values[0] == Approx(3));
  CHECK(svd.v(0, 0) == Approx(1));
  CHECK(svd.u(0, 0) == Approx(-1));
}

TEST_CASE("randomized_svd of values of any size") {
  auto x = clicks<double>(50, 30, 300);
  const auto plain = akin::randomized_svd(execution::seq, x, {.rank = 4, .iterations = 10});
  for (const double scale : {1e-60, 1e60}) {
    akin::sparse_matrix<double> scaled = x * scale;
    const auto svd = akin::randomized_svd(execution::seq, scaled, {.rank = 4, .iterations = 10});
    for (int i = 0; i < 4; ++i) CHECK(svd.singular_values[i] / scale == Approx(plain.singular_values[i]));
    CHECK((svd.v - plain.v).cwiseAbs().maxCoeff() < 1e-6);
  }
  x.valuePtr()[0] = 1e200;
  CHECK_THROWS_AS(akin::randomized_svd(execution::seq, x, {.rank = 4}), akin::numeric_error);
}

TEMPLATE_TEST_CASE("randomized_svd has the same bits for any number of threads", "", float, double) {
  const auto x = clicks<TestType>(700, 400, 9000);
  const auto alone = akin::randomized_svd(execution::seq, x, {.rank = 20, .seed = 5});
  for (const int threads : {1, 2, 3})
    CHECK(same(akin::randomized_svd(execution::par.threads(threads), x, {.rank = 20, .seed = 5}), alone));
  CHECK_FALSE(same(akin::randomized_svd(execution::seq, x, {.rank = 20, .seed = 6}), alone));
}

TEST_CASE("randomized_svd refuses what has no meaning") {
  auto x = clicks<float>(20, 10, 60);
  const auto run = [&](const akin::randomized_svd_options& options) {
    return akin::randomized_svd(execution::seq, x, options);
  };
  CHECK_THROWS_WITH(run({.rank = 0}), "randomized_svd: rank must be positive, got 0");
  CHECK_THROWS_WITH(run({.rank = 11}), "randomized_svd: rank must be at most 10 for a matrix of 20 x 10, got 11");
  CHECK_THROWS_WITH(run({.rank = 3, .oversampling = -1}), contains("oversampling must not be negative, got -1"));
  CHECK_THROWS_WITH(run({.rank = 3, .iterations = 0}), contains("iterations must be positive, got 0"));
  x.valuePtr()[3] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH(run({.rank = 3}), contains("values must be finite"));
}
