#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <akin/evaluation/by_group.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/metrics/area_under_curve.hpp>
#include <akin/metrics/ranking.hpp>

#include "evaluation/cases.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

using groups_type = std::vector<std::int32_t>;

void check_equal(const akin::metric_result& x, const akin::metric_result& y) {
  CHECK(x.mean == y.mean);
  CHECK(x.standard_error == y.standard_error);
  CHECK(x.count == y.count);
}

// Mean and standard error in two passes.
akin::metric_result reference(const std::vector<double>& values) {
  akin::metric_result result;
  result.count = static_cast<std::int64_t>(values.size());
  const auto count = static_cast<double>(values.size());
  for (const double value : values) result.mean += value / count;
  double squares = 0;
  for (const double value : values) squares += (value - result.mean) * (value - result.mean);
  if (result.count > 1) result.standard_error = std::sqrt(squares / (count - 1) / count);
  return result;
}

}  // namespace

TEST_CASE("groups by hand") {
  const akin::per_user_values<std::int64_t, 2> values{{0, 1, 3, 4, 6, 7},
                                                      {{1, 0}, {0, 0.5}, {0.5, 0.5}, {0.25, 1}, {0.75, 1}, {1, 0}}};
  // Group 1 has nobody who was evaluated, group 2 is users 3, 4 and 6, group 3 is user 7; user 1 is in none.
  const groups_type groups{0, -1, 1, 2, 2, -1, 2, 3};
  const auto result = akin::by_group(values, groups);
  REQUIRE(result.groups.size() == 4);
  CHECK(result.users_without_group == 1);
  CHECK(result.groups[0][0].mean == 1);
  CHECK(result.groups[0][0].count == 1);
  CHECK(result.groups[0][0].standard_error == 0);
  CHECK(result.groups[1][0].count == 0);
  CHECK(result.groups[1][1].mean == 0);
  CHECK(result.groups[2][0].mean == 0.5);
  CHECK(result.groups[2][0].count == 3);
  CHECK(result.groups[2][0].standard_error == Approx(0.25 / std::sqrt(3.0)).epsilon(1e-14));
  CHECK(result.groups[2][1].mean == Approx(2.5 / 3).epsilon(1e-14));
  CHECK(result.groups[3][1].mean == 0);
  // Groups 0 and 3 are alike: the first counts. A group of one has no standard error, and so has the gap.
  CHECK(result.gaps[0].gap == 0.5);
  CHECK(result.gaps[0].highest == 0);
  CHECK(result.gaps[0].lowest == 2);
  CHECK(result.gaps[0].standard_error == 0);
  CHECK(result.gaps[1].gap == Approx(2.5 / 3).epsilon(1e-14));
  CHECK(result.gaps[1].highest == 2);
  CHECK(result.gaps[1].lowest == 0);
}

TEST_CASE("the gap's standard error is that of the difference of two independent means") {
  const akin::per_user_values<std::int32_t, 1> values{{0, 1, 2, 3, 4}, {{1}, {3}, {0}, {0}, {0.9}}};
  const auto result = akin::by_group(values, groups_type{1, 1, 0, 0, 0});
  CHECK(result.gaps[0].gap == Approx(1.7));
  CHECK(result.gaps[0].highest == 1);
  CHECK(result.gaps[0].lowest == 0);
  CHECK(result.gaps[0].standard_error == Approx(std::sqrt(1 + 0.09)));  // variances of the means: 2 / 2 and 0.27 / 3
}

