/// @file
/// The common base of tasks that learn by gradient steps.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/error.hpp>
#include <akin/factorization/detail/positive_cells.hpp>
#include <akin/factorization/detail/positives_fold_in.hpp>
#include <akin/factorization/detail/rating_fold_in.hpp>
#include <akin/factorization/detail/sgd_table.hpp>
#include <akin/finite.hpp>
#include <akin/io/reader.hpp>
#include <akin/kernels/sgd_step.hpp>
#include <akin/matrix.hpp>
#include <akin/model/factor_table.hpp>
#include <akin/model/fields.hpp>
#include <akin/model/row_model.hpp>
#include <akin/parallel.hpp>
#include <akin/progress.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The result of one epoch.
struct epoch_result {
  double loss;
  bool go_on = true;
};

/// Runs epoch(number) for 1 … epochs, until it or the observer ends the training. Throws numeric_error if is_finite()
/// is false after an epoch.
template <class Epoch, class IsFinite>
void train_epochs(int epochs, std::string_view where, const Epoch& epoch, const IsFinite& is_finite,
                  const observer_ref& observer) {
  const auto start = std::chrono::steady_clock::now();
  for (int number = 1; number <= epochs; ++number) {
    const epoch_result result = epoch(number);
    if (!is_finite())
      fail<numeric_error>(where, ": the factors are no longer finite after epoch ", number,
                          "; a lower learning_rate may help");
    progress state{number, epochs};
    state.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    state.loss = result.loss;
    if (!observer(state) || !result.go_on) return;
  }
}

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
  static constexpr bool items_need_histories = true;
};

/// The base of models that learn from ratings: all stored values.
template <class Options, class Scalar, class Index>
struct ratings_task : sgd_task<Options, Scalar, Index> {
  static constexpr when_both merging = when_both::replace;
  static constexpr bool items_need_histories = false;

  fixed_side<Scalar> fixed_items(const factor_table<Scalar>& learnt) const {
    return fixed_side<Scalar>::items_of(learnt, this->options.regularization);
  }
  fixed_side<Scalar> fixed_users(const factor_table<Scalar>& learnt) const {
    return fixed_side<Scalar>::users_of(learnt, this->options.regularization);
  }
};

/// The training of a positives_task: cell_of(user, item, value) is the training sample of one positive;
/// learn_block(cells, negatives, random, parameters, rates, with_loss) takes the steps of a block, and gives their
/// sampled_loss.
template <class Task, class Scalar, class Index>
factor_table<Scalar> train_on_positives(const Task& task, const host_policy& policy, const csr_view<Scalar, Index>& x,
                                        const observer_ref& observer) {
  constexpr double initial_deviation = 0.1;
  const auto& options = task.options;
  const positives<Scalar, Index> positives(x);
  auto table = random_table<Scalar>(x.rows, x.cols, options.factors, initial_deviation, options.seed);
  clear_unseen(positives.is_user_seen(), positives.is_item_seen(), table);
  const auto parameters = parameters_of(table);
  const kernels::sgd_rates<Scalar> rates{static_cast<Scalar>(options.learning_rate),
                                         static_cast<Scalar>(options.regularization)};
  const auto epoch = [&](int number) {
    const sampled_loss loss = positives.run_epoch(
        policy, options.seed, number,
        [&](const auto& cells, const block_negatives<Scalar, Index>& negatives, block_random& random) {
          return task.learn_block(cells, negatives, random, parameters, rates, observer.is_present());
        },
        [&](Index user, Index item, Scalar value) { return task.cell_of(user, item, value); });
    return epoch_result{loss.mean()};
  };
  train_epochs(
      options.epochs, sentence(Task::kind, "::fit"), epoch, [&] { return all_finite(policy, table); }, observer);
  return table;
}

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
