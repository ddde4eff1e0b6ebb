#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <vector>

#include <akin/evaluation/evaluate.hpp>
#include <akin/hybrid/activity_blend.hpp>
#include <akin/io/model_file.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/recommend_for.hpp>

#include "hybrid/hybrid_data.hpp"

using namespace hybrid_test;
using akin::activity_blend;
using akin::activity_weights;
using akin::blend;
using akin::normalization;
using akin::weighted;

namespace {

const activity_weights<2> by_thirds = {{4, 9}, {{{1, 0}}, {{0.5, 0.5}}, {{0.2, 0.8}}}};

template <class Matrix>
std::size_t third_of(const Matrix& x, Eigen::Index user) {
  const auto items = x.outerIndexPtr()[user + 1] - x.outerIndexPtr()[user];
  return items < 4 ? 0 : items < 9 ? 1 : 2;
}

}  // namespace

TEMPLATE_TEST_CASE("each user gets the blend of those who did as much", "", float, double) {
  const trio<TestType> models;
  const auto how = GENERATE(normalization::none, normalization::z_score);
  const auto mixed = activity_blend(how, by_thirds, models.clicks, models.als, models.knn);
  check_consistent(mixed);
  std::array<int, 3> users = {};
  for (int user = 0; user < 70; ++user) {
    const std::size_t third = third_of(models.clicks, user);
    ++users[third];
    const auto& w = by_thirds.of_group[third];
    const auto alone = blend(how, weighted(w[0], models.als), weighted(w[1], models.knn));
    CHECK(mixed.group_of(user) == third);
    CHECK(mixed.knows_user(user) == alone.knows_user(user));
    CHECK(scores_of(mixed, user) == scores_of(alone, user));
    CHECK(mixed.shares(user, 7) == alone.shares(user, 7));
  }
  CHECK(*std::min_element(users.begin(), users.end()) > 2);  // else nothing was compared
}

TEST_CASE("a history gets the blend of its own length, and reasons") {
  const trio<> models;
  const auto how = normalization::z_score;
  const auto mixed = activity_blend(how, by_thirds, models.clicks, models.als, models.knn);
  const auto lists = akin::recommend_for(akin::execution::par, mixed, models.clicks, {.k = 10});
  for (int user = 0; user < 70; ++user) {
    const auto& w = by_thirds.of_group[third_of(models.clicks, user)];
    const auto alone = blend(how, weighted(w[0], models.als), weighted(w[1], models.knn));
    const auto expected = akin::recommend_for(akin::execution::seq, alone, models.clicks, {.k = 10});
    CHECK(items_of(lists, static_cast<std::size_t>(user)) == items_of(expected, static_cast<std::size_t>(user)));
  }
  const auto& heavy = mixed.group(2);
  int user = 1;
  while (third_of(models.clicks, user) != 2) ++user;
  const auto reasons = akin::explain(mixed, models.clicks, user, 3, {.k = 5});
  const auto expected = akin::explain(heavy, models.clicks, user, 3, {.k = 5});
  REQUIRE(reasons.size() == expected.size());
  REQUIRE(!reasons.empty());
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    CHECK(reasons[i].item == expected[i].item);
    CHECK(reasons[i].contribution == expected[i].contribution);
  }
}

TEST_CASE("a visitor without a history is of the group without items") {
  const trio<> models;
  const auto of = [&](double newcomers, double regulars) {
    return activity_blend(normalization::min_max, {{3}, {{1, newcomers}, {1, regulars}}}, models.clicks, models.knn,
                          models.popular);
  };
  check_visitor(of(0.5, 0), 10);
  check_visitor(of(0, 0.5), 0);
}

TEST_CASE("an activity_blend of models that were fitted on nothing says so") {
  check_nothing([](const auto& a, const auto& b) {
    return activity_blend(normalization::none, {{}, {{1, 1}}}, akin::sparse_matrix<float>(0, 0), a, b);
  });
}

TEST_CASE("weights of groups are those of their users") {
  const trio<> models;
  akin::sparse_matrix<float> history = models.clicks, held_out = models.clicks;
  history.prune([](Eigen::Index user, Eigen::Index item, float) { return (user + item) % 4 != 0; });
  held_out.prune([](Eigen::Index user, Eigen::Index item, float) { return (user + item) % 4 == 0; });
  const auto how = normalization::min_max;
  const akin::metrics::ndcg metric{10};
  const akin::learn_weights_options options = {.rounds = 2};
  const auto learn = [&](const auto& policy) {
    return akin::learn_activity_weights(policy, how, history, held_out, metric, {4, 9, 1000}, options, models.als,
                                        models.knn);
  };
  const auto learnt = learn(akin::execution::seq);
  CHECK(learnt.boundaries == std::vector<std::int64_t>{4, 9, 1000});
  REQUIRE(learnt.of_group.size() == 4);
  for (std::size_t group = 0; group < 3; ++group) {
    akin::sparse_matrix<float> wanted = held_out;
    wanted.prune([&](Eigen::Index user, Eigen::Index, float) { return third_of(history, user) == group; });
    CHECK(learnt.of_group[group] ==
          akin::learn_weights(akin::execution::seq, how, history, wanted, metric, options, models.als, models.knn));
  }
  // Nobody has a thousand items.
  CHECK(learnt.of_group[3] ==
        akin::learn_weights(akin::execution::seq, how, history, held_out, metric, options, models.als, models.knn));
  for (const int threads : {2, 3}) CHECK(learn(akin::execution::par.threads(threads)).of_group == learnt.of_group);
}

