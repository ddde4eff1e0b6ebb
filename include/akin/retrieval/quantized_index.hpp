/// @file
/// An index of rows in bytes: the same lists as rows of floats, faster.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/finite.hpp>
#include <akin/io/model_arrays.hpp>
#include <akin/io/parts.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/kernels/top_k.hpp>
#include <akin/matrix.hpp>
#include <akin/model/scorer.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/detail/one_user.hpp>
#include <akin/retrieval/detail/own_vectors.hpp>
#include <akin/retrieval/detail/quantized_panels.hpp>
#include <akin/retrieval/detail/query_problem.hpp>
#include <akin/retrieval/detail/tile_search.hpp>
#include <akin/retrieval/factor_search.hpp>
#include <akin/retrieval/filter.hpp>
#include <akin/retrieval/item_mask.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/rank.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommend_status.hpp>
#include <akin/retrieval/recommendations.hpp>
#include <akin/retrieval/workspace.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// Work counters of a search of a quantized_index: `reranked / scanned` is the share of scores that bytes did not
/// decide.
struct search_statistics {
  /// Queries times rows whose products of bytes were computed, in steps of 256 rows.
  std::int64_t scanned = 0;
  /// Queries times rows whose scores were computed from the factors.
  std::int64_t reranked = 0;
};

/// Item factors (items x k) rounded to bytes, for a search of the items with the largest inner product with a vector.
/// Exact: bytes only rule out items that cannot be among the best, by a bound of the rounding error (Cauchy and
/// Schwarz); all others are scored from the original factors. Lists have the same items and the same bits of scores as
/// those of a factor_model with these factors, for the same query. An item or a query that is all 0 is not known: such
/// an item is never returned, such a query gets an empty list.
///
/// Memory: the factors, and a byte for each of their numbers. Deterministic. Const members may be called from many
/// threads.
template <class Scalar = float, class Index = std::int32_t>
class quantized_index {
 public:
  using scalar_type = Scalar;
  using index_type = Index;
  static constexpr std::string_view kind = "quantized_index";

  /// An empty index, to be assigned to.
  quantized_index() = default;
  /// Takes the rows of a dense matrix or expression of Eigen's: a copy, unless a dense_matrix is moved in. Throws
  /// std::invalid_argument unless there are 1 to 32,768 columns and all elements are finite. O(items * (k + log
  /// items)).
  template <class Policy, class Matrix>
  quantized_index(const Policy& policy, Matrix&& item_factors) {
    static_assert(detail::dense_vectors<std::remove_cvref_t<Matrix>>,
                  "akin: quantized_index takes the rows of a dense matrix of Eigen's");
    detail::assert_policy<Policy>();
    detail::assert_vectors<std::remove_cvref_t<Matrix>, Scalar, Index>();
    detail::require(item_factors.cols() >= 1 && item_factors.cols() <= kernels::int8_largest_depth, kind,
                    "item_factors must have 1 to 32768 columns", item_factors.cols());
    detail::require(item_factors.rows() <= detail::largest_id<Index>, kind, "there must be an id for each item",
                    item_factors.rows());
    *this = quantized_index(
        policy, detail::own_dense_vectors<Scalar>(policy, std::forward<Matrix>(item_factors), false, kind), checked{});
  }

  std::int64_t items() const noexcept { return factors_.rows(); }
  /// The dimension of an item; 0 in an empty index.
  std::int64_t dimension() const noexcept { return factors_.cols(); }
  /// The original factors; refers to the index.
  Eigen::Map<const dense_matrix<Scalar>> item_factors() const { return factors_.map(); }

