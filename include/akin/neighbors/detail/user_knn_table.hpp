/// @file
/// The learnt state of user_knn, and its answers.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/kernels/scatter_axpy.hpp>
#include <akin/matrix.hpp>
#include <akin/model/file.hpp>
#include <akin/model/history_table.hpp>
#include <akin/model/scorer.hpp>
#include <akin/neighbors/detail/centering_terms.hpp>
#include <akin/neighbors/detail/user_index.hpp>
#include <akin/neighbors/similarity.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Answers from the similarities of users and their items.
template <class Scalar, class Index>
class user_knn_table : public history_table<Scalar, Index> {
 public:
  user_knn_table() = default;
  /// Takes the similarities, users x users, of values under these terms.
  user_knn_table(csr_storage<Scalar, Index> similarities, centering_terms<Scalar, Index> terms,
                 user_index<Scalar, Index> index, aggregation how)
      : similarities_(std::move(similarities)),
        terms_(std::move(terms)),
        index_(std::move(index)),
        averages_(how == aggregation::weighted_average) {}

  /// Whether the user has a neighbour.
  bool knows_user(Index user) const noexcept {
    return user >= 0 && user < this->users() && similarities_.view().row_size(user) > 0;
  }
  /// Whether the item has users.
  bool knows_item(Index item) const noexcept {
    return item >= 0 && item < this->items() && index_.users_of(item).size > 0;
  }

  /// Whether a neighbour of the user has the item; ids must be in range.
  bool has_evidence(Index user, Index item) const noexcept {
    const auto near = neighbors_of(user).ids;
    return std::any_of(near.begin(), near.end(), [&](Index other) { return index_.value_of(other, item) != nullptr; });
  }

  /// Users x users, at most `neighbors` a row, none on the diagonal; refers to the model.
  auto similarities() const { return similarities_.map(); }

  /// The predicted rating: the average of the neighbours' centred values, plus the centering terms; only these if no
  /// neighbour has rated the item. O(neighbors * log items); ids must be in range.
  Scalar predict(Index user, Index item) const noexcept {
    return average(terms_.user(user), neighbors_of(user), item).rating;
  }

  /// Scratch memory of predict_row, for one thread at a time; empty at first.
  struct prediction_scratch {
    std::vector<Scalar> sums, weights;
  };
  /// out[i] = predict(user, items[i]), to the bit: O(sum of the neighbours' items), if that is less; ids must be in
  /// range.
  void predict_row(Index user, slice<const Index> items, std::span<Scalar> out, prediction_scratch& scratch) const;

  /// 0 without evidence; ids must be in range.
  Scalar score(Index user, Index item) const noexcept {
    const prediction<Scalar> p = average(terms_.user(user), neighbors_of(user), item);
    return p.weight > 0 ? (averages_ ? p.rating : p.sum) : Scalar{0};
  }
  /// Fills out[item] for all items, -infinity for those that no neighbour has.
  void score_all(Index user, std::span<Scalar> out) const {
    std::vector<Scalar> scratch(scratch_size());
    score_all(user, out, scratch);
  }
  /// The same without allocating: scratch has scratch_size() elements.
  void score_all(Index user, std::span<Scalar> out, std::span<Scalar> scratch) const noexcept {
    score_from(terms_.user(user), neighbors_of(user), out, scratch);
  }
  std::size_t scratch_size() const noexcept { return averages_ ? static_cast<std::size_t>(this->items()) : 0; }
  /// The same for a history of any user: item ids in range, and a value each. Finds its neighbours first. The first
  /// user of the training with an identical history is taken to be the same user, and is not a neighbour.
  void score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const;

  /// See akin::explain: the contribution of each neighbour of this history to the score (in a weighted average without
  /// the centering terms), divided evenly among the items that it has in common with the history.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;

  void write_to(model_writer& writer) const {
    terms_.write_to(writer);
    write_csr(writer, "similarities", similarities_.view());
  }

 private:
  using neighborhood = row_view<Scalar, Index>;  // users, and their similarities

  neighborhood neighbors_of(Index user) const noexcept { return similarities_.view().row(user); }
  candidates<Scalar, Index> nearest(const user_terms<Scalar>& terms, const row_view<Scalar, Index>& history) const;
  /// Sums over the neighbours who have the item, in their order, so that score and score_all agree to the bit.
  prediction<Scalar> average(const user_terms<Scalar>& user, const neighborhood& near, Index item) const noexcept;

  std::int64_t cells_of(const neighborhood& near) const noexcept {
    std::int64_t cells = 0;
    for (const Index other : near.ids) cells += index_.row(other).size();
    return cells;
  }
  /// The sums and weights of all items, added to zeros.
  void add_all(const neighborhood& near, prediction_scratch& scratch) const;

  void score_from(const user_terms<Scalar>& user, const neighborhood& near, std::span<Scalar> out,
                  std::span<Scalar> scratch) const noexcept;
  /// The weights of all items, in the order of the sums that they divide.
  void add_weights(const neighborhood& near, std::span<Scalar> weights) const noexcept;

  csr_storage<Scalar, Index> similarities_;  // users x users
  centering_terms<Scalar, Index> terms_;
  user_index<Scalar, Index> index_;
  bool averages_ = false;
};

