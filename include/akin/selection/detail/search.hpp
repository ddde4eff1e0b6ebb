/// @file
/// The common part of parameter searches: validation data, trials, and the choice of the best.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/data/splits.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/evaluation/evaluate_ratings.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/matrix.hpp>
#include <akin/metrics/rating.hpp>
#include <akin/random.hpp>
#include <akin/selection/detail/parameter_grid.hpp>
#include <akin/selection/search_result.hpp>
#include <akin/selection/trial.hpp>

namespace akin::inline AKIN_ABI::detail {

class trial_access {
 public:
  static trial of_grid(parameter_grid& grid, int number) {
    trial made(0, number);
    made.grid_ = &grid;
    return made;
  }
};

/// The default observer of a search, which continues it.
struct no_trial_observer {
  constexpr bool operator()(const trial_result&) const noexcept { return true; }
};

template <class MakeModel, class... Arguments>
constexpr void assert_make_model() {
  static_assert(std::is_invocable_v<MakeModel&, Arguments...>,
                "akin: make_model must be callable with an akin::trial& and return a model that is not trained");
}

/// The validation data of a search in train: a random part of each user's cells. It is independent of the caller's
/// draws from the same seed.
template <class Train>
auto split_validation(const Train& train, double fraction, std::uint64_t seed, std::string_view where) {
  require(fraction > 0 && fraction < 1, where, "validation_fraction must be above 0 and below 1", fraction);
  const auto view = splittable_view(train, where);
  const std::uint64_t own_seed = random_stream(seed, 0x7365617263680000u).bits(0);
  auto parts = divide(view, mark_per_user(groups_of(view), {.test_fraction = fraction, .seed = own_seed}, where));
  require(parts.test.nonZeros() > 0, where, "validation_fraction must be large enough to take a cell of some user",
          fraction);
  return parts;
}

/// The sum of train and the caller's validation data, on which the best model is trained. Throws if the shapes differ
/// or one of them is empty.
template <class Train, class Validation>
auto merged(const Train& train, const Validation& validation, std::string_view where) {
  if (train.rows() != validation.rows() || train.cols() != validation.cols())
    fail<std::invalid_argument>(where, ": validation must have the shape of train, ", train.rows(), " x ", train.cols(),
                                ", got ", validation.rows(), " x ", validation.cols());
  const auto past = splittable_view(train, where), future = splittable_view(validation, where);
  require(past.nonzeros() > 0, where, "there must be something to train on, got nothing");
  require(future.nonzeros() > 0, where, "there must be something to find in the validation data, got nothing");
  return merge_interactions(past, future, when_both::add);
}

/// The common data of all trials of a search.
template <class Policy, class Train, class Validation, class Metric>
struct search_task {
  const Policy& policy;
  const Train& train;
  const Validation& validation;
  const Metric& metric;
  evaluation_options evaluation;
  std::string_view where;

  /// Losses are minimised; metrics of lists and of a user's ratings, such as fcp, are maximised.
  static constexpr bool smaller_is_better = metrics::rating_metric<Metric>;