  /// The k best items for each row of `queries` (a dense matrix or expression, any number of rows x dimension()): list
  /// q for row q, with row q of `exclude`. Adds its work to `statistics`, if given.
  ///
  /// Throws not_fitted, or std::invalid_argument for queries that are not finite or of another length and for a query
  /// that does not fit. O(queries * items * k) products of bytes, less for items that are too short for the lists.
  template <class Policy, class Matrix>
  recommendations<Scalar, Index> search(const Policy& policy, const Matrix& queries, const query<Index>& q,
                                        search_statistics* statistics = nullptr) const {
    static_assert(detail::dense_vectors<Matrix>, "akin: queries must be the rows of a dense matrix of Eigen's");
    constexpr std::string_view where = "search";
    detail::assert_policy<Policy>();
    detail::assert_vectors<Matrix, Scalar, Index>();
    detail::require_fitted(dimension() > 0, where);
    if (queries.cols() != dimension())
      detail::fail<std::invalid_argument>(where, ": queries must have ", dimension(),
                                          " columns like the items' factors, got ", queries.cols());
    detail::check_query(q, queries.rows(), items(), where);
    const detail::dense_rows_ref<Scalar, Matrix> rows(queries);
    detail::check_finite_rows(policy, rows.view(), where);
    search_statistics ignored;
    return search_rows(policy, rows.view(), q, statistics == nullptr ? ignored : *statistics);
  }

  /// One query in real time: see recommend_one. `exclude` has one row.
  recommend_result search_one(std::span<const Scalar> vector, const query<Index>& q, workspace<Scalar, Index>& scratch,
                              std::span<Index> items_out, std::span<Scalar> scores_out) const noexcept;

  void write_to(detail::model_writer& writer) const {
    detail::require_fitted(dimension() > 0, "save");
    writer.add("item_factors", factors_.view());
  }
  /// Rounds the factors again, so that no file can hold wrong bounds.
  static quantized_index read_from(const detail::model_reader& reader);

 private:
  using panels_type = detail::quantized_panels<Scalar, Index>;
  using lists_type = recommendations<Scalar, Index>;
  struct checked {};

  quantized_index(const detail::host_policy& policy, detail::dense_storage<Scalar> factors, checked);

  const Scalar* row(std::int64_t item) const noexcept { return factors_.view().row(item); }
  bool knows_item(Index item) const noexcept { return !detail::is_zero(row(item), dimension()); }

  lists_type search_rows(const detail::host_policy& policy, rows_view<const Scalar> queries, const query<Index>& q,
                         search_statistics& statistics) const;

  /// Whether no number can overflow, exclusions are in order and lists are short enough for a search by tiles.
  bool can_use_tiles(rows_view<const Scalar> queries, const query<Index>& q) const noexcept;

  template <class Filter>
  lists_type search_panels(const detail::host_policy& policy, const panels_type& panels,
                           rows_view<const Scalar> queries, const query<Index>& q, const Filter& filter,
                           search_statistics& statistics) const;

  lists_type rank_one_by_one(const detail::host_policy& policy, rows_view<const Scalar> queries, const query<Index>& q,
                             search_statistics& statistics) const;

  /// The state of one query.
  struct one_search {
    const Scalar* vector;
    detail::query_filter filter;
    detail::excluded_items<Index> excluded;
    kernels::top_k<Scalar, Index> best;
    bool may_repeat;
  };

  void offer(one_search& search, Index item) const noexcept {
    if (!search.filter.allows(item) || !knows_item(item) || search.excluded.contains(item)) return;
    const Scalar score = kernels::dot(search.vector, row(item), dimension());
    // Candidates may repeat.
    if (score >= search.best.bound() && !(search.may_repeat && search.best.holds(item))) search.best.offer(score, item);
  }
  void offer_hits(one_search& search) const noexcept;

  detail::dense_storage<Scalar> factors_;
  panels_type panels_;
};

