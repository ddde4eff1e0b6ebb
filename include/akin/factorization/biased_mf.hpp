/// @file
/// Matrix factorisation of ratings with biases, by stochastic gradient descent.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/factorization/biased_mf_options.hpp>
#include <akin/factorization/detail/block_schedule.hpp>
#include <akin/factorization/detail/rating_fold_in.hpp>
#include <akin/factorization/detail/sgd_task.hpp>
#include <akin/finite.hpp>
#include <akin/kernels/sgd_step.hpp>
#include <akin/matrix.hpp>
#include <akin/model/row_model.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/progress.hpp>
#include <akin/random.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// The algorithm of biased_mf.
template <class Scalar, class Index>
struct biased_mf_task : detail::ratings_task<biased_mf_options, Scalar, Index> {
  using detail::ratings_task<biased_mf_options, Scalar, Index>::options;
  static constexpr std::string_view kind = "biased_mf";
  using table = factor_table<Scalar>;
  using rows = detail::dense_storage<Scalar>;

  /// Learns from all of x except the share validation_fraction of it, which is the validation data.
  table train(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
              const detail::observer_ref& observer) const;
  /// Learns from all of x, and validates on `validation`.
  table train(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
              const csr_view<Scalar, Index>& validation, const detail::observer_ref& observer) const;

  /// Each row minimises the objective for a fixed other side, solved directly.
  rows users_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                  const row_context<biased_mf_task>& context) const {
    return detail::fold_in_ratings(policy, x, this->fixed_items(context.learnt), {}, kind);
  }
  rows items_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                  const row_context<biased_mf_task>& context) const {
    return detail::fold_in_ratings(policy, x, this->fixed_users(context.learnt), {}, kind);
  }

 private:
  using cell = kernels::rated_cell<Scalar, Index>;

  /// Learns from the elements of x that are not held out, and validates on those of `validation` that are.
  template <class HeldOut, class Watched>
  table train(const detail::host_policy& policy, const csr_view<Scalar, Index>& x, const HeldOut& is_held_out,
              const csr_view<Scalar, Index>& validation, const Watched& is_watched,
              const detail::observer_ref& observer) const;
  template <class HeldOut>
  detail::block_grid<cell> blocks_of(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                                     const HeldOut& is_held_out) const;
};

/// Minimises over factors p_u, q_i and biases b_u, b_i, with mu the mean of the ratings,
///   sum over the stored r_ui of (r_ui - mu - b_u - b_i - p_u'q_i)^2 + lambda (|p_u|^2 + |q_i|^2 + b_u^2 + b_i^2),
/// so that a row is regularised in proportion to its ratings. Every stored value is a rating, also 0.
///
/// An epoch takes one gradient step for each rating, in the order of a grid of blocks: blocks that share no user and no
/// item run in parallel; the order within a block is random. Complexity: an epoch takes 8 nonzeros k flops; training
/// holds a regrouped copy of the ratings. Deterministic: the same bits for any number of threads; another seed gives
/// another model. Const members may be called from many threads. Source: Y. Koren, R. Bell, C. Volinsky, "Matrix
/// Factorization Techniques for Recommender Systems", Computer 42(8), 2009; the blocks: R. Gemulla, E. Nijkamp, P. J.
/// Haas, Y. Sismanis, "Large-Scale Matrix Factorization with Distributed Stochastic Gradient Descent", KDD 2011.
template <class Scalar = float, class Index = std::int32_t>
class biased_mf : public detail::ratings_model<biased_mf_task<Scalar, Index>> {
  using base = detail::ratings_model<biased_mf_task<Scalar, Index>>;

 public:
  using base::base;

  /// Learns from a users x items matrix whose stored values are ratings. The observer is told of each epoch; `loss` is
  /// the RMSE of the held-out ratings if there are any, else that of the training, each rating's error taken just
  /// before its step. If it returns false, the training ends there. With held-out ratings the model is that of the
  /// epoch with their lowest RMSE. Throws std::invalid_argument for values that are not finite, numeric_error with the
  /// epoch in which the factors overflow; the model is then as it was.
  template <class Policy, class Matrix, class Observer = no_observer>
  requires(!sparse_matrix_like<std::remove_cvref_t<Observer>>) void fit(const Policy& policy, const Matrix& user_items,
                                                                        Observer&& observer = {}) {
    base::fit(policy, user_items, observer);
  }
  /// The same with separate validation ratings, users x items like user_items; the model learns from all of user_items.
  template <class Policy, class Matrix, class Validation, class Observer = no_observer>
  requires sparse_matrix_like<Validation>
  void fit(const Policy& policy, const Matrix& user_items, const Validation& validation, Observer&& observer = {}) {
    const auto x = this->checked_matrix(policy, user_items, "biased_mf::fit");
    const auto v = this->checked_matrix(policy, validation, "biased_mf::fit: validation");
    learn_and_watch(base::on_host(policy), x, v, detail::observer_ref(observer));
  }
  template <class Matrix>
  requires sparse_matrix_like<Matrix>
  void fit(const Matrix& user_items) { base::fit(user_items); }

  /// See akin::explain. The contributions of a history sum to the score of its fold-in less mean and item bias, which
  /// no history contributes to.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;

  static biased_mf read_from(const detail::model_reader& reader) { return base::template read_as<biased_mf>(reader); }

