/// @file
/// The learnt state of ease, and its answers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <akin/config.hpp>
#include <akin/kernels/axpy.hpp>
#include <akin/matrix.hpp>
#include <akin/model/file.hpp>
#include <akin/model/history_table.hpp>
#include <akin/model/scorer.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Answers from a dense W (items x items) and the users' histories: the score of item j is the sum over the user's
/// items i of r_ui w_ij.
template <class Scalar, class Index>
class ease_table : public history_table<Scalar, Index> {
 public:
  ease_table() = default;
  /// Takes W, learnt from x.
  ease_table(dense_storage<Scalar> weights, const csr_view<Scalar, Index>& x);

  /// Whether the user has a value other than 0.
  bool knows_user(Index user) const noexcept {
    return user >= 0 && user < this->users() && has_evidence(this->histories_.view().row(user));
  }
  /// Whether a user has a value other than 0 for the item.
  bool knows_item(Index item) const noexcept { return item >= 0 && item < this->items() && known_[item] != 0; }

  /// Whether the user has a value other than 0, and the item has one.
  bool has_evidence(Index user, Index item) const noexcept { return knows_user(user) && knows_item(item); }

  /// W, items x items: row i holds the contributions of item i to the scores of others. Refers to the model.
  auto weights() const { return weights_.map(); }

  /// 0 without evidence; ids must be in range.
  Scalar score(Index user, Index item) const noexcept;
  /// Fills out[item] for all items, -infinity for those without users, and for all items if the user has none.
  void score_all(Index user, std::span<Scalar> out) const noexcept {
    score_history(this->histories_.view().row(user), out);
  }
  /// The same for a history of any user: item ids in range, and a value each.
  void score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const noexcept;

  /// Fills out[other] with the weight from the item to each other, -infinity for the item itself and for items without
  /// users.
  void similarity_all(Index item, std::span<Scalar> out) const noexcept;

  /// See akin::explain.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const noexcept {
    for (std::int64_t i = 0; i < history.size(); ++i)
      out[static_cast<std::size_t>(i)] = history.values[i] * weights_.view().row(history.ids[i])[item];
  }

  void write_to(model_writer& writer) const { writer.add("weights", weights_.view()); }

 private:
  bool has_evidence(const row_view<Scalar, Index>& history) const noexcept;
  void leave_known(std::span<Scalar> out) const noexcept {
    for (std::size_t i = 0; i < out.size(); ++i)
      if (known_[static_cast<std::int64_t>(i)] == 0) out[i] = no_score<Scalar>;
  }

  dense_storage<Scalar> weights_;  // items x items
  storage<std::uint8_t> known_;    // 1 for each item that has a value other than 0
};

template <class Scalar, class Index>
ease_table<Scalar, Index>::ease_table(dense_storage<Scalar> weights, const csr_view<Scalar, Index>& x)
    : weights_(std::move(weights)), known_(x.cols) {
  for (std::int64_t i = 0; i < x.nonzeros(); ++i)
    if (x.values[i] != 0) known_.mutable_data()[x.columns[i]] = 1;
}

template <class Scalar, class Index>
Scalar ease_table<Scalar, Index>::score(Index user, Index item) const noexcept {
  const auto [columns, values] = this->histories_.view().row(user);
  Scalar sum = 0;
  for (std::int64_t i = 0; i < columns.size; ++i)
    kernels::axpy(values[i], weights_.view().row(columns[i]) + item, &sum, 1);
  return sum;
}

template <class Scalar, class Index>
void ease_table<Scalar, Index>::score_history(const row_view<Scalar, Index>& history,
                                              std::span<Scalar> out) const noexcept {
  if (!has_evidence(history)) {
    std::fill(out.begin(), out.end(), no_score<Scalar>);
    return;
  }
  std::fill(out.begin(), out.end(), Scalar{0});
  for (std::int64_t i = 0; i < history.size(); ++i)
    kernels::axpy(history.values[i], weights_.view().row(history.ids[i]), out.data(), this->items());
  leave_known(out);
}

template <class Scalar, class Index>
void ease_table<Scalar, Index>::similarity_all(Index item, std::span<Scalar> out) const noexcept {
  const Scalar* const row = weights_.view().row(item);
  std::copy(row, row + this->items(), out.begin());
  leave_known(out);
  out[static_cast<std::size_t>(item)] = no_score<Scalar>;
  if (!knows_item(item)) std::fill(out.begin(), out.end(), no_score<Scalar>);
}

template <class Scalar, class Index>
bool ease_table<Scalar, Index>::has_evidence(const row_view<Scalar, Index>& history) const noexcept {
  for (std::int64_t i = 0; i < history.size(); ++i)
    if (history.values[i] != 0 && known_[history.ids[i]] != 0) return true;
  return false;
}

AKIN_COMPILE_ONCE(linear, class ease_table<float, std::int32_t>)
AKIN_COMPILE_ONCE(linear, class ease_table<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI::detail
