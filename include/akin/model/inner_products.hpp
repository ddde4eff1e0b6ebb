/// @file
/// Scores that are inner products of a user's and an item's factors: the form of a model for a search by tiles.
#pragma once

#include <concepts>
#include <cstdint>

#include <akin/config.hpp>
#include <akin/language.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// score(u, i) = mean + user_offsets[u] + item_offsets[i] + the inner product of rows u and i, up to rounding; null
/// means offsets of 0.
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

}  // namespace akin::inline AKIN_ABI
