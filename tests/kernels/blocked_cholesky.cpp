#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <akin/kernels/blocked_cholesky.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"
#include "support/random_data.hpp"
#include "support/reference.hpp"

namespace kernels = akin::kernels;

namespace {

using reference = Eigen::MatrixXd;

constexpr std::int64_t sizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 40, 51, 64, 70, 129, 260};
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// A matrix in the layout of the kernels, with the unit matrix's rows after `size`.
template <class T>
struct padded {
  std::int64_t size, stride;
  std::vector<T> numbers;

  explicit padded(std::int64_t n)
      : size(n),
        stride(kernels::padded_stride<T>(n)),
        numbers(static_cast<std::size_t>(kernels::padded_rows(n) * stride)) {
    for (std::int64_t d = n; d < kernels::padded_rows(n); ++d) at(d, d) = 1;
  }
  T& at(std::int64_t i, std::int64_t j) { return numbers[static_cast<std::size_t>(i * stride + j)]; }
  T* data() { return numbers.data(); }
};

/// Rows of normal numbers, 0 in the padding columns that are read; what is not read is not a number.
template <class T>
std::vector<T> padded_numbers(std::int64_t rows, std::int64_t cols, std::uint64_t seed) {
  const std::int64_t stride = kernels::padded_stride<T>(cols);
  std::vector<T> result(static_cast<std::size_t>(rows * stride), static_cast<T>(not_a_number));
  const auto numbers = akin_test::normal_numbers<T>(rows * cols, seed);
  for (std::int64_t i = 0; i < rows; ++i) {
    T* const row = result.data() + i * stride;
    std::copy_n(numbers.data() + i * cols, cols, row);
    std::fill(row + cols, row + kernels::padded_columns<T>(cols), T{0});
  }
  return result;
}

template <class T>
reference as_double(const std::vector<T>& padded_rows_of, std::int64_t rows, std::int64_t cols) {
  reference result(rows, cols);
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < cols; ++j)
      result(i, j) =
          static_cast<double>(padded_rows_of[static_cast<std::size_t>(i * kernels::padded_stride<T>(cols) + j)]);
  return result;
}

/// S'S + size I in the upper triangle; what is below is not a number.
template <class T>
padded<T> positive_definite(kernels::instruction_set set, std::int64_t size, std::uint64_t seed) {
  padded<T> a(size);
  const auto s = padded_numbers<T>(size, size, seed);
  kernels::call_on<kernels::upper_gramian_kernel>(set, s.data(), size, a.data(), size, a.stride);
  for (std::int64_t i = 0; i < size; ++i) {
    a.at(i, i) += static_cast<T>(size);
    for (std::int64_t j = 0; j < i; ++j) a.at(i, j) = static_cast<T>(not_a_number);
  }
  return a;
}

template <class T>
reference upper(const padded<T>& a) {
  reference result = as_double(a.numbers, a.size, a.size);
  for (std::int64_t j = 0; j < a.size; ++j)
    for (std::int64_t i = j + 1; i < a.size; ++i) result(i, j) = 0;
  return result;
}

template <class T>
reference symmetric(const padded<T>& a) {
  reference result = as_double(a.numbers, a.size, a.size);
  for (std::int64_t j = 0; j < a.size; ++j)
    for (std::int64_t i = j + 1; i < a.size; ++i) result(i, j) = result(j, i);
  return result;
}

}  // namespace

TEST_CASE("rows are whole cache lines, an odd number of them") {
  CHECK(kernels::padded_stride<float>(1) == 16);
  CHECK(kernels::padded_stride<float>(16) == 16);
  CHECK(kernels::padded_stride<float>(17) == 48);
  CHECK(kernels::padded_stride<double>(128) == 136);
  CHECK(kernels::padded_columns<float>(17) == 32);
  CHECK(kernels::padded_columns<double>(16) == 16);
  CHECK(kernels::padded_rows(0) == 0);
  CHECK(kernels::padded_rows(9) == 16);
}

TEMPLATE_TEST_CASE("a Gramian is added to the upper triangle", "", float, double) {
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t size : sizes)
      for (const std::int64_t rows : {0, 1, 5, 300}) {
        CAPTURE(static_cast<int>(set), size, rows);
        const auto numbers = padded_numbers<TestType>(rows, size, 60);
        padded<TestType> a(size);
        for (std::int64_t i = 0; i < size; ++i) a.at(i, i) = 3;
        kernels::call_on<kernels::upper_gramian_kernel>(set, numbers.data(), rows, a.data(), size, a.stride);
        const reference s = as_double(numbers, rows, size), sizes_of = akin_test::absolute(s);
        const reference start = akin_test::identity(size, 3);
        const reference exact = akin_test::sum(akin_test::transposed_product(s, s), 1, start);
        const reference bound = akin_test::sum(akin_test::transposed_product(sizes_of, sizes_of), 1, start);
        const double epsilon = static_cast<double>(rows + 1) * akin_test::epsilon<TestType>;
        CHECK(akin_test::is_within(symmetric(a), exact, epsilon, bound));
        for (std::int64_t d = size; d < kernels::padded_rows(size); ++d) REQUIRE(a.at(d, d) == 1);
      }
}

