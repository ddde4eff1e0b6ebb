#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <akin/metrics/statistics.hpp>
#include <akin/random.hpp>

#include "support/catch.hpp"

namespace execution = akin::execution;

namespace {

const std::vector<double> a{0.5, 0.25, 0, 1, 0.75, 0.5, 0.125, 0.375, 0, 0.625};
const std::vector<double> b{0.75, 0.25, 0.5, 1, 0.5, 0.875, 0.375, 0.5, 0.25, 0.5};
const std::vector<double> long_b{1.1, 2.3, -0.4, 3.6, 0.9, -1.7, 2.9, 4.2, 0.3, -0.8, 1.4, 5.5};
const std::vector<double> zeros(12);

}  // namespace

// SciPy 1.17: r = stats.ttest_rel(b, a); r.statistic, r.pvalue, r.confidence_interval(0.95)
TEST_CASE("the paired t test says what SciPy says") {
  const auto tied = akin::paired_t_test(a, b);
  CHECK(tied.mean_difference == Approx(0.1375).epsilon(1e-14));
  CHECK(tied.standard_error == Approx(0.07324331596352894).epsilon(1e-13));
  CHECK(tied.statistic == Approx(1.8773044091622952).epsilon(1e-12));
  CHECK(tied.p_value == Approx(0.09320637160539956).epsilon(1e-10));
  CHECK(tied.low == Approx(-0.028187891833989093).epsilon(1e-9));
  CHECK(tied.high == Approx(0.3031878918339891).epsilon(1e-9));
  const auto longer = akin::paired_t_test(zeros, long_b);
  CHECK(longer.statistic == Approx(2.580684416570448).epsilon(1e-12));
  CHECK(longer.p_value == Approx(0.025559111027850016).epsilon(1e-10));
  CHECK(longer.low == Approx(0.23663605162862456).epsilon(1e-9));
  CHECK(longer.high == Approx(2.980030615038042).epsilon(1e-9));
  const auto back = akin::paired_t_test(long_b, zeros);
  CHECK(back.statistic == -longer.statistic);
  CHECK(back.p_value == longer.p_value);
}

// SciPy 1.17: stats.wilcoxon(b - a, zero_method="wilcox", correction=False, method="approx")
TEST_CASE("Wilcoxon's test says what SciPy says, with zeros and ties too") {
  const auto tied = akin::wilcoxon_signed_rank(a, b);
  CHECK(tied.statistic == 6);
  CHECK(tied.p_value == Approx(0.08848271717174365).epsilon(1e-12));
  const auto longer = akin::wilcoxon_signed_rank(zeros, long_b);
  CHECK(longer.statistic == 12);
  CHECK(longer.p_value == Approx(0.034170472692229406).epsilon(1e-12));
  CHECK(akin::wilcoxon_signed_rank(long_b, zeros).p_value == longer.p_value);
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
