/// @file
/// Matrix factorisation that puts what a user likes at the top of the list.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/factorization/detail/biased_factors.hpp>
#include <akin/factorization/detail/liked_cells.hpp>
#include <akin/factorization/detail/liking_fold_in.hpp>
#include <akin/factorization/detail/liking_model.hpp>
#include <akin/factorization/detail/sgd_training.hpp>
#include <akin/factorization/warp_options.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/kernels/sgd_step.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>

namespace akin::inline AKIN_ABI {

/// Weighted approximate-rank pairwise loss. With the score s_ui = b_i + p_u'q_i and the rank r_ui, the number of items
/// j that user u does not like and that violate the margin, s_uj > s_ui - margin, it goes after the sum over liked
/// items i of
///   L(r_ui), L(r) = 1 + 1/2 + ... + 1/r,
/// which the first places of a list decide, held by lambda / 2 (|p_u|^2 + |q_i|^2 + |q_j|^2 + b_i^2 + b_j^2) for each
/// step. A stored value above 0 is a liking, whatever its size; anything else is as good as nothing.
///
/// An epoch takes up one liking after the other and draws items until one violates the margin, max_trials at most. The
/// number of draws t tells the rank, floor((items - 1) / t); the step goes down L(rank) (s_uj - s_ui + margin), with L
/// to 2 %. Order and draws are those of a grid of blocks that is drawn anew for each epoch: blocks that share no user
/// and no item run side by side, others are drawn from the block's own items, and the rank among these is scaled by
/// their share of all items. The loss that an observer is told is the mean over the likings of L(rank) (s_uj - s_ui +
/// margin), 0 where no violation was found. A fold-in takes the same steps for one row, `epochs` times over it.
/// Complexity: an epoch takes 2 k flops for each draw and 12 k for each violation; a
/// regrouped copy of the likings is held while training. Deterministic: the same bits for any number of threads. Const
/// members may be called from many threads. Source: J. Weston, S. Bengio, N. Usunier, "WSABIE: Scaling Up To Large
/// Vocabulary Image Annotation", IJCAI 2011.
template <class Scalar = float, class Index = std::int32_t>
class warp : public detail::liking_model<warp<Scalar, Index>, warp_options, Scalar, Index> {
  using base = detail::liking_model<warp, warp_options, Scalar, Index>;
  template <class, class>
  friend class detail::updatable;
  template <class, class, class, class>
  friend class detail::sgd_model;
  template <class, class, class, class>
  friend class detail::liking_model;

 public:
  static constexpr std::string_view kind = "warp";

  warp() : warp(warp_options{}) {}
  template <detail::options_for<warp_options> Options = warp_options>
  explicit warp(const Options& options) : base(options) {
    const auto margin = static_cast<Scalar>(options.margin);
    detail::require(margin > 0 && detail::is_finite(margin), kind, "margin must be positive and finite",
                    options.margin);
  }

 private:
  using parameters = typename base::parameters;

  /// An item that violates the margin, with L(rank) as its pull, and how many were drawn to find it; -1 for none.
  struct violation : detail::comparison<Scalar, Index> {
    int draws = 0;
  };

  warp(const warp_options& options, parameters learnt) : base(options, std::move(learnt)) {}

  /// L(rank), as ln(rank + 1/2) and Euler's constant: 2 % low for 1, closer beyond.
  static Scalar weight_of(std::int64_t rank) {
    return static_cast<Scalar>(std::log(static_cast<double>(rank) + 0.5) + 0.5772156649);
  }

  /// Draws until an item violates the margin of one that scores `liked`. `drawn_from` of all `items` can be drawn.
  template <class Draw, class Score>
  violation search(Scalar liked, std::int64_t drawn_from, std::int64_t items, const Draw& draw,
                   const Score& score) const {
    const Scalar highest = liked - static_cast<Scalar>(this->options_.margin);
    for (int draws = 1; draws <= this->options_.max_trials; ++draws) {
      const Index other = draw();
      if (other < 0) break;
      if (!(score(other) > highest)) continue;
      const std::int64_t above = (drawn_from - 1) / draws;
      const double scale = static_cast<double>(items) / static_cast<double>(drawn_from);
      const auto rank = static_cast<std::int64_t>(static_cast<double>(above) * scale);
      return {{other, weight_of(std::max<std::int64_t>(rank, 1))}, draws};
    }
    return {{-1, 0}};
  }

