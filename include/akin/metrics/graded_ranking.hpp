/// @file
/// Accuracy of ranked lists with graded relevance: the gain of a relevant item is its value in the test, such as a
/// rating, and that of any other item 0.
///
/// The metrics take (ranked, relevant, gains): items best first, the relevant items ascending, and their gains, which
/// must be positive and finite, beside them. They return 0 if nothing is relevant, and throw std::invalid_argument if k
/// < 1, an item is ranked twice or `relevant` does not ascend. Without gains (ranked, relevant) each gain is 1. Below,
/// g(r) is the gain of the item at rank r, from 1.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/metrics/detail/discounts.hpp>
#include <akin/metrics/judged_list.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/numbers.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The metric of the caller's list with these gains.
template <class Metric>
double judge_graded(const Metric& metric, std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant,
                    std::span<const double> gains, std::string_view where) {
  if (gains.size() != relevant.size())
    fail<std::invalid_argument>(where, ": gains must be one for each of the ", relevant.size(), " relevant items, got ",
                                gains.size());
  for (const double gain : gains)
    require(gain > 0 && gain <= std::numeric_limits<double>::max(), where, "gains must be positive and finite", gain);
  const auto graded = [&](metrics::judged_list<std::int32_t> list) {
    list.gains = gains;
    return metric(list);
  };
  return judge(graded, ranked, relevant, where);
}

/// The gain of the hit at this rank.
template <class Index>
double gain_at(const metrics::judged_list<Index>& list, std::int32_t rank) {
  if (list.gains.empty()) return 1;
  const Index item = at(list.ranked, rank);
  const auto place = std::lower_bound(list.relevant.begin(), list.relevant.end(), item) - list.relevant.begin();
  return at(list.gains, place);
}

/// (2^gain - 1) / 2^highest, without overflow of large gains or cancellation of small ones.
inline double exponential_gain(double gain, double highest) {
  constexpr double log_2 = 0.693147180559945309417;
  return gain < 1 ? std::expm1(gain * log_2) * std::exp2(-highest) : std::exp2(gain - highest) - std::exp2(-highest);
}

}  // namespace detail

namespace metrics {

/// The scale of gains in graded_ndcg.
enum class gain_scale {
  linear,      ///< g: K. Järvelin, J. Kekäläinen, "Cumulated Gain-Based Evaluation of IR Techniques", ACM TOIS 2002
  exponential  ///< 2^g - 1: C. Burges et al., "Learning to Rank using Gradient Descent", ICML 2005
};

/// Normalised discounted cumulative gain: sum over r <= k of s(g(r)) / log2(r + 1), s as `scale` says, divided by the
/// same sum of the ideal list, which has the min(k, R) largest gains in order. If all gains are the same it is ndcg.
/// The exponential scale doubles with each unit of gain: for grades such as 1 to 5, not for counts. O(R log k) time and
/// a copy of the gains.
struct graded_ndcg {
  int k = 10;
  gain_scale scale = gain_scale::linear;

  template <class Index>
  double operator()(const judged_list<Index>& list) const {
    const auto hits = detail::counted_hits(list, k, name);
    if (hits.empty()) return 0;
    std::vector<double> best(list.gains.begin(), list.gains.end());
    if (best.empty()) best.assign(list.relevant.size(), 1);
    const std::size_t ranks = std::min(static_cast<std::size_t>(k), best.size());
    std::partial_sort(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(ranks), best.end(), std::greater<>());
    const double highest = best[0];
    double gain = 0, ideal = 0;
    for (const std::int32_t rank : hits)
      gain += worth(detail::gain_at(list, rank), highest) * detail::rank_discount(rank);
    for (std::size_t rank = 0; rank < ranks; ++rank)
      ideal += worth(best[rank], highest) * detail::rank_discount(static_cast<std::int32_t>(rank));
    return detail::ratio_or_zero(gain, ideal);
  }
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant,
                    std::span<const double> gains) const;
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const;
  static constexpr std::string_view name = "metrics::graded_ndcg";

 private:
  [[nodiscard]] double worth(double gain, double highest) const {
    return scale == gain_scale::linear ? gain / highest : detail::exponential_gain(gain, highest);
  }
};

/// The expected 1 / rank at which a user who reads from the top is satisfied: sum over r <= k of
/// 1/r P(r) prod over q < r of (1 - P(q)), where P(r) = (2^g(r) - 1) / 2^highest_gain. O. Chapelle, D. Metzler,
/// Y. Zhang, P. Grinspan, "Expected Reciprocal Rank for Graded Relevance", CIKM 2009. highest_gain is that of the
/// scale, such as 5 for stars, the same for all users; throws if it is not positive and finite, or a hit has a higher
/// one.
struct expected_reciprocal_rank {
  int k = 10;
  double highest_gain = 1;

  template <class Index>
  double operator()(const judged_list<Index>& list) const {
    const auto hits = detail::counted_hits(list, k, name);
    detail::require(highest_gain > 0, name, "highest_gain must be positive", highest_gain);
    detail::require(highest_gain <= std::numeric_limits<double>::max(), name, "highest_gain must be finite",
                    highest_gain);
    double sum = 0, goes_on = 1;
    for (const std::int32_t rank : hits) {
      const double gain = detail::gain_at(list, rank);
      if (!(gain <= highest_gain))
        detail::fail<std::invalid_argument>(name, ": gains must be at most highest_gain, ", highest_gain, ", got ",
                                            gain, " for user ", list.user);
      const double satisfied = detail::exponential_gain(gain, highest_gain);
      sum += goes_on * satisfied / (rank + 1);
      goes_on *= 1 - satisfied;
    }
    return sum;
  }
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant,
                    std::span<const double> gains) const;
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const;
  static constexpr std::string_view name = "metrics::expected_reciprocal_rank";
};

}  // namespace metrics
}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(metrics)
namespace akin::inline AKIN_ABI {
namespace metrics {

AKIN_INLINE double graded_ndcg::operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant,
                                           std::span<const double> gains) const {
  return detail::judge_graded(*this, ranked, relevant, gains, name);
}

AKIN_INLINE double graded_ndcg::operator()(std::span<const std::int32_t> ranked,
                                           std::span<const std::int32_t> relevant) const {
  return detail::judge(*this, ranked, relevant, name);
}

AKIN_INLINE double expected_reciprocal_rank::operator()(std::span<const std::int32_t> ranked,
                                                        std::span<const std::int32_t> relevant,
                                                        std::span<const double> gains) const {
  return detail::judge_graded(*this, ranked, relevant, gains, name);
}

AKIN_INLINE double expected_reciprocal_rank::operator()(std::span<const std::int32_t> ranked,
                                                        std::span<const std::int32_t> relevant) const {
  return detail::judge(*this, ranked, relevant, name);
}

}  // namespace metrics
}  // namespace akin::inline AKIN_ABI
#endif
