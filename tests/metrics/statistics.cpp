#include "metrics/fixtures/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <akin/metrics/statistics.hpp>
#include <akin/random.hpp>

#include "support/catch.hpp"

namespace execution = akin::execution;

namespace {

const std::vector<double> a{0.5, 0.25, 0, 1, 0.75, 0.5, 0.125, 0.375, 0, 0.625};
const std::vector<double> b{0.75, 0.25, 0.5, 1, 0.5, 0.875, 0.375, 0.5, 0.25, 0.5};

// Pairs that differ.
std::size_t counted(const std::vector<double>& first, const std::vector<double>& second) {
  std::size_t count = first.size();
  for (std::size_t i = 0; i < first.size(); ++i) count -= first[i] == second[i];
  return count;
}

// Of Wilcoxon's test: the rank sums of all 2^n signs of the differences, one by one.
double p_of_all_signs(std::vector<double> differences) {
  std::erase(differences, 0.0);
  std::vector<double> ranks;
  for (const double x : differences) {
    double smaller = 0, equal = 0;
    for (const double y : differences) {
      smaller += std::abs(y) < std::abs(x);
      equal += std::abs(y) == std::abs(x);
    }
    ranks.push_back(smaller + (equal + 1) / 2);
  }
  double observed = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i) observed += differences[i] > 0 ? ranks[i] : 0;
  const std::size_t choices = std::size_t{1} << ranks.size();
  double below = 0, above = 0;
  for (std::size_t signs = 0; signs < choices; ++signs) {
    double sum = 0;
    for (std::size_t i = 0; i < ranks.size(); ++i) sum += (signs >> i & 1) != 0 ? ranks[i] : 0;
    below += sum <= observed;
    above += sum >= observed;
  }
  return std::min(1.0, 2 * std::min(below, above) / static_cast<double>(choices));
}

}  // namespace

TEST_CASE("the paired t test says what SciPy says") {
  for (const auto& pair : fixtures::paired_samples) {
    CAPTURE(pair.a.size(), pair.t);
    const auto result = akin::paired_t_test(pair.a, pair.b);
    CHECK(result.statistic == Approx(pair.t).epsilon(1e-12).margin(1e-13));
    CHECK(result.p_value == Approx(pair.t_p).epsilon(1e-10));
    CHECK(result.low == Approx(pair.low).epsilon(1e-9));
    CHECK(result.high == Approx(pair.high).epsilon(1e-9));
    CHECK(result.mean_difference == Approx((pair.low + pair.high) / 2).epsilon(1e-12).margin(1e-15));
    CHECK(result.statistic == Approx(result.mean_difference / result.standard_error).epsilon(1e-14));
    const auto back = akin::paired_t_test(pair.b, pair.a);
    CHECK(back.statistic == -result.statistic);
    CHECK(back.p_value == result.p_value);
  }
}

TEST_CASE("Wilcoxon's test says what SciPy says, with zeros and ties too") {
  int exact = 0, every_sign = 0, normal = 0;
  for (const auto& pair : fixtures::paired_samples) {
    CAPTURE(pair.a.size(), pair.rank_sum);
    const auto result = akin::wilcoxon_signed_rank(pair.a, pair.b);
    CHECK(result.statistic == pair.rank_sum);
    CHECK(akin::wilcoxon_signed_rank(pair.b, pair.a).p_value == result.p_value);
    if (pair.exact_p >= 0) {
      CHECK(result.p_value == Approx(pair.exact_p).epsilon(1e-13));
      ++exact;
    }
    if (pair.every_sign_p >= 0) {
      CHECK(result.p_value == Approx(pair.every_sign_p).epsilon(1e-13));
      ++every_sign;
    }
    if (counted(pair.a, pair.b) > 50) {
      CHECK(result.p_value == Approx(pair.normal_p).epsilon(1e-12));
      ++normal;
    } else if (counted(pair.a, pair.b) > 30) {
      // Half a step of the rank sum is at most 0.4 / 56 of the two tails of a normal distribution.
      CHECK(result.p_value == Approx(pair.normal_p).margin(0.01));
    }
  }
  CHECK(exact == 9);
  CHECK(every_sign >= 10);
  CHECK(normal >= 3);
}

