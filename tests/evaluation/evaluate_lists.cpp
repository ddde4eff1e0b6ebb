#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <akin/evaluation/evaluate.hpp>
#include <akin/evaluation/evaluate_lists.hpp>
#include <akin/metrics/beyond_accuracy.hpp>
#include <akin/metrics/graded_ranking.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/random.hpp>
#include <akin/retrieval/recommend.hpp>

#include "evaluation/table_model.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

template <class Id>
using id_matrix = Eigen::Matrix<Id, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Users: 0 wants 2 and 5; 1 wants nothing (a stored 0, and a dislike); 2 wants 0; 3 wants 1 and gets an empty list.
const akin::sparse_matrix<float>& wanted() {
  static const auto matrix =
      matrix_of<float>(4, 6, {{0, 2, 1}, {0, 5, 3}, {1, 0, 0}, {1, 1, -1}, {2, 0, 1}, {3, 1, 1}});
  return matrix;
}

template <class Id>
id_matrix<Id> small_lists() {
  id_matrix<Id> lists(4, 3);
  lists << 5, 1, 2, 0, 1, 2, 3, 0, static_cast<Id>(-1), static_cast<Id>(-1), static_cast<Id>(-1), static_cast<Id>(-1);
  return lists;
}

template <std::size_t M>
bool same(const akin::evaluation<M>& a, const akin::evaluation<M>& b) {
  for (std::size_t i = 0; i < M; ++i)
    if (a[i].mean != b[i].mean || a[i].standard_error != b[i].standard_error || a[i].count != b[i].count) return false;
  return a.users == b.users && a.users_without_relevant == b.users_without_relevant &&
         a.unknown_users == b.unknown_users && a.repeats == b.repeats;
}

template <class Lists>
auto judged(const Lists& lists) {
  return akin::evaluate_lists(execution::seq, lists, wanted(), metrics::recall{3}, metrics::reciprocal_rank{3},
                              metrics::hit_rate{1}, metrics::coverage{2}, metrics::precision{5});
}

void check_small(const akin::evaluation<5>& result) {
  CHECK(result.users == 3);
  CHECK(result.users_without_relevant == 1);
  CHECK(result.unknown_users == 1);
  CHECK(result.repeats == 0);
  CHECK(result[0].mean == Approx((1 + 1 + 0) / 3.0));
  CHECK(result[0].count == 3);
  CHECK(result[1].mean == Approx((1 + 0.5 + 0) / 3));
  CHECK(result[2].mean == Approx(1.0 / 3));
  CHECK(result[3].mean == Approx(4.0 / 6));  // 5 1, 3 0: the list of user 1 is not judged
  CHECK(result[4].mean == Approx((0.4 + 0.2 + 0) / 3));
}

}  // namespace

TEMPLATE_TEST_CASE("a case by hand, as a matrix of ids of any type", "", std::int8_t, std::int32_t, std::int64_t) {
  const auto lists = small_lists<TestType>();
  check_small(judged(lists));
  check_small(judged(akin::rows_view<const TestType>{lists.data(), 4, 3}));
  // A map with a stride: four lists within rows of five.
  id_matrix<TestType> wide = id_matrix<TestType>::Constant(4, 5, 99);
  wide.leftCols(3) = lists;
  const Eigen::Map<const id_matrix<TestType>, 0, Eigen::OuterStride<>> map(wide.data(), 4, 3, Eigen::OuterStride<>(5));
  check_small(judged(map));
}

TEST_CASE("the same lists one behind the other, and as recommendations") {
  const std::vector<std::int64_t> offsets = {0, 3, 6, 8, 8};
  const std::vector<std::int32_t> items = {5, 1, 2, 0, 1, 2, 3, 0};
  check_small(judged(akin::ranked_lists{offsets, items}));
  const akin::ranked_lists owning{std::vector<std::int64_t>(offsets), std::vector<std::int32_t>(items)};
  const std::vector<std::vector<std::int64_t>> others(50,
                                                      std::vector<std::int64_t>(4, 99));  // takes what is given back
  check_small(judged(owning));
  akin::recommendations<float> lists(4, 3);
  for (std::size_t list = 0; list < 4; ++list) {
    const auto begin = items.begin() + offsets[list], end = items.begin() + offsets[list + 1];
    std::copy(begin, end, lists.mutable_items(list));
    lists.set_count(list, end - begin);
  }
  check_small(judged(lists));
}

