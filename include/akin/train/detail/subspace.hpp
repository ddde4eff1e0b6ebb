/// @file
/// The subspace of the largest singular values of a sparse matrix: Chebyshev-filtered subspace iteration.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/finite.hpp>
#include <akin/kernels/gemm.hpp>
#include <akin/kernels/sparse_product.hpp>
#include <akin/kernels/symmetric_eigen.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/random.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Runs the task for all `rows` on all workers.
template <class Scalar, class Index>
void multiply_rows(const host_policy& policy, const kernels::sparse_product_task<Scalar, Index>& task,
                   std::int64_t rows) {
  constexpr std::int64_t block_rows = 16;
  for_each_row(policy, (rows + block_rows - 1) / block_rows, [&](std::int64_t block, int) {
    kernels::sparse_product(task, block * block_rows, std::min((block + 1) * block_rows, rows));
  });
}

/// Y'Y with products and sums in double, cols x cols with both triangles, which resolves the singular values of Y down
/// to its own rounding. rows * cols^2 flops; the order of the sums depends on the shape alone.
template <class Scalar>
numbers<double> double_gramian(const host_policy& policy, const rows_view<const Scalar>& y) {
  constexpr std::int64_t block_rows = 128, max_blocks = 16;
  const std::int64_t k = y.cols;
  const std::int64_t part_rows = std::max(block_rows, (y.rows + max_blocks - 1) / max_blocks);
  const auto sum_block = [&](std::int64_t begin, std::int64_t end, int) {
    numbers<double> sum(k * k), panel(block_rows * k);
    for (std::int64_t row = begin; row < end; row += block_rows) {
      const std::int64_t count = std::min(block_rows, end - row);
      std::copy_n(y.row(row), count * k, panel.data());
      kernels::add_gramian(panel.data(), count, k, sum.data());
    }
    return sum;
  };
  numbers<double> gram = reduce_blocks(policy, y.rows, part_rows, numbers<double>(k * k), sum_block,
                                       [](numbers<double>& total, const numbers<double>& part) {
                                         for (std::int64_t i = 0; i < total.size(); ++i) total[i] += part[i];
                                       });
  for (std::int64_t i = 0; i < k; ++i)
    for (std::int64_t j = i + 1; j < k; ++j) gram[i * k + j] = gram[j * k + i];
  return gram;
}

/// Y C for C (y.cols x cols, row-major).
template <class Scalar>
dense_storage<Scalar> combine_columns(const host_policy& policy, const rows_view<const Scalar>& y,
                                      const numbers<Scalar>& c, std::int64_t cols) {
  constexpr std::int64_t block_rows = 96;
  dense_storage<Scalar> result(y.rows, cols);
  const rows_view<Scalar> out = result.mutable_view();
  for_each_row(policy, (y.rows + block_rows - 1) / block_rows, [&](std::int64_t block, int) {
    const std::int64_t begin = block * block_rows;
    kernels::add_product(y.row(begin), std::min(block_rows, y.rows - begin), y.cols, c.data(), cols, out.row(begin));
  });
  return result;
}

/// `count` columns c of `given` rows such that Y c are orthonormal and X Y c are orthogonal, and the squared lengths of
/// the latter, descending.
struct ritz_basis {
  std::int64_t given = 0, count = 0;
  numbers<double> columns;  // given x count, row-major
  numbers<double> values;

  /// The first `cols` columns, each multiplied by its element of `scales` (1 without scales).
  template <class Scalar>
  numbers<Scalar> first(std::int64_t cols, const numbers<double>& scales = {}) const {
    numbers<Scalar> result(given * cols);
    for (std::int64_t i = 0; i < given; ++i)
      for (std::int64_t j = 0; j < cols; ++j) {
        const double factor = scales.empty() ? 1 : scales[j];
        result[i * cols + j] = static_cast<Scalar>(factor * columns[i * count + j]);
      }
    return result;
  }
};

/// a b for a (rows x depth) and b (depth x cols).
numbers<double> small_product(const numbers<double>& a, std::int64_t rows, std::int64_t depth, const numbers<double>& b,
                              std::int64_t cols);

numbers<double> transposed(const numbers<double>& a, std::int64_t rows, std::int64_t cols);

/// Rows w (each of n numbers) such that Y w are orthonormal, given Y'Y of n columns; as many as Y has independent
/// columns to `precision`. Columns are normalised first, so that differences of their lengths do not matter.
numbers<double> whitening_rows(numbers<double> gram, std::int64_t n, double precision);

/// The Rayleigh-Ritz basis from Y'Y and (XY)'(XY), both n x n.
ritz_basis find_ritz_basis(numbers<double> gram, const numbers<double>& image_gram, std::int64_t n, double precision);

