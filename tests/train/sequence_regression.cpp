#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include <Eigen/Cholesky>

#include <akin/data/sequences.hpp>
#include <akin/execution.hpp>
#include <akin/train/sequence_regression.hpp>

#include "support/catch.hpp"
#include "support/random_sequences.hpp"

namespace execution = akin::execution;
using akin_test::random_sequences;
using options_type = akin::sequence_regression_options;
using matrix = Eigen::MatrixXd;

namespace {

constexpr double day = 86'400'000;

struct dense_system {
  matrix m, c;
};

/// M and C by their definitions.
dense_system reference(const akin::sequences<>& train, const options_type& o) {
  const auto n = static_cast<Eigen::Index>(train.items());
  dense_system system{o.regularization * matrix::Identity(n, n), matrix::Zero(n, n)};
  std::int64_t now = 0;
  for (std::int64_t s = 0; s < train.size(); ++s)
    if (train[s].times.size > 0) now = std::max(now, train[s].times.back());
  for (std::int64_t s = 0; s < train.size(); ++s) {
    const auto items = train[s].items;
    double w = 1;
    if (o.age_scale > 0 && train[s].times.size > 0)
      w = std::exp(-static_cast<double>(now - train[s].times.back()) / day / o.age_scale);
    std::vector<std::int32_t> different(items.begin(), items.end());
    std::sort(different.begin(), different.end());
    different.erase(std::unique(different.begin(), different.end()), different.end());
    const auto size = static_cast<double>(different.size());
    for (const int i : different)
      for (const int j : different) {
        system.m(i, j) += o.alpha * w / size / size;
        system.c(i, j) += o.alpha * w / size;
      }
    for (std::int64_t e = 0; e < items.size; ++e)
      for (std::int64_t f = e + 1; f < items.size; ++f) {
        if (f == e + 1) system.m(items[e], items[e]) += (1 - o.alpha) * w;
        system.c(items[e], items[f]) +=
            (1 - o.alpha) * w * std::exp(-static_cast<double>(f - e - 1) / o.transition_scale);
      }
  }
  return system;
}

matrix dense_weights(const akin::sequences<>& train, const options_type& options) {
  const auto weights = akin::regress_next_items<double>(execution::seq, train, options);
  return matrix(akin::sparse_matrix<double>(weights.map()));
}

/// The largest error of a weight that is kept, or should be.
double worst_error(const akin::sequences<>& train, const options_type& options) {
  const dense_system system = reference(train, options);
  const matrix b = system.m.llt().solve(system.c).cwiseMax(0.0);
  return (dense_weights(train, options) - b).cwiseAbs().maxCoeff();
}

akin::sequences<> timed(const akin::sequences<>& all) {
  akin::sequences<> result(all.items());
  for (std::int64_t s = 0; s < all.size(); ++s)
    result.add(
        {all[s].items.data, static_cast<std::size_t>(all[s].size())},
        std::vector<std::int64_t>(static_cast<std::size_t>(all[s].size()), (s % 5) * static_cast<std::int64_t>(day)));
  return result;
}

const akin::sequences<> train = random_sequences<std::int32_t>({.count = 200, .items = 37, .longest = 9, .seed = 12});

}  // namespace

TEST_CASE("the weights solve the normal equations, within the tolerance") {
  for (const double alpha : {0.0, 0.3, 0.8, 1.0})
    for (const double tolerance : {1e-2, 1e-6}) {
      const options_type options{
          .alpha = alpha, .transition_scale = 2, .neighbors = 1000, .tolerance = tolerance, .max_steps = 200};
      INFO("alpha " << alpha << ", tolerance " << tolerance);
      CHECK(worst_error(train, options) <= tolerance);
    }
}

TEST_CASE("older sequences count less") {
  const options_type options{.age_scale = 2, .neighbors = 1000, .tolerance = 1e-8, .max_steps = 200};
  CHECK(worst_error(timed(train), options) <= 1e-8);
  CHECK(worst_error(train, options) <= 1e-8);  // without times all count equally
  CHECK((dense_weights(timed(train), options) - dense_weights(train, options)).cwiseAbs().maxCoeff() > 1e-3);
}

TEST_CASE("the largest weights of each item are kept") {
  const options_type all{.neighbors = 1000, .tolerance = 1e-6}, few{.neighbors = 4, .tolerance = 1e-6};
  const matrix every = dense_weights(train, all), largest = dense_weights(train, few);
  int wrong = 0;
  for (Eigen::Index i = 0; i < every.rows(); ++i) {
    std::vector<double> row(every.cols());
    for (Eigen::Index j = 0; j < every.cols(); ++j) row[static_cast<std::size_t>(j)] = every(i, j);
    std::sort(row.begin(), row.end(), std::greater<>());
    for (Eigen::Index j = 0; j < every.cols(); ++j)
      wrong += largest(i, j) != (every(i, j) > 0 && every(i, j) >= row[3] ? every(i, j) : 0);
  }
  CHECK(wrong == 0);
}

TEST_CASE("the same bits for any number of threads") {
  const options_type options{.neighbors = 6};
  const auto one = akin::regress_next_items<float>(execution::seq, train, options);
  for (const int threads : {2, 3}) {
    const auto same = akin::regress_next_items<float>(execution::par.threads(threads), train, options);
    CHECK(akin::sparse_matrix<float>(same.map()).isApprox(akin::sparse_matrix<float>(one.map()), 0));
    CHECK(std::equal(one.view().values, one.view().values + one.nonzeros(), same.view().values,
                     same.view().values + same.nonzeros()));
  }
}

TEST_CASE("a system is diagonally dominant for transitions, and says how much") {
  const akin::detail::regression_builder<double, std::int32_t> transitions(execution::seq, train, {.alpha = 0});
  CHECK(transitions.build().dominance() == 0);
  const options_type mixed{.alpha = 0.8};
  const akin::detail::regression_builder<double, std::int32_t> both(execution::seq, train, mixed);
  const dense_system system = reference(train, mixed);
  double rho = 0;
  for (Eigen::Index i = 0; i < system.m.rows(); ++i)
    rho = std::max(rho, (system.m.row(i).sum() - system.m(i, i)) / system.m(i, i));
  CHECK(both.build().dominance() == Approx(rho));
}

TEST_CASE("no items, no sequences, items without sequences") {
  CHECK(akin::regress_next_items<float>(execution::seq, akin::sequences<>(), {}).rows() == 0);
  CHECK(akin::regress_next_items<float>(execution::seq, akin::sequences<>(5), {}).nonzeros() == 0);
  akin::sequences<> alone(5);
  alone.add({2});
  const auto weights = akin::regress_next_items<float>(execution::seq, alone, {.alpha = 0});
  CHECK(weights.rows() == 5);
  CHECK(weights.nonzeros() == 0);
}
