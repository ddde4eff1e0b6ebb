/// @file
/// Fold-in for models of positives: the gradient steps of the training on the one new row.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/factorization/detail/block_schedule.hpp>
#include <akin/factorization/detail/positive_cells.hpp>
#include <akin/finite.hpp>
#include <akin/kernels/axpy.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/matrix.hpp>
#include <akin/model/factor_table.hpp>
#include <akin/model/fields.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/train/row_context.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// A row of k factors and a bias during a fold-in; it begins at zero.
template <class Scalar>
class learnt_row {
 public:
  learnt_row(Scalar* row, std::int64_t k, double regularization) : row_(row), k_(k), regularization_(regularization) {}

  void set_rate(double rate) noexcept {
    rate_ = static_cast<Scalar>(rate);
    decay_ = static_cast<Scalar>(1 - rate * regularization_);
  }
  Scalar times(const Scalar* factors) const noexcept { return kernels::dot(row_, factors, k_); }
  Scalar bias() const noexcept { return row_[k_]; }

  /// Applies the regularisation, before the steps of a sample.
  void shrink() noexcept {
    for (std::int64_t d = 0; d <= k_; ++d) row_[d] *= decay_;
  }
  void step(Scalar gradient, const Scalar* factors) noexcept {
    kernels::axpy(static_cast<Scalar>(rate_ * gradient), factors, row_, k_);
  }
  void step_bias(Scalar gradient) noexcept { row_[k_] += rate_ * gradient; }

 private:
  Scalar* row_;
  std::int64_t k_;
  double regularization_;
  Scalar rate_ = 0, decay_ = 1;
};

/// Random numbers of one epoch of a fold-in, keyed by the id of each element of a row: they do not depend on the other
/// elements, nor on the row's place among other rows.
struct fold_in_draws {
  std::uint64_t seed;
  int epoch;

  block_random of(std::int64_t id) const noexcept {
    return {random_stream(seed, sgd_use::in_epoch(sgd_use::fold_in, epoch)), id};
  }
};

/// Learns k factors and a bias for each row of x that has a positive: learn_epoch(history, row, draws) runs for as many
/// epochs as the training has. The learning rate falls linearly to 0, so that the samples average out. Throws
/// numeric_error with the first row that diverges.
template <class Scalar, class Index, class Options, class LearnEpoch>
dense_storage<Scalar> fold_in_positives(const host_policy& policy, const csr_view<Scalar, Index>& x,
                                        const Options& options, std::string_view kind, const LearnEpoch& learn_epoch) {
  dense_storage<Scalar> result(x.rows, options.factors + std::int64_t{1});
  for_each_row(policy, x.rows, [&](std::int64_t row, int) {
    const row_view<Scalar, Index> history = x.row(row);
    if (!has_positives(history)) return;
    Scalar* const numbers = result.mutable_view().row(row);
    learnt_row<Scalar> learnt(numbers, options.factors, option_value(options.regularization));
    for (int epoch = 1; epoch <= options.epochs; ++epoch) {
      learnt.set_rate(options.learning_rate * (options.epochs - epoch + 1) / options.epochs);
      learn_epoch(history, learnt, fold_in_draws{options.seed, epoch});
    }
    if (!std::all_of(numbers, numbers + result.cols(), [](Scalar number) { return is_finite(number); }))
      fail<numeric_error>(kind, ": the factors of row ", row, " diverged; a lower learning_rate may help");
  });
  return result;
}

/// The fixed side of a fold-in: a model, and the histories of its users if they are kept.
template <class Scalar, class Index>
class fold_in_context {
 public:
  template <class Task>
  explicit fold_in_context(const row_context<Task>& context) : model_(context.learnt), histories_(context.histories) {}

  const Scalar* user(Index id) const noexcept { return model_.user_factors.view().row(id); }
  const Scalar* item(Index id) const noexcept { return model_.item_factors.view().row(id); }
  Scalar item_bias(Index id) const noexcept { return model_.item_biases[id]; }
  Scalar user_bias(Index id) const noexcept { return model_.user_biases[id]; }
  std::int64_t items() const noexcept { return model_.item_factors.rows(); }

  /// An item that the model knows and that is not a positive of the history; -1 if a few tries found none.
  Index sample_negative(const row_view<Scalar, Index>& history, block_random& random) const noexcept {
    constexpr int max_tries = 16;
    for (int tries = 0; tries < max_tries && items() > 0; ++tries) {
      const auto id = static_cast<Index>(random.below(items()));
      if (model_.knows_item(id) && !is_positive(history, id)) return id;
    }
    return -1;
  }

  row_view<Scalar, Index> history(Index user) const noexcept {
    return user < histories_.rows ? histories_.row(user) : row_view<Scalar, Index>{};
  }

  /// The mean number of positives of an item that has any, rounded up: how often an epoch of the training samples an
  /// item, for one draw a positive.
  std::int64_t mean_positives_per_item() const {
    numbers<char> is_seen(histories_.cols);
    std::int64_t positives = 0, seen = 0;
    for (std::int64_t at = 0; at < histories_.nonzeros(); ++at) {
      if (!(histories_.values[at] > 0)) continue;
      ++positives;
      char& is = is_seen[histories_.columns[at]];
      seen += is == 0;
      is = 1;
    }
    return seen == 0 ? 0 : (positives + seen - 1) / seen;
  }

