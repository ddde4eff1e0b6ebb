/// @file
/// A sparse matrix times a dense one of few columns, and the three-term step that polynomials of a matrix are made of.
#pragma once

#include <cstddef>
#include <cstdint>

#include <akin/config.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/simd.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// The operands of sparse_product: A in compressed rows, dense row-major matrices of k columns.
template <class Scalar, class Index>
struct sparse_product_task {
  const Index* offsets;
  const Index* ids;
  const Scalar* values;
  std::int64_t k;
  const Scalar* b;             ///< as many rows as A has columns
  Scalar* out;                 ///< as many rows as A
  Scalar scale = 1;            ///< of A B
  const Scalar* weights = {};  ///< one more factor for each row of A B, or null
  const Scalar* shifted = {};  ///< Y of the three-term step, as large as out, or null
  Scalar shift = {};           ///< of Y
};

struct sparse_product_kernel {
  template <class InstructionSet, class Scalar, class Index>
  static AKIN_ALWAYS_INLINE void run(const sparse_product_task<Scalar, Index>* task, std::int64_t begin,
                                     std::int64_t end) {
    using vector = vec_for<InstructionSet, Scalar>;
    const std::int64_t k = task->k, known = static_cast<std::int64_t>(task->offsets[end]);
    for (std::int64_t row = begin; row < end; ++row) {
      std::int64_t column = 0;
      for (; column + 8 * vector::lanes <= k; column += 8 * vector::lanes) strip<8, vector>(*task, row, column, known);
      for (; column + 2 * vector::lanes <= k; column += 2 * vector::lanes) strip<2, vector>(*task, row, column, known);
      for (; column + vector::lanes <= k; column += vector::lanes) strip<1, vector>(*task, row, column, known);
      for (; column < k; ++column) strip<1, vec<Scalar, 1>>(*task, row, column, known);
    }
  }

 private:
  /// `Vectors` vectors of a row of out. Products are added one at a time in the order of the row. Elements of A before
  /// `known` may be read to prefetch the next rows.
  template <int Vectors, class Vector, class Scalar, class Index>
  static AKIN_ALWAYS_INLINE void strip(const sparse_product_task<Scalar, Index>& task, std::int64_t row,
                                       std::int64_t column, std::int64_t known) {
    constexpr std::int64_t lanes = Vector::lanes, prefetch_distance = Vectors > 2 ? 2 : 16;
    const std::int64_t k = task.k;
    const auto first = static_cast<std::int64_t>(task.offsets[row]),
               last = static_cast<std::int64_t>(task.offsets[row + 1]);
    Vector sums[std::size_t{Vectors}];
    AKIN_UNROLL
    for (int v = 0; v < Vectors; ++v) sums[v] = Vector::zero();
    for (std::int64_t p = first; p < last; ++p) {
      if constexpr (lanes > 1)
        if (p + prefetch_distance < known)
          prefetch_row(task.b + task.ids[p + prefetch_distance] * k + column, Vectors * lanes);
      const Vector value = Vector::broadcast(task.values[p]);
      const Scalar* const from = task.b + task.ids[p] * k + column;
      AKIN_UNROLL
      for (int v = 0; v < Vectors; ++v) sums[v] = sums[v].plus_product(value, Vector::load(from + v * lanes));
    }
    const Vector scale = Vector::broadcast(task.weights ? task.scale * task.weights[row] : task.scale);
    const std::int64_t place = row * k + column;
    AKIN_UNROLL
    for (int v = 0; v < Vectors; ++v) {
      Scalar* const out = task.out + place + v * lanes;
      Vector result = Vector::zero();
      if (task.shifted)
        result = (result - Vector::load(out))
                     .plus_product(Vector::broadcast(task.shift), Vector::load(task.shifted + place + v * lanes));
      result.plus_product(scale, sums[v]).store(out);
    }
  }
};

/// For the rows [begin, end): out = scale diag(weights) A B, or with Y out = scale diag(weights) A B + shift Y - out. 2
/// nonzeros k flops. If k is a multiple of 16, equal columns of B (and Y, and out) give equal bits.
template <class Scalar, class Index>
void sparse_product(const sparse_product_task<Scalar, Index>& task, std::int64_t begin, std::int64_t end) {
  call<sparse_product_kernel>(&task, begin, end);
}

AKIN_COMPILE_KERNEL(sparse_product_kernel, const sparse_product_task<float, std::int32_t>*, std::int64_t, std::int64_t)
AKIN_COMPILE_KERNEL(sparse_product_kernel, const sparse_product_task<double, std::int32_t>*, std::int64_t, std::int64_t)

}  // namespace akin::inline AKIN_ABI::kernels
