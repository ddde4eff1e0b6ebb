#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <akin/metrics/graded_ranking.hpp>
#include <akin/metrics/judged_list.hpp>
#include <akin/metrics/ranking.hpp>

#include "support/catch.hpp"

namespace metrics = akin::metrics;
using metrics::gain_scale;

namespace {

using ids = std::vector<std::int32_t>;
using gains_type = std::vector<double>;

constexpr double tolerance = 1e-14;

double discount(int rank) { return 1 / std::log2(rank + 1.0); }

static_assert(metrics::user_metric<metrics::graded_ndcg> &&
              metrics::user_metric<metrics::expected_reciprocal_rank, std::int64_t>);

}  // namespace

TEST_CASE("graded NDCG by hand") {
  const ids ranked = {4, 1, 7, 2, 9}, relevant = {1, 2, 3};  // gains 3 and 1 at the ranks 2 and 4
  const gains_type gains = {3, 1, 2};
  const double ideal = 3 + 2 * discount(2) + discount(3);
  CHECK(metrics::graded_ndcg{5}(ranked, relevant, gains) ==
        Approx((3 * discount(2) + discount(4)) / ideal).epsilon(tolerance));
  CHECK(metrics::graded_ndcg{3}(ranked, relevant, gains) == Approx(3 * discount(2) / ideal).epsilon(tolerance));
  CHECK(metrics::graded_ndcg{2}(ranked, relevant, gains) ==
        Approx(3 * discount(2) / (3 + 2 * discount(2))).epsilon(tolerance));
  CHECK(metrics::graded_ndcg{1}(ranked, relevant, gains) == 0);
  const double steep = 7 + 3 * discount(2) + discount(3);
  CHECK(metrics::graded_ndcg{5, gain_scale::exponential}(ranked, relevant, gains) ==
        Approx((7 * discount(2) + discount(4)) / steep).epsilon(tolerance));
}

TEST_CASE("graded NDCG of the ideal list is 1, of a list the other way round less") {
  const ids best = {8, 3, 5}, worst = {5, 3, 8}, relevant = {3, 5, 8};
  const gains_type gains = {2, 0.5, 4};
  for (const auto scale : {gain_scale::linear, gain_scale::exponential}) {
    CHECK(metrics::graded_ndcg{3, scale}(best, relevant, gains) == 1);
    CHECK(metrics::graded_ndcg{2, scale}(best, relevant, gains) == 1);
    CHECK(metrics::graded_ndcg{10, scale}(best, relevant, gains) == 1);
    CHECK(metrics::graded_ndcg{3, scale}(worst, relevant, gains) < 0.8);
  }
}

TEST_CASE("equal gains, or none, are those of the binary NDCG") {
  const ids ranked = {4, 1, 7, 2, 9}, relevant = {1, 2, 3};
  for (const auto scale : {gain_scale::linear, gain_scale::exponential})
    for (const int k : {1, 2, 3, 5, 20}) {
      const double binary = metrics::ndcg{k}(ranked, relevant);
      CHECK(metrics::graded_ndcg{k, scale}(ranked, relevant) == Approx(binary).epsilon(tolerance));
      CHECK(metrics::graded_ndcg{k, scale}(ranked, relevant, gains_type(3, 4)) == Approx(binary).epsilon(tolerance));
    }
}

TEST_CASE("gains far apart neither overflow nor vanish") {
  const ids ranked = {1, 2}, relevant = {1, 2};
  CHECK(metrics::graded_ndcg{2, gain_scale::exponential}(ranked, relevant, gains_type{1, 5000}) ==
        Approx(discount(2)).epsilon(tolerance));
  CHECK(metrics::graded_ndcg{2}(ranked, relevant, gains_type{1e-300, 1e300}) == Approx(discount(2)).epsilon(tolerance));
  // Small gains are as good as linear.
  const gains_type small = {1e-12, 3e-12};
  CHECK(metrics::graded_ndcg{2, gain_scale::exponential}(ranked, relevant, small) ==
        Approx(metrics::graded_ndcg{2}(ranked, relevant, small)).epsilon(1e-10));
}