/// Singular vectors of the largest singular values of X: a block of vectors is filtered with a polynomial of X'X that
/// is large above the smallest Ritz value of the block and small below, then turned to the singular vectors of X in its
/// span (Rayleigh and Ritz), and so on. Sources: N. Halko, P.-G. Martinsson, J. A. Tropp, "Finding Structure with
/// Randomness", SIAM Review 53(2), 2011; Y. Zhou, Y. Saad, M. L. Tiago, J. R. Chelikowsky, "Self-consistent-field
/// Calculations Using Chebyshev-filtered Subspace Iteration", Journal of Computational Physics 219(1), 2006.
template <class Scalar, class Index>
class subspace_iteration {
 public:
  /// x and its transpose; `width` vectors at once, at most the smaller side of x.
  subspace_iteration(const host_policy& policy, const csr_view<Scalar, Index>& x,
                     const csr_view<Scalar, Index>& transpose, std::int64_t width, std::uint64_t seed)
      : policy_(policy), x_(x), transpose_(transpose), block_(x.cols, width) {
    for_each_row(policy_, x.cols, [&](std::int64_t row, int) {
      const random_stream random(seed, static_cast<std::uint64_t>(row));
      for (std::int64_t i = 0; i < width; ++i)
        block_.mutable_view().row(row)[i] = static_cast<Scalar>(random.normal(static_cast<std::uint64_t>(i)));
    });
  }

  /// One filter, which brings the block closer to the dominant subspace.
  void iterate() {
    const ritz_basis basis = ritz();
    block_ = combine_columns(policy_, block_.view(), basis.first<Scalar>(basis.count), basis.count);
    if (basis.count > 0) filter(basis.values.front(), basis.values.back());
  }

  /// The `rank` largest singular values, and their vectors as columns. If x has fewer that are not 0 to working
  /// precision, the others are 0 and so are their vectors.
  void finish(std::int64_t rank, dense_storage<Scalar>& u, numbers<double>& singular_values, dense_storage<Scalar>& v) {
    // Twice, since the accuracy of the first basis depends on the condition of the block.
    for (int pass = 0; pass < 2; ++pass) {
      const ritz_basis basis = ritz();
      const std::int64_t kept = std::min(rank, basis.count);
      numbers<double> inverse;
      singular_values.assign(rank, 0);
      for (std::int64_t i = 0; i < kept; ++i) {
        const double value = std::sqrt(basis.values[i]);
        const bool is_zero = !(value > 32 * epsilon * std::sqrt(basis.values.front()));
        singular_values[i] = is_zero ? 0 : value;
        inverse.push_back(is_zero ? 0 : 1 / value);
      }
      if (pass == 0) {
        block_ = combine_columns(policy_, block_.view(), basis.first<Scalar>(basis.count), basis.count);
        continue;
      }
      numbers<double> present(inverse.size());
      std::transform(inverse.begin(), inverse.end(), present.begin(), [](double x) { return x > 0 ? 1.0 : 0.0; });
      v = combine_columns(policy_, block_.view(), basis.first<Scalar>(kept, present), kept);
      u = combine_columns(policy_, image_.view(), basis.first<Scalar>(kept, inverse), kept);
    }
  }

 private:
  static constexpr double epsilon = std::numeric_limits<Scalar>::epsilon();

  std::int64_t width() const noexcept { return block_.cols(); }

  void multiply(const dense_storage<Scalar>& block) {
    if (image_.cols() != block.cols()) image_ = {x_.rows, block.cols()};
    multiply_rows(policy_,
                  kernels::sparse_product_task<Scalar, Index>{.offsets = x_.offsets,
                                                              .ids = x_.columns,
                                                              .values = x_.values,
                                                              .k = block.cols(),
                                                              .b = block.view().data,
                                                              .out = image_.mutable_view().data},
                  x_.rows);
  }

  ritz_basis ritz() {
    multiply(block_);
    // Directions below the rounding of the numbers are noise.
    const double precision = std::max(64 * epsilon * 64 * epsilon, 1e-14);
    return find_ritz_basis(double_gramian(policy_, block_.view()), double_gramian(policy_, image_.view()), width(),
                           precision);
  }

