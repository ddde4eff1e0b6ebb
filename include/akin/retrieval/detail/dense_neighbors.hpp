/// @file
/// The nearest of dense vectors.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/kernels/squared_distance.hpp>
#include <akin/matrix.hpp>
#include <akin/retrieval/detail/own_vectors.hpp>
#include <akin/retrieval/detail/rank.hpp>
#include <akin/retrieval/nearest_neighbors_options.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommendations.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The canonical nearness of two vectors; of length 1 where it is the cosine.
template <class Scalar>
Scalar nearness(metric by, const Scalar* x, const Scalar* y, std::int64_t size) noexcept {
  if (by == metric::euclidean) return Scalar{0} - std::sqrt(kernels::squared_distance(x, y, size));
  return kernels::dot(x, y, size);
}

/// Rows that are searched, of length 1 where they are compared by the cosine; so are the queries.
template <class Scalar, class Index>
class dense_neighbors {
 public:
  dense_neighbors() = default;
  dense_neighbors(metric by, dense_storage<Scalar> rows) : by_(by), rows_(std::move(rows)) {
    const rows_view<const Scalar> y = rows_.view();
    if (by == metric::cosine)
      nothing_ = rows_of_nothing<Index>(y.rows, [&](std::int64_t row) { return is_zero(y.row(row), y.cols); });
  }

  const dense_storage<Scalar>& rows() const noexcept { return rows_; }

  template <class Policy>
  recommendations<Scalar, Index> search(const Policy& policy, rows_view<const Scalar> queries,
                                        const query<Index>& q) const {
    return rank_rows<Scalar, Index>(policy, queries.rows, rows_.rows(), q.k, [&](std::int64_t row, auto& scratch) {
      const Scalar* const x = queries.row(row);
      if (by_ == metric::cosine && is_zero(x, queries.cols)) return std::int64_t{0};
      score_all(x, q, scratch.scores);
      return rank_scores(q, excluded_row(q, row), std::span(scratch.scores), scratch.best);
    });
  }

 private:
  /// Fills what of `out` a query may look at.
  void score_all(const Scalar* x, const query<Index>& q, std::vector<Scalar>& out) const noexcept {
    const rows_view<const Scalar> y = rows_.view();
    const auto score = [&](Index item) { out[static_cast<std::size_t>(item)] = nearness(by_, x, y.row(item), y.cols); };
    if (q.candidates)
      for (const Index item : *q.candidates) score(item);
    else
      for (std::int64_t item = 0; item < y.rows; ++item) score(static_cast<Index>(item));
    for (const Index item : nothing_) out[static_cast<std::size_t>(item)] = no_score<Scalar>;
  }

  metric by_ = metric::inner_product;
  dense_storage<Scalar> rows_;
  std::vector<Index> nothing_;  // rows that have no cosine
};

}  // namespace akin::inline AKIN_ABI::detail
