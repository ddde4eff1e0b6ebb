#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/data/splits.hpp>
#include <akin/data/synthetic.hpp>

#include "support/catch.hpp"

namespace {

using akin::interaction_log;
using times_type = std::vector<std::int64_t>;

// Values tell the lines apart: line 0 has value 1, line 1 has value 2, …
interaction_log log_of(std::vector<std::int32_t> users, times_type times) {
  std::vector<float> values;
  for (std::size_t line = 0; line < users.size(); ++line) values.push_back(static_cast<float>(line + 1));
  std::vector<std::int32_t> items(users.size());
  for (std::size_t line = 0; line < users.size(); ++line) items[line] = static_cast<std::int32_t>(line % 3);
  return interaction_log(
      {.users = std::move(users), .items = std::move(items), .values = std::move(values), .times = std::move(times)});
}

interaction_log log_at(times_type times) {
  const std::size_t lines = times.size();
  return log_of(std::vector<std::int32_t>(lines), std::move(times));
}

std::vector<int> lines_of(const interaction_log& log) {
  std::vector<int> lines;
  for (const float value : log.values()) lines.push_back(static_cast<int>(value) - 1);
  return lines;
}

using lines = std::vector<int>;

akin::sparse_matrix<float> clicks() {
  auto x = akin::synthetic::power_law_clicks<float>({.users = 60, .items = 40, .interactions = 700, .seed = 4});
  for (Eigen::Index cell = 0; cell < x.nonZeros(); ++cell) x.valuePtr()[cell] = static_cast<float>(cell + 1);
  return x;
}

// Same shape, every cell with its value on exactly one side, columns ascending.
template <class Matrix>
void check_partition(const Matrix& whole, const Matrix& train, const Matrix& test) {
  CHECK(train.isCompressed());
  CHECK(test.isCompressed());
  REQUIRE(train.rows() == whole.rows());
  REQUIRE(train.cols() == whole.cols());
  REQUIRE(test.rows() == whole.rows());
  REQUIRE(test.cols() == whole.cols());
  CHECK(train.nonZeros() + test.nonZeros() == whole.nonZeros());
  const Matrix sum = train + test;
  REQUIRE(sum.nonZeros() == whole.nonZeros());
  CHECK(std::equal(sum.valuePtr(), sum.valuePtr() + sum.nonZeros(), whole.valuePtr()));
  CHECK(std::equal(sum.innerIndexPtr(), sum.innerIndexPtr() + sum.nonZeros(), whole.innerIndexPtr()));
}

void check_partition(const interaction_log& whole, const interaction_log& train, const interaction_log& test) {
  auto all = lines_of(train);
  CHECK(std::is_sorted(all.begin(), all.end()));
  const auto others = lines_of(test);
  CHECK(std::is_sorted(others.begin(), others.end()));
  all.insert(all.end(), others.begin(), others.end());
  std::sort(all.begin(), all.end());
  CHECK(all == lines_of(whole));
  CHECK(train.shared_user_ids() == whole.shared_user_ids());
  CHECK(test.shared_item_ids() == whole.shared_item_ids());
}

int row_size(const akin::sparse_matrix<float>& x, Eigen::Index row) {
  return x.outerIndexPtr()[row + 1] - x.outerIndexPtr()[row];
}

}  // namespace

TEST_CASE("split_by_time puts the latest fraction of the lines into the test") {
  const auto log = log_at({50, 10, 40, 20, 30});
  const auto [train, test] = akin::split_by_time(log, {.test_fraction = 0.4});
  CHECK(lines_of(train) == lines{1, 3, 4});
  CHECK(lines_of(test) == lines{0, 2});
  check_partition(log, train, test);
}

TEST_CASE("split_by_time never cuts a moment in two") {
  // Wanted: 4 of 5 lines to train on; the moment 20 covers the lines 1 to 4 in time order.
  CHECK(lines_of(akin::split_by_time(log_at({10, 20, 20, 20, 30}), {.test_fraction = 0.2}).test) == lines{4});
  // The cut falls inside moment 20: its beginning is 1 line away, its end is 2.
  CHECK(lines_of(akin::split_by_time(log_at({10, 20, 20, 20, 30}), {.test_fraction = 0.6}).test) == lines{1, 2, 3, 4});
  CHECK(lines_of(akin::split_by_time(log_at({10, 20, 20, 20, 30}), {.test_fraction = 0.4}).test) == lines{4});
  // What would leave a side empty is not taken, however near.
  CHECK(lines_of(akin::split_by_time(log_at({10, 10, 10, 10, 30}), {.test_fraction = 0.9}).test) == lines{4});
  CHECK(lines_of(akin::split_by_time(log_at({10, 30, 30, 30, 30}), {.test_fraction = 0.1}).test) == lines{1, 2, 3, 4});
}

TEST_CASE("split_by_time at a moment: its lines are the first of the test") {
  const auto log = log_at({-5, 0, 7, 7, 9});
  CHECK(lines_of(akin::split_by_time(log, {.moment = 7}).test) == lines{2, 3, 4});
  CHECK(lines_of(akin::split_by_time(log, {.moment = 8}).test) == lines{4});
  CHECK(lines_of(akin::split_by_time(log, {.moment = -4}).train) == lines{0});
}

