/// @file
/// One worker's memory for judging lists.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <akin/config.hpp>
#include <akin/evaluation/detail/negatives.hpp>
#include <akin/metrics/judged_list.hpp>
#include <akin/retrieval/rank.hpp>

namespace akin::inline AKIN_ABI::detail {

/// One worker's memory for the evaluation of a block of users, of whom `rows` are scored at once.
template <class Scalar, class Index>
struct evaluation_scratch {
  evaluation_scratch(std::int64_t items, std::int64_t k, std::int64_t rows) : ranking(items, k, rows) {}

  ranking_scratch<Scalar, Index> ranking;
  std::vector<Index> ranked, relevant, ranked_users;
  std::vector<std::int32_t> hits;
  std::vector<double> gains;
  negative_sampler<Scalar, Index> negatives;
};

/// The list of ranked items in the scratch, judged.
template <class Scalar, class Index>
metrics::judged_list<Index> judge_ranking(std::int64_t user, evaluation_scratch<Scalar, Index>& scratch) {
  find_hits(std::span<const Index>(scratch.ranked), std::span<const Index>(scratch.relevant), scratch.hits);
  return {user, scratch.ranked, scratch.relevant, scratch.hits, scratch.gains};
}

}  // namespace akin::inline AKIN_ABI::detail
