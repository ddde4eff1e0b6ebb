#include <cmath>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include <akin/baselines/bias.hpp>
#include <akin/baselines/popularity.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/linear/ease.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/metrics/rating.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/selection/cross_validate.hpp>

#include "selection/dial_model.hpp"
#include "evaluation/table_model.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

template <class Scalar = float>
auto clicks_of(int users = 120) {
  return akin::synthetic::power_law_clicks<Scalar>(
      {.users = users, .items = 60, .interactions = users * 20, .seed = 6});
}

// Remembers what each fold was trained on.
struct recorder : dial_model<float> {
  std::vector<akin::sparse_matrix<float>>* trainings = nullptr;

  template <class Policy, class Matrix>
  void fit(const Policy& policy, const Matrix& x) {
    trainings->push_back(x);
    dial_model<float>::fit(policy, x);
  }
};

}  // namespace

TEST_CASE("cells are dealt out: each is missing in exactly one training, in equal parts") {
  const auto clicks = dial_clicks(61);
  std::vector<akin::sparse_matrix<float>> trainings;
  const auto folds = akin::cross_validate(
      execution::seq, clicks, {.folds = 7, .seed = 3},
      [&] {
        recorder model;
        model.trainings = &trainings;
        return model;
      },
      metrics::recall{3});
  REQUIRE(folds.size() == 7);
  REQUIRE(trainings.size() == 7);
  std::set<Eigen::Index> sizes;
  akin::sparse_matrix<float> sum(clicks.rows(), clicks.cols());
  for (const auto& training : trainings) {
    sizes.insert(clicks.nonZeros() - training.nonZeros());
    sum += training;
  }
  CHECK(sizes == std::set<Eigen::Index>{87, 88});  // 610 cells
  CHECK(sum.isApprox(akin::sparse_matrix<float>(6 * clicks)));
  const auto splits = akin::split_k_fold(clicks, {.folds = 7, .seed = 3});
  for (std::size_t fold = 0; fold < 7; ++fold) CHECK(trainings[fold].isApprox(splits[fold].train));
}

TEMPLATE_TEST_CASE("each fold is an evaluation, the same for any number of threads", "", float, double) {
  const auto clicks = clicks_of<TestType>();
  const auto make = [] { return akin::item_knn<TestType>({.neighbors = 20}); };
  const auto one = akin::cross_validate(execution::seq, clicks, {.folds = 4, .seed = 1}, make, metrics::recall{10},
                                        metrics::ndcg{5});
  const auto splits = akin::split_k_fold(clicks, {.folds = 4, .seed = 1});
  const auto given = akin::cross_validate(execution::seq, splits, make, metrics::recall{10}, metrics::ndcg{5});
  REQUIRE(one.size() == 4);
  REQUIRE(given.size() == 4);
  for (const int threads : {2, 3}) {
    const auto many = akin::cross_validate(execution::par.threads(threads), clicks, {.folds = 4, .seed = 1}, make,
                                           metrics::recall{10}, metrics::ndcg{5});
    for (std::size_t fold = 0; fold < 4; ++fold)
      for (std::size_t metric = 0; metric < 2; ++metric) {
        CHECK(many[fold][metric].mean == one[fold][metric].mean);
        CHECK(many[fold][metric].standard_error == one[fold][metric].standard_error);
      }
  }
  for (std::size_t fold = 0; fold < 4; ++fold) {
    auto model = make();
    model.fit(execution::seq, splits[fold].train);
    const auto result = akin::evaluate(execution::seq, model, splits[fold].train, splits[fold].test,
                                       metrics::recall{10}, metrics::ndcg{5});
    CHECK(one[fold][0].mean == result[0].mean);
    CHECK(given[fold][1].mean == result[1].mean);
    CHECK(one[fold].users == result.users);
    CHECK(one[fold].repeats == 0);
  }
  double mean = 0, squares = 0;
  for (const auto& fold : one) mean += fold[1].mean / 4;
  for (const auto& fold : one) squares += (fold[1].mean - mean) * (fold[1].mean - mean);
  const auto [recall, ndcg] = one.over_folds();
  CHECK(recall.mean > 0);
  CHECK(ndcg.mean == Approx(mean).epsilon(1e-12));
  CHECK(ndcg.standard_error == Approx(std::sqrt(squares / 3 / 4)).epsilon(1e-10));
  CHECK(ndcg.count == 4);
}