TEST_CASE("split_by_time keeps its promises on random times") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const akin::random_stream random(seed);
    times_type times;
    for (std::uint64_t i = 0; i < 200; ++i) times.push_back(static_cast<std::int64_t>(random.below(i, 5 * seed)));
    const auto log = log_at(times);
    const auto [train, test] = akin::split_by_time(log, {.test_fraction = 0.3});
    check_partition(log, train, test);
    REQUIRE_FALSE(train.empty());
    REQUIRE_FALSE(test.empty());
    const auto first = *std::min_element(test.times().begin(), test.times().end());
    CHECK(*std::max_element(train.times().begin(), train.times().end()) < first);
    const auto distance = [](double size) { return std::abs(size - 60); };
    for (const auto moment : times) {  // no other moment comes nearer
      const auto later = std::count_if(times.begin(), times.end(), [&](auto time) { return time >= moment; });
      if (later < 200) CHECK(distance(static_cast<double>(test.size())) <= distance(static_cast<double>(later)));
    }
  }
}

TEST_CASE("split_by_time refuses what it cannot do") {
  const auto log = log_at({1, 2, 3});
  for (const double fraction : {0.0, 1.0, -0.5, 2.0})
    CHECK_THROWS_AS(akin::split_by_time(log, {.test_fraction = fraction}), std::invalid_argument);
  CHECK_THROWS_WITH(akin::split_by_time(log, {.test_fraction = 1.5}),
                    "split_by_time: test_fraction must be above 0 and below 1, got 1.5");
  CHECK_THROWS_AS(akin::split_by_time(log, {.test_fraction = std::numeric_limits<double>::quiet_NaN()}),
                  std::invalid_argument);
  CHECK_THROWS_WITH(akin::split_by_time(interaction_log()), "split_by_time: the log must not be empty");
  CHECK_THROWS_WITH(akin::split_by_time(log_of({0, 1}, {})), "split_by_time: the log must have times");
  CHECK_THROWS_WITH(akin::split_by_time(log_at({4, 4, 4})),
                    "split_by_time: the log must have more than one moment, got 3 lines of one");
  CHECK_THROWS_WITH(akin::split_by_time(log, {.moment = 1}),
                    "split_by_time: moment must leave lines before and after it, got 1");
  CHECK_THROWS_WITH(akin::split_by_time(log, {.moment = 4}),
                    "split_by_time: moment must leave lines before and after it, got 4");
}

TEST_CASE("split_random divides the cells") {
  const auto x = clicks();
  const auto [train, test] = akin::split_random(x, {.test_fraction = 0.25, .seed = 9});
  CHECK(test.nonZeros() == 175);
  check_partition(x, train, test);
  CHECK(akin::split_random(x, {.test_fraction = 0.25, .seed = 9}).test.isApprox(test));
  CHECK_FALSE(akin::split_random(x, {.test_fraction = 0.25, .seed = 10}).test.isApprox(test));
  CHECK(akin::split_random(x, {.test_fraction = 0.0001}).test.nonZeros() == 0);
}

TEST_CASE("each cell is as likely as another to be test") {
  const auto x = clicks();
  Eigen::VectorXd drawn = Eigen::VectorXd::Zero(700);
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const auto test = akin::split_random(x, {.test_fraction = 0.3, .seed = seed}).test;
    for (Eigen::Index cell = 0; cell < test.nonZeros(); ++cell) drawn[static_cast<int>(test.valuePtr()[cell]) - 1] += 1;
  }
  CHECK(drawn.minCoeff() > 400 * 0.3 - 5 * 9.2);  // five standard deviations of a binomial count
  CHECK(drawn.maxCoeff() < 400 * 0.3 + 5 * 9.2);
}

TEST_CASE("split_random divides the lines of a log") {
  const auto log = log_of({0, 0, 1, 1, 2, 2, 2, 0, 1, 2}, {});
  const auto [train, test] = akin::split_random(log, {.test_fraction = 0.3, .seed = 2});
  CHECK(test.size() == 3);
  check_partition(log, train, test);
}

TEST_CASE("split_per_user takes a part of each user's cells, rounded down") {
  const auto x = clicks();
  const auto [train, test] = akin::split_per_user(x, {.test_fraction = 0.2, .seed = 3});
  check_partition(x, train, test);
  for (Eigen::Index user = 0; user < x.rows(); ++user) CHECK(row_size(test, user) == row_size(x, user) / 5);

  akin::sparse_matrix<double> hundred(1, 100);
  for (int item = 0; item < 100; ++item) hundred.insert(0, item) = item + 1;
  hundred.makeCompressed();
  CHECK(akin::split_per_user(hundred, {.test_fraction = 0.29}).test.nonZeros() == 29);

  CHECK(akin::split_per_user(hundred, {.test_fraction = 1 - 1e-15}).train.nonZeros() == 1);

  const auto log = log_of({5, 0, 5, 5, 0, 5, 5, 1}, {});
  const auto parts = akin::split_per_user(log, {.test_fraction = 0.5});
  check_partition(log, parts.train, parts.test);
  CHECK(parts.test.size() == 3);
}

