#include <limits>
#include <stdexcept>
#include <vector>

#include <akin/data/synthetic.hpp>
#include <akin/execution.hpp>
#include <akin/factorization/biased_mf.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/progress.hpp>
#include <akin/selection/early_stopping.hpp>

#include "support/catch.hpp"

namespace execution = akin::execution;

namespace {

// How many iterations it lets pass.
int iterations_of(akin::early_stopping& observer, const std::vector<double>& losses) {
  akin::progress state;
  state.iterations = static_cast<int>(losses.size());
  for (const double loss : losses) {
    state.loss = loss;
    ++state.iteration;
    if (!observer(state)) break;
  }
  return state.iteration;
}

}  // namespace

TEST_CASE("early_stopping waits for patience iterations without an improvement") {
  akin::early_stopping observer({.patience = 2});
  CHECK(iterations_of(observer, {5, 4, 4.5, 3, 3, 3, 1}) == 6);
  CHECK(observer.stopped());
  CHECK(observer.best_iteration() == 4);
  CHECK(observer.best_loss() == 3);
  CHECK(iterations_of(observer, {9, 8, 7}) == 3);  // a new training
  CHECK_FALSE(observer.stopped());
  CHECK(observer.best_loss() == 7);
}

TEST_CASE("an improvement may have to be large enough, below zero too") {
  akin::early_stopping observer({.patience = 1, .min_improvement = 0.1});
  CHECK(iterations_of(observer, {10, 8.9, 8.1, 1}) == 3);
  CHECK(observer.best_loss() == 8.9);
  CHECK(iterations_of(observer, {-10, -11.5, -12, -20}) == 3);
  CHECK(iterations_of(observer, {0, -1, -2}) == 3);
}

TEST_CASE("early_stopping ends the training of a model") {
  const auto clicks =
      akin::synthetic::power_law_clicks<float>({.users = 60, .items = 40, .interactions = 600, .seed = 2});
  akin::early_stopping observer({.patience = 1, .min_improvement = 0.05});
  int iterations = 0;
  akin::implicit_als<float> model({.factors = 4, .iterations = 200});
  model.fit(execution::seq, clicks, [&](const akin::progress& state) {
    iterations = state.iteration;
    return observer(state);
  });
  CHECK(observer.stopped());
  CHECK(iterations < 200);
  CHECK(iterations == observer.best_iteration() + 1);
  akin::implicit_als<float> shorter({.factors = 4, .iterations = iterations});
  shorter.fit(execution::seq, clicks);
  CHECK(model.score(3, 5) == shorter.score(3, 5));

  akin::biased_mf<float> rated({.factors = 2, .epochs = 300, .validation_fraction = 0.2});
  akin::early_stopping of_rmse({.patience = 2});
  rated.fit(execution::seq, clicks, of_rmse);  // by reference: it can be asked afterwards
  CHECK(of_rmse.best_iteration() > 0);
}

TEST_CASE("early_stopping refuses bad options and models without a loss") {
  CHECK_THROWS_WITH(akin::early_stopping({.patience = 0}), "early_stopping: patience must be positive, got 0");
  CHECK_THROWS_AS(akin::early_stopping({.min_improvement = 1}), std::invalid_argument);
  CHECK_THROWS_AS(akin::early_stopping({.min_improvement = std::numeric_limits<double>::quiet_NaN()}),
                  std::invalid_argument);
  akin::early_stopping observer;
  akin::progress state;
  state.iteration = 3;
  CHECK_THROWS_WITH(observer(state), "early_stopping: the model must report a finite loss, got nan after iteration 3");
}
