/// @file
/// One point of a search space, whose parameters are requested by name.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/model/parameters.hpp>
#include <akin/random.hpp>
#include <akin/selection/detail/parameter_grid.hpp>

namespace akin::inline AKIN_ABI {

namespace detail {

/// Fowler, Noll and Vo's hash (FNV-1a, 64 bits), the same everywhere.
constexpr std::uint64_t hash_of_name(std::string_view name) noexcept {
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return hash;
}

inline std::string quoted(std::string_view name) { return joined({"\"", name, "\""}); }

class trial_access;

}  // namespace detail

/// Returns a value for each requested parameter. The requests define the search space: nothing is declared, and
/// requests may depend on the values of other parameters. Repeated requests for a parameter return the same value.
///
/// A value is a function of (seed, number of the trial, name of the parameter), independent of other parameters and of
/// the number of trials or threads. grid_search enumerates the values instead.
///
/// Throws std::invalid_argument for an empty name or range, and if a name is requested with two ranges.
class trial {
 public:
  explicit trial(std::uint64_t seed, int number = 0);

  /// A whole number of low, low + step, ... up to high; all are equally likely.
  int integer(std::string_view name, int low, int high, int step = 1);
  /// A whole number from low to high; its order of magnitude is uniform. low >= 1.
  int log_integer(std::string_view name, int low, int high);
  /// A number from low to high, uniform.
  double uniform(std::string_view name, double low, double high);
  /// A number from low to high whose logarithm is uniform, for parameters whose order of magnitude matters, such as a
  /// regularisation or a learning rate. low > 0.
  double log_uniform(std::string_view name, double low, double high);
  /// One of the values; all are equally likely.
  template <class T>
  T choice(std::string_view name, std::initializer_list<T> values) {
    return choose<T>(name, std::span<const T>(values.begin(), values.size()));
  }
  template <class T>
  T choice(std::string_view name, const std::vector<T>& values) {
    return choose<T>(name, values);
  }

  /// The parameters requested so far.
  [[nodiscard]] const parameter_map& parameters() const noexcept { return parameters_; }
  /// 0 for the first trial of a search.
  [[nodiscard]] int number() const noexcept { return number_; }

 private:
  friend class detail::trial_access;

  static std::uint64_t stream_of(int number);
  static double between(double low, double high, double part) noexcept { return low * (1 - part) + high * part; }

  template <class Value>
  [[noreturn]] static void refuse(std::string_view name, std::string_view rule, const Value& value) {
    detail::fail<detail::search_space_error>("trial: ", rule, " for ", detail::quoted(name), ", got ", value);
  }
  template <class Number>
  static void check_order(std::string_view name, Number low, Number high) {
    if constexpr (std::is_floating_point_v<Number>) {
      if (!detail::is_finite_number(low)) refuse(name, "low must be finite", low);
      if (!detail::is_finite_number(high)) refuse(name, "high must be finite", high);
    }
    if (low > high)
      detail::fail<detail::search_space_error>("trial: low must be at most high for ", detail::quoted(name), ", got ",
                                               low, " and ", high);
  }

  struct asked {
    std::string range;
    std::size_t position;  // among the values, if they can be enumerated
    double drawn;          // else
  };

  /// The parameter; null at its first request.
  const asked* find(std::string_view name, std::string_view range) const;
  std::size_t place(std::string_view name, const std::string& range, std::size_t count);
  template <class Inverse>
  double draw(std::string_view name, const std::string& range, const Inverse& inverse) {
    if (const asked* known = find(name, range)) return known->drawn;
    if (grid_ != nullptr)
      detail::fail<detail::search_space_error>(
          "grid_search: a parameter must have values to go through, as of choice "
          "and integer, got ",
          range, " for ", detail::quoted(name));
    const double drawn = inverse(random_.uniform(detail::hash_of_name(name)));
    asked_.emplace(name, asked{range, 0, drawn});
    return drawn;
  }
  /// The position of the value that the parameter has.
  std::size_t choose_among(std::string_view name, const std::vector<parameter_value>& values);
  template <class T>
  T choose(std::string_view name, std::span<const T> values) {
    static_assert(parameter_type<T>,
                  "akin: the values of trial::choice must be numbers, enumerators, true and false, or texts");
    return values[choose_among(name, std::vector<parameter_value>(values.begin(), values.end()))];
  }
  template <class T>
  T keep(std::string_view name, const T& value) {
    parameters_.emplace(name, parameter_value(value));
    return value;
  }

