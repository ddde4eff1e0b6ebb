#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include <akin/evaluation/evaluate.hpp>
#include <akin/evaluation/evaluate_lists.hpp>
#include <akin/metrics/miscalibration.hpp>
#include <akin/random.hpp>

#include "evaluation/cases.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

using list_of_user = metrics::judged_list<std::int32_t>;
using dense = akin::dense_matrix<double>;
using sparse = akin::sparse_matrix<float>;

static_assert(metrics::prepared_metric<metrics::miscalibration<sparse>, std::int32_t>);
static_assert(metrics::prepared_metric<metrics::miscalibration<dense>, std::int64_t>);
static_assert(std::is_constructible_v<metrics::miscalibration<dense>, int, const dense&>);
static_assert(!std::is_constructible_v<metrics::miscalibration<dense>, int, dense>);
static_assert(!std::is_constructible_v<metrics::miscalibration<dense>, int, const dense>);

namespace {

// Four items of the categories A; B; A and B; none.
dense small_categories() {
  dense result(4, 2);
  result << 1, 0, 0, 3, 2, 2, 0, 0;
  return result;
}

// Steck's formula, category by category, in full matrices.
double reference(const Eigen::MatrixXd& categories, const std::vector<int>& had, const std::vector<int>& shown) {
  const auto mixture = [&](const std::vector<int>& items, bool& known) {
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(categories.cols());
    double count = 0;
    for (const int item : items) {
      const double weight = categories.row(item).sum();
      if (weight == 0) continue;
      sum += categories.row(item).transpose() / weight;
      count += 1;
    }
    known = count > 0;
    if (known) sum /= count;
    return sum;
  };
  bool known = false, described = false;
  const Eigen::VectorXd p = mixture(had, known), q = mixture(shown, described);
  if (!known) return 0;
  const double alpha = 0.01;
  double sum = 0;
  for (Eigen::Index g = 0; g < p.size(); ++g)
    if (p[g] > 0) sum += p[g] * std::log(p[g] / ((1 - alpha) * q[g] + alpha * p[g]));
  return sum;
}

// Items x categories: some items without any, few or many categories an item.
template <class Scalar, class Index>
akin::sparse_matrix<Scalar, Index> draw_categories(std::uint64_t seed, int items, int count, double density) {
  const akin::random_stream random(seed, 5);
  std::vector<Eigen::Triplet<Scalar, Index>> cells;
  for (int item = 0; item < items; ++item)
    for (int category = 0; category < count; ++category) {
      const auto cell = static_cast<std::uint64_t>(item * count + category);
      if (item % 7 != 3 && random.uniform(cell) < density)
        cells.emplace_back(static_cast<Index>(item), static_cast<Index>(category),
                           static_cast<Scalar>(akin::random_stream(seed, 6).below(cell, 4)));
    }
  return matrix_of<Scalar, Index>(items, count, cells);
}

template <class Index>
void check_against_formula(std::uint64_t seed, int count, double density) {
  CAPTURE(seed, count, density);
  const int users = 30, items = 50;
  const akin::sparse_matrix<float, Index> train(draw_case(seed, users, items).train);
  const auto categories = draw_categories<float, Index>(seed, items, count, density);
  const Eigen::MatrixXd full = Eigen::MatrixXf(categories).cast<double>();
  const metrics::list_context<Index> context{.users = users, .items = items, .train = train};
  const auto prepared = metrics::miscalibration{8, categories}.prepare(context);
  const auto of_dense = metrics::miscalibration{8, full}.prepare(context);
  for (int user = 0; user < users; ++user) {
    CAPTURE(user);
    std::vector<int> had, shown;
    for (const Index item : akin::sparsity_view<Index>(train).row(user)) had.push_back(static_cast<int>(item));
    std::vector<Index> ranked;
    for (int rank = 0; rank < user % 13; ++rank) {
      const int item = (user * 11 + rank * 3) % items;
      ranked.push_back(static_cast<Index>(item));
      if (rank < 8) shown.push_back(item);
    }
    const metrics::judged_list<Index> list{user, ranked, {}, {}};
    const double value = prepared(list);
    CHECK(std::abs(value - reference(full, had, shown)) < 1e-12);
    CHECK(value >= 0);
    CHECK(value <= std::log(100.0) + 1e-12);
    CHECK(of_dense(list) == value);
  }
}

}  // namespace

