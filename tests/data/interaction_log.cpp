#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/data/interaction_log.hpp>

#include "data/reading.hpp"
#include "support/catch.hpp"

using akin::duplicates;
using akin::interaction_arrays;
using akin::interaction_log;

namespace {

std::shared_ptr<const akin::id_map> names(std::initializer_list<const char*> list) {
  akin::id_map ids;
  for (const char* name : list) ids.insert(name);
  return std::make_shared<const akin::id_map>(ids);
}

/// Three users, three items; (0, 1) occurs three times, its latest line is the second.
interaction_log small() {
  return interaction_log({.users = {0, 1, 0, 0, 0, 1},
                          .items = {1, 2, 1, 1, 0, 0},
                          .values = {2, 5, 7, -4, 1, 6},
                          .times = {10, 20, 40, 30, 50, 60},
                          .user_ids = names({"u0", "u1", "u2"}),
                          .item_ids = names({"i0", "i1", "i2"})});
}

std::string refusal(interaction_arrays columns) {
  return message<std::invalid_argument>([&] { return interaction_log(std::move(columns)); });
}

}  // namespace

TEST_CASE("a log without lines") {
  const interaction_log log;
  CHECK(log.empty());
  CHECK(log.has_times());
  CHECK(log.user_ids().empty());
  const auto matrix = log.matrix(duplicates::sum);
  CHECK(matrix.rows() == 0);
  CHECK(matrix.cols() == 0);
  const interaction_log named({.user_ids = names({"a"}), .item_ids = names({"x", "y"})});
  CHECK(named.matrix(duplicates::last).rows() == 1);
  CHECK(named.matrix(duplicates::last).cols() == 2);
  CHECK(named.matrix(duplicates::last).nonZeros() == 0);
}

TEST_CASE("columns that the source has not") {
  const interaction_log log({.users = {0, 2}, .items = {4, 0}});
  CHECK(std::vector<float>(log.values().begin(), log.values().end()) == std::vector<float>{1, 1});
  CHECK_FALSE(log.has_times());
  CHECK_FALSE(log.has_events());
  CHECK(log.times().empty());
  CHECK(log.event_ids().empty());
  CHECK(log.user_ids().size() == 3);
  CHECK(log.item_ids().size() == 5);
  CHECK(log.item_ids().name_of(4) == "4");
}

TEST_CASE("columns that do not fit are refused") {
  CHECK(refusal({.users = {0, 1}, .items = {0}}) ==
        "interaction_log: items must have as many elements as users, 2, got 1");
  CHECK(refusal({.users = {0}, .items = {0}, .values = {1, 2}}) ==
        "interaction_log: values must have as many elements as users, 1, got 2");
  CHECK(refusal({.users = {0}, .items = {0}, .times = {1, 2}}) ==
        "interaction_log: times must have as many elements as users, 1, got 2");
  CHECK(refusal({.users = {0}, .items = {0}, .events = {0, 0}}) ==
        "interaction_log: events must have as many elements as users, 1, got 2");
  CHECK(refusal({.users = {0, 1}, .items = {0, 0}, .user_ids = names({"a"})}) ==
        "interaction_log: users must be below the number of names, 1, got 1");
  CHECK(refusal({.users = {0}, .items = {-1}}) == "interaction_log: items must not be negative, got -1");
  CHECK(refusal({.users = {0}, .items = {0}, .events = {3}, .event_ids = names({"buy"})}) ==
        "interaction_log: events must be below the number of names, 1, got 3");
  CHECK(refusal({.users = {std::numeric_limits<std::int32_t>::max()}, .items = {0}}) ==
        "interaction_log: users without names must be below 4194304 in 1 lines, got 2147483647");
  CHECK(refusal({.users = {0, 0}, .items = {0, 0}, .values = {1, std::nanf("")}}) ==
        "interaction_log: values must be finite, got nan in line 1");
  CHECK(refusal({.users = {0}, .items = {0}, .values = {-std::numeric_limits<float>::infinity()}}) ==
        "interaction_log: values must be finite, got -inf in line 0");
}

