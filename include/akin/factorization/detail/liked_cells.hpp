/// @file
/// What the models of liking share: who likes what, in blocks that are drawn anew for each epoch, and items that a user
/// does not like.
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

/// User `user` likes `item`.
template <class Index>
struct liked_cell {
  Index user, item;
};

/// Whether a row of likings holds one of `id`.
template <class Scalar, class Index>
bool likes(const row_view<Scalar, Index>& row, Index id) noexcept {
  if (row.empty()) return false;
  // A bisection without branches: which half an id is in is nothing that a processor could foresee.
  const Index* found = row.ids.begin();
  for (std::int64_t left = row.size(); left > 1;) {
    const std::int64_t half = left / 2;
    found += half * static_cast<std::int64_t>(found[half] <= id);
    left -= half;
  }
  return *found == id && row.values[found - row.ids.begin()] > 0;
}
template <class Scalar, class Index>
bool has_likings(const row_view<Scalar, Index>& row) noexcept {
  return std::any_of(row.values.begin(), row.values.end(), [](Scalar value) { return value > 0; });
}

template <class Scalar, class Index>
class block_others;

/// A matrix of likings: a stored value above 0 is one, anything else is as good as nothing.
template <class Scalar, class Index>
class likings {
 public:
  explicit likings(const csr_view<Scalar, Index>& x)
      : x_(x),
        side_(grid_side(x.rows, x.cols, x.nonzeros(), items_a_group)),
        is_user_seen_(x.rows),
        is_item_seen_(x.cols) {
    for (std::int64_t user = 0; user < x.rows; ++user)
      for (std::int64_t at = x.offsets[user]; at < x.offsets[user + 1]; ++at)
        if (x.values[at] > 0) {
          is_user_seen_[user] = 1;
          is_item_seen_[x.columns[at]] = 1;
        }
  }

  /// Whether the user likes anything, and whether anybody likes the item.
  const numbers<char>& is_user_seen() const noexcept { return is_user_seen_; }
  const numbers<char>& is_item_seen() const noexcept { return is_item_seen_; }

  std::int64_t items() const noexcept { return x_.cols; }
  bool likes(Index user, Index item) const noexcept { return detail::likes(x_.row(user), item); }

  /// One epoch over all likings: calls body(cells, others, random) for blocks as block_grid::run_epoch does, with
  /// `others` to draw from the items of the block, which is drawn anew for each epoch. A cell is what make_cell(user,
  /// item, value) returns. Sums what body returns.
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
          const slice<const cell> liked{cells.data, cells.size};
          return body(liked, block_others<Scalar, Index>(*this, liked, items.members(item_group)), random);
        });
  }
  /// The same with liked_cells, for whom the value does not matter.
  template <class Body>
  auto run_epoch(const host_policy& policy, std::uint64_t seed, int epoch, const Body& body) const {
    return run_epoch(policy, seed, epoch, body, [](Index user, Index item, Scalar) {
      return liked_cell<Index>{user, item};
    });
  }

 private:
  static constexpr std::int64_t items_a_group = 64;  // enough to draw others from

  csr_view<Scalar, Index> x_;
  std::int64_t side_;
  numbers<char> is_user_seen_, is_item_seen_;
};

/// The items of a block, to draw those from that a user does not like.
template <class Scalar, class Index>
class block_others {
 public:
  /// `cells` are all likings of these items by the users of the block.
  template <class Cell>
  block_others(const likings<Scalar, Index>& all, const slice<const Cell>& cells, const slice<const Index>& items)
      : all_(all), items_(items) {
    for (const Cell& cell : cells) may_be_liked_[bit(cell.user, cell.item)] = true;
  }

  const slice<const Index>& items() const noexcept { return items_; }
  /// Items of all blocks.
  std::int64_t catalogue() const noexcept { return all_.items(); }

  /// An item that somebody likes, but not this user; -1 where none was met within a bounded number of tries, as for a
  /// user who likes them all.
  Index draw(Index user, block_random& random) const noexcept {
    constexpr int most_tries = 16;
    for (int tries = 0; tries < most_tries && !items_.empty(); ++tries) {
      const Index item = items_[random.below(items_.size)];
      if (!all_.is_item_seen()[item]) continue;
      if (!may_be_liked_[bit(user, item)] || !all_.likes(user, item)) return item;
    }
    return -1;
  }

 private:
  /// 8 KiB, which stay in the first cache, tell of nearly all pairs that they are no liking; the users' rows do not.
  static constexpr std::size_t bits = std::size_t{1} << 16;

  static std::size_t bit(Index user, Index item) noexcept {
    const std::uint64_t mixed =
        static_cast<std::uint64_t>(user) * 0x9E3779B97F4A7C15u + static_cast<std::uint64_t>(item) * 0xC2B2AE3D27D4EB4Fu;
    return static_cast<std::size_t>((mixed * 0x94D049BB133111EBu) >> 48);
  }

  const likings<Scalar, Index>& all_;
  slice<const Index> items_;
  std::bitset<bits> may_be_liked_;
};

/// A loss over so many samples.
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
