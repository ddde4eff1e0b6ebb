/// @file
/// Parameters of bm25.
#pragma once

#include <akin/config.hpp>
#include <akin/model/fields.hpp>

namespace akin {
inline namespace AKIN_SEAM {

struct bm25_options {
  double k1 = 1.2;  ///< saturation of repeated terms, >= 0; with 0 only the presence of terms counts
  double b = 0.75;  ///< normalisation by document length, in [0, 1]
};

template <class Options, class Visit>
fields_of<bm25_options, Options> fields(Options& options, const Visit& visit) {
  visit("k1", options.k1, finite_and_not_negative);
  visit("b", options.b, in_unit_interval);
}

}  // namespace AKIN_SEAM
}  // namespace akin
