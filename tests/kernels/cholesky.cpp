#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <akin/kernels/cholesky.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"

namespace kernels = akin::kernels;

namespace {

// M M' + size I: its condition is below about 6, whatever the seed.
template <class T>
akin::dense_matrix<T> positive_definite(std::int64_t size, std::uint64_t seed) {
  const auto numbers = akin_test::normal_numbers<T>(size * size, seed);
  const Eigen::Map<const akin::dense_matrix<T>> m(numbers.data(), size, size);
  return m * m.transpose() + static_cast<T>(size) * akin::dense_matrix<T>::Identity(size, size);
}

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEMPLATE_TEST_CASE("the factor of a positive definite matrix multiplies back and solves", "", float, double) {
  for (const std::int64_t size : {0, 1, 2, 3, 5, 8, 16, 17, 31, 32, 33, 64, 70, 129}) {
    CAPTURE(size);
    const auto a = positive_definite<TestType>(size, 50);
    akin::dense_matrix<TestType> factor = a;
    // Above the diagonal nobody reads and nobody writes.
    factor.template triangularView<Eigen::StrictlyUpper>().setConstant(static_cast<TestType>(not_a_number));
    REQUIRE(kernels::cholesky(factor.data(), size));
    bool is_upper_intact = true;
    for (Eigen::Index i = 0; i < size; ++i)
      for (Eigen::Index j = i + 1; j < size; ++j) is_upper_intact &= std::isnan(factor(i, j));
    CHECK(is_upper_intact);

    const Eigen::MatrixXd l = factor.template cast<double>().template triangularView<Eigen::Lower>();
    const Eigen::MatrixXd exact = a.template cast<double>();
    const double unit = akin_test::epsilon<TestType> * static_cast<double>(size + 1);
    CHECK((l * l.transpose() - exact).norm() <= unit * exact.norm());

    const auto b = akin_test::normal_numbers<TestType>(size, 51);
    auto x = b;
    kernels::cholesky_solve(factor.data(), x.data(), size);
    const auto as_double = [&](const std::vector<TestType>& v) -> Eigen::VectorXd {
      return Eigen::Map<const Eigen::Matrix<TestType, Eigen::Dynamic, 1>>(v.data(), size).template cast<double>();
    };
    CHECK((exact * as_double(x) - as_double(b)).norm() <= 10 * unit * as_double(b).norm());
  }
}

TEST_CASE("a factor by hand") {
  double a[] = {4, -1, 2, 10};
  REQUIRE(kernels::cholesky(a, 2));
  CHECK((a[0] == 2 && a[1] == -1 && a[2] == 1 && a[3] == 3));
  double b[] = {8, 13};
  kernels::cholesky_solve(a, b, 2);
  CHECK(b[0] == Approx(1.5));
  CHECK(b[1] == Approx(1));
}

TEST_CASE("what is not positive definite is refused") {
  const struct {
    const char* what;
    std::vector<double> a;
  } cases[] = {
      {"zero", {0}},
      {"negative", {-1}},
      {"singular", {1, 0, 1, 1}},
      {"singular of size 3", {1, 0, 0, 2, 4, 0, 3, 6, 9}},
      {"indefinite", {1, 0, 2, 1}},
      {"negative last", {1, 0, 0, 0, 1, 0, 0, 0, -1e-9}},
      {"NaN on the diagonal", {1, 0, 0, not_a_number}},
      {"NaN below", {1, 0, not_a_number, 1}},
      {"infinity below", {1, 0, infinity, 1}},
      {"infinity on the diagonal", {infinity, 0, 1, 1}},
  };
  for (auto bad : cases) {
    CAPTURE(bad.what);
    CHECK_FALSE(kernels::cholesky(bad.a.data(), static_cast<std::int64_t>(std::sqrt(bad.a.size()))));
  }
}
