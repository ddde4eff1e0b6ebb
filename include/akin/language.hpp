/// @file
/// Refuses compilers that were not asked for C++20, in one sentence instead of hundreds of errors. Every header outside
/// of the seam includes it, directly or through another; the seam (tests/generated/headers.sh lists it) is C++17.
#pragma once

#if (defined(_MSVC_LANG) && _MSVC_LANG < 202002L) || (!defined(_MSVC_LANG) && __cplusplus < 202002L)
#error "akin needs C++20: compile with -std=c++20 (MSVC: /std:c++20)"
// This file does not exist: compilers continue after #error, but stop here.
#include <akin/compilation_stops_here>
#endif
