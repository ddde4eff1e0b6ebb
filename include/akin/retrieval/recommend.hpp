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
#include <akin/model/request.hpp>
#include <akin/model/source.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/detail/query_problem.hpp>
#include <akin/retrieval/factor_search.hpp>
#include <akin/retrieval/filter.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/rank.hpp>
#include <akin/retrieval/recommendations.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

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
/// descending, id ascending). A user without evidence gets an empty list. The source is a model, or a live_model or a
/// bundle of one, of which one model answers for all users.
///
/// Throws not_fitted, or std::invalid_argument for a user out of range or a query that does not fit the model. Takes
/// O(users * (scoring + items)) time and, for each worker, a row of scores for each of the users that the model scores
/// at once.
template <class Policy, class Source>
recommendations<scalar_type_of<Source>, index_type_of<Source>> recommend(
    const Policy& policy, const Source& source, std::span<const std::type_identity_t<index_type_of<Source>>> users,
    const query<index_type_of<Source>>& q) {
  const detail::host_policy host = detail::on_host(policy);
  return akin::ask(source, [&](const auto& model) {
    detail::require_fitted(model, "recommend");
    for (const auto user : users) detail::require_id(user, model.users(), "recommend", "each of users");
    return detail::recommend_to(host, model, std::ssize(users), {users.data()}, q);
  });
}

/// The same for every user of the model: list u for user u.
template <class Policy, class Source>
recommendations<scalar_type_of<Source>, index_type_of<Source>> recommend(const Policy& policy, const Source& source,
                                                                         const query<index_type_of<Source>>& q) {
  const detail::host_policy host = detail::on_host(policy);
  return akin::ask(source, [&](const auto& model) { return detail::recommend_to(host, model, model.users(), {}, q); });
}

/// The same with a filter beside those of the query: only items with filter.allows(item). It is asked once for each
/// item, by one thread; see akin/retrieval/filter.hpp.
template <class Policy, class Source, item_filter<index_type_of<Source>> Filter>
recommendations<scalar_type_of<Source>, index_type_of<Source>> recommend(
    const Policy& policy, const Source& source, std::span<const std::type_identity_t<index_type_of<Source>>> users,
    const query<index_type_of<Source>>& q, const Filter& filter) {
  return akin::ask(source, [&](const auto& model) {
    detail::require_fitted(model, "recommend");
    return akin::recommend(policy, model, users, detail::filtered(q, model.items(), filter));
  });
}
template <class Policy, class Source, item_filter<index_type_of<Source>> Filter>
recommendations<scalar_type_of<Source>, index_type_of<Source>> recommend(const Policy& policy, const Source& source,
                                                                         const query<index_type_of<Source>>& q,
                                                                         const Filter& filter) {
  return akin::ask(source, [&](const auto& model) {
    detail::require_fitted(model, "recommend");
    return akin::recommend(policy, model, detail::filtered(q, model.items(), filter));
  });
}

/// The model's score of one user and item; 0 without evidence.
template <class Source>
scalar_type_of<Source> score(const Source& source, std::type_identity_t<index_type_of<Source>> user,
                             std::type_identity_t<index_type_of<Source>> item) {
  return akin::ask(source, [&](const auto& model) {
    detail::require_fitted(model, "score");
    detail::require_id(user, model.users(), "score", "user");
    detail::require_id(item, model.items(), "score", "item");
    return model.score(user, item);
  });
}

}  // namespace akin::inline AKIN_ABI
