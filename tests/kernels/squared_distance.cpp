#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <akin/kernels/squared_distance.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"

namespace kernels = akin::kernels;

namespace {

template <class T>
T distance_on(kernels::instruction_set set, const T* x, const T* y, std::int64_t size) {
  return kernels::call_on<kernels::squared_distance_kernel>(set, x, y, size);
}

/// The elements of a vector other than 0, and some zeros.
template <class T>
struct stored {
  explicit stored(const std::vector<T>& x, bool zeros = false) {
    for (std::size_t i = 0; i < x.size(); ++i)
      if (x[i] != 0 || (zeros && i % 3 == 0)) {
        ids.push_back(static_cast<int>(i));
        values.push_back(x[i]);
      }
  }
  std::vector<int> ids;
  std::vector<T> values;
};

template <class T>
T distance_on(kernels::instruction_set set, const stored<T>& x, const stored<T>& y) {
  return kernels::call_on<kernels::sparse_squared_distance_kernel>(
      set, x.ids.data(), x.values.data(), static_cast<std::int64_t>(x.ids.size()), y.ids.data(), y.values.data(),
      static_cast<std::int64_t>(y.ids.size()));
}

}  // namespace

TEMPLATE_TEST_CASE("a squared distance is exact but for its rounding, and 0 between equal vectors", "", float, double) {
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t size : akin_test::vector_sizes()) {
      CAPTURE(static_cast<int>(set), size);
      akin_test::guarded_numbers<TestType> x(size, 1, 10), y(size, 0, 11);
      long double exact = 0;
      for (std::int64_t i = 0; i < size; ++i) {
        const long double difference = static_cast<long double>(x.data()[i]) - y.data()[i];
        exact += difference * difference;
      }
      const TestType found = distance_on<TestType>(set, x.data(), y.data(), size);
      CHECK(std::abs(static_cast<double>(found - exact)) <=
            static_cast<double>(size + 2) * akin_test::epsilon<TestType> * static_cast<double>(exact));
      CHECK(found == distance_on<TestType>(set, y.data(), x.data(), size));
      const auto copy = x.copy();
      CHECK(distance_on<TestType>(set, x.data(), copy.data(), size) == 0);
    }
}

TEMPLATE_TEST_CASE("a squared distance reads its elements and no other", "", float, double) {
  constexpr TestType poison = std::numeric_limits<TestType>::quiet_NaN();
  for (const auto set : akin_test::instruction_sets())
    for (std::int64_t size = 0; size <= 140; ++size) {
      std::vector<TestType> x(static_cast<std::size_t>(size) + 2, 3), y(x.size(), 1);
      x.front() = x.back() = y.front() = y.back() = poison;
      CHECK(distance_on<TestType>(set, x.data() + 1, y.data() + 1, size) == static_cast<TestType>(4 * size));
    }
}

TEMPLATE_TEST_CASE("a squared distance of sparse vectors is that of the dense ones", "", float, double) {
  const akin::random_stream random(7);
  for (const auto set : akin_test::instruction_sets())
    for (std::uint64_t trial = 0; trial < 200; ++trial) {
      const std::size_t size = trial % 23;
      std::vector<TestType> x(size), y(size);
      // Small whole numbers: every sum is exact.
      for (std::size_t i = 0; i < size; ++i) {
        x[i] = std::max(TestType{0}, static_cast<TestType>(random.below(trial * 100 + i, 9)) - 4);
        y[i] = std::max(TestType{0}, static_cast<TestType>(random.below(trial * 100 + 50 + i, 9)) - 4);
      }
      CAPTURE(trial);
      const TestType expected =
          kernels::squared_distance<TestType>(x.data(), y.data(), static_cast<std::int64_t>(size));
      CHECK(distance_on<TestType>(set, stored<TestType>(x), stored<TestType>(y)) == expected);
      CHECK(distance_on<TestType>(set, stored<TestType>(x, true), stored<TestType>(y)) == expected);
      CHECK(distance_on<TestType>(set, stored<TestType>(y, true), stored<TestType>(x, true)) == expected);
    }
  const stored<TestType> x(akin_test::normal_numbers<TestType>(50, 3));
  CHECK(kernels::squared_distance(x.ids.data(), x.values.data(), std::int64_t{50}, x.ids.data(), x.values.data(),
                                  std::int64_t{50}) == 0);
}
