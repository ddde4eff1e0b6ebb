/// @file
/// The k best of each row of a sparse product: the one loop behind similarities, random walks and text.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
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

  /// Of those from `begin` to `end` moves the ones with a score of at least t to `kept` and behind; the end of them.
  std::int64_t keep_at_least(Scalar t, std::int64_t begin, std::int64_t end, std::int64_t kept) noexcept {
    Index* const id = ids.data();
    Scalar* const score = scores.data();
    for (std::int64_t n = begin; n < end; ++n) {
      const Scalar x = score[n];
      id[kept] = id[n];
      score[kept] = x;
      kept += x >= t;
    }
    return kept;
  }
  void keep_at_least(Scalar t) noexcept { count = keep_at_least(t, 0, count, 0); }
};

/// A row of a product with fewer multiplications than this many times its columns lists the columns that it touches;
/// with more, a walk over all columns finds them sooner.
inline constexpr std::int64_t listed_share = 2;

/// One worker's memory for the rows of a product with `cols` columns.
template <int Width, class Scalar, class Index>
struct top_rows_scratch {
  explicit top_rows_scratch(std::int64_t cols)
      : sums(static_cast<std::size_t>(checked_product(cols, Width))), several(Width == 1 ? 0 : sums.size() + Width) {
    best.ids.resize(static_cast<std::size_t>(cols) * listed_share + 1);
    best.scores.resize(static_cast<std::size_t>(cols) + 1);
  }

  /// The sums of each of best.ids, Width numbers; one number stands where its score will be.
  Scalar* found() noexcept { return Width == 1 ? best.scores.data() : several.data(); }

  std::vector<Scalar> sums;     // cols x Width, zero between rows
  std::vector<Scalar> several;  // (cols + 1) x Width, of best.ids
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

/// Sums one row of the product into scratch and takes the sums out again: scratch.best.ids and scratch.found(). `rows`
/// and `factors` are the row of a; `cost` its multiplications; `omitted` a column that is left out, or -1.
template <int Width, class Scalar, class Index>
void multiply_row(slice<const Index> rows, const Scalar* factors, const terms_view<Scalar, Index>& b, std::int64_t cost,
                  std::int64_t omitted, top_rows_scratch<Width, Scalar, Index>& scratch) {
  const sparsity_view<Index>& right = b.pattern;
  Scalar* const sums = scratch.sums.data();
  Index* const ids = scratch.best.ids.data();
  Scalar* const found = scratch.found();
  const bool listed = cost < listed_share * right.cols;
  const std::int64_t touched = kernels::call<kernels::accumulate_rows_kernel<Width>>(
      rows.data, factors, rows.size, right.offsets, right.columns, b.terms, sums, listed ? ids : nullptr);
  if (omitted >= 0) std::fill_n(sums + omitted * Width, Width, Scalar{0});
  scratch.best.count = listed ? kernels::call<kernels::take_listed_kernel<Width>>(ids, touched, sums, found)
                              : kernels::call<kernels::take_all_kernel<Width>>(right.cols, sums, ids, found);
}

/// Leaves of the candidates, each of at least `cut`, the first k by (score descending, id ascending).
template <class Scalar, class Index>
void drop_ties(candidates<Scalar, Index>& best, Scalar cut, std::int64_t k, std::vector<Index>& ties) {
  Index* const ids = best.ids.data();
  Scalar* const scores = best.scores.data();
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

/// Leaves of the candidates the k best above `floor` by (score descending, id ascending), in any order.
template <class Scalar, class Index>
void keep_best(candidates<Scalar, Index>& best, Scalar floor, std::int64_t k, std::vector<Index>& ties) {
  Scalar bound = std::nextafter(floor, std::numeric_limits<Scalar>::max());
  // The k-th best of some is a bound for the k-th best of all, and most of the rest are below it.
  const std::int64_t some = std::min(best.count, 4 * k);
  std::int64_t kept = best.keep_at_least(bound, 0, some, 0);
  if (kept > k && best.count > some) {
    bound = kernels::cut_for(best.scores.data(), kept, k, bound);
    kept = best.keep_at_least(bound, 0, kept, 0);
  }
  best.count = best.keep_at_least(bound, some, best.count, kept);
  if (best.count > k) {
    const Scalar cut = kernels::cut_for(best.scores.data(), best.count, k, bound);
    best.keep_at_least(cut);
    if (best.count > k) drop_ties(best, cut, k, ties);
  }
}

/// Rows of the result of top_rows while their lengths are not known: room for each, filled in any order.
template <class Scalar, class Index>
class row_slots {
 public:
  using entry = kernels::scored<Scalar, Index>;

  /// Room for at most `most[row]` elements a row.
  explicit row_slots(const std::vector<std::int64_t>& most) : starts_(most.size() + 1), counts_(most.size()) {
    for (std::size_t row = 0; row < most.size(); ++row) starts_[row + 1] = starts_[row] + most[row];
    entries_ = std::make_unique_for_overwrite<entry[]>(static_cast<std::size_t>(starts_.back()));
  }

  /// Sets a row, by one worker.
  void put(std::int64_t row, const candidates<Scalar, Index>& from) {
    entry* const to = entries_.get() + starts_[static_cast<std::size_t>(row)];
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
      const entry* const from = entries_.get() + starts_[static_cast<std::size_t>(row)];
      for (std::int64_t n = 0; n < counts_[static_cast<std::size_t>(row)]; ++n) {
        columns[offsets[row] + n] = from[n].id;
        values[offsets[row] + n] = from[n].score;
      }
    });
    return result;
  }

 private:
  std::vector<std::int64_t> starts_, counts_;
  std::unique_ptr<entry[]> entries_;  // pages that no row reaches cost nothing
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
    score_all(row, scratch.best.ids.data(), scratch.found(), scratch.best.count, scratch.best.scores.data());
    keep_best(scratch.best, floor, k, scratch.ties);
    rows.put(row, scratch.best);
  });
  return rows.compress(policy, b.pattern.cols);
}

}  // namespace akin::inline AKIN_ABI::detail
