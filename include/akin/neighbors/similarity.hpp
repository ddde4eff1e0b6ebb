/// @file
/// Measures of how alike two columns (or rows) of a matrix are.
#pragma once

#include <akin/config.hpp>

namespace akin {
inline namespace AKIN_SEAM {

enum class similarity {
  cosine,  ///< x'y / (|x| |y|), 0 where x or y is zero
};

}  // namespace AKIN_SEAM
}  // namespace akin
