/// @file
/// The vectors nearest to given vectors, exactly.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/io/csr.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/detail/dense_neighbors.hpp>
#include <akin/retrieval/detail/own_vectors.hpp>
#include <akin/retrieval/detail/query_problem.hpp>
#include <akin/retrieval/detail/sparse_neighbors.hpp>
#include <akin/retrieval/nearest_neighbors_options.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/rank.hpp>
#include <akin/retrieval/recommendations.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// Finds the nearest of any vectors, one a row, dense or sparse: by inner product, cosine or Euclidean distance. Exact:
/// every list is the true top k of the scores, ordered by (score descending, id ascending).
///
/// A larger score always means a nearer vector: under metric::euclidean it is the negated distance, so that `-score` is
/// the distance and a query's `minimum_score = -r` returns vectors within distance r. A vector is at a distance of
/// exactly 0 from itself. A vector of zeros has no cosine: it is never returned, and its own list is empty. Vectors
/// whose squared distance overflows Scalar are never returned.
///
/// Memory: the vectors, which under metric::cosine are kept at length 1; sparse ones twice, by row and by column.
/// Deterministic: each query is answered by itself. Const members may be called from many threads.
template <class Scalar = float, class Index = std::int32_t>
class nearest_neighbors {
 public:
  using scalar_type = Scalar;
  using index_type = Index;
  static constexpr std::string_view kind = "nearest_neighbors";

  nearest_neighbors() : nearest_neighbors(nearest_neighbors_options{}) {}
  template <detail::options_for<nearest_neighbors_options> Options = nearest_neighbors_options>
  explicit nearest_neighbors(const Options& options) : options_(checked<nearest_neighbors_options>(options, kind)) {}

  const nearest_neighbors_options& options() const noexcept { return options_; }
  /// Vectors that are searched, and the length of each; 0 before fit.
  std::int64_t items() const noexcept { return is_sparse_ ? sparse_.rows().rows() : dense_.rows().rows(); }
  std::int64_t dimension() const noexcept { return is_sparse_ ? sparse_.rows().cols() : dense_.rows().cols(); }
  /// Whether the vectors are sparse; queries must then be sparse, too.
  bool is_sparse() const noexcept { return is_sparse_; }

  /// Takes the rows of a dense matrix or expression of Eigen's, or of a row-major compressed sparse matrix: a copy,
  /// unless a dense_matrix or sparse_matrix is moved in. Throws std::invalid_argument unless there is at least one
  /// column and all elements are finite; a matrix that was moved in is then unchanged.
  template <class Policy, class Matrix>
  void fit(const Policy& policy, Matrix&& vectors) {
    using matrix_type = std::remove_cvref_t<Matrix>;
    detail::assert_policy<Policy>();
    detail::assert_vectors<matrix_type, Scalar, Index>();
    detail::require(vectors.cols() >= 1, kind, "vectors must have a column at least", vectors.cols());
    detail::require(vectors.rows() <= detail::largest_id<Index>, kind, "there must be an id for each vector",
                    vectors.rows());
    const bool unit = options_.metric == metric::cosine;
    if constexpr (detail::dense_vectors<matrix_type>) {
      become(detail::own_dense_vectors<Scalar>(policy, std::forward<Matrix>(vectors), unit, kind));
    } else {
      become(detail::own_sparse_vectors<Scalar, Index>(policy, std::forward<Matrix>(vectors), unit, kind));
    }
  }
  /// The same on one thread.
  template <class Matrix>
  requires(!execution_policy<Matrix>) void fit(Matrix&& vectors) { fit(execution::seq, std::forward<Matrix>(vectors)); }