  random_stream random_;
  int number_ = 0;
  detail::parameter_grid* grid_ = nullptr;  // of grid_search, which outlives its trials
  std::map<std::string, asked, std::less<>> asked_;
  parameter_map parameters_;
};

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(selection)
namespace akin::inline AKIN_ABI {

AKIN_INLINE trial::trial(std::uint64_t seed, int number) : random_(seed, 0x747269616C000000u + stream_of(number)) {
  number_ = number;
}

AKIN_INLINE int trial::integer(std::string_view name, int low, int high, int step) {
  check_order(name, low, high);
  if (step < 1) refuse(name, "step must be positive", step);
  const auto count = static_cast<std::size_t>((std::int64_t{high} - low) / step) + 1;
  const std::size_t position =
      place(name, detail::sentence("integers from ", low, " to ", high, " in steps of ", step), count);
  return keep(name, static_cast<int>(low + static_cast<std::int64_t>(position) * step));
}

AKIN_INLINE int trial::log_integer(std::string_view name, int low, int high) {
  check_order(name, low, high);
  if (low < 1) refuse(name, "low must be positive", low);
  const double drawn = draw(name, detail::sentence("integers by magnitude from ", low, " to ", high), [&](double part) {
    return std::floor(std::exp(between(std::log(1.0 * low), std::log(high + 1.0), part)));
  });
  return keep(name, std::clamp(static_cast<int>(std::min(drawn, 1.0 * high)), low, high));
}

AKIN_INLINE double trial::uniform(std::string_view name, double low, double high) {
  check_order(name, low, high);
  const std::string range = detail::sentence("numbers from ", low, " to ", high);
  return keep(name, std::clamp(draw(name, range, [&](double part) { return between(low, high, part); }), low, high));
}

AKIN_INLINE double trial::log_uniform(std::string_view name, double low, double high) {
  check_order(name, low, high);
  if (!(low > 0)) refuse(name, "low must be positive", low);
  const double drawn = draw(name, detail::sentence("numbers by magnitude from ", low, " to ", high),
                            [&](double part) { return std::exp(between(std::log(low), std::log(high), part)); });
  return keep(name, std::clamp(drawn, low, high));
}

AKIN_INLINE std::uint64_t trial::stream_of(int number) {
  detail::require(number >= 0, "trial", "number must not be negative", number);
  return static_cast<std::uint64_t>(number);
}

AKIN_INLINE const trial::asked* trial::find(std::string_view name, std::string_view range) const {
  if (name.empty()) detail::fail<detail::search_space_error>("trial: the name of a parameter must not be empty");
  const auto found = asked_.find(name);
  if (found == asked_.end()) return nullptr;
  if (found->second.range != range)
    detail::fail<detail::search_space_error>("trial: a parameter must have one range, got ", found->second.range,
                                             " and ", range, " for ", detail::quoted(name));
  return &found->second;
}

AKIN_INLINE std::size_t trial::place(std::string_view name, const std::string& range, std::size_t count) {
  if (const asked* known = find(name, range)) return known->position;
  const std::size_t position =
      grid_ != nullptr ? grid_->position(name, range, count) : random_.below(detail::hash_of_name(name), count);
  asked_.emplace(name, asked{range, position, 0});
  return position;
}

AKIN_INLINE std::size_t trial::choose_among(std::string_view name, const std::vector<parameter_value>& values) {
  if (values.empty())
    detail::fail<detail::search_space_error>("trial: there must be values to choose from for ", detail::quoted(name));
  // With their number, since texts may contain blanks, and equal texts must mean equally long lists.
  std::string range = detail::sentence("one of ", values.size(), ":");
  for (const parameter_value& value : values) range += ' ' + value.text();
  const std::size_t position = place(name, range, values.size());
  parameters_.emplace(name, values[position]);
  return position;
}

}  // namespace akin::inline AKIN_ABI
#endif
