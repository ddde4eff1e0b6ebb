/// @file
/// Matrix factorisation of ratings with biases, by stochastic gradient descent.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/factorization/biased_mf_options.hpp>
#include <akin/factorization/detail/biased_factors.hpp>
#include <akin/factorization/detail/block_schedule.hpp>
#include <akin/factorization/detail/rating_fold_in.hpp>
#include <akin/factorization/detail/rating_model.hpp>
#include <akin/factorization/detail/sgd_training.hpp>
#include <akin/kernels/sgd_step.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>
#include <akin/progress.hpp>
#include <akin/random.hpp>

namespace akin::inline AKIN_ABI {

/// Minimises over factors p_u, q_i and biases b_u, b_i, with mu the mean of the ratings,
///   sum over the stored r_ui of (r_ui - mu - b_u - b_i - p_u'q_i)^2 + lambda (|p_u|^2 + |q_i|^2 + b_u^2 + b_i^2),
/// so that a row is held at zero in proportion to its ratings. Every stored value is a rating, 0 too.
///
/// An epoch takes one gradient step for each rating, in the order of a grid of blocks: blocks that share no user and no
/// item run side by side, the order within a block is a shuffle. Complexity: an epoch takes 8 nonzeros k flops; a
/// regrouped copy of the ratings is held while training. Deterministic: the same bits for any number of threads, though
/// another seed gives another model. Const members may be called from many threads. Source: Y. Koren, R. Bell, C.
/// Volinsky, "Matrix Factorization Techniques for Recommender Systems", Computer 42(8), 2009; the blocks: R. Gemulla,
/// E. Nijkamp, P. J. Haas, Y. Sismanis, "Large-Scale Matrix Factorization with Distributed Stochastic Gradient
/// Descent", KDD 2011.
template <class Scalar = float, class Index = std::int32_t>
class biased_mf : public detail::rating_model<biased_mf<Scalar, Index>, biased_mf_options, Scalar, Index> {
  using base = detail::rating_model<biased_mf, biased_mf_options, Scalar, Index>;
  template <class, class>
  friend class detail::updatable;
  template <class, class, class, class>
  friend class detail::sgd_model;

 public:
  static constexpr std::string_view kind = "biased_mf";

  biased_mf() : biased_mf(biased_mf_options{}) {}
  template <detail::options_for<biased_mf_options> Options = biased_mf_options>
  explicit biased_mf(const Options& options) : base(options) {}

  /// Learns from a users x items matrix whose stored values are ratings. The observer is told of each epoch; `loss` is
  /// the RMSE of the held-out ratings where there are any, else that of the training, each rating's error taken just
  /// before its step. If it returns false, the training ends there. With ratings held out the model is that of the
  /// epoch with the lowest RMSE of them. Throws std::invalid_argument for values that are not finite, numeric_error
  /// with the epoch where the factors grow beyond all bounds; the model is then as it was.
  template <class Policy, class Matrix, class Observer = no_observer>
  requires(!sparse_matrix_like<std::remove_cvref_t<Observer>>) void fit(const Policy& policy, const Matrix& user_items,
                                                                        Observer&& observer = {}) {
    const csr_view<Scalar, Index> x = detail::checked_view<Scalar, Index>(policy, user_items, "biased_mf::fit");
    learn_and_hold_out(policy, x, detail::observer_ref(observer));
  }

  /// The same with ratings of your own to validate on, users x items like user_items; all of user_items is learnt from.
  template <class Policy, class Matrix, class Validation, class Observer = no_observer>
  requires sparse_matrix_like<Validation>
  void fit(const Policy& policy, const Matrix& user_items, const Validation& validation, Observer&& observer = {}) {
    const csr_view<Scalar, Index> x = detail::checked_view<Scalar, Index>(policy, user_items, "biased_mf::fit");
    const auto v = detail::checked_view<Scalar, Index>(policy, validation, "biased_mf::fit: validation");
    learn_and_watch(policy, x, v, detail::observer_ref(observer));
  }

  using base::fit;

  /// See akin::explain. The contributions of a history sum to the score of its fold-in less mean and item bias, which
  /// are no user's.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;

 private:
  using parameters = typename base::parameters;

  biased_mf(const biased_mf_options& options, parameters learnt) : base(options, std::move(learnt)) {}