TEST_CASE("newcomers and regulars who like what different models say get different weights") {
  // Users 0 to 9 have one item, 10 to 19 have three; the first want item 4, which `first` says, the others item 5.
  akin::sparse_matrix<float> history(20, 6), held_out(20, 6);
  for (int user = 0; user < 20; ++user) {
    for (int item = 0; item < (user < 10 ? 1 : 3); ++item) history.insert(user, item) = 1;
    held_out.insert(user, user < 10 ? 4 : 5) = 1;
  }
  history.makeCompressed(), held_out.makeCompressed();
  table_model<float, std::int32_t> first{akin::dense_matrix<float>::Zero(20, 6)}, second = first;
  first.table.col(4).setConstant(1), second.table.col(5).setConstant(2);
  const auto how = normalization::none;
  const auto learnt = akin::learn_activity_weights(akin::execution::par, how, history, held_out, akin::metrics::ndcg{1},
                                                   {2}, {}, first, second);
  CHECK(learnt.of_group[0][0] > learnt.of_group[0][1]);
  CHECK(learnt.of_group[1][0] <= learnt.of_group[1][1]);
  const auto mixed = activity_blend(how, learnt, history, first, second);
  const auto [hits] = akin::evaluate(akin::execution::par, mixed, history, held_out, akin::metrics::hit_rate{1});
  CHECK(hits.mean == 1);
  const auto same = blend(how, weighted(0.5, first), weighted(0.5, second));
  const auto [fewer] = akin::evaluate(akin::execution::par, same, history, held_out, akin::metrics::hit_rate{1});
  CHECK(fewer.mean == 0.5);
}

TEST_CASE("a blend by activity comes back from its file with its models") {
  const trio<> models;
  const auto mixed = activity_blend(normalization::z_score, by_thirds, models.clicks, models.als, models.knn);
  const auto path = std::filesystem::temp_directory_path() / "akin_activity_blend.akin";
  akin::save(mixed, path);
  const auto loaded = akin::load<akin::activity_blended_model<akin::implicit_als<float>, akin::item_knn<float>>>(path);
  std::filesystem::remove(path);
  CHECK(loaded.groups() == 3);
  for (int user = 0; user < 70; ++user) CHECK(scores_of(loaded, user) == scores_of(mixed, user));
}

TEST_CASE("blends by activity that make no sense are refused") {
  const trio<> models;
  const auto with = [&](const activity_weights<2>& weights) {
    return activity_blend(normalization::none, weights, models.clicks, models.als, models.knn);
  };
  CHECK_THROWS_WITH(with({{4, 4}, {{{1, 1}}, {{1, 1}}, {{1, 1}}}}),
                    "activity_blend: boundaries must ascend from 1, got 4 after 4");
  CHECK_THROWS_WITH(with({{0}, {{{1, 1}}, {{1, 1}}}}), "activity_blend: boundaries must ascend from 1, got 0 after 0");
  CHECK_THROWS_WITH(with({{4}, {{{1, 1}}}}),
                    "activity_blend: there must be weights for 2 groups, one more than boundaries, got 1");
  CHECK_THROWS_WITH(with({{}, {{{0, 0}}}}), "blend: a weight must be positive, got 0 for all");
  const akin::sparse_matrix<float> small(3, 50), narrow(70, 3);
  CHECK_THROWS_WITH(activity_blend(normalization::none, by_thirds, small, models.als, models.knn),
                    "activity_blend: there must be histories of the models' 70 users, got 3");
  CHECK_THROWS_WITH(activity_blend(normalization::none, by_thirds, narrow, models.als, models.knn),
                    "activity_blend: histories must have the models' 50 items, got 3");
  CHECK_THROWS_WITH(akin::learn_activity_weights(akin::execution::seq, normalization::none, models.clicks,
                                                 models.clicks, akin::metrics::ndcg{5}, {3, 2}, {}, models.als),
                    "learn_activity_weights: boundaries must ascend from 1, got 2 after 3");
}
