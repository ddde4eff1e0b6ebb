/// @file
/// The weights of rp3beta from the interactions.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/graph/rp3beta_options.hpp>
#include <akin/matrix.hpp>
#include <akin/neighbors/top_products.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

template <class Scalar, class Index>
void check_not_negative(const csr_view<Scalar, Index>& x, std::string_view where) {
  for (std::int64_t row = 0; row < x.rows; ++row)
    for (const Scalar value : x.row_values(row))
      if (value < 0) fail<std::invalid_argument>(where, ": values must not be negative, got ", value, " in row ", row);
}

/// Replaces each element by its share in its row's sum, to the power alpha; a row of zeros stays.
template <class Policy, class Scalar, class Index>
void to_probabilities(const Policy& policy, csr_storage<Scalar, Index>& x, double alpha) {
  const csr_view<Scalar, Index> view = x.view();
  Scalar* const values = x.mutable_values();
  for_each_row(policy, view.rows, [&](std::int64_t row, int) {
    double sum = 0;
    for (const Scalar value : view.row_values(row)) sum += static_cast<double>(value);
    if (!(sum > 0)) return;
    for (std::int64_t i = view.offsets[row]; i < view.offsets[row + 1]; ++i)
      values[i] = static_cast<Scalar>(std::pow(static_cast<double>(values[i]) / sum, alpha));
  });
}

/// degree^-beta of each row, its degree being how many of its elements are not 0.
template <class Scalar, class Index>
std::vector<Scalar> degree_scales(const csr_view<Scalar, Index>& item_users, double beta) {
  std::vector<Scalar> scales(static_cast<std::size_t>(item_users.rows));
  for (std::int64_t item = 0; item < item_users.rows; ++item) {
    double degree = 0;
    for (const Scalar value : item_users.row_values(item)) degree += value != 0;
    if (degree > 0) scales[static_cast<std::size_t>(item)] = static_cast<Scalar>(std::pow(degree, -beta));
  }
  return scales;
}

/// W of rp3beta, items x items.
template <class Policy, class Scalar, class Index>
csr_storage<Scalar, Index> walk_weights(const Policy& policy, const csr_view<Scalar, Index>& x,
                                        const rp3beta_options& options) {
  csr_storage<Scalar, Index> to_users = transpose(x), to_items(x);
  const std::vector<Scalar> scales = degree_scales(to_users.view(), options.beta);
  to_probabilities(policy, to_users, options.alpha);
  to_probabilities(policy, to_items, options.alpha);
  auto weights =
      top_products(policy, to_users.view(), to_items.view(), options.neighbors, Scalar{0}, scales.data(), true);
  if (options.normalize) to_probabilities(policy, weights, 1);
  return weights;
}

}  // namespace akin::inline AKIN_ABI::detail
