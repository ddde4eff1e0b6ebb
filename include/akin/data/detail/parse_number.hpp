/// @file
/// Numbers from text, whatever the locale.
#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The number that the whole text spells ("12", "-0.5", "+3", "1e-3", "nan"); false where it spells none, or one out of
/// Number's range. What is too small for a float is rounded.
template <class Number>
bool parse_number(std::string_view text, Number& number) noexcept {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  if constexpr (std::is_same_v<Number, float>) {
    double wide = 0;
    if (result.ec == std::errc::result_out_of_range && parse_number(text, wide) && wide > -1 && wide < 1) {
      number = static_cast<float>(wide);
      return true;
    }
  }
  return result.ec == std::errc() && result.ptr == end;
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
