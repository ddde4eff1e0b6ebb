#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include <akin/data/synthetic.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/factorization/side_features.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/random_data.hpp"

namespace execution = akin::execution;
using sparse = akin::sparse_matrix<double>;
using model_type = akin::implicit_als<double>;
using features_type = akin::side_features<double>;

namespace {

const akin::implicit_als_options options = {.factors = 5,
                                            .iterations = 4,
                                            .regularization = 0.4,
                                            .alpha = 3,
                                            .unobserved_weight = 0.5,
                                            .regularization_exponent = 0.3,
                                            .solver = akin::als_solver::exact,
                                            .feature_regularization = 0.7};

/// 50 x 30 with dislikes; users 4 and 40 and items 7 and 29 have nothing but, some of them, a stored 0.
sparse interactions(std::uint64_t seed) {
  auto x = akin::synthetic::power_law_clicks<double>({.users = 50, .items = 30, .interactions = 500, .seed = seed});
  std::vector<Eigen::Triplet<double>> cells = {{4, 3, 0}};
  for (int u = 0; u < 50; ++u)
    for (sparse::InnerIterator cell(x, u); cell; ++cell)
      if (u != 4 && u != 40 && cell.col() != 7 && cell.col() != 29)
        cells.emplace_back(u, static_cast<int>(cell.col()), (u + cell.col()) % 9 == 0 ? -1 : 1 + u % 3);
  return akin_test::matrix_of<model_type>(50, 30, cells);
}

sparse user_features() { return akin_test::random_sparse<double>(50, 4, 0.9, 1); }
sparse item_features() { return akin_test::random_sparse<double>(30, 6, 0.5, 2); }

model_type fitted(const sparse& x, const features_type& features) {
  model_type model(options);
  model.fit(execution::par, x, features);
  return model;
}

bool empty(const Eigen::VectorXd& row) { return (row.array() == 0).all(); }

double lambda_of(const Eigen::VectorXd& row) {
  const auto stored = static_cast<double>((row.array() != 0).count());
  return options.regularization * std::pow(stored + options.unobserved_weight * static_cast<double>(row.size()),
                                           options.regularization_exponent);
}

/// The minimum of a row's objective with prior mean m, all cells visited.
Eigen::VectorXd reference_row(const Eigen::VectorXd& row, const Eigen::MatrixXd& y, const Eigen::VectorXd& m) {
  Eigen::MatrixXd a = lambda_of(row) * Eigen::MatrixXd::Identity(y.cols(), y.cols());
  Eigen::VectorXd b = lambda_of(row) * m;
  for (Eigen::Index i = 0; i < y.rows(); ++i) {
    const double confidence = options.unobserved_weight + options.alpha * std::abs(row[i]);
    a += confidence * y.row(i).transpose() * y.row(i);
    if (row[i] > 0) b += confidence * y.row(i).transpose();
  }
  return a.ldlt().solve(b);
}

/// Factors of those who took part in the training.
Eigen::MatrixXd trained(Eigen::MatrixXd factors, const Eigen::MatrixXd& rows) {
  for (Eigen::Index row = 0; row < factors.rows(); ++row)
    if (empty(rows.row(row))) factors.row(row).setZero();
  return factors;
}

/// The whole objective.
double reference_loss(const model_type& model, const Eigen::MatrixXd& r, const Eigen::MatrixXd& fu,
                      const Eigen::MatrixXd& fi) {
  const Eigen::MatrixXd x = trained(model.user_factors(), r), y = trained(model.item_factors(), r.transpose());
  const Eigen::MatrixXd bu = model.user_feature_weights(), bi = model.item_feature_weights();
  double loss = options.feature_regularization * (bu.squaredNorm() + bi.squaredNorm());
  for (Eigen::Index u = 0; u < r.rows(); ++u) {
    if (!empty(r.row(u))) loss += lambda_of(r.row(u)) * (x.row(u) - fu.row(u) * bu).squaredNorm();
    for (Eigen::Index i = 0; i < r.cols(); ++i) {
      const double error = (r(u, i) > 0 ? 1 : 0) - x.row(u).dot(y.row(i));
      loss += (options.unobserved_weight + options.alpha * std::abs(r(u, i))) * error * error;
    }
  }
  for (Eigen::Index i = 0; i < r.cols(); ++i)
    if (!empty(r.col(i))) loss += lambda_of(r.col(i)) * (y.row(i) - fi.row(i) * bi).squaredNorm();
  return loss;
}

}  // namespace

