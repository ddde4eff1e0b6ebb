/// @file
/// The promises that every model keeps, tested once for all: a model's test calls check_model with a way to make one.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/execution.hpp>
#include <akin/io/model_file.hpp>
#include <akin/matrix.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/recommend_one.hpp>
#include <akin/retrieval/similar_items.hpp>

#include "support/catch.hpp"
#include "support/model_bytes.hpp"
#include "support/reference.hpp"

namespace akin_test {

template <class Model>
using interactions_of = akin::sparse_matrix<typename Model::scalar_type, typename Model::index_type>;

/// Clicks of 60 users on 40 items.
template <class Model>
interactions_of<Model> some_clicks() {
  return interactions_of<Model>(akin::synthetic::power_law_clicks<typename Model::scalar_type>(
      {.users = 60, .items = 40, .interactions = 600, .seed = 11}));
}

template <class Model>
interactions_of<Model> matrix_of(Eigen::Index rows, Eigen::Index cols,
                                 const std::vector<Eigen::Triplet<typename Model::scalar_type>>& cells) {
  return sparse_of<typename Model::scalar_type, typename Model::index_type>(rows, cols, cells);
}

template <class Model>
bool same_lists(const Model& a, const Model& b, int k) {
  const auto x = akin::recommend(akin::execution::seq, a, {.k = k}),
             y = akin::recommend(akin::execution::seq, b, {.k = k});
  if (x.size() != y.size()) return false;
  for (std::size_t u = 0; u < x.size(); ++u)
    if (!std::ranges::equal(x.items(u), y.items(u)) || !std::ranges::equal(x.scores(u), y.scores(u))) return false;
  return true;
}

/// Whether the model says that it is not fitted, or has nothing to offer.
template <class Model>
bool all_lists_are_empty(const Model& model) {
  try {
    const auto lists = akin::recommend(akin::execution::seq, model, {.k = 3});
    for (std::size_t u = 0; u < lists.size(); ++u)
      if (!lists.items(u).empty()) return false;
  } catch (const akin::not_fitted&) {
  }
  return true;
}

template <class Make>
void check_before_fit(const Make& make) {
  const auto model = make();
  CHECK_THROWS_AS(akin::recommend(akin::execution::seq, model, {.k = 3}), akin::not_fitted);
  CHECK_THROWS_AS(akin::score(model, 0, 0), akin::not_fitted);
  CHECK_THROWS_AS(bytes_of(model), akin::not_fitted);

  auto fitted = make();
  fitted.fit(some_clicks<decltype(make())>());
  const auto moved_to = std::move(fitted);
  CHECK(moved_to.items() > 0);
  // Moved from: nothing is promised but that it can be asked and assigned to.
  CHECK(all_lists_are_empty(fitted));
  fitted = moved_to;
  CHECK(bytes_of(fitted) == bytes_of(moved_to));
}

template <class Make>
void check_same_bits(const Make& make) {
  using model_type = decltype(make());
  const auto clicks = some_clicks<model_type>();
  auto alone = make();
  alone.fit(clicks);
  const auto expected = bytes_of(alone);
  for (const int threads : {1, 2, 3}) {
    CAPTURE(threads);
    auto model = make();
    model.fit(akin::execution::par.threads(threads), clicks);
    CHECK(bytes_of(model) == expected);
  }
  const Eigen::Map<const interactions_of<model_type>> map(clicks.rows(), clicks.cols(), clicks.nonZeros(),
                                                          clicks.outerIndexPtr(), clicks.innerIndexPtr(),
                                                          clicks.valuePtr());
  auto from_map = make();
  from_map.fit(akin::execution::par, map);
  CHECK(bytes_of(from_map) == expected);
}

template <class Make>
void check_scores(const Make& make) {
  using model_type = decltype(make());
  using scalar_type = typename model_type::scalar_type;
  using index_type = typename model_type::index_type;
  const auto clicks = some_clicks<model_type>();
  auto model = make();
  model.fit(akin::execution::par, clicks);
  REQUIRE(model.users() == clicks.rows());
  REQUIRE(model.items() == clicks.cols());
  std::vector<scalar_type> all(static_cast<std::size_t>(model.items()));
  for (index_type user = 0; user < model.users(); ++user) {
    if (!model.knows_user(user)) continue;
    model.score_all(user, std::span(all));
    for (index_type item = 0; item < model.items(); ++item) {
      const scalar_type one = all[static_cast<std::size_t>(item)];
      CHECK(std::isfinite(model.score(user, item)));
      if (std::isfinite(one))
        CHECK(one == model.score(user, item));
      else
        CHECK(one == -std::numeric_limits<scalar_type>::infinity());
    }
  }
  CHECK_FALSE(model.knows_user(static_cast<index_type>(-1)));
  CHECK_FALSE(model.knows_user(static_cast<index_type>(model.users())));
  CHECK_FALSE(model.knows_item(static_cast<index_type>(-1)));
  CHECK_FALSE(model.knows_item(static_cast<index_type>(model.items())));
}

template <class Make>
void check_exclusion(const Make& make) {
  using model_type = decltype(make());
  const auto clicks = some_clicks<model_type>();
  auto model = make();
  model.fit(akin::execution::par, clicks);
  const auto lists = akin::recommend(akin::execution::par, model, {.k = 1000, .exclude = clicks});
  REQUIRE(lists.size() == static_cast<std::size_t>(clicks.rows()));
  for (std::size_t u = 0; u < lists.size(); ++u)
    for (std::size_t i = 0; i < lists.items(u).size(); ++i) {
      CHECK(clicks.coeff(static_cast<Eigen::Index>(u), lists.items(u)[i]) == 0);
      CHECK(model.knows_item(lists.items(u)[i]));
      if (i > 0) CHECK(lists.scores(u)[i - 1] >= lists.scores(u)[i]);
    }
}

template <class Make>
void check_files(const Make& make) {
  using model_type = decltype(make());
  auto model = make();
  model.fit(akin::execution::par, some_clicks<model_type>());
  const auto bytes = bytes_of(model);
  const auto again = akin::detail::read_model<model_type>(akin::detail::read_model_bytes(bytes, "memory"));
  CHECK(bytes_of(again) == bytes);
  CHECK(same_lists(model, again, 10));
  // A copy shares or copies the mapping, and lives on without the original.
  model_type copy = make();
  {
    const auto mapped = akin::detail::read_model<model_type>(akin::detail::read_model_bytes(bytes, "memory"));
    copy = mapped;
  }
  CHECK(bytes_of(copy) == bytes);
}

template <class Make>
void check_bad_values(const Make& make) {
  using model_type = decltype(make());
  using scalar_type = typename model_type::scalar_type;
  const auto clicks = some_clicks<model_type>();
  auto model = make();
  model.fit(akin::execution::par, clicks);
  const auto before = bytes_of(model);
  for (const scalar_type bad :
       {std::numeric_limits<scalar_type>::quiet_NaN(), std::numeric_limits<scalar_type>::infinity(),
        -std::numeric_limits<scalar_type>::infinity()}) {
    auto poisoned = clicks;
    poisoned.valuePtr()[poisoned.nonZeros() / 2] = bad;
    CHECK_THROWS_WITH(model.fit(akin::execution::par, poisoned), contains("values must be finite"));
  }
  auto loose = clicks;
  loose.uncompress();
  CHECK_THROWS_WITH(model.fit(akin::execution::par, loose), contains("makeCompressed"));
  CHECK(bytes_of(model) == before);
}

/// No users, no items, empty rows and columns, one user, one item, a user with everything, an item with nobody.
template <class Make>
void check_degenerate(const Make& make) {
  using model_type = decltype(make());
  using index_type = typename model_type::index_type;
  const auto fitted = [&](const interactions_of<model_type>& x) {
    auto model = make();
    model.fit(akin::execution::par.threads(2), x);
    CHECK(model.users() == x.rows());
    CHECK(model.items() == x.cols());
    return model;
  };
  CHECK(akin::recommend(akin::execution::par, fitted(interactions_of<model_type>(0, 5)), {.k = 3}).size() == 0);
  const auto no_items = fitted(interactions_of<model_type>(5, 0));
  CHECK(akin::recommend(akin::execution::par, no_items, {.k = 3}).items(4).empty());
  const auto nothing = fitted(interactions_of<model_type>(4, 3));
  CHECK_FALSE(nothing.score(3, 2) != 0);

  const auto one = fitted(matrix_of<model_type>(1, 1, {{0, 0, 1}}));
  CHECK(std::isfinite(akin::score(one, 0, 0)));

  // User 0 has everything but item 3, which nobody has; user 1 has nothing.
  const auto uneven = fitted(matrix_of<model_type>(3, 4, {{0, 0, 1}, {0, 1, 1}, {0, 2, 1}, {2, 0, 2}, {2, 1, 1}}));
  const auto lists = akin::recommend(akin::execution::par, uneven, {.k = 10});
  REQUIRE(lists.size() == 3);
  for (std::size_t u = 0; u < 3; ++u)
    for (std::size_t i = 0; i < lists.items(u).size(); ++i) {
      CHECK(uneven.knows_item(lists.items(u)[i]));
      CHECK(std::isfinite(lists.scores(u)[i]));
    }
  if (!uneven.knows_user(index_type{1})) CHECK(lists.items(1).empty());
  if constexpr (akin::history_scorer<model_type>) {  // a visitor of whom nothing is known is a user without a history
    const interactions_of<model_type> nobody(1, 4);
    const auto visitor = akin::recommend_for(akin::execution::par, uneven, nobody, {.k = 10});
    CHECK(std::ranges::equal(visitor.items(0), lists.items(1)));
    CHECK(std::ranges::equal(visitor.scores(0), lists.scores(1)));
  }
}

/// Fitted on no users and no items, as after a file with a header and no lines: every call says so, and none that fit
/// was not called. It can be saved, and says the same when it is loaded.
template <class Make>
void check_fitted_on_nothing(const Make& make) {
  using model_type = decltype(make());
  using index_type = typename model_type::index_type;
  CHECK_FALSE(make().is_fitted());
  auto empty = make();
  const interactions_of<model_type> x(0, 0);
  empty.fit(akin::execution::par, x);
  const auto loaded = akin::detail::read_model<model_type>(akin::detail::read_model_bytes(bytes_of(empty), "memory"));
  const auto says = [](const char* where) {
    return std::string(where) + ": the model has learnt nothing, it was fitted on 0 users x 0 items";
  };
  const std::vector<index_type> none;
  for (const model_type* const model : std::array<const model_type*, 2>{&empty, &loaded}) {
    CHECK(model->is_fitted());
    CHECK_THROWS_AS(akin::recommend(akin::execution::seq, *model, {.k = 3}), akin::not_fitted);
    CHECK_THROWS_WITH(akin::recommend(akin::execution::seq, *model, {.k = 3}), says("recommend"));
    CHECK_THROWS_WITH(akin::recommend(akin::execution::seq, *model, none, {.k = 3}), says("recommend"));
    CHECK_THROWS_WITH(akin::score(*model, 0, 0), says("score"));
    if constexpr (akin::history_scorer<model_type>)
      CHECK_THROWS_WITH(akin::recommend_for(akin::execution::seq, *model, x, {.k = 3}), says("recommend_for"));
    if constexpr (akin::item_similarity<model_type>)
      CHECK_THROWS_WITH(akin::similar_items(akin::execution::seq, *model, none, {.k = 3}), says("similar_items"));
    if constexpr (akin::explainable<model_type>) CHECK_THROWS_WITH(akin::explain(*model, x, 0, 0), says("explain"));
    if constexpr (akin::real_time_scorer<model_type>) {
      akin::workspace<typename model_type::scalar_type, index_type> scratch;
      CHECK(akin::recommend_one(*model, 0, {.k = 3}, scratch, {}, {}).status ==
            akin::recommend_status::fitted_on_nothing);
    }
  }
  const auto moved_to = std::move(empty);
  CHECK(moved_to.is_fitted());
  CHECK_FALSE(empty.is_fitted());
  // One side of nothing: there are users, or items, to be named.
  auto no_items = make();
  no_items.fit(interactions_of<model_type>(5, 0));
  CHECK_THROWS_WITH(akin::score(no_items, 0, 0), "score: item must be an id below 0, got 0");
  if constexpr (akin::item_similarity<model_type>)
    CHECK(akin::similar_items(akin::execution::seq, no_items, none, {.k = 3}).size() == 0);
}

template <class Model>
void check_made(const std::function<Model()>& make) {
  SECTION("asked before fit or moved from, it says so") { check_before_fit(make); }
  SECTION("training gives the same bits for any number of threads") { check_same_bits(make); }
  SECTION("one score and all scores agree") { check_scores(make); }
  SECTION("lists keep to what may come and has evidence") { check_exclusion(make); }
  SECTION("a model comes back from its file") { check_files(make); }
  SECTION("bad values are refused and change nothing") { check_bad_values(make); }
  SECTION("degenerate data have an answer") { check_degenerate(make); }
  SECTION("fitted on nothing at all, it says so") { check_fitted_on_nothing(make); }
}

/// All of the above. Compiled once for a model, however many ways to make it there are.
template <class Make>
void check_model(const Make& make) {
  check_made(std::function<decltype(make())()>(make));
}

}  // namespace akin_test
