#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/evaluation/evaluate_next.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/retrieval/recommend_for.hpp>

#include "support/catch.hpp"
#include "support/random_sequences.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

/// Expects the items after the last one, in their order: item l + 1 gets -1, l + 2 gets -2, …; nothing after `end`.
struct counting_model {
  using scalar_type = float;
  using index_type = std::int32_t;
  std::int64_t count = 0;

  std::int64_t items() const { return count; }
  std::int64_t users() const { return 0; }
  bool is_fitted() const { return count > 0; }
  bool knows_item(std::int32_t item) const { return item != 7; }
  void score_sequence(const akin::sequence_view<std::int32_t>& sequence, std::span<float> out) const {
    std::fill(out.begin(), out.end(), akin::no_score<float>);
    const std::int32_t last = sequence.items.back();
    for (std::int64_t item = std::int64_t{last} + 1; item < count; ++item)
      out[static_cast<std::size_t>(item)] = static_cast<float>(last - item);
  }
};

struct not_a_number : counting_model {
  void score_sequence(const akin::sequence_view<std::int32_t>&, std::span<float> out) const {
    std::fill(out.begin(), out.end(), std::numeric_limits<float>::quiet_NaN());
  }
};

}  // namespace

TEST_CASE("every event but the first is a question") {
  akin::sequences<> test(10);
  test.add({0, 1, 3, 2});  // ranks 0, 1, none
  test.add({});
  test.add({5});
  test.add({4, 5});  // rank 0
  const counting_model model{10};
  const auto result = akin::evaluate_next(execution::par, model, test, metrics::recall{1}, metrics::reciprocal_rank{2});
  CHECK(result.users == 4);
  CHECK(result.sequences == 2);
  CHECK(result["recall@1"].mean == 0.5);
  CHECK(result[1].mean == (1 + 0.5 + 0 + 1) / 4);
  CHECK(result[0].count == 4);
  // Deviations of recall from .5 sum to -.5 and .5 in the two sequences.
  CHECK(result[0].standard_error == Approx(std::sqrt(2.0 / 1 * (0.25 + 0.25)) / 4));
  CHECK(
      result.protocol ==
      "every event but the first after all before it; all items are ranked, repeats too; equal scores by id; standard "
      "errors over sequences");
}

TEST_CASE("the last event alone") {
  akin::sequences<> test(10);
  test.add({0, 1, 3, 4});
  test.add({5});
  test.add({4, 6});
  const auto [recall] =
      akin::evaluate_next(execution::seq, counting_model{10}, test, {.every_prefix = false}, metrics::recall{1});
  CHECK(recall.count == 2);
  CHECK(recall.mean == 0.5);
}

TEST_CASE("items that came before may be excluded") {
  akin::sequences<> test(10);
  test.add({2, 3, 1, 4});  // after 1 come 2 and 3, which were there
  const counting_model model{10};
  const auto repeats = akin::evaluate_next(execution::seq, model, test, {.every_prefix = false}, metrics::recall{1});
  CHECK(repeats[0].mean == 0);
  const auto result = akin::evaluate_next(execution::seq, model, test, {.every_prefix = false, .exclude_seen = true},
                                          metrics::recall{1});
  CHECK(result[0].mean == 1);
  CHECK(result.protocol.find("the last event after all before it; all items are ranked but those that came before;") ==
        0);
  akin::sequences<> again(10);
  again.add({2, 1, 2});
  CHECK(akin::evaluate_next(execution::seq, model, again, {.every_prefix = false, .exclude_seen = true},
                            metrics::recall{1})
            .users_without_relevant == 1);
}

TEST_CASE("items that no training knew count where they are expected") {
  akin::sequences<> test(12);
  test.add({0, 11});
  test.add({7, 8});   // the model knows nothing of 7
  test.add({11, 1});  // nor of 11
  test.add({0, 1});
  const auto result = akin::evaluate_next(execution::seq, counting_model{10}, test, metrics::recall{3});
  CHECK(result.users == 4);
  CHECK(result.unknown_users == 2);
  CHECK(result[0].mean == 0.25);
}

TEST_CASE("the questions of evaluate_next are those of recommend_for, for any number of threads") {
  const auto test = akin_test::random_sequences<std::int32_t>({.count = 80, .items = 30, .longest = 8, .seed = 4});
  const auto x = akin::synthetic::power_law_clicks<float>({.users = 60, .items = 30, .interactions = 500, .seed = 3});
  akin::item_knn<float> model({.neighbors = 8});  // a model of histories
  model.fit(x);
  double hits = 0;
  std::int64_t questions = 0;
  for (std::int64_t s = 0; s < test.size(); ++s)
    for (std::int64_t length = 1; length < test[s].size(); ++length) {
      akin::sequences<> prefix(30);
      const auto items = test[s].first(length).items;
      prefix.add({items.data, static_cast<std::size_t>(items.size)});
      const auto lists = akin::recommend_for(execution::seq, model, prefix, {.k = 5});
      hits += std::ranges::count(lists.items(0), test[s].items[length]) > 0;
      ++questions;
    }
  const auto result = akin::evaluate_next(execution::seq, model, test, metrics::recall{5}, metrics::ndcg{10});
  CHECK(result.users == questions);
  CHECK(result[0].mean == Approx(hits / static_cast<double>(questions)));
  for (const int threads : {2, 3}) {
    const auto same =
        akin::evaluate_next(execution::par.threads(threads), model, test, metrics::recall{5}, metrics::ndcg{10});
    CHECK(same[1].mean == result[1].mean);
    CHECK(same[1].standard_error == result[1].standard_error);
  }
}

TEST_CASE("a history of a sequence counts its items") {
  akin::sequences<> all(30);
  all.add({4, 9, 4});
  akin::sparse_matrix<float> history(1, 30);
  history.insert(0, 4) = 2;
  history.insert(0, 9) = 1;
  history.makeCompressed();
  akin::item_knn<float> model({.neighbors = 8});
  model.fit(akin::synthetic::power_law_clicks<float>({.users = 60, .items = 30, .interactions = 500, .seed = 3}));
  const auto of_sequence = akin::recommend_for(execution::seq, model, all, {.k = 9, .exclude = history});
  const auto of_history = akin::recommend_for(execution::seq, model, history, {.k = 9, .exclude = history});
  CHECK(of_sequence.items(0).size() == 9);
  CHECK(std::ranges::equal(of_sequence.items(0), of_history.items(0)));
  CHECK(std::ranges::equal(of_sequence.scores(0), of_history.scores(0)));
}

TEST_CASE("evaluate_next says what is wrong") {
  akin::sequences<> test(10);
  test.add({0, 1});
  CHECK_THROWS_AS(akin::evaluate_next(execution::seq, counting_model{}, test, metrics::recall{1}), akin::not_fitted);
  CHECK_THROWS_WITH(akin::evaluate_next(execution::seq, counting_model{10}, test, metrics::recall{0}),
                    "evaluate_next: k of a metric must be positive, got 0");
  CHECK_THROWS_AS(akin::evaluate_next(execution::seq, not_a_number{10}, test, metrics::recall{1}), akin::numeric_error);
  const auto nothing =
      akin::evaluate_next(execution::seq, counting_model{10}, akin::sequences<>(10), metrics::recall{1});
  CHECK(nothing.users == 0);
  CHECK(nothing[0].mean == 0);
}
