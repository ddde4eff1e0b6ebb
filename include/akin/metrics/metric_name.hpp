/// @file
/// The name of a metric.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI {

/// A metric with a static `name`.
template <class Metric>
concept named_metric = requires(const Metric& metric) {
  std::string_view(metric.name);
};

/// The name of a metric with its k: "ndcg@20". Any type with a static `name`, whose part after the last "::" is used;
/// without a k (or with a k of 0) only the name.
template <class Metric>
std::string metric_name(const Metric& metric) {
  static_assert(named_metric<Metric>,
                "akin: a metric needs a name for a report: give it `static constexpr std::string_view name`, or add "
                "its result as {\"name\", result}");
  std::string name(std::string_view(metric.name));
  const std::size_t scope = name.rfind("::");
  if (scope != std::string::npos) name.erase(0, scope + 2);
  if constexpr (requires { static_cast<int>(metric.k); })
    if (metric.k > 0) name += detail::joined({"@", std::to_string(static_cast<int>(metric.k))});
  return name;
}

}  // namespace akin::inline AKIN_ABI
