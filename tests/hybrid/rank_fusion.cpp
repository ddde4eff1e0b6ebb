#include <algorithm>
#include <map>
#include <vector>

#include <akin/hybrid/rank_fusion.hpp>

#include "hybrid/hybrid_data.hpp"

using namespace hybrid_test;

namespace {

template <class Scalar = float, class Index = std::int32_t>
akin::recommendations<Scalar, Index> lists_of(int k, const std::vector<std::vector<std::pair<Index, Scalar>>>& rows) {
  akin::recommendations<Scalar, Index> result(static_cast<std::int64_t>(rows.size()), k);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      result.mutable_items(r)[i] = rows[r][i].first;
      result.mutable_scores(r)[i] = rows[r][i].second;
    }
    result.set_count(r, static_cast<std::int64_t>(rows[r].size()));
  }
  return result;
}

}  // namespace

TEST_CASE("fusion by hand") {
  const auto a = lists_of(3, {{{7, 9}, {2, 5}, {4, 1}}, {}});
  const auto b = lists_of(4, {{{2, 0.4f}, {9, 0.3f}}, {{5, 1}}});

  const auto rrf = akin::reciprocal_rank_fusion({.k = 3, .constant = 1}, a, b);
  CHECK(items_of(rrf, 0) == std::vector<std::int64_t>{2, 7, 9});  // 1/3 + 1/2, 1/2, 1/3; 4 has 1/4
  CHECK(rrf.scores(0)[0] == Approx(5.0 / 6));
  CHECK(rrf.scores(0)[2] == Approx(1.0 / 3));
  CHECK(items_of(rrf, 1) == std::vector<std::int64_t>{5});

  const auto borda = akin::borda({.k = 10}, a, b);
  CHECK(items_of(borda, 0) == std::vector<std::int64_t>{2, 7, 9, 4});  // 3 + 4, 4, 3, 2
  CHECK(borda.scores(0)[0] == 7);
  CHECK(borda.scores(0)[3] == 2);

  const auto mnz = akin::comb_mnz({.k = 10}, a, b);
  CHECK(items_of(mnz, 0) == std::vector<std::int64_t>{2, 7, 4, 9});  // 2 (4/8 + 1), 1, 0, 0
  CHECK(mnz.scores(0)[0] == 3);
  CHECK(mnz.scores(1)[0] == 1);
}

TEST_CASE("equal points come in the order of ids, and one list alone keeps its order") {
  const auto a = lists_of<double, std::int64_t>(2, {{{8, 1}, {3, 1}}});
  const auto b = lists_of<double, std::int64_t>(2, {{{3, 5}, {8, 5}}});
  CHECK(items_of(akin::reciprocal_rank_fusion({}, a, b), 0) == std::vector<std::int64_t>{3, 8});
  CHECK(items_of(akin::reciprocal_rank_fusion({}, a), 0) == std::vector<std::int64_t>{8, 3});
  CHECK(items_of(akin::borda({.k = 1}, a), 0) == std::vector<std::int64_t>{8});
}

TEST_CASE("fused lists of models are what the formula says") {
  const trio<> models;
  const auto a = akin::recommend(akin::execution::par, models.als, {.k = 20, .exclude = models.clicks});
  const auto b = akin::recommend(akin::execution::par, models.knn, {.k = 15, .exclude = models.clicks});
  const auto c = akin::recommend(akin::execution::par, models.popular, {.k = 5, .exclude = models.clicks});
  const auto fused = akin::reciprocal_rank_fusion({.k = 10, .constant = 60}, a, b, c);
  REQUIRE(fused.size() == 70);
  for (std::size_t u = 0; u < fused.size(); ++u) {
    std::map<std::int32_t, double> points;
    for (const auto* lists : {&a, &b, &c})
      for (std::size_t i = 0; i < lists->items(u).size(); ++i)
        points[lists->items(u)[i]] += 1 / (61.0 + static_cast<double>(i));
    std::vector<std::pair<double, std::int32_t>> best;
    for (const auto& [item, sum] : points) best.emplace_back(-sum, item);
    std::ranges::sort(best);
    REQUIRE(fused.items(u).size() == std::min<std::size_t>(10, best.size()));
    for (std::size_t i = 0; i < fused.items(u).size(); ++i) {
      CHECK(fused.items(u)[i] == best[i].second);
      CHECK(fused.scores(u)[i] == Approx(-best[i].first));
    }
  }
}

TEST_CASE("bad fusions are refused") {
  const auto a = lists_of(2, {{{1, 1}}, {}}), b = lists_of(2, {{{1, 1}}});
  CHECK_THROWS_WITH(akin::reciprocal_rank_fusion({}, a, b),
                    "reciprocal_rank_fusion: there must be as many lists of each, got 2 and 1");
  CHECK_THROWS_WITH(akin::borda({}, a, a, b), "borda: there must be as many lists of each, got 2 and 1");
  CHECK_THROWS_WITH(akin::comb_mnz({.k = 0}, a), "comb_mnz: k must be positive, got 0");
  CHECK_THROWS_WITH(akin::reciprocal_rank_fusion({.constant = -1}, a),
                    "reciprocal_rank_fusion: constant must be finite and not negative, got -1");
}

TEST_CASE("no lists, and lists of nothing") {
  CHECK(akin::borda({}, akin::recommendations<float>(), akin::recommendations<float>()).size() == 0);
  const auto empty = lists_of(5, {{}, {}});
  CHECK(akin::comb_mnz({}, empty, empty).items(1).empty());
}
