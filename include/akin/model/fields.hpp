/// @file
/// The list of a model's options: their names, and a rule for each. C++17-clean, no Eigen.
///
/// A function `fields` stands beside each aggregate of options, in its namespace, where a call of fields() finds it:
///
///     struct newest_options {
///       double boost = 1;
///       int width = 3;
///     };
///     template <class Options, class Visit>
///     akin::fields_of<newest_options, Options> fields(Options& options, const Visit& visit) {
///       visit("boost", options.boost, akin::positive);
///       visit("width", options.width, akin::at_least(1));
///     }
///
/// A field is a number, a bool, an enumeration or a std::optional of one; its rule may be left out. An optional field
/// may be automatic: empty, and chosen from the data of a fit (model/data_shape.hpp). From the list options are checked
/// (checked), saved and loaded (model/file.hpp), compared and printed (model/parameters.hpp).
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/error.hpp>

namespace akin {
inline namespace AKIN_ABI {

/// void if T is Options, const or not: the return type of fields(), so that it takes nothing that converts to Options.
template <class Options, class T>
using fields_of = std::enable_if_t<std::is_same_v<std::remove_const_t<T>, Options>>;

namespace detail {

/// Tests the bits, so that -ffast-math cannot remove the test.
inline bool is_finite_number(double x) noexcept {
  std::uint64_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return (bits & 0x7FF0000000000000u) != 0x7FF0000000000000u;
}

}  // namespace detail

// A rule is any object with `bool allows(x) const`, x a double or an enumerator, and `words() const`, which says what x
// must be.

/// A rule for numbers.
struct number_rule {
  bool (*test)(double);
  const char* text;

  bool allows(double x) const { return test(x); }
  constexpr const char* words() const { return text; }
};

inline constexpr number_rule positive{[](double x) { return x > 0; }, "must be positive"};
inline constexpr number_rule not_negative{[](double x) { return x >= 0; }, "must not be negative"};
inline constexpr number_rule finite_and_positive{[](double x) { return x > 0 && detail::is_finite_number(x); },
                                                 "must be finite and positive"};
inline constexpr number_rule positive_and_finite{finite_and_positive.test, "must be positive and finite"};
inline constexpr number_rule finite_and_not_negative{[](double x) { return x >= 0 && detail::is_finite_number(x); },
                                                     "must be finite and not negative"};
inline constexpr number_rule in_unit_interval{[](double x) { return x >= 0 && x <= 1; }, "must be in [0, 1]"};
inline constexpr number_rule inside_unit_interval{[](double x) { return x > 0 && x < 1; }, "must be between 0 and 1"};
inline constexpr number_rule above_zero_to_one{[](double x) { return x > 0 && x <= 1; },
                                               "must be above 0 and at most 1"};
inline constexpr number_rule zero_to_below_one{[](double x) { return x >= 0 && x < 1; },
                                               "must be at least 0 and below 1"};

/// The rule of numbers that are not below `least`.
class at_least {
 public:
  explicit constexpr at_least(double least) : least_(least) {}
  constexpr bool allows(double x) const { return x >= least_; }
  std::string words() const { return detail::sentence("must be at least ", least_); }

 private:
  double least_;
};

/// The rule of numbers from `low` to `high`, both among them.
class between {
 public:
  constexpr between(double low, double high) : low_(low), high_(high) {}
  constexpr bool allows(double x) const { return x >= low_ && x <= high_; }
  std::string words() const { return detail::sentence("must be between ", low_, " and ", high_); }

 private:
  double low_, high_;
};

/// The rule of enumerators that count from 0 to `last`.
template <class Enum>
class up_to {
 public:
  explicit constexpr up_to(Enum last, const char* words = "must be one of the enumerators")
      : last_(last), words_(words) {}
  constexpr bool allows(Enum x) const { return static_cast<long long>(x) >= 0 && x <= last_; }
  constexpr const char* words() const { return words_; }

 private:
  Enum last_;
  const char* words_;
};

namespace detail {

/// In the place of a rule: files hold the field as a T.
template <class T>
struct stored_as {
  using stored_type = T;
};

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// The value of a field of options after the automatic ones are chosen.
template <class T>
constexpr T option_value(const T& field) noexcept {
  return field;
}
template <class T>
constexpr T option_value(const std::optional<T>& field) noexcept {
  return *field;
}

template <class Field>
void check_field(std::string_view, std::string_view, const Field&) {}
template <class Field, class T>
void check_field(std::string_view, std::string_view, const Field&, const stored_as<T>&) {}

/// Throws unless the rule allows the field, or the field is an optional that is empty.
template <class Field, class Rule>
void check_field(std::string_view where, std::string_view name, const Field& field, const Rule& rule) {
  if constexpr (is_optional<Field>) {
    if (field) check_field(where, name, *field, rule);
  } else {
    using asked = std::conditional_t<std::is_enum_v<Field>, Field, double>;
    using shown = std::conditional_t<std::is_enum_v<Field>, int, Field>;
    if (!rule.allows(static_cast<asked>(field)))
      fail<std::invalid_argument>(where, ": ", name, " ", rule.words(), ", got ", static_cast<shown>(field));
  }
}

}  // namespace detail

/// The options; throws std::invalid_argument `where: name must …, got value` for the first field that its rule refuses.
template <class Options>
const Options& checked(const Options& options AKIN_LIFETIME_BOUND, std::string_view where) {
  fields(options, [&](std::string_view name, const auto& field, const auto&... rule) {
    detail::check_field(where, name, field, rule...);
  });
  return options;
}

}  // namespace AKIN_ABI
}  // namespace akin
