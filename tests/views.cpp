#include <cstdint>
#include <type_traits>
#include <vector>

#include <Eigen/SparseCore>

#include <akin/views.hpp>

#include "support/catch.hpp"

namespace {

using matrix = Eigen::SparseMatrix<float, Eigen::RowMajor, std::int32_t>;

template <class T>
std::vector<std::remove_const_t<T>> elements(akin::slice<T> slice) {
  return {slice.begin(), slice.end()};
}

// 0 1 .
// . . .
// 2 . 3
matrix small() {
  matrix x(3, 3);
  x.insert(0, 0) = 0;
  x.insert(0, 1) = 1;
  x.insert(2, 0) = 2;
  x.insert(2, 2) = 3;
  x.makeCompressed();
  return x;
}

}  // namespace

TEST_CASE("a slice is a pointer and a size") {
  int numbers[] = {4, 5, 6};
  const akin::slice<int> all{numbers, 3};
  all[1] = 7;
  CHECK(elements(all) == std::vector{4, 7, 6});
  CHECK_FALSE(all.empty());
  CHECK(akin::slice<int>{}.empty());
  CHECK(elements(akin::slice<int>{}).empty());
}

TEST_CASE("rows of a dense view lie one after the other") {
  double numbers[] = {0, 1, 2, 3, 4, 5};
  const akin::rows_view<double> view{numbers, 3, 2};
  CHECK(view.row(2) == numbers + 4);
  const akin::rows_view<const double> constant = view;
  CHECK((constant.row(1)[1] == 3 && constant.rows == 3 && constant.cols == 2));
  STATIC_REQUIRE(!std::is_convertible_v<akin::rows_view<const double>, akin::rows_view<double>>);
}

TEST_CASE("rows of a compressed view are its columns and values, empty rows too") {
  const matrix x = small();
  const akin::csr_view<float, std::int32_t> view{x.rows(), x.cols(), x.outerIndexPtr(), x.innerIndexPtr(),
                                                 x.valuePtr()};
  CHECK(view.nonzeros() == 4);
  CHECK((view.row_size(0) == 2 && view.row_size(1) == 0 && view.row_size(2) == 2));
  CHECK(elements(view.row(2).ids) == std::vector<std::int32_t>{0, 2});
  CHECK(elements(view.row(2).values) == std::vector<float>{2, 3});
  CHECK(view.row(2).size() == 2);
  CHECK(view.row(1).empty());
  CHECK(elements(view.pattern().row(0)) == std::vector<std::int32_t>{0, 1});
  CHECK(akin::csr_view<float, std::int32_t>{}.nonzeros() == 0);
}

TEST_CASE("a row-major matrix or a map of one converts to its pattern") {
  const matrix x = small();
  const akin::sparsity_view<std::int32_t> pattern = x;
  CHECK((pattern.rows == 3 && pattern.cols == 3 && pattern.nonzeros() == 4));
  CHECK(pattern.columns == x.innerIndexPtr());
  CHECK(elements(pattern.row(2)) == std::vector<std::int32_t>{0, 2});

  const Eigen::Map<const matrix> map(x.rows(), x.cols(), x.nonZeros(), x.outerIndexPtr(), x.innerIndexPtr(),
                                     x.valuePtr());
  const akin::sparsity_view<std::int32_t> mapped = map;
  CHECK((mapped.offsets == pattern.offsets && mapped.columns == pattern.columns));

  const akin::sparsity_view<std::int32_t> nothing;
  CHECK((nothing.rows == 0 && nothing.nonzeros() == 0));
}

TEST_CASE("a matrix that is not compressed has no offsets, for a check to refuse") {
  matrix x = small();
  x.uncompress();
  const akin::sparsity_view<std::int32_t> pattern = x;
  CHECK(pattern.offsets == nullptr);
  CHECK(pattern.rows == 3);
}

TEST_CASE("what has rows in the wrong direction or ids of another type does not convert") {
  using pattern = akin::sparsity_view<std::int32_t>;
  STATIC_REQUIRE(std::is_convertible_v<const matrix&, pattern>);
  STATIC_REQUIRE(!std::is_convertible_v<const Eigen::SparseMatrix<float, Eigen::ColMajor, std::int32_t>&, pattern>);
  STATIC_REQUIRE(!std::is_convertible_v<const Eigen::SparseMatrix<float, Eigen::RowMajor, std::int64_t>&, pattern>);
  STATIC_REQUIRE(!std::is_convertible_v<int, pattern>);
}