TEST_CASE("users are dealt out: the model has nothing of them and is shown a part") {
  const auto clicks = clicks_of(50);
  std::map<Eigen::Index, int> left_out;
  std::int64_t evaluated = 0;
  const akin::cross_validate_options options{.folds = 4, .seed = 2, .by = akin::fold_by::users};
  akin::detail::for_each_user_fold(
      clicks, options, "", [&](const auto& train, const auto& known, const auto& held_out) {
        CHECK(train.nonZeros() + known.nonZeros() + held_out.nonZeros() == clicks.nonZeros());
        CHECK(akin::sparse_matrix<float>(train + known + held_out).isApprox(clicks));
        for (Eigen::Index user = 0; user < clicks.rows(); ++user) {
          const auto all = clicks.innerVector(user).nonZeros(), mine = train.innerVector(user).nonZeros();
          if (mine == all) continue;
          ++left_out[user];
          CHECK(mine == 0);
          CHECK(held_out.innerVector(user).nonZeros() == all / 5);
          evaluated += all >= 5;
        }
      });
  for (Eigen::Index user = 0; user < clicks.rows(); ++user)
    CHECK(left_out[user] == (clicks.innerVector(user).nonZeros() > 0 ? 1 : 0));
  const auto make = [] { return akin::ease<float>({.regularization = 20}); };
  const auto one = akin::cross_validate(execution::seq, clicks, options, make, metrics::recall{10});
  const auto two = akin::cross_validate(execution::par.threads(2), clicks, options, make, metrics::recall{10});
  REQUIRE(one.size() == 4);
  std::int64_t users = 0;
  for (std::size_t fold = 0; fold < 4; ++fold) {
    users += one[fold].users;
    CHECK(one[fold][0].mean == two[fold][0].mean);
  }
  CHECK(users == evaluated);
  CHECK(one.over_folds()[0].mean > 0);
}

TEST_CASE("ratings are cross-validated with the metrics of ratings") {
  const auto ratings = clicks_of<double>();
  const auto make = [] { return akin::bias<double>(); };
  const auto folds =
      akin::cross_validate_ratings(execution::par, ratings, {.folds = 3}, make, metrics::rmse{}, metrics::mae{});
  REQUIRE(folds.size() == 3);
  const auto splits = akin::split_k_fold(ratings, {.folds = 3});
  std::int64_t count = 0;
  for (std::size_t fold = 0; fold < 3; ++fold) {
    auto model = make();
    model.fit(execution::seq, splits[fold].train);
    const auto result =
        akin::evaluate_ratings(execution::seq, model, splits[fold].test, metrics::rmse{}, metrics::mae{});
    CHECK(folds[fold][0].mean == result[0].mean);
    CHECK(folds[fold][1].mean == result[1].mean);
    count += folds[fold][0].count;
  }
  CHECK(count == ratings.nonZeros());
  const auto [rmse, mae] = folds.over_folds();
  CHECK(rmse.mean >= mae.mean);
  CHECK(rmse.count == 3);
}

TEST_CASE("as many folds as cells") {
  const auto clicks = matrix_of<float>(3, 4, {{0, 0, 1}, {0, 1, 1}, {1, 0, 1}, {1, 1, 1}});
  const auto folds = akin::cross_validate(
      execution::seq, clicks, {.folds = 4}, [] { return akin::popularity<float>(); }, metrics::recall{4});
  CHECK(folds.size() == 4);
  for (const auto& fold : folds) {
    CHECK(fold.users == 1);
    CHECK(fold[0].mean == 1);
  }
  CHECK(folds.over_folds()[0].standard_error == 0);
}

