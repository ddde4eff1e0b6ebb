/// @file
/// What the tests of hybrids are made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <akin/baselines/popularity.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/evaluation/evaluate_unseen.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/matrix.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/retrieval/recommend.hpp>

#include "evaluation/table_model.hpp"
#include "support/catch.hpp"
#include "support/model_harness.hpp"

namespace hybrid_test {

template <class Model>
std::vector<typename Model::scalar_type> scores_of(const Model& model, typename Model::index_type user) {
  std::vector<typename Model::scalar_type> row(static_cast<std::size_t>(model.items()));
  model.score_all(user, row);
  return row;
}

template <class Lists>
std::vector<std::int64_t> items_of(const Lists& lists, std::size_t list) {
  return {lists.items(list).begin(), lists.items(list).end()};
}

/// A model of written scores, a user a row.
template <class Scalar = float, class Index = std::int32_t>
table_model<Scalar, Index> table(std::initializer_list<std::initializer_list<Scalar>> rows,
                                 std::vector<Index> strangers = {}) {
  table_model<Scalar, Index> model{akin::dense_matrix<Scalar>(static_cast<Eigen::Index>(rows.size()),
                                                              static_cast<Eigen::Index>(rows.begin()->size()))};
  Eigen::Index row = 0;
  for (const auto& from : rows) {
    Eigen::Index col = 0;
    for (const Scalar x : from) model.table(row, col++) = x;
    ++row;
  }
  model.strangers = std::move(strangers);
  return model;
}

/// Three models that have learnt from the same clicks, of which user 0 and item 0 have none.
template <class Scalar = float, class Index = std::int32_t>
struct trio {
  using matrix = akin::sparse_matrix<Scalar, Index>;

  matrix clicks;
  akin::implicit_als<Scalar, Index> als{{.factors = 8, .iterations = 3}};
  akin::item_knn<Scalar, Index> knn{{.neighbors = 5}};
  akin::popularity<Scalar, Index> popular;

  trio() {
    const auto all =
        akin::synthetic::power_law_clicks<Scalar>({.users = 70, .items = 50, .interactions = 500, .seed = 3});
    std::vector<Eigen::Triplet<Scalar, Index>> cells;
    for (Eigen::Index u = 1; u < all.rows(); ++u)
      for (typename akin::sparse_matrix<Scalar>::InnerIterator it(all, u); it; ++it)
        if (it.col() != 0) cells.emplace_back(static_cast<Index>(u), static_cast<Index>(it.col()), it.value());
    clicks = matrix(all.rows(), all.cols());
    clicks.setFromTriplets(cells.begin(), cells.end());
    als.fit(clicks), knn.fit(clicks), popular.fit(clicks);
  }
};

/// Whether a visitor with an empty history gets the list of user 0 of a trio, who has none, of that many items; for
/// recommend_for and evaluate_unseen.
template <class Model>
void check_visitor(const Model& model, std::size_t size) {
  using matrix = akin::sparse_matrix<typename Model::scalar_type, typename Model::index_type>;
  const auto users = akin::recommend(akin::execution::par, model, {.k = 10});
  const matrix nobody(3, static_cast<Eigen::Index>(model.items()));
  const auto visitors = akin::recommend_for(akin::execution::par, model, nobody, {.k = 10});
  REQUIRE(visitors.size() == 3);
  CHECK(users.items(0).size() == size);
  for (std::size_t row = 0; row < 3; ++row) {
    CHECK(items_of(visitors, row) == items_of(users, 0));
    CHECK(std::ranges::equal(visitors.scores(row), users.scores(0)));
  }
  matrix wanted(3, nobody.cols());
  if (size > 0)
    wanted.insert(1, users.items(0)[0]) = 1;
  else
    wanted.insert(1, 1) = 1;
  wanted.makeCompressed();
  const auto result = akin::evaluate_unseen(akin::execution::par, model, nobody, wanted, akin::metrics::hit_rate{1});
  CHECK(result.unknown_users == (size > 0 ? 0 : 1));
  CHECK(result[0].mean == (size > 0 ? 1 : 0));
}

/// Whether what make(model, model) gives says of which kind of nothing it knows: not fitted, or fitted on nothing.
template <class Make>
void check_nothing(const Make& make) {
  akin::item_knn<float> knn;
  akin::popularity<float> popular;
  const auto model = make(knn, popular);
  const auto recommend = [&] { return akin::recommend(akin::execution::par, model, {.k = 3}); };
  CHECK_FALSE(akin::detail::is_fitted(model));
  CHECK_THROWS_WITH(recommend(), "recommend: the model has learnt nothing yet, call fit first");
  knn.fit(akin::sparse_matrix<float>(0, 0));
  CHECK_THROWS_WITH(recommend(), contains("call fit first"));
  popular.fit(akin::sparse_matrix<float>(0, 0));
  CHECK(akin::detail::is_fitted(model));
  CHECK_THROWS_WITH(recommend(), "recommend: the model has learnt nothing, it was fitted on 0 users x 0 items");
  CHECK_THROWS_WITH(akin::score(model, 0, 0), contains("fitted on 0 users x 0 items"));
}

/// Whether lists, and scores of single users, blocks and cells, agree with score_all; for 1, 2 and 3 threads.
template <class Model>
void check_consistent(const Model& model) {
  using scalar_type = typename Model::scalar_type;
  using index_type = typename Model::index_type;
  static_assert(akin::scorer<Model>);
  const auto expected = akin::recommend(akin::execution::seq, model, {.k = 7});
  for (const int threads : {1, 2, 3}) {
    const auto lists = akin::recommend(akin::execution::par.threads(threads), model, {.k = 7});
    for (std::size_t u = 0; u < lists.size(); ++u) {
      CHECK(items_of(lists, u) == items_of(expected, u));
      CHECK(std::ranges::equal(lists.scores(u), expected.scores(u)));
    }
  }
  for (index_type user = 0; user < model.users(); ++user) {
    if (!model.knows_user(user)) {
      CHECK(expected.items(static_cast<std::size_t>(user)).empty());
      continue;
    }
    const auto row = scores_of(model, user);
    for (std::size_t i = 0; i < expected.items(static_cast<std::size_t>(user)).size(); ++i) {
      const auto item = static_cast<std::size_t>(expected.items(static_cast<std::size_t>(user))[i]);
      CHECK(row[item] == expected.scores(static_cast<std::size_t>(user))[i]);
    }
    for (index_type item = 0; item < model.items(); item += 7) {
      const scalar_type all = row[static_cast<std::size_t>(item)];
      CHECK(model.score(user, item) == (std::isfinite(all) ? all : scalar_type{0}));
    }
  }
  CHECK_FALSE(model.knows_user(static_cast<index_type>(-1)));
  CHECK_FALSE(model.knows_user(static_cast<index_type>(model.users())));
  CHECK_FALSE(model.knows_item(static_cast<index_type>(-1)));
  CHECK_FALSE(model.knows_item(static_cast<index_type>(model.items())));
}

}  // namespace hybrid_test
