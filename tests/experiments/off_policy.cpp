#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include <akin/experiments/off_policy.hpp>
#include <akin/random.hpp>

#include "support/catch.hpp"

namespace {

using numbers = std::vector<double>;

double mean(const numbers& x) { return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size()); }

double error_of_mean(const numbers& x) {
  double squares = 0;
  for (const double value : x) squares += (value - mean(x)) * (value - mean(x));
  const auto n = static_cast<double>(x.size());
  return std::sqrt(squares / (n - 1) / n);
}

struct simulated_log {
  numbers rewards{}, logging{}, target{}, predicted{}, expected{};

  akin::logged_rounds rounds() const { return {.rewards = rewards, .logging = logging, .target = target}; }
  akin::logged_rounds with_model() const {
    return {.rewards = rewards, .logging = logging, .target = target, .predicted = predicted, .expected = expected};
  }
};

// Two kinds of visitors and three items: chances of a click, of the old policy, of the new one, and what a crude model
// thinks of the clicks.
constexpr int kinds = 2, items = 3;
constexpr double click[kinds][items] = {{0.1, 0.3, 0.6}, {0.5, 0.2, 0.05}};
constexpr double old_policy[kinds][items] = {{0.5, 0.3, 0.2}, {0.25, 0.25, 0.5}};
constexpr double new_policy[kinds][items] = {{0.1, 0.3, 0.6}, {0.7, 0.2, 0.1}};
constexpr double crude_model[kinds][items] = {{0.2, 0.2, 0.5}, {0.3, 0.3, 0.1}};

double true_value() {
  double value = 0;
  for (int kind = 0; kind < kinds; ++kind)
    for (int item = 0; item < items; ++item) value += new_policy[kind][item] * click[kind][item] / kinds;
  return value;
}

double expected_of_model(const double (&model)[kinds][items], int kind) {
  double value = 0;
  for (int item = 0; item < items; ++item) value += new_policy[kind][item] * model[kind][item];
  return value;
}

simulated_log simulate(std::uint64_t seed, std::uint64_t run, int rounds,
                       const double (&model)[kinds][items] = crude_model) {
  const akin::random_stream random(seed, run);
  simulated_log log;
  for (int round = 0; round < rounds; ++round) {
    const auto at = 3 * static_cast<std::uint64_t>(round);
    const int kind = random.uniform(at) < 0.5 ? 0 : 1;
    const double draw = random.uniform(at + 1);
    const int item = draw < old_policy[kind][0] ? 0 : draw < old_policy[kind][0] + old_policy[kind][1] ? 1 : 2;
    log.rewards.push_back(random.uniform(at + 2) < click[kind][item] ? 1 : 0);
    log.logging.push_back(old_policy[kind][item]);
    log.target.push_back(new_policy[kind][item]);
    log.predicted.push_back(model[kind][item]);
    log.expected.push_back(expected_of_model(model, kind));
  }
  return log;
}

bool covers(const akin::engagement_result& result, double value) { return result.low <= value && value <= result.high; }

}  // namespace

TEST_CASE("the value of a new policy by hand") {
  // Weights 2, 2 and 0.
  const numbers rewards = {1, 0, 2}, logging = {0.5, 0.25, 0.5}, target = {1, 0.5, 0};
  const numbers predicted = {0.5, 0.5, 1}, expected = {0.6, 0.4, 0.2};
  const auto result = akin::off_policy({.rewards = rewards, .logging = logging, .target = target});
  CHECK(result.ips.value == Approx(2.0 / 3));
  CHECK(result.ips.standard_error == Approx(error_of_mean({2, 0, 0})));
  CHECK(result.ips.count == 3);
  CHECK(result.snips.value == 0.5);
  CHECK(result.snips.standard_error == Approx(std::sqrt(1.5 * (1 + 1)) / 4));
  CHECK(result.weight.value == Approx(4.0 / 3));
  CHECK(result.weight.standard_error == Approx(error_of_mean({2, 2, 0})));
  CHECK(result.largest_weight == 2);
  CHECK(result.effective_rounds == 2);
  CHECK(result.clipped == 0);
  CHECK_FALSE(result.doubly_robust.has_value());
  constexpr double t_975_of_2 = 4.302652729749464;  // scipy.stats.t.ppf(0.975, 2)
  CHECK(result.ips.high == Approx(2.0 / 3 + t_975_of_2 * result.ips.standard_error));
  CHECK(result.ips.low == Approx(2.0 / 3 - t_975_of_2 * result.ips.standard_error));

  const akin::logged_rounds owning{.rewards = numbers(rewards), .logging = numbers(logging), .target = numbers(target)};
  const std::vector<numbers> others(50, numbers(3, 99));  // takes what is given back
  CHECK(akin::off_policy(owning).ips.value == result.ips.value);

  const auto with_model = akin::off_policy(
      {.rewards = rewards, .logging = logging, .target = target, .predicted = predicted, .expected = expected});
  REQUIRE(with_model.doubly_robust.has_value());
  CHECK(with_model.doubly_robust->value == Approx((1.6 - 0.6 + 0.2) / 3));
  CHECK(with_model.doubly_robust->standard_error == Approx(error_of_mean({1.6, -0.6, 0.2})));
  CHECK(with_model.ips.value == result.ips.value);

  const auto clipped = akin::off_policy(
      {.rewards = rewards, .logging = logging, .target = target, .predicted = predicted, .expected = expected},
      {.clip = 1.5});
  CHECK(clipped.ips.value == Approx(0.5));
  CHECK(clipped.snips.value == 0.5);
  CHECK(clipped.doubly_robust->value == Approx((1.35 - 0.35 + 0.2) / 3));
  CHECK(clipped.clipped == 2);
  CHECK(clipped.largest_weight == 2);
  CHECK(clipped.weight.value == result.weight.value);
}

