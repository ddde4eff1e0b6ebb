/// @file
/// Matrix factorisation of ratings in which what a user has rated counts, besides how.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/eigen.hpp>
#include <akin/error.hpp>
#include <akin/factorization/detail/biased_factors.hpp>
#include <akin/factorization/detail/block_schedule.hpp>
#include <akin/factorization/detail/rating_fold_in.hpp>
#include <akin/factorization/detail/rating_model.hpp>
#include <akin/factorization/detail/sgd_training.hpp>
#include <akin/factorization/detail/svdpp_histories.hpp>
#include <akin/factorization/svdpp_options.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/kernels/sgd_step.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>
#include <akin/progress.hpp>
#include <akin/random.hpp>

namespace akin::inline AKIN_ABI {

/// Minimises over factors p_u, q_i, y_i and biases b_u, b_i, with mu the mean of the ratings and N(u) the items that
/// user u has rated,
///   sum over the stored r_ui of (r_ui - mu - b_u - b_i - q_i'(p_u + |N(u)|^-1/2 sum of y_j over N(u)))^2
///     + lambda (|p_u|^2 + |q_i|^2 + |y_i|^2 + b_u^2 + b_i^2).
/// Every stored value is a rating, 0 too. user_factors() holds p_u plus the sum, so that predictions cost what they
/// cost without it.
///
/// An epoch has two parts. One gradient step for each rating moves all but the y, in the order of a grid of blocks that
/// is drawn anew for each epoch; blocks that share no user and no item run side by side, and the sums over N(u) stay
/// what they were. Then all y move at once to the minimum of a separable quadratic that lies above the objective and
/// touches it where they are, so that this part never raises the objective: steps for single ratings would have all
/// users push a shared sum at the same time, and beyond the goal. Complexity: an epoch takes 18 nonzeros k flops; a
/// regrouped copy and a transposed one of the ratings and 2 k numbers a user are held while training.
/// Deterministic: the same bits for any number of threads. Const members may be called from many threads. Source: Y.
/// Koren, "Factorization Meets the Neighborhood: a Multifaceted Collaborative Filtering Model", KDD 2008; the separable
/// quadratic: A. R. De Pierro, "A Modified Expectation Maximization Algorithm for Penalized Likelihood Estimation in
/// Emission Tomography", IEEE TMI 14(1), 1995.
template <class Scalar = float, class Index = std::int32_t>
class svdpp : public detail::rating_model<svdpp<Scalar, Index>, svdpp_options, Scalar, Index> {
  using base = detail::rating_model<svdpp, svdpp_options, Scalar, Index>;
  using cell = kernels::rated_cell<Scalar, Index>;
  template <class, class>
  friend class detail::updatable;
  template <class, class, class, class>
  friend class detail::sgd_model;

 public:
  static constexpr std::string_view kind = "svdpp";

  svdpp() : svdpp(svdpp_options{}) {}
  template <detail::options_for<svdpp_options> Options = svdpp_options>
  explicit svdpp(const Options& options) : base(options) {}

  /// Learns from a users x items matrix whose stored values are ratings. The observer is told of each epoch; `loss` is
  /// the RMSE of the training, each rating's error taken just before its step. If it returns false, the training ends
  /// there and what was learnt is kept. Throws std::invalid_argument for values that are not finite, numeric_error with
  /// the epoch where the factors grow beyond all bounds; the model is then as it was.
  template <class Policy, class Matrix, class Observer = no_observer>
  void fit(const Policy& policy, const Matrix& user_items, Observer&& observer = {}) {
    const csr_view<Scalar, Index> x = detail::checked_view<Scalar, Index>(policy, user_items, "svdpp::fit");
    train(policy, x, detail::observer_ref(observer));
  }
  using base::fit;