template <class Scalar, class Index>
recommend_result quantized_index<Scalar, Index>::search_one(std::span<const Scalar> vector, const query<Index>& q,
                                                            workspace<Scalar, Index>& scratch,
                                                            std::span<Index> items_out,
                                                            std::span<Scalar> scores_out) const noexcept {
  if (dimension() == 0) return {0, recommend_status::not_fitted};
  const recommend_status status =
      detail::query_status(q, 1, items(), scratch, std::min(items_out.size(), scores_out.size()));
  if (status != recommend_status::ok) return {0, status};
  if (std::ssize(vector) != dimension() ||
      !std::all_of(vector.begin(), vector.end(), [](Scalar x) { return detail::is_finite(x); }))
    return {0, recommend_status::invalid_vector};
  if (detail::is_zero(vector.data(), dimension())) return {0, recommend_status::no_evidence};
  const std::int64_t k = std::min<std::int64_t>(q.k, items());
  if (k == 0) return {0, recommend_status::ok};
  one_search search{vector.data(),
                    detail::filter_of(q),
                    detail::excluded_items<Index>(detail::excluded_row(q, 0)),
                    {scratch.best().data(), k, detail::least_bound<Scalar>(q)},
                    q.candidates.has_value()};
  if (q.candidates)
    for (const Index item : *q.candidates) offer(search, item);
  else if (panels_.is_safe(vector.data()))
    offer_hits(search);
  else
    for (std::int64_t item = 0; item < items(); ++item) offer(search, static_cast<Index>(item));
  return detail::hand_over(search.best.finish(), scratch, items_out, scores_out);
}

template <class Scalar, class Index>
quantized_index<Scalar, Index> quantized_index<Scalar, Index>::read_from(const detail::model_reader& reader) {
  auto factors = detail::map_dense<Scalar>(reader, "item_factors");
  reader.require(factors.cols() >= 1 && factors.cols() <= kernels::int8_largest_depth &&
                     factors.rows() <= detail::largest_id<Index>,
                 "items must have 1 to 32768 factors, and an id each");
  return quantized_index(execution::seq, std::move(factors), checked{});
}

template <class Scalar, class Index>
quantized_index<Scalar, Index>::quantized_index(const detail::host_policy& policy,
                                                detail::dense_storage<Scalar> factors, checked)
    : factors_(std::move(factors)), panels_(policy, factors_.view(), [&](Index item) { return knows_item(item); }) {}

template <class Scalar, class Index>
typename quantized_index<Scalar, Index>::lists_type quantized_index<Scalar, Index>::search_rows(
    const detail::host_policy& policy, rows_view<const Scalar> queries, const query<Index>& q,
    search_statistics& statistics) const {
  const detail::query_filter filter = detail::filter_of(q);
  if (!can_use_tiles(queries, q)) return rank_one_by_one(policy, queries, q, statistics);
  if (!q.candidates && filter.is_open()) return search_panels(policy, panels_, queries, q, filter, statistics);
  const item_mask allowed = detail::allowed_for_someone(q, items());
  if (allowed.size() >= items() / 2)
    return search_panels(policy, panels_, queries, q, filters::allow{allowed}, statistics);
  if (queries.rows < detail::least_for_tiles) return rank_one_by_one(policy, queries, q, statistics);
  const panels_type few(policy, factors_.view(),
                        [&](Index item) { return allowed.contains(item) && knows_item(item); });
  return search_panels(policy, few, queries, q, filters::none{}, statistics);
}

template <class Scalar, class Index>
bool quantized_index<Scalar, Index>::can_use_tiles(rows_view<const Scalar> queries,
                                                   const query<Index>& q) const noexcept {
  if (std::min<std::int64_t>(q.k, items()) > detail::longest_for_tiles || items() == 0) return false;
  for (std::int64_t i = 0; i < queries.rows; ++i) {
    const auto excluded = detail::excluded_row(q, i);
    if (!panels_.is_safe(queries.row(i)) || !std::is_sorted(excluded.begin(), excluded.end())) return false;
  }
  return true;
}