TEST_CASE("users are solved around the prior mean of their features, those without interactions get it") {
  const auto x = interactions(1), fu = user_features(), fi = item_features();
  const Eigen::MatrixXd dense(x);
  const auto model = fitted(x, {.users = fu, .items = fi});
  const Eigen::MatrixXd means = Eigen::MatrixXd(fu) * model.user_feature_weights();
  const Eigen::MatrixXd y = trained(model.item_factors(), dense.transpose());
  CHECK(means.norm() > 0.1);
  for (int u = 0; u < 50; ++u) {
    const Eigen::VectorXd expected =
        u == 4 || u == 40 ? Eigen::VectorXd(means.row(u)) : reference_row(dense.row(u), y, means.row(u));
    CHECK((model.user_factors().row(u).transpose() - expected).norm() <= 1e-9 * (1 + expected.norm()));
  }
  CHECK(model.knows_user(40));
  CHECK(model.knows_item(29));
  CHECK(akin::recommend(execution::par, model, {.k = 3}).items(40).size() == 3);
  CHECK(model.fold_in(execution::par.threads(3), x, fu) == model.user_factors());
  // Without features the mean is 0.
  const auto plain = model.fold_in(execution::par, x);
  CHECK(plain.row(40).isZero(0));
  CHECK((plain.row(9).transpose() - reference_row(dense.row(9), y, Eigen::VectorXd::Zero(5))).norm() < 1e-9);
}

TEST_CASE("items are folded in around their prior mean, against the users who took part") {
  const auto x = interactions(2), fu = user_features(), fi = item_features();
  const Eigen::MatrixXd dense(x);
  const auto model = fitted(x, {.users = fu, .items = fi});
  const Eigen::MatrixXd means = Eigen::MatrixXd(fi) * model.item_feature_weights();
  const Eigen::MatrixXd users = trained(model.user_factors(), dense);
  const auto folded = model.fold_in_items(execution::par, sparse(x.transpose()), fi);
  for (int i = 0; i < 30; ++i) {
    const Eigen::VectorXd expected =
        i == 7 || i == 29 ? Eigen::VectorXd(means.row(i)) : reference_row(dense.col(i), users, means.row(i));
    CHECK((folded.row(i).transpose() - expected).norm() <= 1e-9 * (1 + expected.norm()));
  }
  CHECK((model.item_factors().row(29) - means.row(29)).norm() < 1e-12);
  CHECK(folded.row(29) == model.item_factors().row(29));
}

TEST_CASE("the weights of item features are the ridge regression of the items' factors") {
  const auto x = interactions(3), fi = item_features();
  const auto model = fitted(x, {.items = fi});
  const Eigen::MatrixXd dense(x), f(fi);
  Eigen::MatrixXd a = options.feature_regularization * Eigen::MatrixXd::Identity(6, 6);
  Eigen::MatrixXd b = Eigen::MatrixXd::Zero(6, 5);
  for (int i = 0; i < 30; ++i) {
    if (empty(dense.col(i))) continue;
    a += lambda_of(dense.col(i)) * f.row(i).transpose() * f.row(i);
    b += lambda_of(dense.col(i)) * f.row(i).transpose() * model.item_factors().row(i);
  }
  const Eigen::MatrixXd expected = a.ldlt().solve(b);
  CHECK((model.item_feature_weights() - expected).norm() <= 1e-8 * expected.norm());
  CHECK(model.user_feature_weights().rows() == 0);
}

TEST_CASE("with features the observer is told the objective, which never rises with the exact solver") {
  const auto x = interactions(4), fu = user_features(), fi = item_features();
  const Eigen::MatrixXd dense(x);
  for (const bool of_users : {true, false})
    for (const bool of_items : {true, false}) {
      features_type features;
      if (of_users) features.users = fu;
      if (of_items) features.items = fi;
      double last = std::numeric_limits<double>::infinity();
      auto longer = options;
      longer.iterations = 10;
      model_type model(longer);
      model.fit(execution::par, x, features, [&](const akin::progress& p) {
        CHECK(p.loss <= last * (1 + 1e-12));
        last = p.loss;
      });
      // A side without features has no weights: any features do.
      const Eigen::MatrixXd none_u = Eigen::MatrixXd::Zero(50, 0), none_i = Eigen::MatrixXd::Zero(30, 0);
      CHECK(last == Approx(reference_loss(model, dense, of_users ? Eigen::MatrixXd(fu) : none_u,
                                          of_items ? Eigen::MatrixXd(fi) : none_i))
                        .epsilon(1e-9));
    }
}

