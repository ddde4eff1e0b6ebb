/// @file
/// Dense matrices as `.npy` files, NumPy's (its format, version 1.0: NumPy Enhancement Proposal 1).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/data/detail/npy_header.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/io/atomic_file.hpp>
#include <akin/io/mapped_file.hpp>
#include <akin/matrix.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The element at an address, as the nearest double.
double npy_number(const npy_header& header, const std::byte* at);

/// Whether the file holds the bytes of a dense_matrix<Scalar>.
template <class Scalar>
bool has_layout_of(const npy_header& header) {
  return header.kind == 'f' && header.bytes == static_cast<int>(sizeof(Scalar)) && !header.is_column_major &&
         header.is_big_endian == (std::endian::native == std::endian::big);
}

template <class Scalar>
dense_matrix<Scalar> read_npy(std::span<const std::byte> bytes, std::string_view file) {
  const npy_header header = read_npy_header(bytes, file);
  dense_matrix<Scalar> matrix(header.rows, header.columns);
  if (matrix.size() == 0) return matrix;
  const std::byte* const elements = bytes.data() + header.begin;
  if (has_layout_of<Scalar>(header)) {
    std::memcpy(matrix.data(), elements, static_cast<std::size_t>(matrix.size()) * sizeof(Scalar));
    return matrix;
  }
  for (std::int64_t row = 0; row < header.rows; ++row) {
    for (std::int64_t column = 0; column < header.columns; ++column) {
      const std::int64_t place = header.is_column_major ? column * header.rows + row : row * header.columns + column;
      const double x = npy_number(header, elements + place * header.bytes);
      if (is_finite(x) && (x < 0 ? -x : x) > static_cast<double>(std::numeric_limits<Scalar>::max()))
        fail<format_error>(file, ": elements must be in the range of the matrix, got ", x, " in row ", row, ", column ",
                           column);
      matrix(row, column) = static_cast<Scalar>(x);
    }
  }
  return matrix;
}

template <class Scalar>
void write_npy(const Eigen::Ref<const dense_matrix<Scalar>>& matrix, bool is_vector,
               const std::filesystem::path& path) {
  const std::string shape =
      is_vector ? sentence("(", matrix.size(), ",)") : sentence("(", matrix.rows(), ", ", matrix.cols(), ")");
  const std::string header = npy_header_text(std::is_floating_point_v<Scalar> ? 'f' : 'i', sizeof(Scalar), shape);
  atomic_file file(path);
  file.write(std::as_bytes(std::span(header)));
  for (Eigen::Index row = 0; row < matrix.rows(); ++row)
    file.write(
        std::as_bytes(std::span(matrix.data() + row * matrix.outerStride(), static_cast<std::size_t>(matrix.cols()))));
  file.commit();
}

AKIN_COMPILE_ONCE(data, dense_matrix<float> read_npy<float>(std::span<const std::byte>, std::string_view))
AKIN_COMPILE_ONCE(data, dense_matrix<double> read_npy<double>(std::span<const std::byte>, std::string_view))
AKIN_COMPILE_ONCE(data, void write_npy<float>(const Eigen::Ref<const dense_matrix<float>>&, bool,
                                              const std::filesystem::path&))
AKIN_COMPILE_ONCE(data, void write_npy<double>(const Eigen::Ref<const dense_matrix<double>>&, bool,
                                               const std::filesystem::path&))

}  // namespace detail

