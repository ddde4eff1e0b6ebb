/// @file
/// Evaluates a model's recommendations: any number of metrics in one parallel pass over the users.
#pragma once

#include <cstddef>
#include <type_traits>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/evaluation/detail/bootstrap.hpp>
#include <akin/evaluation/detail/pass.hpp>
#include <akin/evaluation/detail/tally.hpp>
#include <akin/evaluation/evaluation.hpp>

namespace akin::inline AKIN_ABI {

/// Ranks all items for each user with a relevant item in `test`, and averages the metrics over these users. A cell of
/// `test` with a value above 0 is relevant; every cell of `train` was seen. Returns an evaluation: a metric_result for
/// each metric, in their order, for structured bindings, and the counts. docs/evaluation.md explains these rules:
///
/// - items that the user has in `train` are neither recommended nor relevant, unless `.exclude_seen = false`;
/// - a user without relevant items is left out, and counted;
/// - a user whom the model does not know gets an empty list, which scores 0, and counts;
/// - ranks are by (score descending, id ascending); an item with score -infinity is not recommended.
///
/// `train` and `test`: users x items, of the model's shape. akin/metrics/judged_list.hpp defines the forms of a metric.
/// Throws not_fitted, std::invalid_argument if a shape, a k or an option is wrong or a matrix is malformed,
/// numeric_error if a score is NaN. One pass, O(users * (scoring + items)) time; memory for a row of scores a worker,
/// for every 64 users 24 bytes a metric and about 100 more, for factor models a copy of the item factors and a few
/// thousand lists, and with `bootstrap` 8 bytes a metric and 8 more for each evaluated user, twice at the end. The same
/// bits for any number of threads.
template <class Policy, class Model, class Train, class Test, class... Metrics>
evaluation<sizeof...(Metrics)> evaluate(const Policy& policy, const Model& model, const Train& train, const Test& test,
                                        const evaluation_options& options, const Metrics&... metrics) {
  detail::assert_policy<Policy>();
  detail::assert_evaluation<Model, Train, Test, Metrics...>();
  detail::metric_list<typename Model::scalar_type, typename Model::index_type, Metrics...> list(metrics...);
  const auto all = detail::evaluate_model(policy, model, train, test, options, options.bootstrap > 0, "evaluate", list);
  auto result = list.finish(all);
  detail::add_bootstrap_intervals(policy, all, options, list.means(), result);
  return result;
}

/// The same with the default options.
template <class Policy, class Model, class Train, class Test, class... Metrics>
requires(!std::is_same_v<Metrics, evaluation_options> &&
         ...) evaluation<sizeof...(Metrics)> evaluate(const Policy& policy, const Model& model, const Train& train,
                                                      const Test& test, const Metrics&... metrics) {
  return evaluate(policy, model, train, test, evaluation_options{}, metrics...);
}

}  // namespace akin::inline AKIN_ABI
