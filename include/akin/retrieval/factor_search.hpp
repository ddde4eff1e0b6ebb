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
#include <akin/model/inner_products.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/detail/float_panels.hpp>
#include <akin/retrieval/detail/tile_search.hpp>
#include <akin/retrieval/filter.hpp>
#include <akin/retrieval/item_mask.hpp>
#include <akin/retrieval/query.hpp>
#include <akin/retrieval/rank.hpp>
#include <akin/retrieval/recommendations.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Fewer queries are not worth packing all rows.
inline constexpr std::int64_t least_for_tiles = 64;
/// Longer lists are not worth keeping for many queries at once.
inline constexpr std::int64_t longest_for_tiles = 2048;

/// Items that pass the query's filters, before each user's exclusions.
template <class Index>
item_mask allowed_for_someone(const query<Index>& q, std::int64_t items) {
  const query_filter filter = filter_of(q);
  item_mask result(items);
  if (q.candidates) {
    for (const Index item : *q.candidates)
      if (filter.allows(item)) result.insert(item);
  } else {
    for (std::int64_t item = 0; item < items; ++item)
      if (filter.allows(static_cast<Index>(item))) result.insert(item);
  }
  return result;
}

/// The source of a search by tiles: a model whose scores are inner products, without its type.
template <class Scalar, class Index>
class factor_source {
 public:
  virtual inner_products<Scalar> form() const = 0;
  virtual bool knows_user(Index user) const = 0;
  virtual bool knows_item(Index item) const = 0;
  /// The canonical score, which decides the ranking.
  virtual Scalar score(Index user, Index item) const = 0;

 protected:
  ~factor_source() = default;
};

/// That of a model, which must outlive it.
template <class Model>
class factors_of final : public factor_source<typename Model::scalar_type, typename Model::index_type> {
 public:
  using scalar_type = typename Model::scalar_type;
  using index_type = typename Model::index_type;

  explicit factors_of(const Model& model) noexcept : model_(model) {}

  inner_products<scalar_type> form() const override { return model_.as_inner_products(); }
  bool knows_user(index_type user) const override { return model_.knows_user(user); }
  bool knows_item(index_type item) const override { return model_.knows_item(item); }
  scalar_type score(index_type user, index_type item) const override { return model_.score(user, item); }

 private:
  const Model& model_;
};

/// The users to make lists for, list i for user (*this)(i): those of an array, or all.
template <class Index>
struct asked_users {
  const Index* ids = nullptr;

  Index operator()(std::int64_t i) const noexcept { return ids != nullptr ? ids[i] : static_cast<Index>(i); }
};

/// A model's items, packed for a query.
template <class Scalar, class Index>
class factor_search {
 public:
  /// All must outlive the search. O(items * k), and a copy of the items' factors.
  factor_search(const host_policy& policy, const factor_source<Scalar, Index>& factors, const query<Index>& q)
      : factors_(factors), query_(q), form_(factors.form()), panels_(pack(policy)) {}

  /// A list for each of `count` users, the i-th being user_at(i); nothing if users must be scored one by one: numbers
  /// are so large that they may overflow, or a user's exclusions are not in order.
  std::optional<recommendations<Scalar, Index>> lists(const host_policy& policy, std::int64_t count,
                                                      const asked_users<Index>& user_at) const;

 private:
  using panels_type = float_panels<Scalar, Index>;

  panels_type pack(const host_policy& policy) const;

  bool can_use_tiles(const tile_query<Scalar, Index>& q) const noexcept {
    return panels_.is_safe(length_above(q.row, form_.users.cols), q.offset) &&
           std::is_sorted(q.excluded.begin(), q.excluded.end());
  }

  const factor_source<Scalar, Index>& factors_;
  const query<Index>& query_;
  inner_products<Scalar> form_;
  panels_type panels_;
};

template <class Scalar, class Index>
std::optional<recommendations<Scalar, Index>> factor_search<Scalar, Index>::lists(
    const host_policy& policy, std::int64_t count, const asked_users<Index>& user_at) const {
  std::vector<tile_query<Scalar, Index>> queries;
  for (std::int64_t i = 0; i < count; ++i) {
    const Index user = user_at(i);
    if (!factors_.knows_user(user)) continue;
    queries.push_back({form_.users.row(user), form_.offset(user), excluded_row(query_, user), i});
    if (!can_use_tiles(queries.back())) return std::nullopt;
  }
  const std::int64_t k = std::min<std::int64_t>(query_.k, form_.items.rows);
  recommendations<Scalar, Index> found(count, static_cast<int>(k));
  const auto rescore = [&](const auto& asked, Index item) { return factors_.score(user_at(asked.list), item); };
  search_tiles(policy, panels_, std::span<const tile_query<Scalar, Index>>(queries), k, least_bound<Scalar>(query_),
               rescore, filters::none{}, found);
  return found;
}

template <class Scalar, class Index>
float_panels<Scalar, Index> factor_search<Scalar, Index>::pack(const host_policy& policy) const {
  const item_mask allowed = allowed_for_someone(query_, form_.items.rows);
  return panels_type(policy, form_.items, form_.item_offsets,
                     [&](Index item) { return allowed.contains(item) && factors_.knows_item(item); });
}

AKIN_COMPILE_ONCE(retrieval, class factor_search<float, std::int32_t>)
AKIN_COMPILE_ONCE(retrieval, class factor_search<double, std::int32_t>)

/// Whether a search by tiles is faster for that many users than scoring them one by one.
template <class Index>
bool is_worth_tiles(const query<Index>& q, std::int64_t users, std::int64_t items) {
  return users >= least_for_tiles && items > 0 && std::min<std::int64_t>(q.k, items) <= longest_for_tiles;
}

}  // namespace akin::inline AKIN_ABI::detail
