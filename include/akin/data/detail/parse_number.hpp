/// @file
/// Numbers from text, whatever the locale.
#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>

#include <akin/config.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The number that the whole text spells ("12", "-0.5", "+3", "1e-3", "nan"); false where it spells none, or one out of
/// Number's range.
template <class Number>
bool parse_number(std::string_view text, Number& number) noexcept {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  return result.ec == std::errc() && result.ptr == end && !text.empty();
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
