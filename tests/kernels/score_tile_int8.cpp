#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <akin/kernels/score_tile_int8.hpp>
#include <akin/random.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"

namespace kernels = akin::kernels;

namespace {

constexpr int width = kernels::int8_panel_rows;

struct int8_case {
  int8_case(std::int64_t panel_count, std::int64_t row_depth, int size, std::uint64_t seed)
      : depth(row_depth),
        queries(static_cast<std::size_t>(kernels::tile_queries * depth)),
        bytes(static_cast<std::size_t>(panel_count * width * depth)),
        panels(static_cast<std::size_t>(panel_count)) {
    const akin::random_stream random(seed);
    std::uint64_t drawn = 0;
    for (auto& x : queries) x = static_cast<std::int8_t>(static_cast<int>(random.below(drawn++, 255)) - 127);
    for (auto& y : bytes) y = static_cast<std::uint8_t>(random.below(drawn++, 255) + 1);
    for (auto& panel : panels)
      panel = {static_cast<float>(1 + random.uniform(drawn++)), static_cast<float>(random.uniform(drawn++)),
               static_cast<float>(random.uniform(drawn++))};
    group.rows = queries.data();
    group.size = size;
    const double spread = 127.0 * 127 / 3 * std::sqrt(static_cast<double>(depth));
    for (int q = 0; q < kernels::tile_queries; ++q) {
      for (std::int64_t d = 0; d < depth; ++d) group.sums[q] += queries[static_cast<std::size_t>(q * depth + d)];
      group.targets[q] = static_cast<float>(random.normal(drawn++) * spread);
      group.lengths[q] = static_cast<float>(random.uniform(drawn++) * 0.1 * spread);
      group.errors[q] = static_cast<float>(random.uniform(drawn++) * 0.1 * spread);
    }
    group.targets[0] = -1e30f;                                   // everything
    group.targets[2] = std::numeric_limits<float>::infinity();   // nothing
    group.targets[3] = -std::numeric_limits<float>::infinity();  // everything
  }

  std::int64_t dot(int q, int position) const {
    const int panel = position / width, row = position % width;
    std::int64_t sum = 0;
    for (std::int64_t d = 0; d < depth; ++d) {
      const std::int64_t at = (panel * depth + d / 4 * 4) * width + 4 * row + d % 4;
      sum += std::int64_t{queries[static_cast<std::size_t>(q * depth + d)]} *
             (std::int64_t{bytes[static_cast<std::size_t>(at)]} - 128);
    }
    return sum;
  }
  double bound(int q, int position) const {
    const auto& panel = panels[static_cast<std::size_t>(position / width)];
    return double{group.targets[q]} * double{panel.unit} - double{group.lengths[q]} * double{panel.error} -
           double{group.errors[q]} * double{panel.length};
  }

  std::int64_t depth;
  std::vector<std::int8_t> queries;
  std::vector<std::uint8_t> bytes;
  std::vector<kernels::int8_panel> panels;
  kernels::int8_group group;
};

/// All rows that reach a bound are there, with their products, and hardly any other.
void check_hits(const int8_case& c, const kernels::int8_hits& hits) {
  const int positions = static_cast<int>(c.panels.size()) * width;
  std::int64_t wrong = 0;  // a check for each would take longer than the kernel
  for (int q = 0; q < c.group.size; ++q) {
    std::int32_t next = 0;
    for (int position = 0; position < positions; ++position) {
      const std::int64_t dot = c.dot(q, position);
      const double excess = static_cast<double>(dot) - c.bound(q, position);
      const bool is_hit = next < hits.counts[q] && hits.positions[q][next] == position;
      const double slack = 4 + 1e-6 * (127.0 * 127 * static_cast<double>(c.depth));
      if (excess >= slack) wrong += !is_hit;
      if (excess < -slack) wrong += is_hit;
      if (is_hit) wrong += hits.dots[q][next++] != dot;
    }
    wrong += next != hits.counts[q];
  }
  CHECK(wrong == 0);
  CHECK(hits.counts[0] == positions);
  if (c.group.size > 3) {
    CHECK(hits.counts[2] == 0);
    CHECK(hits.counts[3] == positions);
  }
}

}  // namespace

TEST_CASE("hits of bytes are the rows that may reach each query's bound, with exact products") {
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t depth : {4, 8, 64, 100})
      for (const std::int64_t panels : {1, 3, kernels::int8_panels_per_chunk})
        for (int size = 1; size <= kernels::tile_queries; ++size) {
          CAPTURE(static_cast<int>(set), depth, panels, size);
          const int8_case c(panels, depth, size, 7);
          kernels::int8_hits hits{};
          kernels::call_on<kernels::score_tile_int8_kernel>(set, &c.group, c.bytes.data(), c.panels.data(), panels,
                                                            depth, &hits);
          check_hits(c, hits);
        }
}

TEST_CASE("the largest products of bytes do not overflow") {
  constexpr std::int64_t depth = kernels::int8_largest_depth;
  for (const auto set : akin_test::instruction_sets())
    for (const int sign_x : {-1, 1})
      for (const int sign_y : {-1, 1})
        for (const float target : {-1e30f, -5.2e8f, 5.2e8f, 1e30f}) {
          CAPTURE(static_cast<int>(set), sign_x, sign_y, target);
          const std::vector<std::int8_t> x(static_cast<std::size_t>(kernels::tile_queries * depth),
                                           static_cast<std::int8_t>(127 * sign_x));
          const std::vector<std::uint8_t> y(static_cast<std::size_t>(width * depth),
                                            static_cast<std::uint8_t>(128 + 127 * sign_y));
          const kernels::int8_panel panel{1, 0, 0};
          kernels::int8_group group;
          group.rows = x.data();
          std::fill_n(group.sums, kernels::tile_queries, static_cast<std::int32_t>(127 * sign_x * depth));
          std::fill_n(group.targets, kernels::tile_queries, target);
          kernels::int8_hits hits{};
          kernels::call_on<kernels::score_tile_int8_kernel>(set, &group, y.data(), &panel, std::int64_t{1}, depth,
                                                            &hits);
          const std::int64_t dot = 127 * 127 * depth * sign_x * sign_y;
          const bool is_hit = static_cast<double>(dot) >= static_cast<double>(target);
          for (int q = 0; q < kernels::tile_queries; ++q) {
            CHECK(hits.counts[q] == (is_hit ? width : 0));
            if (is_hit) CHECK(hits.dots[q][31] == dot);
          }
        }
}