TEST_CASE("a stray number takes no memory") {
  CHECK(refusal({.users = {7, 2000000000}, .items = {1, 2}}) ==
        "interaction_log: users without names must be below 4194304 in 2 lines, got 2000000000");
  CHECK(refusal({.users = {0}, .items = {4194304}}) ==
        "interaction_log: items without names must be below 4194304 in 1 lines, got 4194304");
  CHECK(refusal({.users = {0}, .items = {0}, .events = {2000000000}}) ==
        "interaction_log: events without names must be below 4194304 in 1 lines, got 2000000000");
  CHECK(refusal({.users = {-1}, .items = {0}, .user_ids = names({})}) ==
        "interaction_log: users must not be negative, got -1");
  CHECK(refusal({.users = {0}, .items = {0}, .user_ids = names({})}) ==
        "interaction_log: users must be below the number of names, 0, got 0");
  CHECK(interaction_log({.users = {1000000}, .items = {0}}).user_ids().size() == 1'000'001);
  // With more lines, more may be numbered.
  std::vector<std::int32_t> users(300'000, 0), items(300'000, 0);
  users.back() = 4'500'000;
  CHECK(interaction_log({.users = users, .items = items}).user_ids().size() == 4'500'001);
  users.back() = 4'800'000;
  CHECK(refusal({.users = users, .items = items}) ==
        "interaction_log: users without names must be below 4800000 in 300000 lines, got 4800000");
}

TEST_CASE("numbers as names") {
  CHECK(akin::numbered_ids(0).empty());
  CHECK(akin::numbered_ids(12).name_of(11) == "11");
  CHECK(message<std::invalid_argument>([] { return akin::numbered_ids(-1); }) ==
        "numbered_ids: count must not be negative, got -1");
}

TEST_CASE("duplicates become one entry") {
  const interaction_log log = small();
  const auto entry = [&](duplicates how) { return log.matrix(how).coeff(0, 1); };
  CHECK(entry(duplicates::sum) == 5);
  CHECK(entry(duplicates::count) == 3);
  CHECK(entry(duplicates::last) == 7);
  CHECK(entry(duplicates::max) == 7);
  const auto matrix = log.matrix(duplicates::sum);
  CHECK(matrix.isCompressed());
  CHECK(matrix.rows() == 3);
  CHECK(matrix.cols() == 3);
  CHECK(matrix.nonZeros() == 4);
  CHECK(matrix.coeff(0, 0) == 1);
  CHECK(matrix.coeff(1, 2) == 5);
  CHECK(matrix.row(2).nonZeros() == 0);
  CHECK(matrix.innerIndexPtr()[0] == 0);
  CHECK(matrix.innerIndexPtr()[1] == 1);
  static_assert(std::is_same_v<decltype(log.matrix<double>(duplicates::sum)), akin::sparse_matrix<double>>);
}

TEST_CASE("last goes by time, then by position") {
  const auto last = [](std::vector<float> values, std::vector<std::int64_t> times) {
    const std::vector<std::int32_t> zeros(values.size(), 0);
    return interaction_log({.users = zeros, .items = zeros, .values = std::move(values), .times = std::move(times)})
        .matrix(duplicates::last)
        .coeff(0, 0);
  };
  CHECK(last({1, 2, 3}, {}) == 3);
  CHECK(last({1, 2, 3}, {5, 5, 5}) == 3);
  CHECK(last({1, 2, 3}, {9, 5, 5}) == 1);
  CHECK(last({1, 2, 3}, {5, 9, 9}) == 3);
  CHECK(last({1, 2, 3}, {-9, -5, -7}) == 2);
}

TEST_CASE("a pair stays where its sum is 0") {
  const interaction_log log({.users = {0, 0}, .items = {0, 0}, .values = {6, -6}});
  CHECK(log.matrix(duplicates::sum).nonZeros() == 1);
  CHECK(log.matrix(duplicates::sum).coeff(0, 0) == 0);
  CHECK(log.matrix(duplicates::max).coeff(0, 0) == 6);
}

TEST_CASE("sums are taken in double and must fit") {
  const float large = 3e38f;
  const interaction_log log({.users = {0, 0, 0}, .items = {0, 0, 0}, .values = {large, large, -large}});
  CHECK(log.matrix(duplicates::sum).coeff(0, 0) == large);
  const interaction_log too_large({.users = {0, 0},
                                   .items = {0, 0},
                                   .values = {large, large},
                                   .user_ids = names({"anna"}),
                                   .item_ids = names({"mug"})});
  CHECK(message<akin::numeric_error>([&] { return too_large.matrix(duplicates::sum); }) ==
        "interaction_log::matrix: the values of user anna and item mug must have a finite sum, got 6e+38");
  CHECK(too_large.matrix<double>(duplicates::sum).coeff(0, 0) == 2 * static_cast<double>(large));
}

