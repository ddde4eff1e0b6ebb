/// @file
/// What people expect of any recommender, tested once for all models: what is listed is known, a cascade that retrieves
/// everything ranks as its model, each option matters, and docs/retrieval.md says how closely a model keeps the rest.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <akin/baselines/popularity.hpp>
#include <akin/error.hpp>
#include <akin/execution.hpp>
#include <akin/hybrid/cascade.hpp>
#include <akin/matrix.hpp>
#include <akin/progress.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/similar_items.hpp>

#include "support/catch.hpp"
#include "support/field_names.hpp"
#include "support/model_harness.hpp"
#include "support/paths.hpp"
#include "support/reference.hpp"

namespace akin_test {

/// Scores of a user among all items.
template <class Model>
std::vector<typename Model::scalar_type> all_scores(const Model& model, typename Model::index_type user) {
  std::vector<typename Model::scalar_type> scores(static_cast<std::size_t>(model.items()));
  model.score_all(user, std::span(scores));
  return scores;
}

/// The same clicks with values from 1 to 5.
template <class Model>
interactions_of<Model> some_counts() {
  auto x = some_clicks<Model>();
  for (Eigen::Index i = 0; i < x.nonZeros(); ++i)
    x.valuePtr()[i] = static_cast<typename Model::scalar_type>(1 + i * 7 % 5);
  return x;
}

/// Every item with a score is known, its score a number, and has_evidence, where a model has it, says the same.
template <class Make>
void check_evidence(const Make& make) {
  auto model = make();
  using index_type = typename decltype(make())::index_type;
  model.fit(akin::execution::par, some_clicks<decltype(make())>());
  std::int64_t listed = 0, unknown = 0, infinite = 0, contradicted = 0;
  for (index_type user = 0; user < model.users(); ++user) {
    if (!model.knows_user(user)) continue;
    const auto scores = all_scores(model, user);
    for (index_type item = 0; item < model.items(); ++item) {
      const auto score = scores[static_cast<std::size_t>(item)];
      const bool is_listed = score > -std::numeric_limits<decltype(score)>::infinity();
      listed += is_listed;
      unknown += is_listed && !model.knows_item(item);
      infinite += is_listed && !std::isfinite(score);
      if constexpr (requires { model.has_evidence(user, item); })
        contradicted += model.has_evidence(user, item) != is_listed;
    }
  }
  CHECK(listed > 0);
  CHECK(unknown == 0);
  CHECK(infinite == 0);
  CHECK(contradicted == 0);
}

/// A cascade that retrieves everything lists what its costly model lists, in its order, and below that what only the
/// cheap model lists, in its.
template <class Make>
void check_cascade(const Make& make) {
  using model_type = decltype(make());
  const auto clicks = some_clicks<model_type>();
  akin::popularity<typename model_type::scalar_type, typename model_type::index_type> popular;
  popular.fit(clicks);
  auto model = make();
  model.fit(akin::execution::par, clicks);
  const auto both = akin::cascade(popular, model, {.retrieve = static_cast<int>(clicks.cols())});
  const auto best = akin::recommend(akin::execution::par, model, {.k = 1000}),
             cheap = akin::recommend(akin::execution::par, popular, {.k = 1000}),
             lists = akin::recommend(akin::execution::par, both, {.k = 1000});
  std::int64_t wrong = 0;
  for (std::size_t u = 0; u < lists.size(); ++u) {
    std::vector<typename model_type::index_type> expected(best.items(u).begin(), best.items(u).end());
    for (const auto item : cheap.items(u))
      if (std::ranges::find(best.items(u), item) == best.items(u).end()) expected.push_back(item);
    wrong += !std::ranges::equal(lists.items(u), expected);
  }
  CHECK(wrong == 0);
}

/// How recommend_for answers the rows of the training.
enum class row_lists { same, folded_in, everybodys };
/// What the contributions of a history, by explain, sum to.
enum class reason_sums { score, score_to_tolerance, rating_less_bias, folded_rating_less_bias, no_sum, refused };

inline std::string_view text_of(row_lists lists) {
  switch (lists) {
    case row_lists::same:
      return "those of `recommend`, to the bit";
    case row_lists::folded_in:
      return "those of a fold-in";
    case row_lists::everybodys:
      return "those of a user without segments";
  }
  return {};
}
inline std::string_view text_of(reason_sums sums) {
  switch (sums) {
    case reason_sums::score:
      return "the score";
    case reason_sums::score_to_tolerance:
      return "the score, to `solver_tolerance`";
    case reason_sums::rating_less_bias:
      return "the score less mean and item bias, to `solver_tolerance`";
    case reason_sums::folded_rating_less_bias:
      return "the score of the fold-in less mean and item bias";
    case reason_sums::no_sum:
      return "nothing: each is what the score of the fold-in loses without the item";
    case reason_sums::refused:
      return "does not compile";
  }
  return {};
}

/// The row of docs/retrieval.md that says how closely a model keeps what is said of all.
inline std::string documented_promise(std::string_view kind) {
  std::ifstream page(docs_folder() + "/retrieval.md");
  const std::string start = "| `" + std::string(kind) + "` | those of";
  for (std::string line; std::getline(page, line);)
    if (line.starts_with(start)) return line;
  return {};
}

template <class Model>
void check_row_lists(const Model& model, const interactions_of<Model>& x, row_lists promised) {
  static_assert(akin::history_scorer<Model>);
  const auto a = akin::recommend(akin::execution::par, model, {.k = 10}),
             b = akin::recommend_for(akin::execution::par, model, x, {.k = 10});
  std::int64_t different = 0, users = 0;
  for (std::size_t u = 0; u < a.size(); ++u) {
    if (a.items(u).empty()) continue;
    ++users;
    different += !std::ranges::equal(a.items(u), b.items(u)) || !std::ranges::equal(a.scores(u), b.scores(u));
  }
  CHECK(users > 50);
  if (promised == row_lists::same)
    CHECK(different == 0);
  else
    CHECK(different > 0);  // else the page says too little
}

/// The sum of the contributions of a row's history to an item.
template <class Model>
double sum_of_reasons(const Model& model, const interactions_of<Model>& x, typename Model::index_type user,
                      typename Model::index_type item) {
  double sum = 0;
  for (const auto& [column, contribution] : akin::explain(model, x, user, item, {.k = 1000}))
    sum += static_cast<double>(contribution);
  return sum;
}

/// Whether the score is that of a solver, at its default tolerance, and the reasons are exact.
inline bool is_solved(reason_sums sums) {
  return sums == reason_sums::score_to_tolerance || sums == reason_sums::rating_less_bias;
}

/// What the contributions should sum to.
template <class Model>
double explained(const Model& model, const std::vector<typename Model::scalar_type>& folded,
                 typename Model::index_type user, typename Model::index_type item, reason_sums promised) {
  double whole = static_cast<double>(model.score(user, item));
  if (promised == reason_sums::folded_rating_less_bias)
    whole = static_cast<double>(folded[static_cast<std::size_t>(item)]);
  if constexpr (requires {
                  model.mean();
                  model.item_biases();
                })
    if (promised == reason_sums::folded_rating_less_bias || promised == reason_sums::rating_less_bias)
      whole -=
          static_cast<double>(model.mean()) + static_cast<double>(model.item_biases()[static_cast<std::size_t>(item)]);
  return whole;
}

template <class Model>
void check_reason_sums(const Model& model, const interactions_of<Model>& x, reason_sums promised) {
  if constexpr (akin::explainable<Model> && akin::history_scorer<Model>) {
    REQUIRE(promised != reason_sums::refused);
    using index_type = typename Model::index_type;
    double worst = 0, size = 0;
    std::vector<typename Model::scalar_type> folded(static_cast<std::size_t>(model.items()));
    const auto view = akin::detail::view_of(x, "test");
    for (index_type user = 0; user < model.users(); ++user) {
      if (!model.knows_user(user)) continue;
      model.score_history(view.row(user), std::span(folded));
      for (index_type item = 0; item < model.items(); ++item) {
        if (!std::isfinite(folded[static_cast<std::size_t>(item)])) continue;
        const double whole = explained(model, folded, user, item, promised);
        worst = std::max(worst, std::abs(sum_of_reasons(model, x, user, item) - whole));
        size = std::max(size, std::abs(static_cast<double>(model.score(user, item))));
      }
    }
    CAPTURE(worst, size);
    CHECK(size > 0);
    if (promised == reason_sums::no_sum)
      CHECK(worst > 1e-3 * size);
    else
      CHECK(worst < (is_solved(promised) ? 2e-3 : 5e-5) * size);
  } else {
    CHECK(promised == reason_sums::refused);
  }
}

/// recommend_for and explain do for the rows of the training what the table of docs/retrieval.md says of the model.
template <class Make>
void check_documented(const Make& make, row_lists lists, reason_sums sums) {
  using model_type = decltype(make());
  const auto x = some_counts<model_type>();
  auto model = make();
  model.fit(akin::execution::par, x);
  check_row_lists(model, x, lists);
  check_reason_sums(model, x, sums);
  const std::string row = "| `" + std::string(model_type::kind) + "` | " + std::string(text_of(lists)) + " | " +
                          std::string(text_of(sums)) + " |";
  CHECK(documented_promise(model_type::kind) == row);
}

/// Values near the end of the scalar type give numbers, or a numeric_error that begins with the model's name.
template <class Make>
void check_huge_values(const Make& make) {
  using model_type = decltype(make());
  using scalar_type = typename model_type::scalar_type;
  const double most = static_cast<double>(std::numeric_limits<scalar_type>::max());
  for (const double power : {0.5, 0.8, 1.0}) {
    CAPTURE(power);
    auto x = some_counts<model_type>();
    x.coeffs() *= static_cast<scalar_type>(std::pow(most, power) / 5.1);
    auto model = make();
    try {
      model.fit(akin::execution::par, x);
    } catch (const akin::numeric_error& error) {
      CHECK(std::string_view(error.what()).starts_with(model_type::kind));
      continue;
    }
    const auto lists = akin::recommend(akin::execution::par, model, {.k = 40});
    std::int64_t listed = 0, infinite = 0;
    for (std::size_t u = 0; u < lists.size(); ++u)
      for (const scalar_type score : lists.scores(u)) {
        ++listed;
        infinite += !std::isfinite(score);
      }
    CHECK(listed > 100);
    CHECK(infinite == 0);
  }
}

/// Half of 50 users have the even items of 50, half the odd ones, each but the item of the own number: that one comes
/// first, and similar items are of the same half.
template <class Make>
void check_checkerboard(const Make& make) {
  using model_type = decltype(make());
  using index_type = typename model_type::index_type;
  constexpr int size = 50;
  std::vector<Eigen::Triplet<typename model_type::scalar_type>> cells;
  for (int user = 0; user < size; ++user)
    for (int item = user % 2; item < size; item += 2)
      if (user != item) cells.emplace_back(user, item, typename model_type::scalar_type(1));
  const auto x = matrix_of<model_type>(size, size, cells);
  auto model = make();
  model.fit(akin::execution::par, x);
  const auto lists = akin::recommend(akin::execution::par, model, {.k = 1, .exclude = x});
  std::int64_t found = 0, unlike = 0;
  for (std::size_t u = 0; u < lists.size(); ++u)
    found += !lists.items(u).empty() && lists.items(u)[0] == static_cast<index_type>(u);
  CHECK(found == size);
  if constexpr (akin::item_similarity<model_type>) {
    std::vector<index_type> items(size);
    for (index_type item = 0; item < size; ++item) items[static_cast<std::size_t>(item)] = item;
    const auto similar = akin::similar_items(akin::execution::par, model, items, {.k = 10});
    for (std::size_t item = 0; item < similar.size(); ++item)
      for (const index_type other : similar.items(item)) unlike += static_cast<std::size_t>(other) % 2 != item % 2;
    CHECK(unlike == 0);
  }
}

/// A change to one field of some options, after what makes the field count.
template <class Options>
struct option_change {
  using edit = std::function<void(Options&)>;

