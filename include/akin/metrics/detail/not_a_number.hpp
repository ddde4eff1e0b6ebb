/// @file
/// What must not be ranked.
#pragma once

#include <bit>
#include <cstdint>

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Looks at the bits, so that -ffast-math cannot argue it away.
inline bool is_nan(float x) noexcept { return (std::bit_cast<std::uint32_t>(x) & 0x7FFFFFFFu) > 0x7F800000u; }
inline bool is_nan(double x) noexcept {
  return (std::bit_cast<std::uint64_t>(x) & 0x7FFFFFFFFFFFFFFFu) > 0x7FF0000000000000u;
}

}  // namespace akin::inline AKIN_ABI::detail
