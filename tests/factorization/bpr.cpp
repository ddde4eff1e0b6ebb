#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <akin/baselines/popularity.hpp>
#include <akin/data/splits.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/factorization/bpr.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/retrieval/similar_items.hpp>

#include "support/catch.hpp"
#include "support/fold_in_harness.hpp"
#include "support/model_harness.hpp"
#include "support/promise_harness.hpp"
#include "support/reference.hpp"
#include "support/update_harness.hpp"

using akin_test::bytes_of;
using akin_test::matrix_of;
using akin_test::same;
namespace detail = akin::detail;
namespace execution = akin::execution;

TEMPLATE_TEST_CASE("bpr keeps the promises of every model", "", akin::bpr<float>, akin::bpr<double>,
                   (akin::bpr<float, std::int64_t>)) {
  akin_test::check_model([] { return TestType({.factors = 5, .epochs = 4, .seed = 4}); });
}

TEST_CASE("bpr lists what it knows, and keeps what is documented of it") {
  akin_test::check_promises([] { return akin::bpr<float>({.factors = 5, .epochs = 10, .seed = 4}); },
                            akin_test::row_lists::folded_in, akin_test::reason_sums::no_sum);
  SECTION("a known answer") {
    akin_test::check_checkerboard([] { return akin::bpr<float>(); });
  }
  SECTION("a fold-in of twice the epochs says nearly the same") {
    akin_test::check_fold_in_settles([](int epochs) {
      return akin::bpr<float>({.factors = 8, .epochs = epochs, .learning_rate = 0.5, .regularization = 0.03});
    });
  }
  SECTION("factors begin small") {
    akin_test::check_initial_deviation(
        [] { return akin::bpr<float>({.factors = 16, .epochs = 1, .learning_rate = 1e-9}); }, 0.1);
  }
}

TEST_CASE("each option of bpr matters") {
  using options = akin::bpr_options;
  const auto changes = akin_test::sgd_changes<options>();
  akin_test::check_options<akin::bpr<float>>(options{.factors = 5, .epochs = 4}, changes, {"keep_interactions"});
}

TEMPLATE_TEST_CASE("bpr lives on after its fit", "", akin::bpr<double>, (akin::bpr<float, std::int64_t>)) {
  akin_test::check_updates([](bool keep) { return TestType({.factors = 4, .epochs = 30, .keep_interactions = keep}); },
                           akin::when_both::add);
  SECTION("histories are folded in") {
    akin_test::check_fold_in([] { return TestType({.factors = 4}); });
  }
  SECTION("ranks and values at the edge") {
    akin_test::check_extremes([](int factors) { return TestType({.factors = factors, .epochs = 2}); });
  }
}

namespace {

akin::sparse_matrix<float> clicks() {
  return akin::synthetic::power_law_clicks<float>({.users = 800, .items = 500, .interactions = 20000, .seed = 5});
}

}  // namespace

TEST_CASE("bpr beats popularity where users have communities") {
  const auto [train, test] = akin::split_random(clicks(), {.test_fraction = 0.2, .seed = 1});
  akin::popularity<float> popular;
  popular.fit(train);
  akin::bpr<float> model({.factors = 16, .epochs = 30, .learning_rate = 0.05, .regularization = 0.02, .seed = 1});
  model.fit(execution::par, train);
  const auto [personal] = akin::evaluate(execution::par, model, train, test, akin::metrics::ndcg{10});
  const auto [general] = akin::evaluate(execution::par, popular, train, test, akin::metrics::ndcg{10});
  CAPTURE(personal.mean, general.mean);
  CHECK(personal.mean > 1.2 * general.mean);
}

TEST_CASE("bpr gives the same bits for any number of threads where there are many blocks") {
  const auto x = clicks();
  REQUIRE(detail::grid_side(x.rows(), x.cols(), x.nonZeros(), 64) > 2);
  const akin::bpr_options options = {.factors = 7, .epochs = 3, .seed = 9};
  akin::bpr<float> alone(options);
  std::vector<double> losses;
  alone.fit(execution::seq, x, [&](const akin::progress& p) { losses.push_back(p.loss); });
  for (const int threads : {1, 2, 3, 7}) {
    akin::bpr<float> model(options);
    std::vector<double> same;
    model.fit(execution::par.threads(threads), x, [&](const akin::progress& p) { same.push_back(p.loss); });
    CHECK(bytes_of(model) == bytes_of(alone));
    CHECK(same == losses);
  }
  akin::bpr<float> unobserved(options), other({.factors = 7, .epochs = 3, .seed = 10});
  unobserved.fit(execution::par, x);
  CHECK(bytes_of(unobserved) == bytes_of(alone));
  other.fit(execution::par, x);
  CHECK_FALSE(same(other.user_factors(), alone.user_factors()));
}