TEST_CASE("expected reciprocal rank by hand") {
  const ids ranked = {4, 1, 7, 2, 9}, relevant = {1, 2, 3};
  const gains_type gains = {2, 1, 2};  // satisfied with 3/4 at rank 2, else with 1/4 at rank 4
  CHECK(metrics::expected_reciprocal_rank{5, 2}(ranked, relevant, gains) ==
        Approx(0.75 / 2 + 0.25 * 0.25 / 4).epsilon(tolerance));
  CHECK(metrics::expected_reciprocal_rank{3, 2}(ranked, relevant, gains) == Approx(0.75 / 2).epsilon(tolerance));
  CHECK(metrics::expected_reciprocal_rank{5, 3}(ranked, relevant, gains) ==
        Approx(0.375 / 2 + 0.625 * 0.125 / 4).epsilon(tolerance));
  // Without gains each hit satisfies half of those who come to it.
  CHECK(metrics::expected_reciprocal_rank{5}(ranked, relevant) == Approx(0.5 / 2 + 0.5 * 0.5 / 4).epsilon(tolerance));
}

TEST_CASE("nothing relevant, or nothing ranked, has no gain") {
  const ids some = {1, 2, 3}, none;
  const gains_type gains = {1, 1, 1}, no_gains;
  CHECK(metrics::graded_ndcg{5}(some, none, no_gains) == 0);
  CHECK(metrics::graded_ndcg{5}(none, some, gains) == 0);
  CHECK(metrics::graded_ndcg{5}(none, none) == 0);
  CHECK(metrics::expected_reciprocal_rank{5}(some, none, no_gains) == 0);
  CHECK(metrics::expected_reciprocal_rank{5}(none, some, gains) == 0);
}

TEMPLATE_TEST_CASE("bad lists and gains are refused by name", "", metrics::graded_ndcg,
                   metrics::expected_reciprocal_rank) {
  const ids ranked = {3, 1}, relevant = {1, 2}, twice = {3, 1, 3}, falling = {2, 1};
  const gains_type gains = {1, 1};
  const std::string where(TestType::name);
  CHECK_THROWS_WITH(TestType{0}(ranked, relevant, gains), where + ": k must be positive, got 0");
  CHECK_THROWS_WITH(TestType{2}(twice, relevant, gains), where + ": ranked must hold an item once, got 3 twice");
  CHECK_THROWS_WITH(TestType{2}(ranked, falling), where + ": relevant must ascend without repetition, got 1 after 2");
  CHECK_THROWS_WITH(TestType{2}(ranked, relevant, gains_type{1}),
                    where + ": gains must be one for each of the 2 relevant items, got 1");
  CHECK_THROWS_WITH(TestType{2}(ranked, relevant, gains_type{1, 0}),
                    where + ": gains must be positive and finite, got 0");
  for (const double bad : {-1.0, std::nan(""), std::numeric_limits<double>::infinity()})
    CHECK_THROWS_AS(TestType{2}(ranked, relevant, gains_type{1, bad}), std::invalid_argument);
}

TEST_CASE("a gain above the scale is refused") {
  const ids ranked = {1}, relevant = {1};
  CHECK_THROWS_WITH((metrics::expected_reciprocal_rank{1, 4}(ranked, relevant, gains_type{5})),
                    "metrics::expected_reciprocal_rank: gains must be at most highest_gain, 4, got 5 for user 0");
  CHECK_THROWS_WITH((metrics::expected_reciprocal_rank{1, 0}(ranked, relevant, gains_type{5})),
                    "metrics::expected_reciprocal_rank: highest_gain must be positive, got 0");
  constexpr double infinite = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH((metrics::expected_reciprocal_rank{1, infinite}(ranked, relevant, gains_type{5})),
                    "metrics::expected_reciprocal_rank: highest_gain must be finite, got inf");
}
