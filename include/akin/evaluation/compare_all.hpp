/// @file
/// Compares several models with a baseline.
#pragma once

#include <array>
#include <cstddef>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/evaluation/compare.hpp>
#include <akin/metrics/statistics.hpp>

namespace akin::inline AKIN_ABI {

/// The baseline, a, and one of several models, b. The adjusted p values are those of all these models by Holm's method,
/// separately for each test: with one test, the probability of any false alarm among the models whose adjusted p value
/// is below 0.05 is at most 5 %.
struct adjusted_comparison : comparison {
  double adjusted_p = 1;            ///< of p_value
  double adjusted_wilcoxon_p = 1;   ///< of wilcoxon_p
  double adjusted_sign_flip_p = 1;  ///< of sign_flip_p
};

namespace detail {

/// Sets the member `adjusted` of each comparison to Holm's adjustment of the members `p`.
template <std::size_t Models>
void adjust(std::array<adjusted_comparison, Models>& results, double comparison::*p,
            double adjusted_comparison::*adjusted) {
  std::array<double, Models> values;
  for (std::size_t i = 0; i < Models; ++i) values[i] = results[i].*p;
  const auto larger = holm(values);
  for (std::size_t i = 0; i < Models; ++i) results[i].*adjusted = larger[i];
}

}  // namespace detail

/// Compares each of the models with the baseline by a metric that is a mean over users, as compare(policy, baseline,
/// model, train, test, metric, options) does, and adjusts the p values for their number. The baseline is evaluated
/// once. The comparisons are in the order of the models. Throws as compare. Costs an evaluation of each model and of
/// the baseline, and O(models * flips * users); memory as compare; the same bits for any number of threads.
/// S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6(2), 1979.
template <class Policy, class Train, class Test, class Metric, class Baseline, class... Models>
std::array<adjusted_comparison, sizeof...(Models)> compare_all(const Policy& policy, const Train& train,
                                                               const Test& test, const Metric& metric,
                                                               const comparison_options& options,
                                                               const Baseline& baseline, const Models&... models) {
  static_assert(sizeof...(Models) > 0, "akin: compare_all needs a baseline and at least one model after it");
  const auto values_a = detail::values_to_compare(policy, baseline, train, test, metric, options, "compare_all");
  const auto against = [&](const auto& model) {
    const auto values_b = detail::values_to_compare(policy, model, train, test, metric, options, "compare_all");
    return adjusted_comparison{detail::compare_values(policy, values_a, values_b, options)};
  };
  std::array<adjusted_comparison, sizeof...(Models)> results{against(models)...};
  detail::adjust(results, &comparison::p_value, &adjusted_comparison::adjusted_p);
  detail::adjust(results, &comparison::wilcoxon_p, &adjusted_comparison::adjusted_wilcoxon_p);
  detail::adjust(results, &comparison::sign_flip_p, &adjusted_comparison::adjusted_sign_flip_p);
  return results;
}

/// The same with the default options.
template <class Policy, class Train, class Test, class Metric, class Baseline, class... Models>
requires(!std::is_same_v<Baseline, comparison_options>) auto compare_all(const Policy& policy, const Train& train,
                                                                         const Test& test, const Metric& metric,
                                                                         const Baseline& baseline,
                                                                         const Models&... models) {
  return compare_all(policy, train, test, metric, comparison_options{}, baseline, models...);
}

}  // namespace akin::inline AKIN_ABI
