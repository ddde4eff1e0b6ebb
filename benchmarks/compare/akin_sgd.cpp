// The same as akin_explicit_als.cpp for biased_mf, with the seconds of a whole training. With reach=RMSE it first
// counts the epochs until the test has that RMSE, at most `iterations`, and then times a training of so many: a
// training gives the same numbers whether it is watched or not, so that the clock sees nothing of the watching.
#include <akin/data/matrix_market.hpp>
#include <akin/evaluation/evaluate_ratings.hpp>
#include <akin/factorization/biased_mf.hpp>
#include <akin/metrics/rating.hpp>
#include <akin/progress.hpp>

#include "runner.hpp"

namespace {

akin::biased_mf_options take_options(compare::arguments& given) {
  akin::biased_mf_options options;
  options.factors = given.whole("factors", 64);
  options.epochs = given.whole("iterations", 20);
  options.learning_rate = given.number("learning_rate", options.learning_rate);
  options.learning_rate_decay = given.number("learning_rate_decay", options.learning_rate_decay);
  options.regularization = given.number("regularization", options.regularization);
  options.seed = given.seed();
  return options;
}

template <class Policy>
int epochs_to_reach(double rmse, akin::biased_mf_options options, const Policy& policy,
                    const akin::sparse_matrix<float>& train, const akin::sparse_matrix<float>& test) {
  int epochs = options.epochs;
  options.patience = options.epochs;
  akin::biased_mf<float>(options).fit(policy, train, test, [&](const akin::progress& state) {
    if (state.loss > rmse) return true;
    epochs = state.iteration;
    return false;
  });
  return epochs;
}

void run(compare::arguments given) {
  const std::string folder = given.text("data", "."), prefix = given.text("save", "");
  const auto policy = akin::execution::par.threads(given.whole("threads", 2));
  const double reach = given.number("reach", 0);
  akin::biased_mf_options options = take_options(given);
  given.require_all_taken();
  const auto train = akin::read_matrix_market<float>(folder + "/train.mtx");
  const auto test = akin::read_matrix_market<float>(folder + "/test.mtx");

  auto warm_up_options = options;
  warm_up_options.epochs = 1;
  akin::biased_mf<float> warm_up(warm_up_options);
  compare::seconds_of_fit(warm_up, policy, train);
  if (reach > 0) options.epochs = epochs_to_reach(reach, options, policy, train, test);
  akin::biased_mf<float> model(options);
  const double seconds = compare::seconds_of_fit(model, policy, train);

  compare::print_result(model, seconds, 1);
  std::printf(", \"epochs\": %d", options.epochs);
  if (!prefix.empty()) {
    compare::write_biased_factors(prefix, model);
    std::printf(", \"rmse\": %.6f", akin::evaluate_ratings(policy, model, test, akin::metrics::rmse{})[0].mean);
  }
  std::printf("}\n");
}

}  // namespace

int main(int argc, char** argv) { return compare::run_main(argc, argv, run); }