TEST_CASE("groups of a model's users: a mean for each, whatever the threads") {
  const std::uint64_t seed = 71;
  INFO("seed " << seed);
  const int users = 200;
  const auto drawn = draw_case(seed, users, 25);
  const akin::random_stream random(seed, 9);
  groups_type groups(users), together(users);
  for (std::size_t u = 0; u < groups.size(); ++u) groups[u] = static_cast<std::int32_t>(random.below(u, 6)) - 1;
  const auto each =
      akin::per_user(execution::seq, drawn.model, drawn.train, drawn.test, metrics::ndcg{5}, metrics::auc{});
  const auto one = akin::by_group(each, groups);
  REQUIRE(one.groups.size() == 5);
  std::int64_t left = static_cast<std::int64_t>(each.users.size()) - one.users_without_group;
  for (std::size_t m = 0; m < 2; ++m) {
    double highest = -1, lowest = 2;
    for (std::size_t g = 0; g < 5; ++g) {
      std::vector<double> mine;
      for (std::size_t i = 0; i < each.users.size(); ++i)
        if (groups[static_cast<std::size_t>(each.users[i])] == static_cast<std::int32_t>(g))
          mine.push_back(each.values[i][m]);
      const auto expected = reference(mine);
      REQUIRE(expected.count > 5);
      CHECK(one.groups[g][m].count == expected.count);
      CHECK(one.groups[g][m].mean == Approx(expected.mean).epsilon(1e-12));
      CHECK(one.groups[g][m].standard_error == Approx(expected.standard_error).epsilon(1e-12));
      highest = std::max(highest, expected.mean);
      lowest = std::min(lowest, expected.mean);
      if (m == 0) left -= expected.count;
    }
    CHECK(one.gaps[m].gap == Approx(highest - lowest).epsilon(1e-12));
    CHECK(one.groups[static_cast<std::size_t>(one.gaps[m].highest)][m].mean == Approx(highest).epsilon(1e-12));
    CHECK(one.groups[static_cast<std::size_t>(one.gaps[m].lowest)][m].mean == Approx(lowest).epsilon(1e-12));
    CHECK(one.gaps[m].standard_error > 0);
  }
  CHECK(left == 0);
  for (const int threads : {1, 2, 3}) {
    const auto many = akin::by_group(akin::per_user(execution::par.threads(threads), drawn.model, drawn.train,
                                                    drawn.test, metrics::ndcg{5}, metrics::auc{}),
                                     groups);
    for (std::size_t m = 0; m < 2; ++m) {
      for (std::size_t g = 0; g < 5; ++g) check_equal(many.groups[g][m], one.groups[g][m]);
      CHECK(many.gaps[m].gap == one.gaps[m].gap);
      CHECK(many.gaps[m].standard_error == one.gaps[m].standard_error);
      CHECK(many.gaps[m].highest == one.gaps[m].highest);
      CHECK(many.gaps[m].lowest == one.gaps[m].lowest);
    }
  }
  // One group of all is what evaluate says.
  const auto all = akin::by_group(each, together);
  const auto means =
      akin::evaluate(execution::par, drawn.model, drawn.train, drawn.test, metrics::ndcg{5}, metrics::auc{});
  REQUIRE(all.groups.size() == 1);
  for (std::size_t m = 0; m < 2; ++m) {
    CHECK(all.groups[0][m].mean == Approx(means[m].mean).epsilon(1e-12));
    CHECK(all.groups[0][m].standard_error == Approx(means[m].standard_error).epsilon(1e-12));
    CHECK(all.groups[0][m].count == means[m].count);
    CHECK(all.gaps[m].gap == 0);
    CHECK(all.gaps[m].highest == 0);
    CHECK(all.gaps[m].lowest == 0);
  }
}

TEST_CASE("nobody, no groups, one user") {
  const akin::per_user_values<std::int32_t, 1> nobody, one{{1}, {{0.5}}};
  const auto nothing = akin::by_group(nobody, {});
  CHECK(nothing.groups.empty());
  CHECK(nothing.gaps[0].highest == -1);
  CHECK(nothing.gaps[0].lowest == -1);
  CHECK(nothing.gaps[0].gap == 0);
  const auto empty = akin::by_group(nobody, groups_type{0, 2});
  REQUIRE(empty.groups.size() == 3);
  CHECK(empty.groups[2][0].count == 0);
  CHECK(empty.gaps[0].highest == -1);
  const auto ungrouped = akin::by_group(one, groups_type{-1, -1});
  CHECK(ungrouped.groups.empty());
  CHECK(ungrouped.users_without_group == 1);
  const auto single = akin::by_group(one, groups_type{0, 1});
  REQUIRE(single.groups.size() == 2);
  CHECK(single.groups[1][0].mean == 0.5);
  CHECK(single.groups[1][0].standard_error == 0);
  CHECK(single.gaps[0].highest == 1);
  CHECK(single.gaps[0].lowest == 1);
  CHECK(single.gaps[0].gap == 0);
}

TEST_CASE("groups that cannot be are refused") {
  const akin::per_user_values<std::int64_t, 1> values{{0, 2}, {{1}, {0}}};
  CHECK_THROWS_WITH(akin::by_group(values, groups_type{0, 0}),
                    "by_group: group_of_user must hold the group of each evaluated user, got 2 entries and user 2");
  CHECK_THROWS_WITH(akin::by_group(values, groups_type{0, -2, 0}),
                    "by_group: a group must be an id or -1 for none, got -2 of user 1");
  const akin::per_user_values<std::int32_t, 1> negative{{-1}, {{1}}}, few{{0, 1}, {{1}}},
      bad{{1}, {{std::numeric_limits<double>::quiet_NaN()}}};
  CHECK_THROWS_WITH(akin::by_group(negative, groups_type{0}), contains("got 1 entries and user -1"));
  CHECK_THROWS_WITH(akin::by_group(few, groups_type{0, 0}),
                    "by_group: users and values must be equally many, got 2 "
                    "and 1");
  CHECK_THROWS_WITH(akin::by_group(bad, groups_type{0, 0}), "by_group: values must be finite, got nan of user 1");
}
