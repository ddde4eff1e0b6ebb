#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include <akin/retrieval/explain.hpp>

#include "retrieval/shop_model.hpp"
#include "support/catch.hpp"
#include "support/random_data.hpp"

using Catch::Matchers::Message;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

template <class Model, class Matrix>
auto reasons(const Model& model, const Matrix& x, int user, int item, int k = 10) {
  std::vector<std::pair<int, double>> result;
  for (const auto& reason : akin::explain(model, x, user, item, {.k = k}))
    result.emplace_back(static_cast<int>(reason.item), static_cast<double>(reason.contribution));
  return result;
}

using list = std::vector<std::pair<int, double>>;

// What each of six items adds to item 5 by one unit.
shop_model<float> small_model() {
  akin::dense_matrix<float> similarities = akin::dense_matrix<float>::Zero(6, 6);
  similarities.col(5) << 2, 1, 0, -1, 1, 9;
  return {{akin::dense_matrix<float>::Zero(3, 6)}, similarities};
}

// User 0 has all items but 5, item 4 with weight 2; user 1 has none.
akin::sparse_matrix<float> small_history() {
  return matrix_of<float>(3, 6, {{0, 0, 1}, {0, 1, 2}, {0, 2, 1}, {0, 3, 1}, {0, 4, 2}, {2, 5, 1}});
}

}  // namespace

TEST_CASE("reasons by hand: the strongest first, ties by id, reasons against at the end, none that adds nothing") {
  CHECK(reasons(small_model(), small_history(), 0, 5) == list{{0, 2}, {1, 2}, {4, 2}, {3, -1}});
  CHECK(reasons(small_model(), small_history(), 0, 5, 2) == list{{0, 2}, {1, 2}});
  CHECK(reasons(small_model(), small_history(), 0, 5, 1) == list{{0, 2}});
  CHECK(reasons(small_model(), small_history(), 0, 4).empty());
  CHECK(reasons(small_model(), small_history(), 1, 5).empty());
  CHECK(reasons(small_model(), small_history(), 2, 5) == list{{5, 9}});
}

TEST_CASE("ten reasons are given where no number is asked for") {
  const shop_model<double, std::int64_t> model{{akin::dense_matrix<double>::Zero(1, 20)},
                                               akin::dense_matrix<double>::Ones(20, 20)};
  const auto x = akin_test::random_sparse<double, std::int64_t>(1, 20, 1, 80);
  const auto all = akin::explain(model, x, 0, 3, {.k = 100}), ten = akin::explain(model, x, 0, 3);
  REQUIRE(all.size() == 20);
  REQUIRE(ten.size() == 10);
  for (std::size_t i = 0; i < 10; ++i) CHECK(ten[i].item == all[i].item);
  for (std::size_t i = 1; i < 20; ++i) CHECK(all[i - 1].contribution >= all[i].contribution);
}

TEST_CASE("a map of a history explains as the history does") {
  const auto x = small_history();
  const Eigen::Map<const akin::sparse_matrix<float>> map(3, 6, x.nonZeros(), x.outerIndexPtr(), x.innerIndexPtr(),
                                                         x.valuePtr());
  CHECK(reasons(small_model(), map, 0, 5) == reasons(small_model(), x, 0, 5));
}

TEST_CASE("a contribution that is not a number is no reason") {
  auto model = small_model();
  model.similarities.col(5) << 1, not_a_number, 3, not_a_number, -infinity, 0;
  CHECK(reasons(model, small_history(), 0, 5) == list{{2, 3}, {0, 1}, {4, -static_cast<double>(infinity)}});
}

TEST_CASE("what cannot be explained is refused in a sentence") {
  const auto model = small_model();
  const auto x = small_history();
  const auto refuses = [](const auto& m, const auto& history, int user, int item, int k, const std::string& message) {
    CHECK_THROWS_MATCHES(akin::explain(m, history, user, item, {.k = k}), std::invalid_argument, Message(message));
  };
  refuses(model, x, 3, 5, 1, "explain: user must be an id below 3, got 3");
  refuses(model, x, -1, 5, 1, "explain: user must be an id below 3, got -1");
  refuses(model, x, 0, 6, 1, "explain: item must be an id below 6, got 6");
  refuses(model, x, 0, 5, 0, "explain: k must be positive, got 0");
  refuses(model, matrix_of<float>(3, 5, {}), 0, 5, 1,
          "explain: user_items must have a column for each of the 6 items, got 5");
  auto loose = x;
  loose.uncompress();
  refuses(model, loose, 0, 5, 1, "explain: the sparse matrix must be compressed, call makeCompressed() first");
  refuses(model, matrix_of<float>(3, 6, {{0, 1, not_a_number}}), 0, 5, 1,
          "explain: each value of user_items must be finite, got nan");
  const int offsets[] = {0, 1, 1, 1}, columns[] = {6};
  const float values[] = {1};
  const Eigen::Map<const akin::sparse_matrix<float>> outside(3, 6, 1, offsets, columns, values);
  refuses(model, outside, 0, 5, 1, "explain: each column of user_items must be an id below 6, got 6");
  CHECK_THROWS_AS(akin::explain(shop_model<float>{}, x, 0, 5), akin::not_fitted);
}
