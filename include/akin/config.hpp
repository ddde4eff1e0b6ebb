/// @file
/// Every macro of the library. A user may define, the same in all translation units of a program:
///
/// - `AKIN_ENABLE_ASSERTIONS`: check the library's own invariants (never user input, which is always checked);
/// - `AKIN_THROW_HANDLER(type, message)`: called by a failed check when exceptions are off; the default calls
/// std::abort;
/// - `AKIN_COMPILED`: the usual instantiations are in a library and not compiled again; the target akin::compiled
/// defines it.
///
/// Defined here for the library itself: `AKIN_ABI`, `AKIN_SEAM` (inline namespaces), `AKIN_HAS_EXCEPTIONS`,
/// `AKIN_THROW`, `AKIN_ASSERT`, `AKIN_ALWAYS_INLINE`, `AKIN_NOINLINE`, `AKIN_COLD`, `AKIN_INLINE_LAMBDA`,
/// `AKIN_PREFETCH`, `AKIN_UNROLL`, `AKIN_LIFETIME_BOUND`, `AKIN_HAS_VECTOR_EXTENSIONS`, `AKIN_HAS_X86_DISPATCH`,
/// `AKIN_TARGET_AVX2`, `AKIN_TARGET_AVX512`, `AKIN_HAS_OPENMP`, `AKIN_OMP`, `AKIN_BODIES`, `AKIN_INLINE`,
/// `AKIN_COMPILE_ONCE`. C++17-clean, includes no other header of ours but version.hpp.
#pragma once

#include <akin/version.hpp>

// --- the language

// The seam is C++17, everything else asks for C++20 in language.hpp.
#if defined(_MSVC_LANG)
#define AKIN_DETAIL_LANGUAGE _MSVC_LANG
#else
#define AKIN_DETAIL_LANGUAGE __cplusplus
#endif
#if AKIN_DETAIL_LANGUAGE < 201703L
#error "akin needs C++20: compile with -std=c++20 (MSVC: /std:c++20)"
// This file does not exist: compilers continue after #error, but stop here.
#include <akin/compilation_stops_here>
#endif

// Names that akin uses and that its headers cannot work around.
#if defined(min) || defined(max) || defined(columns) || defined(lines) || defined(index)
#error "akin: min, max, columns, lines and index must not be macros (for those of <windows.h> define NOMINMAX)"
#include <akin/compilation_stops_here>
#endif

#define AKIN_DETAIL_JOIN_(a, b) a##b
#define AKIN_DETAIL_JOIN(a, b) AKIN_DETAIL_JOIN_(a, b)
#define AKIN_DETAIL_JOIN3(a, b, c) AKIN_DETAIL_JOIN(AKIN_DETAIL_JOIN(a, b), c)
#define AKIN_DETAIL_PRAGMA(text) _Pragma(#text)

// --- inline namespaces

// Inline functions compiled with different -m flags are different functions. All code lives in AKIN_ABI, which names
// the version and those flags, so that the linker cannot give AVX code to a baseline translation unit. What crosses
// translation units by design (exceptions, policies, views, options) lives in AKIN_SEAM, which names the version alone.

#define AKIN_DETAIL_VERSION_NAME                                                                          \
  AKIN_DETAIL_JOIN3(AKIN_DETAIL_JOIN3(v, AKIN_VERSION_MAJOR, _), AKIN_DETAIL_JOIN(AKIN_VERSION_MINOR, _), \
                    AKIN_VERSION_PATCH)

#if defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
#define AKIN_DETAIL_ISA_NAME _avx512
#elif defined(__AVX512F__)
#define AKIN_DETAIL_ISA_NAME _avx512f
#elif defined(__AVX2__) && defined(__FMA__)
#define AKIN_DETAIL_ISA_NAME _avx2
#elif defined(__AVX2__)
#define AKIN_DETAIL_ISA_NAME _avx2_without_fma
#elif defined(__AVX__)
#define AKIN_DETAIL_ISA_NAME _avx
#elif defined(__SSE4_2__)
#define AKIN_DETAIL_ISA_NAME _sse42
#else
#define AKIN_DETAIL_ISA_NAME _base
#endif

#if defined(_OPENMP)
#define AKIN_HAS_OPENMP 1
#define AKIN_DETAIL_OMP_NAME _omp
#else
#define AKIN_HAS_OPENMP 0
#define AKIN_DETAIL_OMP_NAME
#endif

