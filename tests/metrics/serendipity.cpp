#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <akin/baselines/popularity.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/evaluation/evaluate_lists.hpp>
#include <akin/evaluation/evaluate_unseen.hpp>
#include <akin/evaluation/per_user.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/metrics/serendipity.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/retrieval/recommend.hpp>

#include "evaluation/cases.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

template <class Index>
struct users_and_items {
  std::int64_t users, items;
  std::vector<Index> offsets, columns;

  metrics::list_context<Index> context() const {
    return {.users = users, .items = items, .train = {users, items, offsets.data(), columns.data()}};
  }
};

/// Owners: item 0 has 3 (users 0 1 2), 2 has 2 (0 3), 1 and 4 have 1 (users 1 and 3), 3 and 5 nobody.
template <class Index>
users_and_items<Index> five_users() {
  return {5, 6, {0, 2, 4, 5, 7, 7}, {0, 2, 0, 1, 0, 2, 4}};
}

template <class Index>
double judge(const users_and_items<Index>& data, int k, std::int64_t user, const std::vector<Index>& ranked,
             const std::vector<Index>& relevant) {
  std::vector<std::int32_t> hits;
  akin::detail::find_hits(std::span<const Index>(ranked), std::span<const Index>(relevant), hits);
  return metrics::serendipity{k}.prepare(data.context())(metrics::judged_list<Index>{user, ranked, relevant, hits});
}

template <class Index>
void check_by_hand() {
  const auto data = five_users<Index>();
  // User 4 has nothing: popular are 0 2 1 4, then nothing.
  CHECK(judge<Index>(data, 2, 4, {0, 1}, {0, 1}) == 1.0 / 2);
  CHECK(judge<Index>(data, 2, 4, {1, 4}, {0, 1, 4}) == 1);
  CHECK(judge<Index>(data, 2, 4, {2, 0}, {0, 2}) == 0);
  CHECK(judge<Index>(data, 3, 4, {1, 4, 5}, {1, 4, 5}) == 2.0 / 3);
  CHECK(judge<Index>(data, 5, 4, {0, 1, 2, 3, 4}, {0, 1, 2, 3, 4}) == 1.0 / 5);
  CHECK(judge<Index>(data, 4, 4, {3}, {3}) == 1.0 / 4);
  CHECK(judge<Index>(data, 2, 4, {3, 0, 5}, {5}) == 0);
  CHECK(judge<Index>(data, 2, 4, {}, {5}) == 0);
  // User 0 has 0 and 2: popular are 1 4.
  CHECK(judge<Index>(data, 1, 0, {4}, {4}) == 1);
  CHECK(judge<Index>(data, 2, 0, {4, 1}, {1, 4}) == 0);
  CHECK(judge<Index>(data, 2, 0, {4, 3}, {3, 4}) == 1.0 / 2);
  // What the user has is not unexpected, even where it is relevant.
  CHECK(judge<Index>(data, 2, 3, {4, 3}, {3, 4}) == 1.0 / 2);
}

/// The obvious one: the popular list of the user by akin::recommend, and a set difference.
std::vector<std::pair<std::int64_t, double>> obvious(const random_case& data, int k, bool exclude_seen) {
  akin::popularity<float> popular;
  popular.fit(data.train);
  const auto usual = akin::recommend(execution::seq, popular, {.k = k, .exclude = data.train});
  const auto shown = exclude_seen ? akin::recommend(execution::seq, data.model, {.k = k, .exclude = data.train})
                                  : akin::recommend(execution::seq, data.model, {.k = k});
  std::vector<std::pair<std::int64_t, double>> result;
  for (int user = 0; user < static_cast<int>(data.train.rows()); ++user) {
    bool wants = false;
    for (int i = 0; i < static_cast<int>(data.test.cols()); ++i)
      wants = wants || (data.test.coeff(user, i) > 0 && !(exclude_seen && data.train.coeff(user, i) > 0));
    if (!wants) continue;
    double found = 0;
    const auto expected = usual.items(static_cast<std::size_t>(user));
    for (const int item : shown.items(static_cast<std::size_t>(user))) {
      const bool relevant = data.test.coeff(user, item) > 0;
      const bool surprises =
          std::find(expected.begin(), expected.end(), item) == expected.end() && data.train.coeff(user, item) == 0;
      found += relevant && surprises ? 1 : 0;
    }
    result.emplace_back(user, found / k);
  }
  return result;
}

}  // namespace

TEST_CASE("serendipity is the share of ranks that are relevant and not popular") {
  check_by_hand<std::int32_t>();
  check_by_hand<std::int64_t>();
  CHECK_THROWS_WITH(metrics::serendipity{0}.prepare(metrics::list_context<std::int32_t>{}),
                    "metrics::serendipity: k must be positive, got 0");
}

