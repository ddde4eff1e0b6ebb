/// @file
/// The checksum of model files: guards against damage, not against forgery.
#pragma once

#include <cstddef>
#include <cstdint>

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// One step of the checksum. For a fixed word it permutes the states and for a fixed state the words, so a difference
/// in a single word never cancels out.
constexpr std::uint64_t checksum_step(std::uint64_t state, std::uint64_t word) noexcept {
  state = (state ^ word) * 0xd1b54a32d192ed03u;
  return state ^ (state >> 32);
}

/// A 64-bit checksum of bytes, equal on every machine that stores integers little-endian. Eight lanes take one word of
/// each block of 64 bytes, the last block filled up with zeros; the length and the lanes are then folded into one.
/// Every change within one aligned word is detected for certain, any other with probability 1 - 2^-64.
std::uint64_t checksum(const void* data, std::size_t bytes) noexcept;

}  // namespace detail
}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(io)
#include <cstring>

namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE std::uint64_t checksum(const void* data, std::size_t bytes) noexcept {
  constexpr std::size_t lanes = 8;
  constexpr std::size_t block = lanes * sizeof(std::uint64_t);
  std::uint64_t state[lanes];
  std::uint64_t words[lanes];
  for (std::size_t i = 0; i < lanes; ++i) state[i] = (i + 1) * 0x9e3779b97f4a7c15u;

  const auto* at = static_cast<const unsigned char*>(data);
  const std::size_t whole = bytes / block;
  for (std::size_t b = 0; b < whole; ++b, at += block) {
    std::memcpy(words, at, block);
    for (std::size_t i = 0; i < lanes; ++i) state[i] = checksum_step(state[i], words[i]);
  }
  if (const std::size_t rest = bytes % block; rest != 0) {
    std::memset(words, 0, block);
    std::memcpy(words, at, rest);
    for (std::size_t i = 0; i < lanes; ++i) state[i] = checksum_step(state[i], words[i]);
  }

  std::uint64_t result = checksum_step(0x9e3779b97f4a7c15u, bytes);
  for (const std::uint64_t lane : state) result = checksum_step(result, lane);
  // The last lanes have had few multiplications so far: two more make every bit depend on all of them.
  return checksum_step(checksum_step(result, 0), 0);
}

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
#endif
