#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <akin/selection/trial.hpp>

#include "support/catch.hpp"

namespace {

enum class colour { red = 3, blue = 7 };

}  // namespace

TEST_CASE("parameters stay in their ranges, reach their ends and fill them") {
  std::set<int> whole, stepped, by_magnitude, chosen;
  double sum = 0, sum_of_logs = 0, least = 1, most = 0;
  constexpr int count = 4000;
  for (int number = 0; number < count; ++number) {
    akin::trial t(5, number);
    CHECK(t.number() == number);
    whole.insert(t.integer("whole", -2, 3));
    stepped.insert(t.integer("stepped", 10, 35, 10));
    by_magnitude.insert(t.log_integer("by magnitude", 1, 8));
    chosen.insert(t.choice("chosen", {4, 9, 2}));
    const double x = t.uniform("x", 0, 1), y = t.log_uniform("y", 1e-3, 1e3);
    CHECK((y >= 1e-3 && y <= 1e3));
    least = std::min(least, x), most = std::max(most, x);
    sum += x, sum_of_logs += std::log10(y);
  }
  CHECK(whole == std::set<int>{-2, -1, 0, 1, 2, 3});
  CHECK(stepped == std::set<int>{10, 20, 30});
  CHECK(by_magnitude == std::set<int>{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(chosen == std::set<int>{2, 4, 9});
  // Six standard errors: 1 / sqrt(12 * 4000) and 6 / sqrt(12 * 4000).
  CHECK(sum / count == Approx(0.5).margin(6 * 0.00457));
  CHECK(sum_of_logs / count == Approx(0).margin(6 * 0.0274));
  CHECK((least >= 0 && least < 0.01 && most > 0.99 && most <= 1));
}

TEST_CASE("small numbers are as likely as large ones by magnitude") {
  int small = 0;
  for (int number = 0; number < 2000; ++number) small += akin::trial(1, number).log_integer("n", 1, 1023) < 32;
  CHECK(small / 2000.0 == Approx(0.5).margin(0.07));  // log 32 / log 1024
}

TEST_CASE("ends of int and ranges of one value") {
  constexpr int most = std::numeric_limits<int>::max(), least = std::numeric_limits<int>::min();
  for (int number = 0; number < 50; ++number) {
    akin::trial t(2, number);
    CHECK(t.integer("one", 4, 4) == 4);
    CHECK(t.log_integer("one by magnitude", 4, 4) == 4);
    CHECK(t.uniform("one number", 0.25, 0.25) == 0.25);
    CHECK(t.log_uniform("one by log", 0.3, 0.3) == 0.3);
    t.integer("all", least, most);
    CHECK(t.integer("ends", least, most, most) <= most);
    CHECK(t.log_integer("positive", 1, most) >= 1);
    const double wide = t.uniform("wide", -1e308, 1e308);
    CHECK(std::abs(wide) <= 1e308);
  }
}

TEST_CASE("a draw depends on seed, number and name alone") {
  akin::trial alone(9, 4), among(9, 4), other_seed(10, 4), other_number(9, 5);
  among.integer("a", 0, 1000000);
  among.uniform("b", 0, 1);
  const int drawn = alone.integer("factors", 0, 1000000);
  CHECK(among.integer("factors", 0, 1000000) == drawn);
  CHECK(other_seed.integer("factors", 0, 1000000) != drawn);
  CHECK(other_number.integer("factors", 0, 1000000) != drawn);
  CHECK(among.integer("factors of items", 0, 1000000) != drawn);
}

TEST_CASE("asked again, a trial says the same, and notes it once") {
  akin::trial t(3);
  const int factors = t.integer("factors", 8, 32);
  const double rate = t.log_uniform("rate", 1e-3, 1);
  const std::string loss = t.choice("loss", {"bpr", "warp"});
  const bool biased = t.choice("biased", {false, true});
  const colour paint = t.choice("colour", std::vector{colour::red, colour::blue});
  CHECK(t.integer("factors", 8, 32) == factors);
  CHECK(t.log_uniform("rate", 1e-3, 1) == rate);
  CHECK(t.choice("loss", {"bpr", "warp"}) == loss);
  CHECK(t.choice("biased", {false, true}) == biased);
  CHECK(t.choice("colour", std::vector{colour::red, colour::blue}) == paint);
  CHECK(t.parameters().size() == 5);
  CHECK(t.parameters().contains("factors"));
  CHECK(t.parameters().at("factors") == akin::parameter_value(factors));
  CHECK(t.parameters().at("rate").number() == rate);
  CHECK(t.parameters().at("loss").text() == loss);
  CHECK(t.parameters().at("colour").number() == static_cast<int>(paint));
}

TEST_CASE("a space that contradicts itself is refused") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN(), infinite = std::numeric_limits<double>::infinity();
  akin::trial t(1);
  CHECK_THROWS_WITH(t.integer("n", 9, 8), "trial: low must be at most high for \"n\", got 9 and 8");
  CHECK_THROWS_WITH(t.uniform("n", 1, 0.5), "trial: low must be at most high for \"n\", got 1 and 0.5");
  CHECK_THROWS_WITH(t.integer("n", 1, 8, 0), "trial: step must be positive for \"n\", got 0");
  CHECK_THROWS_WITH(t.log_integer("n", 0, 8), "trial: low must be positive for \"n\", got 0");
  CHECK_THROWS_WITH(t.log_uniform("n", 0, 8), "trial: low must be positive for \"n\", got 0");
  CHECK_THROWS_WITH(t.log_uniform("n", -1, 8), "trial: low must be positive for \"n\", got -1");
  CHECK_THROWS_WITH(t.uniform("n", nan, 8), "trial: low must be finite for \"n\", got nan");
  CHECK_THROWS_WITH(t.log_uniform("n", 1, infinite), "trial: high must be finite for \"n\", got inf");
  CHECK_THROWS_WITH(t.choice("n", std::vector<int>()), "trial: there must be values to choose from for \"n\"");
  CHECK_THROWS_WITH(t.integer("", 0, 8), "trial: the name of a parameter must not be empty");
  CHECK_THROWS_AS(akin::trial(1, -1), std::invalid_argument);
  CHECK(t.parameters().empty());
  t.integer("n", 1, 8);
  CHECK_THROWS_WITH(t.integer("n", 1, 9),
                    "trial: a parameter must have one range, got integers from 1 to 8 in steps of 1 and integers from "
                    "1 to 9 in steps of 1 for \"n\"");
  CHECK_THROWS_AS(t.uniform("n", 1, 8), std::invalid_argument);
  CHECK_THROWS_AS(t.choice("n", {1, 8}), std::invalid_argument);
}

TEST_CASE("lists of texts that read alike are two ranges") {
  const std::vector<std::string> three = {"a", "b", "c"}, two = {"a b", "c"};
  for (int number = 0; number < 20; ++number) {
    akin::trial t(1, number);
    t.choice("x", three);
    CHECK_THROWS_WITH(t.choice("x", two),
                      "trial: a parameter must have one range, got one of 3: a b c and one of 2: a b c for \"x\"");
  }
}
