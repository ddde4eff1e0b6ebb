/// @file
/// Fairness metrics for groups of items, such as those of small and large producers, or of countries. For groups of
/// users see akin/evaluation/by_group.hpp.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/kept.hpp>
#include <akin/metrics/detail/discounts.hpp>
#include <akin/metrics/judged_list.hpp>
#include <akin/numbers.hpp>

namespace akin::inline AKIN_ABI {
namespace detail {

/// The number of groups: the largest id + 1. Throws unless each item has an id of at least -1.
std::size_t checked_groups(std::span<const std::int32_t> groups, std::int64_t items, std::string_view where);

/// The groups of the items that a metric looks at; refers to the ids.
struct item_groups {
  item_groups(std::span<const std::int32_t> ids, std::int64_t items, std::string_view where)
      : of(ids), count(checked_groups(ids, items, where)) {}

  std::span<const std::int32_t> of;  ///< of each item, -1 for none
  std::size_t count;
};

/// The largest minus the smallest value of the selected groups; 0 with fewer than two.
template <class Groups, class Counts, class Value>
double gap_between(const Groups& groups, const Counts& counts, const Value& value) {
  double smallest = 0, largest = 0;
  bool first = true;
  for (const auto& group : groups) {
    if (!counts(group)) continue;
    smallest = first ? value(group) : std::min(smallest, value(group));
    largest = first ? value(group) : std::max(largest, value(group));
    first = false;
  }
  return largest - smallest;
}

}  // namespace detail

namespace metrics {

/// The exposure of the items of a group.
struct shown_group {
  std::int64_t items = 0;  ///< of the catalogue
  double exposure = 0;     ///< sum of 1 / log2(1 + rank) over all its ranks in the lists, ranks from 1
  double relative = 0;     ///< exposure / items, divided by the same over the items of all groups; 1 is parity
};

/// Sums of exposure for each group, from integers: the number of its items at each rank. Memory: 8 bytes a group and
/// rank.
class group_exposures {
 public:
  group_exposures(int k, const detail::item_groups& groups)
      : depth_(std::min(static_cast<std::size_t>(k), groups.of.size())),
        groups_(groups),
        counts_(groups.count * depth_) {}

  template <class Index>
  void add(const judged_list<Index>& list) noexcept {
    const auto shown = list.ranked.first(std::min(depth_, list.ranked.size()));
    for (std::size_t rank = 0; rank < shown.size(); ++rank) {
      const std::int32_t group = detail::at(groups_.of, shown[rank]);
      if (group >= 0) ++counts_[static_cast<std::size_t>(group) * depth_ + rank];
    }
  }
  void merge(const group_exposures& other) noexcept {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  }

  /// One for each id. `relative` is 0 for a group without items, and for all if no item of a group was shown.
  [[nodiscard]] std::vector<shown_group> by_group() const;

 private:
  std::size_t depth_;
  detail::item_groups groups_;
  std::vector<std::int64_t> counts_;
};

/// The inequality of exposure of groups of items in the first k ranks of all evaluated users together: rank r, from 1,
/// gives an exposure of 1 / log2(1 + r); the exposure of a group is that of its items, per item of the group, relative
/// to the exposure per item of all groups; the gap is the largest minus the smallest over the groups that have items. 0
/// is demographic parity (A. Singh, T. Joachims, "Fairness of Exposure in Rankings", KDD 2018, there for one ranking),
/// 1 if the groups differ by as much as the average exposure of an item; at most the items of all groups / the items of
/// the smallest, if that group gets all exposure. 0 with fewer than two groups and if no item of a group is shown.
///
/// `groups`: an id from 0 for each item of the catalogue, -1 for an item that is in no group and is ignored; they are
/// referred to and must outlive the evaluation. Throws std::invalid_argument if there are fewer or more ids than items
/// or an id is below -1. accumulate(context).by_group() has the numbers of each group, of lists that are added one by
/// one; exposure_of_group has one of them in evaluate. One number for all users, so it has no standard error. Memory: 8
/// bytes a group, rank and worker, groups being the largest id + 1.
struct exposure_gap {
  int k;
  std::span<const std::int32_t> groups;

  exposure_gap(int list_length, std::span<const std::int32_t> item_groups) : k(list_length), groups(item_groups) {}
  template <detail::owner_for<std::span<const std::int32_t>> Ids>
  exposure_gap(int, const Ids&&) = delete;  // would not live until it is used

