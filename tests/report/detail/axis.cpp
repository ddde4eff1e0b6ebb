#include <cmath>
#include <string>
#include <vector>

#include <akin/random.hpp>
#include <akin/report/detail/axis.hpp>

#include "support/catch.hpp"

namespace detail = akin::detail;

namespace {

std::vector<std::string> labels(const detail::axis& scale) {
  std::vector<std::string> all;
  for (const detail::tick& t : scale.ticks) all.push_back(t.label);
  return all;
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("linear axes have round ticks around what they show") {
  CHECK(labels(detail::linear_axis(0, 0.142, 4)) == texts{"0.00", "0.05", "0.10", "0.15"});
  CHECK(labels(detail::linear_axis(-0.4, 0.6, 4)) == texts{"-0.5", "0.0", "0.5", "1.0"});
  CHECK(labels(detail::linear_axis(3, 17, 5)) == texts{"0", "5", "10", "15", "20"});
  CHECK(labels(detail::linear_axis(0, 2.3e6, 4)) == texts{"0", "1e+06", "2e+06", "3e+06"});
  CHECK(labels(detail::linear_axis(0, 4e-7, 4)) == texts{"0", "1e-07", "2e-07", "3e-07", "4e-07"});
  CHECK(detail::linear_axis(0, 10, 5).position(2.5) == 0.25);
  CHECK(detail::linear_axis(0, 10, 5).position(99) == 1);
}

TEST_CASE("a single value has room on both sides") {
  CHECK(labels(detail::linear_axis(0, 0, 4)) == texts{"-0.5", "0.0", "0.5"});
  for (const double value : {0.5, -3.0, 1e15, 1e-250, 1e299, -1e299, 5e-324}) {
    const detail::axis scale = detail::linear_axis(value, value, 5);
    CAPTURE(value, scale.low, scale.high);
    CHECK(scale.low <= value);
    CHECK(scale.high >= value);
    CHECK(scale.low < scale.high);
    CHECK(scale.ticks.size() <= 12);
  }
}

TEST_CASE("logarithmic axes have ticks at 1, 2, 5 or at powers of ten") {
  CHECK(labels(detail::logarithmic_axis(0.3, 7)) == texts{"0.2", "0.5", "1", "2", "5", "10"});
  CHECK(labels(detail::logarithmic_axis(0.004, 6.2)) == texts{"0.001", "0.01", "0.1", "1", "10"});
  CHECK(labels(detail::logarithmic_axis(1, 1)) == texts{"0.5", "1", "2"});
  CHECK(detail::logarithmic_axis(1e-9, 1e9).ticks.size() == 7);
  CHECK(detail::logarithmic_axis(0.01, 100).position(1) == Approx(0.5));
}

TEST_CASE("axes hold what they were made for") {
  const akin::random_stream random(5, 1);
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const double a = std::pow(10.0, 40 * random.uniform(3 * i) - 20);
    const double b = a * std::pow(10.0, 12 * random.uniform(3 * i + 1));
    CAPTURE(a, b);
    const detail::axis straight = detail::linear_axis(-a, b, 5), curved = detail::logarithmic_axis(a, b);
    CHECK(straight.low <= -a + 1e-8 * (a + b));
    CHECK(straight.high >= b - 1e-8 * (a + b));
    CHECK(straight.ticks.size() >= 2);
    CHECK(straight.ticks.size() <= 12);
    CHECK(curved.low <= a * (1 + 1e-8));
    CHECK(curved.high >= b * (1 - 1e-8));
    CHECK(curved.ticks.size() >= 2);
    CHECK(curved.ticks.size() <= 10);
    for (const detail::axis* scale : {&straight, &curved}) {
      CHECK(scale->position(scale->ticks.front().value) == 0);
      CHECK(scale->position(scale->ticks.back().value) == Approx(1));
    }
  }
}