 private:
  void learn_and_watch(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                       const csr_view<Scalar, Index>& validation, const detail::observer_ref& observer);
};
biased_mf(const biased_mf_options&)->biased_mf<>;

template <class Scalar, class Index>
factor_table<Scalar> biased_mf_task<Scalar, Index>::train(const detail::host_policy& policy,
                                                          const csr_view<Scalar, Index>& x,
                                                          const detail::observer_ref& observer) const {
  const double fraction = options.validation_fraction;
  const random_stream random(options.seed, detail::sgd_use::validation);
  const auto is_held_out = [&](std::int64_t position) {
    return fraction > 0 && random.uniform(static_cast<std::uint64_t>(position)) < fraction;
  };
  return train(policy, x, is_held_out, fraction > 0 ? x : csr_view<Scalar, Index>{}, is_held_out, observer);
}

template <class Scalar, class Index>
factor_table<Scalar> biased_mf_task<Scalar, Index>::train(const detail::host_policy& policy,
                                                          const csr_view<Scalar, Index>& x,
                                                          const csr_view<Scalar, Index>& validation,
                                                          const detail::observer_ref& observer) const {
  return train(
      policy, x, [](std::int64_t) { return false; }, validation, [](std::int64_t) { return true; }, observer);
}

template <class Scalar, class Index>
template <class HeldOut, class Watched>
factor_table<Scalar> biased_mf_task<Scalar, Index>::train(const detail::host_policy& policy,
                                                          const csr_view<Scalar, Index>& x, const HeldOut& is_held_out,
                                                          const csr_view<Scalar, Index>& validation,
                                                          const Watched& is_watched,
                                                          const detail::observer_ref& observer) const {
  auto grid = blocks_of(policy, x, is_held_out);
  const double deviation = 0.1 / std::sqrt(static_cast<double>(options.factors));
  table current = detail::random_table<Scalar>(x.rows, x.cols, options.factors, deviation, options.seed), best;
  detail::start_from_ratings(
      x, [&](std::int64_t at) { return !is_held_out(at); }, current);
  double rate = options.learning_rate, best_rmse = std::numeric_limits<double>::infinity();
  int worse = 0;

  const auto epoch = [&](int number) {
    const auto model = detail::parameters_of(current);
    const kernels::sgd_rates<Scalar> rates{static_cast<Scalar>(rate), static_cast<Scalar>(options.regularization)};
    const double squares = grid.run_epoch(policy, options.seed, number,
                                          [&](const slice<cell>& cells, std::int64_t, detail::block_random&) {
                                            return kernels::sgd_ratings(model, cells.data, cells.size, rates);
                                          });
    rate *= options.learning_rate_decay;
    detail::epoch_result result{std::sqrt(squares / static_cast<double>(std::max<std::int64_t>(grid.size(), 1)))};
    if (validation.rows == 0) return result;
    const double watched = detail::rmse(policy, validation, is_watched, current);
    if (!detail::is_finite(watched)) return result;  // no validation ratings, or diverged
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
      options.epochs, "biased_mf::fit", epoch, [&] { return detail::all_finite(policy, current); }, observer);
  return best.factors() > 0 ? std::move(best) : std::move(current);
}

template <class Scalar, class Index>
template <class HeldOut>
detail::block_grid<kernels::rated_cell<Scalar, Index>> biased_mf_task<Scalar, Index>::blocks_of(
    const detail::host_policy& policy, const csr_view<Scalar, Index>& x, const HeldOut& is_held_out) const {
  const std::uint64_t seed = options.seed;
  const std::int64_t side = detail::grid_side(x.rows, x.cols, x.nonzeros());
  return {policy,
          x,
          detail::random_groups<Index>(x.rows, side, random_stream(seed, detail::sgd_use::row_groups)),
          detail::random_groups<Index>(x.cols, side, random_stream(seed, detail::sgd_use::column_groups)),
          [&](std::int64_t at) { return !is_held_out(at); },
          [&](Index user, std::int64_t at) {
            return cell{user, x.columns[at], x.values[at]};
          }};
}

template <class Scalar, class Index>
void biased_mf<Scalar, Index>::contributions(const row_view<Scalar, Index>& history, Index item,
                                             std::span<Scalar> out) const {
  detail::numbers<double> rest;
  detail::rating_contributions(history, item, this->task_.fixed_items(this->learnt_), base::kind, out, rest);
}

template <class Scalar, class Index>
void biased_mf<Scalar, Index>::learn_and_watch(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                                               const csr_view<Scalar, Index>& validation,
                                               const detail::observer_ref& observer) {
  if (validation.rows != x.rows || validation.cols != x.cols)
    detail::fail<std::invalid_argument>("biased_mf::fit: validation must be ", x.rows, " x ", x.cols,
                                        " like user_items, got ", validation.rows, " x ", validation.cols);
  this->adopt(this->task_.train(policy, x, validation, observer), x);
}

AKIN_COMPILE_ONCE(factorization, class biased_mf<float>)
AKIN_COMPILE_ONCE(factorization, class row_model<biased_mf_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class detail::ratings_model<biased_mf_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class biased_mf<double>)
AKIN_COMPILE_ONCE(factorization, class row_model<biased_mf_task<double, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class detail::ratings_model<biased_mf_task<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
