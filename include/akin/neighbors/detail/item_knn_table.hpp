/// @file
/// The learnt state of item_knn, and its answers.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/kernels/scatter_axpy.hpp>
#include <akin/matrix.hpp>
#include <akin/model/file.hpp>
#include <akin/model/weight_table.hpp>
#include <akin/neighbors/detail/centering_terms.hpp>
#include <akin/neighbors/similarity.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Answers from the similarities of items and the users' histories: as weight_table, or by the weighted average of
/// centred values.
template <class Scalar, class Index>
class item_knn_table : public weight_table<Scalar, Index> {
  using base = weight_table<Scalar, Index>;

 public:
  item_knn_table() = default;
  /// Takes the similarities, items x items, of values under these terms.
  item_knn_table(csr_storage<Scalar, Index> similarities, centering_terms<Scalar, Index> terms, aggregation how)
      : base(std::move(similarities)), terms_(std::move(terms)), averages_(how == aggregation::weighted_average) {
    if (averages_) to_items_ = transpose(this->weights_.view());
  }

  /// Items x items, at most `neighbors` a row, none on the diagonal; refers to the model.
  auto similarities() const { return this->weights_.map(); }

  /// The predicted rating: the average of the centred values of the user's items, weighted by their similarities to
  /// this one, plus the centering terms; only these if no similar item is rated. O(items of the user * log neighbors);
  /// ids must be in range.
  Scalar predict(Index user, Index item) const noexcept;

  /// Scratch memory of predict_row, for one thread at a time; empty at first.
  using prediction_scratch = std::vector<kernels::maybe_number<Scalar>>;
  /// out[i] = predict(user, items[i]), to the bit. In models that average, O(items of the user + the number of times
  /// that each of `items` is a neighbour), if that is less; ids must be in range.
  void predict_row(Index user, slice<const Index> items, std::span<Scalar> out, prediction_scratch& scratch) const;

  /// 0 without evidence; ids must be in range.
  Scalar score(Index user, Index item) const noexcept;
  /// Fills out[item] for all items, -infinity for those that are not a neighbour of any item of the user.
  void score_all(Index user, std::span<Scalar> out) const {
    std::vector<Scalar> scratch(scratch_size());
    score_all(user, out, scratch);
  }
  /// The same without allocating: scratch has scratch_size() elements.
  void score_all(Index user, std::span<Scalar> out, std::span<Scalar> scratch) const noexcept {
    score_centred(terms_.user(user), this->histories_.view().row(user), out, scratch);
  }
  std::size_t scratch_size() const noexcept { return averages_ ? static_cast<std::size_t>(this->items()) : 0; }
  /// The same for a history of any user: item ids in range, and a value each.
  void score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const;

  /// See akin::explain. For a weighted average: each item's share of it, without the centering terms.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;

  void write_to(model_writer& writer) const {
    terms_.write_to(writer);
    write_csr(writer, "similarities", this->weights_.view());
  }

 private:
  bool is_plain() const noexcept { return !averages_ && !terms_.centres(); }

  /// s_ij for the queried item j. In models that average from the transpose, so that the whole history is looked up in
  /// one row.
  Scalar similarity_to(Index j, Index i) const noexcept {
    return averages_ ? value_at(to_items_.view(), j, i) : this->weight(i, j);
  }

  /// Sums over the user's items that have this one as a neighbour, in their order, so that score and score_all agree to
  /// the bit.
  prediction<Scalar> average(const user_terms<Scalar>& user, const row_view<Scalar, Index>& history,
                             Index item) const noexcept;
  /// The same from the centred values of all of the user's items: the others would add 0.
  prediction<Scalar> average_of_present(const user_terms<Scalar>& user, const prediction_scratch& centred,
                                        Index item) const noexcept;
  void score_centred(const user_terms<Scalar>& user, const row_view<Scalar, Index>& history, std::span<Scalar> out,
                     std::span<Scalar> scratch) const noexcept;

  /// The weights of all items, in the order of the sums that they divide.
  void add_weights(slice<const Index> columns, std::span<Scalar> weights) const noexcept;

  centering_terms<Scalar, Index> terms_;
  bool averages_ = false;
  csr_storage<Scalar, Index> to_items_;  // the similarities transposed, of models that average
};

template <class Scalar, class Index>
Scalar item_knn_table<Scalar, Index>::predict(Index user, Index item) const noexcept {
  return average(terms_.user(user), this->histories_.view().row(user), item).rating;
}

