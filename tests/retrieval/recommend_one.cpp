#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include <akin/baselines/bias.hpp>
#include <akin/baselines/popularity.hpp>
#include <akin/data/synthetic.hpp>
#include <akin/factorization/biased_mf.hpp>
#include <akin/factorization/explicit_als.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/factorization/svdpp.hpp>
#include <akin/graph/rp3beta.hpp>
#include <akin/linear/ease.hpp>
#include <akin/linear/slim.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/neighbors/user_knn.hpp>
#include <akin/random.hpp>
#include <akin/retrieval/item_mask.hpp>
#include <akin/retrieval/quantized_index.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/recommend_one.hpp>
#include <akin/sessions/markov_chain.hpp>
#include <akin/sessions/session_knn.hpp>
#include <akin/sessions/session_linear.hpp>

#include "retrieval/lists.hpp"
#include "support/catch.hpp"
#include "support/random_data.hpp"
#include "support/random_sequences.hpp"

namespace execution = akin::execution;

namespace {
std::atomic<std::int64_t> allocations = 0;  // of all threads; nothing runs beside a call that is watched
}

// Every way to ask for memory is counted in this program; those for arrays come here too.
AKIN_NOINLINE void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
AKIN_NOINLINE void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  ++allocations;
  const auto step = static_cast<std::size_t>(alignment);
  return std::aligned_alloc(step, (size / step + 1) * step);
}
AKIN_NOINLINE void* operator new(std::size_t size) {
  if (void* const memory = operator new(size, std::nothrow)) return memory;
  throw std::bad_alloc();
}
AKIN_NOINLINE void* operator new(std::size_t size, std::align_val_t alignment) {
  if (void* const memory = operator new(size, alignment, std::nothrow)) return memory;
  throw std::bad_alloc();
}
AKIN_NOINLINE void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
AKIN_NOINLINE void operator delete(void* memory, std::align_val_t, const std::nothrow_t&) noexcept {
  std::free(memory);
}
AKIN_NOINLINE void operator delete(void* memory) noexcept { std::free(memory); }
AKIN_NOINLINE void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
AKIN_NOINLINE void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
AKIN_NOINLINE void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace {

using akin::recommend_status;

akin::sparse_matrix<float> clicks() {
  return akin::synthetic::power_law_clicks<float>({.users = 60, .items = 40, .interactions = 600, .seed = 11});
}

// Each user's answer is recommend's, found without an allocation.
template <class Model>
void check_answers(const Model& model, const akin::query<typename Model::index_type>& q) {
  using Scalar = typename Model::scalar_type;
  using Index = typename Model::index_type;
  static_assert(akin::real_time_scorer<Model>);
  akin::workspace<Scalar, Index> scratch(model, q.k);
  const auto room = static_cast<std::size_t>(q.k);
  std::vector<Index> items(room);
  std::vector<Scalar> scores(room);
  static_assert(noexcept(akin::recommend_one(model, 0, q, scratch, items, scores)));
  const auto expected = akin::recommend(execution::seq, model, q);
  for (Index user = 0; user < model.users(); ++user) {
    CAPTURE(user);
    const std::int64_t before = allocations;
    const akin::recommend_result found = akin::recommend_one(model, user, q, scratch, items, scores);
    const std::int64_t asked_for = allocations - before;
    CHECK(asked_for == 0);
    const auto u = static_cast<std::size_t>(user);
    CHECK(found.status == (model.knows_user(user) ? recommend_status::ok : recommend_status::no_evidence));
    REQUIRE(found.count == expected.items(u).size());
    CHECK(
        std::equal(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(found.count), expected.items(u).begin()));
    CHECK(std::equal(scores.begin(), scores.begin() + static_cast<std::ptrdiff_t>(found.count),
                     expected.scores(u).begin()));
  }
}

template <class Model>
void check_model_answers(Model model) {
  const auto x = clicks();
  model.fit(execution::seq, x);
  const std::vector<std::int32_t> candidates = {3, 39, 3, 0, 17, 8}, nothing;
  const akin::item_mask odd(40, [](std::int64_t item) { return item % 2 == 1; });
  const std::vector<std::int64_t> from(40, 5);
  check_answers(model, {.k = 1});
  check_answers(model, {.k = 7, .exclude = x});
  check_answers(model, {.k = 100, .exclude = x});
  check_answers(model, {.k = 3, .exclude = x, .candidates = candidates});
  check_answers(model, {.k = 9, .candidates = candidates, .deny = odd});
  check_answers(model, {.k = 9, .candidates = nothing});
  check_answers(model, {.k = 9, .exclude = x, .allow = odd, .minimum_score = 0.05});
  check_answers(model, {.k = 9, .available = {.from = from, .at = 4}});
}

template <class Scalar = float, class Index = std::int32_t>
akin::factor_model<Scalar, Index> gaussian_model(std::int64_t users, std::int64_t items, std::int64_t factors) {
  akin::dense_matrix<Scalar> x = akin::synthetic::gaussian<Scalar>(users, factors, {.seed = 1}),
                             y = akin::synthetic::gaussian<Scalar>(items, factors, {.seed = 2});
  if (users > 3) x.row(3).setZero();
  if (items > 5) y.row(5).setZero();
  return {x, y};
}

// A call with everything right but what the case changes.
struct call_arguments {
  std::int32_t user = 1;
  akin::query<> q = {.k = 4};
  std::size_t item_room = 4, score_room = 4;
};

recommend_status status_of(const call_arguments& c, akin::workspace<float> scratch = {30, 4}) {
  const auto model = gaussian_model(6, 30, 3);
  std::vector<std::int32_t> items(c.item_room, -7);
  std::vector<float> scores(c.score_room, -7);
  const auto found = akin::recommend_one(model, c.user, c.q, scratch, items, scores);
  CHECK((found.count == 0) == (found.status != recommend_status::ok));
  if (found.status != recommend_status::ok)
    CHECK(std::all_of(items.begin(), items.end(), [](std::int32_t item) { return item == -7; }));
  CHECK_FALSE(akin::to_string(found.status).empty());
  return found.status;
}

}  // namespace

