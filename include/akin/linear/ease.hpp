/// @file
/// A linear model of each item by all others, in closed form.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/execution.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/kernels/axpy.hpp>
#include <akin/linear/detail/ease_weights.hpp>
#include <akin/linear/ease_options.hpp>
#include <akin/matrix.hpp>
#include <akin/model/scorer.hpp>
#include <akin/neighbors/detail/refitted.hpp>
#include <akin/parallel.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// Minimises |X - X W|^2 + lambda |W|^2 over the items x items matrices W with nothing on the diagonal, for the users x
/// items matrix X: with P = (X'X + lambda I)^-1, w_ij = -p_ij / p_jj. An item's score for a user is the sum over the
/// user's items i of r_ui w_ij. Weights may be negative. An item that nobody has is not recommended.
///
/// Fit takes O(sum over users of items^2) + items^3 flops on all workers, and items^2 numbers of memory, beside those
/// of the weights that a fitted model already has. A user is scored in O(items of the user * items). Deterministic: the
/// same bits for any number of threads. Const members may be called from many threads.
/// Sources: H. Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019; dropout: H. Steck, "Autoencoders
/// that don't overfit towards the Identity", NeurIPS 2020.
template <class Scalar = float, class Index = std::int32_t>
class ease : public detail::refitted<ease<Scalar, Index>> {
  friend class detail::refitted<ease>;

 public:
  using scalar_type = Scalar;
  using index_type = Index;
  static constexpr std::string_view kind = "ease";

  ease() : ease(ease_options{}) {}
  /// Throws std::invalid_argument for options out of range.
  template <detail::options_for<ease_options> Options = ease_options>
  explicit ease(const Options& options) : options_(checked<ease_options>(options, kind)) {}

  /// Learns from a users x items matrix, of which it keeps a copy, or the matrix itself where that is moved in. Throws
  /// std::length_error where it would take more than memory_limit, numeric_error where Scalar cannot hold or invert
  /// X'X + lambda I; the model is then as it was.
  template <class Policy, class Matrix>
  void fit(const Policy& policy, Matrix&& user_items) {
    const auto x = detail::checked_view<Scalar, Index>(policy, user_items, "ease::fit");
    auto weights = detail::ease_weights(policy, x, options_);
    become(std::move(weights), detail::own<Scalar, Index>(std::forward<Matrix>(user_items)));
  }
  template <class Matrix>
  requires sparse_matrix_like<std::remove_cvref_t<Matrix>>
  void fit(Matrix&& user_items) { fit(execution::seq, std::forward<Matrix>(user_items)); }

  const ease_options& options() const noexcept { return options_; }
  /// Whether fit was called, be it with no users and no items.
  bool is_fitted() const noexcept { return histories_.is_set(); }
  std::int64_t users() const noexcept { return histories_.rows(); }
  std::int64_t items() const noexcept { return weights_.rows(); }
  /// Whether the user has a value other than 0.
  bool knows_user(Index user) const noexcept {
    return user >= 0 && user < users() && has_evidence(histories_.view().row(user));
  }
  /// Whether a user has a value other than 0 for the item.
  bool knows_item(Index item) const noexcept { return item >= 0 && item < items() && known_[item] != 0; }

  /// Whether the user has a value other than 0, and the item has one.
  bool has_evidence(Index user, Index item) const noexcept { return knows_user(user) && knows_item(item); }

  /// The interactions of the training, users x items; refers to the model.
  auto histories() const { return histories_.map(); }
  /// W, items x items: row i holds what having item i adds to the scores of others. Refers to the model.
  auto weights() const { return weights_.map(); }

  /// 0 without evidence; ids must be in range.
  Scalar score(Index user, Index item) const noexcept;
  /// Fills out[item] for all items, -infinity for those that nobody has, and for all where the user has nothing.
  void score_all(Index user, std::span<Scalar> out) const noexcept { score_history(histories_.view().row(user), out); }
  /// The same for a history of any user: item ids in range, and a value each.
  void score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const noexcept;

  /// Fills out[other] with the weight from the item to each other, -infinity for the item itself and for items that
  /// nobody has.
  void similarity_all(Index item, std::span<Scalar> out) const noexcept;

