#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include <akin/matrix.hpp>

#include "support/catch.hpp"
#include "support/random_data.hpp"

namespace detail = akin::detail;
namespace execution = akin::execution;
using Catch::Matchers::Message;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

// 2 x 4 with the given second row; the first is (0: 1, 3: 2).
struct two_rows {
  std::vector<int> offsets, columns = {0, 3};
  std::vector<float> values = {1, 2};

  two_rows(const std::vector<int>& more_columns, const std::vector<float>& more_values) {
    columns.insert(columns.end(), more_columns.begin(), more_columns.end());
    values.insert(values.end(), more_values.begin(), more_values.end());
    offsets = {0, 2, static_cast<int>(columns.size())};
  }
  Eigen::Map<const akin::sparse_matrix<float>> map() const {
    return {2, 4, static_cast<Eigen::Index>(columns.size()), offsets.data(), columns.data(), values.data()};
  }
};

// All cells of a sparse matrix.
template <class Matrix>
akin::dense_matrix<typename Matrix::Scalar> dense(const Matrix& x) {
  return x;
}

}  // namespace

TEST_CASE("a dense array is row-major, zero at first, and seen by Eigen in place") {
  detail::dense_storage<double> x(2, 3);
  x.mutable_view().row(1)[2] = 5;
  const akin::dense_matrix<double> expected{{0, 0, 0}, {0, 0, 5}};
  CHECK(x.map() == expected);
  CHECK(x.map().data() == x.view().data);
  CHECK((x.view().rows == 2 && x.view().cols == 3));
  const auto copy = x;
  x.mutable_view().row(0)[0] = 1;
  CHECK(copy.map() == expected);
  CHECK(detail::dense_storage<float>(0, 3).map().size() == 0);
  CHECK_THROWS_AS(detail::dense_storage<float>(std::int64_t{1} << 40, std::int64_t{1} << 40), std::length_error);
  CHECK_THROWS_AS(detail::dense_storage<float>(-1, 3), std::length_error);
}

TEST_CASE("an empty sparse array has no rows and may be looked at") {
  const detail::csr_storage<float, int> x;
  CHECK((x.rows() == 0 && x.cols() == 0 && x.nonzeros() == 0));
  CHECK(x.view().nonzeros() == 0);
  CHECK(x.map().nonZeros() == 0);
  const detail::csr_storage<float, int> copy(x.view());
  CHECK(copy.rows() == 0);
}

TEMPLATE_TEST_CASE("a sparse array copies what a view shows", "", std::int32_t, std::int64_t) {
  const auto x = akin_test::random_sparse<float, TestType>(13, 17, 0.2, 5);
  const auto view = detail::view_of(x, "here");
  CHECK(view.values == x.valuePtr());
  const detail::csr_storage<float, TestType> copy(view);
  CHECK(copy.view().values != x.valuePtr());
  CHECK((copy.rows() == 13 && copy.cols() == 17 && copy.nonzeros() == x.nonZeros()));
  CHECK(dense(copy.map()) == dense(x));
}

TEST_CASE("own copies what is lent and takes what is moved in") {
  akin::sparse_matrix<float> x = akin_test::random_sparse<float>(20, 30, 0.1, 6);
  const akin::sparse_matrix<float> original = x;
  const auto copy = detail::own<float, int>(x);
  CHECK(copy.view().values != x.valuePtr());
  CHECK(dense(copy.map()) == dense(original));

  const Eigen::Map<const akin::sparse_matrix<float>> map(20, 30, x.nonZeros(), x.outerIndexPtr(), x.innerIndexPtr(),
                                                         x.valuePtr());
  CHECK(detail::own<float, int>(map).view().values != x.valuePtr());
  CHECK(detail::own<float, int>(std::move(std::as_const(x))).view().values != x.valuePtr());

  const float* const values = x.valuePtr();
  const int *const columns = x.innerIndexPtr(), *const offsets = x.outerIndexPtr();
  const auto taken = detail::own<float, int>(std::move(x));
  CHECK(taken.view().values == values);
  CHECK(taken.view().columns == columns);
  CHECK(taken.view().offsets == offsets);
  CHECK(dense(taken.map()) == dense(original));
  const auto shared = taken;
  CHECK(shared.view().values == values);
}

TEST_CASE("own takes matrices without rows or elements") {
  for (const auto& [rows, cols] : {std::pair{0, 0}, {0, 5}, {5, 0}, {3, 4}}) {
    CAPTURE(rows, cols);
    const auto taken = detail::own<float, int>(akin::sparse_matrix<float>(rows, cols));
    CHECK((taken.rows() == rows && taken.cols() == cols && taken.nonzeros() == 0));
    CHECK(taken.map().nonZeros() == 0);
  }
  CHECK(detail::own<float, int>(akin::sparse_matrix<float>()).rows() == 0);
}

