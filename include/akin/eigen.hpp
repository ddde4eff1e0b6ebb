/// @file
/// Eigen's matrices. All of akin includes Eigen through this header, which undefines macros of some system headers
/// whose names Eigen uses, and restores them afterwards.
#pragma once

#include <akin/language.hpp>

// <resolv.h>, which HTTP libraries bring
#pragma push_macro("_res")
#undef _res
// <X11/X.h>
#pragma push_macro("Success")
#undef Success
// <X11/Xos_r.h>, <X11/Xpoll.h>
#pragma push_macro("index")
#undef index
#pragma push_macro("Select")
#undef Select

#include <Eigen/SparseCore>

#pragma pop_macro("Select")
#pragma pop_macro("index")
#pragma pop_macro("Success")
#pragma pop_macro("_res")
