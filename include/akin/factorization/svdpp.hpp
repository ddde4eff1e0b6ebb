/// @file
/// SVD++: matrix factorisation of ratings that also learns from which items a user has rated.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <akin/config.hpp>
#include <akin/eigen.hpp>
#include <akin/factorization/detail/block_schedule.hpp>
#include <akin/factorization/detail/rating_fold_in.hpp>
#include <akin/factorization/detail/sgd_task.hpp>
#include <akin/factorization/detail/sgd_trainer.hpp>
#include <akin/factorization/detail/svdpp_histories.hpp>
#include <akin/factorization/svdpp_options.hpp>
#include <akin/finite.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/kernels/sgd_step.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/random.hpp>
#include <akin/train/row_model.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// Adds the implicit factors y, items x k. user_factors hold p_u plus the user's sum of them.
template <class Scalar>
struct svdpp_table : factor_table<Scalar> {
  detail::dense_storage<Scalar> implicit_factors;

  /// New items have implicit factors of 0, which only fit learns.
  svdpp_table resized(std::int64_t users, std::int64_t items) const {
    return {factor_table<Scalar>::resized(users, items), detail::with_rows(implicit_factors, items)};
  }
  void write_to(detail::model_writer& writer) const {
    factor_table<Scalar>::write_to(writer);
    writer.add("implicit_factors", implicit_factors.view());
  }
};

/// The algorithm of svdpp.
template <class Scalar, class Index>
struct svdpp_task : detail::ratings_task<svdpp_options, Scalar, Index> {
  using detail::ratings_task<svdpp_options, Scalar, Index>::options;
  static constexpr std::string_view kind = "svdpp";
  using table_type = svdpp_table<Scalar>;
  using rows = detail::dense_storage<Scalar>;

  table_type read_table(const detail::model_reader& reader) const;
  /// Each row is the minimum of the objective over p and the bias, solved directly; it holds p plus the sum over N(u).
  rows users_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                  const row_context<svdpp_task>& context) const;
  rows items_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                  const row_context<svdpp_task>& context) const {
    return detail::fold_in_ratings(policy, x, this->fixed_users(context.learnt), {}, kind);
  }
};

/// Epochs of gradient steps on all ratings, in blocks that are drawn anew, each followed by a step of all y.
template <class Scalar, class Index>
class trainer<backend::host, svdpp_task<Scalar, Index>> {
 public:
  using task_type = svdpp_task<Scalar, Index>;
  using table_type = svdpp_table<Scalar>;

  /// All must outlive the training.
  trainer(const task_type& task, const detail::host_policy& policy, const csr_view<Scalar, Index>& x);

  const task_type& task() const noexcept { return task_; }
  std::uint64_t data_checksum() const noexcept { return detail::checksum_of(x_); }

  void iterate(int number, bool with_loss);
  double loss() const noexcept { return loss_; }
  bool is_finite() const { return detail::all_finite(policy_, table_) && histories_.is_finite(policy_); }
  table_type take() { return {std::move(table_), histories_.take_factors()}; }

  template <class Visit>
  void state(const Visit& visit) {
    detail::visit_table(table_, visit);
    histories_.state(visit);
    visit("rate", rate_);
  }

 private:
  using cell = kernels::rated_cell<Scalar, Index>;

  detail::block_grid<cell> blocks_of(int epoch) const;

  const task_type& task_;
  detail::host_policy policy_;
  csr_view<Scalar, Index> x_;
  factor_table<Scalar> table_;
  detail::svdpp_histories<Scalar, Index> histories_;
  double rate_, loss_ = 0;
};

/// Minimises over factors p_u, q_i, y_i and biases b_u, b_i, with mu the mean of the ratings and N(u) the items that
/// user u has rated,
///   sum over the stored r_ui of (r_ui - mu - b_u - b_i - q_i'(p_u + |N(u)|^-1/2 sum of y_j over N(u)))^2
///     + lambda (|p_u|^2 + |q_i|^2 + |y_i|^2 + b_u^2 + b_i^2).
/// Every stored value is a rating, also 0. user_factors() holds p_u plus the sum, so that predictions cost no more than
/// without it.
///
/// An epoch has two parts. One gradient step for each rating moves all but the y, in the order of a grid of blocks that
/// is drawn anew for each epoch; blocks that share no user and no item run in parallel, and the sums over N(u) stay
/// fixed. Then all y move at once to the minimum of a separable quadratic that lies above the objective and touches it
/// at the current y, so this part never raises the objective: with steps for single ratings all users would change a
/// shared sum at the same time and overshoot. Complexity: an epoch takes 18 nonzeros k flops; a regrouped copy and a
/// transposed one of the ratings and 2 k numbers a user are held during training. Deterministic: the same bits for any
/// number of threads. Const members may be called from many threads. Source: Y. Koren, "Factorization Meets the
/// Neighborhood: a Multifaceted Collaborative Filtering Model", KDD 2008; the separable quadratic: A. R. De Pierro, "A
/// Modified Expectation Maximization Algorithm for Penalized Likelihood Estimation in Emission Tomography", IEEE TMI
/// 14(1), 1995.
///
/// The observer's loss is the RMSE of the training, each rating's error taken just before its step.
template <class Scalar = float, class Index = std::int32_t>
class svdpp : public detail::ratings_model<svdpp_task<Scalar, Index>> {
  using base = detail::ratings_model<svdpp_task<Scalar, Index>>;

 public:
  using base::base;

