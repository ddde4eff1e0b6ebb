/// @file
/// Accuracy of predicted ratings: each metric is a function of one rating's prediction, whose mean it may transform.
#pragma once

#include <cmath>
#include <concepts>

#include <akin/config.hpp>

namespace akin::inline AKIN_ABI::metrics {

/// A metric of predicted ratings: a loss for each rating, of which the mean is taken. One that reports another number
/// than the mean has `value`, from the mean to that number, and `slope`, its derivative, for the standard error.
template <class Metric>
concept rating_metric = requires(const Metric& metric, double rating) {
  { metric(rating, rating) } -> std::convertible_to<double>;
};

/// The root of the mean squared error, in the unit of the ratings.
struct rmse {
  double operator()(double predicted, double actual) const noexcept {
    return (predicted - actual) * (predicted - actual);
  }
  static double value(double mean) noexcept { return std::sqrt(mean); }
  static double slope(double mean) noexcept { return mean > 0 ? 0.5 / std::sqrt(mean) : 0; }
};

/// The mean absolute error, in the unit of the ratings.
struct mae {
  double operator()(double predicted, double actual) const noexcept { return std::abs(predicted - actual); }
};

}  // namespace akin::inline AKIN_ABI::metrics
