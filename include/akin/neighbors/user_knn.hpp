/// @file
/// User-based nearest neighbours: recommendations and ratings from the most similar users.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include <akin/config.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/model/data_shape.hpp>
#include <akin/model/file.hpp>
#include <akin/neighbors/detail/centering_terms.hpp>
#include <akin/neighbors/detail/neighborhood_task.hpp>
#include <akin/neighbors/detail/user_index.hpp>
#include <akin/neighbors/detail/user_knn_table.hpp>
#include <akin/neighbors/neighborhood_options.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/train/refit_model.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

using user_knn_options = neighborhood_options;

/// The algorithm of user_knn.
template <class Scalar, class Index>
struct user_knn_task : detail::neighborhood_task<Scalar, Index> {
  using detail::neighborhood_task<Scalar, Index>::options;
  static constexpr std::string_view kind = "user_knn";
  using table_type = detail::user_knn_table<Scalar, Index>;

  static neighborhood_options chosen(const neighborhood_options& asked, const data_shape& data) {
    return chosen_for_users(asked, data);
  }
  table_type learn(const detail::host_policy& policy, const csr_view<Scalar, Index>& x) const;
  /// Reads the stored arrays and rebuilds the centred interactions and those by item.
  table_type read_table(const model_reader& reader, const csr_view<Scalar, Index>& histories) const;
};

/// Keeps for each user u the nearest users N(u) with their similarities s_uv, and scores an item i by the sum over v in
/// N(u) of s_uv r_vi, or by their weighted average. An item that no neighbour has is not recommended. Here
/// adjusted_cosine subtracts the items' means, pearson the users'.
///
/// Complexity: fit O(sum over items of users^2) on all workers; holds users * neighbors similarities and four copies of
/// the interactions: original, centred, and with the values of the measure by user and by item, for new users. A user
/// is scored in O(sum of the neighbours' items + items); a new history takes O(sum of its items' users) more.
/// Deterministic: the same bits for any number of threads. Const members may be called from many threads. Source: P.
/// Resnick et al., "GroupLens: An Open Architecture for Collaborative Filtering of Netnews", CSCW 1994.
template <class Scalar = float, class Index = std::int32_t>
class user_knn : public refit_model<user_knn_task<Scalar, Index>> {
  using base = refit_model<user_knn_task<Scalar, Index>>;

 public:
  using base::base;
  static user_knn read_from(const model_reader& reader) { return base::template read_as<user_knn>(reader); }
};
user_knn(const user_knn_options&)->user_knn<>;

template <class Scalar, class Index>
detail::user_knn_table<Scalar, Index> user_knn_task<Scalar, Index>::learn(const detail::host_policy& policy,
                                                                          const csr_view<Scalar, Index>& x) const {
  detail::centering_terms<Scalar, Index> terms(options.centering, x);
  detail::user_index<Scalar, Index> index(options, terms, x);
  auto similarities = index.similarities(policy);
  return {std::move(similarities), std::move(terms), std::move(index), options.aggregation};
}

template <class Scalar, class Index>
detail::user_knn_table<Scalar, Index> user_knn_task<Scalar, Index>::read_table(
    const model_reader& reader, const csr_view<Scalar, Index>& histories) const {
  auto similarities = detail::map_csr<Scalar, Index>(reader, "similarities");
  reader.require(similarities.rows() == similarities.cols() && histories.rows == similarities.rows(),
                 "similarities must be users x users, and histories users x items");
  detail::centering_terms<Scalar, Index> terms;
  terms.read_from(reader, options.centering, histories.rows, histories.cols);
  detail::user_index<Scalar, Index> index(options, terms, histories);
  return {std::move(similarities), std::move(terms), std::move(index), options.aggregation};
}

AKIN_COMPILE_ONCE(neighbors, class user_knn<float>)
AKIN_COMPILE_ONCE(neighbors, class refit_model<user_knn_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(neighbors, struct user_knn_task<float, std::int32_t>)
AKIN_COMPILE_ONCE(neighbors, class user_knn<double>)
AKIN_COMPILE_ONCE(neighbors, class refit_model<user_knn_task<double, std::int32_t>>)
AKIN_COMPILE_ONCE(neighbors, struct user_knn_task<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI
