#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/graph/graph_filter.hpp>
#include <akin/metrics/ranking.hpp>
#include <akin/retrieval/explain.hpp>
#include <akin/retrieval/recommend_for.hpp>
#include <akin/retrieval/similar_items.hpp>

#include "retrieval/lists.hpp"
#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/promise_harness.hpp"
#include "support/reference.hpp"

using akin_test::dense;
using akin_test::matrix_of;
using akin_test::scaled;
namespace execution = akin::execution;

namespace {

akin::graph_filter_options small_filter(akin::graph_polynomial polynomial = akin::graph_polynomial::chebyshev) {
  return {.polynomial = polynomial, .order = 5, .polynomial_exponent = 0.3, .ideal_rank = 6};
}

}  // namespace

TEMPLATE_TEST_CASE("graph_filter keeps the promises of every model", "", akin::graph_filter<float>,
                   akin::graph_filter<double>, (akin::graph_filter<float, std::int64_t>)) {
  akin_test::check_model([] { return TestType(small_filter()); });
}

TEST_CASE("graph_filter lists what it knows, and keeps what is documented of it") {
  akin_test::check_promises([] { return akin::graph_filter<float>(small_filter()); }, akin_test::row_lists::same,
                            akin_test::reason_sums::score);
  SECTION("a known answer") {
    akin_test::check_checkerboard([] { return akin::graph_filter<float>(); });
  }
}

TEST_CASE("each option of graph_filter matters") {
  using options = akin::graph_filter_options;
  const std::vector<akin_test::option_change<options>> changes = {
      {"polynomial", [](auto& o) { o.polynomial = akin::graph_polynomial::linear; }},
      {"order", [](auto& o) { o.order = 3; }},
      {"flatness", [](auto& o) { o.flatness = 3; }},
      {"polynomial_exponent", [](auto& o) { o.polynomial_exponent = 0; }},
      {"ideal_rank", [](auto& o) { o.ideal_rank = 3; }},
      {"ideal_weight", [](auto& o) { o.ideal_weight = 1; }},
      {"ideal_exponent", [](auto& o) { o.ideal_exponent = 0; }},
      {"svd_iterations", [](auto& o) { o.svd_iterations = 1; }},
      {"seed", [](auto& o) { o.seed = 5; }},
  };
  akin_test::check_options<akin::graph_filter<float>>(options(small_filter()), changes, {});
}
TEST_CASE("the linear graph_filter keeps the promises of every model") {
  akin_test::check_model([] { return akin::graph_filter<float>(akin::gf_cf()); });
}
TEST_CASE("graph_filter without an ideal low-pass keeps the promises of every model") {
  akin_test::check_model(
      [] { return akin::graph_filter<double>({.polynomial = akin::graph_polynomial::second_order, .ideal_rank = 0}); });
}

namespace {

/// Dense and slow, from the formula.
class dense_filter {
 public:
  dense_filter(const Eigen::MatrixXd& r, const akin::graph_filter_options& options) : options_(options) {
    const Eigen::VectorXd users = akin_test::times(r, ones(r.cols()));
    degrees_ = akin_test::times(r.transpose(), ones(r.rows()));
    const Eigen::MatrixXd normalized = scaled(inverse(users, 0.5), r, inverse(degrees_, 0.5));
    const auto eigen = akin_test::eigen_of(akin_test::transposed_product(normalized, normalized));
    const Eigen::Index items = r.cols(), rank = std::min<Eigen::Index>(options.ideal_rank, items);
    const Eigen::MatrixXd v = akin_test::columns(eigen.vectors, items - rank, rank);
    Eigen::VectorXd response = eigen.values;
    for (double& value : response) value = polynomial(value);
    const Eigen::MatrixXd filter =
        akin_test::product_transposed(scaled(ones(items), eigen.vectors, response), eigen.vectors);
    operator_ = akin_test::sum(around(filter, options.polynomial_exponent), options.ideal_weight,
                               around(akin_test::product_transposed(v, v), options.ideal_exponent));
  }

  /// Items x items; column i is the answer to a history of item i.
  const Eigen::MatrixXd& matrix() const { return operator_; }

 private:
  static Eigen::VectorXd ones(Eigen::Index size) {
    Eigen::VectorXd result(size);
    for (double& value : result) value = 1;
    return result;
  }
  static Eigen::VectorXd inverse(Eigen::VectorXd degrees, double exponent) {
    for (double& d : degrees) d = d > 0 ? std::pow(d, -exponent) : 0.0;
    return degrees;
  }
  Eigen::MatrixXd around(const Eigen::MatrixXd& filter, double exponent) const {
    return scaled(inverse(degrees_, -exponent), filter, inverse(degrees_, exponent));
  }
  double polynomial(double p) const {
    if (options_.polynomial == akin::graph_polynomial::linear) return p;
    if (options_.polynomial == akin::graph_polynomial::second_order) return 2 * p - p * p;
    // Lagrange's form of the polynomial through the plateau's values at the Chebyshev points.
    const double x = 1 - 2 * p, pi = std::acos(-1.0);
    const int order = options_.order;
    double sum = 0;
    for (int j = 0; j <= order; ++j) {
      const double point = std::cos((j + 0.5) / (order + 1) * pi), phi = options_.flatness;
      const double y = std::cos(pi * j / order);
      double term = y < 0 ? 0.5 + 0.5 * std::pow(-y, phi) : 0.5 - 0.5 * std::pow(y, phi);
      for (int other = 0; other <= order; ++other) {
        const double other_point = std::cos((other + 0.5) / (order + 1) * pi);
        if (other != j) term *= (x - other_point) / (point - other_point);
      }
      sum += term;
    }
    return sum;
  }

  akin::graph_filter_options options_;
  Eigen::VectorXd degrees_;
  Eigen::MatrixXd operator_;
};

template <class Scalar>
akin::sparse_matrix<Scalar> clicks() {
  auto x = akin::synthetic::power_law_clicks<Scalar>({.users = 70, .items = 50, .interactions = 700, .seed = 3});
  for (Eigen::Index i = 0; i < x.nonZeros(); ++i) x.valuePtr()[i] = static_cast<Scalar>(1 + i % 3);
  return x;
}

}  // namespace

TEMPLATE_TEST_CASE("graph_filter agrees with a dense reference", "", float, double) {
  const double precision = std::is_same_v<TestType, float> ? 2e-5 : 1e-10;
  const auto x = clicks<TestType>();
  const Eigen::MatrixXd values = dense(x);
  using akin::graph_polynomial;
  const std::vector<akin::graph_filter_options> all = {
      akin::gf_cf(),
      small_filter(graph_polynomial::linear),
      small_filter(graph_polynomial::second_order),
      small_filter(),
      {.order = 8, .flatness = 3, .polynomial_exponent = -0.2, .ideal_rank = 9, .ideal_exponent = -0.3},
      {.order = 1, .polynomial_exponent = 0, .ideal_rank = 0},
      {.order = 2, .ideal_rank = 4, .ideal_weight = 0}};
  for (std::size_t which = 0; which < all.size(); ++which) {
    CAPTURE(which);
    auto options = all[which];
    options.svd_iterations = 15;
    akin::graph_filter<TestType> model(options);
    model.fit(execution::par.threads(2), x);
    const dense_filter reference(values, options);
    const Eigen::MatrixXd expected = akin_test::product_transposed(values, reference.matrix());
    std::vector<TestType> scores(50);
    double worst = 0;
    for (int user = 0; user < 70; ++user) {
      model.score_all(user, scores);
      for (int item = 0; item < 50; ++item)
        if (model.knows_item(item))
          worst = std::max(
              worst, std::abs(static_cast<double>(scores[static_cast<std::size_t>(item)]) - expected(user, item)));
    }
    CHECK(worst <= precision * akin_test::largest(expected));
  }
}