#if defined(AKIN_ENABLE_ASSERTIONS)
#define AKIN_DETAIL_ASSERT_NAME _checked
#else
#define AKIN_DETAIL_ASSERT_NAME
#endif

// Eigen frees its matrices differently under g++'s address sanitizer, so a unit with it and a unit without it must not
// share code.
#if defined(__SANITIZE_ADDRESS__)
#define AKIN_DETAIL_SANITIZER_NAME _asan
#else
#define AKIN_DETAIL_SANITIZER_NAME
#endif

#define AKIN_SEAM AKIN_DETAIL_VERSION_NAME
#define AKIN_ABI                                                                                            \
  AKIN_DETAIL_JOIN3(AKIN_DETAIL_JOIN(AKIN_DETAIL_VERSION_NAME, AKIN_DETAIL_ISA_NAME), AKIN_DETAIL_OMP_NAME, \
                    AKIN_DETAIL_JOIN(AKIN_DETAIL_ASSERT_NAME, AKIN_DETAIL_SANITIZER_NAME))

// --- errors

#if defined(__cpp_exceptions) || defined(__EXCEPTIONS) || defined(_CPPUNWIND)
#define AKIN_HAS_EXCEPTIONS 1
#else
#define AKIN_HAS_EXCEPTIONS 0
#endif

#if AKIN_HAS_EXCEPTIONS
#define AKIN_THROW(type, message) throw type(message)
#else
#include <cstdlib>
#if !defined(AKIN_THROW_HANDLER)
#define AKIN_THROW_HANDLER(type, message) static_cast<void>(message)
#endif
/// The handler must not return; if it does, the program ends.
#define AKIN_THROW(type, message)      \
  do {                                 \
    AKIN_THROW_HANDLER(type, message); \
    ::std::abort();                    \
  } while (false)
#endif

#if defined(AKIN_ENABLE_ASSERTIONS)
#include <cassert>
#define AKIN_ASSERT(condition) assert(condition)
#else
#define AKIN_ASSERT(condition) static_cast<void>(sizeof((condition) ? 1 : 0))
#endif

// --- compilers

#if defined(__GNUC__)
#define AKIN_ALWAYS_INLINE inline __attribute__((always_inline))
#define AKIN_INLINE_LAMBDA __attribute__((always_inline))
#if defined(__clang__)
#define AKIN_NOINLINE __attribute__((noinline))
#else
// g++ -O3 clones functions for constant arguments, and clones may round differently.
#define AKIN_NOINLINE __attribute__((noinline, noclone))
#endif
/// For functions that only throw: small code, placed away from the hot path.
#define AKIN_COLD __attribute__((cold, noinline))
#define AKIN_HAS_VECTOR_EXTENSIONS 1
#elif defined(_MSC_VER)
#define AKIN_ALWAYS_INLINE __forceinline
#define AKIN_NOINLINE __declspec(noinline)
#define AKIN_COLD __declspec(noinline)
#define AKIN_INLINE_LAMBDA
#define AKIN_HAS_VECTOR_EXTENSIONS 0
#else
#define AKIN_ALWAYS_INLINE inline
#define AKIN_NOINLINE
#define AKIN_COLD
#define AKIN_INLINE_LAMBDA
#define AKIN_HAS_VECTOR_EXTENSIONS 0
#endif

/// Prefetches the cache line of an address that will be read soon.
#if defined(__GNUC__)
#define AKIN_PREFETCH(address) __builtin_prefetch(address)
#else
#define AKIN_PREFETCH(address) static_cast<void>(address)
#endif

/// After a parameter, or the const of a member, that the result refers to: compilers that support it warn if that is a
/// temporary and the result outlives it.
#if defined(__clang__)
#define AKIN_LIFETIME_BOUND [[clang::lifetimebound]]
#elif defined(_MSC_VER) && _MSC_VER >= 1935
#define AKIN_LIFETIME_BOUND [[msvc::lifetimebound]]
#else
#define AKIN_LIFETIME_BOUND
#endif

/// Before a loop with a small constant number of iterations, so that its array of vectors stays in registers.
#if defined(__clang__)
#define AKIN_UNROLL _Pragma("unroll")
#elif defined(__GNUC__)
#define AKIN_UNROLL _Pragma("GCC unroll 16")
#else
#define AKIN_UNROLL
#endif

#if defined(__GNUC__) && defined(__x86_64__)
#define AKIN_HAS_X86_DISPATCH 1
#define AKIN_TARGET_AVX2 __attribute__((target("avx2,fma")))
#define AKIN_TARGET_AVX512 __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
#else
#define AKIN_HAS_X86_DISPATCH 0
#define AKIN_TARGET_AVX2
#define AKIN_TARGET_AVX512
#endif

