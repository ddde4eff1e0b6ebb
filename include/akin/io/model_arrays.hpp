/// @file
/// The arrays of models from model files: checked, and left in the mapping of the file.
#pragma once

#include <cstdint>
#include <string_view>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/io/csr.hpp>
#include <akin/io/reader.hpp>
#include <akin/io/writer.hpp>
#include <akin/matrix.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The finite numbers of section `name`, rows x cols if these are given.
template <class Scalar>
dense_storage<Scalar> map_dense(const model_reader& reader, std::string_view name,
                                std::int64_t rows = model_reader::any, std::int64_t cols = model_reader::any) {
  const rows_view<const Scalar> array = reader.array<Scalar>(name, rows, cols);
  const std::int64_t size = array.rows * array.cols;
  check_finite(reader, name, array.data, size);
  return {array.rows, array.cols, storage<Scalar>(array.data, size, reader.owner())};
}

/// The finite numbers of section `name`, `size` of them if it is given.
template <class Scalar>
storage<Scalar> map_array(const model_reader& reader, std::string_view name, std::int64_t size = model_reader::any) {
  const rows_view<const Scalar> array = reader.array<Scalar>(name, size, 1);
  check_finite(reader, name, array.data, array.rows);
  return {array.data, array.rows, reader.owner()};
}

/// The matrix of write_csr.
template <class Scalar, class Index>
csr_storage<Scalar, Index> map_csr(const model_reader& reader, std::string_view name) {
  const csr_view<Scalar, Index> x = read_csr<Scalar, Index>(reader, name);
  return {x.rows, x.cols, storage<Index>(x.offsets, x.rows + 1, reader.owner()),
          storage<Index>(x.columns, x.nonzeros(), reader.owner()),
          storage<Scalar>(x.values, x.nonzeros(), reader.owner())};
}

template <interaction_matrix Matrix>
void model_writer::add(std::string_view name, const Matrix& matrix) {
  write_csr(*this, name, view_of(matrix, "save"));
}

template <class Scalar, class Index>
auto model_reader::sparse(std::string_view name) const {
  return sparse_matrix<Scalar, Index>(map_csr<Scalar, Index>(*this, name).map());
}

AKIN_COMPILE_ONCE(io, dense_storage<float> map_dense<float>(const model_reader&, std::string_view, std::int64_t,
                                                            std::int64_t))
AKIN_COMPILE_ONCE(io, storage<float> map_array<float>(const model_reader&, std::string_view, std::int64_t))
AKIN_COMPILE_ONCE(io,
                  csr_storage<float, std::int32_t> map_csr<float, std::int32_t>(const model_reader&, std::string_view))
AKIN_COMPILE_ONCE(io, dense_storage<double> map_dense<double>(const model_reader&, std::string_view, std::int64_t,
                                                              std::int64_t))
AKIN_COMPILE_ONCE(io, storage<double> map_array<double>(const model_reader&, std::string_view, std::int64_t))
AKIN_COMPILE_ONCE(io, csr_storage<double, std::int32_t> map_csr<double, std::int32_t>(const model_reader&,
                                                                                      std::string_view))

}  // namespace akin::inline AKIN_ABI::detail
