/// @file
/// A sequential A/B test, which stays valid for any number of looks.
#pragma once

#include <cstdint>
#include <string_view>

#include <akin/config.hpp>
#include <akin/experiments/ab_test.hpp>
#include <akin/metrics/engagement.hpp>

namespace akin::inline AKIN_ABI {

struct sequential_ab_options {
  /// > 0, required: the order of the difference of the rates, such as 0.002 for 2 % against 2.2 %. It affects how soon
  /// a difference is found, not the validity of the result; choose it before the first look.
  double typical_difference = 0;
  double significance = 0.05;  ///< in (0, 1): of the interval
};

struct sequential_ab_result {
  double rate_a = 0;
  double rate_b = 0;
  double difference = 0;  ///< rate_b - rate_a
  double low = -1;        ///< over all looks, all intervals contain the true difference with probability
  double high = 1;        ///< 1 - significance; one excludes 0 exactly if p_value < significance
  double p_value = 1;     ///< for equal variants it ever falls below x, at any look, with probability at most x
};

/// Is b better than a? Valid for any number of looks at any time, unlike ab_test: stop at the first p_value below 0.05,
/// or as soon as the interval is narrow enough. Both variants are given with all of their data so far:
/// `sequential_ab_test({.clicks = 200, .views = 10000}, {.clicks = 260, .views = 10000}, {.typical_difference =
/// 0.005})`. The cost: if typical_difference is near the true one, 1.2 to 1.5 times the views of required_sample_size
/// on average.
///
/// The mixture sequential probability ratio test: the likelihood of the difference d, whose estimate has the variance
/// V = sum of rate (1 - rate) / views, is averaged over d ~ N(0, t^2), t = typical_difference, and divided by that of
/// no difference: p = sqrt((V + t^2) / V) exp(-t^2 d^2 / (2 V (V + t^2))), at most 1. The normal approximation needs
/// ten clicks of each variant, and ten views without one; before that p is 1 and the interval is from -1 to 1. Views
/// must be independent; if the rates change with time, the variants must keep their shares of the views. Throws
/// std::invalid_argument as ab_test and for options out of range. Source: R. Johari, P. Koomen, L. Pekelis, D. Walsh,
/// "Always Valid Inference: Continuous Monitoring of A/B Tests", Operations Research 70(3), 2022.
sequential_ab_result sequential_ab_test(const shown_variant& a, const shown_variant& b,
                                        const sequential_ab_options& options);

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(experiments)
#include <algorithm>
#include <cmath>

#include <akin/error.hpp>

namespace akin::inline AKIN_ABI {

AKIN_INLINE sequential_ab_result sequential_ab_test(const shown_variant& a, const shown_variant& b,
                                                    const sequential_ab_options& options) {
  constexpr std::string_view where = "sequential_ab_test";
  constexpr std::int64_t min_events = 10;
  const double spread = options.typical_difference * options.typical_difference;
  detail::require(options.typical_difference > 0 && options.typical_difference <= 1, where,
                  "typical_difference must be above 0 and at most 1", options.typical_difference);
  detail::require(options.significance > 0 && options.significance < 1, where, "significance must be in (0, 1)",
                  options.significance);
  detail::check_variant(a, "a", where);
  detail::check_variant(b, "b", where);
  const auto variance_of = [](const shown_variant& x, double rate) {
    return rate * (1 - rate) / static_cast<double>(x.views);
  };
  sequential_ab_result result;
  result.rate_a = static_cast<double>(a.clicks) / static_cast<double>(a.views);
  result.rate_b = static_cast<double>(b.clicks) / static_cast<double>(b.views);
  result.difference = result.rate_b - result.rate_a;
  if (std::min({a.clicks, b.clicks, a.views - a.clicks, b.views - b.clicks}) < min_events) return result;
  const double variance = variance_of(a, result.rate_a) + variance_of(b, result.rate_b);
  const double log_ratio = std::log1p(spread / variance), both = variance * (1 + variance / spread);
  const double width = std::sqrt(both * (log_ratio - 2 * std::log(options.significance)));
  result.low = std::max(-1.0, result.difference - width);
  result.high = std::min(1.0, result.difference + width);
  result.p_value = std::min(1.0, std::exp((log_ratio - result.difference * result.difference / both) / 2));
  return result;
}

}  // namespace akin::inline AKIN_ABI
#endif
