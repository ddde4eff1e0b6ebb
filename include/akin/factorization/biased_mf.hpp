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
#include <akin/execution.hpp>
#include <akin/factorization/biased_mf_options.hpp>
#include <akin/factorization/detail/biased_factors.hpp>
#include <akin/factorization/detail/block_schedule.hpp>
#include <akin/factorization/detail/rating_fold_in.hpp>
#include <akin/factorization/detail/sgd_training.hpp>
#include <akin/io/parts.hpp>
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
class biased_mf : public detail::biased_factors<Scalar, Index> {
  using base = detail::biased_factors<Scalar, Index>;
  using parameters = detail::biased_parameters<Scalar>;

 public:
  static constexpr std::string_view kind = "biased_mf";

  explicit biased_mf(const biased_mf_options& options = {}) : options_(options) { check(options); }

  /// Learns from a users x items matrix whose stored values are ratings. The observer is told of each epoch; `loss` is
  /// the RMSE of the held-out ratings where there are any, else that of the training, each rating's error taken just
  /// before its step. If it returns false, the training ends there. With ratings held out the model is that of the
  /// epoch with the lowest RMSE of them. Throws std::invalid_argument for values that are not finite, numeric_error
  /// with the epoch where the factors grow beyond all bounds; the model is then as it was.
  template <class Policy, class Matrix, class Observer = no_observer>
  requires(!sparse_matrix_like<std::remove_cvref_t<Observer>>) void fit(const Policy& policy, const Matrix& user_items,
                                                                        Observer&& observer = {}) {
    const csr_view<Scalar, Index> x = detail::checked_view<Scalar, Index>(policy, user_items, "biased_mf::fit");
    const random_stream random(options_.seed, detail::sgd_use::validation);
    const auto is_held_out = [&](std::int64_t position) {
      return options_.validation_fraction > 0 &&
             random.uniform(static_cast<std::uint64_t>(position)) < options_.validation_fraction;
    };
    const bool may_hold_out = options_.validation_fraction > 0;
    learn(policy, x, is_held_out, may_hold_out ? x : csr_view<Scalar, Index>{}, is_held_out, observer);
  }

  /// The same with ratings of your own to validate on, users x items like user_items; all of user_items is learnt from.
  template <class Policy, class Matrix, class Validation, class Observer = no_observer>
  requires sparse_matrix_like<Validation>
  void fit(const Policy& policy, const Matrix& user_items, const Validation& validation, Observer&& observer = {}) {
    const csr_view<Scalar, Index> x = detail::checked_view<Scalar, Index>(policy, user_items, "biased_mf::fit");
    const auto v = detail::checked_view<Scalar, Index>(policy, validation, "biased_mf::fit: validation");
    if (v.rows != x.rows || v.cols != x.cols)
      detail::fail<std::invalid_argument>("biased_mf::fit: validation must be ", x.rows, " x ", x.cols,
                                          " like user_items, got ", v.rows, " x ", v.cols);
    learn(
        policy, x, [](std::int64_t) { return false; }, v, [](std::int64_t) { return true; }, observer);
  }

  template <class Matrix>
  requires sparse_matrix_like<Matrix>
  void fit(const Matrix& user_items) { fit(execution::seq, user_items); }

  const biased_mf_options& options() const noexcept { return options_; }

  /// The mean of the ratings of the training.
  Scalar mean() const noexcept { return this->learnt_.mean; }
  std::span<const Scalar> user_biases() const noexcept {
    return {this->learnt_.user_biases.begin(), this->learnt_.user_biases.end()};
  }
  /// The rating that the user is expected to give; without ratings of the user or the item, from what is left. Ids must
  /// be in range.
  Scalar predict(Index user, Index item) const noexcept { return this->score(user, item); }

  /// The factors and, in the last column, the bias of users with these ratings (rows x items): rows x (k + 1). Each is
  /// the minimum of the objective with the items as they are, solved directly, in double; a user without ratings gets
  /// zeros. Users of the training get nearly what the training gave them. O(n k^2 + k^3) for a user with n ratings.
  template <class Policy, class Matrix>
  dense_matrix<Scalar> fold_in(const Policy& policy, const Matrix& ratings) const {
    detail::require_fitted(this->items() > 0, "biased_mf::fold_in");
    const auto x = detail::checked_view<Scalar, Index>(policy, ratings, "biased_mf::fold_in");
    detail::require_columns(x.cols, this->items(), "biased_mf::fold_in");
    return detail::fold_in_ratings(policy, x, this->learnt_, options_.regularization, "biased_mf::fold_in");
  }