TEST_CASE("miscalibration of mixtures that are worked out by hand") {
  // User 0 has A and B, user 1 has A, user 2 the item without categories, user 3 nothing, user 4 A, B and none.
  const std::vector<std::int32_t> offsets = {0, 2, 3, 4, 4, 7}, columns = {0, 1, 0, 3, 0, 1, 3};
  const metrics::list_context<std::int32_t> context{
      .users = 5, .items = 4, .train = {5, 4, offsets.data(), columns.data()}};
  const dense categories = small_categories();
  const auto at = [&](int k, std::int64_t user, const std::vector<std::int32_t>& ranked) {
    return metrics::miscalibration{k, categories}.prepare(context)(list_of_user{user, ranked, {}, {}});
  };
  const double half_missing = 0.5 * std::log(0.5 / 0.995) + 0.5 * std::log(0.5 / 0.005);
  CHECK(at(1, 0, {2}) == Approx(0).margin(1e-15));     // A and B half and half
  CHECK(at(2, 0, {1, 0}) == Approx(0).margin(1e-15));  // one of each
  CHECK(at(1, 0, {0, 1}) == Approx(half_missing));     // A only
  CHECK(at(2, 0, {0, 3}) == Approx(half_missing));     // what has no category does not count
  CHECK(at(3, 0, {0, 2}) ==
        Approx(0.5 * std::log(0.5 / (0.99 * 0.75 + 0.005)) + 0.5 * std::log(0.5 / (0.99 * 0.25 + 0.005))));
  CHECK(at(1, 1, {2}) == Approx(std::log(1 / (0.99 * 0.5 + 0.01))));
  CHECK(at(1, 1, {1}) == Approx(std::log(100.0)));  // nothing of what the user has
  CHECK(at(2, 4, {1, 0}) == Approx(0).margin(1e-15));
}

TEST_CASE("miscalibration where no category is known") {
  const std::vector<std::int32_t> offsets = {0, 1, 2, 2}, columns = {0, 3};
  const metrics::list_context<std::int32_t> context{
      .users = 3, .items = 4, .train = {3, 4, offsets.data(), columns.data()}};
  const dense categories = small_categories();
  const auto prepared = metrics::miscalibration{2, categories}.prepare(context);
  const std::vector<std::int32_t> ranked = {1, 2}, without = {3};
  CHECK(prepared(list_of_user{0, {}, {}, {}}) == Approx(std::log(100.0)));
  CHECK(prepared(list_of_user{0, without, {}, {}}) == Approx(std::log(100.0)));
  CHECK(prepared(list_of_user{1, ranked, {}, {}}) == 0);
  CHECK(prepared(list_of_user{2, ranked, {}, {}}) == 0);
  CHECK(prepared(list_of_user{2, {}, {}, {}}) == 0);

  const metrics::list_context<std::int32_t> untrained{.users = 3, .items = 4, .train = {}}, empty{};
  CHECK(metrics::miscalibration{2, categories}.prepare(untrained)(list_of_user{0, ranked, {}, {}}) == 0);
  const dense nothing(0, 0), no_columns(4, 0);
  CHECK(metrics::miscalibration{2, nothing}.prepare(empty)(list_of_user{}) == 0);
  CHECK(metrics::miscalibration{2, no_columns}.prepare(context)(list_of_user{0, ranked, {}, {}}) == 0);
  const dense of_one = dense::Ones(1, 1);
  const std::vector<std::int32_t> one_offset = {0, 1}, zero = {0};
  const metrics::list_context<std::int32_t> one{
      .users = 1, .items = 1, .train = {1, 1, one_offset.data(), zero.data()}};
  CHECK(metrics::miscalibration{2, of_one}.prepare(one)(list_of_user{0, zero, {}, {}}) == 0);
}

TEST_CASE("miscalibration agrees with Steck's formula for few categories and for many") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    check_against_formula<std::int32_t>(seed, 1, 1);
    check_against_formula<std::int32_t>(seed, 6, 0.4);
    check_against_formula<std::int32_t>(seed, 2000, 0.004);
    check_against_formula<std::int64_t>(seed, 6, 0.4);
    check_against_formula<std::int64_t>(seed, 2000, 0.004);
  }
}

