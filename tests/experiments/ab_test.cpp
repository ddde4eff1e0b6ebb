#include <cmath>
#include <limits>
#include <utility>

#include <akin/experiments/ab_test.hpp>
#include <akin/random.hpp>

#include "support/catch.hpp"

TEST_CASE("quantiles of the normal distribution are SciPy's") {
  // scipy.stats.norm.ppf
  const std::pair<double, double> known[] = {
      {1e-300, -37.0470962993612},  {1e-10, -6.361340902404056}, {0.001, -3.090232306167813},
      {0.025, -1.9599639845400545}, {0.2, -0.8416212335729142},  {0.5, 0.0},
      {0.7, 0.5244005127080407},    {0.975, 1.959963984540054},  {0.999999, 4.753424308817087}};
  for (const auto& [p, x] : known) CHECK(akin::detail::normal_quantile(p) == Approx(x).epsilon(1e-12).margin(1e-15));
}

TEST_CASE("ab_test is the pooled test of two proportions") {
  // numpy, scipy.stats.norm and scipy.optimize.brentq, from the formulas.
  const auto better = akin::ab_test({.clicks = 200, .views = 10000}, {.clicks = 260, .views = 10000});
  CHECK(better.rate_a == 0.02);
  CHECK(better.rate_b == 0.026);
  CHECK(better.lift == Approx(0.3).epsilon(1e-12));
  CHECK(better.z == Approx(2.830251652793251).epsilon(1e-12));
  CHECK(better.p_value == Approx(0.004651140450960617).epsilon(1e-10));
  CHECK(better.lift_low == Approx(0.08371419086388898).epsilon(1e-10));
  CHECK(better.lift_high == Approx(0.5595310133988312).epsilon(1e-10));
  const auto worse = akin::ab_test({.clicks = 30, .views = 400}, {.clicks = 25, .views = 500});
  CHECK(worse.z == Approx(-1.5558458364536352).epsilon(1e-12));
  CHECK(worse.p_value == Approx(0.11974475560738883).epsilon(1e-10));
}

TEST_CASE("the interval of the lift is Koopman's") {
  // The example of his paper: 36 of 40 against 16 of 80, a ratio of 4.5 from 2.94 to 7.15; more digits from numpy and
  // scipy.optimize.brentq.
  const auto paper = akin::ab_test({.clicks = 16, .views = 80}, {.clicks = 36, .views = 40});
  CHECK(paper.lift == Approx(3.5));
  CHECK(paper.lift_low == Approx(1.9395691922149942).epsilon(1e-10));
  CHECK(paper.lift_high == Approx(6.152223434866029).epsilon(1e-10));
  const auto few = akin::ab_test({.clicks = 1, .views = 34}, {.clicks = 7, .views = 34});
  CHECK(few.lift_low == Approx(0.22085285351481176).epsilon(1e-10));
  CHECK(few.lift_high == Approx(41.575717609760375).epsilon(1e-10));
  const auto many = akin::ab_test({.clicks = 9, .views = 10}, {.clicks = 17, .views = 20});
  CHECK(many.lift_low == Approx(-0.3074586376121744).epsilon(1e-10));
  CHECK(many.lift_high == Approx(0.4563632014074095).epsilon(1e-10));
}

TEST_CASE("the interval of the lift turns around with the variants, and leaves out 0 just where p is below 0.05") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  int significant = 0, others = 0;
  for (std::int64_t views_a : {1, 2, 7, 12})
    for (std::int64_t views_b : {1, 5, 12})
      for (std::int64_t a = 0; a <= views_a; ++a)
        for (std::int64_t b = 0; b <= views_b; ++b) {
          INFO(a << " of " << views_a << ", " << b << " of " << views_b);
          const auto result = akin::ab_test({.clicks = a, .views = views_a}, {.clicks = b, .views = views_b});
          const auto turned = akin::ab_test({.clicks = b, .views = views_b}, {.clicks = a, .views = views_a});
          if (b > 0) CHECK((1 + result.lift_low) * (1 + turned.lift_high) == Approx(1));
          if (b == 0) CHECK((result.lift_low == -1 && turned.lift_high == infinity));
          CHECK(result.lift_low <= result.lift);
          CHECK(result.lift <= result.lift_high);
          CHECK(result.lift_low < result.lift_high);
          CHECK((result.p_value < 0.05) == (result.lift_low > 0 || result.lift_high < 0));
          ++(result.p_value < 0.05 ? significant : others);
        }
  CHECK(significant > 50);
  CHECK(others > 50);
}

