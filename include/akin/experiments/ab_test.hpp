/// @file
/// A/B test: which of two randomly assigned variants has the higher click-through rate.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include <akin/config.hpp>
#include <akin/metrics/engagement.hpp>

namespace akin::inline AKIN_ABI {

struct ab_result {
  double rate_a = 0;
  double rate_b = 0;
  double lift = 0;  ///< rate_b / rate_a - 1; infinite if only b was clicked, 0 if neither was
  /// The 95 % interval of the lift: the lifts that the score test of the ratio of two proportions does not reject (P.
  /// A. R. Koopman, "Confidence Intervals for the Ratio of Two Binomial Proportions", Biometrics 40, 1984). It excludes
  /// 0 exactly if p_value < 0.05, and is defined if a variant was always or never clicked: its upper end is infinite if
  /// a was never clicked, its lower end -1 if b was not.
  double lift_low = -1;
  double lift_high = std::numeric_limits<double>::infinity();
  double z = 0;        ///< of the pooled test of two proportions
  double p_value = 1;  ///< two-sided: the probability of at least this difference between equal variants
};

struct sample_size_options {
  double base_rate = 0.05;     ///< in (0, 1), the current rate of clicks per view
  double smallest_lift = 0.1;  ///< > -1 and not 0, relative: the smallest lift to detect; base_rate (1 + lift) < 1
  double significance = 0.05;  ///< in (0, 1): the probability of a false alarm between equal variants
  double power = 0.8;          ///< in (significance / 2, 1): the probability of detecting this lift
};

namespace detail {

/// x with P(N(0, 1) <= x) = p, for p in (0, 1), to a relative error of a few roundings: Newton's method on erfc from
/// the side where it converges monotonically.
double normal_quantile(double p);

/// Whether the score test rejects the ratio e^log_ratio of the rates of b and a. The variance is that of the most
/// likely rates with this ratio, the smaller root of a quadratic equation, written so that it does not cancel.
bool ratio_is_rejected(const shown_variant& a, const shown_variant& b, double log_ratio);

/// The logarithm of the least ratio of the rates of b and a that is not rejected, by halving; b was clicked.
double least_log_ratio(const shown_variant& a, const shown_variant& b);

void check_variant(const shown_variant& variant, std::string_view name, std::string_view where);

}  // namespace detail

/// Is b better than a? `ab_test({.clicks = 200, .views = 10000}, {.clicks = 260, .views = 10000})`.
///
/// The p-value holds for one look, at a number of views that was fixed before (required_sample_size). Daily looks that
/// stop at the first p below 0.05 find a winner among equal variants far more often than one time in twenty; use
/// sequential_ab_test for that. The normal approximation needs about ten clicks, and as many views without one, of each
/// variant. Throws std::invalid_argument without views, or for fewer than 0 clicks or more than views.
ab_result ab_test(const shown_variant& a, const shown_variant& b);

/// The number of views that each of two variants needs to find a lift of options.smallest_lift significant with
/// probability options.power: (z_{1 - significance / 2} sqrt(2 p (1 - p)) + z_power sqrt(p_a (1 - p_a) + p_b (1 -
/// p_b)))^2 / (p_b - p_a)^2 with p the mean of both rates, rounded up. Throws std::invalid_argument for options out of
/// range. Source: J. L. Fleiss, "Statistical Methods for Rates and Proportions", 1981, chapter 3, without the
/// correction for continuity.
std::int64_t required_sample_size(const sample_size_options& options);

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(experiments)
#include <algorithm>
#include <cmath>

#include <akin/error.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE double normal_quantile(double p) {
  if (p > 0.5) return -normal_quantile(1 - p);
  constexpr double root_of_half = 0.70710678118654752440, one_over_root_two_pi = 0.39894228040143267794;
  double x = -std::sqrt(-2 * std::log(2 * p));  // below the root, as P(N <= x) <= exp(-x^2 / 2) / 2 for x <= 0
  for (int step = 0; step < 100; ++step) {
    const double tail = 0.5 * std::erfc(-x * root_of_half);
    // Newton steps on ln P(N <= x), which is concave: each step stays below the root and approaches it.
    const double move = (std::log(p) - std::log(tail)) * tail / (one_over_root_two_pi * std::exp(-0.5 * x * x));
    x += move;
    if (std::abs(move) <= 1e-15 * (1 + std::abs(x))) break;
  }
  return x;
}

