/// @file
/// The k best of each row of a sparse product: the common loop of similarities, random walks and text.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/kernels/select.hpp>
#include <akin/kernels/sparse_accumulator.hpp>
#include <akin/matrix.hpp>
#include <akin/model/candidates.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// A compressed matrix with a few numbers instead of one for each element: `terms` has Width a nonzero.
template <class Scalar, class Index>
struct terms_view {
  sparsity_view<Index> pattern;
  const Scalar* terms;
};

/// The values of a matrix as its terms.
template <class Scalar, class Index>
terms_view<Scalar, Index> terms_of(const csr_storage<Scalar, Index>& x) {
  return {x.view().pattern(), x.view().values};
}

/// A row of a product with fewer multiplications than this many times its columns lists the columns that it touches;
/// with more, a scan of all columns is faster.
inline constexpr std::int64_t listed_share = 2;

/// One worker's memory for the rows of a product with `cols` columns.
template <int Width, class Scalar, class Index>
struct top_rows_scratch {
  explicit top_rows_scratch(std::int64_t cols)
      : sums(checked_product(cols, Width)), several(Width == 1 ? 0 : sums.size() + Width), order(cols) {
    best.ids.resize(cols * listed_share + 1);
    best.scores.resize(cols + 1);
  }

  /// The sums of each of best.ids, Width numbers; a single sum is stored in place of its score.
  Scalar* found() noexcept { return Width == 1 ? best.scores.data() : several.data(); }

  numbers<Scalar> sums;     // cols x Width, zero between rows
  numbers<Scalar> several;  // (cols + 1) x Width, of best.ids
  candidates<Scalar, Index> best;
  numbers<Index> ties;
  id_order<Scalar, Index> order;
};

/// Multiplications for each row of a times b.
template <class Index>
numbers<std::int64_t> product_costs(const sparsity_view<Index>& a, const sparsity_view<Index>& b) {
  numbers<std::int64_t> costs(a.rows);
  for (std::int64_t row = 0; row < a.rows; ++row)
    for (const Index inner : a.row(row)) costs[row] += b.row(inner).size;
  return costs;
}

/// The order in which to give out rows of these costs.
template <class Index>
numbers<Index> dearest_first(const numbers<std::int64_t>& costs) {
  numbers<Index> rows(costs.size());
  std::iota(rows.begin(), rows.end(), Index{0});
  return longest_first(std::move(rows), 1 << 16, [&](Index row) { return costs[row]; });
}

/// The places of a row's sums: at the first `positions` of scratch.best.ids if they were listed, else anywhere in [0,
/// positions).
struct summed_row {
  std::int64_t positions;
  bool listed;
};

/// Sums one row of the product into scratch.sums. `rows` and `factors` are the row of a; `cost` its multiplications;
/// `omitted` a column that is left out, or -1.
template <int Width, class Scalar, class Index>
summed_row sum_row(slice<const Index> rows, const Scalar* factors, const terms_view<Scalar, Index>& b,
                   std::int64_t cost, std::int64_t omitted, top_rows_scratch<Width, Scalar, Index>& scratch) {
  const sparsity_view<Index>& right = b.pattern;
  const bool listed = cost < listed_share * right.cols;
  const std::int64_t touched =
      kernels::accumulate_rows<Width>(rows.data, factors, rows.size, right.offsets, right.columns, b.terms,
                                      scratch.sums.data(), listed ? scratch.best.ids.data() : nullptr);
  if (omitted >= 0) std::fill_n(scratch.sums.begin() + omitted * Width, Width, Scalar{0});
  return {listed ? touched : right.cols, listed};
}

/// Extracts the sums at the positions [begin, end) of a row: appends to the first `taken` of scratch.best.ids and
/// scratch.found(), and returns their new number.
template <kernels::taking Which, int Width, class Scalar, class Index>
std::int64_t take_sums(const summed_row& row, std::int64_t begin, std::int64_t end, Scalar bound, std::int64_t taken,
                       top_rows_scratch<Width, Scalar, Index>& scratch) {
  Scalar* const sums = scratch.sums.data();
  Index* const ids = scratch.best.ids.data();
  return row.listed ? kernels::take_listed<Width, Which>(begin, end, bound, sums, taken, ids, scratch.found())
                    : kernels::take_all<Width, Which>(begin, end, bound, sums, taken, ids, scratch.found());
}
/// All that are not 0.
template <int Width, class Scalar, class Index>
void take_all_sums(const summed_row& row, top_rows_scratch<Width, Scalar, Index>& scratch) {
  scratch.best.count = take_sums<kernels::taking::touched>(row, 0, row.positions, Scalar{0}, std::int64_t{0}, scratch);
}

