#include <cmath>
#include <vector>

#include <akin/evaluation/detail/bootstrap.hpp>

#include "support/catch.hpp"

TEST_CASE("quantiles lie between two values by their distance") {
  const std::vector<double> values = {1, 2, 4, 8, 16};
  CHECK(akin::detail::quantile_of_sorted(values, 0) == 1);
  CHECK(akin::detail::quantile_of_sorted(values, 1) == 16);
  CHECK(akin::detail::quantile_of_sorted(values, 0.5) == 4);
  CHECK(akin::detail::quantile_of_sorted(values, 0.1) == Approx(1.4));
  CHECK(akin::detail::quantile_of_sorted(values, 0.975) == Approx(15.2));
  CHECK(akin::detail::quantile_of_sorted({3}, 0.975) == 3);
}

TEST_CASE("means of resamples scatter as a mean does, and metrics share the users that were drawn") {
  // A user has (x, 2x + 1).
  akin::detail::block_tally rows(2, true);
  for (int i = 0; i < 100; ++i) {
    rows.who.push_back(i);
    rows.values.insert(rows.values.end(), {static_cast<double>(i), 2.0 * i + 1});
  }
  double sum = 0, squares = 0;
  constexpr int resamples = 4000;
  for (int number = 0; number < resamples; ++number) {
    const auto means = akin::detail::resampled_means(rows, 5, number);
    REQUIRE(means.size() == 2);
    const double x = means[0], y = means[1];
    REQUIRE(y == Approx(2 * x + 1));
    sum += x;
    squares += (x - 49.5) * (x - 49.5);
  }
  const double deviation = std::sqrt((100.0 * 100 - 1) / 12 / 100);  // of the mean of 100 draws
  CHECK(sum / resamples == Approx(49.5).margin(4 * deviation / std::sqrt(resamples)));
  CHECK(std::sqrt(squares / resamples) == Approx(deviation).epsilon(0.05));
  CHECK(akin::detail::resampled_means(rows, 5, 1) == akin::detail::resampled_means(rows, 5, 1));
  CHECK(akin::detail::resampled_means(rows, 5, 1) != akin::detail::resampled_means(rows, 6, 1));
}
