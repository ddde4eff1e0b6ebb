/// @file
/// Recommendations for histories, of users who were not in the training or whose histories have grown since, and for
/// sequences.
#pragma once

#include <cstdint>
#include <span>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/data/sequences.hpp>
#include <akin/error.hpp>
#include <akin/matrix.hpp>
#include <akin/model/request.hpp>
#include <akin/model/scorer.hpp>
#include <akin/model/source.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/detail/query_problem.hpp>
#include <akin/retrieval/filter.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/rank.hpp>
#include <akin/retrieval/recommendations.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

namespace detail {

/// Histories as requests: row r of x, and of what the query excludes.
template <class Scalar, class Index>
struct history_requests {
  using request_type = row_view<Scalar, Index>;
  csr_view<Scalar, Index> x;

  request_type at(std::int64_t row) const { return x.row(row); }
  slice<const Index> excluded(const query<Index>& q, std::int64_t row) const { return excluded_row(q, row); }
};

AKIN_COMPILE_ONCE(retrieval,
                  recommendations<float, std::int32_t> rank_requests(
                      const host_policy&, const score_source<float, row_view<float, std::int32_t>>&, std::int64_t,
                      const history_requests<float, std::int32_t>&, const query<std::int32_t>&))
AKIN_COMPILE_ONCE(retrieval,
                  recommendations<double, std::int32_t> rank_requests(
                      const host_policy&, const score_source<double, row_view<double, std::int32_t>>&, std::int64_t,
                      const history_requests<double, std::int32_t>&, const query<std::int32_t>&))

/// Sequences as requests: sequence s, and row s of what the query excludes.
template <class Index>
struct sequence_requests {
  using request_type = sequence_view<Index>;
  const sequences<Index>& all;

  request_type at(std::int64_t row) const noexcept { return all[row]; }
  slice<const Index> excluded(const query<Index>& q, std::int64_t row) const { return excluded_row(q, row); }
};

AKIN_COMPILE_ONCE(retrieval, recommendations<float, std::int32_t> rank_requests(
                                 const host_policy&, const score_source<float, sequence_view<std::int32_t>>&,
                                 std::int64_t, const sequence_requests<std::int32_t>&, const query<std::int32_t>&))
AKIN_COMPILE_ONCE(retrieval, recommendations<double, std::int32_t> rank_requests(
                                 const host_policy&, const score_source<double, sequence_view<std::int32_t>>&,
                                 std::int64_t, const sequence_requests<std::int32_t>&, const query<std::int32_t>&))

/// Whether T is sequences<Index> of some Index.
template <class T>
inline constexpr bool is_sequences = false;
template <class Index>
inline constexpr bool is_sequences<sequences<Index>> = true;

}  // namespace detail

/// The k best items for each row of `histories` (any number of rows x items), list r for row r; without a refit, and
/// for the rows of the training the same lists as recommend. The items of a history are not excluded by default: set
/// `.exclude = histories`, whose row r belongs to history r. An empty history gets the list that recommend gives to a
/// user without a history: an empty list, or the list for everybody if the model has one (popularity, a fallback that
/// ends with it).
///
/// Throws not_fitted, or std::invalid_argument for histories or a query that do not fit the model.
template <class Policy, class Source, class Matrix>
requires(!detail::is_sequences<Matrix>) recommendations<scalar_type_of<Source>, index_type_of<Source>> recommend_for(
    const Policy& policy, const Source& source, const Matrix& histories, const query<index_type_of<Source>>& q) {
  using model_type = model_of<Source>;
  using scalar_type = scalar_type_of<Source>;
  using index_type = index_type_of<Source>;
  static_assert(history_scorer<model_type>, "akin: recommend_for needs a model that can score a history");
  const detail::host_policy host = detail::on_host(policy);
  return akin::ask(source, [&](const model_type& model) {
    detail::require_fitted(model, "recommend_for");
    const auto x = detail::checked_view<scalar_type, index_type>(host, histories, "recommend_for");
    detail::require_columns(x.cols, model.items(), "recommend_for");
    detail::check_query(q, x.rows, model.items(), "recommend_for");
    const scores_of<model_type, history_of<model_type>> scores(model);
    return detail::rank_requests(host, scores, x.rows, detail::history_requests<scalar_type, index_type>{x}, q);
  });
}

/// The k best items to come next in each sequence, list s for sequence s. Nothing is excluded by default: items of a
/// sequence may come again; row s of `exclude` belongs to sequence s. A sequence of nothing that the model knows gets
/// an empty list, or the list for everybody. A model of histories answers for the items of a sequence, whatever their
/// order. Throws not_fitted, or std::invalid_argument for a query that does not fit.
template <class Policy, class Source>
recommendations<scalar_type_of<Source>, index_type_of<Source>> recommend_for(
    const Policy& policy, const Source& source, const sequences<index_type_of<Source>>& all,
    const query<index_type_of<Source>>& q) {
  using model_type = model_of<Source>;
  using request_type = sequence_of<model_type>;
  static_assert(answers<model_type, request_type>,
                "akin: recommend_for needs a model that can score a sequence, or a history");
  const detail::host_policy host = detail::on_host(policy);
  return akin::ask(source, [&](const model_type& model) {
    detail::require_fitted(detail::is_fitted(model), "recommend_for");
    detail::check_query(q, all.size(), model.items(), "recommend_for");
    const scores_of<model_type, request_type> scores(model);
    return detail::rank_requests(host, scores, all.size(), detail::sequence_requests<index_type_of<Source>>{all}, q);
  });
}

/// The same with a filter beside those of the query; see recommend.
template <class Policy, class Source, class Matrix, item_filter<index_type_of<Source>> Filter>
recommendations<scalar_type_of<Source>, index_type_of<Source>> recommend_for(const Policy& policy, const Source& source,
                                                                             const Matrix& histories,
                                                                             const query<index_type_of<Source>>& q,
                                                                             const Filter& filter) {
  return akin::ask(source, [&](const auto& model) {
    detail::require_fitted(model, "recommend_for");
    return akin::recommend_for(policy, model, histories, detail::filtered(q, model.items(), filter));
  });
}

}  // namespace akin::inline AKIN_ABI
