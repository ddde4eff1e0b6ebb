/// @file
/// The nearest of sparse vectors.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

#include <akin/config.hpp>
#include <akin/finite.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/kernels/sparse_accumulator.hpp>
#include <akin/kernels/squared_distance.hpp>
#include <akin/kernels/top_k.hpp>
#include <akin/matrix.hpp>
#include <akin/model/scorer.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/detail/own_vectors.hpp>
#include <akin/retrieval/filter.hpp>
#include <akin/retrieval/nearest_neighbors_options.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/rank.hpp>
#include <akin/retrieval/recommendations.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The rows to search, normalised for the cosine, as are the queries. Inner products of a query with all rows are sums
/// over the query's columns.
template <class Scalar, class Index>
class sparse_neighbors {
 public:
  sparse_neighbors() = default;
  sparse_neighbors(metric by, csr_storage<Scalar, Index> rows);

  const csr_storage<Scalar, Index>& rows() const noexcept { return rows_; }

  recommendations<Scalar, Index> search(const host_policy& policy, const csr_view<Scalar, Index>& queries,
                                        const query<Index>& q) const;

 private:
  using scratch_type = ranking_scratch<Scalar, Index>;

  using vector = row_view<Scalar, Index>;

  static Scalar square(slice<const Scalar> x) noexcept { return kernels::dot(x.data, x.data, x.size); }

  /// The inner products with all rows.
  void multiply(const vector& x, numbers<Scalar>& out) const noexcept;

  /// The canonical score.
  Scalar negated_distance(const vector& x, Index item) const noexcept {
    const vector y = rows_.view().row(item);
    return Scalar{0} - std::sqrt(kernels::squared_distance(x.ids.data, x.values.data, x.size(), y.ids.data,
                                                           y.values.data, y.size()));
  }

  /// Fills out[i] with a tight upper bound of the negated canonical squared distance to row i, infinity if numbers are
  /// too large.
  ///
  /// 2x'y - |x|^2 - |y|^2 is off by at most gamma_n (2|x||y| + |x|^2 + |y|^2) and a few roundings of that size, the
  /// canonical sum by gamma_{n + 2} |x - y|^2, where n bounds the elements of x and y together (Higham, Accuracy and
  /// Stability of Numerical Algorithms, section 3.1). Together that is less than (4n + 32) u (|x| + |y|)^2 while n u is
  /// small; products that are too small for a Scalar lose less than its smallest normal number in all.
  void bound_from_above(const vector& x, numbers<Scalar>& out) const noexcept;

  /// A lower bound of the negated squared distances whose negated root is above `score` < 0.
  static Scalar bound_of_squares(Scalar score) noexcept {
    return -(score * score) * (1 + 8 * std::numeric_limits<Scalar>::epsilon()) - std::numeric_limits<Scalar>::min();
  }

  std::int64_t rank_distances(const vector& x, const query<Index>& q, slice<const Index> excluded,
                              scratch_type& scratch) const;

  metric by_ = metric::inner_product;
  csr_storage<Scalar, Index> rows_, columns_;
  numbers<Index> zero_rows_;  // rows that have no cosine
  numbers<Scalar> squares_;   // of the lengths of the rows, for distances
  std::int64_t longest_ = 0;
};

template <class Scalar, class Index>
sparse_neighbors<Scalar, Index>::sparse_neighbors(metric by, csr_storage<Scalar, Index> rows)
    : by_(by), rows_(std::move(rows)), columns_(transpose(rows_.view())) {
  const csr_view<Scalar, Index> y = rows_.view();
  if (by == metric::cosine)
    zero_rows_ =
        zero_rows<Index>(y.rows, [&](std::int64_t row) { return is_zero(y.row(row).values.data, y.row_size(row)); });
  if (by != metric::euclidean) return;
  for (std::int64_t row = 0; row < y.rows; ++row) {
    squares_.push_back(square(y.row(row).values));
    longest_ = std::max(longest_, y.row_size(row));
  }
}

