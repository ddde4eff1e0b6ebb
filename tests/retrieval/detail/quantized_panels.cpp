#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/kernels/dot.hpp>
#include <akin/retrieval/detail/quantized_panels.hpp>

#include "support/catch.hpp"

namespace kernels = akin::kernels;

namespace {

template <class Scalar>
using matrix = akin::dense_matrix<Scalar>;

template <class Scalar>
akin::rows_view<const Scalar> view(const matrix<Scalar>& x) {
  return {x.data(), x.rows(), x.cols()};
}

/// Gaussian rows whose elements differ in size, the rows too; some are 0 or have one element alone.
template <class Scalar>
matrix<Scalar> uneven(std::int64_t rows, std::int64_t cols, double decades, std::uint64_t seed) {
  matrix<Scalar> x = akin::synthetic::gaussian<Scalar>(rows, cols, {.seed = seed});
  const akin::random_stream random(seed, 5);
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    x.row(i) *= static_cast<Scalar>(std::pow(10.0, decades * (random.uniform(static_cast<std::uint64_t>(i)) - 0.5)));
    x(i, i % cols) *= 30;
    if (i % 17 == 3) x.row(i).setZero();
    if (i % 17 == 5) x.row(i).tail(cols - 1).setZero();
  }
  return x;
}

}  // namespace

TEMPLATE_TEST_CASE("every row that reaches a target is found, and what is said of its score holds", "", float, double) {
  using panels_type = akin::detail::quantized_panels<TestType, int>;
  const std::int64_t cols = GENERATE(1, 6, 64);
  const double decades = GENERATE(0.0, 4.0, 20.0);
  CAPTURE(cols, decades);
  const matrix<TestType> y = uneven<TestType>(700, cols, decades, 1);
  const matrix<TestType> x = uneven<TestType>(kernels::tile_queries, cols, decades, 2);
  const panels_type panels(akin::execution::par, view(y), [](int id) { return id % 10 != 9; });
  CHECK(panels.rows() == 630);
  CHECK(panels.chunks() == 3);
  typename panels_type::hits found;
  std::int64_t wrong = 0;
  // The target of query q is its score of row `of`, so that one row reaches it by nothing at all.
  for (const int of : {0, 250, 699}) {
    auto group = panels.make_group();
    std::vector<double> targets;
    for (int q = 0; q < kernels::tile_queries; ++q) {
      panels.set(group, q, x.row(q).data(), TestType{0});
      targets.push_back(static_cast<double>(kernels::dot(x.row(q).data(), y.row(of).data(), cols)));
      if (q == 4) targets.back() = -std::numeric_limits<double>::infinity();
      if (q == 1 || q == 6) targets.back() = std::numeric_limits<double>::infinity();
      wrong += !panels.is_safe(x.row(q).data());
    }
    for (std::int64_t chunk = 0; chunk < panels.chunks(); ++chunk) {
      panels.scan(group, chunk, targets.data(), found);
      const auto rows = static_cast<std::int32_t>(std::min<std::int64_t>(kernels::chunk_rows, 630 - chunk * 256));
      for (int q = 0; q < kernels::tile_queries; ++q) {
        std::int32_t next = 0;
        for (std::int32_t position = 0; position < rows; ++position) {
          const int id = panels.id(chunk, position);
          const auto score = static_cast<double>(kernels::dot(x.row(q).data(), y.row(id).data(), cols));
          const bool is_hit = next < found.counts[q] && found.positions[q][next] == position;
          wrong += score >= targets[static_cast<std::size_t>(q)] && !is_hit;
          wrong += score > panels.reach(group, q, chunk);
          if (is_hit)
            wrong +=
                !(std::abs(static_cast<double>(found.scores[q][next++]) - score) <= panels.margin(group, q, chunk));
        }
        wrong += next != found.counts[q];
      }
      wrong += found.counts[1] + found.counts[6];
      wrong += found.counts[4] != rows;
    }
  }
  CHECK(wrong == 0);
}

