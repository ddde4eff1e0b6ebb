/// @file
/// Numbers from text and as text, whatever the locale.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The number that the whole text spells ("12", "-0.5", "+3", "1e-3", "nan"); false if it spells none, or one out of
/// Number's range. Numbers that are too small for a float are rounded.
template <class Number>
bool parse_number(std::string_view text, Number& number) noexcept;

/// Appends a number in the fewest digits that read back as the same number.
template <class Number>
void append_number(std::string& text, Number number);

}  // namespace detail
}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(data)
#include <charconv>
#include <system_error>
#include <type_traits>

#if !defined(__cpp_lib_to_chars)  // libc++ before version 20: std::from_chars reads integers only
#include <cerrno>
#include <cmath>
#include <concepts>
#include <cstdlib>
#include <locale.h>
#if defined(__APPLE__)
#include <xlocale.h>
#endif
#endif

namespace akin::inline AKIN_ABI {
namespace detail {

#if !defined(__cpp_lib_to_chars)
/// As std::from_chars.
template <std::floating_point Number>
std::from_chars_result real_from_chars(const char* begin, const char* end, Number& number) {
  const std::string text(begin, end);
  // strtod takes more than std::from_chars does: white space and a sign at the beginning, hexadecimal digits.
  if (text.empty() || text.find_first_of("xX \t\n\v\f\r") != std::string::npos || text[0] == '+')
    return {begin, std::errc::invalid_argument};
  static const locale_t plain = ::newlocale(LC_ALL_MASK, "C", nullptr);
  char* last = nullptr;
  Number value;
  errno = 0;
  if constexpr (std::is_same_v<Number, float>)
    value = ::strtof_l(text.c_str(), &last, plain);
  else if constexpr (std::is_same_v<Number, double>)
    value = ::strtod_l(text.c_str(), &last, plain);
  else
    value = ::strtold_l(text.c_str(), &last, plain);
  if (last == text.c_str()) return {begin, std::errc::invalid_argument};
  const char* const after = begin + (last - text.c_str());
  if (errno == ERANGE && (value == 0 || std::isinf(value))) return {after, std::errc::result_out_of_range};
  number = value;
  return {after, std::errc()};
}
#endif

template <class Number>
std::from_chars_result number_from_chars(const char* begin, const char* end, Number& number) noexcept {
#if !defined(__cpp_lib_to_chars)
  if constexpr (std::floating_point<Number>)
    return real_from_chars(begin, end, number);
  else
#endif
    return std::from_chars(begin, end, number);
}

template <class Number>
bool parse_number(std::string_view text, Number& number) noexcept {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const char* const end = text.data() + text.size();
  const auto result = number_from_chars(text.data(), end, number);
  if constexpr (std::is_same_v<Number, float>) {
    double wide = 0;
    if (result.ec == std::errc::result_out_of_range && parse_number(text, wide) && wide > -1 && wide < 1) {
      number = static_cast<float>(wide);
      return true;
    }
  }
  return result.ec == std::errc() && result.ptr == end;
}

template <class Number>
void append_number(std::string& text, Number number) {
  char digits[64];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  text.append(digits, end);
}

AKIN_COMPILE_ONCE(data, bool parse_number<std::int64_t>(std::string_view, std::int64_t&) noexcept)
AKIN_COMPILE_ONCE(data, bool parse_number<float>(std::string_view, float&) noexcept)
AKIN_COMPILE_ONCE(data, bool parse_number<double>(std::string_view, double&) noexcept)
AKIN_COMPILE_ONCE(data, bool parse_number<long double>(std::string_view, long double&) noexcept)
AKIN_COMPILE_ONCE(data, void append_number<std::int64_t>(std::string&, std::int64_t))
AKIN_COMPILE_ONCE(data, void append_number<float>(std::string&, float))
AKIN_COMPILE_ONCE(data, void append_number<double>(std::string&, double))
AKIN_COMPILE_ONCE(data, void append_number<long double>(std::string&, long double))

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
#endif
