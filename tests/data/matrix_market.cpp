#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <akin/data/matrix_market.hpp>

#include "data/reading.hpp"
#include "io/folder.hpp"
#include "support/catch.hpp"

namespace {

template <class Scalar = float>
akin::sparse_matrix<Scalar> read(std::string_view text, const akin::matrix_market_options& options = {}) {
  return akin::detail::matrix_market_reader<Scalar>(input(text, "m.mtx"), options).read();
}

std::string refusal(std::string_view text, const akin::matrix_market_options& options = {}) {
  return message([&] { return read(text, options); });
}

const std::string real = "%%MatrixMarket matrix coordinate real general\n";

}  // namespace

TEST_CASE("real, integer and pattern matrices") {
  const auto matrix = read(real + "% a comment\n\n3 4 3\n3 4 -1.5\n1 2 2e1\r\n% another\n 1\t1  3");
  CHECK(matrix.rows() == 3);
  CHECK(matrix.cols() == 4);
  CHECK(matrix.nonZeros() == 3);
  CHECK(matrix.isCompressed());
  CHECK(matrix.coeff(2, 3) == -1.5f);
  CHECK(matrix.coeff(0, 1) == 20);
  CHECK(matrix.innerIndexPtr()[0] == 0);
  CHECK(read("%%MatrixMarket MATRIX Coordinate Integer General\n1 1 1\n1 1 7\n").coeff(0, 0) == 7);
  CHECK(read("%%MatrixMarket matrix coordinate pattern general\n2 2 2\n2 1\n1 1").coeff(1, 0) == 1);
  CHECK(read<double>(real + "1 1 1\n1 1 0.1\n").coeff(0, 0) == 0.1);
  CHECK(read(real + "0 0 0\n").rows() == 0);
  CHECK(read(real + "5 0 0\n").rows() == 5);
}

TEST_CASE("claimed sizes are not trusted") {
  CHECK(refusal(real + "2147483649 1 1\n1 1 1\n") ==
        "m.mtx:2:1: rows must be a whole number from 0 to 2147483647, got \"2147483649\"");
  CHECK(refusal(real + "1 99999999999999999999 1\n1 1 1\n") ==
        "m.mtx:2:2: columns must be a whole number from 0 to 2147483647, got \"99999999999999999999\"");
  CHECK(refusal(real + "2147483647 1 1\n1 1 1\n") ==
        "m.mtx:2:1: rows must be at most maximum_rows, 134217728, got 2147483647");
  CHECK(refusal(real + "3 1 0\n", {.maximum_rows = 2}) == "m.mtx:2:1: rows must be at most maximum_rows, 2, got 3");
  CHECK(refusal(real + "1 2147483647 1\n1 1 1\n") ==
        "m.mtx:2:2: columns must be at most maximum_columns, 134217728, got 2147483647");
  CHECK(refusal(real + "1 3 0\n", {.maximum_columns = 2}) ==
        "m.mtx:2:2: columns must be at most maximum_columns, 2, got 3");
  CHECK(refusal(real + "9 9 2147483647\n1 1 1\n") ==
        "m.mtx:2:3: entries must be at most 1 in a file of this size, got 2147483647");
  CHECK(refusal(real + "9 9 -1\n") == "m.mtx:2:3: entries must be a whole number from 0 to 2147483647, got \"-1\"");
  CHECK(refusal("%%MatrixMarket matrix coordinate pattern general\n9 9 3\n1 1\n1 2") ==
        "m.mtx:2:3: entries must be at most 2 in a file of this size, got 3");
  CHECK(read("%%MatrixMarket matrix coordinate pattern general\n9 9 2\n1 1\n1 2").nonZeros() == 2);
}

