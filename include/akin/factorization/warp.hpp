/// @file
/// WARP: matrix factorisation that puts a user's positives at the top of the list.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/factorization/detail/positive_cells.hpp>
#include <akin/factorization/detail/positives_fold_in.hpp>
#include <akin/factorization/detail/sgd_task.hpp>
#include <akin/factorization/detail/sgd_trainer.hpp>
#include <akin/factorization/warp_options.hpp>
#include <akin/finite.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/kernels/sgd_step.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>
#include <akin/train/row_model.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// The algorithm of warp.
template <class Scalar, class Index>
struct warp_task : detail::positives_task<warp_options, Scalar, Index> {
  using detail::positives_task<warp_options, Scalar, Index>::options;
  static constexpr std::string_view kind = "warp";
  using cell = detail::positive_cell<Index>;
  using rows = detail::dense_storage<Scalar>;

  static void check(const warp_options& options) {
    const auto margin = static_cast<Scalar>(options.margin);
    detail::require(margin > 0 && detail::is_finite(margin), "warp", "margin must be positive and finite",
                    options.margin);
  }

  static cell cell_of(Index user, Index item, Scalar) { return {user, item}; }
  detail::sampled_loss learn_block(const slice<const cell>& cells,
                                   const detail::block_negatives<Scalar, Index>& negatives,
                                   detail::block_random& random, const kernels::sgd_parameters<Scalar>& model,
                                   const kernels::sgd_rates<Scalar>& rates, bool with_loss) const;

  rows users_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                  const row_context<warp_task>& context) const {
    return detail::fold_in_pairwise_users(policy, x, detail::fold_in_context(context), options, kind,
                                          sample_pair(context.learnt.items()));
  }
  /// A positive that found a violation after t draws has about items / t violations, and would have found this item
  /// with probability t / items if it violates the margin too. max_trials times as many positives as in the training
  /// are sampled, so that no step is longer than there.
  rows items_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                  const row_context<warp_task>& context) const;

 private:
  /// A negative that violates the margin, with L(rank) as its gradient, and the number of draws that found it; -1 for
  /// none.
  struct violation : detail::sampled_pair<Scalar, Index> {
    int draws = 0;
  };

  /// L(rank), as ln(rank + 1/2) and Euler's constant: 2 % low for 1, closer beyond.
  static Scalar weight_of(std::int64_t rank) {
    return static_cast<Scalar>(std::log(static_cast<double>(rank) + 0.5) + 0.5772156649);
  }

  /// Samples until an item violates the margin of a positive with the score s_ui. `drawn_from` of all `items` can be
  /// drawn.
  template <class Draw, class Score>
  violation search(Scalar s_ui, std::int64_t drawn_from, std::int64_t items, const Draw& draw,
                   const Score& score) const {
    const Scalar highest = s_ui - static_cast<Scalar>(options.margin);
    for (int draws = 1; draws <= options.max_trials; ++draws) {
      const Index negative = draw();
      if (negative < 0) break;
      if (!(score(negative) > highest)) continue;
      const std::int64_t above = (drawn_from - 1) / draws;
      const double scale = static_cast<double>(items) / static_cast<double>(drawn_from);
      const auto rank = static_cast<std::int64_t>(static_cast<double>(above) * scale);
      return {{negative, weight_of(std::max<std::int64_t>(rank, 1))}, draws};
    }
    return {{-1, 0}};
  }

  /// The search of a fold-in, among all items.
  auto sample_pair(std::int64_t items) const {
    return [this, items](Scalar s_ui, const auto& draw, const auto& score) {
      return this->search(s_ui, items, items, draw, score);
    };
  }
};

