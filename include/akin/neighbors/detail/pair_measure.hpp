/// @file
/// The similarity of a pair of items (or users) from sums over their common columns.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include <akin/config.hpp>
#include <akin/model/scorer.hpp>
#include <akin/neighbors/neighborhood_options.hpp>
#include <akin/numbers.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The measures are four formulas of x'y, of terms of each side alone, and of sums over the common columns.
enum class pair_formula {
  ratio,    ///< x'y / (left_x right_y + h)
  overlap,  ///< n_xy / (n_xy + a (n_x - n_xy) + b (n_y - n_xy) + h)
  common,   ///< x'y / (|x| |y| + h), norms over the common ones
  distance  ///< 1 / (1 + |x - y| / sqrt(n) + h), over the common ones
};

constexpr pair_formula formula_of(similarity measure) noexcept {
  switch (measure) {
    case similarity::adjusted_cosine:
    case similarity::pearson:
      return pair_formula::common;
    case similarity::euclidean:
      return pair_formula::distance;
    case similarity::jaccard:
    case similarity::dice:
    case similarity::tversky:
      return pair_formula::overlap;
    default:
      return pair_formula::ratio;
  }
}

/// Whether the measure counts stored cells instead of using their values.
constexpr bool counts_presence(similarity measure) noexcept {
  return formula_of(measure) == pair_formula::overlap || measure == similarity::conditional_probability ||
         measure == similarity::lift;
}

/// The number of sums of a pair: x'y; also their count; also the squares of both over the common columns.
inline int sums_of(const neighborhood_options& options) noexcept {
  const pair_formula formula = formula_of(*options.similarity);
  if (formula == pair_formula::common || formula == pair_formula::distance) return 4;
  const bool needs_count = options.minimum_support > 1 || *options.significance > 0;
  return needs_count && !counts_presence(*options.similarity) ? 2 : 1;
}

/// The factors of the sums of a pair: of an element x of the left side and y of the right, products of (x), (x, 1) or
/// (x, x^2, 1, 1) and (y), (y, 1) or (y, 1, y^2, 1).
template <int Width, class Scalar>
numbers<Scalar> left_terms(const Scalar* values, std::int64_t count) {
  numbers<Scalar> terms(count * Width, Scalar{1});
  for (std::int64_t i = 0; i < count; ++i) {
    Scalar* const to = terms.data() + i * Width;
    to[0] = values[i];
    if constexpr (Width == 4) to[1] = values[i] * values[i];
  }
  return terms;
}
template <int Width, class Scalar>
numbers<Scalar> right_terms(const Scalar* values, std::int64_t count) {
  numbers<Scalar> terms(count * Width, Scalar{1});
  for (std::int64_t i = 0; i < count; ++i) {
    Scalar* const to = terms.data() + i * Width;
    to[0] = values[i];
    if constexpr (Width == 4) to[2] = values[i] * values[i];
  }
  return terms;
}

/// The terms of the measure that depend on one row of values (of an item or a user) alone.
template <class Scalar>
struct pair_side {
  Scalar left = 0, right = 0;
};

template <class Scalar>
pair_side<Scalar> side_of(const neighborhood_options& options, slice<const Scalar> values, std::int64_t others) {
  double squares = 0;
  for (const Scalar value : values) squares += static_cast<double>(value) * static_cast<double>(value);
  const double norm = std::sqrt(squares);
  const auto size = static_cast<double>(values.size);
  switch (*options.similarity) {
    case similarity::asymmetric_cosine:
      return {static_cast<Scalar>(std::pow(norm, 2 * options.asymmetry)),
              static_cast<Scalar>(std::pow(norm, 2 - 2 * options.asymmetry))};
    case similarity::conditional_probability:
      return {static_cast<Scalar>(size), Scalar{1}};
    case similarity::lift:
      return {static_cast<Scalar>(size / static_cast<double>(others)), static_cast<Scalar>(size)};
    case similarity::cosine:
      return {static_cast<Scalar>(norm), static_cast<Scalar>(norm)};
    default:
      return {static_cast<Scalar>(size), static_cast<Scalar>(size)};
  }
}

/// The measure that the options describe, for rows whose sides are known.
template <class Scalar>
class pair_measure {
 public:
  explicit pair_measure(const neighborhood_options& options)
      : formula_(formula_of(*options.similarity)),
        shrinkage_(static_cast<Scalar>(options.shrinkage)),
        alpha_(static_cast<Scalar>(*options.similarity == similarity::tversky ? options.tversky_alpha
                                   : *options.similarity == similarity::dice  ? 0.5
                                                                              : 1)),
        beta_(static_cast<Scalar>(*options.similarity == similarity::tversky ? options.tversky_beta
                                  : *options.similarity == similarity::dice  ? 0.5
                                                                             : 1)),
        support_(static_cast<Scalar>(options.minimum_support)),
        significance_(static_cast<Scalar>(*options.significance)),
        needs_count_(options.minimum_support > 1 || *options.significance > 0) {}

  /// scores[n]: the similarity of the row with side `left` to row ids[n], from Width sums each; -infinity for 0 and if
  /// the support is too small, NaN if the measure is not defined.
  template <int Width, class Index>
  void score(Scalar left, const Scalar* right, const Index* ids, const Scalar* sums, std::int64_t count,
             Scalar* scores) const noexcept {
    for (std::int64_t n = 0; n < count; ++n) {
      const Scalar both = sums[n * Width + Width - 1];  // a single sum may be stored in place of its score
      Scalar score = formula<Width>(left, right[ids[n]], sums + n * Width);
      if (needs_count_) score = both < support_ ? Scalar{0} : score * (both / (both + significance_));
      scores[n] = score == 0 ? no_score<Scalar> : score;
    }
  }

 private:
  template <int Width>
  Scalar formula(Scalar left, Scalar right, const Scalar* sums) const noexcept {
    if constexpr (Width == 4) {
      if (formula_ == pair_formula::common) return sums[0] / (std::sqrt(sums[1]) * std::sqrt(sums[2]) + shrinkage_);
      const Scalar squares = sums[1] - sums[0] + (sums[2] - sums[0]);
      return 1 / (1 + std::sqrt(std::max(squares, Scalar{0}) / sums[3]) + shrinkage_);
    } else {
      if (formula_ == pair_formula::ratio) return sums[0] / (left * right + shrinkage_);
      return sums[0] / (sums[0] + alpha_ * (left - sums[0]) + beta_ * (right - sums[0]) + shrinkage_);
    }
  }
  pair_formula formula_;
  Scalar shrinkage_, alpha_, beta_, support_, significance_;
  bool needs_count_;
};

}  // namespace akin::inline AKIN_ABI::detail
