#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <akin/data/clean.hpp>
#include <akin/random.hpp>

#include "support/catch.hpp"

namespace {

using akin::interaction_log;

interaction_log log_of_values(std::vector<float> values) {
  std::vector<std::int32_t> users(values.size());
  return interaction_log({.users = users, .items = users, .values = std::move(values)});
}

std::vector<float> values_of(const interaction_log& log) { return {log.values().begin(), log.values().end()}; }

using floats = std::vector<float>;

// Values tell the lines apart.
interaction_log log_of_pairs(const std::vector<std::pair<int, int>>& pairs) {
  akin::interaction_arrays arrays;
  for (const auto& [user, item] : pairs) {
    arrays.users.push_back(user);
    arrays.items.push_back(item);
    arrays.values.push_back(static_cast<float>(arrays.values.size() + 1));
  }
  return interaction_log(std::move(arrays));
}

}  // namespace

TEST_CASE("remove_duplicates keeps the first of equal lines") {
  const interaction_log log({.users = {0, 0, 1, 0, 0, 0},
                             .items = {2, 2, 2, 2, 1, 2},
                             .values = {5, 5, 5, 4, 5, 5},
                             .times = {10, 10, 10, 10, 10, 11}});
  const auto [whole, report] = akin::remove_duplicates(log);
  CHECK(values_of(whole) ==
        floats{5, 5, 4, 5, 5});  // line 1 repeats line 0; user, value, item or time differ elsewhere
  CHECK(whole.times().back() == 11);
  CHECK(report.lines_before == 6);
  CHECK(report.lines_after == 5);
  CHECK(report.lines_removed() == 1);
  CHECK(report.lines_changed == 0);

  const auto [pairs, pair_report] = akin::remove_duplicates(log, {.key = akin::line_key::pair});
  CHECK(pairs.size() == 3);
  CHECK(values_of(pairs) == floats{5, 5, 5});
  CHECK(pair_report.lines_removed() == 3);
  CHECK(pairs.shared_item_ids() == log.shared_item_ids());
}

TEST_CASE("remove_duplicates looks at events, and takes a log without times") {
  const interaction_log events({.users = {0, 0, 0}, .items = {0, 0, 0}, .values = {1, 1, 1}, .events = {0, 1, 0}});
  CHECK(akin::remove_duplicates(events).log.size() == 2);
  CHECK(akin::remove_duplicates(log_of_values({1, 1, 2})).log.size() == 2);
  CHECK(akin::remove_duplicates(interaction_log()).log.empty());
}

TEST_CASE("remove_missing drops lines without a name or, if asked, a value") {
  auto users = std::make_shared<akin::id_map>(), items = std::make_shared<akin::id_map>();
  for (const char* name : {"ann", "", "bob"}) users->insert(name);
  for (const char* name : {"", "mug"}) items->insert(name);
  const interaction_log log({.users = {0, 1, 2, 2, 0},
                             .items = {1, 1, 0, 1, 1},
                             .values = {1, 2, 3, 0, 5},
                             .user_ids = users,
                             .item_ids = items});
  CHECK(values_of(akin::remove_missing(log).log) == floats{1, 0, 5});
  CHECK(akin::remove_missing(log).report.lines_removed() == 2);
  CHECK(values_of(akin::remove_missing(log, {.zero_values = true}).log) == floats{1, 5});
  CHECK(values_of(akin::remove_missing(log, {.empty_users = false}).log) == floats{1, 2, 0, 5});
  CHECK(values_of(akin::remove_missing(log, {.empty_items = false}).log) == floats{1, 3, 0, 5});
  CHECK(akin::remove_missing(log_of_values({0, 1})).report.lines_removed() == 0);
}

TEST_CASE("keep_values keeps a closed range") {
  const auto log = log_of_values({-2, 0, 1, 5, 12});
  CHECK(values_of(akin::keep_values(log, {.minimum = 1}).log) == floats{1, 5, 12});
  CHECK(values_of(akin::keep_values(log, {.maximum = 1}).log) == floats{-2, 0, 1});
  CHECK(values_of(akin::keep_values(log, {.minimum = 0, .maximum = 5}).log) == floats{0, 1, 5});
  CHECK(akin::keep_values(log, {}).report.lines_removed() == 0);
  CHECK_THROWS_WITH(akin::keep_values(log, {.minimum = 2, .maximum = 1}),
                    "keep_values: minimum must be at most the maximum, 1, got 2");
  CHECK_THROWS_AS(akin::keep_values(log, {.minimum = std::nan("")}), std::invalid_argument);
}

TEST_CASE("remove_outliers measures in standard deviations") {
  floats values(99, 1.0f);
  values.push_back(101);  // mean 2, sample deviation 10: 9.9 of them away
  CHECK(akin::remove_outliers(log_of_values(values)).report.lines_removed() == 1);
  CHECK(akin::remove_outliers(log_of_values(values), {.z_score = 9.89}).report.lines_removed() == 1);
  CHECK(akin::remove_outliers(log_of_values(values), {.z_score = 9.91}).report.lines_removed() == 0);
  CHECK(akin::remove_outliers(log_of_values(floats(1000, 0.1f))).report.lines_removed() == 0);
  CHECK(akin::remove_outliers(log_of_values({7})).report.lines_removed() == 0);
  CHECK(akin::remove_outliers(interaction_log()).log.empty());
  CHECK_THROWS_WITH(akin::remove_outliers(interaction_log(), {.z_score = 0}),
                    "remove_outliers: z_score must be positive, got 0");
}

