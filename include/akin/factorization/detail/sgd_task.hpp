/// @file
/// The common base of tasks that learn by gradient steps.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>

#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/factorization/detail/positives_fold_in.hpp>
#include <akin/factorization/detail/rating_fold_in.hpp>
#include <akin/io/reader.hpp>
#include <akin/matrix.hpp>
#include <akin/model/factor_table.hpp>
#include <akin/model/fields.hpp>
#include <akin/train/row_model.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// A task of row_model over factors and biases.
template <class Options, class Scalar, class Index>
struct sgd_task {
  using scalar_type = Scalar;
  using index_type = Index;
  using options_type = Options;
  using table_type = factor_table<Scalar>;
  static constexpr bool alternating = false;

  Options options;

  table_type read_table(const model_reader& reader) const {
    return table_type::read_from(reader, options.factors, true);
  }
};

/// The base of models that learn from positives: stored values above 0.
template <class Options, class Scalar, class Index>
struct positives_task : sgd_task<Options, Scalar, Index> {
  static constexpr when_both merging = when_both::add;
  static constexpr bool items_need_histories = true, learns_from_positives = true;
};

/// The base of models that learn from ratings: all stored values.
template <class Options, class Scalar, class Index>
struct ratings_task : sgd_task<Options, Scalar, Index> {
  static constexpr when_both merging = when_both::replace;
  static constexpr bool items_need_histories = false;

  fixed_side<Scalar> fixed_items(const factor_table<Scalar>& learnt) const {
    return fixed_side<Scalar>::items_of(learnt, option_value(this->options.regularization));
  }
  fixed_side<Scalar> fixed_users(const factor_table<Scalar>& learnt) const {
    return fixed_side<Scalar>::users_of(learnt, option_value(this->options.regularization));
  }
};

/// A row_model of a positives_task.
template <class Task>
class positives_model : public row_model<Task> {
  using Scalar = typename Task::scalar_type;
  using Index = typename Task::index_type;

 public:
  using row_model<Task>::row_model;

  std::span<const Scalar> item_biases() const noexcept {
    return {this->learnt_.item_biases.begin(), this->learnt_.item_biases.end()};
  }

  /// See akin::explain: how much the score of the history's fold-in falls without the element.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;
};

template <class Task>
void positives_model<Task>::contributions(const row_view<Scalar, Index>& history, Index item,
                                          std::span<Scalar> out) const {
  contributions_by_omission(history, out, [&](const row_view<Scalar, Index>& rest) {
    const auto user = this->user_from(rest);
    const Scalar* const row = user.view().row(0);
    return this->learnt_.score(row, row[user.cols() - 1], item);
  });
}

/// A row_model of a ratings_task.
template <class Task>
class ratings_model : public row_model<Task> {
  using Scalar = typename Task::scalar_type;
  using Index = typename Task::index_type;

 public:
  using row_model<Task>::row_model;

  /// The mean of the ratings of the training.
  Scalar mean() const noexcept { return this->learnt_.mean; }
  std::span<const Scalar> user_biases() const noexcept {
    return {this->learnt_.user_biases.begin(), this->learnt_.user_biases.end()};
  }
  std::span<const Scalar> item_biases() const noexcept {
    return {this->learnt_.item_biases.begin(), this->learnt_.item_biases.end()};
  }
  /// The predicted rating; without ratings of the user or the item, from the remaining terms. Ids must be in range.
  Scalar predict(Index user, Index item) const noexcept { return this->score(user, item); }
};

}  // namespace akin::inline AKIN_ABI::detail
