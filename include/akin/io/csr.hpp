/// @file
/// Sparse matrices in model files. A checksum proves that a file is as it was written, not that akin wrote it:
/// positions are checked before they are used.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

#include <akin/error.hpp>
#include <akin/io/reader.hpp>
#include <akin/io/writer.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// Refuses section `name` of the file unless all numbers of data[0, count) are finite.
template <class Scalar>
void check_finite(const model_reader& reader, std::string_view name, const Scalar* data, std::int64_t count) {
  // Exponent bits instead of isfinite: not affected by -ffast-math, and without a branch a value.
  using bits = std::conditional_t<sizeof(Scalar) == 4, std::uint32_t, std::uint64_t>;
  constexpr bits exponent = std::bit_cast<bits>(std::numeric_limits<Scalar>::infinity());
  bool finite = true;
  for (std::int64_t i = 0; i < count; ++i) finite &= (std::bit_cast<bits>(data[i]) & exponent) != exponent;
  if (!finite) reader.refuse_section(name, "holds a number that is not finite");
}

/// Refuses section `name` unless all ids of data[0, count) are within [0, limit).
template <class Index>
void check_ids(const model_reader& reader, std::string_view name, const Index* data, std::int64_t count,
               std::int64_t limit) {
  bool within = true;
  for (std::int64_t i = 0; i < count; ++i) within &= data[i] >= 0 && static_cast<std::int64_t>(data[i]) < limit;
  if (!within) reader.refuse_section(name, sentence("holds an id that is not within 0 to ", limit, " exclusive"));
}

/// Refuses section `name` unless data[0, count] are positions that rise from 0 to end and never fall: offsets of the
/// rows of something that has `end` elements.
template <class Index>
void check_offsets(const model_reader& reader, std::string_view name, const Index* data, std::int64_t count,
                   std::int64_t end) {
  if (data[0] != 0) reader.refuse_section(name, sentence("begins with ", data[0], " instead of 0"));
  for (std::int64_t i = 0; i < count; ++i) {
    if (data[i + 1] < data[i]) reader.refuse_section(name, sentence("falls after row ", i));
  }
  if (static_cast<std::int64_t>(data[count]) != end) {
    reader.refuse_section(name, sentence("ends with ", data[count], " instead of ", end));
  }
}

/// Refuses the matrix `name` of the file unless offsets[0, rows] never fall and lead from 0 to nnz, and the ids of each
/// row in columns[0, nnz) ascend, without repetition, within [0, cols). O(rows + nnz).
template <class Index>
void check_csr(const model_reader& reader, std::string_view name, std::int64_t rows, std::int64_t cols,
               const Index* offsets, const Index* columns, std::int64_t nnz) {
  check_offsets(reader, sentence(name, ".offsets"), offsets, rows, nnz);
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto begin = static_cast<std::int64_t>(offsets[row]);
    const auto end = static_cast<std::int64_t>(offsets[row + 1]);
    if (begin == end) continue;
    bool ascending = true;
    for (std::int64_t p = begin + 1; p < end; ++p) ascending &= columns[p - 1] < columns[p];
    if (!ascending) reader.refuse_section(sentence(name, ".columns"), sentence("does not ascend in row ", row));
    if (columns[begin] < 0 || static_cast<std::int64_t>(columns[end - 1]) >= cols) {
      reader.refuse_section(sentence(name, ".columns"),
                            sentence("leaves the range of 0 to ", cols, " exclusive in row ", row));
    }
  }
}

/// Adds a matrix as `name.cols`, `name.offsets`, `name.columns`; refers to its arrays.
template <class Index>
void write_pattern(model_writer& writer, std::string_view name, const sparsity_view<Index>& pattern) {
  const std::int64_t nnz = pattern.nonzeros();
  writer.add_value(sentence(name, ".cols"), pattern.cols);
  if (pattern.rows == 0) {
    const Index start = 0;
    writer.add_copy(sentence(name, ".offsets"), &start, 1);
  } else {
    writer.add(sentence(name, ".offsets"), pattern.offsets, pattern.rows + 1);
  }
  writer.add(sentence(name, ".columns"), pattern.columns, nnz);
}