/// The array of a `.npy` file, such as embeddings that another tool has made: `akin::read_npy<float>("items.npy")`. One
/// row an element of the first dimension; an array of one dimension is one column. Elements are real numbers of 2, 4 or
/// 8 bytes, whole numbers or truth values, in either byte order and order of dimensions; each becomes the nearest
/// Scalar, NaN and infinity stay. Throws format_error for another or a damaged file, and for a number beyond the range
/// of Scalar; std::runtime_error if the file cannot be read. O(elements), at most 8 bytes of memory for a byte of the
/// file.
template <class Scalar = float>
dense_matrix<Scalar> read_npy(const std::filesystem::path& path) {
  static_assert(std::is_same_v<Scalar, float> || std::is_same_v<Scalar, double>,
                "akin: a matrix of a .npy file must hold float or double");
  const detail::mapped_file file(path, "read_npy: ");
  return detail::read_npy<Scalar>(file.bytes(), "read_npy: " + detail::quoted(path));
}

/// Writes a dense matrix of float, double, std::int32_t or std::int64_t, row-major in this machine's byte order; an
/// Eigen vector as an array of one dimension. `numpy.load` reads it. The file appears whole or not at all; throws
/// std::runtime_error if it cannot be written. A matrix that is not row-major, or an expression, is copied once.
template <class Matrix>
requires detail::dense_matrix_like<Matrix>
void write_npy(const Matrix& matrix, const std::filesystem::path& path) {
  using scalar_type = typename Matrix::Scalar;
  static_assert(std::is_same_v<scalar_type, float> || std::is_same_v<scalar_type, double> ||
                    std::is_same_v<scalar_type, std::int32_t> || std::is_same_v<scalar_type, std::int64_t>,
                "akin: a matrix for a .npy file must hold float, double, std::int32_t or std::int64_t");
  detail::write_npy<scalar_type>(matrix, Matrix::IsVectorAtCompileTime, path);
}

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(data)
namespace akin::inline AKIN_ABI::detail {

/// The value of a binary16 number (IEEE 754), which is exact in double.
inline double half_number(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 0x1F;
  const double sign = (bits & 0x8000) != 0 ? -1.0 : 1.0, fraction = bits & 0x3FF;
  if (exponent == 0x1F) {
    using limits = std::numeric_limits<double>;
    return fraction == 0 ? sign * limits::infinity() : limits::quiet_NaN();
  }
  double unit = 1.0 / (1 << 24);  // 2^-24 below the smallest normal number and in the first binade
  for (int i = 1; i < exponent; ++i) unit *= 2;
  return sign * unit * (exponent == 0 ? fraction : 1024 + fraction);
}

/// The `Stored` whose bits are the lowest of `bits`.
template <class Stored>
Stored from_low_bits(std::uint64_t bits) {
  if constexpr (sizeof(Stored) == 8)
    return std::bit_cast<Stored>(bits);
  else if constexpr (sizeof(Stored) == 4)
    return std::bit_cast<Stored>(static_cast<std::uint32_t>(bits));
  else
    return static_cast<Stored>(bits);
}

AKIN_INLINE double npy_number(const npy_header& header, const std::byte* at) {
  std::uint64_t bits = 0;
  for (int i = 0; i < header.bytes; ++i)
    bits = bits << 8 | static_cast<std::uint64_t>(at[header.is_big_endian ? i : header.bytes - 1 - i]);
  const int type = header.kind * 16 + header.bytes;
  switch (type) {
    case 'f' * 16 + 2:
      return half_number(static_cast<std::uint16_t>(bits));
    case 'f' * 16 + 4:
      return static_cast<double>(from_low_bits<float>(bits));
    case 'f' * 16 + 8:
      return from_low_bits<double>(bits);
    case 'i' * 16 + 1:
      return from_low_bits<std::int8_t>(bits);
    case 'i' * 16 + 2:
      return from_low_bits<std::int16_t>(bits);
    case 'i' * 16 + 4:
      return from_low_bits<std::int32_t>(bits);
    case 'i' * 16 + 8:
      return static_cast<double>(from_low_bits<std::int64_t>(bits));
    case 'b' * 16 + 1:
      return bits != 0 ? 1 : 0;
    default:
      return static_cast<double>(bits);  // unsigned
  }
}

}  // namespace akin::inline AKIN_ABI::detail
#endif
