#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include <akin/data/sequences.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/similar_items.hpp>
#include <akin/sessions/markov_chain.hpp>

#include "support/catch.hpp"
#include "support/model_bytes.hpp"
#include "support/random_sequences.hpp"

namespace execution = akin::execution;
using akin_test::bytes_of;
using akin_test::random_sequences;

namespace {

double decay_of(akin::step_decay decay, int d, int steps) {
  switch (decay) {
    case akin::step_decay::none:
      return 1;
    case akin::step_decay::inverse:
      return 1.0 / d;
    case akin::step_decay::inverse_square:
      return 1.0 / d / d;
    case akin::step_decay::logarithmic:
      return std::log(2.0) / std::log(1.0 + d);
    case akin::step_decay::linear:
      break;
  }
  return (steps - d + 1.0) / steps;
}

/// W by its definition.
template <class Index>
akin::dense_matrix<double> transitions(const akin::sequences<Index>& train, const akin::markov_chain_options& options) {
  akin::dense_matrix<double> w = akin::dense_matrix<double>::Zero(train.items(), train.items());
  for (std::int64_t s = 0; s < train.size(); ++s)
    for (std::int64_t e = 0; e < train[s].size(); ++e)
      for (int d = 1; d <= options.steps && e + d < train[s].size(); ++d)
        w(train[s].items[e], train[s].items[e + d]) += decay_of(options.decay, d, options.steps);
  return w;
}

template <class Model>
std::vector<typename Model::scalar_type> scores_after(const Model& model,
                                                      std::vector<typename Model::index_type> items) {
  std::vector<typename Model::scalar_type> scores(static_cast<std::size_t>(model.items()));
  model.score_sequence({{items.data(), std::ssize(items)}, {}}, scores);
  return scores;
}

}  // namespace

TEMPLATE_TEST_CASE("markov_chain weighs what follows", "", akin::markov_chain<float>, akin::markov_chain<double>,
                   (akin::markov_chain<float, std::int64_t>)) {
  using index = typename TestType::index_type;
  const auto train = random_sequences<index>({.count = 60, .items = 20, .longest = 9, .seed = 3});
  for (const auto decay : {akin::step_decay::none, akin::step_decay::inverse, akin::step_decay::inverse_square,
                           akin::step_decay::logarithmic, akin::step_decay::linear}) {
    const akin::markov_chain_options options{.steps = 3, .decay = decay};
    TestType model(options);
    model.fit(execution::par, train);
    const auto expected = transitions(train, options);
    int wrong = 0;
    for (index i = 0; i < 20; ++i) {
      const auto scores = scores_after(model, {i});
      for (index j = 0; j < 20; ++j) {
        const auto got = static_cast<double>(scores[static_cast<std::size_t>(j)]);
        wrong += expected(i, j) == 0 ? got != -std::numeric_limits<double>::infinity()
                                     : std::abs(got - expected(i, j)) > 1e-5 * expected(i, j);
      }
    }
    INFO("decay " << static_cast<int>(decay));
    CHECK(wrong == 0);
  }
}

TEST_CASE("markov_chain keeps the heaviest transitions, ties to the smaller id") {
  akin::sequences<> train(6);
  train.add({0, 3});
  train.add({0, 2});
  train.add({0, 4});
  train.add({0, 4});
  akin::markov_chain<float> model({.steps = 1, .neighbors = 2});
  model.fit(train);
  const auto scores = scores_after(model, {0});
  CHECK(scores[4] == 2);
  CHECK(scores[2] == 1);
  CHECK(scores[3] == akin::no_score<float>);
}

TEST_CASE("markov_chain answers from the last item that has followers") {
  akin::sequences<> train(5);
  train.add({0, 1, 1, 2});
  akin::markov_chain<float> model({.steps = 1});
  model.fit(train);
  CHECK(scores_after(model, {1}) == scores_after(model, {0, 1, 2, 3, 77, -1}));
  CHECK(scores_after(model, {1})[1] == 1);  // an item may follow itself
  CHECK(scores_after(model, {2}) == std::vector<float>(5, akin::no_score<float>));
  CHECK(scores_after(model, {}) == std::vector<float>(5, akin::no_score<float>));
  CHECK(model.knows_item(2));
  CHECK(!model.knows_item(3));
  CHECK(!model.knows_item(-1));
  static_assert(noexcept(model.score_sequence({}, std::span<float>())));
}

TEST_CASE("markov_chain is the same for any number of threads, and in its file") {
  const auto train = random_sequences<std::int32_t>({.count = 500, .items = 60, .longest = 12, .seed = 8});
  akin::markov_chain<float> model({.neighbors = 9});
  model.fit(execution::seq, train);
  const auto bytes = bytes_of(model);
  for (const int threads : {1, 2, 3}) {
    akin::markov_chain<float> again({.neighbors = 9});
    again.fit(execution::par.threads(threads), train);
    CHECK(bytes_of(again) == bytes);
  }
  const auto loaded =
      akin::detail::read_model<akin::markov_chain<float>>(akin::detail::read_model_bytes(bytes, "memory"));
  CHECK(bytes_of(loaded) == bytes);
  CHECK(loaded.options().neighbors == 9);
  CHECK(scores_after(loaded, {5}) == scores_after(model, {5}));
}

TEST_CASE("markov_chain without data, and what it refuses") {
  akin::markov_chain<float> model;
  akin::sequences<> questions(4);
  questions.add({1});
  CHECK_THROWS_AS(akin::recommend_for(execution::seq, model, questions, {.k = 3}), akin::not_fitted);
  model.fit(akin::sequences<>(4));
  CHECK(akin::recommend_for(execution::seq, model, questions, {.k = 3}).items(0).empty());
  model.fit(akin::sequences<>());
  CHECK(akin::recommend_for(execution::seq, model, questions, {.k = 3}).items(0).empty());
  akin::sequences<> alone(4);
  alone.add({2});
  model.fit(alone);
  CHECK(akin::recommend_for(execution::seq, model, questions, {.k = 3}).items(0).empty());

  CHECK_THROWS_WITH(akin::markov_chain<float>({.steps = 0}), "markov_chain: steps must be positive, got 0");
  CHECK_THROWS_WITH(akin::markov_chain<float>({.neighbors = 0}), "markov_chain: neighbors must be positive, got 0");
  CHECK_THROWS_WITH(akin::markov_chain<float>({.decay = static_cast<akin::step_decay>(9)}),
                    "markov_chain: decay must be one of the enumerators, got 9");
}

TEST_CASE("one item a hundred thousand times") {
  akin::sequences<> train(2);
  train.add(std::vector<std::int32_t>(100'000, 1));
  akin::markov_chain<float> model({.steps = 2, .decay = akin::step_decay::none});
  model.fit(execution::par, train);
  CHECK(scores_after(model, {1})[1] == 199'997);
}