TEST_CASE("one user gets the list that recommend gives, and no memory is asked for") {
  check_model_answers(akin::popularity<float>());
  check_model_answers(akin::bias<float>());
  check_model_answers(akin::item_knn<float>());
  check_model_answers(akin::item_knn<float>({.centering = akin::centering::user_mean}));
  check_model_answers(akin::item_knn<float>(
      {.centering = akin::centering::user_mean, .aggregation = akin::aggregation::weighted_average}));
  check_model_answers(akin::user_knn<float>());
  check_model_answers(akin::user_knn<float>({.aggregation = akin::aggregation::weighted_average}));
  check_model_answers(akin::ease<float>());
  check_model_answers(akin::slim<float>());
  check_model_answers(akin::rp3beta<float>());
  check_model_answers(akin::implicit_als<float>({.factors = 6, .iterations = 2}));
  check_model_answers(akin::explicit_als<float>({.factors = 6, .iterations = 2}));
  check_model_answers(akin::biased_mf<float>({.factors = 6, .epochs = 2}));
  check_model_answers(akin::svdpp<float>({.factors = 6, .epochs = 2}));
}

TEST_CASE("stretches of scores: catalogues around their length, ties, and exclusions out of order") {
  for (const std::int64_t items : {1, 1023, 1024, 1025, 3000}) {
    CAPTURE(items);
    const auto model = gaussian_model(6, items, 5);
    const auto seen = akin_test::random_sparse<float, std::int32_t>(6, static_cast<std::int32_t>(items), 0.3, 4);
    check_answers(model, {.k = 20, .exclude = seen});
  }
  check_answers(
      akin::factor_model<float>(akin::dense_matrix<float>::Ones(2, 4), akin::dense_matrix<float>::Ones(2500, 4)),
      {.k = 2300});
  std::vector<std::int32_t> offsets = {0, 3, 3}, columns = {9, 2, 5};
  check_answers(gaussian_model(2, 10, 3),
                {.k = 9, .exclude = akin::sparsity_view<std::int32_t>(2, 10, offsets.data(), columns.data())});
}