AKIN_INLINE bool ratio_is_rejected(const shown_variant& a, const shown_variant& b, double log_ratio) {
  const auto clicks_a = static_cast<double>(a.clicks), views_a = static_cast<double>(a.views);
  const auto clicks_b = static_cast<double>(b.clicks), views_b = static_cast<double>(b.views);
  const auto misses_a = static_cast<double>(a.views - a.clicks), misses_b = static_cast<double>(b.views - b.clicks);
  const double ratio = std::exp(log_ratio), excess = std::expm1(log_ratio);
  const double shift = (views_b + clicks_a) * excess, apart = shift + misses_b - misses_a;
  const double root = std::sqrt(apart * apart + 4 * ratio * misses_a * misses_b);
  const double sum = (views_b + clicks_a) * ratio + clicks_b + views_a, rest = misses_a + misses_b - shift;
  const double rate_b = 2 * ratio * (clicks_a + clicks_b) / (sum + root);
  const double miss_rate_b =
      rest >= 0 ? (rest + root) / (2 * (views_a + views_b)) : 2 * misses_b * excess / (root - rest);
  const double variance = rate_b * (miss_rate_b / views_b + std::max(0.0, excess + miss_rate_b) / views_a);
  const double difference = clicks_b / views_b - clicks_a / views_a - excess * (clicks_a / views_a);
  return difference * difference > normal_975 * normal_975 * variance;
}

AKIN_INLINE double least_log_ratio(const shown_variant& a, const shown_variant& b) {
  const auto log_rate = [](const shown_variant& x) {
    return std::log(static_cast<double>(x.clicks) / static_cast<double>(x.views));
  };
  double low = -100, high = a.clicks > 0 ? log_rate(b) - log_rate(a) : 100;
  for (int step = 0; step < 70; ++step) {
    const double middle = (low + high) / 2;
    (ratio_is_rejected(a, b, middle) ? low : high) = middle;
  }
  return high;
}

AKIN_INLINE void check_variant(const shown_variant& variant, std::string_view name, std::string_view where) {
  if (variant.views < 1) fail<std::invalid_argument>(where, ": ", name, " must have views, got ", variant.views);
  if (variant.clicks < 0 || variant.clicks > variant.views)
    fail<std::invalid_argument>(where, ": ", name, " must have from 0 to ", variant.views,
                                " clicks, as many as views, got ", variant.clicks);
}

}  // namespace detail

AKIN_INLINE ab_result ab_test(const shown_variant& a, const shown_variant& b) {
  detail::check_variant(a, "a", "ab_test");
  detail::check_variant(b, "b", "ab_test");
  const auto clicks_a = static_cast<double>(a.clicks), clicks_b = static_cast<double>(b.clicks);
  const auto views_a = static_cast<double>(a.views), views_b = static_cast<double>(b.views);
  ab_result result;
  result.rate_a = clicks_a / views_a;
  result.rate_b = clicks_b / views_b;
  if (a.clicks > 0) result.lift = result.rate_b / result.rate_a - 1;
  if (a.clicks == 0 && b.clicks > 0) result.lift = std::numeric_limits<double>::infinity();
  if (b.clicks > 0) result.lift_low = std::expm1(detail::least_log_ratio(a, b));
  if (a.clicks > 0) result.lift_high = std::expm1(-detail::least_log_ratio(b, a));
  const double pooled = (clicks_a + clicks_b) / (views_a + views_b);
  const double variance = pooled * (1 - pooled) * (1 / views_a + 1 / views_b);
  if (variance > 0) result.z = (result.rate_b - result.rate_a) / std::sqrt(variance);
  result.p_value = std::erfc(std::abs(result.z) / std::sqrt(2.0));
  return result;
}

AKIN_INLINE std::int64_t required_sample_size(const sample_size_options& options) {
  constexpr std::string_view where = "required_sample_size";
  const auto is_share = [](double x) { return x > 0 && x < 1; };
  detail::require(is_share(options.base_rate), where, "base_rate must be in (0, 1)", options.base_rate);
  const double rate = options.base_rate * (1 + options.smallest_lift);
  detail::require(options.smallest_lift != 0 && is_share(rate), where,
                  "smallest_lift must not be 0, and leave a rate in (0, 1)", options.smallest_lift);
  detail::require(is_share(options.significance), where, "significance must be in (0, 1)", options.significance);
  detail::require(is_share(options.power), where, "power must be in (0, 1)", options.power);
  detail::require(options.power > options.significance / 2, where,
                  "power must be above significance / 2, which any number of views has", options.power);
  const double mean = (options.base_rate + rate) / 2;
  const double apart = -detail::normal_quantile(options.significance / 2) * std::sqrt(2 * mean * (1 - mean)) +
                       detail::normal_quantile(options.power) *
                           std::sqrt(options.base_rate * (1 - options.base_rate) + rate * (1 - rate));
  const double views = std::ceil(apart * apart / ((rate - options.base_rate) * (rate - options.base_rate)));
  detail::require(views < 9e18, where, "the lift must be large enough to be found by any number of views",
                  options.smallest_lift);
  return static_cast<std::int64_t>(views);
}

}  // namespace akin::inline AKIN_ABI
#endif