TEST_CASE("Wilcoxon's test of up to 50 differences counts all signs, ties and zeros or not") {
  const std::uint64_t seed = 44;
  INFO("seed " << seed);
  for (std::uint64_t run = 0; run < 120; ++run) {
    const akin::random_stream random(seed, run);
    std::vector<double> before(2 + random.below(0, 11)), after(before.size());
    const std::uint64_t sizes = 2 + random.below(1, 20);  // few: ties; all 0 now and then
    for (std::size_t i = 0; i < after.size(); ++i)
      after[i] = (static_cast<double>(random.below(2 * i + 2, sizes)) - 1) * (random.below(2 * i + 3, 2) == 0 ? 1 : -1);
    CAPTURE(after);
    CHECK(akin::wilcoxon_signed_rank(before, after).p_value == Approx(p_of_all_signs(after)).epsilon(1e-13));
  }
  // All of one sign: 2 / 2^50 for 50; one more, and the tail is the normal one.
  const std::vector<double> none(51), ones(51, 1.0);
  const std::span<const double> zero = none, one = ones;
  CHECK(akin::wilcoxon_signed_rank(zero.first(50), one.first(50)).p_value == std::ldexp(1.0, -49));
  CHECK(akin::wilcoxon_signed_rank(zero, one).p_value == Approx(std::erfc(std::sqrt(51.0 / 2))).epsilon(1e-12));
  CHECK(akin::wilcoxon_signed_rank(zero.first(2), one.first(2)).p_value == 0.5);
}

// All 1024 signs of b - a, by itertools.product([1, -1], repeat=10): 136 sums are as far from 0.
TEST_CASE("the sign-flip test comes near the test of all signs") {
  const auto result = akin::sign_flip_test(execution::par, a, b, {.flips = 40000, .seed = 3});
  CHECK(result.statistic == Approx(0.1375).epsilon(1e-14));
  CHECK(result.p_value == Approx(136.0 / 1024).margin(0.007));
  const std::vector<double> none(40), ones(40, 1.0);
  CHECK(akin::sign_flip_test(execution::seq, none, ones).p_value == 1.0 / 10001);
  // Sums that differ by rounding alone are equal: half of the signs of two equal differences are as far.
  const std::vector<double> two{0.1, 0.1}, third{0.3, 0.3};
  CHECK(akin::sign_flip_test(execution::seq, two, third, {.flips = 20000}).p_value == Approx(0.5).margin(0.02));
}

TEST_CASE("no difference at all is p = 1, always the same difference p = 0") {
  const auto student = akin::paired_t_test(a, a);
  CHECK(student.p_value == 1);
  CHECK(student.statistic == 0);
  CHECK(student.low == 0);
  CHECK(student.high == 0);
  CHECK(akin::wilcoxon_signed_rank(a, a).p_value == 1);
  CHECK(akin::sign_flip_test(execution::par, a, a).p_value == 1);
  const std::vector<double> none(5), halves(5, 0.5);
  const auto constant = akin::paired_t_test(halves, none);
  CHECK(constant.p_value == 0);
  CHECK(constant.statistic == -std::numeric_limits<double>::infinity());
  CHECK(constant.low == -0.5);
}

TEST_CASE("the sign-flip test has the same bits for any number of threads, and others for another seed") {
  std::vector<double> first(300), second(300);
  const akin::random_stream random(5);
  for (std::size_t i = 0; i < first.size(); ++i) {
    first[i] = random.uniform(2 * i);
    second[i] = random.uniform(2 * i + 1) + 0.02;
  }
  const auto one = akin::sign_flip_test(execution::seq, first, second, {.flips = 3000, .seed = 8});
  for (const int threads : {1, 2, 3}) {
    const auto many = akin::sign_flip_test(execution::par.threads(threads), first, second, {.flips = 3000, .seed = 8});
    CHECK(many.p_value == one.p_value);
    CHECK(many.statistic == one.statistic);
  }
  CHECK(akin::sign_flip_test(execution::seq, first, second, {.flips = 3000, .seed = 9}).p_value != one.p_value);
}

