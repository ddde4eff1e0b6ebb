/// @file
/// The interactions as similarities see them.
#pragma once

#include <utility>

#include <akin/config.hpp>
#include <akin/data/weighting.hpp>
#include <akin/matrix.hpp>
#include <akin/neighbors/similarity.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The matrix under a weighting with its default options.
template <class Scalar, class Index>
csr_storage<Scalar, Index> weighted_interactions(csr_storage<Scalar, Index> x, interaction_weighting kind) {
  switch (kind) {
    case interaction_weighting::tf_idf:
      return own<Scalar, Index>(weighting::tf_idf(x.map()));
    case interaction_weighting::bm25:
      return own<Scalar, Index>(weighting::bm25(x.map()));
    case interaction_weighting::log:
      return own<Scalar, Index>(weighting::log(x.map()));
    case interaction_weighting::none:
      break;
  }
  return x;
}

}  // namespace akin::inline AKIN_ABI::detail
