#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <akin/metrics/ranking.hpp>

#include "support/catch.hpp"

namespace metrics = akin::metrics;

namespace {

using ids = std::vector<std::int32_t>;

constexpr double tolerance = 1e-14;

double discount(int rank) { return 1 / std::log2(rank + 1.0); }

}  // namespace

TEST_CASE("metrics of a list by hand") {
  const ids ranked = {4, 1, 7, 2, 9}, relevant = {1, 2, 3};  // hits at the ranks 2 and 4
  CHECK(metrics::precision{5}(ranked, relevant) == Approx(2.0 / 5).epsilon(tolerance));
  CHECK(metrics::precision{3}(ranked, relevant) == Approx(1.0 / 3).epsilon(tolerance));
  CHECK(metrics::recall{5}(ranked, relevant) == Approx(2.0 / 3).epsilon(tolerance));
  CHECK(metrics::recall{2}(ranked, relevant) == Approx(1.0 / 3).epsilon(tolerance));
  CHECK(metrics::capped_recall{2}(ranked, relevant) == Approx(1.0 / 2).epsilon(tolerance));
  CHECK(metrics::capped_recall{5}(ranked, relevant) == Approx(2.0 / 3).epsilon(tolerance));
  CHECK(metrics::f1{5}(ranked, relevant) == Approx(2 * 0.4 * (2.0 / 3) / (0.4 + 2.0 / 3)).epsilon(tolerance));
  CHECK(metrics::average_precision{5}(ranked, relevant) == Approx((1.0 / 2 + 2.0 / 4) / 3).epsilon(tolerance));
  CHECK(metrics::average_precision{3}(ranked, relevant) == Approx((1.0 / 2) / 3).epsilon(tolerance));
  CHECK(metrics::reciprocal_rank{5}(ranked, relevant) == 0.5);
  CHECK(metrics::reciprocal_rank{1}(ranked, relevant) == 0);
  CHECK(metrics::hit_rate{1}(ranked, relevant) == 0);
  CHECK(metrics::hit_rate{2}(ranked, relevant) == 1);

  const double gain = discount(2) + discount(4);
  CHECK(metrics::ndcg{5}(ranked, relevant) == Approx(gain / (1 + discount(2) + discount(3))).epsilon(tolerance));
  CHECK(metrics::ndcg{2}(ranked, relevant) == Approx(discount(2) / (1 + discount(2))).epsilon(tolerance));
}

TEST_CASE("a perfect list scores 1 wherever it can") {
  const ids ranked = {8, 3, 5}, relevant = {3, 5, 8};
  CHECK(metrics::precision{3}(ranked, relevant) == 1);
  CHECK(metrics::recall{3}(ranked, relevant) == 1);
  CHECK(metrics::f1{3}(ranked, relevant) == 1);
  CHECK(metrics::ndcg{3}(ranked, relevant) == 1);
  CHECK(metrics::ndcg{2}(ranked, relevant) == 1);
  CHECK(metrics::ndcg{10}(ranked, relevant) == 1);
  CHECK(metrics::average_precision{3}(ranked, relevant) == 1);
  CHECK(metrics::capped_recall{2}(ranked, relevant) == 1);
  CHECK(metrics::recall{2}(ranked, relevant) == Approx(2.0 / 3).epsilon(tolerance));
  CHECK(metrics::average_precision{2}(ranked, relevant) == Approx(2.0 / 3).epsilon(tolerance));
}

TEST_CASE("a list shorter than k is not forgiven, and the rest of it is not looked at") {
  const ids ranked = {1, 2}, relevant = {1};
  CHECK(metrics::precision{10}(ranked, relevant) == Approx(0.1).epsilon(tolerance));
  CHECK(metrics::recall{10}(ranked, relevant) == 1);
  CHECK(metrics::f1{10}(ranked, relevant) == Approx(2.0 / 11).epsilon(tolerance));
  const ids late = {2, 1};
  CHECK(metrics::hit_rate{1}(late, relevant) == 0);
  CHECK(metrics::ndcg{1}(late, relevant) == 0);
}

TEMPLATE_TEST_CASE("nothing relevant, or nothing ranked, scores 0", "", metrics::precision, metrics::recall,
                   metrics::capped_recall, metrics::f1, metrics::hit_rate, metrics::ndcg, metrics::average_precision,
                   metrics::reciprocal_rank) {
  const ids some = {1, 2, 3}, none;
  CHECK(TestType{5}(some, none) == 0);
  CHECK(TestType{5}(none, some) == 0);
  CHECK(TestType{5}(none, none) == 0);
}

TEMPLATE_TEST_CASE("bad lists are refused by name", "", metrics::precision, metrics::recall, metrics::capped_recall,
                   metrics::f1, metrics::hit_rate, metrics::ndcg, metrics::average_precision,
                   metrics::reciprocal_rank) {
  const ids ranked = {3, 1}, relevant = {1, 2}, twice = {3, 1, 3}, falling = {2, 1}, repeated = {1, 1};
  const std::string where(TestType::name);
  CHECK_THROWS_WITH(TestType{0}(ranked, relevant), where + ": k must be positive, got 0");
  CHECK_THROWS_WITH(TestType{-3}(ranked, relevant), where + ": k must be positive, got -3");
  CHECK_THROWS_WITH(TestType{2}(twice, relevant), where + ": ranked must hold an item once, got 3 twice");
  CHECK_THROWS_WITH(TestType{2}(ranked, falling), where + ": relevant must ascend without repetition, got 1 after 2");
  CHECK_THROWS_AS(TestType{2}(ranked, repeated), std::invalid_argument);
}
