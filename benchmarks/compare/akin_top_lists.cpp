// akin's side for lists of all users from factors that are given: recommend, or search in an index of int8, once
// to warm up, and by the clock.
#include <akin/retrieval/quantized_index.hpp>
#include <akin/retrieval/recommend.hpp>

#include "retrieval.hpp"

namespace {

void run(compare::arguments given) {
  const auto policy = akin::execution::par.threads(given.whole("threads", 2));
  const std::string index = given.text("index", "");
  const compare::retrieval asked(given);
  given.require_all_taken();

  const auto measure = [&](const auto& search) {
    auto lists = search();
    const double seconds = compare::seconds_of([&] { lists = search(); });
    compare::print_result(seconds, asked.k);
    asked.write(compare::padded_lists(lists, asked.k));
  };
  if (index == "int8") {
    const akin::quantized_index<float> quantized(policy, asked.model.item_factors());
    measure([&] { return quantized.search(policy, asked.model.user_factors(), asked.query()); });
  } else {
    measure([&] { return akin::recommend(policy, asked.model, asked.query()); });
  }
}

}  // namespace

int main(int argc, char** argv) { return compare::run_main(argc, argv, run); }
