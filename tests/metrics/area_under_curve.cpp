#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include <akin/metrics/area_under_curve.hpp>
#include <akin/random.hpp>

#include "metrics/fixtures/areas.hpp"
#include "support/catch.hpp"

namespace metrics = akin::metrics;

namespace {

using ids = std::vector<std::int32_t>;
constexpr double none = -std::numeric_limits<double>::infinity();

static_assert(metrics::scored_metric<metrics::auc> &&
              metrics::scored_metric<metrics::partial_auc, double, std::int64_t>);
static_assert(!metrics::list_metric<metrics::auc>);

// Every pair of a relevant item and another one.
double pairs(const std::vector<double>& scores, const ids& relevant) {
  std::vector<bool> wanted(scores.size());
  for (const auto item : relevant) wanted[static_cast<std::size_t>(item)] = true;
  double right = 0, all = 0;
  for (std::size_t a = 0; a < scores.size(); ++a)
    for (std::size_t b = 0; b < scores.size(); ++b) {
      if (!wanted[a] || wanted[b]) continue;
      right += scores[a] > scores[b] ? 1 : scores[a] == scores[b] ? 0.5 : 0;
      ++all;
    }
  return right / all;
}

// The ROC curve point by point, cut at the limit by interpolation.
double partial(const std::vector<double>& scores, const ids& relevant, double limit) {
  std::vector<bool> wanted(scores.size());
  for (const auto item : relevant) wanted[static_cast<std::size_t>(item)] = true;
  std::vector<double> levels = scores;
  std::sort(levels.begin(), levels.end(), std::greater<>());
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  const auto positives = static_cast<double>(relevant.size());
  const double negatives = static_cast<double>(scores.size()) - positives;
  double x = 0, y = 0, area = 0;
  for (const double level : levels) {
    double right = x, up = y;
    for (std::size_t i = 0; i < scores.size(); ++i)
      if (scores[i] == level) (wanted[i] ? up : right) += 1 / (wanted[i] ? positives : negatives);
    const double end = std::min(right, limit);
    if (end > x) {
      const double top = y + (up - y) * (end - x) / (right - x);
      area += (end - x) * (y + top) / 2;
    }
    x = right, y = up;
    if (x >= limit) break;
  }
  const double least = limit * limit / 2;
  return (1 + (area - least) / (limit - least)) / 2;
}

}  // namespace

TEST_CASE("the area by hand") {
  const std::vector<double> scores = {5, 4, 3, 2, 1};
  CHECK(metrics::auc{}(scores, ids{0, 1}) == 1);
  CHECK(metrics::auc{}(scores, ids{3, 4}) == 0);
  CHECK(metrics::auc{}(scores, ids{0, 3}) == Approx(4 / 6.0));
  CHECK(metrics::auc{}(std::vector<double>{2, 2, 1}, ids{0}) == 0.75);
  CHECK(metrics::auc{}(std::vector<float>{2, 2, 1}, ids{0}) == 0.75);
  CHECK(metrics::auc{}(std::vector<double>(7, 3.0), ids{2, 5}) == 0.5);
  // What has no score is tied at the bottom.
  CHECK(metrics::auc{}(std::vector<double>{none, 1, none, none}, ids{0}) == Approx((0 + 0.5 + 0.5) / 3));
  CHECK(metrics::auc{}(std::vector<double>{none, none}, ids{1}) == 0.5);
  CHECK(metrics::auc{}(scores, ids{0, 1, 2, 3, 4}) == 0.5);  // nothing to tell apart
  CHECK(metrics::auc{}(scores, ids{}) == 0);
}

TEST_CASE("the first part of the curve, on the scale of chance and perfection") {
  const std::vector<double> scores = {5, 4, 3, 2, 1};
  CHECK(metrics::partial_auc{0.5}(scores, ids{0, 1}) == Approx(1));
  CHECK(metrics::partial_auc{0.5}(scores, ids{4}) == Approx((1 - 0.125 / 0.375) / 2));
  CHECK(metrics::partial_auc{0.3}(std::vector<double>(7, 3.0), ids{2, 5}) == Approx(0.5));
  CHECK(metrics::partial_auc{0.3}(scores, ids{0, 1, 2, 3, 4}) == 0.5);
  CHECK(metrics::partial_auc{0.3}(scores, ids{}) == 0);
  CHECK(metrics::partial_auc{1}(scores, ids{0, 3}) == Approx(metrics::auc{}(scores, ids{0, 3})));
}

