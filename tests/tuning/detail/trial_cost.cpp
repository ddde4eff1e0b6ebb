#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <akin/tuning/detail/trial_cost.hpp>

#include "support/catch.hpp"
#include "tuning/tuning_data.hpp"

using akin::detail::cost_of;
using akin::detail::data_size;
using tuning_test::trial_of;

namespace {

data_size some_size() { return {20000, 3000, 500000, 500000 * 60.0, 500000 * 900.0}; }

auto cost(const akin::trial_result& trial, const data_size& size = some_size(), double limit = 8e9) {
  return cost_of(trial.parameters, size, sizeof(float), limit);
}

}  // namespace

TEST_CASE("the size of data are its sums") {
  akin::sparse_matrix<float> x(3, 4);
  x.insert(0, 0) = 5, x.insert(0, 1) = 5, x.insert(0, 3) = 5, x.insert(2, 0) = 5;
  x.makeCompressed();
  const data_size size = akin::detail::size_of_data(akin::detail::view_of(x, "test"));
  CHECK(size.users == 3);
  CHECK(size.items == 4);
  CHECK(size.nonzeros == 4);
  CHECK(size.user_squares == 9 + 1);
  CHECK(size.item_squares == 4 + 1 + 1);
}

TEST_CASE("each kind costs work and memory, and no less for more data") {
  data_size twice = some_size();
  for (double* part : {&twice.users, &twice.items, &twice.nonzeros, &twice.user_squares, &twice.item_squares})
    *part *= 2;
  for (const char* kind : {"user_knn", "item_knn", "rp3beta", "slim", "ease", "implicit_als", "graph_filter",
                           "content_model", "popularity", "segment_popularity"}) {
    CAPTURE(kind);
    const auto once = cost(trial_of(kind)), more = cost(trial_of(kind), twice);
    CHECK(once.work > 0);
    CHECK(once.bytes > 0);
    CHECK(more.work > 1.9 * once.work);
    CHECK(more.bytes > 1.9 * once.bytes);
    const auto wide = cost_of(trial_of(kind).parameters, some_size(), sizeof(double), 8e9);
    CHECK(wide.bytes > once.bytes);
  }
}

TEST_CASE("the costs of a kind grow with its parameters") {
  const auto grows = [](const char* kind, const char* name, double low, double high, bool in_work, bool in_bytes) {
    CAPTURE(kind, name);
    const auto less = cost(trial_of(kind, {{name, low}})), more = cost(trial_of(kind, {{name, high}}));
    if (in_work) CHECK(more.work > less.work);
    if (in_bytes) CHECK(more.bytes > less.bytes);
  };
  grows("user_knn", "neighbors", 100, 300, false, true);
  grows("item_knn", "neighbors", 100, 300, false, true);
  grows("rp3beta", "neighbors", 100, 300, false, true);
  grows("slim", "neighbors", 100, 300, true, true);
  grows("implicit_als", "factors", 64, 128, true, true);
  grows("implicit_als", "iterations", 5, 10, true, false);
  grows("graph_filter", "ideal_rank", 64, 256, true, true);
}

TEST_CASE("what is predicted for ease is about its matrix, for factors about theirs") {
  const data_size size = some_size();
  const double of_ease = cost(trial_of("ease")).bytes, matrix = size.items * size.items * sizeof(float);
  CHECK(of_ease > matrix / 2);
  CHECK(of_ease < matrix * 2);
  const double of_als = cost(trial_of("implicit_als", {{"factors", 128}})).bytes;
  const double factors = (size.users + size.items) * 128 * sizeof(float), data = size.nonzeros * 8;
  CHECK(of_als > factors);
  CHECK(of_als < 4 * factors + 4 * data);
}

TEST_CASE("slim takes no more for products than its share of the memory") {
  const double much = cost(trial_of("slim"), some_size(), 1e12).bytes;
  const double little = cost(trial_of("slim"), some_size(), 1e6).bytes;
  CHECK(much - little == Approx(3000.0 * 3000 * sizeof(float) - 0.25 * 1e6));
}

TEST_CASE("seconds are predicted from the slowest trial of a kind, or from those of other kinds") {
  akin::detail::time_prediction predicted;
  CHECK(predicted.seconds("slim", 1e9) > 0);
  predicted.learn("slim", 1e9, 2);
  CHECK(predicted.seconds("slim", 2e9) == Approx(4));
  CHECK(predicted.seconds("ease", 2e9) == Approx(4));
  predicted.learn("slim", 1e9, 1);  // a quick one is no promise
  CHECK(predicted.seconds("slim", 2e9) == Approx(4));
  predicted.learn("slim", 1e9, 3);
  CHECK(predicted.seconds("slim", 2e9) == Approx(6));
  predicted.learn("ease", 1e9, 1);
  CHECK(predicted.seconds("ease", 1e9) == Approx(1));
  CHECK(predicted.seconds("user_knn", 1e9) == Approx(2));  // the mean
  predicted.learn("user_knn", 0, 5);
  CHECK(std::isfinite(predicted.seconds("user_knn", 1e9)));
}
