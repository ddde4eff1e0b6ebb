/// @file
/// What is asked of a model: how many items, and which may come.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include <akin/config.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// A query to recommend, similar_items or search. Views refer to the caller's data, which must live until the call
/// returns.
template <class Index = std::int32_t>
struct query {
  /// Items a list at most, >= 1. A list is shorter where fewer items may come or have evidence.
  int k = 10;
  /// Items that must not come: users x items, row u for user u (row q for query q where vectors are searched). Usually
  /// what each user already has. Any compressed row-major sparse matrix converts.
  sparsity_view<Index> exclude = {};
  /// The only items that may come, in any order; an empty list means none, nullopt means all.
  std::optional<std::span<const Index>> candidates = std::nullopt;
};

}  // namespace akin::inline AKIN_ABI