TEST_CASE("a policy that chooses as the logging one has the mean of the rewards") {
  const auto log = simulate(1, 0, 500);
  const auto result = akin::off_policy({.rewards = log.rewards, .logging = log.logging, .target = log.logging});
  for (const auto& estimate : {result.ips, result.snips}) {
    CHECK(estimate.value == Approx(mean(log.rewards)).epsilon(1e-14));
    CHECK(estimate.standard_error == Approx(error_of_mean(log.rewards)).epsilon(1e-12));
  }
  CHECK(result.weight.value == 1);
  CHECK(result.effective_rounds == 500);
}

TEST_CASE("estimates come near the true value, and their intervals cover it 95 times in 100") {
  constexpr std::uint64_t seed = 7;
  constexpr int runs = 1000, rounds = 600;
  const double value = true_value();
  INFO("seed " << seed << ", value " << value);
  int of_ips = 0, of_snips = 0, of_robust = 0, of_weight = 0, narrower = 0;
  numbers ips, snips, robust;
  for (std::uint64_t run = 0; run < runs; ++run) {
    const auto log = simulate(seed, run, rounds);
    const auto result = akin::off_policy(log.with_model());
    ips.push_back(result.ips.value);
    snips.push_back(result.snips.value);
    robust.push_back(result.doubly_robust->value);
    of_ips += covers(result.ips, value);
    of_snips += covers(result.snips, value);
    of_robust += covers(*result.doubly_robust, value);
    of_weight += covers(result.weight, 1);
    narrower += result.doubly_robust->standard_error < result.ips.standard_error;
  }
  for (const numbers* estimates : {&ips, &snips, &robust})
    CHECK(std::abs(mean(*estimates) - value) < 4 * error_of_mean(*estimates));
  for (const int covered : {of_ips, of_snips, of_robust, of_weight}) {
    CHECK(covered > 920);  // 950 +- 7
    CHECK(covered < 978);
  }
  CHECK(narrower > 990);
}

TEST_CASE("with wrong chances the doubly robust value stands on the model, and on the chances with a wrong model") {
  constexpr std::uint64_t seed = 11;
  INFO("seed " << seed);
  auto log = simulate(seed, 0, 20000, click);
  for (double& chance : log.logging) chance = std::sqrt(chance);
  const auto result = akin::off_policy(log.with_model());
  CHECK(std::abs(result.doubly_robust->value - true_value()) < 4 * result.doubly_robust->standard_error);
  CHECK(std::abs(result.ips.value - true_value()) > 10 * result.ips.standard_error);
  CHECK_FALSE(covers(result.weight, 1));
}

TEST_CASE("a model that knows every reward needs no weights") {
  auto log = simulate(3, 0, 100);
  log.predicted = log.rewards;
  std::fill(log.logging.begin(), log.logging.end(), 0.9);
  CHECK(akin::off_policy(log.with_model()).doubly_robust->value == Approx(mean(log.expected)).epsilon(1e-14));
}

TEST_CASE("the self-normalised value moves with the rewards and not with the scale of the chances") {
  const auto log = simulate(5, 0, 300);
  const auto before = akin::off_policy(log.rounds());
  auto moved = log;
  for (double& reward : moved.rewards) reward += 10;
  const auto after = akin::off_policy(moved.rounds());
  CHECK(after.snips.value == Approx(before.snips.value + 10).epsilon(1e-13));
  CHECK(after.snips.standard_error == Approx(before.snips.standard_error).epsilon(1e-10));
  CHECK(std::abs(after.ips.value - before.ips.value - 10) > 0.01);

  auto scaled = log;
  for (double& chance : scaled.logging) chance /= 4;
  CHECK(akin::off_policy(scaled.rounds()).snips.value == before.snips.value);
  CHECK(akin::off_policy(scaled.rounds()).ips.value == 4 * before.ips.value);
}

