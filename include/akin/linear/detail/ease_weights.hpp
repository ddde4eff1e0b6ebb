/// @file
/// Computes the weights of EASE from the interactions in one array: X'X, its inverse, the weights.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/linear/detail/symmetric_inverse.hpp>
#include <akin/linear/ease_options.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Bytes that ease_weights takes, the weights among them.
template <class Scalar, class Index>
double ease_bytes(const csr_view<Scalar, Index>& x, int workers) noexcept {
  const auto items = static_cast<double>(x.cols), values = static_cast<double>(x.nonzeros());
  const double transposed = values * (sizeof(Scalar) + sizeof(Index)) + items * 2 * sizeof(Index);
  return items * items * sizeof(Scalar) + symmetric_inverse_scratch<Scalar>(x.cols, workers) + transposed +
         items * (workers * static_cast<double>(sizeof(double)) + sizeof(Scalar));
}

/// Fills row i of g (items x items) up to the diagonal with X'X, for all i. Sums in double in the order of the users.
template <class Scalar, class Index>
void lower_products(const host_policy& policy, const csr_view<Scalar, Index>& x, Scalar* g) {
  const csr_storage<Scalar, Index> transposed = transpose(x);
  const csr_view<Scalar, Index> item_users = transposed.view();
  const numbers<Index> order = longest_first(item_users);
  per_worker<numbers<double>> workers(worker_count(policy, x.cols), numbers<double>(x.cols));
  for_each_row(policy, x.cols, [&](std::int64_t position, int worker) {
    const std::int64_t item = order[position];
    double* const sums = workers[worker].data();
    const auto [users, values] = item_users.row(item);
    for (std::int64_t u = 0; u < users.size; ++u) {
      const auto value = static_cast<double>(values[u]);
      const std::int64_t begin = x.offsets[users[u]], end = x.offsets[users[u] + 1];
      for (std::int64_t n = begin; n < end && x.columns[n] <= item; ++n)
        sums[x.columns[n]] += value * static_cast<double>(x.values[n]);
    }
    std::transform(sums, sums + item + 1, g + item * x.cols, [](double sum) { return static_cast<Scalar>(sum); });
    std::fill(sums, sums + item + 1, 0.0);
  });
}

/// Turns P (items x items, its lower triangle) into W in place: w_ij = -p_ij / p_jj, 0 on the diagonal. Returns
/// `items`, or the first item whose element of P's diagonal is not positive and finite.
template <class Scalar>
[[nodiscard]] std::int64_t weights_of_inverse(const host_policy& policy, Scalar* p, std::int64_t items) {
  numbers<Scalar> diagonal(items);
  for (std::int64_t i = 0; i < items; ++i) {
    const Scalar d = p[i * items + i];
    if (!(d > 0 && d <= std::numeric_limits<Scalar>::max())) return i;
    diagonal[i] = d;
    p[i * items + i] = 0;
  }
  constexpr std::int64_t block = 64;  // a block and its mirror image stay in the cache
  const Scalar* const d = diagonal.data();
  for_each_row(policy, (items + block - 1) / block, [&](std::int64_t number, int) {
    const std::int64_t first = number * block, last = std::min(first + block, items);
    for (std::int64_t column = 0; column < last; column += block)
      for (std::int64_t i = first; i < last; ++i)
        for (std::int64_t j = column; j < std::min(column + block, i); ++j) {
          const Scalar negative = -p[i * items + j];
          p[j * items + i] = negative / d[i];
          p[i * items + j] = negative / d[j];
        }
  });
  return items;
}

/// W, items x items.
template <class Scalar, class Index>
dense_storage<Scalar> ease_weights(const host_policy& policy, const csr_view<Scalar, Index>& x,
                                   const ease_options& options) {
  const std::int64_t items = x.cols;
  if (const double bytes = ease_bytes(x, worker_count(policy)); bytes > options.memory_limit)
    fail<std::length_error>("ease::fit: a fit to ", items, " items takes ", bytes, " bytes, memory_limit is ",
                            options.memory_limit, "; raise it, or leave out rare items");
  dense_storage<Scalar> weights(items, items);
  Scalar* const g = weights.mutable_view().data;
  lower_products(policy, x, g);
  for (std::int64_t i = 0; i < items; ++i) {
    Scalar& square = g[i * items + i];
    const auto held = static_cast<double>(square) / (1 - *options.dropout);  // 1 + p / (1 - p) of itself
    square = static_cast<Scalar>(held + *options.regularization);
  }
  std::int64_t good = invert_symmetric(policy, g, items);
  if (good == items) good = weights_of_inverse(policy, g, items);
  if (good < items)
    fail<numeric_error>("ease::fit: X'X with the regularization cannot be inverted in its precision, from item ", good,
                        " on; raise regularization, scale the values down or use double");
  return weights;
}

AKIN_COMPILE_ONCE(linear, dense_storage<float> ease_weights<float, std::int32_t>(const host_policy&,
                                                                                 const csr_view<float, std::int32_t>&,
                                                                                 const ease_options&))
AKIN_COMPILE_ONCE(linear, dense_storage<double> ease_weights<double, std::int32_t>(
                              const host_policy&, const csr_view<double, std::int32_t>&, const ease_options&))

}  // namespace akin::inline AKIN_ABI::detail
