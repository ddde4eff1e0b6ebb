/// @file
/// The options and the result of an evaluation.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/metrics/metric_name.hpp>

namespace akin::inline AKIN_ABI {

struct evaluation_options {
  /// Items that a user already has are neither recommended nor relevant. False: they are both, as in shops with
  /// repeated purchases.
  bool exclude_seen = true;
  /// Above 0: the relevant items are ranked among that many random other candidates of the user, not among all. Such
  /// results are far larger than the true ones and may rank models differently: docs/evaluation.md.
  int sampled_negatives = 0;
  /// Above 0: that many resamples of the users give each mean a bootstrap interval.
  int bootstrap = 0;
  std::uint64_t seed = 0;  ///< of the sampled negatives and the bootstrap
};

/// One metric over the evaluated users.
struct metric_result {
  double mean = 0;            ///< or the value of a metric of all lists together; 0 if no user was evaluated
  double standard_error = 0;  ///< sample standard deviation / sqrt(count); 0 if the metric is not a mean, or count < 2
  std::int64_t count = 0;     ///< evaluated users
  double bootstrap_low = 0;   ///< the 95 % percentile interval of the mean over resampled users, with
  double bootstrap_high = 0;  ///< evaluation_options::bootstrap; 0 without, and for metrics of all lists together

  /// The normal 95 % interval of the mean; it needs some dozens of users. Zero width if the standard error is 0.
  [[nodiscard]] constexpr double low() const noexcept { return mean - 1.959963984540054 * standard_error; }
  [[nodiscard]] constexpr double high() const noexcept { return mean + 1.959963984540054 * standard_error; }
};

/// The results in the order of the metrics, for structured bindings, std::get and loops, and by the metrics' names.
template <std::size_t Metrics>
struct metric_results : std::array<metric_result, Metrics> {
  /// See metric_name: "ndcg@10"; empty for a metric without a name.
  std::array<std::string, Metrics> names = {};

  using std::array<metric_result, Metrics>::operator[];
  /// The result of the (first) metric of this name: result["ndcg@10"]. Throws std::invalid_argument with the names that
  /// there are.
  const metric_result& operator[](std::string_view name) const& { return (*this)[place_of(name)]; }
  metric_result operator[](std::string_view name) const&& { return (*this)[place_of(name)]; }

 private:
  std::size_t place_of(std::string_view name) const {
    const auto found = std::find(names.begin(), names.end(), name);
    if (!name.empty() && found != names.end()) return static_cast<std::size_t>(found - names.begin());
    std::string known;
    for (const std::string& each : names)
      if (!each.empty()) known += (known.empty() ? "" : ", ") + each;
    detail::fail<std::invalid_argument>("evaluation: there is no metric \"", name, "\", the metrics are ",
                                        known.empty() ? std::string("without names") : known);
  }
};

namespace detail {

/// The names of metrics, in their order.
template <class... Metrics>
std::array<std::string, sizeof...(Metrics)> names_of(const Metrics&... metrics) {
  const auto name_of = [](const auto& metric) {
    if constexpr (named_metric<std::remove_cvref_t<decltype(metric)>>)
      return metric_name(metric);
    else
      return std::string();
  };
  return {name_of(metrics)...};
}

}  // namespace detail

/// The results of an evaluation of lists, and the counts that all of them share.
template <std::size_t Metrics>
struct evaluation : metric_results<Metrics> {
  std::int64_t users = 0;                   ///< evaluated: with a relevant item
  std::int64_t users_without_relevant = 0;  ///< left out: no relevant item
  /// Evaluated users whom the model does not know: an empty list, which scores 0 and counts.
  std::int64_t unknown_users = 0;
  /// Relevant cells of test that are also in train: left out with exclude_seen, else counted as relevant.
  std::int64_t repeats = 0;
};

}  // namespace akin::inline AKIN_ABI

template <std::size_t Metrics>
struct std::tuple_size<akin::metric_results<Metrics>> : std::integral_constant<std::size_t, Metrics> {};

template <std::size_t Number, std::size_t Metrics>
struct std::tuple_element<Number, akin::metric_results<Metrics>> {
  using type = akin::metric_result;
};

template <std::size_t Metrics>
struct std::tuple_size<akin::evaluation<Metrics>> : std::integral_constant<std::size_t, Metrics> {};

template <std::size_t Number, std::size_t Metrics>
struct std::tuple_element<Number, akin::evaluation<Metrics>> {
  using type = akin::metric_result;
};
