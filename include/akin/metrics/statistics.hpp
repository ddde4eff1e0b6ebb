/// @file
/// Tests of paired values, such as a metric of each user under two models: is b better than a?
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/metrics/detail/student_t.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/random.hpp>

namespace akin::inline AKIN_ABI {

/// The result of a test without an interval; all p values are two-sided.
struct test_result {
  double statistic = 0;
  double p_value = 1;
};

/// The result of the paired t test.
struct t_test_result {
  double mean_difference = 0;  ///< of b - a
  double standard_error = 0;   ///< of the mean difference
  double low = 0;              ///< the 95 % interval of the mean difference by Student's t
  double high = 0;
  double statistic = 0;  ///< mean_difference / standard_error; infinite if all differences are equal and not 0
  double p_value = 1;
};

struct sign_flip_options {
  int flips = 10000;
  std::uint64_t seed = 0;
};

namespace detail {

/// Streams of a seed, apart from those of sampled negatives and of the bootstrap.
inline constexpr std::uint64_t first_sign_flip_stream = std::uint64_t{3} << 62;

/// b - a; throws if their lengths differ or are below two, or a value is not finite.
std::vector<double> paired_differences(std::span<const double> a, std::span<const double> b, std::string_view where);

/// The t of which a share of 0.975 lies below, by halving.
double student_t_975(double freedom);

/// The share of all 2^n choices of signs in which the ranks with a plus sum up to at most max_sum. Ranks are doubled,
/// so that mean ranks are integers. Counts stay below 2^50, which a double holds exactly.
double signed_rank_tail(std::span<const std::size_t> doubled_ranks, std::size_t max_sum);

/// The sum of the values with the random signs of one flip: bit j of number i belongs to value 64 i + j.
double flipped_sum(std::span<const double> values, const random_stream& random);

test_result sign_flip_test(const host_policy& policy, std::span<const double> a, std::span<const double> b,
                           const sign_flip_options& options);

}  // namespace detail

/// Student's paired t test of the mean of b - a. It assumes that users are independent and that the mean is normal,
/// which it nearly is with a few dozen users; p is 1 if all differences are 0. Throws std::invalid_argument if a and b
/// differ in length, have fewer than two values, or one that is not finite. O(n).
t_test_result paired_t_test(std::span<const double> a, std::span<const double> b);

/// Wilcoxon's signed-rank test: are the differences symmetric around 0? Differences of 0 are dropped; equal sizes share
/// their mean rank. For up to 50 differences other than 0 the p value is exact: the share of all choices of signs whose
/// rank sum is as far out, given the ties. Above, it is the normal approximation with the variance corrected for ties
/// and without a correction for continuity. The statistic is the smaller of the rank sums of the positive and the
/// negative differences. p is 1 if all differences are 0. Throws as paired_t_test. O(n log n). F. Wilcoxon, "Individual
/// Comparisons by Ranking Methods", Biometrics Bulletin 1(6), 1945.
test_result wilcoxon_signed_rank(std::span<const double> a, std::span<const double> b);

/// The sign-flip (randomisation) test of the mean of b - a: if a and b were equal, each difference could equally well
/// have the other sign. p = (1 + flips whose mean is as far from 0 as the observed one, or farther) / (1 + flips), so
/// never below 1 / (1 + flips); sums that differ by rounding alone are taken as equal. It needs no normal distribution,
/// and is valid for few users. The statistic is the mean difference. p is 1 if all differences are 0. Throws as
/// paired_t_test, and where flips < 1. O(flips * n) on the threads of the policy, the same bits for any number of them.
/// R. A. Fisher, "The Design of Experiments", 1935.
template <class Policy>
test_result sign_flip_test(const Policy& policy, std::span<const double> a, std::span<const double> b,
                           const sign_flip_options& options = {}) {
  return detail::sign_flip_test(detail::on_host(policy), a, b, options);
}

/// Holm's adjustment of the p values of several tests, in their order: the probability that any of those below 0.05 is
/// a false alarm is at most 5 %, for any dependence between the tests. Throws std::invalid_argument if a value is not
/// in [0, 1]. O(n log n). S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of
/// Statistics 6(2), 1979.
std::vector<double> holm(std::span<const double> p_values);

}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(metrics)
namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE std::vector<double> paired_differences(std::span<const double> a, std::span<const double> b,
                                                   std::string_view where) {
  if (a.size() != b.size())
    fail<std::invalid_argument>(where, ": a and b must be equally long, got ", a.size(), " and ", b.size());
  require(a.size() >= 2, where, "a and b must hold at least two values", a.size());
  std::vector<double> differences(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    differences[i] = b[i] - a[i];
    if (!std::isfinite(differences[i]))
      fail<std::invalid_argument>(where, ": values and their differences must be finite, got ", a[i], " and ", b[i],
                                  " at ", i);
  }
  return differences;
}

AKIN_INLINE double student_t_975(double freedom) {
  double low = 1.9, high = 13;
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (student_t_both_tails(middle, freedom) > 0.05 ? low : high) = middle;
  }
  return (low + high) / 2;
}

