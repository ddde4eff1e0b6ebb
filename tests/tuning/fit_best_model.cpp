#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <akin/data/read_interactions.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/graph/rp3beta.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/neighbors/user_knn.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/similar_items.hpp>
#include <akin/serving/all_models.hpp>
#include <akin/serving/any_blend.hpp>
#include <akin/serving/bundle.hpp>
#include <akin/tuning/fit_best.hpp>

#include "io/folder.hpp"
#include "serving/composed.hpp"
#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "tuning/tuning_data.hpp"

using namespace tuning_test;
using composed_test::same;
namespace execution = akin::execution;

namespace {

const akin::fit_best_options& several() {
  static const akin::fit_best_options options{
      .trials = {trial_of("item_knn"), trial_of("implicit_als", {{"factors", 8}}), trial_of("slim"), trial_of("ease")}};
  return options;
}

const akin::best_fit<float>& fitted_best() {
  static const akin::best_fit<float> best = akin::fit_best(execution::seq, some_clicks(), several());
  return best;
}

}  // namespace

TEST_CASE("the model is the blend of the reported trials with the reported weights, trained on everything") {
  const auto clicks = some_clicks();
  const auto best = akin::fit_best(execution::seq, clicks,
                                   {.exclude = {"popularity"},
                                    .trials = {trial_of("item_knn"), trial_of("implicit_als", {{"factors", 8}}),
                                               trial_of("rp3beta"), trial_of("user_knn")}});
  REQUIRE(best.report.members.size() > 1);
  std::vector<akin::weighted_recommender<float>> parts;
  double sum = 0;
  const auto add = [&](double weight, auto model) {
    model.fit(execution::seq, clicks);
    parts.push_back({weight, std::move(model)});
  };
  for (const akin::blend_member& member : best.report.members) {
    sum += member.weight;
    if (member.trial == 0) add(member.weight, akin::item_knn<float>());
    if (member.trial == 1) add(member.weight, akin::implicit_als<float>({.factors = 8}));
    if (member.trial == 2) add(member.weight, akin::rp3beta<float>());
    if (member.trial == 3) add(member.weight, akin::user_knn<float>());
  }
  CHECK(sum == Approx(1));
  const auto bytes = akin_test::bytes_of(best.model);
  bool is_blend = false;
  for (const auto how : {akin::normalization::min_max, akin::normalization::z_score})
    is_blend = is_blend || bytes == akin_test::bytes_of(akin::any_blend<float>(how, parts));
  CHECK(is_blend);
}

TEST_CASE("the model is saved and loaded like any other") {
  const folder scratch;
  const auto& best = fitted_best();
  best.model.save(scratch / "best.akin");
  akin::save(best.model, scratch / "again.akin");
  CHECK(read_text(scratch / "best.akin") == read_text(scratch / "again.akin"));
  const auto loaded = akin::load<akin::any_recommender<float>>(scratch / "best.akin");
  const auto clicks = some_clicks();
  CHECK(loaded.kind() == best.model.kind());
  CHECK(same(akin::recommend(execution::seq, loaded, {.k = 10, .exclude = clicks}),
             akin::recommend(execution::par.threads(2), best.model, {.k = 10, .exclude = clicks})));
}

TEST_CASE("the model answers histories, compares items and explains") {
  const auto& best = fitted_best();
  const auto clicks = some_clicks();
  REQUIRE(best.model.scores_histories());
  akin::sparse_matrix<float> visitors(2, clicks.cols());
  visitors.insert(0, 3) = 1, visitors.insert(0, 8) = 1;
  visitors.makeCompressed();
  const auto lists = akin::recommend_for(execution::seq, best.model, visitors, {.k = 5, .exclude = visitors});
  CHECK(lists.items(0).size() == 5);
  CHECK(lists.items(1).size() == 5);  // what is popular, for the one without a history
  CHECK_FALSE(std::ranges::equal(lists.items(0), lists.items(1)));
  const std::int32_t items[] = {3, 8};
  REQUIRE(best.model.compares_items());
  CHECK(akin::similar_items(execution::seq, best.model, items, {.k = 4}).items(0).size() == 4);
  REQUIRE(best.model.explains());
  const auto first = akin::recommend(execution::seq, best.model, {.k = 1, .exclude = clicks}).items(0)[0];
  CHECK_FALSE(akin::explain(best.model, clicks, 0, first).empty());
}

TEST_CASE("the model is asked by name in a bundle, which is saved whole") {
  const folder scratch;
  const auto log = log_with_trend();
  auto best = akin::fit_best(execution::par, log, {.trials = {trial_of("item_knn"), trial_of("rp3beta")}});
  const akin::bundle shop(std::move(best.model), log.user_ids(), log.item_ids(), log.matrix(akin::duplicates::sum));
  akin::save(shop, scratch / "shop.akin");
  const auto loaded = akin::load_bundle<akin::any_recommender<float>>(scratch / "shop.akin");
  for (const char* user : {"0", "17", "399"}) {
    const auto list = shop.recommend(user, {.k = 5});
    CHECK(list.size() == 5);
    CHECK(loaded.recommend(user, {.k = 5}) == list);
  }
  const std::vector<std::string> basket = {"1", "2"};
  CHECK(loaded.recommend_for(basket, {.k = 3}).size() == 3);
}
