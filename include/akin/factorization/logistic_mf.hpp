/// @file
/// Matrix factorisation of the probability that a user likes an item.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/factorization/detail/biased_factors.hpp>
#include <akin/factorization/detail/liked_cells.hpp>
#include <akin/factorization/detail/liking_fold_in.hpp>
#include <akin/factorization/detail/liking_model.hpp>
#include <akin/factorization/detail/sgd_training.hpp>
#include <akin/factorization/logistic_mf_options.hpp>
#include <akin/kernels/sgd_step.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>

namespace akin::inline AKIN_ABI {

/// The probability that user u likes item i is 1 / (1 + exp(-s_ui)) with the score s_ui = b_u + b_i + p_u'q_i. Over
/// factors and biases it minimises
///   sum over the stored r_ui > 0 of alpha r_ui ln(1 + exp(-s_ui)) + sum over drawn (u, j) of ln(1 + exp(s_uj)),
/// each term with lambda / 2 (|p|^2 + |q|^2 + b_u^2 + b_i^2) of its user and item. For each stored r_ui > 0 an epoch
/// draws `negatives` items j for which user u has no such value. A value of 0 or less is as good as nothing.
///
/// An epoch takes one gradient step for each term, in the order of a grid of blocks that is drawn anew for each epoch:
/// blocks that share no user and no item run side by side, and j comes from the block's own items, with at most 16
/// tries. The loss that an observer is told is the mean of the logarithms with their weights. A fold-in takes the same
/// steps for one row, `epochs` times over it. Complexity: an epoch takes 8 (1 + negatives) k flops a liking, and a
/// search of the user's row for each draw; a regrouped copy of the likings is held while training. Deterministic: the
/// same bits for any number of threads. Const members may be called from many threads. Source: C. C. Johnson, "Logistic
/// Matrix Factorization for Implicit Feedback Data", NIPS workshop on distributed machine learning and matrix
/// computations, 2014, which sums over all (u, j) instead of drawn ones.
template <class Scalar = float, class Index = std::int32_t>
class logistic_mf : public detail::liking_model<logistic_mf<Scalar, Index>, logistic_mf_options, Scalar, Index> {
  using base = detail::liking_model<logistic_mf, logistic_mf_options, Scalar, Index>;
  using cell = kernels::rated_cell<Scalar, Index>;
  template <class, class>
  friend class detail::updatable;
  template <class, class, class, class>
  friend class detail::sgd_model;
  template <class, class, class, class>
  friend class detail::liking_model;

 public:
  static constexpr std::string_view kind = "logistic_mf";

  logistic_mf() : logistic_mf(logistic_mf_options{}) {}
  template <detail::options_for<logistic_mf_options> Options = logistic_mf_options>
  explicit logistic_mf(const Options& options) : base(options) {}

  std::span<const Scalar> user_biases() const noexcept {
    return {this->learnt_.user_biases.begin(), this->learnt_.user_biases.end()};
  }

 private:
  using parameters = typename base::parameters;

  logistic_mf(const logistic_mf_options& options, parameters learnt) : base(options, std::move(learnt)) {}

  cell cell_of(Index user, Index item, Scalar value) const { return {user, item, weight_of(value)}; }
  Scalar weight_of(Scalar value) const {
    return static_cast<Scalar>(static_cast<Scalar>(this->options_.alpha) * value);
  }

  /// A few items are drawn, then a few steps taken, so that drawing does not wait for the steps.
  detail::sampled_loss learn_block(const slice<const cell>& liked, const detail::block_others<Scalar, Index>& others,
                                   detail::block_random& random, const kernels::sgd_parameters<Scalar>& model,
                                   const kernels::sgd_rates<Scalar>& rates, bool with_loss) const;

