/// @file
/// Recommendations from the items most like those that the user has.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/kernels/scatter_axpy.hpp>
#include <akin/matrix.hpp>
#include <akin/neighbors/detail/top_similarities.hpp>
#include <akin/neighbors/similarity.hpp>
#include <akin/retrieval/detail/rank.hpp>

namespace akin::inline AKIN_ABI {

struct item_knn_options {
  int neighbors = 100;  ///< >= 1, kept of each item; 20 to 500
  akin::similarity similarity = similarity::cosine;
};

/// Keeps for each item i its nearest items N(i) with their similarities s_ij, and scores an item j for a user by the
/// sum over the user's items i of s_ij r_ui. An item that no item of the user has as a neighbour is not recommended.
///
/// Complexity: fit O(sum over users of items^2) on all workers; holds items * neighbors similarities and a copy of the
/// interactions (none where the matrix is moved in). A user is scored in O(items of the user * neighbors + items).
/// Deterministic: the same bits for any number of threads. Const members may be called from many threads.
/// Source: M. Deshpande, G. Karypis, "Item-Based Top-N Recommendation Algorithms", ACM TOIS 22(1), 2004.
template <class Scalar = float, class Index = std::int32_t>
class item_knn {
 public:
  using scalar_type = Scalar;
  using index_type = Index;
  static constexpr std::string_view kind = "item_knn";

  explicit item_knn(const item_knn_options& options = {}) : options_(options) {
    detail::require(options.neighbors >= 1, "item_knn", "neighbors must be positive", options.neighbors);
    detail::require(options.similarity == similarity::cosine, "item_knn", "similarity must be one of the enumerators",
                    static_cast<int>(options.similarity));
  }

  /// Learns from a users x items matrix, of which it keeps a copy, or the matrix itself where that is moved in.
  template <class Policy, class Matrix>
  void fit(const Policy& policy, Matrix&& user_items) {
    const auto x = detail::checked_view<Scalar, Index>(policy, user_items, "item_knn::fit");
    auto similarities = detail::top_cosines(policy, x, options_.neighbors);
    histories_ = detail::own<Scalar, Index>(std::forward<Matrix>(user_items));
    similarities_ = std::move(similarities);
  }
  template <class Matrix>
  requires sparse_matrix_like<std::remove_cvref_t<Matrix>>
  void fit(Matrix&& user_items) { fit(execution::seq, std::forward<Matrix>(user_items)); }

  const item_knn_options& options() const noexcept { return options_; }
  std::int64_t users() const noexcept { return histories_.rows(); }
  std::int64_t items() const noexcept { return similarities_.rows(); }
  bool knows_user(Index user) const noexcept {
    return user >= 0 && user < users() && histories_.view().row_size(user) > 0;
  }
  /// Whether the item has a neighbour.
  bool knows_item(Index item) const noexcept {
    return item >= 0 && item < items() && similarities_.view().row_size(item) > 0;
  }

  /// Items x items, at most `neighbors` a row, none on the diagonal; refers to the model.
  auto similarities() const { return similarities_.map(); }
  /// The interactions of the training, users x items; refers to the model.
  auto histories() const { return histories_.map(); }

  /// 0 without evidence; ids must be in range.
  Scalar score(Index user, Index item) const noexcept {
    const auto columns = histories_.view().row_columns(user);
    const auto values = histories_.view().row_values(user);
    Scalar sum = 0;
    for (std::int64_t i = 0; i < columns.size; ++i) {
      const Scalar s = similarity_of(columns[i], item);
      const Index only = 0;
      kernels::scatter_axpy(values[i], &only, &s, 1, &sum);
    }
    return sum;
  }
  /// Fills out[item] for all items, -infinity for those that no item of the user has as a neighbour.
  void score_all(Index user, std::span<Scalar> out) const noexcept {
    score_history(histories_.view().row_columns(user), histories_.view().row_values(user), out);
  }
  /// The same for a history of any user: item ids in range, and a value each.
  void score_history(slice<const Index> columns, slice<const Scalar> values, std::span<Scalar> out) const noexcept {
    const csr_view<Scalar, Index> s = similarities_.view();
    std::fill(out.begin(), out.end(), detail::no_score<Scalar>);
    for (const Index item : columns)
      for (const Index neighbor : s.row_columns(item)) out[static_cast<std::size_t>(neighbor)] = 0;
    for (std::int64_t i = 0; i < columns.size; ++i) {
      const auto neighbors = s.row_columns(columns[i]);
      kernels::scatter_axpy(values[i], neighbors.data, s.row_values(columns[i]).data, neighbors.size, out.data());
    }
  }

  /// Fills out[other] with the similarity to each neighbour of the item, -infinity elsewhere.
  void similarity_all(Index item, std::span<Scalar> out) const noexcept {
    const auto neighbors = similarities_.view().row_columns(item);
    const auto values = similarities_.view().row_values(item);
    std::fill(out.begin(), out.end(), detail::no_score<Scalar>);
    for (std::int64_t i = 0; i < neighbors.size; ++i) out[static_cast<std::size_t>(neighbors[i])] = values[i];
  }

  /// See akin::explain.
  void contributions(slice<const Index> columns, slice<const Scalar> values, Index item,
                     std::span<Scalar> out) const noexcept {
    for (std::int64_t i = 0; i < columns.size; ++i)
      out[static_cast<std::size_t>(i)] = values[i] * similarity_of(columns[i], item);
  }

  void write_to(detail::model_writer& writer) const {
    writer.add_value("neighbors", options_.neighbors);
    writer.add_value("similarity", options_.similarity);
    detail::write_csr(writer, "similarities", similarities_.view());
    detail::write_csr(writer, "histories", histories_.view());
  }
  static item_knn read_from(const detail::model_reader& reader) {
    item_knn model(
        {.neighbors = reader.value<int>("neighbors"), .similarity = reader.value<akin::similarity>("similarity")});
    model.similarities_ = detail::map_csr<Scalar, Index>(reader, "similarities");
    model.histories_ = detail::map_csr<Scalar, Index>(reader, "histories");
    reader.require(model.similarities_.rows() == model.similarities_.cols() &&
                       model.histories_.cols() == model.similarities_.rows(),
                   "similarities must be items x items, and histories users x items");
    return model;
  }

 private:
  /// s_ij, 0 where j is no neighbour of i.
  Scalar similarity_of(Index i, Index j) const noexcept {
    const auto neighbors = similarities_.view().row_columns(i);
    const Index* const found = std::lower_bound(neighbors.begin(), neighbors.end(), j);
    return found != neighbors.end() && *found == j ? similarities_.view().row_values(i)[found - neighbors.begin()]
                                                   : Scalar{0};
  }

  item_knn_options options_;
  detail::csr_storage<Scalar, Index> similarities_;
  detail::csr_storage<Scalar, Index> histories_;
};

}  // namespace akin::inline AKIN_ABI