TEST_CASE("a matrix that is not compressed is refused") {
  akin::sparse_matrix<float> x = akin_test::random_sparse<float>(5, 5, 0.5, 7);
  x.uncompress();
  const auto expected = Message("here: the sparse matrix must be compressed, call makeCompressed() first");
  CHECK_THROWS_MATCHES(detail::view_of(x, "here"), std::invalid_argument, expected);
  CHECK_THROWS_MATCHES((detail::checked_view<float, int>(execution::seq, x, "here")), std::invalid_argument, expected);
  CHECK_THROWS_MATCHES((detail::checked_own<float, int>(x, "here")), std::invalid_argument, expected);
}

TEST_CASE("interactions are refused by the first fault, in a sentence that names the place") {
  const std::string order = "here: column ids must be ascending, unique and below 4, got ";
  const struct {
    std::vector<int> columns;
    std::vector<float> values;
    std::string message;
  } cases[] = {
      {{2, 1}, {1, 1}, order + "1 after 2 in row 1"},
      {{1, 1}, {1, 1}, order + "1 after 1 in row 1"},
      {{0, 4}, {1, 1}, order + "4 after 0 in row 1"},
      {{1, 2, 3, 4}, {1, 1, not_a_number, 1}, "here: values must be finite, got nan in row 1, column 3"},
      {{0}, {infinity}, "here: values must be finite, got inf in row 1, column 0"},
      {{0}, {-infinity}, "here: values must be finite, got -inf in row 1, column 0"},
  };
  for (const auto& bad : cases) {
    const two_rows x(bad.columns, bad.values);
    for (const int threads : {1, 2})
      CHECK_THROWS_MATCHES((detail::checked_view<float, int>(execution::par.threads(threads), x.map(), "here")),
                           std::invalid_argument, Message(bad.message));
    CHECK_THROWS_MATCHES((detail::checked_own<float, int>(x.map(), "here")), std::invalid_argument,
                         Message(bad.message));
  }
  for (const int outside : {-1, -7, 4, 1000})
    CHECK_THROWS_AS((detail::checked_own<float, int>(two_rows({outside}, {1}).map(), "here")), std::invalid_argument);
  CHECK_NOTHROW(detail::checked_view<float, int>(execution::seq, two_rows({0, 1, 2, 3}, {0, -1, 1, 0}).map(), "here"));
  CHECK_NOTHROW(detail::checked_view<float, int>(execution::seq, two_rows({}, {}).map(), "here"));
}

TEST_CASE("of several faulty rows the first is named") {
  akin::sparse_matrix<float> x = akin_test::random_sparse<float>(300, 20, 0.3, 8);
  for (const int row : {250, 111, 112}) {
    x.coeffRef(row, 3) = not_a_number;
    x.makeCompressed();
  }
  for (const int threads : {1, 2, 3})
    CHECK_THROWS_MATCHES((detail::checked_view<float, int>(execution::par.threads(threads), x, "here")),
                         std::invalid_argument, Message("here: values must be finite, got nan in row 111, column 3"));
}

TEST_CASE("a matrix whose offsets do not ascend from 0 is refused before it is read") {
  const struct {
    std::vector<int> offsets;
    const char* message;
  } cases[] = {{{0, 3, 2}, "here: the offsets of the rows must ascend from 0, got 3 to 2 for row 1"},
               {{1, 2, 2}, "here: the offsets of the rows must ascend from 0, got 1 to 2 for row 0"},
               {{0, -1, 2}, "here: the offsets of the rows must ascend from 0, got 0 to -1 for row 0"}};
  for (const auto& bad : cases) {
    two_rows x({}, {});
    x.offsets = bad.offsets;
    CHECK_THROWS_MATCHES((detail::checked_own<float, int>(x.map(), "here")), std::invalid_argument,
                         Message(bad.message));
  }
}

TEST_CASE("histories need a column for each item") {
  CHECK_NOTHROW(detail::require_columns(4, 4, "here"));
  CHECK_THROWS_MATCHES(detail::require_columns(3, 4, "here"), std::invalid_argument,
                       Message("here: the histories must have a column for each of the 4 items, got 3"));
}

TEMPLATE_TEST_CASE("the transpose is Eigen's", "", std::int32_t, std::int64_t) {
  const std::pair<TestType, TestType> shapes[] = {{1, 1}, {0, 5}, {5, 0}, {0, 0}, {1, 40}, {40, 1}, {30, 50}};
  for (const auto& [rows, cols] : shapes)
    for (const double density : {0.0, 0.1, 1.0}) {
      CAPTURE(rows, cols, density);
      const auto x = akin_test::random_sparse<double, TestType>(rows, cols, density, 9);
      const auto transposed = detail::transpose(detail::view_of(x, "here"));
      const akin::sparse_matrix<double, TestType> expected = x.transpose();
      CHECK((transposed.rows() == cols && transposed.cols() == rows && transposed.nonzeros() == x.nonZeros()));
      CHECK(dense(transposed.map()) == dense(expected));
      CHECK_NOTHROW(detail::check_interactions(execution::seq, transposed.view(), "transposed"));
    }
}
