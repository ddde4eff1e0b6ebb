/// @file
/// Factors rotated so that their Gramian is diagonal.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/factorization/detail/gramian.hpp>
#include <akin/kernels/gemm.hpp>
#include <akin/kernels/symmetric_eigen.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// y <- y q for q (cols x cols, row-major), some rows at a time.
template <class Policy, class Scalar>
void multiply_in_place(const Policy& policy, const rows_view<Scalar>& y, const std::vector<Scalar>& q) {
  constexpr std::int64_t block_rows = 96;
  const std::int64_t k = y.cols;
  std::vector<storage<Scalar>> products(static_cast<std::size_t>(worker_count(policy)));
  for_each_row(policy, (y.rows + block_rows - 1) / block_rows, [&](std::int64_t block, int worker) {
    const std::int64_t begin = block * block_rows, count = std::min(block_rows, y.rows - begin);
    auto& product = products[static_cast<std::size_t>(worker)];
    if (product.size() == 0) product = storage<Scalar>(block_rows * k);
    std::fill_n(product.mutable_data(), count * k, Scalar{0});
    kernels::add_product(y.row(begin), count, k, q.data(), k, product.mutable_data());
    std::copy_n(product.data(), count * k, y.row(begin));
  });
}

/// Y'Y = Q diag(values) Q': replaces y by Y Q and returns the values, ascending. Gramian and decomposition are in
/// double precision, Q and Y Q in Scalar. 3 rows cols^2 + about 6 cols^3 flops. Throws numeric_error where y overflows.
template <class Policy, class Scalar>
std::vector<double> rotate_to_eigenbasis(const Policy& policy, const rows_view<Scalar>& y, std::string_view where) {
  const std::int64_t k = y.cols;
  std::vector<double> gram = gramian(policy, rows_view<const Scalar>(y)), values(static_cast<std::size_t>(k));
  if (!kernels::symmetric_eigen(gram.data(), values.data(), k))
    fail<numeric_error>(where, ": the factors have grown beyond all bounds; raise regularization");
  std::vector<Scalar> q(gram.size());
  for (std::int64_t i = 0; i < k; ++i)
    for (std::int64_t d = 0; d < k; ++d)
      q[static_cast<std::size_t>(d * k + i)] = static_cast<Scalar>(gram[static_cast<std::size_t>(i * k + d)]);
  multiply_in_place(policy, y, q);
  for (double& value : values) value = std::max(value, 0.0);
  return values;
}

}  // namespace akin::inline AKIN_ABI::detail
