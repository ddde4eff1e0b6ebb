/// @file
/// Bootstrap intervals of means over users.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/parallel.hpp>
#include <akin/random.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Streams of an evaluation's seed: sampled negatives have a stream a user, resamples are far from them.
inline constexpr std::uint64_t first_bootstrap_stream = std::uint64_t{1} << 62;

/// The quantile of ascending values, between two of them by their distance (numpy's default).
double quantile_of_sorted(const std::vector<double>& values, double share);

/// The means of resample number `number`: as many rows as there are, drawn with replacement.
template <std::size_t Metrics>
std::array<double, Metrics> resampled_means(const std::vector<std::array<double, Metrics>>& rows, std::uint64_t seed,
                                            std::int64_t number) {
  const random_stream random(seed, first_bootstrap_stream + static_cast<std::uint64_t>(number));
  std::array<double, Metrics> sums{};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[random.below(i, rows.size())];
    for (std::size_t m = 0; m < Metrics; ++m) sums[m] += row[m];
  }
  for (double& sum : sums) sum /= static_cast<double>(rows.size());
  return sums;
}

/// B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap", 1993: percentile intervals. O(bootstrap * users)
/// draws, which all metrics share; a resample is one worker's, so the bits do not depend on the threads.
template <class List, class Tally, std::size_t Metrics>
void add_bootstrap_intervals(const host_policy& policy, const List&, const Tally& all,
                             const evaluation_options& options, evaluation<Metrics>& result) {
  if (options.bootstrap < 1 || all.values.empty()) return;
  std::vector<std::array<double, Metrics>> means(static_cast<std::size_t>(options.bootstrap));
  for_each_row(policy, options.bootstrap, [&](std::int64_t number, int) {
    means[static_cast<std::size_t>(number)] = resampled_means(all.values, options.seed, number);
  });
  const auto add = [&]<std::size_t Number>() {
    if constexpr (List::template is_mean<Number>) {
      std::vector<double> sorted;
      sorted.reserve(means.size());
      for (const auto& of_all : means) sorted.push_back(of_all[Number]);
      std::sort(sorted.begin(), sorted.end());
      result[Number].bootstrap_low = quantile_of_sorted(sorted, 0.025);
      result[Number].bootstrap_high = quantile_of_sorted(sorted, 0.975);
    }
  };
  [&]<std::size_t... Number>(std::index_sequence<Number...>) { (add.template operator()<Number>(), ...); }
  (std::make_index_sequence<Metrics>());
}

}  // namespace akin::inline AKIN_ABI::detail

#if AKIN_BODIES(evaluation)
namespace akin::inline AKIN_ABI::detail {

AKIN_INLINE double quantile_of_sorted(const std::vector<double>& values, double share) {
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place), above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

}  // namespace akin::inline AKIN_ABI::detail
#endif
