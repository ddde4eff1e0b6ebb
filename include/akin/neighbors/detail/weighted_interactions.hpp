/// @file
/// The weighted interactions of the similarities.
#pragma once

#include <akin/config.hpp>
#include <akin/data/weighting.hpp>
#include <akin/matrix.hpp>
#include <akin/neighbors/similarity.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The matrix under a weighting with its default options, in memory that may be written.
template <class Scalar, class Index>
csr_storage<Scalar, Index> weighted_interactions(csr_storage<Scalar, Index> x, interaction_weighting kind) {
  const auto copy = [](const auto& weighted) { return csr_storage<Scalar, Index>(view_of(weighted, "akin")); };
  switch (kind) {
    case interaction_weighting::tf_idf:
      return copy(weighting::tf_idf(x.map()));
    case interaction_weighting::bm25:
      return copy(weighting::bm25(x.map()));
    case interaction_weighting::log:
      return copy(weighting::log(x.map()));
    case interaction_weighting::none:
      break;
  }
  return x;
}

}  // namespace akin::inline AKIN_ABI::detail
