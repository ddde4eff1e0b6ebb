#include <cmath>

#include <akin/metrics/rating.hpp>

#include "support/catch.hpp"

namespace metrics = akin::metrics;

TEST_CASE("losses of one rating") {
  CHECK(metrics::rmse{}(3.5, 5) == 2.25);
  CHECK(metrics::rmse{}(5, 3.5) == 2.25);
  CHECK(metrics::mae{}(3.5, 5) == 1.5);
  CHECK(metrics::mae{}(-1, 1) == 2);
  CHECK(metrics::mae{}(4, 4) == 0);
}

TEST_CASE("rmse reports the root, and the slope of the root") {
  CHECK(metrics::rmse::value(2.25) == 1.5);
  CHECK(metrics::rmse::value(0) == 0);
  CHECK(metrics::rmse::slope(0) == 0);
  const double step = 1e-6;
  CHECK(metrics::rmse::slope(2.0) == Approx((std::sqrt(2.0 + step) - std::sqrt(2.0 - step)) / (2 * step)));
}

TEST_CASE("anything callable on two numbers is a rating metric") {
  const auto within_one = [](double predicted, double actual) { return std::abs(predicted - actual) <= 1; };
  STATIC_REQUIRE(metrics::rating_metric<decltype(within_one)>);
  STATIC_REQUIRE(metrics::rating_metric<metrics::rmse>);
  STATIC_REQUIRE(metrics::rating_metric<metrics::mae>);
  STATIC_REQUIRE_FALSE(metrics::rating_metric<int>);
}
