#include <atomic>
#include <cstdint>
#include <memory>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/factorization/detail/block_schedule.hpp>
#include <akin/matrix.hpp>

#include "support/catch.hpp"

namespace detail = akin::detail;
namespace execution = akin::execution;

namespace {

using cell = std::pair<std::int32_t, std::int32_t>;

const akin::sparse_matrix<float>& clicks() {
  static const auto x =
      akin::synthetic::power_law_clicks<float>({.users = 150, .items = 90, .interactions = 3000, .seed = 2});
  return x;
}

detail::random_groups<std::int32_t> groups(std::int64_t size, std::int64_t count, std::uint64_t seed = 5) {
  return {size, count, akin::random_stream(seed)};
}

/// The cells of clicks() at positions that 3 does not divide.
template <class Policy>
detail::block_grid<cell> grid_of(const Policy& policy, std::int64_t side) {
  const auto x = detail::view_of(clicks(), "test");
  return {policy,
          x,
          groups(x.rows, side, 1),
          groups(x.cols, side, 2),
          [](std::int64_t at) { return at % 3 != 0; },
          [&](std::int32_t row, std::int64_t at) {
            return cell{row, x.columns[at]};
          }};
}

}  // namespace

TEST_CASE("random groups are a partition into nearly equal parts") {
  for (const std::int64_t size : {0, 1, 7, 100, 1001})
    for (const std::int64_t count : {1, 3, 64}) {
      CAPTURE(size, count);
      const auto dealt = groups(size, count);
      std::set<std::int32_t> seen;
      for (std::int64_t g = 0; g < count; ++g) {
        const auto members = dealt.members(g);
        CHECK(members.size >= size / count);
        CHECK(members.size <= size / count + 1);
        CHECK(std::is_sorted(members.begin(), members.end()));
        for (const std::int32_t id : members) {
          CHECK(dealt.group_of(id) == g);
          seen.insert(id);
        }
      }
      CHECK(static_cast<std::int64_t>(seen.size()) == size);
    }
}

TEST_CASE("the side of the grid grows with the data, within what the matrix allows") {
  CHECK(detail::grid_side(0, 0, 0) == 1);
  CHECK(detail::grid_side(1000, 10, 100000) == 1);
  CHECK(detail::grid_side(1000, 1000, 2048) == 1);
  CHECK(detail::grid_side(1000, 1000, 2048 * 25) == 5);
  CHECK(detail::grid_side(100, 1000, 2048 * 100) == 6);
  CHECK(detail::grid_side(std::int64_t{1} << 40, std::int64_t{1} << 40, std::int64_t{1} << 50) == 64);
}

TEST_CASE("a grid holds each kept cell once, in the block of its row and column") {
  for (const std::int64_t side : {1, 4, 9}) {
    auto grid = grid_of(execution::par.threads(2), side);
    const auto rows = groups(clicks().rows(), side, 1), columns = groups(clicks().cols(), side, 2);
    std::set<cell> found;
    for (std::int64_t block = 0; block < side * side; ++block)
      for (const cell& c : grid.block(block)) {
        CHECK(rows.group_of(c.first) * side + columns.group_of(c.second) == block);
        found.insert(c);
      }
    std::int64_t expected = 0, at = 0;
    for (Eigen::Index row = 0; row < clicks().rows(); ++row)
      for (akin::sparse_matrix<float>::InnerIterator c(clicks(), row); c; ++c, ++at)
        if (at % 3 != 0) {
          ++expected;
          CHECK(found.count({static_cast<std::int32_t>(row), static_cast<std::int32_t>(c.col())}) == 1);
        }
    CHECK(grid.size() == expected);
    CHECK(static_cast<std::int64_t>(found.size()) == expected);
  }
}

TEST_CASE("blocks that run at the same time share no row and no column") {
  auto grid = grid_of(execution::par, 8);
  const auto rows = static_cast<std::size_t>(clicks().rows()), cols = static_cast<std::size_t>(clicks().cols());
  std::vector<std::atomic<int>> row_users(rows), column_users(cols);
  std::atomic<int> clashes = 0, cells_seen = 0;
  grid.run_epoch(execution::par.threads(3), 7, 1,
                 [&](const akin::slice<cell>& cells, std::int64_t, detail::block_random&) {
                   std::set<std::int32_t> mine, my_columns;
                   for (const cell& c : cells) mine.insert(c.first), my_columns.insert(c.second);
                   for (const auto row : mine) clashes += row_users[static_cast<std::size_t>(row)]++ != 0;
                   for (const auto column : my_columns)
                     clashes += column_users[static_cast<std::size_t>(column)]++ != 0;
                   cells_seen += static_cast<int>(cells.size);
                   for (const auto row : mine) --row_users[static_cast<std::size_t>(row)];
                   for (const auto column : my_columns) --column_users[static_cast<std::size_t>(column)];
                   return 0.0;
                 });
  CHECK(clashes == 0);
  CHECK(cells_seen == grid.size());
}

TEST_CASE("the order of a block depends on seed and epoch, and not on the threads") {
  constexpr std::int64_t side = 5;
  const auto order = [](int threads, std::uint64_t seed, int epochs) {
    auto grid = grid_of(execution::par.threads(threads), side);
    std::vector<std::vector<cell>> blocks(side * side);
    double sum = 0;
    for (int epoch = 1; epoch <= epochs; ++epoch)
      sum = grid.run_epoch(execution::par.threads(threads), seed, epoch,
                           [](const akin::slice<cell>& cells, std::int64_t column_group, detail::block_random& random) {
                             return static_cast<double>(random.below(1000)) + 0.1 * static_cast<double>(column_group) +
                                    static_cast<double>(cells.size);
                           });
    for (std::int64_t b = 0; b < side * side; ++b)
      blocks[static_cast<std::size_t>(b)].assign(grid.block(b).begin(), grid.block(b).end());
    return std::make_pair(blocks, sum);
  };
  const auto alone = order(1, 3, 2);
  CHECK(order(2, 3, 2) == alone);
  CHECK(order(3, 3, 2) == alone);
  CHECK(order(1, 4, 2) != alone);
  CHECK(order(1, 3, 1).first != alone.first);
}
