/// @file
/// Weightings of interactions, which reduce the weight of popular items and large values. All of them keep the pattern,
/// compute in double and return a copy.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <akin/concepts.hpp>
#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>

namespace akin::inline AKIN_ABI {
namespace weighting {

struct bm25_options {
  double k1 = 1.2;  ///< saturation of repeated interactions, >= 0; with 0 only the item counts
  double b = 0.75;  ///< normalisation by history length, in [0, 1]
};

struct log_options {
  double scale = 1;  ///< > 0; large values grow by their logarithm above 1 / scale
};

/// The norm of a row that becomes 1.
enum class norm {
  l1,      ///< the sum of the magnitudes
  l2,      ///< Euclidean
  maximum  ///< the largest magnitude
};

struct normalize_options {
  norm kind = norm::l2;
};

}  // namespace weighting

namespace detail {

template <class Matrix>
using matching_sparse = sparse_matrix<pointee<decltype(std::declval<const Matrix&>().valuePtr())>,
                                      pointee<decltype(std::declval<const Matrix&>().outerIndexPtr())>>;

/// A copy whose value at (row, column) is new_value(row, column, value).
template <class Matrix, class NewValue>
matching_sparse<Matrix> with_values(const Matrix& x, const NewValue& new_value) {
  matching_sparse<Matrix> result = x;
  for (std::int64_t row = 0; row < result.rows(); ++row)
    for (auto i = result.outerIndexPtr()[row]; i < result.outerIndexPtr()[row + 1]; ++i) {
      auto& value = result.valuePtr()[i];
      value = static_cast<typename matching_sparse<Matrix>::Scalar>(
          new_value(row, static_cast<std::int64_t>(result.innerIndexPtr()[i]), static_cast<double>(value)));
    }
  return result;
}

/// Throws unless the matrix is compressed and its values are finite, and, if required, not negative.
template <class Matrix>
auto weighable_view(const Matrix& x, bool may_be_negative, std::string_view where) {
  using scalar_type = pointee<decltype(x.valuePtr())>;
  using index_type = pointee<decltype(x.outerIndexPtr())>;
  const csr_view<scalar_type, index_type> view = checked_view<scalar_type, index_type>(execution::seq, x, where);
  for (std::int64_t i = 0; i < view.nonzeros() && !may_be_negative; ++i)
    require(view.values[i] >= scalar_type(0), where, "values must not be negative", view.values[i]);
  return view;
}

/// The number of rows in which each column is not 0.
template <class Scalar, class Index>
numbers<double> document_frequencies(const csr_view<Scalar, Index>& x) {
  numbers<double> counts(x.cols);
  for (std::int64_t i = 0; i < x.nonzeros(); ++i)
    if (x.values[i] != Scalar(0)) ++counts[x.columns[i]];
  return counts;
}

template <class Scalar, class Index>
numbers<double> row_sums(const csr_view<Scalar, Index>& x) {
  numbers<double> sums(x.rows);
  for (std::int64_t row = 0; row < x.rows; ++row)
    for (const Scalar value : x.row(row).values) sums[row] += static_cast<double>(value);
  return sums;
}

/// The idf of an item that df of the users have: smooth, never below 1.
inline double smooth_idf(double users, double df) { return std::log((1 + users) / (1 + df)) + 1; }

/// The idf of BM25 with the 1 + of Lucene: above 0.
inline double bm25_idf(double users, double df) { return std::log(1 + (users - df + 0.5) / (df + 0.5)); }

/// The length of a history relative to the mean, as far as b counts it.
inline double bm25_length(double length, double mean, double b) { return 1 - b + b * (mean > 0 ? length / mean : 1); }

/// A value x in a history of this bm25_length, without the idf.
inline double bm25_saturation(double x, double k1, double length) {
  return x == 0 ? 0 : x * (k1 + 1) / (x + k1 * length);
}

template <class Values>
double row_norm(const Values& values, weighting::norm kind) {
  double sum = 0, squares = 0, largest = 0;
  for (const auto value : values) {
    const double magnitude = std::abs(static_cast<double>(value));
    sum += magnitude;
    squares += magnitude * magnitude;
    largest = std::max(largest, magnitude);
  }
  switch (kind) {
    case weighting::norm::l1:
      return sum;
    case weighting::norm::l2:
      return std::sqrt(squares);
    case weighting::norm::maximum:
      break;
  }
  return largest;
}

}  // namespace detail

namespace weighting {

/// Users as documents, items as terms: x * (ln((1 + users) / (1 + df)) + 1), where df is the number of users who have
/// the item; the smooth idf that tfidf_vectorizer uses, never below 1. Follow with normalize for unit rows. Throws
/// std::invalid_argument for values that are negative or not finite. O(cells).
template <sparse_matrix_like Matrix>
detail::matching_sparse<Matrix> tf_idf(const Matrix& user_items) {
  const auto view = detail::weighable_view(user_items, false, "weighting::tf_idf");
  auto idf = detail::document_frequencies(view);
  for (double& df : idf) df = detail::smooth_idf(static_cast<double>(view.rows), df);
  return detail::with_values(user_items, [&](std::int64_t, std::int64_t item, double x) { return x * idf[item]; });
}

/// Users as documents, items as terms: idf * x (k1 + 1) / (x + k1 (1 - b + b * L / mean L)), where L is the sum of the
/// user's values, its mean is over all users, and idf = ln(1 + (users - df + 0.5) / (df + 0.5)) > 0. S. Robertson,
/// H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, with the 1 + of Lucene, without which
/// very popular items would have negative weights. Throws std::invalid_argument for options out of range and for values
/// that are negative or not finite. O(cells).
template <sparse_matrix_like Matrix>
detail::matching_sparse<Matrix> bm25(const Matrix& user_items, const bm25_options& options = {}) {
  constexpr std::string_view where = "weighting::bm25";
  detail::require(options.k1 >= 0 && detail::is_finite(options.k1), where, "k1 must be finite and not negative",
                  options.k1);
  detail::require(options.b >= 0 && options.b <= 1, where, "b must be in [0, 1]", options.b);
  const auto view = detail::weighable_view(user_items, false, where);
  const auto users = static_cast<double>(view.rows);
  auto idf = detail::document_frequencies(view);
  for (double& df : idf) df = detail::bm25_idf(users, df);
  auto length = detail::row_sums(view);
  double mean = 0;
  for (const double x : length) mean += x / users;
  for (double& x : length) x = detail::bm25_length(x, mean, options.b);
  return detail::with_values(user_items, [&](std::int64_t user, std::int64_t item, double x) {
    return idf[item] * detail::bm25_saturation(x, options.k1, length[user]);
  });
}

/// ln(1 + scale * x): Y. Hu, Y. Koren, C. Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", 2008,
/// whose epsilon is 1 / scale. Throws std::invalid_argument for a scale that is not positive and for values that are
/// negative or not finite. O(cells).
template <sparse_matrix_like Matrix>
detail::matching_sparse<Matrix> log(const Matrix& user_items, const log_options& options = {}) {
  detail::require(options.scale > 0 && detail::is_finite(options.scale), "weighting::log",
                  "scale must be finite and positive", options.scale);
  detail::weighable_view(user_items, false, "weighting::log");
  return detail::with_values(user_items,
                             [&](std::int64_t, std::int64_t, double x) { return std::log1p(options.scale * x); });
}

/// Each row divided by its norm; a row of zeros stays. Throws std::invalid_argument for values that are not finite.
/// O(cells).
template <sparse_matrix_like Matrix>
detail::matching_sparse<Matrix> normalize(const Matrix& user_items, const normalize_options& options = {}) {
  const auto view = detail::weighable_view(user_items, true, "weighting::normalize");
  detail::numbers<double> norms(view.rows);
  for (std::int64_t row = 0; row < view.rows; ++row) norms[row] = detail::row_norm(view.row(row).values, options.kind);
  return detail::with_values(user_items, [&](std::int64_t user, std::int64_t, double x) {
    const double norm = norms[user];
    return norm == 0 ? x : x / norm;
  });
}

AKIN_COMPILE_ONCE(data, sparse_matrix<float> tf_idf<sparse_matrix<float>>(const sparse_matrix<float>&))
AKIN_COMPILE_ONCE(data, sparse_matrix<double> tf_idf<sparse_matrix<double>>(const sparse_matrix<double>&))
AKIN_COMPILE_ONCE(data,
                  sparse_matrix<float> bm25<sparse_matrix<float>>(const sparse_matrix<float>&, const bm25_options&))
AKIN_COMPILE_ONCE(data,
                  sparse_matrix<double> bm25<sparse_matrix<double>>(const sparse_matrix<double>&, const bm25_options&))
AKIN_COMPILE_ONCE(data, sparse_matrix<float> log<sparse_matrix<float>>(const sparse_matrix<float>&, const log_options&))
AKIN_COMPILE_ONCE(data,
                  sparse_matrix<double> log<sparse_matrix<double>>(const sparse_matrix<double>&, const log_options&))
AKIN_COMPILE_ONCE(data, sparse_matrix<float> normalize<sparse_matrix<float>>(const sparse_matrix<float>&,
                                                                             const normalize_options&))
AKIN_COMPILE_ONCE(data, sparse_matrix<double> normalize<sparse_matrix<double>>(const sparse_matrix<double>&,
                                                                               const normalize_options&))

}  // namespace weighting
}  // namespace akin::inline AKIN_ABI