namespace {

template <class Scalar, class Index>
void check_random_queries(std::uint64_t seed) {
  const akin::random_stream random(seed);
  const auto items = static_cast<Index>(1 + random.below(0, 2100));
  const auto chance = [&](std::uint64_t element) { return random.below(element, 2) == 0; };
  const auto model = gaussian_model<Scalar, Index>(8, items, 1 + static_cast<std::int64_t>(random.below(1, 40)));
  const auto seen = akin_test::random_sparse<Scalar, Index>(8, items, 0.2, seed);
  const auto candidates = random_candidates<Index>(items, random);
  const auto mask = [&](std::uint64_t of_three) {
    return akin::item_mask(items, [&, of_three](std::int64_t item) {
      return random.below(static_cast<std::uint64_t>(item) + 10'000 * of_three, 3) < of_three;
    });
  };
  const akin::item_mask most = mask(2), few = mask(1);
  std::vector<std::int64_t> from(static_cast<std::size_t>(items)), until(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    from[i] = static_cast<std::int64_t>(random.below(i + 40'000, 10));
    until[i] = from[i] + static_cast<std::int64_t>(random.below(i + 50'000, 20));
  }
  akin::query<Index> q = {.k = 1 + static_cast<int>(random.below(2, 2 * static_cast<std::uint64_t>(items)))};
  if (chance(3)) q.exclude = seen;
  if (candidates) q.candidates = *candidates;
  if (chance(4)) q.allow = most;
  if (chance(5)) q.deny = few;
  if (chance(6)) q.available = {.from = from, .until = until, .at = 8};
  if (chance(7)) q.minimum_score = 0.1;
  check_answers(model, q);
}

}  // namespace

TEST_CASE("queries of all kinds together, float and double, 32 and 64 bits of an id") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    check_random_queries<float, std::int32_t>(seed);
    check_random_queries<double, std::int64_t>(seed + 1000);
  }
}

TEST_CASE("exclusions of items that the model does not have are not looked at") {
  std::vector<std::int32_t> offsets = {0, 3, 3}, columns = {-5, 2, 1'000'000};
  const akin::query<> q = {.k = 9, .exclude = akin::sparsity_view<std::int32_t>(2, 10, offsets.data(), columns.data())};
  check_answers(gaussian_model(2, 10, 3), q);
  akin::popularity<float> popular;
  popular.fit(execution::seq, akin_test::random_sparse<float, std::int32_t>(2, 10, 0.9, 4));
  check_answers(popular, q);
}

TEST_CASE("every misuse has its status, and nothing is written") {
  CHECK(status_of({}) == recommend_status::ok);
  CHECK(status_of({.user = 3}) == recommend_status::no_evidence);
  CHECK(status_of({.user = 6}) == recommend_status::unknown_user);
  CHECK(status_of({.user = -1}) == recommend_status::unknown_user);
  CHECK(status_of({.q = {.k = 0}}) == recommend_status::invalid_k);
  CHECK(status_of({.item_room = 3}) == recommend_status::short_span);
  CHECK(status_of({.score_room = 3}) == recommend_status::short_span);
  CHECK(status_of({}, {29, 4}) == recommend_status::small_workspace);
  CHECK(status_of({}, {30, 3}) == recommend_status::small_workspace);
  CHECK(status_of({}, akin::workspace<float>()) == recommend_status::small_workspace);
  CHECK(status_of({.q = {.k = 4, .minimum_score = std::nan("")}}) == recommend_status::invalid_minimum);
  const akin::sparse_matrix<float> narrow(6, 29), low(5, 30);
  auto loose = akin_test::random_sparse<float, std::int32_t>(6, 30, 0.3, 4);
  loose.uncompress();
  CHECK(status_of({.q = {.k = 4, .exclude = narrow}}) == recommend_status::mismatched_exclude);
  CHECK(status_of({.q = {.k = 4, .exclude = low}}) == recommend_status::mismatched_exclude);
  CHECK(status_of({.q = {.k = 4, .exclude = loose}}) == recommend_status::mismatched_exclude);
  const akin::item_mask small(29);
  CHECK(status_of({.q = {.k = 4, .allow = small}}) == recommend_status::mismatched_mask);
  CHECK(status_of({.q = {.k = 4, .deny = small}}) == recommend_status::mismatched_mask);
  const std::vector<std::int64_t> times(31);
  CHECK(status_of({.q = {.k = 4, .available = {.from = times}}}) == recommend_status::mismatched_availability);
  CHECK(status_of({.q = {.k = 4, .available = {.until = times}}}) == recommend_status::mismatched_availability);
  const std::vector<std::int32_t> high = {0, 30}, negative = {-1};
  CHECK(status_of({.q = {.k = 4, .candidates = high}}) == recommend_status::unknown_candidate);
  CHECK(status_of({.q = {.k = 4, .candidates = negative}}) == recommend_status::unknown_candidate);

  akin::workspace<float> scratch(30, 4);
  std::vector<std::int32_t> items(4);
  std::vector<float> scores(4);
  CHECK(akin::recommend_one(akin::factor_model<float>(), 0, {.k = 4}, scratch, items, scores).status ==
        recommend_status::not_fitted);
  akin::item_knn<float> averaging({.aggregation = akin::aggregation::weighted_average});
  averaging.fit(execution::seq, clicks());
  scratch.grow(40, 4);  // room for its items, but not for what it asks for besides
  CHECK(akin::recommend_one(averaging, 0, {.k = 4}, scratch, items, scores).status ==
        recommend_status::small_workspace);
  scratch.grow(averaging, 4);
  CHECK(akin::recommend_one(averaging, 0, {.k = 4}, scratch, items, scores).status == recommend_status::ok);
}

TEST_CASE("a workspace says what is wrong when it is made, and serves smaller models too") {
  CHECK_THROWS_WITH(akin::workspace<float>(-1, 3), "workspace: items must not be negative, got -1");
  CHECK_THROWS_WITH(akin::workspace<float>(3, 0), "workspace: k must be positive, got 0");
  akin::workspace<float> scratch(1000, 50);
  scratch.grow(10, 5);
  CHECK((scratch.items() == 1000 && scratch.k() == 50));
  const auto model = gaussian_model(4, 8, 3);
  std::vector<std::int32_t> items(8);
  std::vector<float> scores(8);
  CHECK(akin::recommend_one(model, 0, {.k = 50}, scratch, items, scores).count == 7);
  const auto none = akin::factor_model<float>(akin::dense_matrix<float>::Ones(2, 3), akin::dense_matrix<float>(0, 3));
  CHECK(akin::recommend_one(none, 0, {.k = 5}, scratch, {}, {}).status == recommend_status::ok);
}

TEST_CASE("many threads ask one model, each with a workspace of its own") {
  const auto model = gaussian_model(200, 1500, 8);
  const auto expected = akin::recommend(execution::seq, model, {.k = 10});
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      akin::workspace<float> scratch(model, 10);
      std::vector<std::int32_t> items(10);
      std::vector<float> scores(10);
      for (std::int32_t user = 0; user < 200; ++user) {
        const auto found = akin::recommend_one(model, user, {.k = 10}, scratch, items, scores);
        const auto list = expected.items(static_cast<std::size_t>(user));
        wrong += found.count != list.size() || !std::equal(list.begin(), list.end(), items.begin());
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("a quantized_index answers one vector without asking for memory") {
  const auto model = gaussian_model(40, 1500, 8);
  const akin::quantized_index<float> index(execution::seq, model.item_factors());
  const akin::item_mask deny(1500, [](std::int64_t item) { return item % 3 == 0; });
  const std::int32_t candidates[] = {7, 3, 7, 1499};
  for (const akin::query<>& q : {akin::query<>{.k = 10}, akin::query<>{.k = 2000}, akin::query<>{.k = 10, .deny = deny},
                                 akin::query<>{.k = 10, .candidates = candidates}}) {
    const auto expected = akin::recommend(execution::seq, model, q);
    akin::workspace<float> scratch(index, q.k);
    std::vector<std::int32_t> items(static_cast<std::size_t>(q.k));
    std::vector<float> scores(items.size());
    for (std::int32_t user = 0; user < 40; ++user) {
      const std::span<const float> vector(model.user_factors().row(user).data(), 8);
      const std::int64_t before = allocations;
      const auto found = akin::recommend_one(index, vector, q, scratch, items, scores);
      const std::int64_t asked_for = allocations - before;
      CHECK(asked_for == 0);
      const auto list = expected.items(static_cast<std::size_t>(user));
      REQUIRE(found.count == list.size());
      CHECK(std::equal(list.begin(), list.end(), items.begin()));
    }
  }
}

namespace {

// Each sequence's answer is recommend_for's, found without an allocation.
template <class Model>
void check_sequence_answers(Model model) {
  static_assert(akin::real_time_sequence_scorer<Model> && !akin::scorer<Model>);
  const auto train = akin_test::random_sequences<std::int32_t>({.count = 200, .items = 40, .longest = 9, .seed = 2});
  const auto questions = akin_test::random_sequences<std::int32_t>({.count = 60, .items = 45, .longest = 9, .seed = 3});
  const akin::item_mask odd(40, [](std::int64_t item) { return item % 2 == 1; });
  std::vector<std::int32_t> items(100);
  std::vector<float> scores(100);
  akin::workspace<float> none;
  CHECK(akin::recommend_one(model, questions[1], {.k = 3}, none, items, scores).status == recommend_status::not_fitted);
  model.fit(train);
  CHECK(akin::recommend_one(model, questions[1], {.k = 3}, none, items, scores).status ==
        recommend_status::small_workspace);
  for (const akin::query<>& q : {akin::query<>{.k = 1}, akin::query<>{.k = 100}, akin::query<>{.k = 9, .allow = odd}}) {
    akin::workspace<float> scratch(model, q.k);
    static_assert(noexcept(akin::recommend_one(model, questions[0], q, scratch, items, scores)));
    const auto expected = akin::recommend_for(execution::seq, model, questions, q);
    int wrong = 0;
    for (std::int64_t s = 0; s < questions.size(); ++s) {
      const auto list = static_cast<std::size_t>(s);
      const std::int64_t before = allocations;
      const akin::recommend_result found = akin::recommend_one(model, questions[s], q, scratch, items, scores);
      wrong += allocations != before || found.count != expected.items(list).size();
      wrong += !std::equal(expected.items(list).begin(), expected.items(list).end(), items.begin());
      wrong += !std::equal(expected.scores(list).begin(), expected.scores(list).end(), scores.begin());
    }
    CHECK(wrong == 0);
  }
  akin::workspace<float> scratch(model, 5);
  CHECK(akin::recommend_one(model, akin::sequence_view<std::int32_t>{}, {.k = 3}, scratch, items, scores).status ==
        recommend_status::no_evidence);
  CHECK(akin::recommend_one(model, questions[1], {.k = 0}, scratch, items, scores).status ==
        recommend_status::invalid_k);
  CHECK(akin::recommend_one(model, questions[1], {.k = 3}, scratch, std::span(items).first(2), scores).status ==
        recommend_status::short_span);
  const akin::sparse_matrix<float> two_rows(2, 40);
  CHECK(akin::recommend_one(model, questions[1], {.k = 3, .exclude = two_rows}, scratch, items, scores).status ==
        recommend_status::mismatched_exclude);
}

}  // namespace

TEST_CASE("one sequence gets the list of recommend_for without an allocation") {
  check_sequence_answers(akin::markov_chain<float>());
  check_sequence_answers(akin::session_knn<float>({.neighbors = 20, .sample = 50}));
  check_sequence_answers(akin::session_linear<float>());
}

TEST_CASE("exclusions of one sequence are the row of its query") {
  akin::sequences<> train(40);
  train.add({1, 2, 1, 3, 1, 3});
  akin::markov_chain<float> model({.steps = 1});
  model.fit(train);
  akin::sparse_matrix<float> seen(1, 40);
  seen.insert(0, 3) = 1;
  seen.makeCompressed();
  akin::workspace<float> scratch(model, 5);
  std::vector<std::int32_t> items(5);
  std::vector<float> scores(5);
  const auto found = akin::recommend_one(model, train[0].first(3), {.k = 5, .exclude = seen}, scratch, items, scores);
  CHECK(found.count == 1);
  CHECK(items[0] == 2);
}
