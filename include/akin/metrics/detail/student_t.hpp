/// @file
/// The tails of Student's t distribution.
#pragma once

#include <cmath>

#include <akin/config.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The continued fraction of the incomplete beta function by Lentz's method: NIST Digital Library of Mathematical
/// Functions, 8.17.22. O(sqrt(max(a, b))) steps for x < (a + 1) / (a + b + 2).
inline double beta_fraction(double a, double b, double x) {
  double upper = 1, lower = 1 / (1 - (a + b) * x / (a + 1)), value = lower;
  for (double m = 1; m < 100000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    lower = 1 / (1 + even * lower);
    upper = 1 + even / upper;
    value *= lower * upper;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    lower = 1 / (1 + odd * lower);
    upper = 1 + odd / upper;
    value *= lower * upper;
    if (std::abs(lower * upper - 1) < 1e-15) break;
  }
  return value;
}

/// The chance that Student's t with so many degrees of freedom is at least |t| from 0, on either side.
inline double student_t_both_tails(double t, double freedom) {
  const double a = freedom / 2, b = 0.5, square = t * t;
  if (square == 0) return 1;
  const double x = freedom / (freedom + square), rest = square / (freedom + square);
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) -
                                a * std::log1p(square / freedom) + b * std::log(rest));
  return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a : 1 - front * beta_fraction(b, a, rest) / b;
}

}  // namespace akin::inline AKIN_ABI::detail