  void write_to(detail::model_writer& writer) const {
    writer.add_value("factors", options_.factors);
    writer.add_value("epochs", options_.epochs);
    writer.add_value("learning_rate", options_.learning_rate);
    writer.add_value("regularization", options_.regularization);
    writer.add_value("learning_rate_decay", options_.learning_rate_decay);
    writer.add_value("validation_fraction", options_.validation_fraction);
    writer.add_value("patience", options_.patience);
    writer.add_value("seed", options_.seed);
    this->learnt_.write_to(writer);
  }
  static biased_mf read_from(const detail::model_reader& reader) {
    const biased_mf_options options = {
        .factors = reader.value<int>("factors"),
        .epochs = reader.value<int>("epochs"),
        .learning_rate = reader.value<double>("learning_rate"),
        .regularization = reader.value<double>("regularization"),
        .learning_rate_decay = reader.value<double>("learning_rate_decay"),
        .validation_fraction = reader.value<double>("validation_fraction"),
        .patience = reader.value<int>("patience"),
        .seed = reader.value<std::uint64_t>("seed"),
    };
    check(options);
    return {options, parameters::read_from(reader, options.factors)};
  }

 private:
  biased_mf(const biased_mf_options& options, parameters learnt) : base(std::move(learnt)), options_(options) {}

  static void check(const biased_mf_options& options) {
    detail::check_sgd_options(options, "biased_mf");
    detail::require(options.learning_rate_decay > 0 && options.learning_rate_decay <= 1, "biased_mf",
                    "learning_rate_decay must be above 0 and at most 1", options.learning_rate_decay);
    detail::require(options.validation_fraction >= 0 && options.validation_fraction < 1, "biased_mf",
                    "validation_fraction must be at least 0 and below 1", options.validation_fraction);
    detail::require(options.patience >= 1, "biased_mf", "patience must be positive", options.patience);
  }

  /// Learns from the elements of x but those that are held out, watching those of `validation` that are held out.
  template <class Policy, class HeldOut, class Watched, class Observer>
  void learn(const Policy& policy, const csr_view<Scalar, Index>& x, const HeldOut& is_held_out,
             const csr_view<Scalar, Index>& validation, const Watched& is_watched, Observer& observer) {
    using cell = kernels::rated_cell<Scalar, Index>;
    const std::uint64_t seed = options_.seed;
    const std::int64_t side = detail::grid_side(x.rows, x.cols, x.nonzeros());
    detail::block_grid<cell> grid(
        policy, x, detail::random_groups<Index>(x.rows, side, random_stream(seed, detail::sgd_use::row_groups)),
        detail::random_groups<Index>(x.cols, side, random_stream(seed, detail::sgd_use::column_groups)),
        [&](std::int64_t at) { return !is_held_out(at); },
        [&](Index user, std::int64_t at) {
          return cell{user, x.columns[at], x.values[at]};
        });
    constexpr double deviation = 0.1;
    parameters current(x.rows, x.cols, options_.factors, deviation, seed), best;
    current.start_from_ratings(x, [&](std::int64_t at) { return !is_held_out(at); });
    double rate = options_.learning_rate, best_rmse = std::numeric_limits<double>::infinity();
    int worse = 0;

    const auto epoch = [&](int number) {
      const auto model = current.mutable_pointers();
      const kernels::sgd_rates<Scalar> rates{static_cast<Scalar>(rate), static_cast<Scalar>(options_.regularization)};
      const double squares =
          grid.run_epoch(policy, seed, number, [&](const slice<cell>& cells, std::int64_t, detail::block_random&) {
            const cell* const first = cells.data;
            return kernels::call<kernels::sgd_rating_kernel>(&model, first, cells.size, &rates);
          });
      rate *= options_.learning_rate_decay;
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
        result.go_on = ++worse < options_.patience;
      }
      return result;
    };
    detail::train_epochs(
        options_.epochs, "biased_mf::fit", epoch, [&] { return current.is_finite(policy); }, observer);
    *this = biased_mf(options_, best.item_factors.cols() > 0 ? std::move(best) : std::move(current));
  }

  /// Over the elements of x that are watched; infinite where there are none.
  template <class Policy, class Watched>
  static double rmse(const Policy& policy, const csr_view<Scalar, Index>& x, const Watched& is_watched,
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

  biased_mf_options options_;
};

}  // namespace akin::inline AKIN_ABI