  class accumulator : public group_exposures {
   public:
    using group_exposures::group_exposures;
    [[nodiscard]] double value() const {
      return detail::gap_between(
          by_group(), [](const shown_group& group) { return group.items > 0; },
          [](const shown_group& group) { return group.relative; });
    }
  };

  template <class Index>
  [[nodiscard]] accumulator accumulate(const list_context<Index>& context) const {
    detail::require(k >= 1, name, "k must be positive", k);
    return {k, {groups, context.items, name}};
  }
  static constexpr std::string_view name = "metrics::exposure_gap";
};

/// The exposure per item of one group relative to that of all groups, as exposure_gap has it: above 1 if its items
/// stand higher and more often than the average item, 1 at parity, 0 if they are never shown. Throws
/// std::invalid_argument if exposure_gap does and if no item is in the group.
struct exposure_of_group {
  int k;
  std::span<const std::int32_t> groups;
  std::int32_t group;

  exposure_of_group(int list_length, std::span<const std::int32_t> item_groups, std::int32_t which)
      : k(list_length), groups(item_groups), group(which) {}
  template <detail::owner_for<std::span<const std::int32_t>> Ids>
  exposure_of_group(int, const Ids&&, std::int32_t) = delete;  // would not live until it is used

  class accumulator : public group_exposures {
   public:
    accumulator(int k, const detail::item_groups& groups, std::int32_t group)
        : group_exposures(k, groups), group_(static_cast<std::size_t>(group)) {}
    [[nodiscard]] double value() const { return by_group()[group_].relative; }

   private:
    std::size_t group_;
  };

  template <class Index>
  [[nodiscard]] accumulator accumulate(const list_context<Index>& context) const {
    detail::require(k >= 1, name, "k must be positive", k);
    const detail::item_groups checked(groups, context.items, name);
    detail::require(group >= 0 && std::find(groups.begin(), groups.end(), group) != groups.end(), name,
                    "group must be that of an item", group);
    return {k, checked, group};
  }
  static constexpr std::string_view name = "metrics::exposure_of_group";
};

/// The recall of the items of a group.
struct found_group {
  std::int64_t wanted = 0;  ///< cells: an item of the group that is relevant to an evaluated user
  std::int64_t found = 0;   ///< the number of these in the user's first k ranks
  double recall = 0;        ///< found / wanted, 0 if wanted is 0
};

/// The relevant cells of each group, and the number of them that were found. Memory: 16 bytes a group.
class group_recalls {
 public:
  group_recalls(int k, const detail::item_groups& groups) : k_(k), groups_(groups), cells_(groups.count) {}

  template <class Index>
  void add(const judged_list<Index>& list) noexcept {
    for (const Index item : list.relevant) {
      const std::int32_t group = detail::at(groups_.of, item);
      if (group >= 0) ++detail::at(cells_, group).wanted;
    }
    for (const std::int32_t rank : list.hits_within(k_)) {
      const std::int32_t group = detail::at(groups_.of, detail::at(list.ranked, rank));
      if (group >= 0) ++detail::at(cells_, group).found;
    }
  }
  void merge(const group_recalls& other) noexcept {
    for (std::size_t group = 0; group < cells_.size(); ++group) {
      cells_[group].wanted += other.cells_[group].wanted;
      cells_[group].found += other.cells_[group].found;
    }
  }

  /// One for each id.
  [[nodiscard]] std::vector<found_group> by_group() const;

 private:
  struct cells {
    std::int64_t wanted = 0, found = 0;
  };

  int k_;
  detail::item_groups groups_;
  std::vector<cells> cells_;
};

/// The inequality of recall of groups of items: the recall of a group is the share of its relevant cells (a user and a
/// relevant item) whose item is in the user's first k ranks; the gap is the largest minus the smallest over the groups
/// with relevant cells. From 0, equal opportunity, to 1; 0 with fewer than two such groups. The recalls are those of Z.
/// Zhu, J. Wang, J. Caverlee, "Measuring and Mitigating Item Under-Recommendation Bias in Personalized Ranking
/// Systems", SIGIR 2020, whose REO is their standard deviation divided by their mean; the gap is in the unit of recall,
/// and finite even if nothing is found.
///
/// `groups`, exceptions and by_group() as in exposure_gap; item_recall_of_group has the recall of one group in
/// evaluate. One number for all users, so it has no standard error. Memory: 16 bytes a group and worker.
struct item_recall_gap {
  int k;
  std::span<const std::int32_t> groups;

