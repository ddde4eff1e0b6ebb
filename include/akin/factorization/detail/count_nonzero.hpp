/// @file
/// The elements of a row that are evidence.
#pragma once

#include <algorithm>
#include <cstdint>

#include <akin/config.hpp>
#include <akin/language.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The number of elements of a row other than 0; a stored 0 counts as absent.
template <class Scalar>
std::int64_t count_nonzero(const slice<const Scalar>& values) noexcept {
  return std::count_if(values.begin(), values.end(), [](Scalar r) { return r != 0; });
}

}  // namespace akin::inline AKIN_ABI::detail
