/// @file
/// The common base of the tasks of item_knn and user_knn.
#pragma once

#include <akin/config.hpp>
#include <akin/data/merge_interactions.hpp>
#include <akin/neighbors/neighborhood_options.hpp>

namespace akin::inline AKIN_ABI::detail {

template <class Scalar, class Index>
struct neighborhood_task {
  using scalar_type = Scalar;
  using index_type = Index;
  using options_type = neighborhood_options;

  neighborhood_options options;

  /// Averages are of ratings, which new ones replace; other values are added.
  when_both merging() const noexcept {
    return options.aggregation == aggregation::weighted_average ? when_both::replace : when_both::add;
  }
};

}  // namespace akin::inline AKIN_ABI::detail
