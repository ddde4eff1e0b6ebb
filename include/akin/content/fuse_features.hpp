/// @file
/// Combines several feature matrices of the same items into one: words, categories, prices, pictures.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/content/detail/profiles.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/finite.hpp>
#include <akin/matrix.hpp>

namespace akin::inline AKIN_ABI {

/// One of the matrices of fuse_features; refers to it.
template <class Features>
struct feature_part {
  double weight;
  const Features& features;

  /// `part_weight` >= 0 and finite; `part_features`: items x features, sparse row-major or dense.
  feature_part(double part_weight, const Features& part_features) : weight(part_weight), features(part_features) {
    detail::require(weight >= 0 && detail::is_finite(weight), "feature_part", "weight must be finite and not negative",
                    weight);
  }
  feature_part(double, const Features&&) = delete;  // would not live until it is used
};

namespace detail {

template <class Scalar, class Index, class Features>
csr_storage<Scalar, Index> unit_part(const Features& features) {
  constexpr std::string_view where = "fuse_features";
  if constexpr (sparse_matrix_like<Features>) {
    return unit_rows(checked_view<Scalar, Index>(execution::seq, features, where));
  } else {
    static_assert(std::is_same_v<typename Features::Scalar, Scalar>,
                  "akin: all parts of fuse_features must hold the same scalar type");
    sparse_matrix<Scalar, Index> sparse = dense_matrix<Scalar>(features).sparseView(Scalar{0}, Scalar{0});
    sparse.makeCompressed();
    return unit_rows(checked_view<Scalar, Index>(execution::seq, sparse, where));
  }
}

/// The unit rows, times the roots of their weights, side by side; `cols` columns in all.
template <class Scalar, class Index>
sparse_matrix<Scalar, Index> side_by_side(std::span<const csr_storage<Scalar, Index>> units,
                                          std::span<const double> weights, std::int64_t cols) {
  const std::int64_t rows = units[0].rows();
  sparse_matrix<Scalar, Index> fused(rows, cols);
  Eigen::Index nonzeros = 0;
  for (const auto& unit : units) nonzeros += unit.nonzeros();
  fused.reserve(nonzeros);
  for (std::int64_t row = 0; row < rows; ++row) {
    fused.startVec(row);
    std::int64_t first = 0;
    for (std::size_t part = 0; part < units.size(); ++part) {
      const auto unit = units[part].view();
      const auto length = static_cast<Scalar>(std::sqrt(weights[part]));
      const auto [ids, values] = unit.row(row);
      for (std::int64_t i = 0; length > 0 && i < ids.size; ++i)
        fused.insertBack(row, first + ids[i]) = length * values[i];
      first += unit.cols;
    }
  }
  fused.finalize();
  return fused;
}

AKIN_COMPILE_ONCE(content,
                  sparse_matrix<float, std::int32_t> side_by_side<float, std::int32_t>(
                      std::span<const csr_storage<float, std::int32_t>>, std::span<const double>, std::int64_t))
AKIN_COMPILE_ONCE(content,
                  sparse_matrix<double, std::int32_t> side_by_side<double, std::int32_t>(
                      std::span<const csr_storage<double, std::int32_t>>, std::span<const double>, std::int64_t))

}  // namespace detail

/// The parts side by side, items x all features, each part's rows scaled to the length sqrt(weight): the inner product
/// of two rows is then the sum over the parts of weight times cosine, and an item without features in one part has only
/// those of the others. For content_model, nearest_neighbors or side features.
///
/// (The alternative, late fusion, is to blend the scores of a content_model for each part.) Throws
/// std::invalid_argument if parts have different numbers of rows or values are not finite, std::length_error if there
/// are more columns than Index can count. O(elements).
template <class Scalar = float, class Index = std::int32_t, class... Features>
sparse_matrix<Scalar, Index> fuse_features(const feature_part<Features>&... parts) {
  static_assert(sizeof...(Features) > 0, "akin: fuse_features needs at least one part");
  const std::int64_t rows[] = {parts.features.rows()...};
  std::int64_t cols = 0;
  ((cols += parts.features.cols()), ...);
  for (const std::int64_t count : rows)
    if (count != rows[0])
      detail::fail<std::invalid_argument>("fuse_features: all parts must have equally many rows, got ", rows[0],
                                          " and ", count);
  if (cols > detail::largest_id<Index>)
    detail::fail<std::length_error>("fuse_features: columns must be at most ", detail::largest_id<Index>, ", got ",
                                    cols);
  const detail::csr_storage<Scalar, Index> units[] = {detail::unit_part<Scalar, Index>(parts.features)...};
  const double weights[] = {parts.weight...};

  return detail::side_by_side<Scalar, Index>(units, weights, cols);
}

}  // namespace akin::inline AKIN_ABI
