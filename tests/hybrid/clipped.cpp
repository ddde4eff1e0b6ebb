#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include <akin/evaluation/evaluate_ratings.hpp>
#include <akin/factorization/biased_mf.hpp>
#include <akin/factorization/svdpp.hpp>
#include <akin/hybrid/clipped.hpp>
#include <akin/io/model_file.hpp>
#include <akin/metrics/rating.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/neighbors/user_knn.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/recommend_one.hpp>
#include <akin/retrieval/similar_items.hpp>

#include "hybrid/hybrid_data.hpp"

using namespace hybrid_test;
namespace execution = akin::execution;

namespace {

/// A table that predicts what it says.
struct oracle : table_model<float> {
  float predict(std::int32_t user, std::int32_t item) const { return table(user, item); }
};

/// 60 x 40, ratings of 1 and 5 only, which models overshoot.
template <class Scalar>
akin::sparse_matrix<Scalar> ratings() {
  std::vector<Eigen::Triplet<Scalar, std::int32_t>> cells;
  for (std::int32_t u = 0; u < 60; ++u)
    for (std::int32_t i = 0; i < 40; ++i)
      if ((u * 7 + i * 3) % 4 == 0) cells.emplace_back(u, i, (u % 3 == 0) == (i % 3 == 0) ? Scalar{5} : Scalar{1});
  akin::sparse_matrix<Scalar> result(60, 40);
  result.setFromTriplets(cells.begin(), cells.end());
  return result;
}

/// The mean squared error of predictions that are cut, by hand.
struct cut_error {
  double operator()(double predicted, double actual) const {
    const double error = std::clamp(predicted, 1.0, 5.0) - actual;
    return error * error;
  }
};
struct squared_error {
  double operator()(double predicted, double actual) const { return (predicted - actual) * (predicted - actual); }
};

template <class Model>
void check_evaluated(Model model) {
  const auto train = ratings<float>();
  model.fit(train);
  for (std::int32_t u = 0; u < 60; ++u)
    for (std::int32_t i = 0; i < 40; ++i)
      CHECK(akin::clipped(model, {2, 4}).predict(u, i) == std::clamp(model.predict(u, i), 2.0f, 4.0f));
  const auto [expected] = akin::evaluate_ratings(execution::par, model, train, cut_error{});
  for (const int threads : {1, 2, 3}) {
    const auto [found] =
        akin::evaluate_ratings(execution::par.threads(threads), akin::clipped(model, {1, 5}), train, squared_error{});
    CHECK(found.mean == expected.mean);
  }
}

}  // namespace

TEST_CASE("the range of ratings is that of the stored values") {
  CHECK(akin::range_of(ratings<float>()) == akin::rating_range{1, 5});
  akin::sparse_matrix<double> some(2, 3);
  CHECK_THROWS_WITH(akin::range_of(some), "range_of: ratings must have a value, got none");
  some.insert(0, 1) = -2.5;
  some.makeCompressed();
  CHECK(akin::range_of(some) == akin::rating_range{-2.5, -2.5});
  some.coeffRef(0, 1) = std::nan("");
  CHECK_THROWS_WITH(akin::range_of(some), contains("range_of: ratings must be finite"));
}

TEST_CASE("predictions are cut, scores and lists are not") {
  oracle model;
  static_cast<table_model<float>&>(model) = table<float>({{6, 7, 0.5f, 3}, {5.5f, 9, 8, -2}});
  const auto cut = akin::clipped(model, {1, 5});
  CHECK(cut.predict(0, 1) == 5);
  CHECK(cut.predict(0, 2) == 1);
  CHECK(cut.predict(0, 3) == 3);
  CHECK(cut.score(0, 1) == 7);
  CHECK(&cut.model() == &model);
  CHECK(cut.range() == akin::rating_range{1, 5});
  const auto lists = akin::recommend(execution::par, cut, {.k = 4});
  CHECK(items_of(lists, 0) ==
        std::vector<std::int64_t>{1, 0, 3, 2});  // 6 and 7 are cut to the same, and keep their order
  CHECK(lists.scores(0)[0] == 7);
}

TEST_CASE("evaluate_ratings measures what is cut, of models of single ratings and of rows") {
  check_evaluated(akin::biased_mf<float>({.factors = 8, .epochs = 5}));
  check_evaluated(akin::item_knn<float>({.aggregation = akin::aggregation::weighted_average}));
  check_evaluated(akin::user_knn<float>({.aggregation = akin::aggregation::weighted_average}));
}

TEST_CASE("a clipped model can do what its model can") {
  const auto train = ratings<float>();
  akin::svdpp<float> model({.factors = 8, .epochs = 3});
  model.fit(train);
  const auto cut = akin::clipped(model, akin::range_of(train));
  check_consistent(cut);
  const auto same = [](const auto& x, const auto& y) {
    REQUIRE(x.size() == y.size());
    for (std::size_t list = 0; list < x.size(); ++list) {
      CHECK(items_of(x, list) == items_of(y, list));
      CHECK(std::ranges::equal(x.scores(list), y.scores(list)));
    }
  };
  const std::vector<std::int32_t> some = {3, 0, 17};
  const akin::query<> q{.k = 6, .exclude = train};
  same(akin::recommend(execution::par, cut, q), akin::recommend(execution::par, model, q));
  same(akin::recommend_for(execution::par, cut, train, q), akin::recommend_for(execution::par, model, train, q));
  same(akin::similar_items(execution::par, cut, some, {.k = 4}),
       akin::similar_items(execution::par, model, some, {.k = 4}));
  CHECK(akin::explain(cut, train, 3, 5).size() == akin::explain(model, train, 3, 5).size());
  static_assert(akin::real_time_scorer<akin::svdpp<float>> == akin::real_time_scorer<decltype(cut)>);
}

TEST_CASE("a clipped model comes back from its file; one that makes no sense does not") {
  const auto train = ratings<float>();
  akin::biased_mf<float> model({.factors = 4, .epochs = 2});
  CHECK_THROWS_AS(akin::recommend(execution::seq, akin::clipped(model, {1, 5}), {.k = 3}), akin::not_fitted);
  model.fit(train);
  using type = akin::clipped_model<akin::biased_mf<float>>;
  const type cut = akin::clipped(std::as_const(model), {1, 5});
  const auto bytes = akin_test::bytes_of(cut);
  const auto again = akin::detail::read_model<type>(akin::detail::read_model_bytes(bytes, "memory"));
  CHECK(akin_test::bytes_of(again) == bytes);
  CHECK(again.range() == akin::rating_range{1, 5});
  CHECK(again.predict(3, 4) == cut.predict(3, 4));
  akin::detail::model_writer writer;
  akin::detail::write_label<type>(writer);
  writer.add_value("lowest", 5.0);
  writer.add_value("highest", 1.0);
  akin::detail::write_part(writer, "part0", model);
  std::vector<std::byte> forged;
  writer.emit([&](std::span<const std::byte> part) { forged.insert(forged.end(), part.begin(), part.end()); });
  CHECK_THROWS_AS(akin::detail::read_model<type>(akin::detail::read_model_bytes(forged, "memory")), akin::format_error);
  CHECK_THROWS_WITH(akin::clipped(model, {5, 1}), "clipped: range must be finite and ascend, got 5 to 1");
  CHECK_THROWS_AS(akin::clipped(model, {std::nan(""), 1}), std::invalid_argument);
  CHECK_THROWS_AS(akin::clipped(model, {1, std::numeric_limits<double>::infinity()}), std::invalid_argument);
}
