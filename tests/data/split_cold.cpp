#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include <akin/data/split_cold.hpp>
#include <akin/data/synthetic.hpp>

#include "support/catch.hpp"

namespace {

using akin::interaction_log;
using ids = std::set<std::int32_t>;

akin::sparse_matrix<float> clicks() {
  auto x = akin::synthetic::power_law_clicks<float>({.users = 60, .items = 40, .interactions = 700, .seed = 4});
  for (Eigen::Index cell = 0; cell < x.nonZeros(); ++cell) x.valuePtr()[cell] = static_cast<float>(cell + 1);
  return x;
}

template <class Matrix>
ids columns_of(const Matrix& x) {
  return ids(x.innerIndexPtr(), x.innerIndexPtr() + x.nonZeros());
}

template <class Matrix>
ids rows_of(const Matrix& x) {
  ids rows;
  for (Eigen::Index row = 0; row < x.rows(); ++row)
    if (x.outerIndexPtr()[row + 1] > x.outerIndexPtr()[row]) rows.insert(static_cast<std::int32_t>(row));
  return rows;
}

ids ids_of(std::span<const std::int32_t> column) { return ids(column.begin(), column.end()); }

bool disjoint(const ids& a, const ids& b) {
  return std::none_of(a.begin(), a.end(), [&](std::int32_t id) { return b.count(id) != 0; });
}

// Every cell of the whole is in exactly one of the parts, with its value.
template <class Matrix, class... Parts>
void check_partition(const Matrix& whole, const Parts&... parts) {
  Matrix sum(whole.rows(), whole.cols());
  ((sum = Matrix(sum + parts)), ...);
  CHECK((parts.nonZeros() + ...) == whole.nonZeros());
  REQUIRE(sum.nonZeros() == whole.nonZeros());
  CHECK(std::equal(sum.valuePtr(), sum.valuePtr() + sum.nonZeros(), whole.valuePtr()));
  CHECK(std::equal(sum.innerIndexPtr(), sum.innerIndexPtr() + sum.nonZeros(), whole.innerIndexPtr()));
}

// Twelve users with 10 lines each; line i has value i + 1.
interaction_log log_of_twelve() {
  std::vector<std::int32_t> users, items;
  std::vector<float> values;
  for (std::int32_t line = 0; line < 120; ++line) {
    users.push_back(line % 12);
    items.push_back(line % 7);
    values.push_back(static_cast<float>(line + 1));
  }
  return interaction_log({.users = users, .items = items, .values = values});
}

}  // namespace

TEST_CASE("split_cold_items: the training has none of the items of the test") {
  const auto x = clicks();
  const auto occurring = columns_of(x).size();
  const auto [train, test] = akin::split_cold_items(x, {.test_fraction = 0.25, .seed = 2});
  check_partition(x, train, test);
  CHECK(disjoint(columns_of(train), columns_of(test)));
  CHECK(columns_of(test).size() == static_cast<std::size_t>(0.25 * static_cast<double>(occurring) + 0.5));
  CHECK(akin::split_cold_items(x, {.test_fraction = 0.25, .seed = 2}).test.isApprox(test));
  CHECK_FALSE(columns_of(akin::split_cold_items(x, {.test_fraction = 0.25, .seed = 3}).test) == columns_of(test));

  const auto log = log_of_twelve();
  const auto parts = akin::split_cold_items(log, {.test_fraction = 0.3});
  CHECK(ids_of(parts.test.items()).size() == 2);
  CHECK(disjoint(ids_of(parts.train.items()), ids_of(parts.test.items())));
  CHECK(parts.train.size() + parts.test.size() == 120);
  CHECK(parts.test.shared_item_ids() == log.shared_item_ids());
}

TEST_CASE("split_cold_users: the training has none of the users of the test") {
  const auto x = clicks();
  const auto [train, test] = akin::split_cold_users(x, {.test_fraction = 0.25, .seed = 2});
  check_partition(x, train, test);
  CHECK(disjoint(rows_of(train), rows_of(test)));
  CHECK(rows_of(test).size() == static_cast<std::size_t>(0.25 * static_cast<double>(rows_of(x).size()) + 0.5));

  const auto log = log_of_twelve();
  const auto parts = akin::split_cold_users(log, {.test_fraction = 0.25});
  CHECK(ids_of(parts.test.users()).size() == 3);
  CHECK(parts.test.size() == 30);
  CHECK(disjoint(ids_of(parts.train.users()), ids_of(parts.test.users())));
  CHECK(parts.train.shared_user_ids() == log.shared_user_ids());
}

TEST_CASE("both sides of a cold split have something, however small the fraction") {
  akin::sparse_matrix<double, std::int64_t> x(3, 5);
  x.insert(0, 1) = 1;
  x.insert(2, 4) = 2;
  x.makeCompressed();
  for (const double fraction : {0.001, 0.5, 0.999}) {
    CAPTURE(fraction);
    CHECK(akin::split_cold_items(x, {.test_fraction = fraction}).test.nonZeros() == 1);
    CHECK(akin::split_cold_users(x, {.test_fraction = fraction}).test.nonZeros() == 1);
  }
}

