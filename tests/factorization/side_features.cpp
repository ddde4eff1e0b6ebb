#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/factorization/side_features.hpp>

#include "support/catch.hpp"
#include "support/model_harness.hpp"
#include "support/random_data.hpp"
#include "support/reference.hpp"

using akin_test::column;
using akin_test::dense;
using akin_test::distance;
using akin_test::norm;
using akin_test::row;
using akin_test::same;
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

bool empty(const Eigen::VectorXd& cells) { return akin_test::is_zero(cells); }

double lambda_of(const Eigen::VectorXd& cells) {
  const auto stored = static_cast<double>(akin_test::nonzeros(cells));
  return *options.regularization * std::pow(stored + *options.unobserved_weight * static_cast<double>(cells.size()),
                                            *options.regularization_exponent);
}

/// The minimum of a row's objective with prior mean m, all cells visited.
Eigen::VectorXd reference_row(const Eigen::VectorXd& cells, const Eigen::MatrixXd& y, const Eigen::VectorXd& m) {
  Eigen::MatrixXd a = akin_test::identity(y.cols(), lambda_of(cells));
  Eigen::VectorXd b = akin_test::zeros(y.cols());
  akin_test::add(b, lambda_of(cells), m);
  for (Eigen::Index i = 0; i < y.rows(); ++i) {
    const double confidence = *options.unobserved_weight + *options.alpha * std::abs(cells[i]);
    akin_test::add_outer(a, confidence, row(y, i));
    if (cells[i] > 0) akin_test::add(b, confidence, row(y, i));
  }
  return akin_test::solve(a, b);
}

/// Factors of those who took part in the training.
Eigen::MatrixXd trained(const akin_test::matrix_view& factors, const Eigen::MatrixXd& rows) {
  Eigen::MatrixXd result = dense(factors);
  for (Eigen::Index r = 0; r < result.rows(); ++r)
    if (empty(row(rows, r))) akin_test::clear_row(result, r);
  return result;
}

/// The whole objective.
double reference_loss(const model_type& model, const Eigen::MatrixXd& r, const Eigen::MatrixXd& fu,
                      const Eigen::MatrixXd& fi) {
  const Eigen::MatrixXd x = trained(model.user_factors(), r),
                        y = trained(model.item_factors(), akin_test::transposed(r));
  const Eigen::MatrixXd bu = dense(model.user_feature_weights()), bi = dense(model.item_feature_weights());
  const Eigen::MatrixXd user_means = akin_test::product(fu, bu), item_means = akin_test::product(fi, bi);
  const Eigen::MatrixXd scores = akin_test::product_transposed(x, y);
  const auto prior = [](const Eigen::VectorXd& cells, const Eigen::VectorXd& factors, const Eigen::VectorXd& mean) {
    const double off = distance(factors, mean);
    return empty(cells) ? 0 : lambda_of(cells) * off * off;
  };
  double loss = options.feature_regularization * (akin_test::squared_norm(bu) + akin_test::squared_norm(bi));
  for (Eigen::Index u = 0; u < r.rows(); ++u) {
    loss += prior(row(r, u), row(x, u), row(user_means, u));
    for (Eigen::Index i = 0; i < r.cols(); ++i) {
      const double error = (r(u, i) > 0 ? 1 : 0) - scores(u, i);
      loss += (*options.unobserved_weight + *options.alpha * std::abs(r(u, i))) * error * error;
    }
  }
  for (Eigen::Index i = 0; i < r.cols(); ++i) loss += prior(column(r, i), row(y, i), row(item_means, i));
  return loss;
}

}  // namespace