  template <class Model>
  metric_result judge(const Model& model) const {
    if constexpr (metrics::rating_metric<Metric> || metrics::user_rating_metric<Metric>)
      return evaluate_ratings(policy, model, validation, metric)[0];
    else
      return evaluate(policy, model, train, validation, evaluation, metric)[0];
  }
  static bool is_better(const trial_result& a, const trial_result& b) {
    if (a.failed() || b.failed()) return !a.failed() && b.failed();
    return smaller_is_better ? a.score < b.score : a.score > b.score;
  }
};

/// Trains a model with the trial's parameters and judges it; train_model(trial, matrix) makes and trains one.
template <class Task, class TrainModel>
void judge_trial(const Task& task, trial& parameters, const TrainModel& train_model, trial_result& result,
                 bool& trained) {
  const auto start = std::chrono::steady_clock::now();
  const auto model = train_model(parameters, task.train);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  trained = true;
  const metric_result judged = task.judge(model);
  if (judged.count == 0)
    fail<std::invalid_argument>(task.where, ": there must be something to find in the validation data, got nothing");
  if (is_finite_number(judged.mean)) {
    result.score = judged.mean;
    result.standard_error = judged.standard_error;
  } else {
    result.error = sentence("the metric must be finite, got ", judged.mean);
  }
}

/// The same, with failures of the training, or of numbers that cannot be judged, as a result. Errors in the search
/// space or in the evaluation, which every trial would repeat, are thrown.
template <class Task, class TrainModel>
trial_result attempt(const Task& task, trial& parameters, const TrainModel& train_model) {
  trial_result result;
  result.number = parameters.number();
  bool trained = false;
#if AKIN_HAS_EXCEPTIONS
  const auto keep = [&](const std::exception& error) {
    const std::string_view what = error.what();
    result.error = what.empty() ? "it threw an exception without a message" : std::string(what);
  };
  try {
    judge_trial(task, parameters, train_model, result, trained);
  } catch (const search_space_error&) {
    throw;
  } catch (const std::logic_error& error) {
    if (trained) throw;
    keep(error);
  } catch (const std::exception& error) {
    keep(error);
  }
#else
  judge_trial(task, parameters, train_model, result, trained);
#endif
  result.parameters = parameters.parameters();
  return result;
}

/// Reports a trial to the observer; returns whether the search continues.
template <class Observer>
bool tell(Observer& observer, const trial_result& result) {
  if constexpr (std::is_void_v<std::invoke_result_t<Observer&, const trial_result&>>) {
    observer(result);
    return true;
  } else {
    return static_cast<bool>(observer(result));
  }
}

/// Throws if no trial succeeded.
inline void require_success(const std::vector<trial_result>& trials, bool any, std::string_view where) {
  if (any) return;
  const auto is_failed = [](const trial_result& result) { return result.failed(); };
  const auto first = std::find_if(trials.begin(), trials.end(), is_failed);
  fail<std::runtime_error>(where, ": at least one trial must succeed, got ",
                           std::count_if(trials.begin(), trials.end(), is_failed),
                           " that failed; the first: ", first == trials.end() ? std::string() : first->error);
}

/// Runs trials in order and keeps the best, the earlier one of equals.
template <class Task, class TrainModel, class Observer>
class trial_series {
 public:
  trial_series(const Task& task, const TrainModel& train_model, Observer& observer)
      : task_(task), train_model_(train_model), observer_(observer) {}

  /// Whether the search continues.
  bool add(trial next) {
    trials_.push_back(attempt(task_, next, train_model_));
    const trial_result& result = trials_.back();
    if (!result.failed() && (!best_ || task_.is_better(result, trials_[best_place_]))) {
      best_ = std::move(next);
      best_place_ = trials_.size() - 1;
    }
    return tell(observer_, result);
  }

  /// Trains the best model on `everything`.
  template <class Everything>
  auto finish(const Everything& everything) {
    require_success(trials_, best_.has_value(), task_.where);
    using model_type = decltype(train_model_(*best_, everything));
    const trial_result best = trials_[best_place_];
    return search_result<model_type>{best.score,      best.standard_error, best.number,
                                     best.parameters, std::move(trials_),  train_model_(*best_, everything)};
  }

 private:
  const Task& task_;
  const TrainModel& train_model_;
  Observer& observer_;
  std::vector<trial_result> trials_;
  std::optional<trial> best_;
  std::size_t best_place_ = 0;
};

/// Makes a model with the parameters of a trial and trains it.
template <class Policy, class MakeModel>
auto trainer(const Policy& policy, MakeModel& make_model) {
  return [&](trial& parameters, const auto& user_items) {
    auto model = make_model(parameters);
    model.fit(policy, user_items);
    return model;
  };
}

}  // namespace akin::inline AKIN_ABI::detail