template <class Scalar, class Index>
void user_knn_table<Scalar, Index>::predict_row(Index user, slice<const Index> items, std::span<Scalar> out,
                                                prediction_scratch& scratch) const {
  const neighborhood near = neighbors_of(user);
  const auto terms = terms_.user(user);
  // A search among a neighbour's items takes as long as scanning at least 16 of them.
  const bool walks = cells_of(near) <= 16 * items.size * near.size();
  if (walks) add_all(near, scratch);
  for (std::int64_t i = 0; i < items.size; ++i) {
    const auto item = static_cast<std::size_t>(items[i]);
    out[static_cast<std::size_t>(i)] =
        (walks ? terms_.predict(scratch.sums[item], scratch.weights[item], terms, items[i])
               : average(terms, near, items[i]))
            .rating;
  }
  if (!walks) return;
  for (const Index other : near.ids)
    for (const Index item : index_.row(other).ids)
      scratch.sums[static_cast<std::size_t>(item)] = scratch.weights[static_cast<std::size_t>(item)] = 0;
}

template <class Scalar, class Index>
void user_knn_table<Scalar, Index>::score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const {
  const auto terms = terms_.of_history(history);
  const auto best = nearest(terms, history);
  std::vector<Scalar> scratch(scratch_size());
  score_from(terms, {{best.ids.data(), best.count}, {best.scores.data(), best.count}}, out, scratch);
}

template <class Scalar, class Index>
void user_knn_table<Scalar, Index>::contributions(const row_view<Scalar, Index>& history, Index item,
                                                  std::span<Scalar> out) const {
  const auto terms = terms_.of_history(history);
  const auto best = nearest(terms, history);
  const neighborhood near{{best.ids.data(), best.count}, {best.scores.data(), best.count}};
  const prediction<Scalar> p = average(terms, near, item);
  const Scalar unit = averages_ && p.weight > 0 ? terms.scale / p.weight : Scalar{1};
  std::fill(out.begin(), out.end(), Scalar{0});
  std::vector<std::size_t> common;
  for (std::int64_t n = 0; n < near.size(); ++n) {
    const Scalar* const value = index_.value_of(near.ids[n], item);
    if (value == nullptr) continue;
    common.clear();
    for (std::int64_t i = 0; i < history.size(); ++i)
      if (index_.value_of(near.ids[n], history.ids[i]) != nullptr) common.push_back(static_cast<std::size_t>(i));
    for (const std::size_t i : common) out[i] += unit * near.values[n] * *value / static_cast<Scalar>(common.size());
  }
}

template <class Scalar, class Index>
candidates<Scalar, Index> user_knn_table<Scalar, Index>::nearest(const user_terms<Scalar>& terms,
                                                                 const row_view<Scalar, Index>& history) const {
  std::vector<Scalar> centred(static_cast<std::size_t>(history.size()));
  for (std::int64_t i = 0; i < history.size(); ++i)
    centred[static_cast<std::size_t>(i)] = terms_.centred(history.values[i], terms, history.ids[i]);
  return index_.nearest(history.ids, {centred.data(), history.size()},
                        index_.owner_of(history, this->histories_.view()));
}

template <class Scalar, class Index>
prediction<Scalar> user_knn_table<Scalar, Index>::average(const user_terms<Scalar>& user, const neighborhood& near,
                                                          Index item) const noexcept {
  Scalar sum = 0, weight = 0;
  const Index only = 0;
  for (std::int64_t n = 0; n < near.size(); ++n) {
    const Scalar* const value = index_.value_of(near.ids[n], item);
    if (value == nullptr) continue;
    const Scalar one = 1;
    kernels::scatter_axpy(near.values[n], &only, value, 1, &sum);
    kernels::scatter_axpy(std::abs(near.values[n]), &only, &one, 1, &weight);
  }
  return terms_.predict(sum, weight, user, item);
}

template <class Scalar, class Index>
void user_knn_table<Scalar, Index>::add_all(const neighborhood& near, prediction_scratch& scratch) const {
  scratch.sums.resize(static_cast<std::size_t>(this->items()));
  scratch.weights.resize(static_cast<std::size_t>(this->items()));
  for (std::int64_t n = 0; n < near.size(); ++n) {
    const auto items = index_.row(near.ids[n]);
    const Scalar similarity = near.values[n];
    kernels::scatter_axpy(similarity, items.ids.data, items.values.data, items.size(), scratch.sums.data());
    kernels::add_constant(std::abs(similarity), items.ids.data, items.size(), scratch.weights.data());
  }
}

template <class Scalar, class Index>
void user_knn_table<Scalar, Index>::score_from(const user_terms<Scalar>& user, const neighborhood& near,
                                               std::span<Scalar> out, std::span<Scalar> scratch) const noexcept {
  std::fill(out.begin(), out.end(), no_score<Scalar>);
  for (const Index other : near.ids)
    for (const Index item : index_.row(other).ids) out[static_cast<std::size_t>(item)] = 0;
  for (std::int64_t n = 0; n < near.size(); ++n) {
    const auto items = index_.row(near.ids[n]);
    kernels::scatter_axpy(near.values[n], items.ids.data, items.values.data, items.size(), out.data());
  }
  if (!averages_) return;
  add_weights(near, scratch);
  terms_.rate(user, scratch, out);
}

template <class Scalar, class Index>
void user_knn_table<Scalar, Index>::add_weights(const neighborhood& near, std::span<Scalar> weights) const noexcept {
  std::fill(weights.begin(), weights.end(), Scalar{0});
  for (std::int64_t n = 0; n < near.size(); ++n) {
    const auto items = index_.row(near.ids[n]).ids;
    kernels::add_constant(std::abs(near.values[n]), items.data, items.size, weights.data());
  }
}

AKIN_COMPILE_ONCE(neighbors, class user_knn_table<float, std::int32_t>)
AKIN_COMPILE_ONCE(neighbors, class user_knn_table<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI::detail
