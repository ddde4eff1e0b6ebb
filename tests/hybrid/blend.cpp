#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <numeric>
#include <optional>
#include <vector>

#include <akin/evaluation/evaluate.hpp>
#include <akin/graph/graph_filter.hpp>
#include <akin/hybrid/blend.hpp>
#include <akin/io/model_file.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/similar_items.hpp>

#include "hybrid/hybrid_data.hpp"

using namespace hybrid_test;
using akin::blend;
using akin::normalization;
using akin::weighted;

namespace {

constexpr float none = -std::numeric_limits<float>::infinity();

// The obvious: what one model's scores of a user become, in double; nullopt where it scores nothing.
std::optional<std::vector<double>> normal_reference(normalization how, const std::vector<double>& scores) {
  std::vector<double> scored;
  for (const double s : scores)
    if (std::isfinite(s)) scored.push_back(s);
  if (scored.empty()) return std::nullopt;
  const double n = static_cast<double>(scored.size());
  const double low = *std::ranges::min_element(scored), high = *std::ranges::max_element(scored);
  const double mean = std::accumulate(scored.begin(), scored.end(), 0.0) / n;
  double variance = 0;
  for (const double s : scored) variance += (s - mean) * (s - mean) / n;
  const auto normal = [&](double s) {
    switch (how) {
      case normalization::none:
        return s;
      case normalization::min_max:
        return low == high ? 1 : (s - low) / (high - low);
      case normalization::z_score:
        return low == high ? 0 : (s - mean) / std::sqrt(variance);
      default:
        break;
    }
    const auto lower = std::ranges::count_if(scored, [&](double t) { return t < s; });
    const auto equal = std::ranges::count(scored, s);
    return (static_cast<double>(lower) + (static_cast<double>(equal) + 1) / 2) / n;
  };
  const double unscored = how == normalization::none      ? low
                          : how != normalization::z_score ? 0
                          : low == high                   ? -1
                                                          : normal(low);
  std::vector<double> result;
  for (const double s : scores) result.push_back(std::isfinite(s) ? normal(s) : unscored);
  return result;
}

template <class Model>
std::vector<double> doubles_of(const Model& model, typename Model::index_type user) {
  const auto row = scores_of(model, user);
  return {row.begin(), row.end()};
}

template <class Scalar, class Index>
void check_against_reference(normalization how) {
  const trio<Scalar, Index> models;
  const auto mixed = blend(how, weighted(0.5, models.als), weighted(0.3, models.knn), weighted(0.2, models.popular));
  CHECK(mixed.users() == 70);
  CHECK(mixed.items() == 50);
  std::int64_t compared = 0;
  for (Index user = 0; user < 70; ++user) {
    std::vector<double> sum(50), scored(50);
    const auto add = [&](double weight, const auto& model) {
      if (!model.knows_user(user)) return;
      const auto scores = doubles_of(model, user);
      if (const auto normal = normal_reference(how, scores))
        for (std::size_t i = 0; i < 50; ++i) {
          sum[i] += weight * (*normal)[i];
          scored[i] += std::isfinite(scores[i]);
        }
    };
    add(0.5, models.als), add(0.3, models.knn), add(0.2, models.popular);
    REQUIRE(mixed.knows_user(user));
    const auto found = scores_of(mixed, user);
    for (std::size_t i = 0; i < 50; ++i) {
      if (scored[i] == 0) {
        CHECK(found[i] == -std::numeric_limits<Scalar>::infinity());
      } else {
        CHECK(found[i] == Approx(sum[i]).margin(1e-5));
        ++compared;
      }
    }
  }
  CHECK(compared > 2000);
  check_consistent(mixed);
}

}  // namespace

