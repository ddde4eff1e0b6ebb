/// @file
/// Rows of users and items who were not in the training of a model of liking: its gradient steps on the one row.
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
#include <akin/factorization/detail/liked_cells.hpp>
#include <akin/kernels/axpy.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/matrix.hpp>
#include <akin/model/factor_table.hpp>
#include <akin/model/row_model.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// k factors and a bias, from zero, as they are learnt.
template <class Scalar>
class learnt_row {
 public:
  learnt_row(Scalar* row, std::int64_t k, double regularization) : row_(row), k_(k), regularization_(regularization) {}

  void set_rate(double rate) noexcept {
    rate_ = static_cast<Scalar>(rate);
    keep_ = static_cast<Scalar>(1 - rate * regularization_);
  }
  Scalar times(const Scalar* factors) const noexcept { return kernels::dot(row_, factors, k_); }
  Scalar bias() const noexcept { return row_[k_]; }

  /// Before the steps of a sample: what regularisation takes.
  void shrink() noexcept {
    for (std::int64_t d = 0; d <= k_; ++d) row_[d] *= keep_;
  }
  void step(Scalar pull, const Scalar* factors) noexcept {
    kernels::axpy(static_cast<Scalar>(rate_ * pull), factors, row_, k_);
  }
  void step_bias(Scalar pull) noexcept { row_[k_] += rate_ * pull; }

 private:
  Scalar* row_;
  std::int64_t k_;
  double regularization_;
  Scalar rate_ = 0, keep_ = 1;
};

/// Random numbers of one epoch of a fold-in, for each element of a row by its id: who takes one element away leaves the
/// numbers of the others, and the place of the row among others does not matter.
struct fold_in_draws {
  std::uint64_t seed;
  int epoch;

  block_random of(std::int64_t id) const noexcept {
    return {random_stream(seed, sgd_use::in_epoch(sgd_use::fold_in, epoch)), id};
  }
};

/// For each row of x that holds a liking k factors and a bias: learn_epoch(history, row, draws) runs for as many epochs
/// as the training has. The steps shorten to nothing, linearly, so that what was drawn averages out. Throws
/// numeric_error with the first row that grows beyond all bounds.
template <class Scalar, class Index, class Options, class LearnEpoch>
dense_storage<Scalar> fold_in_likings(const host_policy& policy, const csr_view<Scalar, Index>& x,
                                      const Options& options, std::string_view kind, const LearnEpoch& learn_epoch) {
  dense_storage<Scalar> result(x.rows, options.factors + std::int64_t{1});
  for_each_row(policy, x.rows, [&](std::int64_t row, int) {
    const row_view<Scalar, Index> history = x.row(row);
    if (!has_likings(history)) return;
    Scalar* const numbers = result.mutable_view().row(row);
    learnt_row<Scalar> learnt(numbers, options.factors, options.regularization);
    for (int epoch = 1; epoch <= options.epochs; ++epoch) {
      learnt.set_rate(options.learning_rate * (options.epochs - epoch + 1) / options.epochs);
      learn_epoch(history, learnt, fold_in_draws{options.seed, epoch});
    }
    if (!std::all_of(numbers, numbers + result.cols(), [](Scalar number) { return is_finite(number); }))
      fail<numeric_error>(kind, ": the factors of row ", row,
                          " have grown beyond all bounds; a lower learning_rate may help");
  });
  return result;
}

/// What rows are folded in against: a model, and the histories of its users where they are kept.
template <class Scalar, class Index>
class liked_catalogue {
 public:
  template <class Task>
  explicit liked_catalogue(const row_context<Task>& context) : model_(context.learnt), histories_(context.histories) {}

  const Scalar* user(Index id) const noexcept { return model_.user_factors.view().row(id); }
  const Scalar* item(Index id) const noexcept { return model_.item_factors.view().row(id); }
  Scalar item_bias(Index id) const noexcept { return model_.item_biases[id]; }
  Scalar user_bias(Index id) const noexcept { return model_.user_biases[id]; }
  std::int64_t items() const noexcept { return model_.item_factors.rows(); }

  /// An item that the model knows and the history does not like; -1 where none was met in a few tries.
  Index draw_other(const row_view<Scalar, Index>& history, block_random& random) const noexcept {
    constexpr int most_tries = 16;
    for (int tries = 0; tries < most_tries && items() > 0; ++tries) {
      const auto id = static_cast<Index>(random.below(items()));
      if (model_.knows_item(id) && !likes(history, id)) return id;
    }
    return -1;
  }

  row_view<Scalar, Index> history(Index user) const noexcept {
    return user < histories_.rows ? histories_.row(user) : row_view<Scalar, Index>{};
  }

