/// @file
/// What the tests of kernels share: the instruction sets of this processor, and pointers that are not aligned.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include <akin/kernels/dispatch.hpp>

#include "support/random_data.hpp"

namespace akin_test {

/// From portable to the best that this processor has.
inline std::vector<akin::kernels::instruction_set> instruction_sets() {
  using akin::kernels::instruction_set;
  std::vector<instruction_set> sets;
  for (const auto set : {instruction_set::portable, instruction_set::avx2, instruction_set::avx512})
    if (set <= akin::kernels::best_instruction_set()) sets.push_back(set);
  return sets;
}

/// All small sizes, and odd large ones: every length of what is left over after whole vectors.
inline std::vector<std::int64_t> vector_sizes() {
  std::vector<std::int64_t> sizes(71);
  std::iota(sizes.begin(), sizes.end(), 0);
  for (const std::int64_t size : {127, 255, 513, 1001, 4099}) sizes.push_back(size);
  return sizes;
}

template <class T>
inline constexpr T epsilon = std::numeric_limits<T>::epsilon();

template <class T>
double norm(const T* x, std::int64_t size) {
  double squares = 0;
  for (std::int64_t i = 0; i < size; ++i) squares += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  return std::sqrt(squares);
}

/// Random numbers `offset` elements behind the start of their memory, so that vectors are not aligned, before a guard
/// that nobody may write.
template <class T>
class guarded_numbers {
 public:
  guarded_numbers(std::int64_t size, std::int64_t offset, std::uint64_t seed)
      : memory_(normal_numbers<T>(size + offset + 1, seed)), offset_(offset), size_(size) {
    memory_.back() = guard;
  }
  T* data() { return memory_.data() + offset_; }
  std::vector<T> copy() const { return {memory_.begin() + offset_, memory_.begin() + offset_ + size_}; }
  bool is_guard_intact() const { return memory_.back() == guard; }

 private:
  static constexpr T guard = 12345;
  std::vector<T> memory_;
  std::int64_t offset_;
  std::int64_t size_;
};

}  // namespace akin_test
