/// @file
/// Parameters by name: the options of a model, and the parameters of a trial.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/language.hpp>
#include <akin/model/fields.hpp>
#include <akin/text.hpp>

namespace akin::inline AKIN_ABI {

/// The types of a parameter: a number, an enumerator (stored as its number), true or false, a text.
template <class T>
concept parameter_type = std::is_arithmetic_v<T> || std::is_enum_v<T> || std::convertible_to<T, std::string_view>;

/// The value of a parameter: of a model's options, or of a trial.
class parameter_value {
 public:
  template <parameter_type T>
  explicit parameter_value(const T& value) : value_(kept(value)) {}

  /// Its text: the fewest digits that read back as the same number, true or false, the text itself.
  [[nodiscard]] std::string text() const;
  /// The number, 0 or 1 for false and true. Throws std::invalid_argument for a text.
  [[nodiscard]] double number() const;
  friend bool operator==(const parameter_value&, const parameter_value&) = default;

 private:
  using kinds = std::variant<bool, std::int64_t, double, std::string>;

  template <class T>
  static kinds kept(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      return value;
    } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
      return static_cast<std::int64_t>(value);
    } else if constexpr (std::is_floating_point_v<T>) {
      return static_cast<double>(value);
    } else {
      return std::string(std::string_view(value));
    }
  }

  kinds value_;
};

/// Parameters by name.
using parameter_map = std::map<std::string, parameter_value, std::less<>>;

/// The options by name, as fields() lists them; without the optional ones that are empty.
template <class Options>
parameter_map parameters_of(const Options& options) {
  parameter_map parameters;
  fields(options, [&](std::string_view name, const auto& field, const auto&...) {
    if constexpr (!detail::is_optional<std::remove_cvref_t<decltype(field)>>)
      parameters.emplace(name, field);
    else if (field)
      parameters.emplace(name, *field);
  });
  return parameters;
}

/// Whether all options are the same.
template <class Options>
bool same_options(const Options& a, const Options& b) {
  return parameters_of(a) == parameters_of(b);
}

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(model)

namespace akin::inline AKIN_ABI {

AKIN_INLINE std::string parameter_value::text() const {
  if (const auto* truth = std::get_if<bool>(&value_)) return *truth ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&value_)) return std::to_string(*whole);
  if (const auto* real = std::get_if<double>(&value_)) return detail::shortest_number(*real);
  return std::get<std::string>(value_);
}

AKIN_INLINE double parameter_value::number() const {
  if (const auto* truth = std::get_if<bool>(&value_)) return *truth ? 1 : 0;
  if (const auto* whole = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value_)) return *real;
  detail::fail<std::invalid_argument>("parameter_value::number: the value must be a number, got \"",
                                      std::get<std::string>(value_), "\"");
}

}  // namespace akin::inline AKIN_ABI
#endif
