#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <set>
#include <vector>

#include <akin/data/synthetic.hpp>

#include "support/catch.hpp"

namespace synthetic = akin::synthetic;

namespace {

using matrix = akin::sparse_matrix<float>;

bool same(const matrix& a, const matrix& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() && a.nonZeros() == b.nonZeros() &&
         std::equal(a.outerIndexPtr(), a.outerIndexPtr() + a.rows() + 1, b.outerIndexPtr()) &&
         std::equal(a.innerIndexPtr(), a.innerIndexPtr() + a.nonZeros(), b.innerIndexPtr()) &&
         std::equal(a.valuePtr(), a.valuePtr() + a.nonZeros(), b.valuePtr());
}

std::vector<int> row_sizes(const matrix& x) {
  std::vector<int> sizes;
  for (Eigen::Index row = 0; row < x.rows(); ++row)
    sizes.push_back(x.outerIndexPtr()[row + 1] - x.outerIndexPtr()[row]);
  return sizes;
}

std::vector<int> column_sizes(const matrix& x) {
  std::vector<int> sizes(static_cast<std::size_t>(x.cols()));
  for (Eigen::Index i = 0; i < x.nonZeros(); ++i) ++sizes[static_cast<std::size_t>(x.innerIndexPtr()[i])];
  return sizes;
}

double share_of_top_tenth(std::vector<int> sizes) {
  std::sort(sizes.rbegin(), sizes.rend());
  const auto tenth = static_cast<std::ptrdiff_t>(sizes.size() / 10);
  return static_cast<double>(std::accumulate(sizes.begin(), sizes.begin() + tenth, 0)) /
         std::accumulate(sizes.begin(), sizes.end(), 0);
}

void check_cells(const matrix& x) {
  bool ascending = true;
  for (Eigen::Index row = 0; row < x.rows(); ++row)
    for (auto i = x.outerIndexPtr()[row] + 1; i < x.outerIndexPtr()[row + 1]; ++i)
      ascending = ascending && x.innerIndexPtr()[i - 1] < x.innerIndexPtr()[i];
  CHECK(ascending);
  CHECK(std::all_of(x.valuePtr(), x.valuePtr() + x.nonZeros(), [](float value) { return value == 1; }));
}

}  // namespace

TEST_CASE("power_law_clicks has as many distinct clicks as asked for") {
  for (const int interactions : {0, 1, 99, 400, 9000, 100000, 119000, 119999, 120000}) {
    CAPTURE(interactions);
    const auto x =
        synthetic::power_law_clicks<float>({.users = 400, .items = 300, .interactions = interactions, .seed = 4});
    CHECK(x.rows() == 400);
    CHECK(x.cols() == 300);
    CHECK(x.nonZeros() == interactions);
    check_cells(x);
    const auto sizes = row_sizes(x);
    if (interactions >= 400) CHECK(*std::min_element(sizes.begin(), sizes.end()) >= 1);
  }
}

TEST_CASE("power_law_clicks is the seed's and nothing else's") {
  const synthetic::power_law_options options{.users = 200, .items = 150, .interactions = 3000, .seed = 8};
  auto other = options;
  other.seed = 9;
  const auto x = synthetic::power_law_clicks<float>(options);
  CHECK(same(x, synthetic::power_law_clicks<float>(options)));
  CHECK_FALSE(same(x, synthetic::power_law_clicks<float>(other)));
  CHECK(synthetic::power_law_clicks<double>(options).cast<float>().eval().isApprox(x));
}

TEST_CASE("power_law_clicks has long tails on both sides, and numbers that tell nothing") {
  const auto x = synthetic::power_law_clicks<float>({.users = 2000, .items = 1000, .interactions = 60000, .seed = 5});
  const auto users = row_sizes(x), items = column_sizes(x);
  CHECK(share_of_top_tenth(items) > 0.4);
  CHECK(share_of_top_tenth(users) > 0.2);
  const auto even = synthetic::power_law_clicks<float>(
      {.users = 2000, .items = 1000, .interactions = 60000, .seed = 5, .exponent = 0, .activity_exponent = 0});
  CHECK(share_of_top_tenth(column_sizes(even)) < 0.15);
  const auto even_users = row_sizes(even);
  CHECK(*std::min_element(even_users.begin(), even_users.end()) == 30);
  CHECK(*std::max_element(even_users.begin(), even_users.end()) == 30);
  const auto first_half = std::accumulate(items.begin(), items.begin() + 500, 0) / 60000.0;
  CHECK(first_half > 0.25);
  CHECK(first_half < 0.75);
}

