/// @file
/// The true top k of many queries: tiles of scores in cache select candidates, canonical scores decide.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <akin/config.hpp>
#include <akin/kernels/score_tile.hpp>
#include <akin/kernels/select.hpp>
#include <akin/kernels/top_k.hpp>
#include <akin/numbers.hpp>
#include <akin/parallel.hpp>
#include <akin/retrieval/recommendations.hpp>
#include <akin/views.hpp>

namespace akin::inline AKIN_ABI::detail {

/// One of the queries of a search.
template <class Scalar, class Index>
struct tile_query {
  const Scalar* row = nullptr;  // as many numbers as the packed rows have
  Scalar offset = 0;            // a part of all of its scores
  slice<const Index> excluded;  // ids, ascending
  std::int64_t list = 0;        // the number of the list to fill
};

/// Work counters of a search.
struct tile_work {
  std::int64_t visited = 0;   // chunks, for each query that they could improve
  std::int64_t rescored = 0;  // canonical scores
};

/// Rows in chunks of kernels::chunk_rows, in an order in which later chunks reach less: what a search by tiles needs.
/// A group is kernels::tile_queries queries side by side; query q of it is set from a row and an offset of its scores.
/// No score of query q in this chunk or a later one is above reach(), and the tile's score of a row is within margin()
/// of its canonical score. scan() finds all rows of a chunk whose score may be at least targets[q], by their positions
/// in the chunk, of which id() is the row's.
template <class Panels>
concept packed_rows = requires(const Panels& panels, typename Panels::group& group, typename Panels::hits& found,
                               const typename Panels::scalar_type* row, const double* targets, std::int64_t chunk) {
  { panels.chunks() } -> std::convertible_to<std::int64_t>;
  panels.id(chunk, std::int32_t{});
  { panels.make_group() } -> std::same_as<typename Panels::group>;
  panels.set(group, 0, row, typename Panels::scalar_type{});
  { panels.reach(group, 0, chunk) } -> std::same_as<double>;
  { panels.margin(group, 0, chunk) } -> std::same_as<double>;
  panels.scan(group, chunk, targets, found);
};

/// kernels::tile_queries queries on their way through the chunks of packed rows.
template <packed_rows Panels, class Index>
class query_group {
 public:
  using scalar_type = typename Panels::scalar_type;
  using query_type = tile_query<scalar_type, Index>;

  query_group(const Panels& panels, std::int64_t k)
      : k_(k), prepared_(panels.make_group()), memory_(k * kernels::tile_queries) {}

  /// Restarts with up to kernels::tile_queries queries; only scores above `floor` are kept.
  void start(const Panels& panels, std::span<const query_type> queries, scalar_type floor) {
    queries_ = queries;
    best_.clear();
    for (std::size_t q = 0; q < queries.size(); ++q) {
      best_.emplace_back(memory_.data() + static_cast<std::int64_t>(q) * k_, k_, floor);
      panels.set(prepared_, static_cast<int>(q), queries[q].row, queries[q].offset);
    }
  }

  /// Scores a chunk; false if neither it nor later ones can improve a list. rescore(query, id) is the canonical score;
  /// filter.allows(id) says whether the item is eligible.
  template <class Rescore, class Filter>
  bool visit(const Panels& panels, std::int64_t chunk, typename Panels::hits& found, const Rescore& rescore,
             const Filter& filter) {
    double targets[kernels::tile_queries];
    bool is_wanted = false;
    for (int q = 0; q < kernels::tile_queries; ++q) {
      targets[q] = target(panels, q, chunk);
      const bool wants = targets[q] < std::numeric_limits<double>::infinity();
      is_wanted |= wants;
      work_.visited += wants;
    }
    if (!is_wanted) return false;
    panels.scan(prepared_, chunk, targets, found);
    for (int q = 0; q < size(); ++q)
      if (found.counts[q] > 0) settle(panels, chunk, q, found, rescore, filter);
    return true;
  }

  template <class Lists>
  void finish(Lists& lists) {
    for (int q = 0; q < size(); ++q) {
      const std::int64_t count = best(q).finish();
      lists.assign(static_cast<std::size_t>(query(q).list), memory_.data() + q * k_, count);
    }
  }

  /// The work since construction.
  const tile_work& work() const noexcept { return work_; }

 private:
  int size() const noexcept { return static_cast<int>(queries_.size()); }
  const query_type& query(int q) const noexcept { return at(queries_, q); }
  auto& best(int q) noexcept { return at(best_, q); }

  /// The least score that a hit of this chunk needs; infinite if the chunk cannot reach it.
  double target(const Panels& panels, int q, std::int64_t chunk) noexcept {
    constexpr double never = std::numeric_limits<double>::infinity();
    if (q >= size()) return never;
    const auto bound = static_cast<double>(best(q).bound());
    return panels.reach(prepared_, q, chunk) < bound ? never : bound;
  }

