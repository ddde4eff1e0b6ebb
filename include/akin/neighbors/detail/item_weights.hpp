/// @file
/// What models with a sparse matrix of weights between items have in common.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <akin/config.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/kernels/scatter_axpy.hpp>
#include <akin/matrix.hpp>
#include <akin/model/scorer.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Points to x_rc; null where it is not stored.
template <class Scalar, class Index>
const Scalar* find_element(const csr_view<Scalar, Index>& x, std::int64_t row, std::int64_t column) noexcept {
  const auto [columns, values] = x.row(row);
  // Ids are unique and ascending: this one has at most `column` before it, and at most cols - column - 1 behind it.
  const std::int64_t first = std::max<std::int64_t>(0, columns.size - (x.cols - column));
  const std::int64_t last = std::min(columns.size, column + 1);
  const Index* const found = std::lower_bound(columns.data + first, columns.data + last, static_cast<Index>(column));
  return found != columns.data + last && *found == column ? values.data + (found - columns.data) : nullptr;
}

/// x_rc, 0 where it is not stored.
template <class Scalar, class Index>
Scalar element(const csr_view<Scalar, Index>& x, std::int64_t row, std::int64_t column) noexcept {
  const Scalar* const found = find_element(x, row, column);
  return found != nullptr ? *found : Scalar{0};
}

/// Answers from W (items x items) and the users' histories: the score of item j is the sum over the user's items i of
/// r_ui w_ij, and an item that none of them has in its row gets none. A model inherits it and learns the two matrices.
/// Scoring a user takes O(sum of the rows of W of the user's items + items).
template <class Scalar, class Index>
class item_weights {
 public:
  using scalar_type = Scalar;
  using index_type = Index;

  /// Whether fit was called, be it with no users and no items.
  bool is_fitted() const noexcept { return histories_.is_set(); }
  std::int64_t users() const noexcept { return histories_.rows(); }
  std::int64_t items() const noexcept { return weights_.rows(); }
  bool knows_user(Index user) const noexcept {
    return user >= 0 && user < users() && histories_.view().row_size(user) > 0;
  }
  /// Whether the item's row or column of W holds anything. Without a column it is never recommended, but has similar
  /// items.
  bool knows_item(Index item) const noexcept { return item >= 0 && item < items() && known_[item] != 0; }
  /// Whether an item of the user speaks for this one; ids must be in range.
  bool has_evidence(Index user, Index item) const noexcept;

  /// The interactions of the training, users x items; refers to the model.
  auto histories() const { return histories_.map(); }

  /// 0 without evidence; ids must be in range.
  Scalar score(Index user, Index item) const noexcept;
  /// Fills out[item] for all items, -infinity for those that no item of the user speaks for.
  void score_all(Index user, std::span<Scalar> out) const noexcept { score_history(histories_.view().row(user), out); }
  /// The same for a history of any user: item ids in range, and a value each.
  void score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const noexcept;

  /// Fills out[other] with the weight from the item to each other, -infinity where there is none.
  void similarity_all(Index item, std::span<Scalar> out) const noexcept;

  /// See akin::explain.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const noexcept {
    for (std::int64_t i = 0; i < history.size(); ++i)
      out[static_cast<std::size_t>(i)] = history.values[i] * weight(history.ids[i], item);
  }

 protected:
  item_weights() = default;

  /// Takes what was learnt, W (items x items) and the histories (users x items).
  void become(csr_storage<Scalar, Index> weights, csr_storage<Scalar, Index> histories);

  static constexpr std::int64_t some = 64;  // items of a history that are looked at together

  /// Fills out[item] with 0 for all items that one of `columns` has in its row, -infinity for the others.
  void mark_reached(slice<const Index> columns, std::span<Scalar> out) const noexcept;

  /// w_ij, 0 where it is not held.
  Scalar weight(Index i, Index j) const noexcept { return element(weights_.view(), i, j); }

  void write_matrices(model_writer& writer, std::string_view weights_name) const {
    write_csr(writer, weights_name, weights_.view());
    write_csr(writer, "histories", histories_.view());
  }
  void read_matrices(const model_reader& reader, std::string_view weights_name);

  csr_storage<Scalar, Index> weights_;    // items x items
  csr_storage<Scalar, Index> histories_;  // users x items

 private:
  storage<std::uint8_t> known_;  // of each item
};

template <class Scalar, class Index>
bool item_weights<Scalar, Index>::has_evidence(Index user, Index item) const noexcept {
  const auto columns = histories_.view().row(user).ids;
  return std::any_of(columns.begin(), columns.end(),
                     [&](Index other) { return find_element(weights_.view(), other, item) != nullptr; });
}

template <class Scalar, class Index>
Scalar item_weights<Scalar, Index>::score(Index user, Index item) const noexcept {
  const auto [columns, values] = histories_.view().row(user);
  Scalar sum = 0, weights[some];
  for (std::int64_t begin = 0; begin < columns.size; begin += some) {
    const std::int64_t size = std::min(some, columns.size - begin);
    for (std::int64_t i = 0; i < size; ++i) weights[i] = weight(columns[begin + i], item);
    sum = kernels::add_in_order(values.data + begin, weights, size, sum);
  }
  return sum;
}

template <class Scalar, class Index>
void item_weights<Scalar, Index>::score_history(const row_view<Scalar, Index>& history,
                                                std::span<Scalar> out) const noexcept {
  const csr_view<Scalar, Index> w = weights_.view();
  mark_reached(history.ids, out);
  for (std::int64_t i = 0; i < history.size(); ++i) {
    const auto others = w.row(history.ids[i]);
    kernels::scatter_axpy(history.values[i], others.ids.data, others.values.data, others.size(), out.data());
  }
}

template <class Scalar, class Index>
void item_weights<Scalar, Index>::similarity_all(Index item, std::span<Scalar> out) const noexcept {
  const auto [others, values] = weights_.view().row(item);
  std::fill(out.begin(), out.end(), no_score<Scalar>);
  for (std::int64_t i = 0; i < others.size; ++i) out[static_cast<std::size_t>(others[i])] = values[i];
}

template <class Scalar, class Index>
void item_weights<Scalar, Index>::become(csr_storage<Scalar, Index> weights, csr_storage<Scalar, Index> histories) {
  storage<std::uint8_t> known(weights.cols());
  for (std::int64_t row = 0; row < weights.rows(); ++row)
    for (const Index column : weights.view().row(row).ids) known.mutable_data()[row] = known.mutable_data()[column] = 1;
  weights_ = std::move(weights);
  histories_ = std::move(histories);
  known_ = std::move(known);
}

template <class Scalar, class Index>
void item_weights<Scalar, Index>::mark_reached(slice<const Index> columns, std::span<Scalar> out) const noexcept {
  std::fill(out.begin(), out.end(), no_score<Scalar>);
  for (const Index item : columns)
    for (const Index other : weights_.view().row(item).ids) out[static_cast<std::size_t>(other)] = 0;
}

template <class Scalar, class Index>
void item_weights<Scalar, Index>::read_matrices(const model_reader& reader, std::string_view weights_name) {
  auto weights = map_csr<Scalar, Index>(reader, weights_name);
  auto histories = map_csr<Scalar, Index>(reader, "histories");
  reader.require(weights.rows() == weights.cols() && histories.cols() == weights.rows(),
                 "the weights must be items x items, and histories users x items");
  become(std::move(weights), std::move(histories));
}

AKIN_COMPILE_ONCE(neighbors, class item_weights<float, std::int32_t>)
AKIN_COMPILE_ONCE(neighbors, class item_weights<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI::detail
