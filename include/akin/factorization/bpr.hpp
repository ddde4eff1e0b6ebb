/// @file
/// Bayesian personalised ranking: matrix factorisation that ranks a user's positives above sampled negatives.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

#include <akin/config.hpp>
#include <akin/factorization/bpr_options.hpp>
#include <akin/factorization/detail/positive_cells.hpp>
#include <akin/factorization/detail/positives_fold_in.hpp>
#include <akin/factorization/detail/sgd_task.hpp>
#include <akin/factorization/detail/sgd_trainer.hpp>
#include <akin/kernels/sgd_step.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>
#include <akin/train/row_model.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// The algorithm of bpr.
template <class Scalar, class Index>
struct bpr_task : detail::positives_task<bpr_options, Scalar, Index> {
  using detail::positives_task<bpr_options, Scalar, Index>::options;
  static constexpr std::string_view kind = "bpr";
  using cell = detail::positive_cell<Index>;
  using rows = detail::dense_storage<Scalar>;

  /// Of ln(1 + exp(s_uj - s_ui)) with respect to s_ui - s_uj, without its sign.
  static Scalar gradient(Scalar s_ui, Scalar s_uj) { return 1 / (1 + std::exp(s_ui - s_uj)); }

  static cell cell_of(Index user, Index item, Scalar) { return {user, item}; }
  /// Samples a block of pairs, then takes their steps, so that sampling does not wait for the steps.
  static detail::sampled_loss learn_block(const slice<const cell>& cells,
                                          const detail::block_negatives<Scalar, Index>& negatives,
                                          detail::block_random& random, const kernels::sgd_parameters<Scalar>& model,
                                          const kernels::sgd_rates<Scalar>& rates, bool with_loss);

  rows users_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                  const row_context<bpr_task>& context) const {
    return detail::fold_in_pairwise_users(policy, x, detail::fold_in_context(context), options, kind, sample_pair);
  }
  rows items_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                  const row_context<bpr_task>& context) const {
    const auto item_loss_gradient = [](Scalar s_ui, Scalar own, const auto&, const auto&) {
      return gradient(s_ui, own);
    };
    return detail::fold_in_pairwise_items(policy, x, detail::fold_in_context(context), options, kind, 1, sample_pair,
                                          item_loss_gradient);
  }

  /// The sampled pair of a fold-in: one negative for each positive.
  static constexpr auto sample_pair = [](Scalar s_ui, const auto& draw, const auto& score) {
    const Index negative = draw();
    return detail::sampled_pair<Scalar, Index>{negative, negative < 0 ? Scalar{0} : gradient(s_ui, score(negative))};
  };
};

/// Bayesian personalised ranking. With the score s_ui = b_i + p_u'q_i it minimises, over the positives i of user u and
/// negatives j, the mean of
///   ln(1 + exp(s_uj - s_ui)) + lambda / 2 (|p_u|^2 + |q_i|^2 + |q_j|^2 + b_i^2 + b_j^2).
/// Every stored value above 0 is a positive, whatever its size; all other values are ignored.
///
/// An epoch takes one gradient step for each positive, in the order of a grid of blocks that is drawn anew for each
/// epoch: blocks that share no user and no item run in parallel. The negative j is sampled from the block's own items
/// with at most 16 tries; if they all fail, the step is skipped. The observer's loss is the mean of ln(1 + exp(s_uj -
/// s_ui)). A fold-in takes the same steps for one row, `epochs` times over it. Complexity: an epoch takes 12 k flops a
/// positive, and a search of the user's row for each draw; training holds a regrouped copy of the positives.
/// Deterministic: the same bits for any number of threads. Const members may be called from many threads. Source: S.
/// Rendle, C. Freudenthaler, Z. Gantner, L. Schmidt-Thieme, "BPR: Bayesian Personalized Ranking from Implicit
/// Feedback", UAI 2009.
template <class Scalar = float, class Index = std::int32_t>
class bpr : public detail::positives_model<bpr_task<Scalar, Index>> {
  using base = detail::positives_model<bpr_task<Scalar, Index>>;

 public:
  using base::base;
  static bpr read_from(const detail::model_reader& reader) { return base::template read_as<bpr>(reader); }
};
bpr(const bpr_options&)->bpr<>;

template <class Scalar, class Index>
detail::sampled_loss bpr_task<Scalar, Index>::learn_block(const slice<const cell>& cells,
                                                          const detail::block_negatives<Scalar, Index>& negatives,
                                                          detail::block_random& random,
                                                          const kernels::sgd_parameters<Scalar>& model,
                                                          const kernels::sgd_rates<Scalar>& rates, bool with_loss) {
  constexpr std::int64_t block_size = 256;
  kernels::preferred_pair<Index> pairs[block_size];
  detail::sampled_loss loss;
  for (std::int64_t begin = 0; begin < cells.size; begin += block_size) {
    std::int64_t count = 0;
    for (std::int64_t c = begin; c < std::min(begin + block_size, cells.size); ++c) {
      const Index negative = negatives.draw(cells[c].user, random);
      if (negative >= 0) pairs[count++] = {cells[c].user, cells[c].item, negative};
    }
    loss += {kernels::sgd_pairs(model, pairs, count, rates, with_loss), count};
  }
  return loss;
}

AKIN_COMPILE_ONCE(factorization, class trainer<backend::host, bpr_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class trainer<backend::host, bpr_task<double, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class bpr<float>)
AKIN_COMPILE_ONCE(factorization, class row_model<bpr_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class detail::positives_model<bpr_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class bpr<double>)
AKIN_COMPILE_ONCE(factorization, class row_model<bpr_task<double, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class detail::positives_model<bpr_task<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
