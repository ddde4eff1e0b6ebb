#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <akin/data/split_folds.hpp>
#include <akin/data/synthetic.hpp>

#include "support/catch.hpp"

namespace {

using akin::interaction_log;
using lines = std::vector<int>;

// Line 0 has value 1, line 1 has value 2, …
interaction_log log_at(std::vector<std::int64_t> times) {
  std::vector<std::int32_t> users, items;
  std::vector<float> values;
  for (std::size_t line = 0; line < times.size(); ++line) {
    users.push_back(static_cast<std::int32_t>(line % 4));
    items.push_back(static_cast<std::int32_t>(line % 3));
    values.push_back(static_cast<float>(line + 1));
  }
  return interaction_log({.users = users, .items = items, .values = values, .times = std::move(times)});
}

lines lines_of(const interaction_log& log) {
  lines result;
  for (const float value : log.values()) result.push_back(static_cast<int>(value) - 1);
  return result;
}

akin::sparse_matrix<float> clicks() {
  auto x = akin::synthetic::power_law_clicks<float>({.users = 60, .items = 40, .interactions = 703, .seed = 4});
  for (Eigen::Index cell = 0; cell < x.nonZeros(); ++cell) x.valuePtr()[cell] = static_cast<float>(cell + 1);
  return x;
}

}  // namespace

TEST_CASE("split_k_fold tests each cell exactly once") {
  const auto x = clicks();
  const auto folds = akin::split_k_fold(x, {.folds = 5, .seed = 3});
  REQUIRE(folds.size() == 5);
  std::vector<int> tested(703);
  for (const auto& [train, test] : folds) {
    CHECK((test.nonZeros() == 140 || test.nonZeros() == 141));
    CHECK(train.nonZeros() + test.nonZeros() == 703);
    REQUIRE(train.rows() == x.rows());
    REQUIRE(test.cols() == x.cols());
    const akin::sparse_matrix<float> sum = train + test;
    REQUIRE(sum.nonZeros() == x.nonZeros());
    CHECK(std::equal(sum.valuePtr(), sum.valuePtr() + sum.nonZeros(), x.valuePtr()));
    for (Eigen::Index cell = 0; cell < test.nonZeros(); ++cell)
      ++tested[static_cast<std::size_t>(test.valuePtr()[cell]) - 1];
  }
  CHECK(std::all_of(tested.begin(), tested.end(), [](int times) { return times == 1; }));
  CHECK(akin::split_k_fold(x, {.folds = 5, .seed = 3})[2].test.isApprox(folds[2].test));
  CHECK_FALSE(akin::split_k_fold(x, {.folds = 5, .seed = 4})[2].test.isApprox(folds[2].test));
}

TEST_CASE("split_k_fold of a log, of double and of 64-bit ids") {
  const auto log = log_at({5, 4, 3, 2, 1, 0, 9});
  lines all;
  for (const auto& [train, test] : akin::split_k_fold(log, {.folds = 7})) {
    CHECK(train.size() == 6);
    REQUIRE(test.size() == 1);
    CHECK(test.shared_user_ids() == log.shared_user_ids());
    CHECK(train.shared_item_ids() == log.shared_item_ids());
    all.push_back(lines_of(test)[0]);
  }
  std::sort(all.begin(), all.end());
  CHECK(all == lines{0, 1, 2, 3, 4, 5, 6});

  akin::sparse_matrix<double, std::int64_t> x(2, 3);
  x.insert(0, 1) = 4;
  x.insert(1, 2) = 5;
  x.makeCompressed();
  const auto folds = akin::split_k_fold(x, {.folds = 2});
  REQUIRE(folds.size() == 2);
  CHECK(folds[0].test.isApprox(folds[1].train));
}

TEST_CASE("split_time_folds: windows one after the other, all before them to train on") {
  const auto log = log_at({70, 10, 20, 30, 40, 50, 60, 0});
  const auto folds = akin::split_time_folds(log, {.folds = 2, .test_fraction = 0.5});
  REQUIRE(folds.size() == 2);
  CHECK(lines_of(folds[0].train) == lines{1, 2, 3, 7});
  CHECK(lines_of(folds[0].test) == lines{4, 5});
  CHECK(lines_of(folds[1].train) == lines{1, 2, 3, 4, 5, 7});
  CHECK(lines_of(folds[1].test) == lines{0, 6});
  CHECK(folds[1].test.shared_user_ids() == log.shared_user_ids());
}

TEST_CASE("split_time_folds never cuts a moment, nor tests a line twice") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const akin::random_stream random(seed);
    std::vector<std::int64_t> times;
    for (std::uint64_t i = 0; i < 300; ++i) times.push_back(static_cast<std::int64_t>(random.below(i, 40 + seed)));
    const auto folds = akin::split_time_folds(log_at(times), {.folds = 4, .test_fraction = 0.6});
    REQUIRE(folds.size() == 4);
    std::size_t before = folds[0].train.size();
    for (const auto& [train, test] : folds) {
      REQUIRE_FALSE(test.empty());
      CHECK(train.size() == before);  // all that is before: the last training and the last test
      before += test.size();
      CHECK(*std::max_element(train.times().begin(), train.times().end()) <
            *std::min_element(test.times().begin(), test.times().end()));
      CHECK(test.size() > 45 - 20);
      CHECK(test.size() < 45 + 20);
    }
    CHECK(before == 300);
  }
}

TEST_CASE("split_time_folds of few moments") {
  const auto folds = akin::split_time_folds(log_at({1, 2, 3}), {.folds = 2, .test_fraction = 0.67});
  CHECK(lines_of(folds[0].test) == lines{1});
  CHECK(lines_of(folds[1].test) == lines{2});
  CHECK(lines_of(akin::split_time_folds(log_at({1, 1, 1, 9}), {.folds = 1, .test_fraction = 0.9})[0].test) == lines{3});
  CHECK_THROWS_WITH(akin::split_time_folds(log_at({1, 1, 2, 2}), {.folds = 2}),
                    "split_time_folds: the log must have moments enough for 2 windows and something before them to "
                    "train on, got 2 of them and nothing for window 2");
  CHECK_THROWS_WITH(akin::split_time_folds(log_at({4, 4, 4}), {.folds = 1}),
                    "split_time_folds: the log must have moments enough for 1 windows and something before them to "
                    "train on, got 1 of them and nothing for window 1");
}

TEST_CASE("folds refuse what they cannot do") {
  const auto log = log_at({1, 2, 3});
  CHECK_THROWS_WITH(akin::split_k_fold(log, {.folds = 1}), "split_k_fold: folds must be at least 2, got 1");
  CHECK_THROWS_WITH(akin::split_k_fold(log, {.folds = 4}),
                    "split_k_fold: folds must be at most the number of interactions, 3, got 4");
  CHECK_THROWS_AS(akin::split_k_fold(akin::sparse_matrix<float>(3, 3)), std::invalid_argument);
  CHECK_THROWS_WITH(akin::split_time_folds(log, {.folds = 0}), "split_time_folds: folds must be positive, got 0");
  CHECK_THROWS_WITH(akin::split_time_folds(log, {.test_fraction = 1}),
                    "split_time_folds: test_fraction must be above 0 and below 1, got 1");
  CHECK_THROWS_WITH(akin::split_time_folds(interaction_log()), "split_time_folds: the log must not be empty");
  const interaction_log timeless({.users = {0, 1}, .items = {0, 1}});
  CHECK_THROWS_WITH(akin::split_time_folds(timeless), "split_time_folds: the log must have times");
}
