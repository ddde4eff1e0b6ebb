/// @file
/// What the models that learn from likings by gradient steps have in common.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/factorization/detail/biased_factors.hpp>
#include <akin/factorization/detail/liked_cells.hpp>
#include <akin/factorization/detail/liking_fold_in.hpp>
#include <akin/factorization/detail/sgd_model.hpp>
#include <akin/factorization/detail/sgd_training.hpp>
#include <akin/kernels/sgd_step.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>
#include <akin/progress.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Besides what sgd_model asks for, Model has cell_of(user, item, value), what the training needs to know of a liking,
/// and learn_block(cells, others, random, pointers, rates, with_loss), the steps of a block, which gives their
/// sampled_loss.
template <class Model, class Options, class Scalar, class Index>
class liking_model : public sgd_model<Model, Options, Scalar, Index> {
  using base = sgd_model<Model, Options, Scalar, Index>;

 public:
  using base::base;

  /// Learns from a users x items matrix. The observer is told of each epoch; `loss` is the mean of the loss of its
  /// samples, each taken just before its step. If it returns false, the training ends there and what was learnt is
  /// kept. Throws std::invalid_argument for values that are not finite, numeric_error with the epoch where the factors
  /// grow beyond all bounds; the model is then as it was.
  template <class Policy, class Matrix, class Observer = no_observer>
  void fit(const Policy& policy, const Matrix& user_items, Observer&& observer = {}) {
    const std::string where = base::named("fit");
    train(policy, checked_view<Scalar, Index>(policy, user_items, where), where, observer_ref(observer));
  }
  using base::fit;

  /// See akin::explain: what the score of the history's fold-in loses without the element.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;

 protected:
  static constexpr when_both merging = when_both::add;
  static constexpr bool items_need_histories = true;

  /// What likings are folded in against.
  liked_catalogue<Scalar, Index> catalogue() const { return {this->learnt_, this->histories_.view()}; }

 private:
  void train(const host_policy& policy, const csr_view<Scalar, Index>& x, const std::string& where,
             const observer_ref& observer);
  static constexpr double initial_deviation = 0.1;

  const Model& self() const noexcept { return static_cast<const Model&>(*this); }
};

template <class Model, class Options, class Scalar, class Index>
void liking_model<Model, Options, Scalar, Index>::contributions(const row_view<Scalar, Index>& history, Index item,
                                                                std::span<Scalar> out) const {
  contributions_by_omission(history, out, [&](const row_view<Scalar, Index>& some) {
    const auto user = this->user_from(some);
    const Scalar* const row = user.view().row(0);
    return this->learnt_.predict_row(row, row[user.cols() - 1], item);
  });
}

template <class Model, class Options, class Scalar, class Index>
void liking_model<Model, Options, Scalar, Index>::train(const host_policy& policy, const csr_view<Scalar, Index>& x,
                                                        const std::string& where, const observer_ref& observer) {
  const Options& options = this->options_;
  const likings<Scalar, Index> likings(x);
  biased_parameters<Scalar> current(x.rows, x.cols, options.factors, initial_deviation, options.seed);
  current.forget_unseen(likings.is_user_seen(), likings.is_item_seen());
  const auto pointers = current.mutable_pointers();
  const kernels::sgd_rates<Scalar> rates{static_cast<Scalar>(options.learning_rate),
                                         static_cast<Scalar>(options.regularization)};
  const auto epoch = [&](int number) {
    const sampled_loss loss = likings.run_epoch(
        policy, options.seed, number,
        [&](const auto& cells, const block_others<Scalar, Index>& others, block_random& random) {
          return self().learn_block(cells, others, random, pointers, rates, observer.is_present());
        },
        [&](Index user, Index item, Scalar value) { return self().cell_of(user, item, value); });
    return epoch_result{loss.mean()};
  };
  train_epochs(
      options.epochs, where, epoch, [&] { return current.is_finite(policy); }, observer);
  this->become(Model(options, std::move(current)), x);
}

}  // namespace akin::inline AKIN_ABI::detail
