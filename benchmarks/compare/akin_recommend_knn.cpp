// akin's side for lists from neighbours: recommend for all users, what they have left out.
#include <akin/neighbors/item_knn.hpp>
#include <akin/retrieval/recommend.hpp>

#include "runner.hpp"

namespace {

void run(compare::arguments given) {
  const std::string folder = given.text("data", "."), prefix = given.text("save", "");
  const auto policy = akin::execution::par.threads(given.whole("threads", 2));
  const int neighbors = given.whole("neighbors", 100);
  const akin::item_knn_options options{
      .neighbors = neighbors, .significance = 0, .amplification = 1, .weighting = akin::interaction_weighting::none};
  const int k = given.whole("k", 20);
  given.require_all_taken();
  const auto train = compare::read_train(folder);
  akin::item_knn<float> model(options);
  model.fit(policy, train);

  auto lists = akin::recommend(policy, model, {.k = k, .exclude = train});
  const double seconds =
      compare::seconds_of([&] { lists = akin::recommend(policy, model, {.k = k, .exclude = train}); });
  compare::print_result(seconds, k);
  if (prefix.empty()) return;
  const auto items = compare::padded_lists(lists, k);
  compare::write_numbers(prefix + ".lists.i32", items.data(), static_cast<std::int64_t>(items.size()));
}

}  // namespace

int main(int argc, char** argv) { return compare::run_main(argc, argv, run); }
