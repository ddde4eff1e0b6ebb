/// @file
/// What is asked of a model: how many items, and which may come.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include <akin/config.hpp>
#include <akin/kept.hpp>
#include <akin/retrieval/item_mask.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// When items are on offer: item i while from[i] <= at < until[i], in any unit of time. A side without numbers has no
/// limit; otherwise it has one for each item.
struct availability {
  detail::kept<std::span<const std::int64_t>> from = {};
  detail::kept<std::span<const std::int64_t>> until = {};
  std::int64_t at = 0;
};

/// A query to recommend, similar_items or search. An item comes where all that is given lets it.
///
/// Each field takes a matrix, a mask or a vector, or a view of one. It refers to an lvalue, and to what a view refers
/// to, which must live as long as the query is used; it owns an rvalue, so that a query may be made of temporaries,
/// returned and stored. Copies share what is owned.
template <class Index = std::int32_t>
struct query {
  /// Items a list at most, >= 1. A list is shorter where fewer items may come or have evidence.
  int k = 10;
  /// Items that must not come: users x items, row u for user u (row q for query q where vectors are searched). Usually
  /// what each user already has. Any compressed row-major sparse matrix converts.
  detail::kept<sparsity_view<Index>> exclude = {};
  /// The only items that may come, in any order; an empty list means none, nullopt means all.
  detail::kept<std::optional<std::span<const Index>>> candidates = std::nullopt;
  /// The only items that may come, as an item_mask of the model's items: what is in stock.
  detail::kept<item_mask_view> allow = {};
  /// Items that must not come to anyone.
  detail::kept<item_mask_view> deny = {};
  availability available = {};
  /// Items with a lower score do not come.
  double minimum_score = -std::numeric_limits<double>::infinity();
};

}  // namespace akin::inline AKIN_ABI
