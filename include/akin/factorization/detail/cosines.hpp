/// @file
/// How alike two items are by their factors.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

#include <akin/config.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/model/scorer.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// out[i] is the cosine of row i with row `item`, no_score where one of them is 0. O(rows * cols).
template <class Scalar, class Index>
void cosines_with(const rows_view<const Scalar>& rows, Index item, std::span<Scalar> out) noexcept {
  const auto length = [&](Index i) { return std::sqrt(kernels::dot(rows.row(i), rows.row(i), rows.cols)); };
  const Scalar own = length(item);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto other = static_cast<Index>(i);
    const Scalar scale = own * length(other);
    out[i] = scale > 0 ? kernels::dot(rows.row(item), rows.row(other), rows.cols) / scale : no_score<Scalar>;
  }
}

}  // namespace akin::inline AKIN_ABI::detail
