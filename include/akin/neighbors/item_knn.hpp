/// @file
/// Item-based nearest neighbours: recommendations and ratings from the items most similar to the user's.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include <akin/config.hpp>
#include <akin/matrix.hpp>
#include <akin/model/data_shape.hpp>
#include <akin/model/file.hpp>
#include <akin/model/weight_table.hpp>
#include <akin/neighbors/detail/centering_terms.hpp>
#include <akin/neighbors/detail/item_knn_table.hpp>
#include <akin/neighbors/detail/neighborhood_task.hpp>
#include <akin/neighbors/detail/similarity_search.hpp>
#include <akin/neighbors/detail/value_weights.hpp>
#include <akin/neighbors/neighborhood_options.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/train/refit_model.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

using item_knn_options = neighborhood_options;

/// The algorithm of item_knn.
template <class Scalar, class Index>
struct item_knn_task : detail::neighborhood_task<Scalar, Index> {
  using detail::neighborhood_task<Scalar, Index>::options;
  static constexpr std::string_view kind = "item_knn";
  using table_type = detail::item_knn_table<Scalar, Index>;

  static neighborhood_options chosen(const neighborhood_options& asked, const data_shape& data) {
    return chosen_for_items(asked, data);
  }
  table_type learn(const detail::host_policy& policy, const csr_view<Scalar, Index>& x) const;
  table_type read_table(const model_reader& reader, const csr_view<Scalar, Index>& histories) const;
};

/// Keeps for each item i its nearest items N(i) with their similarities s_ij, and scores an item j for a user by the
/// sum over the user's items i of s_ij r_ui, j in N(i), or by their weighted average. An item that is not a neighbour
/// of any item of the user is not recommended.
///
/// Complexity: fit O(sum over users of items^2) on all workers; holds items * neighbors similarities and a copy of the
/// interactions (none if the matrix is moved in), and during a fit four more copies. Models that average hold the
/// similarities twice. A user is scored in O(items of the user * neighbors + items). Sums in Scalar: float counts up to
/// 2^24 common users. Deterministic: the same bits for any number of threads. Const members may be called from many
/// threads. Source: M. Deshpande, G. Karypis, "Item-Based Top-N Recommendation Algorithms", ACM TOIS 22(1), 2004;
/// ratings: B. Sarwar, G. Karypis, J. Konstan, J. Riedl, "Item-Based Collaborative Filtering Recommendation
/// Algorithms", 2001.
template <class Scalar = float, class Index = std::int32_t>
class item_knn : public refit_model<item_knn_task<Scalar, Index>> {
  using base = refit_model<item_knn_task<Scalar, Index>>;

 public:
  using base::base;
  static item_knn read_from(const model_reader& reader) { return base::template read_as<item_knn>(reader); }
};
item_knn(const item_knn_options&)->item_knn<>;

template <class Scalar, class Index>
detail::item_knn_table<Scalar, Index> item_knn_task<Scalar, Index>::learn(const detail::host_policy& policy,
                                                                          const csr_view<Scalar, Index>& x) const {
  detail::centering_terms<Scalar, Index> terms(options.centering, x);
  auto centred = terms.centre(x);
  const detail::value_weights weights(options, centred.view(), kind);
  const auto seen = weights.weigh(std::move(centred));
  const detail::similarity_search<Scalar, Index> search(options, detail::transpose(seen.view()), kind);
  return {search.all(policy), std::move(terms), options.aggregation};
}

template <class Scalar, class Index>
detail::item_knn_table<Scalar, Index> item_knn_task<Scalar, Index>::read_table(
    const model_reader& reader, const csr_view<Scalar, Index>& histories) const {
  auto similarities = detail::map_weights(reader, "similarities", histories);
  detail::centering_terms<Scalar, Index> terms;
  terms.read_from(reader, options.centering, histories.rows, histories.cols);
  return {std::move(similarities), std::move(terms), options.aggregation};
}

AKIN_COMPILE_ONCE(neighbors, class item_knn<float>)
AKIN_COMPILE_ONCE(neighbors, class refit_model<item_knn_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(neighbors, struct item_knn_task<float, std::int32_t>)
AKIN_COMPILE_ONCE(neighbors, class item_knn<double>)
AKIN_COMPILE_ONCE(neighbors, class refit_model<item_knn_task<double, std::int32_t>>)
AKIN_COMPILE_ONCE(neighbors, struct item_knn_task<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI
