/// @file
/// Recommendations for users that a model was trained with.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/model/inner_products.hpp>
#include <akin/model/score_stream.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/detail/query_filter.hpp>
#include <akin/retrieval/detail/query_problem.hpp>
#include <akin/retrieval/factor_search.hpp>
#include <akin/retrieval/filter.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/rank.hpp>
#include <akin/retrieval/recommendations.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// A list for each row in [0, rows): rank(row, scratch) fills the worker's scratch and returns the list's length.
template <class Scalar, class Index, class Rank>
recommendations<Scalar, Index> rank_rows(const host_policy& policy, std::int64_t rows, std::int64_t items, int k,
                                         const Rank& rank) {
  recommendations<Scalar, Index> lists(rows, static_cast<int>(std::min<std::int64_t>(k, items)));
  per_worker<ranking_scratch<Scalar, Index>> scratch(worker_count(policy, rows),
                                                     ranking_scratch<Scalar, Index>(items, k));
  for_each_row(policy, rows, [&](std::int64_t row, int worker) {
    auto& mine = scratch[worker];
    const std::int64_t length = rank(row, mine);
    lists.assign(static_cast<std::size_t>(row), mine.best.data(), length);
  });
  return lists;
}

/// A list for each of `count` rows: requests.at(row) is the request to score, requests.excluded(q, row) its excluded
/// items. A request that the source does not know gets an empty list.
template <class Scalar, class Index, class Requests>
recommendations<Scalar, Index> rank_requests(const host_policy& policy,
                                             const score_source<Scalar, typename Requests::request_type>& source,
                                             std::int64_t count, const Requests& requests, const query<Index>& q) {
  using request_type = typename Requests::request_type;
  struct worker_scratch {
    ranking_scratch<Scalar, Index> ranking;
    std::vector<request_type> known = {};
    numbers<std::int64_t> rows = {};
  };
  const std::int64_t items = source.items(), at_once = source.at_once(), blocks = (count + at_once - 1) / at_once;
  recommendations<Scalar, Index> lists(count, static_cast<int>(std::min<std::int64_t>(q.k, items)));
  per_worker<worker_scratch> workers(worker_count(policy, blocks),
                                     worker_scratch{ranking_scratch<Scalar, Index>(items, q.k, at_once)});
  for_each_row(policy, blocks, [&](std::int64_t block, int worker) {
    auto& [ranking, known, rows] = workers[worker];
    known.clear();
    rows.clear();
    for (std::int64_t row = block * at_once; row < std::min((block + 1) * at_once, count); ++row)
      if (const request_type request = requests.at(row); source.is_known(request)) {
        known.push_back(request);
        rows.push_back(row);
      }
    score_stream<Scalar, request_type> scores(source, known, ranking.scores);
    for (const std::int64_t row : rows) {
      const std::int64_t length = rank_scores(q, requests.excluded(q, row), scores.next(), ranking.best);
      lists.assign(static_cast<std::size_t>(row), ranking.best.data(), length);
    }
  });
  return lists;
}

/// Users as requests.
template <class Index>
struct user_requests {
  using request_type = Index;
  asked_users<Index> users;

  Index at(std::int64_t row) const noexcept { return users(row); }
  slice<const Index> excluded(const query<Index>& q, std::int64_t row) const { return excluded_row(q, at(row)); }
};

/// A list for each of `count` users; the factor source is null if the model has no factors.
template <class Scalar, class Index>
recommendations<Scalar, Index> rank_users(const host_policy& policy, const score_source<Scalar, Index>& source,
                                          const factor_source<Scalar, Index>* factors, std::int64_t count,
                                          const asked_users<Index>& users, const query<Index>& q) {
  if (factors != nullptr && is_worth_tiles(q, count, source.items()))
    if (auto lists = factor_search<Scalar, Index>(policy, *factors, q).lists(policy, count, users))
      return *std::move(lists);
  return rank_requests(policy, source, count, user_requests<Index>{users}, q);
}