TEMPLATE_TEST_CASE("an upper factor multiplies back and solves, whatever is below the diagonal", "", float, double) {
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t size : sizes) {
      CAPTURE(static_cast<int>(set), size);
      auto factor = positive_definite<TestType>(set, size, 61);
      const reference exact = symmetric(factor);
      const std::int64_t stride = factor.stride;
      REQUIRE(kernels::call_on<kernels::upper_cholesky_kernel>(set, factor.data(), size, stride));
      reference r = upper(factor);
      for (std::int64_t d = 0; d < size; ++d) r(d, d) = 1 / r(d, d);
      const double unit = akin_test::epsilon<TestType> * static_cast<double>(size + 2);
      CHECK(akin_test::distance(akin_test::transposed_product(r, r), exact) <= unit * akin_test::norm(exact));

      const auto b = akin_test::normal_numbers<TestType>(size, 62);
      std::vector<TestType> x(static_cast<std::size_t>(stride));
      std::copy(b.begin(), b.end(), x.begin());
      kernels::call_on<kernels::upper_solve_kernel>(set, static_cast<const TestType*>(factor.data()), x.data(), size,
                                                    stride);
      Eigen::VectorXd solution(size), right(size);
      for (std::int64_t i = 0; i < size; ++i) {
        solution(i) = static_cast<double>(x[static_cast<std::size_t>(i)]);
        right(i) = static_cast<double>(b[static_cast<std::size_t>(i)]);
      }
      CHECK(akin_test::distance(akin_test::times(exact, solution), right) <= 10 * unit * akin_test::norm(right));
      for (std::size_t i = static_cast<std::size_t>(size); i < x.size(); ++i) REQUIRE(x[i] == 0);
    }
}

TEST_CASE("an upper factor by hand") {
  padded<double> a(2);
  a.at(0, 0) = 4, a.at(0, 1) = 2, a.at(1, 1) = 10;
  REQUIRE(kernels::cholesky_upper(a.data(), 2, a.stride));
  CHECK(a.at(0, 0) == Approx(1 / 2.0));
  CHECK(a.at(0, 1) == Approx(1));
  CHECK(a.at(1, 1) == Approx(1 / 3.0));
  std::vector<double> b(static_cast<std::size_t>(a.stride));
  b[0] = 8, b[1] = 13;
  kernels::cholesky_upper_solve<double>(a.data(), b.data(), 2, a.stride);
  CHECK(b[0] == Approx(1.5));
  CHECK(b[1] == Approx(1));
}

TEST_CASE("what is not positive definite has no upper factor, wherever it shows") {
  const std::int64_t size = 37;
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t at : {0, 1, 7, 8, 17, 36})
      for (const double bad : {0.0, -1.0, infinity, not_a_number}) {
        CAPTURE(static_cast<int>(set), at, bad);
        auto diagonal = positive_definite<double>(set, size, 63);
        diagonal.at(at, at) = bad;
        CHECK_FALSE(kernels::call_on<kernels::upper_cholesky_kernel>(set, diagonal.data(), size, diagonal.stride));
        if (at == size - 1 || std::isfinite(bad)) continue;
        auto beside = positive_definite<double>(set, size, 63);
        beside.at(at, at + 1) = bad;
        CHECK_FALSE(kernels::call_on<kernels::upper_cholesky_kernel>(set, beside.data(), size, beside.stride));
      }
}

TEMPLATE_TEST_CASE("weighted rows are gathered as they are and transposed", "", float, double) {
  const auto rows = akin_test::normal_numbers<TestType>(50 * 33, 64);
  const auto scale = akin_test::normal_numbers<TestType>(33, 65);
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t k : {1, 3, 16, 33})
      for (const std::int64_t count : {1, 4, 6, 17, 40}) {
        CAPTURE(static_cast<int>(set), k, count);
        std::vector<int> ids;
        for (std::int64_t i = 0; i < count; ++i) ids.push_back(static_cast<int>(7 * i % 50));
        const auto weights = akin_test::normal_numbers<TestType>(count, 66);
        const kernels::weighted_rows<TestType, int> y{rows.data(), k, ids.data(), weights.data(), count};

        const std::int64_t stride = kernels::padded_stride<TestType>(k);
        const std::int64_t transposed_stride = kernels::padded_stride<TestType>(count);
        std::vector<TestType> s(static_cast<std::size_t>(count * stride), 5);
        std::vector<TestType> transposed(static_cast<std::size_t>(k * transposed_stride), 5);
        kernels::call_on<kernels::scaled_rows_kernel>(set, &y, std::int64_t{1}, count - 1, s.data(), stride);
        kernels::call_on<kernels::transposed_rows_kernel>(set, &y, scale.data(), transposed.data(), transposed_stride);
        for (std::int64_t d = 0; d < kernels::padded_columns<TestType>(k); ++d)
          for (std::int64_t i = 1; i < count; ++i)
            REQUIRE(s[static_cast<std::size_t>((i - 1) * stride + d)] ==
                    (d < k ? weights[static_cast<std::size_t>(i)] * y.row(i)[d] : 0));
        for (std::int64_t d = 0; d < k; ++d)
          for (std::int64_t i = 0; i < kernels::padded_columns<TestType>(count); ++i)
            REQUIRE(transposed[static_cast<std::size_t>(d * transposed_stride + i)] ==
                    (i < count
                         ? scale[static_cast<std::size_t>(d)] * (weights[static_cast<std::size_t>(i)] * y.row(i)[d])
                         : 0));
      }
}