TEST_CASE("matrices with 64-bit ids and other scalars") {
  const auto relevant = matrix_of<int, std::int64_t>(4, 6, {{0, 2, 1}, {0, 5, 3}, {1, 1, -1}, {2, 0, 1}, {3, 1, 1}});
  check_small(akin::evaluate_lists(execution::seq, small_lists<std::int32_t>(), relevant, metrics::recall{3},
                                   metrics::reciprocal_rank{3}, metrics::hit_rate{1}, metrics::coverage{2},
                                   metrics::precision{5}));
}

TEST_CASE("values of what is wanted are gains") {
  const auto [linear, steep] =
      akin::evaluate_lists(execution::seq, small_lists<int>(), wanted(), metrics::graded_ndcg{3},
                           metrics::graded_ndcg{3, metrics::gain_scale::exponential});
  // User 0: gains 3, 0, 1 of 3, 1; user 2: 0, 1 of 1; user 3: nothing.
  const double second = 1 / std::log2(3);
  CHECK(linear.mean == Approx(((3 + 0.5) / (3 + second) + second) / 3));
  CHECK(steep.mean == Approx(((7 + 0.5) / (7 + second) + second) / 3));
}

TEST_CASE("what lies beyond the largest k is not looked at") {
  id_matrix<int> lists(1, 4);
  lists << 1, 0, 77, 1;
  const auto relevant = matrix_of<double>(1, 2, {{0, 0, 1}});
  const auto [rank, hit] =
      akin::evaluate_lists(execution::seq, lists, relevant, metrics::reciprocal_rank{2}, metrics::hit_rate{1});
  CHECK(rank.mean == 0.5);
  CHECK(hit.mean == 0);
}

TEST_CASE("with train, repeats are counted, and expected when asked for") {
  id_matrix<int> lists(2, 2);
  lists << 0, 1, 1, 2;
  const auto train = matrix_of<float>(2, 3, {{0, 0, 1}, {1, 1, 1}});
  const auto test = matrix_of<float>(2, 3, {{0, 0, 1}, {0, 1, 1}, {1, 1, 1}});
  const auto without =
      akin::evaluate_lists(execution::seq, lists, train, test, metrics::recall{2}, metrics::reciprocal_rank{2});
  CHECK(without.users == 1);
  CHECK(without.users_without_relevant == 1);
  CHECK(without.repeats == 2);
  CHECK(without[0].mean == 1);
  CHECK(without[1].mean == 0.5);
  const auto with = akin::evaluate_lists(execution::seq, lists, train, test, {.exclude_seen = false},
                                         metrics::recall{1}, metrics::reciprocal_rank{2});
  CHECK(with.users == 2);
  CHECK(with.repeats == 2);
  CHECK(with[0].mean == 0.75);
  CHECK(with[1].mean == 1);
}

namespace {

/// Tables of random scores, and cells drawn with this probability.
template <class Scalar>
struct random_case {
  static constexpr int users = 700, items = 83;
  table_model<Scalar> model{akin::dense_matrix<Scalar>(users, items)};
  akin::sparse_matrix<Scalar> train = drawn(1, 0.1), test = drawn(2, 0.04);

  random_case() {
    for (int user = 0; user < users; ++user)
      for (int item = 0; item < items; ++item)
        model.table(user, item) = static_cast<Scalar>(akin::random_stream(5).uniform(cell(user, item)));
    model.strangers = {3, 4, 77};
  }
  static std::uint64_t cell(int user, int item) { return static_cast<std::uint64_t>(user * items + item); }
  static akin::sparse_matrix<Scalar> drawn(std::uint64_t stream, double share) {
    std::vector<Eigen::Triplet<Scalar, std::int32_t>> cells;
    for (int user = 0; user < users; ++user)
      for (int item = 0; item < items; ++item)
        if (akin::random_stream(9, stream).uniform(cell(user, item)) < share) cells.emplace_back(user, item, 1);
    return matrix_of<Scalar>(users, items, cells);
  }
};

}  // namespace

