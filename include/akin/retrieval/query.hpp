/// @file
/// A retrieval query: how many items to return, and which are eligible.
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

/// Availability of items: item i is available if from[i] <= at < until[i], in any unit of time. An empty side has no
/// limit; otherwise it has a time for each item.
struct availability {
  detail::kept<std::span<const std::int64_t>> from = {};
  detail::kept<std::span<const std::int64_t>> until = {};
  std::int64_t at = 0;
};

/// A query to recommend, similar_items or search. An item is eligible only if every filter that is set allows it.
///
/// Each field takes a matrix, a mask or a vector, or a view of one. It refers to an lvalue, and to what a view refers
/// to, which must live as long as the query is used; it owns an rvalue, so that a query may be made of temporaries,
/// returned and stored. Copies share what is owned.
template <class Index = std::int32_t>
struct query {
  /// The maximum length of a list, >= 1. A list is shorter if fewer items are eligible or have evidence.
  int k = 10;
  /// Items to exclude: users x items, row u for user u (row q for query q in a search of vectors). Usually the items
  /// that each user already has. Any compressed row-major sparse matrix converts.
  detail::kept<sparsity_view<Index>> exclude = {};
  /// The only eligible items, in any order; an empty list means none, nullopt means all.
  detail::kept<std::optional<std::span<const Index>>> candidates = std::nullopt;
  /// The only eligible items, as an item_mask of the model's items: those in stock.
  detail::kept<item_mask_view> allow = {};
  /// Items that are not eligible for any user.
  detail::kept<item_mask_view> deny = {};
  availability available = {};
  /// Items with a lower score are left out.
  double minimum_score = -std::numeric_limits<double>::infinity();
};

}  // namespace akin::inline AKIN_ABI
