/// @file
/// Lists for many users of a model whose scores are inner products.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <akin/config.hpp>
#include <akin/retrieval/detail/float_panels.hpp>
#include <akin/retrieval/detail/item_filter.hpp>
#include <akin/retrieval/detail/rank.hpp>
#include <akin/retrieval/detail/tile_search.hpp>
#include <akin/retrieval/item_mask.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/recommendations.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// score(u, i) = mean + user_offsets[u] + item_offsets[i] + the inner product of rows u and i, but for rounding; null
/// stands for offsets of 0.
template <class Scalar>
struct inner_products {
  rows_view<const Scalar> users, items;
  const Scalar* user_offsets = nullptr;
  const Scalar* item_offsets = nullptr;
  Scalar mean = 0;

  Scalar offset(std::int64_t user) const noexcept { return user_offsets == nullptr ? mean : mean + user_offsets[user]; }
};

/// A model whose scores are inner products.
template <class Model>
concept scores_inner_products = requires(const Model& model) {
  { model.as_inner_products() } -> std::same_as<inner_products<typename Model::scalar_type>>;
};

/// Fewer queries are not worth packing all rows.
inline constexpr std::int64_t least_for_tiles = 64;
/// Longer lists are not worth keeping for many queries at once.
inline constexpr std::int64_t longest_for_tiles = 2048;

/// The items that a query lets come to somebody, but for what each user excludes.
template <class Index>
item_mask may_come_to_some(const query<Index>& q, std::int64_t items) {
  const item_filter<Index> filter(q);
  item_mask result(items);
  if (q.candidates) {
    for (const Index item : *q.candidates)
      if (filter.may_come(item)) result.insert(item);
  } else {
    for (std::int64_t item = 0; item < items; ++item)
      if (filter.may_come(static_cast<Index>(item))) result.insert(item);
  }
  return result;
}

/// A list for each of `count` users, the i-th being user_at(i); nothing where it is better, or only possible, to score
/// users one by one: there are few, their lists are long, scores may overflow, or exclusions are not in order.
template <class Policy, class Model, class UserAt>
auto recommend_by_tiles(const Policy& policy, const Model& model, std::int64_t count, const UserAt& user_at,
                        const query<typename Model::index_type>& q) {
  using scalar_type = typename Model::scalar_type;
  using index_type = typename Model::index_type;
  std::optional<recommendations<scalar_type, index_type>> lists;
  const std::int64_t k = std::min<std::int64_t>(q.k, model.items());
  if (count < least_for_tiles || k > longest_for_tiles || k == 0) return lists;

  const inner_products<scalar_type> form = model.as_inner_products();
  const item_mask coming = may_come_to_some(q, model.items());
  const float_panels<scalar_type, index_type> panels(policy, form.items, form.item_offsets, [&](index_type item) {
    return coming.contains(item) && model.knows_item(item);
  });
  std::vector<tile_query<scalar_type, index_type>> queries;
  for (std::int64_t i = 0; i < count; ++i) {
    const index_type user = user_at(i);
    if (!model.knows_user(user)) continue;
    const scalar_type* const row = form.users.row(user);
    const auto excluded = excluded_row(q, user);
    if (!panels.is_safe(length_above(row, form.users.cols), form.offset(user)) ||
        !std::is_sorted(excluded.begin(), excluded.end()))
      return lists;
    queries.push_back({row, form.offset(user), excluded, i});
  }
  lists.emplace(count, static_cast<int>(k));
  const auto rescore = [&](const auto& asked, index_type item) { return model.score(user_at(asked.list), item); };
  search_tiles(policy, panels, std::span<const tile_query<scalar_type, index_type>>(queries), k,
               least_bound<scalar_type>(q), rescore, item_filter<index_type>(query<index_type>()), *lists);
  return lists;
}

}  // namespace akin::inline AKIN_ABI::detail