TEMPLATE_TEST_CASE("the lists of recommend score what evaluate says of the model, to the bit", "", float, double) {
  const random_case<TestType> data;
  const auto lists = akin::recommend(execution::par, data.model, {.k = 20, .exclude = data.train});
  const auto all = [&](const auto& policy, const auto& ready) {
    return akin::evaluate_lists(policy, ready, data.train, data.test, metrics::ndcg{20}, metrics::recall{20},
                                metrics::average_precision{20}, metrics::coverage{5}, metrics::r_precision{20});
  };
  const auto expected =
      akin::evaluate(execution::seq, data.model, data.train, data.test, metrics::ndcg{20}, metrics::recall{20},
                     metrics::average_precision{20}, metrics::coverage{5}, metrics::r_precision{20});
  const auto result = all(execution::seq, lists);
  REQUIRE(expected.users > 600);
  CHECK(result.users == expected.users);
  CHECK(result.unknown_users == expected.unknown_users);
  CHECK(result.repeats == expected.repeats);
  for (std::size_t metric = 0; metric < 5; ++metric) {
    CHECK(expected[metric].mean > 0);
    CHECK(result[metric].mean == expected[metric].mean);
    CHECK(result[metric].standard_error == expected[metric].standard_error);
  }
  for (const int threads : {1, 2, 3}) CHECK(same(all(execution::par.threads(threads), lists), result));
}

namespace {

/// Asks what the user had.
struct size_of_history {
  int k = 5;
  struct prepared {
    akin::sparsity_view<std::int32_t> train;
    double operator()(const metrics::judged_list<std::int32_t>& list) const {
      return static_cast<double>(train.row(list.user).size) + static_cast<double>(train.cols) / 1000;
    }
  };
  prepared prepare(const metrics::list_context<std::int32_t>& context) const { return {context.train}; }
};

}  // namespace

TEST_CASE("a prepared metric knows train, or that nothing is known") {
  const random_case<float> data;
  const auto lists = akin::recommend(execution::par, data.model, {.k = 5, .exclude = data.train});
  const auto [expected] = akin::evaluate(execution::seq, data.model, data.train, data.test, size_of_history{});
  const auto [with] = akin::evaluate_lists(execution::par, lists, data.train, data.test, size_of_history{});
  const auto [without] = akin::evaluate_lists(execution::par, lists, data.test, size_of_history{});
  CHECK(with.mean == expected.mean);
  CHECK(with.mean > 1);
  CHECK(without.mean == Approx(0.083));
}

TEST_CASE("bootstrap intervals are those of evaluate") {
  const random_case<float> data;
  const auto lists = akin::recommend(execution::par, data.model, {.k = 5, .exclude = data.train});
  const akin::evaluation_options options{.bootstrap = 40, .seed = 3};
  const auto expected = akin::evaluate(execution::par, data.model, data.train, data.test, options, metrics::ndcg{5});
  const auto result = akin::evaluate_lists(execution::par, lists, data.train, data.test, options, metrics::ndcg{5});
  CHECK(result[0].bootstrap_low == expected[0].bootstrap_low);
  CHECK(result[0].bootstrap_high == expected[0].bootstrap_high);
  CHECK(result[0].bootstrap_low < result[0].mean);
  CHECK(result[0].mean < result[0].bootstrap_high);
  const auto alone = akin::evaluate_lists(execution::par, lists, data.test, {.bootstrap = 5}, metrics::ndcg{5});
  CHECK(alone[0].bootstrap_low < alone[0].bootstrap_high);
}

TEST_CASE("options without a meaning for lists are refused") {
  const auto judge = [](const akin::evaluation_options& options) {
    return [=] { akin::evaluate_lists(execution::seq, small_lists<int>(), wanted(), options, metrics::ndcg{3}); };
  };
  CHECK_THROWS_WITH(judge({.sampled_negatives = 9})(),
                    "evaluate_lists: sampled_negatives must be 0, since lists are ranked already, got 9");
  CHECK_THROWS_WITH(judge({.bootstrap = -1})(), "evaluate_lists: bootstrap must not be negative, got -1");
}

TEST_CASE("nobody, no lists and no cells give zeros") {
  const auto nobody = akin::evaluate_lists(execution::par, id_matrix<int>(0, 3), akin::sparse_matrix<float>(0, 6),
                                           metrics::ndcg{3}, metrics::coverage{3});
  CHECK(nobody.users == 0);
  CHECK(nobody[0].mean == 0);
  const auto joined = akin::evaluate_lists(execution::par, akin::ranked_lists<int>{}, akin::sparse_matrix<float>(0, 6),
                                           metrics::ndcg{3});
  CHECK(joined.users == 0);
  const auto unwanted = akin::evaluate_lists(execution::par, small_lists<int>(), akin::sparse_matrix<float>(4, 6),
                                             metrics::ndcg{3}, metrics::coverage{3});
  CHECK(unwanted.users == 0);
  CHECK(unwanted.users_without_relevant == 4);
  CHECK(unwanted[1].mean == 0);
  const auto empty = akin::evaluate_lists(execution::par, id_matrix<int>(4, 0), wanted(), metrics::ndcg{3});
  CHECK(empty.users == 3);
  CHECK(empty.unknown_users == 3);
  CHECK(empty[0].mean == 0);
}

