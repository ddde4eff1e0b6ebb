/// @file
/// How an evaluation is done, and what comes out of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI {

struct evaluation_options {
  /// What a user already had is neither recommended nor expected. False: it may be recommended and is expected, as in
  /// shops where people buy the same again.
  bool exclude_seen = true;
  /// Above 0: the relevant items are ranked among that many random others of the user's candidates, not among all.
  /// Such numbers are far larger than true ones and may order models otherwise: docs/evaluation.md.
  int sampled_negatives = 0;
  /// Above 0: that many resamples of the users give each mean a bootstrap interval.
  int bootstrap = 0;
  std::uint64_t seed = 0;  ///< of the sampled negatives and the bootstrap
};

/// One metric over the evaluated users.
struct metric_result {
  double mean = 0;            ///< or the value of a metric of all lists together; 0 where no user was evaluated
  double standard_error = 0;  ///< sample standard deviation / sqrt(count); 0 where the metric is no mean, or count < 2
  std::int64_t count = 0;     ///< evaluated users
  double bootstrap_low = 0;   ///< the 95 % percentile interval of the mean over resampled users, with
  double bootstrap_high = 0;  ///< evaluation_options::bootstrap; 0 without, and for metrics of all lists together

  /// The normal 95 % interval of the mean; it needs some dozens of users. Of no width where there is no standard error.
  [[nodiscard]] constexpr double low() const noexcept { return mean - 1.959963984540054 * standard_error; }
  [[nodiscard]] constexpr double high() const noexcept { return mean + 1.959963984540054 * standard_error; }
};

/// The results in the order of the metrics, for structured bindings, std::get and loops; and the counts that all of
/// them share.
template <std::size_t Metrics>
struct evaluation : std::array<metric_result, Metrics> {
  std::int64_t users = 0;                   ///< evaluated: they had something to be found
  std::int64_t users_without_relevant = 0;  ///< left out: nothing to be found
  /// Of the evaluated, those of whom the model knows nothing: an empty list, which scores 0 and counts.
  std::int64_t unknown_users = 0;
  /// Relevant cells of test that train has too: left out with exclude_seen, else among what is expected.
  std::int64_t repeats = 0;
};

}  // namespace akin::inline AKIN_ABI

template <std::size_t Metrics>
struct std::tuple_size<akin::evaluation<Metrics>> : std::integral_constant<std::size_t, Metrics> {};

template <std::size_t Number, std::size_t Metrics>
struct std::tuple_element<Number, akin::evaluation<Metrics>> {
  using type = akin::metric_result;
};