TEST_CASE("ab_test of variants that nobody clicked, or everybody, says what is known") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto nobody = akin::ab_test({.clicks = 0, .views = 10}, {.clicks = 0, .views = 20});
  CHECK(nobody.lift == 0);
  CHECK(nobody.p_value == 1);
  CHECK(nobody.lift_low == -1);
  CHECK(nobody.lift_high == infinity);
  const auto only_b = akin::ab_test({.clicks = 0, .views = 100}, {.clicks = 9, .views = 100});
  CHECK(only_b.lift == infinity);
  CHECK(only_b.lift_low > 0);
  CHECK(only_b.lift_high == infinity);
  CHECK(only_b.p_value < 0.01);
  const auto only_a = akin::ab_test({.clicks = 9, .views = 100}, {.clicks = 0, .views = 100});
  CHECK(only_a.lift == -1);
  CHECK(only_a.lift_low == -1);
  CHECK(only_a.lift_high < 0);
  // With every view clicked the score test leaves Wilson's bound of the smaller rate: n / (n + 1.96^2).
  const double square = 1.959963984540054 * 1.959963984540054;
  for (const double n : {1.0, 7.0, 1e6, 1e10}) {
    INFO(n << " views of b");
    const auto views = static_cast<std::int64_t>(n);
    const auto everybody = akin::ab_test({.clicks = 5, .views = 5}, {.clicks = views, .views = views});
    CHECK(everybody.lift == 0);
    CHECK(everybody.p_value == 1);
    CHECK(everybody.lift_low == Approx(-square / (n + square)).epsilon(1e-6));
    CHECK(everybody.lift_high == Approx(square / 5).epsilon(1e-10));
  }
  // One variant with all clicks: not as narrow as if its rate was known to be 1.
  const auto all_of_b = akin::ab_test({.clicks = 500, .views = 1000}, {.clicks = 3, .views = 3});
  CHECK(all_of_b.lift == Approx(1));
  CHECK(all_of_b.lift_low < 0);
}

TEST_CASE("equal variants look different one time in twenty") {
  const akin::random_stream random(1, 0);
  INFO("seed 1");
  int significant = 0, covered = 0;
  constexpr int experiments = 2000, views = 400;
  for (std::uint64_t e = 0; e < experiments; ++e) {
    std::int64_t clicks[2] = {};
    for (std::uint64_t i = 0; i < 2 * views; ++i) clicks[i % 2] += random.uniform(e * 2 * views + i) < 0.2 ? 1 : 0;
    const auto result = akin::ab_test({.clicks = clicks[0], .views = views}, {.clicks = clicks[1], .views = views});
    significant += result.p_value < 0.05;
    covered += result.lift_low <= 0 && 0 <= result.lift_high;
  }
  CHECK(significant > 60);  // 100 +- 10
  CHECK(significant < 140);
  CHECK(covered > 1860);
  CHECK(covered < 1940);
}

TEST_CASE("required_sample_size is enough for the lift that should not be missed") {
  // numpy and scipy.stats.norm, from the formula, before rounding up: 80681.38 and 6090.64.
  CHECK(akin::required_sample_size({.base_rate = 0.02, .smallest_lift = 0.1}) == 80682);
  CHECK(akin::required_sample_size({.base_rate = 0.1, .smallest_lift = -0.2, .significance = 0.01, .power = 0.9}) ==
        6091);
  const std::int64_t views = akin::required_sample_size({.base_rate = 0.3, .smallest_lift = 0.3});
  const akin::random_stream random(2, 0);
  INFO("seed 2, views " << views);
  int found = 0;
  constexpr int experiments = 1000;
  for (std::uint64_t e = 0; e < experiments; ++e) {
    std::int64_t a = 0, b = 0;
    for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(views); ++i) {
      const std::uint64_t at = 2 * (e * static_cast<std::uint64_t>(views) + i);
      a += random.uniform(at) < 0.3;
      b += random.uniform(at + 1) < 0.39;
    }
    found += akin::ab_test({.clicks = a, .views = views}, {.clicks = b, .views = views}).p_value < 0.05;
  }
  CHECK(found > 740);  // 800 +- 13
  CHECK(found < 860);
}

TEST_CASE("A/B tests that make no sense are refused") {
  CHECK_THROWS_WITH(akin::ab_test({.clicks = 0, .views = 0}, {.clicks = 1, .views = 2}),
                    "ab_test: a must have views, got 0");
  CHECK_THROWS_WITH(akin::ab_test({.clicks = 1, .views = 2}, {.clicks = 3, .views = 2}),
                    "ab_test: b must have from 0 to 2 clicks, as many as views, got 3");
  CHECK_THROWS_WITH(akin::ab_test({.clicks = -1, .views = 2}, {.clicks = 1, .views = 2}),
                    "ab_test: a must have from 0 to 2 clicks, as many as views, got -1");
  CHECK_THROWS_WITH(akin::required_sample_size({.base_rate = 0}), Catch::Contains("base_rate must be in (0, 1)"));
  CHECK_THROWS_WITH(akin::required_sample_size({.smallest_lift = 0}), Catch::Contains("smallest_lift must not be 0"));
  CHECK_THROWS_WITH(akin::required_sample_size({.base_rate = 0.6, .smallest_lift = 1}),
                    Catch::Contains("leave a rate in (0, 1)"));
  CHECK_THROWS_WITH(akin::required_sample_size({.significance = 1}), Catch::Contains("significance must be in (0, 1)"));
  CHECK_THROWS_WITH(akin::required_sample_size({.power = std::nan("")}), Catch::Contains("power must be in (0, 1)"));
  CHECK_THROWS_WITH(
      akin::required_sample_size({.significance = 0.5, .power = 0.25}),
      "required_sample_size: power must be above significance / 2, which any number of views has, got 0.25");
  CHECK_THROWS_WITH(akin::required_sample_size({.power = 0.001}), Catch::Contains("power must be above"));
  CHECK(akin::required_sample_size({.significance = 0.5, .power = 0.251}) == 1);
}