TEST_CASE("split_leave_out takes its count from those who have more") {
  const auto x = clicks();
  for (const int count : {1, 3, 10}) {
    CAPTURE(count);
    const auto [train, test] = akin::split_leave_out(x, {.count = count, .seed = 9});
    check_partition(x, train, test);
    for (Eigen::Index user = 0; user < x.rows(); ++user)
      CHECK(row_size(test, user) == (row_size(x, user) > count ? count : 0));
  }
  const auto log = log_of({2, 0, 2, 0, 2, 1}, {});
  const auto parts = akin::split_leave_out(log, {.count = 1});
  check_partition(log, parts.train, parts.test);
  CHECK(parts.test.size() == 2);
}

TEST_CASE("split_leave_last takes the latest lines of each user") {
  const auto log = log_of({0, 1, 0, 0, 1, 2, 0}, {30, 5, 10, 20, 4, 9, 30});
  const auto [train, test] = akin::split_leave_last(log, {.count = 1});
  check_partition(log, train, test);
  CHECK(lines_of(test) == lines{1, 6});  // of user 0 the later of the two lines at time 30; user 2 has one line only
  CHECK(lines_of(akin::split_leave_last(log, {.count = 3}).test) == lines{0, 3, 6});
}

TEST_CASE("maps, double and 64-bit ids can be split") {
  akin::sparse_matrix<double, std::int64_t> x(2, 3);
  x.insert(0, 1) = 4;
  x.insert(1, 2) = 5;
  x.makeCompressed();
  const Eigen::Map<const akin::sparse_matrix<double, std::int64_t>> map(2, 3, 2, x.outerIndexPtr(), x.innerIndexPtr(),
                                                                        x.valuePtr());
  const auto [train, test] = akin::split_random(map, {.test_fraction = 0.5});
  static_assert(std::is_same_v<std::remove_const_t<decltype(train)>, akin::sparse_matrix<double, std::int64_t>>);
  CHECK(train.nonZeros() == 1);
  check_partition<akin::sparse_matrix<double, std::int64_t>>(x, train, test);
}

TEST_CASE("the other splits refuse what they cannot do") {
  const auto x = clicks();
  const akin::sparse_matrix<float> empty(3, 3);
  CHECK_THROWS_WITH(akin::split_random(x, {.test_fraction = 1}),
                    "split_random: test_fraction must be above 0 and below 1, got 1");
  CHECK_THROWS_WITH(akin::split_random(interaction_log(), {.test_fraction = 0.2}),
                    "split_random: there must be something to split, got nothing");
  CHECK_THROWS_WITH(akin::split_random(empty), "split_random: there must be something to split, got nothing");
  CHECK_THROWS_WITH(akin::split_per_user(x, {.test_fraction = 0}),
                    "split_per_user: test_fraction must be above 0 and below 1, got 0");
  CHECK_THROWS_WITH(akin::split_per_user(empty), "split_per_user: there must be something to split, got nothing");
  CHECK_THROWS_WITH(akin::split_leave_out(x, {.count = 0}), "split_leave_out: count must be positive, got 0");
  CHECK_THROWS_WITH(akin::split_leave_out(empty), "split_leave_out: there must be something to split, got nothing");
  CHECK_THROWS_WITH(akin::split_leave_last(log_at({1}), {.count = 0}),
                    "split_leave_last: count must be positive, got 0");
  CHECK_THROWS_WITH(akin::split_leave_last(log_of({0}, {})), "split_leave_last: the log must have times");
  CHECK_THROWS_WITH(akin::split_leave_last(interaction_log()), "split_leave_last: the log must not be empty");
  auto loose = x;
  loose.uncompress();
  CHECK_THROWS_WITH(akin::split_random(loose),
                    "split_random: the sparse matrix must be compressed, call makeCompressed() first");
}

TEST_CASE("maps of arrays that are no matrix are refused before anything is drawn") {
  using map_type = Eigen::Map<const akin::sparse_matrix<float>>;
  const std::vector<std::int32_t> offsets = {0, 2, 4}, columns = {0, 1, 1, 2}, far_offsets = {0, 9000, 4},
                                  far_columns = {0, 900000, 1, 2};
  const std::vector<float> values = {1, 1, 1, 1};
  const map_type bad_offsets(2, 3, 4, far_offsets.data(), columns.data(), values.data()),
      bad_columns(2, 3, 4, offsets.data(), far_columns.data(), values.data());
  CHECK_THROWS_WITH(akin::split_random(bad_offsets),
                    "split_random: the offsets of the rows must ascend from 0, got 9000 to 4 for row 1");
  CHECK_THROWS_WITH(akin::split_per_user(bad_columns),
                    "split_per_user: column ids must be ascending, unique and below 3, got 900000 after 0 in row 0");
  CHECK_THROWS_AS(akin::split_leave_out(bad_offsets), std::invalid_argument);
}
