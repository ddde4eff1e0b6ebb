#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/train/randomized_svd.hpp>

#include "support/catch.hpp"
#include "support/random_data.hpp"
#include "support/reference.hpp"

using akin_test::dense;
using akin_test::is_zero;
using akin_test::largest;
using akin_test::largest_difference;
namespace execution = akin::execution;

namespace {

/// How far columns are from unit vectors at right angles.
double gram_error(const akin_test::matrix_view& x) {
  return akin_test::largest_difference(akin_test::transposed_product(x, x), akin_test::identity(x.cols()));
}

template <class Scalar>
akin::sparse_matrix<Scalar> clicks(int users, int items, int interactions) {
  return akin::synthetic::power_law_clicks<Scalar>(
      {.users = users, .items = items, .interactions = interactions, .seed = 4});
}

template <class Scalar>
bool same(const akin::truncated_svd<Scalar>& a, const akin::truncated_svd<Scalar>& b) {
  using akin_test::same;
  return same(a.u, b.u) && same(a.singular_values, b.singular_values) && same(a.v, b.v);
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
    const Eigen::MatrixXd values = dense(x);
    const Eigen::VectorXd exact = akin_test::singular_values(values);
    REQUIRE(svd.u.rows() == rows);
    REQUIRE(svd.v.rows() == cols);
    REQUIRE(svd.u.cols() == rank);
    for (int i = 0; i < rank; ++i)
      CHECK(std::abs(static_cast<double>(svd.singular_values[i]) - exact[i]) <= precision * exact[0]);
    CHECK(gram_error(svd.u) <= precision);
    CHECK(gram_error(svd.v) <= precision);
    const Eigen::MatrixXd u = dense(svd.u), v = dense(svd.v);
    Eigen::MatrixXd s = akin_test::zeros(rank, rank);
    for (int i = 0; i < rank; ++i) s(i, i) = static_cast<double>(svd.singular_values[i]);
    CHECK(largest_difference(akin_test::product(values, v), akin_test::product(u, s)) <= precision * exact[0]);
    CHECK(largest_difference(akin_test::transposed_product(values, u), akin_test::product(v, s)) <=
          precision * exact[0]);
    for (int i = 0; i < rank; ++i) {
      const Eigen::VectorXd column = akin_test::column(v, i);
      CHECK(akin_test::greatest(column) == largest(column));
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
  const Eigen::VectorXd exact = akin_test::singular_values(dense(x));
  for (int i = 0; i < 8; ++i)
    CHECK(static_cast<double>(svd.singular_values[i]) == Approx(exact[i]).epsilon(1e-5).margin(1e-12));
  CHECK(is_zero(svd.singular_values.tail(5)));
  CHECK(is_zero(akin_test::columns(svd.u, 3, 5)));
  CHECK(is_zero(akin_test::columns(svd.v, 3, 5)));
  const double precision = 100 * static_cast<double>(std::numeric_limits<TestType>::epsilon());
  CHECK(gram_error(akin_test::columns(svd.v, 0, 3)) <= precision);
  CHECK(gram_error(akin_test::columns(svd.u, 0, 3)) <= precision);
}

TEST_CASE("randomized_svd of nothing, and of one number") {
  const auto zero = akin::randomized_svd(execution::seq, akin::sparse_matrix<float>(7, 5), {.rank = 2});
  CHECK(akin_test::same(zero.u, akin_test::zeros(7, 2)));
  CHECK(akin_test::same(zero.v, akin_test::zeros(5, 2)));
  CHECK(is_zero(zero.singular_values));
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
    CHECK(largest_difference(svd.v, plain.v) < 1e-6);
  }
  x.valuePtr()[0] = 1e200;
  CHECK_THROWS_AS(akin::randomized_svd(execution::seq, x, {.rank = 4}), akin::numeric_error);
}

TEST_CASE("randomized_svd refuses values whose products leave the scalar type, rather than give zeros") {
  for (const float scale : {1e20f, 1e-25f}) {
    CAPTURE(scale);
    const akin::sparse_matrix<float> x = clicks<float>(50, 30, 300) * scale;
    CHECK_THROWS_WITH(akin::randomized_svd(execution::seq, x, {.rank = 4}), contains("must be finite; divide"));
  }
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
