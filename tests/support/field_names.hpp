/// @file
/// The fields of options: how many an aggregate has, and what its list calls them.
#pragma once

#include <string_view>
#include <vector>

namespace akin_test {

/// Converts to anything: counts the fields of an aggregate.
struct any_field {
  template <class T>
  operator T() const;
};
template <class Aggregate, class... Fields>
constexpr int count_fields() {
  if constexpr (requires { Aggregate{Fields{}..., any_field{}}; })
    return count_fields<Aggregate, Fields..., any_field>();
  else
    return static_cast<int>(sizeof...(Fields));
}

/// The names in the list of the options, in its order.
template <class Options>
std::vector<std::string_view> field_names(const Options& options) {
  std::vector<std::string_view> names;
  fields(options, [&](std::string_view name, const auto&, const auto&...) { names.push_back(name); });
  return names;
}

}  // namespace akin_test
