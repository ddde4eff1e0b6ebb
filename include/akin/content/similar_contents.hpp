/// @file
/// Which items are alike by their features, for a whole catalogue at once.
#pragma once

#include <string_view>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/content/detail/profiles.hpp>
#include <akin/error.hpp>
#include <akin/matrix.hpp>
#include <akin/neighbors/top_products.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

/// The k items that are most like each item: of row i of the result (items x items) the columns are these items j,
/// ascending, and the values their cosines f_i'f_j / (|f_i| |f_j|), of equal ones those with the smaller id; an item is
/// not like itself, and one whose cosine is not above options.minimum is left out. `item_features`: items x features,
/// sparse, row-major and compressed, as tfidf_vectorizer or fuse_features make it; for dense vectors see
/// nearest_neighbors.
///
/// Throws std::invalid_argument where values are not finite or options are out of range. O(sum over the elements of the
/// matrix of the items with that feature) multiplications; leave out features that most items share. Memory: the
/// features twice, k cosines an item and four rows of cosines a worker; never items x items. The same bits for any
/// number of threads.
template <class Policy, sparse_matrix_like Features>
auto similar_contents(const Policy& policy, const Features& item_features, const top_products_options& options = {}) {
  constexpr std::string_view where = "similar_contents";
  detail::assert_policy<Policy>();
  using scalar_type = detail::pointee<decltype(item_features.valuePtr())>;
  using index_type = detail::pointee<decltype(item_features.outerIndexPtr())>;
  detail::require(options.k >= 1, where, "k must be positive", options.k);
  detail::require(options.minimum == options.minimum, where, "minimum must be a number", options.minimum);
  const auto features = detail::unit_rows(detail::checked_view<scalar_type, index_type>(policy, item_features, where));
  const auto items_by_feature = detail::transpose(features.view());
  constexpr const scalar_type* unscaled = nullptr;
  return sparse_matrix<scalar_type, index_type>(
      detail::top_products(policy, features.view(), items_by_feature.view(), options.k,
                           static_cast<scalar_type>(options.minimum), unscaled, true)
          .map());
}

}  // namespace akin::inline AKIN_ABI
