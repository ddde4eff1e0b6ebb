#include <cmath>
#include <cstdint>
#include <vector>

#include <akin/kernels/scatter_axpy.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"

namespace kernels = akin::kernels;

namespace {

template <class Scalar, class Index>
void scatter_on(kernels::instruction_set set, Scalar a, const std::vector<Index>& ids, const std::vector<Scalar>& x,
                std::vector<Scalar>& y) {
  kernels::call_on<kernels::scatter_axpy_kernel>(set, a, ids.data(), x.data(), static_cast<std::int64_t>(ids.size()),
                                                 y.data());
}

}  // namespace

TEMPLATE_TEST_CASE("a sparse vector is added where its ids say", "", (std::pair<float, std::int32_t>),
                   (std::pair<double, std::int32_t>), (std::pair<float, std::int64_t>)) {
  using Scalar = typename TestType::first_type;
  using Index = typename TestType::second_type;
  const auto a = static_cast<Scalar>(-1.3);
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t size : akin_test::vector_sizes()) {
      CAPTURE(static_cast<int>(set), size);
      const auto x = akin_test::normal_numbers<Scalar>(size, 30),
                 before = akin_test::normal_numbers<Scalar>(3 * size, 31);
      std::vector<Index> ids;
      for (Index i = 0; i < size; ++i) ids.push_back(3 * i + i % 3);
      auto y = before, one_by_one = before;
      scatter_on(set, a, ids, x, y);
      for (std::size_t i = 0; i < ids.size(); ++i)
        scatter_on(set, a, std::vector<Index>{ids[i]}, std::vector<Scalar>{x[i]}, one_by_one);
      // A model's score of one item must equal its score among all.
      CHECK(y == one_by_one);

      int wrong = 0;
      for (std::size_t i = 0; i < y.size(); ++i) {
        const bool is_named = !ids.empty() && ids[i / 3] == static_cast<Index>(i);
        const long double product = is_named ? static_cast<long double>(a) * x[i / 3] : 0, exact = before[i] + product;
        wrong += !(std::abs(y[i] - exact) <= akin_test::epsilon<Scalar> * (std::abs(product) + std::abs(exact)));
        wrong += !is_named && y[i] != before[i];
      }
      CHECK(wrong == 0);
    }
}

TEST_CASE("an id that comes twice is added to twice") {
  for (const auto set : akin_test::instruction_sets()) {
    std::vector<float> y = {1, 1};
    scatter_on<float, std::int32_t>(set, 2, {1, 0, 1, 1}, {1, 2, 3, 4}, y);
    CHECK(y == std::vector<float>{5, 17});
  }
}

TEMPLATE_TEST_CASE("products added in order are what one element gets from a row of calls", "", float, double) {
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t size : akin_test::vector_sizes()) {
      CAPTURE(static_cast<int>(set), size);
      const auto a = akin_test::normal_numbers<TestType>(size, 32), x = akin_test::normal_numbers<TestType>(size, 33);
      std::vector<TestType> y = {TestType(0.25)};
      for (std::size_t i = 0; i < a.size(); ++i) scatter_on<TestType, std::int32_t>(set, a[i], {0}, {x[i]}, y);
      CHECK(kernels::call_on<kernels::add_in_order_kernel>(set, a.data(), x.data(), size, TestType(0.25)) == y[0]);
    }
}

TEMPLATE_TEST_CASE("what is present is added as if it stood alone", "", (std::pair<float, std::int32_t>),
                   (std::pair<double, std::int32_t>), (std::pair<float, std::int64_t>)) {
  using Scalar = typename TestType::first_type;
  using Index = typename TestType::second_type;
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t size : akin_test::vector_sizes()) {
      CAPTURE(static_cast<int>(set), size);
      const auto x = akin_test::normal_numbers<Scalar>(size, 34), values = akin_test::normal_numbers<Scalar>(size, 35);
      std::vector<kernels::maybe_number<Scalar>> numbers(static_cast<std::size_t>(2 * size));
      std::vector<Index> ids;
      std::vector<Scalar> alone_x, alone_values;
      Scalar magnitudes = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        ids.push_back(static_cast<Index>(2 * i + i % 2));
        if (i % 3 == 1) continue;
        numbers[static_cast<std::size_t>(ids[i])] = {values[i], 1};
        alone_x.push_back(x[i]);
        alone_values.push_back(values[i]);
        magnitudes += std::abs(x[i]);
      }
      Scalar sums[2] = {7, 7};
      kernels::call_on<kernels::add_present_kernel>(set, ids.data(), x.data(), size, numbers.data(), sums);
      const auto alone = static_cast<std::int64_t>(alone_x.size());
      CHECK(sums[0] ==
            kernels::call_on<kernels::add_in_order_kernel>(set, alone_values.data(), alone_x.data(), alone, Scalar{0}));
      CHECK(sums[1] == magnitudes);
    }
}
