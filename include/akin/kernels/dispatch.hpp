/// @file
/// Chooses the instruction set at run time. A kernel is a struct with a static, always inlined member template
/// `run<InstructionSet>(args...)` on pointers and sizes; `call<Kernel>(args...)` runs the best body for this processor.
#pragma once

#include <akin/config.hpp>
#include <akin/kernels/simd.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// In ascending order of requirements.
enum class instruction_set { portable, avx2, avx512 };

/// The best instruction set of this processor among those that this build has bodies for.
inline instruction_set detect_instruction_set() noexcept {
#if AKIN_HAS_X86_DISPATCH
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni"))
    return instruction_set::avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return instruction_set::avx2;
#endif
  return instruction_set::portable;
}

/// Decided once in a process.
inline instruction_set best_instruction_set() noexcept {
  static const instruction_set best = detect_instruction_set();
  return best;
}

// One function for each kernel and instruction set, never inlined, so that it rounds the same way at every call site.

template <class Kernel, class... Args>
AKIN_NOINLINE auto run_portable(Args... args) {
  return Kernel::template run<portable>(args...);
}

template <class Kernel, class... Args>
AKIN_NOINLINE AKIN_TARGET_AVX2 auto run_avx2(Args... args) {
  return Kernel::template run<avx2>(args...);
}

template <class Kernel, class... Args>
AKIN_NOINLINE AKIN_TARGET_AVX512 auto run_avx512(Args... args) {
  return Kernel::template run<avx512>(args...);
}

/// Runs the kernel's body for `set`, which this processor must support.
template <class Kernel, class... Args>
auto call_on(instruction_set set, Args... args) {
#if AKIN_HAS_X86_DISPATCH
  if (set == instruction_set::avx512) return run_avx512<Kernel>(args...);
  if (set == instruction_set::avx2) return run_avx2<Kernel>(args...);
#else
  static_cast<void>(set);
#endif
  return run_portable<Kernel>(args...);
}

template <class Kernel, class... Args>
auto call(Args... args) {
  return call_on<Kernel>(best_instruction_set(), args...);
}

/// Placed after a kernel: compiles its functions for arguments of these types once.
#if AKIN_HAS_X86_DISPATCH
#define AKIN_COMPILE_KERNEL(kernel, ...)                             \
  AKIN_COMPILE_ONCE(kernels, auto run_portable<kernel>(__VA_ARGS__)) \
  AKIN_COMPILE_ONCE(kernels, auto run_avx2<kernel>(__VA_ARGS__))     \
  AKIN_COMPILE_ONCE(kernels, auto run_avx512<kernel>(__VA_ARGS__))
#else
#define AKIN_COMPILE_KERNEL(kernel, ...) AKIN_COMPILE_ONCE(kernels, auto run_portable<kernel>(__VA_ARGS__))
#endif

}  // namespace akin::inline AKIN_ABI::kernels