TEST_CASE("the linear filter by hand") {
  // User 0 has items 0 and 1, user 1 has items 1 and 2: degrees 2 and 2 of users, 1, 2 and 1 of items.
  akin::graph_filter<double> model(
      {.polynomial = akin::graph_polynomial::linear, .polynomial_exponent = 0, .ideal_rank = 0});
  model.fit(matrix_of<akin::graph_filter<double>>(2, 3, {{0, 0, 1}, {0, 1, 1}, {1, 1, 1}, {1, 2, 1}}));
  // P = 1/2 (1, 1/sqrt 2, 0; 1/sqrt 2, 1, 1/sqrt 2; 0, 1/sqrt 2, 1).
  CHECK(model.score(0, 0) == Approx(0.5 + 0.5 / std::sqrt(2.0)));
  CHECK(model.score(0, 1) == Approx(0.5 + 0.5 / std::sqrt(2.0)));
  CHECK(model.score(0, 2) == Approx(0.5 / std::sqrt(2.0)));
}

TEMPLATE_TEST_CASE("a user's scores are the same bits alone, in a block and as a history", "", float, double) {
  const auto x = clicks<TestType>();
  akin::graph_filter<TestType> model(small_filter());
  model.fit(x);
  std::vector<std::int32_t> users(70);
  std::iota(users.begin(), users.end(), 0);
  std::vector<TestType> all(70 * 50), alone(50);
  for (const std::size_t count : std::initializer_list<std::size_t>{70, 16, 15, 5, 4, 1}) {
    model.score_block(std::span<const std::int32_t>(users).first(count),
                      {all.data(), static_cast<std::int64_t>(count), 50});
    for (std::size_t user = 0; user < count; ++user) {
      model.score_all(users[user], alone);
      CHECK(std::equal(alone.begin(), alone.end(), all.begin() + static_cast<std::ptrdiff_t>(50 * user)));
    }
  }
  const auto lists = akin::recommend(execution::par, model, {.k = 50});
  const auto for_histories = akin::recommend_for(execution::par.threads(2), model, x, {.k = 50});
  CHECK(all_lists(lists) == all_lists(for_histories));
  for (std::size_t user = 0; user < lists.size(); ++user)
    for (std::size_t i = 0; i < lists.items(user).size(); ++i)
      CHECK(lists.scores(user)[i] == model.score(static_cast<std::int32_t>(user), lists.items(user)[i]));
}

TEST_CASE("graph_filter scores the history of a stranger") {
  const auto x = clicks<double>();
  akin::graph_filter<double> model(small_filter());
  model.fit(x);
  akin::sparse_matrix<double> strangers(2, 50);
  strangers.insert(0, 4) = 2;
  strangers.insert(0, 9) = 1;
  strangers.makeCompressed();
  const auto lists = akin::recommend_for(execution::seq, model, strangers, {.k = 3, .exclude = strangers});
  CHECK(lists.items(0).size() == 3);
  CHECK(lists.items(1).empty());
  auto options = small_filter();
  const dense_filter reference(dense(x), options);
  Eigen::VectorXd expected = akin_test::column(reference.matrix(), 9);
  akin_test::add(expected, 2, akin_test::column(reference.matrix(), 4));
  for (std::size_t i = 0; i < 3; ++i) CHECK(lists.scores(0)[i] == Approx(expected[lists.items(0)[i]]).epsilon(1e-3));
}

