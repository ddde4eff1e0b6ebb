#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include <akin/data/sequences.hpp>
#include <akin/execution.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/sessions/session_knn.hpp>

#include "support/catch.hpp"
#include "support/model_bytes.hpp"
#include "support/random_sequences.hpp"

namespace execution = akin::execution;
using akin_test::bytes_of;
using akin_test::random_sequences;

namespace {

using options_type = akin::session_knn_options;

double weight_of(akin::event_decay decay, double scale, double back, double length) {
  switch (decay) {
    case akin::event_decay::none:
      return 1;
    case akin::event_decay::exponential:
      return std::exp(-back / scale);
    case akin::event_decay::linear:
      return std::max(0.0, 1 - back / scale);
    case akin::event_decay::inverse:
      return 1 / (1 + back);
    case akin::event_decay::inverse_square:
      return std::pow(1 + back, -2);
    case akin::event_decay::share:
      return (length - back) / length;
    case akin::event_decay::share_square:
      break;
  }
  return std::pow((length - back) / length, 2);
}

/// A session of the training, as the formulas see it.
template <class Index>
struct reference_session {
  std::map<Index, int> places;  // of the last event of each item
  std::int64_t end = 0, order = 0;
};

/// Scores by the definition, in double: every session is looked at.
template <class Index>
std::map<Index, double> reference_scores(const akin::sequences<Index>& train, const akin::sequence_view<Index>& q,
                                         const options_type& o) {
  std::vector<reference_session<Index>> sessions;
  std::map<Index, double> owners;
  std::int64_t now = 0;
  for (std::int64_t s = 0; s < train.size(); ++s) {
    if (train[s].empty()) continue;
    reference_session<Index> session;
    for (std::int64_t e = 0; e < train[s].size(); ++e) session.places[train[s].items[e]] = static_cast<int>(e) + 1;
    session.end = train[s].times.empty() ? 0 : train[s].times.back();
    for (const auto& [item, place] : session.places) ++owners[item];
    sessions.push_back(session);
    now = std::max(now, session.end);
  }
  std::stable_sort(sessions.begin(), sessions.end(), [](const auto& a, const auto& b) { return a.end < b.end; });
  for (std::size_t s = 0; s < sessions.size(); ++s) sessions[s].order = static_cast<std::int64_t>(s);
  if (!q.times.empty()) now = q.times.back();

  std::map<Index, int> back;  // of the last event of each known item of q
  for (std::int64_t e = 0; e < q.size(); ++e)
    if (owners.count(q.items[e]) != 0) back[q.items[e]] = static_cast<int>(q.size() - 1 - e);
  const auto length = static_cast<double>(q.size());
  double norm = 0;
  for (const auto& [item, b] : back) norm += std::pow(weight_of(o.position_decay, o.position_scale, b, length), 2);

  std::vector<std::pair<double, reference_session<Index>>> found;
  for (auto s = sessions.rbegin(); s != sessions.rend() && static_cast<int>(found.size()) < o.sample; ++s) {
    double sum = 0;
    bool shares = false;
    for (const auto& [item, b] : back)
      if (s->places.count(item) != 0) {
        sum += weight_of(o.position_decay, o.position_scale, b, length);
        shares = true;
      }
    if (!shares) continue;
    sum /= o.similarity == akin::session_similarity::cosine
               ? std::sqrt(norm) * std::sqrt(static_cast<double>(s->places.size()))
               : static_cast<double>(back.size());
    if (o.age_scale > 0 && train.has_times())
      sum *= std::exp(-std::max(0.0, static_cast<double>(now - s->end)) / 86'400'000 / o.age_scale);
    found.emplace_back(sum, *s);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  if (static_cast<int>(found.size()) > o.neighbors) found.resize(static_cast<std::size_t>(o.neighbors));

  std::map<Index, double> scores;
  for (const auto& [similarity, session] : found) {
    int shared = 0, latest = static_cast<int>(q.size());
    for (const auto& [item, b] : back)
      if (const auto at = session.places.find(item); at != session.places.end()) {
        shared = std::max(shared, at->second);
        latest = std::min(latest, b);
      }
    for (const auto& [item, place] : session.places) {
      const double closeness = o.distance_scale > 0 ? std::exp(-std::abs(place - shared) / o.distance_scale) : 1;
      scores[item] += similarity * weight_of(o.match_decay, o.match_scale, latest, length) * closeness *
                      (1 + o.idf * std::log(static_cast<double>(sessions.size()) / owners[item]));
    }
  }
  return scores;
}

/// Times that do not descend in a sequence, but mix the sequences.
akin::sequences<> timed(const akin::sequences<>& all) {
  akin::sequences<> result(all.items());
  for (std::int64_t s = 0; s < all.size(); ++s) {
    std::vector<std::int64_t> times;
    for (std::int64_t e = 0; e < all[s].size(); ++e) times.push_back((s * 37 % 11) * 86'400'000 + e);
    result.add({all[s].items.data, static_cast<std::size_t>(all[s].size())}, times);
  }
  return result;
}

template <class Model, class Sequences>
int wrong_scores(const Model& model, const Sequences& train, const Sequences& questions, const options_type& options) {
  int wrong = 0;
  std::vector<typename Model::scalar_type> scores(static_cast<std::size_t>(model.items()));
  for (std::int64_t q = 0; q < questions.size(); ++q) {
    const auto expected = reference_scores(train, questions[q], options);
    model.score_sequence(questions[q], scores);
    for (std::size_t item = 0; item < scores.size(); ++item) {
      const auto found = expected.find(static_cast<typename Model::index_type>(item));
      wrong += found == expected.end()
                   ? scores[item] != akin::no_score<typename Model::scalar_type>
                   : std::abs(static_cast<double>(scores[item]) - found->second) > 1e-5 * (1 + found->second);
    }
  }
  return wrong;
}

const std::vector<std::pair<const char*, options_type>> variants = {
    {"vstan", {.neighbors = 7, .sample = 25}},
    {"all sessions", {.neighbors = 1000, .sample = 1000}},
    {"one neighbor", {.neighbors = 1, .sample = 3}},
    {"s_knn", akin::s_knn(9, 30)},
    {"vs_knn", akin::vs_knn(9, 30)},
    {"stan", akin::stan(9, 30)},
    {"linear",
     {.neighbors = 9,
      .sample = 30,
      .position_decay = akin::event_decay::linear,
      .position_scale = 3,
      .match_decay = akin::event_decay::inverse_square}},
    {"share",
     {.neighbors = 9,
      .sample = 30,
      .position_decay = akin::event_decay::inverse,
      .match_decay = akin::event_decay::share}},
};

}  // namespace

TEMPLATE_TEST_CASE("session_knn scores by its definition", "", akin::session_knn<float>, akin::session_knn<double>,
                   (akin::session_knn<float, std::int64_t>)) {
  using index = typename TestType::index_type;
  const auto train = random_sequences<index>({.count = 90, .items = 25, .longest = 8, .seed = 5});
  const auto questions =
      random_sequences<index>({.count = 40, .items = 31, .longest = 9, .seed = 6});  // six are unknown
  for (const auto& [name, options] : variants) {
    INFO(name);
    TestType model(options);
    model.fit(train);
    CHECK(wrong_scores(model, train, questions, options) == 0);
  }
}

TEST_CASE("session_knn takes the order of time, and counts age") {
  const auto train = timed(random_sequences<std::int32_t>({.count = 90, .items = 25, .longest = 8, .seed = 5}));
  const auto questions = random_sequences<std::int32_t>({.count = 40, .items = 25, .longest = 9, .seed = 6});
  for (const auto& timed_questions : {questions, timed(questions)}) {
    for (const double age_scale : {0.0, 3.0}) {
      const options_type options{.neighbors = 6, .sample = 20, .age_scale = age_scale};
      akin::session_knn<float> model(options);
      model.fit(train);
      CHECK(wrong_scores(model, train, timed_questions, options) == 0);
    }
  }
}

TEST_CASE("session_knn is the same for any number of threads, and in its file") {
  const auto train = timed(random_sequences<std::int32_t>({.count = 300, .items = 60, .longest = 12, .seed = 8}));
  const auto questions = random_sequences<std::int32_t>({.count = 100, .items = 60, .longest = 12, .seed = 9});
  akin::session_knn<float> model({.neighbors = 20, .sample = 50});
  model.fit(execution::seq, train);
  const auto bytes = bytes_of(model);
  const auto loaded =
      akin::detail::read_model<akin::session_knn<float>>(akin::detail::read_model_bytes(bytes, "memory"));
  CHECK(bytes_of(loaded) == bytes);
  const auto lists = akin::recommend_for(execution::seq, model, questions, {.k = 10});
  int wrong = 0;
  for (const int threads : {1, 2, 3}) {
    const auto same = akin::recommend_for(execution::par.threads(threads), loaded, questions, {.k = 10});
    for (std::size_t q = 0; q < lists.size(); ++q)
      wrong +=
          !std::ranges::equal(lists.items(q), same.items(q)) || !std::ranges::equal(lists.scores(q), same.scores(q));
  }
  CHECK(wrong == 0);
}

TEST_CASE("session_knn without data, and what it refuses") {
  akin::session_knn<float> model;
  akin::sequences<> questions(4);
  questions.add({1, 3});
  questions.add({});
  CHECK_THROWS_AS(akin::recommend_for(execution::seq, model, questions, {.k = 3}), akin::not_fitted);
  for (const auto& train : {akin::sequences<>(4), akin::sequences<>()}) {
    model.fit(train);
    CHECK(akin::recommend_for(execution::seq, model, questions, {.k = 3}).items(0).empty());
  }
  akin::sequences<> one(4);
  one.add({});
  one.add({1, 2});
  model.fit(one);
  const auto lists = akin::recommend_for(execution::seq, model, questions, {.k = 3});
  CHECK(lists.items(0).size() == 2);
  CHECK(lists.items(1).empty());
  CHECK(model.knows_item(2));
  CHECK(!model.knows_item(3));
  CHECK(model.sessions().rows() == 1);

  CHECK_THROWS_WITH(akin::session_knn<float>({.neighbors = 0}), "session_knn: neighbors must be positive, got 0");
  CHECK_THROWS_WITH(akin::session_knn<float>({.sample = 0}), "session_knn: sample must be positive, got 0");
  CHECK_THROWS_WITH(akin::session_knn<float>({.position_scale = 0}),
                    "session_knn: position_scale must be finite and positive, got 0");
  CHECK_THROWS_WITH(akin::session_knn<float>({.age_scale = -1}),
                    "session_knn: age_scale must be finite and not negative, got -1");
}

TEST_CASE("a sequence of a hundred thousand events is answered by its latest items") {
  const auto train = random_sequences<std::int32_t>({.count = 300, .items = 200, .longest = 12, .seed = 8});
  akin::session_knn<float> model;
  model.fit(train);
  std::vector<std::int32_t> items(100'000, 3);
  akin::sequences<> questions(200);
  questions.add(items);
  questions.add({3});
  const auto lists = akin::recommend_for(execution::seq, model, questions, {.k = 5});
  CHECK(std::ranges::equal(lists.items(0), lists.items(1)));
}
