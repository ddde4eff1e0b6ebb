#include <bit>
#include <set>
#include <string>
#include <vector>

#include <akin/io/checksum.hpp>

#include "support/catch.hpp"

using akin::detail::checksum;

namespace {

std::vector<unsigned char> squares(std::size_t size) {
  std::vector<unsigned char> result;
  for (std::size_t i = 0; i < size; ++i) result.push_back(static_cast<unsigned char>(i * i % 251));
  return result;
}

}  // namespace

TEST_CASE("the checksum is part of the format: these values never change") {
  // Computed by a second implementation, in another language.
  CHECK(checksum(nullptr, 0) == 0xf73395f37f280088u);
  CHECK(checksum("a", 1) == 0xe772eaf0bc74f120u);
  std::vector<unsigned char> counted;
  for (int i = 0; i < 65; ++i) counted.push_back(static_cast<unsigned char>(i));
  CHECK(checksum(counted.data(), 64) == 0x26cc752c10f9533fu);
  CHECK(checksum(counted.data(), 65) == 0x2e685d7e654f223au);
  CHECK(checksum(squares(1000).data(), 1000) == 0xdbc4e9c8149d4af0u);
}

TEST_CASE("the checksum changes with any byte, about half of its bits each time") {
  for (const std::size_t size : {std::size_t{1}, std::size_t{8}, std::size_t{63}, std::size_t{64}, std::size_t{200}}) {
    std::vector<unsigned char> bytes = squares(size);
    const std::uint64_t original = checksum(bytes.data(), size);
    std::set<std::uint64_t> seen = {original};
    double flipped = 0;
    int fewest = 64;
    for (std::size_t bit = 0; bit < 8 * size; ++bit) {
      bytes[bit / 8] = static_cast<unsigned char>(bytes[bit / 8] ^ (1 << bit % 8));
      const std::uint64_t changed = checksum(bytes.data(), size);
      bytes[bit / 8] = static_cast<unsigned char>(bytes[bit / 8] ^ (1 << bit % 8));
      seen.insert(changed);
      flipped += std::popcount(original ^ changed);
      fewest = std::min(fewest, std::popcount(original ^ changed));
    }
    CAPTURE(size, fewest);
    CHECK(seen.size() == 8 * size + 1);
    CHECK(fewest > 10);
    CHECK(flipped / static_cast<double>(8 * size) == Approx(32).margin(4));
  }
}

TEST_CASE("the checksum tells lengths and places of equal words apart") {
  const std::vector<unsigned char> zeros(300);
  std::set<std::uint64_t> seen;
  for (std::size_t size = 0; size <= zeros.size(); ++size) seen.insert(checksum(zeros.data(), size));
  CHECK(seen.size() == zeros.size() + 1);

  seen.clear();
  for (std::size_t place = 0; place < zeros.size(); ++place) {
    std::vector<unsigned char> one = zeros;
    one[place] = 1;
    seen.insert(checksum(one.data(), one.size()));
  }
  CHECK(seen.size() == zeros.size());
}

TEST_CASE("the checksum does not depend on where the bytes lie") {
  const std::vector<unsigned char> bytes = squares(777);
  std::vector<unsigned char> shifted(bytes.size() + 1);
  std::copy(bytes.begin(), bytes.end(), shifted.begin() + 1);
  CHECK(checksum(shifted.data() + 1, bytes.size()) == checksum(bytes.data(), bytes.size()));
}
