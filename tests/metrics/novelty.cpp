#include <cmath>
#include <cstdint>
#include <vector>

#include <akin/evaluation/evaluate.hpp>
#include <akin/metrics/beyond_accuracy.hpp>
#include <akin/metrics/novelty.hpp>

#include "evaluation/cases.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

TEST_CASE("novelty is the mean self-information in bits; what nobody has counts as had once") {
  // Four users; item 0 is had by all, 1 by two, 2 by nobody.
  const std::vector<std::int32_t> offsets = {0, 2, 4, 5, 6}, columns = {0, 1, 0, 1, 0, 0};
  const metrics::list_context<std::int32_t> context{
      .users = 4, .items = 3, .train = {4, 3, offsets.data(), columns.data()}};
  const std::vector<std::int32_t> ranked = {2, 1, 0};
  const metrics::judged_list<std::int32_t> list{0, ranked, {}, {}};
  CHECK(metrics::novelty{3}.prepare(context)(list) == Approx((2 + 1 + 0) / 3.0));
  CHECK(metrics::novelty{2}.prepare(context)(list) == Approx((2 + 1) / 2.0));
  CHECK(metrics::novelty{9}.prepare(context)(list) == Approx((2 + 1 + 0) / 3.0));
  CHECK(metrics::novelty{3}.prepare(context)(metrics::judged_list<std::int32_t>{}) == 0);
  CHECK_THROWS_WITH(metrics::novelty{0}.prepare(context), "metrics::novelty: k must be positive, got 0");
}

TEST_CASE("rows of users who are elsewhere do not make items novel") {
  // Five users of whom two have items, both of them item 0, one of them item 1.
  const std::vector<std::int32_t> offsets = {0, 0, 2, 2, 3, 3}, columns = {0, 1, 0};
  const metrics::list_context<std::int32_t> context{
      .users = 5, .items = 3, .train = {5, 3, offsets.data(), columns.data()}};
  const std::vector<std::int32_t> ranked = {0, 1};
  const metrics::judged_list<std::int32_t> list{0, ranked, {}, {}};
  CHECK(metrics::novelty{1}.prepare(context)(list) == 0);
  CHECK(metrics::novelty{2}.prepare(context)(list) == Approx(0.5));
  const std::vector<std::int32_t> nothing(6);
  CHECK(metrics::novelty{1}.prepare(metrics::list_context<std::int32_t>{
            .users = 5, .items = 3, .train = {5, 3, nothing.data(), nullptr}})(list) == Approx(std::log2(5.0)));
}

TEST_CASE("novelty and metrics of exposure in evaluate are the same for 1, 2, 3 threads") {
  const auto run = [](int threads) {
    return akin::evaluate(execution::par.threads(threads), small_model(), small_train(), small_test(),
                          metrics::novelty{2}, metrics::gini{2}, metrics::shannon_entropy{2},
                          metrics::personalization{2});
  };
  const auto [novelty, gini, entropy, personal] = run(1);
  CHECK(novelty.mean > 0);
  CHECK(entropy.mean > 0);
  for (const int threads : {2, 3}) {
    const auto [n, g, e, p] = run(threads);
    CHECK((n.mean == novelty.mean && g.mean == gini.mean && e.mean == entropy.mean && p.mean == personal.mean));
  }
}