  /// Each row is the minimum of the objective, solved directly.
  detail::dense_storage<Scalar> users_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x) const;
  void learn_and_hold_out(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                          const detail::observer_ref& observer);
  void learn_and_watch(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                       const csr_view<Scalar, Index>& validation, const detail::observer_ref& observer);
  /// Learns from the elements of x but those that are held out, watching those of `validation` that are held out.
  template <class HeldOut, class Watched>
  void learn(const detail::host_policy& policy, const csr_view<Scalar, Index>& x, const HeldOut& is_held_out,
             const csr_view<Scalar, Index>& validation, const Watched& is_watched,
             const detail::observer_ref& observer) {
    const biased_mf_options& options = this->options_;
    using cell = kernels::rated_cell<Scalar, Index>;
    const std::uint64_t seed = options.seed;
    const std::int64_t side = detail::grid_side(x.rows, x.cols, x.nonzeros());
    detail::block_grid<cell> grid(
        policy, x, detail::random_groups<Index>(x.rows, side, random_stream(seed, detail::sgd_use::row_groups)),
        detail::random_groups<Index>(x.cols, side, random_stream(seed, detail::sgd_use::column_groups)),
        [&](std::int64_t at) { return !is_held_out(at); },
        [&](Index user, std::int64_t at) {
          return cell{user, x.columns[at], x.values[at]};
        });
    const double deviation = 0.1 / std::sqrt(static_cast<double>(options.factors));
    parameters current(x.rows, x.cols, options.factors, deviation, seed), best;
    current.start_from_ratings(x, [&](std::int64_t at) { return !is_held_out(at); });
    double rate = options.learning_rate, best_rmse = std::numeric_limits<double>::infinity();
    int worse = 0;

    const auto epoch = [&](int number) {
      const auto model = current.mutable_pointers();
      const kernels::sgd_rates<Scalar> rates{static_cast<Scalar>(rate), static_cast<Scalar>(options.regularization)};
      const double squares =
          grid.run_epoch(policy, seed, number, [&](const slice<cell>& cells, std::int64_t, detail::block_random&) {
            const cell* const first = cells.data;
            return kernels::call<kernels::sgd_rating_kernel>(&model, first, cells.size, &rates);
          });
      rate *= options.learning_rate_decay;
      detail::epoch_result result{std::sqrt(squares / static_cast<double>(std::max<std::int64_t>(grid.size(), 1)))};
      if (validation.rows == 0) return result;
      const double watched = rmse(policy, validation, is_watched, current);
      if (!detail::is_finite(watched)) return result;  // nothing to watch, or diverged
      result.loss = watched;
      if (result.loss < best_rmse) {
        best = current;
        best_rmse = result.loss;
        worse = 0;
      } else {
        result.go_on = ++worse < options.patience;
      }
      return result;
    };
    detail::train_epochs(
        options.epochs, "biased_mf::fit", epoch, [&] { return current.is_finite(policy); }, observer);
    this->become(biased_mf(options, best.item_factors.cols() > 0 ? std::move(best) : std::move(current)), x);
  }

  /// Over the elements of x that are watched; infinite where there are none.
  template <class Watched>
  static double rmse(const detail::host_policy& policy, const csr_view<Scalar, Index>& x, const Watched& is_watched,
                     const parameters& model) {
    constexpr std::int64_t users_a_block = 64;
    const auto sum = detail::reduce_blocks(
        policy, x.rows, users_a_block, std::pair<double, std::int64_t>(),
        [&](std::int64_t begin, std::int64_t end, int) {
          std::pair<double, std::int64_t> part;
          for (std::int64_t user = begin; user < end; ++user)
            for (std::int64_t at = x.offsets[user]; at < x.offsets[user + 1]; ++at) {
              if (!is_watched(at)) continue;
              const double error = static_cast<double>(x.values[at] - model.predict(user, x.columns[at]));
              part.first += error * error;
              ++part.second;
            }
          return part;
        },
        [](auto& all, const auto& part) { all.first += part.first, all.second += part.second; });
    if (sum.second == 0) return std::numeric_limits<double>::infinity();
    return std::sqrt(sum.first / static_cast<double>(sum.second));
  }
};

template <class Scalar, class Index>
void biased_mf<Scalar, Index>::contributions(const row_view<Scalar, Index>& history, Index item,
                                             std::span<Scalar> out) const {
  std::vector<double> rest;
  detail::rating_contributions(history, item, this->fixed_items(), kind, out, rest);
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> biased_mf<Scalar, Index>::users_from(const detail::host_policy& policy,
                                                                   const csr_view<Scalar, Index>& x) const {
  return detail::fold_in_ratings(policy, x, this->fixed_items(), {}, kind);
}

template <class Scalar, class Index>
void biased_mf<Scalar, Index>::learn_and_hold_out(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                                                  const detail::observer_ref& observer) {
  const random_stream random(this->options_.seed, detail::sgd_use::validation);
  const auto is_held_out = [&](std::int64_t position) {
    return this->options_.validation_fraction > 0 &&
           random.uniform(static_cast<std::uint64_t>(position)) < this->options_.validation_fraction;
  };
  const bool may_hold_out = this->options_.validation_fraction > 0;
  learn(policy, x, is_held_out, may_hold_out ? x : csr_view<Scalar, Index>{}, is_held_out, observer);
}

template <class Scalar, class Index>
void biased_mf<Scalar, Index>::learn_and_watch(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                                               const csr_view<Scalar, Index>& validation,
                                               const detail::observer_ref& observer) {
  if (validation.rows != x.rows || validation.cols != x.cols)
    detail::fail<std::invalid_argument>("biased_mf::fit: validation must be ", x.rows, " x ", x.cols,
                                        " like user_items, got ", validation.rows, " x ", validation.cols);
  learn(
      policy, x, [](std::int64_t) { return false; }, validation, [](std::int64_t) { return true; }, observer);
}

AKIN_COMPILE_ONCE(factorization, class biased_mf<float>)
AKIN_COMPILE_ONCE(factorization, class detail::rating_model<biased_mf<float>, biased_mf_options, float, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, class detail::sgd_model<biased_mf<float>, biased_mf_options, float, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, class detail::updatable<biased_mf<float>, detail::biased_factors<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class biased_mf<double>)
AKIN_COMPILE_ONCE(factorization, class detail::rating_model<biased_mf<double>, biased_mf_options, double, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, class detail::sgd_model<biased_mf<double>, biased_mf_options, double, std::int32_t>)
AKIN_COMPILE_ONCE(factorization,
                  class detail::updatable<biased_mf<double>, detail::biased_factors<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
