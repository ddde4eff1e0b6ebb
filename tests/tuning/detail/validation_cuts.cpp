#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <set>
#include <vector>

#include <akin/data/splits.hpp>
#include <akin/tuning/detail/validation_cuts.hpp>

#include "support/catch.hpp"
#include "tuning/tuning_data.hpp"

using namespace tuning_test;
using akin::detail::training_data;

namespace {

/// User u has the items u to u + size - 1, modulo 40.
akin::sparse_matrix<float> rows_of(int users, int size) {
  std::vector<Eigen::Triplet<float>> cells;
  for (int user = 0; user < users; ++user)
    for (int i = 0; i < size; ++i) cells.emplace_back(user, (user + i) % 40, 1.0f);
  akin::sparse_matrix<float> result(users, 40);
  result.setFromTriplets(cells.begin(), cells.end());
  return result;
}

std::vector<std::int32_t> all_users(const akin::detail::validation_cut<float>& cut) {
  std::vector<std::int32_t> users = cut.choosing;
  users.insert(users.end(), cut.reporting.begin(), cut.reporting.end());
  return users;
}

std::int64_t count_of(const akin::detail::test_mask& mask, std::int64_t from, std::int64_t to) {
  return std::count_if(mask.begin() + from, mask.begin() + to, [](auto held) { return held != 0; });
}

auto cuts_of(const akin::sparse_matrix<float>& x, const akin::fit_best_options& options = {}) {
  return akin::detail::make_cuts(training_data<float>{x}, options);
}

}  // namespace

TEST_CASE("a random part holds its share out, of users with few interactions too, and never all of them") {
  for (const int size : {1, 2, 3, 7, 12}) {
    CAPTURE(size);
    constexpr int users = 4000;
    const auto x = rows_of(users, size);
    const auto mask = akin::detail::random_part(akin::detail::view_of(x, "test"), 0.1, 5);
    std::int64_t total = 0, taking_part = 0;
    for (int user = 0; user < users; ++user) {
      const auto held = count_of(mask, user * size, (user + 1) * size);
      total += held;
      taking_part += held > 0;
      REQUIRE(held < size);
      REQUIRE(held <= static_cast<std::int64_t>(0.1 * size) + 1);
    }
    const double expected = size == 1 ? 0 : 0.1 * size * users;
    CHECK(std::abs(static_cast<double>(total) - expected) <= 5 * std::sqrt(users * 0.25));
    if (size == 3) CHECK((taking_part > users / 5 && taking_part < users / 2));
  }
}

TEST_CASE("which cells a random part takes is a function of the seed, and all of a row are as likely") {
  const auto x = rows_of(2000, 5);
  const auto view = akin::detail::view_of(x, "test");
  const auto mask = akin::detail::random_part(view, 0.2, 5);
  CHECK(mask == akin::detail::random_part(view, 0.2, 5));
  CHECK(mask != akin::detail::random_part(view, 0.2, 6));
  // Cells of a row are in the order of items: each place is held out by a fifth of the users.
  std::vector<int> by_place(5);
  for (std::size_t cell = 0; cell < mask.size(); ++cell) by_place[cell % 5] += mask[cell] != 0;
  for (const int count : by_place) CHECK(std::abs(count - 400) < 5 * 18);
}

TEST_CASE("a matrix is cut at random: what is learnt and what is held out are all of it") {
  const auto clicks = some_clicks();
  const auto made = cuts_of(clicks, {.validation_fraction = 0.2});
  CHECK(made.protocol == "a random 20 % of each user's interactions");
  for (const auto& cut : made.cuts) {
    CHECK(cut.train.x.nonZeros() + cut.held_out.nonZeros() == clicks.nonZeros());
    const akin::sparse_matrix<float> sum = cut.train.x + cut.held_out;
    CHECK((sum - clicks).norm() == 0);
    CHECK_FALSE(cut.train.log.has_value());
  }
  REQUIRE(made.cuts.size() > 1);
  CHECK((made.cuts[0].held_out - made.cuts[1].held_out).norm() > 0);
}

TEST_CASE("users who choose and users who report are different ones, two to one, the same in each cut") {
  const auto made = cuts_of(rows_of(1500, 10));
  REQUIRE(made.cuts.size() == 2);  // 1,500 users are too few for one
  const auto& cut = made.cuts.front();
  std::set<std::int32_t> reporting(cut.reporting.begin(), cut.reporting.end());
  CHECK(reporting.size() == cut.reporting.size());
  for (const std::int32_t user : cut.choosing) REQUIRE_FALSE(reporting.contains(user));
  CHECK(cut.choosing.size() + cut.reporting.size() == 1500);
  CHECK(std::abs(static_cast<double>(cut.reporting.size()) - 500) < 5 * 19);
  for (const std::int32_t user : made.cuts[1].choosing) REQUIRE_FALSE(reporting.contains(user));
}