  /// See akin::explain.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const noexcept {
    for (std::int64_t i = 0; i < history.size(); ++i)
      out[static_cast<std::size_t>(i)] = history.values[i] * weights_.view().row(history.ids[i])[item];
  }

  void write_to(detail::model_writer& writer) const;
  static ease read_from(const detail::model_reader& reader);

 private:
  static constexpr when_both merging() noexcept { return when_both::add; }

  void learn(const detail::host_policy& policy, detail::csr_storage<Scalar, Index> histories) {
    auto weights = detail::ease_weights(policy, histories.view(), options_);
    become(std::move(weights), std::move(histories));
  }
  void become(detail::dense_storage<Scalar> weights, detail::csr_storage<Scalar, Index> histories);

  /// 1 for each item that has a value other than 0.
  static detail::storage<std::uint8_t> known_items(const csr_view<Scalar, Index>& x);
  bool has_evidence(const row_view<Scalar, Index>& history) const noexcept;
  void leave_known(std::span<Scalar> out) const noexcept {
    for (std::size_t i = 0; i < out.size(); ++i)
      if (known_[static_cast<std::int64_t>(i)] == 0) out[i] = no_score<Scalar>;
  }

  ease_options options_;
  detail::dense_storage<Scalar> weights_;         // items x items
  detail::csr_storage<Scalar, Index> histories_;  // users x items
  detail::storage<std::uint8_t> known_;           // of each item
};

template <class Scalar, class Index>
Scalar ease<Scalar, Index>::score(Index user, Index item) const noexcept {
  const auto [columns, values] = histories_.view().row(user);
  Scalar sum = 0;
  for (std::int64_t i = 0; i < columns.size; ++i)
    kernels::axpy(values[i], weights_.view().row(columns[i]) + item, &sum, 1);
  return sum;
}

template <class Scalar, class Index>
void ease<Scalar, Index>::score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const noexcept {
  if (!has_evidence(history)) {
    std::fill(out.begin(), out.end(), no_score<Scalar>);
    return;
  }
  std::fill(out.begin(), out.end(), Scalar{0});
  for (std::int64_t i = 0; i < history.size(); ++i)
    kernels::axpy(history.values[i], weights_.view().row(history.ids[i]), out.data(), items());
  leave_known(out);
}

template <class Scalar, class Index>
void ease<Scalar, Index>::similarity_all(Index item, std::span<Scalar> out) const noexcept {
  const Scalar* const row = weights_.view().row(item);
  std::copy(row, row + items(), out.begin());
  leave_known(out);
  out[static_cast<std::size_t>(item)] = no_score<Scalar>;
  if (!knows_item(item)) std::fill(out.begin(), out.end(), no_score<Scalar>);
}

template <class Scalar, class Index>
void ease<Scalar, Index>::write_to(detail::model_writer& writer) const {
  writer.add_options(options_);
  writer.add("weights", weights_.view());
  detail::write_csr(writer, "histories", histories_.view());
}

template <class Scalar, class Index>
ease<Scalar, Index> ease<Scalar, Index>::read_from(const detail::model_reader& reader) {
  ease model(reader.options<ease_options>());
  model.weights_ = detail::map_dense<Scalar>(reader, "weights");
  model.histories_ = detail::map_csr<Scalar, Index>(reader, "histories");
  reader.require(model.weights_.rows() == model.weights_.cols() && model.histories_.cols() == model.weights_.rows(),
                 "the weights must be items x items, and histories users x items");
  model.known_ = known_items(model.histories_.view());
  return model;
}

template <class Scalar, class Index>
void ease<Scalar, Index>::become(detail::dense_storage<Scalar> weights, detail::csr_storage<Scalar, Index> histories) {
  known_ = known_items(histories.view());
  histories_ = std::move(histories);
  weights_ = std::move(weights);
}

template <class Scalar, class Index>
detail::storage<std::uint8_t> ease<Scalar, Index>::known_items(const csr_view<Scalar, Index>& x) {
  detail::storage<std::uint8_t> known(x.cols);
  for (std::int64_t i = 0; i < x.nonzeros(); ++i)
    if (x.values[i] != 0) known.mutable_data()[x.columns[i]] = 1;
  return known;
}

template <class Scalar, class Index>
bool ease<Scalar, Index>::has_evidence(const row_view<Scalar, Index>& history) const noexcept {
  for (std::int64_t i = 0; i < history.size(); ++i)
    if (history.values[i] != 0 && known_[history.ids[i]] != 0) return true;
  return false;
}

AKIN_COMPILE_ONCE(linear, class ease<float>)
AKIN_COMPILE_ONCE(linear, class ease<double>)

}  // namespace akin::inline AKIN_ABI
