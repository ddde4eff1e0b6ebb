/// @file
/// A sparse matrix of weights between items, and the answers of models from it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <akin/config.hpp>
#include <akin/kernels/scatter_axpy.hpp>
#include <akin/matrix.hpp>
#include <akin/model/file.hpp>
#include <akin/model/history_table.hpp>
#include <akin/model/scorer.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The weights of the section `name`, items x items as the histories have items.
template <class Scalar, class Index>
csr_storage<Scalar, Index> map_weights(const model_reader& reader, std::string_view name,
                                       const csr_view<Scalar, Index>& histories) {
  auto weights = map_csr<Scalar, Index>(reader, name);
  reader.require(weights.rows() == weights.cols() && histories.cols == weights.rows(),
                 "the weights must be items x items, and histories users x items");
  return weights;
}

}  // namespace detail

/// Answers from W (items x items) and the users' histories: the score of item j is the sum over the user's items i of
/// r_ui w_ij, and items in none of these rows are not scored. Scoring a user takes O(sum of the rows of W of the user's
/// items + items).
template <class Scalar, class Index>
class weight_table : public history_table<Scalar, Index> {
 public:
  weight_table() = default;
  /// Takes W, items x items.
  explicit weight_table(detail::csr_storage<Scalar, Index> weights);

  bool knows_user(Index user) const noexcept {
    return user >= 0 && user < this->users() && this->histories_.view().row_size(user) > 0;
  }
  /// Whether the item's row or column of W has weights. Without weights in its column it is never recommended, but has
  /// similar items.
  bool knows_item(Index item) const noexcept { return item >= 0 && item < this->items() && known_[item] != 0; }
  /// Whether an item of the user has a weight for this one; ids must be in range.
  bool has_evidence(Index user, Index item) const noexcept;

  /// 0 without evidence; ids must be in range.
  Scalar score(Index user, Index item) const noexcept;
  /// Fills out[item] for all items, -infinity for those without a weight from an item of the user.
  void score_all(Index user, std::span<Scalar> out) const noexcept {
    score_history(this->histories_.view().row(user), out);
  }
  /// The same for a history of any user: item ids in range, and a value each.
  void score_history(const row_view<Scalar, Index>& history, std::span<Scalar> out) const noexcept;

  /// Fills out[other] with the weight from the item to each other, -infinity if there is none.
  void similarity_all(Index item, std::span<Scalar> out) const noexcept;

  /// See akin::explain.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const noexcept {
    for (std::int64_t i = 0; i < history.size(); ++i)
      out[static_cast<std::size_t>(i)] = history.values[i] * weight(history.ids[i], item);
  }

  void write_to(model_writer& writer) const { detail::write_csr(writer, "weights", weights_.view()); }

 protected:
  static constexpr std::int64_t block_size = 64;  // items of a history that are processed together

  /// Fills out[item] with 0 for all items that one of `columns` has in its row, -infinity for the others.
  void mark_reached(slice<const Index> columns, std::span<Scalar> out) const noexcept;

  /// w_ij, 0 if it is not stored.
  Scalar weight(Index i, Index j) const noexcept { return detail::value_at(weights_.view(), i, j); }

  detail::csr_storage<Scalar, Index> weights_;  // items x items

 private:
  detail::storage<std::uint8_t> known_;  // of each item
};

template <class Scalar, class Index>
weight_table<Scalar, Index>::weight_table(detail::csr_storage<Scalar, Index> weights)
    : weights_(std::move(weights)), known_(weights_.cols()) {
  for (std::int64_t row = 0; row < weights_.rows(); ++row)
    for (const Index column : weights_.view().row(row).ids)
      known_.mutable_data()[row] = known_.mutable_data()[column] = 1;
}

template <class Scalar, class Index>
bool weight_table<Scalar, Index>::has_evidence(Index user, Index item) const noexcept {
  const auto columns = this->histories_.view().row(user).ids;
  return std::any_of(columns.begin(), columns.end(),
                     [&](Index other) { return detail::find_value(weights_.view(), other, item) != nullptr; });
}

template <class Scalar, class Index>
Scalar weight_table<Scalar, Index>::score(Index user, Index item) const noexcept {
  const auto [columns, values] = this->histories_.view().row(user);
  Scalar sum = 0, weights[block_size];
  for (std::int64_t begin = 0; begin < columns.size; begin += block_size) {
    const std::int64_t size = std::min(block_size, columns.size - begin);
    for (std::int64_t i = 0; i < size; ++i) weights[i] = weight(columns[begin + i], item);
    sum = kernels::add_in_order(values.data + begin, weights, size, sum);
  }
  return sum;
}

template <class Scalar, class Index>
void weight_table<Scalar, Index>::score_history(const row_view<Scalar, Index>& history,
                                                std::span<Scalar> out) const noexcept {
  const csr_view<Scalar, Index> w = weights_.view();
  mark_reached(history.ids, out);
  for (std::int64_t i = 0; i < history.size(); ++i) {
    const auto others = w.row(history.ids[i]);
    kernels::scatter_axpy(history.values[i], others.ids.data, others.values.data, others.size(), out.data());
  }
}

template <class Scalar, class Index>
void weight_table<Scalar, Index>::similarity_all(Index item, std::span<Scalar> out) const noexcept {
  const auto [others, values] = weights_.view().row(item);
  std::fill(out.begin(), out.end(), no_score<Scalar>);
  for (std::int64_t i = 0; i < others.size; ++i) out[static_cast<std::size_t>(others[i])] = values[i];
}

template <class Scalar, class Index>
void weight_table<Scalar, Index>::mark_reached(slice<const Index> columns, std::span<Scalar> out) const noexcept {
  std::fill(out.begin(), out.end(), no_score<Scalar>);
  for (const Index item : columns)
    for (const Index other : weights_.view().row(item).ids) out[static_cast<std::size_t>(other)] = 0;
}

AKIN_COMPILE_ONCE(model, class weight_table<float, std::int32_t>)
AKIN_COMPILE_ONCE(model, class weight_table<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI
