// akin's side for the largest elements of a sparse product; both sides read the second matrix as it is multiplied.
#include <akin/model/top_products.hpp>

#include "runner.hpp"

namespace {

void run(compare::arguments given) {
  const std::string folder = given.text("data", "."), prefix = given.text("save", "");
  const auto policy = akin::execution::par.threads(given.whole("threads", 2));
  const akin::top_products_options options{.k = given.whole("k", 10)};
  given.require_all_taken();
  const auto left = akin::read_matrix_market<float>(folder + "/left.mtx");
  const auto right = akin::read_matrix_market<float>(folder + "/right.mtx");

  auto kept = akin::top_products(policy, left, right, options);
  const double seconds = compare::seconds_of([&] { kept = akin::top_products(policy, left, right, options); });
  compare::print_result(seconds, options.k);
  if (!prefix.empty()) compare::write_sparse(prefix, kept);
}

}  // namespace

int main(int argc, char** argv) { return compare::run_main(argc, argv, run); }
