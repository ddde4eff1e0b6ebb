/// @file
/// Y'Y of a tall row-major matrix.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <akin/config.hpp>
#include <akin/kernels/gemm.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Y'Y, cols x cols. Summed in Scalar over runs of 256 rows and in double over the runs, in an order that depends on
/// the shape alone. rows * cols^2 flops; at most 16 partial sums of memory.
template <class Scalar>
numbers<double> gramian(const host_policy& policy, const rows_view<const Scalar>& y) {
  constexpr std::int64_t block_rows = 256, max_blocks = 16;
  const std::int64_t k = y.cols;
  const std::int64_t size = k * k;
  const std::int64_t block_size = std::max(block_rows, (y.rows + max_blocks - 1) / max_blocks);
  const auto sum_block = [&](std::int64_t begin, std::int64_t end, int) {
    numbers<double> sum(size);
    numbers<Scalar> part(size);
    for (std::int64_t row = begin; row < end; row += block_rows) {
      std::fill(part.begin(), part.end(), Scalar{0});
      kernels::add_gramian(y.row(row), std::min(block_rows, end - row), k, part.data());
      for (std::int64_t i = 0; i < size; ++i) sum[i] += static_cast<double>(part[i]);
    }
    return sum;
  };
  numbers<double> gram = reduce_blocks(policy, y.rows, block_size, numbers<double>(size), sum_block,
                                       [](numbers<double>& total, const numbers<double>& part) {
                                         for (std::int64_t i = 0; i < total.size(); ++i) total[i] += part[i];
                                       });
  for (std::int64_t i = 0; i < k; ++i)
    for (std::int64_t j = i + 1; j < k; ++j) gram[i * k + j] = gram[j * k + i];
  return gram;
}

}  // namespace akin::inline AKIN_ABI::detail
