/// @file
/// A metric of lists whose type is chosen at run time.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/config.hpp>
#include <akin/language.hpp>
#include <akin/metrics/judged_list.hpp>

namespace akin::inline AKIN_ABI {

/// Any metric of one list whose result is a mean over users, such as metrics::ndcg{10}, behind one type.
class any_metric {
 public:
  template <metrics::user_metric<std::int32_t> Metric>
  requires(!std::same_as<Metric, any_metric>) any_metric(Metric metric)
      : k(static_cast<int>(metric.k)), name_(name_of(metric)) {
    value_ = [metric = std::move(metric)](const metrics::judged_list<std::int32_t>& list) {
      return detail::value_of(metric, list);
    };
  }

  /// The value of one user's list.
  double operator()(const metrics::judged_list<std::int32_t>& list) const { return value_(list); }
  /// "ndcg@10"; "metric@10" if the metric has no name.
  const std::string& name() const noexcept { return name_; }

  int k;  ///< the length of its list

 private:
  template <class Metric>
  static std::string name_of(const Metric& metric) {
    std::string_view name = "metric";
    if constexpr (requires { std::string_view(Metric::name); }) name = Metric::name;
    if (const auto scope = name.rfind("::"); scope != std::string_view::npos) name.remove_prefix(scope + 2);
    return std::string(name) + '@' + std::to_string(static_cast<int>(metric.k));
  }

  std::string name_;
  std::function<double(const metrics::judged_list<std::int32_t>&)> value_;
};

}  // namespace akin::inline AKIN_ABI