  /// The k nearest for each row of `queries`, which are dense or sparse as the vectors are: list q for row q, with row
  /// q of `exclude`. A query that is one of the vectors finds itself, unless it is excluded.
  ///
  /// Throws not_fitted, or std::invalid_argument for queries that are not finite or of another length and for a query
  /// that does not fit. O(queries * items * dimension) for dense vectors; for sparse ones O(multiplications of stored
  /// elements that meet + queries * items).
  template <class Policy, class Matrix>
  recommendations<Scalar, Index> search(const Policy& policy, const Matrix& queries, const query<Index>& q) const {
    constexpr std::string_view where = "search";
    detail::assert_policy<Policy>();
    detail::assert_vectors<Matrix, Scalar, Index>();
    detail::require_fitted(dimension() > 0, where);
    if (queries.cols() != dimension())
      detail::fail<std::invalid_argument>(where, ": queries must have ", dimension(), " columns like the vectors, got ",
                                          queries.cols());
    detail::check_query(q, queries.rows(), items(), where);
    constexpr bool dense = detail::dense_vectors<Matrix>;
    detail::require(dense != is_sparse_, where,
                    is_sparse_ ? "queries must be sparse like the vectors" : "queries must be dense like the vectors");
    if constexpr (dense)
      return search_dense(policy, queries, q);
    else
      return search_sparse(policy, queries, q);
  }

  void write_to(detail::model_writer& writer) const;
  static nearest_neighbors read_from(const detail::model_reader& reader);

 private:
  void become(detail::dense_storage<Scalar> vectors);
  void become(detail::csr_storage<Scalar, Index> vectors);

  template <class Matrix>
  recommendations<Scalar, Index> search_dense(const detail::host_policy& policy, const Matrix& queries,
                                              const query<Index>& q) const {
    if (options_.metric == metric::cosine) {
      const auto unit = detail::own_dense_vectors<Scalar>(policy, queries, true, "search");
      return dense_.search(policy, unit.view(), q);
    }
    const detail::dense_rows_ref<Scalar, Matrix> rows(queries);
    detail::check_finite_rows(policy, rows.view(), "search");
    return dense_.search(policy, rows.view(), q);
  }
  template <class Matrix>
  recommendations<Scalar, Index> search_sparse(const detail::host_policy& policy, const Matrix& queries,
                                               const query<Index>& q) const {
    if (options_.metric == metric::cosine) {
      const auto unit = detail::own_sparse_vectors<Scalar, Index>(policy, queries, true, "search");
      return sparse_.search(policy, unit.view(), q);
    }
    const auto rows = detail::view_of(queries, "search");
    detail::check_interactions(policy, rows, "search");
    return sparse_.search(policy, rows, q);
  }

  nearest_neighbors_options options_;
  bool is_sparse_ = false;
  detail::dense_neighbors<Scalar, Index> dense_;
  detail::sparse_neighbors<Scalar, Index> sparse_;
};

template <class Scalar, class Index>
void nearest_neighbors<Scalar, Index>::become(detail::dense_storage<Scalar> vectors) {
  dense_ = {options_.metric, std::move(vectors)};
  sparse_ = {};
  is_sparse_ = false;
}

template <class Scalar, class Index>
void nearest_neighbors<Scalar, Index>::become(detail::csr_storage<Scalar, Index> vectors) {
  sparse_ = {options_.metric, std::move(vectors)};
  dense_ = {};
  is_sparse_ = true;
}

template <class Scalar, class Index>
void nearest_neighbors<Scalar, Index>::write_to(detail::model_writer& writer) const {
  detail::require_fitted(dimension() > 0, "save");
  writer.add_options(options_);
  writer.add_value("is_sparse", is_sparse_);
  if (is_sparse_)
    detail::write_csr(writer, "vectors", sparse_.rows().view());
  else
    writer.add("vectors", dense_.rows().view());
}

template <class Scalar, class Index>
nearest_neighbors<Scalar, Index> nearest_neighbors<Scalar, Index>::read_from(const detail::model_reader& reader) {
  nearest_neighbors model(reader.options<nearest_neighbors_options>());
  model.is_sparse_ = reader.value<bool>("is_sparse");
  if (model.is_sparse_)
    model.sparse_ = {model.options_.metric, detail::map_csr<Scalar, Index>(reader, "vectors")};
  else
    model.dense_ = {model.options_.metric, detail::map_dense<Scalar>(reader, "vectors")};
  reader.require(model.dimension() >= 1 && model.items() <= detail::largest_id<Index>,
                 "vectors must have a column at least, and an id each");
  return model;
}

AKIN_COMPILE_ONCE(retrieval, class nearest_neighbors<float>)
AKIN_COMPILE_ONCE(retrieval, class nearest_neighbors<double>)

}  // namespace akin::inline AKIN_ABI
