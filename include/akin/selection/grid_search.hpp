/// @file
/// Grid search: tries all combinations of parameters.
#pragma once

#include <cstdint>
#include <string_view>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/selection/detail/parameter_grid.hpp>
#include <akin/selection/detail/search.hpp>
#include <akin/selection/search_result.hpp>
#include <akin/selection/trial.hpp>

namespace akin::inline AKIN_ABI {

struct grid_search_options {
  std::uint64_t seed = 0;              ///< of the validation data
  double validation_fraction = 0.1;    ///< of each user's cells, in (0, 1), rounded down: of 9 cells 0.1 takes none
  evaluation_options evaluation = {};  ///< of the metrics of lists
};

namespace detail {

template <class Policy, class Train, class Validation, class Everything, class Metric, class MakeModel, class Observer>
auto search_grid(const Policy& policy, const Train& train, const Validation& validation, const Everything& everything,
                 const grid_search_options& options, const Metric& metric, MakeModel& make_model, Observer& observer) {
  const search_task<Policy, Train, Validation, Metric> task{policy,       train, validation, metric, options.evaluation,
                                                            "grid_search"};
  const auto train_model = trainer(policy, make_model);
  trial_series series(task, train_model, observer);
  parameter_grid grid;
  int number = 0;
  do {
    if (!series.add(trial_access::of_grid(grid, number++))) break;
  } while (grid.next());
  return series.finish(everything);
}

}  // namespace detail

/// Tries all combinations of the values of the parameters that make_model(trial&) requests with `choice` and `integer`
/// (all values of its steps), in the order of their values; the parameter that is requested last moves fastest.
/// Requests may depend only on the values of earlier parameters. Parameters without a list of values (uniform,
/// log_uniform, and log_integer) are refused. The best, failures, the observer and validation are as in random_search.
/// The number of combinations is not limited; an observer may limit it.
template <class Policy, class Train, class Metric, class MakeModel, class Observer = detail::no_trial_observer>
auto grid_search(const Policy& policy, const Train& train, const grid_search_options& options, const Metric& metric,
                 MakeModel&& make_model, Observer&& observer = {}) {
  detail::assert_policy<Policy>();
  detail::assert_make_model<MakeModel, trial&>();
  const auto parts = detail::split_validation(train, options.validation_fraction, options.seed, "grid_search");
  return detail::search_grid(policy, parts.train, parts.test, train, options, metric, make_model, observer);
}

/// The same with the caller's validation data, as in random_search.
template <class Policy, class Train, class Validation, class Metric, class MakeModel,
          class Observer = detail::no_trial_observer>
requires sparse_matrix_like<Validation>
auto grid_search(const Policy& policy, const Train& train, const Validation& validation,
                 const grid_search_options& options, const Metric& metric, MakeModel&& make_model,
                 Observer&& observer = {}) {
  detail::assert_policy<Policy>();
  detail::assert_make_model<MakeModel, trial&>();
  const auto all = detail::merged(train, validation, "grid_search");
  return detail::search_grid(policy, train, validation, all.map(), options, metric, make_model, observer);
}

}  // namespace akin::inline AKIN_ABI
