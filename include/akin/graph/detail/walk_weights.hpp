/// @file
/// The weights of rp3beta from the interactions.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/graph/rp3beta_options.hpp>
#include <akin/kernels/top_k.hpp>
#include <akin/matrix.hpp>
#include <akin/model/top_products.hpp>
#include <akin/model/weights_of_columns.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Replaces each element by its share in its row's sum, to the power alpha; a row of zeros stays.
template <class Scalar, class Index>
void to_probabilities(const host_policy& policy, csr_storage<Scalar, Index>& x, double alpha) {
  const csr_view<Scalar, Index> view = x.view();
  Scalar* const values = x.mutable_values();
  for_each_row(policy, view.rows, [&](std::int64_t row, int) {
    double sum = 0;
    for (const Scalar value : view.row(row).values) sum += static_cast<double>(value);
    if (!(sum > 0)) return;
    for (std::int64_t i = view.offsets[row]; i < view.offsets[row + 1]; ++i)
      values[i] = static_cast<Scalar>(std::pow(static_cast<double>(values[i]) / sum, alpha));
  });
}

/// degree^-beta of each row; its degree is the number of its nonzero elements.
template <class Scalar, class Index>
numbers<Scalar> degree_scales(const csr_view<Scalar, Index>& item_users, double beta) {
  numbers<Scalar> scales(item_users.rows);
  for (std::int64_t item = 0; item < item_users.rows; ++item) {
    double degree = 0;
    for (const Scalar value : item_users.row(item).values) degree += value != 0;
    if (degree > 0) scales[item] = static_cast<Scalar>(std::pow(degree, -beta));
  }
  return scales;
}

/// W with only the k largest elements of each column, ties to the smaller row.
template <class Scalar, class Index>
csr_storage<Scalar, Index> largest_of_columns(const host_policy& policy, const csr_view<Scalar, Index>& weights,
                                              std::int64_t k) {
  using entry = kernels::scored<Scalar, Index>;
  const csr_storage<Scalar, Index> transposed = transpose(weights);
  const csr_view<Scalar, Index> view = transposed.view();
  std::vector<numbers<entry>> columns(static_cast<std::size_t>(view.rows));
  for_each_row(policy, view.rows, [&](std::int64_t j, int) {
    auto& column = at(columns, j);
    const auto [ids, values] = view.row(j);
    for (std::int64_t i = 0; i < ids.size; ++i) column.push_back({values[i], ids[i]});
    if (ids.size <= k) return;
    std::nth_element(column.begin(), column.begin() + k, column.end(),
                     [](const entry& a, const entry& b) { return a.precedes(b); });
    column.resize(k);
    std::sort(column.begin(), column.end(), [](const entry& a, const entry& b) { return a.id < b.id; });
  });
  return weights_of_columns(columns, "rp3beta::fit");
}

/// W of rp3beta, items x items.
template <class Scalar, class Index>
csr_storage<Scalar, Index> walk_weights(const host_policy& policy, const csr_view<Scalar, Index>& x,
                                        const rp3beta_options& options) {
  csr_storage<Scalar, Index> to_users = transpose(x), to_items(x);
  const numbers<Scalar> scales = degree_scales(to_users.view(), *options.beta);
  to_probabilities(policy, to_users, options.alpha);
  to_probabilities(policy, to_items, options.alpha);
  auto weights =
      top_products(policy, to_users.view(), to_items.view(), options.neighbors, Scalar{0}, scales.data(), true);
  if (options.normalize) to_probabilities(policy, weights, 1);
  if (options.incoming > 0) weights = largest_of_columns(policy, weights.view(), options.incoming);
  return weights;
}

AKIN_COMPILE_ONCE(graph, csr_storage<float, std::int32_t> walk_weights<float, std::int32_t>(
                             const host_policy&, const csr_view<float, std::int32_t>&, const rp3beta_options&))
AKIN_COMPILE_ONCE(graph, csr_storage<double, std::int32_t> walk_weights<double, std::int32_t>(
                             const host_policy&, const csr_view<double, std::int32_t>&, const rp3beta_options&))

}  // namespace akin::inline AKIN_ABI::detail