  /// The y, items x k; refers to the model.
  Eigen::Map<const dense_matrix<Scalar>> implicit_factors() const { return implicit_factors_.map(); }
  /// See akin::explain. The contributions of a history, by its ratings and by what was rated, sum to the score of its
  /// fold-in less mean and item bias, which are no user's.
  void contributions(const row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const;

  void write_to(detail::model_writer& writer) const;
  static svdpp read_from(const detail::model_reader& reader);

 private:
  using parameters = typename base::parameters;

  void train(const detail::host_policy& policy, const csr_view<Scalar, Index>& x, const detail::observer_ref& observer);

  svdpp(const svdpp_options& options, parameters learnt, detail::dense_storage<Scalar> implicit_factors)
      : base(options, std::move(learnt)), implicit_factors_(std::move(implicit_factors)) {}

  /// New items have implicit factors of 0: these are learnt by fit alone.
  svdpp grown(std::int64_t users, std::int64_t items) const;

  /// Each row is the minimum of the objective over p and the bias, solved directly; it holds p plus the sum over N(u).
  detail::dense_storage<Scalar> users_from(const detail::host_policy& policy, const csr_view<Scalar, Index>& x) const;
  detail::block_grid<cell> blocks_of(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                                     int epoch) const;

  detail::dense_storage<Scalar> implicit_factors_;
};

template <class Scalar, class Index>
void svdpp<Scalar, Index>::contributions(const row_view<Scalar, Index>& history, Index item,
                                         std::span<Scalar> out) const {
  if (history.empty()) return;
  std::vector<double> rest;
  detail::rating_contributions(history, item, this->fixed_items(), kind, out, rest);
  const std::vector<Scalar> of_implicit(rest.begin(), rest.end());
  const Scalar scale = static_cast<Scalar>(1 / std::sqrt(static_cast<double>(history.size())));
  for (std::int64_t i = 0; i < history.size(); ++i)
    out[static_cast<std::size_t>(i)] +=
        scale *
        kernels::dot(of_implicit.data(), implicit_factors_.view().row(history.ids[i]), implicit_factors_.cols());
}

template <class Scalar, class Index>
void svdpp<Scalar, Index>::write_to(detail::model_writer& writer) const {
  base::write_to(writer);
  writer.add("implicit_factors", implicit_factors_.view());
}

template <class Scalar, class Index>
svdpp<Scalar, Index> svdpp<Scalar, Index>::read_from(const detail::model_reader& reader) {
  svdpp model = base::read_from(reader);
  model.implicit_factors_ =
      detail::map_dense<Scalar>(reader, "implicit_factors", model.items(), model.options().factors);
  return model;
}

template <class Scalar, class Index>
void svdpp<Scalar, Index>::train(const detail::host_policy& policy, const csr_view<Scalar, Index>& x,
                                 const detail::observer_ref& observer) {
  const svdpp_options& options = this->options_;
  const double deviation = 0.1 / std::sqrt(static_cast<double>(options.factors));
  parameters current(x.rows, x.cols, options.factors, deviation, options.seed);
  current.start_from_ratings(x, [](std::int64_t) { return true; });
  detail::svdpp_histories<Scalar, Index> histories(x, options.factors);
  const auto model = current.mutable_pointers();
  double rate = options.learning_rate;

  const auto epoch = [&](int number) {
    const kernels::sgd_rates<Scalar> rates{static_cast<Scalar>(rate), static_cast<Scalar>(options.regularization)};
    rate *= options.learning_rate_decay;
    auto grid = blocks_of(policy, x, number);
    const Scalar* const sums = histories.sums();
    const double squares = grid.run_epoch(
        policy, options.seed, number, [&](const slice<cell>& cells, std::int64_t, detail::block_random&) {
          const cell* const first = cells.data;
          return kernels::call<kernels::sgd_rating_towards_kernel>(&model, sums, first, cells.size, &rates);
        });
    histories.improve(policy, current, options.regularization);
    return detail::epoch_result{std::sqrt(squares / static_cast<double>(std::max<std::int64_t>(grid.size(), 1)))};
  };
  detail::train_epochs(
      options.epochs, "svdpp::fit", epoch, [&] { return current.is_finite(policy) && histories.is_finite(policy); },
      observer);
  this->become(svdpp(options, std::move(current), histories.take_factors()), x);
}

template <class Scalar, class Index>
svdpp<Scalar, Index> svdpp<Scalar, Index>::grown(std::int64_t users, std::int64_t items) const {
  return {this->options_, this->learnt_.grown(users, items), detail::with_rows(implicit_factors_, items)};
}

template <class Scalar, class Index>
detail::dense_storage<Scalar> svdpp<Scalar, Index>::users_from(const detail::host_policy& policy,
                                                               const csr_view<Scalar, Index>& x) const {
  detail::dense_storage<Scalar> sums(x.rows, implicit_factors_.cols());
  detail::for_each_row(policy, x.rows, [&](std::int64_t row, int) {
    detail::sum_implicit_factors(x.row(row).ids, implicit_factors_.view(), sums.mutable_view().row(row));
  });
  return detail::fold_in_ratings(policy, x, this->fixed_items(), sums.view(), kind);
}

template <class Scalar, class Index>
detail::block_grid<kernels::rated_cell<Scalar, Index>> svdpp<Scalar, Index>::blocks_of(
    const detail::host_policy& policy, const csr_view<Scalar, Index>& x, int epoch) const {
  const std::int64_t side = detail::grid_side(x.rows, x.cols, x.nonzeros());
  const auto deal = [&](std::int64_t size, std::uint64_t use) {
    return detail::random_groups<Index>(size, side,
                                        random_stream(this->options_.seed, detail::sgd_use::in_epoch(use, epoch)));
  };
  return {policy,
          x,
          deal(x.rows, detail::sgd_use::row_groups),
          deal(x.cols, detail::sgd_use::column_groups),
          [](std::int64_t) { return true; },
          [&](Index user, std::int64_t at) {
            return cell{user, x.columns[at], x.values[at]};
          }};
}

AKIN_COMPILE_ONCE(factorization, class svdpp<float>)
AKIN_COMPILE_ONCE(factorization, class detail::rating_model<svdpp<float>, svdpp_options, float, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, class detail::sgd_model<svdpp<float>, svdpp_options, float, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, class detail::updatable<svdpp<float>, detail::biased_factors<float, std::int32_t>>)
AKIN_COMPILE_ONCE(factorization, class svdpp<double>)
AKIN_COMPILE_ONCE(factorization, class detail::rating_model<svdpp<double>, svdpp_options, double, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, class detail::sgd_model<svdpp<double>, svdpp_options, double, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, class detail::updatable<svdpp<double>, detail::biased_factors<double, std::int32_t>>)

}  // namespace akin::inline AKIN_ABI
