/// @file
/// Compares two models on the same users.
#pragma once

#include <cstdint>
#include <numeric>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/evaluation/per_user.hpp>
#include <akin/metrics/statistics.hpp>
#include <akin/parallel.hpp>

namespace akin::inline AKIN_ABI {

struct comparison_options {
  evaluation_options evaluation = {};  ///< of both models; its bootstrap is ignored
  int flips = 10000;                   ///< of the sign-flip test
  std::uint64_t seed = 0;              ///< of the sign-flip test
};

/// Two models, a and b, by one metric over the same users.
struct comparison {
  double mean_a = 0;
  double mean_b = 0;
  double mean_difference = 0;  ///< of b - a: above 0 if b is better and more is better
  double standard_error = 0;   ///< of the mean difference; below those of the means if the models agree on users
  double low = 0;              ///< the 95 % interval of the mean difference by Student's t
  double high = 0;
  double p_value = 1;      ///< of the paired t test; all p values are two-sided
  double wilcoxon_p = 1;   ///< of Wilcoxon's signed-rank test
  double sign_flip_p = 1;  ///< of the sign-flip test
  std::int64_t users = 0;
};

namespace detail {

/// The metric of each evaluated user.
template <class Model, class Train, class Test, class Metric>
std::vector<double> values_to_compare(const host_policy& policy, const Model& model, const Train& train,
                                      const Test& test, const Metric& metric, const comparison_options& options,
                                      std::string_view where) {
  require(options.flips >= 1, where, "flips must be positive", options.flips);
  const auto rows = per_user(policy, model, train, test, options.evaluation, metric);
  require(rows.users.size() >= 2, where, "at least two users must have relevant items", rows.users.size());
  std::vector<double> values;
  values.reserve(rows.values.size());
  for (const auto& row : rows.values) values.push_back(row[0]);
  return values;
}

/// Two models whose values belong to the same users.
inline comparison compare_values(const host_policy& policy, const std::vector<double>& values_a,
                                 const std::vector<double>& values_b, const comparison_options& options) {
  comparison result;
  result.users = std::ssize(values_a);
  result.mean_a = std::accumulate(values_a.begin(), values_a.end(), 0.0) / static_cast<double>(result.users);
  result.mean_b = std::accumulate(values_b.begin(), values_b.end(), 0.0) / static_cast<double>(result.users);
  const auto student = paired_t_test(values_a, values_b);
  result.mean_difference = student.mean_difference;
  result.standard_error = student.standard_error;
  result.low = student.low;
  result.high = student.high;
  result.p_value = student.p_value;
  result.wilcoxon_p = wilcoxon_signed_rank(values_a, values_b).p_value;
  result.sign_flip_p =
      sign_flip_test(policy, values_a, values_b, {.flips = options.flips, .seed = options.seed}).p_value;
  return result;
}

}  // namespace detail

/// Evaluates a and b by a metric that is a mean over users, and tests whether b - a could be chance: paired_t_test,
/// wilcoxon_signed_rank and sign_flip_test of akin/metrics/statistics.hpp. Several models are compared with one by
/// compare_all. Throws as per_user, and std::invalid_argument if fewer than two users can be evaluated or flips < 1.
/// Costs two evaluations and O(flips * users); memory as per_user; the same bits for any number of threads.
template <class Policy, class A, class B, class Train, class Test, class Metric>
comparison compare(const Policy& policy, const A& a, const B& b, const Train& train, const Test& test,
                   const Metric& metric, const comparison_options& options = {}) {
  const auto values_a = detail::values_to_compare(policy, a, train, test, metric, options, "compare");
  const auto values_b = detail::values_to_compare(policy, b, train, test, metric, options, "compare");
  return detail::compare_values(policy, values_a, values_b, options);
}

}  // namespace akin::inline AKIN_ABI
