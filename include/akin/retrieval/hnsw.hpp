/// @file
/// Approximate nearest neighbours: an adaptor of hnswlib, which must be installed. Not part of akin.hpp.
#pragma once

#if !__has_include(<hnswlib/hnswlib.h>)
#error \
    "akin: retrieval/hnsw.hpp needs hnswlib; install it (Debian and Ubuntu: libhnswlib-dev) or name its folder to the compiler"
#endif

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/kernels/squared_distance.hpp>
#include <akin/kernels/top_k.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/detail/own_vectors.hpp>
#include <akin/retrieval/detail/query_problem.hpp>
#include <akin/retrieval/factor_search.hpp>
#include <akin/retrieval/hnsw_options.hpp>
#include <akin/retrieval/item_mask.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/rank.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommendations.hpp>
#include <akin/views.hpp>

// Distances come from akin's kernels, so hnswlib's own intrinsics are left out: up to 0.6 they define functions that
// are not inline, and prefetch behind the end of lists.
#if !defined(NO_MANUAL_VECTORIZATION)
#define NO_MANUAL_VECTORIZATION
#define AKIN_DETAIL_PLAIN_HNSWLIB
#endif
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wreorder"
#pragma GCC diagnostic ignored "-Wtype-limits"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-variable"
#endif
#include <hnswlib/hnswlib.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
#if defined(AKIN_DETAIL_PLAIN_HNSWLIB)
#undef NO_MANUAL_VECTORIZATION
#undef AKIN_DETAIL_PLAIN_HNSWLIB
#endif

namespace akin::inline AKIN_ABI {
namespace detail {

/// The distances of hnswlib, from akin's canonical kernels; smaller means nearer.
class hnsw_space : public hnswlib::SpaceInterface<float> {
 public:
  hnsw_space(metric by, std::int64_t dimension) : by_(by), dimension_(dimension) {}

  std::size_t get_data_size() override { return static_cast<std::size_t>(dimension_) * sizeof(float); }
  hnswlib::DISTFUNC<float> get_dist_func() override {
    return by_ == metric::euclidean ? squared_distance : negated_product;
  }
  void* get_dist_func_param() override { return &dimension_; }

  /// The score of such a distance under the metric.
  float nearness(float distance) const noexcept {
    return by_ == metric::euclidean ? 0 - std::sqrt(distance) : -distance;
  }

 private:
  static float squared_distance(const void* x, const void* y, const void* size) {
    return kernels::squared_distance(static_cast<const float*>(x), static_cast<const float*>(y),
                                     *static_cast<const std::int64_t*>(size));
  }
  static float negated_product(const void* x, const void* y, const void* size) {
    return -kernels::dot(static_cast<const float*>(x), static_cast<const float*>(y),
                         *static_cast<const std::int64_t*>(size));
  }

  metric by_;
  std::int64_t dimension_;
};

/// A graph of vectors; vector i is row i.
class hnsw_graph {
 public:
  hnsw_graph(const hnsw_options& options, rows_view<const float> rows)
      : space_(options.metric, rows.cols),
        index_(&space_, static_cast<std::size_t>(rows.rows), static_cast<std::size_t>(options.m),
               static_cast<std::size_t>(options.ef_construction), static_cast<std::size_t>(options.seed)) {
    for (std::int64_t row = 0; row < rows.rows; ++row)
      index_.addPoint(rows.row(row), static_cast<hnswlib::labeltype>(row));
    index_.setEf(static_cast<std::size_t>(options.ef_search));
  }
  hnsw_graph(const hnsw_graph&) = delete;
  hnsw_graph& operator=(const hnsw_graph&) = delete;

  /// Calls use(row, score) for up to `count` near rows, in any order; returns their number.
  template <class Use>
  std::int64_t find(const float* x, std::int64_t count, const Use& use) const {
    auto found = index_.searchKnn(x, static_cast<std::size_t>(count));
    const std::int64_t size = std::ssize(found);
    for (; !found.empty(); found.pop())
      use(static_cast<std::int64_t>(found.top().second), space_.nearness(found.top().first));
    return size;
  }
  float score(const float* x, std::int64_t row) const {
    const auto number = static_cast<hnswlib::tableint>(row);
    return space_.nearness(index_.fstdistfunc_(x, index_.getDataByInternalId(number), index_.dist_func_param_));
  }

