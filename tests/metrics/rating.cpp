#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <akin/metrics/rating.hpp>
#include <akin/random.hpp>

#include "support/catch.hpp"

namespace metrics = akin::metrics;

TEST_CASE("losses of one rating") {
  CHECK(metrics::rmse{}(3.5, 5) == 2.25);
  CHECK(metrics::rmse{}(5, 3.5) == 2.25);
  CHECK(metrics::mse{}(3.5, 5) == 2.25);
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
  STATIC_REQUIRE(metrics::rating_metric<metrics::mse>);
  STATIC_REQUIRE_FALSE(metrics::rating_metric<int>);
  STATIC_REQUIRE_FALSE(metrics::rating_metric<metrics::fcp>);
  STATIC_REQUIRE(metrics::user_rating_metric<metrics::fcp>);
  STATIC_REQUIRE_FALSE(metrics::user_rating_metric<metrics::rmse>);
}

TEST_CASE("concordant pairs by hand") {
  using numbers = std::vector<double>;
  // 6 pairs, of which (0, 1), (0, 3), (1, 2) and (2, 3) are predicted in the order of the ratings, (0, 2) and (1, 3)
  // not.
  CHECK(metrics::fcp{}(numbers{1, 3, 0.5, 2}, numbers{1, 4, 2, 5}) == Approx(4.0 / 6));
  CHECK(metrics::fcp{}(numbers{1, 2, 3}, numbers{-1, 0, 5}) == 1);
  CHECK(metrics::fcp{}(numbers{3, 2, 1}, numbers{-1, 0, 5}) == 0);
  // Equal ratings make no pair, equal predictions no concordant one.
  CHECK(metrics::fcp{}(numbers{1, 2, 3}, numbers{4, 4, 5}) == 1);
  CHECK(metrics::fcp{}(numbers{2, 2, 3}, numbers{3, 4, 5}) == Approx(2.0 / 3));
  CHECK(metrics::fcp{}(numbers{3, 3, 3}, numbers{3, 4, 5}) == 0);
  CHECK(metrics::fcp{}(numbers{0.0, -0.0}, numbers{0, 1}) == 0);
  CHECK(metrics::fcp{}(numbers{0, 1}, numbers{0.0, -0.0}) == 0);
  CHECK(metrics::fcp{}(numbers{1, 2, 3}, numbers{4, 4, 4}) == 0);
  CHECK(metrics::fcp{}(numbers{1}, numbers{4}) == 0);
  CHECK(metrics::fcp{}(numbers{}, numbers{}) == 0);
}

TEST_CASE("concordant pairs are those of the definition, with ties on both sides") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    INFO("seed " << seed);
    const akin::random_stream random(seed, 0);
    const std::uint64_t size = random.below(0, 40);
    std::vector<double> predicted, actual;
    for (std::uint64_t i = 0; i < size; ++i) {
      predicted.push_back(static_cast<double>(random.below(2 * i + 1, seed % 3 == 0 ? 1000 : 8)) / 4);
      actual.push_back(static_cast<double>(random.below(2 * i + 2, 5)) - 2);
    }
    std::int64_t concordant = 0, pairs = 0;
    for (std::size_t i = 0; i < size; ++i)
      for (std::size_t j = 0; j < size; ++j)
        if (actual[i] > actual[j]) {
          ++pairs;
          concordant += predicted[i] > predicted[j];
        }
    const auto counted = akin::detail::count_rated_pairs(predicted, actual);
    CHECK(counted.concordant == concordant);
    CHECK(counted.all == pairs);
  }
}

TEST_CASE("long lists are counted in n log n steps") {
  // Two million ratings would have 2e12 pairs to look at.
  constexpr std::int64_t size = 2'000'000;
  std::vector<double> predicted, actual;
  for (std::int64_t i = 0; i < size; ++i) {
    predicted.push_back(static_cast<double>(i));
    actual.push_back(static_cast<double>(i % 2 == 0 ? i + 1 : i - 1));  // neighbours exchanged
  }
  const auto counted = akin::detail::count_rated_pairs(predicted, actual);
  CHECK(counted.all == size * (size - 1) / 2);
  CHECK(counted.all - counted.concordant == size / 2);
}

TEST_CASE("the standard error of concordant pairs takes users as independent") {
  using numbers = std::vector<double>;
  auto pairs = metrics::fcp{}.accumulate();
  CHECK(pairs.value() == 0);
  CHECK(pairs.standard_error() == 0);
  pairs.add(numbers{1, 2, 3}, numbers{1, 3, 2});  // 2 of 3
  CHECK(pairs.standard_error() == 0);
  auto others = metrics::fcp{}.accumulate();
  others.add(numbers{2, 1}, numbers{1, 2});              // 0 of 1
  others.add(numbers{1, 2, 3, 4}, numbers{1, 2, 3, 4});  // 6 of 6
  others.add(numbers{1, 2}, numbers{3, 3});              // nothing to tell apart: no user at all
  pairs.merge(others);
  CHECK(pairs.count() == 10);
  CHECK(pairs.value() == Approx(0.8));
  // Of concordant - 0.8 pairs: -0.4, -0.8, 1.2.
  CHECK(pairs.standard_error() == Approx(std::sqrt((0.16 + 0.64 + 1.44) * 3 / 2) / 10));
}

TEST_CASE("the standard error of concordant pairs is how far they move with other users") {
  INFO("seed 5");
  const akin::random_stream random(5, 0);
  std::uint64_t drawn = 0;
  double sum = 0, squares = 0, errors = 0;
  constexpr int worlds = 400;
  for (int world = 0; world < worlds; ++world) {
    auto pairs = metrics::fcp{}.accumulate();
    for (int user = 0; user < 60; ++user) {
      const std::uint64_t size = 2 + random.below(drawn++, 10);
      const double noise = 4 * random.uniform(drawn++);
      std::vector<double> predicted, actual;
      for (std::uint64_t i = 0; i < size; ++i) {
        actual.push_back(static_cast<double>(random.below(drawn++, 5)));
        predicted.push_back(actual.back() + noise * random.uniform(drawn++));
      }
      pairs.add(predicted, actual);
    }
    sum += pairs.value();
    squares += pairs.value() * pairs.value();
    errors += pairs.standard_error();
  }
  const double deviation = std::sqrt((squares - sum * sum / worlds) / (worlds - 1));
  CHECK(errors / worlds == Approx(deviation).epsilon(0.12));  // the deviation itself is known to 4 %
}

TEST_CASE("fcp refuses what cannot be compared") {
  const std::vector<double> two = {1, 2}, one = {1}, odd = {1, std::nan("")};
  CHECK_THROWS_WITH(metrics::fcp{}(two, one), "fcp: predicted and actual must be of one length, got 2 and 1");
  CHECK_THROWS_WITH(metrics::fcp{}(two, odd), "fcp: predicted and actual must be numbers, got NaN at 1");
  CHECK_THROWS_WITH(metrics::fcp{}(odd, two), "fcp: predicted and actual must be numbers, got NaN at 1");
}
