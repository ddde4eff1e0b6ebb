/// @file
/// Recommendations for users that a model was trained with.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/detail/factor_search.hpp>
#include <akin/retrieval/detail/rank.hpp>
#include <akin/retrieval/detail/score_stream.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/recommendations.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// Copies the first `count` of the ranked items into list number `list`.
template <class Scalar, class Index>
void store_list(const std::vector<kernels::scored<Scalar, Index>>& best, std::int64_t count, std::size_t list,
                recommendations<Scalar, Index>& lists) {
  Index* const items = lists.mutable_items(list);
  Scalar* const scores = lists.mutable_scores(list);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto& entry = best[static_cast<std::size_t>(i)];
    items[i] = entry.id;
    scores[i] = entry.score;
  }
  lists.set_count(list, count);
}

/// A list for each row in [0, rows): rank(row, scratch) fills the worker's scratch and returns the list's length.
template <class Scalar, class Index, class Rank>
recommendations<Scalar, Index> rank_rows(const host_policy& policy, std::int64_t rows, std::int64_t items, int k,
                                         const Rank& rank) {
  recommendations<Scalar, Index> lists(rows, static_cast<int>(std::min<std::int64_t>(k, items)));
  std::vector<ranking_scratch<Scalar, Index>> scratch(static_cast<std::size_t>(worker_count(policy, rows)),
                                                      ranking_scratch<Scalar, Index>(items, k));
  for_each_row(policy, rows, [&](std::int64_t row, int worker) {
    auto& mine = scratch[static_cast<std::size_t>(worker)];
    store_list(mine.best, rank(row, mine), static_cast<std::size_t>(row), lists);
  });
  return lists;
}

/// A list for each of `count` rows: request_at(row) says what is to be scored, nothing for an empty list, and
/// exclusion_row(row) whose exclusions hold.
template <class Request, class Model, class RequestAt, class ExclusionRow>
auto rank_requests(const host_policy& policy, const Model& model, std::int64_t count, const RequestAt& request_at,
                   const ExclusionRow& exclusion_row, const query<typename Model::index_type>& q) {
  using scalar_type = typename Model::scalar_type;
  using index_type = typename Model::index_type;
  constexpr std::int64_t most = scored_at_once<Model, Request>();
  const std::int64_t blocks = (count + most - 1) / most;
  recommendations<scalar_type, index_type> lists(count, static_cast<int>(std::min<std::int64_t>(q.k, model.items())));
  std::vector<ranking_scratch<scalar_type, index_type>> scratch(
      static_cast<std::size_t>(worker_count(policy, blocks)),
      ranking_scratch<scalar_type, index_type>(model.items(), q.k, most));
  for_each_row(policy, blocks, [&](std::int64_t block, int worker) {
    auto& mine = scratch[static_cast<std::size_t>(worker)];
    std::array<Request, most> requests = {};
    std::array<std::int64_t, most> rows = {};
    std::size_t wanted = 0;
    for (std::int64_t row = block * most; row < std::min((block + 1) * most, count); ++row)
      if (const std::optional<Request> request = request_at(row)) {
        requests[wanted] = *request;
        rows[wanted++] = row;
      }
    score_stream<Model, Request> scores(model, std::span<const Request>(requests).first(wanted), mine.scores);
    for (std::size_t i = 0; i < wanted; ++i) {
      const auto list_length = rank_scores(q, excluded_row(q, exclusion_row(rows[i])), scores.next(), mine.best);
      store_list(mine.best, list_length, static_cast<std::size_t>(rows[i]), lists);
    }
  });
  return lists;
}

/// The users that lists are wanted for, list i for user (*this)(i): those of an array, or all.
template <class Index>
struct asked_users {
  const Index* ids = nullptr;

  Index operator()(std::int64_t i) const noexcept { return ids != nullptr ? ids[i] : static_cast<Index>(i); }
};

/// A list for each of `count` users, the i-th being user_at(i).
template <class Model>
auto recommend_to(const host_policy& policy, const Model& model, std::int64_t count,
                  const asked_users<typename Model::index_type>& user_at, const query<typename Model::index_type>& q) {
  using index_type = typename Model::index_type;
  static_assert(scorer<Model>, "akin: recommend needs a model that scores all items for a user");
  require_fitted(model, "recommend");
  check_query(q, model.users(), model.items(), "recommend");
  if constexpr (scores_inner_products<Model>)
    if (is_worth_tiles(model, q, count))
      if (auto lists = factor_search<Model>(policy, model, q).lists(policy, count, user_at)) return *std::move(lists);
  const auto known_user = [&](std::int64_t row) {
    const index_type user = user_at(row);
    return model.knows_user(user) ? std::optional(user) : std::nullopt;
  };
  return rank_requests<index_type>(policy, model, count, known_user, user_at, q);
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
  return detail::recommend_to(policy, model, static_cast<std::int64_t>(users.size()), {users.data()}, q);
}

/// The same for every user of the model: list u for user u.
template <class Policy, class Model>
recommendations<typename Model::scalar_type, typename Model::index_type> recommend(
    const Policy& policy, const Model& model, const query<typename Model::index_type>& q) {
  detail::assert_policy<Policy>();
  return detail::recommend_to(policy, model, model.users(), {}, q);
}

/// The model's score of one user and item; 0 where there is no evidence.
template <class Model>
typename Model::scalar_type score(const Model& model, std::type_identity_t<typename Model::index_type> user,
                                  std::type_identity_t<typename Model::index_type> item) {
  detail::require_fitted(model, "score");
  detail::require_id(user, model.users(), "score", "user");
  detail::require_id(item, model.items(), "score", "item");
  return model.score(user, item);
}

}  // namespace akin::inline AKIN_ABI
