/// @file
/// Rows of unit length, and weighted sums of them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/kernels/sparse_accumulator.hpp>
#include <akin/matrix.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/storage.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Ids, ascending, and a number for each.
template <class Scalar, class Index>
struct sparse_row {
  numbers<Index> columns;
  numbers<Scalar> values;

  row_view<Scalar, Index> view() const noexcept {
    return {{columns.data(), columns.size()}, {values.data(), values.size()}};
  }
};

/// The factor that normalises the row; 0 for a row of zeros.
template <class Scalar>
double unit_scale(slice<const Scalar> row) noexcept {
  double largest = 0, sum = 0;
  for (const Scalar x : row) largest = std::max(largest, std::abs(static_cast<double>(x)));
  if (!(largest > 0)) return 0;
  for (const Scalar x : row) sum += (static_cast<double>(x) / largest) * (static_cast<double>(x) / largest);
  return 1 / (std::sqrt(sum) * largest);
}

/// Sums of rows of a sparse matrix, one worker's memory for them.
template <class Scalar, class Index>
class row_adder {
 public:
  explicit row_adder(std::int64_t cols) : sums_(cols) {}

  /// The sum of the rows that `weights` names, each times its weight, without zeros. O(elements of these rows), and
  /// sorting the result.
  sparse_row<Scalar, Index> sum(const csr_view<Scalar, Index>& rows, const row_view<Scalar, Index>& weights) {
    std::int64_t max_terms = 0;
    for (const Index id : weights.ids) max_terms += rows.row_size(id);
    touched_.resize(max_terms + 1);
    std::int64_t count =
        kernels::accumulate_rows<1>(weights.ids.data, weights.values.data, weights.size(), rows.offsets, rows.columns,
                                    rows.values, sums_.data(), touched_.data());
    std::sort(touched_.begin(), touched_.begin() + count);
    sparse_row<Scalar, Index> result;
    result.columns.resize(count + 1);
    result.values.resize(count + 1);
    std::copy_n(touched_.begin(), count, result.columns.begin());
    count = kernels::take_listed<1, kernels::taking::touched>(0, count, Scalar{0}, sums_.data(), 0,
                                                              result.columns.data(), result.values.data());
    result.columns.resize(count);
    result.values.resize(count);
    return result;
  }
  /// The same scaled to unit length; empty if it is 0.
  sparse_row<Scalar, Index> unit_sum(const csr_view<Scalar, Index>& rows, const row_view<Scalar, Index>& weights) {
    sparse_row<Scalar, Index> result = sum(rows, weights);
    const double scale = unit_scale(result.view().values);
    for (Scalar& x : result.values) x = static_cast<Scalar>(static_cast<double>(x) * scale);
    return result;
  }

 private:
  numbers<Scalar> sums_;  // all 0 between two sums
  numbers<Index> touched_;
};

/// The rows as a matrix. Throws std::length_error if Index cannot count their elements.
template <class Scalar, class Index>
csr_storage<Scalar, Index> stack_rows(const std::vector<sparse_row<Scalar, Index>>& rows, std::int64_t cols) {
  std::int64_t nonzeros = 0;
  for (const auto& row : rows) nonzeros += row.view().size();
  if (nonzeros > largest_id<Index>)
    fail<std::length_error>("akin: a sparse matrix of ", nonzeros,
                            " elements is more than the index type counts; use 64-bit indices");
  csr_storage<Scalar, Index> result(std::ssize(rows), cols, nonzeros);
  Index end = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::copy(rows[r].columns.begin(), rows[r].columns.end(), result.mutable_columns() + end);
    std::copy(rows[r].values.begin(), rows[r].values.end(), result.mutable_values() + end);
    end = static_cast<Index>(end + static_cast<Index>(rows[r].columns.size()));
    result.mutable_offsets()[r + 1] = end;
  }
  return result;
}

/// X F for X (rows x items) and F (items x features): add(adder, weights) makes a row of the sum or unit_sum.
template <class Scalar, class Index, class Add>
csr_storage<Scalar, Index> summed_rows(const host_policy& policy, const csr_view<Scalar, Index>& x,
                                       const csr_view<Scalar, Index>& f, const Add& add) {
  std::vector<sparse_row<Scalar, Index>> rows(static_cast<std::size_t>(x.rows));
  per_worker<row_adder<Scalar, Index>> adders(worker_count(policy, x.rows), row_adder<Scalar, Index>(f.cols));
  for_each_row(policy, x.rows, [&](std::int64_t row, int worker) { at(rows, row) = add(adders[worker], x.row(row)); });
  return stack_rows(rows, f.cols);
}

/// The rows, scaled to unit length; zeros, and rows of zeros, are left out.
template <class Scalar, class Index>
csr_storage<Scalar, Index> unit_rows(const csr_view<Scalar, Index>& x) {
  std::vector<sparse_row<Scalar, Index>> rows(static_cast<std::size_t>(x.rows));
  for (std::int64_t r = 0; r < x.rows; ++r) {
    const auto [columns, values] = x.row(r);
    const double scale = unit_scale(values);
    for (std::int64_t i = 0; i < columns.size; ++i) {
      const auto value = static_cast<Scalar>(static_cast<double>(values[i]) * scale);
      if (value == 0) continue;
      at(rows, r).columns.push_back(columns[i]);
      at(rows, r).values.push_back(value);
    }
  }
  return stack_rows(rows, x.cols);
}

AKIN_COMPILE_ONCE(content,
                  csr_storage<float, std::int32_t> unit_rows<float, std::int32_t>(const csr_view<float, std::int32_t>&))
AKIN_COMPILE_ONCE(
    content, csr_storage<double, std::int32_t> unit_rows<double, std::int32_t>(const csr_view<double, std::int32_t>&))

/// size x size, ones on the diagonal.
template <class Scalar, class Index>
csr_storage<Scalar, Index> identity(std::int64_t size) {
  csr_storage<Scalar, Index> result(size, size, size);
  for (std::int64_t row = 0; row < size; ++row) {
    result.mutable_offsets()[row + 1] = static_cast<Index>(row + 1);
    result.mutable_columns()[row] = static_cast<Index>(row);
    result.mutable_values()[row] = 1;
  }
  return result;
}

/// The share of each column in the sum of all values, which must not be negative.
template <class Scalar, class Index>
storage<Scalar> item_shares(const csr_view<Scalar, Index>& x) {
  numbers<double> counts(x.cols);
  double all = 0;
  for (std::int64_t i = 0; i < x.nonzeros(); ++i) {
    counts[x.columns[i]] += static_cast<double>(x.values[i]);
    all += static_cast<double>(x.values[i]);
  }
  storage<Scalar> shares(x.cols);
  for (std::int64_t item = 0; item < x.cols; ++item)
    shares.mutable_data()[item] = static_cast<Scalar>(all > 0 ? counts[item] / all : 0);
  return shares;
}

}  // namespace akin::inline AKIN_ABI::detail
