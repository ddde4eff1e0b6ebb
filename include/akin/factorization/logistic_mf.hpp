/// @file
/// Logistic matrix factorisation: the probability that a cell is a positive.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>

#include <akin/config.hpp>
#include <akin/factorization/detail/positive_cells.hpp>
#include <akin/factorization/detail/positives_fold_in.hpp>
#include <akin/factorization/detail/sgd_task.hpp>
#include <akin/factorization/detail/sgd_trainer.hpp>
#include <akin/factorization/logistic_mf_options.hpp>
#include <akin/kernels/sgd_step.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>
#include <akin/train/row_model.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// The algorithm of logistic_mf.
template <class Scalar, class Index>
struct logistic_mf_task : detail::positives_task<logistic_mf_options, Scalar, Index> {
  using detail::positives_task<logistic_mf_options, Scalar, Index>::options;
  static constexpr std::string_view kind = "logistic_mf";
  using cell = kernels::rated_cell<Scalar, Index>;
  using rows = detail::dense_storage<Scalar>;

  cell cell_of(Index user, Index item, Scalar value) const { return {user, item, weight_of(value)}; }
  /// Samples a block of cells, then takes their steps, so that sampling does not wait for the steps.
  detail::sampled_loss learn_block(const slice<const cell>& positives,
                                   const detail::block_negatives<Scalar, Index>& negatives,
                                   detail::block_random& random, const kernels::sgd_parameters<Scalar>& model,
                                   const kernels::sgd_rates<Scalar>& rates, bool with_loss) const;

  rows users_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                  const row_context<logistic_mf_task>& context) const;
  /// Samples the item as a negative as often as the training does, for users who do not have it as a positive.
  rows items_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                  const row_context<logistic_mf_task>& context) const;

 private:
  /// In double: alpha of tiny values may be beyond Scalar.
  Scalar weight_of(Scalar value) const { return static_cast<Scalar>(*options.alpha * static_cast<double>(value)); }

  /// One step of a fold-in: the weight is above 0 for a positive and -1 for a negative.
  static void step(detail::learnt_row<Scalar>& row, Scalar weight, Scalar fixed_bias, const Scalar* fixed) {
    const Scalar score = row.bias() + fixed_bias + row.times(fixed), margin = weight > 0 ? score : -score;
    const Scalar gradient = weight / (1 + std::exp(margin));
    row.shrink();
    row.step(gradient, fixed);
    row.step_bias(gradient);
  }
};

/// The probability that user u likes item i is 1 / (1 + exp(-s_ui)) with the score s_ui = b_u + b_i + p_u'q_i. Over
/// factors and biases it minimises
///   sum over the stored r_ui > 0 of alpha r_ui ln(1 + exp(-s_ui)) + sum over drawn (u, j) of ln(1 + exp(s_uj)),
/// each term with lambda / 2 (|p|^2 + |q|^2 + b_u^2 + b_i^2) of its user and item. For each stored r_ui > 0 an epoch
/// samples `negatives` items j for which user u has no such value. Values of 0 or less are ignored.
///
/// An epoch takes one gradient step for each term, in the order of a grid of blocks that is drawn anew for each epoch:
/// blocks that share no user and no item run in parallel, and j is sampled from the block's own items with at most 16
/// tries. The observer's loss is the mean of the weighted logarithms. A fold-in takes the same steps for one row,
/// `epochs` times over it. Complexity: an epoch takes 8 (1 + negatives) k flops a positive, and a search of the user's
/// row for each draw; training holds a regrouped copy of the positives. Deterministic: the same bits for any number of
/// threads. Const members may be called from many threads. Source: C. C. Johnson, "Logistic Matrix Factorization for
/// Implicit Feedback Data", NIPS workshop on distributed machine learning and matrix computations, 2014, which sums
/// over all (u, j) instead of drawn ones.
template <class Scalar = float, class Index = std::int32_t>
class logistic_mf : public detail::positives_model<logistic_mf_task<Scalar, Index>> {
  using base = detail::positives_model<logistic_mf_task<Scalar, Index>>;

