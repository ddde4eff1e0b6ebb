/// @file
/// Scales of charts, with ticks at round numbers.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <akin/config.hpp>
#include <akin/finite.hpp>
#include <akin/text.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Whether a chart can show it: finite, and far enough from the limits of double for arithmetic.
inline bool is_drawable(double x) noexcept { return is_finite(x) && x < 1e300 && x > -1e300; }

struct tick {
  double value = 0;
  std::string label;
};

/// From low to high, both at ticks.
struct axis {
  double low = 0, high = 1;
  bool logarithmic = false;
  std::vector<tick> ticks;

  /// 0 at low, 1 at high.
  [[nodiscard]] double position(double x) const noexcept {
    const double share = logarithmic ? std::log(x / low) / std::log(high / low) : (x - low) / (high - low);
    return std::clamp(share, 0.0, 1.0);
  }
};

/// The smallest of 1, 2, 5 times a power of ten that is at least x > 0, up to a rounding error.
inline double round_number_above(double x) {
  const double power = std::pow(10.0, std::floor(std::log10(x)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (x <= factor * power * (1 + 1e-9)) return factor * power;
  return 10 * power;
}

/// The largest of them that is at most x.
inline double round_number_below(double x) {
  const double power = std::pow(10.0, std::floor(std::log10(x) + 1e-12));
  for (const double factor : {5.0, 2.0})
    if (x >= factor * power * (1 - 1e-9)) return factor * power;
  return power;
}

/// Covers [low, high], or a range around a single value, with about `steps` steps.
inline axis linear_axis(double low, double high, int steps) {
  const double size = std::max(std::abs(low), std::abs(high));
  if (!(high - low > 1e-9 * size) || high - low < 1e-300) {
    const double margin = size > 1e-290 ? size / 2 : 0.5;
    low -= margin;
    high += margin;
  }
  const double step = round_number_above((high - low) / steps);
  const double first = std::floor(low / step + 1e-9), last = std::ceil(high / step - 1e-9);
  axis result{first * step, last * step, false, {}};
  const int digits = std::clamp(-static_cast<int>(std::floor(std::log10(step) + 1e-9)), 0, 15);
  const bool plain = step >= 1e-6 && size < 1e6;
  for (double i = first; i <= last; ++i)
    result.ticks.push_back({i * step, plain ? fixed_number(i * step, digits) : general_number(i * step, 6)});
  return result;
}

/// Covers [low, high], both above 0, by factors: ticks at 1, 2, 5 times powers of ten, or only at powers.
inline axis logarithmic_axis(double low, double high) {
  axis result{round_number_below(low), round_number_above(high), true, {}};
  const double decades = std::log10(result.high / result.low);
  if (decades <= 2) {
    if (decades < 0.9) {
      result.low = round_number_below(result.low * 0.6);
      result.high = round_number_above(result.high * 1.7);
    }
    for (double x = result.low; x <= result.high * (1 + 1e-9); x = round_number_above(x * 1.1))
      result.ticks.push_back({x, general_number(x, 6)});
    return result;
  }
  const int first = static_cast<int>(std::floor(std::log10(low) + 1e-9));
  const int last = static_cast<int>(std::ceil(std::log10(high) - 1e-9));
  const int stride = (last - first + 5) / 6;
  for (int power = first; power < last + stride; power += stride)
    result.ticks.push_back({std::pow(10.0, power), general_number(std::pow(10.0, power), 6)});
  result.low = result.ticks.front().value;
  result.high = result.ticks.back().value;
  return result;
}

}  // namespace akin::inline AKIN_ABI::detail
