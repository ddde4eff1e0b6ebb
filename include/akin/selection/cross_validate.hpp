/// @file
/// Cross-validation: every interaction is in the test once.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/data/split_folds.hpp>
#include <akin/data/splits.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/evaluation/evaluate_ratings.hpp>
#include <akin/evaluation/evaluate_unseen.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/evaluation/moments.hpp>
#include <akin/matrix.hpp>
#include <akin/model/scorer.hpp>

namespace akin::inline AKIN_ABI {

/// The unit that is divided into folds.
enum class fold_by {
  cells,  ///< interactions: users are known, some of their interactions must be found
  users   ///< users: new to the model, which sees a part of their cells (strong generalisation)
};

struct cross_validate_options {
  int folds = 5;  ///< at least 2 and at most the cells, or the users
  std::uint64_t seed = 0;
  fold_by by = fold_by::cells;
  /// With fold_by::users: the share of each user's cells that must be found, in (0, 1), rounded down. The model sees
  /// the rest.
  double held_out_fraction = 0.2;
};

/// The result of each fold, an evaluation or the metric_results of evaluate_ratings, and their summary.
template <class Fold>
struct cross_validation : std::vector<Fold> {
  /// For each metric the mean of the folds' numbers with the standard error of that mean, deviation / sqrt(folds);
  /// `count` is the number of folds. Folds without anything to judge are left out. Trainings of different folds share
  /// most of their data, so the standard error is too small (Y. Bengio, Y. Grandvalet, "No Unbiased Estimator of the
  /// Variance of K-Fold Cross-Validation", JMLR 5, 2004).
  [[nodiscard]] metric_results<std::tuple_size_v<Fold>> over_folds() const {
    metric_results<std::tuple_size_v<Fold>> result;
    if (!this->empty()) result.names = this->front().names;
    for (std::size_t metric = 0; metric < result.size(); ++metric) {
      detail::moments numbers;
      for (const Fold& fold : *this)
        if (fold[metric].count > 0) numbers.add(fold[metric].mean);
      result[metric] = numbers.result();
    }
    return result;
  }
};

namespace detail {

/// Makes a model and trains it.
template <class Policy, class MakeModel, class Train>
auto trained(const Policy& policy, MakeModel& make_model, const Train& train) {
  auto model = make_model();
  model.fit(policy, train);
  return model;
}

/// Calls add(train, test) for each fold of cells, with the matrices of one fold at a time in memory.
template <class Matrix, class Add>
void for_each_fold(const Matrix& user_items, const cross_validate_options& options, std::string_view where,
                   const Add& add) {
  const auto x = splittable_view(user_items, where);
  const auto fold_of = random_folds(static_cast<std::size_t>(x.nonzeros()), {options.folds, options.seed}, where);
  test_mask is_test(fold_of.size());
  for (std::size_t fold = 0; fold < static_cast<std::size_t>(options.folds); ++fold) {
    std::transform(fold_of.begin(), fold_of.end(), is_test.begin(), [&](std::size_t of) { return of == fold; });
    const auto [train, test] = divide(x, is_test);
    add(train, test);
  }
}

/// Calls add(train, known, held_out) for each fold of users.
template <class Matrix, class Add>
void for_each_user_fold(const Matrix& user_items, const cross_validate_options& options, std::string_view where,
                        const Add& add) {
  require(options.held_out_fraction > 0 && options.held_out_fraction < 1, where,
          "held_out_fraction must be above 0 and below 1", options.held_out_fraction);
  require(options.folds >= 2, where, "folds must be at least 2", options.folds);
  const auto x = splittable_view(user_items, where);
  if (x.rows < options.folds)
    fail<std::invalid_argument>(where, ": folds must be at most the number of users, ", x.rows, ", got ",
                                options.folds);
  require(x.nonzeros() > 0, where, "there must be something to learn from, got nothing");
  const auto fold_of = random_folds(static_cast<std::size_t>(x.rows), {options.folds, options.seed}, where);
  auto groups = groups_of(x);
  for (std::size_t fold = 0; fold < static_cast<std::size_t>(options.folds); ++fold) {
    constexpr char in_train = 0, held_out = 1, known = 2;
    test_mask label(groups.members.size(), in_train);
    for (std::size_t user = 0; user < groups.users(); ++user) {
      if (fold_of[user] != fold) continue;
      const auto cells = groups.of(user);
      for (const std::size_t cell : cells) label[cell] = known;
      mark_some(cells, rounded_down(options.held_out_fraction, cells.size()), split_stream(options.seed), label);
    }
    add(cells_of(x, label, in_train), cells_of(x, label, known), cells_of(x, label, held_out));
  }
}

}  // namespace detail

/// Divides the cells of `user_items` at random into `folds` folds, of sizes that differ by at most one; for each fold
/// it trains make_model() on all other folds and evaluates it on this one: every cell is in exactly one test. With `.by
/// = fold_by::users` it divides whole users, evaluated by evaluate_unseen; that needs a model that can score a history.
/// Returns the evaluation of each fold; over_folds() sums them up. The folds are a function of the seed, and the same
/// as those of split_k_fold. Throws as evaluate and as the training, std::invalid_argument if there are fewer than 2
/// folds or more than cells or users. Costs `folds` trainings and evaluations, one after the other, and the memory of
/// one more copy of the data; the same bits for any number of threads.
template <class Policy, class Matrix, class MakeModel, class... Metrics>
requires sparse_matrix_like<Matrix>
auto cross_validate(const Policy& policy, const Matrix& user_items, const cross_validate_options& options,
                    MakeModel&& make_model, const Metrics&... metrics) {
  detail::assert_policy<Policy>();
  constexpr std::string_view where = "cross_validate";
  detail::require(options.by == fold_by::cells || options.by == fold_by::users, where,
                  "by must be one of the enumerators", static_cast<int>(options.by));
  cross_validation<evaluation<sizeof...(Metrics)>> result;
  if (options.by == fold_by::cells) {
    detail::for_each_fold(user_items, options, where, [&](const auto& train, const auto& test) {
      result.push_back(evaluate(policy, detail::trained(policy, make_model, train), train, test, metrics...));
    });
  } else if constexpr (history_scorer<decltype(make_model())>) {
    detail::for_each_user_fold(
        user_items, options, where, [&](const auto& train, const auto& known, const auto& held_out) {
          result.push_back(
              evaluate_unseen(policy, detail::trained(policy, make_model, train), known, held_out, metrics...));
        });
  } else {
    detail::fail<std::invalid_argument>(where,
                                        ": the model must be able to score the history of a user who was not in the "
                                        "training, for fold_by::users");
  }
  return result;
}

/// The same on the caller's splits, such as those of split_time_folds as matrices.
template <class Policy, class Matrix, class MakeModel, class... Metrics>
auto cross_validate(const Policy& policy, const std::vector<train_test<Matrix>>& splits, MakeModel&& make_model,
                    const Metrics&... metrics) {
  detail::assert_policy<Policy>();
  detail::require(!splits.empty(), "cross_validate", "there must be at least one split");
  cross_validation<evaluation<sizeof...(Metrics)>> result;
  for (const auto& [train, test] : splits)
    result.push_back(evaluate(policy, detail::trained(policy, make_model, train), train, test, metrics...));
  return result;
}

/// Cross-validation of predicted ratings, with the metrics of evaluate_ratings; only with folds of cells. Returns their
/// metric_results for each fold.
template <class Policy, class Matrix, class MakeModel, class... Metrics>
requires sparse_matrix_like<Matrix>
auto cross_validate_ratings(const Policy& policy, const Matrix& user_items, const cross_validate_options& options,
                            MakeModel&& make_model, const Metrics&... metrics) {
  detail::assert_policy<Policy>();
  constexpr std::string_view where = "cross_validate_ratings";
  detail::require(options.by == fold_by::cells, where, "by must be fold_by::cells");
  cross_validation<metric_results<sizeof...(Metrics)>> result;
  detail::for_each_fold(user_items, options, where, [&](const auto& train, const auto& test) {
    result.push_back(evaluate_ratings(policy, detail::trained(policy, make_model, train), test, metrics...));
  });
  return result;
}

}  // namespace akin::inline AKIN_ABI
