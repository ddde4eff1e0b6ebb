/// @file
/// The tails of Student's t distribution.
#pragma once

#include <cmath>

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The continued fraction of the incomplete beta function by Lentz's method: NIST Digital Library of Mathematical
/// Functions, 8.17.22. O(sqrt(max(a, b))) steps for x < (a + 1) / (a + b + 2).
double beta_fraction(double a, double b, double x);

/// ln Gamma(a + 1/2) - ln Gamma(a) for a > 0, to a few roundings: the series of the ratio at large arguments, reached
/// by the recurrence Gamma(x + 1) = x Gamma(x). The difference of two std::lgamma would lose digits as a grows, and
/// std::lgamma writes a global.
double log_gamma_half_step(double a);

/// The two-sided tail probability of Student's t: that its magnitude is at least |t|.
double student_t_both_tails(double t, double freedom);

}  // namespace akin::inline AKIN_ABI::detail

#if AKIN_BODIES(metrics)
namespace akin::inline AKIN_ABI::detail {

AKIN_INLINE double beta_fraction(double a, double b, double x) {
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

AKIN_INLINE double log_gamma_half_step(double a) {
  double sum = 0;
  for (; a < 20; ++a) sum += std::log(a / (a + 0.5));
  const double r = 1 / a, square = r * r;
  const double series =
      -1.0 / 8 + square * (1.0 / 192 + square * (-1.0 / 640 + square * (17.0 / 14336 - square * 31.0 / 18432)));
  return sum + 0.5 * std::log(a) + r * series;
}

AKIN_INLINE double student_t_both_tails(double t, double freedom) {
  constexpr double pi = 3.14159265358979323846;
  const double a = freedom / 2, b = 0.5, square = t * t;
  if (square == 0) return 1;
  const double x = freedom / (freedom + square), rest = square / (freedom + square);
  const double front =
      std::exp(log_gamma_half_step(a) - 0.5 * std::log(pi) - a * std::log1p(square / freedom) + b * std::log(rest));
  return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a : 1 - front * beta_fraction(b, a, rest) / b;
}

}  // namespace akin::inline AKIN_ABI::detail
#endif
