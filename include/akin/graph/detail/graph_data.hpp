/// @file
/// The graph of graph_filter from the interactions.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/graph/detail/lane_filter.hpp>
#include <akin/graph/graph_filter_options.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/matrix.hpp>
#include <akin/model/file.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/storage.hpp>
#include <akin/train/randomized_svd.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

[[noreturn]] void fail_beyond_scalar(std::string_view whose, std::int64_t id, double sum);

/// The sums of the rows. Throws numeric_error if a filter of such a row, whose terms are a few times as large, would
/// overflow Scalar.
template <class Scalar, class Index>
numbers<double> degrees(const host_policy& policy, const csr_view<Scalar, Index>& x, std::string_view whose) {
  numbers<double> sums(x.rows);
  for_each_row(policy, x.rows, [&](std::int64_t row, int) {
    for (const Scalar value : x.row(row).values) {
      require(value >= Scalar(0), "graph_filter::fit", "values must not be negative", value);
      sums[row] += static_cast<double>(value);
    }
    if (sums[row] > 1e-3 * static_cast<double>(std::numeric_limits<Scalar>::max()))
      fail_beyond_scalar(whose, row, sums[row]);
  });
  return sums;
}

/// factor degree^exponent, 0 for degree 0. Throws numeric_error if that overflows Scalar.
template <class Scalar>
storage<Scalar> powers(const numbers<double>& degrees, double exponent, double factor, std::string_view whose) {
  storage<Scalar> result(degrees.size());
  for (std::int64_t i = 0; i < degrees.size(); ++i) {
    if (!(degrees[i] > 0)) continue;
    const auto power = static_cast<Scalar>(factor * std::pow(degrees[i], exponent));
    if (!is_finite(power) || (factor > 0 && !(power > 0))) fail_beyond_scalar(whose, i, degrees[i]);
    result.mutable_data()[i] = power;
  }
  return result;
}

/// The arrays of a graph_view except the interactions.
template <class Scalar, class Index>
struct graph_data {
  csr_storage<Scalar, Index> item_users;
  storage<Scalar> user_weights;
  storage<Scalar> item_weights;
  storage<Scalar> scales;
  storage<Scalar> smooth_weights;
  dense_storage<Scalar> smooth;

  graph_view<Scalar, Index> view(const csr_view<Scalar, Index>& user_items) const noexcept {
    return {user_items,    item_users.view(),     user_weights.data(), item_weights.data(),
            scales.data(), smooth_weights.data(), smooth.view()};
  }

  void write_to(model_writer& writer) const;
  /// The arrays of write_to, for a graph of user_items.
  static graph_data read_from(const model_reader& reader, const csr_view<Scalar, Index>& user_items);
};

/// D_i^c V, items x rank.
template <class Scalar, class Index>
dense_storage<Scalar> smooth_signals(const host_policy& policy, const csr_view<Scalar, Index>& x,
                                     const numbers<double>& user_degrees, const numbers<double>& item_degrees,
                                     const graph_filter_options& options) {
  const auto rank = static_cast<int>(std::min<std::int64_t>({options.ideal_rank, x.rows, x.cols}));
  dense_storage<Scalar> result(x.cols, rank);
  if (rank == 0) return result;
  csr_storage<Scalar, Index> normalized(x);
  for_each_row(policy, x.rows, [&](std::int64_t user, int) {
    for (auto p = static_cast<std::int64_t>(x.offsets[user]); p < static_cast<std::int64_t>(x.offsets[user + 1]); ++p) {
      const double degrees = user_degrees[user] * item_degrees[x.columns[p]];
      if (x.values[p] > 0)
        normalized.mutable_values()[p] = static_cast<Scalar>(static_cast<double>(x.values[p]) / std::sqrt(degrees));
    }
  });
  const auto normalized_items = transpose(normalized.view());
  const auto svd = randomized_svd(policy, normalized.view(), normalized_items.view(),
                                  {.rank = rank, .iterations = options.svd_iterations, .seed = options.seed});
  const auto scales = powers<Scalar>(item_degrees, options.ideal_exponent, 1, "item");
  const rows_view<Scalar> smooth = result.mutable_view();
  for (std::int64_t item = 0; item < x.cols; ++item)
    for (std::int64_t d = 0; d < rank; ++d) smooth.row(item)[d] = scales[item] * svd.v(item, d);
  return result;
}

template <class Scalar, class Index>
graph_data<Scalar, Index> learn_graph(const host_policy& policy, const csr_view<Scalar, Index>& x,
                                      const graph_filter_options& options) {
  graph_data<Scalar, Index> graph;
  graph.item_users = transpose(x);
  const auto user_degrees = degrees(policy, x, "user"), item_degrees = degrees(policy, graph.item_users.view(), "item");
  graph.user_weights = powers<Scalar>(user_degrees, -1, 1, "user");
  graph.item_weights = powers<Scalar>(item_degrees, -1, 1, "item");
  graph.scales = powers<Scalar>(item_degrees, 0.5 + options.polynomial_exponent, 1, "item");
  graph.smooth_weights = powers<Scalar>(item_degrees, -2 * options.ideal_exponent, options.ideal_weight, "item");
  graph.smooth = smooth_signals(policy, x, user_degrees, item_degrees, options);
  return graph;
}

template <class Scalar, class Index>
void graph_data<Scalar, Index>::write_to(model_writer& writer) const {
  write_csr(writer, "item_users", item_users.view());
  writer.add("user_weights", user_weights.data(), user_weights.size());
  writer.add("item_weights", item_weights.data(), item_weights.size());
  writer.add("scales", scales.data(), scales.size());
  writer.add("smooth_weights", smooth_weights.data(), smooth_weights.size());
  writer.add("smooth", smooth.view());
}

template <class Scalar, class Index>
graph_data<Scalar, Index> graph_data<Scalar, Index>::read_from(const model_reader& reader,
                                                               const csr_view<Scalar, Index>& user_items) {
  const std::int64_t users = user_items.rows, items = user_items.cols;
  graph_data graph;
  graph.item_users = map_csr<Scalar, Index>(reader, "item_users");
  reader.require(graph.item_users.rows() == items && graph.item_users.cols() == users,
                 "histories must be users x items, and item_users items x users");
  graph.user_weights = map_array<Scalar>(reader, "user_weights", users);
  graph.item_weights = map_array<Scalar>(reader, "item_weights", items);
  graph.scales = map_array<Scalar>(reader, "scales", items);
  graph.smooth_weights = map_array<Scalar>(reader, "smooth_weights", items);
  graph.smooth = map_dense<Scalar>(reader, "smooth", items);
  return graph;
}

AKIN_COMPILE_ONCE(graph, struct graph_data<float, std::int32_t>)
AKIN_COMPILE_ONCE(graph, struct graph_data<double, std::int32_t>)
AKIN_COMPILE_ONCE(graph, graph_data<float, std::int32_t> learn_graph<float, std::int32_t>(
                             const host_policy&, const csr_view<float, std::int32_t>&, const graph_filter_options&))
AKIN_COMPILE_ONCE(graph, graph_data<double, std::int32_t> learn_graph<double, std::int32_t>(
                             const host_policy&, const csr_view<double, std::int32_t>&, const graph_filter_options&))

#if AKIN_BODIES(graph)

AKIN_INLINE void fail_beyond_scalar(std::string_view whose, std::int64_t id, double sum) {
  fail<numeric_error>("graph_filter::fit: the values of ", whose, " ", id, " sum to ", sum,
                      ", which is beyond the scalar type; scale them");
}

#endif

}  // namespace akin::inline AKIN_ABI::detail
