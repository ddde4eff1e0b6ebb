#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/content/content_model.hpp>
#include <akin/data/npy.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/random.hpp>

#include "data/reading.hpp"
#include "io/folder.hpp"
#include "support/catch.hpp"
#include "support/paths.hpp"

namespace {

std::filesystem::path by_numpy(const char* name) {
  return std::filesystem::path(akin_test::test_folder()) / "data" / "npy" / name;
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// A file of version 1 with this dictionary and these elements.
std::string file_of(std::string_view dictionary, std::string_view elements) {
  std::string text("\x93NUMPY\x01\x00", 8);
  text += static_cast<char>(dictionary.size() & 0xFF);
  text += static_cast<char>(dictionary.size() >> 8);
  return text.append(dictionary).append(elements);
}

template <class Scalar = float>
akin::dense_matrix<Scalar> read(std::string_view file) {
  return akin::detail::read_npy<Scalar>(std::as_bytes(std::span(file)), "x.npy");
}

std::string refusal(std::string_view file) {
  return message([&] { return read(file); });
}

std::string refusal_of(std::string_view dictionary, std::string_view elements = "") {
  return refusal(file_of(dictionary, elements));
}

/// (row * 4 + column) / 4 - 1, as in the files that NumPy wrote.
akin::dense_matrix<float> quarters(int rows) {
  akin::dense_matrix<float> matrix(rows, 4);
  for (int i = 0; i < rows * 4; ++i) matrix(i / 4, i % 4) = static_cast<float>(i) / 4 - 1;
  return matrix;
}

}  // namespace

TEST_CASE("files that NumPy wrote") {
  CHECK(akin::read_npy(by_numpy("float32.npy")) == quarters(3));
  CHECK(akin::read_npy<double>(by_numpy("float32.npy")) == quarters(3).cast<double>());
  CHECK(akin::read_npy(by_numpy("float64_columns.npy")) == quarters(3));
  CHECK(akin::read_npy<double>(by_numpy("float64_columns.npy")) == quarters(3).cast<double>());
  CHECK(akin::read_npy(by_numpy("version_2.npy")) == quarters(2));

  akin::dense_matrix<double> half(2, 4);
  half << 1.5, -2, 0, 65504, 0x1p-24, 0x1p-14, std::numeric_limits<double>::infinity(), 0.333251953125;
  CHECK(akin::read_npy<double>(by_numpy("float16.npy")) == half);

  akin::dense_matrix<double> whole(2, 2);
  whole << 1, -2, 300, -1099511627776.0;
  CHECK(akin::read_npy<double>(by_numpy("int64_big_endian.npy")) == whole);

  const auto truth = akin::read_npy(by_numpy("bool_vector.npy"));
  CHECK(truth.rows() == 3);
  CHECK(truth.cols() == 1);
  CHECK(truth == Eigen::Vector3f(1, 0, 1));

  const auto empty = akin::read_npy(by_numpy("empty.npy"));
  CHECK(empty.rows() == 0);
  CHECK(empty.cols() == 5);
}

TEST_CASE("every kind of number") {
  const auto one = [](std::string_view type, std::string_view bytes) {
    return read<double>(
        file_of("{'descr': '" + std::string(type) + "', 'fortran_order': False, 'shape': (1,), }\n", bytes))(0, 0);
  };
  using namespace std::string_view_literals;
  CHECK(one("|i1", "\xFF"sv) == -1);
  CHECK(one("|u1", "\xFF"sv) == 255);
  CHECK(one("<i2", "\x00\x80"sv) == -32768);
  CHECK(one(">i2", "\x80\x01"sv) == -32767);
  CHECK(one("<u2", "\x00\x80"sv) == 32768);
  CHECK(one("<i4", "\xFE\xFF\xFF\xFF"sv) == -2);
  CHECK(one(">u4", "\xFF\xFF\xFF\xFE"sv) == 4294967294.0);
  CHECK(one("<i8", "\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF"sv) == -2);
  CHECK(one("<u8", "\x00\x00\x00\x00\x00\x00\x00\x80"sv) == 9223372036854775808.0);
  CHECK(one(">f4", "\xC0\x40\x00\x00"sv) == -3);
  CHECK(one(">f8", "\x40\x08\x00\x00\x00\x00\x00\x00"sv) == 3);
  CHECK(one("|b1", "\x02"sv) == 1);
  CHECK(std::isnan(one("<f2", "\x01\x7C"sv)));
  CHECK(one("<f2", "\x00\xFC"sv) == -std::numeric_limits<double>::infinity());
}

TEST_CASE("dictionaries of other writers") {
  const std::string_view two("\x00\x00\x80\x3F\x00\x00\x00\x40", 8);
  for (const char* dictionary : {"{\"shape\": (2,), \"descr\": \"<f4\", \"fortran_order\": False}",
                                 "{'descr':'<f4','fortran_order':True,'shape':(2,1)}\n",
                                 "  {'fortran_order': False, 'shape': (2, 1,), 'descr': '<f4', }   \n"}) {
    INFO(dictionary);
    CHECK(read(file_of(dictionary, two)) == Eigen::Vector2f(1, 2));
  }
}

TEST_CASE("what is no .npy file is a sentence") {
  CHECK(refusal("") == "x.npy: the file must begin as a .npy file");
  CHECK(refusal("PK\x03\x04") == "x.npy: the file must begin as a .npy file");
  CHECK(refusal("\x93NUMPY") == "x.npy: the file must be longer than its header, got 6 bytes");
  CHECK(refusal(std::string("\x93NUMPY\x04\x00\x00\x00\x00\x00", 12)) == "x.npy: the version must be 1, 2 or 3, got 4");
  CHECK(refusal(std::string("\x93NUMPY\x01\x00\xFF\xFF  ", 12)) ==
        "x.npy: the file must be longer than its header, got 12 bytes");
  CHECK(refusal(std::string("\x93NUMPY\x02\x00\xFF\xFF\xFF\xFF", 12)) ==
        "x.npy: the file must be longer than its header, got 12 bytes");
  CHECK(refusal_of("{'descr': '<f4'}") == "x.npy: the header must name descr, fortran_order and shape, got \"\"");
  CHECK(refusal_of("{'descr': '<U2', 'fortran_order': False, 'shape': (1,)}") ==
        "x.npy: elements must be real, whole or truth values of at most 8 bytes, got \"<U2\"");
  CHECK(refusal_of("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}") ==
        "x.npy: the header must have one type of number in quotes, got \"[('a', '<f4')], 'fortran_order': False, \"");
  CHECK(refusal_of("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}") ==
        "x.npy: the header must say True or False, got \"0, 'shape': (1,)}\"");
  CHECK(refusal_of("{'descr': '<f4', 'fortran_order': False, 'shape': ()}") ==
        "x.npy: the header must have one or two dimensions, got \"}\"");
  CHECK(refusal_of("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}") ==
        "x.npy: the header must have a size, got \"-1,)}\"");
  CHECK(refusal_of("{'descr': '<f4', 'shape': (99999999999999999999,)}") ==
        "x.npy: the header must have a size, got \"99999999999999999999,)}\"");
  CHECK(refusal_of("{'more': 1}") == "x.npy: the header must name descr, fortran_order and shape alone, got \" 1}\"");
  CHECK(refusal_of("{'descr': '<f4', 'fortran_order': False, 'shape': (0,)} x") ==
        "x.npy: the header must end after its dictionary, got \"x\"");
  CHECK(refusal_of("['descr']") == "x.npy: the header must have {, got \"['descr']\"");
  CHECK(refusal_of("{'descr") == "x.npy: the header must have a name in quotes, got \"'descr\"");
}

TEST_CASE("the shape of a .npy file is not trusted") {
  const auto sized = [](std::string_view shape) {
    return "{'descr': '<f4', 'fortran_order': False, 'shape': " + std::string(shape) + "}";
  };
  CHECK(refusal_of(sized("(2, 1)"), "1234") ==
        "x.npy: 2 x 1 elements of 4 bytes must fill the file, which has 4 bytes for them");
  CHECK(refusal_of(sized("(1, 1)"), "12345678") ==
        "x.npy: 1 x 1 elements of 4 bytes must fill the file, which has 8 bytes for them");
  CHECK(refusal_of(sized("(1, 1)"), "12345") ==
        "x.npy: 1 x 1 elements of 4 bytes must fill the file, which has 5 bytes for them");
  CHECK(refusal_of(sized("(0, 4)"), "1234") ==
        "x.npy: 0 x 4 elements of 4 bytes must fill the file, which has 4 bytes for them");
  CHECK(refusal_of(sized("(4611686018427387904, 4)"), "1234") ==
        "x.npy: 4611686018427387904 x 4 elements of 4 bytes must fill the file, which has 4 bytes for them");
  CHECK(read(file_of(sized("(9223372036854775807, 0)"), "")).cols() == 0);
}

TEST_CASE("numbers beyond the range of the matrix") {
  const std::string file = file_of("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2)}",
                                   std::string_view("\0\0\0\0\0\0\0\0\x9C\x75\x00\x88\x3C\xE4\x37\xFE", 16));
  CHECK(refusal(file) == "x.npy: elements must be in the range of the matrix, got -1e+300 in row 0, column 1");
  CHECK(read<double>(file)(0, 1) == -1e300);
}

TEST_CASE("written as NumPy writes it") {
  const folder scratch;
  akin::write_npy(quarters(3), scratch / "a.npy");
  CHECK(bytes_of(scratch / "a.npy") == bytes_of(by_numpy("float32.npy")));
  const Eigen::MatrixXf columns = quarters(3);
  akin::write_npy(columns, scratch / "a.npy");
  CHECK(bytes_of(scratch / "a.npy") == bytes_of(by_numpy("float32.npy")));
  akin::write_npy(quarters(5).middleRows(0, 3), scratch / "a.npy");
  CHECK(bytes_of(scratch / "a.npy") == bytes_of(by_numpy("float32.npy")));
}

TEST_CASE("what is written is read back") {
  const folder scratch;
  const auto path = scratch / "a.npy";
  const akin::random_stream random(7);
  akin::dense_matrix<double> numbers(17, 5);
  for (Eigen::Index i = 0; i < numbers.size(); ++i) numbers.data()[i] = random.normal(static_cast<std::uint64_t>(i));
  akin::write_npy(numbers, path);
  CHECK(akin::read_npy<double>(path) == numbers);
  akin::write_npy(numbers.block(2, 1, 7, 3) * 2, path);
  CHECK(akin::read_npy<double>(path) == numbers.block(2, 1, 7, 3) * 2);

  const Eigen::Matrix<std::int32_t, Eigen::Dynamic, 1> ids = Eigen::Vector3i(5, -1, 7);
  akin::write_npy(ids, path);
  CHECK(bytes_of(path).find("'shape': (3,)") != std::string::npos);
  CHECK(akin::read_npy<double>(path) == ids.cast<double>());
  const Eigen::Matrix<std::int64_t, 1, 2> row(1, std::int64_t{1} << 40);
  akin::write_npy(row, path);
  CHECK(akin::read_npy<double>(path) == row.transpose().cast<double>());

  akin::write_npy(akin::dense_matrix<float>(0, 3), path);
  CHECK(akin::read_npy(path).cols() == 3);
}

TEST_CASE("files that cannot be read or written are named") {
  const folder scratch;
  const auto missing = message<std::runtime_error>([&] { return akin::read_npy(scratch / "missing.npy"); });
  CHECK(missing.starts_with("read_npy: \""));
  CHECK(missing.ends_with("missing.npy\" cannot be opened: No such file or directory"));
  std::ofstream(scratch / "text.npy") << "user,item\n";
  const auto text = message([&] { return akin::read_npy(scratch / "text.npy"); });
  CHECK(text.ends_with("text.npy\": the file must begin as a .npy file"));
  CHECK_THROWS_AS(akin::write_npy(quarters(1), scratch / "no folder" / "a.npy"), std::runtime_error);
}

TEST_CASE("embeddings of a file become a model") {
  const folder scratch;
  akin::dense_matrix<float> users(2, 2), items(3, 2);
  users << 1, 0, 0, 2;
  items << 3, 1, 1, 4, 0, 0;
  akin::write_npy(users, scratch / "users.npy");
  akin::write_npy(items, scratch / "items.npy");
  const akin::factor_model<float> model(akin::read_npy(scratch / "users.npy"), akin::read_npy(scratch / "items.npy"));
  CHECK(model.score(1, 1) == 8);
  akin::sparse_matrix<float> seen(2, 3);
  seen.insert(0, 0) = 1;
  seen.makeCompressed();
  akin::content_model<float> content;
  content.fit(akin::execution::seq, akin::read_npy(scratch / "items.npy"), seen);
  CHECK(content.score(0, 0) > content.score(0, 1));
}