TEST_CASE("each item is as likely as another to be cold") {
  const auto log = log_of_twelve();
  std::vector<int> drawn(7);
  for (std::uint64_t seed = 0; seed < 700; ++seed)
    for (const auto item : ids_of(akin::split_cold_items(log, {.test_fraction = 0.3, .seed = seed}).test.items()))
      ++drawn[static_cast<std::size_t>(item)];
  for (const int times : drawn) {
    CHECK(times > 200 - 60);  // five standard deviations of a binomial count
    CHECK(times < 200 + 60);
  }
}

TEST_CASE("split_unseen_users: users apart, and of each unseen one a part held out") {
  const auto x = clicks();
  const auto [train, validation_known, validation_held_out, test_known, test_held_out] =
      akin::split_unseen_users(x, {.test_fraction = 0.2, .validation_fraction = 0.1, .seed = 5});
  check_partition(x, train, validation_known, validation_held_out, test_known, test_held_out);
  const auto users = static_cast<double>(rows_of(x).size());
  CHECK(rows_of(test_known).size() == static_cast<std::size_t>(0.2 * users + 0.5));
  CHECK(rows_of(validation_known).size() == static_cast<std::size_t>(0.1 * users + 0.5));
  CHECK(disjoint(rows_of(train), rows_of(test_known)));
  CHECK(disjoint(rows_of(train), rows_of(validation_known)));
  CHECK(disjoint(rows_of(validation_known), rows_of(test_known)));
  for (const auto user : rows_of(test_known)) CHECK(test_held_out.row(user).nonZeros() == x.row(user).nonZeros() / 5);
  for (const auto user : rows_of(validation_known))
    CHECK(validation_held_out.row(user).nonZeros() == x.row(user).nonZeros() / 5);
}

TEST_CASE("split_unseen_users of a log, without validation") {
  const auto log = log_of_twelve();
  const auto parts =
      akin::split_unseen_users(log, {.test_fraction = 0.25, .validation_fraction = 0, .held_out_fraction = 0.29});
  CHECK(parts.train.size() == 90);
  CHECK(parts.validation_known.empty());
  CHECK(parts.validation_held_out.empty());
  CHECK(parts.test_known.size() == 24);
  CHECK(parts.test_held_out.size() == 6);
  CHECK(ids_of(parts.test_known.users()) == ids_of(parts.test_held_out.users()));
  CHECK(disjoint(ids_of(parts.train.users()), ids_of(parts.test_known.users())));
  std::set<float> values;
  for (const auto* part : {&parts.train, &parts.test_known, &parts.test_held_out})
    values.insert(part->values().begin(), part->values().end());
  CHECK(values.size() == 120);
  CHECK(parts.test_held_out.shared_user_ids() == log.shared_user_ids());
}

TEST_CASE("splits by users and items refuse what they cannot do") {
  const auto x = clicks();
  const akin::sparse_matrix<float> empty(3, 3);
  CHECK_THROWS_WITH(akin::split_cold_items(x, {.test_fraction = 1}),
                    "split_cold_items: test_fraction must be above 0 and below 1, got 1");
  CHECK_THROWS_AS(akin::split_cold_users(x, {.test_fraction = std::numeric_limits<double>::quiet_NaN()}),
                  std::invalid_argument);
  CHECK_THROWS_WITH(akin::split_cold_items(empty),
                    "split_cold_items: there must be at least 2 items with interactions, got 0");
  CHECK_THROWS_WITH(akin::split_cold_users(interaction_log({.users = {4}, .items = {0}})),
                    "split_cold_users: there must be at least 2 users with interactions, got 1");
  CHECK_THROWS_WITH(akin::split_unseen_users(x, {.test_fraction = 0}),
                    "split_unseen_users: test_fraction must be above 0 and below 1, got 0");
  CHECK_THROWS_WITH(akin::split_unseen_users(x, {.validation_fraction = -0.5}),
                    "split_unseen_users: validation_fraction must be at least 0 and below 1, got -0.5");
  CHECK_THROWS_WITH(akin::split_unseen_users(x, {.held_out_fraction = 1}),
                    "split_unseen_users: held_out_fraction must be above 0 and below 1, got 1");
  CHECK_THROWS_WITH(akin::split_unseen_users(log_of_twelve(), {.test_fraction = 0.5, .validation_fraction = 0.5}),
                    "split_unseen_users: users to train on must be left, got 12 users of whom 6 are for the test and 6 "
                    "for validation");
  CHECK_THROWS_AS(akin::split_unseen_users(empty), std::invalid_argument);
  const std::vector<std::int32_t> offsets = {0, 2, 4}, columns = {0, 900000, 1, 2};
  const std::vector<float> values = {1, 1, 1, 1};
  const Eigen::Map<const akin::sparse_matrix<float>> far(2, 3, 4, offsets.data(), columns.data(), values.data());
  CHECK_THROWS_WITH(akin::split_cold_items(far),
                    "split_cold_items: column ids must be ascending, unique and below 3, got 900000 after 0 in row 0");
  auto loose = x;
  loose.uncompress();
  CHECK_THROWS_WITH(akin::split_cold_users(loose),
                    "split_cold_users: the sparse matrix must be compressed, call makeCompressed() first");
}
