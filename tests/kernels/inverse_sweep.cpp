#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <akin/kernels/inverse_sweep.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"
#include "support/random_data.hpp"

namespace kernels = akin::kernels;

namespace {

/// Elements (i, j) of a size x size matrix.
template <class T>
struct square {
  explicit square(std::int64_t n) : size(n), elements(static_cast<std::size_t>(n * n)) {}
  T& operator()(std::int64_t i, std::int64_t j) { return elements[static_cast<std::size_t>(i * size + j)]; }
  std::int64_t size;
  std::vector<T> elements;
};

/// 0.1 I + YY' for random Y with `rank` columns of about unit length in all.
template <class T>
square<T> some_definite(std::int64_t size, std::int64_t rank) {
  const auto y = akin_test::normal_numbers<double>(size * rank, 5);
  square<T> a(size);
  for (std::int64_t i = 0; i < size; ++i)
    for (std::int64_t j = 0; j < size; ++j) {
      double sum = 0;
      for (std::int64_t d = 0; d < rank; ++d)
        sum += y[static_cast<std::size_t>(i * rank + d)] * y[static_cast<std::size_t>(j * rank + d)];
      a(i, j) = static_cast<T>(sum / static_cast<double>(rank) + (i == j ? 0.1 : 0));
    }
  return a;
}

/// The inverse by the plain method of Gauss and Jordan.
template <class T>
square<double> reference_inverse(square<T> of) {
  const std::int64_t size = of.size;
  square<double> a(size);
  for (std::int64_t i = 0; i < size; ++i)
    for (std::int64_t j = 0; j < size; ++j) a(i, j) = static_cast<double>(of(i, j));
  for (std::int64_t k = 0; k < size; ++k) {
    const double pivot = a(k, k);
    a(k, k) = 1;
    for (std::int64_t j = 0; j < size; ++j) a(k, j) /= pivot;
    for (std::int64_t i = 0; i < size; ++i) {
      if (i == k) continue;
      const double factor = a(i, k);
      a(i, k) = 0;
      for (std::int64_t j = 0; j < size; ++j) a(i, j) -= factor * a(k, j);
    }
  }
  return a;
}

/// All steps of the sweep, one tile after the other, on one instruction set.
template <class T>
bool invert(kernels::instruction_set set, square<T>& a) {
  constexpr std::int64_t tile = kernels::sweep_tile, block = kernels::sweep_block, panel = tile * block;
  const std::int64_t size = a.size, tiles = (size + tile - 1) / tile;
  std::vector<T> left(static_cast<std::size_t>(tiles * panel)), right(left.size()), scratch(2 * panel);
  std::vector<T> transposed(block * block), negative(block * block);
  std::vector<double> factor(block * block), inverse(factor.size()), product(factor.size());
  for (std::int64_t begin = 0; begin < size; begin += block) {
    const std::int64_t depth = std::min(block, size - begin);
    const auto is_of_pivot = [&](std::int64_t t) { return t * tile >= begin && t * tile < begin + depth; };
    if (!kernels::invert_factor(&a(begin, begin), size, depth, factor.data(), inverse.data())) return false;
    const kernels::sweep_pivot<T> k{begin, depth, inverse.data(), transposed.data(), negative.data()};
    kernels::call_on<kernels::pack_pivot_kernel>(set, k);
    for (std::int64_t t = 0; t < tiles; ++t)
      if (!is_of_pivot(t))
        kernels::call_on<kernels::sweep_rows_kernel>(
            set, a.elements.data(), size, t * tile, k,
            kernels::sweep_panel<T>{left.data() + t * panel, right.data() + t * panel}, scratch.data());
    kernels::invert_pivot(&a(begin, begin), size, depth, inverse.data(), product.data());
    for (std::int64_t i = 0; i < tiles; ++i)
      for (std::int64_t j = 0; j <= i; ++j)
        if (!is_of_pivot(i) && !is_of_pivot(j))
          kernels::call_on<kernels::sweep_tile_kernel>(set, a.elements.data(), size, i * tile, j * tile,
                                                       static_cast<const T*>(left.data() + i * panel),
                                                       static_cast<const T*>(right.data() + j * panel), depth);
  }
  return true;
}

}  // namespace

TEMPLATE_TEST_CASE("the swept matrix is the inverse on every instruction set", "", float, double) {
  for (const std::int64_t size : {1, 2, 31, 192, 193, 384, 385, 600}) {
    const auto a = some_definite<TestType>(size, 40);
    auto exact = reference_inverse(a);
    for (const auto set : akin_test::instruction_sets()) {
      CAPTURE(size, static_cast<int>(set));
      auto inverse = a;
      REQUIRE(invert(set, inverse));
      double worst = 0;
      for (std::int64_t i = 0; i < size; ++i)
        for (std::int64_t j = 0; j <= i; ++j)
          worst = std::max(
              worst, std::abs(static_cast<double>(inverse(i, j)) - exact(i, j)) / std::sqrt(exact(i, i) * exact(j, j)));
      // The largest eigenvalue is below (1 + sqrt(size / 40))^2 + 0.1, the smallest is 0.1 at least.
      const double condition = 10 * std::pow(1 + std::sqrt(static_cast<double>(size) / 40), 2) + 1;
      CHECK(worst <= akin_test::epsilon<TestType> * condition);
    }
  }
}

TEST_CASE("of the upper triangle nothing is read") {
  auto a = some_definite<float>(450, 20), poisoned = a;
  for (std::int64_t i = 0; i < a.size; ++i)
    for (std::int64_t j = i + 1; j < a.size; ++j) poisoned(i, j) = std::numeric_limits<float>::quiet_NaN();
  const auto set = kernels::best_instruction_set();
  REQUIRE(invert(set, a));
  REQUIRE(invert(set, poisoned));
  bool is_same = true;
  for (std::int64_t i = 0; i < a.size; ++i)
    for (std::int64_t j = 0; j <= i; ++j) is_same = is_same && a(i, j) == poisoned(i, j);
  CHECK(is_same);
}

TEST_CASE("a block that is not positive definite is told") {
  const auto set = kernels::best_instruction_set();
  auto indefinite = some_definite<double>(400, 20);
  indefinite(395, 395) = -1;
  CHECK_FALSE(invert(set, indefinite));
  auto singular = some_definite<double>(40, 20);
  for (std::int64_t i = 0; i < 40; ++i) singular(i, 7) = singular(7, i) = 0;
  CHECK_FALSE(invert(set, singular));
  auto unknown = some_definite<float>(40, 20);
  unknown(3, 1) = std::numeric_limits<float>::quiet_NaN();
  CHECK_FALSE(invert(set, unknown));
}
