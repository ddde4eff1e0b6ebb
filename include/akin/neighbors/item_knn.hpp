/// @file
/// Recommendations and ratings from the items most like those that the user has.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/io/parts.hpp>
#include <akin/kernels/scatter_axpy.hpp>
#include <akin/matrix.hpp>
#include <akin/neighbors/detail/centering_terms.hpp>
#include <akin/neighbors/detail/item_weights.hpp>
#include <akin/neighbors/detail/refitted.hpp>
#include <akin/neighbors/detail/similarity_search.hpp>
#include <akin/neighbors/detail/weighted_interactions.hpp>
#include <akin/neighbors/neighborhood_options.hpp>
#include <akin/parallel.hpp>

namespace akin::inline AKIN_ABI {

using item_knn_options = neighborhood_options;

/// Keeps for each item i its nearest items N(i) with their similarities s_ij, and scores an item j for a user by the
/// sum over the user's items i of s_ij r_ui, j in N(i), or by their weighted average. An item that no item of the user
/// has as a neighbour is not recommended.
///
/// Complexity: fit O(sum over users of items^2) on all workers; holds items * neighbors similarities and a copy of the
/// interactions (none where the matrix is moved in); while fitting four copies more. Models that average hold the
/// similarities twice. A user is scored in O(items of the user * neighbors + items). Sums in Scalar: float counts up to
/// 2^24 common users. Deterministic: the same bits for any number of threads. Const members may be called from many
/// threads. Source: M. Deshpande, G. Karypis, "Item-Based Top-N Recommendation Algorithms", ACM TOIS 22(1), 2004;
/// ratings: B. Sarwar, G. Karypis, J. Konstan, J. Riedl, "Item-Based Collaborative Filtering Recommendation
/// Algorithms", 2001.
template <class Scalar = float, class Index = std::int32_t>
class item_knn : public detail::item_weights<Scalar, Index>, public detail::refitted<item_knn<Scalar, Index>> {
  friend class detail::refitted<item_knn>;
  using base = detail::item_weights<Scalar, Index>;

 public:
  static constexpr std::string_view kind = "item_knn";

  item_knn() : item_knn(item_knn_options{}) {}
  /// Throws std::invalid_argument for options out of range.
  template <detail::options_for<item_knn_options> Options = item_knn_options>
  explicit item_knn(const Options& options) : options_(checked<item_knn_options>(options, kind)) {}

  /// Learns from a users x items matrix, of which it keeps a copy, or the matrix itself where that is moved in.
  template <class Policy, class Matrix>
  void fit(const Policy& policy, Matrix&& user_items) {
    detail::checked_view<Scalar, Index>(policy, user_items, "item_knn::fit");
    learn(policy, detail::own<Scalar, Index>(std::forward<Matrix>(user_items)));
  }
  template <class Matrix>
  requires sparse_matrix_like<std::remove_cvref_t<Matrix>>
  void fit(Matrix&& user_items) { fit(execution::seq, std::forward<Matrix>(user_items)); }

  const item_knn_options& options() const noexcept { return options_; }

  /// Items x items, at most `neighbors` a row, none on the diagonal; refers to the model.
  auto similarities() const { return this->weights_.map(); }

  /// The rating that the user is expected to give: the average of the centred values of the user's items weighted by
  /// their similarities to this one, plus what centering took off; that alone where nothing similar is rated. O(items
  /// of the user * log neighbors); ids must be in range.
  Scalar predict(Index user, Index item) const noexcept;

  /// Room for predict_row, for one thread at a time; empty to begin with.
  using prediction_scratch = std::vector<kernels::maybe_number<Scalar>>;
  /// out[i] = predict(user, items[i]), to the bit. Of models that average O(items of the user + the times that each of
  /// `items` is a neighbour), where that is less; ids must be in range.
  void predict_row(Index user, slice<const Index> items, std::span<Scalar> out, prediction_scratch& scratch) const;

  /// 0 without evidence; ids must be in range.
  Scalar score(Index user, Index item) const noexcept;
  /// Fills out[item] for all items, -infinity for those that no item of the user has as a neighbour.
  void score_all(Index user, std::span<Scalar> out) const {
    std::vector<Scalar> scratch(scratch_size());
    score_all(user, out, scratch);
  }
  /// The same without allocating: scratch has scratch_size() elements.
  void score_all(Index user, std::span<Scalar> out, std::span<Scalar> scratch) const noexcept {
    score_centred(terms_.user(user), this->histories_.view().row(user), out, scratch);
  }
  std::size_t scratch_size() const noexcept { return averages() ? static_cast<std::size_t>(this->items()) : 0; }
  /// The same for a history of any user: item ids in range, and a value each.
  void score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const;

