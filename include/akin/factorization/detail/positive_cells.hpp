/// @file
/// The positives of a matrix in blocks that are drawn anew for each epoch, and a sampler of negatives.
#pragma once

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <akin/config.hpp>
#include <akin/factorization/detail/block_schedule.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/random.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// A positive: a cell with a value above 0.
template <class Index>
struct positive_cell {
  Index user, item;
};

/// Whether the cell of `id` in the row is a positive.
template <class Scalar, class Index>
bool is_positive(const row_view<Scalar, Index>& row, Index id) noexcept {
  if (row.empty()) return false;
  // A bisection without branches: the branch would be unpredictable.
  const Index* found = row.ids.begin();
  for (std::int64_t left = row.size(); left > 1;) {
    const std::int64_t half = left / 2;
    found += half * static_cast<std::int64_t>(found[half] <= id);
    left -= half;
  }
  return *found == id && row.values[found - row.ids.begin()] > 0;
}
template <class Scalar, class Index>
bool has_positives(const row_view<Scalar, Index>& row) noexcept {
  return std::any_of(row.values.begin(), row.values.end(), [](Scalar value) { return value > 0; });
}

template <class Scalar, class Index>
class block_negatives;

/// The positives of a matrix: stored values above 0. All other values are ignored.
template <class Scalar, class Index>
class positives {
 public:
  explicit positives(const csr_view<Scalar, Index>& x)
      : x_(x),
        side_(grid_side(x.rows, x.cols, x.nonzeros(), items_per_group)),
        is_user_seen_(x.rows),
        is_item_seen_(x.cols) {
    for (std::int64_t user = 0; user < x.rows; ++user)
      for (std::int64_t at = x.offsets[user]; at < x.offsets[user + 1]; ++at)
        if (x.values[at] > 0) {
          is_user_seen_[user] = 1;
          is_item_seen_[x.columns[at]] = 1;
        }
  }

  /// Whether the user has a positive, and whether the item has one.
  const numbers<char>& is_user_seen() const noexcept { return is_user_seen_; }
  const numbers<char>& is_item_seen() const noexcept { return is_item_seen_; }

  std::int64_t items() const noexcept { return x_.cols; }
  bool is_positive(Index user, Index item) const noexcept { return detail::is_positive(x_.row(user), item); }

  /// One epoch over all positives: calls body(cells, negatives, random) for blocks as block_grid::run_epoch does, where
  /// `negatives` samples from the items of the block. make_cell(user, item, value) makes a cell. Returns the sum of the
  /// results of body.
  template <class Body, class MakeCell>
  auto run_epoch(const host_policy& policy, std::uint64_t seed, int epoch, const Body& body,
                 const MakeCell& make_cell) const {
    using cell = std::invoke_result_t<const MakeCell&, Index, Index, Scalar>;
    const auto deal = [&](std::int64_t size, std::uint64_t use) {
      return random_groups<Index>(size, side_, random_stream(seed, sgd_use::in_epoch(use, epoch)));
    };
    const auto users = deal(x_.rows, sgd_use::row_groups), items = deal(x_.cols, sgd_use::column_groups);
    block_grid<cell> grid(
        policy, x_, users, items, [&](std::int64_t at) { return x_.values[at] > 0; },
        [&](Index user, std::int64_t at) { return make_cell(user, x_.columns[at], x_.values[at]); });
    return grid.run_epoch(
        policy, seed, epoch, [&](const slice<cell>& cells, std::int64_t item_group, block_random& random) {
          const slice<const cell> cells_of_block{cells.data, cells.size};
          return body(cells_of_block, block_negatives<Scalar, Index>(*this, cells_of_block, items.members(item_group)),
                      random);
        });
  }
  /// The same with positive_cells, which leave out the value.
  template <class Body>
  auto run_epoch(const host_policy& policy, std::uint64_t seed, int epoch, const Body& body) const {
    return run_epoch(policy, seed, epoch, body, [](Index user, Index item, Scalar) {
      return positive_cell<Index>{user, item};
    });
  }

 private:
  static constexpr std::int64_t items_per_group = 64;  // enough to sample negatives from

  csr_view<Scalar, Index> x_;
  std::int64_t side_;
  numbers<char> is_user_seen_, is_item_seen_;
};

/// Samples negatives of a user from the items of a block.
template <class Scalar, class Index>
class block_negatives {
 public:
  /// `cells` are all positives of these items and the users of the block.
  template <class Cell>
  block_negatives(const positives<Scalar, Index>& all, const slice<const Cell>& cells, const slice<const Index>& items)
      : all_(all), items_(items) {
    for (const Cell& cell : cells) may_be_positive_[bit(cell.user, cell.item)] = true;
  }

  const slice<const Index>& items() const noexcept { return items_; }
  /// The number of items of all blocks.
  std::int64_t catalogue() const noexcept { return all_.items(); }

  /// An item that has positives, but not with this user; -1 if a bounded number of tries found none, as for a user with
  /// positives in all of them.
  Index draw(Index user, block_random& random) const noexcept {
    constexpr int max_tries = 16;
    for (int tries = 0; tries < max_tries && !items_.empty(); ++tries) {
      const Index item = items_[random.below(items_.size)];
      if (!all_.is_item_seen()[item]) continue;
      if (!may_be_positive_[bit(user, item)] || !all_.is_positive(user, item)) return item;
    }
    return -1;
  }

 private:
  /// A filter of 8 KiB, which stays in the first-level cache, rules out nearly all pairs without a search in the user's
  /// row.
  static constexpr std::size_t bits = std::size_t{1} << 16;

  static std::uint64_t bit(Index user, Index item) noexcept {
    const std::uint64_t mixed =
        static_cast<std::uint64_t>(user) * 0x9E3779B97F4A7C15u + static_cast<std::uint64_t>(item) * 0xC2B2AE3D27D4EB4Fu;
    return (mixed * 0x94D049BB133111EBu) >> 48;
  }

  const positives<Scalar, Index>& all_;
  slice<const Index> items_;
  std::bitset<bits> may_be_positive_;
};

/// The sum of a loss over a number of samples.
struct sampled_loss {
  double sum = 0;
  std::int64_t samples = 0;

  sampled_loss& operator+=(const sampled_loss& other) noexcept {
    sum += other.sum;
    samples += other.samples;
    return *this;
  }
  double mean() const noexcept { return samples == 0 ? 0 : sum / static_cast<double>(samples); }
};

}  // namespace akin::inline AKIN_ABI::detail
