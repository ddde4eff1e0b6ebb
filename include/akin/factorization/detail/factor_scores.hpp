/// @file
/// What all models with user and item factors answer in the same way.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>

#include <akin/config.hpp>
#include <akin/eigen.hpp>
#include <akin/factorization/detail/cosines.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/matrix.hpp>
#include <akin/model/inner_products.hpp>
#include <akin/model/scorer.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Users x k and items x k factors; a score is their inner product. A user or an item whose factors are all zero is one
/// that the model knows nothing of.
template <class Scalar, class Index>
class factor_scores {
 public:
  using scalar_type = Scalar;
  using index_type = Index;

  /// Whether fit was called, be it with no users and no items.
  bool is_fitted() const noexcept { return user_factors_.is_set(); }
  std::int64_t users() const noexcept { return user_factors_.rows(); }
  std::int64_t items() const noexcept { return item_factors_.rows(); }
  /// Whether there is evidence; false out of range.
  bool knows_user(Index user) const noexcept { return user >= 0 && user < users() && is_known(user_factors_, user); }
  bool knows_item(Index item) const noexcept { return item >= 0 && item < items() && is_known(item_factors_, item); }

  /// Users x k; refers to the model.
  Eigen::Map<const dense_matrix<Scalar>> user_factors() const { return user_factors_.map(); }
  /// Items x k; refers to the model.
  Eigen::Map<const dense_matrix<Scalar>> item_factors() const { return item_factors_.map(); }

  /// The inner product of the factors, 0 without evidence; ids must be in range.
  Scalar score(Index user, Index item) const noexcept {
    return kernels::dot(user_factors_.view().row(user), item_factors_.view().row(item), factor_count());
  }
  /// Fills out[item] for all items, -infinity for those without evidence.
  void score_all(Index user, std::span<Scalar> out) const noexcept {
    score_against_items(user_factors_.view().row(user), out);
  }

  /// out[i] = score(user, first + i), whether there is evidence or not.
  void score_range(Index user, Index first, std::span<Scalar> out) const noexcept;

  inner_products<Scalar> as_inner_products() const noexcept { return {user_factors_.view(), item_factors_.view()}; }

  /// Fills out[other] with the cosine of the items' factors, -infinity where there is no evidence.
  void similarity_all(Index item, std::span<Scalar> out) const noexcept;

 protected:
  factor_scores() = default;
  factor_scores(dense_storage<Scalar> user_factors, dense_storage<Scalar> item_factors) noexcept
      : user_factors_(std::move(user_factors)), item_factors_(std::move(item_factors)) {}

  std::int64_t factor_count() const noexcept { return item_factors_.cols(); }

  void score_against_items(const Scalar* user_factors, std::span<Scalar> out) const noexcept;

  dense_storage<Scalar> user_factors_;
  dense_storage<Scalar> item_factors_;

 private:
  static bool is_known(const dense_storage<Scalar>& factors, Index id) noexcept {
    const Scalar* const row = factors.view().row(id);
    return std::any_of(row, row + factors.cols(), [](Scalar x) { return x != 0; });
  }
};

template <class Scalar, class Index>
void factor_scores<Scalar, Index>::score_range(Index user, Index first, std::span<Scalar> out) const noexcept {
  kernels::dot_rows(user_factors_.view().row(user), item_factors_.view().row(first),
                    static_cast<std::int64_t>(out.size()), factor_count(), out.data());
}

template <class Scalar, class Index>
void factor_scores<Scalar, Index>::similarity_all(Index item, std::span<Scalar> out) const noexcept {
  cosines_with(item_factors_.view(), item, out);
}

template <class Scalar, class Index>
void factor_scores<Scalar, Index>::score_against_items(const Scalar* user_factors,
                                                       std::span<Scalar> out) const noexcept {
  constexpr std::int64_t some = 256;  // rows that stay in the cache between the two looks at them
  const rows_view<const Scalar> y = item_factors_.view();
  for (std::int64_t first = 0; first < y.rows; first += some) {
    const std::int64_t last = std::min(first + some, y.rows);
    kernels::dot_rows(user_factors, y.row(first), last - first, y.cols, out.data() + first);
    for (std::int64_t item = first; item < last; ++item)
      if (!is_known(item_factors_, static_cast<Index>(item))) out[static_cast<std::size_t>(item)] = no_score<Scalar>;
  }
}

AKIN_COMPILE_ONCE(factorization, class factor_scores<float, std::int32_t>)
AKIN_COMPILE_ONCE(factorization, class factor_scores<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI::detail
