// The kernels that many models share, compiled once: a part of akin::compiled.
#define AKIN_COMPILES_kernels 1

#include <akin/config.hpp>

namespace akin::inline AKIN_ABI::detail {

const char akin_compiled_was_built_with_other_flags_than_this_unit = 0;

}  // namespace akin::inline AKIN_ABI::detail
