#include <cstdint>
#include <utility>

#include <akin/data/merge_interactions.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/neighbors/neighborhood_options.hpp>
#include <akin/neighbors/user_knn.hpp>
#include <akin/retrieval/recommend_for.hpp>

#include "neighbors/reference.hpp"
#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/reference.hpp"

namespace {

namespace execution = akin::execution;

/// Every measure with every weighting, centring and aggregation: visit(options).
template <class Visit>
void for_each_choice(const Visit& visit) {
  using akin::interaction_weighting;
  for (int measure = 0; measure <= static_cast<int>(akin::similarity::lift); ++measure)
    for (int weighting = 0; weighting <= static_cast<int>(interaction_weighting::log); ++weighting)
      for (const akin::centering centering : akin_test::all_centerings)
        for (const auto aggregation : {akin::aggregation::sum, akin::aggregation::weighted_average})
          visit(akin::neighborhood_options{.neighbors = 6,
                                           .similarity = static_cast<akin::similarity>(measure),
                                           .keep_negative = measure % 2 == 0,
                                           .centering = centering,
                                           .aggregation = aggregation,
                                           .weighting = static_cast<interaction_weighting>(weighting)});
}

template <class Model>
bool lists_are_finite(const Model& model, const akin::sparse_matrix<float>& histories) {
  const auto lists = akin::recommend_for(execution::seq, model, histories, {.k = 5});
  for (std::size_t row = 0; row < lists.size(); ++row)
    for (const float score : lists.scores(row))
      if (!akin::detail::is_finite(score)) return false;
  return true;
}

}  // namespace

TEMPLATE_TEST_CASE("neighbours live on under every measure, weighting, centring and aggregation", "",
                   akin::item_knn<float>, akin::user_knn<float>) {
  const auto ratings = akin_test::some_ratings<float>(25, 20, 5);
  const auto news = akin_test::some_ratings<float>(27, 21, 6);
  int choices = 0, refused = 0, not_finite = 0, other_files = 0, other_updates = 0, other_threads = 0;
  for_each_choice([&](const akin::neighborhood_options& options) {
    ++choices;
    TestType model(options);
    if (options.weighting != akin::interaction_weighting::none && options.centering != akin::centering::none) {
      ++refused;
      CHECK_THROWS_WITH(model.fit(ratings), contains("values must not be negative"));
      return;
    }
    model.fit(ratings);
    const auto bytes = akin_test::bytes_of(model);
    not_finite += !lists_are_finite(model, ratings);
    other_threads += [&] {
      TestType parallel(options);
      parallel.fit(execution::par.threads(3), ratings);
      return akin_test::bytes_of(parallel) != bytes;
    }();

    auto loaded = akin::detail::read_model<TestType>(akin::detail::read_model_bytes(bytes, "memory"));
    other_files += akin_test::bytes_of(loaded) != bytes;
    loaded.partial_fit(news);
    loaded.forget(2);
    const bool averages = options.aggregation == akin::aggregation::weighted_average;
    auto left = akin::merge_interactions(ratings, news, averages ? akin::when_both::replace : akin::when_both::add);
    left.prune([](auto user, auto, auto) { return user != 2; });
    TestType anew(options);
    anew.fit(left);
    other_updates += akin_test::bytes_of(loaded) != akin_test::bytes_of(anew);
    not_finite += !lists_are_finite(loaded, left);
  });
  CHECK(choices == 10 * 4 * 5 * 2);
  CHECK(refused == 10 * 3 * 4 * 2);  // no weight of what is below the mean
  CHECK(not_finite == 0);
  CHECK(other_threads == 0);
  CHECK(other_files == 0);
  CHECK(other_updates == 0);
}
