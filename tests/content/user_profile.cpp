#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

#include <akin/content/user_profile.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"

using Catch::Matchers::Message;

namespace {

constexpr std::int64_t hour = 60 * 60 * 1000, day = 24 * hour;

akin::interaction_log purchases(std::vector<std::int64_t> times) {
  return akin::interaction_log({.users = {0, 1, 0, 0},
                                .items = {4, 4, 2, 4},
                                .values = {10, 99, 2.5f, 1.5f},
                                .times = std::move(times),
                                .user_ids = std::make_shared<const akin::id_map>(akin::numbered_ids(3))});
}

}  // namespace

TEST_CASE("recency, frequency, spend and hours by hand") {
  // 1970-01-01 was a Thursday. User 0: Friday 9 h, Thursday 23 h, Monday (the 5th) 9 h.
  const auto log = purchases({day + 9 * hour, 10 * day, 23 * hour, 4 * day + 9 * hour + 59});
  const akin::user_profile p = akin::profile_user(log, 0);
  CHECK((p.interactions == 3 && p.items == 2));
  CHECK(p.total_value == Approx(14));
  CHECK(p.average_value == Approx(14 / 3.0));
  CHECK((*p.first == 23 * hour && *p.last == 4 * day + 9 * hour + 59));
  CHECK(p.days_since_last == Approx(5.625).epsilon(1e-6));
  CHECK(p.days_between == Approx((4 * 24 + 9 - 23) / 24.0 / 2).epsilon(1e-6));
  CHECK((p.active_hours[9] == 2 && p.active_hours[23] == 1));
  CHECK(std::accumulate(p.active_hours.begin(), p.active_hours.end(), 0) == 3);
  CHECK(p.active_weekdays == std::array<std::int64_t, 7>{1, 0, 0, 1, 1, 0, 0});

  const auto shifted = akin::profile_user(log, 0, {.now = 0, .utc_offset_minutes = 60});
  CHECK(shifted.days_since_last == 0);  // nothing is older than before
  CHECK((shifted.active_hours[10] == 2 && shifted.active_hours[0] == 1));
  CHECK(shifted.active_weekdays == std::array<std::int64_t, 7>{1, 0, 0, 0, 2, 0, 0});
}

TEST_CASE("times before 1970 have hours and days of the week, too") {
  const auto p = akin::profile_user(purchases({-1, 0, -day, -7 * day - 1}), 0);
  CHECK((p.active_hours[23] == 2 && p.active_hours[0] == 1));
  CHECK(p.active_weekdays == std::array<std::int64_t, 7>{0, 0, 3, 0, 0, 0, 0});  // all on Wednesdays
}

TEST_CASE("without times, without interactions, out of range") {
  const auto p = akin::profile_user(purchases({}), 0);
  CHECK((p.interactions == 3 && !p.first && p.days_since_last == 0 && p.active_hours[0] == 0));
  CHECK(akin::profile_user(purchases({}), 2).interactions == 0);
  CHECK_THROWS_MATCHES(akin::profile_user(purchases({}), 3), std::invalid_argument,
                       Message("profile_user: user must be an id below 3, got 3"));
  CHECK_THROWS_WITH(akin::profile_user(purchases({}), 0, {.utc_offset_minutes = 2000}),
                    contains("utc_offset_minutes must be between -1440 and 1440"));
}

TEST_CASE("the features that count most for a user") {
  using model_type = akin::content_model<float>;
  model_type model;
  model.fit(akin::execution::seq, akin_test::matrix_of<model_type>(3, 4, {{0, 1, 1}, {1, 1, 1}, {1, 3, 1}, {2, 0, -1}}),
            akin_test::matrix_of<model_type>(2, 3, {{0, 0, 1}, {0, 1, 1}, {0, 2, 1}}));
  const auto top = akin::top_features(model, 0);
  REQUIRE(top.size() == 3);
  CHECK((top[0].feature == 1 && top[1].feature == 3 && top[2].feature == 0));
  CHECK(top[0].weight > top[1].weight);
  CHECK(top[2].weight < 0);
  CHECK(akin::top_features(model, 0, 1).size() == 1);
  CHECK(akin::top_features(model, 1).empty());
  CHECK_THROWS_WITH(akin::top_features(model, 2), contains("user must be an id below 2"));
  CHECK_THROWS_WITH(akin::top_features(model, 0, 0), contains("k must be positive"));
  CHECK_THROWS_AS(akin::top_features(model_type(), 0), akin::not_fitted);
}
