#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <akin/kernels/dispatch.hpp>
#include <akin/kernels/simd.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"

namespace kernels = akin::kernels;

namespace {

// Stores a + b, a - b, a * b, a + b * c and the sum of a's lanes, `lanes` numbers each, the larger of a
// and b and the largest of a, and returns lanes.
struct every_operation {
  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE int run(const T* a, const T* b, const T* c, T* out) {
    using vector = kernels::vec_for<InstructionSet, T>;
    constexpr int lanes = vector::lanes;
    const vector x = vector::load(a), y = vector::load(b), z = vector::load(c);
    (x + y).store(out);
    (x - y).store(out + lanes);
    (x * y).store(out + 2 * lanes);
    x.plus_product(y, z).store(out + 3 * lanes);
    vector::broadcast(a[1]).store(out + 4 * lanes);
    vector::zero().store(out + 5 * lanes);
    out[6 * lanes] = lane_sum(x);
    x.or_larger(y).store(out + 6 * lanes + 1);
    out[7 * lanes + 1] = lane_max(x);
    return lanes;
  }
};

// The sums of four vectors, one after the other in `from`.
struct four_sums {
  template <class InstructionSet, class T>
  static AKIN_ALWAYS_INLINE int run(const T* from, T* out) {
    using vector = kernels::vec_for<InstructionSet, T>;
    constexpr int lanes = vector::lanes;
    lane_sums(vector::load(from), vector::load(from + lanes), vector::load(from + 2 * lanes),
              vector::load(from + 3 * lanes))
        .store(out);
    return lanes;
  }
};

// The sum of n numbers by halves.
template <class T>
T halves(const T* x, int n) {
  if (n == 1) return x[0];
  T sums[64];
  for (int i = 0; i < n / 2; ++i) sums[i] = x[i] + x[i + n / 2];
  return halves(sums, n / 2);
}

}  // namespace

TEMPLATE_TEST_CASE("vectors do in each lane what numbers do", "", float, double) {
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t offset : {0, 1, 3}) {
      CAPTURE(static_cast<int>(set), offset);
      akin_test::guarded_numbers<TestType> a(16, offset, 1), b(16, offset, 2), c(16, offset, 3);
      TestType out[7 * 16 + 2];
      const int lanes = kernels::call_on<every_operation>(set, static_cast<const TestType*>(a.data()),
                                                          static_cast<const TestType*>(b.data()),
                                                          static_cast<const TestType*>(c.data()), out);
      REQUIRE(lanes == 16 * (1 << static_cast<int>(set)) / static_cast<int>(sizeof(TestType)));
      for (int i = 0; i < lanes; ++i) {
        const TestType x = a.data()[i], y = b.data()[i], z = c.data()[i];
        CHECK(out[i] == x + y);
        CHECK(out[lanes + i] == x - y);
        CHECK(out[2 * lanes + i] == x * y);
        // Fused or not: either rounding is right.
        const TestType fused = std::fma(y, z, x), plain = x + static_cast<volatile TestType&&>(y * z);
        CHECK((out[3 * lanes + i] == fused || out[3 * lanes + i] == plain));
        CHECK(out[4 * lanes + i] == a.data()[1]);
        CHECK(out[5 * lanes + i] == 0);
        CHECK(out[6 * lanes + 1 + i] == std::max(x, y));
      }
      CHECK(out[6 * lanes] == halves(a.data(), lanes));
      CHECK(out[7 * lanes + 1] == *std::max_element(a.data(), a.data() + lanes));
    }
}

TEST_CASE("the lanes are added by halves, not from left to right") {
  const float x[] = {1e8f, 1, -1e8f, 1};
  CHECK(lane_sum(kernels::vec<float, 4>::load(x)) == 2);
  const float y[] = {1e8f, -1e8f, 1, 1};
  CHECK(lane_sum(kernels::vec<float, 4>::load(y)) == 0);
}

TEST_CASE("a number is the same in every lane, special ones too") {
  for (const double x : {-0.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::denorm_min()}) {
    double out[2];
    kernels::vec<double, 2>::broadcast(x).store(out);
    CHECK((out[0] == x && out[1] == x && std::signbit(out[1]) == std::signbit(x)));
  }
  double out[2];
  kernels::vec<double, 2>::broadcast(std::numeric_limits<double>::quiet_NaN()).store(out);
  CHECK((std::isnan(out[0]) && std::isnan(out[1])));
}

TEMPLATE_TEST_CASE("four vectors are summed at once, each to its own lane", "", float, double) {
  TestType numbers[4 * 16], sums[4];
  for (int i = 0; i < 4 * 16; ++i) numbers[i] = static_cast<TestType>(1 + i * i);  // whole: any order gives the same
  for (const auto set : akin_test::instruction_sets()) {
    const int lanes = kernels::call_on<four_sums>(set, static_cast<const TestType*>(numbers), sums);
    for (int v = 0; v < 4; ++v) {
      TestType expected = 0;
      for (int i = 0; i < lanes; ++i) expected += numbers[v * lanes + i];
      CHECK(sums[v] == expected);
    }
  }
}

TEST_CASE("what is not a number is not larger") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float x[] = {1, 2, 3, 4}, y[] = {nan, 5, nan, 0};
  float out[4];
  kernels::vec<float, 4>::load(x).or_larger(kernels::vec<float, 4>::load(y)).store(out);
  CHECK((out[0] == 1 && out[1] == 5 && out[2] == 3 && out[3] == 4));
}
