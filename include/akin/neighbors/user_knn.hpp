/// @file
/// Recommendations and ratings from the users most like the user.
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
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/kernels/scatter_axpy.hpp>
#include <akin/matrix.hpp>
#include <akin/model/scorer.hpp>
#include <akin/neighbors/detail/centering_terms.hpp>
#include <akin/neighbors/detail/refitted.hpp>
#include <akin/neighbors/detail/similarity_search.hpp>
#include <akin/neighbors/detail/weighted_interactions.hpp>
#include <akin/neighbors/neighborhood_options.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

using user_knn_options = neighborhood_options;

/// Keeps for each user u the nearest users N(u) with their similarities s_uv, and scores an item i by the sum over v in
/// N(u) of s_uv r_vi, or by their weighted average. An item that no neighbour has is not recommended. adjusted_cosine
/// takes off the items' means here, pearson the users'.
///
/// Complexity: fit O(sum over items of users^2) on all workers; holds users * neighbors similarities and the
/// interactions four times: as they are, centred, and by user and by item as the measure sees them, for new users. A
/// user is scored in O(sum of the neighbours' items + items); a history that is new in O(sum of its items' users) more.
/// Deterministic: the same bits for any number of threads. Const members may be called from many threads.
/// Source: P. Resnick et al., "GroupLens: An Open Architecture for Collaborative Filtering of Netnews", CSCW 1994.
template <class Scalar = float, class Index = std::int32_t>
class user_knn : public detail::refitted<user_knn<Scalar, Index>> {
  friend class detail::refitted<user_knn>;

 public:
  using scalar_type = Scalar;
  using index_type = Index;
  static constexpr std::string_view kind = "user_knn";

  user_knn() : user_knn(user_knn_options{}) {}
  /// Throws std::invalid_argument for options out of range.
  template <detail::options_for<user_knn_options> Options = user_knn_options>
  explicit user_knn(const Options& options) : options_(checked<user_knn_options>(options, kind)) {}

  /// Learns from a users x items matrix, of which it keeps a copy, or the matrix itself where that is moved in.
  template <class Policy, class Matrix>
  void fit(const Policy& policy, Matrix&& user_items) {
    detail::checked_view<Scalar, Index>(policy, user_items, "user_knn::fit");
    learn(policy, detail::own<Scalar, Index>(std::forward<Matrix>(user_items)));
  }
  template <class Matrix>
  requires sparse_matrix_like<std::remove_cvref_t<Matrix>>
  void fit(Matrix&& user_items) { fit(execution::seq, std::forward<Matrix>(user_items)); }

  const user_knn_options& options() const noexcept { return options_; }
  /// Whether fit was called, be it with no users and no items.
  bool is_fitted() const noexcept { return histories_.is_set(); }
  std::int64_t users() const noexcept { return histories_.rows(); }
  std::int64_t items() const noexcept { return histories_.cols(); }
  /// Whether the user has a neighbour.
  bool knows_user(Index user) const noexcept {
    return user >= 0 && user < users() && similarities_.view().row_size(user) > 0;
  }
  /// Whether anyone has the item.
  bool knows_item(Index item) const noexcept { return item >= 0 && item < items() && search_.meeting(item).size > 0; }

  /// Whether a neighbour of the user has the item; ids must be in range.
  bool has_evidence(Index user, Index item) const noexcept {
    const auto near = neighbors_of(user).ids;
    return std::any_of(near.begin(), near.end(), [&](Index other) { return value_of(other, item) != nullptr; });
  }

  /// Users x users, at most `neighbors` a row, none on the diagonal; refers to the model.
  auto similarities() const { return similarities_.map(); }
  /// The interactions of the training, users x items; refers to the model.
  auto histories() const { return histories_.map(); }

  /// The rating that the user is expected to give: the average of the neighbours' centred values, plus what centering
  /// took off; that alone where no neighbour has rated the item. O(neighbors * log items); ids must be in range.
  Scalar predict(Index user, Index item) const noexcept {
    return average(terms_.user(user), neighbors_of(user), item).rating;
  }

