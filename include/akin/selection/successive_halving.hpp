/// @file
/// Successive halving: a random search that stops unpromising trials early.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/progress.hpp>
#include <akin/selection/detail/parameter_grid.hpp>
#include <akin/selection/detail/search.hpp>
#include <akin/selection/search_result.hpp>
#include <akin/selection/trial.hpp>

namespace akin::inline AKIN_ABI {

struct successive_halving_options {
  int trials = 27;          ///< in the first round, >= 1
  int eta = 3;              ///< one in eta advances to the next round, with eta times the iterations; >= 2
  int min_iterations = 1;   ///< of the first round, >= 1
  int max_iterations = 27;  ///< of the last round and of the best model, >= min_iterations
  std::uint64_t seed = 0;
  double validation_fraction = 0.1;    ///< of each user's cells, in (0, 1), rounded down: of 9 cells 0.1 takes none
  evaluation_options evaluation = {};  ///< of the metrics of lists
};

namespace detail {

/// Ends a training after a number of iterations; throws if the model has fewer iterations than the last round. A model
/// that reports 0 iterations is not checked.
struct stop_after {
  int iterations, max_iterations;
  bool operator()(const progress& state) const {
    if (state.iterations > 0 && state.iterations < max_iterations)
      fail<search_space_error>("successive_halving: the model must be made for at least max_iterations, ",
                               max_iterations, ", got ", state.iterations);
    return state.iteration < iterations;
  }
};

template <class Model, class Policy, class Matrix>
concept fits_with_observer = requires(Model& model, const Policy& policy, const Matrix& x, const stop_after& observer) {
  model.fit(policy, x, observer);
};

/// Makes a model with the parameters of a trial and trains it for a number of iterations.
template <class Policy, class MakeModel, class Matrix>
auto train_for(const Policy& policy, MakeModel& make_model, trial& parameters, const Matrix& x, int iterations,
               int max_iterations) {
  if constexpr (std::is_invocable_v<MakeModel&, trial&, int>) {
    auto model = make_model(parameters, iterations);
    model.fit(policy, x);
    return model;
  } else {
    auto model = make_model(parameters);
    static_assert(
        fits_with_observer<decltype(model), Policy, Matrix>,
        "akin: successive_halving needs a model whose fit takes an observer, or a make_model that is callable "
        "with an akin::trial& and the number of iterations");
    model.fit(policy, x, stop_after{iterations, max_iterations});
    return model;
  }
}

/// The trials of a search by rounds.
template <class Task, class MakeModel, class Observer>
class halving_run {
 public:
  halving_run(const Task& task, const successive_halving_options& options, MakeModel& make_model, Observer& observer)
      : task_(task), options_(options), make_model_(make_model), observer_(observer) {
    for (int number = 0; number < options.trials; ++number) going_on_.push_back({trial(options.seed, number), {}});
  }

  template <class Everything>
  auto run(const Everything& everything) {
    int iterations = options_.min_iterations;
    while (run_round(iterations) && iterations < options_.max_iterations) {
      const auto eta = static_cast<std::size_t>(options_.eta);
      const std::size_t best_ones = (going_on_.size() + eta - 1) / eta;
      going_on_.erase(going_on_.begin() + static_cast<std::ptrdiff_t>(best_ones), going_on_.end());
      const std::int64_t more = std::int64_t{iterations} * options_.eta;
      iterations = going_on_.size() == 1 ? options_.max_iterations
                                         : static_cast<int>(std::min<std::int64_t>(more, options_.max_iterations));
    }
    require_success(results_, !going_on_.empty(), task_.where);
    candidate& best = going_on_.front();
    using model_type = decltype(train_for(task_.policy, make_model_, best.parameters, everything, 1, 1));
    return search_result<model_type>{best.last.score,
                                     best.last.standard_error,
                                     best.last.number,
                                     best.last.parameters,
                                     std::move(results_),
                                     train_for(task_.policy, make_model_, best.parameters, everything,
                                               options_.max_iterations, options_.max_iterations)};
  }

 private:
  struct candidate {
    trial parameters;
    trial_result last;
  };

