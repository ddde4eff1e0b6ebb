// The most memory that a benchmark held.
#pragma once

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

#include <fstream>
#include <string>

namespace peak_memory {

inline constexpr double mebibyte = 1024 * 1024;

/// Gives freed memory back, and forgets the peak so far; whether the system can do so.
inline bool forget_peak() {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
  std::ofstream file("/proc/self/clear_refs");
  return static_cast<bool>(file << "5" << std::flush);
}

/// The most memory that the process held since then.
inline double peak_bytes() {
  std::ifstream file("/proc/self/status");
  for (std::string word; file >> word;) {
    double kibibytes = 0;
    if (word == "VmHWM:" && file >> kibibytes) return 1024 * kibibytes;
  }
  return 0;
}

}  // namespace peak_memory