TEST_CASE("who chooses is a function of the seed, in an order that is not that of the numbers") {
  const auto x = rows_of(1000, 10);
  const auto a = cuts_of(x), b = cuts_of(x), c = cuts_of(x, {.seed = 1});
  CHECK(a.cuts[0].choosing == b.cuts[0].choosing);
  CHECK(a.cuts[0].reporting == b.cuts[0].reporting);
  CHECK(a.cuts[0].choosing != c.cuts[0].choosing);
  CHECK_FALSE(std::is_sorted(a.cuts[0].choosing.begin(), a.cuts[0].choosing.end()));
}

TEST_CASE("the fewer users, the more cuts, up to three") {
  CHECK(cuts_of(rows_of(2500, 10)).cuts.size() == 1);
  CHECK(cuts_of(rows_of(1200, 10)).cuts.size() == 2);
  CHECK(cuts_of(rows_of(100, 10)).cuts.size() == 3);
}

TEST_CASE("at most validation_users are validated") {
  const auto made = cuts_of(rows_of(2500, 10), {.validation_users = 30});
  for (const auto& cut : made.cuts) CHECK(cut.choosing.size() + cut.reporting.size() == 30);
}

TEST_CASE("users without a history, without anything else to find, or whose finds are not above 0, are not validated") {
  akin::sparse_matrix<float> train(5, 4), later(5, 4);
  train.insert(0, 0) = 1, train.insert(1, 1) = 1, train.insert(2, 2) = 1, train.insert(3, 3) = 1;
  later.insert(0, 1) = 1;   // to find
  later.insert(1, 1) = 1;   // a repetition
  later.insert(3, 0) = -1;  // a dislike
  later.insert(4, 0) = 1;   // of a newcomer
  train.makeCompressed(), later.makeCompressed();
  const auto made = cuts_of(train, {.validation = later});
  CHECK(made.protocol == "the caller's data");
  REQUIRE(made.cuts.size() == 1);
  CHECK(all_users(made.cuts[0]) == std::vector<std::int32_t>{0});
  CHECK(made.cuts[0].train.x.nonZeros() == 4);
}

TEST_CASE("a log with times is cut by time: the past in the matrix and in the log") {
  const auto log = log_with_trend();
  const auto made = akin::detail::make_cuts(training_data<float>::of(log), akin::fit_best_options{});
  CHECK(made.protocol == "the latest 10 % by time");
  REQUIRE(made.cuts.size() == 1);
  const auto& cut = made.cuts[0];
  const auto [past, future] = akin::split_by_time(log, {.test_fraction = 0.1});
  REQUIRE(cut.train.log.has_value());
  CHECK(cut.train.log->size() == past.size());
  CHECK(*std::max_element(cut.train.log->times().begin(), cut.train.log->times().end()) <=
        *std::min_element(future.times().begin(), future.times().end()));
  CHECK((cut.train.x - past.matrix(akin::duplicates::sum)).norm() == 0);
  CHECK(cut.held_out.sum() == static_cast<float>(future.size()));
}

TEST_CASE(
    "a log without times, or of one time, or of few users, is cut at random, and lines leave it with their cell") {
  auto columns_of_one_time = [] {
    const auto log = log_with_trend();
    akin::interaction_arrays columns;
    columns.users.assign(log.users().begin(), log.users().end());
    columns.items.assign(log.items().begin(), log.items().end());
    columns.times.assign(log.size(), day);
    return columns;
  };
  std::vector<std::size_t> few(100 * 20);
  std::iota(few.begin(), few.end(), std::size_t{0});
  const akin::interaction_log logs[] = {log_with_trend(false), akin::interaction_log(columns_of_one_time()),
                                        log_with_trend().select(std::span<const std::size_t>(few))};
  for (const akin::interaction_log& log : logs) {
    const auto made = akin::detail::make_cuts(training_data<float>::of(log), akin::fit_best_options{});
    CHECK(made.protocol == "a random 10 % of each user's interactions");
    CHECK(made.cuts.size() == 3);
    for (const auto& cut : made.cuts) {
      REQUIRE(cut.train.log.has_value());
      CHECK(cut.train.log->has_times() == log.has_times());
      CHECK(cut.train.log->size() < log.size());
      CHECK((cut.train.log->matrix(akin::duplicates::sum) - cut.train.x).norm() == 0);
    }
  }
}
