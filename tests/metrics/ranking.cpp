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

  CHECK(metrics::f_beta{5, 1}(ranked, relevant) == metrics::f1{5}(ranked, relevant));
  CHECK(metrics::f_beta{5, 0}(ranked, relevant) == metrics::precision{5}(ranked, relevant));
  CHECK(metrics::f_beta{5, 2}(ranked, relevant) ==
        Approx(5 * 0.4 * (2.0 / 3) / (4 * 0.4 + 2.0 / 3)).epsilon(tolerance));
  CHECK(metrics::f_beta{5, 1e200}(ranked, relevant) == metrics::recall{5}(ranked, relevant));
  CHECK(metrics::r_precision{}(ranked, relevant) == Approx(1.0 / 3).epsilon(tolerance));
  CHECK(metrics::r_precision{1}(ranked, relevant) == 0);
  CHECK(metrics::capped_average_precision{5}(ranked, relevant) == Approx((1.0 / 2 + 2.0 / 4) / 3).epsilon(tolerance));
  CHECK(metrics::capped_average_precision{2}(ranked, relevant) == Approx((1.0 / 2) / 2).epsilon(tolerance));
  CHECK(metrics::rank_biased_precision{5, 0.5}(ranked, relevant) == 0.5 * (0.5 + 0.125));
  CHECK(metrics::rank_biased_precision{3, 0.8}(ranked, relevant) == Approx(0.2 * 0.8).epsilon(tolerance));

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
  CHECK(metrics::capped_average_precision{2}(ranked, relevant) == 1);
  CHECK(metrics::capped_average_precision{10}(ranked, relevant) == 1);
  CHECK(metrics::r_precision{3}(ranked, relevant) == 1);
  CHECK(metrics::r_precision{2}(ranked, relevant) == Approx(2.0 / 3).epsilon(tolerance));
  CHECK(metrics::f_beta{3, 0.5}(ranked, relevant) == 1);
  CHECK(metrics::rank_biased_precision{3, 0.9}(ranked, relevant) == Approx(1 - 0.9 * 0.9 * 0.9).epsilon(tolerance));
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
                   metrics::reciprocal_rank, metrics::f_beta, metrics::r_precision, metrics::capped_average_precision,
                   metrics::rank_biased_precision) {
  const ids some = {1, 2, 3}, none;
  CHECK(TestType{5}(some, none) == 0);
  CHECK(TestType{5}(none, some) == 0);
  CHECK(TestType{5}(none, none) == 0);
}

TEMPLATE_TEST_CASE("bad lists are refused by name", "", metrics::precision, metrics::recall, metrics::capped_recall,
                   metrics::f1, metrics::hit_rate, metrics::ndcg, metrics::average_precision, metrics::reciprocal_rank,
                   metrics::f_beta, metrics::r_precision, metrics::capped_average_precision,
                   metrics::rank_biased_precision) {
  const ids ranked = {3, 1}, relevant = {1, 2}, twice = {3, 1, 3}, falling = {2, 1}, repeated = {1, 1};
  const std::string where(TestType::name);
  CHECK_THROWS_WITH(TestType{0}(ranked, relevant), where + ": k must be positive, got 0");
  CHECK_THROWS_WITH(TestType{-3}(ranked, relevant), where + ": k must be positive, got -3");
  CHECK_THROWS_WITH(TestType{2}(twice, relevant), where + ": ranked must hold an item once, got 3 twice");
  CHECK_THROWS_WITH(TestType{2}(ranked, falling), where + ": relevant must ascend without repetition, got 1 after 2");
  CHECK_THROWS_AS(TestType{2}(ranked, repeated), std::invalid_argument);
}

TEST_CASE("parameters out of range are refused by name") {
  const ids some = {1, 2};
  CHECK_THROWS_WITH((metrics::f_beta{5, -1}(some, some)), "metrics::f_beta: beta must not be negative, got -1");
  CHECK_THROWS_AS((metrics::f_beta{5, std::nan("")}(some, some)), std::invalid_argument);
  for (const double p : {0.0, 1.0, -0.5, std::nan("")})
    CHECK_THROWS_AS((metrics::rank_biased_precision{5, p}(some, some)), std::invalid_argument);
  CHECK_THROWS_WITH((metrics::rank_biased_precision{5, 1}(some, some)),
                    "metrics::rank_biased_precision: p must be between 0 and 1, got 1");
}

TEST_CASE("the table of discounts is what the logarithm says, and goes on behind its end") {
  double sum = 0;
  for (int rank = 0; rank < 300; ++rank) {
    CAPTURE(rank);
    CHECK(akin::detail::sum_of_discounts(rank) == Approx(sum).epsilon(1e-15));
    CHECK(akin::detail::rank_discount(rank) == Approx(discount(rank + 1)).epsilon(3e-16));
    sum += discount(rank + 1);
  }
  ids all(200);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int32_t>(i);
  CHECK(metrics::ndcg{200}(all, all) == 1);
  CHECK(metrics::ndcg{150}(all, all) == 1);
}