  /// out = scale X'X y + shift y - out.
  void step(const dense_storage<Scalar>& y, double scale, double shift, dense_storage<Scalar>& out) {
    multiply(y);
    multiply_rows(policy_,
                  kernels::sparse_product_task<Scalar, Index>{.offsets = transpose_.offsets,
                                                              .ids = transpose_.columns,
                                                              .values = transpose_.values,
                                                              .k = y.cols(),
                                                              .b = image_.view().data,
                                                              .out = out.mutable_view().data,
                                                              .scale = static_cast<Scalar>(scale),
                                                              .shifted = y.view().data,
                                                              .shift = static_cast<Scalar>(shift)},
                  transpose_.rows);
  }

  /// block <- T_degree(2 X'X / cut - 1) block: T is within [-1, 1] for eigenvalues up to cut and grows fast above. The
  /// degree is limited so that the rounding errors of the largest eigenvalue do not hide the others.
  void filter(double largest, double cut) {
    constexpr double max_growth = sizeof(Scalar) == 4 ? 1e5 : 1e10;
    constexpr int max_degree = 10;
    if (!(largest > 0)) return;
    int degree = 1;
    if (cut > 0 && cut < largest) {
      const double per_degree = std::acosh(2 * largest / cut - 1);
      degree = static_cast<int>(std::clamp(std::acosh(max_growth) / per_degree, 1.0, double{max_degree}));
    }
    dense_storage<Scalar> next(block_.rows(), width());
    if (degree == 1) {  // the power method, which needs no interval
      step(block_, 1 / largest, 0, next);
      block_ = std::move(next);
      return;
    }
    step(block_, 2 / cut, -1, next);
    std::swap(block_, next);
    for (int d = 1; d < degree; ++d) {
      step(block_, 4 / cut, -2, next);
      std::swap(block_, next);
    }
  }

  host_policy policy_;
  csr_view<Scalar, Index> x_, transpose_;
  dense_storage<Scalar> block_;  // x.cols x width
  dense_storage<Scalar> image_;  // X block
};

#if AKIN_BODIES(train)

AKIN_INLINE numbers<double> small_product(const numbers<double>& a, std::int64_t rows, std::int64_t depth,
                                          const numbers<double>& b, std::int64_t cols) {
  numbers<double> result(rows * cols);
  kernels::add_product(a.data(), rows, depth, b.data(), cols, result.data());
  return result;
}

AKIN_INLINE numbers<double> transposed(const numbers<double>& a, std::int64_t rows, std::int64_t cols) {
  numbers<double> result(a.size());
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < cols; ++j) result[j * rows + i] = a[i * cols + j];
  return result;
}

[[noreturn]] inline void refuse_products() {
  fail<numeric_error>("randomized_svd: the products of the matrix must be finite; divide its values by their largest");
}

AKIN_INLINE numbers<double> whitening_rows(numbers<double> gram, std::int64_t n, double precision) {
  numbers<double> lengths(n), values(n);
  for (std::int64_t i = 0; i < n; ++i) {
    lengths[i] = std::sqrt(gram[i * n + i]);
    if (!is_finite(lengths[i])) refuse_products();
  }
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      const double scale = lengths[i] * lengths[j];
      double& element = gram[i * n + j];
      element = scale > 0 ? element / scale : 0;
    }
  if (!kernels::symmetric_eigen(gram.data(), values.data(), n)) refuse_products();
  numbers<double> rows;
  for (std::int64_t m = n - 1; m >= 0 && values[m] > precision; --m)
    for (std::int64_t i = 0; i < n; ++i) {
      const double length = lengths[i];
      rows.push_back(length > 0 ? gram[m * n + i] / (length * std::sqrt(values[m])) : 0);
    }
  return rows;
}

AKIN_INLINE ritz_basis find_ritz_basis(numbers<double> gram, const numbers<double>& image_gram, std::int64_t n,
                                       double precision) {
  ritz_basis basis;
  basis.given = n;
  const numbers<double> rows = whitening_rows(std::move(gram), n, precision);
  const std::int64_t count = n == 0 ? 0 : rows.size() / n;
  basis.count = count;
  numbers<double> reduced =
      small_product(small_product(rows, count, n, image_gram, n), count, n, transposed(rows, count, n), count);
  numbers<double> ascending(count);
  if (!kernels::symmetric_eigen(reduced.data(), ascending.data(), count)) refuse_products();
  basis.columns.resize(n * count);
  const numbers<double> turned = small_product(reduced, count, count, rows, n);  // row m: c for ascending[m]
  for (std::int64_t m = 0; m < count; ++m)
    for (std::int64_t i = 0; i < n; ++i) basis.columns[i * count + (count - 1 - m)] = turned[m * n + i];
  for (std::int64_t m = count - 1; m >= 0; --m) basis.values.push_back(std::max(ascending[m], 0.0));
  return basis;
}

#endif

}  // namespace akin::inline AKIN_ABI::detail