TEST_CASE("in power_law_clicks items of one community go together") {
  // The share of pairs of a user's items that others have in common, against clicks without communities.
  const auto lift = [](double loyalty) {
    const auto x = synthetic::power_law_clicks<float>(
        {.users = 500, .items = 200, .interactions = 8000, .seed = 2, .activity_exponent = 0, .loyalty = loyalty});
    const Eigen::MatrixXf together = Eigen::MatrixXf(x.transpose() * x);
    const auto sizes = column_sizes(x);
    double observed = 0;
    for (int i = 0; i < 200; ++i)
      for (int j = 0; j < i; ++j) {
        const double expected = sizes[static_cast<std::size_t>(i)] * sizes[static_cast<std::size_t>(j)] / 500.0;
        if (expected > 0) observed += std::pow(together(i, j) - expected, 2) / expected;
      }
    return observed / (200 * 199 / 2);
  };
  CHECK(lift(0.6) > 1.5 * lift(0));
}

TEST_CASE("power_law_clicks with more communities than items, and with one item") {
  const auto x = synthetic::power_law_clicks<float>(
      {.users = 10, .items = 3, .interactions = 20, .seed = 1, .communities = 50, .loyalty = 1});
  CHECK(x.nonZeros() == 20);
  check_cells(x);
  CHECK(synthetic::power_law_clicks<float>({.users = 1, .items = 1, .interactions = 1}).nonZeros() == 1);
}

TEST_CASE("power_law_clicks refuses what it cannot do") {
  CHECK_THROWS_WITH(synthetic::power_law_clicks<float>({.users = 10, .items = 10, .interactions = 101}),
                    "synthetic::power_law_clicks: interactions must be at most users * items, 100, got 101");
  CHECK_THROWS_WITH(synthetic::power_law_clicks<float>({.users = 0}),
                    "synthetic::power_law_clicks: users must be positive, got 0");
  CHECK_THROWS_WITH(synthetic::power_law_clicks<float>({.items = -1}),
                    "synthetic::power_law_clicks: items must be positive, got -1");
  CHECK_THROWS_WITH(synthetic::power_law_clicks<float>({.interactions = -1}),
                    "synthetic::power_law_clicks: interactions must not be negative, got -1");
  CHECK_THROWS_WITH(synthetic::power_law_clicks<float>({.exponent = -1}),
                    "synthetic::power_law_clicks: exponent must be in [0, 10], got -1");
  CHECK_THROWS_WITH(synthetic::power_law_clicks<float>({.activity_exponent = std::nan("")}),
                    "synthetic::power_law_clicks: activity_exponent must be in [0, 10], got nan");
  CHECK_THROWS_WITH(synthetic::power_law_clicks<float>({.communities = 0}),
                    "synthetic::power_law_clicks: communities must be positive, got 0");
  CHECK_THROWS_WITH(synthetic::power_law_clicks<float>({.loyalty = 1.5}),
                    "synthetic::power_law_clicks: loyalty must be in [0, 1], got 1.5");
}

