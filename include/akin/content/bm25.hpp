/// @file
/// Okapi BM25: search in texts.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/content/bm25_options.hpp>
#include <akin/data/weighting.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/io/parts.hpp>
#include <akin/matrix.hpp>
#include <akin/retrieval/nearest_neighbors.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/recommendations.hpp>

namespace akin::inline AKIN_ABI {

/// Ranks documents for a query by Okapi BM25:
///   score(q, d) = sum over terms t of q_t idf_t tf_dt (k1 + 1) / (tf_dt + k1 (1 - b + b |d| / mean |d|)),
///   idf_t = ln(1 + (n - df_t + 0.5) / (df_t + 0.5)) > 0,
/// where q_t and tf_dt are the counts of the term in the query and the document, |d| is the sum of the document's
/// counts, n the number of documents and df_t the number of those with the term. Lists are exact: (score descending, id
/// ascending), without documents that share no term with the query.
///
/// Complexity: fit O(counts), search O(sum over the query's terms of the documents that have them + documents) a query.
/// Holds the weights twice, by document and by term. Deterministic: the same bits for any number of threads. Const
/// members may be called from many threads. Source: S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework:
/// BM25 and Beyond", 2009; the 1 + in idf is Lucene's, so that frequent terms have no negative weight.
class bm25 {
 public:
  using scalar_type = float;
  using index_type = std::int32_t;
  static constexpr std::string_view kind = "bm25";

  bm25() : bm25(bm25_options{}) {}
  /// Throws std::invalid_argument for options out of range.
  template <detail::options_for<bm25_options> Options = bm25_options>
  explicit bm25(const Options& options) : options_(checked<bm25_options>(options, kind)) {}

  /// Takes documents x terms, the counts of tfidf_vectorizer::counts. Throws std::invalid_argument for counts that are
  /// negative or not finite, and if there are no terms.
  template <execution_policy Policy>
  void fit(const Policy& policy, const sparse_matrix<float>& counts) {
    learn(policy, counts);
  }
  void fit(const sparse_matrix<float>& counts) { fit(execution::seq, counts); }

  const bm25_options& options() const noexcept { return options_; }
  /// The numbers of documents and of terms; 0 before fit.
  std::int64_t items() const noexcept { return index_.items(); }
  std::int64_t terms() const noexcept { return index_.dimension(); }

  /// The best documents for each row of `queries`, queries x terms, counted by the same vectorizer: list q for row q.
  /// Throws not_fitted, or std::invalid_argument for counts that are negative or not finite, for another number of
  /// terms and for a query that does not fit.
  template <execution_policy Policy>
  recommendations<float> search(const Policy& policy, const sparse_matrix<float>& queries, query<> q) const {
    return find(policy, queries, q);
  }

  void write_to(detail::model_writer& writer) const;
  static bm25 read_from(const detail::model_reader& reader);

 private:
  void learn(const detail::host_policy& policy, const sparse_matrix<float>& counts);
  recommendations<float> find(const detail::host_policy& policy, const sparse_matrix<float>& queries, query<> q) const;

  bm25_options options_;
  nearest_neighbors<float> index_;
};

#if AKIN_BODIES(content)

AKIN_INLINE void bm25::write_to(detail::model_writer& writer) const {
  detail::require_fitted(terms() > 0, "save");
  writer.add_options(options_);
  detail::write_part(writer, "index", index_);
}

AKIN_INLINE bm25 bm25::read_from(const detail::model_reader& reader) {
  bm25 model(reader.options<bm25_options>());
  model.index_ = detail::read_part<nearest_neighbors<float>>(reader, "index");
  reader.require(model.index_.is_sparse() && model.index_.options().metric == metric::inner_product,
                 "the index must hold sparse weights");
  return model;
}

AKIN_INLINE void bm25::learn(const detail::host_policy& policy, const sparse_matrix<float>& counts) {
  nearest_neighbors<float> index({.metric = metric::inner_product});
  index.fit(policy, weighting::bm25(counts, {.k1 = options_.k1, .b = options_.b}));
  index_ = std::move(index);
}

AKIN_INLINE recommendations<float> bm25::find(const detail::host_policy& policy, const sparse_matrix<float>& queries,
                                              query<> q) const {
  detail::require_fitted(terms() > 0, "bm25::search");
  detail::check_not_negative(detail::view_of(queries, "bm25::search"), "bm25::search");
  // NaN stays, and is refused by the checks.
  constexpr double least = std::numeric_limits<float>::denorm_min();
  if (q.minimum_score < least) q.minimum_score = least;
  return index_.search(policy, queries, q);
}

#endif

}  // namespace akin::inline AKIN_ABI
