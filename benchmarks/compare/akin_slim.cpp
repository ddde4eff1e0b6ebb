// akin's side for SLIM on ones, with the options' own tolerance. The judge is told which share of the items it is to
// look at, as all sides do.
#include <akin/linear/slim.hpp>

#include "runner.hpp"

namespace {

constexpr int share = 50;  // SHARE of data.py

void run(compare::arguments given) {
  const std::string folder = given.text("data", "."), prefix = given.text("save", "");
  const auto policy = akin::execution::par.threads(given.whole("threads", 2));
  akin::slim_options options;
  const double l1 = given.number("l1", 1), l2 = given.number("l2", 5);
  options.l1 = l1;
  options.l2 = l2;
  options.tolerance = given.number("tolerance", 1e-5);
  given.require_all_taken();
  const auto train = compare::read_train(folder, true);

  akin::slim<float> model(options);
  model.fit(policy, train);
  const double seconds = compare::seconds_of_fit(model, policy, train);
  compare::print_result(seconds, share);
  if (prefix.empty()) return;
  const akin::dense_matrix<float> weights = akin::dense_matrix<float>(model.weights());
  compare::write_floats(prefix + ".weights.f32", weights.data(), weights.size());
  compare::write_floats(prefix + ".penalties.f32", std::vector<float>{static_cast<float>(l1), static_cast<float>(l2)});
}

}  // namespace

int main(int argc, char** argv) { return compare::run_main(argc, argv, run); }