  /// Trains all remaining trials, and keeps those that succeeded in going_on_, the best first. False if there is no
  /// next round: the observer ended the search, or no trial succeeded.
  bool run_round(int iterations) {
    std::vector<candidate> judged;
    bool go_on = true;
    std::ptrdiff_t tried = 0;
    for (candidate& next : going_on_) {
      trial_result result = attempt(task_, next.parameters, [&](trial& parameters, const auto& x) {
        return train_for(task_.policy, make_model_, parameters, x, iterations, options_.max_iterations);
      });
      result.iterations = iterations;
      results_.push_back(result);
      if (!result.failed()) judged.push_back({next.parameters, result});
      ++tried;
      go_on = tell(observer_, result);
      if (!go_on) break;
    }
    std::stable_sort(judged.begin(), judged.end(),
                     [&](const candidate& a, const candidate& b) { return task_.is_better(a.last, b.last); });
    const bool first_round = results_.size() <= static_cast<std::size_t>(options_.trials);
    if (go_on || first_round || !judged.empty())
      going_on_ = std::move(judged);
    else  // no success in this round: the best of the previous round that has not failed in this one
      going_on_.erase(going_on_.begin(), going_on_.begin() + tried);
    return go_on && !going_on_.empty();
  }

  const Task& task_;
  const successive_halving_options& options_;
  MakeModel& make_model_;
  Observer& observer_;
  std::vector<candidate> going_on_;
  std::vector<trial_result> results_;
};

inline void check(const successive_halving_options& options) {
  constexpr std::string_view where = "successive_halving";
  require(options.trials >= 1, where, "trials must be positive", options.trials);
  require(options.eta >= 2, where, "eta must be at least 2", options.eta);
  require(options.min_iterations >= 1, where, "min_iterations must be positive", options.min_iterations);
  require(options.max_iterations >= options.min_iterations, where, "max_iterations must be at least min_iterations",
          options.max_iterations);
}

template <class Policy, class Train, class Validation, class Everything, class Metric, class MakeModel, class Observer>
auto search_by_halving(const Policy& policy, const Train& train, const Validation& validation,
                       const Everything& everything, const successive_halving_options& options, const Metric& metric,
                       MakeModel& make_model, Observer& observer) {
  static_assert(std::is_invocable_v<MakeModel&, trial&> || std::is_invocable_v<MakeModel&, trial&, int>,
                "akin: make_model must be callable with an akin::trial&, or with one and the number of iterations");
  const search_task<Policy, Train, Validation, Metric> task{
      policy, train, validation, metric, options.evaluation, "successive_halving"};
  return halving_run(task, options, make_model, observer).run(everything);
}

}  // namespace detail

/// A random search that spends its iterations on the most promising trials. Round one trains `trials` random points of
/// the search space, those of random_search with the same seed, for `min_iterations` and judges them on the validation
/// data; the best one in `eta` (rounded up) advance to the next round with eta times the iterations, and so on up to
/// the last round, which has `max_iterations`; if one trial is left, it is trained for max_iterations at once. The best
/// of the last round, trained on all of `train` for max_iterations, is the result; `trials` has every training. With
/// the defaults that is 27 trainings of 1 iteration, 9 of 3, 3 of 9 and 1 of 27: a seventh of a random search's
/// iterations. Trials that begin badly and end well are lost; a larger min_iterations loses fewer.
///
/// The training of make_model(trial&) is ended by an observer, so its model must have at least max_iterations (a
/// smaller number in its progress throws std::invalid_argument), and a training that is stopped early must equal a
/// shorter training, as it does for all models here. make_model(trial&, iterations) instead sets the iterations itself;
/// then no observer is needed, and iterations may be any unit of cost. A training does not continue that of the
/// previous round. Failures, the observer of trials, validation, and which score is best are as in random_search,
/// except that ties go to the better one of the previous round; a trial that fails in a round is out. If the observer
/// ends the search, the best trial of that round is the result, or of the previous round if none has succeeded yet: the
/// best of those that have not failed since. The same bits for any number of threads. Source: K. Jamieson, A.
/// Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization", AISTATS 2016.
template <class Policy, class Train, class Metric, class MakeModel, class Observer = detail::no_trial_observer>
auto successive_halving(const Policy& policy, const Train& train, const successive_halving_options& options,
                        const Metric& metric, MakeModel&& make_model, Observer&& observer = {}) {
  detail::assert_policy<Policy>();
  detail::check(options);
  const auto parts = detail::split_validation(train, options.validation_fraction, options.seed, "successive_halving");
  return detail::search_by_halving(policy, parts.train, parts.test, train, options, metric, make_model, observer);
}

/// The same with the caller's validation data, as in random_search.
template <class Policy, class Train, class Validation, class Metric, class MakeModel,
          class Observer = detail::no_trial_observer>
requires sparse_matrix_like<Validation>
auto successive_halving(const Policy& policy, const Train& train, const Validation& validation,
                        const successive_halving_options& options, const Metric& metric, MakeModel&& make_model,
                        Observer&& observer = {}) {
  detail::assert_policy<Policy>();
  detail::check(options);
  const auto all = detail::merged(train, validation, "successive_halving");
  return detail::search_by_halving(policy, train, validation, all.map(), options, metric, make_model, observer);
}

}  // namespace akin::inline AKIN_ABI