/// Weighted approximate-rank pairwise loss. With the score s_ui = b_i + p_u'q_i and the rank r_ui, the number of
/// negatives j of user u that violate the margin, s_uj > s_ui - margin, it approximately minimises the sum over the
/// positives i of
///   L(r_ui), L(r) = 1 + 1/2 + ... + 1/r,
/// a loss dominated by the top of the list, plus lambda / 2 (|p_u|^2 + |q_i|^2 + |q_j|^2 + b_i^2 + b_j^2) for each
/// step. Every stored value above 0 is a positive, whatever its size; all other values are ignored.
///
/// An epoch visits each positive and samples items until one violates the margin, max_trials at most. The number of
/// draws t estimates the rank as floor((items - 1) / t); the step descends L(rank) (s_uj - s_ui + margin), with L to 2
/// %. The order is that of a grid of blocks that is drawn anew for each epoch: blocks that share no user and no item
/// run in parallel, negatives are sampled from the block's own items, and the rank among these is scaled by their share
/// of all items. The observer's loss is the mean over the positives of L(rank) (s_uj - s_ui + margin), 0 if no
/// violation was found. A fold-in takes the same steps for one row, `epochs` times over it. Complexity: an epoch takes
/// 2 k flops for each draw and 12 k for each violation; training holds a regrouped copy of the positives.
/// Deterministic: the same bits for any number of threads. Const members may be called from many threads. Source: J.
/// Weston, S. Bengio, N. Usunier, "WSABIE: Scaling Up To Large Vocabulary Image Annotation", IJCAI 2011.
template <class Scalar = float, class Index = std::int32_t>
class warp : public detail::positives_model<warp_task<Scalar, Index>> {
  using base = detail::positives_model<warp_task<Scalar, Index>>;

 public:
  using base::base;
  static warp read_from(const detail::model_reader& reader) { return base::template read_as<warp>(reader); }
};
warp(const warp_options&)->warp<>;

template <class Scalar, class Index>
detail::sampled_loss warp_task<Scalar, Index>::learn_block(const slice<const cell>& cells,
                                                           const detail::block_negatives<Scalar, Index>& negatives,
                                                           detail::block_random& random,
                                                           const kernels::sgd_parameters<Scalar>& model,
                                                           const kernels::sgd_rates<Scalar>& rates, bool) const {
  detail::sampled_loss loss;
  for (const auto& [user, item] : cells) {
    const Scalar* const p = model.user_factors + user * model.k;
    const auto score = [&](Index id) {
      return static_cast<Scalar>(
          model.item_biases[id] +
          kernels::dot(p, static_cast<const Scalar*>(model.item_factors + id * model.k), model.k));
    };
    const Scalar s_ui = score(item);
    Scalar too_high = 0;
    const violation found = search(
        s_ui, negatives.items().size, negatives.catalogue(), [&, u = user] { return negatives.draw(u, random); },
        [&](Index id) { return too_high = score(id); });
    ++loss.samples;
    if (found.negative < 0) continue;
    const kernels::preferred_pair<Index> pair{user, item, found.negative};
    kernels::sgd_hinge(model, pair, found.gradient, rates);
    loss.sum += static_cast<double>(found.gradient) *
                (static_cast<double>(too_high) - static_cast<double>(s_ui) + options.margin);
  }
  return loss;
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> warp_task<Scalar, Index>::items_from(const detail::host_policy& policy,
                                                                   const csr_view<Scalar, Index>& x,
                                                                   const row_context<warp_task>& context) const {
  const int trials = options.max_trials;
  const std::int64_t items = context.learnt.items();
  const auto item_loss_gradient = [&](Scalar s_ui, Scalar own, const auto& draw, const auto& score) {
    if (!(own > s_ui - static_cast<Scalar>(options.margin))) return Scalar{0};
    const violation found = search(s_ui, items, items, draw, score);
    return static_cast<Scalar>(found.gradient * static_cast<Scalar>(found.draws) / static_cast<Scalar>(trials));
  };
  return detail::fold_in_pairwise_items(policy, x, detail::fold_in_context(context), options, kind, trials,
                                        sample_pair(items), item_loss_gradient);
}

AKIN_COMPILE_ONCE(factorization, class trainer<backend::host, warp_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class trainer<backend::host, warp_task<double, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class warp<float>)
AKIN_COMPILE_ONCE(factorization, class row_model<warp_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class detail::positives_model<warp_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class warp<double>)
AKIN_COMPILE_ONCE(factorization, class row_model<warp_task<double, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class detail::positives_model<warp_task<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
