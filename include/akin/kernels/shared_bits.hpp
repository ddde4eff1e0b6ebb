/// @file
/// The number of bits that two bitmaps share.
#pragma once

#include <bit>
#include <cstdint>

#include <akin/config.hpp>
#include <akin/kernels/dispatch.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// All instruction sets have the same loop: only the dispatched body may use the processor's instruction, which
/// std::popcount in a portable build does not.
struct shared_bits_kernel {
  template <class InstructionSet>
  static AKIN_ALWAYS_INLINE std::int64_t run(const std::uint64_t* a, const std::uint64_t* b, std::int64_t words) {
    std::int64_t count = 0;
    for (std::int64_t word = 0; word < words; ++word) count += std::popcount(a[word] & b[word]);
    return count;
  }
};

/// Bits that are 1 in both of two bitmaps of `words` words. O(words).
inline std::int64_t shared_bits(const std::uint64_t* a, const std::uint64_t* b, std::int64_t words) {
  return call<shared_bits_kernel>(a, b, words);
}

}  // namespace akin::inline AKIN_ABI::kernels
