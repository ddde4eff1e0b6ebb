/// @file
/// Selection of the k best of many scores, ordered by (score descending, id ascending).
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include <akin/config.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// A score and whose it is.
template <class Scalar, class Index>
struct scored {
  Scalar score;
  Index id;

  /// Whether *this comes before other in a list.
  constexpr bool precedes(const scored& other) const noexcept {
    return score > other.score || (score == other.score && id < other.id);
  }
};

/// Keeps the k best of what it is offered, in memory of the caller; NaN and -infinity are never kept. A heap whose root
/// is the worst kept, so that an offer that is too small costs one comparison.
template <class Scalar, class Index>
class top_k {
 public:
  /// `memory` has room for k elements; k >= 1.
  constexpr top_k(scored<Scalar, Index>* memory, std::int64_t k) noexcept : kept_(memory), k_(k) {}

  constexpr void offer(Scalar score, Index id) noexcept {
    const scored<Scalar, Index> candidate{score, id};
    if (size_ < k_) {
      if (!(score > -std::numeric_limits<Scalar>::infinity())) return;
      kept_[size_++] = candidate;
      std::push_heap(kept_, kept_ + size_, before);
    } else if (candidate.precedes(kept_[0])) {
      std::pop_heap(kept_, kept_ + size_, before);
      kept_[size_ - 1] = candidate;
      std::push_heap(kept_, kept_ + size_, before);
    }
  }

  /// Puts what was kept in order, best first; its number. Nothing may be offered afterwards.
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
  std::int64_t size_ = 0;
};

/// Offers scores[i] as id i for all i in [0, size).
template <class Scalar, class Index>
void offer_all(const Scalar* scores, std::int64_t size, top_k<Scalar, Index>& best) noexcept {
  for (std::int64_t i = 0; i < size; ++i) best.offer(scores[i], static_cast<Index>(i));
}

}  // namespace akin::inline AKIN_ABI::kernels
