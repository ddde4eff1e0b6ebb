/// @file
/// Engagement: clicks, conversions and revenue, with 95 % intervals.
///
/// Intervals are valid only if views are independent of each other: count people, not pages.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/kept.hpp>
#include <akin/metrics/detail/student_t.hpp>
#include <akin/metrics/statistics.hpp>

namespace akin::inline AKIN_ABI {

/// The views and clicks of a variant.
struct shown_variant {
  std::int64_t clicks = 0;  ///< or purchases, or anything that happens at most once a view
  std::int64_t views = 0;   ///< > 0
};

/// The visits of a variant, and its conversions.
struct visited_shop {
  std::int64_t conversions = 0;  ///< visits with a purchase, a registration, ...
  std::int64_t visits = 0;       ///< > 0: sessions, visitors or clicks, as conversions are counted in
};

/// The revenues of a variant.
struct sold_variant {
  /// One for each view with a revenue; below 0 for returns. Refers to an lvalue, and owns an rvalue.
  detail::kept<std::span<const double>> revenues;
  std::int64_t views = 0;  ///< the number of all views, at least as many; the others have revenue 0
};

/// A mean over views, or a share of them.
struct engagement_result {
  double value = 0;
  double standard_error = 0;  ///< 0 if all views were equal
  double low = 0;             ///< the 95 % interval
  double high = 0;
  std::int64_t count = 0;  ///< views
};

namespace detail {

/// 95 % of a normal distribution are within this many standard deviations of the mean.
inline constexpr double normal_975 = 1.959963984540054;

/// Wilson's interval of a share, each end as the root of the quadratic equation that does not cancel.
engagement_result share_with_interval(std::int64_t part, std::int64_t all);

/// A mean and the variance of that mean.
struct mean_of_views {
  double mean = 0;
  double variance = 0;
};

/// Two passes; views without a revenue are added in one step. Throws if a revenue is not finite or there are more
/// revenues than views.
mean_of_views mean_revenue(std::span<const double> revenues, std::int64_t views, std::string_view where);

}  // namespace detail

/// The share of views that were clicked, `click_through_rate({.clicks = 200, .views = 10000})`, with Wilson's score
/// interval: inside [0, 1], and of positive width even for 0 % or 100 % clicks. Throws std::invalid_argument without
/// views, or for fewer than 0 clicks or more than views. Source: E. B. Wilson, "Probable Inference, the Law of
/// Succession, and Statistical Inference", Journal of the American Statistical Association 22, 1927.
engagement_result click_through_rate(const shown_variant& shown);

/// The share of visits with a conversion, `conversion_rate({.conversions = 12, .visits = 200})`, with Wilson's
/// interval. Throws std::invalid_argument without visits, or for fewer than 0 conversions or more than visits.
engagement_result conversion_rate(const visited_shop& shop);

/// The mean revenue of a view: `revenues` are those of the views with any, all others count 0. The interval is mean +-
/// t standard errors with Student's t; revenues are skewed, so it needs a few hundred purchases, and rare large orders
/// may be missing from it. If all views have the same revenue, for example none, the interval is from -infinity to
/// infinity. Throws std::invalid_argument without views, for more revenues than views, and for NaN and infinite ones.
/// O(revenues).
engagement_result revenue_per_view(std::span<const double> revenues, std::int64_t views);

/// Compares the revenue per view of a and b by Welch's t test, `compare_revenue({.revenues = of_a, .views = 10000},
/// {.revenues = of_b, .views = 10000})`: the variances may differ. It is valid for one look at a number of views that
/// was fixed before, and the mean must be normal, which needs a few hundred purchases of each variant. If both
/// variances are 0, p is 1 and the interval is from -infinity to infinity. Throws as revenue_per_view, and for fewer
/// than two views. O(revenues). Source: B. L. Welch, "The Generalization of 'Student's' Problem when Several Different
/// Population Variances are Involved", Biometrika 34, 1947.
t_test_result compare_revenue(const sold_variant& a, const sold_variant& b);

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(metrics)
namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE engagement_result share_with_interval(std::int64_t part, std::int64_t all) {
  const auto n = static_cast<double>(all);
  const double share = static_cast<double>(part) / n, rest = static_cast<double>(all - part) / n;
  const double square = normal_975 * normal_975 / n;
  const double root = std::sqrt(square * (share * rest + square / 4));
  engagement_result result;
  result.value = share;
  result.standard_error = std::sqrt(share * rest / n);
  result.low = share * share / (share + square / 2 + root);
  result.high = part == all ? 1 : (share + square / 2 + root) / (1 + square);
  result.count = all;
  return result;
}

AKIN_INLINE mean_of_views mean_revenue(std::span<const double> revenues, std::int64_t views, std::string_view where) {
  require(views >= 1, where, "views must be positive", views);
  if (revenues.size() > static_cast<std::uint64_t>(views))
    fail<std::invalid_argument>(where, ": revenues must be at most one a view, of ", views, ", got ", revenues.size());
  double sum = 0;
  for (std::size_t i = 0; i < revenues.size(); ++i) {
    if (!std::isfinite(revenues[i]))
      fail<std::invalid_argument>(where, ": revenues must be finite, got ", revenues[i], " at ", i);
    sum += revenues[i];
  }
  const auto n = static_cast<double>(views);
  mean_of_views result{sum / n, 0};
  double squares = (n - static_cast<double>(revenues.size())) * result.mean * result.mean;
  for (const double revenue : revenues) squares += (revenue - result.mean) * (revenue - result.mean);
  if (!std::isfinite(squares))
    fail<std::invalid_argument>(where, ": the squares of the revenues must have a finite sum");
  if (views > 1) result.variance = squares / (n - 1) / n;
  return result;
}

}  // namespace detail

