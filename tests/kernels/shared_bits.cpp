#include <cstdint>
#include <vector>

#include <akin/kernels/shared_bits.hpp>
#include <akin/random.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"

namespace kernels = akin::kernels;

namespace {

std::int64_t bit_by_bit(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  std::int64_t count = 0;
  for (std::size_t word = 0; word < a.size(); ++word)
    for (int bit = 0; bit < 64; ++bit)
      if ((a[word] >> bit & 1) != 0 && (b[word] >> bit & 1) != 0) ++count;
  return count;
}

}  // namespace

TEST_CASE("shared bits are counted as one by one") {
  constexpr std::uint64_t seed = 5;
  for (const std::int64_t words : akin_test::vector_sizes()) {
    std::vector<std::uint64_t> a, b;
    for (std::int64_t word = 0; word < words; ++word) {
      a.push_back(akin::random_stream(seed, 1).bits(static_cast<std::uint64_t>(word)));
      b.push_back(akin::random_stream(seed, 2).bits(static_cast<std::uint64_t>(word)));
    }
    const std::int64_t expected = bit_by_bit(a, b);
    CHECK(kernels::shared_bits(a.data(), b.data(), words) == expected);
    for (const auto set : akin_test::instruction_sets()) {
      CAPTURE(seed, words, static_cast<int>(set));
      CHECK(kernels::call_on<kernels::shared_bits_kernel>(set, a.data(), b.data(), words) == expected);
    }
  }
}

TEST_CASE("bitmaps that are full or empty share all bits or none") {
  const std::vector<std::uint64_t> full(9, ~std::uint64_t{0}), empty(9);
  CHECK(kernels::shared_bits(full.data(), full.data(), 9) == 9 * 64);
  CHECK(kernels::shared_bits(full.data(), empty.data(), 9) == 0);
  CHECK(kernels::shared_bits(full.data(), full.data(), 0) == 0);
}