TEST_CASE("selected lines keep their ids and share the maps") {
  const interaction_log log = small();
  const std::vector<std::int64_t> rows = {5, 0, 0};
  const interaction_log part = log.select(rows);
  CHECK(part.size() == 3);
  CHECK(part.users()[0] == 1);
  CHECK(part.items()[1] == 1);
  CHECK(part.values()[2] == 2);
  CHECK(part.times()[0] == 60);
  CHECK(&part.user_ids() == &log.user_ids());
  CHECK(&part.item_ids() == &log.item_ids());
  CHECK(part.matrix(duplicates::count).rows() == 3);
  CHECK(part.matrix(duplicates::count).coeff(0, 1) == 2);
  CHECK(log.select(std::vector<std::size_t>{}).empty());
  CHECK(log.select(std::vector<std::size_t>{}).matrix(duplicates::sum).cols() == 3);
  CHECK(message<std::out_of_range>([&] {
          return log.select(std::vector<std::int64_t>{0, -1});
        }) == "interaction_log::select: rows must be of the log's 6 lines, got -1");
  CHECK(message<std::out_of_range>([&] { return log.select(std::vector<std::size_t>{6}); }) ==
        "interaction_log::select: rows must be of the log's 6 lines, got 6");
}

TEST_CASE("other values for the same lines") {
  const interaction_log log = small();
  const interaction_log halved = log.with_values({1, 2.5f, 3.5f, -2, 0.5f, 3});
  CHECK(halved.matrix(duplicates::sum).coeff(0, 1) == 2.5f);
  CHECK(halved.times()[1] == 20);
  CHECK(&halved.user_ids() == &log.user_ids());
  CHECK(message<std::invalid_argument>([&] { return log.with_values({1}); }) ==
        "interaction_log: values must have as many elements as users, 6, got 1");
  CHECK(message<std::invalid_argument>([&] {
          return log.with_values({1, 2, 3, 4, 5, std::nanf("")});
        }) == "interaction_log: values must be finite, got nan in line 5");
}

TEST_CASE("matrices agree with a map of pairs") {
  constexpr std::uint64_t seed = 3;
  CAPTURE(seed);
  std::uint64_t state = seed;
  const auto next = [&](std::uint64_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::int32_t>((state >> 33) % below);
  };
  interaction_arrays columns;
  struct cell {
    double sum = 0, count = 0, max = -1e9, last = 0;
    std::int64_t time = -1;
  };
  std::map<std::pair<std::int32_t, std::int32_t>, cell> cells;
  for (int line = 0; line < 20'000; ++line) {
    const std::int32_t user = next(1 + static_cast<std::uint64_t>(next(100))), item = next(70);
    const auto value = static_cast<float>(next(11) - 5);
    const std::int64_t time = next(50);
    columns.users.push_back(user), columns.items.push_back(item);
    columns.values.push_back(value), columns.times.push_back(time);
    cell& c = cells[{user, item}];
    const double wide = static_cast<double>(value);
    c.sum += wide, c.count += 1, c.max = std::max(c.max, wide);
    if (time >= c.time) c.time = time, c.last = wide;
  }
  const interaction_log log(std::move(columns));
  const auto sum = log.matrix<double>(duplicates::sum), count = log.matrix<double>(duplicates::count),
             max = log.matrix<double>(duplicates::max), last = log.matrix<double>(duplicates::last);
  CHECK(sum.nonZeros() == static_cast<std::ptrdiff_t>(cells.size()));
  CHECK(last.nonZeros() == sum.nonZeros());
  for (const auto& [pair, c] : cells) {
    const auto [user, item] = pair;
    if (sum.coeff(user, item) != c.sum || count.coeff(user, item) != c.count || max.coeff(user, item) != c.max ||
        last.coeff(user, item) != c.last)
      FAIL("pair " << user << ", " << item);
  }
  for (std::ptrdiff_t user = 0; user < sum.rows(); ++user)
    for (auto i = sum.outerIndexPtr()[user] + 1; i < sum.outerIndexPtr()[user + 1]; ++i)
      if (sum.innerIndexPtr()[i - 1] >= sum.innerIndexPtr()[i]) FAIL("columns must ascend in row " << user);
}