  /// See akin::explain. Of a weighted average: each item's share in it, without what centering took off.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;

  void write_to(detail::model_writer& writer) const;
  static item_knn read_from(const detail::model_reader& reader);

 private:
  struct prediction {
    Scalar sum, weight, rating;
  };

  bool averages() const noexcept { return options_.aggregation == aggregation::weighted_average; }
  bool is_plain() const noexcept { return !averages() && options_.centering == centering::none; }

  when_both merging() const noexcept { return averages() ? when_both::replace : when_both::add; }

  void learn(const detail::host_policy& policy, detail::csr_storage<Scalar, Index> histories);

  /// s_ij for the item j that is asked for. Where averages are wanted from the transpose: all of a history is then
  /// looked for in one row, not in a row each.
  Scalar similarity_to(Index j, Index i) const noexcept {
    return averages() ? detail::element(to_items_.view(), j, i) : this->weight(i, j);
  }

  /// Of the user's items that have this one as a neighbour, in their order: so score and score_all agree to the bit.
  prediction average(const detail::user_terms<Scalar>& user, const row_view<Scalar, Index>& history,
                     Index item) const noexcept;
  /// The same from the centred values of all items that the user has: what the others would add is 0.
  prediction average_of_present(const detail::user_terms<Scalar>& user, const prediction_scratch& centred,
                                Index item) const noexcept;
  prediction rated(prediction p, const detail::user_terms<Scalar>& user, Index item) const noexcept {
    p.rating = terms_.rating(p.weight > 0 ? p.sum / p.weight : Scalar{0}, user, item);
    return p;
  }

  void score_centred(const detail::user_terms<Scalar>& user, const row_view<Scalar, Index>& history,
                     std::span<Scalar> out, std::span<Scalar> scratch) const noexcept;

  void divide_by_weights(const detail::user_terms<Scalar>& user, slice<const Index> columns, std::span<Scalar> out,
                         std::span<Scalar> weights) const noexcept;

