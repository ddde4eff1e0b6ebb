#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <akin/metrics/engagement.hpp>
#include <akin/random.hpp>

#include "support/catch.hpp"

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("rates have Wilson's interval") {
  // scipy.stats.binomtest(...).proportion_ci(method="wilson")
  struct known {
    std::int64_t clicks, views;
    double low, high;
  };
  const known all[] = {{0, 10, 0, 0.27753279986288926},
                       {1, 10, 0.017876213095072896, 0.4041500267952385},
                       {200, 10000, 0.01743471167513658, 0.022933926760712948},
                       {15, 148, 0.06238639953073629, 0.16048724172330803},
                       {10, 10, 0.7224672001371109, 1}};
  for (const auto& [clicks, views, low, high] : all) {
    INFO(clicks << " of " << views);
    const auto rate = akin::click_through_rate({.clicks = clicks, .views = views});
    const double share = static_cast<double>(clicks) / static_cast<double>(views);
    CHECK(rate.value == share);
    CHECK(rate.count == views);
    CHECK(rate.standard_error == Approx(std::sqrt(share * (1 - share) / static_cast<double>(views))));
    CHECK(rate.low == Approx(low).epsilon(1e-13));
    CHECK(rate.high == Approx(high).epsilon(1e-13));
    const auto converted = akin::conversion_rate({.conversions = clicks, .visits = views});
    CHECK(converted.low == rate.low);
    CHECK(converted.high == rate.high);
    CHECK(converted.value == rate.value);
  }
}

TEST_CASE("Wilson's interval is where the score test says 1.96, inside [0, 1]") {
  for (const std::int64_t views : {std::int64_t{1}, std::int64_t{3}, std::int64_t{1000}, std::int64_t{1} << 60})
    for (const std::int64_t clicks : {std::int64_t{0}, std::int64_t{1}, views / 2, views - 1, views}) {
      INFO(clicks << " of " << views);
      const auto rate = akin::click_through_rate({.clicks = clicks, .views = views});
      CHECK(rate.low >= 0);
      CHECK(rate.high <= 1);
      CHECK(rate.low <= rate.value);
      CHECK(rate.value <= rate.high);
      if (views > 1000) continue;  // the check below cancels
      const auto n = static_cast<double>(views);
      for (const double end : {rate.low, rate.high})
        if (end > 0 && end < 1)
          CHECK(std::abs(rate.value - end) / std::sqrt(end * (1 - end) / n) == Approx(1.959963984540054).epsilon(1e-9));
    }
}

TEST_CASE("revenue per view counts the views that brought nothing") {
  const std::vector<double> revenues = {10, 12.5, 99, 5, 7.25, -3};  // one of them returned more than was bought
  const auto result = akin::revenue_per_view(revenues, 40);
  // numpy and scipy.stats.t.interval on 40 numbers, 34 of them 0.
  CHECK(result.value == Approx(3.26875).epsilon(1e-14));
  CHECK(result.standard_error == Approx(2.4956916000379534).epsilon(1e-13));
  CHECK(result.low == Approx(-1.779262738608784).epsilon(1e-11));
  CHECK(result.high == Approx(8.316762738608784).epsilon(1e-11));
  CHECK(result.count == 40);
  auto padded = revenues;
  padded.resize(40);
  CHECK(akin::revenue_per_view(padded, 40).standard_error == Approx(result.standard_error).epsilon(1e-13));
}

TEST_CASE("revenue per view without a spread has no interval to show") {
  for (const auto& result :
       {akin::revenue_per_view({}, 1000), akin::revenue_per_view(std::vector<double>{0, 0}, 2),
        akin::revenue_per_view(std::vector<double>{8}, 1), akin::revenue_per_view(std::vector<double>{8, 8, 8}, 3)}) {
    CHECK(result.value == (result.count == 1 || result.count == 3 ? 8 : 0));
    CHECK(result.standard_error == 0);
    CHECK(result.low == -infinity);
    CHECK(result.high == infinity);
  }
}

