/// @file
/// A model whose scores and similarities are written down.
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include <akin/matrix.hpp>
#include <akin/views.hpp>

#include "evaluation/table_model.hpp"

/// Besides scores, similarities of items, items x items; item j of a history adds value * similarity to a score.
template <class Scalar = float, class Index = std::int32_t>
struct shop_model : table_model<Scalar, Index> {
  akin::dense_matrix<Scalar> similarities = {};

  void similarity_all(Index item, std::span<Scalar> out) const {
    for (Eigen::Index other = 0; other < similarities.cols(); ++other)
      out[static_cast<std::size_t>(other)] = similarities(item, other);
  }
  void contributions(const akin::row_view<Scalar, Index>& history, Index item, std::span<Scalar> out) const {
    for (std::int64_t i = 0; i < history.size(); ++i)
      out[static_cast<std::size_t>(i)] = history.values[i] * similarities(history.ids[i], item);
  }
};