TEST_CASE("miscalibration refuses what are no categories") {
  const metrics::list_context<std::int32_t> context{.users = 3, .items = 4, .train = {}};
  const auto refused = [&](const auto& categories, const char* sentence) {
    CHECK_THROWS_WITH((metrics::miscalibration{2, categories}.prepare(context)), sentence);
  };
  dense categories = small_categories();
  CHECK_THROWS_WITH((metrics::miscalibration{0, categories}.prepare(context)),
                    "metrics::miscalibration: k must be positive, got 0");
  categories(2, 1) = -1;
  refused(categories, "metrics::miscalibration: values must not be negative, got -1 in row 2, column 1");
  categories(2, 1) = std::numeric_limits<double>::infinity();
  refused(categories, "metrics::miscalibration: values must be finite, got inf in row 2, column 1");
  categories(2, 1) = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS((metrics::miscalibration{2, categories}.prepare(context)), std::invalid_argument);
  categories(2, 0) = categories(2, 1) = std::numeric_limits<double>::max();
  refused(categories, "metrics::miscalibration: values must have a finite sum, got inf in row 2");
  refused(dense(dense::Ones(3, 2)),
          "metrics::miscalibration: categories must have one row for each item of the catalogue, 4, got 3");
  refused(matrix_of<float>(5, 1, {}),
          "metrics::miscalibration: categories must have one row for each item of the catalogue, 4, got 5");
  refused(matrix_of<float>(4, 3, {{1, 2, -0.5f}}),
          "metrics::miscalibration: values must not be negative, got -0.5 in row 1, column 2");
  refused(matrix_of<float>(4, 3, {{1, 2, std::numeric_limits<float>::infinity()}}),
          "metrics::miscalibration: values must be finite, got inf in row 1, column 2");
  sparse loose(4, 3);
  loose.insert(1, 2) = 1;
  loose.uncompress();
  refused(loose, "metrics::miscalibration: the sparse matrix must be compressed, call makeCompressed() first");
}

TEST_CASE("miscalibration takes dense matrices by column, of integers, and maps") {
  const Eigen::MatrixXi by_column = small_categories().cast<int>();
  const sparse by_row = small_categories().cast<float>().sparseView();
  const Eigen::Map<const sparse> map(by_row.rows(), by_row.cols(), by_row.nonZeros(), by_row.outerIndexPtr(),
                                     by_row.innerIndexPtr(), by_row.valuePtr());
  const std::vector<std::int32_t> offsets = {0, 2}, columns = {0, 1}, ranked = {0, 2};
  const metrics::list_context<std::int32_t> context{
      .users = 1, .items = 4, .train = {1, 4, offsets.data(), columns.data()}};
  const list_of_user list{0, ranked, {}, {}};
  const double value = metrics::miscalibration{2, by_row}.prepare(context)(list);
  CHECK(value > 0);
  CHECK(metrics::miscalibration{2, by_column}.prepare(context)(list) == value);
  CHECK(metrics::miscalibration{2, map}.prepare(context)(list) == value);
}

TEST_CASE("miscalibration in evaluate is the same for 1, 2, 3 threads") {
  const auto data = draw_case(29, 400, 60);
  const auto few = draw_categories<float, std::int32_t>(29, 60, 5, 0.5),
             many = draw_categories<float, std::int32_t>(29, 60, 3000, 0.002);
  const auto run = [&](int threads) {
    return akin::evaluate(execution::par.threads(threads), data.model, data.train, data.test,
                          metrics::miscalibration{10, few}, metrics::miscalibration{10, many});
  };
  const auto [a, b] = run(1);
  CHECK(a.mean > 0);
  CHECK(b.mean > a.mean);
  for (const int threads : {2, 3}) {
    CAPTURE(threads);
    const auto [c, d] = run(threads);
    CHECK((c.mean == a.mean && c.standard_error == a.standard_error));
    CHECK((d.mean == b.mean && d.standard_error == b.standard_error));
  }
}

TEST_CASE("miscalibration of what users had is 0, and more the fewer of their categories are shown") {
  const auto data = draw_case(31, 200, 40);
  const auto categories = draw_categories<float, std::int32_t>(31, 40, 5, 0.5);
  Eigen::Matrix<std::int32_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> lists(200, 40);
  lists.setConstant(-1);
  const akin::sparsity_view<std::int32_t> train(data.train);
  for (int user = 0; user < 200; ++user)
    std::copy(train.row(user).begin(), train.row(user).end(), lists.row(user).data());
  const auto [all, one] =
      akin::evaluate_lists(execution::seq, lists, data.train, data.test, {.exclude_seen = false},
                           metrics::miscalibration{40, categories}, metrics::miscalibration{1, categories});
  CHECK(all.count > 100);
  CHECK(all.mean == Approx(0).margin(1e-14));
  CHECK(one.mean > 0.1);
  const auto [untrained] =
      akin::evaluate_lists(execution::seq, lists, data.test, metrics::miscalibration{40, categories});
  CHECK(untrained.mean == 0);
}
