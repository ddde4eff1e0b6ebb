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
#include <akin/parallel.hpp>
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

/// A model's items, packed for a query.
template <class Model>
class factor_search {
 public:
  using scalar_type = typename Model::scalar_type;
  using index_type = typename Model::index_type;
  using lists_type = recommendations<scalar_type, index_type>;

  /// Both must outlive the search. O(items * k), and a copy of the items' factors.
  factor_search(const host_policy& policy, const Model& model, const query<index_type>& q)
      : model_(model), query_(q), form_(model.as_inner_products()), panels_(pack(policy)) {}

  /// A list for each of `count` users, the i-th being user_at(i); nothing where users must be scored one by one:
  /// numbers are so large that they may overflow, or a user's exclusions are not in order.
  template <class UserAt>
  std::optional<lists_type> lists(const host_policy& policy, std::int64_t count, const UserAt& user_at) const {
    std::vector<tile_query<scalar_type, index_type>> queries;
    for (std::int64_t i = 0; i < count; ++i) {
      const index_type user = user_at(i);
      if (!model_.knows_user(user)) continue;
      queries.push_back({form_.users.row(user), form_.offset(user), excluded_row(query_, user), i});
      if (!is_fit(queries.back())) return std::nullopt;
    }
    const std::int64_t k = std::min<std::int64_t>(query_.k, model_.items());
    lists_type found(count, static_cast<int>(k));
    const auto rescore = [&](const auto& asked, index_type item) { return model_.score(user_at(asked.list), item); };
    search_tiles(policy, panels_, std::span<const tile_query<scalar_type, index_type>>(queries), k,
                 least_bound<scalar_type>(query_), rescore, item_filter<index_type>(query<index_type>()), found);
    return found;
  }

 private:
  using panels_type = float_panels<scalar_type, index_type>;

  panels_type pack(const host_policy& policy) const {
    const item_mask coming = may_come_to_some(query_, model_.items());
    return panels_type(policy, form_.items, form_.item_offsets,
                       [&](index_type item) { return coming.contains(item) && model_.knows_item(item); });
  }

  bool is_fit(const tile_query<scalar_type, index_type>& q) const noexcept {
    return panels_.is_safe(length_above(q.row, form_.users.cols), q.offset) &&
           std::is_sorted(q.excluded.begin(), q.excluded.end());
  }

  const Model& model_;
  const query<index_type>& query_;
  inner_products<scalar_type> form_;
  panels_type panels_;
};

/// Whether so many users are better searched for together than scored one by one.
template <class Model>
bool is_worth_tiles(const Model& model, const query<typename Model::index_type>& q, std::int64_t users) {
  return scores_inner_products<Model> && users >= least_for_tiles && model.items() > 0 &&
         std::min<std::int64_t>(q.k, model.items()) <= longest_for_tiles;
}

}  // namespace akin::inline AKIN_ABI::detail
