/// @file
/// A user's relevant items, and their ranks in the list.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <akin/config.hpp>
#include <akin/evaluation/detail/negatives.hpp>
#include <akin/metrics/judged_list.hpp>
#include <akin/retrieval/detail/rank.hpp>
#include <akin/views.hpp>

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

/// Fills `relevant` with the test items of values above 0, without those of `seen` if exclude_seen; both ascend. Fills
/// `gains` with their values if it is given. Returns the number of these test items that were seen.
template <class TestScalar, class Index>
std::int64_t find_relevant(const row_view<TestScalar, Index>& test_items, slice<const Index> seen, bool exclude_seen,
                           std::vector<Index>& relevant, std::vector<double>* gains = nullptr) {
  relevant.clear();
  if (gains) gains->clear();
  std::int64_t repeats = 0, s = 0;
  for (std::int64_t i = 0; i < test_items.size(); ++i) {
    if (!(test_items.values[i] > TestScalar(0))) continue;
    while (s < seen.size && seen[s] < test_items.ids[i]) ++s;
    const bool repeated = s < seen.size && seen[s] == test_items.ids[i];
    repeats += repeated;
    if (repeated && exclude_seen) continue;
    relevant.push_back(test_items.ids[i]);
    if (gains) gains->push_back(static_cast<double>(test_items.values[i]));
  }
  return repeats;
}

/// The list of ranked items in the scratch, judged.
template <class Scalar, class Index>
metrics::judged_list<Index> judge_ranking(std::int64_t user, evaluation_scratch<Scalar, Index>& scratch) {
  find_hits(std::span<const Index>(scratch.ranked), std::span<const Index>(scratch.relevant), scratch.hits);
  return {user, scratch.ranked, scratch.relevant, scratch.hits, scratch.gains};
}

}  // namespace akin::inline AKIN_ABI::detail
