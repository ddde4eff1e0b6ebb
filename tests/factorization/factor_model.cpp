#include <limits>
#include <numeric>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/factorization/factor_model.hpp>
#include <akin/retrieval/recommend.hpp>
#include <akin/retrieval/similar_items.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/reference.hpp"

namespace execution = akin::execution;
using akin_test::bytes_of;

namespace {

template <class Scalar>
akin::dense_matrix<Scalar> factors(int rows, int cols, std::uint64_t seed) {
  return akin::synthetic::gaussian<Scalar>(rows, cols, {.seed = seed});
}

}  // namespace

TEMPLATE_TEST_CASE("factor_model ranks by inner products", "", akin::factor_model<float>, akin::factor_model<double>,
                   (akin::factor_model<float, std::int64_t>)) {
  using scalar = typename TestType::scalar_type;
  using index = typename TestType::index_type;
  const int cols = GENERATE(1, 7, 33);
  const auto x = factors<scalar>(20, cols, 1), y = factors<scalar>(50, cols, 2);
  const TestType model(x, y);
  CHECK(model.users() == 20);
  CHECK(model.items() == 50);
  CHECK(akin_test::same(model.user_factors(), x));
  CHECK(akin_test::same(model.item_factors(), y));
  const Eigen::MatrixXd exact = akin_test::product_transposed(x, y);
  const auto lists = akin::recommend(execution::par, model, {.k = 50});
  for (index u = 0; u < 20; ++u) {
    const auto list = static_cast<std::size_t>(u);
    REQUIRE(lists.items(list).size() == 50);
    std::vector<scalar> all(50);
    model.score_all(u, std::span(all));
    for (std::size_t i = 0; i < 50; ++i) {
      const index item = lists.items(list)[i];
      CHECK(lists.scores(list)[i] == model.score(u, item));
      CHECK(all[static_cast<std::size_t>(item)] == model.score(u, item));
      CHECK(std::abs(static_cast<double>(model.score(u, item)) - exact(u, item)) < 1e-4);
      if (i > 0) CHECK(lists.scores(list)[i - 1] >= lists.scores(list)[i]);
    }
  }
  CHECK_FALSE(model.knows_user(index{-1}));
  CHECK_FALSE(model.knows_item(index{50}));
}

TEST_CASE("factor_model takes expressions and other layouts, and moves a dense_matrix in without a copy") {
  const auto x = factors<float>(4, 3, 1), y = factors<float>(6, 3, 2);
  const akin::factor_model<float> plain(x, y);
  const Eigen::MatrixXf column_major = x;
  CHECK(bytes_of(akin::factor_model<float>(column_major, y)) == bytes_of(plain));
  const Eigen::Map<const akin::dense_matrix<float>> map(y.data(), 6, 3);
  CHECK(bytes_of(akin::factor_model<float>(x, map)) == bytes_of(plain));
  CHECK(akin::factor_model<float>(2 * x, y.topRows(2)).score(1, 1) == 2 * plain.score(1, 1));
  const Eigen::MatrixXd wide = x.cast<double>();
  CHECK(bytes_of(akin::factor_model<float>(wide.cast<float>(), y)) == bytes_of(plain));

  akin::dense_matrix<float> moved = x;
  const float* const elements = moved.data();
  const akin::factor_model<float> owner(std::move(moved), y);
  CHECK(owner.user_factors().data() == elements);
  CHECK(bytes_of(owner) == bytes_of(plain));
  const akin::factor_model<float> flat(akin::dense_matrix<float>::Ones(1, 4), akin::dense_matrix<float>::Ones(9, 4));
  const auto tied = akin::recommend(execution::par, flat, {.k = 3});
  CHECK(std::vector(tied.items(0).begin(), tied.items(0).end()) == std::vector{0, 1, 2});
}

TEST_CASE("factors of 0 are no evidence") {
  auto x = factors<double>(3, 4, 5), y = factors<double>(5, 4, 6);
  x.row(1).setZero();
  y.row(2).setZero();
  const akin::factor_model<double> model(x, y);
  CHECK_FALSE(model.knows_user(1));
  CHECK_FALSE(model.knows_item(2));
  const auto lists = akin::recommend(execution::seq, model, {.k = 9});
  CHECK(lists.items(0).size() == 4);
  CHECK(lists.items(1).empty());
  const std::int32_t items[] = {0};
  CHECK(akin::similar_items(execution::seq, model, items, {.k = 9}).items(0).size() == 3);
}

TEMPLATE_TEST_CASE("factor_model comes back from its file", "", akin::factor_model<double>,
                   (akin::factor_model<float, std::int64_t>)) {
  using scalar = typename TestType::scalar_type;
  const TestType model(factors<scalar>(7, 5, 3), factors<scalar>(11, 5, 4));
  const auto bytes = bytes_of(model);
  const auto again = akin::detail::read_model<TestType>(akin::detail::read_model_bytes(bytes, "memory"));
  CHECK(bytes_of(again) == bytes);
  CHECK(akin_test::same_lists(model, again, 11));

  akin::detail::model_writer writer;
  akin::detail::write_label<TestType>(writer);
  const akin::dense_matrix<scalar> three = factors<scalar>(2, 3, 1), four = factors<scalar>(2, 4, 1);
  writer.add("user_factors", akin::rows_view<const scalar>{three.data(), 2, 3});
  writer.add("item_factors", akin::rows_view<const scalar>{four.data(), 2, 4});
  std::vector<std::byte> crafted;
  writer.emit([&](std::span<const std::byte> part) { crafted.insert(crafted.end(), part.begin(), part.end()); });
  CHECK_THROWS_WITH(akin::detail::read_model<TestType>(akin::detail::read_model_bytes(crafted, "memory")),
                    contains("equally many factors"));
}

TEST_CASE("factor_model refuses what are no factors, and says when it has none") {
  using model_type = akin::factor_model<float>;
  const auto x = factors<float>(4, 3, 1), y = factors<float>(6, 3, 2);
  CHECK_THROWS_WITH(model_type(x, y.leftCols(2)),
                    "factor_model: user_factors and item_factors must have equally many columns, one at least, got 3 "
                    "and 2");
  CHECK_THROWS_WITH(model_type(x.leftCols(0), y.leftCols(0)), contains("one at least, got 0 and 0"));
  auto poisoned = y;
  poisoned(5, 1) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH(model_type(x, poisoned),
                    contains("item_factors must be finite, got") && contains("row 5, column 1"));
  poisoned(5, 1) = -std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH(model_type(poisoned, y), contains("user_factors must be finite, got -inf in row 5, column 1"));
  CHECK_THROWS_AS(akin::recommend(execution::seq, model_type(), {.k = 3}), akin::not_fitted);
  CHECK_THROWS_AS(bytes_of(model_type()), akin::not_fitted);

  model_type model(x, y);
  const model_type moved_to = std::move(model);
  CHECK(moved_to.items() == 6);
  CHECK(akin_test::all_lists_are_empty(model));
  // Users without items, and the other way round, have nothing to offer.
  CHECK(akin::recommend(execution::par, model_type(x, y.topRows(0)), {.k = 3}).items(3).empty());
  CHECK(akin::recommend(execution::par, model_type(x.topRows(0), y), {.k = 3}).size() == 0);
}
