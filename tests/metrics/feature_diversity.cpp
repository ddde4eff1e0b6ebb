#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include <akin/evaluation/evaluate.hpp>
#include <akin/evaluation/evaluate_lists.hpp>
#include <akin/matrix.hpp>
#include <akin/metrics/diversity.hpp>
#include <akin/metrics/feature_diversity.hpp>
#include <akin/random.hpp>

#include "evaluation/cases.hpp"
#include "support/catch.hpp"

namespace execution = akin::execution;
namespace metrics = akin::metrics;

namespace {

using column_major = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic>;

/// Values of both signs, many zeros, every seventh item without features.
template <class Scalar>
akin::dense_matrix<Scalar> draw_features(std::uint64_t seed, int items, int columns) {
  const akin::random_stream random(seed, 3);
  akin::dense_matrix<Scalar> result = akin::dense_matrix<Scalar>::Zero(items, columns);
  for (int i = 0; i < items; ++i)
    for (int c = 0; c < columns; ++c) {
      const double x = random.uniform(static_cast<std::uint64_t>(i * columns + c));
      if (i % 7 != 0 && x < 0.6) result(i, c) = static_cast<Scalar>(3 * x - 0.5);
    }
  return result;
}

template <class Index, class Scalar>
akin::sparse_matrix<Scalar, Index> sparse(const akin::dense_matrix<Scalar>& features) {
  akin::sparse_matrix<Scalar, Index> result(features.rows(), features.cols());
  std::vector<Eigen::Triplet<Scalar, Index>> cells;
  for (Eigen::Index i = 0; i < features.rows(); ++i)
    for (Eigen::Index c = 0; c < features.cols(); ++c)
      if (features(i, c) != 0) cells.emplace_back(static_cast<Index>(i), static_cast<Index>(c), features(i, c));
  result.setFromTriplets(cells.begin(), cells.end());
  return result;
}

template <class Scalar, class Index>
double obvious(const akin::dense_matrix<Scalar>& features, const std::vector<Index>& list) {
  double sum = 0, pairs = 0;
  for (std::size_t i = 0; i < list.size(); ++i)
    for (std::size_t j = i + 1; j < list.size(); ++j) {
      const Eigen::VectorXd a = features.row(list[i]).transpose().template cast<double>();
      const Eigen::VectorXd b = features.row(list[j]).transpose().template cast<double>();
      const double norms = a.norm() * b.norm();
      sum += 1 - (norms > 0 ? a.dot(b) / norms : 0);
      ++pairs;
    }
  return pairs > 0 ? sum / pairs : 0;
}

template <class Metric, class Index>
double judge(const Metric& metric, std::int64_t items, const std::vector<Index>& ranked) {
  const metrics::list_context<Index> context{.users = 1, .items = items, .train = {}};
  return metric.prepare(context)(metrics::judged_list<Index>{0, ranked, {}, {}});
}

template <class Scalar, class Index>
void check_random() {
  for (std::uint64_t seed = 1; seed <= 6; ++seed)
    for (const int columns : {1, 5, 64, 150}) {
      const int items = 40;
      const auto features = draw_features<Scalar>(seed, items, columns);
      const auto narrow = sparse<std::int32_t>(features);
      const auto wide = sparse<std::int64_t>(features);
      std::vector<Index> list;
      for (int i = 0; i < items; ++i) list.push_back(static_cast<Index>((i * 11 + 5) % items));
      for (const int k : {1, 2, 9, 40, 100}) {
        CAPTURE(seed, columns, k, sizeof(Scalar), sizeof(Index));
        const std::vector<Index> first(list.begin(), list.begin() + std::min(k, items));
        const double expected = obvious(features, first);
        CHECK(std::abs(judge(metrics::feature_diversity{k, features}, items, list) - expected) < 1e-13);
        CHECK(std::abs(judge(metrics::feature_diversity{k, narrow}, items, list) - expected) < 1e-13);
        CHECK(std::abs(judge(metrics::feature_diversity{k, wide}, items, list) - expected) < 1e-13);
      }
    }
}

template <class Features>
void check_by_hand(const Features& features) {
  // Rows (1 0) (3 0) (0 2) (1 1) (0 0) (-5 0).
  const auto at = [&](int k, const std::vector<std::int32_t>& ranked) {
    return judge(metrics::feature_diversity{k, features}, 6, ranked);
  };
  const double half = 1 / std::sqrt(2.0);
  CHECK(at(2, {0, 1}) == Approx(0).margin(1e-15));
  CHECK(at(2, {0, 2}) == Approx(1));
  CHECK(at(2, {0, 3}) == Approx(1 - half));
  CHECK(at(2, {0, 4}) == Approx(1));
  CHECK(at(2, {4, 3}) == Approx(1));
  CHECK(at(2, {1, 5}) == Approx(2));
  CHECK(at(3, {0, 2, 3, 1}) == Approx(1 - 2 * half / 3));
  CHECK(at(3, {0, 1, 5}) == Approx(1 + 1.0 / 3));
  CHECK(at(9, {3, 4, 0, 2}) == Approx(1 - 2 * half / 6));
  CHECK(at(1, {0, 2}) == 0);
  CHECK(at(5, {0}) == 0);
  CHECK(at(5, {}) == 0);
}

akin::dense_matrix<float> six_items() {
  akin::dense_matrix<float> features(6, 2);
  features << 1, 0, 3, 0, 0, 2, 1, 1, 0, 0, -5, 0;
  return features;
}

}  // namespace

