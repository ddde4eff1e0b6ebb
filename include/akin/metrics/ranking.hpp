/// @file
/// Accuracy of ranked lists: each metric is an aggregate {k}, a function of one user's first k ranks.
///
/// All of them take (ranked, relevant): items best first, and the relevant items ascending. They return a number in
/// [0, 1], 0 where nothing is relevant, and throw std::invalid_argument where k < 1, an item is ranked twice or
/// `relevant` does not ascend. Below, rel(r) is 1 where the item at rank r (from 1) is relevant, else 0; R is the
/// number of relevant items, also of those that are not in the list; H is the number of hits in the first k ranks.
///
/// Source: C. D. Manning, P. Raghavan, H. Schütze, "Introduction to Information Retrieval", 2008, chapter 8, where no
/// other is named; variants have names of their own.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/metrics/judged_list.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The ranks of the hits that count; throws unless k >= 1.
template <class Index>
std::span<const std::int32_t> counted_hits(const metrics::judged_list<Index>& list, int k, std::string_view where) {
  require(k >= 1, where, "k must be positive", k);
  return list.hits_within(k);
}

/// a / b, 0 where b is 0.
inline double ratio_or_zero(double a, double b) noexcept { return b == 0 ? 0 : a / b; }

/// What a hit at this rank (from 0) is worth.
inline double rank_discount(std::int32_t rank) { return 1 / std::log2(rank + 2.0); }

}  // namespace detail

namespace metrics {

/// H / k. A list shorter than k is not forgiven: it could have been longer.
struct precision {
  int k = 10;

  template <class Index>
  double operator()(const judged_list<Index>& list) const {
    return static_cast<double>(detail::counted_hits(list, k, name).size()) / k;
  }
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const {
    return detail::judge(*this, ranked, relevant, name);
  }
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
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const {
    return detail::judge(*this, ranked, relevant, name);
  }
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
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const {
    return detail::judge(*this, ranked, relevant, name);
  }
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
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const {
    return detail::judge(*this, ranked, relevant, name);
  }
  static constexpr std::string_view name = "metrics::f1";
};

/// 1 where there is a hit in the first k ranks, else 0.
struct hit_rate {
  int k = 10;

  template <class Index>
  double operator()(const judged_list<Index>& list) const {
    return detail::counted_hits(list, k, name).empty() ? 0 : 1;
  }
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const {
    return detail::judge(*this, ranked, relevant, name);
  }
  static constexpr std::string_view name = "metrics::hit_rate";
};

/// Normalised discounted cumulative gain with binary gains: sum over r <= k of rel(r) / log2(r + 1), divided by the
/// same sum of the ideal list, whose first min(k, R) items are relevant. K. Järvelin, J. Kekäläinen, "Cumulated
/// Gain-Based Evaluation of IR Techniques", ACM TOIS 2002, with the discount log2(r + 1).
struct ndcg {
  int k = 10;

  template <class Index>
  double operator()(const judged_list<Index>& list) const {
    double gain = 0, ideal = 0;
    for (const std::int32_t rank : detail::counted_hits(list, k, name)) gain += detail::rank_discount(rank);
    const auto best = static_cast<std::int32_t>(std::min(static_cast<std::size_t>(k), list.relevant.size()));
    for (std::int32_t rank = 0; rank < best; ++rank) ideal += detail::rank_discount(rank);
    return detail::ratio_or_zero(gain, ideal);
  }
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const {
    return detail::judge(*this, ranked, relevant, name);
  }
  static constexpr std::string_view name = "metrics::ndcg";
};

/// The sum of the precisions at the ranks of the hits, divided by R as trec_eval's map_cut does (not by min(k, R)). Its
/// mean over users is MAP@k.
struct average_precision {
  int k = 10;

  template <class Index>
  double operator()(const judged_list<Index>& list) const {
    double sum = 0;
    double found = 0;
    for (const std::int32_t rank : detail::counted_hits(list, k, name)) sum += ++found / (rank + 1);
    return detail::ratio_or_zero(sum, static_cast<double>(list.relevant.size()));
  }
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const {
    return detail::judge(*this, ranked, relevant, name);
  }
  static constexpr std::string_view name = "metrics::average_precision";
};

/// 1 / the rank of the first hit, 0 without one in the first k ranks. Its mean over users is MRR@k.
struct reciprocal_rank {
  int k = 10;

  template <class Index>
  double operator()(const judged_list<Index>& list) const {
    const auto hits = detail::counted_hits(list, k, name);
    return hits.empty() ? 0 : 1 / (hits.front() + 1.0);
  }
  double operator()(std::span<const std::int32_t> ranked, std::span<const std::int32_t> relevant) const {
    return detail::judge(*this, ranked, relevant, name);
  }
  static constexpr std::string_view name = "metrics::reciprocal_rank";
};

}  // namespace metrics
}  // namespace akin::inline AKIN_ABI
