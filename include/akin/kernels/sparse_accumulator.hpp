/// @file
/// Sums into a few positions of a long row, and the list of those positions: the row of a sparse product.
#pragma once

#include <cstdint>
#include <vector>

#include <akin/config.hpp>

namespace akin::inline AKIN_ABI::kernels {

/// A dense row of sums with the ids that were touched. Clearing costs what was touched, not the row's length.
/// Source: F. G. Gustavson, "Two Fast Algorithms for Sparse Matrices", ACM TOMS 4(3), 1978.
template <class Scalar, class Index>
class sparse_accumulator {
 public:
  explicit sparse_accumulator(std::int64_t size)
      : sums_(static_cast<std::size_t>(size)), is_touched_(static_cast<std::size_t>(size)) {}

  void add(Index id, Scalar x) {
    const auto position = static_cast<std::size_t>(id);
    if (!is_touched_[position]) {
      is_touched_[position] = 1;
      touched_.push_back(id);
    }
    sums_[position] += x;
  }

  /// The ids with a sum, in the order in which they were first touched.
  const std::vector<Index>& touched() const noexcept { return touched_; }
  Scalar operator[](Index id) const noexcept { return sums_[static_cast<std::size_t>(id)]; }

  void clear() noexcept {
    for (const Index id : touched_) {
      sums_[static_cast<std::size_t>(id)] = 0;
      is_touched_[static_cast<std::size_t>(id)] = 0;
    }
    touched_.clear();
  }

 private:
  std::vector<Scalar> sums_;
  std::vector<unsigned char> is_touched_;
  std::vector<Index> touched_;
};

}  // namespace akin::inline AKIN_ABI::kernels