AKIN_COMPILE_ONCE(retrieval, recommendations<float, std::int32_t> rank_users(
                                 const host_policy&, const score_source<float, std::int32_t>&,
                                 const factor_source<float, std::int32_t>*, std::int64_t,
                                 const asked_users<std::int32_t>&, const query<std::int32_t>&))
AKIN_COMPILE_ONCE(retrieval, recommendations<double, std::int32_t> rank_users(
                                 const host_policy&, const score_source<double, std::int32_t>&,
                                 const factor_source<double, std::int32_t>*, std::int64_t,
                                 const asked_users<std::int32_t>&, const query<std::int32_t>&))

/// A list for each of `count` users.
template <class Model>
auto recommend_to(const host_policy& policy, const Model& model, std::int64_t count,
                  const asked_users<typename Model::index_type>& users, const query<typename Model::index_type>& q) {
  static_assert(scorer<Model>, "akin: recommend needs a model that scores all items for a user");
  require_fitted(model, "recommend");
  check_query(q, model.users(), model.items(), "recommend");
  using scalar_type = typename Model::scalar_type;
  using index_type = typename Model::index_type;
  const scores_of<Model, index_type> source(model);
  if constexpr (scores_inner_products<Model>) {
    const factors_of<Model> factors(model);
    return rank_users<scalar_type, index_type>(policy, source, &factors, count, users, q);
  } else {
    return rank_users<scalar_type, index_type>(policy, source, nullptr, count, users, q);
  }
}

}  // namespace detail

/// The k best items for each of `users`, list i for users[i]: the true top k of the model's scores, ordered by (score
/// descending, id ascending). A user without evidence gets an empty list.
///
/// Throws not_fitted, or std::invalid_argument for a user out of range or a query that does not fit the model. Takes
/// O(users * (scoring + items)) time and, for each worker, a row of scores for each of the users that the model scores
/// at once.
template <class Policy, class Model>
recommendations<typename Model::scalar_type, typename Model::index_type> recommend(
    const Policy& policy, const Model& model, std::span<const std::type_identity_t<typename Model::index_type>> users,
    const query<typename Model::index_type>& q) {
  detail::assert_policy<Policy>();
  detail::require_fitted(model, "recommend");
  for (const auto user : users) detail::require_id(user, model.users(), "recommend", "each of users");
  return detail::recommend_to(policy, model, std::ssize(users), {users.data()}, q);
}

/// The same for every user of the model: list u for user u.
template <class Policy, class Model>
recommendations<typename Model::scalar_type, typename Model::index_type> recommend(
    const Policy& policy, const Model& model, const query<typename Model::index_type>& q) {
  detail::assert_policy<Policy>();
  return detail::recommend_to(policy, model, model.users(), {}, q);
}

/// The same with a filter beside those of the query: only items with filter.allows(item). It is asked once for each
/// item, by one thread; see akin/retrieval/filter.hpp.
template <class Policy, class Model, item_filter<typename Model::index_type> Filter>
recommendations<typename Model::scalar_type, typename Model::index_type> recommend(
    const Policy& policy, const Model& model, std::span<const std::type_identity_t<typename Model::index_type>> users,
    const query<typename Model::index_type>& q, const Filter& filter) {
  detail::require_fitted(model, "recommend");
  return recommend(policy, model, users, detail::filtered(q, model.items(), filter));
}
template <class Policy, class Model, item_filter<typename Model::index_type> Filter>
recommendations<typename Model::scalar_type, typename Model::index_type> recommend(
    const Policy& policy, const Model& model, const query<typename Model::index_type>& q, const Filter& filter) {
  detail::require_fitted(model, "recommend");
  return recommend(policy, model, detail::filtered(q, model.items(), filter));
}

/// The model's score of one user and item; 0 without evidence.
template <class Model>
typename Model::scalar_type score(const Model& model, std::type_identity_t<typename Model::index_type> user,
                                  std::type_identity_t<typename Model::index_type> item) {
  detail::require_fitted(model, "score");
  detail::require_id(user, model.users(), "score", "user");
  detail::require_id(item, model.items(), "score", "item");
  return model.score(user, item);
}

}  // namespace akin::inline AKIN_ABI