TEST_CASE("clipped weights vary less and are biased") {
  constexpr std::uint64_t seed = 9;
  INFO("seed " << seed);
  numbers plain, clipped;
  for (std::uint64_t run = 0; run < 300; ++run) {
    const auto log = simulate(seed, run, 200);
    plain.push_back(akin::off_policy(log.rounds()).ips.value);
    const auto result = akin::off_policy(log.rounds(), {.clip = 2});
    clipped.push_back(result.ips.value);
    CHECK(result.clipped == std::count(log.target.begin(), log.target.end(), 0.6) +
                                std::count(log.target.begin(), log.target.end(), 0.7));
  }
  CHECK(error_of_mean(clipped) < 0.9 * error_of_mean(plain));
  CHECK(mean(clipped) < true_value() - 10 * error_of_mean(clipped));
}

TEST_CASE("one round, and rounds that are all alike, have no interval") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const std::size_t rounds : {std::size_t{1}, std::size_t{5}}) {
    CAPTURE(rounds);
    const numbers rewards(rounds, 2), logging(rounds, 0.5), target(rounds, 0.25);
    const auto result = akin::off_policy({.rewards = rewards, .logging = logging, .target = target});
    CHECK(result.ips.value == 1);
    CHECK(result.snips.value == 2);
    for (const auto& estimate : {result.ips, result.snips, result.weight}) {
      CHECK(estimate.standard_error == 0);
      CHECK(estimate.low == -infinity);
      CHECK(estimate.high == infinity);
    }
  }
}

TEST_CASE("logs that say nothing or make no sense are refused") {
  const double nan = std::nan("");
  const numbers two = {1, 0}, half = {0.5, 0.5}, one = {1}, none;
  const auto run = [&](const numbers& rewards, const numbers& logging, const numbers& target,
                       const numbers& predicted = {}, const numbers& expected = {}, double clip = 1) {
    return akin::off_policy(
        {.rewards = rewards, .logging = logging, .target = target, .predicted = predicted, .expected = expected},
        {.clip = clip});
  };
  CHECK_THROWS_WITH(run(none, none, none), "off_policy: rewards must have a round, got 0");
  CHECK_THROWS_WITH(run(two, one, half), "off_policy: logging must have one number for each of the 2 rewards, got 1");
  CHECK_THROWS_WITH(run(two, half, none), "off_policy: target must have one number for each of the 2 rewards, got 0");
  CHECK_THROWS_WITH(run({1, nan}, half, half), "off_policy: rewards must be finite, got nan in round 1");
  CHECK_THROWS_WITH(run(two, two, half), "off_policy: logging must be chances above 0 and at most 1, got 0 in round 1");
  CHECK_THROWS_WITH(run(two, {1.5, 1}, half), Catch::Contains("logging must be chances") && Catch::Contains("got 1.5"));
  CHECK_THROWS_WITH(run(two, {0.5, nan}, half), Catch::Contains("got nan in round 1"));
  CHECK_THROWS_WITH(run(two, half, {-0.1, 0}), "off_policy: target must be chances from 0 to 1, got -0.1 in round 0");
  CHECK_THROWS_WITH(run(two, half, {0.1, 1.1}), Catch::Contains("target must be chances from 0 to 1, got 1.1"));
  CHECK_THROWS_WITH(run(two, half, {0, 0}),
                    "off_policy: target must be above 0 in a round: the new policy shows nothing of the log");
  CHECK_THROWS_WITH(run(two, half, half, half),
                    "off_policy: expected must have one number for each of the 2 rewards, got 0");
  CHECK_THROWS_WITH(run(two, half, half, none, half), Catch::Contains("predicted must have one number"));
  CHECK_THROWS_WITH(run(two, half, half, half, {0, nan}), "off_policy: expected must be finite, got nan in round 1");
  for (const double clip : {0.0, -1.0, nan})
    CHECK_THROWS_WITH(run(two, half, half, none, none, clip), Catch::Contains("off_policy: clip must be positive"));
  const double tiny = 1e-300;
  CHECK_THROWS_AS(akin::off_policy({.rewards = two, .logging = numbers{tiny, 0.5}, .target = half}),
                  akin::numeric_error);
  const auto clipped = akin::off_policy({.rewards = two, .logging = numbers{tiny, 0.5}, .target = half}, {.clip = 100});
  CHECK(clipped.ips.value == 50);
  CHECK(clipped.weight.high == std::numeric_limits<double>::infinity());
}