template <class Scalar, class Index>
void item_knn_table<Scalar, Index>::predict_row(Index user, slice<const Index> items, std::span<Scalar> out,
                                                prediction_scratch& scratch) const {
  const auto history = this->histories_.view().row(user);
  const auto terms = terms_.user(user);
  scratch.resize(averages_ ? static_cast<std::size_t>(this->items()) : 0);
  if (averages_)
    for (std::int64_t i = 0; i < history.size(); ++i)
      scratch[static_cast<std::size_t>(history.ids[i])] = {terms_.centred(history.values[i], terms, history.ids[i]), 1};
  for (std::int64_t i = 0; i < items.size; ++i) {
    // A search among them takes as long as scanning at least 16 of them.
    const bool walks = averages_ && to_items_.view().row_size(items[i]) <= 16 * history.size();
    out[static_cast<std::size_t>(i)] =
        (walks ? average_of_present(terms, scratch, items[i]) : average(terms, history, items[i])).rating;
  }
  if (averages_)
    for (const Index column : history.ids) scratch[static_cast<std::size_t>(column)] = {};
}

template <class Scalar, class Index>
Scalar item_knn_table<Scalar, Index>::score(Index user, Index item) const noexcept {
  if (is_plain()) return base::score(user, item);
  const auto view = this->histories_.view();
  const prediction<Scalar> p = average(terms_.user(user), view.row(user), item);
  return p.weight > 0 ? (averages_ ? p.rating : p.sum) : Scalar{0};
}

template <class Scalar, class Index>
void item_knn_table<Scalar, Index>::score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const {
  std::vector<Scalar> scratch(scratch_size());
  score_centred(terms_.of_history(history), history, out, scratch);
}

template <class Scalar, class Index>
void item_knn_table<Scalar, Index>::contributions(const row_view<Scalar, Index>& history, Index item,
                                                  std::span<Scalar> out) const {
  const auto user = terms_.of_history(history);
  const prediction<Scalar> p = average(user, history, item);
  const Scalar unit = averages_ && p.weight > 0 ? user.scale / p.weight : Scalar{1};
  for (std::int64_t i = 0; i < history.size(); ++i)
    out[static_cast<std::size_t>(i)] =
        unit * this->weight(history.ids[i], item) * terms_.centred(history.values[i], user, history.ids[i]);
}

template <class Scalar, class Index>
prediction<Scalar> item_knn_table<Scalar, Index>::average(const user_terms<Scalar>& user,
                                                          const row_view<Scalar, Index>& history,
                                                          Index item) const noexcept {
  Scalar sum = 0, weight = 0;
  Scalar similarities[base::block_size], centred[base::block_size];
  for (std::int64_t begin = 0; begin < history.size(); begin += base::block_size) {
    const std::int64_t size = std::min(base::block_size, history.size() - begin);
    for (std::int64_t i = 0; i < size; ++i) {
      similarities[i] = similarity_to(item, history.ids[begin + i]);
      centred[i] = terms_.centred(history.values[begin + i], user, history.ids[begin + i]);
      weight += std::abs(similarities[i]);
    }
    sum = kernels::add_in_order(centred, similarities, size, sum);
  }
  return terms_.predict(sum, weight, user, item);
}

template <class Scalar, class Index>
prediction<Scalar> item_knn_table<Scalar, Index>::average_of_present(const user_terms<Scalar>& user,
                                                                     const prediction_scratch& centred,
                                                                     Index item) const noexcept {
  const auto others = to_items_.view().row(item);
  Scalar sums[2];
  kernels::add_present(others.ids.data, others.values.data, others.size(), centred.data(), sums);
  return terms_.predict(sums[0], sums[1], user, item);
}

template <class Scalar, class Index>
void item_knn_table<Scalar, Index>::score_centred(const user_terms<Scalar>& user,
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
  if (!averages_) return;
  add_weights(history.ids, scratch);
  terms_.rate(user, scratch, out);
}

template <class Scalar, class Index>
void item_knn_table<Scalar, Index>::add_weights(slice<const Index> columns, std::span<Scalar> weights) const noexcept {
  const csr_view<Scalar, Index> w = this->weights_.view();
  std::fill(weights.begin(), weights.end(), Scalar{0});
  for (const Index column : columns) {
    const auto others = w.row(column);
    kernels::add_magnitudes(others.ids.data, others.values.data, others.size(), weights.data());
  }
}

AKIN_COMPILE_ONCE(neighbors, class item_knn_table<float, std::int32_t>)
AKIN_COMPILE_ONCE(neighbors, class item_knn_table<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI::detail
