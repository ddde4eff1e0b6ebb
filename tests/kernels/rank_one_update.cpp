#include <cmath>
#include <cstdint>
#include <vector>

#include <akin/kernels/rank_one_update.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"

namespace kernels = akin::kernels;

namespace {

// The number of elements of `after` that are not before + sum of w_r y_r y_r' to within `roundings` of the size of what
// was added; above the diagonal nothing may have changed.
template <class T>
int wrong_elements(const std::vector<T>& before, const T* after, const std::vector<T>& rows,
                   const std::vector<T>& weights, std::int64_t size) {
  const double roundings = 2 * static_cast<double>(weights.size() + 1);
  int wrong = 0;
  for (std::int64_t i = 0; i < size; ++i)
    for (std::int64_t j = 0; j < size; ++j) {
      const T was = before[static_cast<std::size_t>(i * size + j)], is = after[i * size + j];
      long double exact = was, magnitude = std::abs(exact);
      for (std::size_t r = 0; r < weights.size(); ++r) {
        const T* const y = rows.data() + static_cast<std::int64_t>(r) * size;
        const long double product = static_cast<long double>(weights[r]) * y[i] * y[j];
        exact += product, magnitude += std::abs(product);
      }
      wrong += j > i ? is != was : !(std::abs(is - exact) <= roundings * akin_test::epsilon<T> * magnitude);
    }
  return wrong;
}

}  // namespace

TEMPLATE_TEST_CASE("a rank-one update adds w y y' below and on the diagonal", "", float, double) {
  const TestType weight = static_cast<TestType>(-1.7);
  for (const auto set : akin_test::instruction_sets())
    for (std::int64_t size = 0; size <= 70; ++size) {
      CAPTURE(static_cast<int>(set), size);
      akin_test::guarded_numbers<TestType> y(size, 1, 40), a(size * size, 3, 41);
      const auto before = a.copy();
      kernels::call_on<kernels::rank_one_kernel>(set, weight, static_cast<const TestType*>(y.data()), a.data(), size);
      CHECK(wrong_elements<TestType>(before, a.data(), y.copy(), {weight}, size) == 0);
      CHECK((a.is_guard_intact() && y.is_guard_intact()));
    }
}

TEST_CASE("a weighted update by hand") {
  const double y[] = {1, 2};
  double a[] = {10, 99, 20, 30};
  kernels::rank_one_update(3.0, y, a, 2);
  CHECK((a[0] == 13 && a[1] == 99 && a[2] == 26 && a[3] == 42));
}