/// The k best sums of a row above `floor`, a number that is not negative, in any order: as keep_best, but drops most of
/// them during the extraction.
template <class Scalar, class Index>
void take_best_sums(const summed_row& row, Scalar floor, std::int64_t k, top_rows_scratch<1, Scalar, Index>& scratch) {
  constexpr auto which = kernels::taking::above;
  Scalar bound = above(floor);
  const std::int64_t first_count = first_look(row.positions, k);
  std::int64_t taken = take_sums<which>(row, 0, first_count, bound, std::int64_t{0}, scratch);
  if (taken > k && row.positions > first_count) {
    bound = kernels::cut_for(scratch.best.scores.data(), taken, k, bound);
    taken = scratch.best.keep_at_least(bound, 0, taken, 0);
  }
  scratch.best.count = take_sums<which>(row, first_count, row.positions, bound, taken, scratch);
  cut_to(scratch.best, bound, k, scratch.ties);
}

/// All rows as a matrix with `cols` columns.
template <class Scalar, class Index>
csr_storage<Scalar, Index> compressed(const host_policy& policy, const row_slots<Scalar, Index>& slots,
                                      std::int64_t cols) {
  std::int64_t total = 0;
  for (std::int64_t row = 0; row < slots.rows(); ++row) total += slots.row(row).size;
  if (total > largest_id<Index>)
    fail<std::length_error>("akin: a matrix of ", total, " elements is wanted, the index type counts ",
                            largest_id<Index>);
  csr_storage<Scalar, Index> result(slots.rows(), cols, total);
  Index* const offsets = result.mutable_offsets();
  for (std::int64_t row = 0; row < slots.rows(); ++row)
    offsets[row + 1] = static_cast<Index>(offsets[row] + slots.row(row).size);
  Index* const columns = result.mutable_columns();
  Scalar* const values = result.mutable_values();
  for_each_row(policy, slots.rows(), [&](std::int64_t row, int) {
    std::int64_t at = offsets[row];
    for (const auto& entry : slots.row(row)) {
      columns[at] = entry.id;
      values[at++] = entry.score;
    }
  });
  return result;
}

/// Tag: a row's sums are its scores.
struct sums_are_scores {};

/// Stores the k best of a row above `floor` in scratch.best.
template <int Width, class Scalar, class Index, class ScoreAll>
void choose(std::int64_t row, const summed_row& sums, std::int64_t k, Scalar floor, const ScoreAll& score_all,
            top_rows_scratch<Width, Scalar, Index>& scratch) {
  constexpr bool plain = std::is_same_v<ScoreAll, sums_are_scores>;
  if constexpr (plain) {
    if (floor >= 0) return take_best_sums(sums, floor, k, scratch);
  }
  take_all_sums(sums, scratch);
  if constexpr (!plain)
    score_all(row, scratch.best.ids.data(), scratch.found(), scratch.best.count, scratch.best.scores.data());
  keep_best(scratch.best, floor, k, scratch.ties);
}

/// The k best of each row of the product a b, by (score descending, id ascending). score_all(row, ids, sums, count,
/// scores) makes a score of each touched column's Width sums, if it is not sums_are_scores; a score that is not above
/// `floor` is not kept. `omit_diagonal` leaves out element i of row i.
///
/// O(sum over the elements of a of the lengths of b's rows) multiplications in the order of the rows of b, on all
/// workers, which hold (2 Width + 4) * cols numbers each; never rows x cols. The same bits for any number of threads.
template <int Width, class Scalar, class Index, class ScoreAll>
csr_storage<Scalar, Index> top_rows(const host_policy& policy, const terms_view<Scalar, Index>& a,
                                    const terms_view<Scalar, Index>& b, std::int64_t k, Scalar floor,
                                    bool omit_diagonal, const ScoreAll& score_all) {
  const numbers<std::int64_t> costs = product_costs(a.pattern, b.pattern);
  numbers<std::int64_t> capacities(costs);
  for (std::int64_t& count : capacities) count = std::min({count, k, b.pattern.cols});
  row_slots<Scalar, Index> rows(capacities);

  using scratch_type = top_rows_scratch<Width, Scalar, Index>;
  per_worker<scratch_type> workers(worker_count(policy, a.pattern.rows), scratch_type(b.pattern.cols));
  const numbers<Index> order = dearest_first<Index>(costs);
  for_each_row(policy, a.pattern.rows, [&](std::int64_t position, int worker) {
    const std::int64_t row = order[position];
    auto& scratch = workers[worker];
    const summed_row sums = sum_row<Width>(a.pattern.row(row), a.terms + a.pattern.offsets[row] * Width, b, costs[row],
                                           omit_diagonal ? row : -1, scratch);
    choose<Width>(row, sums, k, floor, score_all, scratch);
    scratch.order.apply(scratch.best);
    rows.put(row, scratch.best);
  });
  return compressed(policy, rows, b.pattern.cols);
}

}  // namespace akin::inline AKIN_ABI::detail