TEST_CASE("where nothing differs, one test in twenty says so; where much does, nearly all") {
  const std::uint64_t seed = 20;
  INFO("seed " << seed);
  const int runs = 1000, users = 40;
  int student[2] = {}, wilcoxon[2] = {}, flip[2] = {};
  for (const int shifted : {0, 1}) {
    for (int run = 0; run < runs; ++run) {
      const akin::random_stream random(seed, static_cast<std::uint64_t>(2 * run + shifted));
      std::vector<double> before(users), after(users);
      for (std::size_t i = 0; i < before.size(); ++i) {
        before[i] = random.normal(2 * i);
        after[i] = random.normal(2 * i + 1) + shifted;
      }
      student[shifted] += akin::paired_t_test(before, after).p_value < 0.05;
      wilcoxon[shifted] += akin::wilcoxon_signed_rank(before, after).p_value < 0.05;
      flip[shifted] += akin::sign_flip_test(execution::seq, before, after, {.flips = 399}).p_value <= 0.05;
    }
  }
  for (const int* found : {student, wilcoxon, flip}) {
    CHECK(found[0] > 25);  // 50 expected, standard deviation 6.9
    CHECK(found[0] < 75);
    CHECK(found[1] > 950);  // a shift of 4.5 standard errors
  }
}

TEST_CASE("Holm's adjustment of many values is that of its definition") {
  std::vector<double> p;
  for (const auto& pair : fixtures::paired_samples) p.push_back(pair.t_p);
  const auto adjusted = akin::holm(p);
  REQUIRE(adjusted.size() == fixtures::holm_p.size());
  for (std::size_t i = 0; i < p.size(); ++i) CHECK(adjusted[i] == Approx(fixtures::holm_p[i]).epsilon(1e-14));
}

TEST_CASE("Holm's adjustment by hand") {
  const std::vector<double> p{0.01, 0.04, 0.03, 0.005};
  const auto adjusted = akin::holm(p);
  REQUIRE(adjusted.size() == 4);
  CHECK(adjusted[0] == Approx(0.03));
  CHECK(adjusted[1] == Approx(0.06));
  CHECK(adjusted[2] == Approx(0.06));
  CHECK(adjusted[3] == Approx(0.02));
  CHECK(akin::holm(std::vector<double>{0.6, 0.9}) == std::vector<double>{1, 1});
  CHECK(akin::holm({}).empty());
  CHECK_THROWS_WITH(akin::holm(std::vector<double>{0.5, 1.5}), "holm: p_values must be in [0, 1], got 1.5");
  CHECK_THROWS_WITH(akin::holm(std::vector<double>{std::nan("")}), contains("holm: p_values must be in [0, 1], got"));
}

TEST_CASE("what is no pair of samples is refused") {
  const std::vector<double> one{1}, two{1, 2}, three{1, 2, 3}, bad{1, std::numeric_limits<double>::quiet_NaN()},
      endless{std::numeric_limits<double>::infinity(), 1};
  CHECK_THROWS_WITH(akin::paired_t_test(two, three), "paired_t_test: a and b must be equally long, got 2 and 3");
  CHECK_THROWS_WITH(akin::paired_t_test(one, one), "paired_t_test: a and b must hold at least two values, got 1");
  CHECK_THROWS_WITH(akin::paired_t_test(two, bad),
                    "paired_t_test: values and their differences must be finite, got 2 and nan at 1");
  CHECK_THROWS_WITH(akin::wilcoxon_signed_rank(three, two),
                    "wilcoxon_signed_rank: a and b must be equally long, got 3 and 2");
  CHECK_THROWS_WITH(akin::wilcoxon_signed_rank({}, {}),
                    "wilcoxon_signed_rank: a and b must hold at least two values, got 0");
  CHECK_THROWS_WITH(akin::wilcoxon_signed_rank(endless, two),
                    "wilcoxon_signed_rank: values and their differences must be finite, got inf and 1 at 0");
  CHECK_THROWS_WITH(akin::sign_flip_test(execution::seq, two, three),
                    "sign_flip_test: a and b must be equally long, got 2 and 3");
  CHECK_THROWS_WITH(akin::sign_flip_test(execution::seq, bad, two),
                    "sign_flip_test: values and their differences must be finite, got nan and 2 at 1");
  CHECK_THROWS_WITH(akin::sign_flip_test(execution::seq, two, two, {.flips = 0}),
                    "sign_flip_test: flips must be positive, got 0");
}
