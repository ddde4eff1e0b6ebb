/// @file
/// The weight matrix of a model from columns of weights.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/kernels/top_k.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>

namespace akin::inline AKIN_ABI {

/// Items x items: element (i, j) is the weight of id i in columns[j], whose ids ascend. Empties the columns. Throws
/// std::length_error if there are more weights than Index can count.
template <class Scalar, class Index>
detail::csr_storage<Scalar, Index> weights_of_columns(
    std::vector<detail::numbers<kernels::scored<Scalar, Index>>>& columns, std::string_view where) {
  const std::int64_t items = std::ssize(columns);
  std::int64_t total = 0;
  for (const auto& column : columns) total += column.size();
  if (total > detail::largest_id<Index>)
    detail::fail<std::length_error>(where, ": the items have ", total, " weights, the index type counts ",
                                    detail::largest_id<Index>);
  detail::csr_storage<Scalar, Index> result(items, items, total);
  std::int64_t position = 0;
  for (std::int64_t j = 0; j < items; ++j) {
    auto& column = detail::at(columns, j);
    for (const auto& [weight, id] : column) {
      result.mutable_columns()[position] = id;
      result.mutable_values()[position] = weight;
      ++position;
    }
    result.mutable_offsets()[j + 1] = static_cast<Index>(position);
    column = {};
  }
  return detail::transpose(result.view());
}

}  // namespace akin::inline AKIN_ABI
