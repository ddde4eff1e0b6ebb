/// @file
/// Tests for finite numbers and NaN by their bits, so that -ffast-math cannot remove them.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI::detail {

/// True unless x is NaN or infinite.
template <class Scalar>
constexpr bool is_finite(Scalar x) noexcept {
  if constexpr (std::is_same_v<Scalar, float>) {
    return (std::bit_cast<std::uint32_t>(x) & 0x7F800000u) != 0x7F800000u;
  } else if constexpr (std::is_same_v<Scalar, double>) {
    return (std::bit_cast<std::uint64_t>(x) & 0x7FF0000000000000u) != 0x7FF0000000000000u;
  } else {
    return true;
  }
}

inline bool is_nan(float x) noexcept { return (std::bit_cast<std::uint32_t>(x) & 0x7FFFFFFFu) > 0x7F800000u; }
inline bool is_nan(double x) noexcept {
  return (std::bit_cast<std::uint64_t>(x) & 0x7FFFFFFFFFFFFFFFu) > 0x7FF0000000000000u;
}

}  // namespace akin::inline AKIN_ABI::detail
