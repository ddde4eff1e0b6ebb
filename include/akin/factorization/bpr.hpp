/// @file
/// Matrix factorisation that ranks what a user likes above what the user does not.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/bpr_options.hpp>
#include <akin/factorization/detail/biased_factors.hpp>
#include <akin/factorization/detail/liked_cells.hpp>
#include <akin/factorization/detail/sgd_training.hpp>
#include <akin/io/parts.hpp>
#include <akin/kernels/sgd_step.hpp>
#include <akin/matrix.hpp>
#include <akin/progress.hpp>

namespace akin::inline AKIN_ABI {

/// Bayesian personalised ranking. With the score s_ui = b_i + p_u'q_i it minimises the mean over liked items i of user
/// u and items j that u does not like of
///   ln(1 + exp(s_uj - s_ui)) + lambda / 2 (|p_u|^2 + |q_i|^2 + |q_j|^2 + b_i^2 + b_j^2).
/// A stored value above 0 is a liking, whatever its size; anything else is as good as nothing.
///
/// An epoch takes one gradient step for each liking, in the order of a grid of blocks that is drawn anew for each
/// epoch: blocks that share no user and no item run side by side. The other item j is drawn from the block's own items,
/// at most 16 times; a user who likes all that were drawn is skipped. Complexity: an epoch takes 12 k flops a liking,
/// and a search of the user's row for each draw; a regrouped copy of the likings is held while training. Deterministic:
/// the same bits for any number of threads. Const members may be called from many threads. Source: S. Rendle, C.
/// Freudenthaler, Z. Gantner, L. Schmidt-Thieme, "BPR: Bayesian Personalized Ranking from Implicit Feedback", UAI 2009.
template <class Scalar = float, class Index = std::int32_t>
class bpr : public detail::biased_factors<Scalar, Index> {
  using base = detail::biased_factors<Scalar, Index>;
  using parameters = detail::biased_parameters<Scalar>;

 public:
  static constexpr std::string_view kind = "bpr";

  explicit bpr(const bpr_options& options = {}) : options_(options) { detail::check_sgd_options(options, "bpr"); }

  /// Learns from a users x items matrix. The observer is told of each epoch; `loss` is the mean of ln(1 + exp(s_uj -
  /// s_ui)), each taken just before its step. If it returns false, the training ends there and what was learnt is kept.
  /// Throws std::invalid_argument for values that are not finite, numeric_error with the epoch where the factors grow
  /// beyond all bounds; the model is then as it was.
  template <class Policy, class Matrix, class Observer = no_observer>
  void fit(const Policy& policy, const Matrix& user_items, Observer&& observer = {}) {
    constexpr bool with_loss = !std::is_same_v<std::remove_cvref_t<Observer>, no_observer>;
    const csr_view<Scalar, Index> x = detail::checked_view<Scalar, Index>(policy, user_items, "bpr::fit");
    const detail::likings<Scalar, Index> likings(x);
    parameters current(x.rows, x.cols, options_.factors, initial_deviation, options_.seed);
    current.forget_unseen(likings.is_user_seen(), likings.is_item_seen());
    const auto model = current.mutable_pointers();
    const kernels::sgd_rates<Scalar> rates{static_cast<Scalar>(options_.learning_rate),
                                           static_cast<Scalar>(options_.regularization)};

    const auto epoch = [&](int number) {
      const auto loss = likings.run_epoch(policy, options_.seed, number,
                                          [&](const auto& cells, const auto& items, detail::block_random& random) {
                                            return learn_block(likings, cells, items, random, model, rates, with_loss);
                                          });
      return detail::epoch_result{loss.mean()};
    };
    detail::train_epochs(
        options_.epochs, "bpr::fit", epoch, [&] { return current.is_finite(policy); }, observer);
    *this = bpr(options_, std::move(current));
  }
  template <class Matrix>
  requires sparse_matrix_like<Matrix>
  void fit(const Matrix& user_items) { fit(execution::seq, user_items); }

  const bpr_options& options() const noexcept { return options_; }

  void write_to(detail::model_writer& writer) const {
    writer.add_value("factors", options_.factors);
    writer.add_value("epochs", options_.epochs);
    writer.add_value("learning_rate", options_.learning_rate);
    writer.add_value("regularization", options_.regularization);
    writer.add_value("seed", options_.seed);
    this->learnt_.write_to(writer);
  }
  static bpr read_from(const detail::model_reader& reader) {
    const bpr_options options = {
        .factors = reader.value<int>("factors"),
        .epochs = reader.value<int>("epochs"),
        .learning_rate = reader.value<double>("learning_rate"),
        .regularization = reader.value<double>("regularization"),
        .seed = reader.value<std::uint64_t>("seed"),
    };
    detail::check_sgd_options(options, "bpr");
    return {options, parameters::read_from(reader, options.factors)};
  }

 private:
  static constexpr double initial_deviation = 0.1;

  bpr(const bpr_options& options, parameters learnt) : base(std::move(learnt)), options_(options) {}

  /// A few pairs are drawn, then a few steps taken, so that drawing does not wait for the steps.
  static detail::sampled_loss learn_block(const detail::likings<Scalar, Index>& likings,
                                          const slice<const detail::liked_cell<Index>>& cells,
                                          const slice<const Index>& items, detail::block_random& random,
                                          const kernels::sgd_parameters<Scalar>& model,
                                          const kernels::sgd_rates<Scalar>& rates, bool with_loss) {
    constexpr std::int64_t run = 256;
    kernels::preferred_pair<Index> pairs[run];
    const kernels::preferred_pair<Index>* const first = pairs;
    detail::sampled_loss loss;
    for (std::int64_t begin = 0; begin < cells.size; begin += run) {
      std::int64_t count = 0;
      for (std::int64_t c = begin; c < std::min(begin + run, cells.size); ++c) {
        const Index other = likings.draw_other(cells[c].user, items, random);
        if (other >= 0) pairs[count++] = {cells[c].user, cells[c].item, other};
      }
      loss += {kernels::call<kernels::sgd_pair_kernel>(&model, first, count, &rates, with_loss), count};
    }
    return loss;
  }

  bpr_options options_;
};

}  // namespace akin::inline AKIN_ABI
