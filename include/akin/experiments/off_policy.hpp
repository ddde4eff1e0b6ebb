/// @file
/// Off-policy evaluation: the value of a new policy from the log of another one.
///
/// A policy chooses the items that are shown: a model and its rules. The logged policy must have chosen at random with
/// recorded probabilities, since items that were never shown have no rewards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include <akin/config.hpp>
#include <akin/kept.hpp>
#include <akin/metrics/engagement.hpp>

namespace akin::inline AKIN_ABI {

/// The logged rounds, one number a round; a round is one choice of one item. A field refers to an lvalue, which must
/// live as long as it is used, and owns an rvalue.
struct logged_rounds {
  detail::kept<std::span<const double>> rewards;  ///< the reward of the shown item: 1 for a click, a revenue, ...
  detail::kept<std::span<const double>>
      logging;  ///< in (0, 1]: the probability with which the logged policy chose the item
  detail::kept<std::span<const double>>
      target;  ///< in [0, 1]: the probability with which the new policy would have chosen it
  /// A model's prediction of the reward of the shown item, and the mean of its predictions over all items, weighted by
  /// the new policy's probabilities. Both or none; the model must not have learnt from these rewards.
  detail::kept<std::span<const double>> predicted = {};
  detail::kept<std::span<const double>> expected = {};
};

struct off_policy_options {
  double clip = std::numeric_limits<double>::infinity();  ///< > 0: weights above it count as this
};

struct off_policy_result {
  engagement_result ips;                           ///< inverse propensity scoring: the mean of weight * reward
  engagement_result snips;                         ///< self-normalised: sum of weight * reward / sum of weights
  std::optional<engagement_result> doubly_robust;  ///< if a model's predictions are given
  /// The mean of the weights before clipping. Its interval contains 1 if the logged probabilities are right and
  /// positive for all items that the new policy shows; it is below 1 if some of these could not be logged.
  engagement_result weight;
  double largest_weight = 0;    ///< before it is clipped
  double effective_rounds = 0;  ///< (sum of weights)^2 / sum of squared weights: the effective number of rounds
  std::int64_t clipped = 0;     ///< rounds whose weight was clipped
};

/// The mean reward that a new policy would have had in the rounds that another one logged, with 95 % intervals by
/// Student's t: `off_policy({.rewards = clicks, .logging = propensities, .target = chances})`. A round's weight is
/// w = target / logging.
///
/// - ips, mean of w r: unbiased if the logged probabilities are right and above 0 for all items that the new policy
///   shows; a few large weights make it vary (D. G. Horvitz, D. J. Thompson, "A Generalization of Sampling Without
///   Replacement from a Finite Universe", JASA 47, 1952).
/// - snips, sum of w r / sum of w: varies less, biased by the order of 1 / rounds, and inside the range of the rewards;
///   a constant added to all rewards is added to it. Its standard error is by the delta method (A. Swaminathan, T.
///   Joachims, "The Self-Normalized Estimator for Counterfactual Learning", NeurIPS 2015).
/// - doubly_robust, mean of expected + w (r - predicted): unbiased if either the probabilities or the model are right,
///   and varies less than ips with a good model (M. Dudik, J. Langford, L. Li, "Doubly Robust Policy Evaluation and
///   Learning", ICML 2011).
///
/// options.clip bounds the weights in all three: smaller errors for a bias, towards 0 in ips for rewards above 0 (E. L.
/// Ionides, "Truncated Importance Sampling", Journal of Computational and Graphical Statistics 17, 2008). The intervals
/// ignore this bias and rewards that are not in the log; they are not reliable with few effective_rounds. Rounds must
/// be independent, so no person should have many of them.
///
/// Throws std::invalid_argument for no round, spans of different lengths, numbers out of range or not finite, and if
/// the new policy would have shown none of the logged items; numeric_error if a square or a sum overflows. O(rounds),
/// no memory.
off_policy_result off_policy(const logged_rounds& log, const off_policy_options& options = {});

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(experiments)
#include <algorithm>
#include <cmath>

#include <akin/error.hpp>
#include <akin/evaluation/moments.hpp>
#include <akin/metrics/statistics.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// Throws unless there is one number for each of `rounds` rounds, and all satisfy `rule`.
template <class Predicate>
void check_rounds(std::span<const double> values, std::size_t rounds, std::string_view name, std::string_view rule,
                  const Predicate& is_valid) {
  if (values.size() != rounds)
    fail<std::invalid_argument>("off_policy: ", name, " must have one number for each of the ", rounds,
                                " rewards, got ", values.size());
  const auto bad = std::find_if_not(values.begin(), values.end(), is_valid);
  if (bad != values.end())
    fail<std::invalid_argument>("off_policy: ", name, " must be ", rule, ", got ", *bad, " in round ",
                                bad - values.begin());
}

inline void check_log(const logged_rounds& log) {
  const std::size_t rounds = log.rewards.size();
  require(rounds > 0, "off_policy", "rewards must have a round", rounds);
  const auto is_real = [](double x) { return std::isfinite(x); };
  check_rounds(log.rewards, rounds, "rewards", "finite", is_real);
  check_rounds(log.logging, rounds, "logging", "chances above 0 and at most 1",
               [](double x) { return x > 0 && x <= 1; });
  check_rounds(log.target, rounds, "target", "chances from 0 to 1", [](double x) { return x >= 0 && x <= 1; });
  if (log.predicted.empty() && log.expected.empty()) return;
  check_rounds(log.predicted, rounds, "predicted", "finite", is_real);
  check_rounds(log.expected, rounds, "expected", "finite", is_real);
}

/// Student's t interval; from -infinity to infinity if the values have no variance.
inline engagement_result mean_with_interval(const metric_result& mean) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (!(mean.standard_error > 0)) return {mean.mean, mean.standard_error, -infinity, infinity, mean.count};
  const double width = student_t_975(static_cast<double>(mean.count - 1)) * mean.standard_error;
  return {mean.mean, mean.standard_error, mean.mean - width, mean.mean + width, mean.count};
}