TEST_CASE("users are solved around the prior mean of their features, those without interactions get it") {
  const auto x = interactions(1), fu = user_features(), fi = item_features();
  const Eigen::MatrixXd cells = dense(x);
  const auto model = fitted(x, {.users = fu, .items = fi});
  const Eigen::MatrixXd means = akin_test::product(dense(fu), model.user_feature_weights());
  const Eigen::MatrixXd y = trained(model.item_factors(), akin_test::transposed(cells));
  CHECK(norm(means) > 0.1);
  for (int u = 0; u < 50; ++u) {
    const Eigen::VectorXd expected = u == 4 || u == 40 ? row(means, u) : reference_row(row(cells, u), y, row(means, u));
    CHECK(distance(row(model.user_factors(), u), expected) <= 1e-9 * (1 + norm(expected)));
  }
  CHECK(model.knows_user(40));
  CHECK(model.knows_item(29));
  CHECK(akin::recommend(execution::par, model, {.k = 3}).items(40).size() == 3);
  CHECK(same(model.fold_in(execution::par.threads(3), x, fu), model.user_factors()));
  // Without features the mean is 0.
  const auto plain = model.fold_in(execution::par, x);
  CHECK(akin_test::is_zero(row(plain, 40)));
  CHECK(distance(row(plain, 9), reference_row(row(cells, 9), y, akin_test::zeros(5))) < 1e-9);
}

TEST_CASE("items are folded in around their prior mean, against the users who took part") {
  const auto x = interactions(2), fu = user_features(), fi = item_features();
  const Eigen::MatrixXd cells = dense(x);
  const auto model = fitted(x, {.users = fu, .items = fi});
  const Eigen::MatrixXd means = akin_test::product(dense(fi), model.item_feature_weights());
  const Eigen::MatrixXd users = trained(model.user_factors(), cells);
  const auto folded = model.fold_in_items(execution::par, sparse(x.transpose()), fi);
  for (int i = 0; i < 30; ++i) {
    const Eigen::VectorXd expected =
        i == 7 || i == 29 ? row(means, i) : reference_row(column(cells, i), users, row(means, i));
    CHECK(distance(row(folded, i), expected) <= 1e-9 * (1 + norm(expected)));
  }
  CHECK(distance(row(model.item_factors(), 29), row(means, 29)) < 1e-12);
  CHECK(same(row(folded, 29), row(model.item_factors(), 29)));
}

TEST_CASE("the weights of item features are the ridge regression of the items' factors") {
  const auto x = interactions(3), fi = item_features();
  const auto model = fitted(x, {.items = fi});
  const Eigen::MatrixXd cells = dense(x), f = dense(fi);
  Eigen::MatrixXd a = akin_test::identity(6, options.feature_regularization);
  Eigen::MatrixXd b = akin_test::zeros(6, 5);
  for (int i = 0; i < 30; ++i) {
    const Eigen::VectorXd takers = column(cells, i), own = row(f, i);
    if (empty(takers)) continue;
    akin_test::add_outer(a, lambda_of(takers), own);
    akin_test::add(b, lambda_of(takers), akin_test::product_transposed(own, row(model.item_factors(), i)));
  }
  const Eigen::MatrixXd expected = akin_test::solve(a, b);
  CHECK(distance(model.item_feature_weights(), expected) <= 1e-8 * norm(expected));
  CHECK(model.user_feature_weights().rows() == 0);
}

TEST_CASE("with features the observer is told the objective, which never rises with the exact solver") {
  const auto x = interactions(4), fu = user_features(), fi = item_features();
  const Eigen::MatrixXd cells = dense(x);
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
      const double loss = reference_loss(model, cells, of_users ? dense(fu) : akin_test::zeros(50, 0),
                                         of_items ? dense(fi) : akin_test::zeros(30, 0));
      CHECK(last == Approx(loss).epsilon(1e-9));
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
  CHECK(same(loaded.fold_in(execution::seq, x, fu), alone.user_factors()));
  const sparse items = x.transpose();
  CHECK(same(loaded.fold_in_items(execution::seq, items, fi), alone.fold_in_items(execution::seq, items, fi)));

  model_type without(options), with_none(options);
  without.fit(x);
  with_none.fit(execution::par, x, {});
  CHECK(akin_test::bytes_of(without) == akin_test::bytes_of(with_none));
  model_type weightless(options);
  weightless.fit(execution::par, x, {.users = sparse(50, 3)});  // features that nobody has
  CHECK(same(weightless.user_factors(), without.user_factors()));
}

