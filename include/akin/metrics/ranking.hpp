/// @file
/// Accuracy of ranked lists: each metric is an aggregate {k}, a function of one user's first k ranks. Those with graded
/// relevance are in graded_ranking.hpp.
///
/// All of them take (ranked, relevant): items best first, and the relevant items ascending. They return a number in [0,
/// 1], 0 if nothing is relevant, and throw std::invalid_argument if k < 1, an item is ranked twice or `relevant` does
/// not ascend. Below, rel(r) is 1 if the item at rank r (from 1) is relevant, else 0; R is the number of relevant
/// items, in the list or not; H is the number of hits in the first k ranks.
///
/// Source: C. D. Manning, P. Raghavan, H. Schütze, "Introduction to Information Retrieval", 2008, chapter 8, unless
/// another is named; variants have their own names.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/metrics/detail/discounts.hpp>
#include <akin/metrics/judged_list.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The ranks of the hits that count; throws unless k >= 1.
template <class Index>
std::span<const std::int32_t> counted_hits(const metrics::judged_list<Index>& list, int k, std::string_view where) {
  require(k >= 1, where, "k must be positive", k);
  return list.hits_within(k);
}

/// a / b, 0 if b is 0.
inline double ratio_or_zero(double a, double b) noexcept { return b == 0 ? 0 : a / b; }

/// The share of hits up to each hit, added up.
inline double sum_of_precisions(std::span<const std::int32_t> hits) noexcept {
  double sum = 0, found = 0;
  for (const std::int32_t rank : hits) sum += ++found / (rank + 1);
  return sum;
}

}  // namespace detail

namespace metrics {

/// H / k. A list shorter than k is penalised: it could have been longer.
struct precision {
  int k = 10;

  template <class Index>
  double operator()(const judged_list<Index>& list) const {
    return static_cast<double>(detail::counted_hits(list, k, name).size()) / k;
  }
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const;
  static constexpr std::string_view name = "metrics::precision";
};

/// H / R. With R > k it cannot reach 1; see capped_recall.
struct recall {
  int k = 10;

  template <class Index>
  double operator()(const judged_list<Index>& list) const {
    return detail::ratio_or_zero(static_cast<double>(detail::counted_hits(list, k, name).size()),
                                 static_cast<double>(list.relevant.size()));
  }
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const;
  static constexpr std::string_view name = "metrics::recall";
};

/// H / min(k, R): the recall of D. Liang, R. G. Krishnan, M. D. Hoffman, T. Jebara, "Variational Autoencoders for
/// Collaborative Filtering", WWW 2018.
struct capped_recall {
  int k = 10;

  template <class Index>
  double operator()(const judged_list<Index>& list) const {
    return detail::ratio_or_zero(static_cast<double>(detail::counted_hits(list, k, name).size()),
                                 static_cast<double>(std::min(static_cast<std::size_t>(k), list.relevant.size())));
  }
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const;
  static constexpr std::string_view name = "metrics::capped_recall";
};

/// The harmonic mean of precision and recall of one user, 2H / (k + R).
struct f1 {
  int k = 10;

  template <class Index>
  double operator()(const judged_list<Index>& list) const {
    return 2 * static_cast<double>(detail::counted_hits(list, k, name).size()) /
           (static_cast<double>(k) + static_cast<double>(list.relevant.size()));
  }
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const;
  static constexpr std::string_view name = "metrics::f1";
};

/// The weighted harmonic mean of precision and recall of one user, in which recall counts beta times as much as
/// precision: (1 + beta^2) H / (k + beta^2 R). 0 is precision, 1 is f1. C. J. van Rijsbergen, "Information Retrieval",
/// 2nd edition, 1979, chapter 7. Throws if beta is negative.
struct f_beta {
  int k = 10;
  double beta = 1;

  template <class Index>
  double operator()(const judged_list<Index>& list) const {
    const auto hits = static_cast<double>(detail::counted_hits(list, k, name).size());
    detail::require(beta >= 0, name, "beta must not be negative", beta);
    const double precise = 1 / (1 + beta * beta);  // the weight of precision, which does not overflow for any beta
    return detail::ratio_or_zero(hits, precise * k + (1 - precise) * static_cast<double>(list.relevant.size()));
  }
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const;
  static constexpr std::string_view name = "metrics::f_beta";
};

/// The share of relevant items among the first R ranks, where precision and recall are the same. k is the length of the
/// list: a user with more than k relevant items is judged by the first k ranks; the others are misses.
struct r_precision {
  int k = 100;

  template <class Index>
  double operator()(const judged_list<Index>& list) const {
    detail::require(k >= 1, name, "k must be positive", k);
    const std::size_t relevant_count = list.relevant.size(),
                      ranks = std::min(static_cast<std::size_t>(k), relevant_count);
    return detail::ratio_or_zero(static_cast<double>(list.hits_within(static_cast<int>(ranks)).size()),
                                 static_cast<double>(relevant_count));
  }
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const;
  static constexpr std::string_view name = "metrics::r_precision";
};

/// 1 if there is a hit in the first k ranks, else 0.
struct hit_rate {
  int k = 10;

  template <class Index>
  double operator()(const judged_list<Index>& list) const {
    return detail::counted_hits(list, k, name).empty() ? 0 : 1;
  }
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const;
  static constexpr std::string_view name = "metrics::hit_rate";
};

/// Normalised discounted cumulative gain with binary gains: sum over r <= k of rel(r) / log2(r + 1), divided by the
/// same sum of the ideal list, whose first min(k, R) items are relevant. K. Järvelin, J. Kekäläinen, "Cumulated
/// Gain-Based Evaluation of IR Techniques", ACM TOIS 2002, with the discount log2(r + 1).
struct ndcg {
  int k = 10;

