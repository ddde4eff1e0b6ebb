// akin's side of the comparison: trains implicit_als on a folder with train.txt and test.txt, and prints as JSON what
// an iteration took. `compare_akin_ials data=FOLDER factors=64 iterations=10 …`; with save=PREFIX it writes the factors
// as raw floats, for the judge that sees every library's factors alike, and adds akin's own Recall@20 and NDCG@20.
#include <akin/data/read_user_item_lists.hpp>
#include <akin/evaluation/evaluate.hpp>
#include <akin/factorization/implicit_als.hpp>
#include <akin/metrics/ranking.hpp>

#include "runner.hpp"

namespace {

akin::implicit_als_options take_options(compare::arguments& given) {
  akin::implicit_als_options options;
  options.factors = given.whole("factors", 64);
  options.iterations = given.whole("iterations", 10);
  options.regularization = given.number("regularization", 0.01);
  options.alpha = given.number("alpha", 1);
  options.unobserved_weight = given.number("unobserved_weight", 1);
  options.regularization_exponent = given.number("regularization_exponent", 0);
  options.solver = given.solver();
  options.solver_tolerance = given.number("solver_tolerance", options.solver_tolerance);
  options.seed = given.seed();
  return options;
}

void run(compare::arguments given) {
  const std::string folder = given.text("data", "."), prefix = given.text("save", "");
  const auto policy = akin::execution::par.threads(given.whole("threads", 2));
  const akin::implicit_als_options options = take_options(given);
  given.require_all_taken();
  const auto [train, test] = akin::read_lightgcn(folder);

  auto warm_up_options = options;
  warm_up_options.iterations = 1;
  akin::implicit_als<float> warm_up(warm_up_options), model(options);
  compare::seconds_of_fit(warm_up, policy, train);
  const double seconds = compare::seconds_of_fit(model, policy, train);

  compare::print_result(model, seconds, options.iterations);
  if (!prefix.empty()) {
    compare::write_factors(prefix, model);
    const auto [recall, ndcg] =
        akin::evaluate(policy, model, train, test, akin::metrics::recall{20}, akin::metrics::ndcg{20});
    std::printf(", \"recall\": %.6f, \"ndcg\": %.6f", recall.mean, ndcg.mean);
  }
  std::printf("}\n");
}

}  // namespace

int main(int argc, char** argv) { return compare::run_main(argc, argv, run); }
