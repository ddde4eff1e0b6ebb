#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include <akin/kernels/sparse_accumulator.hpp>
#include <akin/random.hpp>

#include "kernels/instruction_sets.hpp"
#include "support/catch.hpp"

namespace kernels = akin::kernels;

namespace {

constexpr std::int64_t cols = 200;

/// A compressed matrix of drawn elements with Width terms each, and the sums of drawn rows of it.
template <int Width, class Scalar, class Index>
struct product_row {
  explicit product_row(std::uint64_t seed) {
    const akin::random_stream random(60, seed);
    std::uint64_t draw = 0;
    for (int row = 0; row < 20; ++row) {
      std::vector<Index> ids;
      for (std::uint64_t i = 0; i < random.below(draw++, 40); ++i)
        ids.push_back(static_cast<Index>(random.below(1000 + draw * 64 + i, cols)));
      std::ranges::sort(ids);
      ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
      columns.insert(columns.end(), ids.begin(), ids.end());
      offsets.push_back(static_cast<Index>(columns.size()));
    }
    for (std::size_t i = 0; i < columns.size() * Width; ++i)
      terms.push_back(static_cast<Scalar>(1 + random.below(90000 + i, 9)));  // sums of integers are exact
    for (std::uint64_t i = 0; i < 7; ++i) {
      rows.push_back(static_cast<Index>(3 * i));
      for (int w = 0; w < Width; ++w) factors.push_back(static_cast<Scalar>(1 + random.below(80000 + i, 5)));
    }
    for (std::size_t p = 0; p < rows.size(); ++p)
      for (auto q = offsets[static_cast<std::size_t>(rows[p])]; q < offsets[static_cast<std::size_t>(rows[p]) + 1]; ++q)
        for (std::size_t w = 0; w < Width; ++w)
          expected[columns[static_cast<std::size_t>(q)]][w] +=
              factors[p * Width + w] * terms[static_cast<std::size_t>(q) * Width + w];
  }

  std::vector<Index> offsets{0}, columns, rows;
  std::vector<Scalar> terms, factors;
  std::map<Index, std::array<Scalar, Width>> expected;
};

template <int Width, class Scalar, class Index>
void check_width() {
  for (const auto set : akin_test::instruction_sets())
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      CAPTURE(Width, static_cast<int>(set), seed);
      const product_row<Width, Scalar, Index> x(seed);
      std::vector<Scalar> sums(cols * Width), found((cols + 1) * Width);
      for (const bool whole : {false, true}) {
        std::vector<Index> ids(x.columns.size() + cols + 1);
        const std::int64_t touched = kernels::call_on<kernels::accumulate_rows_kernel<Width>>(
            set, x.rows.data(), x.factors.data(), static_cast<std::int64_t>(x.rows.size()), x.offsets.data(),
            x.columns.data(), x.terms.data(), sums.data(), whole ? nullptr : ids.data());
        const std::int64_t count =
            whole
                ? kernels::call_on<kernels::take_all_kernel<Width, kernels::taking::touched>>(
                      set, std::int64_t{0}, cols, Scalar{0}, sums.data(), std::int64_t{0}, ids.data(), found.data())
                : kernels::call_on<kernels::take_listed_kernel<Width, kernels::taking::touched>>(
                      set, std::int64_t{0}, touched, Scalar{0}, sums.data(), std::int64_t{0}, ids.data(), found.data());
        REQUIRE(count == static_cast<std::int64_t>(x.expected.size()));
        std::map<Index, std::array<Scalar, Width>> taken;
        for (std::size_t n = 0; n < x.expected.size(); ++n)
          std::copy_n(found.begin() + static_cast<std::ptrdiff_t>(n) * Width, Width, taken[ids[n]].begin());
        CHECK(taken == x.expected);
        if (whole) CHECK(std::is_sorted(ids.begin(), ids.begin() + count));
        CHECK(std::ranges::all_of(sums, [](Scalar sum) { return sum == 0; }));
      }
    }
}

}  // namespace

TEST_CASE("sums of a product's row are those of its pairs, and zeros are left behind") {
  check_width<1, float, std::int32_t>();
  check_width<1, double, std::int64_t>();
  check_width<2, float, std::int32_t>();
  check_width<4, double, std::int32_t>();
  check_width<4, float, std::int64_t>();
}

TEST_CASE("a sum that comes back to 0 on its way is taken once, one that ends there is not") {
  // Rows of one element each: column 0 gets 1 - 1 + 2, column 1 gets 3 - 3.
  const std::vector<std::int32_t> rows = {0, 1, 2, 3, 4}, offsets = {0, 1, 2, 3, 4, 5}, columns = {0, 0, 0, 1, 1};
  const std::vector<float> factors(5, 1), terms = {1, -1, 2, 3, -3};
  std::vector<float> sums(2), found(6);
  std::vector<std::int32_t> ids(6);
  const std::int64_t touched =
      kernels::call<kernels::accumulate_rows_kernel<1>>(rows.data(), factors.data(), std::int64_t{5}, offsets.data(),
                                                        columns.data(), terms.data(), sums.data(), ids.data());
  CHECK(kernels::call<kernels::take_listed_kernel<1, kernels::taking::touched>>(
            std::int64_t{0}, touched, 0.0f, sums.data(), std::int64_t{0}, ids.data(), found.data()) == 1);
  CHECK((ids[0] == 0 && found[0] == 2));
  CHECK(sums == std::vector<float>(2));
}

TEST_CASE("positions whose last sum is 0 are not taken") {
  std::vector<float> sums = {0, 0, 5, 0, 0, 2}, found(8);
  std::vector<std::int32_t> ids(4);
  CHECK(kernels::call<kernels::take_all_kernel<2, kernels::taking::touched>>(
            std::int64_t{0}, std::int64_t{3}, 0.0f, sums.data(), std::int64_t{0}, ids.data(), found.data()) == 1);
  CHECK(ids[0] == 2);
  CHECK(found[1] == 2);
  CHECK(sums[2] == 0);
}

TEST_CASE("sums below a bound are not taken, and leave zeros too") {
  std::vector<float> sums = {4, -9, 5, 0, 7}, found(6);
  std::vector<std::int32_t> ids = {4, 1, 0, 2, 0, 0};
  using listed = kernels::take_listed_kernel<1, kernels::taking::above>;
  CHECK(kernels::call<listed>(std::int64_t{0}, std::int64_t{4}, 5.0f, sums.data(), std::int64_t{0}, ids.data(),
                              found.data()) == 2);
  CHECK((ids[0] == 4 && found[0] == 7 && ids[1] == 2 && found[1] == 5));
  CHECK(sums == std::vector<float>(5));
  sums = {4, -9, 5, 0, 7};
  using all = kernels::take_all_kernel<1, kernels::taking::above>;
  CHECK(kernels::call<all>(std::int64_t{2}, std::int64_t{5}, 1.0f, sums.data(), std::int64_t{1}, ids.data(),
                           found.data()) == 3);
  CHECK((ids[0] == 4 && ids[1] == 2 && ids[2] == 4));
  CHECK((sums == std::vector<float>{4, -9, 0, 0, 0}));
}
