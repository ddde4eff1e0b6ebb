// akin's side for EASE on ones. whole_warm_up=0 leaves out the fit to warm up, which takes minutes with a large
// catalogue.
#include <akin/linear/ease.hpp>

#include "runner.hpp"

namespace {

void run(compare::arguments given) {
  const std::string folder = given.text("data", "."), prefix = given.text("save", "");
  const auto policy = akin::execution::par.threads(given.whole("threads", 2));
  akin::ease_options options;
  options.regularization = given.number("regularization", 500);
  const bool whole_warm_up = given.whole("whole_warm_up", 1) != 0;
  given.require_all_taken();
  const auto train = compare::read_train(folder, true);

  akin::ease<float> model(options);
  if (whole_warm_up) akin::ease<float>(options).fit(policy, train);
  const double seconds = compare::seconds_of_fit(model, policy, train);
  compare::print_result(seconds, 0);
  if (!prefix.empty()) {
    const akin::dense_matrix<float> weights = model.weights();
    compare::write_floats(prefix + ".weights.f32", weights.data(), weights.size());
  }
}

}  // namespace

int main(int argc, char** argv) { return compare::run_main(argc, argv, run); }
