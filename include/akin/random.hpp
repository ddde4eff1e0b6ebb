/// @file
/// Random numbers as a function of (seed, stream, index): the same on every compiler and for any number of threads.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

#include <akin/config.hpp>
#include <akin/language.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// Philox4x32 with 10 rounds: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel Random Numbers: As Easy as
/// 1, 2, 3", SC 2011.
constexpr std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53u} * counter[0], b = std::uint64_t{0xCD9E8D57u} * counter[2];
    counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
               static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key = {key[0] + 0x9E3779B9u, key[1] + 0xBB67AE85u};
  }
  return counter;
}

/// The upper half of the 128-bit product.
constexpr std::uint64_t multiply_high(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t low = 0xFFFFFFFFu, a0 = a & low, a1 = a >> 32, b0 = b & low, b1 = b >> 32;
  const std::uint64_t middle = a1 * b0 + ((a0 * b0) >> 32), other = a0 * b1 + (middle & low);
  return a1 * b1 + (middle >> 32) + (other >> 32);
}

}  // namespace detail

/// A stream of random numbers that can be read at any index in any order: stateless, copyable, free to share between
/// threads. Streams of one seed are independent of each other. All numbers at one index come from the same bits: for
/// several independent numbers take several indices, or several streams.
class random_stream {
 public:
  constexpr explicit random_stream(std::uint64_t seed, std::uint64_t stream = 0) noexcept
      : seed_(seed), stream_(stream) {}

  /// 64 random bits, number `index`.
  constexpr std::uint64_t bits(std::uint64_t index) const noexcept {
    const auto block = draw(index);
    return (std::uint64_t{block[1]} << 32) | block[0];
  }

  /// In [0, 1), a multiple of 2^-53.
  constexpr double uniform(std::uint64_t index) const noexcept {
    return static_cast<double>(bits(index) >> 11) * 0x1p-53;
  }

  /// In [0, bound); off from uniform by less than bound / 2^64.
  constexpr std::uint64_t below(std::uint64_t index, std::uint64_t bound) const noexcept {
    return detail::multiply_high(bits(index), bound);
  }

  /// Mean 0, variance 1 (Box and Muller's transform); equal between machines up to the rounding of their logarithm
  /// and cosine.
  double normal(std::uint64_t index) const noexcept {
    const auto block = draw(index);
    const std::uint64_t first = (std::uint64_t{block[1]} << 32) | block[0];
    const std::uint64_t second = (std::uint64_t{block[3]} << 32) | block[2];
    const double radius_from = (static_cast<double>(first >> 11) + 1) * 0x1p-53;
    const double turn = static_cast<double>(second >> 11) * 0x1p-53;
    return std::sqrt(-2 * std::log(radius_from)) * std::cos(6.283185307179586 * turn);
  }

 private:
  constexpr std::array<std::uint32_t, 4> draw(std::uint64_t index) const noexcept {
    return detail::philox({static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32),
                           static_cast<std::uint32_t>(stream_), static_cast<std::uint32_t>(stream_ >> 32)},
                          {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)});
  }

  std::uint64_t seed_;
  std::uint64_t stream_;
};

/// Puts the elements of [first, first + size) in an order that is a function of the stream alone (Fisher and Yates);
/// uses the indices below size.
template <class T>
void shuffle(T* first, std::int64_t size, const random_stream& random) {
  for (std::int64_t i = size - 1; i > 0; --i) {
    const auto j = random.below(static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(i) + 1);
    std::swap(first[i], first[j]);
  }
}

}  // namespace akin::inline AKIN_ABI
