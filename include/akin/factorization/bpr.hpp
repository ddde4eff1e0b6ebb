/// @file
/// Matrix factorisation that ranks what a user likes above what the user does not.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/factorization/bpr_options.hpp>
#include <akin/factorization/detail/biased_factors.hpp>
#include <akin/factorization/detail/liked_cells.hpp>
#include <akin/factorization/detail/liking_fold_in.hpp>
#include <akin/factorization/detail/liking_model.hpp>
#include <akin/factorization/detail/sgd_training.hpp>
#include <akin/kernels/sgd_step.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>

namespace akin::inline AKIN_ABI {

/// Bayesian personalised ranking. With the score s_ui = b_i + p_u'q_i it minimises the mean over liked items i of user
/// u and items j that u does not like of
///   ln(1 + exp(s_uj - s_ui)) + lambda / 2 (|p_u|^2 + |q_i|^2 + |q_j|^2 + b_i^2 + b_j^2).
/// A stored value above 0 is a liking, whatever its size; anything else is as good as nothing.
///
/// An epoch takes one gradient step for each liking, in the order of a grid of blocks that is drawn anew for each
/// epoch: blocks that share no user and no item run side by side. The other item j is drawn from the block's own items,
/// at most 16 times; a user who likes all that were drawn is skipped. The loss that an observer is told is the mean of
/// ln(1 + exp(s_uj - s_ui)). A fold-in takes the same steps for one row, `epochs` times over it. Complexity: an epoch
/// takes 12 k flops a liking, and a search of the user's row for each draw; a regrouped copy of the likings is held
/// while training. Deterministic: the same bits for any number of threads. Const members may be called from many
/// threads. Source: S. Rendle, C. Freudenthaler, Z. Gantner, L. Schmidt-Thieme, "BPR: Bayesian Personalized Ranking
/// from Implicit Feedback", UAI 2009.
template <class Scalar = float, class Index = std::int32_t>
class bpr : public detail::liking_model<bpr<Scalar, Index>, bpr_options, Scalar, Index> {
  using base = detail::liking_model<bpr, bpr_options, Scalar, Index>;
  template <class, class>
  friend class detail::updatable;
  template <class, class, class, class>
  friend class detail::sgd_model;
  template <class, class, class, class>
  friend class detail::liking_model;

 public:
  static constexpr std::string_view kind = "bpr";

  bpr() : bpr(bpr_options{}) {}
  template <detail::options_for<bpr_options> Options = bpr_options>
  explicit bpr(const Options& options) : base(options) {}

 private:
  using parameters = typename base::parameters;

  bpr(const bpr_options& options, parameters learnt) : base(options, std::move(learnt)) {}

  static detail::liked_cell<Index> cell_of(Index user, Index item, Scalar) { return {user, item}; }

  /// A few pairs are drawn, then a few steps taken, so that drawing does not wait for the steps.
  static detail::sampled_loss learn_block(const slice<const detail::liked_cell<Index>>& cells,
                                          const detail::block_others<Scalar, Index>& others,
                                          detail::block_random& random, const kernels::sgd_parameters<Scalar>& model,
                                          const kernels::sgd_rates<Scalar>& rates, bool with_loss);

  /// The gradient of ln(1 + exp(s_uj - s_ui)) with respect to s_ui - s_uj, but for its sign.
  static Scalar pull(Scalar liked, Scalar other) { return 1 / (1 + std::exp(liked - other)); }

  /// The steps of a fold-in: one item is drawn for each liking.
  static constexpr auto compare = [](Scalar liked, const auto& draw, const auto& score) {
    const Index other = draw();
    return detail::comparison<Scalar, Index>{other, other < 0 ? Scalar{0} : pull(liked, score(other))};
  };

  detail::dense_storage<Scalar> users_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x) const;
  detail::dense_storage<Scalar> items_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x) const;
};

template <class Scalar, class Index>
detail::sampled_loss bpr<Scalar, Index>::learn_block(const slice<const detail::liked_cell<Index>>& cells,
                                                     const detail::block_others<Scalar, Index>& others,
                                                     detail::block_random& random,
                                                     const kernels::sgd_parameters<Scalar>& model,
                                                     const kernels::sgd_rates<Scalar>& rates, bool with_loss) {
  constexpr std::int64_t run = 256;
  kernels::preferred_pair<Index> pairs[run];
  const kernels::preferred_pair<Index>* const first = pairs;
  detail::sampled_loss loss;
  for (std::int64_t begin = 0; begin < cells.size; begin += run) {
    std::int64_t count = 0;
    for (std::int64_t c = begin; c < std::min(begin + run, cells.size); ++c) {
      const Index other = others.draw(cells[c].user, random);
      if (other >= 0) pairs[count++] = {cells[c].user, cells[c].item, other};
    }
    loss += {kernels::call<kernels::sgd_pair_kernel>(&model, first, count, &rates, with_loss), count};
  }
  return loss;
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> bpr<Scalar, Index>::users_from(const detail::host_policy& policy,
                                                             const csr_view<Scalar, Index>& x) const {
  return detail::fold_in_pairwise_users(policy, x, this->catalogue(), this->options_, kind, compare);
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> bpr<Scalar, Index>::items_from(const detail::host_policy& policy,
                                                             const csr_view<Scalar, Index>& x) const {
  const auto lose = [](Scalar liked, Scalar own, const auto&, const auto&) { return pull(liked, own); };
  return detail::fold_in_pairwise_items(policy, x, this->catalogue(), this->options_, kind, 1, compare, lose);
}

AKIN_COMPILE_ONCE(factorization, class bpr<float>)
AKIN_COMPILE_ONCE(factorization, class detail::liking_model<bpr<float>, bpr_options, float, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, class detail::sgd_model<bpr<float>, bpr_options, float, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, class detail::updatable<bpr<float>, detail::biased_factors<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class bpr<double>)
AKIN_COMPILE_ONCE(factorization, class detail::liking_model<bpr<double>, bpr_options, double, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, class detail::sgd_model<bpr<double>, bpr_options, double, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, class detail::updatable<bpr<double>, detail::biased_factors<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
