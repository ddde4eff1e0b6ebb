#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <akin/kernels/top_k.hpp>
#include <akin/random.hpp>

#include "support/catch.hpp"

namespace kernels = akin::kernels;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

template <class Scalar, class Index = std::int32_t>
using list = std::vector<std::pair<Scalar, Index>>;

template <class Scalar, class Index = std::int32_t>
list<Scalar, Index> best_of(const std::vector<Scalar>& scores, std::int64_t k) {
  std::vector<kernels::scored<Scalar, Index>> memory(static_cast<std::size_t>(k) + 1, {-7, -7});
  kernels::top_k<Scalar, Index> best(memory.data(), k);
  kernels::offer_all(scores.data(), static_cast<std::int64_t>(scores.size()), best);
  const std::int64_t count = best.finish();
  REQUIRE((count >= 0 && count <= k));
  CHECK((memory.back().score == -7 && memory.back().id == -7));
  list<Scalar, Index> result;
  for (std::int64_t i = 0; i < count; ++i)
    result.emplace_back(memory[static_cast<std::size_t>(i)].score, memory[static_cast<std::size_t>(i)].id);
  return result;
}

// Everything that may be kept, sorted.
template <class Scalar, class Index = std::int32_t>
list<Scalar, Index> sorted_best(const std::vector<Scalar>& scores, std::int64_t k) {
  list<Scalar, Index> all;
  for (std::size_t i = 0; i < scores.size(); ++i)
    if (scores[i] > -std::numeric_limits<Scalar>::infinity()) all.emplace_back(scores[i], static_cast<Index>(i));
  const std::size_t count = std::min(all.size(), static_cast<std::size_t>(k));
  std::partial_sort(
      all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count), all.end(),
      [](const auto& a, const auto& b) { return a.first > b.first || (a.first == b.first && a.second < b.second); });
  all.resize(count);
  return all;
}

}  // namespace

TEST_CASE("the best by hand: ties by id, no NaN, no minus infinity") {
  const std::vector<float> scores = {1, not_a_number, 3, -infinity, 3, infinity, -2, 3};
  CHECK(best_of(scores, 1) == list<float>{{infinity, 5}});
  CHECK(best_of(scores, 3) == list<float>{{infinity, 5}, {3, 2}, {3, 4}});
  CHECK(best_of(scores, 100) == list<float>{{infinity, 5}, {3, 2}, {3, 4}, {3, 7}, {1, 0}, {-2, 6}});
  CHECK(best_of(std::vector<float>{}, 2).empty());
  CHECK(best_of(std::vector<float>{not_a_number, -infinity}, 2).empty());
  CHECK(best_of(std::vector<float>{-0.0f, 0.0f}, 2) == list<float>{{0, 0}, {0, 1}});
}

TEST_CASE("nothing comes that is not above the floor, and ids may begin anywhere") {
  const std::vector<float> scores = {1, not_a_number, 3, 2, 3, infinity};
  kernels::scored<float, std::int64_t> memory[4];
  kernels::top_k<float, std::int64_t> best(memory, 4, 2.0f);
  CHECK(best.bound() == 2);
  kernels::offer_all(scores.data(), 6, std::int64_t{100}, best, [](std::int64_t id) { return id != 105; });
  REQUIRE(best.finish() == 2);
  CHECK((memory[0].id == 102 && memory[1].id == 104));
}

TEST_CASE("an order of offers does not matter") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    std::int32_t ids[] = {0, 1, 2, 3, 4, 5, 6, 7};
    akin::shuffle(ids, 8, akin::random_stream(seed));
    kernels::scored<float, std::int32_t> memory[3];
    kernels::top_k<float, std::int32_t> best(memory, 3);
    for (const auto id : ids) best.offer(static_cast<float>(id / 3), id);
    REQUIRE(best.finish() == 3);
    CHECK((memory[0].id == 6 && memory[1].id == 7 && memory[2].id == 3));
  }
}

TEMPLATE_TEST_CASE("the best of many scores are those that a sort puts first", "", float, double) {
  const TestType special[] = {static_cast<TestType>(infinity), static_cast<TestType>(-infinity),
                              static_cast<TestType>(not_a_number), TestType{0}, -TestType{0}};
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const akin::random_stream random(seed);
    std::vector<TestType> scores(random.below(0, 1500));
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const auto draw = random.below(i + 1, 60);
      // Few values: many ties. Odd seeds: hardly any.
      scores[i] = draw < 5 ? special[draw]
                           : static_cast<TestType>(seed % 2 ? random.normal(i + 1) : static_cast<double>(draw % 7));
    }
    for (const std::int64_t k : {1, 2, 3, 10, 64, 399, 400, 1000}) {
      CAPTURE(seed, scores.size(), k);
      CHECK(best_of(scores, k) == sorted_best(scores, k));
      CHECK((best_of<TestType, std::int64_t>(scores, k) == sorted_best<TestType, std::int64_t>(scores, k)));
    }
  }
}
