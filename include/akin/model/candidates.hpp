/// @file
/// Selection of the best scores of a row, and rows of them.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

#include <akin/config.hpp>
#include <akin/kernels/select.hpp>
#include <akin/numbers.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// The candidates of a row: scores[n] belongs to ids[n].
template <class Scalar, class Index>
struct candidates {
  numbers<Index> ids;
  numbers<Scalar> scores;
  std::int64_t count = 0;

  /// Moves the candidates from `begin` to `end` with a score of at least t to `kept` and the places after it; returns
  /// their end.
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
};

/// The smallest score above `floor`.
template <class Scalar>
Scalar above(Scalar floor) {
  return std::nextafter(floor, std::numeric_limits<Scalar>::max());
}

/// The number of candidates before the first cut: their k-th best is a bound for the k-th best of all, and most of the
/// rest are below it.
constexpr std::int64_t first_look(std::int64_t all, std::int64_t k) { return all / 4 > k ? 4 * k : all; }

/// Reduces the candidates, all of at least `cut`, to the first k by (score descending, id ascending).
template <class Scalar, class Index>
void drop_ties(candidates<Scalar, Index>& best, Scalar cut, std::int64_t k, numbers<Index>& ties) {
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

/// Reduces the candidates, none below `least`, to the k best by (score descending, id ascending), in any order.
template <class Scalar, class Index>
void cut_to(candidates<Scalar, Index>& best, Scalar least, std::int64_t k, numbers<Index>& ties) {
  if (best.count <= k) return;
  const Scalar cut = kernels::cut_for(best.scores.data(), best.count, k, least);
  best.count = best.keep_at_least(cut, 0, best.count, 0);
  if (best.count > k) drop_ties(best, cut, k, ties);
}

/// The same of those above `floor`, a number or -infinity; NaN is never kept.
template <class Scalar, class Index>
void keep_best(candidates<Scalar, Index>& best, Scalar floor, std::int64_t k, numbers<Index>& ties) {
  Scalar bound = above(floor);
  const std::int64_t first_count = first_look(best.count, k);
  std::int64_t kept = best.keep_at_least(bound, 0, first_count, 0);
  if (kept > k && best.count > first_count) {
    bound = kernels::cut_for(best.scores.data(), kept, k, bound);
    kept = best.keep_at_least(bound, 0, kept, 0);
  }
  best.count = best.keep_at_least(bound, first_count, best.count, kept);
  cut_to(best, bound, k, ties);
}

/// Puts candidates in the order of their ids, which are below `cols`: by a sort, or by marks in a row of bits if that
/// is short.
template <class Scalar, class Index>
class id_order {
 public:
  explicit id_order(std::int64_t cols) : marks_(cols / 64 + 1), scores_(cols) {}

  void apply(candidates<Scalar, Index>& of) {
    if (marks_.size() < words_for_one * of.count)
      by_marks(of);
    else
      by_sort(of);
  }

 private:
  static constexpr std::int64_t words_for_one = 16;  // that are scanned in the time that a sort takes for one element

  void by_marks(candidates<Scalar, Index>& of) {
    for (std::int64_t n = 0; n < of.count; ++n) {
      const Index id = of.ids[n];
      marks_[id / 64] |= std::uint64_t{1} << (id % 64);
      scores_[id] = of.scores[n];
    }
    std::int64_t n = 0;
    for (std::int64_t word = 0; word < marks_.size(); ++word)
      for (std::uint64_t& bits = marks_[word]; bits != 0; bits &= bits - 1, ++n) {
        const std::int64_t id = word * 64 + std::countr_zero(bits);
        of.ids[n] = static_cast<Index>(id);
        of.scores[n] = scores_[id];
      }
  }
  void by_sort(candidates<Scalar, Index>& of) {
    entries_.clear();
    for (std::int64_t n = 0; n < of.count; ++n) entries_.push_back({of.scores[n], of.ids[n]});
    std::sort(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    for (std::int64_t n = 0; n < entries_.size(); ++n) {
      of.ids[n] = entries_[n].id;
      of.scores[n] = entries_[n].score;
    }
  }

  numbers<std::uint64_t> marks_;  // one bit a column, zero between rows
  numbers<Scalar> scores_;        // of the marked columns
  numbers<kernels::scored<Scalar, Index>> entries_;
};

/// Rows of selected candidates whose lengths are not yet known: reserved places, filled in any order.
template <class Scalar, class Index>
class row_slots {
 public:
  using entry = kernels::scored<Scalar, Index>;

  /// Reserves `capacities[row]` elements for each row.
  explicit row_slots(const numbers<std::int64_t>& capacities)
      : starts_(capacities.size() + 1), counts_(capacities.size()) {
    for (std::int64_t row = 0; row < capacities.size(); ++row) starts_[row + 1] = starts_[row] + capacities[row];
    entries_.reset(new entry[static_cast<std::size_t>(starts_.back())]);  // not written yet
  }

  /// Sets a row, by one worker; ids must ascend.
  void put(std::int64_t row, const candidates<Scalar, Index>& from) {
    entry* const to = entries_.get() + starts_[row];
    for (std::int64_t n = 0; n < from.count; ++n) to[n] = {from.scores[n], from.ids[n]};
    counts_[row] = from.count;
  }

  std::int64_t rows() const noexcept { return counts_.size(); }
  /// What was put into a row.
  slice<const entry> row(std::int64_t row) const noexcept { return {entries_.get() + starts_[row], counts_[row]}; }

 private:
  numbers<std::int64_t> starts_, counts_;
  std::unique_ptr<entry[]> entries_;  // pages that no row reaches cost nothing
};

}  // namespace akin::inline AKIN_ABI::detail
