#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <akin/evaluation/moments.hpp>
#include <akin/random.hpp>

#include "support/catch.hpp"

using akin::detail::moments;

TEST_CASE("mean and standard error of a few values") {
  moments m;
  for (const double x : {2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0}) m.add(x);
  CHECK(m.result().mean == Approx(5));
  CHECK(m.result().standard_error == Approx(std::sqrt(32.0 / 7 / 8)));
  CHECK(m.result().count == 8);
}

TEST_CASE("no value and one value have no error") {
  moments none, one;
  one.add(3);
  CHECK(none.result().mean == 0);
  CHECK(none.result().standard_error == 0);
  CHECK(one.result().mean == 3);
  CHECK(one.result().standard_error == 0);
  one.merge(none);
  CHECK(one.result().count == 1);
  none.merge(one);
  CHECK(none.result().mean == 3);
}

TEST_CASE("merging blocks is as good as one pass, also far from 0") {
  const akin::random_stream random(17);
  std::vector<double> values;
  for (std::uint64_t i = 0; i < 1000; ++i) values.push_back(1e9 + random.uniform(i));
  moments all, merged;
  for (std::size_t begin = 0; begin < values.size(); begin += 64) {
    moments block;
    for (std::size_t i = begin; i < std::min(begin + 64, values.size()); ++i) {
      all.add(values[i]);
      block.add(values[i]);
    }
    merged.merge(block);
  }
  double mean = 0, squares = 0;
  for (const double x : values) mean += (x - 1e9) / 1000;
  for (const double x : values) squares += (x - 1e9 - mean) * (x - 1e9 - mean);
  const double error = std::sqrt(squares / (1000.0 * 999));
  CHECK(merged.result().mean - 1e9 == Approx(mean).margin(1e-6));
  CHECK(merged.result().standard_error == Approx(error).epsilon(1e-6));
  CHECK(all.result().standard_error == Approx(error).epsilon(1e-6));
}
