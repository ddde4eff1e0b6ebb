// akin's side for ratings from neighbours: fit, and all ratings of the test; once to warm up, and by the clock.
#include <akin/evaluation/evaluate_ratings.hpp>
#include <akin/metrics/rating.hpp>
#include <akin/neighbors/item_knn.hpp>

#include "runner.hpp"

namespace {

void run(compare::arguments given) {
  const std::string folder = given.text("data", "."), prefix = given.text("save", "");
  const auto policy = akin::execution::par.threads(given.whole("threads", 2));
  akin::item_knn_options options;
  options.neighbors = given.whole("neighbors", 100);
  options.significance = given.number("significance", 0);
  options.amplification = given.number("amplification", 1);
  options.centering = akin::centering::baseline;
  options.aggregation = akin::aggregation::weighted_average;
  given.require_all_taken();
  const auto train = compare::read_train(folder);
  const auto test = akin::read_matrix_market<float>(folder + "/test.mtx");

  akin::item_knn<float> model(options);
  const auto work = [&] {
    model.fit(policy, train);
    return akin::evaluate_ratings(policy, model, test, akin::metrics::rmse{});
  };
  work();
  compare::print_result(compare::seconds_of(work), 1);
  if (prefix.empty()) return;
  std::vector<float> predicted;
  for (int user = 0; user < test.rows(); ++user)
    for (akin::sparse_matrix<float>::InnerIterator cell(test, user); cell; ++cell)
      predicted.push_back(model.predict(user, static_cast<std::int32_t>(cell.col())));
  compare::write_floats(prefix + ".predictions.f32", predicted);
}

}  // namespace

int main(int argc, char** argv) { return compare::run_main(argc, argv, run); }
