#include <cstdint>
#include <limits>

#include <akin/data/time_decay.hpp>

#include "support/catch.hpp"

namespace {

constexpr std::int64_t day = 24LL * 60 * 60 * 1000;

akin::interaction_log three_days() {
  return akin::interaction_log(
      {.users = {0, 0, 1}, .items = {0, 1, 0}, .values = {8, 8, -4}, .times = {100 * day, 110 * day, 90 * day}});
}

}  // namespace

TEST_CASE("a value halves with every half-life before the latest interaction") {
  const auto log = akin::weighting::time_decay(three_days(), {.half_life_days = 10});
  CHECK(log.values()[0] == 4);
  CHECK(log.values()[1] == 8);
  CHECK(log.values()[2] == -1);
  CHECK(log.matrix(akin::duplicates::sum).coeff(0, 0) == 4);
}

TEST_CASE("the age counts from a given moment, and what is later keeps its value") {
  const auto log = akin::weighting::time_decay(three_days(), {.half_life_days = 5, .now = 100 * day});
  CHECK(log.values()[0] == 8);
  CHECK(log.values()[1] == 8);
  CHECK(log.values()[2] == -1);
}

TEST_CASE("time_decay refuses what has no age") {
  CHECK_THROWS_WITH(akin::weighting::time_decay(akin::interaction_log({.users = {0}, .items = {0}})),
                    contains("weighting::time_decay: the log must have times"));
  for (const double bad :
       {0.0, -1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    CHECK_THROWS_WITH(akin::weighting::time_decay(three_days(), {.half_life_days = bad}),
                      contains("half_life_days must be finite and positive"));
  CHECK(akin::weighting::time_decay(akin::interaction_log()).empty());
}
