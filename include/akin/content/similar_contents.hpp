/// @file
/// The most similar items by features, for a whole catalogue at once.
#pragma once

#include <cstdint>
#include <string_view>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/content/detail/profiles.hpp>
#include <akin/error.hpp>
#include <akin/matrix.hpp>
#include <akin/model/top_products.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// similar_contents of what was checked.
template <class Scalar, class Index>
sparse_matrix<Scalar, Index> similar_rows(const host_policy& policy, const csr_view<Scalar, Index>& x,
                                          const top_products_options& options) {
  const auto features = unit_rows(x);
  const auto items_by_feature = transpose(features.view());
  return top_products(policy, features.view(), items_by_feature.view(), options, true);
}

AKIN_COMPILE_ONCE(content, sparse_matrix<float, std::int32_t> similar_rows<float, std::int32_t>(
                               const host_policy&, const csr_view<float, std::int32_t>&, const top_products_options&))
AKIN_COMPILE_ONCE(content, sparse_matrix<double, std::int32_t> similar_rows<double, std::int32_t>(
                               const host_policy&, const csr_view<double, std::int32_t>&, const top_products_options&))

}  // namespace detail

/// The k items that are most similar to each item: in row i of the result (items x items) the columns are these items
/// j, ascending, and the values their cosines f_i'f_j / (|f_i| |f_j|), ties to the smaller id; the item itself, and
/// items whose cosine is not above options.minimum, are left out. `item_features`: items x features, sparse, row-major
/// and compressed, as tfidf_vectorizer or fuse_features make it; for dense vectors see nearest_neighbors.
///
/// Throws std::invalid_argument if values are not finite or options are out of range. O(sum over the elements of the
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
  return detail::similar_rows(policy, detail::checked_view<scalar_type, index_type>(policy, item_features, where),
                              options);
}

}  // namespace akin::inline AKIN_ABI
