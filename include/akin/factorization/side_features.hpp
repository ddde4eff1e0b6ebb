/// @file
/// Features of users and items, beside the interactions.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/kept.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// A row-major compressed matrix, one row a user or an item and one column a feature; by default none. Refers to an
/// lvalue, which must outlive it, and owns an rvalue; copies share it.
template <class Scalar = float, class Index = std::int32_t>
class feature_matrix {
 public:
  feature_matrix() = default;
  /// Throws std::invalid_argument if the matrix is not compressed.
  template <class Matrix>
  requires sparse_matrix_like<Matrix> feature_matrix(const Matrix& matrix AKIN_LIFETIME_BOUND) : present_(true) {
    detail::assert_interactions<Matrix, Scalar, Index>();
    view_ = detail::view_of(matrix, "feature_matrix");
  }
  template <class Matrix>
  requires(!std::is_reference_v<Matrix> && sparse_matrix_like<Matrix>) feature_matrix(Matrix&& matrix)
      : feature_matrix(detail::to_shared(std::forward<Matrix>(matrix))) {}

  bool present() const noexcept { return present_; }
  const csr_view<Scalar, Index>& view() const noexcept { return view_; }

 private:
  template <class Matrix>
  explicit feature_matrix(std::shared_ptr<const Matrix> owner) : feature_matrix(*owner) {
    owner_ = std::move(owner);
  }

  csr_view<Scalar, Index> view_;
  std::shared_ptr<const void> owner_;
  bool present_ = false;
};

/// Users x features and items x features; either may be left out.
template <class Scalar = float, class Index = std::int32_t>
struct side_features {
  feature_matrix<Scalar, Index> users = {};
  feature_matrix<Scalar, Index> items = {};
};

namespace detail {

template <class T>
inline constexpr bool is_side_features = false;
template <class Scalar, class Index>
inline constexpr bool is_side_features<side_features<Scalar, Index>> = true;

/// Throws unless there are no features, or features that are finite and as many rows as `rows`, of `what`.
template <class Scalar, class Index>
void check_features(const host_policy& policy, const feature_matrix<Scalar, Index>& features, std::int64_t rows,
                    std::string_view what, std::string_view where) {
  if (!features.present()) return;
  check_interactions(policy, features.view(), where);
  if (features.view().rows != rows)
    fail<std::invalid_argument>(where, ": the features must have a row for each of the ", rows, " ", what, ", got ",
                                features.view().rows);
}

AKIN_COMPILE_ONCE(factorization, void check_features(const host_policy&, const feature_matrix<float, std::int32_t>&,
                                                     std::int64_t, std::string_view, std::string_view))
AKIN_COMPILE_ONCE(factorization, void check_features(const host_policy&, const feature_matrix<double, std::int32_t>&,
                                                     std::int64_t, std::string_view, std::string_view))

}  // namespace detail
}  // namespace akin::inline AKIN_ABI
