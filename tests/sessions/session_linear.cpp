#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <akin/data/sequences.hpp>
#include <akin/execution.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/sessions/session_linear.hpp>

#include "support/catch.hpp"
#include "support/model_bytes.hpp"
#include "support/random_sequences.hpp"

namespace execution = akin::execution;
using akin_test::bytes_of;
using akin_test::random_sequences;

TEMPLATE_TEST_CASE("session_linear adds the weights of the events, later ones more", "", akin::session_linear<float>,
                   akin::session_linear<double>, (akin::session_linear<float, std::int64_t>)) {
  using index = typename TestType::index_type;
  const auto train = random_sequences<index>({.count = 200, .items = 25, .longest = 8, .seed = 5});
  const auto questions =
      random_sequences<index>({.count = 40, .items = 31, .longest = 9, .seed = 6});  // six are unknown
  TestType model({.position_scale = 1.5, .neighbors = 6});
  model.fit(execution::par, train);
  std::vector<typename TestType::scalar_type> scores(25);
  int wrong = 0;
  for (std::int64_t q = 0; q < questions.size(); ++q) {
    const auto items = questions[q].items;
    std::vector<double> expected(25);
    std::vector<bool> reached(25);
    for (std::int64_t t = 0; t < items.size; ++t) {
      if (items[t] >= 25) continue;
      for (index j = 0; j < 25; ++j) {
        const auto weight = static_cast<double>(
            model.weights().coeff(static_cast<Eigen::Index>(items[t]), static_cast<Eigen::Index>(j)));
        expected[static_cast<std::size_t>(j)] += weight * std::exp(-static_cast<double>(items.size - 1 - t) / 1.5);
        if (weight != 0) reached[static_cast<std::size_t>(j)] = true;
      }
    }
    model.score_sequence(questions[q], scores);
    for (std::size_t j = 0; j < 25; ++j)
      wrong += reached[j] ? std::abs(static_cast<double>(scores[j]) - expected[j]) > 1e-5
                          : scores[j] != akin::no_score<typename TestType::scalar_type>;
  }
  CHECK(wrong == 0);
}

TEST_CASE("session_linear is the same for any number of threads, and in its file") {
  const auto train = random_sequences<std::int32_t>({.count = 300, .items = 60, .longest = 12, .seed = 8});
  akin::session_linear<float> model({.neighbors = 9});
  model.fit(execution::seq, train);
  const auto bytes = bytes_of(model);
  for (const int threads : {2, 3}) {
    akin::session_linear<float> again({.neighbors = 9});
    again.fit(execution::par.threads(threads), train);
    CHECK(bytes_of(again) == bytes);
  }
  const auto loaded =
      akin::detail::read_model<akin::session_linear<float>>(akin::detail::read_model_bytes(bytes, "memory"));
  CHECK(bytes_of(loaded) == bytes);
  const auto questions = random_sequences<std::int32_t>({.count = 20, .items = 60, .longest = 9, .seed = 1});
  const auto lists = akin::recommend_for(execution::seq, model, questions, {.k = 5}),
             same = akin::recommend_for(execution::par, loaded, questions, {.k = 5});
  for (std::size_t q = 0; q < lists.size(); ++q) CHECK(std::ranges::equal(lists.scores(q), same.scores(q)));
}

TEST_CASE("session_linear without data, and what it refuses") {
  akin::session_linear<float> model;
  akin::sequences<> questions(4);
  questions.add({1, 3});
  CHECK_THROWS_AS(akin::recommend_for(execution::seq, model, questions, {.k = 3}), akin::not_fitted);
  model.fit(akin::sequences<>(4));
  CHECK(akin::recommend_for(execution::seq, model, questions, {.k = 3}).items(0).empty());
  CHECK_THROWS_WITH(akin::session_linear<float>({.alpha = 1.5}), "session_linear: alpha must be in [0, 1], got 1.5");
  CHECK_THROWS_WITH(akin::session_linear<float>({.regularization = 0}),
                    "session_linear: regularization must be finite and positive, got 0");
  CHECK_THROWS_WITH(akin::session_linear<float>({.neighbors = 0}), "session_linear: neighbors must be positive, got 0");
}
