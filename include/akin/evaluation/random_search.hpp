/// @file
/// Parameters by random search.
#pragma once

#include <cstdint>
#include <string_view>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/detail/search.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/evaluation/search_result.hpp>
#include <akin/evaluation/trial.hpp>

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
/// all of `train`. make_model(trial&) asks the trial for parameters and returns a model that is not trained; it is
/// called once a trial, and once more for the best. Each model is trained on `train` less a random part of each user's
/// cells, and judged by `metric` on that part: a metric of evaluate, of which the largest is best, or of
/// evaluate_ratings, of which the smallest is, but of metrics::fcp and its like the largest. Of equals the earlier
/// trial is best. A test set plays no part: the score is the best of many, so judge the model on data that the search
/// has not seen.
///
/// A trial whose training throws std::bad_alloc, numeric_error or another std::exception has failed: its message is in
/// the result, and the search goes on; where all fail, std::runtime_error says so. A mistake in the search space or in
/// the evaluation, and what is no std::exception, is thrown at once. observer(const trial_result&) is told of each
/// trial; if it returns false the search ends there, and the best so far is the result. What the last training, of the
/// best, throws is thrown, and the trials are lost then but for what the observer was told.
///
/// Trials run one after the other, each with `policy`. A trial depends on the seed and its number alone: more trials
/// add to the same ones, and results have the same bits for any number of threads. Source: J. Bergstra, Y. Bengio,
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

/// The same with validation data of your own, of the shape of train, such as what came after it: validation_fraction is
/// of no meaning. The best model is trained on both; the values of a cell that both have are added.
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