TEMPLATE_TEST_CASE("graph_filter explains its scores and compares items", "", float, double) {
  const auto x = clicks<TestType>();
  akin::graph_filter<TestType> model({.order = 4, .polynomial_exponent = 0.3, .ideal_rank = 6, .ideal_exponent = 0.1});
  model.fit(execution::par, x);
  const dense_filter reference(dense(x), model.options());
  for (const std::int32_t user : {0, 5, 33})
    for (const std::int32_t item : {1, 7, 20}) {
      if (!model.knows_item(item)) continue;
      double sum = 0;
      for (const auto& [from, contribution] : akin::explain(model, x, user, item, {.k = 50})) {
        sum += static_cast<double>(contribution);
        CHECK(static_cast<double>(contribution) ==
              Approx(reference.matrix()(item, from) * static_cast<double>(x.coeff(user, from)))
                  .epsilon(1e-3)
                  .margin(1e-5));
      }
      CHECK(sum == Approx(static_cast<double>(model.score(user, item))).margin(1e-5));
    }
  std::vector<TestType> similar(50);
  model.similarity_all(7, similar);
  for (std::int32_t other = 0; other < 50; ++other)
    if (model.knows_item(other))
      CHECK(static_cast<double>(similar[static_cast<std::size_t>(other)]) ==
            Approx(reference.matrix()(other, 7)).epsilon(1e-3).margin(1e-5));
  const std::int32_t items[] = {7};
  const auto lists = akin::similar_items(execution::seq, model, items, {.k = 5});
  CHECK(lists.items(0).size() == 5);
  CHECK(std::ranges::count(lists.items(0), 7) == 0);
}

TEST_CASE("graph_filter evaluates to the same numbers for any number of threads") {
  const auto x = clicks<float>();
  akin::graph_filter<float> model(small_filter());
  model.fit(x);
  const auto test =
      akin::synthetic::power_law_clicks<float>({.users = 70, .items = 50, .interactions = 300, .seed = 9});
  const auto [alone] = akin::evaluate(execution::seq, model, x, test, akin::metrics::ndcg{10});
  for (const int threads : {1, 2, 3}) {
    const auto [ndcg] = akin::evaluate(execution::par.threads(threads), model, x, test, akin::metrics::ndcg{10});
    CHECK(ndcg.mean == alone.mean);
  }
}

TEST_CASE("users and items without a value above 0 are not known to graph_filter") {
  using model_type = akin::graph_filter<float>;
  model_type model(small_filter());
  model.fit(matrix_of<model_type>(4, 4, {{0, 0, 1}, {0, 1, 1}, {1, 1, 2}, {1, 2, 0}, {2, 2, 0}}));
  CHECK(model.knows_user(1));
  CHECK_FALSE(model.knows_user(2));
  CHECK_FALSE(model.knows_user(3));
  CHECK(model.knows_item(1));
  CHECK_FALSE(model.knows_item(2));
  CHECK_FALSE(model.knows_item(3));
  const auto lists = akin::recommend(execution::seq, model, {.k = 4});
  CHECK(lists.items(0).size() == 2);
  CHECK(lists.items(2).empty());
  CHECK(akin::score(model, 0, 2) == 0);
  CHECK(akin::score(model, 2, 0) == 0);
  const std::int32_t items[] = {2};
  CHECK(akin::similar_items(execution::seq, model, items, {.k = 4}).items(0).empty());
  CHECK(model.smooth_signals().cols() == 4);
}

TEST_CASE("graph_filter takes users and items that are all alike") {
  using model_type = akin::graph_filter<float>;
  std::vector<Eigen::Triplet<float>> cells;
  for (int user = 0; user < 30; ++user)
    for (int item = 0; item < 20; ++item) cells.emplace_back(user, item, 3.0F);
  model_type model;
  model.fit(matrix_of<model_type>(30, 20, cells));
  for (int item = 1; item < 20; ++item) CHECK(model.score(0, item) == Approx(model.score(0, 0)));
}

TEST_CASE("graph_filter takes a matrix that is moved in without a copy") {
  auto x = clicks<float>();
  const float* const values = x.valuePtr();
  akin::graph_filter<float> copied(small_filter()), moved(small_filter());
  copied.fit(execution::seq, x);
  moved.fit(execution::seq, std::move(x));
  CHECK(moved.histories().valuePtr() == values);
  CHECK(akin_test::bytes_of(moved) == akin_test::bytes_of(copied));
}