  static detail::liked_cell<Index> cell_of(Index user, Index item, Scalar) { return {user, item}; }

  detail::sampled_loss learn_block(const slice<const detail::liked_cell<Index>>& cells,
                                   const detail::block_others<Scalar, Index>& others, detail::block_random& random,
                                   const kernels::sgd_parameters<Scalar>& model,
                                   const kernels::sgd_rates<Scalar>& rates, bool) const;
  static const Scalar* row_of(const kernels::sgd_parameters<Scalar>& model, Index item) noexcept {
    return model.item_factors + item * model.k;
  }

  /// The search of a fold-in, among all items.
  auto compare() const {
    return [this](Scalar liked, const auto& draw, const auto& score) {
      return search(liked, this->items(), this->items(), draw, score);
    };
  }
  detail::dense_storage<Scalar> users_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x) const;
  /// A liking that has found a violation after t draws has about items / t of them, and would have found this item,
  /// where it violates the margin too, with the probability t / items. Of likings max_trials times as many as in the
  /// training are asked, so that no step is longer than there.
  detail::dense_storage<Scalar> items_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x) const;
};

template <class Scalar, class Index>
detail::sampled_loss warp<Scalar, Index>::learn_block(const slice<const detail::liked_cell<Index>>& cells,
                                                      const detail::block_others<Scalar, Index>& others,
                                                      detail::block_random& random,
                                                      const kernels::sgd_parameters<Scalar>& model,
                                                      const kernels::sgd_rates<Scalar>& rates, bool) const {
  detail::sampled_loss loss;
  for (const auto& [user, item] : cells) {
    const Scalar* const p = model.user_factors + user * model.k;
    const auto score = [&](Index id) {
      return static_cast<Scalar>(model.item_biases[id] + kernels::dot(p, row_of(model, id), model.k));
    };
    const Scalar liked = score(item);
    Scalar too_high = 0;
    const violation found = search(
        liked, others.items().size, others.catalogue(), [&, u = user] { return others.draw(u, random); },
        [&](Index id) { return too_high = score(id); });
    ++loss.samples;
    if (found.other < 0) continue;
    const kernels::preferred_pair<Index> pair{user, item, found.other};
    kernels::call<kernels::sgd_hinge_kernel>(&model, &pair, found.pull, &rates);
    loss.sum += static_cast<double>(found.pull) *
                (static_cast<double>(too_high) - static_cast<double>(liked) + this->options_.margin);
  }
  return loss;
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> warp<Scalar, Index>::users_from(const detail::host_policy& policy,
                                                              const csr_view<Scalar, Index>& x) const {
  return detail::fold_in_pairwise_users(policy, x, this->catalogue(), this->options_, kind, compare());
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> warp<Scalar, Index>::items_from(const detail::host_policy& policy,
                                                              const csr_view<Scalar, Index>& x) const {
  const int trials = this->options_.max_trials;
  const auto lose = [&](Scalar liked, Scalar own, const auto& draw, const auto& score) {
    if (!(own > liked - static_cast<Scalar>(this->options_.margin))) return Scalar{0};
    const violation found = search(liked, this->items(), this->items(), draw, score);
    return static_cast<Scalar>(found.pull * static_cast<Scalar>(found.draws) / static_cast<Scalar>(trials));
  };
  return detail::fold_in_pairwise_items(policy, x, this->catalogue(), this->options_, kind, trials, compare(), lose);
}

AKIN_COMPILE_ONCE(factorization, class warp<float>)
AKIN_COMPILE_ONCE(factorization, class detail::liking_model<warp<float>, warp_options, float, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, class detail::sgd_model<warp<float>, warp_options, float, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, class detail::updatable<warp<float>, detail::biased_factors<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class warp<double>)
AKIN_COMPILE_ONCE(factorization, class detail::liking_model<warp<double>, warp_options, double, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, class detail::sgd_model<warp<double>, warp_options, double, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, class detail::updatable<warp<double>, detail::biased_factors<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