TEMPLATE_TEST_CASE("what rounding takes from a query counts in full", "", float, double) {
  // The rows are whole numbers up to 127, which bytes hold as they are; the query loses in its second number.
  matrix<TestType> y(300, 2), x(1, 2);
  for (Eigen::Index i = 0; i < 300; ++i) y.row(i) << static_cast<TestType>(i % 5), TestType{127};
  const akin::detail::quantized_panels<TestType, int> panels(akin::execution::seq, view(y), [](int) { return true; });
  for (int whole = 1; whole < 127; ++whole)
    for (const double part : {-0.49, 0.49}) {
      CAPTURE(whole, part);
      x << TestType{1}, static_cast<TestType>((whole + part) / 127);
      auto group = panels.make_group();
      panels.set(group, 0, x.data(), TestType{0});
      typename akin::detail::quantized_panels<TestType, int>::hits found;
      std::int64_t wrong = 0;
      const int least = panels.id(0, 0);
      const auto target = static_cast<double>(kernels::dot(x.data(), y.row(least).data(), 2));
      panels.scan(group, 0, &target, found);
      std::int32_t next = 0;
      for (std::int32_t position = 0; position < kernels::chunk_rows; ++position) {
        const auto score = static_cast<double>(kernels::dot(x.data(), y.row(panels.id(0, position)).data(), 2));
        const bool is_hit = next < found.counts[0] && found.positions[0][next] == position;
        wrong += score >= target && !is_hit;
        if (is_hit)
          wrong += !(std::abs(static_cast<double>(found.scores[0][next++]) - score) <= panels.margin(group, 0, 0));
      }
      CHECK(wrong == 0);
      CHECK(found.counts[0] > 0);
    }
}

TEST_CASE("rows come by length, chunk by chunk, and bounds are near") {
  const matrix<float> y = akin::synthetic::gaussian<float>(1000, 32, {.seed = 3});
  const matrix<float> x = akin::synthetic::gaussian<float>(1, 32, {.seed = 4});
  const akin::detail::quantized_panels<float, int> panels(akin::execution::seq, view(y), [](int) { return true; });
  double last = std::numeric_limits<double>::infinity();
  std::vector<int> seen(1000);
  auto group = panels.make_group();
  panels.set(group, 0, x.data(), 0.0f);
  for (std::int64_t chunk = 0; chunk < panels.chunks(); ++chunk) {
    double longest = 0, shortest = last;
    for (std::int32_t i = 0; i < std::min<std::int64_t>(256, 1000 - 256 * chunk); ++i) {
      const int id = panels.id(chunk, i);
      ++seen[static_cast<std::size_t>(id)];
      const auto length = static_cast<double>(y.row(id).norm());
      longest = std::max(longest, length), shortest = std::min(shortest, length);
    }
    CHECK(longest <= last * (1 + 1e-6));
    last = shortest;
    const double most = static_cast<double>(x.norm()) * longest;
    CHECK(panels.reach(group, 0, chunk) >= most * (1 - 1e-6));
    CHECK(panels.reach(group, 0, chunk) < most * 1.001);
    CHECK(panels.margin(group, 0, chunk) < most * 0.03);
  }
  CHECK(seen == std::vector<int>(1000, 1));
}

TEST_CASE("no rows, and queries that could overflow") {
  const matrix<float> none(0, 5), large = matrix<float>::Constant(2, 5, 1e30f);
  const auto all = [](int) { return true; };
  const akin::detail::quantized_panels<float, int> empty(akin::execution::seq, view(none), all);
  CHECK(empty.chunks() == 0);
  CHECK(empty.is_safe(large.data()));
  const akin::detail::quantized_panels<float, int> panels(akin::execution::seq, view(large), all);
  CHECK_FALSE(panels.is_safe(large.data()));
  const matrix<float> small = matrix<float>::Constant(1, 5, 1e6f);
  CHECK(panels.is_safe(small.data()));
}
