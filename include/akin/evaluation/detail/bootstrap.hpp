/// @file
/// Bootstrap intervals of means over users.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <akin/config.hpp>
#include <akin/evaluation/detail/tally.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/random.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Streams of an evaluation's seed: each user has a stream for sampled negatives, and resamples have others.
inline constexpr std::uint64_t first_bootstrap_stream = std::uint64_t{1} << 62;

/// The quantile of ascending values, with linear interpolation (numpy's default).
double quantile_of_sorted(const std::vector<double>& values, double share);

/// The means of resample number `number`: as many rows as there are, drawn with replacement.
std::vector<double> resampled_means(const block_tally& all, std::uint64_t seed, std::int64_t number);

/// Adds an interval to the results that are means. B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap",
/// 1993: percentile intervals. O(bootstrap * users) draws, which all metrics share; each resample is computed by one
/// worker, so that the bits do not depend on the threads.
void add_bootstrap_intervals(const host_policy& policy, const block_tally& all, const evaluation_options& options,
                             std::span<const bool> is_mean, std::span<metric_result> results);

}  // namespace akin::inline AKIN_ABI::detail

#if AKIN_BODIES(evaluation)
namespace akin::inline AKIN_ABI::detail {

AKIN_INLINE double quantile_of_sorted(const std::vector<double>& values, double share) {
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place), above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

AKIN_INLINE std::vector<double> resampled_means(const block_tally& all, std::uint64_t seed, std::int64_t number) {
  const random_stream random(seed, first_bootstrap_stream + static_cast<std::uint64_t>(number));
  const std::size_t users = all.who.size(), metrics = all.means.size();
  std::vector<double> sums(metrics);
  for (std::size_t i = 0; i < users; ++i) {
    const double* const row = &all.values[random.below(i, users) * metrics];
    for (std::size_t m = 0; m < metrics; ++m) sums[m] += row[m];
  }
  for (double& sum : sums) sum /= static_cast<double>(users);
  return sums;
}

AKIN_INLINE void add_bootstrap_intervals(const host_policy& policy, const block_tally& all,
                                         const evaluation_options& options, std::span<const bool> is_mean,
                                         std::span<metric_result> results) {
  if (options.bootstrap < 1 || all.values.empty()) return;
  std::vector<std::vector<double>> means(static_cast<std::size_t>(options.bootstrap));
  for_each_row(policy, options.bootstrap,
               [&](std::int64_t number, int) { at(means, number) = resampled_means(all, options.seed, number); });
  for (std::size_t metric = 0; metric < results.size(); ++metric) {
    if (!is_mean[metric]) continue;
    std::vector<double> sorted;
    sorted.reserve(means.size());
    for (const auto& of_all : means) sorted.push_back(of_all[metric]);
    std::sort(sorted.begin(), sorted.end());
    results[metric].bootstrap_low = quantile_of_sorted(sorted, 0.025);
    results[metric].bootstrap_high = quantile_of_sorted(sorted, 0.975);
  }
}

}  // namespace akin::inline AKIN_ABI::detail
#endif