  option_change(std::string_view of, edit change) : field(of), apply(std::move(change)) {}
  option_change(std::string_view of, edit change, edit before)
      : field(of), apply(std::move(change)), first(std::move(before)) {}

  std::string_view field;
  edit apply, first;
};

/// Those of the options that all models trained by gradient steps share.
template <class Options>
std::vector<option_change<Options>> sgd_changes() {
  return {{"factors", [](auto& o) { o.factors = 6; }},
          {"epochs", [](auto& o) { o.epochs = 2; }},
          {"learning_rate", [](auto& o) { o.learning_rate *= 2; }},
          {"regularization", [](auto& o) { o.regularization = 0.2; }},
          {"seed", [](auto& o) { o.seed = 5; }}};
}

/// All scores of all users.
template <class Model>
std::vector<typename Model::scalar_type> score_table(const Model& model) {
  std::vector<typename Model::scalar_type> table;
  for (typename Model::index_type user = 0; user < model.users(); ++user) {
    if (!model.knows_user(user)) continue;
    const auto row = all_scores(model, user);
    table.insert(table.end(), row.begin(), row.end());
  }
  return table;
}

/// Each field of the options has a change in `matter`, which gives other scores, or is named in `silent`, which decides
/// on memory, time or what is kept.
template <class Model, class Options>
void check_options(const Options& base, const std::vector<option_change<Options>>& matter,
                   const std::vector<std::string_view>& silent) {
  std::vector<std::string_view> named = silent, listed = field_names(base);
  for (const auto& change : matter) named.push_back(change.field);
  std::ranges::sort(named);
  std::ranges::sort(listed);
  CHECK(named == listed);
  const auto x = some_counts<Model>();
  const auto scores_with = [&](const Options& options) {
    Model model(options);
    model.fit(akin::execution::par, x);
    return score_table(model);
  };
  for (const auto& change : matter) {
    CAPTURE(change.field);
    Options options = base;
    if (change.first) change.first(options);
    const auto scores = scores_with(options);
    change.apply(options);
    const bool is_same = scores_with(options) == scores;
    CHECK_FALSE(is_same);
  }
}

/// A fold-in of twice the epochs, against the same items, moves by less than a third; make(epochs) takes steps so long
/// that, if they did not shorten to nothing, what is drawn would move it by more.
template <class Make>
void check_fold_in_settles(const Make& make) {
  constexpr int epochs = 50;
  const auto clicks = some_clicks<decltype(make(1))>();
  auto once = make(epochs), twice = make(2 * epochs);
  once.fit(akin::execution::par, clicks);
  twice.fit(akin::execution::par, clicks, [](const akin::progress& p) { return p.iteration < epochs; });
  REQUIRE(same(once.item_factors(), twice.item_factors()));
  const auto a = once.fold_in(akin::execution::par, clicks), b = twice.fold_in(akin::execution::par, clicks);
  CAPTURE(distance(a, b) / norm(a));
  CHECK(distance(a, b) < 0.3 * norm(a));
}

/// The deviation of the initial factors; make() gives a model that hardly takes a step.
template <class Make>
void check_initial_deviation(const Make& make, double deviation) {
  auto model = make();
  model.fit(akin::execution::par, some_clicks<decltype(make())>());
  const auto factors = model.item_factors();
  CHECK(std::sqrt(squared_norm(factors) / static_cast<double>(factors.size())) == Approx(deviation).epsilon(0.1));
}

/// What is asked of every model that recommends, beside check_model.
template <class Make>
void check_promises(const Make& make, row_lists lists, reason_sums sums) {
  SECTION("what is listed is known") { check_evidence(make); }
  SECTION("a cascade that retrieves everything ranks as its model") { check_cascade(make); }
  SECTION("rows of the training and reasons are as documented") { check_documented(make, lists, sums); }
  SECTION("values near the end of the scalar type give numbers or a sentence") { check_huge_values(make); }
}

}  // namespace akin_test