TEST_CASE("low_rank_ratings has the density, the mean, the variance and the rank that it says") {
  const auto x = synthetic::low_rank_ratings<double>(
      {.users = 600, .items = 400, .rank = 5, .density = 0.15, .noise = 0, .seed = 3});
  CHECK(std::abs(static_cast<double>(x.nonZeros()) / (600 * 400) - 0.15) < 0.002);
  const Eigen::Map<const Eigen::VectorXd> values(x.valuePtr(), x.nonZeros());
  CHECK(std::abs(values.mean()) < 0.02);
  CHECK(std::abs(values.squaredNorm() / static_cast<double>(values.size()) - 1) < 0.1);

  const Eigen::MatrixXd full =
      synthetic::low_rank_ratings<double>({.users = 12, .items = 9, .rank = 2, .density = 1, .noise = 0, .seed = 3});
  CHECK((full.array() != 0).all());
  const Eigen::MatrixXd gram = full.transpose() * full;
  double worst = 0;  // all 3 x 3 minors of a matrix of rank 2 vanish
  for (int i = 0; i + 2 < 9; ++i) {
    const Eigen::Matrix3d m = gram.block<3, 3>(i, i);
    worst = std::max(worst, std::abs(m(0, 0) * (m(1, 1) * m(2, 2) - m(1, 2) * m(2, 1)) -
                                     m(0, 1) * (m(1, 0) * m(2, 2) - m(1, 2) * m(2, 0)) +
                                     m(0, 2) * (m(1, 0) * m(2, 1) - m(1, 1) * m(2, 0))));
  }
  CHECK(worst < 1e-9);
}

TEST_CASE("the noise of low_rank_ratings has the deviation that was asked for") {
  synthetic::low_rank_options options{.users = 300, .items = 200, .rank = 3, .density = 0.5, .noise = 0, .seed = 12};
  const auto clean = synthetic::low_rank_ratings<double>(options);
  options.noise = 0.25;
  const auto noisy = synthetic::low_rank_ratings<double>(options);
  REQUIRE(clean.nonZeros() == noisy.nonZeros());
  const akin::sparse_matrix<double> difference = noisy - clean;
  CHECK(difference.norm() / std::sqrt(static_cast<double>(clean.nonZeros())) == Approx(0.25).epsilon(0.02));
}

TEST_CASE("each cell is equally likely to be observed in low_rank_ratings") {
  const auto x = synthetic::low_rank_ratings<float>({.users = 4000, .items = 20, .density = 0.31, .seed = 6});
  for (const int count : column_sizes(x)) CHECK(std::abs(count / 4000.0 - 0.31) < 0.035);
  for (const int count : row_sizes(x)) REQUIRE((count == 6 || count == 7));
}

TEST_CASE("low_rank_ratings refuses what it cannot do") {
  CHECK_THROWS_WITH(synthetic::low_rank_ratings<float>({.users = 0}),
                    "synthetic::low_rank_ratings: users must be positive, got 0");
  CHECK_THROWS_WITH(synthetic::low_rank_ratings<float>({.items = 0}),
                    "synthetic::low_rank_ratings: items must be positive, got 0");
  CHECK_THROWS_WITH(synthetic::low_rank_ratings<float>({.rank = 0}),
                    "synthetic::low_rank_ratings: rank must be positive, got 0");
  CHECK_THROWS_WITH(synthetic::low_rank_ratings<float>({.density = 1.5}),
                    "synthetic::low_rank_ratings: density must be in (0, 1], got 1.5");
  CHECK_THROWS_WITH(synthetic::low_rank_ratings<float>({.noise = -1}),
                    "synthetic::low_rank_ratings: noise must be finite and not negative, got -1");
}

TEST_CASE("gaussian has mean 0 and variance 1, and is its seed's") {
  const auto x = synthetic::gaussian<double>(300, 48, {.seed = 1});
  CHECK(x.rows() == 300);
  CHECK(x.cols() == 48);
  CHECK(std::abs(x.mean()) < 0.03);
  CHECK(std::abs(x.squaredNorm() / static_cast<double>(x.size()) - 1) < 0.04);
  CHECK(x == synthetic::gaussian<double>(300, 48, {.seed = 1}));
  CHECK(x != synthetic::gaussian<double>(300, 48, {.seed = 2}));
  CHECK(x.cast<float>() == synthetic::gaussian<float>(300, 48, {.seed = 1}));
  CHECK(synthetic::gaussian<float>(0, 5).size() == 0);
  CHECK_THROWS_WITH(synthetic::gaussian<float>(-1, 5), "synthetic::gaussian: rows must not be negative, got -1");
  CHECK_THROWS_WITH(synthetic::gaussian<float>(1, -5), "synthetic::gaussian: cols must not be negative, got -5");
}
