/// @file
/// Matrix factorisation of ratings in which what a user has rated counts, besides how.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <Eigen/SparseCore>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/detail/biased_factors.hpp>
#include <akin/factorization/detail/block_schedule.hpp>
#include <akin/factorization/detail/sgd_training.hpp>
#include <akin/factorization/detail/svdpp_histories.hpp>
#include <akin/factorization/svdpp_options.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/kernels/sgd_step.hpp>
#include <akin/matrix.hpp>
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
class svdpp : public detail::biased_factors<Scalar, Index> {
  using base = detail::biased_factors<Scalar, Index>;
  using parameters = detail::biased_parameters<Scalar>;
  using cell = kernels::rated_cell<Scalar, Index>;

 public:
  static constexpr std::string_view kind = "svdpp";

  explicit svdpp(const svdpp_options& options = {}) : options_(options) { check(options); }

  /// Learns from a users x items matrix whose stored values are ratings. The observer is told of each epoch; `loss` is
  /// the RMSE of the training, each rating's error taken just before its step. If it returns false, the training ends
  /// there and what was learnt is kept. Throws std::invalid_argument for values that are not finite, numeric_error with
  /// the epoch where the factors grow beyond all bounds; the model is then as it was.
  template <class Policy, class Matrix, class Observer = no_observer>
  void fit(const Policy& policy, const Matrix& user_items, Observer&& observer = {}) {
    const csr_view<Scalar, Index> x = detail::checked_view<Scalar, Index>(policy, user_items, "svdpp::fit");
    constexpr double deviation = 0.1;
    parameters current(x.rows, x.cols, options_.factors, deviation, options_.seed);
    current.start_from_ratings(x, [](std::int64_t) { return true; });
    detail::svdpp_histories<Scalar, Index> histories(x, options_.factors);
    const auto model = current.mutable_pointers();
    double rate = options_.learning_rate;

    const auto epoch = [&](int number) {
      const kernels::sgd_rates<Scalar> rates{static_cast<Scalar>(rate), static_cast<Scalar>(options_.regularization)};
      rate *= options_.learning_rate_decay;
      auto grid = blocks_of(policy, x, number);
      const Scalar* const sums = histories.sums();
      const double squares = grid.run_epoch(
          policy, options_.seed, number, [&](const slice<cell>& cells, std::int64_t, detail::block_random&) {
            const cell* const first = cells.data;
            return kernels::call<kernels::sgd_rating_towards_kernel>(&model, sums, first, cells.size, &rates);
          });
      histories.improve(policy, current, options_.regularization);
      return detail::epoch_result{std::sqrt(squares / static_cast<double>(std::max<std::int64_t>(grid.size(), 1)))};
    };
    detail::train_epochs(
        options_.epochs, "svdpp::fit", epoch, [&] { return current.is_finite(policy) && histories.is_finite(policy); },
        observer);
    *this = svdpp(options_, std::move(current), histories.take_factors());
  }
  template <class Matrix>
  requires sparse_matrix_like<Matrix>
  void fit(const Matrix& user_items) { fit(execution::seq, user_items); }

  const svdpp_options& options() const noexcept { return options_; }

  /// The mean of the ratings of the training.
  Scalar mean() const noexcept { return this->learnt_.mean; }
  std::span<const Scalar> user_biases() const noexcept {
    return {this->learnt_.user_biases.begin(), this->learnt_.user_biases.end()};
  }
  /// The y, items x k; refers to the model.
  Eigen::Map<const dense_matrix<Scalar>> implicit_factors() const { return implicit_factors_.map(); }
  /// The rating that the user is expected to give; without ratings of the user or the item, from what is left. Ids must
  /// be in range.
  Scalar predict(Index user, Index item) const noexcept { return this->score(user, item); }

  void write_to(detail::model_writer& writer) const {
    writer.add_value("factors", options_.factors);
    writer.add_value("epochs", options_.epochs);
    writer.add_value("learning_rate", options_.learning_rate);
    writer.add_value("regularization", options_.regularization);
    writer.add_value("learning_rate_decay", options_.learning_rate_decay);
    writer.add_value("seed", options_.seed);
    this->learnt_.write_to(writer);
    writer.add("implicit_factors", implicit_factors_.view());
  }
  static svdpp read_from(const detail::model_reader& reader) {
    const svdpp_options options = {
        .factors = reader.value<int>("factors"),
        .epochs = reader.value<int>("epochs"),
        .learning_rate = reader.value<double>("learning_rate"),
        .regularization = reader.value<double>("regularization"),
        .learning_rate_decay = reader.value<double>("learning_rate_decay"),
        .seed = reader.value<std::uint64_t>("seed"),
    };
    check(options);
    parameters learnt = parameters::read_from(reader, options.factors);
    const std::int64_t items = learnt.item_factors.rows();
    return {options, std::move(learnt), detail::map_dense<Scalar>(reader, "implicit_factors", items, options.factors)};
  }

 private:
  svdpp(const svdpp_options& options, parameters learnt, detail::dense_storage<Scalar> implicit_factors)
      : base(std::move(learnt)), options_(options), implicit_factors_(std::move(implicit_factors)) {}

  static void check(const svdpp_options& options) {
    detail::check_sgd_options(options, "svdpp");
    detail::require(options.learning_rate_decay > 0 && options.learning_rate_decay <= 1, "svdpp",
                    "learning_rate_decay must be above 0 and at most 1", options.learning_rate_decay);
  }

  template <class Policy>
  detail::block_grid<cell> blocks_of(const Policy& policy, const csr_view<Scalar, Index>& x, int epoch) const {
    const std::int64_t side = detail::grid_side(x.rows, x.cols, x.nonzeros());
    const auto deal = [&](std::int64_t size, std::uint64_t use) {
      return detail::random_groups<Index>(size, side,
                                          random_stream(options_.seed, detail::sgd_use::in_epoch(use, epoch)));
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

  svdpp_options options_;
  detail::dense_storage<Scalar> implicit_factors_;
};

}  // namespace akin::inline AKIN_ABI