TEST_CASE("compare_revenue is Welch's t test") {
  const std::vector<double> a = {10, 12.5, 99, 5, 7.25, -3}, b = {20, 35, 8, 14, 60.5, 44, 1};
  const auto result = akin::compare_revenue({.revenues = a, .views = 40}, {.revenues = b, .views = 50});
  // scipy.stats.ttest_ind(b, a, equal_var=False), with the zeros.
  CHECK(result.mean_difference == Approx(0.38125).epsilon(1e-13));
  CHECK(result.statistic == Approx(0.127008784126686).epsilon(1e-12));
  CHECK(result.p_value == Approx(0.8992953307017013).epsilon(1e-12));
  CHECK(result.low == Approx(-5.604921242227807).epsilon(1e-11));
  CHECK(result.high == Approx(6.367421242227806).epsilon(1e-11));
  const auto turned = akin::compare_revenue({.revenues = b, .views = 50}, {.revenues = a, .views = 40});
  CHECK(turned.mean_difference == -result.mean_difference);
  CHECK(turned.low == -result.high);
  CHECK(turned.p_value == result.p_value);
  const akin::sold_variant of_a{.revenues = std::vector<double>(a), .views = 40};  // owns them
  const std::vector<std::vector<double>> others(50, std::vector<double>(6, 99));   // takes what is given back
  CHECK(akin::compare_revenue(of_a, {.revenues = b, .views = 50}).statistic == result.statistic);
  const auto nothing = akin::compare_revenue({.revenues = {}, .views = 40}, {.revenues = {}, .views = 50});
  CHECK(nothing.mean_difference == 0);
  CHECK(nothing.p_value == 1);
  CHECK(nothing.low == -infinity);
  CHECK(nothing.high == infinity);
  const auto one_sided = akin::compare_revenue({.revenues = {}, .views = 40}, {.revenues = b, .views = 50});
  CHECK(one_sided.mean_difference == Approx(182.5 / 50));
  CHECK(one_sided.standard_error == Approx(akin::revenue_per_view(b, 50).standard_error));
  CHECK(one_sided.low == Approx(akin::revenue_per_view(b, 50).low));
}

TEST_CASE("equal shops look different one time in twenty") {
  const akin::random_stream random(3, 0);
  INFO("seed 3");
  constexpr int experiments = 1000, views = 300;
  int significant = 0;
  for (std::uint64_t e = 0; e < experiments; ++e) {
    std::vector<double> revenues[2];
    for (std::uint64_t i = 0; i < 2 * views; ++i) {
      const double drawn = random.uniform(e * 2 * views + i);
      if (drawn < 0.4) revenues[i % 2].push_back(100 * drawn);
    }
    significant +=
        akin::compare_revenue({.revenues = revenues[0], .views = views}, {.revenues = revenues[1], .views = views})
            .p_value < 0.05;
  }
  CHECK(significant > 25);  // 50 +- 7
  CHECK(significant < 75);
}

TEST_CASE("engagement refuses what cannot be counted") {
  CHECK_THROWS_WITH(akin::click_through_rate({}), "click_through_rate: views must be positive, got 0");
  CHECK_THROWS_WITH(akin::click_through_rate({.clicks = 3, .views = 2}),
                    "click_through_rate: clicks must be from 0 to 2, as many as views, got 3");
  CHECK_THROWS_WITH(akin::click_through_rate({.clicks = -1, .views = 2}),
                    "click_through_rate: clicks must be from 0 to 2, as many as views, got -1");
  CHECK_THROWS_WITH(akin::conversion_rate({}), "conversion_rate: visits must be positive, got 0");
  CHECK_THROWS_WITH(akin::conversion_rate({.conversions = 3, .visits = 2}),
                    "conversion_rate: conversions must be from 0 to 2, as many as visits, got 3");
  const std::vector<double> three = {1, 2, 3}, odd = {1, std::nan("")}, endless = {infinity}, huge = {1e200, -1e200};
  CHECK_THROWS_WITH(akin::revenue_per_view(three, 0), "revenue_per_view: views must be positive, got 0");
  CHECK_THROWS_WITH(akin::revenue_per_view(three, 2),
                    "revenue_per_view: revenues must be at most one a view, of 2, got 3");
  CHECK_THROWS_WITH(akin::revenue_per_view(odd, 2), "revenue_per_view: revenues must be finite, got nan at 1");
  CHECK_THROWS_WITH(akin::revenue_per_view(endless, 2), "revenue_per_view: revenues must be finite, got inf at 0");
  CHECK_THROWS_WITH(akin::revenue_per_view(huge, 2),
                    "revenue_per_view: the squares of the revenues must have a finite sum");
  CHECK_THROWS_WITH(akin::compare_revenue({.revenues = three, .views = 5}, {.revenues = three, .views = 1}),
                    "compare_revenue: views must be at least two of each, got 1");
  CHECK_THROWS_WITH(akin::compare_revenue({.revenues = odd, .views = 5}, {.revenues = three, .views = 4}),
                    "compare_revenue: revenues must be finite, got nan at 1");
}