TEMPLATE_TEST_CASE("features of other scalars and indices", "", akin::implicit_als<float>,
                   (akin::implicit_als<float, std::int64_t>), akin::implicit_als<double>) {
  using scalar = typename TestType::scalar_type;
  using index = typename TestType::index_type;
  const auto x = akin_test::some_clicks<TestType>();
  const auto f = akin_test::random_sparse<scalar, index>(40, 300, 0.05, 4);  // more features than items
  TestType model({.factors = 6, .iterations = 3});
  model.fit(execution::par.threads(2), x, {.items = f});
  CHECK(akin_test::is_finite(model.item_factors()));
  CHECK(model.item_feature_weights().rows() == 300);
  CHECK(same(model.fold_in(execution::par, x), model.user_factors()));
}

TEST_CASE("features of any size give factors that are finite") {
  const auto x = interactions(7);
  for (const double size : {1e-300, 1e-30, 1e30, 1e160, 1e300}) {
    CAPTURE(size);
    const sparse features = size * user_features();
    const auto model = fitted(x, {.users = features});
    CHECK(akin_test::is_finite(model.user_factors()));
    CHECK(akin_test::is_finite(model.item_factors()));
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
  Eigen::MatrixXd kinds_of_items = akin_test::zeros(items, kinds);
  Eigen::MatrixXd taken = akin_test::zeros(users, items);

  shop() {
    const akin::random_stream random(17);
    std::uint64_t draw = 0;
    for (int i = 0; i < items; ++i)
      for (int n = 0; n < 3; ++n) kinds_of_items(i, static_cast<int>(random.below(draw++, kinds))) = 1;
    for (int u = 0; u < users; ++u) {
      Eigen::VectorXd taste(kinds);
      for (int j = 0; j < kinds; ++j) taste[j] = random.normal(draw++);
      for (int i = 0; i < items; ++i) {
        const double positive = akin_test::dot(row(kinds_of_items, i), taste) + 0.5 * random.normal(draw++);
        taken(u, i) = positive > 2 ? 1 : 0;
      }
    }
  }
  sparse features(bool shuffled) const {
    std::vector<int> order(items);
    std::iota(order.begin(), order.end(), 0);
    const akin::random_stream random(5);
    if (shuffled)
      for (std::size_t i = items - 1; i > 0; --i) std::swap(order[i], order[random.below(i, i + 1)]);
    std::vector<Eigen::Triplet<double>> cells;
    for (int i = 0; i < items; ++i)
      for (int kind = 0; kind < kinds; ++kind)
        if (kinds_of_items(order[static_cast<std::size_t>(i)], kind) != 0) cells.emplace_back(i, kind, 1);
    return akin_test::matrix_of<model_type>(items, kinds, cells);
  }
  /// Without the last items: nobody has taken them yet.
  sparse training() const {
    std::vector<Eigen::Triplet<double>> cells;
    for (int u = 0; u < users; ++u)
      for (int i = 0; i < items - cold; ++i)
        if (taken(u, i) != 0) cells.emplace_back(u, i, 1);
    return akin_test::matrix_of<model_type>(users, items, cells);
  }
  /// The mean over users of the share of the new items they take that is among the five of highest score.
  template <class Score>
  double recall(const Score& score) const {
    const Eigen::MatrixXd new_items = akin_test::columns(taken, items - cold, cold);
    double sum = 0, count = 0;
    for (int u = 0; u < users; ++u) {
      std::vector<std::pair<double, int>> ranked;
      for (int i = items - cold; i < items; ++i) ranked.emplace_back(-score(u, i), i);
      std::sort(ranked.begin(), ranked.end());
      const double all = akin_test::sum(row(new_items, u));
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
  const double by_popularity =
      data.recall([&](int, int i) { return akin_test::sum(column(data.taken, i)); });  // of the future
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
