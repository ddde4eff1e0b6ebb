/// @file
/// Matrix factorisation of the probability that a user likes an item.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/biased_factors.hpp>
#include <akin/factorization/detail/liked_cells.hpp>
#include <akin/factorization/detail/sgd_training.hpp>
#include <akin/factorization/logistic_mf_options.hpp>
#include <akin/io/parts.hpp>
#include <akin/kernels/sgd_step.hpp>
#include <akin/matrix.hpp>
#include <akin/progress.hpp>

namespace akin::inline AKIN_ABI {

/// The probability that user u likes item i is 1 / (1 + exp(-s_ui)) with the score s_ui = b_u + b_i + p_u'q_i. Over
/// factors and biases it minimises
///   sum over the stored r_ui > 0 of alpha r_ui ln(1 + exp(-s_ui)) + sum over drawn (u, j) of ln(1 + exp(s_uj)),
/// each term with lambda / 2 (|p|^2 + |q|^2 + b_u^2 + b_i^2) of its user and item. For each stored r_ui > 0 an epoch
/// draws `negatives` items j for which user u has no such value. A value of 0 or less is as good as nothing.
///
/// An epoch takes one gradient step for each term, in the order of a grid of blocks that is drawn anew for each epoch:
/// blocks that share no user and no item run side by side, and j comes from the block's own items, with at most 16
/// tries. Complexity: an epoch takes 8 (1 + negatives) k flops a liking, and a search of the user's row for each draw;
/// a regrouped copy of the likings is held while training. Deterministic: the same bits for any number of threads.
/// Const members may be called from many threads. Source: C. C. Johnson, "Logistic Matrix Factorization for Implicit
/// Feedback Data", NIPS workshop on distributed machine learning and matrix computations, 2014, which sums over all (u,
/// j) instead of drawn ones.
template <class Scalar = float, class Index = std::int32_t>
class logistic_mf : public detail::biased_factors<Scalar, Index> {
  using base = detail::biased_factors<Scalar, Index>;
  using parameters = detail::biased_parameters<Scalar>;
  using cell = kernels::rated_cell<Scalar, Index>;

 public:
  static constexpr std::string_view kind = "logistic_mf";

  explicit logistic_mf(const logistic_mf_options& options = {}) : options_(options) { check(options); }

  /// Learns from a users x items matrix. The observer is told of each epoch; `loss` is the mean of the
  /// logarithms with their weights, each taken just before its step. If it returns false, the training ends there and
  /// what was learnt is kept. Throws std::invalid_argument for values that are not finite, numeric_error with the epoch
  /// where the factors grow beyond all bounds; the model is then as it was.
  template <class Policy, class Matrix, class Observer = no_observer>
  void fit(const Policy& policy, const Matrix& user_items, Observer&& observer = {}) {
    constexpr bool with_loss = !std::is_same_v<std::remove_cvref_t<Observer>, no_observer>;
    const csr_view<Scalar, Index> x = detail::checked_view<Scalar, Index>(policy, user_items, "logistic_mf::fit");
    const detail::likings<Scalar, Index> likings(x);
    parameters current(x.rows, x.cols, options_.factors, initial_deviation, options_.seed);
    current.forget_unseen(likings.is_user_seen(), likings.is_item_seen());
    const auto model = current.mutable_pointers();
    const kernels::sgd_rates<Scalar> rates{static_cast<Scalar>(options_.learning_rate),
                                           static_cast<Scalar>(options_.regularization)};

    const auto alpha = static_cast<Scalar>(options_.alpha);
    const auto epoch = [&](int number) {
      const auto loss = likings.run_epoch(
          policy, options_.seed, number,
          [&](const slice<const cell>& cells, const slice<const Index>& items, detail::block_random& random) {
            return learn_block(likings, cells, items, random, model, rates, with_loss);
          },
          [&](Index user, Index item, Scalar value) {
            return cell{user, item, static_cast<Scalar>(alpha * value)};
          });
      return detail::epoch_result{loss.mean()};
    };
    detail::train_epochs(
        options_.epochs, "logistic_mf::fit", epoch, [&] { return current.is_finite(policy); }, observer);
    *this = logistic_mf(options_, std::move(current));
  }
  template <class Matrix>
  requires sparse_matrix_like<Matrix>
  void fit(const Matrix& user_items) { fit(execution::seq, user_items); }

  const logistic_mf_options& options() const noexcept { return options_; }
  std::span<const Scalar> user_biases() const noexcept {
    return {this->learnt_.user_biases.begin(), this->learnt_.user_biases.end()};
  }

  void write_to(detail::model_writer& writer) const {
    writer.add_value("factors", options_.factors);
    writer.add_value("epochs", options_.epochs);
    writer.add_value("learning_rate", options_.learning_rate);
    writer.add_value("regularization", options_.regularization);
    writer.add_value("alpha", options_.alpha);
    writer.add_value("negatives", options_.negatives);
    writer.add_value("seed", options_.seed);
    this->learnt_.write_to(writer);
  }
  static logistic_mf read_from(const detail::model_reader& reader) {
    const logistic_mf_options options = {
        .factors = reader.value<int>("factors"),
        .epochs = reader.value<int>("epochs"),
        .learning_rate = reader.value<double>("learning_rate"),
        .regularization = reader.value<double>("regularization"),
        .alpha = reader.value<double>("alpha"),
        .negatives = reader.value<int>("negatives"),
        .seed = reader.value<std::uint64_t>("seed"),
    };
    check(options);
    return {options, parameters::read_from(reader, options.factors)};
  }

 private:
  static constexpr double initial_deviation = 0.1;

  logistic_mf(const logistic_mf_options& options, parameters learnt) : base(std::move(learnt)), options_(options) {}

  static void check(const logistic_mf_options& options) {
    detail::check_sgd_options(options, "logistic_mf");
    detail::require(options.alpha > 0 && detail::is_finite(options.alpha), "logistic_mf",
                    "alpha must be positive and finite", options.alpha);
    detail::require(options.negatives >= 1, "logistic_mf", "negatives must be positive", options.negatives);
  }

  /// A few items are drawn, then a few steps taken, so that drawing does not wait for the steps.
  detail::sampled_loss learn_block(const detail::likings<Scalar, Index>& likings, const slice<const cell>& liked,
                                   const slice<const Index>& items, detail::block_random& random,
                                   const kernels::sgd_parameters<Scalar>& model,
                                   const kernels::sgd_rates<Scalar>& rates, bool with_loss) const {
    constexpr std::int64_t room = 256;
    cell cells[room];
    const cell* const first = cells;
    std::int64_t count = 0;
    detail::sampled_loss loss;
    const auto step = [&] {
      loss += {kernels::call<kernels::sgd_logistic_kernel>(&model, first, count, &rates, with_loss), count};
      count = 0;
    };
    const auto add = [&](const cell& c) {
      if (count == room) step();
      cells[count++] = c;
    };
    for (const cell& c : liked) {
      add(c);
      for (int draw = 0; draw < options_.negatives; ++draw) {
        const Index other = likings.draw_other(c.user, items, random);
        if (other >= 0) add({c.user, other, Scalar{-1}});
      }
    }
    step();
    return loss;
  }

  logistic_mf_options options_;
};

}  // namespace akin::inline AKIN_ABI
