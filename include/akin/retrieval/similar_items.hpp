/// @file
/// Items like given items.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/retrieval/detail/rank.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommendations.hpp>

namespace akin::inline AKIN_ABI {

/// A model that can say how alike two items are: it fills a similarity for every item, -infinity where there is none.
template <class T>
concept item_similarity = requires(const T& model, typename T::index_type item,
                                   std::span<typename T::scalar_type> out) {
  { model.items() } -> std::convertible_to<std::int64_t>;
  model.similarity_all(item, out);
};

namespace detail {

/// See similar_items.
template <class Model>
auto rank_similar(const host_policy& policy, const Model& model, std::span<const typename Model::index_type> items,
                  const query<typename Model::index_type>& q) {
  using index_type = typename Model::index_type;
  return rank_rows<typename Model::scalar_type, index_type>(
      policy, static_cast<std::int64_t>(items.size()), model.items(), q.k, [&](std::int64_t row, auto& scratch) {
        const index_type& item = items[static_cast<std::size_t>(row)];
        model.similarity_all(item, std::span(scratch.scores));
        return rank_scores(q, slice<const index_type>{&item, 1}, std::span(scratch.scores), scratch.best);
      });
}

}  // namespace detail

/// The k items most similar to each of `items`, list i for items[i], never the item itself; ordered by (similarity
/// descending, id ascending). Throws not_fitted, or std::invalid_argument for an item out of range, or for a query that
/// excludes (exclusion is by user) or does not fit the model. Takes O(items * (comparing + items of the model)) time
/// and one row of similarities a worker.
template <class Policy, class Model>
recommendations<typename Model::scalar_type, typename Model::index_type> similar_items(
    const Policy& policy, const Model& model, std::span<const std::type_identity_t<typename Model::index_type>> items,
    const query<typename Model::index_type>& q) {
  using index_type = typename Model::index_type;
  detail::assert_policy<Policy>();
  static_assert(item_similarity<Model>, "akin: similar_items needs a model that compares items");
  detail::require_fitted(model, "similar_items");
  detail::require(q.exclude.rows == 0, "similar_items", "exclude must be empty, items have no users");
  detail::check_query(q, 0, model.items(), "similar_items");
  for (const index_type item : items) detail::require_id(item, model.items(), "similar_items", "each of items");
  return detail::rank_similar(policy, model, items, q);
}

}  // namespace akin::inline AKIN_ABI
