/// @file
/// The k best of each row of a sparse product: the one loop behind similarities, random walks and text.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/kernels/select.hpp>
#include <akin/kernels/sparse_accumulator.hpp>
#include <akin/kernels/top_k.hpp>
#include <akin/matrix.hpp>
#include <akin/parallel.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// A compressed matrix with a few numbers instead of one for each element: `terms` has Width a nonzero.
template <class Scalar, class Index>
struct terms_view {
  sparsity_view<Index> pattern;
  const Scalar* terms;
};

/// What the best of a row are chosen from: scores[n] is that of ids[n].
template <class Scalar, class Index>
struct candidates {
  std::vector<Index> ids;
  std::vector<Scalar> scores;
  std::int64_t count = 0;

  /// Leaves those with a score of at least t.
  void keep_at_least(Scalar t) noexcept {
    std::int64_t kept = 0;
    for (std::int64_t n = 0; n < count; ++n) {
      ids[static_cast<std::size_t>(kept)] = ids[static_cast<std::size_t>(n)];
      scores[static_cast<std::size_t>(kept)] = scores[static_cast<std::size_t>(n)];
      kept += scores[static_cast<std::size_t>(n)] >= t;
    }
    count = kept;
  }
};

/// One worker's memory for the rows of a product with `cols` columns.
template <int Width, class Scalar, class Index>
struct top_rows_scratch {
  explicit top_rows_scratch(std::int64_t cols)
      : sums(static_cast<std::size_t>(checked_product(cols, Width))), found(sums.size() + Width) {
    best.ids.resize(static_cast<std::size_t>(cols) + 1);
    best.scores.resize(static_cast<std::size_t>(cols) + 1);
  }

  std::vector<Scalar> sums;   // cols x Width, zero between rows
  std::vector<Scalar> found;  // (cols + 1) x Width, of best.ids
  candidates<Scalar, Index> best;
  std::vector<Index> ties;
};

/// Multiplications for each row of a times b.
template <class Index>
std::vector<std::int64_t> product_costs(const sparsity_view<Index>& a, const sparsity_view<Index>& b) {
  std::vector<std::int64_t> costs(static_cast<std::size_t>(a.rows));
  for (std::int64_t row = 0; row < a.rows; ++row)
    for (const Index inner : a.row(row)) costs[static_cast<std::size_t>(row)] += b.row(inner).size;
  return costs;
}

/// The order in which to give out rows of these costs.
template <class Index>
std::vector<Index> dearest_first(const std::vector<std::int64_t>& costs) {
  std::vector<Index> rows(costs.size());
  std::iota(rows.begin(), rows.end(), Index{0});
  return longest_first(std::move(rows), 1 << 16, [&](Index row) { return costs[static_cast<std::size_t>(row)]; });
}

/// Sums one row of the product into scratch and takes the sums out again: scratch.best.ids and scratch.found. `rows`
/// and `factors` are the row of a; `cost` its multiplications; `omitted` a column that is left out, or -1.
template <int Width, class Scalar, class Index>
void multiply_row(slice<const Index> rows, const Scalar* factors, const terms_view<Scalar, Index>& b, std::int64_t cost,
                  std::int64_t omitted, top_rows_scratch<Width, Scalar, Index>& scratch) {
  const sparsity_view<Index>& right = b.pattern;
  Scalar* const sums = scratch.sums.data();
  kernels::call<kernels::accumulate_rows_kernel<Width>>(rows.data, factors, rows.size, right.offsets, right.columns,
                                                        b.terms, sums);
  if (omitted >= 0) std::fill_n(sums + omitted * Width, Width, Scalar{0});
  // A second walk over what was added finds the touched positions sooner than one over the whole row, if it is short.
  Index* const ids = scratch.best.ids.data();
  Scalar* const found = scratch.found.data();
  scratch.best.count = cost < 2 * right.cols
                           ? kernels::call<kernels::take_touched_kernel<Width>>(rows.data, rows.size, right.offsets,
                                                                                right.columns, sums, ids, found)
                           : kernels::call<kernels::take_all_kernel<Width>>(right.cols, sums, ids, found);
}

/// Leaves of the candidates the k best by (score descending, id ascending), in any order.
template <class Scalar, class Index>
void keep_best(candidates<Scalar, Index>& best, std::int64_t k, std::vector<Index>& ties) {
  Index* const ids = best.ids.data();
  Scalar* const scores = best.scores.data();
  // The k-th best of some is a bound for the k-th best of all, and most of the rest are below it.
  if (const std::int64_t some = 8 * k; best.count > 4 * some) best.keep_at_least(kernels::cut_for(scores, some, k));
  if (best.count > k) {
    const Scalar cut = kernels::cut_for(scores, best.count, k);
    best.keep_at_least(cut);
    if (best.count > k) {
      std::int64_t above = 0;
      ties.clear();
      for (std::int64_t n = 0; n < best.count; ++n) {
        if (scores[n] > cut) {
          ids[above] = ids[n];
          scores[above++] = scores[n];
        } else {
          ties.push_back(ids[n]);
        }
      }
      std::nth_element(ties.begin(), ties.begin() + (k - above), ties.end());
      std::copy_n(ties.begin(), k - above, ids + above);
      std::fill_n(scores + above, k - above, cut);
      best.count = k;
    }
  }
}

