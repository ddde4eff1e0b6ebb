/// @file
/// A user's relevant items.
#pragma once

#include <cstdint>
#include <vector>

#include <akin/config.hpp>
#include <akin/language.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

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

}  // namespace akin::inline AKIN_ABI::detail
