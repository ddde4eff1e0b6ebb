/// @file
/// The weights of slim from the interactions.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/linear/detail/item_products.hpp>
#include <akin/linear/detail/item_regression.hpp>
#include <akin/linear/slim_options.hpp>
#include <akin/matrix.hpp>
#include <akin/model/weights_of_columns.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

template <class Scalar, class Index>
regression_data<Scalar, Index> make_regression_data(const host_policy& policy, const csr_view<Scalar, Index>& x,
                                                    const csr_view<Scalar, Index>& item_users,
                                                    const slim_options& options) {
  regression_data<Scalar, Index> data;
  data.options = options;
  data.x = x;
  data.item_users = item_users;
  for (std::int64_t item = 0; item < x.cols; ++item) {
    double squares = 0;
    for (const Scalar value : item_users.row(item).values)
      squares += static_cast<double>(value) * static_cast<double>(value);
    const double scale = squares > 0 ? 1 / std::sqrt(squares + *options.l2) : 0;
    if (!is_finite(static_cast<Scalar>(squares)))
      fail<numeric_error>("slim::fit: the squares of item ", item, " sum to ", squares, ", beyond the scalar type");
    data.lengths.push_back(std::sqrt(squares));
    data.scales.push_back(static_cast<Scalar>(scale));
  }
  // For a few columns, multiplying them is faster than gathering their products from sparse rows.
  using products_type = item_products<Scalar, Index>;
  const double bytes = products_type::bytes(x);
  if (bytes <= options.memory_limit && (*options.neighbors == 0 || products_type::is_dense(x)))
    data.products = products_type(policy, x, item_users);
  else if (*options.neighbors > 0)
    data.terms.assign(x.values, x.values + x.nonzeros());
  else
    fail<std::length_error>("slim::fit: the products of ", x.cols, " items may take ", bytes,
                            " bytes, memory_limit is ", options.memory_limit, "; raise it, or set neighbors");
  return data;
}

/// W, items x items: column j holds the weights of the other items for item j.
template <class Scalar, class Index>
csr_storage<Scalar, Index> slim_weights(const host_policy& policy, const csr_view<Scalar, Index>& x,
                                        const slim_options& options) {
  const csr_storage<Scalar, Index> item_users = transpose(x);
  const auto data = make_regression_data(policy, x, item_users.view(), options);
  using worker_type = item_regression<Scalar, Index>;
  per_worker<worker_type> workers(worker_count(policy, x.cols), worker_type(data));
  std::vector<numbers<typename worker_type::weight>> columns(static_cast<std::size_t>(x.cols));
  const numbers<Index> order = longest_first(item_users.view());
  for_each_row(policy, x.cols, [&](std::int64_t position, int worker) {
    const Index j = order[position];
    at(columns, j) = workers[worker].solve(j);
  });
  return weights_of_columns(columns, "slim::fit");
}

AKIN_COMPILE_ONCE(linear, csr_storage<float, std::int32_t> slim_weights<float, std::int32_t>(
                              const host_policy&, const csr_view<float, std::int32_t>&, const slim_options&))
AKIN_COMPILE_ONCE(linear, csr_storage<double, std::int32_t> slim_weights<double, std::int32_t>(
                              const host_policy&, const csr_view<double, std::int32_t>&, const slim_options&))

}  // namespace akin::inline AKIN_ABI::detail
