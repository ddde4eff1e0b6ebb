#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include <akin/kernels/sparse_accumulator.hpp>
#include <akin/random.hpp>

#include "support/catch.hpp"

namespace kernels = akin::kernels;

TEST_CASE("sums are listed in the order in which they were first touched, sums of 0 too") {
  kernels::sparse_accumulator<double, std::int32_t> sums(5);
  CHECK(sums.touched().empty());
  sums.add(3, 1);
  sums.add(0, 2);
  sums.add(3, -1);
  sums.add(4, 0);
  CHECK(sums.touched() == std::vector{3, 0, 4});
  CHECK((sums[3] == 0 && sums[0] == 2 && sums[4] == 0 && sums[1] == 0));
}

TEMPLATE_TEST_CASE("an accumulator that was cleared is as good as new", "", std::int32_t, std::int64_t) {
  constexpr TestType size = 200;
  kernels::sparse_accumulator<double, TestType> sums(size);
  for (std::uint64_t row = 0; row < 50; ++row) {
    CAPTURE(row);
    const akin::random_stream random(60, row);
    std::map<TestType, double> expected;
    for (std::uint64_t i = 0; i < random.below(1000, 150); ++i) {
      const auto id = static_cast<TestType>(random.below(i, size));
      const double value = random.uniform(i);
      expected[id] += value;
      sums.add(id, value);
    }
    std::vector<TestType> ids = sums.touched(), expected_ids;
    std::sort(ids.begin(), ids.end());
    for (const auto& [id, sum] : expected) {
      expected_ids.push_back(id);
      CHECK(sums[id] == sum);
    }
    CHECK(ids == expected_ids);
    sums.clear();
    CHECK(sums.touched().empty());
  }
  for (TestType id = 0; id < size; ++id) CHECK(sums[id] == 0);
}