/// The weights of the rounds from their probabilities.
struct importance_weights {
  std::span<const double> logging, target;
  double clip;

  [[nodiscard]] double unclipped(std::size_t round) const noexcept { return target[round] / logging[round]; }
  [[nodiscard]] double operator()(std::size_t round) const noexcept { return std::min(unclipped(round), clip); }
};

/// The standard error of sum(w r) / sum(w) by the delta method: sqrt(n / (n - 1) sum(w^2 (r - value)^2)) / sum(w),
/// which is that of a mean if all weights are equal.
inline double ratio_standard_error(std::span<const double> rewards, const importance_weights& weights, double value,
                                   double sum_of_weights) {
  double squares = 0;
  for (std::size_t round = 0; round < rewards.size(); ++round) {
    const double apart = weights(round) * (rewards[round] - value);
    squares += apart * apart;
  }
  const auto n = static_cast<double>(rewards.size());
  return n < 2 ? 0 : std::sqrt(n / (n - 1) * squares) / sum_of_weights;
}

}  // namespace detail

AKIN_INLINE off_policy_result off_policy(const logged_rounds& log, const off_policy_options& options) {
  detail::require(options.clip > 0, "off_policy", "clip must be positive", options.clip);
  detail::check_log(log);
  const bool has_model = !log.predicted.empty();
  const detail::importance_weights weights{log.logging, log.target, options.clip};
  off_policy_result result;
  detail::moments weight_moments, ips, robust;
  double sum = 0, squares = 0, gained = 0;
  for (std::size_t round = 0; round < log.rewards.size(); ++round) {
    const double unclipped = weights.unclipped(round), weight = weights(round), reward = log.rewards[round];
    weight_moments.add(unclipped);
    result.largest_weight = std::max(result.largest_weight, unclipped);
    result.clipped += unclipped > weight ? 1 : 0;
    sum += weight;
    squares += weight * weight;
    gained += weight * reward;
    ips.add(weight * reward);
    if (has_model) robust.add(log.expected[round] + weight * (reward - log.predicted[round]));
  }
  detail::require(sum > 0, "off_policy", "target must be above 0 in a round: the new policy shows nothing of the log");
  const std::int64_t rounds = std::ssize(log.rewards);
  const double value = gained / sum;
  result.ips = detail::mean_with_interval(ips.result());
  result.snips =
      detail::mean_with_interval({value, detail::ratio_standard_error(log.rewards, weights, value, sum), rounds});
  if (has_model) result.doubly_robust = detail::mean_with_interval(robust.result());
  result.weight = detail::mean_with_interval(weight_moments.result());
  result.effective_rounds = sum * (sum / squares);
  const auto is_sane = [](const engagement_result& x) { return std::isfinite(x.value + x.standard_error); };
  if (!is_sane(result.ips) || !is_sane(result.snips) || !(squares > 0) || !std::isfinite(result.effective_rounds) ||
      (has_model && !is_sane(*result.doubly_robust)))
    detail::fail<numeric_error>(
        "off_policy: weights and rewards must have squares and sums that are numbers, the largest weight is ",
        result.largest_weight);
  return result;
}

}  // namespace akin::inline AKIN_ABI
#endif