/// Leaves of what multiply_row found, and was scored, the k best above `floor`.
template <int Width, class Scalar, class Index>
void choose_best(top_rows_scratch<Width, Scalar, Index>& scratch, Scalar floor, std::int64_t k) {
  scratch.best.keep_at_least(std::nextafter(floor, std::numeric_limits<Scalar>::max()));
  keep_best(scratch.best, k, scratch.ties);
}

/// Rows of the result of top_rows while their lengths are not known: room for each, filled in any order.
template <class Scalar, class Index>
class row_slots {
 public:
  using entry = kernels::scored<Scalar, Index>;

  /// Room for at most `most[row]` elements a row.
  explicit row_slots(const std::vector<std::int64_t>& most) : starts_(most.size() + 1), counts_(most.size()) {
    for (std::size_t row = 0; row < most.size(); ++row) starts_[row + 1] = starts_[row] + most[row];
    entries_.resize(static_cast<std::size_t>(starts_.back()));
  }

  /// Sets a row, by one worker.
  void put(std::int64_t row, const candidates<Scalar, Index>& from) {
    entry* const to = entries_.data() + starts_[static_cast<std::size_t>(row)];
    for (std::int64_t n = 0; n < from.count; ++n)
      to[n] = {from.scores[static_cast<std::size_t>(n)], from.ids[static_cast<std::size_t>(n)]};
    std::sort(to, to + from.count, [](const entry& a, const entry& b) { return a.id < b.id; });
    counts_[static_cast<std::size_t>(row)] = from.count;
  }

  /// All rows as a matrix with `cols` columns.
  template <class Policy>
  csr_storage<Scalar, Index> compress(const Policy& policy, std::int64_t cols) const {
    const auto rows = static_cast<std::int64_t>(counts_.size());
    std::int64_t total = 0;
    for (const std::int64_t count : counts_) total += count;
    if (total > largest_id<Index>)
      fail<std::length_error>("akin: a matrix of ", total, " elements is wanted, the index type counts ",
                              largest_id<Index>);
    csr_storage<Scalar, Index> result(rows, cols, total);
    Index* const offsets = result.mutable_offsets();
    for (std::int64_t row = 0; row < rows; ++row)
      offsets[row + 1] = static_cast<Index>(offsets[row] + counts_[static_cast<std::size_t>(row)]);
    Index* const columns = result.mutable_columns();
    Scalar* const values = result.mutable_values();
    for_each_row(policy, rows, [&](std::int64_t row, int) {
      const entry* const from = entries_.data() + starts_[static_cast<std::size_t>(row)];
      for (std::int64_t n = 0; n < counts_[static_cast<std::size_t>(row)]; ++n) {
        columns[offsets[row] + n] = from[n].id;
        values[offsets[row] + n] = from[n].score;
      }
    });
    return result;
  }

 private:
  std::vector<std::int64_t> starts_, counts_;
  std::vector<entry> entries_;
};

/// The k best of each row of the product a b, by (score descending, id ascending). score_all(row, ids, sums, count,
/// scores) makes a score of each touched column's Width sums; a score that is not above `floor` is not kept. With
/// `omit_diagonal` element i of row i is none.
///
/// O(sum over the elements of a of the lengths of b's rows) multiplications in the order of the rows of b, on all
/// workers, which hold (2 Width + 2) * cols numbers each; never rows x cols. The same bits for any number of threads.
template <int Width, class Policy, class Scalar, class Index, class ScoreAll>
csr_storage<Scalar, Index> top_rows(const Policy& policy, const terms_view<Scalar, Index>& a,
                                    const terms_view<Scalar, Index>& b, std::int64_t k, Scalar floor,
                                    bool omit_diagonal, const ScoreAll& score_all) {
  const std::vector<std::int64_t> costs = product_costs(a.pattern, b.pattern);
  std::vector<std::int64_t> most(costs);
  for (std::int64_t& count : most) count = std::min({count, k, b.pattern.cols});
  row_slots<Scalar, Index> rows(most);

  using scratch_type = top_rows_scratch<Width, Scalar, Index>;
  std::vector<scratch_type> workers(static_cast<std::size_t>(worker_count(policy, a.pattern.rows)),
                                    scratch_type(b.pattern.cols));
  const std::vector<Index> order = dearest_first<Index>(costs);
  for_each_row(policy, a.pattern.rows, [&](std::int64_t turn, int worker) {
    const std::int64_t row = order[static_cast<std::size_t>(turn)];
    auto& scratch = workers[static_cast<std::size_t>(worker)];
    multiply_row<Width>(a.pattern.row(row), a.terms + a.pattern.offsets[row] * Width, b,
                        costs[static_cast<std::size_t>(row)], omit_diagonal ? row : -1, scratch);
    score_all(row, scratch.best.ids.data(), scratch.found.data(), scratch.best.count, scratch.best.scores.data());
    choose_best(scratch, floor, k);
    rows.put(row, scratch.best);
  });
  return rows.compress(policy, b.pattern.cols);
}

}  // namespace akin::inline AKIN_ABI::detail