AKIN_INLINE engagement_result click_through_rate(const shown_variant& shown) {
  constexpr std::string_view where = "click_through_rate";
  detail::require(shown.views >= 1, where, "views must be positive", shown.views);
  if (shown.clicks < 0 || shown.clicks > shown.views)
    detail::fail<std::invalid_argument>(where, ": clicks must be from 0 to ", shown.views, ", as many as views, got ",
                                        shown.clicks);
  return detail::share_with_interval(shown.clicks, shown.views);
}

AKIN_INLINE engagement_result conversion_rate(const visited_shop& shop) {
  constexpr std::string_view where = "conversion_rate";
  detail::require(shop.visits >= 1, where, "visits must be positive", shop.visits);
  if (shop.conversions < 0 || shop.conversions > shop.visits)
    detail::fail<std::invalid_argument>(where, ": conversions must be from 0 to ", shop.visits,
                                        ", as many as visits, got ", shop.conversions);
  return detail::share_with_interval(shop.conversions, shop.visits);
}

AKIN_INLINE engagement_result revenue_per_view(std::span<const double> revenues, std::int64_t views) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto [mean, variance] = detail::mean_revenue(revenues, views, "revenue_per_view");
  if (!(variance > 0)) return {mean, 0, -infinity, infinity, views};
  const double error = std::sqrt(variance);
  const double width = detail::student_t_975(static_cast<double>(views - 1)) * error;
  return {mean, error, mean - width, mean + width, views};
}

AKIN_INLINE t_test_result compare_revenue(const sold_variant& a, const sold_variant& b) {
  constexpr std::string_view where = "compare_revenue";
  constexpr double infinity = std::numeric_limits<double>::infinity();
  detail::require(std::min(a.views, b.views) >= 2, where, "views must be at least two of each",
                  std::min(a.views, b.views));
  const auto of_a = detail::mean_revenue(a.revenues, a.views, where);
  const auto of_b = detail::mean_revenue(b.revenues, b.views, where);
  const double variance = of_a.variance + of_b.variance;
  t_test_result result;
  result.mean_difference = of_b.mean - of_a.mean;
  result.low = -infinity;
  result.high = infinity;
  if (!(variance > 0)) return result;
  const double share_a = of_a.variance / variance, share_b = of_b.variance / variance;
  const double freedom =
      1 / (share_a * share_a / static_cast<double>(a.views - 1) + share_b * share_b / static_cast<double>(b.views - 1));
  result.standard_error = std::sqrt(variance);
  const double width = detail::student_t_975(freedom) * result.standard_error;
  result.low = result.mean_difference - width;
  result.high = result.mean_difference + width;
  result.statistic = result.mean_difference / result.standard_error;
  result.p_value = detail::student_t_both_tails(result.statistic, freedom);
  return result;
}

}  // namespace akin::inline AKIN_ABI
#endif
