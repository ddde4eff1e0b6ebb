#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include <akin/kernels/sparse_product.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"
#include "support/random_data.hpp"

namespace kernels = akin::kernels;

namespace {

template <class Scalar, class Index>
struct problem {
  std::int64_t k;
  akin::sparse_matrix<Scalar, Index> a = akin_test::random_sparse<Scalar, Index>(23, 31, 0.3, 1);
  std::vector<Scalar> b = akin_test::normal_numbers<Scalar>(31 * k, 2),
                      before = akin_test::normal_numbers<Scalar>(23 * k, 3),
                      shifted = akin_test::normal_numbers<Scalar>(23 * k, 4),
                      weights = akin_test::normal_numbers<Scalar>(23, 5);

  kernels::sparse_product_task<Scalar, Index> task(std::vector<Scalar>& out) const {
    return {.offsets = a.outerIndexPtr(),
            .ids = a.innerIndexPtr(),
            .values = a.valuePtr(),
            .k = k,
            .b = b.data(),
            .out = out.data()};
  }
};

template <class Scalar, class Index>
void run(kernels::instruction_set set, const kernels::sparse_product_task<Scalar, Index>& task, std::int64_t begin = 0,
         std::int64_t end = 23) {
  kernels::call_on<kernels::sparse_product_kernel>(set, &task, begin, end);
}

}  // namespace

TEMPLATE_TEST_CASE("a sparse matrix times a dense one, alone and in a three-term step", "",
                   (std::pair<float, std::int32_t>), (std::pair<double, std::int32_t>),
                   (std::pair<float, std::int64_t>)) {
  using Scalar = typename TestType::first_type;
  using Index = typename TestType::second_type;
  for (const auto set : akin_test::instruction_sets())
    for (const std::int64_t k : {1, 2, 3, 8, 15, 16, 17, 33, 64, 150, 288}) {
      CAPTURE(static_cast<int>(set), k);
      const problem<Scalar, Index> p{k};
      auto plain = p.before, step = p.before;
      run(set, p.task(plain));
      auto task = p.task(step);
      task.scale = Scalar(-1.5);
      task.weights = p.weights.data();
      task.shifted = p.shifted.data();
      task.shift = Scalar(0.75);
      run(set, task, 0, 9);
      run(set, task, 9, 23);
      int wrong = 0;
      for (std::int64_t row = 0; row < 23; ++row)
        for (std::int64_t column = 0; column < k; ++column) {
          const auto place = static_cast<std::size_t>(row * k + column);
          double sum = 0, size = 0;
          for (auto i = p.a.outerIndexPtr()[row]; i < p.a.outerIndexPtr()[row + 1]; ++i) {
            const double product =
                static_cast<double>(p.a.valuePtr()[i]) *
                static_cast<double>(p.b[static_cast<std::size_t>(p.a.innerIndexPtr()[i] * k + column)]);
            sum += product;
            size += std::abs(product);
          }
          const double precision = 40 * static_cast<double>(akin_test::epsilon<Scalar>);
          wrong += !(std::abs(static_cast<double>(plain[place]) - sum) <= precision * size);
          const double expected = -1.5 * static_cast<double>(p.weights[static_cast<std::size_t>(row)]) * sum +
                                  0.75 * static_cast<double>(p.shifted[place]) - static_cast<double>(p.before[place]);
          wrong += !(std::abs(static_cast<double>(step[place]) - expected) <= precision * (10 * size + 10));
        }
      CHECK(wrong == 0);
    }
}

TEMPLATE_TEST_CASE("a column has the same bits in any place and whatever stands beside it", "", float, double) {
  for (const auto set : akin_test::instruction_sets()) {
    CAPTURE(static_cast<int>(set));
    constexpr std::size_t k = 16;
    problem<TestType, std::int32_t> p{k};
    // All columns are alike, then only number 5 stays.
    const auto spread = [](std::vector<TestType>& x) {
      for (std::size_t i = 0; i < x.size(); ++i) x[i] = x[i / k * k];
    };
    const auto keep_one = [](std::vector<TestType>& x) {
      for (std::size_t i = 0; i < x.size(); ++i)
        if (i % k != 5) x[i] = 0;
    };
    const auto compute = [&] {
      auto out = p.before;
      auto task = p.task(out);
      task.weights = p.weights.data();
      task.shifted = p.shifted.data();
      task.shift = TestType(0.3);
      run(set, task);
      return out;
    };
    for (auto* const x : {&p.b, &p.before, &p.shifted}) spread(*x);
    const auto together = compute();
    for (auto* const x : {&p.b, &p.before, &p.shifted}) keep_one(*x);
    const auto alone = compute();
    for (std::size_t i = 0; i < together.size(); ++i) {
      CHECK(together[i] == together[i / k * k]);
      CHECK(alone[i] == (i % k == 5 ? together[i] : TestType(0)));
    }
  }
}