  /// Room for predict_row, for one thread at a time; empty to begin with.
  struct prediction_scratch {
    std::vector<Scalar> sums, weights;
  };
  /// out[i] = predict(user, items[i]), to the bit: O(sum of the neighbours' items), where that is less; ids must be in
  /// range.
  void predict_row(Index user, slice<const Index> items, std::span<Scalar> out, prediction_scratch& scratch) const;

  /// 0 without evidence; ids must be in range.
  Scalar score(Index user, Index item) const noexcept {
    const prediction p = average(terms_.user(user), neighbors_of(user), item);
    return p.weight > 0 ? (averages() ? p.rating : p.sum) : Scalar{0};
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
  std::size_t scratch_size() const noexcept { return averages() ? static_cast<std::size_t>(items()) : 0; }
  /// The same for a history of any user: item ids in range, and a value each. Its neighbours are found first. The first
  /// user of the training with this very history is taken for the one who asks, and is none of them.
  void score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const;

  /// See akin::explain: what each neighbour of this history adds to the score (in a weighted average without what
  /// centering took off), shared out over the items that it has in common with the history, evenly.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;

  void write_to(detail::model_writer& writer) const;
  /// Reads what is stored and makes the centred interactions and those by item again.
  static user_knn read_from(const detail::model_reader& reader);

 private:
  struct prediction {
    Scalar sum, weight, rating;
  };
  using neighborhood = row_view<Scalar, Index>;  // users, and their similarities

  bool averages() const noexcept { return options_.aggregation == aggregation::weighted_average; }

  when_both merging() const noexcept { return averages() ? when_both::replace : when_both::add; }

  void learn(const detail::host_policy& policy, detail::csr_storage<Scalar, Index> histories);
  void index();

  neighborhood neighbors_of(Index user) const noexcept { return similarities_.view().row(user); }
  detail::candidates<Scalar, Index> nearest(const detail::user_terms<Scalar>& terms,
                                            const row_view<Scalar, Index>& history) const;
  /// The first user of the training who has this very history, -1 without one. O(users of its rarest item + items).
  std::int64_t owner_of(const row_view<Scalar, Index>& history) const noexcept;
  /// The user's centred value of an item, null without one.
  const Scalar* value_of(Index user, Index item) const noexcept {
    const auto [columns, values] = centred_.view().row(user);
    const Index* const found = std::lower_bound(columns.begin(), columns.end(), item);
    return found != columns.end() && *found == item ? &values[found - columns.begin()] : nullptr;
  }

  /// Of the neighbours who have the item, in their order: so score and score_all agree to the bit.
  prediction average(const detail::user_terms<Scalar>& user, const neighborhood& near, Index item) const noexcept;
  prediction rated(prediction p, const detail::user_terms<Scalar>& user, Index item) const noexcept {
    p.rating = terms_.rating(p.weight > 0 ? p.sum / p.weight : Scalar{0}, user, item);
    return p;
  }

  std::int64_t cells_of(const neighborhood& near) const noexcept {
    std::int64_t cells = 0;
    for (const Index other : near.ids) cells += centred_.view().row_size(other);
    return cells;
  }
  /// The sums and weights of all items, added to zeros.
  void add_all(const neighborhood& near, prediction_scratch& scratch) const;

  void score_from(const detail::user_terms<Scalar>& user, const neighborhood& near, std::span<Scalar> out,
                  std::span<Scalar> scratch) const noexcept;
  void divide_by_weights(const detail::user_terms<Scalar>& user, const neighborhood& near, std::span<Scalar> out,
                         std::span<Scalar> weights) const noexcept;

  user_knn_options options_;
  detail::csr_storage<Scalar, Index> similarities_;         // users x users
  detail::csr_storage<Scalar, Index> histories_, centred_;  // users x items
  detail::centering_terms<Scalar, Index> terms_;
  detail::similarity_search<Scalar, Index> search_;
};

template <class Scalar, class Index>
void user_knn<Scalar, Index>::predict_row(Index user, slice<const Index> items, std::span<Scalar> out,
                                          prediction_scratch& scratch) const {
  const neighborhood near = neighbors_of(user);
  const auto terms = terms_.user(user);
  // A search among a neighbour's items takes as long as going by 16 of them, or more.
  const bool walks = cells_of(near) <= 16 * items.size * near.size();
  if (walks) add_all(near, scratch);
  for (std::int64_t i = 0; i < items.size; ++i) {
    const auto item = static_cast<std::size_t>(items[i]);
    out[static_cast<std::size_t>(i)] = (walks ? rated({scratch.sums[item], scratch.weights[item], 0}, terms, items[i])
                                              : average(terms, near, items[i]))
                                           .rating;
  }
  if (!walks) return;
  for (const Index other : near.ids)
    for (const Index item : centred_.view().row(other).ids)
      scratch.sums[static_cast<std::size_t>(item)] = scratch.weights[static_cast<std::size_t>(item)] = 0;
}

template <class Scalar, class Index>
void user_knn<Scalar, Index>::score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const {
  const auto terms = terms_.of_history(history);
  const auto best = nearest(terms, history);
  std::vector<Scalar> scratch(scratch_size());
  score_from(terms, {{best.ids.data(), best.count}, {best.scores.data(), best.count}}, out, scratch);
}

template <class Scalar, class Index>
void user_knn<Scalar, Index>::contributions(const row_view<Scalar, Index>& history, Index item,
                                            std::span<Scalar> out) const {
  const auto terms = terms_.of_history(history);
  const auto best = nearest(terms, history);
  const neighborhood near{{best.ids.data(), best.count}, {best.scores.data(), best.count}};
  const prediction p = average(terms, near, item);
  const Scalar unit = averages() && p.weight > 0 ? terms.scale / p.weight : Scalar{1};
  std::fill(out.begin(), out.end(), Scalar{0});
  std::vector<std::size_t> common;
  for (std::int64_t n = 0; n < near.size(); ++n) {
    const Scalar* const value = value_of(near.ids[n], item);
    if (value == nullptr) continue;
    common.clear();
    for (std::int64_t i = 0; i < history.size(); ++i)
      if (value_of(near.ids[n], history.ids[i]) != nullptr) common.push_back(static_cast<std::size_t>(i));
    for (const std::size_t i : common) out[i] += unit * near.values[n] * *value / static_cast<Scalar>(common.size());
  }
}

template <class Scalar, class Index>
void user_knn<Scalar, Index>::write_to(detail::model_writer& writer) const {
  writer.add_options(options_);
  terms_.write_to(writer);
  detail::write_csr(writer, "similarities", similarities_.view());
  detail::write_csr(writer, "histories", histories_.view());
}

template <class Scalar, class Index>
user_knn<Scalar, Index> user_knn<Scalar, Index>::read_from(const detail::model_reader& reader) {
  user_knn model(reader.options<user_knn_options>());
  model.similarities_ = detail::map_csr<Scalar, Index>(reader, "similarities");
  model.histories_ = detail::map_csr<Scalar, Index>(reader, "histories");
  reader.require(
      model.similarities_.rows() == model.similarities_.cols() && model.histories_.rows() == model.similarities_.rows(),
      "similarities must be users x users, and histories users x items");
  model.terms_.read_from(reader, model.options_.centering, model.users(), model.items());
  model.index();
  return model;
}

template <class Scalar, class Index>
void user_knn<Scalar, Index>::learn(const detail::host_policy& policy, detail::csr_storage<Scalar, Index> histories) {
  user_knn next(options_);
  next.terms_ = {options_.centering, histories.view()};
  next.histories_ = std::move(histories);
  next.index();
  next.similarities_ = next.search_.all(policy);
  *this = std::move(next);
}

template <class Scalar, class Index>
void user_knn<Scalar, Index>::index() {
  centred_ = terms_.centre(histories_.view());
  search_ = {options_, detail::weighted_interactions(centred_, options_.weighting), "user_knn"};
}

template <class Scalar, class Index>
detail::candidates<Scalar, Index> user_knn<Scalar, Index>::nearest(const detail::user_terms<Scalar>& terms,
                                                                   const row_view<Scalar, Index>& history) const {
  std::vector<Scalar> centred(static_cast<std::size_t>(history.size()));
  for (std::int64_t i = 0; i < history.size(); ++i)
    centred[static_cast<std::size_t>(i)] = terms_.centred(history.values[i], terms, history.ids[i]);
  return search_.one({history.ids, {centred.data(), history.size()}}, owner_of(history));
}

template <class Scalar, class Index>
std::int64_t user_knn<Scalar, Index>::owner_of(const row_view<Scalar, Index>& history) const noexcept {
  if (history.empty()) return -1;
  const auto fewer = [&](Index a, Index b) { return search_.meeting(a).size < search_.meeting(b).size; };
  for (const Index user : search_.meeting(*std::min_element(history.ids.begin(), history.ids.end(), fewer))) {
    const auto theirs = histories_.view().row(user);
    if (theirs.size() == history.size() && std::equal(history.ids.begin(), history.ids.end(), theirs.ids.begin()) &&
        std::equal(history.values.begin(), history.values.end(), theirs.values.begin()))
      return user;
  }
  return -1;
}

template <class Scalar, class Index>
typename user_knn<Scalar, Index>::prediction user_knn<Scalar, Index>::average(const detail::user_terms<Scalar>& user,
                                                                              const neighborhood& near,
                                                                              Index item) const noexcept {
  prediction p{0, 0, 0};
  const Index only = 0;
  for (std::int64_t n = 0; n < near.size(); ++n) {
    const Scalar* const value = value_of(near.ids[n], item);
    if (value == nullptr) continue;
    const Scalar one = 1;
    kernels::scatter_axpy(near.values[n], &only, value, 1, &p.sum);
    kernels::scatter_axpy(std::abs(near.values[n]), &only, &one, 1, &p.weight);
  }
  return rated(p, user, item);
}

template <class Scalar, class Index>
void user_knn<Scalar, Index>::add_all(const neighborhood& near, prediction_scratch& scratch) const {
  const csr_view<Scalar, Index> x = centred_.view();
  scratch.sums.resize(static_cast<std::size_t>(x.cols));
  scratch.weights.resize(static_cast<std::size_t>(x.cols));
  for (std::int64_t n = 0; n < near.size(); ++n) {
    const auto items = x.row(near.ids[n]);
    const Scalar similarity = near.values[n];
    kernels::scatter_axpy(similarity, items.ids.data, items.values.data, items.size(), scratch.sums.data());
    kernels::add_constant(std::abs(similarity), items.ids.data, items.size(), scratch.weights.data());
  }
}

template <class Scalar, class Index>
void user_knn<Scalar, Index>::score_from(const detail::user_terms<Scalar>& user, const neighborhood& near,
                                         std::span<Scalar> out, std::span<Scalar> scratch) const noexcept {
  const csr_view<Scalar, Index> x = centred_.view();
  std::fill(out.begin(), out.end(), no_score<Scalar>);
  for (const Index other : near.ids)
    for (const Index item : x.row(other).ids) out[static_cast<std::size_t>(item)] = 0;
  for (std::int64_t n = 0; n < near.size(); ++n) {
    const auto items = x.row(near.ids[n]);
    kernels::scatter_axpy(near.values[n], items.ids.data, items.values.data, items.size(), out.data());
  }
  if (averages()) divide_by_weights(user, near, out, scratch);
}

template <class Scalar, class Index>
void user_knn<Scalar, Index>::divide_by_weights(const detail::user_terms<Scalar>& user, const neighborhood& near,
                                                std::span<Scalar> out, std::span<Scalar> weights) const noexcept {
  const csr_view<Scalar, Index> x = centred_.view();
  std::fill(weights.begin(), weights.end(), Scalar{0});
  for (std::int64_t n = 0; n < near.size(); ++n) {
    const auto items = x.row(near.ids[n]).ids;
    kernels::add_constant(std::abs(near.values[n]), items.data, items.size, weights.data());
  }
  for (std::size_t item = 0; item < out.size(); ++item)
    if (weights[item] > 0) out[item] = terms_.rating(out[item] / weights[item], user, static_cast<Index>(item));
}

AKIN_COMPILE_ONCE(neighbors, class user_knn<float>)
AKIN_COMPILE_ONCE(neighbors, class user_knn<double>)

}  // namespace akin::inline AKIN_ABI