TEST_CASE("blends by hand") {
  // User 0: both score all but item 3, which only b has; user 1 is known to a alone, user 2 to nobody.
  const auto a = table<float>({{1, 2, 5, none}, {4, 4, 4, 4}, {1, 1, 1, 1}}, {2});
  const auto b = table<float>({{30, none, 10, 20}, {9, 9, 9, 9}, {2, 2, 2, 2}}, {1, 2});
  const auto scores = [&](normalization how) { return scores_of(blend(how, weighted(2, a), weighted(1, b)), 0); };
  // Without a score: 1 of a, 10 of b.
  CHECK(scores(normalization::none) == std::vector<float>{32, 14, 20, 22});
  CHECK(scores(normalization::min_max) == std::vector<float>{1, 0.5f, 2, 0.5f});
  const auto ranks = scores(normalization::rank);
  CHECK(ranks[0] == Approx(2.0 / 3 + 1));
  CHECK(ranks[1] == Approx(4.0 / 3));
  CHECK(ranks[2] == Approx(2 + 1.0 / 3));
  CHECK(ranks[3] == Approx(2.0 / 3));
  const auto z = scores(normalization::z_score);
  const double sd_a = std::sqrt((25 + 4 + 49) / 27.0), sd_b = std::sqrt(200.0 / 3);
  CHECK(z[0] == Approx(2 * (1 - 8.0 / 3) / sd_a + 10 / sd_b));
  CHECK(z[1] == Approx(2 * (2 - 8.0 / 3) / sd_a - 10 / sd_b));
  CHECK(z[3] == Approx(2 * (1 - 8.0 / 3) / sd_a));

  const auto mixed = blend(normalization::min_max, weighted(2, a), weighted(1, b));
  CHECK(scores_of(mixed, 1) == std::vector<float>{2, 2, 2, 2});
  CHECK(mixed.knows_user(1));
  CHECK_FALSE(mixed.knows_user(2));
  const auto lists = akin::recommend(akin::execution::par, mixed, {.k = 2});
  CHECK(items_of(lists, 0) == std::vector<std::int64_t>{2, 0});
  CHECK(items_of(lists, 2).empty());
}

TEST_CASE("an item that no model scores does not come; a constant model prefers what it scores") {
  const auto a = table<float>({{3, 3, none, none}});
  const auto b = table<float>({{1, none, none, 2}});
  for (const auto how : {normalization::none, normalization::min_max, normalization::z_score, normalization::rank}) {
    const auto found = scores_of(blend(how, weighted(1, a), weighted(0.001, b)), 0);
    CHECK(found[2] == none);
    if (how != normalization::none) CHECK(found[1] > found[3]);
  }
  CHECK(scores_of(blend(normalization::z_score, weighted(1, a)), 0) == std::vector<float>{0, 0, none, none});
}

TEST_CASE("a model of weight 0 is not asked") {
  const auto a = table<float>({{1, none, 3}, {1, 2, 3}}, {1});
  const auto b = table<float>({{1, 2, 3}, {1, 2, 3}});
  const auto mixed = blend(normalization::none, weighted(1, a), weighted(0, b));
  CHECK(scores_of(mixed, 0) == std::vector<float>{1, none, 3});
  CHECK_FALSE(mixed.knows_user(1));
}

TEST_CASE("blends of trained models are what the formulas say") {
  for (const auto how : {normalization::none, normalization::min_max, normalization::z_score, normalization::rank}) {
    CAPTURE(static_cast<int>(how));
    check_against_reference<float, std::int32_t>(how);
    check_against_reference<double, std::int64_t>(how);
  }
}

TEST_CASE("models that score blocks of users give the same alone and in a blend") {
  const trio<> models;
  akin::graph_filter<float> graph;
  graph.fit(models.clicks);
  check_consistent(blend(normalization::z_score, weighted(0.5, graph), weighted(0.5, models.als)));
  const auto alone = blend(normalization::none, weighted(1, graph));
  CHECK(akin_test::same_lists(blend(normalization::none, weighted(1, blend(normalization::none, weighted(1, graph)))),
                              blend(normalization::none, weighted(1, alone)), 10));
  const auto x = akin::recommend(akin::execution::par, graph, {.k = 10, .exclude = models.clicks}),
             y = akin::recommend(akin::execution::par, alone, {.k = 10, .exclude = models.clicks});
  for (std::size_t u = 0; u < x.size(); ++u) {
    CHECK(items_of(x, u) == items_of(y, u));
    CHECK(std::ranges::equal(x.scores(u), y.scores(u)));
  }
}

TEST_CASE("shares sum to the score") {
  const trio<> models;
  for (const auto how : {normalization::none, normalization::min_max, normalization::z_score, normalization::rank}) {
    const auto mixed = blend(how, weighted(0.5, models.als), weighted(0.3, models.knn), weighted(0.2, models.popular));
    for (std::int32_t item = 0; item < 50; item += 3) {
      const auto [als, knn, popular] = mixed.shares(5, item);
      CHECK(als + knn + popular == Approx(mixed.score(5, item)).margin(1e-6));
    }
    CHECK(mixed.shares(0, 1)[0] == 0);  // als does not know user 0
    CHECK(mixed.shares(5, 0) == std::array<float, 3>{});
    CHECK_THROWS_WITH(mixed.shares(70, 0), "blend::shares: user must be an id below 70, got 70");
    CHECK_THROWS_WITH(mixed.shares(0, -1), "blend::shares: item must be an id below 50, got -1");
  }
}