/// Adds a matrix as write_pattern does, with `name.values`.
template <class Scalar, class Index>
void write_csr(model_writer& writer, std::string_view name, const csr_view<Scalar, Index>& matrix) {
  write_pattern(writer, name, matrix.pattern());
  writer.add(sentence(name, ".values"), matrix.values, matrix.nonzeros());
}

/// The matrix of write_pattern, checked, in the bytes of the file.
template <class Index>
sparsity_view<Index> read_pattern(const model_reader& reader, std::string_view name) {
  using std::int64_t;
  constexpr auto max_index = static_cast<int64_t>(std::numeric_limits<Index>::max());
  const auto cols = reader.value<int64_t>(sentence(name, ".cols"), 0, max_index);
  const auto offsets = reader.array<Index>(sentence(name, ".offsets"), model_reader::any, 1);
  const auto columns = reader.array<Index>(sentence(name, ".columns"), model_reader::any, 1);
  if (offsets.rows == 0) reader.refuse_section(sentence(name, ".offsets"), "is empty");
  check_csr(reader, name, offsets.rows - 1, cols, offsets.data, columns.data, columns.rows);
  return {offsets.rows - 1, cols, offsets.data, columns.data};
}

/// The matrix of write_csr, checked (values must be finite), in the bytes of the file.
template <class Scalar, class Index>
csr_view<Scalar, Index> read_csr(const model_reader& reader, std::string_view name) {
  const sparsity_view<Index> pattern = read_pattern<Index>(reader, name);
  const std::string values_name = sentence(name, ".values");
  const auto values = reader.array<Scalar>(values_name, pattern.nonzeros(), 1);
  check_finite(reader, values_name, values.data, values.rows);
  return {pattern.rows, pattern.cols, pattern.offsets, pattern.columns, values.data};
}

AKIN_COMPILE_ONCE(io, void check_finite<float>(const model_reader&, std::string_view, const float*, std::int64_t))
AKIN_COMPILE_ONCE(io, void write_csr<float, std::int32_t>(model_writer&, std::string_view,
                                                          const csr_view<float, std::int32_t>&))
AKIN_COMPILE_ONCE(io,
                  csr_view<float, std::int32_t> read_csr<float, std::int32_t>(const model_reader&, std::string_view))
AKIN_COMPILE_ONCE(io, void check_finite<double>(const model_reader&, std::string_view, const double*, std::int64_t))
AKIN_COMPILE_ONCE(io, void write_csr<double, std::int32_t>(model_writer&, std::string_view,
                                                           const csr_view<double, std::int32_t>&))
AKIN_COMPILE_ONCE(io,
                  csr_view<double, std::int32_t> read_csr<double, std::int32_t>(const model_reader&, std::string_view))
AKIN_COMPILE_ONCE(io, void check_ids<std::int32_t>(const model_reader&, std::string_view, const std::int32_t*,
                                                   std::int64_t, std::int64_t))
AKIN_COMPILE_ONCE(io, void check_offsets<std::int32_t>(const model_reader&, std::string_view, const std::int32_t*,
                                                       std::int64_t, std::int64_t))
AKIN_COMPILE_ONCE(io, void check_csr<std::int32_t>(const model_reader&, std::string_view, std::int64_t, std::int64_t,
                                                   const std::int32_t*, const std::int32_t*, std::int64_t))
AKIN_COMPILE_ONCE(io,
                  void write_pattern<std::int32_t>(model_writer&, std::string_view, const sparsity_view<std::int32_t>&))
AKIN_COMPILE_ONCE(io, sparsity_view<std::int32_t> read_pattern<std::int32_t>(const model_reader&, std::string_view))

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
