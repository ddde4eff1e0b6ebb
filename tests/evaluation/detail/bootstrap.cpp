#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <akin/evaluation/detail/bootstrap.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/execution.hpp>

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

TEST_CASE("an interval is from the 2.5th to the 97.5th percentile of the resampled means") {
  akin::detail::block_tally rows(2, true);
  for (int i = 0; i < 30; ++i) {
    rows.who.push_back(i);
    rows.values.insert(rows.values.end(), {static_cast<double>(i * i), 1.0});
  }
  constexpr int resamples = 201;  // so that both percentiles are values: the 6th and the 196th
  std::vector<double> means;
  for (int number = 0; number < resamples; ++number) means.push_back(akin::detail::resampled_means(rows, 3, number)[0]);
  std::sort(means.begin(), means.end());
  std::array<akin::metric_result, 2> results;
  const bool is_mean[] = {true, false};
  akin::detail::add_bootstrap_intervals(akin::execution::par, rows, {.bootstrap = resamples, .seed = 3}, is_mean,
                                        results);
  CHECK(results[0].bootstrap_low == Approx(means[5]));
  CHECK(results[0].bootstrap_high == Approx(means[195]));
  CHECK(results[1].bootstrap_high == 0);  // not a mean
}