  /// A uniformly sampled positive of the histories; the user is -1 if the stored value that was drawn is not a
  /// positive.
  positive_cell<Index> sample_positive(block_random& random) const noexcept {
    if (histories_.nonzeros() == 0) return {-1, -1};
    const std::int64_t at = random.below(histories_.nonzeros());
    if (!(histories_.values[at] > 0)) return {-1, -1};
    const Index* const end = histories_.offsets + histories_.rows + 1;
    const Index* const next = std::upper_bound(histories_.offsets, end, static_cast<Index>(at));
    return {static_cast<Index>(next - histories_.offsets - 1), histories_.columns[at]};
  }

 private:
  const factor_table<Scalar>& model_;
  csr_view<Scalar, Index> histories_;
};
template <class Task>
fold_in_context(const row_context<Task>&) -> fold_in_context<typename Task::scalar_type, typename Task::index_type>;

/// The negative that a positive is compared with (-1: none), and the size of the gradient.
template <class Scalar, class Index>
struct sampled_pair {
  Index negative;
  Scalar gradient;
};

/// The fold-in of users in pairwise models: one step for each positive, with sample_pair(score of the positive, draw,
/// score), where draw() samples a negative and score(item) scores it.
template <class Scalar, class Index, class Options, class SamplePair>
dense_storage<Scalar> fold_in_pairwise_users(const host_policy& policy, const csr_view<Scalar, Index>& x,
                                             const fold_in_context<Scalar, Index>& all, const Options& options,
                                             std::string_view kind, const SamplePair& sample_pair) {
  return fold_in_positives(policy, x, options, kind, [&](const auto& history, auto& row, const fold_in_draws& draws) {
    const auto score = [&](Index item) { return static_cast<Scalar>(all.item_bias(item) + row.times(all.item(item))); };
    for (std::int64_t i = 0; i < history.size(); ++i) {
      if (!(history.values[i] > 0)) continue;
      const Index positive_item = history.ids[i];
      block_random random = draws.of(positive_item);
      const auto c = sample_pair(
          score(positive_item), [&] { return all.sample_negative(history, random); }, score);
      if (c.negative < 0) continue;
      row.shrink();
      row.step(c.gradient, all.item(positive_item));
      row.step(-c.gradient, all.item(c.negative));
    }
  });
}

/// The fold-in of items in pairwise models, with the steps that the training takes for an item: a step up for each of
/// its positives, by sample_pair as above, and `samples` steps down for each positive that an item has on average: for
/// a sampled positive (v, l) of another user v, of size item_loss_gradient(score of l, score of the item, draw, score).
template <class Scalar, class Index, class Options, class SamplePair, class ItemLossGradient>
dense_storage<Scalar> fold_in_pairwise_items(const host_policy& policy, const csr_view<Scalar, Index>& item_users,
                                             const fold_in_context<Scalar, Index>& all, const Options& options,
                                             std::string_view kind, int samples, const SamplePair& sample_pair,
                                             const ItemLossGradient& item_loss_gradient) {
  const std::int64_t losses = samples * all.mean_positives_per_item();
  const auto score = [&](Index user, Index item) {
    return static_cast<Scalar>(all.item_bias(item) + kernels::dot(all.user(user), all.item(item), options.factors));
  };
  return fold_in_positives(policy, item_users, options, kind, [&](const auto& users, auto& row, const auto& draws) {
    const auto own_score = [&](Index user) { return static_cast<Scalar>(row.bias() + row.times(all.user(user))); };
    const auto step = [&](Scalar gradient, Index user) {
      row.shrink();
      row.step(gradient, all.user(user));
      row.step_bias(gradient);
    };
    for (std::int64_t i = 0; i < users.size(); ++i) {
      if (!(users.values[i] > 0)) continue;
      const Index user = users.ids[i];
      const auto history = all.history(user);
      block_random random = draws.of(user);
      const auto c = sample_pair(
          own_score(user), [&] { return all.sample_negative(history, random); },
          [&](Index item) { return score(user, item); });
      if (c.negative >= 0) step(c.gradient, user);
    }
    block_random random = draws.of(-1);
    for (std::int64_t i = 0; i < losses; ++i) {
      const positive_cell<Index> drawn = all.sample_positive(random);
      const Index user = drawn.user;
      if (user < 0 || is_positive(users, user)) continue;
      const auto history = all.history(user);
      const Scalar gradient = item_loss_gradient(
          score(user, drawn.item), own_score(user), [&] { return all.sample_negative(history, random); },
          [&](Index item) { return score(user, item); });
      if (gradient > 0) step(-gradient, user);
    }
  });
}

/// The contribution of each element of a history to the score of an item: the score less that of the history without
/// the element. score(history) is the score of the item for a history.
template <class Scalar, class Index, class Score>
void contributions_by_omission(const row_view<Scalar, Index>& history, std::span<Scalar> out, const Score& score) {
  const Scalar whole = score(history);
  std::vector<Index> ids(history.ids.begin(), history.ids.end());
  std::vector<Scalar> numbers(history.values.begin(), history.values.end());
  for (std::int64_t i = history.size() - 1; i >= 0; --i) {
    ids.erase(ids.begin() + i);
    numbers.erase(numbers.begin() + i);
    const std::int64_t rest = history.size() - 1;
    at(out, i) = whole - score(row_view<Scalar, Index>{{ids.data(), rest}, {numbers.data(), rest}});
    ids.insert(ids.begin() + i, history.ids[i]);
    numbers.insert(numbers.begin() + i, history.values[i]);
  }
}

}  // namespace akin::inline AKIN_ABI::detail
