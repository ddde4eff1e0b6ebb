/// @file
/// Parameters by trying all combinations.
#pragma once

#include <cstdint>
#include <string_view>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/detail/parameter_grid.hpp>
#include <akin/evaluation/detail/search.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/evaluation/search_result.hpp>
#include <akin/evaluation/trial.hpp>

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

/// Tries all combinations of the values of the parameters that make_model(trial&) asks for with `choice` and `integer`
/// (all that its step reaches), in the order of their values, the parameter that is asked for last moving fastest. What
/// is asked for may depend on the values of parameters before it, and on nothing else. A parameter with uncountable
/// values (uniform, log_uniform, and log_integer) is refused. All else, the best, failures, the observer, validation,
/// is as in random_search. There is no limit to the number of combinations: an observer may set one.
template <class Policy, class Train, class Metric, class MakeModel, class Observer = detail::no_trial_observer>
auto grid_search(const Policy& policy, const Train& train, const grid_search_options& options, const Metric& metric,
                 MakeModel&& make_model, Observer&& observer = {}) {
  detail::assert_policy<Policy>();
  detail::assert_make_model<MakeModel, trial&>();
  const auto parts = detail::split_validation(train, options.validation_fraction, options.seed, "grid_search");
  return detail::search_grid(policy, parts.train, parts.test, train, options, metric, make_model, observer);
}

/// The same with validation data of your own, as in random_search.
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
