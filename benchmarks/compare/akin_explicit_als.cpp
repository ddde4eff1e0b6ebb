// akin's side for ratings: trains explicit_als on a folder with train.mtx and test.mtx, and prints as JSON what an
// iteration took; with save=PREFIX it writes factors, biases and mean for the judge, and adds akin's own RMSE.
#include <akin/data/matrix_market.hpp>
#include <akin/evaluation/evaluate_ratings.hpp>
#include <akin/factorization/explicit_als.hpp>
#include <akin/metrics/rating.hpp>

#include "runner.hpp"

namespace {

akin::explicit_als_options take_options(compare::arguments& given) {
  akin::explicit_als_options options;
  options.factors = given.whole("factors", 50);
  options.iterations = given.whole("iterations", 15);
  options.regularization = given.number("regularization", options.regularization);
  options.regularization_exponent = given.number("regularization_exponent", options.regularization_exponent);
  options.solver = given.solver();
  options.solver_tolerance = given.number("solver_tolerance", options.solver_tolerance);
  options.seed = given.seed();
  return options;
}

void run(compare::arguments given) {
  const std::string folder = given.text("data", "."), prefix = given.text("save", "");
  const auto policy = akin::execution::par.threads(given.whole("threads", 2));
  const akin::explicit_als_options options = take_options(given);
  given.require_all_taken();
  const auto train = akin::read_matrix_market<float>(folder + "/train.mtx");

  auto warm_up_options = options;
  warm_up_options.iterations = 1;
  akin::explicit_als<float> warm_up(warm_up_options), model(options);
  compare::seconds_of_fit(warm_up, policy, train);
  const double seconds = compare::seconds_of_fit(model, policy, train);

  compare::print_result(model, seconds, options.iterations);
  if (!prefix.empty()) {
    compare::write_biased_factors(prefix, model);
    const auto test = akin::read_matrix_market<float>(folder + "/test.mtx");
    std::printf(", \"rmse\": %.6f", akin::evaluate_ratings(policy, model, test, akin::metrics::rmse{})[0].mean);
  }
  std::printf("}\n");
}

}  // namespace

int main(int argc, char** argv) { return compare::run_main(argc, argv, run); }