  /// One step of a fold-in; a weight above 0 is that of a liking, -1 is for what was drawn.
  static void step(detail::learnt_row<Scalar>& row, Scalar weight, Scalar other_bias, const Scalar* other) {
    const Scalar score = row.bias() + other_bias + row.times(other), margin = weight > 0 ? score : -score;
    const Scalar pull = weight / (1 + std::exp(margin));
    row.shrink();
    row.step(pull, other);
    row.step_bias(pull);
  }
  detail::dense_storage<Scalar> users_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x) const;
  /// As often as the training draws an item, it is drawn here, by users who do not like it.
  detail::dense_storage<Scalar> items_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x) const;
};

template <class Scalar, class Index>
detail::sampled_loss logistic_mf<Scalar, Index>::learn_block(
    const slice<const cell>& liked, const detail::block_others<Scalar, Index>& others, detail::block_random& random,
    const kernels::sgd_parameters<Scalar>& model, const kernels::sgd_rates<Scalar>& rates, bool with_loss) const {
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
    for (int draw = 0; draw < this->options_.negatives; ++draw) {
      const Index other = others.draw(c.user, random);
      if (other >= 0) add({c.user, other, Scalar{-1}});
    }
  }
  step();
  return loss;
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> logistic_mf<Scalar, Index>::users_from(const detail::host_policy& policy,
                                                                     const csr_view<Scalar, Index>& x) const {
  const auto all = this->catalogue();
  const auto epoch = [&](const auto& history, auto& row, const detail::fold_in_draws& draws) {
    for (std::int64_t i = 0; i < history.size(); ++i) {
      if (!(history.values[i] > 0)) continue;
      const Index liked = history.ids[i];
      step(row, weight_of(history.values[i]), all.item_bias(liked), all.item(liked));
      detail::block_random random = draws.of(liked);
      for (int draw = 0; draw < this->options_.negatives; ++draw) {
        const Index other = all.draw_other(history, random);
        if (other >= 0) step(row, Scalar{-1}, all.item_bias(other), all.item(other));
      }
    }
  };
  return detail::fold_in_likings(policy, x, this->options_, kind, epoch);
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> logistic_mf<Scalar, Index>::items_from(const detail::host_policy& policy,
                                                                     const csr_view<Scalar, Index>& x) const {
  const auto all = this->catalogue();
  const std::int64_t drawn = this->options_.negatives * all.likings_an_item();
  const auto epoch = [&](const auto& users, auto& row, const detail::fold_in_draws& draws) {
    for (std::int64_t i = 0; i < users.size(); ++i) {
      const Index user = users.ids[i];
      if (users.values[i] > 0) step(row, weight_of(users.values[i]), all.user_bias(user), all.user(user));
    }
    detail::block_random random = draws.of(-1);
    for (std::int64_t i = 0; i < drawn; ++i) {
      const Index user = all.draw_liking(random).user;
      if (user >= 0 && !detail::likes(users, user)) step(row, Scalar{-1}, all.user_bias(user), all.user(user));
    }
  };
  return detail::fold_in_likings(policy, x, this->options_, kind, epoch);
}

AKIN_COMPILE_ONCE(factorization, class logistic_mf<float>)
AKIN_COMPILE_ONCE(factorization,
                  class detail::liking_model<logistic_mf<float>, logistic_mf_options, float, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, class detail::sgd_model<logistic_mf<float>, logistic_mf_options, float, std::int32_t>)
AKIN_COMPILE_ONCE(factorization,
                  class detail::updatable<logistic_mf<float>, detail::biased_factors<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class logistic_mf<double>)
AKIN_COMPILE_ONCE(factorization,
                  class detail::liking_model<logistic_mf<double>, logistic_mf_options, double, std::int32_t>)
AKIN_COMPILE_ONCE(factorization,
                  class detail::sgd_model<logistic_mf<double>, logistic_mf_options, double, std::int32_t>)
AKIN_COMPILE_ONCE(factorization,
                  class detail::updatable<logistic_mf<double>, detail::biased_factors<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
