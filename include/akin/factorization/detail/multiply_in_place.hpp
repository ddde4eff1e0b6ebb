/// @file
/// Multiplies factors by a square matrix in place, a change of basis.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <akin/config.hpp>
#include <akin/kernels/gemm.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// y <- y q for q (cols x cols, row-major), a block of rows at a time.
template <class Scalar>
void multiply_in_place(const host_policy& policy, const rows_view<Scalar>& y, const numbers<Scalar>& q) {
  constexpr std::int64_t block_rows = 96;
  const std::int64_t k = y.cols;
  per_worker<storage<Scalar>> products(worker_count(policy));
  for_each_row(policy, (y.rows + block_rows - 1) / block_rows, [&](std::int64_t block, int worker) {
    const std::int64_t begin = block * block_rows, count = std::min(block_rows, y.rows - begin);
    auto& product = products[worker];
    if (product.size() == 0) product = storage<Scalar>(block_rows * k);
    std::fill_n(product.mutable_data(), count * k, Scalar{0});
    kernels::add_product(y.row(begin), count, k, q.data(), k, product.mutable_data());
    std::copy_n(product.data(), count * k, y.row(begin));
  });
}

}  // namespace akin::inline AKIN_ABI::detail