  template <class Index>
  double operator()(const judged_list<Index>& list) const {
    double gain = 0;
    for (const std::int32_t rank : detail::counted_hits(list, k, name)) gain += detail::rank_discount(rank);
    const auto best = static_cast<std::int32_t>(std::min(static_cast<std::size_t>(k), list.relevant.size()));
    return detail::ratio_or_zero(gain, detail::sum_of_discounts(best));
  }
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const;
  static constexpr std::string_view name = "metrics::ndcg";
};

/// The sum of the precisions at the ranks of the hits, divided by R as trec_eval's map_cut does (not by min(k, R)). Its
/// mean over users is MAP@k.
struct average_precision {
  int k = 10;

  template <class Index>
  double operator()(const judged_list<Index>& list) const {
    return detail::ratio_or_zero(detail::sum_of_precisions(detail::counted_hits(list, k, name)),
                                 static_cast<double>(list.relevant.size()));
  }
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const;
  static constexpr std::string_view name = "metrics::average_precision";
};

/// The same divided by min(k, R), so that a list of hits alone scores 1 whatever k is: the MAP@k of Kaggle's
/// competitions.
struct capped_average_precision {
  int k = 10;

  template <class Index>
  double operator()(const judged_list<Index>& list) const {
    return detail::ratio_or_zero(detail::sum_of_precisions(detail::counted_hits(list, k, name)),
                                 static_cast<double>(std::min(static_cast<std::size_t>(k), list.relevant.size())));
  }
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const;
  static constexpr std::string_view name = "metrics::capped_average_precision";
};

/// 1 / the rank of the first hit, 0 without one in the first k ranks. Its mean over users is MRR@k.
struct reciprocal_rank {
  int k = 10;

  template <class Index>
  double operator()(const judged_list<Index>& list) const {
    const auto hits = detail::counted_hits(list, k, name);
    return hits.empty() ? 0 : 1 / (hits.front() + 1.0);
  }
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const;
  static constexpr std::string_view name = "metrics::reciprocal_rank";
};

/// (1 - p) times the sum over r <= k of rel(r) p^(r-1): the hit rate of a user who continues to the next rank with
/// probability p, the persistence. A list of hits scores 1 - p^k, and ranks beyond k could add at most p^k. A. Moffat,
/// J. Zobel, "Rank-Biased Precision for Measurement of Retrieval Effectiveness", ACM TOIS 2008. Throws unless 0 < p <
/// 1.
struct rank_biased_precision {
  int k = 10;
  double p = 0.8;

  template <class Index>
  double operator()(const judged_list<Index>& list) const {
    const auto hits = detail::counted_hits(list, k, name);
    detail::require(p > 0 && p < 1, name, "p must be between 0 and 1", p);
    double sum = 0;
    for (const std::int32_t rank : hits) sum += std::pow(p, rank);
    return (1 - p) * sum;
  }
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const;
  static constexpr std::string_view name = "metrics::rank_biased_precision";
};

}  // namespace metrics
}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(metrics)
namespace akin::inline AKIN_ABI {
namespace metrics {

AKIN_INLINE double precision::operator()(std::span<const std::int32_t> ranked,
                                         std::span<const std::int32_t> relevant) const {
  return detail::judge(*this, ranked, relevant, name);
}

AKIN_INLINE double recall::operator()(std::span<const std::int32_t> ranked,
                                      std::span<const std::int32_t> relevant) const {
  return detail::judge(*this, ranked, relevant, name);
}

AKIN_INLINE double capped_recall::operator()(std::span<const std::int32_t> ranked,
                                             std::span<const std::int32_t> relevant) const {
  return detail::judge(*this, ranked, relevant, name);
}

AKIN_INLINE double f1::operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const {
  return detail::judge(*this, ranked, relevant, name);
}

AKIN_INLINE double f_beta::operator()(std::span<const std::int32_t> ranked,
                                      std::span<const std::int32_t> relevant) const {
  return detail::judge(*this, ranked, relevant, name);
}

AKIN_INLINE double r_precision::operator()(std::span<const std::int32_t> ranked,
                                           std::span<const std::int32_t> relevant) const {
  return detail::judge(*this, ranked, relevant, name);
}

AKIN_INLINE double hit_rate::operator()(std::span<const std::int32_t> ranked,
                                        std::span<const std::int32_t> relevant) const {
  return detail::judge(*this, ranked, relevant, name);
}

AKIN_INLINE double ndcg::operator()(std::span<const std::int32_t> ranked,
                                    std::span<const std::int32_t> relevant) const {
  return detail::judge(*this, ranked, relevant, name);
}

AKIN_INLINE double average_precision::operator()(std::span<const std::int32_t> ranked,
                                                 std::span<const std::int32_t> relevant) const {
  return detail::judge(*this, ranked, relevant, name);
}

AKIN_INLINE double capped_average_precision::operator()(std::span<const std::int32_t> ranked,
                                                        std::span<const std::int32_t> relevant) const {
  return detail::judge(*this, ranked, relevant, name);
}

AKIN_INLINE double reciprocal_rank::operator()(std::span<const std::int32_t> ranked,
                                               std::span<const std::int32_t> relevant) const {
  return detail::judge(*this, ranked, relevant, name);
}

AKIN_INLINE double rank_biased_precision::operator()(std::span<const std::int32_t> ranked,
                                                     std::span<const std::int32_t> relevant) const {
  return detail::judge(*this, ranked, relevant, name);
}

}  // namespace metrics
}  // namespace akin::inline AKIN_ABI
#endif