TEST_CASE("a fold in which there is nothing to find says nothing") {
  // Of twelve users two have cells enough for something to be held out, and it is all that is left to recommend.
  std::vector<Eigen::Triplet<float>> cells;
  for (int user = 0; user < 12; ++user)
    for (int item = 0; item < (user < 2 ? 6 : 2); ++item) cells.emplace_back(user, item, 1.0F);
  const auto folds = akin::cross_validate(
      execution::seq, matrix_of<float>(12, 6, cells), {.folds = 4, .by = akin::fold_by::users},
      [] { return akin::ease<float>({.regularization = 1}); }, metrics::hit_rate{6});
  std::int64_t judged = 0;
  for (const auto& fold : folds) judged += fold.users > 0;
  REQUIRE(judged < 4);
  const auto [hits] = folds.over_folds();
  CHECK(hits.mean == 1);
  CHECK(hits.count == judged);
  const akin::cross_validation<akin::evaluation<1>> nothing;
  CHECK(nothing.over_folds()[0].count == 0);
}

TEST_CASE("cross_validate refuses what makes no folds") {
  const auto clicks = matrix_of<float>(3, 4, {{0, 0, 1}, {0, 1, 1}, {1, 0, 1}, {1, 1, 1}});
  const auto make = [] { return akin::popularity<float>(); };
  const auto validate = [&](const akin::cross_validate_options& options) {
    return akin::cross_validate(execution::seq, clicks, options, make, metrics::recall{2});
  };
  CHECK_THROWS_WITH(validate({.folds = 1}), "cross_validate: folds must be at least 2, got 1");
  CHECK_THROWS_AS(validate({.folds = 5}), std::invalid_argument);
  CHECK_THROWS_WITH(
      akin::cross_validate(
          execution::seq, clicks, {.folds = 2, .by = akin::fold_by::users}, [] { return dial_model<float>(); },
          metrics::recall{2}),
      "cross_validate: the model must be able to score the history of a user who was not in the training, "
      "for fold_by::users");
  CHECK_THROWS_AS(validate({.folds = 2, .by = static_cast<akin::fold_by>(9)}), std::invalid_argument);
  const auto by_users = [&](const akin::cross_validate_options& options) {
    return akin::cross_validate(
        execution::seq, clicks, options, [] { return akin::ease<float>(); }, metrics::recall{2});
  };
  CHECK_THROWS_WITH(by_users({.folds = 4, .by = akin::fold_by::users}),
                    "cross_validate: folds must be at most the number of users, 3, got 4");
  CHECK_THROWS_WITH(by_users({.folds = 2, .by = akin::fold_by::users, .held_out_fraction = 0}),
                    "cross_validate: held_out_fraction must be above 0 and below 1, got 0");
  CHECK_THROWS_WITH(akin::cross_validate_ratings(
                        execution::seq, clicks, {.folds = 2, .by = akin::fold_by::users},
                        [] { return akin::bias<float>(); }, metrics::rmse{}),
                    "cross_validate_ratings: by must be fold_by::cells");
  auto malformed = clicks;
  malformed.innerIndexPtr()[0] = 4;
  const akin::sparse_matrix<float> nothing(3, 4);
  for (const auto by : {akin::fold_by::cells, akin::fold_by::users}) {
    const auto on = [&](const auto& x) {
      return akin::cross_validate(execution::seq, x, {.folds = 2, .by = by}, make, metrics::recall{2});
    };
    CHECK_THROWS_WITH(on(malformed), Catch::Contains("cross_validate: column ids must be"));
    CHECK_THROWS_WITH(on(nothing), by == akin::fold_by::users
                                       ? "cross_validate: there must be something to learn from, got nothing"
                                       : "cross_validate: folds must be at most the number of interactions, 0, got 2");
  }
  CHECK_THROWS_AS(akin::cross_validate(execution::seq, std::vector<akin::train_test<akin::sparse_matrix<float>>>(),
                                       make, metrics::recall{2}),
                  std::invalid_argument);
}