TEST_CASE("serendipity of degenerate data") {
  const metrics::list_context<std::int32_t> empty{}, untrained{.users = 2, .items = 3, .train = {}};
  const std::vector<std::int32_t> ranked = {2, 0}, relevant = {0}, hits = {1};
  CHECK(metrics::serendipity{2}.prepare(empty)(metrics::judged_list<std::int32_t>{}) == 0);
  CHECK(metrics::serendipity{2}.prepare(untrained)({1, ranked, relevant, hits}) == 1.0 / 2);
  CHECK(metrics::serendipity{1}.prepare(untrained)({1, ranked, relevant, hits}) == 0);

  // One user, one item; k beyond the catalogue.
  const users_and_items<std::int32_t> one{1, 1, {0, 1}, {0}}, idle{1, 1, {0, 0}, {}};
  CHECK(judge<std::int32_t>(one, 9, 0, {0}, {0}) == 0);
  CHECK(judge<std::int32_t>(idle, 9, 0, {0}, {0}) == 1.0 / 9);
}

TEST_CASE("serendipity agrees with the lists of akin::popularity") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const bool exclude_seen = seed % 2 == 0;
    const int k = 1 + static_cast<int>(seed % 7);
    CAPTURE(seed, k, exclude_seen);
    const auto data = draw_case(seed, 60, 25);
    const auto expected = obvious(data, k, exclude_seen);
    const auto each = akin::per_user(execution::seq, data.model, data.train, data.test, {.exclude_seen = exclude_seen},
                                     metrics::serendipity{k}, metrics::precision{k});
    REQUIRE(each.users.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CAPTURE(expected[i].first);
      CHECK(each.users[i] == expected[i].first);
      CHECK(each.values[i][0] == expected[i].second);
      CHECK(each.values[i][0] <= each.values[i][1]);
    }
  }
}

TEST_CASE("the popular list itself holds nothing unexpected") {
  const auto data = draw_case(5, 100, 30);
  akin::popularity<float> popular;
  popular.fit(data.train);
  const auto [surprise, hits] =
      akin::evaluate(execution::seq, popular, data.train, data.test, metrics::serendipity{10}, metrics::precision{10});
  CHECK(surprise.mean == 0);
  CHECK(hits.mean > 0);
}

TEST_CASE("serendipity in evaluate_lists, with and without train") {
  const auto data = draw_case(8, 100, 30);
  const auto lists = akin::recommend(execution::seq, data.model, {.k = 8, .exclude = data.train});
  const metrics::serendipity surprise{8};
  const metrics::precision precision{8};
  const auto [whole] = akin::evaluate(execution::seq, data.model, data.train, data.test, surprise);
  const auto [listed] = akin::evaluate_lists(execution::seq, lists, data.train, data.test, surprise);
  CHECK(listed.mean == whole.mean);
  const auto [bare, share] = akin::evaluate_lists(execution::seq, lists, data.test, surprise, precision);
  CHECK(bare.mean == share.mean);
  CHECK(bare.mean > listed.mean);
}

TEST_CASE("serendipity in evaluate_unseen takes what the histories have as popular") {
  // Histories: item 0 in three, 1 in two, 2 in one; four rows where the training had two users.
  const auto train = matrix_of<float>(2, 5, {{0, 0, 1}, {0, 1, 1}, {0, 3, 1}, {1, 0, 1}, {1, 2, 1}, {1, 4, 1}});
  const auto known = matrix_of<float>(4, 5, {{0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {2, 0, 1}, {2, 2, 1}, {3, 1, 1}});
  const auto held_out = matrix_of<float>(4, 5, {{0, 1, 1}, {0, 4, 1}});
  akin::item_knn<float> model;
  model.fit(train);
  const auto [all, few] =
      akin::evaluate_unseen(execution::seq, model, known, held_out, metrics::precision{4}, metrics::serendipity{4});
  CHECK(all.mean == 2.0 / 4);
  CHECK(few.mean == 1.0 / 4);  // 1 is popular among the histories, 4 nobody has there
}

TEST_CASE("serendipity in evaluate is the same for 1, 2, 3 threads") {
  const auto data = draw_case(31, 400, 60);
  const auto run = [&](int threads) {
    const auto [result] =
        akin::evaluate(execution::par.threads(threads), data.model, data.train, data.test, metrics::serendipity{10});
    return result;
  };
  const auto one = run(1);
  CHECK(one.mean > 0);
  CHECK(one.mean < 1);
  for (const int threads : {2, 3}) {
    CAPTURE(threads);
    CHECK(run(threads).mean == one.mean);
    CHECK(run(threads).standard_error == one.standard_error);
  }
}
