#include <cmath>
#include <cstdint>
#include <utility>

#include <akin/experiments/ab_test.hpp>
#include <akin/experiments/sequential_ab_test.hpp>
#include <akin/random.hpp>

#include "support/catch.hpp"

namespace {

// What 100 looks at two variants that are shown to `views_a` and `views_b` people between two looks say in one run.
struct many_looks {
  bool found = false;         // a p value below 0.05 by sequential_ab_test
  bool found_by_one = false;  // by ab_test, which is for one look
  bool covered = true;        // the true difference is in all intervals
  int first_found = 0;        // look
};

many_looks look_often(std::uint64_t seed, std::uint64_t run, double rate_a, double rate_b, std::int64_t views_a,
                      std::int64_t views_b) {
  const akin::random_stream of_a(seed, 2 * run), of_b(seed, 2 * run + 1);
  akin::shown_variant a, b;
  many_looks result;
  for (int look = 1; look <= 100; ++look) {
    for (std::int64_t i = 0; i < views_a; ++i, ++a.views)
      a.clicks += of_a.uniform(static_cast<std::uint64_t>(a.views)) < rate_a ? 1 : 0;
    for (std::int64_t i = 0; i < views_b; ++i, ++b.views)
      b.clicks += of_b.uniform(static_cast<std::uint64_t>(b.views)) < rate_b ? 1 : 0;
    const auto now = akin::sequential_ab_test(a, b, {.typical_difference = 0.05});
    if (now.p_value < 0.05 && !result.found) result.first_found = look;
    result.found = result.found || now.p_value < 0.05;
    result.found_by_one = result.found_by_one || akin::ab_test(a, b).p_value < 0.05;
    result.covered = result.covered && now.low <= rate_b - rate_a && rate_b - rate_a <= now.high;
  }
  return result;
}

}  // namespace

TEST_CASE("a sequential test by hand") {
  // With numpy: V = .02 * .98 / 10000 + .026 * .974 / 10000, t = .005, d = .006.
  const auto result = akin::sequential_ab_test({.clicks = 200, .views = 10000}, {.clicks = 260, .views = 10000},
                                               {.typical_difference = 0.005});
  const double variance = 0.02 * 0.98 / 10000 + 0.026 * 0.974 / 10000, spread = 0.005 * 0.005, d = 0.006;
  const double ratio =
      std::sqrt(variance / (variance + spread)) * std::exp(spread * d * d / (2 * variance * (variance + spread)));
  CHECK(result.rate_a == 0.02);
  CHECK(result.rate_b == 0.026);
  CHECK(result.difference == Approx(0.006));
  CHECK(result.p_value == Approx(1 / ratio).epsilon(1e-12));
  const double width = std::sqrt(variance * (variance + spread) / spread *
                                 (2 * std::log(20.0) + std::log((variance + spread) / variance)));
  CHECK(result.low == Approx(d - width).epsilon(1e-12));
  CHECK(result.high == Approx(d + width).epsilon(1e-12));
  CHECK(result.p_value > akin::ab_test({.clicks = 200, .views = 10000}, {.clicks = 260, .views = 10000}).p_value);
}

TEST_CASE("the interval leaves out 0 just where p is below the significance") {
  int outside = 0;
  for (std::int64_t clicks = 100; clicks <= 400; ++clicks)
    for (const double significance : {0.01, 0.05, 0.3}) {
      CAPTURE(clicks, significance);
      const auto result = akin::sequential_ab_test({.clicks = 200, .views = 10000}, {.clicks = clicks, .views = 9000},
                                                   {.typical_difference = 0.003, .significance = significance});
      const bool leaves_out = result.low > 0 || result.high < 0;
      CHECK(leaves_out == (result.p_value < significance));
      outside += leaves_out ? 1 : 0;
    }
  CHECK(outside > 100);
  CHECK(outside < 800);
}

