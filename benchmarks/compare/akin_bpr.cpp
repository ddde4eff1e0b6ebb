// The same as akin_ials.cpp for bpr: what an epoch took. The biases of the items are written too.
#include <akin/data/read_user_item_lists.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/factorization/bpr.hpp>
#include <akin/metrics/ranking.hpp>

#include "runner.hpp"

namespace {

void run(compare::arguments given) {
  const std::string folder = given.text("data", "."), prefix = given.text("save", "");
  const auto policy = akin::execution::par.threads(given.whole("threads", 2));
  akin::bpr_options options;
  options.factors = given.whole("factors", 64);
  options.epochs = given.whole("iterations", 50);
  options.learning_rate = given.number("learning_rate", options.learning_rate);
  options.regularization = given.number("regularization", 0.02);
  options.seed = given.seed();
  given.require_all_taken();
  const auto [train, test] = akin::read_lightgcn(folder);

  auto warm_up_options = options;
  warm_up_options.epochs = 1;
  akin::bpr<float> warm_up(warm_up_options), model(options);
  compare::seconds_of_fit(warm_up, policy, train);
  const double seconds = compare::seconds_of_fit(model, policy, train);

  compare::print_result(model, seconds, options.epochs);
  if (!prefix.empty()) {
    compare::write_factors(prefix, model);
    compare::write_floats(prefix + ".item_biases.f32", model.item_biases());
    const auto [recall, ndcg] =
        akin::evaluate(policy, model, train, test, akin::metrics::recall{20}, akin::metrics::ndcg{20});
    std::printf(", \"recall\": %.6f, \"ndcg\": %.6f", recall.mean, ndcg.mean);
  }
  std::printf("}\n");
}

}  // namespace

int main(int argc, char** argv) { return compare::run_main(argc, argv, run); }