  /// Offers the hits of a query. If there are many, most of them are below the k-th best of the hits themselves.
  template <class Rescore, class Filter>
  void settle(const Panels& panels, std::int64_t chunk, int q, typename Panels::hits& found, const Rescore& rescore,
              const Filter& filter) {
    const query_type& asked = query(q);
    const scalar_type* const scores = found.scores[q];
    const double offset = static_cast<double>(asked.offset), margin = panels.margin(prepared_, q, chunk);
    // At least k of the `needed` best are not excluded, so the list's worst will be no lower than the last of them.
    const std::int64_t needed = k_ + asked.excluded.size;
    double least = -std::numeric_limits<double>::infinity();
    if (filter.is_open() && found.counts[q] > needed + needed / 2)
      least = static_cast<double>(
                  kernels::cut_for(scores, found.counts[q], needed, std::numeric_limits<scalar_type>::lowest())) +
              offset - margin;
    for (std::int32_t i = 0; i < found.counts[q]; ++i) {
      const double at_most = static_cast<double>(scores[i]) + offset + margin;
      if (at_most < least || at_most < static_cast<double>(best(q).bound())) continue;
      const Index id = panels.id(chunk, found.positions[q][i]);
      if (!filter.allows(id) || std::binary_search(asked.excluded.begin(), asked.excluded.end(), id)) continue;
      best(q).offer(rescore(asked, id), id);
      ++work_.rescored;
    }
  }

  std::int64_t k_;
  typename Panels::group prepared_;
  numbers<kernels::scored<scalar_type, Index>> memory_;  // k for each query
  std::vector<kernels::top_k<scalar_type, Index>> best_;
  std::span<const query_type> queries_;
  tile_work work_;
};

/// One worker's groups, and memory for their hits.
template <packed_rows Panels, class Index>
struct tile_worker {
  std::vector<query_group<Panels, Index>> groups;
  std::vector<std::size_t> active;
  typename Panels::hits found;
};

/// Groups that go through the rows together: enough to read the rows rarely, few enough to stay in the cache and to
/// give work to all workers.
inline std::int64_t groups_at_once(std::int64_t groups, std::int64_t k, int workers) noexcept {
  constexpr std::int64_t max_groups = 32, max_kept = 1 << 18;  // 12 lists of k ids and scores a group
  const std::int64_t fair = groups / (std::int64_t{workers} * 4);
  return std::clamp<std::int64_t>(std::min(fair, max_kept / (k * kernels::tile_queries)), 1, max_groups);
}

/// The k best packed rows for each query, in lists.list(query.list): exactly the best by the canonical scores of
/// rescore(query, id), which are within panels.margin() of the tiles' scores. O(queries * rows * depth) for tiles that
/// are scored at the rate of a matrix product; rows that are too short for the lists are left out.
template <packed_rows Panels, class Index, class Rescore, class Filter>
tile_work search_tiles(const host_policy& policy, const Panels& panels,
                       std::span<const tile_query<typename Panels::scalar_type, Index>> queries, std::int64_t k,
                       typename Panels::scalar_type floor, const Rescore& rescore, const Filter& filter,
                       recommendations<typename Panels::scalar_type, Index>& lists) {
  constexpr std::int64_t size = kernels::tile_queries;
  const std::int64_t count = std::ssize(queries);
  const std::int64_t at_once = groups_at_once((count + size - 1) / size, k, worker_count(policy));
  const std::int64_t blocks = (count + at_once * size - 1) / (at_once * size);
  per_worker<tile_worker<Panels, Index>> workers(worker_count(policy, blocks));
  for (auto& worker : workers)
    worker.groups.assign(static_cast<std::size_t>(at_once), query_group<Panels, Index>(panels, k));
  for_each_row(policy, blocks, [&](std::int64_t block, int number) {
    auto& [groups, active, found] = workers[number];
    active.clear();
    for (std::int64_t g = 0; g < at_once; ++g) {
      const std::int64_t begin = (block * at_once + g) * size;
      if (begin >= count) break;
      at(groups, g).start(
          panels,
          queries.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(std::min(size, count - begin))),
          floor);
      active.push_back(static_cast<std::size_t>(g));
    }
    const std::size_t used = active.size();
    for (std::int64_t chunk = 0; chunk < panels.chunks() && !active.empty(); ++chunk)
      std::erase_if(active, [&, &found = found, &groups = groups](std::size_t g) {
        return !groups[g].visit(panels, chunk, found, rescore, filter);
      });
    for (std::size_t g = 0; g < used; ++g) groups[g].finish(lists);
  });
  tile_work work;
  for (const auto& worker : workers)
    for (const auto& group : worker.groups) {
      work.visited += group.work().visited;
      work.rescored += group.work().rescored;
    }
  return work;
}

}  // namespace akin::inline AKIN_ABI::detail