TEST_CASE("who looks 100 times finds a winner among equals one time in twenty at most") {
  constexpr std::uint64_t seed = 3;
  constexpr int runs = 400;
  INFO("seed " << seed);
  for (const std::int64_t views_b : {100, 30}) {
    CAPTURE(views_b);
    int found = 0, found_by_one = 0, covered = 0;
    for (std::uint64_t run = 0; run < runs; ++run) {
      const auto result = look_often(seed + static_cast<std::uint64_t>(views_b), run, 0.2, 0.2, 100, views_b);
      found += result.found ? 1 : 0;
      found_by_one += result.found_by_one ? 1 : 0;
      covered += result.covered ? 1 : 0;
    }
    CHECK(found <= 33);         // 20 +- 4.4 would be one in twenty
    CHECK(found_by_one > 100);  // ab_test is not made for this
    CHECK(covered == runs - found);
  }
}

TEST_CASE("a difference is found, sooner where it is larger, and intervals cover it") {
  constexpr std::uint64_t seed = 5;
  constexpr int runs = 200;
  INFO("seed " << seed);
  int looks_before = 101;
  for (const double rate_b : {0.24, 0.28}) {
    int found = 0, covered = 0, looks = 0;
    for (std::uint64_t run = 0; run < runs; ++run) {
      const auto result = look_often(seed, run, 0.2, rate_b, 100, 100);
      found += result.found ? 1 : 0;
      covered += result.covered ? 1 : 0;
      looks += result.found ? result.first_found : 100;
    }
    CAPTURE(rate_b, found, covered, looks);
    CHECK(found >= 190);
    CHECK(covered >= 182);  // 190 +- 3.1 would be 95 %
    CHECK(looks / runs < looks_before / 2);
    const auto fixed = akin::required_sample_size({.base_rate = 0.2, .smallest_lift = rate_b / 0.2 - 1});
    CHECK(100.0 * looks / runs < 1.6 * static_cast<double>(fixed));
    looks_before = looks / runs;
  }
}

TEST_CASE("with a handful of clicks nothing is claimed") {
  for (const auto& [a, b] : {std::pair<akin::shown_variant, akin::shown_variant>{{9, 1000}, {200, 1000}},
                             {{200, 1000}, {0, 1000}},
                             {{991, 1000}, {20, 1000}}}) {
    const auto result = akin::sequential_ab_test(a, b, {.typical_difference = 0.1});
    CHECK(result.p_value == 1);
    CHECK(result.low == -1);
    CHECK(result.high == 1);
    CHECK(result.difference == result.rate_b - result.rate_a);
  }
  CHECK(akin::sequential_ab_test({10, 1000}, {200, 1000}, {.typical_difference = 0.1}).p_value < 1e-6);
}

TEST_CASE("sequential tests that make no sense are refused") {
  const akin::shown_variant shown{20, 100};
  const auto run = [&](double difference, double significance) {
    return akin::sequential_ab_test(shown, shown, {.typical_difference = difference, .significance = significance});
  };
  CHECK_THROWS_WITH(akin::sequential_ab_test(shown, shown, {}),
                    "sequential_ab_test: typical_difference must be above 0 and at most 1, got 0");
  for (const double difference : {-0.1, 1.1, std::nan("")})
    CHECK_THROWS_WITH(run(difference, 0.05), Catch::Contains("typical_difference must be above 0 and at most 1"));
  for (const double significance : {0.0, 1.0, std::nan("")})
    CHECK_THROWS_WITH(run(0.1, significance), Catch::Contains("sequential_ab_test: significance must be in (0, 1)"));
  CHECK_THROWS_WITH(akin::sequential_ab_test({0, 0}, shown, {.typical_difference = 0.1}),
                    "sequential_ab_test: a must have views, got 0");
  CHECK_THROWS_WITH(akin::sequential_ab_test(shown, {101, 100}, {.typical_difference = 0.1}),
                    "sequential_ab_test: b must have from 0 to 100 clicks, as many as views, got 101");
}
