/// @file
/// The k most similar columns of each column of a sparse matrix.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <akin/config.hpp>
#include <akin/kernels/sparse_accumulator.hpp>
#include <akin/kernels/top_k.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Euclidean length of each row.
template <class Scalar, class Index>
std::vector<double> row_norms(const csr_view<Scalar, Index>& x) {
  std::vector<double> norms(static_cast<std::size_t>(x.rows));
  for (std::int64_t row = 0; row < x.rows; ++row) {
    double squares = 0;
    for (const Scalar value : x.row_values(row)) squares += static_cast<double>(value) * static_cast<double>(value);
    norms[static_cast<std::size_t>(row)] = std::sqrt(squares);
  }
  return norms;
}

/// Rows of at most `stride` elements each, filled in any order, to a compressed matrix with `cols` columns.
template <class Scalar, class Index>
csr_storage<Scalar, Index> compress_rows(std::int64_t cols, std::int64_t stride,
                                         const std::vector<std::int64_t>& counts,
                                         std::vector<kernels::scored<Scalar, Index>>& entries) {
  const auto rows = static_cast<std::int64_t>(counts.size());
  std::int64_t total = 0;
  for (const std::int64_t count : counts) total += count;
  csr_storage<Scalar, Index> result(rows, cols, total);
  std::int64_t position = 0;
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto first = entries.begin() + row * stride, last = first + counts[static_cast<std::size_t>(row)];
    std::sort(first, last, [](const auto& a, const auto& b) { return a.id < b.id; });
    for (auto entry = first; entry != last; ++entry, ++position) {
      result.mutable_columns()[position] = entry->id;
      result.mutable_values()[position] = entry->score;
    }
    result.mutable_offsets()[row + 1] = static_cast<Index>(position);
  }
  return result;
}

/// Columns x columns: row i holds the cosines of column i with the k columns most like it, by (cosine descending, id
/// ascending), never itself and never 0. The product X'X row by row, k kept of each; sums in double in the order of the
/// rows. O(sum over rows of nonzeros^2) multiplications, columns * k elements of scratch and a row of sums a worker.
template <class Policy, class Scalar, class Index>
csr_storage<Scalar, Index> top_cosines(const Policy& policy, const csr_view<Scalar, Index>& x, int k) {
  const csr_storage<Scalar, Index> transposed = transpose(x);
  const csr_view<Scalar, Index> columns = transposed.view();
  const std::vector<double> norms = row_norms(columns);
  const std::int64_t stride = std::min<std::int64_t>(k, x.cols);
  std::vector<kernels::scored<Scalar, Index>> entries(static_cast<std::size_t>(checked_product(x.cols, stride)));
  std::vector<std::int64_t> counts(static_cast<std::size_t>(x.cols));
  std::vector<kernels::sparse_accumulator<double, Index>> sums(static_cast<std::size_t>(worker_count(policy)),
                                                               kernels::sparse_accumulator<double, Index>(x.cols));

  for_each_row(policy, x.cols, [&](std::int64_t i, int worker) {
    auto& products = sums[static_cast<std::size_t>(worker)];
    const auto users = columns.row_columns(i);
    const auto values = columns.row_values(i);
    for (std::int64_t p = 0; p < users.size; ++p) {
      const auto others = x.row_columns(users[p]);
      const auto other_values = x.row_values(users[p]);
      for (std::int64_t q = 0; q < others.size; ++q)
        products.add(others[q], static_cast<double>(values[p]) * static_cast<double>(other_values[q]));
    }
    kernels::top_k<Scalar, Index> best(entries.data() + i * stride, stride);
    for (const Index j : products.touched()) {
      if (j == i || products[j] == 0) continue;
      best.offer(
          static_cast<Scalar>(products[j] / (norms[static_cast<std::size_t>(i)] * norms[static_cast<std::size_t>(j)])),
          j);
    }
    counts[static_cast<std::size_t>(i)] = best.finish();
    products.clear();
  });
  return compress_rows(x.cols, stride, counts, entries);
}

}  // namespace akin::inline AKIN_ABI::detail
