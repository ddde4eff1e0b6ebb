/// @file
/// The nearest of dense vectors.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/kernels/squared_distance.hpp>
#include <akin/matrix.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/detail/distance_panels.hpp>
#include <akin/retrieval/detail/float_panels.hpp>
#include <akin/retrieval/detail/own_vectors.hpp>
#include <akin/retrieval/detail/tile_search.hpp>
#include <akin/retrieval/factor_search.hpp>
#include <akin/retrieval/filter.hpp>
#include <akin/retrieval/item_mask.hpp>
#include <akin/retrieval/nearest_neighbors_options.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/rank.hpp>
#include <akin/retrieval/recommendations.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The canonical similarity of two vectors, which are normalised for the cosine.
template <class Scalar>
Scalar nearness(metric by, const Scalar* x, const Scalar* y, std::int64_t size) noexcept {
  if (by == metric::euclidean) return Scalar{0} - std::sqrt(kernels::squared_distance(x, y, size));
  return kernels::dot(x, y, size);
}

/// The rows to search, normalised for the cosine, as are the queries.
template <class Scalar, class Index>
class dense_neighbors {
 public:
  dense_neighbors() = default;
  dense_neighbors(metric by, dense_storage<Scalar> rows);

  const dense_storage<Scalar>& rows() const noexcept { return rows_; }

  /// Answers queries one by one or, if there are many, by tiles; the lists are the same.
  recommendations<Scalar, Index> search(const host_policy& policy, rows_view<const Scalar> queries,
                                        const query<Index>& q) const;

 private:
  using lists_type = std::optional<recommendations<Scalar, Index>>;

  bool is_comparable(const Scalar* x) const noexcept { return by_ != metric::cosine || !is_zero(x, rows_.cols()); }

  lists_type search_by_tiles(const host_policy& policy, rows_view<const Scalar> queries, const query<Index>& q) const;

  /// Nothing if numbers may overflow, or exclusions are not in order.
  template <class Panels, class IsSafe>
  lists_type search_panels(const host_policy& policy, const Panels& panels, rows_view<const Scalar> queries,
                           const query<Index>& q, const IsSafe& is_safe) const;

  /// Fills the scores in `out` of the items that a query can return.
  void score_all(const Scalar* x, const query<Index>& q, numbers<Scalar>& out) const noexcept;

  metric by_ = metric::inner_product;
  dense_storage<Scalar> rows_;
  numbers<Index> zero_rows_;  // rows that have no cosine
};

template <class Scalar, class Index>
dense_neighbors<Scalar, Index>::dense_neighbors(metric by, dense_storage<Scalar> rows)
    : by_(by), rows_(std::move(rows)) {
  const rows_view<const Scalar> y = rows_.view();
  if (by == metric::cosine)
    zero_rows_ = zero_rows<Index>(y.rows, [&](std::int64_t row) { return is_zero(y.row(row), y.cols); });
}

template <class Scalar, class Index>
recommendations<Scalar, Index> dense_neighbors<Scalar, Index>::search(const host_policy& policy,
                                                                      rows_view<const Scalar> queries,
                                                                      const query<Index>& q) const {
  const std::int64_t k = std::min<std::int64_t>(q.k, rows_.rows());
  if (queries.rows >= least_for_tiles && k > 0 && k <= longest_for_tiles)
    if (auto lists = search_by_tiles(policy, queries, q)) return std::move(*lists);
  return rank_rows<Scalar, Index>(policy, queries.rows, rows_.rows(), q.k, [&](std::int64_t row, auto& scratch) {
    const Scalar* const x = queries.row(row);
    if (!is_comparable(x)) return std::int64_t{0};
    score_all(x, q, scratch.scores);
    return rank_scores(q, excluded_row(q, row), std::span(scratch.scores), scratch.best);
  });
}

template <class Scalar, class Index>
typename dense_neighbors<Scalar, Index>::lists_type dense_neighbors<Scalar, Index>::search_by_tiles(
    const host_policy& policy, rows_view<const Scalar> queries, const query<Index>& q) const {
  const rows_view<const Scalar> y = rows_.view();
  item_mask allowed = allowed_for_someone(q, y.rows);
  for (const Index item : zero_rows_) allowed.erase(item);
  const auto keep = [&](Index item) { return allowed.contains(item); };
  if (by_ != metric::euclidean) {
    const float_panels<Scalar, Index> panels(policy, y, nullptr, keep);
    return search_panels(policy, panels, queries, q,
                         [&](const Scalar* x) { return panels.is_safe(length_above(x, y.cols), Scalar{0}); });
  }
  if (!(least_bound<Scalar>(q) < 0))  // no distance is negative
    return recommendations<Scalar, Index>(queries.rows, static_cast<int>(std::min<std::int64_t>(q.k, y.rows)));
  const distance_panels<Scalar, Index> panels(policy, y, keep);
  return search_panels(policy, panels, queries, q, [&](const Scalar* x) { return panels.is_safe(x); });
}

template <class Scalar, class Index>
template <class Panels, class IsSafe>
typename dense_neighbors<Scalar, Index>::lists_type dense_neighbors<Scalar, Index>::search_panels(
    const host_policy& policy, const Panels& panels, rows_view<const Scalar> queries, const query<Index>& q,
    const IsSafe& is_safe) const {
  const rows_view<const Scalar> y = rows_.view();
  std::vector<tile_query<Scalar, Index>> asked;
  for (std::int64_t row = 0; row < queries.rows; ++row) {
    const Scalar* const x = queries.row(row);
    const auto excluded = excluded_row(q, row);
    if (!is_safe(x) || !std::is_sorted(excluded.begin(), excluded.end())) return std::nullopt;
    if (is_comparable(x)) asked.push_back({x, Scalar{0}, excluded, row});
  }
  const std::int64_t k = std::min<std::int64_t>(q.k, y.rows);
  recommendations<Scalar, Index> lists(queries.rows, static_cast<int>(k));
  search_tiles(
      policy, panels, std::span<const tile_query<Scalar, Index>>(asked), k, least_bound<Scalar>(q),
      [&](const auto& one, Index item) { return nearness(by_, one.row, y.row(item), y.cols); }, filters::none{}, lists);
  return lists;
}

template <class Scalar, class Index>
void dense_neighbors<Scalar, Index>::score_all(const Scalar* x, const query<Index>& q,
                                               numbers<Scalar>& out) const noexcept {
  const rows_view<const Scalar> y = rows_.view();
  const auto score = [&](Index item) { out[item] = nearness(by_, x, y.row(item), y.cols); };
  if (q.candidates)
    for (const Index item : *q.candidates) score(item);
  else
    for (std::int64_t item = 0; item < y.rows; ++item) score(static_cast<Index>(item));
  for (const Index item : zero_rows_) out[item] = no_score<Scalar>;
}

AKIN_COMPILE_ONCE(retrieval, class dense_neighbors<float, std::int32_t>)
AKIN_COMPILE_ONCE(retrieval, class dense_neighbors<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI::detail
