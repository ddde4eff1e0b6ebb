/// @file
/// Selection of the k best of many scores, ordered by (score descending, id ascending).
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/select.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// Keeps the k best of the scores offered, in memory of the caller; NaN, -infinity and scores that are not above
/// `floor` are never kept. A heap whose root is the worst one, so that an offer that is too small costs one comparison.
template <class Scalar, class Index>
class top_k {
 public:
  /// `memory` has k elements; k >= 1.
  constexpr top_k(scored<Scalar, Index>* memory, std::int64_t k,
                  Scalar floor = -std::numeric_limits<Scalar>::infinity()) noexcept
      : kept_(memory), k_(k), floor_(floor) {}

  constexpr void offer(Scalar score, Index id) noexcept {
    const scored<Scalar, Index> candidate{score, id};
    if (size_ < k_) {
      if (!(score > floor_)) return;
      kept_[size_++] = candidate;
      std::push_heap(kept_, kept_ + size_, before);
    } else if (candidate.precedes(kept_[0])) {
      std::pop_heap(kept_, kept_ + size_, before);
      kept_[size_ - 1] = candidate;
      std::push_heap(kept_, kept_ + size_, before);
    }
  }

  /// An offer with a larger id than all before is kept only if its score is above this; any other only if its score is
  /// at least this.
  constexpr Scalar bound() const noexcept { return size_ < k_ ? floor_ : kept_[0].score; }

  /// Whether the id is kept. O(k).
  constexpr bool holds(Index id) const noexcept {
    return std::any_of(kept_, kept_ + size_, [&](const scored<Scalar, Index>& each) { return each.id == id; });
  }

  /// Sorts the kept scores, best first, and returns their number. Nothing may be offered afterwards.
  constexpr std::int64_t finish() noexcept {
    std::sort_heap(kept_, kept_ + size_, before);
    return size_;
  }

 private:
  static constexpr bool before(const scored<Scalar, Index>& a, const scored<Scalar, Index>& b) noexcept {
    return a.precedes(b);
  }

  scored<Scalar, Index>* kept_;
  std::int64_t k_;
  Scalar floor_;
  std::int64_t size_ = 0;
};

/// Scores that are tested together: one comparison tells whether any of them can be kept.
inline constexpr std::int64_t scores_at_once = 64;

/// The first position at or behind `begin`, in steps of scores_at_once, from which scores_at_once scores contain one
/// above `bound`; if there is none, the first position of the shorter remainder.
struct next_above_kernel {
  template <class InstructionSet, class Scalar>
  static AKIN_ALWAYS_INLINE std::int64_t run(const Scalar* scores, std::int64_t begin, std::int64_t size,
                                             Scalar bound) {
    while (begin + scores_at_once <= size && !(largest<InstructionSet>(scores + begin, scores_at_once, bound) > bound))
      begin += scores_at_once;
    return begin;
  }
};

/// next_above_kernel on this processor.
template <class Scalar>
std::int64_t next_above(const Scalar* scores, std::int64_t begin, std::int64_t size,
                        std::type_identity_t<Scalar> bound) {
  return call<next_above_kernel>(scores, begin, size, bound);
}

/// Offers scores[i] as id first + i for all i in [0, size) with allows(first + i). All ids that were offered before
/// must be smaller.
template <class Scalar, class Index, class Allows>
void offer_all(const Scalar* scores, std::int64_t size, Index first, top_k<Scalar, Index>& best,
               const Allows& allows) noexcept {
  std::int64_t begin = 0;
  while (begin < size) {
    begin = next_above(scores, begin, size, best.bound());
    const std::int64_t end = std::min(begin + scores_at_once, size);
    for (; begin < end; ++begin) {
      const auto id = static_cast<Index>(first + static_cast<Index>(begin));
      if (scores[begin] > best.bound() && allows(id)) best.offer(scores[begin], id);
    }
  }
}

/// The same for all ids from 0.
template <class Scalar, class Index>
void offer_all(const Scalar* scores, std::int64_t size, top_k<Scalar, Index>& best) noexcept {
  offer_all(scores, size, Index{0}, best, [](Index) { return true; });
}

AKIN_COMPILE_KERNEL(next_above_kernel, const float*, std::int64_t, std::int64_t, float)
AKIN_COMPILE_KERNEL(next_above_kernel, const double*, std::int64_t, std::int64_t, double)

}  // namespace akin::inline AKIN_ABI::kernels