template <class Scalar, class Index>
recommendations<Scalar, Index> sparse_neighbors<Scalar, Index>::search(const host_policy& policy,
                                                                       const csr_view<Scalar, Index>& queries,
                                                                       const query<Index>& q) const {
  return rank_rows<Scalar, Index>(policy, queries.rows, rows_.rows(), q.k, [&](std::int64_t row, auto& scratch) {
    const vector x = queries.row(row);
    if (by_ == metric::euclidean) return rank_distances(x, q, excluded_row(q, row), scratch);
    if (by_ == metric::cosine && is_zero(x.values.data, x.values.size)) return std::int64_t{0};
    multiply(x, scratch.scores);
    for (const Index item : zero_rows_) scratch.scores[item] = no_score<Scalar>;
    return rank_scores(q, excluded_row(q, row), std::span(scratch.scores), scratch.best);
  });
}

template <class Scalar, class Index>
void sparse_neighbors<Scalar, Index>::multiply(const vector& x, numbers<Scalar>& out) const noexcept {
  const csr_view<Scalar, Index> columns = columns_.view();
  std::fill(out.begin(), out.end(), Scalar{0});
  kernels::accumulate_rows<1>(x.ids.data, x.values.data, x.size(), columns.offsets, columns.columns, columns.values,
                              out.data(), nullptr);
}

template <class Scalar, class Index>
void sparse_neighbors<Scalar, Index>::bound_from_above(const vector& x, numbers<Scalar>& out) const noexcept {
  constexpr Scalar infinity = std::numeric_limits<Scalar>::infinity(), tiny = std::numeric_limits<Scalar>::min();
  const double terms = static_cast<double>(x.size() + longest_) * 2 + 16;
  const double spread = terms * static_cast<double>(std::numeric_limits<Scalar>::epsilon());
  const Scalar share = spread < 0.01 ? static_cast<Scalar>(spread) : infinity;
  multiply(x, out);
  const Scalar x_square = square(x.values), x_length = std::sqrt(x_square);
  for (std::int64_t i = 0; i < out.size(); ++i) {
    const Scalar lengths = x_length + std::sqrt(squares_[i]);
    const Scalar upper = 2 * out[i] - squares_[i] - x_square + share * (lengths * lengths) + tiny;
    out[i] = is_finite(upper) ? upper : infinity;
  }
}

template <class Scalar, class Index>
std::int64_t sparse_neighbors<Scalar, Index>::rank_distances(const vector& x, const query<Index>& q,
                                                             slice<const Index> excluded, scratch_type& scratch) const {
  const Scalar floor = least_bound<Scalar>(q);
  if (scratch.best.empty() || !(floor < 0)) return 0;
  numbers<Scalar>& upper_bounds = scratch.scores;
  if (q.candidates) {
    for (const Index item : *q.candidates) upper_bounds[item] = negated_distance(x, item);
    return rank_scores(q, excluded, std::span(upper_bounds), scratch.best);
  }
  bound_from_above(x, upper_bounds);
  for (const Index item : excluded) upper_bounds[item] = no_score<Scalar>;
  const query_filter filter = filter_of(q);
  kernels::top_k<Scalar, Index> best(scratch.best.data(), scratch.best.size(), floor);
  const auto size = upper_bounds.size();
  for (std::int64_t begin = 0; begin < size;) {
    const Scalar bound = bound_of_squares(best.bound());
    begin = kernels::next_above(upper_bounds.data(), begin, size, bound);
    const std::int64_t end = std::min(begin + kernels::scores_at_once, size);
    for (; begin < end; ++begin) {
      const auto item = static_cast<Index>(begin);
      if (upper_bounds[begin] > bound && filter.allows(item)) best.offer(negated_distance(x, item), item);
    }
  }
  return best.finish();
}

AKIN_COMPILE_ONCE(retrieval, class sparse_neighbors<float, std::int32_t>)
AKIN_COMPILE_ONCE(retrieval, class sparse_neighbors<double, std::int32_t>)

}  // namespace akin::inline AKIN_ABI::detail