TEST_CASE("a visitor without a history gets the blend of the models that have a list for everybody") {
  const trio<> models;
  for (const auto how : {normalization::none, normalization::min_max, normalization::rank}) {
    check_visitor(blend(how, weighted(0.6, models.als), weighted(0.4, models.popular)), 10);
    check_visitor(blend(how, weighted(1, models.als), weighted(0, models.popular)), 0);
  }
}

TEST_CASE("a blend of models that were fitted on nothing says so") {
  check_nothing(
      [](const auto& a, const auto& b) { return blend(normalization::none, weighted(1, a), weighted(1, b)); });
}

TEST_CASE("histories get the lists of their users, and reasons") {
  const trio<double> models;
  const auto mixed = blend(normalization::min_max, weighted(0.6, models.als), weighted(0.4, models.knn));
  const auto x = akin::recommend(akin::execution::par, mixed, {.k = 8}),
             y = akin::recommend_for(akin::execution::par, mixed, models.clicks, {.k = 8});
  for (std::size_t u = 0; u < x.size(); ++u) CHECK(items_of(x, u) == items_of(y, u));

  // Differences of scores come from the contributions alone.
  const auto total = [&](std::int32_t item) {
    double sum = 0;
    for (const auto& [from, part] : akin::explain(mixed, models.clicks, 5, item, {.k = 100})) sum += part;
    return sum;
  };
  const auto row = scores_of(mixed, 5);
  std::vector<std::int32_t> both;
  const auto knn = scores_of(models.knn, 5);
  for (std::int32_t i = 0; i < 50; ++i)
    if (std::isfinite(knn[static_cast<std::size_t>(i)])) both.push_back(i);
  REQUIRE(both.size() >= 2);
  for (const auto item : both) {
    // als solves to a tolerance of 1e-3, its contributions are exact.
    CHECK(total(item) - total(both[0]) ==
          Approx(row[static_cast<std::size_t>(item)] - row[static_cast<std::size_t>(both[0])]).margin(2e-3));
  }
  CHECK_THROWS_WITH(akin::explain(blend(normalization::rank, weighted(1, models.als)), models.clicks, 5, 1),
                    contains("ranks cannot be split"));
}

TEST_CASE("similar items of a blend") {
  const trio<> models;
  const auto mixed = blend(normalization::min_max, weighted(0.5, models.als), weighted(0.5, models.knn));
  const std::int32_t items[] = {3, 0};
  const auto lists = akin::similar_items(akin::execution::par, mixed, items, {.k = 5});
  CHECK(lists.items(0).size() == 5);
  CHECK(lists.items(1).empty());  // nobody has item 0
  std::vector<float> als(50), knn(50);
  models.als.similarity_all(3, std::span(als)), models.knn.similarity_all(3, std::span(knn));
  als[3] = knn[3] = none;
  const auto a = *normal_reference(normalization::min_max, {als.begin(), als.end()}),
             b = *normal_reference(normalization::min_max, {knn.begin(), knn.end()});
  const auto first = static_cast<std::size_t>(lists.items(0)[0]);
  CHECK(lists.scores(0)[0] == Approx((a[first] + b[first]) / 2));
  for (std::size_t i = 0; i < 50; ++i)
    if (i != 3) CHECK((a[i] + b[i]) / 2 <= Approx((a[first] + b[first]) / 2));
}

TEST_CASE("a blend comes back from its file with its models") {
  const trio<> models;
  const auto mixed = blend(normalization::z_score, weighted(0.5, models.als), weighted(0.25, models.knn));
  const auto bytes = akin_test::bytes_of(mixed);
  using type = std::decay_t<decltype(mixed)>;
  const auto again = akin::detail::read_model<type>(akin::detail::read_model_bytes(bytes, "memory"));
  CHECK(akin_test::bytes_of(again) == bytes);
  CHECK(again.weights() == std::array{0.5, 0.25});
  CHECK(again.normalization() == normalization::z_score);
  CHECK(again.model<1>().options().neighbors == 5);
  CHECK(akin_test::same_lists(mixed, again, 10));
  using other = akin::blended_model<akin::item_knn<float>, akin::item_knn<float>>;
  CHECK_THROWS_AS(akin::detail::read_model<other>(akin::detail::read_model_bytes(bytes, "memory")), akin::format_error);
}

