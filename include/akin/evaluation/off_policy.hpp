/// @file
/// What a new policy would have earned, from what another one showed.
///
/// A policy is whatever chooses what is shown: a model and its rules. It must have chosen at random, with chances that
/// were written down, since what was never shown says nothing of what it would have brought.
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

/// What was shown, one number a round; a round is one choice of one item. A field refers
/// to an lvalue, which must live as long as it is used, and owns an rvalue.
struct logged_rounds {
  detail::kept<std::span<const double>> rewards;  ///< what the shown item brought: 1 for a click, a revenue, ...
  detail::kept<std::span<const double>> logging;  ///< in (0, 1]: the chance with which the item was chosen to be shown
  detail::kept<std::span<const double>>
      target;  ///< in [0, 1]: the chance with which the new policy would have chosen it
  /// The reward of the shown item as a model predicts it, and the mean over all items of what it predicts, each with
  /// the chance that the new policy gives the item. Both or none; the model must not have learnt from these rewards.
  detail::kept<std::span<const double>> predicted = {};
  detail::kept<std::span<const double>> expected = {};
};

struct off_policy_options {
  double clip = std::numeric_limits<double>::infinity();  ///< > 0: weights above it count as this
};

struct off_policy_result {
  engagement_result ips;                           ///< inverse propensity scoring: the mean of weight * reward
  engagement_result snips;                         ///< self-normalised: sum of weight * reward / sum of weights
  std::optional<engagement_result> doubly_robust;  ///< where a model's predictions are given
  /// The mean of the weights before they are clipped. 1 is in its interval where the logged chances are right and
  /// whatever the new policy shows had a chance to be logged; below 1 it is where some of it had none.
  engagement_result weight;
  double largest_weight = 0;    ///< before it is clipped
  double effective_rounds = 0;  ///< (sum of weights)^2 / sum of squared weights: so many of the rounds count
  std::int64_t clipped = 0;     ///< rounds whose weight was clipped
};

/// The mean reward that a new policy would have had in the rounds that another one logged, with 95 % intervals by
/// Student's t: `off_policy({.rewards = clicks, .logging = propensities, .target = chances})`. A round's weight is
/// w = target / logging.
///
/// - ips, mean of w r: unbiased where the logged chances are right and above 0 for all that the new policy shows; a few
///   large weights make it vary (D. G. Horvitz, D. J. Thompson, "A Generalization of Sampling Without Replacement from
///   a Finite Universe", JASA 47, 1952).
/// - snips, sum of w r / sum of w: varies less, biased by the order of 1 / rounds, and inside the range of the rewards;
///   a constant added to all rewards is added to it. Its standard error is by the delta method (A. Swaminathan, T.
///   Joachims, "The Self-Normalized Estimator for Counterfactual Learning", NeurIPS 2015).
/// - doubly_robust, mean of expected + w (r - predicted): unbiased where either the chances are right or the model is,
///   and varies less than ips where the model is any good (M. Dudik, J. Langford, L. Li, "Doubly Robust Policy
///   Evaluation and Learning", ICML 2011).
///
/// options.clip bounds the weights in all three: smaller errors for a bias, towards 0 in ips for rewards above 0 (E. L.
/// Ionides, "Truncated Importance Sampling", Journal of Computational and Graphical Statistics 17, 2008). The intervals
/// do not know of this bias, nor of rewards that the log does not have; believe none with few effective_rounds. Rounds
/// must be independent, so a person's rounds should be few.
///
/// Throws std::invalid_argument for no round, spans of different lengths, what is out of range or not finite, and where
/// the new policy would have shown nothing of what was logged; numeric_error where a square or a sum leaves the range
/// of numbers. O(rounds), no memory.
off_policy_result off_policy(const logged_rounds& log, const off_policy_options& options = {});

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(evaluation)
#include <algorithm>
#include <cmath>

#include <akin/error.hpp>
#include <akin/evaluation/detail/moments.hpp>
#include <akin/metrics/statistics.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// Throws unless there is one number for each of `rounds` rounds, and all are as `rule` says.
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

/// Student's t interval; from -infinity to infinity where the values show no spread to make one of.
inline engagement_result mean_with_interval(const metric_result& mean) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (!(mean.standard_error > 0)) return {mean.mean, mean.standard_error, -infinity, infinity, mean.count};
  const double width = student_t_975(static_cast<double>(mean.count - 1)) * mean.standard_error;
  return {mean.mean, mean.standard_error, mean.mean - width, mean.mean + width, mean.count};
}

/// Of each round what is needed of its chances.
struct importance_weights {
  std::span<const double> logging, target;
  double clip;

  [[nodiscard]] double unclipped(std::size_t round) const noexcept { return target[round] / logging[round]; }
  [[nodiscard]] double operator()(std::size_t round) const noexcept { return std::min(unclipped(round), clip); }
};

/// The standard error of sum(w r) / sum(w) by the delta method: sqrt(n / (n - 1) sum(w^2 (r - value)^2)) / sum(w), the
/// one of a mean where all weights are alike.
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
