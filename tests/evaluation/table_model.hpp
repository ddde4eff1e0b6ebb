/// @file
/// A model whose scores are written down.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <akin/matrix.hpp>

/// Scores of all users and items; a user whose number is in `strangers` is not known.
template <class Scalar = float, class Index = std::int32_t>
struct table_model {
  using scalar_type = Scalar;
  using index_type = Index;
  static constexpr Scalar none = -std::numeric_limits<Scalar>::infinity();

  akin::dense_matrix<Scalar> table;
  std::vector<Index> strangers = {};

  std::int64_t users() const { return table.rows(); }
  std::int64_t items() const { return table.cols(); }
  bool knows_user(Index user) const { return std::find(strangers.begin(), strangers.end(), user) == strangers.end(); }
  bool knows_item(Index) const { return true; }
  Scalar score(Index user, Index item) const { return table(user, item); }
  void score_all(Index user, std::span<Scalar> out) const {
    for (Eigen::Index item = 0; item < table.cols(); ++item) out[static_cast<std::size_t>(item)] = table(user, item);
  }
};

template <class Scalar = float, class Index = std::int32_t>
akin::sparse_matrix<Scalar, Index> matrix_of(Eigen::Index rows, Eigen::Index cols,
                                             const std::vector<Eigen::Triplet<Scalar, Index>>& cells) {
  akin::sparse_matrix<Scalar, Index> result(rows, cols);
  result.setFromTriplets(cells.begin(), cells.end());
  return result;
}
