/// @file
/// Matrix factorisation of ratings with biases, by stochastic gradient descent.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/factorization/biased_mf_options.hpp>
#include <akin/factorization/detail/best_epoch.hpp>
#include <akin/factorization/detail/block_schedule.hpp>
#include <akin/factorization/detail/rating_fold_in.hpp>
#include <akin/factorization/detail/sgd_task.hpp>
#include <akin/factorization/detail/sgd_trainer.hpp>
#include <akin/finite.hpp>
#include <akin/kernels/sgd_step.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/progress.hpp>
#include <akin/random.hpp>
#include <akin/train/row_model.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// The algorithm of biased_mf.
template <class Scalar, class Index>
struct biased_mf_task : detail::ratings_task<biased_mf_options, Scalar, Index> {
  using detail::ratings_task<biased_mf_options, Scalar, Index>::options;
  static constexpr std::string_view kind = "biased_mf";
  using rows = detail::dense_storage<Scalar>;

  /// Each row minimises the objective for a fixed other side, solved directly.
  rows users_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                  const row_context<biased_mf_task>& context) const {
    return detail::fold_in_ratings(policy, x, this->fixed_items(context.learnt), {}, kind);
  }
  rows items_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                  const row_context<biased_mf_task>& context) const {
    return detail::fold_in_ratings(policy, x, this->fixed_users(context.learnt), {}, kind);
  }
};

/// Epochs of gradient steps on all ratings that are not held out, one for each rating; the best table by the held-out
/// ones.
template <class Scalar, class Index>
class trainer<backend::host, biased_mf_task<Scalar, Index>> {
 public:
  using task_type = biased_mf_task<Scalar, Index>;
  using table_type = factor_table<Scalar>;

  /// Learns from all of x except the share validation_fraction of it, which is the validation data. All must outlive
  /// the training.
  trainer(const task_type& task, const detail::host_policy& policy, const csr_view<Scalar, Index>& x)
      : trainer(task, policy, x, task.options.validation_fraction > 0 ? x : csr_view<Scalar, Index>{},
                task.options.validation_fraction) {}
  /// Learns from all of x, and validates on `validation`.
  trainer(const task_type& task, const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
          const csr_view<Scalar, Index>& validation)
      : trainer(task, policy, x, validation, 0) {}

  const task_type& task() const noexcept { return task_; }
  std::uint64_t data_checksum() const noexcept { return detail::checksum_of(validation_, detail::checksum_of(x_)); }

  void iterate(int number, bool with_loss);
  double loss() const noexcept { return loss_; }
  bool is_finite() const { return detail::all_finite(policy_, current_); }
  bool is_done() const noexcept { return best_.epochs_since() >= task_.options.patience; }
  table_type take() { return std::move(best_.is_known() ? best_.table() : current_); }

  template <class Visit>
  void state(const Visit& visit) {
    detail::visit_table(current_, visit);
    visit("rate", rate_);
    best_.state(current_, visit);
  }

 private:
  using cell = kernels::rated_cell<Scalar, Index>;

  trainer(const task_type& task, const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
          const csr_view<Scalar, Index>& validation, double held_out);

  bool is_held_out(std::int64_t position) const noexcept {
    return held_out_ > 0 && random_.uniform(static_cast<std::uint64_t>(position)) < held_out_;
  }
  detail::block_grid<cell> blocks_of_training() const;
  void validate();

  const task_type& task_;
  detail::host_policy policy_;
  csr_view<Scalar, Index> x_, validation_;
  double held_out_;  // the share of x that is validation data
  random_stream random_;
  detail::block_grid<cell> grid_;
  table_type current_;
  detail::best_epoch<Scalar> best_;
  double rate_, loss_ = 0;
  int shuffled_ = 0;  // epochs; each builds on the order of the one before, also of those before a checkpoint
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
trainer<backend::host, biased_mf_task<Scalar, Index>>::trainer(const task_type& task, const detail::host_policy& policy,
                                                               const csr_view<Scalar, Index>& x,
                                                               const csr_view<Scalar, Index>& validation,
                                                               double held_out)
    : task_(task),
      policy_(policy),
      x_(x),
      validation_(validation),
      held_out_(held_out),
      random_(task.options.seed, detail::sgd_use::validation),
      grid_(blocks_of_training()),
      current_(detail::random_table<Scalar>(x.rows, x.cols, task.options.factors,
                                            0.1 / std::sqrt(static_cast<double>(task.options.factors)),
                                            task.options.seed)),
      rate_(task.options.learning_rate) {
  detail::start_from_ratings(
      x, [this](std::int64_t at) { return !is_held_out(at); }, current_);
}

template <class Scalar, class Index>
void trainer<backend::host, biased_mf_task<Scalar, Index>>::iterate(int number, bool) {
  const biased_mf_options& options = task_.options;
  for (; shuffled_ + 1 < number; ++shuffled_)
    grid_.run_epoch(policy_, options.seed, shuffled_ + 1,
                    [](const slice<cell>&, std::int64_t, detail::block_random&) { return 0; });
  ++shuffled_;
  const auto model = detail::parameters_of(current_);
  const kernels::sgd_rates<Scalar> rates{static_cast<Scalar>(rate_), static_cast<Scalar>(options.regularization)};
  const double squares = grid_.run_epoch(policy_, options.seed, number,
                                         [&](const slice<cell>& cells, std::int64_t, detail::block_random&) {
                                           return kernels::sgd_ratings(model, cells.data, cells.size, rates);
                                         });
  rate_ *= options.learning_rate_decay;
  loss_ = std::sqrt(squares / static_cast<double>(std::max<std::int64_t>(grid_.size(), 1)));
  if (validation_.rows > 0) validate();
}

template <class Scalar, class Index>
void trainer<backend::host, biased_mf_task<Scalar, Index>>::validate() {
  const auto is_watched = [this](std::int64_t at) { return held_out_ > 0 ? is_held_out(at) : true; };
  const double watched = detail::rmse(policy_, validation_, is_watched, current_);
  if (!detail::is_finite(watched)) return;  // no validation ratings, or diverged
  loss_ = watched;
  best_.offer(current_, watched);
}

template <class Scalar, class Index>
detail::block_grid<kernels::rated_cell<Scalar, Index>>
trainer<backend::host, biased_mf_task<Scalar, Index>>::blocks_of_training() const {
  const std::uint64_t seed = task_.options.seed;
  const std::int64_t side = detail::grid_side(x_.rows, x_.cols, x_.nonzeros());
  return {policy_,
          x_,
          detail::random_groups<Index>(x_.rows, side, random_stream(seed, detail::sgd_use::row_groups)),
          detail::random_groups<Index>(x_.cols, side, random_stream(seed, detail::sgd_use::column_groups)),
          [this](std::int64_t at) { return !is_held_out(at); },
          [this](Index user, std::int64_t at) {
            return cell{user, x_.columns[at], x_.values[at]};
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
  const biased_mf_task<Scalar, Index> task = this->task_for(x);
  trainer<backend::host, biased_mf_task<Scalar, Index>> training(task, policy, x, validation);
  this->adopt(task, detail::run_training(training, observer), x);
}

AKIN_COMPILE_ONCE(factorization, class trainer<backend::host, biased_mf_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class trainer<backend::host, biased_mf_task<double, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class biased_mf<float>)
AKIN_COMPILE_ONCE(factorization, class row_model<biased_mf_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class detail::ratings_model<biased_mf_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class biased_mf<double>)
AKIN_COMPILE_ONCE(factorization, class row_model<biased_mf_task<double, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class detail::ratings_model<biased_mf_task<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
