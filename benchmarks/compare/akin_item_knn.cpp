// akin's side for neighbourhoods: the similarities of item_knn, fitted twice and timed the second time. The judge is
// told one less than `neighbors`, for peers that keep each item among its own.
#include <akin/neighbors/item_knn.hpp>

#include "runner.hpp"

namespace {

void run(compare::arguments given) {
  const std::string folder = given.text("data", "."), prefix = given.text("save", "");
  const auto policy = akin::execution::par.threads(given.whole("threads", 2));
  const int neighbors = given.whole("neighbors", 100);
  const akin::item_knn_options options{
      .neighbors = neighbors, .significance = 0, .amplification = 1, .weighting = akin::interaction_weighting::none};
  given.require_all_taken();
  const auto train = compare::read_train(folder);

  akin::item_knn<float> warm_up(options), model(options);
  compare::seconds_of_fit(warm_up, policy, train);
  const double seconds = compare::seconds_of_fit(model, policy, train);
  compare::print_result(seconds, neighbors - 1);
  if (!prefix.empty()) compare::write_sparse(prefix, model.similarities());
}

}  // namespace

int main(int argc, char** argv) { return compare::run_main(argc, argv, run); }
