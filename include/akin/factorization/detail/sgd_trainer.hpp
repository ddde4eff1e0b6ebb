/// @file
/// Trainings by gradient steps on the host.
#pragma once

#include <cstdint>
#include <utility>

#include <akin/config.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/positive_cells.hpp>
#include <akin/factorization/detail/sgd_table.hpp>
#include <akin/kernels/sgd_step.hpp>
#include <akin/model/factor_table.hpp>
#include <akin/model/fields.hpp>
#include <akin/parallel.hpp>
#include <akin/train/trainer.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// Visits a factor_table as a part of the state of a training.
template <class Scalar, class Visit>
void visit_table(factor_table<Scalar>& table, const Visit& visit) {
  visit("user_factors", table.user_factors);
  visit("item_factors", table.item_factors);
  visit("user_biases", table.user_biases);
  visit("item_biases", table.item_biases);
  visit("mean", table.mean);
}

/// A task that learns from positives: cell_of(user, item, value) is the training sample of one positive;
/// learn_block(cells, negatives, random, parameters, rates, with_loss) takes the steps of a block, and gives their
/// sampled_loss.
template <class Task>
concept learner_from_positives = bool(Task::learns_from_positives);

}  // namespace detail

/// Gradient steps on all positives, each with negatives that are sampled anew, in the order of a grid of blocks.
template <detail::learner_from_positives Task>
class trainer<backend::host, Task> {
  using Scalar = typename Task::scalar_type;
  using Index = typename Task::index_type;

 public:
  using table_type = factor_table<Scalar>;

  /// All must outlive the training.
  trainer(const Task& task, const detail::host_policy& policy, const csr_view<Scalar, Index>& x)
      : task_(task),
        policy_(policy),
        x_(x),
        positives_(x),
        table_(
            detail::random_table<Scalar>(x.rows, x.cols, task.options.factors, initial_deviation, task.options.seed)) {
    detail::clear_unseen(positives_.is_user_seen(), positives_.is_item_seen(), table_);
  }

  const Task& task() const noexcept { return task_; }
  std::uint64_t data_checksum() const noexcept { return detail::checksum_of(x_); }

  void iterate(int number, bool with_loss);
  double loss() const noexcept { return loss_; }
  bool is_finite() const { return detail::all_finite(policy_, table_); }
  table_type take() { return std::move(table_); }

  template <class Visit>
  void state(const Visit& visit) {
    detail::visit_table(table_, visit);
  }

 private:
  static constexpr double initial_deviation = 0.1;

  const Task& task_;
  detail::host_policy policy_;
  csr_view<Scalar, Index> x_;
  const detail::positives<Scalar, Index> positives_;
  table_type table_;
  double loss_ = 0;
};

template <detail::learner_from_positives Task>
void trainer<backend::host, Task>::iterate(int number, bool with_loss) {
  const auto& options = task_.options;
  const auto parameters = detail::parameters_of(table_);
  const kernels::sgd_rates<Scalar> rates{static_cast<Scalar>(options.learning_rate),
                                         static_cast<Scalar>(detail::option_value(options.regularization))};
  const detail::sampled_loss loss = positives_.run_epoch(
      policy_, options.seed, number,
      [&](const auto& cells, const detail::block_negatives<Scalar, Index>& negatives, detail::block_random& random) {
        return task_.learn_block(cells, negatives, random, parameters, rates, with_loss);
      },
      [&](Index user, Index item, Scalar value) { return task_.cell_of(user, item, value); });
  loss_ = loss.mean();
}

}  // namespace akin::inline AKIN_ABI
