#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

#include <akin/baselines/popularity.hpp>
#include <akin/data/split_cold.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/evaluation/evaluate_unseen.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/graph/graph_filter.hpp>
#include <akin/linear/ease.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/retrieval/recommend_for.hpp>

#include "evaluation/table_model.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

template <class Scalar, class Index = std::int32_t>
auto shop() {
  const auto x =
      akin::synthetic::power_law_clicks<Scalar>({.users = 300, .items = 80, .interactions = 4000, .seed = 6});
  return akin::split_unseen_users(akin::sparse_matrix<Scalar, Index>(x), {.test_fraction = 0.3, .seed = 1});
}

// Recall at 10 from the lists of recommend_for, counted by hand.
template <class Model, class Matrix>
double mean_recall(const Model& model, const Matrix& known, const Matrix& held_out) {
  const auto lists = akin::recommend_for(execution::seq, model, known, {.k = 10, .exclude = known});
  double sum = 0, users = 0;
  for (Eigen::Index row = 0; row < known.rows(); ++row) {
    double hits = 0, wanted = 0;
    for (typename Matrix::InnerIterator cell(held_out, row); cell; ++cell) {
      ++wanted;
      const auto list = lists.items(static_cast<std::size_t>(row));
      hits += std::find(list.begin(), list.end(), cell.col()) != list.end() ? 1 : 0;
    }
    if (wanted > 0) sum += hits / wanted, ++users;
  }
  return sum / users;
}

template <class Model, class Parts>
void check_model_of(const Model& model, const Parts& parts) {
  const auto one = akin::evaluate_unseen(execution::seq, model, parts.test_known, parts.test_held_out,
                                         metrics::recall{10}, metrics::ndcg{10});
  CHECK(one.users > 50);
  CHECK(one[0].mean > 0);
  CHECK(one[0].mean == Approx(mean_recall(model, parts.test_known, parts.test_held_out)).epsilon(1e-12));
  for (const int threads : {2, 3}) {
    const auto many = akin::evaluate_unseen(execution::par.threads(threads), model, parts.test_known,
                                            parts.test_held_out, metrics::recall{10}, metrics::ndcg{10});
    CHECK(many[0].mean == one[0].mean);
    CHECK(many[1].mean == one[1].mean);
    CHECK(many[1].standard_error == one[1].standard_error);
  }
}

}  // namespace

TEMPLATE_TEST_CASE("evaluate_unseen judges the lists of recommend_for", "", float, double) {
  const auto parts = shop<TestType>();
  akin::ease<TestType> linear({.regularization = 20});
  linear.fit(execution::seq, parts.train);
  check_model_of(linear, parts);
  akin::implicit_als<TestType> factors({.factors = 8, .iterations = 3});
  factors.fit(execution::seq, parts.train);
  check_model_of(factors, parts);
  akin::graph_filter<TestType> graph;  // scores several histories at once
  graph.fit(execution::seq, parts.train);
  check_model_of(graph, parts);
  akin::popularity<TestType> popular;  // the line to beat
  popular.fit(execution::seq, parts.train);
  check_model_of(popular, parts);
}

TEST_CASE("evaluate_unseen of 64-bit ids") {
  const auto parts = shop<double, std::int64_t>();
  akin::ease<double, std::int64_t> model({.regularization = 20});
  model.fit(execution::seq, parts.train);
  check_model_of(model, parts);
}

TEST_CASE("of the users of the training it says what evaluate says") {
  const auto parts = shop<float>();
  const akin::sparse_matrix<float> all = parts.train + parts.test_known;
  akin::ease<float> model({.regularization = 20});
  model.fit(execution::seq, all);
  const auto seen = akin::evaluate(execution::seq, model, all, parts.test_held_out, metrics::ndcg{10});
  const auto unseen = akin::evaluate_unseen(execution::seq, model, all, parts.test_held_out, metrics::ndcg{10});
  CHECK(seen[0].mean == unseen[0].mean);
  CHECK(seen.users == unseen.users);
}