  /// Likings for each item that somebody likes, rounded up: how often an epoch of the training meets an item that is
  /// drawn, for one draw a liking.
  std::int64_t likings_an_item() const {
    numbers<char> is_seen(histories_.cols);
    std::int64_t likings = 0, seen = 0;
    for (std::int64_t at = 0; at < histories_.nonzeros(); ++at) {
      if (!(histories_.values[at] > 0)) continue;
      ++likings;
      char& is = is_seen[histories_.columns[at]];
      seen += is == 0;
      is = 1;
    }
    return seen == 0 ? 0 : (likings + seen - 1) / seen;
  }

  /// Any liking of the histories, each as likely as the others; the user is -1 where a stored value was met that is
  /// none.
  liked_cell<Index> draw_liking(block_random& random) const noexcept {
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
liked_catalogue(const row_context<Task>&) -> liked_catalogue<typename Task::scalar_type, typename Task::index_type>;

/// The item that a liked one is compared with (-1: none), and the size of the gradient.
template <class Scalar, class Index>
struct comparison {
  Index other;
  Scalar pull;
};

/// Users of models that compare pairs: for each liking a step of p against compare(score of the liked item, draw,
/// score), a comparison with an item of those that draw() gives, by score(item).
template <class Scalar, class Index, class Options, class Compare>
dense_storage<Scalar> fold_in_pairwise_users(const host_policy& policy, const csr_view<Scalar, Index>& x,
                                             const liked_catalogue<Scalar, Index>& all, const Options& options,
                                             std::string_view kind, const Compare& compare) {
  return fold_in_likings(policy, x, options, kind, [&](const auto& history, auto& row, const fold_in_draws& draws) {
    const auto score = [&](Index item) { return static_cast<Scalar>(all.item_bias(item) + row.times(all.item(item))); };
    for (std::int64_t i = 0; i < history.size(); ++i) {
      if (!(history.values[i] > 0)) continue;
      const Index liked = history.ids[i];
      block_random random = draws.of(liked);
      const auto c = compare(
          score(liked), [&] { return all.draw_other(history, random); }, score);
      if (c.other < 0) continue;
      row.shrink();
      row.step(c.pull, all.item(liked));
      row.step(-c.pull, all.item(c.other));
    }
  });
}

/// Items of models that compare pairs, met as the training meets an item: for each user who likes it a step up by
/// `compare` as above, and down for `samples` likings (v, l) for each user that items have on the average, by
/// lose(score of l, score of the item, draw, score), the size of the gradient. v is none of the item's users.
template <class Scalar, class Index, class Options, class Compare, class Lose>
dense_storage<Scalar> fold_in_pairwise_items(const host_policy& policy, const csr_view<Scalar, Index>& item_users,
                                             const liked_catalogue<Scalar, Index>& all, const Options& options,
                                             std::string_view kind, int samples, const Compare& compare,
                                             const Lose& lose) {
  const std::int64_t losses = samples * all.likings_an_item();
  const auto score = [&](Index user, Index item) {
    return static_cast<Scalar>(all.item_bias(item) + kernels::dot(all.user(user), all.item(item), options.factors));
  };
  return fold_in_likings(policy, item_users, options, kind, [&](const auto& users, auto& row, const auto& draws) {
    const auto own_score = [&](Index user) { return static_cast<Scalar>(row.bias() + row.times(all.user(user))); };
    const auto step = [&](Scalar pull, Index user) {
      row.shrink();
      row.step(pull, all.user(user));
      row.step_bias(pull);
    };
    for (std::int64_t i = 0; i < users.size(); ++i) {
      if (!(users.values[i] > 0)) continue;
      const Index user = users.ids[i];
      const auto history = all.history(user);
      block_random random = draws.of(user);
      const auto c = compare(
          own_score(user), [&] { return all.draw_other(history, random); },
          [&](Index item) { return score(user, item); });
      if (c.other >= 0) step(c.pull, user);
    }
    block_random random = draws.of(-1);
    for (std::int64_t i = 0; i < losses; ++i) {
      const liked_cell<Index> drawn = all.draw_liking(random);
      const Index user = drawn.user;
      if (user < 0 || likes(users, user)) continue;
      const auto history = all.history(user);
      const Scalar pull = lose(
          score(user, drawn.item), own_score(user), [&] { return all.draw_other(history, random); },
          [&](Index item) { return score(user, item); });
      if (pull > 0) step(-pull, user);
    }
  });
}

/// What each element of a history adds to the score of an item: the score less that of the history without it.
/// score(history) scores the item for a history.
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
