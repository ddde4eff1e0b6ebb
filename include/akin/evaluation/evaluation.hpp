/// @file
/// How an evaluation is done, and what comes out of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>

#include <akin/config.hpp>

namespace akin::inline AKIN_ABI {

struct evaluation_options {
  /// What a user already had is neither recommended nor expected. False: it may be recommended and is expected, as in
  /// shops where people buy the same again.
  bool exclude_seen = true;
};

/// One metric over the evaluated users.
struct metric_result {
  double mean = 0;            ///< or the value of a metric of all lists together; 0 where no user was evaluated
  double standard_error = 0;  ///< sample standard deviation / sqrt(count); 0 where the metric is no mean, or count < 2
  std::int64_t count = 0;     ///< evaluated users
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