TEST_CASE("rows are any users: other numbers than in the training, and without history") {
  const auto train = matrix_of<float>(2, 3, {{0, 0, 1}, {0, 1, 1}, {1, 0, 1}, {1, 1, 1}});
  akin::ease<float> model({.regularization = 1});
  model.fit(execution::seq, train);
  const auto known = matrix_of<float>(4, 3, {{0, 0, 1}, {1, 1, 1}, {3, 0, 1}});
  const auto held_out = matrix_of<float>(4, 3, {{0, 1, 1}, {1, 0, 1}, {2, 0, 1}});
  const auto result = akin::evaluate_unseen(execution::seq, model, known, held_out, metrics::recall{1});
  CHECK(result.users == 3);
  CHECK(result.unknown_users == 1);
  CHECK(result.users_without_relevant == 1);
  CHECK(result[0].mean == Approx(2.0 / 3));
  const auto nobody =
      akin::evaluate_unseen(execution::par, model, known, akin::sparse_matrix<float>(4, 3), metrics::recall{1});
  CHECK(nobody.users == 0);
}

TEST_CASE("evaluations of a model that was fitted on nothing say so") {
  const akin::sparse_matrix<float> nothing(0, 0);
  akin::popularity<float> model;
  model.fit(nothing);
  constexpr auto says = ": the model has learnt nothing, it was fitted on 0 users x 0 items";
  CHECK_THROWS_WITH(akin::evaluate_unseen(execution::seq, model, nothing, nothing, metrics::recall{1}),
                    std::string("evaluate_unseen") + says);
  CHECK_THROWS_WITH(akin::evaluate(execution::seq, model, nothing, nothing, metrics::recall{1}),
                    std::string("evaluate") + says);
}

TEST_CASE("an empty history counts as unknown where the model has no list for everybody") {
  const auto train = matrix_of<float>(2, 3, {{0, 0, 1}, {0, 1, 1}, {1, 0, 1}, {1, 1, 1}});
  const auto wanted = matrix_of<float>(2, 3, {{0, 0, 1}, {1, 1, 1}});
  const akin::sparse_matrix<float> nobody(2, 3);
  akin::popularity<float> popular;
  akin::ease<float> ease;
  popular.fit(train), ease.fit(train);
  const auto known = akin::evaluate_unseen(execution::seq, popular, nobody, wanted, metrics::recall{1});
  CHECK(known.unknown_users == 0);
  CHECK(known[0].mean == 0.5);
  CHECK(akin::evaluate_unseen(execution::seq, ease, nobody, wanted, metrics::recall{1}).unknown_users == 2);
}

TEST_CASE("evaluate_unseen refuses what does not fit") {
  akin::ease<float> model({.regularization = 1});
  const auto known = matrix_of<float>(2, 3, {{0, 0, 1}, {0, 1, 1}, {1, 0, 1}});
  CHECK_THROWS_AS(akin::evaluate_unseen(execution::seq, model, known, known, metrics::recall{1}), akin::not_fitted);
  model.fit(execution::seq, known);
  const akin::sparse_matrix<float> narrow(2, 2), long_one(3, 3);
  CHECK_THROWS_WITH(akin::evaluate_unseen(execution::seq, model, known, long_one, metrics::recall{1}),
                    "evaluate_unseen: held_out must have the shape of known, 2 x 3, got 3 x 3");
  CHECK_THROWS_AS(akin::evaluate_unseen(execution::seq, model, narrow, narrow, metrics::recall{1}),
                  std::invalid_argument);
  CHECK_THROWS_AS(akin::evaluate_unseen(execution::seq, model, known, known, metrics::recall{0}),
                  std::invalid_argument);
  auto unsorted = known;
  std::swap(unsorted.innerIndexPtr()[0], unsorted.innerIndexPtr()[1]);
  CHECK_THROWS_WITH(akin::evaluate_unseen(execution::seq, model, unsorted, known, metrics::recall{1}),
                    "evaluate_unseen: known: column ids must be ascending, unique and below 3, got 0 after 1 in row 0");
  CHECK_THROWS_WITH(
      akin::evaluate_unseen(execution::seq, model, known, unsorted, metrics::recall{1}),
      "evaluate_unseen: held_out: column ids must be ascending, unique and below 3, got 0 after 1 in row 0");
}
