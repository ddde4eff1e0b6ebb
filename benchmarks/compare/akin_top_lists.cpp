// akin's side for lists of all users from factors that are given: recommend, once to warm up, and by the clock.
#include <akin/retrieval/recommend.hpp>

#include "retrieval.hpp"

namespace {

void run(compare::arguments given) {
  const auto policy = akin::execution::par.threads(given.whole("threads", 2));
  const compare::retrieval asked(given);
  given.require_all_taken();

  auto lists = akin::recommend(policy, asked.model, asked.query());
  const double seconds = compare::seconds_of([&] { lists = akin::recommend(policy, asked.model, asked.query()); });
  compare::print_result(seconds, asked.k);
  asked.write(compare::padded_lists(lists, asked.k));
}

}  // namespace

int main(int argc, char** argv) { return compare::run_main(argc, argv, run); }