  item_recall_gap(int list_length, std::span<const std::int32_t> item_groups) : k(list_length), groups(item_groups) {}
  template <detail::owner_for<std::span<const std::int32_t>> Ids>
  item_recall_gap(int, const Ids&&) = delete;  // would not live until it is used

  class accumulator : public group_recalls {
   public:
    using group_recalls::group_recalls;
    [[nodiscard]] double value() const {
      return detail::gap_between(
          by_group(), [](const found_group& group) { return group.wanted > 0; },
          [](const found_group& group) { return group.recall; });
    }
  };

  template <class Index>
  [[nodiscard]] accumulator accumulate(const list_context<Index>& context) const {
    detail::require(k >= 1, name, "k must be positive", k);
    return {k, {groups, context.items, name}};
  }
  static constexpr std::string_view name = "metrics::item_recall_gap";
};

/// The share of the relevant cells of one group that are found in the first k ranks, as item_recall_gap has it; 0 if
/// the group has none. Throws std::invalid_argument if item_recall_gap does and if no item is in the group.
struct item_recall_of_group {
  int k;
  std::span<const std::int32_t> groups;
  std::int32_t group;

  item_recall_of_group(int list_length, std::span<const std::int32_t> item_groups, std::int32_t which)
      : k(list_length), groups(item_groups), group(which) {}
  template <detail::owner_for<std::span<const std::int32_t>> Ids>
  item_recall_of_group(int, const Ids&&, std::int32_t) = delete;  // would not live until it is used

  class accumulator : public group_recalls {
   public:
    accumulator(int k, const detail::item_groups& groups, std::int32_t group)
        : group_recalls(k, groups), group_(static_cast<std::size_t>(group)) {}
    [[nodiscard]] double value() const { return by_group()[group_].recall; }

   private:
    std::size_t group_;
  };

  template <class Index>
  [[nodiscard]] accumulator accumulate(const list_context<Index>& context) const {
    detail::require(k >= 1, name, "k must be positive", k);
    const detail::item_groups checked(groups, context.items, name);
    detail::require(group >= 0 && std::find(groups.begin(), groups.end(), group) != groups.end(), name,
                    "group must be that of an item", group);
    return {k, checked, group};
  }
  static constexpr std::string_view name = "metrics::item_recall_of_group";
};

}  // namespace metrics
}  // namespace akin::inline AKIN_ABI

#if AKIN_BODIES(metrics)
namespace akin::inline AKIN_ABI {
namespace detail {

AKIN_INLINE std::size_t checked_groups(std::span<const std::int32_t> groups, std::int64_t items,
                                       std::string_view where) {
  if (std::ssize(groups) != items)
    fail<std::invalid_argument>(where, ": groups must have an id for each item of the catalogue, ", items, ", got ",
                                groups.size());
  std::int32_t largest = -1;
  for (std::size_t item = 0; item < groups.size(); ++item) {
    if (groups[item] < -1)
      fail<std::invalid_argument>(where, ": groups must have ids from 0, or -1 for no group, got ", groups[item],
                                  " for item ", item);
    largest = std::max(largest, groups[item]);
  }
  return static_cast<std::size_t>(largest) + 1;
}

}  // namespace detail

namespace metrics {

AKIN_INLINE std::vector<shown_group> group_exposures::by_group() const {
  std::vector<shown_group> result(groups_.count);
  shown_group all;
  for (const std::int32_t group : groups_.of)
    if (group >= 0) ++detail::at(result, group).items;
  for (std::size_t group = 0; group < result.size(); ++group) {
    for (std::size_t rank = 0; rank < depth_; ++rank)
      result[group].exposure +=
          static_cast<double>(counts_[group * depth_ + rank]) * detail::rank_discount(static_cast<std::int32_t>(rank));
    all.items += result[group].items;
    all.exposure += result[group].exposure;
  }
  for (shown_group& group : result)
    if (group.items > 0 && all.exposure > 0)
      group.relative =
          group.exposure / static_cast<double>(group.items) * static_cast<double>(all.items) / all.exposure;
  return result;
}

AKIN_INLINE std::vector<found_group> group_recalls::by_group() const {
  std::vector<found_group> result(cells_.size());
  for (std::size_t group = 0; group < result.size(); ++group) {
    const auto [wanted, found] = cells_[group];
    result[group] = {wanted, found, wanted > 0 ? static_cast<double>(found) / static_cast<double>(wanted) : 0};
  }
  return result;
}

}  // namespace metrics
}  // namespace akin::inline AKIN_ABI
#endif