TEST_CASE("the loss of bpr starts near ln 2 and falls") {
  std::vector<double> losses;
  akin::bpr<float> model({.factors = 8, .epochs = 10, .learning_rate = 0.02});
  model.fit(execution::par, clicks(), [&](const akin::progress& p) { losses.push_back(p.loss); });
  REQUIRE(losses.size() == 10);
  CHECK(losses[0] == Approx(std::log(2.0)).margin(0.1));
  CHECK(losses[3] < losses[0]);
  CHECK(losses[9] < losses[0] - 0.1);  // not at each epoch: the items to compare with are drawn
}

TEST_CASE("other items are of the block, liked by somebody and not by the user") {
  // User 0 likes items 0 to 3, has a negative value for 4; item 5 is liked by user 1, item 6 by nobody.
  const auto x = matrix_of<akin::bpr<double>>(
      2, 7, {{0, 0, 1}, {0, 1, 2}, {0, 2, 1}, {0, 3, 1}, {0, 4, -1}, {1, 4, 1}, {1, 5, 1}, {1, 6, 0}});
  const detail::positives<double, std::int32_t> positives(detail::view_of(x, "test"));
  CHECK(positives.is_positive(0, 1));
  CHECK_FALSE(positives.is_positive(0, 4));
  CHECK_FALSE(positives.is_positive(0, 5));
  CHECK_FALSE(positives.is_positive(1, 6));
  detail::block_random random(1, 1, 1);
  const std::vector<std::int32_t> all = {0, 1, 2, 3, 4, 5, 6}, own = {0, 2, 3, 6};
  using cell = detail::positive_cell<std::int32_t>;
  const std::vector<cell> cells = {{0, 0}, {0, 1}, {0, 2}, {0, 3}, {1, 4}, {1, 5}};
  const auto negatives_among = [&](const std::vector<std::int32_t>& items, std::int64_t count) {
    return detail::block_negatives<double, std::int32_t>(
        positives, akin::slice<const cell>{cells.data(), static_cast<std::int64_t>(cells.size())},
        {items.data(), count});
  };
  const auto negatives = negatives_among(all, 7);
  CHECK(negatives.catalogue() == 7);
  int met[7] = {};
  for (int i = 0; i < 1000; ++i) {
    const auto item = negatives.draw(0, random);
    if (item >= 0) ++met[item];
  }
  CHECK(met[4] + met[5] > 900);
  CHECK(met[4] > 400);
  CHECK(met[5] > 400);
  CHECK(negatives_among(own, 4).draw(0, random) == -1);
  CHECK(negatives_among(own, 0).draw(0, random) == -1);
}

TEST_CASE("an epoch meets each positive once, in blocks that are drawn anew") {
  auto x = clicks();
  for (Eigen::Index i = 0; i < x.nonZeros(); i += 4) x.valuePtr()[i] = i % 8 == 0 ? 0.0f : -1.0f;
  const detail::positives<float, std::int32_t> positives(detail::view_of(x, "test"));
  std::vector<std::vector<int>> first_items;
  for (const int epoch : {1, 2}) {
    akin::sparse_matrix<int> met(x.rows(), x.cols());
    std::vector<Eigen::Triplet<int>> cells;
    bool is_item_of_block = true;
    positives.run_epoch(execution::seq, 3, epoch, [&](const auto& block, const auto& negatives, auto&) {
      const auto& items = negatives.items();
      first_items.emplace_back(items.begin(), items.end());
      for (const auto& c : block) {
        cells.emplace_back(c.user, c.item, 1);
        is_item_of_block = is_item_of_block && std::binary_search(items.begin(), items.end(), c.item);
      }
      return 0;
    });
    CHECK(is_item_of_block);
    met.setFromTriplets(cells.begin(), cells.end());
    for (Eigen::Index user = 0; user < x.rows(); ++user)
      for (akin::sparse_matrix<float>::InnerIterator c(x, user); c; ++c)
        if (met.coeff(user, c.col()) != (c.value() > 0 ? 1 : 0)) FAIL("user " << user << ", item " << c.col());
  }
  CHECK(first_items.front() != first_items[first_items.size() / 2]);
}

