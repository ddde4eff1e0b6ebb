#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <akin/kernels/score_tile.hpp>
#include <akin/random.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"

namespace kernels = akin::kernels;

namespace {

template <class T>
struct tile_case {
  static constexpr int width = kernels::panel_rows<T>;

  tile_case(std::int64_t panel_count, std::int64_t row_depth, std::uint64_t seed)
      : panels(panel_count),
        depth(row_depth),
        queries(static_cast<std::size_t>(kernels::tile_queries * depth)),
        rows(static_cast<std::size_t>(panels * width * depth)),
        offsets(static_cast<std::size_t>(panels * width)),
        bounds(kernels::tile_queries) {
    const akin::random_stream random(seed);
    std::uint64_t drawn = 0;
    for (auto* numbers : {&queries, &rows, &offsets, &bounds})
      for (T& x : *numbers) x = static_cast<T>(random.normal(drawn++));
    for (T& bound : bounds) bound *= static_cast<T>(std::sqrt(static_cast<double>(depth)) + 1);
    bounds[1] = -std::numeric_limits<T>::infinity();  // everything
    bounds[2] = std::numeric_limits<T>::infinity();   // nothing
    offsets.back() = -std::numeric_limits<T>::infinity();
  }

  double score(int q, int position) const {
    const int panel = position / width, row = position % width;
    double sum = static_cast<double>(offsets[static_cast<std::size_t>(position)]);
    for (std::int64_t d = 0; d < depth; ++d)
      sum += static_cast<double>(queries[static_cast<std::size_t>(q * depth + d)]) *
             static_cast<double>(rows[static_cast<std::size_t>((panel * depth + d) * width + row)]);
    return sum;
  }

  std::int64_t panels, depth;
  std::vector<T> queries, rows, offsets, bounds;
};

}  // namespace

TEMPLATE_TEST_CASE("hits are the scores above each query's bound, in order", "", float, double) {
  const double tolerance = 1e3 * static_cast<double>(std::numeric_limits<TestType>::epsilon());
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t depth : {0, 1, 3, 16, 65})
      for (const std::int64_t panels : {0, 1, 3, kernels::chunk_rows / kernels::panel_rows<TestType>}) {
        CAPTURE(static_cast<int>(set), depth, panels);
        const tile_case<TestType> c(panels == 0 ? 1 : panels, depth, 5);
        kernels::tile_hits<TestType> hits{};
        kernels::call_on<kernels::score_tile_kernel>(set, c.queries.data(), c.rows.data(), c.offsets.data(), panels,
                                                     depth, c.bounds.data(), &hits);
        for (int q = 0; q < kernels::tile_queries; ++q) {
          std::int32_t next = 0;
          for (int position = 0; position < panels * c.width; ++position) {
            const double score = c.score(q, position),
                         bound = static_cast<double>(c.bounds[static_cast<std::size_t>(q)]);
            const bool is_hit = next < hits.counts[q] && hits.positions[q][next] == position;
            if (!(std::abs(score - bound) < tolerance)) CHECK(is_hit == (score > bound));
            if (is_hit) CHECK(std::abs(static_cast<double>(hits.scores[q][next++]) - score) < tolerance);
          }
          CHECK(next == hits.counts[q]);
        }
      }
}

TEST_CASE("an infinite score is above every number") {
  tile_case<float> c(1, 2, 6);
  for (auto* numbers : {&c.queries, &c.rows})
    for (float& x : *numbers) x = 1e30f;
  std::fill(c.bounds.begin(), c.bounds.end(), std::numeric_limits<float>::max());
  kernels::tile_hits<float> hits;
  kernels::score_tile(c.queries.data(), c.rows.data(), c.offsets.data(), 1, 2, c.bounds.data(), hits);
  CHECK(hits.counts[0] == 31);  // all but the row whose offset is -infinity
}