 private:
  hnsw_space space_;
  hnswlib::HierarchicalNSW<float> index_;
};

}  // namespace detail

/// Finds most of the nearest vectors in time that is almost independent of their number, by hnswlib's graphs (Yu. A.
/// Malkov and D. A. Yashunin, "Efficient and robust approximate nearest neighbor search using Hierarchical Navigable
/// Small World graphs", IEEE TPAMI 42(4), 2020). Has the calls of nearest_neighbors and the same kind of lists with the
/// same scores, but lists may miss some of the nearest: raise m, ef_construction and ef_search to miss fewer. Vectors
/// are float and dense.
///
/// Lists are as long as possible. If a query allows few vectors, all of them are scored and lists are exact; otherwise
/// a search for more neighbours is filtered.
///
/// Memory: a copy of the vectors, and about 8 m + 120 bytes for each. fit inserts the vectors in order on one thread
/// under every policy, so that the graph is deterministic; queries run in parallel. Const members may be called from
/// many threads. Copies share the graph. Cannot be saved.
template <class Scalar = float, class Index = std::int32_t>
class hnsw {
  static_assert(std::is_same_v<Scalar, float>,
                "akin: hnsw searches vectors of float; convert them with .cast<float>()");

 public:
  using scalar_type = Scalar;
  using index_type = Index;

  hnsw() : hnsw(hnsw_options{}) {}
  template <detail::options_for<hnsw_options> Options = hnsw_options>
  explicit hnsw(const Options& options) : options_(checked<hnsw_options>(options, "hnsw")) {}

  const hnsw_options& options() const noexcept { return options_; }
  /// Vectors that are searched, and the length of each; 0 before fit.
  std::int64_t items() const noexcept { return items_; }
  std::int64_t dimension() const noexcept { return dimension_; }

  /// Learns the rows of a dense matrix or expression of Eigen's. Throws std::invalid_argument unless there is at least
  /// one column and all elements are finite. Usually O(rows log(rows)) distances times ef_construction.
  template <class Policy, class Matrix>
  void fit(const Policy& policy, const Matrix& vectors) {
    assert_types<Policy, Matrix>();
    detail::require(vectors.cols() >= 1, "hnsw", "vectors must have a column at least", vectors.cols());
    constexpr std::int64_t max_vectors =
        std::min<std::int64_t>(detail::largest_id<Index>, std::numeric_limits<hnswlib::tableint>::max() - 1);
    detail::require(vectors.rows() <= max_vectors, "hnsw", "there must be an id for each vector", vectors.rows());
    const bool unit = options_.metric == metric::cosine;
    const auto rows = detail::own_dense_vectors<Scalar>(policy, vectors, unit, "hnsw");
    detail::numbers<Index> zero_rows;
    if (unit)
      zero_rows = detail::zero_rows<Index>(
          rows.rows(), [&](std::int64_t row) { return detail::is_zero(rows.view().row(row), rows.cols()); });
    graph_ = rows.rows() == 0 ? nullptr : std::make_shared<const detail::hnsw_graph>(options_, rows.view());
    zero_rows_ = std::move(zero_rows);
    items_ = rows.rows();
    dimension_ = rows.cols();
  }
  /// The same on one thread.
  template <class Matrix>
  void fit(const Matrix& vectors) {
    fit(execution::seq, vectors);
  }

  /// Approximately the k nearest for each row of `queries`: list q for row q, with row q of `exclude`. Throws
  /// not_fitted, or std::invalid_argument for queries that are not finite or of another length and for a query that
  /// does not fit.
  template <class Policy, class Matrix>
  recommendations<Scalar, Index> search(const Policy& policy, const Matrix& queries, const query<Index>& q) const {
    assert_types<Policy, Matrix>();
    detail::require_fitted(dimension() > 0, "search");
    if (queries.cols() != dimension())
      detail::fail<std::invalid_argument>("search: queries must have ", dimension(), " columns like the vectors, got ",
                                          queries.cols());
    detail::check_query(q, queries.rows(), items(), "search");
    const auto x = detail::own_dense_vectors<Scalar>(policy, queries, options_.metric == metric::cosine, "search");
    const search_plan plan = plan_of(q);
    return detail::rank_rows<Scalar, Index>(policy, x.rows(), items(), q.k, [&](std::int64_t row, auto& scratch) {
      const Scalar* const one = x.view().row(row);
      if (items() == 0 || (options_.metric == metric::cosine && detail::is_zero(one, x.cols()))) return std::int64_t{0};
      return rank(one, plan, detail::excluded_row(q, row), scratch.best);
    });
  }

