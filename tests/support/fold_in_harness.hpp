/// @file
/// What every model that folds histories in promises, and data at the edge of what a model of factors can take.
/// make() gives a model that learns enough to tell users apart; make_wide(factors) one with that many factors.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <akin/execution.hpp>
#include <akin/matrix.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/recommend_for.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/reference.hpp"

namespace akin_test {

/// A row of x; refers to it.
template <class Model>
akin::row_view<typename Model::scalar_type, typename Model::index_type> row_of(const interactions_of<Model>& x,
                                                                               std::int64_t row) {
  return akin::detail::view_of(x, "test").row(row);
}

template <class Model>
std::vector<typename Model::scalar_type> history_scores(const Model& model, const interactions_of<Model>& x,
                                                        std::int64_t row) {
  std::vector<typename Model::scalar_type> scores(static_cast<std::size_t>(model.items()));
  model.score_history(row_of<Model>(x, row), std::span(scores));
  return scores;
}

/// A row depends on nothing but its history; lists by recommend_for are those of the scores.
template <class Make>
void check_fold_in(const Make& make) {
  using model_type = decltype(make());
  using scalar_type = typename model_type::scalar_type;
  CHECK_THROWS_AS(make().fold_in(akin::execution::seq, some_clicks<model_type>()), akin::not_fitted);
  auto model = make();
  const auto clicks = some_clicks<model_type>();
  model.fit(akin::execution::par, clicks);
  const akin::dense_matrix<scalar_type> folded = model.fold_in(akin::execution::seq, clicks);
  REQUIRE(folded.rows() == clicks.rows());
  CHECK(is_finite(folded));
  for (const int threads : {1, 2, 3}) CHECK(same(model.fold_in(akin::execution::par.threads(threads), clicks), folded));
  for (const int row : {0, 7, 59}) {
    const interactions_of<model_type> alone = clicks.middleRows(row, 1);
    CHECK(same(akin_test::row(model.fold_in(akin::execution::seq, alone), 0), akin_test::row(folded, row)));
  }
  CHECK(is_zero(model.fold_in(akin::execution::par, interactions_of<model_type>(2, 40))));
  CHECK(model.fold_in(akin::execution::par, interactions_of<model_type>(0, 40)).rows() == 0);
  CHECK_THROWS_WITH(model.fold_in(akin::execution::par, interactions_of<model_type>(2, 41)),
                    contains("a column for each of the 40 items, got 41"));

  const auto lists = akin::recommend_for(akin::execution::par.threads(2), model, clicks, {.k = 40});
  for (const int row : {0, 7, 59}) {
    const auto scores = history_scores(model, clicks, row);
    const auto list = static_cast<std::size_t>(row);
    CHECK(lists.items(list).size() > 10);
    for (std::size_t i = 0; i < lists.items(list).size(); ++i) {
      CHECK(lists.scores(list)[i] == scores[static_cast<std::size_t>(lists.items(list)[i])]);
      if (i > 0) CHECK(lists.scores(list)[i] <= lists.scores(list)[i - 1]);
    }
    CHECK_FALSE(akin::explain(model, clicks, row, lists.items(list)[0]).empty());
  }
  const auto none = history_scores(model, interactions_of<model_type>(1, 40), 0);
  for (const scalar_type score : none) CHECK(score == -std::numeric_limits<scalar_type>::infinity());
}

/// The mean over users of the correlation, over items, of what the training and the fold-in of the same history say.
template <class Model>
double agreement_with_training(const Model& model, const interactions_of<Model>& x) {
  double sum = 0, users = 0;
  for (std::int64_t user = 0; user < x.rows(); ++user) {
    if (!model.knows_user(static_cast<typename Model::index_type>(user))) continue;
    const auto folded = history_scores(model, x, user);
    double a = 0, b = 0, aa = 0, bb = 0, ab = 0, n = 0;
    for (std::int64_t item = 0; item < x.cols(); ++item) {
      const double p = static_cast<double>(folded[static_cast<std::size_t>(item)]);
      const double q = static_cast<double>(
          model.score(static_cast<typename Model::index_type>(user), static_cast<typename Model::index_type>(item)));
      if (!std::isfinite(p)) continue;
      n += 1, a += p, b += q, aa += p * p, bb += q * q, ab += p * q;
    }
    if (n == 0) continue;  // likes everything: there was nothing to compare with
    sum += (ab - a * b / n) / std::sqrt((aa - a * a / n) * (bb - b * b / n));
    users += 1;
  }
  return sum / users;
}

/// The cosine of what the items' fold-in and the training say of all users, over items that 40 users have or more.
template <class Model>
double agreement_of_items(const Model& model, const interactions_of<Model>& x) {
  const interactions_of<Model> item_users = x.transpose();
  const auto folded = model.fold_in_items(akin::execution::par, item_users);
  const Eigen::Index k = folded.cols() - 1;
  const Eigen::MatrixXd learnt_scores = product_transposed(model.user_factors(), model.item_factors()),
                        folded_scores = product_transposed(model.user_factors(), columns(folded, 0, k));
  double product = 0, own = 0, learnt = 0;
  for (int item = 0; item < x.cols(); ++item) {
    if (item_users.outerIndexPtr()[item + 1] - item_users.outerIndexPtr()[item] < 40) continue;
    for (int user = 0; user < x.rows(); ++user) {
      const double user_bias = static_cast<double>(model.score(user, item)) -
                               static_cast<double>(model.item_biases()[static_cast<std::size_t>(item)]) -
                               learnt_scores(user, item);
      const double a = folded_scores(user, item) + user_bias + static_cast<double>(folded(item, k));
      const auto b = static_cast<double>(model.score(user, item));
      product += a * b, own += a * a, learnt += b * b;
    }
  }
  return product / std::sqrt(own * learnt);
}

/// The sum of the contributions of the history of a row to `item`.
template <class Model>
double sum_of_contributions(const Model& model, const interactions_of<Model>& x, std::int64_t row,
                            typename Model::index_type item) {
  const auto history = row_of<Model>(x, row);
  std::vector<typename Model::scalar_type> parts(static_cast<std::size_t>(history.size()));
  model.contributions(history, item, std::span(parts));
  double sum = 0;
  for (const auto part : parts) sum += static_cast<double>(part);
  return sum;
}

/// A fit gives finite numbers or throws a sentence of the model's own, and then the model is as it was.
template <class Model>
void check_fit_or_sentence(Model model, const interactions_of<Model>& x) {
  try {
    model.fit(akin::execution::par, x);
    CHECK(is_finite(model.user_factors()));
    CHECK(is_finite(model.item_factors()));
  } catch (const akin::numeric_error& error) {
    CHECK(std::string(error.what()).find(Model::kind) == 0);
    CHECK(model.items() == 0);
  }
}

/// Ranks that no vector divides, one factor, more than 1024; values of 1e30; rows without elements, duplicates.
template <class MakeWide>
void check_extremes(const MakeWide& make_wide) {
  using model_type = decltype(make_wide(1));
  const auto tiny = matrix_of<model_type>(5, 4, {{0, 0, 1}, {0, 2, 2}, {1, 0, 1}, {3, 1, 1}, {3, 2, 1}, {4, 0, 3}});
  for (const int factors : {1, 3, 7, 13, 33, 1025}) {
    CAPTURE(factors);
    auto model = make_wide(factors);
    model.fit(akin::execution::par.threads(2), tiny);
    CHECK(model.user_factors().cols() == factors);
    CHECK(is_finite(model.user_factors()));
    CHECK(is_finite(model.fold_in(akin::execution::seq, tiny)));
    CHECK_FALSE(model.knows_user(2));
    CHECK_FALSE(model.knows_item(3));
    CHECK(akin::recommend(akin::execution::seq, model, {.k = 4}).items(0).size() == 3);
  }
  auto large = tiny;
  large.valuePtr()[1] = static_cast<typename model_type::scalar_type>(1e30);
  check_fit_or_sentence(make_wide(3), large);
  large.coeffs() *= static_cast<typename model_type::scalar_type>(1e7);
  check_fit_or_sentence(make_wide(3), large);

  auto repeated = tiny;
  repeated.innerIndexPtr()[1] = repeated.innerIndexPtr()[0];
  auto model = make_wide(3);
  CHECK_THROWS_WITH(model.fit(akin::execution::par, repeated), contains("column ids must be ascending, unique"));
}

}  // namespace akin_test
