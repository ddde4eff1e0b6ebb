/// @file
/// Random search for parameters.
#pragma once

#include <cstdint>
#include <string_view>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/selection/detail/search.hpp>
#include <akin/selection/search_result.hpp>
#include <akin/selection/trial.hpp>

namespace akin::inline AKIN_ABI {

struct random_search_options {
  int trials = 20;  ///< >= 1
  std::uint64_t seed = 0;
  double validation_fraction = 0.1;    ///< of each user's cells, in (0, 1), rounded down: of 9 cells 0.1 takes none
  evaluation_options evaluation = {};  ///< of the metrics of lists
};

namespace detail {

template <class Policy, class Train, class Validation, class Everything, class Metric, class MakeModel, class Observer>
auto search_randomly(const Policy& policy, const Train& train, const Validation& validation,
                     const Everything& everything, const random_search_options& options, const Metric& metric,
                     MakeModel& make_model, Observer& observer) {
  const search_task<Policy, Train, Validation, Metric> task{
      policy, train, validation, metric, options.evaluation, "random_search"};
  const auto train_model = trainer(policy, make_model);
  trial_series series(task, train_model, observer);
  for (int number = 0; number < options.trials; ++number)
    if (!series.add(trial(options.seed, number))) break;
  return series.finish(everything);
}

}  // namespace detail

/// Tries `trials` random points of a search space and returns the best one, all others, and the best model, trained on
/// all of `train`. make_model(trial&) requests parameters from the trial and returns an untrained model; it is called
/// once a trial, and once more for the best. Each model is trained on `train` less a random part of each user's cells,
/// and judged by `metric` on that part: a metric of evaluate, which is maximised, or of evaluate_ratings, which is
/// minimised unless it is one like metrics::fcp. Ties go to the earlier trial. The test set is not used: the score is
/// the best of many, so judge the model on data that the search has not seen.
///
/// A trial whose training throws std::bad_alloc, numeric_error or another std::exception has failed: its message is in
/// the result, and the search continues; if all fail, it throws std::runtime_error. Errors in the search space or in
/// the evaluation, and exceptions of other types, are thrown at once. observer(const trial_result&) is called for each
/// trial; if it returns false the search ends there, and the best so far is the result. An exception of the last
/// training, that of the best model, is passed on; the trials are then lost, except to the observer.
///
/// Trials run one after the other, each with `policy`. A trial depends on the seed and its number alone: more trials
/// extend the same sequence, and results have the same bits for any number of threads. Source: J. Bergstra, Y. Bengio,
/// "Random Search for Hyper-Parameter Optimization", JMLR 13, 2012.
template <class Policy, class Train, class Metric, class MakeModel, class Observer = detail::no_trial_observer>
auto random_search(const Policy& policy, const Train& train, const random_search_options& options, const Metric& metric,
                   MakeModel&& make_model, Observer&& observer = {}) {
  detail::assert_policy<Policy>();
  detail::assert_make_model<MakeModel, trial&>();
  detail::require(options.trials >= 1, "random_search", "trials must be positive", options.trials);
  const auto parts = detail::split_validation(train, options.validation_fraction, options.seed, "random_search");
  return detail::search_randomly(policy, parts.train, parts.test, train, options, metric, make_model, observer);
}

/// The same with the caller's validation data, of the shape of train, such as later interactions: validation_fraction
/// is ignored. The best model is trained on both; the values of cells in both are added.
template <class Policy, class Train, class Validation, class Metric, class MakeModel,
          class Observer = detail::no_trial_observer>
requires sparse_matrix_like<Validation>
auto random_search(const Policy& policy, const Train& train, const Validation& validation,
                   const random_search_options& options, const Metric& metric, MakeModel&& make_model,
                   Observer&& observer = {}) {
  detail::assert_policy<Policy>();
  detail::assert_make_model<MakeModel, trial&>();
  detail::require(options.trials >= 1, "random_search", "trials must be positive", options.trials);
  const auto all = detail::merged(train, validation, "random_search");
  return detail::search_randomly(policy, train, validation, all.map(), options, metric, make_model, observer);
}

}  // namespace akin::inline AKIN_ABI
