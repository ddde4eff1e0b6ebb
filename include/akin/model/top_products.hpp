/// @file
/// The largest elements of each row of a product of sparse matrices.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/matrix.hpp>
#include <akin/model/top_rows.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI {

struct top_products_options {
  int k = 10;          ///< >= 1, the maximum number of elements of each row
  double minimum = 0;  ///< only elements above it are kept
};

namespace detail {

/// The same for views, with each element multiplied by the scale of its column, if scales (b.cols numbers) are not
/// null.
template <class Scalar, class Index>
csr_storage<Scalar, Index> top_products(const host_policy& policy, const csr_view<Scalar, Index>& a,
                                        const csr_view<Scalar, Index>& b, std::int64_t k, Scalar minimum,
                                        const Scalar* scales, bool omit_diagonal) {
  std::vector<Scalar> scaled(static_cast<std::size_t>(scales == nullptr ? 0 : b.nonzeros()));
  for (std::size_t i = 0; i < scaled.size(); ++i) scaled[i] = b.values[i] * scales[b.columns[i]];
  return top_rows<1>(policy, terms_view<Scalar, Index>{a.pattern(), a.values},
                     terms_view<Scalar, Index>{b.pattern(), scales == nullptr ? b.values : scaled.data()}, k, minimum,
                     omit_diagonal, sums_are_scores());
}

AKIN_COMPILE_ONCE(model, csr_storage<float, std::int32_t> top_products<float, std::int32_t>(
                             const host_policy&, const csr_view<float, std::int32_t>&,
                             const csr_view<float, std::int32_t>&, std::int64_t, float, const float*, bool))
AKIN_COMPILE_ONCE(model, csr_storage<double, std::int32_t> top_products<double, std::int32_t>(
                             const host_policy&, const csr_view<double, std::int32_t>&,
                             const csr_view<double, std::int32_t>&, std::int64_t, double, const double*, bool))

/// The same as a matrix, under options that were checked.
template <class Scalar, class Index>
sparse_matrix<Scalar, Index> top_products(const host_policy& policy, const csr_view<Scalar, Index>& a,
                                          const csr_view<Scalar, Index>& b, const top_products_options& options,
                                          bool omit_diagonal) {
  const Scalar* const unscaled = nullptr;
  return sparse_matrix<Scalar, Index>(
      top_products(policy, a, b, options.k, static_cast<Scalar>(options.minimum), unscaled, omit_diagonal).map());
}

AKIN_COMPILE_ONCE(model, sparse_matrix<float, std::int32_t> top_products<float, std::int32_t>(
                             const host_policy&, const csr_view<float, std::int32_t>&,
                             const csr_view<float, std::int32_t>&, const top_products_options&, bool))
AKIN_COMPILE_ONCE(model, sparse_matrix<double, std::int32_t> top_products<double, std::int32_t>(
                             const host_policy&, const csr_view<double, std::int32_t>&,
                             const csr_view<double, std::int32_t>&, const top_products_options&, bool))

}  // namespace detail

/// Of each row of the product a b (rows of a x columns of b) the k largest elements above `minimum`, ties to the
/// smaller column. a and b: row-major compressed matrices of one type, a.cols() == b.rows(); for the inner products of
/// the rows of two matrices, as of documents, b is the transpose of the second. Throws std::invalid_argument for
/// incompatible shapes, for values that are not finite and for options out of range. O(multiplications) on all workers,
/// which hold four rows of the result each; never the whole product. Sums are in the order of the rows of b: the same
/// bits for any number of threads.
template <class Policy, class Matrix>
auto top_products(const Policy& policy, const Matrix& a, const Matrix& b, const top_products_options& options = {}) {
  using scalar_type = detail::pointee<decltype(a.valuePtr())>;
  using index_type = detail::pointee<decltype(a.outerIndexPtr())>;
  constexpr std::string_view where = "top_products";
  detail::require(options.k >= 1, where, "k must be positive", options.k);
  detail::require(options.minimum == options.minimum, where, "minimum must be a number", options.minimum);
  const auto left = detail::checked_view<scalar_type, index_type>(policy, a, where);
  const auto right = detail::checked_view<scalar_type, index_type>(policy, b, where);
  if (left.cols != right.rows)
    detail::fail<std::invalid_argument>(where, ": the columns of a must be the rows of b, got ", left.rows, " x ",
                                        left.cols, " and ", right.rows, " x ", right.cols);
  return detail::top_products(policy, left, right, options, false);
}

}  // namespace akin::inline AKIN_ABI