AKIN_INLINE double signed_rank_tail(std::span<const std::size_t> doubled_ranks, std::size_t max_sum) {
  std::vector<double> ways(max_sum + 1);
  ways[0] = 1;
  for (const std::size_t rank : doubled_ranks)
    for (std::size_t sum = max_sum; sum >= rank; --sum) ways[sum] += ways[sum - rank];
  return std::ldexp(std::accumulate(ways.begin(), ways.end(), 0.0), -static_cast<int>(doubled_ranks.size()));
}

AKIN_INLINE double flipped_sum(std::span<const double> values, const random_stream& random) {
  double sum = 0;
  for (std::size_t first = 0; first < values.size(); first += 64) {
    std::uint64_t signs = random.bits(first / 64);
    for (const double value : values.subspan(first, std::min<std::size_t>(64, values.size() - first))) {
      sum += (signs & 1) != 0 ? value : -value;
      signs >>= 1;
    }
  }
  return sum;
}

AKIN_INLINE test_result sign_flip_test(const host_policy& policy, std::span<const double> a, std::span<const double> b,
                                       const sign_flip_options& options) {
  auto differences = paired_differences(a, b, "sign_flip_test");
  require(options.flips >= 1, "sign_flip_test", "flips must be positive", options.flips);
  const auto count = static_cast<double>(differences.size());
  std::erase(differences, 0.0);
  double sum = 0, sizes = 0;
  for (const double difference : differences) {
    sum += difference;
    sizes += std::abs(difference);
  }
  const double bound = std::abs(sum) - 1e-12 * sizes;
  std::vector<unsigned char> as_far(static_cast<std::size_t>(options.flips));
  for_each_row(policy, options.flips, [&](std::int64_t flip, int) {
    const random_stream random(options.seed, first_sign_flip_stream + static_cast<std::uint64_t>(flip));
    at(as_far, flip) = std::abs(flipped_sum(differences, random)) >= bound;
  });
  const auto hits = std::count(as_far.begin(), as_far.end(), 1);
  return {sum / count, (1 + static_cast<double>(hits)) / (1 + static_cast<double>(options.flips))};
}

}  // namespace detail

AKIN_INLINE t_test_result paired_t_test(std::span<const double> a, std::span<const double> b) {
  const auto differences = detail::paired_differences(a, b, "paired_t_test");
  const auto count = static_cast<double>(differences.size());
  t_test_result result;
  result.mean_difference = std::accumulate(differences.begin(), differences.end(), 0.0) / count;
  double squares = 0;
  for (const double difference : differences) {
    const double off = difference - result.mean_difference;
    squares += off * off;
  }
  result.standard_error = std::sqrt(squares / (count - 1) / count);
  const double width = detail::student_t_975(count - 1) * result.standard_error;
  result.low = result.mean_difference - width;
  result.high = result.mean_difference + width;
  if (result.mean_difference == 0) return result;
  result.statistic = result.standard_error > 0
                         ? result.mean_difference / result.standard_error
                         : std::copysign(std::numeric_limits<double>::infinity(), result.mean_difference);
  result.p_value = result.standard_error > 0 ? detail::student_t_both_tails(result.statistic, count - 1) : 0;
  return result;
}

AKIN_INLINE test_result wilcoxon_signed_rank(std::span<const double> a, std::span<const double> b) {
  auto differences = detail::paired_differences(a, b, "wilcoxon_signed_rank");
  std::erase(differences, 0.0);
  if (differences.empty()) return {};
  std::sort(differences.begin(), differences.end(), [](double x, double y) { return std::abs(x) < std::abs(y); });
  const bool exact = differences.size() <= 50;
  std::vector<std::size_t> doubled_ranks;
  double above = 0, ties = 0;
  for (std::size_t first = 0, last = 0; first < differences.size(); first = last) {
    double positives = 0;
    for (; last < differences.size() && std::abs(differences[last]) == std::abs(differences[first]); ++last)
      positives += differences[last] > 0 ? 1 : 0;
    const auto tied = static_cast<double>(last - first);
    above += positives * (static_cast<double>(first + last + 1) / 2);
    ties += (tied * tied - 1) * tied;
    if (exact) doubled_ranks.insert(doubled_ranks.end(), last - first, first + last + 1);
  }
  const auto count = static_cast<double>(differences.size());
  const double all = count * (count + 1) / 2;
  const double statistic = std::min(above, all - above);
  if (exact) {
    const double tail = detail::signed_rank_tail(doubled_ranks, static_cast<std::size_t>(2 * statistic));
    return {statistic, std::min(1.0, 2 * tail)};
  }
  const double variance = (count * (count + 1) * (2 * count + 1) - ties / 2) / 24;
  const double z = (above - all / 2) / std::sqrt(variance);
  return {statistic, std::erfc(std::abs(z) / std::sqrt(2.0))};
}

AKIN_INLINE std::vector<double> holm(std::span<const double> p_values) {
  for (const double p : p_values) detail::require(p >= 0 && p <= 1, "holm", "p_values must be in [0, 1]", p);
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return p_values[i] < p_values[j]; });
  std::vector<double> adjusted(p_values.size());
  double largest = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    largest = std::max(largest, std::min(1.0, static_cast<double>(order.size() - rank) * p_values[order[rank]]));
    adjusted[order[rank]] = largest;
  }
  return adjusted;
}

}  // namespace akin::inline AKIN_ABI
#endif
