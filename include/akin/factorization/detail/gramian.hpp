/// @file
/// Y'Y of a tall row-major matrix.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <akin/config.hpp>
#include <akin/kernels/syrk.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The lower triangle of Y'Y, cols x cols row-major, the rest 0. Summed in Scalar over short runs of rows and in double
/// over the runs, in an order that depends on the shape alone. rows * cols^2 flops; at most 16 partial sums of memory.
template <class Policy, class Scalar>
std::vector<Scalar> gramian(const Policy& policy, const rows_view<const Scalar>& y) {
  constexpr std::int64_t run = 256, most_blocks = 16;
  const auto size = static_cast<std::size_t>(y.cols * y.cols);
  const std::int64_t block_size = std::max(run, (y.rows + most_blocks - 1) / most_blocks);
  const auto sum_block = [&](std::int64_t begin, std::int64_t end, int) {
    std::vector<double> sum(size);
    std::vector<Scalar> part(size);
    for (std::int64_t row = begin; row < end; row += run) {
      std::fill(part.begin(), part.end(), Scalar{0});
      kernels::syrk(y.row(row), std::min(run, end - row), part.data(), y.cols);
      for (std::size_t i = 0; i < size; ++i) sum[i] += static_cast<double>(part[i]);
    }
    return sum;
  };
  const std::vector<double> sum = reduce_blocks(policy, y.rows, block_size, std::vector<double>(size), sum_block,
                                                [](std::vector<double>& total, const std::vector<double>& part) {
                                                  for (std::size_t i = 0; i < total.size(); ++i) total[i] += part[i];
                                                });
  std::vector<Scalar> result(size);
  std::transform(sum.begin(), sum.end(), result.begin(), [](double x) { return static_cast<Scalar>(x); });
  return result;
}

}  // namespace akin::inline AKIN_ABI::detail