TEST_CASE("feature_diversity is the mean over pairs of 1 - cosine of the items' features") {
  const auto features = six_items();
  check_by_hand(features);
  check_by_hand(column_major(features));
  const Eigen::Map<const akin::dense_matrix<float>> mapped(features.data(), 6, 2);
  check_by_hand(mapped);
  check_by_hand(sparse<std::int32_t>(features));
  check_by_hand(sparse<std::int64_t>(features));
}

TEST_CASE("feature_diversity agrees with all pairs in double") {
  check_random<float, std::int32_t>();
  check_random<float, std::int64_t>();
  check_random<double, std::int32_t>();
  check_random<double, std::int64_t>();
}

TEST_CASE("feature_diversity takes any number of columns") {
  constexpr int columns = 90;
  const std::int64_t apart = (std::int64_t{1} << 40) / columns;
  const auto features = draw_features<double>(9, 30, columns);
  akin::sparse_matrix<double, std::int64_t> far(30, columns * apart);
  far.reserve(Eigen::VectorXi::Constant(30, columns));
  for (int i = 0; i < 30; ++i)
    for (int c = 0; c < columns; ++c)
      if (features(i, c) != 0) far.insert(i, c * apart + c % 7) = features(i, c);
  far.makeCompressed();
  std::vector<std::int32_t> list;
  for (std::int32_t i = 0; i < 30; ++i) list.push_back(i);
  for (const int k : {2, 10, 30}) {
    CAPTURE(k);
    const std::vector<std::int32_t> first(list.begin(), list.begin() + k);
    CHECK(std::abs(judge(metrics::feature_diversity{k, far}, 30, list) - obvious(features, first)) < 1e-13);
  }
}

TEST_CASE("feature_diversity of the users who have an item is diversity") {
  const auto data = draw_case(3, 80, 25);
  const akin::sparse_matrix<float> audiences = data.train.transpose();
  const metrics::list_context<std::int32_t> context{.users = 80, .items = 25, .train = data.train};
  const std::vector<std::int32_t> ranked = {7, 3, 24, 0, 11, 5};
  const metrics::judged_list<std::int32_t> list{0, ranked, {}, {}};
  CHECK(metrics::feature_diversity{6, audiences}.prepare(context)(list) ==
        Approx(metrics::diversity{6}.prepare(context)(list)).epsilon(1e-13));
}

TEST_CASE("feature_diversity takes features of any finite size") {
  akin::dense_matrix<double> huge(3, 2), tiny(3, 2);
  const double most = std::numeric_limits<double>::max(), least = std::numeric_limits<double>::denorm_min();
  huge << most, 0, most, most, most / 2, most / 2;
  tiny << least, 0, least, least, 4 * least, 4 * least;
  const std::vector<std::int32_t> ranked = {0, 1, 2};
  const double expected = 1 - (2 / std::sqrt(2.0) + 1) / 3;
  CHECK(judge(metrics::feature_diversity{3, huge}, 3, ranked) == Approx(expected));
  CHECK(judge(metrics::feature_diversity{3, tiny}, 3, ranked) == Approx(expected));
  const auto sparse_huge = sparse<std::int32_t>(huge);
  CHECK(judge(metrics::feature_diversity{3, sparse_huge}, 3, ranked) == Approx(expected));
}

