#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include <akin/random.hpp>

#include "support/catch.hpp"

namespace {

constexpr std::uint64_t draws = 100000;

// A statistical check fails by chance once in about two million seeds; the seeds are fixed, so it fails never or
// always.
constexpr double deviations = 5;

template <class Draw>
double mean(const Draw& draw) {
  double sum = 0;
  for (std::uint64_t i = 0; i < draws; ++i) sum += draw(i);
  return sum / static_cast<double>(draws);
}

// How far the mean of `draws` numbers of this variance may be off.
double bound(double variance) { return deviations * std::sqrt(variance / static_cast<double>(draws)); }

}  // namespace

TEST_CASE("philox4x32-10 gives the published answers") {
  using counter = std::array<std::uint32_t, 4>;
  constexpr std::uint32_t ones = 0xFFFFFFFF;
  STATIC_REQUIRE(akin::detail::philox({0, 0, 0, 0}, {0, 0}) == counter{0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8});
  STATIC_REQUIRE(akin::detail::philox({ones, ones, ones, ones}, {ones, ones}) ==
                 counter{0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD});
  STATIC_REQUIRE(akin::detail::philox({0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344}, {0xA4093822, 0x299F31D0}) ==
                 counter{0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1});
}

TEST_CASE("the upper half of a product of 64-bit numbers") {
  constexpr std::uint64_t most = UINT64_MAX;
  STATIC_REQUIRE(akin::detail::multiply_high(most, most) == most - 1);
  STATIC_REQUIRE(akin::detail::multiply_high(most, 2) == 1);
  STATIC_REQUIRE(akin::detail::multiply_high(std::uint64_t{1} << 32, std::uint64_t{1} << 32) == 1);
  STATIC_REQUIRE(akin::detail::multiply_high(most, 1) == 0);
  STATIC_REQUIRE(akin::detail::multiply_high(0x123456789ABCDEF0, 0x0FEDCBA987654321) == 0x0121FA00AD77D742);
}

TEST_CASE("a stream starts with the block of its seed, its index and itself") {
  STATIC_REQUIRE(akin::random_stream(0).bits(0) == 0xE169C58D6627E8D5);
  // Index and stream fill the counter, the seed is the key.
  STATIC_REQUIRE(akin::random_stream(0x299F31D0A4093822, 0x0370734413198A2E).bits(0x85A308D3243F6A88) ==
                 0x94FDCCEBD16CFE09);
}

TEST_CASE("the numbers of a seed never change") {
  const akin::random_stream random(42, 7);
  CHECK(random.bits(3) == 0x7E42D578945BCADA);
  CHECK(random.uniform(3) == 0x1.F90B55E2516F2p-2);
  CHECK(random.below(3, 1000) == 493);
  CHECK(random.normal(3) == Approx(1.1854034925272372).epsilon(1e-14));
  std::vector<int> order(8);
  std::iota(order.begin(), order.end(), 0);
  akin::shuffle(order.data(), 8, random);
  CHECK(order == std::vector{6, 7, 2, 1, 0, 5, 3, 4});
}

TEST_CASE("uniform numbers lie in [0, 1) with mean 1/2 and variance 1/12") {
  const akin::random_stream random(1);
  for (std::uint64_t i = 0; i < draws; ++i) {
    const double x = random.uniform(i);
    if (!(x >= 0 && x < 1)) FAIL_CHECK("number " << i << " is " << x);
  }
  CHECK(std::abs(mean([&](auto i) { return random.uniform(i); }) - 0.5) < bound(1 / 12.0));
  // The variance of (x - 1/2)^2 is 1/80 - 1/144.
  CHECK(std::abs(mean([&](auto i) { return std::pow(random.uniform(i) - 0.5, 2); }) - 1 / 12.0) < bound(1 / 180.0));
}

TEST_CASE("normal numbers have the first four moments of the normal distribution") {
  const akin::random_stream random(2);
  const auto moment = [&](int power) { return mean([&](auto i) { return std::pow(random.normal(i), power); }); };
  CHECK(std::abs(moment(1)) < bound(1));
  CHECK(std::abs(moment(2) - 1) < bound(2));
  CHECK(std::abs(moment(3)) < bound(15));
  CHECK(std::abs(moment(4) - 3) < bound(96));
}

TEST_CASE("numbers below a bound come equally often, and only they") {
  const akin::random_stream random(3);
  for (const std::uint64_t values : {2u, 7u, 10u}) {
    CAPTURE(values);
    std::vector<double> counts(values);
    for (std::uint64_t i = 0; i < draws; ++i) ++counts.at(random.below(i, values));
    const double share = 1 / static_cast<double>(values);
    for (const double count : counts)
      CHECK(std::abs(count / static_cast<double>(draws) - share) < bound(share * (1 - share)));
  }
  CHECK(random.below(5, 1) == 0);
  CHECK(random.below(5, 0) == 0);
  CHECK(random.below(5, UINT64_MAX) == random.bits(5) - (random.bits(5) != 0));
}

TEST_CASE("seeds, streams and indices give unrelated numbers") {
  const akin::random_stream one(4, 0), other_stream(4, 1), other_seed(5, 0);
  const auto correlation = [](const auto& x, const auto& y) {
    return mean([&](auto i) { return (x(i) - 0.5) * (y(i) - 0.5); });
  };
  const auto numbers = [](const akin::random_stream& random, std::uint64_t lag = 0) {
    return [=](std::uint64_t i) { return random.uniform(i + lag); };
  };
  const double limit = bound(1 / 144.0);
  CHECK(std::abs(correlation(numbers(one), numbers(other_stream))) < limit);
  CHECK(std::abs(correlation(numbers(one), numbers(other_seed))) < limit);
  CHECK(std::abs(correlation(numbers(one), numbers(one, 1))) < limit);
  CHECK(correlation(numbers(one), numbers(one)) == Approx(1 / 12.0).epsilon(0.01));
}

TEST_CASE("the upper halves of seed, stream and index count") {
  constexpr std::uint64_t high = std::uint64_t{1} << 32;
  const auto first = akin::random_stream(0).bits(0);
  CHECK(akin::random_stream(high).bits(0) != first);
  CHECK(akin::random_stream(0, high).bits(0) != first);
  CHECK(akin::random_stream(0).bits(high) != first);
}

TEST_CASE("a shuffle is a permutation, and a function of the stream") {
  std::vector<int> order(1000), again(1000), sorted(1000);
  std::iota(sorted.begin(), sorted.end(), 0);
  order = again = sorted;
  akin::shuffle(order.data(), 1000, akin::random_stream(6));
  akin::shuffle(again.data(), 1000, akin::random_stream(6));
  CHECK(order == again);
  CHECK(order != sorted);
  CHECK(std::is_permutation(order.begin(), order.end(), sorted.begin()));
  akin::shuffle(again.data(), 0, akin::random_stream(6));
  akin::shuffle(again.data(), 1, akin::random_stream(6));
  CHECK(order == again);
}

TEST_CASE("every order of three elements comes equally often") {
  std::vector<double> counts(27);
  for (std::uint64_t seed = 0; seed < draws; ++seed) {
    std::array<std::size_t, 3> order = {0, 1, 2};
    akin::shuffle(order.data(), 3, akin::random_stream(seed));
    ++counts[order[0] * 9 + order[1] * 3 + order[2]];
  }
  for (const std::size_t code : {5u, 7u, 11u, 15u, 19u, 21u})
    CHECK(std::abs(counts[code] / static_cast<double>(draws) - 1 / 6.0) < bound(5 / 36.0));
}