  /// The y, items x k; refers to the model.
  Eigen::Map<const dense_matrix<Scalar>> implicit_factors() const { return this->learnt_.implicit_factors.map(); }
  /// See akin::explain. The contributions of a history, by its ratings and by its rated items, sum to the score of its
  /// fold-in less mean and item bias, which no history contributes to.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;

  static svdpp read_from(const detail::model_reader& reader) { return base::template read_as<svdpp>(reader); }
};
svdpp(const svdpp_options&)->svdpp<>;

template <class Scalar, class Index>
svdpp_table<Scalar> svdpp_task<Scalar, Index>::read_table(const detail::model_reader& reader) const {
  const int k = options.factors;
  auto table = factor_table<Scalar>::read_from(reader, k, true);
  const std::int64_t items = table.items();
  return {std::move(table), detail::map_dense<Scalar>(reader, "implicit_factors", items, k)};
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> svdpp_task<Scalar, Index>::users_from(const detail::host_policy& policy,
                                                                    const csr_view<Scalar, Index>& x,
                                                                    const row_context<svdpp_task>& context) const {
  const rows_view<const Scalar> y = context.learnt.implicit_factors.view();
  rows sums(x.rows, y.cols);
  detail::for_each_row(policy, x.rows, [&](std::int64_t row, int) {
    detail::sum_implicit_factors(x.row(row).ids, y, sums.mutable_view().row(row));
  });
  return detail::fold_in_ratings(policy, x, this->fixed_items(context.learnt), sums.view(), kind);
}

template <class Scalar, class Index>
trainer<backend::host, svdpp_task<Scalar, Index>>::trainer(const task_type& task, const detail::host_policy& policy,
                                                           const csr_view<Scalar, Index>& x)
    : task_(task),
      policy_(policy),
      x_(x),
      table_(detail::random_table<Scalar>(x.rows, x.cols, task.options.factors,
                                          0.1 / std::sqrt(static_cast<double>(task.options.factors)),
                                          task.options.seed)),
      histories_(x, task.options.factors),
      rate_(task.options.learning_rate) {
  detail::start_from_ratings(
      x, [](std::int64_t) { return true; }, table_);
}

template <class Scalar, class Index>
void trainer<backend::host, svdpp_task<Scalar, Index>>::iterate(int number, bool) {
  const svdpp_options& options = task_.options;
  const auto model = detail::parameters_of(table_);
  const kernels::sgd_rates<Scalar> rates{static_cast<Scalar>(rate_), static_cast<Scalar>(options.regularization)};
  rate_ *= options.learning_rate_decay;
  auto grid = blocks_of(number);
  const Scalar* const sums = histories_.sums();
  const double squares =
      grid.run_epoch(policy_, options.seed, number, [&](const slice<cell>& cells, std::int64_t, detail::block_random&) {
        return kernels::sgd_ratings_towards(model, sums, cells.data, cells.size, rates);
      });
  histories_.improve(policy_, table_, options.regularization);
  loss_ = std::sqrt(squares / static_cast<double>(std::max<std::int64_t>(grid.size(), 1)));
}

template <class Scalar, class Index>
detail::block_grid<kernels::rated_cell<Scalar, Index>> trainer<backend::host, svdpp_task<Scalar, Index>>::blocks_of(
    int epoch) const {
  const std::int64_t side = detail::grid_side(x_.rows, x_.cols, x_.nonzeros());
  const auto deal = [&](std::int64_t size, std::uint64_t use) {
    return detail::random_groups<Index>(size, side,
                                        random_stream(task_.options.seed, detail::sgd_use::in_epoch(use, epoch)));
  };
  return {policy_,
          x_,
          deal(x_.rows, detail::sgd_use::row_groups),
          deal(x_.cols, detail::sgd_use::column_groups),
          [](std::int64_t) { return true; },
          [this](Index user, std::int64_t at) {
            return cell{user, x_.columns[at], x_.values[at]};
          }};
}

template <class Scalar, class Index>
void svdpp<Scalar, Index>::contributions(const row_view<Scalar, Index>& history, Index item,
                                         std::span<Scalar> out) const {
  if (history.empty()) return;
  detail::numbers<double> rest;
  detail::rating_contributions(history, item, this->task_.fixed_items(this->learnt_), base::kind, out, rest);
  const detail::numbers<Scalar> of_implicit(rest.begin(), rest.end());
  const auto scale = static_cast<Scalar>(1 / std::sqrt(static_cast<double>(history.size())));
  const rows_view<const Scalar> y = this->learnt_.implicit_factors.view();
  for (std::int64_t i = 0; i < history.size(); ++i)
    detail::at(out, i) += scale * kernels::dot(of_implicit.data(), y.row(history.ids[i]), y.cols);
}

AKIN_COMPILE_ONCE(factorization, class trainer<backend::host, svdpp_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class trainer<backend::host, svdpp_task<double, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class svdpp<float>)
AKIN_COMPILE_ONCE(factorization, class row_model<svdpp_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class detail::ratings_model<svdpp_task<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class factor_scores<float, std::int32_t, svdpp_table<float>>)
AKIN_COMPILE_ONCE(factorization, class svdpp<double>)
AKIN_COMPILE_ONCE(factorization, class row_model<svdpp_task<double, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class detail::ratings_model<svdpp_task<double, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class factor_scores<double, std::int32_t, svdpp_table<double>>)

}  // namespace akin::inline AKIN_ABI
