/// @file
/// The metrics of each user, behind the means.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/evaluation/detail/pass.hpp>
#include <akin/evaluation/detail/tally.hpp>
#include <akin/evaluation/evaluation.hpp>

namespace akin::inline AKIN_ABI {

/// The evaluated users, ascending, and the metrics of each, in the order of the metrics.
template <class Index, std::size_t Metrics>
struct per_user_values {
  std::vector<Index> users;
  std::vector<std::array<double, Metrics>> values;  ///< as many as users
};

/// The values that evaluate averages, user by user, under the same rules: for plots, custom tests, and to find badly
/// served users. The evaluated users depend only on train, test and the options, so the rows of two models match. The
/// metrics must be means over users (not coverage). Throws as evaluate; options.bootstrap is ignored. Memory: 8 bytes a
/// metric and 8 for each evaluated user, twice while it runs; the same bits for any number of threads.
template <class Policy, class Model, class Train, class Test, class... Metrics>
auto per_user(const Policy& policy, const Model& model, const Train& train, const Test& test,
              const evaluation_options& options, const Metrics&... metrics)
    -> per_user_values<typename Model::index_type, sizeof...(Metrics)> {
  detail::assert_policy<Policy>();
  detail::assert_evaluation<Model, Train, Test, Metrics...>();
  using index_type = typename Model::index_type;
  static_assert((!metrics::aggregate_metric<Metrics, index_type> && ...),
                "akin: per_user needs metrics of one user; this one, such as coverage, is of all lists together");
  detail::metric_list<typename Model::scalar_type, index_type, Metrics...> list(metrics...);
  const auto all = detail::evaluate_model(policy, model, train, test, options, true, "per_user", list);
  per_user_values<index_type, sizeof...(Metrics)> result{{all.who.begin(), all.who.end()}, {}};
  result.values.resize(all.who.size());
  for (std::size_t row = 0; row < all.who.size(); ++row)
    std::copy_n(all.values.begin() + static_cast<std::ptrdiff_t>(row * sizeof...(Metrics)), sizeof...(Metrics),
                result.values[row].begin());
  return result;
}

/// The same with the default options.
template <class Policy, class Model, class Train, class Test, class... Metrics>
requires(!std::is_same_v<Metrics, evaluation_options> && ...) auto per_user(const Policy& policy, const Model& model,
                                                                            const Train& train, const Test& test,
                                                                            const Metrics&... metrics) {
  return per_user(policy, model, train, test, evaluation_options{}, metrics...);
}

}  // namespace akin::inline AKIN_ABI
