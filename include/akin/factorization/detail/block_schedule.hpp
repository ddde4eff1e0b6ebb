/// @file
/// Stochastic gradient descent without races: the cells of a matrix in a grid of blocks, and the order of an epoch.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/config.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/random.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// Streams of one seed, so that no two uses of it share numbers; from `blocks` on there is a stream for each epoch.
struct sgd_use {
  static constexpr std::uint64_t user_factors = 0, item_factors = 1, validation = 2, implicit_factors = 3;
  static constexpr std::uint64_t row_groups = 4, column_groups = 5, blocks = 6, fold_in = 7, of_an_epoch = 8;

  static constexpr std::uint64_t in_epoch(std::uint64_t use, int epoch) noexcept {
    return use + of_an_epoch * static_cast<std::uint64_t>(epoch);
  }
};

/// A sequence of random numbers for one block of one epoch, cheaper than a stream that is read at each index: a counter
/// through a bijective mixer (G. L. Steele, D. Lea, C. H. Flood, "Fast Splittable Pseudorandom Number Generators",
/// OOPSLA 2014), begun at a number of the epoch's stream.
class block_random {
 public:
  block_random(const random_stream& random, std::int64_t number) noexcept
      : state_(random.bits(static_cast<std::uint64_t>(number))) {}
  block_random(std::uint64_t seed, int epoch, std::int64_t block) noexcept
      : block_random(random_stream(seed, sgd_use::in_epoch(sgd_use::blocks, epoch)), block) {}

  /// In [0, bound).
  std::int64_t below(std::int64_t bound) noexcept {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t x = state_;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return static_cast<std::int64_t>(multiply_high(x ^ (x >> 31), static_cast<std::uint64_t>(bound)));
  }

 private:
  std::uint64_t state_;
};

template <class T>
void shuffle(slice<T> elements, block_random& random) {
  for (std::int64_t i = elements.size - 1; i > 0; --i) std::swap(elements[i], elements[random.below(i + 1)]);
}

/// 0 … size - 1 dealt out at random into groups of nearly equal size.
template <class Index>
class random_groups {
 public:
  random_groups(std::int64_t size, std::int64_t groups, const random_stream& random)
      : groups_(groups), members_(size), group_of_(size) {
    std::iota(members_.begin(), members_.end(), Index{0});
    akin::shuffle(members_.data(), size, random);
    for (std::int64_t group = 0; group < groups; ++group) {
      std::sort(members_.begin() + begin(group), members_.begin() + begin(group + 1));
      for (const Index id : members(group)) group_of_[id] = static_cast<std::uint16_t>(group);
    }
  }

  std::int64_t groups() const noexcept { return groups_; }
  /// The ids of a group, ascending.
  slice<const Index> members(std::int64_t group) const noexcept {
    return {members_.data() + begin(group), begin(group + 1) - begin(group)};
  }
  std::int64_t group_of(Index id) const noexcept { return group_of_[id]; }

 private:
  std::int64_t begin(std::int64_t group) const noexcept { return group * members_.size() / groups_; }

  std::int64_t groups_;
  numbers<Index> members_;
  numbers<std::uint16_t> group_of_;
};

/// Groups a side of the grid: a function of the data alone. Blocks of a few thousand cells cost more than handing them
/// out does, a group of rows and one of columns lie in the cache together, and a round has work for all workers. A
/// group has rows_a_group rows or columns at least.
inline std::int64_t grid_side(std::int64_t rows, std::int64_t cols, std::int64_t cells,
                              std::int64_t rows_a_group = 16) {
  constexpr std::int64_t cells_a_block = 2048, max_side = 64;
  const auto side =
      static_cast<std::int64_t>(std::sqrt(static_cast<double>(cells) / static_cast<double>(cells_a_block)));
  return std::clamp<std::int64_t>(std::min(side, std::min(rows, cols) / rows_a_group), 1, max_side);
}

/// The cells of a matrix, block by block.
template <class Cell>
class block_grid {
 public:
  /// Takes cell(row, position) of the elements of x with keep(position); position counts all elements.
  template <class Scalar, class Index, class Keep, class MakeCell>
  block_grid(const host_policy& policy, const csr_view<Scalar, Index>& x, const random_groups<Index>& rows,
             const random_groups<Index>& columns, const Keep& keep, const MakeCell& cell)
      : side_(rows.groups()), begins_(side_ * side_ + 1) {
    const auto for_cells = [&](std::int64_t group, const auto& body) {
      for (const Index row : rows.members(group))
        for (std::int64_t at = x.offsets[row]; at < x.offsets[row + 1]; ++at)
          if (keep(at)) body(row, at, group * side_ + columns.group_of(x.columns[at]));
    };
    numbers<std::int64_t> counts(begins_.size());
    for_each_row(policy, side_, [&](std::int64_t group, int) {
      for_cells(group, [&](Index, std::int64_t, std::int64_t block) { ++counts[block]; });
    });
    std::exclusive_scan(counts.begin(), counts.end(), begins_.begin(), std::int64_t{0});
    cells_.resize(static_cast<std::size_t>(begins_.back()));
    numbers<std::int64_t> next = begins_;
    for_each_row(policy, side_, [&](std::int64_t group, int) {
      for_cells(group, [&](Index row, std::int64_t position, std::int64_t block) {
        at(cells_, next[block]++) = cell(row, position);
      });
    });
  }

  std::int64_t side() const noexcept { return side_; }
  std::int64_t size() const noexcept { return begins_.back(); }
  slice<Cell> block(std::int64_t block) noexcept {
    const std::int64_t begin = begins_[block];
    return {cells_.data() + begin, begins_[block + 1] - begin};
  }

  /// One epoch: calls body(cells, column_group, random) for each block and returns the sum of what it returns. Round s
  /// has the blocks (r, (r + s) mod side), no two of which share a row or a column, so that body may change what
  /// belongs to the rows and columns of its cells. The cells of a block are put into an order that depends on (seed,
  /// epochs so far, block); threads only decide who runs a block.
  template <class Body>
  auto run_epoch(const host_policy& policy, std::uint64_t seed, int epoch, const Body& body) {
    using sum = std::invoke_result_t<const Body&, slice<Cell>, std::int64_t, block_random&>;
    std::vector<sum> sums(static_cast<std::size_t>(side_ * side_));
    for (std::int64_t round = 0; round < side_; ++round)
      for_each_row(policy, side_, [&](std::int64_t row_group, int) {
        const std::int64_t column_group = (row_group + round) % side_, number = row_group * side_ + column_group;
        block_random random(seed, epoch, number);
        const slice<Cell> cells = block(number);
        shuffle(cells, random);
        at(sums, number) = body(cells, column_group, random);
      });
    sum total{};
    for (const sum& part : sums) total += part;
    return total;
  }

 private:
  std::int64_t side_;
  numbers<std::int64_t> begins_;  // of the blocks, in cells_
  std::vector<Cell> cells_;
};

}  // namespace akin::inline AKIN_ABI::detail
