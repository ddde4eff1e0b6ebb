#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <akin/execution.hpp>
#include <akin/hybrid/blend.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/serving/all_models.hpp>
#include <akin/serving/bundle.hpp>

#include "io/folder.hpp"
#include "serving/fitted.hpp"
#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/reference.hpp"

namespace {

namespace execution = akin::execution;
using any = akin::any_recommender<float>;

/// Saved, alone and in a bundle, and loaded by a program that does not know what it is, it gives the same lists.
template <class Model>
bool loads_as_any(const folder& files, const Model& model) {
  const auto clicks = akin_test::some_clicks<Model>();
  const auto lists = akin::recommend(execution::seq, model, {.k = 5});
  akin::save(model, files / "model");
  akin::save(akin::bundle(model, numbered(60), numbered(40), clicks), files / "shop");
  const auto alone = akin::load<any>(files / "model");
  const auto shop = akin::load_bundle<any>(files / "shop");
  bool same = alone.kind() == Model::kind && shop.model().kind() == Model::kind;
  for (const any* loaded : {&alone, &shop.model()}) {
    const auto found = akin::recommend(execution::seq, *loaded, {.k = 5});
    for (std::size_t user = 0; user < lists.size(); ++user)
      same = same && std::ranges::equal(found.items(user), lists.items(user)) &&
             std::ranges::equal(found.scores(user), lists.scores(user));
  }
  return same;
}

}  // namespace

TEST_CASE("a file of any model is loaded without knowing what it holds") {
  const folder files;
  CHECK(loads_as_any(files, fitted<akin::popularity<float>>()));
  CHECK(loads_as_any(files, fitted<akin::bias<float>>()));
  CHECK(loads_as_any(files, fitted<akin::item_knn<float>>()));
  CHECK(loads_as_any(files, fitted<akin::user_knn<float>>()));
  CHECK(loads_as_any(files, fitted<akin::ease<float>>()));
  CHECK(loads_as_any(files, fitted<akin::slim<float>>()));
  CHECK(loads_as_any(files, fitted<akin::rp3beta<float>>()));
  CHECK(loads_as_any(files, fitted<akin::graph_filter<float>>()));
  CHECK(loads_as_any(files, fitted<akin::implicit_als<float>>()));
  CHECK(loads_as_any(files, fitted<akin::explicit_als<float>>()));
  CHECK(loads_as_any(files, fitted<akin::nmf<float>>()));
  CHECK(loads_as_any(files, fitted<akin::bpr<float>>()));
  CHECK(loads_as_any(files, fitted<akin::warp<float>>()));
  CHECK(loads_as_any(files, fitted<akin::logistic_mf<float>>()));
  CHECK(loads_as_any(files, fitted<akin::biased_mf<float>>()));
  CHECK(loads_as_any(files, fitted<akin::svdpp<float>>()));
  const auto als = fitted<akin::implicit_als<float>>();
  CHECK(loads_as_any(files, akin::factor_model<float>(als.user_factors(), als.item_factors())));
}

TEST_CASE("a file of another kind is refused by what it holds and what is known") {
  const folder files;
  const auto als = fitted<akin::implicit_als<float>>();
  akin::save(akin::blend(akin::normalization::z_score, akin::weighted(0.5, als), akin::weighted(0.5, als)),
             files / "blend");
  CHECK_THROWS_WITH(akin::load<any>(files / "blend"), contains("holds blend<float>, but the registry knows"));
  akin::save(fitted<akin::implicit_als<double>>(), files / "double");
  CHECK_THROWS_AS(akin::load<any>(files / "double"), akin::format_error);
}