// A bare `#pragma omp` warns in every build without OpenMP; this macro is empty there.
#if AKIN_HAS_OPENMP
#define AKIN_OMP(directive) AKIN_DETAIL_PRAGMA(omp directive)
#else
#define AKIN_OMP(directive)
#endif

// --- akin::compiled

// Header-only, every translation unit compiles what it uses. With AKIN_COMPILED a library provides it, built from
// akin/compiled/ROOM.cpp with the flags of its users; such a file defines AKIN_COMPILES_ROOM as 1.
//
// - A function that is not a template and not small has its body between `#if AKIN_BODIES(room)` and #endif, as
//   AKIN_INLINE.
// - A template that is expensive is followed by AKIN_COMPILE_ONCE(room, class x<float>). A member that is compiled once
//   must be defined outside of the class: inline members are optimised in every unit anyway.

#if !defined(AKIN_COMPILES_kernels)
#define AKIN_COMPILES_kernels 0
#endif
#if !defined(AKIN_COMPILES_io)
#define AKIN_COMPILES_io 0
#endif
#if !defined(AKIN_COMPILES_data)
#define AKIN_COMPILES_data 0
#endif
#if !defined(AKIN_COMPILES_model)
#define AKIN_COMPILES_model 0
#endif
#if !defined(AKIN_COMPILES_train)
#define AKIN_COMPILES_train 0
#endif
#if !defined(AKIN_COMPILES_retrieval)
#define AKIN_COMPILES_retrieval 0
#endif
#if !defined(AKIN_COMPILES_baselines)
#define AKIN_COMPILES_baselines 0
#endif
#if !defined(AKIN_COMPILES_neighbors)
#define AKIN_COMPILES_neighbors 0
#endif
#if !defined(AKIN_COMPILES_linear)
#define AKIN_COMPILES_linear 0
#endif
#if !defined(AKIN_COMPILES_graph)
#define AKIN_COMPILES_graph 0
#endif
#if !defined(AKIN_COMPILES_factorization)
#define AKIN_COMPILES_factorization 0
#endif
#if !defined(AKIN_COMPILES_content)
#define AKIN_COMPILES_content 0
#endif
#if !defined(AKIN_COMPILES_sessions)
#define AKIN_COMPILES_sessions 0
#endif
#if !defined(AKIN_COMPILES_metrics)
#define AKIN_COMPILES_metrics 0
#endif
#if !defined(AKIN_COMPILES_evaluation)
#define AKIN_COMPILES_evaluation 0
#endif
#if !defined(AKIN_COMPILES_selection)
#define AKIN_COMPILES_selection 0
#endif
#if !defined(AKIN_COMPILES_experiments)
#define AKIN_COMPILES_experiments 0
#endif
#if !defined(AKIN_COMPILES_report)
#define AKIN_COMPILES_report 0
#endif
#if !defined(AKIN_COMPILES_serving)
#define AKIN_COMPILES_serving 0
#endif
#if !defined(AKIN_COMPILES_tuning)
#define AKIN_COMPILES_tuning 0
#endif

#if defined(AKIN_COMPILED)
#define AKIN_BODIES(room) AKIN_DETAIL_JOIN(AKIN_COMPILES_, room)
#define AKIN_INLINE
#define AKIN_COMPILE_ONCE(room, ...) AKIN_DETAIL_JOIN(AKIN_DETAIL_TEMPLATE_, AKIN_BODIES(room))(__VA_ARGS__)
#define AKIN_DETAIL_TEMPLATE_0(...) extern template __VA_ARGS__;
#define AKIN_DETAIL_TEMPLATE_1(...) template __VA_ARGS__;
namespace akin {
inline namespace AKIN_ABI {
namespace detail {
/// Undefined at link time if the library was built with other flags than its user: see AKIN_ABI.
extern const char akin_compiled_was_built_with_other_flags_than_this_unit;
#if defined(__GNUC__)
[[gnu::used]]
#endif
inline const char* const same_flags = &akin_compiled_was_built_with_other_flags_than_this_unit;
}  // namespace detail
}  // namespace AKIN_ABI
}  // namespace akin
#else
#define AKIN_BODIES(room) 1
#define AKIN_INLINE inline
#define AKIN_COMPILE_ONCE(room, ...)
#endif