TEST_CASE("what is no such file is refused with its place") {
  CHECK(refusal("") == "m.mtx:1: the first line must be %%MatrixMarket matrix coordinate real general");
  CHECK(refusal("1 1 1\n") == "m.mtx:1: the first line must be %%MatrixMarket matrix coordinate real general");
  CHECK(refusal("%%MatrixMarket matrix array real general\n") ==
        "m.mtx:1:3: only coordinate can be read here, got \"array\"");
  CHECK(refusal("%%MatrixMarket matrix coordinate complex general\n") ==
        "m.mtx:1:4: only real integer double pattern can be read here, got \"complex\"");
  CHECK(refusal("%%MatrixMarket matrix coordinate real symmetric\n") ==
        "m.mtx:1:5: only general can be read here, got \"symmetric\"");
  CHECK(refusal("%%MatrixMarket matrix coordinate real\n") == "m.mtx:1:5: only general can be read here, got \"\"");
  CHECK(refusal(real) == "m.mtx:1: a line with rows, columns and entries must follow");
  CHECK(refusal(real + "1 1\n") == "m.mtx:2:3: entries must be a whole number from 0 to 2147483647, got \"\"");
  CHECK(refusal(real + "1 1 1 1\n1 1 1\n") == "m.mtx:2:4: the line must end here, got \"1\"");
  CHECK(refusal(real + "2 2 1\n3 1 1\n") == "m.mtx:3:1: row must be a whole number from 1 to 2, got \"3\"");
  CHECK(refusal(real + "2 2 1\n0 1 1\n") == "m.mtx:3:1: row must be a whole number from 1 to 2, got \"0\"");
  CHECK(refusal(real + "2 2 1\n1 3 1\n") == "m.mtx:3:2: column must be a whole number from 1 to 2, got \"3\"");
  CHECK(refusal(real + "2 2 1\n1 1 nan\n") == "m.mtx:3:3: value must be a finite number, got \"nan\"");
  CHECK(refusal(real + "2 2 1\n1 1 1e39\n") == "m.mtx:3:3: value must be a finite number, got \"1e39\"");
  CHECK(refusal(real + "2 2 1\n1 1        \n") == "m.mtx:3:3: value must be a finite number, got \"\"");
  CHECK(refusal(real + "2 2 1\n1 1 1 1\n") == "m.mtx:3:4: the line must end here, got \"1\"");
  CHECK(refusal(real + "2 2 2\n1 1 1\n%       \n") == "m.mtx:4: the file must have 2 entries, it ends after 1");
  CHECK(refusal(real + "2 2 1\n1 1 1\n1 2 1\n") == "m.mtx:4: the file must end after the 1 entries that it promises");
  CHECK(refusal(real + "2 2 2\n1 2 1\n1 2 3\n") == "m.mtx: each entry must come once, row 1, column 2 comes twice");
}

TEST_CASE("what is written is read again, bit for bit") {
  const folder here;
  akin::sparse_matrix<float> matrix(4, 3);
  const std::vector<Eigen::Triplet<float>> cells = {{0, 2, 0.1f},
                                                    {0, 1, -3},
                                                    {2, 0, std::numeric_limits<float>::denorm_min()},
                                                    {3, 2, std::numeric_limits<float>::max()},
                                                    {3, 1, 16777216.0f}};
  matrix.setFromTriplets(cells.begin(), cells.end());
  akin::write_matrix_market(matrix, here / "m.mtx");
  CHECK(read_text(here / "m.mtx")
            .starts_with("%%MatrixMarket matrix coordinate real general\n4 3 5\n1 2 -3\n1 3 0.1\n3 1 1e-45\n"));
  const auto again = akin::read_matrix_market(here / "m.mtx");
  CHECK(again.rows() == 4);
  CHECK(again.nonZeros() == 5);
  for (const auto& cell : cells) CHECK(again.coeff(cell.row(), cell.col()) == cell.value());

  akin::sparse_matrix<double, std::int64_t> wide(1, 1);
  wide.insert(0, 0) = 0.1;
  wide.makeCompressed();
  akin::write_matrix_market(wide, here / "wide.mtx");
  CHECK(akin::read_matrix_market<double>(here / "wide.mtx").coeff(0, 0) == 0.1);

  const akin::sparse_matrix<float> none(0, 0);
  akin::write_matrix_market(none, here / "none.mtx");
  CHECK(akin::read_matrix_market(here / "none.mtx").rows() == 0);
}

TEST_CASE("what cannot be written") {
  const folder here;
  akin::sparse_matrix<float> loose(2, 2);
  loose.insert(0, 0) = 1;
  REQUIRE_FALSE(loose.isCompressed());
  CHECK(message<std::invalid_argument>([&] { return akin::write_matrix_market(loose, here / "m.mtx"), 0; }) ==
        "write_matrix_market: the sparse matrix must be compressed, call makeCompressed() first");
  loose.makeCompressed();
  CHECK(message<std::runtime_error>([&] {
          return akin::write_matrix_market(loose, here / "no" / "m.mtx"), 0;
        }).find("cannot be written") != std::string::npos);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
TEST_CASE("write_matrix_market still takes the path first") {
  const folder here;
  const akin::sparse_matrix<float> none(3, 2);
  akin::write_matrix_market(here / "m.mtx", none);
  CHECK(akin::read_matrix_market(here / "m.mtx").rows() == 3);
}
#pragma GCC diagnostic pop
