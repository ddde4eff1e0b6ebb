/// @file
/// The true top k of many queries: tiles of scores in cache choose what is looked at, canonical scores decide.
#pragma once

#include <algorithm>
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
  std::int64_t list = 0;        // where the answer goes
};

/// What a search has looked at.
struct tile_work {
  std::int64_t visited = 0;   // chunks, for each query that something could come for
  std::int64_t rescored = 0;  // canonical scores
};

/// kernels::tile_queries queries on their way through the chunks of packed rows.
template <class Panels, class Index>
class query_group {
 public:
  using scalar_type = typename Panels::scalar_type;
  using query_type = tile_query<scalar_type, Index>;

  query_group(const Panels& panels, std::int64_t k)
      : k_(k), prepared_(panels.make_group()), memory_(k * kernels::tile_queries) {}

  /// Begins anew with up to kernels::tile_queries queries; nothing comes that is not above `floor`.
  void start(const Panels& panels, std::span<const query_type> queries, scalar_type floor) {
    queries_ = queries;
    best_.clear();
    for (std::size_t q = 0; q < queries.size(); ++q) {
      best_.emplace_back(memory_.data() + static_cast<std::int64_t>(q) * k_, k_, floor);
      panels.set(prepared_, static_cast<int>(q), queries[q].row, queries[q].offset);
    }
  }

  /// Looks at a chunk; false where nothing can come from it or from those behind it. rescore(query, id) gives the
  /// canonical score; may_come(id) says whether it may be in a list.
  template <class Rescore, class MayCome>
  bool visit(const Panels& panels, std::int64_t chunk, typename Panels::hits& found, const Rescore& rescore,
             const MayCome& may_come) {
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
      if (found.counts[q] > 0) settle(panels, chunk, q, found, rescore, may_come);
    return true;
  }

  template <class Lists>
  void finish(Lists& lists) {
    for (int q = 0; q < size(); ++q) {
      const std::int64_t count = best(q).finish();
      const auto list = static_cast<std::size_t>(query(q).list);
      for (std::int64_t i = 0; i < count; ++i) {
        const auto& entry = memory_[q * k_ + i];
        lists.mutable_items(list)[i] = entry.id;
        lists.mutable_scores(list)[i] = entry.score;
      }
      lists.set_count(list, count);
    }
  }

  /// Since it was made.
  const tile_work& work() const noexcept { return work_; }

 private:
  int size() const noexcept { return static_cast<int>(queries_.size()); }
  const query_type& query(int q) const noexcept { return at(queries_, q); }
  auto& best(int q) noexcept { return at(best_, q); }

  /// The least score that can come from this chunk; infinite where none can.
  double target(const Panels& panels, int q, std::int64_t chunk) noexcept {
    constexpr double never = std::numeric_limits<double>::infinity();
    if (q >= size()) return never;
    const auto bound = static_cast<double>(best(q).bound());
    return panels.reach(prepared_, q, chunk) < bound ? never : bound;
  }

  /// Offers the hits of a query. Where they are many, most are too low for the list that they make themselves.
  template <class Rescore, class MayCome>
  void settle(const Panels& panels, std::int64_t chunk, int q, typename Panels::hits& found, const Rescore& rescore,
              const MayCome& may_come) {
    const query_type& asked = query(q);
    const scalar_type* const scores = found.scores[q];
    const double offset = static_cast<double>(asked.offset), margin = panels.margin(prepared_, q, chunk);
    // Of the `enough` best at least k are not excluded, so the list's worst will be no lower than the last of them.
    const std::int64_t enough = k_ + asked.excluded.size;
    double least = -std::numeric_limits<double>::infinity();
    if (may_come.is_open() && found.counts[q] > enough + enough / 2)
      least = static_cast<double>(
                  kernels::cut_for(scores, found.counts[q], enough, std::numeric_limits<scalar_type>::lowest())) +
              offset - margin;
    for (std::int32_t i = 0; i < found.counts[q]; ++i) {
      const double at_most = static_cast<double>(scores[i]) + offset + margin;
      if (at_most < least || at_most < static_cast<double>(best(q).bound())) continue;
      const Index id = panels.id(chunk, found.positions[q][i]);
      if (!may_come.may_come(id) || std::binary_search(asked.excluded.begin(), asked.excluded.end(), id)) continue;
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

/// One worker's groups, and room for what they find.
template <class Panels, class Index>
struct tile_worker {
  std::vector<query_group<Panels, Index>> groups;
  std::vector<std::size_t> active;
  typename Panels::hits found;
};

/// Groups that go through the rows together: enough to read the rows seldom, few enough to stay in the cache and to
/// give work to all.
inline std::int64_t groups_at_once(std::int64_t groups, std::int64_t k, int workers) noexcept {
  constexpr std::int64_t most = 32, most_kept = 1 << 18;  // 12 lists of k ids and scores a group
  const std::int64_t fair = groups / (std::int64_t{workers} * 4);
  return std::clamp<std::int64_t>(std::min(fair, most_kept / (k * kernels::tile_queries)), 1, most);
}

/// The k best packed rows for each query, in lists.list(query.list): exactly those that canonical scores choose, which
/// rescore(query, id) gives and which may be no farther from the tiles' scores than panels.margin() says. O(queries *
/// rows * depth) for tiles that are scored at the rate of a matrix product; rows that are too short for the lists are
/// left out.
template <class Panels, class Index, class Rescore, class MayCome>
tile_work search_tiles(const host_policy& policy, const Panels& panels,
                       std::span<const tile_query<typename Panels::scalar_type, Index>> queries, std::int64_t k,
                       typename Panels::scalar_type floor, const Rescore& rescore, const MayCome& may_come,
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
        return !groups[g].visit(panels, chunk, found, rescore, may_come);
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
