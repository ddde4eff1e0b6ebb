/// @file
/// The layout of factors and bias in one row, which solves a bias as one more coordinate.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include <akin/config.hpp>
#include <akin/factorization/explicit_als_options.hpp>
#include <akin/matrix.hpp>
#include <akin/random.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// During training a row holds its factors and, if there are biases, one more number: its bias just after it was
/// solved, then a 1 that multiplies the other side's biases. Zeros pad the width to a multiple of four, so that kernels
/// have no remainder.
template <class Scalar>
class row_layout {
 public:
  explicit row_layout(const explicit_als_options& options) : factors_(options.factors), biases_(options.biases) {}

  std::int64_t width() const noexcept { return biases_ ? (factors_ + 4) / 4 * 4 : factors_; }

  /// Small random factors and a 1.
  dense_storage<Scalar> initial(std::int64_t rows, const explicit_als_options& options) const {
    dense_storage<Scalar> wide(rows, width());
    const random_stream random(options.seed);
    const double deviation = 0.1 / std::sqrt(static_cast<double>(factors_));
    for (std::int64_t row = 0; row < rows; ++row) {
      Scalar* const numbers = wide.mutable_view().row(row);
      for (std::int64_t d = 0; d < factors_; ++d) {
        const double number = deviation * random.normal(static_cast<std::uint64_t>(row * factors_ + d));
        numbers[d] = static_cast<Scalar>(options.nonnegative ? std::abs(number) : number);
      }
      if (biases_) numbers[factors_] = 1;
    }
    return wide;
  }

  /// A row of factors, or null for zeros, and a 1.
  void widen(const Scalar* factors, Scalar* row) const noexcept {
    if (factors != nullptr) std::copy_n(factors, factors_, row);
    if (biases_) row[factors_] = 1;
  }
  /// Factors and ones, with factors of 0 in the rows up to `rows`.
  dense_storage<Scalar> widened(const dense_storage<Scalar>& factors, std::int64_t rows) const {
    dense_storage<Scalar> wide(rows, width());
    for (std::int64_t row = 0; row < rows; ++row)
      widen(row < factors.rows() ? factors.view().row(row) : nullptr, wide.mutable_view().row(row));
    return wide;
  }
  /// Factors and ones for an engine: without biases the factors themselves, and `wide` stays empty.
  rows_view<const Scalar> fixed(const dense_storage<Scalar>& factors, dense_storage<Scalar>& wide) const {
    if (!biases_) return factors.view();
    wide = widened(factors, factors.rows());
    return wide.view();
  }
  /// The factors alone.
  dense_storage<Scalar> narrowed(dense_storage<Scalar> wide) const {
    if (!biases_) return wide;
    dense_storage<Scalar> factors(wide.rows(), factors_);
    for (std::int64_t row = 0; row < wide.rows(); ++row)
      std::copy_n(wide.view().row(row), factors_, factors.mutable_view().row(row));
    return factors;
  }

  /// Moves the biases out of rows that have just been solved, and puts ones in their place.
  void take_biases(dense_storage<Scalar>& wide, storage<Scalar>& biases) const {
    if (!biases_) return;
    const rows_view<Scalar> view = wide.mutable_view();
    for (std::int64_t row = 0; row < view.rows; ++row)
      biases.mutable_data()[row] = std::exchange(view.row(row)[factors_], Scalar{1});
  }
  /// Swaps the last column, ones or biases that have just been solved, with what is in `biases`.
  void exchange_biases(dense_storage<Scalar>& wide, storage<Scalar>& biases) const {
    if (!biases_) return;
    const rows_view<Scalar> view = wide.mutable_view();
    for (std::int64_t row = 0; row < view.rows; ++row) std::swap(view.row(row)[factors_], biases.mutable_data()[row]);
  }

 private:
  std::int64_t factors_;
  bool biases_;
};

}  // namespace akin::inline AKIN_ABI::detail