TEST_CASE("a blend refers to lvalues and owns rvalues") {
  trio<> models;
  const auto owning = blend(normalization::none, weighted(1, akin::popularity<float>(models.popular)));
  const auto referring = blend(normalization::none, weighted(1, models.popular));
  CHECK(&referring.model<0>() == &models.popular);
  akin::sparse_matrix<float> other(70, 50);
  other.insert(0, 7) = 1;
  other.makeCompressed();
  models.popular.fit(other);
  CHECK(scores_of(referring, 0)[7] == 1);
  CHECK(scores_of(owning, 0)[8] > 0);
  auto moved = owning;
  const auto target = std::move(moved);
  CHECK(scores_of(target, 0) == scores_of(owning, 0));
  // A model that grows behind the blend's back is found out.
  const auto two = blend(normalization::none, weighted(1, models.knn), weighted(1, models.popular));
  models.popular.fit(akin::sparse_matrix<float>(70, 60));
  CHECK_THROWS_WITH(scores_of(two, 1),
                    "hybrid: a model must keep its number of items while it is part of another, 50, got 60");
}

TEST_CASE("blends that make no sense are refused") {
  const auto a = table<float>({{1, 2}});
  const auto b = table<float>({{1, 2, 3}, {1, 2, 3}});
  CHECK_THROWS_WITH(blend(normalization::none, weighted(1, a), weighted(1, b)),
                    "blend: the models must have the same users and items, got 1 users x 2 items and 2 users x 3 "
                    "items");
  CHECK_THROWS_WITH(blend(normalization::none, weighted(-0.5, a)),
                    "blend: weights must be finite and not negative, got -0.5");
  CHECK_THROWS_WITH(blend(normalization::none, weighted(std::nan(""), a)), contains("finite and not negative"));
  CHECK_THROWS_WITH(blend(normalization::none, weighted(1e300, a)), contains("got 1e+300"));
  CHECK_THROWS_WITH(blend(normalization::none, weighted(0, a), weighted(0, a)),
                    "blend: a weight must be positive, got 0 for all");
}

TEST_CASE("scores at the edges of the numbers stay numbers") {
  constexpr double most = std::numeric_limits<double>::max(), least = std::numeric_limits<double>::denorm_min();
  const auto wide = table<double>({{-most, 0, most}, {least, 0, 2 * least}});
  for (const auto how : {normalization::min_max, normalization::z_score, normalization::rank})
    for (const std::int32_t user : {0, 1})
      for (const double score : scores_of(blend(how, weighted(1, wide)), user)) CHECK(std::isfinite(score));
  const auto nan = table<float>({{std::nanf(""), 1, 2}});
  CHECK(scores_of(blend(normalization::min_max, weighted(1, nan)), 0) == std::vector<float>{none, 0, 1});
}

TEST_CASE("blends that were not fitted, or have nobody, say so") {
  const akin::popularity<float> young;
  CHECK_THROWS_AS(akin::recommend(akin::execution::seq, blend(normalization::none, weighted(1, young)), {.k = 3}),
                  akin::not_fitted);
  akin::popularity<float> empty;
  empty.fit(akin::sparse_matrix<float>(0, 5));
  CHECK(akin::recommend(akin::execution::par, blend(normalization::none, weighted(1, empty)), {.k = 3}).size() == 0);
  empty.fit(akin::sparse_matrix<float>(5, 0));
  CHECK(
      akin::recommend(akin::execution::par, blend(normalization::rank, weighted(1, empty)), {.k = 3}).items(4).empty());
}

TEST_CASE("evaluate takes a blend") {
  const trio<> models;
  const auto alone = blend(normalization::none, weighted(1, models.knn));
  const auto [a] = akin::evaluate(akin::execution::par, alone, akin::sparse_matrix<float>(70, 50), models.clicks,
                                  akin::metrics::ndcg{10});
  const auto [b] = akin::evaluate(akin::execution::par, models.knn, akin::sparse_matrix<float>(70, 50), models.clicks,
                                  akin::metrics::ndcg{10});
  CHECK(a.mean == b.mean);
}