 public:
  using base::base;
  std::span<const Scalar> user_biases() const noexcept {
    return {this->learnt_.user_biases.begin(), this->learnt_.user_biases.end()};
  }
  static logistic_mf read_from(const detail::model_reader& reader) {
    return base::template read_as<logistic_mf>(reader);
  }
};
logistic_mf(const logistic_mf_options&)->logistic_mf<>;

template <class Scalar, class Index>
detail::sampled_loss logistic_mf_task<Scalar, Index>::learn_block(
    const slice<const cell>& positives, const detail::block_negatives<Scalar, Index>& negatives,
    detail::block_random& random, const kernels::sgd_parameters<Scalar>& model, const kernels::sgd_rates<Scalar>& rates,
    bool with_loss) const {
  constexpr std::int64_t capacity = 256;
  cell cells[capacity];
  std::int64_t count = 0;
  detail::sampled_loss loss;
  const auto step = [&] {
    loss += {kernels::sgd_logistic(model, cells, count, rates, with_loss), count};
    count = 0;
  };
  const auto add = [&](const cell& c) {
    if (count == capacity) step();
    cells[count++] = c;
  };
  for (const cell& c : positives) {
    add(c);
    for (int draw = 0; draw < options.negatives; ++draw) {
      const Index negative = negatives.draw(c.user, random);
      if (negative >= 0) add({c.user, negative, Scalar{-1}});
    }
  }
  step();
  return loss;
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> logistic_mf_task<Scalar, Index>::users_from(
    const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
    const row_context<logistic_mf_task>& context) const {
  const detail::fold_in_context all(context);
  const auto epoch = [&](const auto& history, auto& row, const detail::fold_in_draws& draws) {
    for (std::int64_t i = 0; i < history.size(); ++i) {
      if (!(history.values[i] > 0)) continue;
      const Index item = history.ids[i];
      step(row, weight_of(history.values[i]), all.item_bias(item), all.item(item));
      detail::block_random random = draws.of(item);
      for (int draw = 0; draw < options.negatives; ++draw) {
        const Index negative = all.sample_negative(history, random);
        if (negative >= 0) step(row, Scalar{-1}, all.item_bias(negative), all.item(negative));
      }
    }
  };
  return detail::fold_in_positives(policy, x, options, kind, epoch);
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> logistic_mf_task<Scalar, Index>::items_from(
    const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
    const row_context<logistic_mf_task>& context) const {
  const detail::fold_in_context all(context);
  const std::int64_t drawn = options.negatives * all.mean_positives_per_item();
  const auto epoch = [&](const auto& users, auto& row, const detail::fold_in_draws& draws) {
    for (std::int64_t i = 0; i < users.size(); ++i) {
      const Index user = users.ids[i];
      if (users.values[i] > 0) step(row, weight_of(users.values[i]), all.user_bias(user), all.user(user));
    }
    detail::block_random random = draws.of(-1);
    for (std::int64_t i = 0; i < drawn; ++i) {
      const Index user = all.sample_positive(random).user;
      if (user >= 0 && !detail::is_positive(users, user)) step(row, Scalar{-1}, all.user_bias(user), all.user(user));
    }
  };
  return detail::fold_in_positives(policy, x, options, kind, epoch);
}

AKIN_COMPILE_ONCE(factorization, class trainer<backend::host, logistic_mf_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class trainer<backend::host, logistic_mf_task<double, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class logistic_mf<float>)
AKIN_COMPILE_ONCE(factorization, class row_model<logistic_mf_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class detail::positives_model<logistic_mf_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class logistic_mf<double>)
AKIN_COMPILE_ONCE(factorization, class row_model<logistic_mf_task<double, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class detail::positives_model<logistic_mf_task<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