  item_knn_options options_;
  detail::centering_terms<Scalar, Index> terms_;
  detail::csr_storage<Scalar, Index> to_items_;  // the similarities transposed, of models that average
};

template <class Scalar, class Index>
Scalar item_knn<Scalar, Index>::predict(Index user, Index item) const noexcept {
  return average(terms_.user(user), base::histories_.view().row(user), item).rating;
}

template <class Scalar, class Index>
void item_knn<Scalar, Index>::predict_row(Index user, slice<const Index> items, std::span<Scalar> out,
                                          prediction_scratch& scratch) const {
  const auto history = this->histories_.view().row(user);
  const auto terms = terms_.user(user);
  scratch.resize(averages() ? static_cast<std::size_t>(this->items()) : 0);
  if (averages())
    for (std::int64_t i = 0; i < history.size(); ++i)
      scratch[static_cast<std::size_t>(history.ids[i])] = {terms_.centred(history.values[i], terms, history.ids[i]), 1};
  for (std::int64_t i = 0; i < items.size; ++i) {
    // A search among them takes as long as walking by 16 of them, or more.
    const bool walks = averages() && to_items_.view().row_size(items[i]) <= 16 * history.size();
    out[static_cast<std::size_t>(i)] =
        (walks ? average_of_present(terms, scratch, items[i]) : average(terms, history, items[i])).rating;
  }
  if (averages())
    for (const Index column : history.ids) scratch[static_cast<std::size_t>(column)] = {};
}

template <class Scalar, class Index>
Scalar item_knn<Scalar, Index>::score(Index user, Index item) const noexcept {
  if (is_plain()) return base::score(user, item);
  const auto view = this->histories_.view();
  const prediction p = average(terms_.user(user), view.row(user), item);
  return p.weight > 0 ? (averages() ? p.rating : p.sum) : Scalar{0};
}

template <class Scalar, class Index>
void item_knn<Scalar, Index>::score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const {
  std::vector<Scalar> scratch(scratch_size());
  score_centred(terms_.of_history(history), history, out, scratch);
}

template <class Scalar, class Index>
void item_knn<Scalar, Index>::contributions(const row_view<Scalar, Index>& history, Index item,
                                            std::span<Scalar> out) const {
  const auto user = terms_.of_history(history);
  const prediction p = average(user, history, item);
  const Scalar unit = averages() && p.weight > 0 ? user.scale / p.weight : Scalar{1};
  for (std::int64_t i = 0; i < history.size(); ++i)
    out[static_cast<std::size_t>(i)] =
        unit * this->weight(history.ids[i], item) * terms_.centred(history.values[i], user, history.ids[i]);
}

template <class Scalar, class Index>
void item_knn<Scalar, Index>::write_to(detail::model_writer& writer) const {
  writer.add_options(options_);
  terms_.write_to(writer);
  base::write_matrices(writer, "similarities");
}

template <class Scalar, class Index>
item_knn<Scalar, Index> item_knn<Scalar, Index>::read_from(const detail::model_reader& reader) {
  item_knn model(reader.options<item_knn_options>());
  model.read_matrices(reader, "similarities");
  model.terms_.read_from(reader, model.options_.centering, model.users(), model.items());
  if (model.averages()) model.to_items_ = detail::transpose(model.weights_.view());
  return model;
}

template <class Scalar, class Index>
void item_knn<Scalar, Index>::learn(const detail::host_policy& policy, detail::csr_storage<Scalar, Index> histories) {
  detail::centering_terms<Scalar, Index> terms(options_.centering, histories.view());
  const auto seen = detail::weighted_interactions(terms.centre(histories.view()), options_.weighting);
  const detail::similarity_search<Scalar, Index> search(options_, detail::transpose(seen.view()), "item_knn");
  auto similarities = search.all(policy);
  auto to_items = averages() ? detail::transpose(similarities.view()) : detail::csr_storage<Scalar, Index>();
  this->become(std::move(similarities), std::move(histories));
  terms_ = std::move(terms);
  to_items_ = std::move(to_items);
}

template <class Scalar, class Index>
typename item_knn<Scalar, Index>::prediction item_knn<Scalar, Index>::average(const detail::user_terms<Scalar>& user,
                                                                              const row_view<Scalar, Index>& history,
                                                                              Index item) const noexcept {
  prediction p{0, 0, 0};
  Scalar similarities[base::some], centred[base::some];
  for (std::int64_t begin = 0; begin < history.size(); begin += base::some) {
    const std::int64_t size = std::min(base::some, history.size() - begin);
    for (std::int64_t i = 0; i < size; ++i) {
      similarities[i] = similarity_to(item, history.ids[begin + i]);
      centred[i] = terms_.centred(history.values[begin + i], user, history.ids[begin + i]);
      p.weight += std::abs(similarities[i]);
    }
    p.sum = kernels::add_in_order(centred, similarities, size, p.sum);
  }
  return rated(p, user, item);
}

template <class Scalar, class Index>
typename item_knn<Scalar, Index>::prediction item_knn<Scalar, Index>::average_of_present(
    const detail::user_terms<Scalar>& user, const prediction_scratch& centred, Index item) const noexcept {
  const auto others = to_items_.view().row(item);
  Scalar sums[2];
  kernels::add_present(others.ids.data, others.values.data, others.size(), centred.data(), sums);
  return rated({sums[0], sums[1], 0}, user, item);
}

template <class Scalar, class Index>
void item_knn<Scalar, Index>::score_centred(const detail::user_terms<Scalar>& user,
                                            const row_view<Scalar, Index>& history, std::span<Scalar> out,
                                            std::span<Scalar> scratch) const noexcept {
  if (is_plain()) return base::score_history(history, out);
  const csr_view<Scalar, Index> w = this->weights_.view();
  this->mark_reached(history.ids, out);
  for (std::int64_t i = 0; i < history.size(); ++i) {
    const auto others = w.row(history.ids[i]);
    kernels::scatter_axpy(terms_.centred(history.values[i], user, history.ids[i]), others.ids.data, others.values.data,
                          others.size(), out.data());
  }
  if (averages()) divide_by_weights(user, history.ids, out, scratch);
}

template <class Scalar, class Index>
void item_knn<Scalar, Index>::divide_by_weights(const detail::user_terms<Scalar>& user, slice<const Index> columns,
                                                std::span<Scalar> out, std::span<Scalar> weights) const noexcept {
  const csr_view<Scalar, Index> w = this->weights_.view();
  std::fill(weights.begin(), weights.end(), Scalar{0});
  for (const Index column : columns) {
    const auto others = w.row(column);
    kernels::add_magnitudes(others.ids.data, others.values.data, others.size(), weights.data());
  }
  for (std::size_t item = 0; item < out.size(); ++item)
    if (weights[item] > 0) out[item] = terms_.rating(out[item] / weights[item], user, static_cast<Index>(item));
}

AKIN_COMPILE_ONCE(neighbors, class item_knn<float>)
AKIN_COMPILE_ONCE(neighbors, class item_knn<double>)

}  // namespace akin::inline AKIN_ABI