TEST_CASE("bpr ranks what was liked above what was not") {
  // Two kinds of users with items of their own.
  std::vector<Eigen::Triplet<double>> cells;
  for (int u = 0; u < 20; ++u)
    for (int i = 0; i < 6; ++i)
      if ((u * 7 + i * 3) % 5 != 0) cells.emplace_back(u, i + 6 * (u % 2), 1);
  const auto x = matrix_of<akin::bpr<double>>(20, 12, cells);
  akin::bpr<double> model({.factors = 4, .epochs = 200});
  model.fit(x);
  for (int u = 0; u < 20; ++u)
    for (int i = 0; i < 6; ++i) CHECK(model.score(u, i + 6 * (u % 2)) > model.score(u, i + 6 * (1 - u % 2)));
  const std::int32_t items[] = {0};
  const auto similar = akin::similar_items(execution::seq, model, items, {.k = 5});
  for (const auto item : similar.items(0)) CHECK(item < 6);
}

TEST_CASE("an observer ends the training of bpr, divergence leaves the model as it was") {
  const auto x = clicks();
  akin::bpr<float> stopped({.factors = 4, .epochs = 9}), shorter({.factors = 4, .epochs = 2});
  stopped.fit(execution::par, x, [](const akin::progress& p) { return p.iteration < 2; });
  shorter.fit(execution::par, x);
  CHECK(same(stopped.item_factors(), shorter.item_factors()));
  akin::bpr<float> wild({.factors = 4, .epochs = 100, .learning_rate = 1e20, .regularization = 1});
  CHECK_THROWS_AS(wild.fit(execution::par, x), akin::numeric_error);
  CHECK_THROWS_WITH(wild.fit(execution::par, x), contains("bpr::fit: the factors are no longer finite after epoch "));
  CHECK(wild.users() == 0);
}

TEST_CASE("bpr refuses options that make no model") {
  using model_type = akin::bpr<float>;
  CHECK_THROWS_WITH(model_type({.factors = -3}), "bpr: factors must be positive, got -3");
  CHECK_THROWS_WITH(model_type({.epochs = 0}), "bpr: epochs must be positive, got 0");
  CHECK_THROWS_WITH(model_type({.learning_rate = 0}), "bpr: learning_rate must be positive and finite, got 0");
  CHECK_THROWS_WITH(model_type({.regularization = std::numeric_limits<double>::quiet_NaN()}),
                    contains("bpr: regularization must be finite"));
}

TEST_CASE("fold_in of bpr says nearly what the training said, of users and of items") {
  const auto x = clicks();
  akin::bpr<float> model({.factors = 8, .epochs = 30, .keep_interactions = true});
  model.fit(execution::par, x);
  CHECK(akin_test::agreement_with_training(model, x) > 0.9);
  CHECK(akin_test::agreement_of_items(model, x) > 0.9);
}

TEST_CASE("what an item of the history contributes in bpr is what the score loses without it") {
  const auto x = clicks();
  akin::bpr<float> model({.factors = 8, .epochs = 10});
  model.fit(execution::par, x);
  const auto whole = akin_test::history_scores(model, x, 3);
  akin::sparse_matrix<float> without = x;
  const auto left_out = without.innerIndexPtr()[without.outerIndexPtr()[3] + 2];
  without.prune([&](auto row, auto col, float) { return !(row == 3 && col == left_out); });
  without.makeCompressed();
  const auto rest = akin_test::history_scores(model, without, 3);
  const auto history = akin_test::row_of<akin::bpr<float>>(x, 3);
  std::vector<float> parts(static_cast<std::size_t>(history.size()));
  model.contributions(history, 9, std::span(parts));
  CHECK(parts[2] == whole[9] - rest[9]);
}