TEST_CASE("a model with features has the same bits for any number of threads and comes back from its file") {
  const auto x = interactions(5), fu = user_features(), fi = item_features();
  model_type alone(options);
  alone.fit(execution::seq, x, {.users = fu, .items = fi});
  const auto expected = akin_test::bytes_of(alone);
  for (const int threads : {1, 2, 3}) {
    model_type model(options);
    model.fit(execution::par.threads(threads), x, {.users = fu, .items = fi});
    CHECK(akin_test::bytes_of(model) == expected);
  }
  const auto loaded = akin::detail::read_model<model_type>(akin::detail::read_model_bytes(expected, "memory"));
  CHECK(akin_test::bytes_of(loaded) == expected);
  CHECK(loaded.fold_in(execution::seq, x, fu) == alone.user_factors());
  const sparse items = x.transpose();
  CHECK(loaded.fold_in_items(execution::seq, items, fi) == alone.fold_in_items(execution::seq, items, fi));

  model_type without(options), with_none(options);
  without.fit(x);
  with_none.fit(execution::par, x, {});
  CHECK(akin_test::bytes_of(without) == akin_test::bytes_of(with_none));
  model_type weightless(options);
  weightless.fit(execution::par, x, {.users = sparse(50, 3)});  // features that nobody has
  CHECK(weightless.user_factors() == without.user_factors());
}

TEMPLATE_TEST_CASE("features of other scalars and indices", "", akin::implicit_als<float>,
                   (akin::implicit_als<float, std::int64_t>), (akin::implicit_als<double, std::int64_t>)) {
  using scalar = typename TestType::scalar_type;
  using index = typename TestType::index_type;
  const auto x = akin_test::some_clicks<TestType>();
  const auto f = akin_test::random_sparse<scalar, index>(40, 300, 0.05, 4);  // more features than items
  TestType model({.factors = 6, .iterations = 3});
  model.fit(execution::par.threads(2), x, {.items = f});
  CHECK(model.item_factors().allFinite());
  CHECK(model.item_feature_weights().rows() == 300);
  CHECK(model.fold_in(execution::par, x) == model.user_factors());
}

TEST_CASE("features of any size give factors that are finite") {
  const auto x = interactions(7);
  for (const double size : {1e-300, 1e-30, 1e30, 1e160, 1e300}) {
    CAPTURE(size);
    const sparse features = size * user_features();
    const auto model = fitted(x, {.users = features});
    CHECK(model.user_factors().allFinite());
    CHECK(model.item_factors().allFinite());
  }
}

TEST_CASE("features that do not fit are refused by a sentence") {
  const auto x = interactions(6), fu = user_features(), fi = item_features();
  auto model = fitted(x, {.users = fu});
  const auto before = akin_test::bytes_of(model);
  CHECK_THROWS_WITH(model.fit(execution::seq, x, {.users = fi}),
                    "implicit_als::fit: the features must have a row for each of the 50 users, got 30");
  CHECK_THROWS_WITH(model.fit(execution::seq, x, {.items = fu}), contains("a row for each of the 30 items, got 50"));
  auto bad = fu;
  bad.valuePtr()[1] = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH(model.fit(execution::seq, x, {.users = bad}), contains("values must be finite"));
  auto loose = fu;
  loose.uncompress();
  CHECK_THROWS_WITH(model.fit(execution::seq, x, {.users = loose}), contains("makeCompressed"));
  CHECK_THROWS_WITH(model.fold_in(execution::seq, x, fi), contains("a row for each of the 50 users, got 30"));
  CHECK_THROWS_WITH(model.fold_in(execution::seq, x, sparse(50, 9)),
                    contains("the model has learnt 4 features of users, got 9"));
  CHECK_THROWS_WITH(model.fold_in_items(execution::seq, sparse(x.transpose()), fi),
                    contains("the model has learnt 0 features of items, got 6"));
  CHECK(akin_test::bytes_of(model) == before);

  auto keeping = options;
  keeping.keep_interactions = true;
  model_type kept(keeping);
  kept.fit(execution::seq, x, {.users = fu});
  CHECK_THROWS_WITH(kept.partial_fit(x), contains("implicit_als::partial_fit: the model must have learnt without"));
  CHECK_THROWS_WITH(kept.forget(1), contains("implicit_als::forget: the model must have learnt without features"));
  CHECK_THROWS_WITH(model_type({.feature_regularization = 0}),
                    "implicit_als: feature_regularization must be finite and positive, got 0");
}