TEST_CASE("agrees with pairs and with the curve drawn point by point") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const akin::random_stream random(seed);
    const std::uint64_t many = seed % 6 == 0 ? 400 : 0;  // scores, so that they are searched
    const auto items = many + 2 + random.below(0, 40), levels = many + 1 + random.below(1, 50);
    std::vector<double> scores;
    std::vector<float> narrow;
    ids relevant;
    for (std::uint64_t item = 0; item < items; ++item) {
      const auto level = random.below(100 + item, levels);
      scores.push_back(level == 0 ? none : static_cast<double>(level) - 20);
      narrow.push_back(static_cast<float>(scores.back()));
      if (random.uniform(1000 + item) < 0.3) relevant.push_back(static_cast<std::int32_t>(item));
    }
    if (relevant.empty() || relevant.size() == items) continue;
    CAPTURE(seed, items, levels, relevant.size());
    CHECK(metrics::auc{}(scores, relevant) == Approx(pairs(scores, relevant)).epsilon(1e-13));
    CHECK(metrics::auc{}(narrow, relevant) == metrics::auc{}(scores, relevant));
    for (const double limit : {0.05, 0.1, 0.5, 0.93, 1.0}) {
      CHECK(metrics::partial_auc{limit}(scores, relevant) ==
            Approx(partial(scores, relevant, limit)).epsilon(1e-12).margin(1e-12));
      CHECK(metrics::partial_auc{limit}(narrow, relevant) == metrics::partial_auc{limit}(scores, relevant));
    }
  }
}

TEST_CASE("candidates that are not among the scores are left out") {
  // Items 3 and 4 are no candidates: -infinity, and not counted.
  const std::vector<double> scores = {3, 1, 2, none, none};
  const ids relevant = {2};
  const metrics::judged_list<> list{0, {}, relevant, {}};
  const metrics::auc area{};
  CHECK(area(list, metrics::scored_items<double>{scores, 3}) == 0.5);
  CHECK(area(list, metrics::scored_items<double>{scores, 4}) == Approx(2 / 3.0));
  CHECK(area(list, metrics::scored_items<double>{{}, 4}) == 0.5);
  CHECK(metrics::partial_auc{0.4}(list, metrics::scored_items<double>{{}, 4}) == Approx(0.5));
}

TEST_CASE("bad arguments of areas are sentences") {
  const std::vector<double> scores = {5, 4, 3};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(metrics::auc{}(std::vector<double>{1, nan}, ids{0}),
                    "metrics::auc: scores must be numbers, got NaN for item 1");
  CHECK_THROWS_WITH(metrics::auc{}(scores, ids{3}), "metrics::auc: each of relevant must be an id below 3, got 3");
  CHECK_THROWS_WITH(metrics::auc{}(scores, ids{-1}), "metrics::auc: each of relevant must be an id below 3, got -1");
  CHECK_THROWS_WITH(metrics::auc{}(scores, ids{2, 1}),
                    "metrics::auc: relevant must ascend without repetition, got 1 after 2");
  CHECK_THROWS_WITH(metrics::partial_auc{0}(scores, ids{1}),
                    "metrics::partial_auc: max_false_positive_rate must be above 0 and at most 1, got 0");
  CHECK_THROWS_AS(metrics::partial_auc{1.5}(scores, ids{1}), std::invalid_argument);
  CHECK_THROWS_AS(metrics::partial_auc{nan}(scores, ids{1}), std::invalid_argument);
}

TEST_CASE("agrees with scikit-learn") {
  for (const auto& [scores, relevant, areas] : fixtures::areas) {
    const std::vector<double> mine = {metrics::auc{}(scores, relevant),
                                      metrics::partial_auc{0.05}(scores, relevant),
                                      metrics::partial_auc{0.1}(scores, relevant),
                                      metrics::partial_auc{0.3}(scores, relevant),
                                      metrics::partial_auc{0.75}(scores, relevant),
                                      metrics::partial_auc{1}(scores, relevant)};
    REQUIRE(mine.size() == areas.size());
    for (std::size_t i = 0; i < areas.size(); ++i) CHECK(mine[i] == Approx(areas[i]).epsilon(1e-13).margin(1e-13));
  }
}
