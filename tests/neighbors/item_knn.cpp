#include <cmath>
#include <vector>

#include <Eigen/Dense>

#include <akin/data/synthetic.hpp>
#include <akin/neighbors/item_knn.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/similar_items.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"

using akin_test::matrix_of;
namespace execution = akin::execution;

TEMPLATE_TEST_CASE("item_knn keeps the promises of every model", "", akin::item_knn<float>, akin::item_knn<double>,
                   (akin::item_knn<float, std::int64_t>)) {
  akin_test::check_model([] { return TestType({.neighbors = 7}); });
}

namespace {

using model_type = akin::item_knn<float>;

/// Rows: users, columns: items a b c d.
akin::sparse_matrix<float> four_by_four() {
  return matrix_of<model_type>(
      4, 4, {{0, 0, 5}, {0, 1, 3}, {1, 0, 4}, {1, 1, 2}, {1, 2, 4}, {2, 1, 1}, {2, 2, 5}, {3, 3, 2}});
}

}  // namespace

TEST_CASE("item_knn has the cosines by hand") {
  model_type model({.neighbors = 2});
  model.fit(four_by_four());
  const akin::sparse_matrix<float> s = model.similarities();
  CHECK(s.coeff(0, 1) == Approx((5 * 3 + 4 * 2) / (std::sqrt(41.0) * std::sqrt(14.0))));
  CHECK(s.coeff(0, 2) == Approx(4 * 4 / (std::sqrt(41.0) * std::sqrt(41.0))));
  CHECK(s.coeff(0, 0) == 0);
  CHECK(s.row(3).nonZeros() == 0);
}

TEST_CASE("item_knn recommends what is supported and explains it") {
  model_type model({.neighbors = 2});
  const auto x = four_by_four();
  model.fit(execution::par, x);
  const auto lists = akin::recommend(execution::par, model, {.k = 2, .exclude = x});
  CHECK(std::ranges::equal(lists.items(0), std::vector{2}));
  CHECK(lists.items(3).empty());

  const auto reasons = akin::explain(model, x, 0, 2, {.k = 3});
  REQUIRE(reasons.size() == 2);
  CHECK(reasons[0].contribution + reasons[1].contribution == Approx(model.score(0, 2)));
  CHECK(reasons[0].item == 0);  // 5 * 16/41 against 3 * 13 / sqrt(14 * 41)

  const std::int32_t items[] = {0, 3};
  const auto similar = akin::similar_items(execution::seq, model, items, {.k = 2});
  CHECK(std::ranges::equal(similar.items(0), std::vector{1, 2}));
  CHECK(similar.items(1).empty());
}

TEST_CASE("item_knn keeps the k largest cosines of a dense reference") {
  const std::uint64_t seed = 21;
  CAPTURE(seed);
  const auto clicks =
      akin::synthetic::power_law_clicks<double>({.users = 150, .items = 60, .interactions = 2000, .seed = seed});
  const Eigen::MatrixXd dense = Eigen::MatrixXd(clicks);
  const Eigen::VectorXd norms = dense.colwise().norm();
  akin::item_knn<double> model({.neighbors = 5});
  model.fit(execution::par.threads(2), clicks);
  const auto s = model.similarities();
  for (Eigen::Index i = 0; i < 60; ++i) {
    std::vector<double> cosines;
    for (Eigen::Index j = 0; j < 60; ++j)
      if (j != i && norms[i] * norms[j] > 0) cosines.push_back(dense.col(i).dot(dense.col(j)) / (norms[i] * norms[j]));
    std::ranges::sort(cosines, std::greater{});
    std::vector<double> kept;
    for (Eigen::Index j = 0; j < 60; ++j) {
      if (const double stored = s.coeff(i, j); stored != 0) {
        kept.push_back(stored);
        CHECK(stored == Approx(dense.col(i).dot(dense.col(j)) / (norms[i] * norms[j])));
      }
    }
    std::ranges::sort(kept, std::greater{});
    REQUIRE(kept.size() <= 5);
    for (std::size_t n = 0; n < kept.size(); ++n) CHECK(kept[n] == Approx(cosines[n]));
    if (kept.size() < 5) CHECK(cosines[kept.size()] == 0);
  }
}

TEST_CASE("item_knn takes a matrix that is moved in without a copy") {
  auto x = four_by_four();
  const float* const values = x.valuePtr();
  model_type copied, moved;
  copied.fit(execution::seq, x);
  moved.fit(execution::seq, std::move(x));
  CHECK(moved.histories().valuePtr() == values);
  CHECK(akin_test::bytes_of(moved) == akin_test::bytes_of(copied));
}

TEST_CASE("item_knn knows users and items with evidence") {
  model_type model;
  model.fit(matrix_of<model_type>(3, 3, {{0, 0, 1}, {0, 1, 1}}));
  CHECK(model.knows_user(0));
  CHECK_FALSE(model.knows_user(1));
  CHECK(model.knows_item(1));
  CHECK_FALSE(model.knows_item(2));
}

TEST_CASE("item_knn refuses options without a meaning") {
  CHECK_THROWS_WITH(model_type({.neighbors = 0}), "item_knn: neighbors must be positive, got 0");
  CHECK_THROWS_WITH(model_type({.similarity = static_cast<akin::similarity>(99)}), contains("similarity"));
}
