/// @file
/// Quality for groups of users, and the gap between them.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <akin/config.hpp>
#include <akin/error.hpp>
#include <akin/evaluation/evaluation.hpp>
#include <akin/evaluation/moments.hpp>
#include <akin/evaluation/per_user.hpp>
#include <akin/numbers.hpp>

namespace akin::inline AKIN_ABI {

/// The difference between the groups with the largest and the smallest mean of a metric.
struct group_gap {
  double gap = 0;  ///< largest - smallest mean of the groups with users; 0 with fewer than two
  /// Of the difference of these two groups, with their users as independent draws; 0 if one of the groups has fewer
  /// than two users. It ignores that the two were chosen for their difference: among many small groups a gap of several
  /// standard errors can be chance.
  double standard_error = 0;
  std::int32_t highest = -1;  ///< the group with the largest mean, the first of equals; -1 if no user is in a group
  std::int32_t lowest = -1;   ///< the group with the smallest mean, the first of equals
};

/// Metrics for groups of users.
template <std::size_t Metrics>
struct group_evaluation {
  /// For each group, by its id, the metrics in their order; a group without evaluated users has a count of 0.
  std::vector<std::array<metric_result, Metrics>> groups;
  std::array<group_gap, Metrics> gaps = {};
  std::int64_t users_without_group = 0;  ///< evaluated, but left out
};

namespace detail {

/// One more than the largest group.
inline std::size_t number_of_groups(std::span<const std::int32_t> group_of_user) {
  std::int32_t last = -1;
  for (std::size_t user = 0; user < group_of_user.size(); ++user) {
    if (group_of_user[user] < -1)
      fail<std::invalid_argument>("by_group: a group must be an id or -1 for none, got ", group_of_user[user],
                                  " of user ", user);
    last = std::max(last, group_of_user[user]);
  }
  return static_cast<std::size_t>(std::int64_t{last} + 1);
}

/// The gap of one metric.
template <std::size_t Metrics>
group_gap gap_between(const std::vector<std::array<metric_result, Metrics>>& groups, std::size_t metric) {
  const metric_result *highest = nullptr, *lowest = nullptr;
  group_gap result;
  for (std::size_t group = 0; group < groups.size(); ++group) {
    const metric_result& here = groups[group][metric];
    if (here.count == 0) continue;
    if (highest == nullptr || here.mean > highest->mean) {
      highest = &here;
      result.highest = static_cast<std::int32_t>(group);
    }
    if (lowest == nullptr || here.mean < lowest->mean) {
      lowest = &here;
      result.lowest = static_cast<std::int32_t>(group);
    }
  }
  if (highest == lowest) return result;
  result.gap = highest->mean - lowest->mean;
  if (highest->count >= 2 && lowest->count >= 2)
    result.standard_error = std::hypot(highest->standard_error, lowest->standard_error);
  return result;
}

}  // namespace detail

/// Averages the values of per_user over each group of users, such as those of an age, a country, or with few
/// interactions, and reports the gap between the best and the worst group for each metric. `group_of_user` holds for
/// each user of the matrices an id from 0, or -1: in no group, left out. The largest id determines the number of
/// groups, which may be empty. Throws std::invalid_argument if an evaluated user is beyond group_of_user, a group is
/// below -1, a value is not finite, or the numbers of users and values differ. O(users * metrics + groups * metrics).
/// The effect of recommendations on groups of users: M. D. Ekstrand, M. Tian, I. Madrazo Azpiazu, J. D. Ekstrand, O.
/// Anuyah, D. McNeill, M. S. Pera, "All The Cool Kids, How Do They Fit In?: Popularity and Demographic Biases in
/// Recommender Evaluation and Effectiveness", FAT* 2018.
template <class Index, std::size_t Metrics>
group_evaluation<Metrics> by_group(const per_user_values<Index, Metrics>& values,
                                   std::span<const std::int32_t> group_of_user) {
  if (values.users.size() != values.values.size())
    detail::fail<std::invalid_argument>("by_group: users and values must be equally many, got ", values.users.size(),
                                        " and ", values.values.size());
  std::vector<std::array<detail::moments, Metrics>> sums(detail::number_of_groups(group_of_user));
  group_evaluation<Metrics> result;
  for (std::size_t i = 0; i < values.users.size(); ++i) {
    const Index user = values.users[i];
    if (user < 0 || static_cast<std::size_t>(user) >= group_of_user.size())
      detail::fail<std::invalid_argument>("by_group: group_of_user must hold the group of each evaluated user, got ",
                                          group_of_user.size(), " entries and user ", user);
    const std::int32_t group = detail::at(group_of_user, user);
    if (group < 0) {
      ++result.users_without_group;
      continue;
    }
    for (std::size_t metric = 0; metric < Metrics; ++metric) {
      const double value = values.values[i][metric];
      if (!std::isfinite(value))
        detail::fail<std::invalid_argument>("by_group: values must be finite, got ", value, " of user ", user);
      detail::at(sums, group)[metric].add(value);
    }
  }
  result.groups.resize(sums.size());
  for (std::size_t group = 0; group < sums.size(); ++group)
    for (std::size_t metric = 0; metric < Metrics; ++metric)
      result.groups[group][metric] = sums[group][metric].result();
  for (std::size_t metric = 0; metric < Metrics; ++metric)
    result.gaps[metric] = detail::gap_between(result.groups, metric);
  return result;
}

}  // namespace akin::inline AKIN_ABI