TEST_CASE("bad lists are refused with the user") {
  const auto judge = [](id_matrix<int> lists, int k = 3) {
    return [=] { akin::evaluate_lists(execution::par, lists, wanted(), metrics::ndcg{k}); };
  };
  auto lists = small_lists<int>();
  lists(2, 2) = 3;
  CHECK_THROWS_WITH(judge(lists)(), "evaluate_lists: a list must hold an item once, got 3 twice for user 2");
  CHECK_NOTHROW(judge(lists, 2)());
  lists(2, 2) = 6;
  CHECK_THROWS_WITH(judge(lists)(), "evaluate_lists: items of a list must be ids below 6, got 6 for user 2");
  lists(2, 2) = -2;
  CHECK_THROWS_WITH(judge(lists)(), "evaluate_lists: items of a list must be ids below 6, got -2 for user 2");
  lists(2, 2) = 4, lists(2, 0) = -1;
  CHECK_THROWS_WITH(judge(lists)(), "evaluate_lists: nothing must follow the -1 that ends a list, got 0 for user 2");
  CHECK_THROWS_WITH(judge(lists, 0)(), "evaluate_lists: k of a metric must be positive, got 0");
  CHECK_THROWS_WITH(judge(id_matrix<int>::Zero(3, 1))(),
                    "evaluate_lists: lists must be as many as the users of relevant, 4, got 3");
  id_matrix<unsigned> without_sign(4, 1);
  without_sign << 0, 1, 2, static_cast<unsigned>(-1);
  CHECK_THROWS_WITH(akin::evaluate_lists(execution::seq, without_sign, wanted(), metrics::ndcg{3}),
                    "evaluate_lists: items of a list must be ids below 6, got 4294967295 for user 3");
}

TEST_CASE("of several bad lists the first is named, for any number of threads") {
  const int users = 3000;
  id_matrix<int> lists(users, 2);
  akin::sparse_matrix<float> relevant(users, 5);
  for (int user = 0; user < users; ++user) {
    lists.row(user) << 0, user >= 700 && user % 5 == 0 ? 0 : 1;
    relevant.insert(user, 1) = 1;
  }
  relevant.makeCompressed();
  for (const int threads : {1, 2, 3})
    CHECK_THROWS_WITH(akin::evaluate_lists(execution::par.threads(threads), lists, relevant, metrics::ndcg{2}),
                      "evaluate_lists: a list must hold an item once, got 0 twice for user 700");
}

TEST_CASE("bad offsets and matrices are refused") {
  const std::vector<int> items = {0, 1, 2};
  const auto judge = [&](std::vector<std::int64_t> offsets) {
    akin::evaluate_lists(execution::seq, akin::ranked_lists{offsets, items}, wanted(), metrics::ndcg{3});
  };
  CHECK_THROWS_WITH(judge({0, 2, 1, 3, 3}),
                    "evaluate_lists: the offsets of lists must ascend from 0 to at most 3, got 1 after 2");
  CHECK_THROWS_WITH(judge({0, 2, 2, 3, 4}),
                    "evaluate_lists: the offsets of lists must ascend from 0 to at most 3, got 4 after 3");
  CHECK_THROWS_WITH(judge({-1, 2, 2, 3, 3}),
                    "evaluate_lists: the offsets of lists must ascend from 0 to at most 3, got -1 after 0");
  CHECK_THROWS_WITH(judge({0, 1}), "evaluate_lists: lists must be as many as the users of relevant, 4, got 1");
  CHECK_THROWS_WITH(judge({}), "evaluate_lists: lists must be as many as the users of relevant, 4, got 0");
  CHECK_THROWS_WITH(akin::evaluate_lists(execution::seq, small_lists<int>(), akin::sparse_matrix<float>(4, 5), wanted(),
                                         metrics::ndcg{3}),
                    "evaluate_lists: train must have the shape of test, 4 users x 6 items, got 4 x 5");
  auto uncompressed = wanted();
  uncompressed.uncompress();
  CHECK_THROWS_WITH(akin::evaluate_lists(execution::seq, small_lists<int>(), uncompressed, metrics::ndcg{3}),
                    "evaluate_lists: relevant: the sparse matrix must be compressed, call makeCompressed() first");
}