 private:
  using best_type = detail::numbers<kernels::scored<Scalar, Index>>;

  template <class Policy, class Matrix>
  static constexpr void assert_types() {
    detail::assert_policy<Policy>();
    static_assert(detail::dense_vectors<Matrix>, "akin: hnsw searches dense vectors, the rows of a matrix of Eigen's");
    detail::assert_vectors<Matrix, Scalar, Index>();
  }

  /// The vectors that a query allows, before exclusions.
  struct search_plan {
    item_mask allowed;
    std::int64_t count;
    detail::numbers<Index> all;  // their ids, if they are few
    Scalar floor;
  };
  search_plan plan_of(const query<Index>& q) const {
    search_plan plan{detail::allowed_for_someone(q, items()), 0, {}, detail::least_bound<Scalar>(q)};
    for (const Index item : zero_rows_) plan.allowed.erase(item);
    plan.count = plan.allowed.size();
    // Finding k of them takes k items / count neighbours, and each visits 2 m vectors.
    const double found = std::min<double>(q.k, static_cast<double>(items())) * static_cast<double>(items());
    if (static_cast<double>(plan.count) * static_cast<double>(plan.count) <= found * 2 * options_.m)
      plan.all = list_of(plan.allowed);
    return plan;
  }
  detail::numbers<Index> list_of(const item_mask& mask) const {
    detail::numbers<Index> ids;
    for (std::int64_t item = 0; item < items(); ++item)
      if (mask.contains(item)) ids.push_back(static_cast<Index>(item));
    return ids;
  }

  std::int64_t rank(const Scalar* x, const search_plan& plan, slice<const Index> row, best_type& list) const {
    detail::numbers<Index> excluded(row.begin(), row.end());
    std::sort(excluded.begin(), excluded.end());
    const auto is_excluded = [&](std::int64_t item) {
      return std::binary_search(excluded.begin(), excluded.end(), static_cast<Index>(item));
    };
    if (plan.count == 0) return 0;
    if (!plan.all.empty()) return rank_all(x, plan.all, plan.floor, is_excluded, list);
    const std::int64_t k = list.size();
    const double share = static_cast<double>(plan.count) / static_cast<double>(items());
    auto count = static_cast<std::int64_t>(1.2 * static_cast<double>(k) / share) + row.size;
    for (;; count *= 2) {
      count = std::min(count, items());
      kernels::top_k<Scalar, Index> best(list.data(), k, plan.floor);
      bool is_low = false;
      std::int64_t allowed = 0;
      const std::int64_t found = graph_->find(x, count, [&](std::int64_t item, Scalar score) {
        is_low |= !(score > plan.floor);
        if (!plan.allowed.contains(item) || is_excluded(item)) return;
        best.offer(score, static_cast<Index>(item));
        ++allowed;
      });
      // If one was found that is too far, all that are near enough were found.
      if (allowed >= k || is_low) return best.finish();
      if (found < count || count == items()) break;
    }
    return rank_all(x, list_of(plan.allowed), plan.floor, is_excluded, list);
  }

  template <class IsExcluded>
  std::int64_t rank_all(const Scalar* x, const detail::numbers<Index>& ids, Scalar floor, const IsExcluded& is_excluded,
                        best_type& list) const {
    kernels::top_k<Scalar, Index> best(list.data(), list.size(), floor);
    for (const Index item : ids)
      if (!is_excluded(item)) best.offer(graph_->score(x, item), item);
    return best.finish();
  }

  hnsw_options options_;
  std::shared_ptr<const detail::hnsw_graph> graph_;  // null if there are no vectors
  detail::numbers<Index> zero_rows_;                 // vectors that have no cosine
  detail::extent items_, dimension_;
};

}  // namespace akin::inline AKIN_ABI
