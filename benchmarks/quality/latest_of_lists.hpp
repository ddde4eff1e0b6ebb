/// The latest interactions of published lists, where lines are in the order of time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <Eigen/SparseCore>

#include <akin/data/interaction_log.hpp>
#include <akin/data/read_user_item_lists.hpp>

#include "quality.hpp"

namespace quality {

/// Users and items of train.txt in the order of the file.
struct listed {
  int user, item;
};

inline std::vector<listed> read_listed(const std::filesystem::path& file) {
  const akin::interaction_log log = akin::read_user_item_lists(file);
  const auto number_of = [](const akin::id_map& ids, std::int32_t id) {
    return std::stoi(std::string(ids.name_of(id)));
  };
  std::vector<listed> result;
  result.reserve(log.size());
  for (std::size_t i = 0; i < log.size(); ++i)
    result.push_back({number_of(log.user_ids(), log.users()[i]), number_of(log.item_ids(), log.items()[i])});
  return result;
}

/// Whether the items of a line stand in an order of their own: fewer than nine of ten ascend from one to the next.
inline bool are_in_order_of_time(const std::vector<listed>& all) {
  std::int64_t next = 0, ascending = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i].user != all[i - 1].user) continue;
    ++next;
    ascending += all[i].item > all[i - 1].item ? 1 : 0;
  }
  return ascending < next / 10 * 9;
}

/// The last tenth of each user's line, and what stands before it; a random tenth where lines are sorted by id. With a
/// random tenth of lines in the order of time neighbourhoods look far better than they are on the test.
inline split latest_of(const std::filesystem::path& file, const matrix& train) {
  const std::vector<listed> all = read_listed(file);
  if (!are_in_order_of_time(all)) return validation_of(train);
  std::vector<std::int64_t> of_user(static_cast<std::size_t>(train.rows())), seen(of_user);
  for (const auto& [user, item] : all) ++of_user[static_cast<std::size_t>(user)];
  std::vector<Eigen::Triplet<float>> before, last;
  for (const auto& [user, item] : all) {
    const auto u = static_cast<std::size_t>(user);
    const bool is_last = ++seen[u] > of_user[u] - (of_user[u] + 5) / 10;
    (is_last ? last : before).emplace_back(user, item, 1.0F);
  }
  split slice{matrix(train.rows(), train.cols()), matrix(train.rows(), train.cols())};
  slice.train.setFromTriplets(before.begin(), before.end());
  slice.test.setFromTriplets(last.begin(), last.end());
  return slice;
}

}  // namespace quality