TEST_CASE("feature_diversity of degenerate data") {
  const std::vector<std::int32_t> nothing, pair = {1, 0};
  const akin::dense_matrix<float> no_items(0, 4), no_columns(2, 0);
  const akin::sparse_matrix<float> no_sparse_items(0, 4), no_cells(2, 4);
  CHECK(judge(metrics::feature_diversity{5, no_items}, 0, nothing) == 0);
  CHECK(judge(metrics::feature_diversity{5, no_sparse_items}, 0, nothing) == 0);
  CHECK(judge(metrics::feature_diversity{5, no_columns}, 2, pair) == 1);
  CHECK(judge(metrics::feature_diversity{5, no_cells}, 2, pair) == 1);

  // Equal rows are never further apart than not at all, whatever is rounded.
  const akin::dense_matrix<float> equal = akin::dense_matrix<float>::Constant(30, 7, 0.1f);
  std::vector<std::int32_t> all;
  for (std::int32_t i = 0; i < 30; ++i) all.push_back(i);
  const double apart = judge(metrics::feature_diversity{30, equal}, 30, all);
  CHECK(apart >= 0);
  CHECK(apart < 1e-14);
}

TEST_CASE("feature_diversity refuses what is not the features of the catalogue") {
  const metrics::list_context<std::int32_t> context{.users = 1, .items = 7, .train = {}};
  auto features = six_items();
  CHECK_THROWS_WITH((metrics::feature_diversity{3, features}.prepare(context)),
                    "metrics::feature_diversity: features must have one row for each item of the catalogue, 7, got 6");
  CHECK_THROWS_WITH((metrics::feature_diversity{0, features}.prepare(context)),
                    "metrics::feature_diversity: k must be positive, got 0");

  const metrics::list_context<std::int32_t> six{.users = 1, .items = 6, .train = {}};
  features(3, 1) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH((metrics::feature_diversity{3, features}.prepare(six)),
                    "metrics::feature_diversity: values must be finite, got nan in row 3, column 1");
  features(3, 1) = std::numeric_limits<float>::infinity();
  const auto infinite = sparse<std::int32_t>(features);
  CHECK_THROWS_WITH((metrics::feature_diversity{3, infinite}.prepare(six)),
                    "metrics::feature_diversity: values must be finite, got inf in row 3, column 1");
  auto loose = sparse<std::int32_t>(six_items());
  loose.uncompress();
  CHECK_THROWS_WITH((metrics::feature_diversity{3, loose}.prepare(six)),
                    Catch::Contains("metrics::feature_diversity: the sparse matrix must be compressed"));
}

TEST_CASE("feature_diversity refers to features that have a name") {
  using dense = akin::dense_matrix<float>;
  using metric = metrics::feature_diversity<dense>;
  CHECK(std::is_constructible_v<metric, int, dense&>);
  CHECK(std::is_constructible_v<metric, int, const dense&>);
  CHECK(!std::is_constructible_v<metric, int, dense>);
  CHECK(!std::is_constructible_v<metric, int, const dense>);
  CHECK(metrics::prepared_metric<metric, std::int32_t>);
  CHECK(metrics::prepared_metric<metric, std::int64_t>);
}

TEST_CASE("feature_diversity in evaluate is the same for 1, 2, 3 threads") {
  const auto data = draw_case(41, 400, 60);
  const auto features = draw_features<float>(41, 60, 70);
  const auto cells = sparse<std::int32_t>(features);
  const auto run = [&](int threads) {
    return akin::evaluate(execution::par.threads(threads), data.model, data.train, data.test,
                          metrics::feature_diversity{10, features}, metrics::feature_diversity{10, cells});
  };
  const auto one = run(1);
  CHECK(one[0].mean > 0);
  CHECK(one[0].mean < 1);
  CHECK(one[0].mean == Approx(one[1].mean).epsilon(1e-13));
  for (const int threads : {2, 3}) {
    CAPTURE(threads);
    const auto more = run(threads);
    for (const std::size_t i : {0u, 1u}) {
      CHECK(more[i].mean == one[i].mean);
      CHECK(more[i].standard_error == one[i].standard_error);
    }
  }
}

TEST_CASE("feature_diversity in evaluate_lists needs no train") {
  const auto features = six_items();
  const Eigen::Matrix<int, 2, 3, Eigen::RowMajor> lists{{0, 2, 1}, {1, 5, -1}};
  const auto relevant = matrix_of<float>(2, 6, {{0, 0, 1}, {1, 3, 1}});
  const auto [result] = akin::evaluate_lists(execution::seq, lists, relevant, metrics::feature_diversity{2, features});
  CHECK(result.mean == Approx(1.5));
}