TEST_CASE("graph_filter refuses options and data without a meaning") {
  using model_type = akin::graph_filter<float>;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(model_type({.polynomial = static_cast<akin::graph_polynomial>(9)}), contains("polynomial"));
  CHECK_THROWS_WITH(model_type({.order = 0}), contains("order must be between 1 and 1000, got 0"));
  CHECK_THROWS_WITH(model_type({.flatness = 0}), contains("flatness must be positive and finite, got 0"));
  CHECK_THROWS_WITH(model_type({.flatness = nan}), contains("flatness"));
  CHECK_THROWS_WITH(model_type({.polynomial_exponent = 1.5}),
                    contains("polynomial_exponent must be between -1 and 1, got 1.5"));
  CHECK_THROWS_WITH(model_type({.polynomial_exponent = nan}), contains("polynomial_exponent"));
  CHECK_THROWS_WITH(model_type({.ideal_rank = -1}), "graph_filter: ideal_rank must not be negative, got -1");
  CHECK_THROWS_WITH(model_type({.ideal_weight = -0.1}), contains("ideal_weight must be finite and not negative"));
  CHECK_THROWS_WITH(model_type({.ideal_weight = nan}), contains("ideal_weight"));
  CHECK_THROWS_WITH(model_type({.ideal_exponent = -1.1}), contains("ideal_exponent must be between -1 and 1"));
  CHECK_THROWS_WITH(model_type({.svd_iterations = 0}), contains("svd_iterations must be positive, got 0"));

  auto x = clicks<float>();
  model_type model(small_filter());
  model.fit(x);
  const auto before = akin_test::bytes_of(model);
  x.valuePtr()[5] = -1;
  CHECK_THROWS_WITH(model.fit(x), "graph_filter::fit: values must not be negative, got -1");
  x.valuePtr()[5] = 1e-42F;
  x = x.topLeftCorner(1, 1);
  x.coeffRef(0, 0) = 1e-42F;
  x.makeCompressed();
  CHECK_THROWS_AS(model.fit(x), akin::numeric_error);
  CHECK(akin_test::bytes_of(model) == before);
}

TEST_CASE("graph_filter reads no file whose arrays do not fit") {
  using model_type = akin::graph_filter<float>;
  // A whole file but for the number of items that the transposed interactions have.
  const auto read_with = [](std::int64_t items) {
    const auto x = matrix_of<model_type>(3, 2, {{0, 0, 1}, {1, 1, 1}});
    const auto transposed = matrix_of<model_type>(items, 3, {{0, 0, 1}, {1, 1, 1}});
    const std::vector<float> ones(9, 1.0F);
    akin::detail::model_writer writer;
    akin::detail::write_label<model_type>(writer);
    writer.add_value("polynomial", akin::graph_polynomial::linear);
    for (const auto name : {"order", "ideal_rank", "svd_iterations"}) writer.add_value(name, 1);
    for (const auto name : {"flatness", "polynomial_exponent", "ideal_weight", "ideal_exponent"})
      writer.add_value(name, 0.5);
    writer.add_value("seed", std::uint64_t{0});
    akin::detail::write_csr(writer, "histories", akin::detail::view_of(x, "test"));
    akin::detail::write_csr(writer, "item_users", akin::detail::view_of(transposed, "test"));
    writer.add("user_weights", ones.data(), 3);
    for (const auto name : {"item_weights", "scales", "smooth_weights"}) writer.add(name, ones.data(), items);
    writer.add("smooth", ones.data(), items, 1);
    std::vector<std::byte> bytes;
    writer.emit([&](std::span<const std::byte> part) { bytes.insert(bytes.end(), part.begin(), part.end()); });
    return akin::detail::read_model<model_type>(akin::detail::read_model_bytes(bytes, "memory"));
  };
  CHECK(read_with(2).items() == 2);
  CHECK_THROWS_WITH(read_with(4), contains("item_users items x users"));
}