template <class Scalar, class Index>
template <class Filter>
typename quantized_index<Scalar, Index>::lists_type quantized_index<Scalar, Index>::search_panels(
    const detail::host_policy& policy, const panels_type& panels, rows_view<const Scalar> queries,
    const query<Index>& q, const Filter& filter, search_statistics& statistics) const {
  std::vector<detail::tile_query<Scalar, Index>> asked;
  for (std::int64_t i = 0; i < queries.rows; ++i)
    if (!detail::is_zero(queries.row(i), dimension()))
      asked.push_back({queries.row(i), Scalar{0}, detail::excluded_row(q, i), i});
  const std::int64_t k = std::min<std::int64_t>(q.k, items());
  lists_type lists(queries.rows, static_cast<int>(k));
  const detail::tile_work work = detail::search_tiles(
      policy, panels, std::span<const detail::tile_query<Scalar, Index>>(asked), k, detail::least_bound<Scalar>(q),
      [&](const auto& one, Index item) { return kernels::dot(one.row, row(item), dimension()); }, filter, lists);
  const auto all = static_cast<std::int64_t>(asked.size()) * panels.rows();
  statistics.scanned += std::min(work.visited * kernels::chunk_rows, all);
  statistics.reranked += work.rescored;
  return lists;
}

template <class Scalar, class Index>
typename quantized_index<Scalar, Index>::lists_type quantized_index<Scalar, Index>::rank_one_by_one(
    const detail::host_policy& policy, rows_view<const Scalar> queries, const query<Index>& q,
    search_statistics& statistics) const {
  const std::int64_t scored = q.candidates ? static_cast<std::int64_t>(q.candidates->size()) : items();
  statistics.reranked += queries.rows * scored;
  return detail::rank_rows<Scalar, Index>(
      policy, queries.rows, items(), q.k, [&](std::int64_t i, detail::ranking_scratch<Scalar, Index>& scratch) {
        const Scalar* const x = queries.row(i);
        if (detail::is_zero(x, dimension())) return std::int64_t{0};
        const auto score = [&](Index item) {
          scratch.scores[item] = knows_item(item) ? kernels::dot(x, row(item), dimension()) : no_score<Scalar>;
        };
        if (q.candidates)
          for (const Index item : *q.candidates) score(item);
        else
          for (std::int64_t item = 0; item < items(); ++item) score(static_cast<Index>(item));
        return detail::rank_scores(q, detail::excluded_row(q, i), std::span<Scalar>(scratch.scores), scratch.best);
      });
}

template <class Scalar, class Index>
void quantized_index<Scalar, Index>::offer_hits(one_search& search) const noexcept {
  std::int8_t bytes[kernels::int8_largest_depth];
  kernels::int8_hits found;
  kernels::int8_group group;
  group.rows = bytes;
  const typename panels_type::asked asked = panels_.set(group, 0, search.vector, bytes);
  for (std::int64_t chunk = 0; chunk < panels_.chunks(); ++chunk) {
    const auto bound = static_cast<double>(search.best.bound());
    if (panels_.reach(asked, chunk) < bound) return;
    panels_.set_target(group, 0, asked, bound);
    panels_.scan(group, chunk, found);
    const double margin = panels_.margin(asked, chunk);
    for (std::int32_t i = 0; i < found.counts[0]; ++i) {
      const std::int32_t position = found.positions[0][i];
      if (panels_.score(asked, chunk, position, found.dots[0][i]) + margin >= static_cast<double>(search.best.bound()))
        offer(search, panels_.id(chunk, position));
    }
  }
}

AKIN_COMPILE_ONCE(retrieval, class quantized_index<float>)
AKIN_COMPILE_ONCE(retrieval, class quantized_index<double>)

/// Writes the k best items for the vector to the first `count` elements of items and scores: the list of search, to the
/// bit, without throwing or allocating. Whatever the arguments, it reads and writes only the memory that it was given;
/// the status reports errors, with a count of 0. `scratch` serves one call at a time; `exclude` has one row. Uses about
/// 60 KB of stack. O(items * k) products of bytes.
template <class Scalar, class Index>
recommend_result recommend_one(const quantized_index<Scalar, Index>& index,
                               std::type_identity_t<std::span<const Scalar>> vector,
                               const std::type_identity_t<query<Index>>& q,
                               std::type_identity_t<workspace<Scalar, Index>>& scratch,
                               std::type_identity_t<std::span<Index>> items,
                               std::type_identity_t<std::span<Scalar>> scores) noexcept {
  return index.search_one(vector, q, scratch, items, scores);
}

}  // namespace akin::inline AKIN_ABI