TEST_CASE("cap_values cuts the largest down") {
  const auto log = log_of_values({9, 1, 4, 100, 2, 5, 3, 8, 7, 6});
  const auto [capped, report] = akin::cap_values(log, {.quantile = 0.8});
  CHECK(values_of(capped) == floats{8, 1, 4, 8, 2, 5, 3, 8, 7, 6});
  CHECK(report.lines_changed == 2);
  CHECK(report.lines_removed() == 0);
  CHECK(values_of(log)[3] == 100);
  CHECK(akin::cap_values(log, {.quantile = 1}).report.lines_changed == 0);
  CHECK(values_of(akin::cap_values(log, {.quantile = 1e-9}).log) == floats(10, 1.0f));
  CHECK(akin::cap_values(interaction_log()).log.empty());
  CHECK_THROWS_WITH(akin::cap_values(log, {.quantile = 0}), "cap_values: quantile must be in (0, 1], got 0");
}

TEST_CASE("k_core by hand: one who goes takes others along") {
  // Users 0 and 1 share the items 0 and 1. Item 2 has user 1 and user 2; user 2 has items 2 and 3; item 3 has user 2
  // alone. Dropping item 3 leaves user 2 with one item, and then item 2 with one user. Repetition is no support.
  const auto log = log_of_pairs({{0, 0}, {0, 1}, {1, 0}, {1, 1}, {1, 2}, {2, 2}, {2, 3}, {2, 3}, {0, 0}});
  const auto [core, report] = akin::k_core(log, {.items_per_user = 2, .users_per_item = 2});
  CHECK(values_of(core) == floats{1, 2, 3, 4, 9});
  CHECK(report.lines_removed() == 4);
  CHECK(core.user_ids().size() == 3);  // id maps stay
  CHECK(akin::k_core(log, {.items_per_user = 0, .users_per_item = 0}).report.lines_removed() == 0);
  CHECK(akin::k_core(log, {.items_per_user = 1, .users_per_item = 2}).log.size() == 7);
  CHECK(akin::k_core(log, {.items_per_user = 3, .users_per_item = 3}).log.empty());
  CHECK(akin::k_core(interaction_log()).log.empty());
  CHECK_THROWS_WITH(akin::k_core(log, {.items_per_user = -1}), "k_core: items_per_user must not be negative, got -1");
  CHECK_THROWS_WITH(akin::k_core(log, {.users_per_item = -1}), "k_core: users_per_item must not be negative, got -1");
}

namespace {

// The definition: count distinct partners, drop, start again.
std::vector<std::pair<int, int>> naive_core(std::vector<std::pair<int, int>> pairs, std::size_t per_user,
                                            std::size_t per_item) {
  for (std::size_t before = pairs.size() + 1; pairs.size() < before;) {
    before = pairs.size();
    std::map<int, std::set<int>> items_of, users_of;
    for (const auto& [user, item] : pairs) items_of[user].insert(item), users_of[item].insert(user);
    std::erase_if(pairs, [&](const auto& pair) {
      return items_of[pair.first].size() < per_user || users_of[pair.second].size() < per_item;
    });
  }
  return pairs;
}

}  // namespace

TEST_CASE("k_core finds what repeated counting finds") {
  std::size_t survivors = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    const akin::random_stream random(seed);
    std::vector<std::pair<int, int>> pairs;
    for (std::uint64_t i = 0; i < 240; ++i)
      pairs.emplace_back(static_cast<int>(60 * std::pow(random.uniform(2 * i), 2)),
                         static_cast<int>(random.below(2 * i + 1, 40)));
    const auto [core, report] = akin::k_core(log_of_pairs(pairs), {.items_per_user = 3, .users_per_item = 4});
    std::vector<std::pair<int, int>> got;
    for (std::size_t line = 0; line < core.size(); ++line) got.emplace_back(core.users()[line], core.items()[line]);
    CHECK(got == naive_core(pairs, 3, 4));
    survivors += got.size();
  }
  CHECK(survivors > 1000);
  CHECK(survivors < 30 * 240);
}

TEST_CASE("compact drops the names without lines") {
  auto users = std::make_shared<akin::id_map>(), items = std::make_shared<akin::id_map>();
  for (const char* name : {"ann", "bob", "eve"}) users->insert(name);
  for (const char* name : {"cup", "mug", "pot", "pan"}) items->insert(name);
  const interaction_log log({.users = {2, 0, 2},
                             .items = {3, 1, 1},
                             .values = {7, 8, 9},
                             .times = {30, 20, 10},
                             .events = {1, 0, 1},
                             .user_ids = users,
                             .item_ids = items});
  const auto small = akin::compact(log);
  REQUIRE(small.user_ids().size() == 2);
  REQUIRE(small.item_ids().size() == 2);
  for (std::size_t line = 0; line < 3; ++line) {
    CHECK(small.user_ids().name_of(small.users()[line]) == log.user_ids().name_of(log.users()[line]));
    CHECK(small.item_ids().name_of(small.items()[line]) == log.item_ids().name_of(log.items()[line]));
    CHECK(small.times()[line] == log.times()[line]);
    CHECK(small.events()[line] == log.events()[line]);
  }
  CHECK(values_of(small) == values_of(log));
  CHECK(small.user_ids().name_of(0) == "ann");
  CHECK(small.item_ids().name_of(0) == "mug");
  CHECK(akin::compact(interaction_log()).user_ids().empty());
  CHECK_FALSE(akin::compact(log_of_values({1, 2})).has_times());
}