namespace {

constexpr int users = 300, items = 250, kinds = 12, cold = 25;

/// Items of three of twelve kinds each; users who take what is of the kinds that they like.
struct shop {
  Eigen::MatrixXd kinds_of_items = Eigen::MatrixXd::Zero(items, kinds);
  Eigen::MatrixXd taken = Eigen::MatrixXd::Zero(users, items);

  shop() {
    const akin::random_stream random(17);
    std::uint64_t draw = 0;
    for (int i = 0; i < items; ++i)
      for (int n = 0; n < 3; ++n) kinds_of_items(i, static_cast<int>(random.below(draw++, kinds))) = 1;
    for (int u = 0; u < users; ++u) {
      Eigen::VectorXd taste(kinds);
      for (int j = 0; j < kinds; ++j) taste[j] = random.normal(draw++);
      for (int i = 0; i < items; ++i) {
        const double liking = kinds_of_items.row(i).dot(taste) + 0.5 * random.normal(draw++);
        taken(u, i) = liking > 2 ? 1 : 0;
      }
    }
  }
  sparse features(bool shuffled) const {
    Eigen::MatrixXd f = kinds_of_items;
    const akin::random_stream random(5);
    if (shuffled)
      for (int i = items - 1; i > 0; --i)
        f.row(i).swap(
            f.row(static_cast<int>(random.below(static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(i) + 1))));
    sparse result = f.sparseView();
    result.makeCompressed();
    return result;
  }
  /// Without the last items: nobody has taken them yet.
  sparse training() const {
    Eigen::MatrixXd known = taken;
    known.rightCols(cold).setZero();
    sparse result = known.sparseView();
    result.makeCompressed();
    return result;
  }
  /// The mean over users of the share of the new items they take that is among the five of highest score.
  template <class Score>
  double recall(const Score& score) const {
    double sum = 0, count = 0;
    for (int u = 0; u < users; ++u) {
      std::vector<std::pair<double, int>> ranked;
      for (int i = items - cold; i < items; ++i) ranked.emplace_back(-score(u, i), i);
      std::sort(ranked.begin(), ranked.end());
      const double all = taken.row(u).tail(cold).sum();
      double hits = 0;
      for (std::size_t n = 0; n < 5; ++n) hits += taken(u, ranked[n].second);
      if (all > 0) sum += hits / std::min(all, 5.0), ++count;
    }
    return sum / count;
  }
};

double recall_of_model(const shop& data, bool shuffled) {
  const sparse features = data.features(shuffled);
  model_type model({.factors = 16, .iterations = 10, .regularization = 1, .alpha = 5});
  model.fit(execution::par, data.training(), {.items = features});
  return data.recall([&](int u, int i) { return model.score(u, i); });
}

}  // namespace

TEST_CASE("items that nobody has taken yet find their users by features, and not by shuffled ones") {
  const shop data;
  const double by_features = recall_of_model(data, false), by_noise = recall_of_model(data, true);
  const double by_popularity = data.recall([&](int, int i) { return data.taken.col(i).sum(); });  // of the future
  const akin::random_stream random(3);
  const double by_chance =
      data.recall([&](int u, int i) { return random.uniform(static_cast<std::uint64_t>(u * items + i)); });
  CAPTURE(by_features, by_noise, by_popularity, by_chance);
  CHECK(by_features > 2 * by_popularity);
  CHECK(by_features > 2.5 * by_chance);
  CHECK(by_features > 0.6);
  CHECK(by_noise < 1.3 * by_chance);
}

TEST_CASE("features refer to lvalues and own rvalues") {
  const auto x = interactions(1);
  const auto of_users = user_features(), of_items = item_features();
  const features_type referring = {.users = of_users, .items = of_items};
  CHECK(referring.users.view().values == of_users.valuePtr());
  const Eigen::Map<const sparse> map(of_users.rows(), of_users.cols(), of_users.nonZeros(), of_users.outerIndexPtr(),
                                     of_users.innerIndexPtr(), of_users.valuePtr());
  CHECK(features_type{.users = Eigen::Map<const sparse>(map)}.users.view().values == of_users.valuePtr());
  const features_type owning = {.users = user_features(), .items = item_features()};
  const auto copy = owning;
  CHECK(copy.users.view().values == owning.users.view().values);
  const auto others = std::array{user_features(), item_features()};  // take what is given back
  CHECK(akin_test::bytes_of(fitted(x, owning)) == akin_test::bytes_of(fitted(x, referring)));
}
