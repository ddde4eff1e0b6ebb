#include <cmath>

#include <akin/progress.hpp>

#include "support/catch.hpp"

TEST_CASE("a loss that was not computed is not a number") { CHECK(std::isnan(akin::progress{}.loss)); }

TEST_CASE("an observer is told where the training stands, and false stops it") {
  int told = 0;
  auto until_three = [&](const akin::progress& p) {
    told = p.iteration;
    return p.iteration < 3;
  };
  CHECK(akin::detail::notify(until_three, {.iteration = 2, .iterations = 9}));
  CHECK(told == 2);
  CHECK_FALSE(akin::detail::notify(until_three, {.iteration = 3, .iterations = 9}));
  CHECK(told == 3);
}

TEST_CASE("an observer that returns nothing never stops a training") {
  double seconds = 0;
  auto listen = [&](const akin::progress& p) { seconds = p.seconds; };
  CHECK(akin::detail::notify(listen, {.iteration = 1, .iterations = 1, .seconds = 2.5}));
  CHECK(seconds == 2.5);
  akin::no_observer nobody;
  CHECK(akin::detail::notify(nobody, {}));
}
