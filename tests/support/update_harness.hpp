/// @file
/// What every model promises of its life after the fit. One that learns rows again (row_model: histories, partial_fit,
/// forget, fold_in_items) calls check_updates(make, both): make(keep) gives a model with .keep_interactions = keep that
/// learns enough to tell two groups of users apart; both says what the model does with a cell that comes again. One
/// that learns anew (refit_model) calls check_refits(make, both): make() gives a model.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <akin/data/merge_interactions.hpp>
#include <akin/execution.hpp>
#include <akin/io/model_file.hpp>
#include <akin/matrix.hpp>
#include <akin/retrieval/recommend.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/reference.hpp"

namespace akin_test {

template <class Matrix>
bool same_matrix(const Matrix& a, const Matrix& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() && a.nonZeros() == b.nonZeros() &&
         std::equal(a.outerIndexPtr(), a.outerIndexPtr() + a.rows() + 1, b.outerIndexPtr()) &&
         std::equal(a.innerIndexPtr(), a.innerIndexPtr() + a.nonZeros(), b.innerIndexPtr()) &&
         std::equal(a.valuePtr(), a.valuePtr() + a.nonZeros(), b.valuePtr());
}

template <class Model>
interactions_of<Model> kept_by(const Model& model) {
  return interactions_of<Model>(model.histories());
}

/// New interactions for some_clicks (60 x 40): cells that are there and cells that are not, two users and three items
/// more.
template <class Model>
interactions_of<Model> some_news() {
  return matrix_of<Model>(
      62, 43, {{0, 1, 2}, {0, 41, 1}, {3, 0, 1}, {3, 7, 1}, {17, 40, 3}, {60, 2, 1}, {60, 40, 1}, {60, 41, 2}});
}

/// Users and items of even numbers belong together, and those of odd numbers. Ratings (of `replace` models) are 5
/// within a group and 1 across, clicks are there within a group only. `users` x `items`, cells drawn.
template <class Model>
std::vector<Eigen::Triplet<typename Model::scalar_type>> two_groups(int users, int items, akin::when_both both) {
  const akin::random_stream random(3);
  std::vector<Eigen::Triplet<typename Model::scalar_type>> cells;
  for (int u = 0; u < users; ++u)
    for (int i = 0; i < items; ++i) {
      const bool together = u % 2 == i % 2;
      if (random.uniform(static_cast<std::uint64_t>(u * items + i)) < 0.7 &&
          (together || both == akin::when_both::replace))
        cells.emplace_back(u, i,
                           static_cast<typename Model::scalar_type>(both == akin::when_both::add ? 1
                                                                    : together                   ? 5
                                                                                                 : 1));
    }
  return cells;
}

template <class Make>
void check_update_refusals(const Make& make) {
  using model_type = decltype(make(true));
  const auto clicks = some_clicks<model_type>();
  auto early = make(true);
  CHECK_THROWS_AS(early.histories(), akin::not_fitted);
  CHECK_THROWS_AS(early.partial_fit(akin::execution::par, clicks), akin::not_fitted);
  CHECK_THROWS_AS(early.forget(akin::execution::par, 0), akin::not_fitted);
  CHECK_THROWS_AS(early.fold_in_items(akin::execution::par, clicks), akin::not_fitted);

  auto forgetful = make(false);
  forgetful.fit(clicks);
  const auto learnt = bytes_of(forgetful);
  CHECK_THROWS_WITH(forgetful.histories(), contains("::histories: keep_interactions must be true"));
  CHECK_THROWS_WITH(forgetful.partial_fit(clicks), contains("::partial_fit: keep_interactions must be true"));
  CHECK_THROWS_WITH(forgetful.forget(0), contains("::forget: keep_interactions must be true"));
  CHECK(bytes_of(forgetful) == learnt);

  auto model = make(true);
  model.fit(clicks);
  const auto before = bytes_of(model);
  CHECK_THROWS_WITH(model.partial_fit(interactions_of<model_type>(59, 40)), contains("at least 60 x 40"));
  CHECK_THROWS_WITH(model.partial_fit(interactions_of<model_type>(60, 39)), contains("got 60 x 39"));
  auto poisoned = some_news<model_type>();
  poisoned.valuePtr()[3] = std::numeric_limits<typename model_type::scalar_type>::quiet_NaN();
  CHECK_THROWS_WITH(model.partial_fit(poisoned), contains("values must be finite"));
  CHECK_THROWS_WITH(model.forget(60), contains("user must be an id below 60, got 60"));
  CHECK_THROWS_WITH(model.forget(-1), contains("user must be an id below 60, got -1"));
  CHECK_THROWS_WITH(model.fold_in_items(akin::execution::par, interactions_of<model_type>(1, 59)),
                    contains("a column for each of the 60 users, got 59"));
  CHECK(bytes_of(model) == before);
}

template <class Make>
void check_kept(const Make& make, akin::when_both both) {
  using model_type = decltype(make(true));
  const auto clicks = some_clicks<model_type>();
  const auto news = some_news<model_type>();
  auto model = make(true), forgetful = make(false);
  model.fit(clicks);
  forgetful.fit(clicks);
  CHECK(same(model.user_factors(), forgetful.user_factors()));
  CHECK(same_matrix(kept_by(model), clicks));

  model.partial_fit(news);
  CHECK(model.users() == 62);
  CHECK(model.items() == 43);
  CHECK(same_matrix(kept_by(model), akin::merge_interactions(clicks, news, both)));
  CHECK(model.knows_user(60));
  CHECK(model.knows_item(40));
  CHECK_FALSE(model.knows_user(61));
  CHECK_FALSE(model.knows_item(42));
  const auto lists = akin::recommend(akin::execution::seq, model, {.k = 5, .exclude = kept_by(model)});
  CHECK(lists.items(60).size() == 5);
  CHECK(lists.items(61).empty());
  CHECK(is_finite(model.user_factors()));
  CHECK(is_finite(model.item_factors()));

  // Nothing new, or something of nobody's, has an answer too.
  model.partial_fit(interactions_of<model_type>(62, 43));
  model.partial_fit(interactions_of<model_type>(62, 50));
  CHECK(model.items() == 50);
  CHECK_FALSE(model.knows_item(49));
  CHECK(model.fold_in_items(akin::execution::seq, interactions_of<model_type>(0, 62)).rows() == 0);
}

template <class Make>
void check_growth(const Make& make, akin::when_both both) {
  using model_type = decltype(make(true));
  constexpr int users = 48, items = 24;
  const bool ratings = both == akin::when_both::replace;
  auto model = make(true);
  model.fit(matrix_of<model_type>(users, items, two_groups<model_type>(users, items, both)));

  // Half of the even users take the new item; the new user has three even items.
  std::vector<Eigen::Triplet<typename model_type::scalar_type>> news;
  const auto high = static_cast<typename model_type::scalar_type>(ratings ? 5 : 1);
  for (int u = 0; u < users; u += 4) {
    news.emplace_back(u, items, high);
    if (ratings) news.emplace_back(u + 1, items, 1);
  }
  for (int i = 0; i < 8; i += 2) {
    news.emplace_back(users, i, high);
    if (ratings) news.emplace_back(users, i + 1, 1);
  }
  model.partial_fit(akin::execution::par, matrix_of<model_type>(users + 1, items + 1, news));
  double similar = 0, others = 0, even = 0, odd = 0;
  for (int u = 0; u < users; u += 4) {
    similar += static_cast<double>(model.score(u + 2, items));
    others += static_cast<double>(model.score(u + 3, items));
  }
  CHECK(similar > others);
  for (int i = 8; i < items; i += 2) {
    even += static_cast<double>(model.score(users, i));
    odd += static_cast<double>(model.score(users, i + 1));
  }
  CHECK(even > odd);
}

template <class Make>
void check_forgetting(const Make& make) {
  using model_type = decltype(make(true));
  using index_type = typename model_type::index_type;
  const auto clicks = some_clicks<model_type>();
  auto model = make(true);
  model.fit(clicks);
  model.forget(akin::execution::par, 5);
  CHECK(model.users() == 60);
  CHECK(model.items() == 40);
  CHECK_FALSE(model.knows_user(5));
  CHECK(is_zero(row(model.user_factors(), 5)));
  CHECK(is_finite(model.user_factors()));
  auto rest = dense(clicks);
  const auto forgotten = nonzeros(row(rest, 5));
  clear_row(rest, 5);
  CHECK(same(dense(model.histories()), rest));
  CHECK(model.histories().nonZeros() == clicks.nonZeros() - forgotten);
  CHECK(akin::recommend(akin::execution::seq, model, {.k = 5}).items(5).empty());
  model.forget(5);  // once more is no harm
  CHECK_FALSE(model.knows_user(5));

  // What only the forgotten had is no longer known.
  auto lonely = make(true);
  lonely.fit(matrix_of<model_type>(3, 3, {{0, 0, 1}, {1, 0, 1}, {1, 1, 2}, {2, 1, 1}, {2, 2, 1}}));
  REQUIRE(lonely.knows_item(2));
  lonely.forget(2);
  CHECK_FALSE(lonely.knows_item(2));
  CHECK(lonely.knows_item(1));
  for (index_type user = 0; user < 2; ++user) lonely.forget(user);
  CHECK(lonely.histories().nonZeros() == 0);
  CHECK_FALSE(lonely.knows_item(0));
}

template <class Make>
void check_update_same_bits(const Make& make) {
  using model_type = decltype(make(true));
  const auto after = [&](const auto& policy, model_type model) {
    model.partial_fit(policy, some_news<model_type>());
    model.forget(policy, 3);
    return bytes_of(model);
  };
  auto model = make(true);
  model.fit(some_clicks<model_type>());
  const auto expected = after(akin::execution::seq, model);
  for (const int threads : {1, 2, 3}) {
    CAPTURE(threads);
    CHECK(after(akin::execution::par.threads(threads), model) == expected);
    const interactions_of<model_type> items = some_clicks<model_type>().transpose();
    CHECK(same(model.fold_in_items(akin::execution::par.threads(threads), items),
               model.fold_in_items(akin::execution::seq, items)));
  }
  // From its file it goes on as if it had never been there.
  const auto bytes = bytes_of(model);
  const auto loaded = akin::detail::read_model<model_type>(akin::detail::read_model_bytes(bytes, "memory"));
  CHECK(bytes_of(loaded) == bytes);
  CHECK(same_matrix(kept_by(loaded), kept_by(model)));
  CHECK(after(akin::execution::par, loaded) == expected);
}

/// From nothing at all, and from users without items.
template <class Make>
void check_updates_of_nothing(const Make& make) {
  using model_type = decltype(make(true));
  for (const auto& [rows, cols] : {std::pair{0, 0}, std::pair{0, 4}, std::pair{4, 0}, std::pair{4, 4}}) {
    CAPTURE(rows, cols);
    auto model = make(true);
    model.fit(interactions_of<model_type>(rows, cols));
    if (rows > 0 || cols > 0) {
      CHECK(is_zero(model.fold_in(akin::execution::seq, interactions_of<model_type>(2, cols))));
      CHECK(model.fold_in_items(akin::execution::seq, interactions_of<model_type>(2, rows)).rows() == 2);
    }
    model.partial_fit(interactions_of<model_type>(rows, cols));
    model.partial_fit(matrix_of<model_type>(5, 4, {{0, 1, 1}, {1, 1, 1}, {4, 2, 2}}));
    CHECK(model.users() == 5);
    CHECK(model.items() == 4);
    CHECK(is_finite(model.user_factors()));
    CHECK(is_finite(model.item_factors()));
    model.forget(2);
  }
}

/// All of the above.
template <class Make>
void check_updates(const Make& make, akin::when_both both) {
  SECTION("what cannot be done is refused by a sentence and changes nothing") { check_update_refusals(make); }
  SECTION("new interactions are kept and learnt from") { check_kept(make, both); }
  SECTION("new users and items find their like") { check_growth(make, both); }
  SECTION("a forgotten user is unknown") { check_forgetting(make); }
  SECTION("same bits for any number of threads, and from a file") { check_update_same_bits(make); }
  SECTION("models that learnt from nothing can still learn") { check_updates_of_nothing(make); }
}

template <class Make>
void check_refit_refusals(const Make& make) {
  using model_type = decltype(make());
  using matrix_type = interactions_of<model_type>;
  const auto clicks = some_clicks<model_type>();
  auto model = make();
  CHECK_THROWS_AS(model.partial_fit(akin::execution::par, clicks), akin::not_fitted);
  CHECK_THROWS_AS(model.forget(akin::execution::par, 0), akin::not_fitted);
  model.fit(clicks);
  const auto before = bytes_of(model);
  CHECK_THROWS_WITH(model.partial_fit(matrix_type(59, 40)), contains("new interactions must be at least 60 x 40"));
  CHECK_THROWS_WITH(model.partial_fit(matrix_type(60, 39)), contains("got 60 x 39"));
  auto poisoned = some_news<model_type>();
  poisoned.valuePtr()[3] = std::numeric_limits<typename model_type::scalar_type>::quiet_NaN();
  CHECK_THROWS_WITH(model.partial_fit(poisoned), contains("values must be finite"));
  CHECK_THROWS_WITH(model.forget(60), contains("::forget: user must be an id below 60, got 60"));
  CHECK_THROWS_WITH(model.forget(-1), contains("user must be an id below 60, got -1"));
  CHECK(bytes_of(model) == before);
}

/// The same, to the bit, as a fit to all that is left, for any number of threads and from a file.
template <class Make>
void check_refit_bits(const Make& make, akin::when_both both) {
  using model_type = decltype(make());
  const auto clicks = some_clicks<model_type>();
  const auto news = some_news<model_type>();
  interactions_of<model_type> left = akin::merge_interactions(clicks, news, both);
  auto whole = make(), model = make();
  model.fit(clicks);
  const auto first = bytes_of(model);
  whole.fit(left);
  const auto grown = bytes_of(whole);
  left.prune([](auto user, auto, auto) { return user != 17; });
  whole.fit(left);
  const auto shrunk = bytes_of(whole);
  for (const int threads : {1, 2, 3}) {
    CAPTURE(threads);
    auto again = akin::detail::read_model<model_type>(akin::detail::read_model_bytes(first, "memory"));
    again.partial_fit(akin::execution::par.threads(threads), news);
    CHECK(bytes_of(again) == grown);
    CHECK(again.knows_item(41));
    again.forget(akin::execution::par.threads(threads), 17);
    CHECK(bytes_of(again) == shrunk);
    CHECK_FALSE(again.knows_user(17));
    CHECK(same_matrix(kept_by(again), left));
  }
}

template <class Make>
void check_refits_of_nothing(const Make& make) {
  using model_type = decltype(make());
  const auto clicks = some_clicks<model_type>();
  auto fitted = make(), grown = make();
  grown.fit(interactions_of<model_type>(0, 0));
  grown.partial_fit(clicks);
  fitted.fit(clicks);
  CHECK(bytes_of(grown) == bytes_of(fitted));
}

/// All of the above.
template <class Make>
void check_refits(const Make& make, akin::when_both both = akin::when_both::add) {
  SECTION("what cannot be done is refused by a sentence and changes nothing") { check_refit_refusals(make); }
  SECTION("it is the model of what is left, to the bit") { check_refit_bits(make, both); }
  SECTION("a model that learnt from nothing can still learn") { check_refits_of_nothing(make); }
}

}  // namespace akin_test
